//! Where is a dataset that is not where it was looked for?

use crate::{ExperimentSpec, PlanError};
use std::path::{Path, PathBuf};

impl ExperimentSpec {
    /// Says of a dataset that is not there in which folder it was looked for, and where it is: paths
    /// are relative to the working directory, and a file may have been written as if they were
    /// relative to its own folder or to one above.
    ///
    /// # Errors
    /// There is nothing at the path of the dataset.
    pub fn find_dataset(&self, file: &Path) -> Result<(), PlanError> {
        let Some(path) = &self.dataset.path else { return Ok(()) };
        if path.exists() {
            return Ok(());
        }
        let here = std::env::current_dir().unwrap_or_default();
        let mut message = match path.is_absolute() {
            true => format!("there is no folder {}", path.display()),
            false => {
                format!("there is no folder `{}` in {}", path.display(), here.display())
            }
        };
        if let Some(found) = elsewhere(path, file, &here) {
            message += &format!(
                "; there is one in {0}: run the command there, or give the path {1}",
                found.display(),
                found.join(path).display()
            );
        }
        Err(PlanError::spec(&["dataset", "path"], message))
    }
}

/// A folder that holds `path`: that of the file, one above it, or one above the working directory.
fn elsewhere(path: &Path, file: &Path, here: &Path) -> Option<PathBuf> {
    if path.is_absolute() {
        return None;
    }
    let file = std::path::absolute(file).ok()?;
    let above = file.parent()?.ancestors().chain(here.ancestors());
    above.map(Path::to_owned).find(|folder| folder.join(path).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dataset_beside_the_file_or_above_it_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("datasets/x")).unwrap();
        std::fs::create_dir_all(at("experiments/y/z")).unwrap();
        let found =
            |path: &str, file: &str, here: &str| elsewhere(Path::new(path), &at(file), &at(here));
        let here = Some(folder.path().to_owned());
        assert_eq!(found("datasets/x", "experiments/y/x.toml", "elsewhere"), here);
        assert_eq!(found("datasets/x", "../x.toml", "experiments/y"), here);
        assert_eq!(found("z", "experiments/y/x.toml", "."), Some(at("experiments/y")));
        assert_eq!(found("datasets/w", "experiments/y/x.toml", "experiments"), None);
    }
}
