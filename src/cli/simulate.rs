//! `medley simulate`: people who are simulated answer, and what they say becomes a dataset folder.

use super::settings;
use anyhow::bail;
use medley_annotator::Simulation;
use medley_toml_file::parse;
use serde::Deserialize;
use std::path::Path;

/// A file with a simulation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SimulationFile {
    simulation: Simulation,
}

/// Writes the dataset of a simulation; returns what it holds.
pub(super) fn simulate(file: &Path, out: &Path, seed: u64) -> anyhow::Result<String> {
    let text = settings::read(file)?;
    let SimulationFile { simulation } = parse(file, &text)?;
    let is_taken = match out.read_dir() {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => out.symlink_metadata().is_ok(),
    };
    if is_taken {
        bail!("{} is there already: expected a new folder, or an empty one", out.display());
    }
    let located = |error: medley_annotator::SimulationError| {
        let error = error.located(file, &text, "simulation");
        match error {
            medley_annotator::SimulationError::Parse(error) => anyhow::Error::from(error),
            other => other.into(),
        }
    };
    let dataset = simulation.dataset(seed).map_err(located)?;
    dataset.write(out)?;
    let report = dataset.card.import.clone().unwrap_or_default();
    Ok(format!("{report}wrote {}\n", out.display()))
}
