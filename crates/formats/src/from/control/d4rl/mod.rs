//! Importer of episodes in HDF5: flat files of D4RL and episode groups of Minari, with the
//! comparison labels of Uni-RLHF if there are any.
//!
//! Sources: Fu, Kumar, Nachum, Tucker and Levine, "D4RL: Datasets for Deep Data-Driven
//! Reinforcement Learning" (arXiv 2004.07219); Minari, dataset standards of the Farama Foundation;
//! Yuan et al., "Uni-RLHF", ICLR 2024.

mod columns;
mod episode;
mod flat;
mod minari;
mod source;

use crate::content::unfit;
use crate::from::control::uni_rlhf;
use crate::hdf5;
use crate::{Import, ImportError, Importer};
use medley_dataset::{Card, Domain};
use minari::episode_number;
use serde::{Deserialize, Serialize};
use source::Source;
use std::path::{Path, PathBuf};

/// Reads one HDF5 file, or a folder with one (`*.hdf5`, `*.h5` or `data/main_data.hdf5`) and at
/// most one file of labels (`*.csv`, `*.csv.gz`).
///
/// - D4RL (arrays in the root): `observations`, `actions`, `rewards`, `terminals`, and `timeouts`
///   if there. An episode ends where either is true; the last may be unfinished.
/// - Minari (groups `episode_0` and on): `observations`, `actions`, `rewards`, `terminations`,
///   `truncations`. Observations and actions may be groups, whose arrays stand side by side by
///   sorted key. The observation after the last action is not kept.
/// - Steps: features `obs-0` and on (`obs-<key>-0` for groups), `act-0` and on, as 32-bit floats;
///   true reward: `rewards`. Arrays of several axes are laid out row after row.
/// - Groups and segments: the episodes, `e0000` and on.
/// - Comparisons (source "preference"): windows `w<first step>` into all steps in a row, which may
///   span episodes; label 0 first, 1 second, -1 or 0.5 a tie.
/// - Demonstrations (source "episode", no alternatives): whole episodes, if `demonstrations` says
///   that people acted; most files hold what policies did.
///
/// Everything else (`next_observations`, `infos`, `metadata`) is named in a note and not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct D4rl {
    /// Whether the episodes are what people showed.
    pub demonstrations: bool,
}

#[typetag::serde(name = "d4rl")]
impl Importer for D4rl {
    fn card(&self) -> Card {
        Card::new("d4rl", Domain::Control)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let (file, labels) = files(path)?;
        let root = hdf5::open(&file, &import.reading())?;
        let (groups, arrays) = root.names()?;
        let source = Source { file: &file, root: &root };
        let timeline = match groups.iter().any(|name| episode_number(name).is_some()) {
            true => minari::read(import, &source, &groups, self.demonstrations)?,
            false => flat::read(import, &source, &groups, &arrays, self.demonstrations)?,
        };
        if let Some(labels) = labels {
            uni_rlhf::read(import, &labels, &timeline)?;
        }
        let kept = timeline.episodes.iter().map(|kept| kept.rows.len()).sum();
        import.report().keep("step", kept);
        if !self.demonstrations {
            import.report().notes.push(
                "no episode is called a demonstration; `demonstrations = true` says that people \
                 acted"
                    .into(),
            );
        }
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "episodes in HDF5 (D4RL, Minari), a file or a folder with Uni-RLHF labels beside it"
    }
}

/// The file of episodes, and the labels beside it.
fn files(path: &Path) -> Result<(PathBuf, Option<PathBuf>), ImportError> {
    if !path.is_dir() {
        return Ok((path.to_owned(), None));
    }
    let refused = |source| ImportError::Io { file: path.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(refused)? {
        found.push(entry.map_err(refused)?.path());
    }
    found.push(path.join("data/main_data.hdf5"));
    found.sort();
    let ends = |file: &&PathBuf, endings: &[&str]| {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        file.is_file() && name.is_some_and(|name| endings.iter().any(|end| name.ends_with(end)))
    };
    let of = |endings| found.iter().filter(|file| ends(file, endings)).collect::<Vec<_>>();
    let labels = of(&[".csv", ".csv.gz"]);
    if labels.len() > 1 {
        return Err(unfit(path, "at most one file of labels (*.csv)", &labels.len().to_string()));
    }
    match of(&[".hdf5", ".h5"])[..] {
        [file] => Ok((file.clone(), labels.first().map(|&file| file.clone()))),
        ref files => {
            let found = files.len().to_string();
            Err(unfit(path, "a folder with one file *.hdf5 or *.h5", &found))
        }
    }
}

#[cfg(test)]
mod tests;
