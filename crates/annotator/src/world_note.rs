//! How does whoever opens a simulated dataset know its world?

use crate::SimulationError;
use medley_dataset::Dataset;
use medley_toml_file::{Problem, Tagged};
use medley_world::World;

/// What a note begins with that says which world a dataset is of.
const WORLD: &str = "world: ";

/// A note of the import report that says which world a dataset is of; none if it cannot be written.
pub(crate) fn note(world: &Tagged<dyn World>) -> Option<String> {
    toml::to_string(world).ok().map(|written| format!("{WORLD}{written}"))
}

/// The note of the world that a dataset is of, if it has one.
pub(crate) fn noted(dataset: &Dataset) -> Option<String> {
    let mut notes = dataset.card.import.iter().flat_map(|report| &report.notes);
    notes.find(|note| note.starts_with(WORLD)).cloned()
}

/// The world that a simulated dataset is of, as it was noted with it.
///
/// # Errors
/// The note names a world that is not linked, or options that it does not have.
pub fn world_of(dataset: &Dataset) -> Result<Option<Tagged<dyn World>>, SimulationError> {
    let Some(note) = noted(dataset) else { return Ok(None) };
    let read = toml::from_str(&note[WORLD.len()..]);
    read.map(Some).map_err(|error| Problem::new("world", error.message()).into())
}
