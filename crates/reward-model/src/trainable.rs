//! A reward model that can learn, behind an object-safe trait, apart from any optimizer.
//!
//! The gradient is cut at the rewards: [`Trainable::forward`] gives the values of all heads as a
//! leaf, whoever holds likelihoods takes a gradient at that leaf, and the model pulls it back to
//! its parameters. So one pass over the model serves all sources of feedback, a kernel may bring a
//! backward pass of its own, and optimizers and samplers see nothing but a flat vector.
//!
//! Burn's `Module` is not object-safe, so [`ModuleModel`] holds the typed module.

use crate::checkpoint::{module_bytes, read_module};
use crate::last_layer::places_of;
use crate::{CheckpointError, HeadLayout, LastLayer, RewardModel, SegmentBatch};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor, TensorData};
use std::ops::Range;
use std::path::Path;

/// A reward model with parameters.
pub trait Trainable: RewardModel {
    /// Number of trainable numbers, all members together.
    fn parameter_count(&self) -> usize;

    /// All parameters in one list, in the order of the module.
    fn read(&self) -> Vec<f64>;

    /// Sets all parameters, as [`Trainable::read`] lists them.
    ///
    /// # Panics
    /// If there are not as many as parameters.
    fn write(&mut self, flat: &[f64]);

    /// The member that each parameter is of, in the order of [`Trainable::read`]. No parameter is
    /// shared by members.
    fn parameter_members(&self) -> Vec<usize>;

    /// Where [`Trainable::read`] lists the weights of the heads, `[member, width, head]` in row-major
    /// order; none if they are no product of a hidden layer ([`RewardModel::last_layer`]).
    fn head_places(&self) -> Option<Range<usize>> {
        None
    }

    /// Values of all heads as a leaf of a new graph, and the way back to the parameters. Only where
    /// the model is on an autodiff device.
    fn forward(&self, batch: &SegmentBatch) -> Forward;

    /// A copy that tracks no gradients.
    fn frozen(&self) -> Box<dyn RewardModel>;

    /// A copy that learns on from here.
    fn duplicate(&self) -> Box<dyn Trainable>;

    /// All parameters by name, as the bytes of a safetensors file.
    ///
    /// # Errors
    /// If the parameters cannot be written down.
    fn to_bytes(&self) -> Result<Vec<u8>, CheckpointError>;

    /// Brings back what [`Trainable::to_bytes`] gave; `path` is where the bytes come from.
    ///
    /// # Errors
    /// If the bytes are broken, or their tensors are not exactly those of this model.
    fn restore(&mut self, bytes: Vec<u8>, path: &Path) -> Result<(), CheckpointError>;
}

/// A forward pass whose gradient is cut at its values.
pub struct Forward {
    /// A leaf that tracks gradients. `[member, batch, time, head]`
    pub values: Tensor<4>,
    /// Takes the gradient at `values`, of the same shape and without autodiff, to that of the
    /// parameters, in the order of [`Trainable::read`].
    pub pull_back: Box<dyn FnOnce(Tensor<4>) -> Vec<f64>>,
}

/// Any Burn module that is a [`RewardModel`].
#[derive(Clone, Debug)]
pub struct ModuleModel<M>(pub M);

impl<M: Module + RewardModel> RewardModel for ModuleModel<M> {
    fn members(&self) -> usize {
        self.0.members()
    }

    fn layout(&self) -> &HeadLayout {
        self.0.layout()
    }

    fn is_stepwise(&self) -> bool {
        self.0.is_stepwise()
    }

    fn last_layer(&self) -> Option<&dyn LastLayer> {
        self.0.last_layer()
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        self.0.heads(batch)
    }
}

impl<M: Module + RewardModel + 'static> Trainable for ModuleModel<M> {
    fn parameter_count(&self) -> usize {
        self.0.num_params()
    }

    fn read(&self) -> Vec<f64> {
        let mut values = Read(Vec::with_capacity(self.parameter_count()));
        self.0.visit(&mut values);
        values.0
    }

    fn write(&mut self, flat: &[f64]) {
        assert_eq!(flat.len(), self.parameter_count(), "values and parameters");
        self.0 = self.0.clone().map(&mut Write(flat));
    }

    fn parameter_members(&self) -> Vec<usize> {
        let of = Vec::with_capacity(self.parameter_count());
        let mut members = Members { count: self.members(), of };
        self.0.visit(&mut members);
        members.of
    }

    fn head_places(&self) -> Option<Range<usize>> {
        places_of(&self.0, self.0.last_layer()?.weight().id)
    }

    fn forward(&self, batch: &SegmentBatch) -> Forward {
        let graph = self.0.heads(batch);
        let values = graph.clone().detach().require_grad();
        let module = self.0.clone();
        let pull_back = move |upstream: Tensor<4>| {
            let gradients = (graph * Tensor::from_inner(upstream)).sum().backward();
            let mut slopes = Slopes { gradients, flat: Vec::new() };
            module.visit(&mut slopes);
            slopes.flat
        };
        Forward { values, pull_back: Box::new(pull_back) }
    }

    fn frozen(&self) -> Box<dyn RewardModel> {
        Box::new(self.0.valid())
    }

    fn duplicate(&self) -> Box<dyn Trainable> {
        Box::new(self.clone())
    }

    fn to_bytes(&self) -> Result<Vec<u8>, CheckpointError> {
        module_bytes(&self.0)
    }

    fn restore(&mut self, bytes: Vec<u8>, path: &Path) -> Result<(), CheckpointError> {
        let mut module = self.0.clone();
        read_module(&mut module, bytes, path)?;
        self.0 = module;
        Ok(())
    }
}

