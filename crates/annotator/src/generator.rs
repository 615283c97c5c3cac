//! A simulation in the place of a dataset: `dataset.generator.simulation = { .. }`.

use crate::world_note::noted;
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

    fn fingerprint(&self) -> Result<Option<String>, Problem> {
        let Some(path) = &self.dataset else { return Ok(None) };
        let dataset = Dataset::open(path);
        let dataset = dataset.map_err(|error| Problem::new("dataset", error.to_string()))?;
        // What was said of it is left behind; its world is known from a note, which has no part in the hash.
        let hash = dataset.without_feedback().hash();
        let world =
            noted(&dataset).map(|world| format!(", {}", world.trim_end())).unwrap_or_default();
        Ok(Some(format!("{hash}{world}")))
    }

    fn world(&self) -> Option<Tagged<dyn World>> {
        self.world.clone()
    }
}
