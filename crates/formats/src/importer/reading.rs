//! How a source is to be read: what a bad row does, what an empty answer is, and how much a file may
//! unpack to.

use serde::{Deserialize, Serialize};

/// What happens at a row that is not of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadRows {
    /// The import stops with an error that names the row.
    #[default]
    Error,
    /// The row is left out whole, counted, and named among the first ten.
    Skip,
}

/// What happens at an answer without a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptyTexts {
    /// As the format has it: it is an error, or left out and counted.
    #[default]
    Refuse,
    /// It is kept, as one step without words: that a model said nothing is what people judged.
    Keep,
}

/// Options of an import that do not depend on the format.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// What happens at a row that is not of the format.
    pub bad_rows: BadRows,
    /// What happens at an answer without a word.
    pub empty: EmptyTexts,
    /// A packed file is refused when it has unpacked to more than this many bytes and to more than
    /// 200 times its packed size: text packs 3 to 20 times, a zip bomb 1,000 times.
    pub unpacked_bytes: u64,
    /// Whether cells of CSV and TSV may stand between quotation marks; none: as the format has it,
    /// unless the file shows that its quotation marks are characters.
    pub quoted: Option<bool>,
    /// Path of the file to read in a tar archive; none: its only one.
    pub member: Option<&'a str>,
    /// Key of the list that holds the rows of a JSON object.
    pub rows: Option<&'a str>,
    /// Told from time to time how many rows were read.
    pub progress: &'a dyn Fn(u64),
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self {
            bad_rows: BadRows::Error,
            empty: EmptyTexts::Refuse,
            unpacked_bytes: 256 << 20,
            quoted: None,
            member: None,
            rows: None,
            progress: &|_| {},
        }
    }
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("bad_rows", &self.bad_rows)
            .field("empty", &self.empty)
            .field("unpacked_bytes", &self.unpacked_bytes)
            .field("quoted", &self.quoted)
            .field("member", &self.member)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}
