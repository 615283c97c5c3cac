//! `medley simulate`: people who are simulated answer, and what they say becomes a dataset folder.

use super::said::Said;
use super::settings;
use anyhow::bail;
use medley_annotator::Simulation;
use medley_dataset::ImportReport;
use medley_toml_file::parse;
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

/// A file with a simulation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SimulationFile {
    /// Worlds, people and what they are asked.
    simulation: Simulation,
}

/// Writes the dataset of a simulation; returns what it holds.
pub(super) fn simulate(file: &Path, out: &Path, seed: u64) -> anyhow::Result<Said> {
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
    Ok(wrote(&report, out))
}

/// A dataset that was written, and what it holds.
pub(super) fn wrote(report: &ImportReport, folder: &Path) -> Said {
    let ImportReport { kept, dropped, notes } = report;
    let json = json!({ "folder": folder, "kept": kept, "dropped": dropped, "notes": notes });
    Said::new(format!("{report}wrote {}\n", folder.display()), json)
}