struct Read(Vec<f64>);

impl ModuleVisitor for Read {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.extend(param.val().into_data().iter::<f64>());
    }
}

/// The member of each parameter, whose first axis counts them.
struct Members {
    count: usize,
    of: Vec<usize>,
}

impl ModuleVisitor for Members {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let shape = param.val().dims();
        assert_eq!(shape[0], self.count, "the first axis of a parameter is that of members");
        let of_member: usize = shape[1..].iter().product();
        self.of.extend((0..shape[0]).flat_map(|member| std::iter::repeat_n(member, of_member)));
    }
}

struct Write<'a>(&'a [f64]);

impl ModuleMapper for Write<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|old| {
            let shape = old.dims();
            let (own, rest) = self.0.split_at(shape.iter().product());
            self.0 = rest;
            let data = TensorData::new(own.to_vec(), shape);
            let new = Tensor::from_data(data, (&old.device(), old.dtype()));
            if old.is_require_grad() { new.require_grad() } else { new }
        })
    }
}

struct Slopes {
    gradients: Gradients,
    flat: Vec<f64>,
}

impl ModuleVisitor for Slopes {
    /// A parameter that nothing depends on has a gradient of 0.
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        match value.grad(&self.gradients) {
            Some(slope) => self.flat.extend(slope.into_data().iter::<f64>()),
            None => self.flat.extend(std::iter::repeat_n(0.0, value.shape().num_elements())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AdamW, AdamWOptions, Backbone, Linear, Mlp, ModelShape, Placement, Returns, Transformer,
    };
    use burn::tensor::{DType, Device};
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    fn place() -> Placement {
        Placement::single(Device::flex().autodiff())
    }

    fn built(backbone: &dyn Backbone, members: usize, place: &Placement) -> Box<dyn Trainable> {
        let layout = HeadLayout::with_aspects(vec!["style".to_owned()]);
        let shape = ModelShape { features: 2, layout, members };
        let mut streams: Vec<_> = (1..).take(members).map(ChaCha8Rng::seed_from_u64).collect();
        backbone.module(&shape, &mut streams, place)
    }

    fn batch(place: &Placement) -> SegmentBatch {
        SegmentBatch::collate(2, &[&[1.0, 0.5, -1.0, 2.0], &[0.3, 0.1]], place)
    }

    fn returns(model: &dyn RewardModel, place: &Placement) -> Vec<f32> {
        let batch = batch(place);
        batch.returns(model.rewards(&batch), Returns::Sum).into_data().iter::<f32>().collect()
    }

    fn mlp(width: usize) -> Mlp {
        Mlp { hidden: vec![width], head_scale: 1.0 }
    }

    /// Squared distance of all head values from 1, and its gradient by way of the cut.
    fn slope(model: &dyn Trainable, place: &Placement) -> (f64, Vec<f64>) {
        let batch = batch(place);
        let Forward { values, pull_back } = model.forward(&batch);
        let loss = values.clone().add_scalar(-1.0).square().sum();
        let gradients = loss.clone().backward();
        let upstream = values.grad(&gradients).unwrap();
        (loss.into_data().iter::<f64>().sum(), pull_back(upstream))
    }

    #[test]
    fn the_gradient_through_the_cut_is_that_of_finite_differences() {
        let place = Placement { dtype: DType::F64, ..place() };
        let transformer =
            Transformer { layers: 1, width: 4, heads: 2, expansion: 1, ..Transformer::default() };
        let backbones: [&dyn Backbone; 3] = [&Linear::default(), &mlp(3), &transformer];
        for backbone in backbones {
            let mut model = built(backbone, 2, &place);
            let at = model.read();
            assert_eq!(at.len(), model.parameter_count());
            let (_, found) = slope(model.as_ref(), &place);
            for i in 0..at.len() {
                let mut near = |step: f64| {
                    let mut moved = at.clone();
                    moved[i] += step;
                    model.write(&moved);
                    slope(model.as_ref(), &place).0
                };
                let expected = (near(1e-6) - near(-1e-6)) / 2e-6;
                let gap = (found[i] - expected).abs();
                assert!(gap < 1e-5 * (1.0 + expected.abs()), "{backbone:?} {i}: {expected}");
            }
        }
    }

    #[test]
    fn descent_reaches_the_target() {
        let mut model = built(&mlp(8), 3, &place());
        let mut flat: Vec<f32> = model.read().iter().map(|&x| x as f32).collect();
        let mut optimizer = AdamW::new(flat.len(), &AdamWOptions::default());
        for _ in 0..400 {
            let slope: Vec<f32> =
                slope(model.as_ref(), &place()).1.iter().map(|&x| x as f32).collect();
            optimizer.step(&mut flat, &slope, 0.01);
            model.write(&flat.iter().map(|&x| f64::from(x)).collect::<Vec<_>>());
        }
        // Two heads of 1 at each step: two steps and one.
        for (value, expected) in returns(model.as_ref(), &place()).iter().zip([4.0, 2.0].repeat(3))
        {
            assert!((value - expected).abs() < 0.2, "{value} {expected}");
        }
    }

    #[test]
    fn a_member_is_the_same_whatever_the_number_of_the_others() {
        let transformer = Transformer { layers: 1, width: 4, heads: 2, ..Transformer::default() };
        let backbones: [&dyn Backbone; 3] = [&Linear::default(), &mlp(4), &transformer];
        for backbone in backbones {
            let [one, two, four] = [1, 2, 4]
                .map(|members| returns(built(backbone, members, &place()).as_ref(), &place()));
            assert_eq!(one[..], two[..2], "{backbone:?}");
            assert_eq!(two[..], four[..4], "{backbone:?}");
            assert_ne!(two[..2], two[2..], "members start from different weights");
        }
    }

    #[test]
    fn members_of_parameters_by_hand() {
        // Two members: 2 by 1 weights, 1 by 2 head weights and, behind all weights, 1 bias each.
        let found = built(&mlp(1), 2, &place()).parameter_members();
        assert_eq!(found, [0, 0, 1, 1, 0, 0, 1, 1, 0, 1]);
    }

    #[test]
    fn parameters_of_the_first_member_are_those_of_one_alone() {
        let transformer = Transformer { layers: 1, width: 4, heads: 2, ..Transformer::default() };
        let backbones: [&dyn Backbone; 3] = [&Linear::default(), &mlp(4), &transformer];
        for backbone in backbones {
            let two = built(backbone, 2, &place());
            let all = two.read().into_iter().zip(two.parameter_members());
            let first: Vec<f64> = all.filter(|(_, member)| *member == 0).map(|(x, _)| x).collect();
            assert_eq!(first, built(backbone, 1, &place()).read(), "{backbone:?}");
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let mut model = built(&mlp(3), 2, &place());
        let values: Vec<f64> = (0..model.parameter_count()).map(|i| i as f64).collect();
        model.write(&values);
        assert_eq!(model.read(), values);
        let bytes = model.to_bytes().unwrap();
        let mut other = built(&mlp(3), 2, &place());
        other.restore(bytes, Path::new("m.safetensors")).unwrap();
        assert_eq!(other.read(), values);
    }

    #[test]
    fn foreign_and_broken_bytes_are_refused() {
        let path = Path::new("model.safetensors");
        let bytes = built(&mlp(5), 1, &place()).to_bytes().unwrap();
        let restore = |backbone: &dyn Backbone, bytes: Vec<u8>| {
            built(backbone, 1, &place()).restore(bytes, path).unwrap_err()
        };
        let error = restore(&Linear::default(), bytes.clone());
        assert!(matches!(error, CheckpointError::Foreign { .. }), "{error}");
        let error = restore(&mlp(6), bytes.clone());
        assert!(matches!(error, CheckpointError::Read { .. }), "{error}");
        let error = restore(&mlp(5), bytes[..bytes.len() / 2].to_vec());
        assert!(matches!(error, CheckpointError::Read { .. }), "{error}");
        assert!(error.to_string().contains("model.safetensors"), "{error}");
    }

    #[test]
    fn a_model_that_only_scores_needs_no_autodiff() {
        let place = Placement::single(Device::flex());
        let mut model = built(&mlp(3), 1, &place);
        let before = returns(model.as_ref(), &place);
        model.write(&model.read());
        assert_eq!(returns(model.as_ref(), &place), before);
    }
}
