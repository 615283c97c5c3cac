//! A simulation in the place of a dataset: `dataset.generator.simulation = { .. }`.

use crate::{Simulation, SimulationError};
use medley_dataset::Dataset;
use medley_toml_file::{Problem, Tagged};
use medley_world::{Generator, World};

#[typetag::serde(name = "simulation")]
impl Generator for Simulation {
    fn summary(&self) -> &'static str {
        "people who answer questions about segments of a world, of a dataset with true rewards, or of texts"
    }

    fn check(&self) -> Result<(), Problem> {
        Simulation::check(self)
    }

    fn generate(&self, seed: u64) -> Result<Dataset, Problem> {
        self.dataset(seed).map_err(|error| match error {
            SimulationError::Option(problem) => problem,
            other => Problem { path: Vec::new(), message: other.to_string() },
        })
    }

    fn world(&self) -> Option<Tagged<dyn World>> {
        self.world.clone()
    }
}
