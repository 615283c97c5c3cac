//! The loop on a small known problem: recovery, rationality, weights, early stopping, divergence.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor};
use medley_adapter::{Adapter, Binding, Comparison, Objective, Scorer};
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain, Encoder, Features, StoredSteps};
use medley_feedback::{Checked, Comparison as Answer, Provenance};
use medley_reward_model::{Linear, ModelShape, Placement, Returns, RewardModel, SegmentBatch};
use medley_training::{
    CalibrationOptions, Event, Options, Part, Rationality, Source, StopReason, Task, Trained,
    TrainingError, calibrate, stream, train,
};
use rand::RngExt;
use std::sync::Arc;

const WEIGHTS: [f64; 3] = [1.5, -1.0, 0.5];

/// 80 one-step segments, each a group; comparisons from "careful" people with rationality 2 and
/// from "hasty" ones with rationality 0.3, sampled from the likelihood.
fn dataset() -> Dataset {
    let rng = &mut stream(11, "test-dataset");
    let mut card = Card::new("known", Domain::Control);
    card.features = ["a", "b", "c"].map(str::to_owned).to_vec();
    let mut builder = DatasetBuilder::new(card);
    let mut returns = Vec::new();
    for i in 0..80 {
        let x: [f32; 3] = std::array::from_fn(|_| rng.random::<f32>() * 4.0 - 2.0);
        builder.add_group(&format!("g{i}"), None, None);
        builder.add_steps(&x);
        builder.add_window(&format!("s{i}"), &[&format!("g{i}")], i, 1);
        returns.push(x.iter().zip(WEIGHTS).map(|(&x, w)| f64::from(x) * w).sum::<f64>());
    }
    let mut records = Vec::new();
    for (source, rationality, count) in [("careful", 2.0, 600), ("hasty", 0.3, 600)] {
        for _ in 0..count {
            let (i, j) = (rng.random_range(0..80), rng.random_range(0..79));
            let j = if j >= i { j + 1 } else { j };
            let p = 1.0 / (1.0 + (-rationality * (returns[i] - returns[j])).exp());
            let first = f64::from(u8::from(rng.random::<f64>() < p));
            let (a, b) = (format!("s{i}"), format!("s{j}"));
            let provenance = Provenance::from_source(source);
            let answer = Answer::new(a.as_str().into(), b.as_str().into(), first);
            records.push(Checked::new(Answer { provenance, ..answer }).unwrap());
        }
    }
    builder.insert(records);
    builder.build().unwrap()
}

struct Setting {
    features: Features,
    sources: Vec<Source>,
}

fn setting() -> Setting {
    let dataset = dataset();
    let features = StoredSteps {}.encode(&dataset).unwrap();
    let adapter = Comparison { offset: false, ..Comparison::default() };
    let sources = ["careful", "hasty"].map(|name| {
        let binding = Binding {
            source: name,
            dataset: &dataset,
            features: &features,
            standardizer: None,
            select: Some(name),
            part: None,
            aspects: &[],
            seed: 0,
        };
        let objective: Arc<dyn Objective> = Arc::from(adapter.bind(&binding).unwrap());
        Source {
            name: name.to_owned(),
            chosen: (0..500).collect(),
            train: objective.clone(),
            validation: Some(objective),
            weight: 1.0,
        }
    });
    Setting { features, sources: sources.into() }
}

fn options() -> Options {
    Options {
        epochs: 60,
        learning_rate: 0.02,
        response_learning_rate: 0.02,
        patience: 8,
        ..Options::default()
    }
}

fn fit(
    setting: &Setting,
    options: &Options,
    rationality: Rationality,
    members: usize,
) -> Result<Trained, TrainingError> {
    let place = Placement::single(Device::flex().autodiff());
    let task = Task {
        sources: &setting.sources,
        features: &setting.features,
        returns: Returns::Mean,
        backbone: &Linear::default(),
        shape: ModelShape { features: 3, heads: 1, members },
        rationality,
        seed: 5,
        place: &place,
    };
    train(&task, options, None, &mut |_: Event| {})
}

/// Learned returns of all segments, of the first member.
fn learned(setting: &Setting, trained: &Trained) -> Vec<f64> {
    let place = Placement::single(Device::flex());
    let model = trained.learner.frozen();
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    let all: Vec<usize> = (0..80).collect();
    scorer.returns(&all).into_data().iter::<f64>().take(80).collect()
}

#[test]
fn the_reward_and_the_ratio_of_rationalities_are_recovered() {
    let setting = setting();
    let trained = fit(&setting, &options(), Rationality::Learned, 1).unwrap();
    let truth: Vec<f64> = (0..80)
        .map(|i| {
            setting.features.segment(i).iter().zip(WEIGHTS).map(|(&x, w)| f64::from(x) * w).sum()
        })
        .collect();
    let returns = learned(&setting, &trained);
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (mt, ml) = (mean(&truth), mean(&returns));
    let dot = |a: &[f64], ma: f64, b: &[f64], mb: f64| {
        a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>()
    };
    let correlation = dot(&truth, mt, &returns, ml)
        / (dot(&truth, mt, &truth, mt) * dot(&returns, ml, &returns, ml)).sqrt();
    assert!(correlation > 0.99, "correlation {correlation}");
    let ratio = trained.response.rationality(0) / trained.response.rationality(1);
    // True ratio 2 / 0.3 = 6.7; the priors on both logarithms pull it towards 1.
    assert!((3.5..9.0).contains(&ratio), "ratio {ratio}");
}

