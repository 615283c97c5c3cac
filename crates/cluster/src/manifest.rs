//! `Manifest`: which runs belong together, as a file that a worker on another machine can trust.
//!
//! It holds the experiment's text, so that a file that is edited after a submission changes nothing of
//! what was submitted, and where relative paths start. It is checked in full when it is read: whoever
//! starts from half of one would leave runs out and not know it.

use medley_whole_file::{read_text, write};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Runs of an experiment, in the pieces in which they are carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Version of this format.
    pub schema: u32,
    /// Version of Medley, which is part of what a run is.
    pub medley: String,
    /// Name of the experiment.
    pub name: String,
    /// Its file, where it lay when the manifest was made; it is not read again.
    pub file: PathBuf,
    /// Its text.
    pub experiment: String,
    /// Hash (BLAKE3) of the text.
    pub experiment_hash: String,
    /// How many of its seeds are used; all if none.
    pub seeds: Option<usize>,
    /// Working directory: where relative paths of the experiment start.
    pub directory: PathBuf,
    /// Folder of its results.
    pub folder: PathBuf,
    /// Ids of the runs of each element. A run is in one element.
    pub elements: Vec<Vec<String>>,
    /// Hash (BLAKE3) of all the above.
    pub hash: String,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// A file operation failed.
    #[error("{reason}")]
    Io {
        /// What was tried, on which path, and what the system said.
        reason: String,
    },
    /// It is no manifest that we know, or not all of one.
    #[error("{path}: {reason}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// In what way, with expected and found.
        reason: String,
    },
}

/// Version of the format.
const SCHEMA: u32 = 1;

/// More than the manifest of a million runs.
const LARGEST: u64 = 256 << 20;

