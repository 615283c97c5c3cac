//! One hash of all finished runs of a plan: whether two folders hold the same results.

use crate::RunFolder;
use medley_plan::RunPlan;
use std::path::Path;

/// Hash (BLAKE3) over the ids of the finished runs and what each has recorded of its files, in the order of their ids.
/// Files are not read again: that they are as recorded is checked where they are read.
pub fn fingerprint<'a>(runs: impl IntoIterator<Item = &'a RunPlan>, folder: &Path) -> String {
    let mut runs: Vec<&RunPlan> = runs.into_iter().collect();
    runs.sort_by(|a, b| a.id.cmp(&b.id));
    runs.dedup_by(|a, b| a.id == b.id);
    let mut hasher = blake3::Hasher::new();
    for run in runs {
        if let Some(record) = RunFolder::of(folder, run).record() {
            hasher.update(run.id.as_bytes());
            hasher.update(&record);
        }
    }
    hasher.finalize().to_hex().to_string()
}
