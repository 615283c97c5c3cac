//! What the unit tests of adapters share: tiny datasets of one feature, a linear model, and the
//! checks that every kind has to pass.

use crate::objective::choice::host;
use crate::{Adapter, BindError, Objective, Response, Scorer, Select, Selection};
use burn::tensor::{DType, Device, Tensor};
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_encoder::{Encoder, Features, StoredSteps};
use medley_evaluation::{Judgement, Scored};
use medley_feedback::{AnnotatorId, Checked, Provenance, Record};
use medley_reward_model::{HeadLayout, Placement, Returns, RewardModel, SegmentBatch};

/// Double precision without autodiff, so that numbers by hand can be compared closely.
pub fn place() -> Placement {
    Placement { device: Device::flex(), dtype: DType::F64 }
}

/// A dataset of segments `(id, group, x of each step)` with the single feature `x`.
pub fn control(segments: &[(&str, &str, &[f32])]) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Control));
    builder.card().features = vec!["x".into()];
    let mut groups: Vec<&str> = segments.iter().map(|segment| segment.1).collect();
    groups.dedup();
    groups.iter().for_each(|group| builder.add_group(group, None, None));
    for (id, group, steps) in segments {
        let end = builder.add_steps(steps);
        builder.add_window(id, &[group], end - steps.len(), steps.len());
    }
    builder
}

/// Provenance that names an annotator.
pub fn by(annotator: &str) -> Provenance {
    Provenance { annotator: Some(AnnotatorId::from(annotator)), ..Provenance::default() }
}

/// Checked records.
pub fn checked<R: Record>(records: Vec<R>) -> Vec<Checked<R>> {
    records.into_iter().map(|record| Checked::new(record).unwrap()).collect()
}

/// `r_head = weight_head * x`, the same for each of some members.
pub struct Weights {
    heads: Vec<f32>,
    members: usize,
    layout: HeadLayout,
}

impl RewardModel for Weights {
    fn members(&self) -> usize {
        self.members
    }

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let values = self.heads.repeat(self.members);
        let weight = batch.place().tensor(values, [self.members, 1, self.heads.len()]);
        batch.spread(batch.rows().unsqueeze::<3>().matmul(weight))
    }
}

/// A dataset, its features and a model with return `sum of x`.
pub struct World {
    pub dataset: Dataset,
    pub features: Features,
    pub layout: HeadLayout,
    pub select: Select,
    model: Weights,
    place: Placement,
}

impl World {
    /// Of a control dataset with one feature.
    pub fn new(builder: DatasetBuilder) -> Self {
        let dataset = builder.build().unwrap();
        let stored = StoredSteps {}.encode(&dataset).unwrap();
        let values = stored.rows(0..stored.row_count()).into_owned();
        Self::with_features(dataset, values)
    }

    /// Of any dataset, with `x` of each row of its step table.
    pub fn with_features(dataset: Dataset, values: Vec<f32>) -> Self {
        let segments = dataset.segments();
        let windows = (0..segments.len()).map(|i| segments.steps(i)).collect();
        let features = Features::new(vec!["x".into()], values, windows);
        let layout = HeadLayout::shared();
        let model = Weights { heads: vec![1.0], members: 1, layout: layout.clone() };
        Self { dataset, features, layout, select: Select::default(), model, place: place() }
    }

    /// As many heads as the layout has.
    pub fn with_heads(mut self, heads: &[f32]) -> Self {
        self.model.heads = heads.to_vec();
        self.model.layout = self.layout.clone();
        self
    }

    pub fn with_members(mut self, members: usize) -> Self {
        self.model.members = members;
        self
    }

