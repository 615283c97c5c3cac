//! An adapter bound to a dataset under a linear model whose every number the suite sets.

use super::linear::{Linear, Numbers, tensor};
use crate::objective::choice::host;
use crate::{
    Adapter, Asking, Elicited, Form, Gather, Gathered, Objective, Origin, Query, Respondent,
    Response, ResponseParameter, Scorer, Select, Selection,
};
use burn::tensor::{DType, Device, Tensor};
use medley_dataset::{Dataset, Partition};
use medley_encoder::Features;
use medley_evaluation::Judgement;
use medley_feedback::AnnotatorId;
use medley_reward_model::{HeadLayout, Placement, Returns, RewardModel};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// What an adapter is bound to.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub dataset: &'a Dataset,
    pub features: &'a Features,
    pub returns: Returns,
    pub select: &'a Select,
    pub partition: Option<&'a Partition>,
    /// Heads of the model; none for those that the adapter asks for.
    pub layout: Option<&'a HeadLayout>,
}

/// A bound objective and what it needs to be asked.
pub(super) struct Probe<'a> {
    pub objective: Box<dyn Objective>,
    pub setting: Setting<'a>,
    pub layout: HeadLayout,
    device: &'a Device,
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
        setting: Setting<'a>,
        device: &'a Device,
    ) -> Result<Self, String> {
        let selection = Selection {
            source: "conformance",
            dataset: setting.dataset,
            features: setting.features,
            standardizer: None,
            select: setting.select,
            partition: setting.partition,
            layout: &HeadLayout::shared(),
            seed: 7,
        };
        let layout = match setting.layout {
            Some(layout) => layout.clone(),
            None => {
                let aspects = adapter.aspects(&selection).map_err(|error| error.to_string())?;
                HeadLayout::with_aspects(aspects)
            }
        };
        let selection = Selection { layout: &layout, ..selection };
        let objective = adapter.bind(&selection).map_err(|error| error.to_string())?;
        Ok(Self { objective, setting, layout, device })
    }

    pub fn all(&self) -> Vec<usize> {
        (0..self.objective.statements().len()).collect()
    }

    pub fn origins(&self) -> &[Origin] {
        &self.objective.statements().origins
    }

    pub fn parameters(&self) -> Vec<ResponseParameter> {
        self.objective.parameters(&self.all())
    }

    /// Who made a statement, by name.
    pub fn person(&self, origin: &Origin) -> Option<AnnotatorId> {
        origin.person.map(|person| self.setting.dataset.people().id(person).clone())
    }

    /// Numbers drawn from `seed`: weights within 1, response parameters near their start.
    pub fn numbers(&self, members: usize, seed: u64) -> Numbers {
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        let mut near = |value: f64, reach: f64| value + reach * (rng.random::<f64>() * 2.0 - 1.0);
        let count = members * self.setting.features.feature_count() * self.layout.len();
        let weights = (0..count).map(|_| near(0.0, 1.0)).collect();
        let response = self.parameters().into_iter().map(|parameter| {
            let initial = parameter.initial.repeat(members);
            (parameter.name, initial.into_iter().map(|v| near(f64::from(v), 0.3)).collect())
        });
        // Never 0: a step that is none, but scored, has to show.
        Numbers { members, weights, shift: 0.75, response: response.collect() }
    }

    /// The same where response parameters are at their start: people do not differ.
    pub fn numbers_at_start(&self, members: usize, seed: u64) -> Numbers {
        let response = self.parameters().into_iter().map(|parameter| {
            let initial = parameter.initial.repeat(members);
            (parameter.name, initial.into_iter().map(f64::from).collect())
        });
        Numbers { response: response.collect(), ..self.numbers(members, seed) }
    }

    /// Puts answers in the place of what was said, drawn from what is predicted.
    pub fn draw(&mut self, numbers: &Numbers, rng: &mut ChaCha8Rng) -> bool {
        let place = self.double();
        let (model, response) = self.tensors(numbers, &place);
        let Setting { features, returns, .. } = self.setting;
        let all = self.all();
        let scorer = Scorer::new(&model, features, returns, &place);
        self.objective.draw(&scorer, &response, &all, rng)
    }

    /// Records of somebody who is asked `queries`.
    pub fn elicit(
        &self,
        adapter: &dyn Adapter,
        queries: &[Query],
        numbers: &Numbers,
        form: &Form,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, String> {
        let Setting { dataset, features, returns, select, partition, .. } = self.setting;
        let selection = Selection {
            source: "conformance",
            dataset,
            features,
            standardizer: None,
            select,
            partition,
            layout: &self.layout,
            seed: 7,
        };
        let place = self.double();
        let (model, _) = self.tensors(numbers, &place);
        let scorer = Scorer::new(&model, features, returns, &place);
        let asking = Asking { selection, scorer, form, queries };
        adapter.elicit(&asking, respondent).map_err(|error| error.to_string())
    }

    /// Losses `[member, batch]` in row-major order, in double precision.
    pub fn losses(&self, numbers: &Numbers, statements: &[usize]) -> Vec<f64> {
        host(self.loss(numbers, statements))
    }

    /// The same where segments have other features, or add up in another way.
    pub fn losses_seeing(
        &self,
        features: &Features,
        returns: Returns,
        numbers: &Numbers,
        statements: &[usize],
    ) -> Vec<f64> {
        let place = self.double();
        let (model, response) = self.tensors(numbers, &place);
        let scorer = Scorer::new(&model, features, returns, &place);
        host(self.objective.losses(&scorer, &response, statements))
    }

    /// Dimensions of the loss tensor.
    pub fn loss_shape(&self, numbers: &Numbers, statements: &[usize]) -> [usize; 2] {
        self.loss(numbers, statements).dims()
    }

    /// Losses of all statements through one pass over the model, as training has them, where points lie
    /// apart and where they lie one after the other; panics if a likelihood reads what is not named.
    pub fn gathered_losses(&self, numbers: &Numbers) -> [Vec<f64>; 2] {
        let all = self.all();
        let place = self.double();
        let (model, response) = self.tensors(numbers, &place);
        let parts = || [(&*self.objective, &all[..])];
        let features = self.setting.features;
        let both =
            [Gather::new(parts(), features, &place), Gather::packed(parts(), features, &place)];
        both.map(|gather| {
            let Some(gather) = gather else { return Vec::new() };
            let gathered = Gathered::new(&gather, model.heads(gather.batch()), &self.layout);
            let scorer = Scorer::gathered(&gathered, self.setting.returns, &place);
            host(self.objective.losses(&scorer, &response, &all))
        })
    }

    pub fn judge(&self, numbers: &Numbers) -> Vec<Judgement> {
        self.asked(numbers, |scorer, response| self.objective.judge(scorer, response, &self.all()))
    }

    pub fn log_probabilities(&self, numbers: &Numbers) -> Option<Vec<Vec<Vec<f64>>>> {
        self.asked(numbers, |scorer, response| {
            self.objective.log_probabilities(scorer, response, &self.all())
        })
    }

    pub fn log_likelihoods(&self, numbers: &Numbers) -> Vec<f64> {
        self.asked(numbers, |scorer, response| {
            self.objective.log_likelihoods(scorer, response, &self.all())
        })
    }

    /// Returns of every segment.
    pub fn returns(&self, numbers: &Numbers) -> Vec<f64> {
        let segments: Vec<usize> = (0..self.setting.features.windows.len()).collect();
        self.asked(numbers, |scorer, _| host(scorer.returns(&segments)))
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
        let scorer = Scorer::new(&model, self.setting.features, self.setting.returns, &place);
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

    fn loss(&self, numbers: &Numbers, statements: &[usize]) -> Tensor<2> {
        self.asked(numbers, |scorer, response| self.objective.losses(scorer, response, statements))
    }

    fn asked<T>(&self, numbers: &Numbers, ask: impl FnOnce(&Scorer<'_>, &Response) -> T) -> T {
        let place = self.double();
        let (model, response) = self.tensors(numbers, &place);
        let Setting { features, returns, .. } = self.setting;
        ask(&Scorer::new(&model, features, returns, &place), &response)
    }

    fn double(&self) -> Placement {
        Placement { device: self.device.clone(), dtype: DType::F64 }
    }

    fn tensors(&self, numbers: &Numbers, place: &Placement) -> (Linear, Response) {
        let members = numbers.members;
        let shape = [members, self.setting.features.feature_count(), self.layout.len()];
        let weights = tensor(&numbers.weights, shape, place);
        let response = numbers.response.iter().map(|(name, values)| {
            (name.clone(), tensor(values, [members, values.len() / members], place))
        });
        let layout = self.layout.clone();
        (Linear { weights, shift: numbers.shift, layout }, Response::new(response))
    }
}
