//! Files and folders that the command line names.

use anyhow::{anyhow, bail};
use medley_dataset::Dataset;
use medley_whole_file::{SETTINGS, read_text};
use std::io::ErrorKind;
use std::path::Path;

/// The dataset in a folder.
///
/// # Errors
/// It is not there (the folder that it was looked for in is named), or cannot be read.
pub(super) fn dataset(folder: &Path) -> anyhow::Result<Dataset> {
    if !folder.exists() {
        let here = std::env::current_dir().unwrap_or_default();
        match folder.is_relative() {
            true => bail!("there is no folder `{}` in {}", folder.display(), here.display()),
            false => bail!("there is no folder {}", folder.display()),
        }
    }
    Ok(Dataset::open(folder)?)
}

/// Text of a TOML file.
///
/// # Errors
/// It is not there (the folder that it was looked for in is named), is no regular file or too large.
pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    read_text(file, SETTINGS).map_err(|error| {
        let place = match (error.kind(), std::env::current_dir()) {
            (ErrorKind::NotFound, Ok(here)) if file.is_relative() => {
                format!("; looked for in {}", here.display())
            }
            _ => String::new(),
        };
        anyhow!("cannot read {}: {error}{place}", file.display())
    })
}