    pub fn selection(&self) -> Selection<'_> {
        Selection {
            source: "test",
            dataset: &self.dataset,
            features: &self.features,
            standardizer: None,
            select: &self.select,
            partition: None,
            layout: &self.layout,
            seed: 1,
        }
    }

    pub fn scorer(&self) -> Scorer<'_> {
        Scorer::new(&self.model, &self.features, Returns::Sum, &self.place)
    }

    pub fn bind(&self, adapter: &dyn Adapter) -> Box<dyn Objective> {
        adapter.bind(&self.selection()).unwrap()
    }

    pub fn refusal(&self, adapter: &dyn Adapter) -> String {
        match adapter.bind(&self.selection()) {
            Ok(objective) => panic!("bound {} statements", objective.statements().len()),
            Err(BindError::Dataset(error)) => panic!("{error}"),
            Err(error) => error.to_string(),
        }
    }

    /// Initial response parameters with some of them set.
    pub fn response(&self, objective: &dyn Objective, set: &[(&str, &[f32])]) -> Response {
        let parameters = objective.parameters(&all(objective));
        for (name, _) in set {
            assert!(parameters.iter().any(|p| p.name == *name), "no `{name}` in {parameters:?}");
        }
        let members = self.model.members;
        Response::new(parameters.into_iter().map(|parameter| {
            let values = set
                .iter()
                .find(|(name, _)| *name == parameter.name)
                .map_or(parameter.initial, |(_, values)| values.to_vec());
            let shape = [members, values.len()];
            (parameter.name, self.place.tensor(values.repeat(members), shape))
        }))
    }

    /// Loss of all statements, checked against the judgements, which are checked themselves.
    pub fn losses(&self, objective: &dyn Objective, response: &Response) -> Vec<f64> {
        let all = all(objective);
        let losses = host(objective.losses(&self.scorer(), response, &all));
        let judgements = self.judgements(objective, response);
        for (position, judgement) in judgements.iter().enumerate() {
            // Members are equal here, so that their mixture is any of them.
            for losses in losses.chunks(all.len()) {
                let difference = losses[position] + judgement.log_likelihood;
                assert!(difference.abs() < 1e-9, "{position}: {judgement:?} has loss {losses:?}");
            }
            assert_eq!(
                judgement.answer.clusters,
                objective.statements().origins[position].clusters
            );
        }
        self.check_gathered(objective, response, &losses);
        let reversed: Vec<usize> = all.iter().rev().copied().collect();
        let backwards = host(objective.losses(&self.scorer(), response, &reversed));
        for (one, other) in losses[..all.len()].iter().zip(backwards[..all.len()].iter().rev()) {
            assert!((one - other).abs() < 1e-9, "the order of a batch changes {one} to {other}");
        }
        for (&statement, expected) in all.iter().zip(&losses) {
            let alone = host(objective.losses(&self.scorer(), response, &[statement]))[0];
            assert!((alone - expected).abs() < 1e-9, "alone {alone}, in a batch {expected}");
        }
        losses[..all.len()].to_vec()
    }

    /// One pass over the model for all that is read gives the same losses.
    fn check_gathered(&self, objective: &dyn Objective, response: &Response, losses: &[f64]) {
        let all = all(objective);
        let parts = [(objective, &all[..])];
        let gather = crate::Gather::new(parts, &self.features, &self.place).unwrap();
        let values = self.model.heads(gather.batch());
        let gathered = crate::Gathered::new(&gather, values, self.model.layout());
        let scorer = Scorer::gathered(&gathered, Returns::Sum, &self.place);
        let again = host(objective.losses(&scorer, response, &all));
        for (one, other) in losses.iter().zip(&again) {
            assert!((one - other).abs() < 1e-9, "gathered {other}, asked for {one}");
        }
    }

    pub fn judgements(&self, objective: &dyn Objective, response: &Response) -> Vec<Judgement> {
        let all = all(objective);
        let judgements = objective.judge(&self.scorer(), response, &all);
        let (responses, returns) = (objective.responses(), Default::default());
        let scored = Scored { responses, judgements, returns };
        assert_eq!(scored.answers(), objective.answers(&all));
        let log_likelihoods = objective.log_likelihoods(&self.scorer(), response, &all);
        for (judgement, log_likelihood) in scored.judgements.iter().zip(log_likelihoods) {
            assert_eq!(judgement.log_likelihood, log_likelihood);
        }
        scored.check().unwrap();
        scored.judgements
    }
}

/// Every statement.
pub fn all(objective: &dyn Objective) -> Vec<usize> {
    (0..objective.statements().len()).collect()
}

/// Panics unless numbers agree to 1e-6: initial parameters are single precision.
#[track_caller]
pub fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?} is not {expected:?}");
    for (one, other) in found.iter().zip(expected) {
        assert!((one - other).abs() < 1e-6, "{found:?} is not {expected:?}");
    }
}

/// `-log(sigmoid(x))`, for numbers by hand.
pub fn surprise(x: f64) -> f64 {
    (-x).exp().ln_1p()
}
