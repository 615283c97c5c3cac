//! What is in HDF5: its arrays, and whether they are episodes.
//!
//! The importer is asked, by an import into a folder that goes away, as it knows best what it reads.

use crate::from::D4rl;
use crate::rows::hdf5::{self, Group};
use crate::rows::refusal::unfit;
use crate::{ImportError, Importer, Reading};
use medley_dataset::ImportReport;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Arrays that are told of.
const SHOWN: usize = 30;
/// How deep groups are gone into.
const DEEPEST: usize = 6;

/// Episodes in HDF5.
#[derive(Clone, Debug)]
pub struct Episodes {
    /// The file, or the folder that it lies in with labels.
    pub source: PathBuf,
    /// The file.
    pub file: PathBuf,
    /// Its first arrays: the path of each and its shape.
    pub arrays: Vec<(String, Vec<u64>)>,
    /// How many there are in all.
    pub count: usize,
    /// What the importer makes of them.
    pub report: ImportReport,
}

/// Looks at HDF5: a file, or one in a folder with labels beside it.
///
/// # Errors
/// It is damaged, or holds no episodes: what it holds instead.
pub(super) fn look_at_episodes(
    source: &Path,
    file: &Path,
    reading: &Reading<'_>,
) -> Result<Episodes, ImportError> {
    let (mut arrays, mut count) = (Vec::new(), 0);
    walk(&hdf5::open(file, reading)?, 0, &mut arrays, &mut count)?;
    let folder = tempfile::tempdir()
        .map_err(|source| ImportError::Io { file: std::env::temp_dir(), source })?;
    let importer: &dyn Importer = &D4rl::default();
    let (source, file) = (source.to_owned(), file.to_owned());
    match importer.import_to(&source, &folder.path().join("dataset"), reading) {
        Ok(report) => Ok(Episodes { source, file, arrays, count, report }),
        Err(error @ ImportError::Io { .. }) => Err(error),
        Err(error) => Err(no_episodes(&file, &arrays, count, &error)),
    }
}

fn no_episodes(
    file: &Path,
    arrays: &[(String, Vec<u64>)],
    count: usize,
    error: &ImportError,
) -> ImportError {
    let mut found = if count == 0 { "no array".to_owned() } else { "these arrays:".to_owned() };
    for (path, shape) in arrays {
        let _ = write!(found, "\n    {path} {shape:?}");
    }
    if count > arrays.len() {
        let _ = write!(found, "\n    and {} more", count - arrays.len());
    }
    let _ = write!(
        found,
        "\nThe only importer of HDF5, `medley import d4rl`, says:\n    {error}\nIf it holds a table or \
         texts, write these as Parquet, CSV or JSON lines"
    );
    unfit(file, "episodes, as D4RL or Minari write them", &found)
}

/// The arrays of a group and of those in it, sorted.
fn walk(
    group: &Group,
    depth: usize,
    arrays: &mut Vec<(String, Vec<u64>)>,
    count: &mut usize,
) -> Result<(), ImportError> {
    let (groups, names) = group.names()?;
    for name in names {
        *count += 1;
        if arrays.len() < SHOWN {
            arrays.push((group.path_of(&name), group.shape(&name)?));
        }
    }
    if depth < DEEPEST {
        for name in groups {
            walk(&group.group(&name)?, depth + 1, arrays, count)?;
        }
    }
    Ok(())
}
