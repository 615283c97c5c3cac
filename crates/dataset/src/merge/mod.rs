//! Several datasets become one: what is said about the same segments comes together.
//!
//! Groups and segments are known by their ids. The same id with the same content is one; with another
//! content the merge fails, since records would be about something else than they were. One dataset is
//! in memory at a time, its features and feedback shard by shard, besides what is known of ids and
//! people. Nothing is matched by content: a segment that two datasets have under two ids is two.

mod card;
mod content;
mod error;
mod persons;

pub use error::MergeError;
pub use persons::SameName;

use crate::dataset::each_record;
use crate::disk::CheckRecords;
use crate::feedback::Feedback;
use crate::table::{Table, columns};
use crate::table_column::TableColumn;
use crate::{Budget, Dataset, DatasetWriter, ImportReport, ShardSize};
use card::Cards;
use content::Contents;
use medley_feedback::Record;
use persons::Persons;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A kind of records whose columns and invariants are known.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    name: &'static str,
    columns: fn() -> Vec<TableColumn>,
    check: CheckRecords,
}

impl Kind {
    /// The kind of a record.
    #[must_use]
    pub fn of<R: Record>() -> Self {
        Self {
            name: R::KIND,
            // A row made by hand may lack what has a default.
            columns: || {
                columns::<R>().map(|it| TableColumn { nullable: true, ..it.into() }).collect()
            },
            check: |shards, segments, features| {
                each_record::<R>(shards, segments, features, |_| Ok(()))
            },
        }
    }
}

/// How datasets are merged.
#[derive(Clone, Copy, Debug)]
pub struct Merge<'a> {
    /// What the same name in two datasets means; none: there is no such name.
    pub same_name: Option<SameName>,
    /// The one name of a person, however it is written; none for nobody.
    pub person: fn(&str) -> Option<String>,
    /// Kinds that are checked. Others are copied as they are.
    pub kinds: &'a [Kind],
}

impl Merge<'_> {
    /// Writes the datasets in `sources` as one folder `out`, and says what came together.
    ///
    /// # Errors
    /// `out` is there already, a source is broken, or two of them contradict each other; then nothing
    /// is written.
    pub fn merge(&self, out: &Path, sources: &[PathBuf]) -> Result<ImportReport, MergeError> {
        if is_taken(out) {
            return Err(MergeError::Taken { out: out.to_owned() });
        }
        let cards = Cards::read(out, sources)?;
        let writer = DatasetWriter::new(cards.united()?, out, ShardSize::default())?;
        let mut merging = Merging {
            merge: self,
            cards: &cards,
            writer,
            contents: Contents::new(sources),
            persons: Persons::new(self.same_name, self.person, &cards),
            report: ImportReport::default(),
            records: BTreeMap::new(),
        };
        for (number, source) in sources.iter().enumerate() {
            merging.add(number, source)?;
        }
        merging.finish()
    }
}

/// Whether something lies at a path, other than an empty folder.
fn is_taken(out: &Path) -> bool {
    let is_empty = |out| fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    out.symlink_metadata().is_ok() && !is_empty(out)
}

struct Merging<'a> {
    merge: &'a Merge<'a>,
    cards: &'a Cards,
    writer: DatasetWriter,
    contents: Contents<'a>,
    persons: Persons<'a>,
    report: ImportReport,
    /// Hashes of the records of each kind, as they were.
    records: BTreeMap<String, HashSet<[u8; 32]>>,
}

impl Merging<'_> {
    fn add(&mut self, number: usize, source: &Path) -> Result<(), MergeError> {
        let size = ShardSize::default();
        let budget = Budget { feature_bytes: size.bytes, feedback_rows: size.rows };
        let dataset = Dataset::open_within(source, budget)?;
        let features = dataset.card.features.len();
        for kind in self.merge.kinds.iter().filter(|kind| dataset.count(kind.name) > 0) {
            let shards = dataset.feedback().get(kind.name).map_or(&[][..], Feedback::shards);
            (kind.check)(shards, dataset.segments(), features)?;
        }
        self.persons.add(number, &dataset)?;
        self.contents.add(number, &dataset, &mut self.writer, &mut self.report)?;
        for (kind, feedback) in dataset.feedback() {
            for table in feedback.tables() {
                let table = table?;
                self.add_records(number, kind, &table)?;
            }
        }
        let label = self.cards.label(number);
        let import = dataset.card.import.clone().unwrap_or_default();
        self.report.add(ImportReport {
            kept: BTreeMap::new(),
            dropped: import.dropped,
            notes: import.notes.iter().map(|note| format!("{label}: {note}")).collect(),
        });
        self.report.notes.push(format!("{label}: dataset with content {}", dataset.hash()));
        Ok(())
    }

    fn add_records(&mut self, number: usize, kind: &str, table: &Table) -> Result<(), MergeError> {
        let known = self.merge.kinds.iter().find(|known| known.name == kind);
        let columns = match (known, table.typed()) {
            (Some(known), _) => (known.columns)(),
            (None, Some(columns)) => columns,
            (None, None) => return Err(MergeError::Untyped { place: table.place.clone() }),
        };
        let before = self.records.entry(kind.to_owned()).or_default();
        let mut rows = Vec::with_capacity(table.len());
        for row in table.maps()? {
            let row = self.persons.of_row(number, &row);
            if !before.insert(print(&row)) {
                self.report.keep(&format!("{kind} that an earlier record equals"), 1);
            }
            rows.push(of_source(self.cards.label(number), row));
        }
        self.report.keep(kind, rows.len());
        self.writer.insert_rows(kind, columns, &rows, known.map(|known| known.check))?;
        Ok(())
    }

    fn finish(mut self) -> Result<ImportReport, MergeError> {
        self.persons.pour(&mut self.writer, &mut self.report);
        self.report.keep("group", self.contents.group_count());
        self.report.keep("segment", self.contents.segment_count());
        self.writer.card().import = Some(self.report.clone());
        self.report.notes.extend(self.writer.found().iter().cloned());
        self.writer.finish()?;
        Ok(self.report)
    }
}

/// A record that does not say which collection it is of is of its dataset.
fn of_source(label: &str, mut row: Map<String, Value>) -> Map<String, Value> {
    row.entry("source").or_insert_with(|| Value::from(label));
    row
}

/// The hash of a record, by which the same one is known in another dataset.
fn print(row: &Map<String, Value>) -> [u8; 32] {
    let mut hasher = crate::hash::Hasher::default();
    hasher.map(row);
    hasher.digest()
}

#[cfg(test)]
mod tests;