impl Manifest {
    /// The elements of an experiment, `chunk` runs each but for the last.
    pub fn new(experiment: Experiment<'_>, runs: &[String], chunk: usize) -> Self {
        let Experiment { medley, name, file, text, seeds, directory, folder } = experiment;
        let mut made = Self {
            schema: SCHEMA,
            medley: medley.to_owned(),
            name: name.to_owned(),
            file: file.to_owned(),
            experiment: text.to_owned(),
            experiment_hash: hash(text),
            seeds,
            directory: directory.to_owned(),
            folder: folder.to_owned(),
            elements: runs.chunks(chunk.max(1)).map(<[String]>::to_vec).collect(),
            hash: String::new(),
        };
        made.hash = made.own_hash();
        made
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn write(&self, path: &Path) -> Result<(), ManifestError> {
        let io = |error: std::io::Error| ManifestError::Io { reason: error.to_string() };
        write(path, self.to_json().as_bytes()).map_err(io)
    }

    /// As the file has it.
    pub fn to_json(&self) -> String {
        // Text, numbers and lists of these can always be written.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads and checks one of this version.
    ///
    /// # Errors
    /// It is not there, is cut off or changed, of another version of the format or of Medley, or its
    /// elements are none.
    pub fn read(path: &Path, medley: &str) -> Result<Self, ManifestError> {
        let found = Self::read_of_any_version(path)?;
        let broken = |reason: String| ManifestError::Broken { path: path.to_owned(), reason };
        found.check_version(medley).map_err(broken)?;
        Ok(found)
    }

    /// [`Manifest::read()`] for whoever only wants to know which runs it names.
    ///
    /// # Errors
    /// Those of [`Manifest::read()`], but for the version of Medley.
    pub fn read_of_any_version(path: &Path) -> Result<Self, ManifestError> {
        let broken = |reason: String| ManifestError::Broken { path: path.to_owned(), reason };
        let text = read_text(path, LARGEST).map_err(|error| broken(error.to_string()))?;
        Self::parse(&text).map_err(broken)
    }

    fn check_version(&self, medley: &str) -> Result<(), String> {
        match self.medley == medley {
            true => Ok(()),
            false => Err(format!(
                "the manifest is of medley {}, and this is medley {medley}: the version is part of what a \
                 run is; submit again with `medley resume`",
                self.medley
            )),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let any: serde_json::Value =
            serde_json::from_str(text).map_err(|error| match error.is_eof() {
                true => format!("the manifest is half-written: it ends at line {}", error.line()),
                false => format!("expected a manifest, found what is no JSON: {error}"),
            })?;
        match any.get("schema").and_then(serde_json::Value::as_u64) {
            Some(schema) if schema == u64::from(SCHEMA) => {}
            Some(other) => {
                return Err(format!(
                    "expected a manifest of format {SCHEMA}, found format {other}"
                ));
            }
            None => {
                return Err("expected a manifest, found JSON without its key `schema`".to_owned());
            }
        }
        let found: Self = serde_json::from_value(any)
            .map_err(|error| format!("expected a manifest of format {SCHEMA}: {error}"))?;
        found.check()?;
        Ok(found)
    }

    fn check(&self) -> Result<(), String> {
        let found = hash(&self.experiment);
        if found != self.experiment_hash {
            return Err(format!(
                "the manifest is of another experiment than the text in it: expected text of hash {}, \
                 found {found}",
                self.experiment_hash
            ));
        }
        if self.own_hash() != self.hash {
            return Err("the manifest is not what was written: its hash is another".to_owned());
        }
        let mut known = BTreeSet::new();
        for (index, runs) in self.elements.iter().enumerate() {
            if runs.is_empty() {
                return Err(format!("element {index} has no run"));
            }
            if let Some(run) = runs.iter().find(|run| !known.insert(*run)) {
                return Err(format!(
                    "run {run} is there twice, the second time in element {index}"
                ));
            }
        }
        Ok(())
    }

    /// The runs of an element.
    ///
    /// # Errors
    /// There is no such element; `path` is where the manifest is.
    pub fn element(&self, index: usize, path: &Path) -> Result<&[String], ManifestError> {
        self.elements.get(index).map(Vec::as_slice).ok_or_else(|| ManifestError::Broken {
            path: path.to_owned(),
            reason: match self.elements.len() {
                0 => format!("there is no element {index}: the manifest has none"),
                count => format!("there is no element {index}: expected 0 to {}", count - 1),
            },
        })
    }

    fn own_hash(&self) -> String {
        hash(&Self { hash: String::new(), ..self.clone() }.to_json())
    }
}

/// What a manifest is made of.
#[derive(Clone, Copy, Debug)]
pub struct Experiment<'a> {
    /// Version of Medley.
    pub medley: &'a str,
    /// Name of the experiment.
    pub name: &'a str,
    /// Its file, absolute.
    pub file: &'a Path,
    /// Its text.
    pub text: &'a str,
    /// How many of its seeds are used; all if none.
    pub seeds: Option<usize>,
    /// Working directory, absolute.
    pub directory: &'a Path,
    /// Folder of its results, absolute.
    pub folder: &'a Path,
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let experiment = Experiment {
            medley: "1.2.3",
            name: "tried",
            file: Path::new("/home/of/tried.toml"),
            text: "name = \"tried\"\n",
            seeds: None,
            directory: Path::new("/home/of"),
            folder: Path::new("/home/of/runs/tried"),
        };
        let runs = ["a", "b", "c", "d", "e"].map(str::to_owned);
        Manifest::new(experiment, &runs, 2)
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.json");
        let written = manifest();
        written.write(&path).unwrap();
        let read = Manifest::read(&path, "1.2.3").unwrap();
        assert_eq!(read, written);
        assert_eq!(read.elements, [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
        assert_eq!(read.element(2, &path).unwrap(), ["e"]);
        let said = read.element(3, &path).unwrap_err().to_string();
        assert!(said.ends_with("there is no element 3: expected 0 to 2"), "{said}");
    }

    #[test]
    fn what_is_no_manifest_is_refused_with_the_reason() {
        let sound = manifest().to_json();
        let said = |text: &str| Manifest::parse(text).unwrap_err();
        for cut in [0, 1, 40, sound.len() / 2, sound.len() - 3] {
            let said = said(&sound[..cut]);
            assert!(said.starts_with("the manifest is half-written"), "{cut}: {said}");
        }
        assert!(said("{}").contains("without its key `schema`"));
        assert!(said("[runs]").contains("no JSON"));
        assert!(said(&sound.replace("\"schema\": 1", "\"schema\": 2")).contains("found format 2"));
        let of_another = said(&sound.replace("name = ", "title = "));
        assert!(of_another.starts_with("the manifest is of another experiment"), "{of_another}");
        let changed = said(&sound.replace("\"e\"", "\"f\""));
        assert_eq!(changed, "the manifest is not what was written: its hash is another");
        assert!(said(&sound.replace("\"seeds\"", "\"seed\"")).contains("unknown field `seed`"));
        let version = manifest().check_version("2.0.0").unwrap_err();
        assert!(version.starts_with("the manifest is of medley 1.2.3, and this is medley 2.0.0"));
    }

    #[test]
    fn a_run_is_in_one_element() {
        let twice = |elements: &[&[&str]]| {
            let own = |runs: &&[&str]| runs.iter().map(ToString::to_string).collect();
            let mut made = Manifest { elements: elements.iter().map(own).collect(), ..manifest() };
            made.hash = made.own_hash();
            Manifest::parse(&made.to_json()).unwrap_err()
        };
        assert_eq!(
            twice(&[&["a"], &["b", "a"]]),
            "run a is there twice, the second time in element 1"
        );
        assert_eq!(twice(&[&["a"], &[]]), "element 1 has no run");
    }
}
