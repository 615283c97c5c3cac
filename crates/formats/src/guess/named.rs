//! Which importers read the first rows of a file as they are?
//!
//! They are asked, by an import of these rows into a folder that goes away: a list of the columns of each
//! format would be another place to keep what the importers know.

use crate::{Importer, Reading, Sight};
use medley_feedback::{Approval, Comparison, Correction, Critique, Demonstration, Record};
use medley_feedback::{Description, Ranking, Rating, Stop};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// What an importer makes of the first rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Records that it keeps, by kind.
    pub kept: BTreeMap<String, usize>,
    /// Columns that it leaves out.
    pub left: Vec<String>,
}

/// What an importer makes of the first rows; none if it does not read all of them.
pub fn fits(importer: &dyn Importer, sight: &Sight) -> Option<Fit> {
    let folder = tempfile::tempdir().ok()?;
    let file = folder.path().join("rows.jsonl");
    write(&file, sight)?;
    let report =
        importer.import_to(&file, &folder.path().join("dataset"), &Reading::default()).ok()?;
    let mut kept = BTreeMap::new();
    for (what, count) in &report.kept {
        let kind = what.split('/').next().unwrap_or(what);
        if KINDS.contains(&kind) {
            *kept.entry(kind.to_owned()).or_default() += count;
        }
    }
    let left = report
        .dropped
        .keys()
        .filter_map(|reason| Some(reason.strip_prefix("field `")?.strip_suffix('`')?.to_owned()));
    let fit = Fit { kept, left: left.collect() };
    (fit.records() > 0).then_some(fit)
}

impl Fit {
    /// How many records it keeps.
    pub fn records(&self) -> usize {
        self.kept.values().sum()
    }
}

/// What reports call records.
const KINDS: [&str; 9] = [
    Approval::KIND,
    Comparison::KIND,
    Correction::KIND,
    Critique::KIND,
    Demonstration::KIND,
    Description::KIND,
    Ranking::KIND,
    Rating::KIND,
    Stop::KIND,
];

fn write(file: &Path, sight: &Sight) -> Option<()> {
    let mut written = std::io::BufWriter::new(std::fs::File::create(file).ok()?);
    for row in &sight.first {
        serde_json::to_writer(&mut written, row).ok()?;
        writeln!(written).ok()?;
    }
    written.flush().ok()
}
