//! A model together with its optimizer, behind an object-safe trait.
//!
//! Burn's `Module` is not object-safe, so [`ModuleLearner`] holds the typed module and the loop
//! sees only [`Learner`].

use crate::{AdamW, AdamWOptions, CheckpointError, RewardModel, load_module, save_module};
use burn::module::Module;
use burn::tensor::Gradients;
use std::path::Path;

/// A reward model that can be trained, kept and brought back.
pub trait Learner: Send {
    /// The model on its autodiff device.
    fn model(&self) -> &dyn RewardModel;

    /// A copy of the model that tracks no gradients.
    fn frozen(&self) -> Box<dyn RewardModel>;

    /// A copy that trains on from here on its own.
    fn duplicate(&self) -> Box<dyn Learner>;

    /// One optimizer step.
    fn step(&mut self, gradients: &Gradients, rate: f64);

    /// Number of trainable numbers, all members together.
    fn parameter_count(&self) -> usize;

    /// Writes the model alone.
    ///
    /// # Errors
    /// If the file cannot be written.
    fn save_model(&self, path: &Path) -> Result<(), CheckpointError>;

    /// Reads the model alone.
    ///
    /// # Errors
    /// If the file cannot be read or belongs to another model.
    fn load_model(&mut self, path: &Path) -> Result<(), CheckpointError>;

    /// Writes model and optimizer into an existing folder.
    ///
    /// # Errors
    /// If a file cannot be written.
    fn save(&self, folder: &Path) -> Result<(), CheckpointError>;

    /// Brings back what [`Learner::save`] wrote after `steps` optimizer steps.
    ///
    /// # Errors
    /// If a file cannot be read or belongs to another model.
    fn load(&mut self, folder: &Path, steps: u64) -> Result<(), CheckpointError>;
}

/// Any Burn module that is a [`RewardModel`], with AdamW.
pub struct ModuleLearner<M> {
    module: Option<M>,
    optimizer: AdamW,
}

impl<M: Module + RewardModel> ModuleLearner<M> {
    /// A learner at step 0.
    pub fn new(module: M, options: &AdamWOptions) -> Self {
        let optimizer = AdamW::new(&module, options);
        Self { module: Some(module), optimizer }
    }

    /// The typed model.
    #[expect(clippy::missing_panics_doc, reason = "the module is only absent within `step`")]
    pub fn module(&self) -> &M {
        self.module.as_ref().expect("the module is only absent within `step`")
    }
}

const MODEL_FILE: &str = "model.safetensors";
const OPTIMIZER_FILE: &str = "optimizer.safetensors";

impl<M: Module + RewardModel + 'static> Learner for ModuleLearner<M> {
    fn model(&self) -> &dyn RewardModel {
        self.module()
    }

    fn frozen(&self) -> Box<dyn RewardModel> {
        Box::new(self.module().valid())
    }

    fn duplicate(&self) -> Box<dyn Learner> {
        Box::new(Self { module: self.module.clone(), optimizer: self.optimizer.clone() })
    }

    fn step(&mut self, gradients: &Gradients, rate: f64) {
        self.module = self.module.take().map(|module| self.optimizer.step(module, gradients, rate));
    }

    fn parameter_count(&self) -> usize {
        self.module().num_params()
    }

    fn save_model(&self, path: &Path) -> Result<(), CheckpointError> {
        save_module(self.module(), path)
    }

    fn load_model(&mut self, path: &Path) -> Result<(), CheckpointError> {
        let mut module = self.module().clone();
        load_module(&mut module, path)?;
        self.module = Some(module);
        Ok(())
    }

    fn save(&self, folder: &Path) -> Result<(), CheckpointError> {
        self.save_model(&folder.join(MODEL_FILE))?;
        save_module(&self.optimizer, &folder.join(OPTIMIZER_FILE))
    }

    fn load(&mut self, folder: &Path, steps: u64) -> Result<(), CheckpointError> {
        self.load_model(&folder.join(MODEL_FILE))?;
        load_module(&mut self.optimizer, &folder.join(OPTIMIZER_FILE))?;
        self.optimizer.resume_at(steps);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backbone, Linear, Mlp, ModelShape, Placement, Returns, SegmentBatch};
    use burn::tensor::Device;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    fn place() -> Placement {
        Placement::single(Device::flex().autodiff())
    }

    fn learner(backbone: &dyn Backbone, features: usize, members: usize) -> Box<dyn Learner> {
        let shape = ModelShape { features, heads: 1, members };
        let rng = &mut ChaCha8Rng::seed_from_u64(1);
        backbone.build(shape, &AdamWOptions::default(), rng, &place())
    }

    fn batch() -> SegmentBatch {
        SegmentBatch::collate(2, &[&[1.0, 0.5, -1.0, 2.0], &[0.3, 0.1]], &place())
    }

    fn returns(learner: &dyn Learner) -> Vec<f32> {
        let batch = batch();
        let rewards = learner.model().rewards(&batch);
        batch.returns(rewards, Returns::Sum).into_data().try_to_vec().unwrap()
    }

    fn descend(learner: &mut dyn Learner, steps: usize) {
        for _ in 0..steps {
            let batch = batch();
            let returns = batch.returns(learner.model().rewards(&batch), Returns::Sum);
            let gradients = (returns.add_scalar(-1.0).square()).sum().backward();
            learner.step(&gradients, 0.01);
        }
    }

    #[test]
    fn descent_reaches_the_target() {
        let mut learner = learner(&Mlp { hidden: vec![8], head_scale: 1.0 }, 2, 3);
        descend(learner.as_mut(), 300);
        for value in returns(learner.as_ref()) {
            assert!((value - 1.0).abs() < 0.05, "{value}");
        }
    }

    #[test]
    fn members_are_independent_models() {
        let ensemble = learner(&Mlp { hidden: vec![4], head_scale: 1.0 }, 2, 2);
        let values = returns(ensemble.as_ref());
        assert_ne!(values[0], values[2], "members start from different weights");
    }

    #[test]
    fn resumed_learner_continues_with_the_same_bits() {
        let backbone = Mlp { hidden: vec![5], head_scale: 1.0 };
        let mut whole = learner(&backbone, 2, 2);
        descend(whole.as_mut(), 7);
        let folder = tempfile::tempdir().unwrap();
        whole.save(folder.path()).unwrap();
        descend(whole.as_mut(), 5);

        let mut resumed = learner(&backbone, 2, 2);
        resumed.load(folder.path(), 7).unwrap();
        descend(resumed.as_mut(), 5);
        assert_eq!(returns(whole.as_ref()), returns(resumed.as_ref()));
    }

    #[test]
    fn foreign_and_broken_checkpoints_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        learner(&Mlp { hidden: vec![5], head_scale: 1.0 }, 2, 1).save_model(&path).unwrap();
        let error = learner(&Linear::default(), 2, 1).load_model(&path).unwrap_err();
        assert!(matches!(error, CheckpointError::Foreign { .. }), "{error}");
        let error =
            learner(&Mlp { hidden: vec![6], head_scale: 1.0 }, 2, 1).load_model(&path).unwrap_err();
        assert!(matches!(error, CheckpointError::Read { .. }), "{error}");
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error =
            learner(&Mlp { hidden: vec![5], head_scale: 1.0 }, 2, 1).load_model(&path).unwrap_err();
        assert!(matches!(error, CheckpointError::Read { .. }), "{error}");
    }
}