#[test]
fn fixed_rationality_stays_one() {
    let trained = fit(&setting(), &options(), Rationality::Fixed, 1).unwrap();
    assert_eq!(trained.response.rationality(0), 1.0);
    assert_eq!(trained.response.rationality(1), 1.0);
}

#[test]
fn a_source_of_weight_zero_teaches_nothing() {
    let mut with = setting();
    with.sources[1].weight = 0.0;
    let mut without = setting();
    without.sources[1].weight = 0.0;
    without.sources[1].chosen.truncate(10);
    // The order of the first source is the same, and so is everything that it teaches, as long as
    // steps are as many.
    let whole_epoch = Options { batch_size: 10_000, ..options() };
    let returns = |setting: &Setting| {
        learned(setting, &fit(setting, &whole_epoch, Rationality::Fixed, 1).unwrap())
    };
    let (with_returns, without_returns) = (returns(&with), returns(&without));
    for (a, b) in with_returns.iter().zip(&without_returns) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

#[test]
fn training_stops_when_held_out_likelihood_stalls_and_keeps_the_best() {
    let setting = setting();
    let options = Options { epochs: 1000, patience: 3, ..options() };
    let trained = fit(&setting, &options, Rationality::Learned, 1).unwrap();
    assert_eq!(trained.reason, StopReason::Patience);
    assert_eq!(trained.epochs, trained.best_epoch + 3);
    let held_out = |epoch: u32| -> f64 {
        let points =
            trained.curve.iter().filter(|p| p.epoch == epoch && p.part == Part::Validation);
        points.map(|p| p.log_likelihood).sum()
    };
    assert!((1..=trained.epochs).all(|epoch| held_out(epoch) <= held_out(trained.best_epoch)));
}

#[test]
fn members_see_other_bootstrap_samples() {
    let setting = setting();
    let place = Placement::single(Device::flex());
    let trained = fit(&setting, &options(), Rationality::Learned, 3).unwrap();
    let model = trained.learner.frozen();
    let scorer = Scorer::new(model.as_ref(), &setting.features, Returns::Mean, &place);
    let returns: Vec<f64> = scorer.returns(&[0]).into_data().iter::<f64>().collect();
    assert_eq!(returns.len(), 3);
    assert!(returns[0] != returns[1] && returns[1] != returns[2], "{returns:?}");
}

#[test]
fn divergence_is_an_error_that_names_the_source() {
    let options = Options { learning_rate: 1e38, ..options() };
    let error = fit(&setting(), &options, Rationality::Learned, 1).err().unwrap();
    assert!(matches!(&error, TrainingError::Diverged { .. }), "{error}");
}

#[test]
fn divergence_in_the_last_step_is_seen() {
    // One step in all: its loss is that of the initial weights.
    let options = Options { learning_rate: 1e38, epochs: 1, batch_size: 1000, ..options() };
    let mut setting = setting();
    let error = fit(&setting, &options, Rationality::Learned, 1).err().unwrap();
    assert!(matches!(&error, TrainingError::Diverged { epoch: 1, .. }), "{error}");
    setting.sources.iter_mut().for_each(|source| source.validation = None);
    let error = fit(&setting, &options, Rationality::Learned, 1).err().unwrap();
    assert!(matches!(&error, TrainingError::Diverged { epoch: 1, .. }), "{error}");
}

/// The true reward, scaled.
struct Known(f64);

impl RewardModel for Known {
    fn members(&self) -> usize {
        1
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let weights: Vec<f32> = WEIGHTS.iter().map(|w| (w * self.0) as f32).collect();
        let weights = batch.place().tensor(weights, [1, 3, 1]);
        batch.spread(batch.rows().unsqueeze::<3>().matmul(weights))
    }
}

#[test]
fn calibration_finds_the_scale_of_a_frozen_reward_and_never_its_sign() {
    let setting = setting();
    let place = Placement::single(Device::flex());
    let rationality = |scale: f64| {
        let model = Known(scale);
        let scorer = Scorer::new(&model, &setting.features, Returns::Mean, &place);
        let careful = setting.sources[0].train.as_ref();
        let all: Vec<usize> = (0..careful.statements()).collect();
        let fit = calibrate(careful, &all, &scorer, &CalibrationOptions::default());
        assert!(fit.converged, "{fit:?}");
        fit.response.rationality().into_data().iter::<f64>().next().unwrap()
    };
    // People have rationality 2 under the true reward, so 1 under twice of it.
    assert!((1.6..2.4).contains(&rationality(1.0)), "{}", rationality(1.0));
    assert!((0.8..1.2).contains(&rationality(2.0)), "{}", rationality(2.0));
    // A reward of the wrong sign is worth nothing, and no rationality can turn it round.
    let reversed = rationality(-1.0);
    assert!(reversed > 0.0 && reversed < 0.1, "{reversed}");
}
