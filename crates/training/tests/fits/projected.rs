//! Steps that follow projected gradients: what is pulled back, member by member, and who cannot.

use crate::setting::{Setting, setting};
use burn::tensor::{Device, Tensor};
use medley_reward_model::{HeadLayout, Mlp, ModelShape, Placement, Returns, Trainable};
use medley_training::{
    Fit, Inference, Joint, Laplace, Map, Mixing, Options, Step, Task, TrainingError,
};
use serde::{Deserialize, Serialize};

/// Follows a function of the gradients of both sources, with the losses of a joint fit.
#[derive(Debug, Serialize, Deserialize)]
enum Follows {
    Sum,
    /// The sum of their directions, which depends on the lengths of whole gradients.
    Directions,
}

#[typetag::serde(name = "follows-for-a-test")]
impl Mixing for Follows {
    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        Joint::default().total(step)
    }

    fn is_projected(&self) -> bool {
        true
    }

    fn project(&self, gradients: &[Vec<f64>]) -> Vec<f64> {
        assert_eq!(gradients.len(), 2);
        let [one, other] = [0, 1].map(|i| {
            let norm = gradients[i].iter().map(|x| x * x).sum::<f64>().sqrt();
            let scale = if matches!(self, Self::Sum) { 1.0 } else { 1.0 / norm };
            gradients[i].iter().map(move |x| x * scale)
        });
        one.zip(other).map(|(a, b)| a + b).collect()
    }

    fn summary(&self) -> &'static str {
        "for a test"
    }
}

fn fit(
    setting: &Setting,
    mixing: &dyn Mixing,
    members: usize,
    inference: &dyn Inference,
) -> Result<Box<dyn Trainable>, TrainingError> {
    let task = Task {
        sources: &setting.sources,
        mixing,
        fit: &Fit::of(&["careful", "hasty"]),
        tie: None,
        features: &setting.features,
        returns: Returns::Mean,
        backbone: &Mlp { hidden: vec![4], head_scale: 1.0 },
        shape: &ModelShape { features: 3, layout: HeadLayout::shared(), members },
        seed: 5,
        place: &Placement::single(Device::flex().autodiff()),
    };
    let options =
        Options { epochs: 3, min_steps: 0, patience: 0, bootstrap: false, ..Options::default() };
    Ok(inference.infer(&task, &options, None, &mut |_| {})?.model)
}

fn furthest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn the_sum_of_the_gradients_of_sources_is_that_of_the_total() {
    let setting = setting();
    let joint = fit(&setting, &Joint::default(), 2, &Map::default()).unwrap().read();
    let summed = fit(&setting, &Follows::Sum, 2, &Map::default()).unwrap().read();
    assert!(furthest(&joint, &summed) < 1e-4, "{summed:?}, joint {joint:?}");
    let other = fit(&setting, &Follows::Directions, 2, &Map::default()).unwrap().read();
    assert!(furthest(&joint, &other) > 1e-3, "the rule is followed: {other:?}");
}

#[test]
fn a_member_is_projected_apart_from_the_others() {
    let setting = setting();
    let two = fit(&setting, &Follows::Directions, 2, &Map::default()).unwrap();
    let one = fit(&setting, &Follows::Directions, 1, &Map::default()).unwrap();
    let members = two.parameter_members();
    let all = two.read().into_iter().zip(members);
    let first: Vec<f64> = all.filter(|(_, member)| *member == 0).map(|(value, _)| value).collect();
    assert!(furthest(&first, &one.read()) < 1e-5, "{first:?} {:?}", one.read());
}

#[test]
fn an_inference_that_looks_for_an_optimum_refuses() {
    let error = fit(&setting(), &Follows::Sum, 1, &Laplace::default()).err().unwrap();
    assert!(error.to_string().contains("`inference.map` can step by them"), "{error}");
}
