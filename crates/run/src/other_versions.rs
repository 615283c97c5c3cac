//! Which finished runs of a folder are of another version of Medley?

use crate::RunFolder;
use medley_plan::Sweep;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How many finished runs in `folder` that the experiment does not have were written by each other version.
/// The version is part of what a run is, so that a new one finds nothing done: whoever sees that
/// should know why. Folders that cannot be read count for nothing.
pub fn other_versions(sweep: &Sweep, folder: &Path) -> BTreeMap<String, usize> {
    let ours: BTreeSet<&str> = sweep.runs().map(|(_, run)| run.id.as_str()).collect();
    let mut found = BTreeMap::new();
    let entries = std::fs::read_dir(folder.join("runs")).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| !ours.contains(&*entry.file_name().to_string_lossy())) {
        if let Some(version) = RunFolder::version_at(&entry.path())
            && version != env!("CARGO_PKG_VERSION")
        {
            *found.entry(version).or_default() += 1;
        }
    }
    found
}
