//! Hashes of the files of a folder: recorded when they are written, compared when they are used.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Hash (BLAKE3) of each file by its path within the folder.
pub(crate) type Hashes = BTreeMap<String, String>;

/// Hashes of files of `folder`, by their paths within it.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn hashes(folder: &Path, names: Vec<String>) -> io::Result<Hashes> {
    let hashed = |name: String| hash(&folder.join(&name)).map(|found| (name, found));
    names.into_iter().map(hashed).collect()
}

/// The first file that is not there as recorded, and in what way.
pub(crate) fn flaw(folder: &Path, recorded: &Hashes) -> Option<String> {
    recorded.iter().find_map(|(name, expected)| match hash(&folder.join(name)) {
        Ok(found) if found == *expected => None,
        Ok(_) => Some(format!("{name} is not what was written")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(format!("{name} is missing")),
        Err(error) => Some(format!("{name} cannot be read: {error}")),
    })
}

fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut fs::File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_cut_and_a_missing_file_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        fs::create_dir(folder.path().join("tables")).unwrap();
        write("tables/a", "one");
        write("b", "two");
        let names = ["b", "tables/a"].map(str::to_owned).to_vec();
        let recorded = hashes(folder.path(), names).unwrap();
        assert_eq!(recorded.keys().collect::<Vec<_>>(), ["b", "tables/a"]);
        assert_eq!(flaw(folder.path(), &recorded), None);
        write("tables/a", "ONE");
        assert_eq!(flaw(folder.path(), &recorded).unwrap(), "tables/a is not what was written");
        write("tables/a", "one");
        write("b", "tw");
        assert_eq!(flaw(folder.path(), &recorded).unwrap(), "b is not what was written");
        fs::remove_file(folder.path().join("b")).unwrap();
        assert_eq!(flaw(folder.path(), &recorded).unwrap(), "b is missing");
    }
}
