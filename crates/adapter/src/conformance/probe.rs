//! An adapter bound to a dataset under a linear model whose every number the suite sets.

use crate::objective::choice::host;
use crate::{Adapter, Objective, Response, Scorer, Select, Selection};
use burn::tensor::{DType, Device, Tensor, TensorData};
use medley_dataset::Dataset;
use medley_encoder::Features;
use medley_evaluation::Judgement;
use medley_reward_model::{HeadLayout, Placement, Returns, RewardModel, SegmentBatch};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// A bound objective and what it needs to be asked.
pub(super) struct Probe<'a> {
    pub objective: Box<dyn Objective>,
    pub features: &'a Features,
    pub returns: Returns,
    pub device: &'a Device,
    pub layout: HeadLayout,
}

/// Numbers of a model and a response model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbers {
    pub members: usize,
    /// `[member, feature, head]`
    pub weights: Vec<f64>,
    /// Added to the reward of every step.
    pub shift: f64,
    /// Name and values, `[member, value]`.
    pub response: Vec<(String, Vec<f64>)>,
}

/// Loss and its gradients.
pub(super) struct Slope {
    pub losses: Vec<f64>,
    pub weights: Vec<f64>,
    pub response: Vec<(String, Vec<f64>)>,
}

impl<'a> Probe<'a> {
    pub fn bind(
        adapter: &dyn Adapter,
        dataset: &Dataset,
        features: &'a Features,
        returns: Returns,
        device: &'a Device,
    ) -> Result<Self, String> {
        let selection = Selection {
            source: "conformance",
            dataset,
            features,
            standardizer: None,
            select: &Select::default(),
            partition: None,
            layout: &HeadLayout::shared(),
            seed: 7,
        };
        let aspects = adapter.aspects(&selection).map_err(|error| error.to_string())?;
        let layout = HeadLayout::with_aspects(aspects);
        let selection = Selection { layout: &layout, ..selection };
        let objective = adapter.bind(&selection).map_err(|error| error.to_string())?;
        Ok(Self { objective, features, returns, device, layout })
    }

    pub fn all(&self) -> Vec<usize> {
        (0..self.objective.statements().len()).collect()
    }

    /// Numbers drawn from `seed`: weights within 1, response parameters near their start.
    pub fn numbers(&self, members: usize, seed: u64) -> Numbers {
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        let mut near = |value: f64, reach: f64| value + reach * (rng.random::<f64>() * 2.0 - 1.0);
        let count = members * self.features.feature_count() * self.layout.len();
        let weights = (0..count).map(|_| near(0.0, 1.0)).collect();
        let parameters = self.objective.parameters(&self.all());
        let response = parameters.into_iter().map(|parameter| {
            let initial = parameter.initial.repeat(members);
            (parameter.name, initial.into_iter().map(|v| near(f64::from(v), 0.3)).collect())
        });
        // Never 0: a step that is none, but scored, has to show.
        Numbers { members, weights, shift: 0.75, response: response.collect() }
    }

    /// Losses `[member, batch]` in row-major order, in double precision.
    pub fn losses(&self, numbers: &Numbers, statements: &[usize]) -> Vec<f64> {
        host(self.loss(numbers, statements).1)
    }

    /// Dimensions of the loss tensor.
    pub fn loss_shape(&self, numbers: &Numbers, statements: &[usize]) -> [usize; 2] {
        self.loss(numbers, statements).1.dims()
    }

    pub fn judge(&self, numbers: &Numbers) -> Vec<Judgement> {
        let place = Placement { device: self.device.clone(), dtype: DType::F64 };
        let (model, response) = self.tensors(numbers, &place);
        let scorer = Scorer::new(&model, self.features, self.returns, &place);
        self.objective.judge(&scorer, &response, &self.all())
    }

    /// Returns of every segment.
    pub fn returns(&self, numbers: &Numbers) -> Vec<f64> {
        let place = Placement { device: self.device.clone(), dtype: DType::F64 };
        let (model, _) = self.tensors(numbers, &place);
        let scorer = Scorer::new(&model, self.features, self.returns, &place);
        let segments: Vec<usize> = (0..self.features.windows.len()).collect();
        host(scorer.returns(&segments))
    }

    /// Gradient of the sum of all losses.
    pub fn slope(&self, numbers: &Numbers, dtype: DType) -> Slope {
        let place = Placement { device: self.device.clone().autodiff(), dtype };
        let (mut model, response) = self.tensors(numbers, &place);
        model.weights = model.weights.require_grad();
        let response: Vec<(String, Tensor<2>)> = numbers
            .response
            .iter()
            .map(|(name, _)| (name.clone(), response.get(name).require_grad()))
            .collect();
        let scorer = Scorer::new(&model, self.features, self.returns, &place);
        let bound = Response::new(response.iter().cloned());
        let losses = self.objective.losses(&scorer, &bound, &self.all());
        let gradients = losses.clone().sum().backward();
        let zero_or = |gradient: Option<Vec<f64>>, like: usize| gradient.unwrap_or(vec![0.0; like]);
        Slope {
            losses: host(losses.inner()),
            weights: zero_or(model.weights.grad(&gradients).map(host), numbers.weights.len()),
            response: response
                .iter()
                .map(|(name, value)| {
                    let like = value.shape().num_elements();
                    (name.clone(), zero_or(value.grad(&gradients).map(host), like))
                })
                .collect(),
        }
    }

    fn loss(&self, numbers: &Numbers, statements: &[usize]) -> (Placement, Tensor<2>) {
        let place = Placement { device: self.device.clone(), dtype: DType::F64 };
        let (model, response) = self.tensors(numbers, &place);
        let scorer = Scorer::new(&model, self.features, self.returns, &place);
        let loss = self.objective.losses(&scorer, &response, statements);
        (place, loss)
    }

    fn tensors(&self, numbers: &Numbers, place: &Placement) -> (Linear, Response) {
        let members = numbers.members;
        let shape = [members, self.features.feature_count(), self.layout.len()];
        let weights = tensor(&numbers.weights, shape, place);
        let response = numbers.response.iter().map(|(name, values)| {
            (name.clone(), tensor(values, [members, values.len() / members], place))
        });
        (
            Linear { weights, shift: numbers.shift, layout: self.layout.clone() },
            Response::new(response),
        )
    }
}

/// `r = w . x + shift`, every head linear, the shift on head 0.
struct Linear {
    weights: Tensor<3>,
    shift: f64,
    layout: HeadLayout,
}

impl RewardModel for Linear {
    fn members(&self) -> usize {
        self.weights.dims()[0]
    }

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let [_, _, heads] = self.weights.dims();
        let values = batch.rows().unsqueeze::<3>().matmul(self.weights.clone());
        let mut first = vec![0.0; heads];
        first[0] = self.shift as f32;
        batch.spread(values + batch.place().tensor(first, [1, 1, heads]))
    }
}

pub(super) fn tensor<const D: usize>(
    values: &[f64],
    shape: [usize; D],
    place: &Placement,
) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), (&place.device, place.dtype))
}
