//! A small fit of reward and response model, for the law of recovery.

use super::probe::Probe;
use crate::choice::host;
use crate::{Response, Scorer};
use burn::module::{Module, Param};
use burn::tensor::{DType, Tensor};
use medley_reward_model::{AdamW, AdamWOptions, Placement, RewardModel, SegmentBatch};

const STEPS: usize = 300;
const RATE: f64 = 0.03;

#[derive(Module, Debug)]
struct Fitted {
    weights: Param<Tensor<3>>, // [1, feature, head]
    response: Vec<Param<Tensor<2>>>,
}

impl RewardModel for Fitted {
    fn members(&self) -> usize {
        1
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        batch.spread(batch.rows().unsqueeze::<3>().matmul(self.weights.val()))
    }
}

/// Learned returns of every segment after full-batch descent from a reward of 0.
pub(super) fn learned_returns(probe: &Probe<'_>) -> Vec<f64> {
    let place = Placement { device: probe.device.clone().autodiff(), dtype: DType::F32 };
    let parameters = probe.objective.parameters();
    let features = probe.features.feature_count();
    let mut fitted = Fitted {
        weights: Param::from_tensor(
            place.tensor(vec![0.0; features * probe.heads], [1, features, probe.heads]),
        ),
        response: parameters
            .iter()
            .map(|parameter| {
                let values = parameter.initial.clone();
                let shape = [1, values.len()];
                Param::from_tensor(place.tensor(values, shape))
            })
            .collect(),
    };
    let options = AdamWOptions { weight_decay: 0.0, ..AdamWOptions::default() };
    let mut optimizer = AdamW::new(&fitted, &options);
    let all = probe.all();
    for _ in 0..STEPS {
        let response = Response::new(
            parameters.iter().zip(&fitted.response).map(|(p, value)| (p.name.clone(), value.val())),
        );
        let scorer = Scorer::new(&fitted, probe.features, probe.returns, &place);
        let mut loss = probe.objective.loss(&scorer, &response, &all).sum();
        for (parameter, value) in parameters.iter().zip(&fitted.response) {
            if let Some(prior) = parameter.prior {
                let z = value.val().sub_scalar(prior.mean).div_scalar(prior.sd);
                loss = loss + (z.clone() * z).sum().mul_scalar(0.5);
            }
        }
        let gradients = loss.div_scalar(all.len() as f64).backward();
        fitted = optimizer.step(fitted, &gradients, RATE);
    }
    let inner = place.inner();
    let model = fitted.valid();
    let scorer = Scorer::new(&model, probe.features, probe.returns, &inner);
    let segments: Vec<usize> = (0..probe.features.windows.len()).collect();
    host(scorer.returns(&segments))
}
