//! Which models does a comparison name?

use crate::compared_spec::Compared;
use crate::proxy::{Reading, learned_reward};
use crate::reward::{NamedReward, true_reward};
use crate::{OptimizeError, OptimizeSpec};
use burn::tensor::Device;
use medley_report::{RunRow, Status, read_runs};
use medley_toml_file::nearest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What an experiment says of its runs, in its folder.
const RUNS: &str = "tables/runs.parquet";
const MODEL: &str = "model.toml";

/// A reward that is named by its folder, with the options of `spec`.
///
/// # Errors
/// As [`learned_reward`].
pub fn named_reward(
    folder: &Path,
    source: Option<&str>,
    spec: &OptimizeSpec,
    device: &Device,
) -> Result<NamedReward, OptimizeError> {
    if folder.as_os_str() == "true" && !folder.is_dir() {
        return Ok(true_reward(spec.kl));
    }
    let reading = Reading { source, pessimism: spec.pessimism, standardize: spec.standardize };
    let reward = learned_reward(folder, &*spec.world, reading, device)?;
    Ok(NamedReward { price: spec.kl, ..reward })
}

/// The rewards of one of the comparisons of `spec`, in the order of seeds.
///
/// # Errors
/// There is no model in the folder, no such mix in the experiment, a run of it failed, or as
/// [`learned_reward`].
pub fn compared(
    of: &Compared,
    spec: &OptimizeSpec,
    device: &Device,
) -> Result<Vec<NamedReward>, OptimizeError> {
    let price = of.kl.unwrap_or(spec.kl);
    if of.models.as_os_str() == "true" && !of.models.is_dir() {
        let label = of.name.clone();
        return Ok(vec![NamedReward { label, ..true_reward(price) }]);
    }
    let pessimism = of.pessimism.unwrap_or(spec.pessimism);
    let source = of.source.as_deref();
    let reading = Reading { source, pessimism, standardize: spec.standardize };
    let one = |folder: PathBuf| {
        let reward = learned_reward(&folder, &*spec.world, reading, device)?;
        Ok(NamedReward { label: of.name.clone(), price, ..reward })
    };
    folders(of)?.into_iter().map(one).collect()
}

/// Folders of the models.
fn folders(of: &Compared) -> Result<Vec<PathBuf>, OptimizeError> {
    let refused = |reason: String| OptimizeError::Compared { name: of.name.clone(), reason };
    let folder = &of.models;
    let told = folder.display();
    if folder.join(MODEL).is_file() {
        return match (&of.mix, of.runs) {
            (None, None) => Ok(vec![folder.clone()]),
            _ => Err(refused(format!(
                "`mix` and `runs` are of an experiment, and {told} is one model"
            ))),
        };
    }
    let table = folder.join(RUNS);
    if !table.is_file() {
        return Err(refused(format!(
            "expected a model ({MODEL}) or an experiment that was run ({RUNS}) in {told}, found neither"
        )));
    }
    let rows = read_runs(&table)?;
    let model = |row: &RunRow| folder.join("runs").join(&row.run);
    let mut runs: Vec<&RunRow> = rows
        .iter()
        .filter(|row| row.status == Status::Failed || model(row).join(MODEL).is_file())
        .collect();
    let mixes: BTreeSet<&str> = runs.iter().map(|row| row.mix.as_str()).collect();
    let listed = || mixes.iter().copied().collect::<Vec<_>>().join(", ");
    match &of.mix {
        Some(mix) if !mixes.contains(mix.as_str()) => {
            let meant = nearest(mix, mixes.iter().copied());
            let meant = meant.map_or(String::new(), |meant| format!(" (did you mean `{meant}`?)"));
            let listed = listed();
            return Err(refused(format!("no mix `{mix}` in {told}{meant}; there are: {listed}")));
        }
        None if mixes.len() > 1 => {
            let reason = format!("`mix` is needed, as {told} has several: {}", listed());
            return Err(refused(reason));
        }
        Some(mix) => runs.retain(|row| row.mix == *mix),
        None => {}
    }
    runs.sort_by_key(|row| row.seed);
    runs.truncate(of.runs.unwrap_or(usize::MAX));
    if let Some(pair) = runs.windows(2).find(|pair| pair[0].seed == pair[1].seed) {
        return Err(refused(format!(
            "seed {} has several runs in {told}: name one by its folder, {} or {}",
            pair[0].seed,
            model(pair[0]).display(),
            model(pair[1]).display()
        )));
    }
    let failed = runs.iter().find(|row| row.status == Status::Failed);
    match (failed, runs.len(), of.runs) {
        (Some(row), ..) => Err(refused(format!(
            "the run of seed {} failed ({}): {}",
            row.seed,
            model(row).display(),
            row.reason.as_deref().unwrap_or("no reason is known")
        ))),
        (None, 0, _) => Err(refused(format!("expected runs with a model in {told}, found none"))),
        (None, found, Some(wanted)) if found < wanted => {
            Err(refused(format!("expected {wanted} runs in {told}, found {found}")))
        }
        _ => Ok(runs.into_iter().map(model).collect()),
    }
}
