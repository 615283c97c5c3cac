//! AdamW (Loshchilov and Hutter 2019) over any module, with state that is saved by position.
//!
//! Burn's own optimizer keys its state by parameter ids, which a fresh process draws anew; here the
//! state is a list in the module's own order, so that a resumed run continues with the same bits.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor};
use medley_toml_file::{Problem, above_zero, not_negative};
use serde::{Deserialize, Serialize};

/// Options of AdamW that do not change during a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdamWOptions {
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Decoupled weight decay: each step multiplies weights by `1 - rate * decay`.
    pub weight_decay: f64,
}

impl Default for AdamWOptions {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }
}

impl AdamWOptions {
    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        for (key, beta) in [("beta1", self.beta1), ("beta2", self.beta2)] {
            if !(0.0..1.0).contains(&beta) {
                let message = format!("a number in [0, 1) is needed, found {beta}");
                return Err(Problem::new(key, message));
            }
        }
        above_zero("epsilon", self.epsilon)?;
        not_negative("weight-decay", self.weight_decay)
    }
}

/// The optimizer and its moments: a module itself, so that it is kept like one.
#[derive(Module, Debug)]
pub struct AdamW {
    first: Vec<Param<Tensor<1>>>,
    second: Vec<Param<Tensor<1>>>,
    #[module(skip)]
    options: AdamWOptions,
    #[module(skip)]
    steps: u64,
}

impl AdamW {
    /// Zero moments for each parameter of `module`.
    pub fn new<M: Module>(module: &M, options: &AdamWOptions) -> Self {
        let mut zeros = Zeros(Vec::new());
        module.visit(&mut zeros);
        Self { first: zeros.0.clone(), second: zeros.0, options: *options, steps: 0 }
    }

    /// Steps taken so far; the bias correction depends on it.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Continues as after `steps` steps.
    pub fn resume_at(&mut self, steps: u64) {
        self.steps = steps;
    }

    /// Moves `module` one step down its gradients. A parameter without gradient stays.
    pub fn step<M: Module>(&mut self, module: M, gradients: &Gradients, rate: f64) -> M {
        self.steps += 1;
        let AdamWOptions { beta1, beta2, .. } = self.options;
        let steps = self.steps as i32;
        let mut update = Update {
            optimizer: self,
            gradients,
            rate,
            correction1: 1.0 - beta1.powi(steps),
            correction2: 1.0 - beta2.powi(steps),
            position: 0,
        };
        module.map(&mut update)
    }
}

struct Zeros(Vec<Param<Tensor<1>>>);

impl ModuleVisitor for Zeros {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val().inner();
        let count = value.shape().num_elements();
        self.0.push(Param::from_tensor(value.zeros_like().reshape([count])));
    }
}

struct Update<'a> {
    optimizer: &'a mut AdamW,
    gradients: &'a Gradients,
    rate: f64,
    correction1: f64,
    correction2: f64,
    position: usize,
}

impl ModuleMapper for Update<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let position = self.position;
        self.position += 1;
        let Some(gradient) = param.val().grad(self.gradients) else { return param };
        let shape = gradient.dims();
        let AdamWOptions { beta1, beta2, epsilon, weight_decay } = self.optimizer.options;
        let first = self.optimizer.first[position].val().reshape(shape);
        let second = self.optimizer.second[position].val().reshape(shape);
        let first = first.mul_scalar(beta1) + gradient.clone().mul_scalar(1.0 - beta1);
        let second =
            second.mul_scalar(beta2) + (gradient.clone() * gradient).mul_scalar(1.0 - beta2);
        let scale = second.clone().div_scalar(self.correction2).sqrt().add_scalar(epsilon);
        let move_by = (first.clone() / scale).mul_scalar(self.rate / self.correction1);
        let count: usize = shape.iter().product();
        self.optimizer.first[position] = Param::from_tensor(first.reshape([count]));
        self.optimizer.second[position] = Param::from_tensor(second.reshape([count]));
        let decay = 1.0 - self.rate * weight_decay;
        param.map(|value| {
            let moved = value.inner().mul_scalar(decay) - move_by;
            Tensor::from_inner(moved).require_grad()
        })
    }
}
