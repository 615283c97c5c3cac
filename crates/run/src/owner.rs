//! Whose are the tables and figures of an experiment's folder?
//!
//! Runs are named by what they are, so that two experiments of one name share a folder of runs without
//! harm. Their tables, summary and figures have fixed names: the second would replace those of the
//! first. `experiment.json` says which file they were last written for, and of which runs. Another
//! file may write them if it has all of these runs, as one that was moved or copied to go on has.

use crate::RunError;
use crate::run_folder::FolderLock;
use medley_plan::PlanError;
use medley_report::write_whole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// An experiment as the owner of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Its file.
    file: PathBuf,
    /// Its runs by id; of an exact experiment what was asked.
    runs: BTreeSet<String>,
}

const FILE: &str = "experiment.json";

impl Owner {
    /// The experiment that `file` writes.
    pub fn new(file: &Path, runs: impl IntoIterator<Item = String>) -> Self {
        let whole = file.canonicalize().or_else(|_| std::path::absolute(file));
        let file = whole.unwrap_or_else(|_| file.to_owned());
        Self { file, runs: runs.into_iter().collect() }
    }

    /// Refuses a folder with tables and figures of another experiment. A record that cannot be read
    /// says nothing, as one of a version before does.
    ///
    /// # Errors
    /// About the name of the experiment.
    pub fn check(&self, folder: &Path) -> Result<(), PlanError> {
        let text = medley_whole_file::read_text(&folder.join(FILE), medley_whole_file::SETTINGS);
        let found = text.ok().and_then(|text| serde_json::from_str::<Self>(&text).ok());
        match found {
            Some(other) if other.file != self.file && !other.runs.is_subset(&self.runs) => {
                let message = format!(
                    "{} holds the tables and figures of another experiment of this name, {}, and they \
                     would be replaced: expected a name of its own (or another `--out`). If they may be \
                     replaced, delete {}",
                    folder.display(),
                    other.file.display(),
                    folder.join(FILE).display()
                );
                Err(PlanError::spec(&["name"], message))
            }
            _ => Ok(()),
        }
    }

    /// Whether the tables and figures of `folder` are those of this experiment as it stands, and not of a
    /// version of its file before.
    pub fn is_current(&self, folder: &Path) -> bool {
        let text = medley_whole_file::read_text(&folder.join(FILE), medley_whole_file::SETTINGS);
        let found = text.ok().and_then(|text| serde_json::from_str::<Self>(&text).ok());
        found.is_some_and(|found| found.runs == self.runs)
    }

    /// Says in `folder` that its tables and figures are of this experiment. Only while nobody else
    /// writes there: who does clears what others seem to have left.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep(&self, folder: &Path) -> Result<(), RunError> {
        let _lock = FolderLock::take(folder)?;
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|e| RunError::Broken { what: "JSON", reason: e.to_string() })?;
        Ok(write_whole(&folder.join(FILE), text.as_bytes())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After Hydra issue 2103.
    #[test]
    fn another_file_takes_a_folder_only_with_all_of_its_runs() {
        let folder = tempfile::tempdir().unwrap();
        let owner = |file: &str, runs: &[&str]| {
            Owner::new(&folder.path().join(file), runs.iter().map(|&run| run.to_owned()))
        };
        let one = owner("one.toml", &["a", "b"]);
        one.check(folder.path()).unwrap();
        one.keep(folder.path()).unwrap();
        let check = |owner: Owner| owner.check(folder.path()).map_err(|error| error.to_string());
        assert_eq!(check(one), Ok(()));
        assert_eq!(check(owner("one.toml", &["c"])), Ok(()));
        assert_eq!(check(owner("moved.toml", &["a", "b", "c"])), Ok(()));
        let refused = check(owner("two.toml", &["b", "c"])).unwrap_err();
        assert!(refused.starts_with("`name`: "), "{refused}");
        assert!(refused.contains("one.toml, and they would be replaced"), "{refused}");
        std::fs::write(folder.path().join(FILE), "half").unwrap();
        assert_eq!(check(owner("two.toml", &["b", "c"])), Ok(()));
    }
}
