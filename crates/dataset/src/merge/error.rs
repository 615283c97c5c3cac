//! Why datasets cannot be merged.

use crate::{DatasetError, Domain};
use std::path::PathBuf;

/// Why datasets cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// One of them, or the file system, is at fault.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// Something is there already.
    #[error("{}: expected a place where nothing is yet, found something: a merge replaces nothing", out.display())]
    Taken {
        /// Where the merged dataset was to be written.
        out: PathBuf,
    },
    /// A source is named twice.
    #[error("{}: expected each dataset once, found it twice", source_folder.display())]
    Twice {
        /// The source.
        source_folder: PathBuf,
    },
    /// Too few sources.
    #[error("expected two datasets or more to merge, found {found}")]
    Few {
        /// Number of sources.
        found: usize,
    },
    /// Texts and control.
    #[error("{}: expected domain {expected:?}, as in {}, found {found:?}", other.display(), one.display())]
    Domain {
        /// The first source.
        one: PathBuf,
        /// Another.
        other: PathBuf,
        /// What the first is.
        expected: Domain,
        /// What the other is.
        found: Domain,
    },
    /// Cards, or the tables as a whole, do not agree.
    #[error("{}: expected {what} {expected}, as in {}, found {found}", other.display(), one.display())]
    Unlike {
        /// A source.
        one: PathBuf,
        /// Another.
        other: PathBuf,
        /// In which respect.
        what: &'static str,
        /// What the one has.
        expected: String,
        /// What the other has.
        found: String,
    },
    /// One id stands for two things.
    #[error(
        "{}: expected {what} `{id}` with the {part} that it has in {}, found another: ids that say \
         what they name (`group` in a mapping) can be merged, those that an import counts up cannot",
        other.display(),
        one.display()
    )]
    Content {
        /// The source that has it first.
        one: PathBuf,
        /// Another.
        other: PathBuf,
        /// "group" or "segment".
        what: &'static str,
        /// The id.
        id: String,
        /// In which respect they differ.
        part: &'static str,
    },
    /// The same names in two datasets, and nobody said what they mean.
    #[error(
        "{}: expected people with other names than in {}, found {names} in both: `--people same` if \
         the same name is the same person, `--people apart` if not",
        other.display(),
        one.display()
    )]
    People {
        /// A source.
        one: PathBuf,
        /// Another.
        other: PathBuf,
        /// Some of the names.
        names: String,
    },
    /// Records whose columns have no types.
    #[error(
        "{place}: expected feedback of a kind that is known here, or Parquet, whose columns have \
         types; found JSON lines"
    )]
    Untyped {
        /// The file.
        place: String,
    },
}
