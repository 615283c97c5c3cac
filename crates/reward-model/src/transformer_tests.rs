use super::*;
use burn::tensor::{DType, Device};
use rand_chacha::rand_core::SeedableRng;

const OPTIONS: Transformer =
    Transformer { layers: 2, width: 8, heads: 2, expansion: 2, causal: false, head_scale: 1.0 };

fn place() -> Placement {
    Placement { device: Device::flex(), dtype: DType::F64 }
}

fn model(options: &Transformer, members: usize) -> TransformerModel {
    let layout = HeadLayout::with_aspects(vec!["style".into()]);
    let shape = ModelShape { features: 3, layout, members };
    let mut streams: Vec<_> = (7..).take(members).map(ChaCha8Rng::seed_from_u64).collect();
    TransformerModel::new(&shape, options, &mut streams, &place())
}

fn segment(steps: usize, salt: f32) -> Vec<f32> {
    (0..steps * 3).map(|i| ((i as f32 + salt) * 1.7).sin()).collect()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// One member on one segment with loops over numbers, as the papers have it.
fn by_hand(model: &TransformerModel, member: usize, segment: &[f32]) -> Vec<Vec<f64>> {
    type Rows = Vec<Vec<f64>>;
    let matrix = |param: &Param<Tensor<3>>| -> Rows {
        let [_, rows, columns] = param.dims();
        let all = values(param.val());
        let of_member = &all[member * rows * columns..][..rows * columns];
        of_member.chunks(columns).map(<[f64]>::to_vec).collect()
    };
    let dense = |dense: &Dense, x: &Rows| -> Rows {
        let (weight, bias) = (matrix(&dense.weight), matrix(&dense.bias));
        let row = |x: &Vec<f64>| {
            let sum = |j: usize| x.iter().zip(&weight).map(|(x, w)| x * w[j]).sum::<f64>();
            (0..bias[0].len()).map(|j| sum(j) + bias[0][j]).collect()
        };
        x.iter().map(row).collect()
    };
    let norm = |norm: &Norm, x: &Rows| -> Rows {
        let (gain, bias) = (matrix(&norm.gain), matrix(&norm.bias));
        let row = |x: &Vec<f64>| {
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / x.len() as f64;
            let scaled = |(i, x): (usize, &f64)| {
                (x - mean) / (variance + 1e-5).sqrt() * gain[0][i] + bias[0][i]
            };
            x.iter().enumerate().map(scaled).collect()
        };
        x.iter().map(row).collect()
    };
    let add = |x: &Rows, y: &Rows| -> Rows {
        x.iter().zip(y).map(|(x, y)| x.iter().zip(y).map(|(x, y)| x + y).collect()).collect()
    };
    let steps: Rows =
        segment.chunks(3).map(|step| step.iter().map(|&x| f64::from(x)).collect()).collect();
    let width = model.head.dims()[1];
    let positions: Rows = sinusoids(steps.len(), width)
        .chunks(width)
        .map(|row| row.iter().map(|&x| f64::from(x)).collect())
        .collect();
    let mut x = add(&dense(&model.embedding, &steps), &positions);
    for layer in &model.layers {
        let normed = norm(&layer.norm_attention, &x);
        let (query, key, value) = (
            dense(&layer.query, &normed),
            dense(&layer.key, &normed),
            dense(&layer.value, &normed),
        );
        let each = width / model.attention_heads;
        let mut mixed = vec![vec![0.0; width]; steps.len()];
        for (t, head) in
            (0..steps.len()).flat_map(|t| (0..model.attention_heads).map(move |h| (t, h)))
        {
            let part = head * each..(head + 1) * each;
            let seen = if model.causal { t + 1 } else { steps.len() };
            let logit = |s: usize| {
                let dot: f64 = part.clone().map(|i| query[t][i] * key[s][i]).sum();
                (dot / (each as f64).sqrt()).exp()
            };
            let total: f64 = (0..seen).map(logit).sum();
            for i in part.clone() {
                mixed[t][i] = (0..seen).map(|s| logit(s) / total * value[s][i]).sum();
            }
        }
        x = add(&x, &dense(&layer.output, &mixed));
        let inner = dense(&layer.inner, &norm(&layer.norm_dense, &x));
        let gelu = |x: &f64| x * 0.5 * (1.0 + erf(x / 2f64.sqrt()));
        let inner: Rows = inner.iter().map(|row| row.iter().map(gelu).collect()).collect();
        x = add(&x, &dense(&layer.outer, &inner));
    }
    let (x, head) = (norm(&model.norm, &x), matrix(&model.head));
    let value = |x: &Vec<f64>, j: usize| x.iter().zip(&head).map(|(x, w)| x * w[j]).sum::<f64>();
    x.iter().map(|x| (0..head[0].len()).map(|j| value(x, j)).collect()).collect()
}

/// Its series, exact to double precision for small arguments.
fn erf(x: f64) -> f64 {
    let mut term = x;
    let mut sum = x;
    for n in 1..200 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    2.0 / std::f64::consts::PI.sqrt() * sum
}

#[test]
fn values_are_those_of_loops_over_numbers_whatever_the_padding() {
    for causal in [false, true] {
        let model = model(&Transformer { causal, ..OPTIONS }, 2);
        let (one, other) = (segment(4, 0.0), segment(2, 9.0));
        let batch = SegmentBatch::collate(3, &[&one, &other], &place()).padded_to(6);
        let told = model.heads(&batch);
        assert_eq!(told.dims(), [2, 2, 6, 2]);
        let told = values(told);
        for member in 0..2 {
            for (place, segment) in [&one, &other].into_iter().enumerate() {
                let expected = by_hand(&model, member, segment);
                for t in 0..6 {
                    for head in 0..2 {
                        let found = told[((member * 2 + place) * 6 + t) * 2 + head];
                        let expected = expected.get(t).map_or(0.0, |step| step[head]);
                        assert!((found - expected).abs() < 1e-9, "{found} {expected} at step {t}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_step_depends_on_the_others_and_on_its_place() {
    let model = model(&OPTIONS, 1);
    let reward =
        |steps: &[f32]| values(model.rewards(&SegmentBatch::collate(3, &[steps], &place())));
    let steps = segment(3, 0.0);
    let swapped = [&steps[3..6], &steps[..3], &steps[6..]].concat();
    let (one, other) = (reward(&steps), reward(&swapped));
    assert!((one[2] - other[2]).abs() > 1e-6, "the last step sees the order before it");
    let causal = self::model(&Transformer { causal: true, ..OPTIONS }, 1);
    let first =
        |steps: &[f32]| values(causal.rewards(&SegmentBatch::collate(3, &[steps], &place())))[0];
    assert!((first(&steps) - first(&steps[..3])).abs() < 1e-12, "the first step sees only itself");
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let check = |options: Transformer, expect: &str| {
        assert!(options.check().unwrap_err().contains(expect));
    };
    check(Transformer { heads: 3, ..OPTIONS }, "multiple of `heads` = 3, found 8");
    check(Transformer { layers: 0, ..OPTIONS }, "`layers` must be above 0");
    check(Transformer { head_scale: f64::NAN, ..OPTIONS }, "found NaN");
    assert!(OPTIONS.check().is_ok());
}
