//! A dataset folder written piece by piece, with one shard of each table in memory.
//!
//! [`crate::DatasetBuilder`] holds everything and checks it at the end; this is for sources that do
//! not fit. Shards go into a folder beside the target. When all are there, the folder is opened as
//! any dataset is, every record is checked against it, and only then it takes its place: nothing
//! is half-written, whatever happens.

use super::outline::Outline;
use super::own::refuse_at_once;
use super::people::person_columns;
use super::place::place;
use super::stage::{Stage, empty_stage};
use super::write_whole::control_columns;
use crate::dataset::each_record;
use crate::error::failed;
use crate::feedback::Shard;
use crate::fit::Lengths;
use crate::hash::hash;
use crate::metadata::MetadataRows;
use crate::parquet::{Cells, encode};
use crate::person_rows::PersonRows;
use crate::sentence::step_sentences;
use crate::shard::{SHARDED, table_of};
use crate::table::Table;
use crate::table_column::TableColumn;
use crate::texts::Texts;
use crate::{Budget, Card, Dataset, DatasetError, Domain, MetadataValue, PersonValue};
use medley_feedback::{Checked, Record};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// When a shard is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardSize {
    /// Rows of groups, segments, sentences and records.
    pub rows: usize,
    /// Bytes of features and texts.
    pub bytes: usize,
}

impl Default for ShardSize {
    fn default() -> Self {
        Self { rows: 1 << 16, bytes: 64 << 20 }
    }
}

/// Writes groups, segments and records in any order; [`DatasetWriter::finish`] checks them.
pub struct DatasetWriter {
    card: Card,
    target: PathBuf,
    stage: Stage,
    size: ShardSize,
    groups: GroupShard,
    segments: SegmentShard,
    steps: StepShard,
    step_count: usize,
    metadata: MetadataRows,
    people: PersonRows,
    feedback: BTreeMap<String, FeedbackShard>,
    /// Hashes of the shards written of each table, in order.
    written: BTreeMap<String, Vec<String>>,
}

#[derive(Default)]
struct GroupShard {
    ids: Texts,
    prompts: Texts,
    contexts: Texts,
    bytes: usize,
}

#[derive(Default)]
struct SegmentShard {
    ids: Texts,
    groups: Vec<Option<Vec<String>>>,
    first: Vec<Option<i64>>,
    counts: Vec<Option<i64>>,
    texts: Texts,
    bytes: usize,
}

#[derive(Default)]
struct StepShard {
    texts: Texts,
    first: Vec<Option<i64>>,
    end: Vec<Option<i64>>,
    /// `[row, feature]`
    values: Vec<f32>,
    rewards: Vec<f64>,
    bytes: usize,
}

/// Reads all records of a kind and checks them against segments and a number of features.
pub(crate) type CheckRecords = fn(&[Shard], &dyn Lengths, usize) -> Result<(), DatasetError>;

struct FeedbackShard {
    table: Table,
    /// Reads all records of the kind and checks them against segments and a number of features; none
    /// where nobody knows the kind.
    check: Option<CheckRecords>,
}

impl DatasetWriter {
    /// Starts from a card; the folder `target` stays as it is until [`DatasetWriter::finish`]. For
    /// control the card's `features` name the columns of a step before the first is added.
    ///
    /// # Errors
    /// No folder can be made beside the target, or the target holds tables that no card lists, or
    /// a card that cannot be read.
    pub fn new(card: Card, target: &Path, size: ShardSize) -> Result<Self, DatasetError> {
        refuse_at_once(target)?;
        Ok(Self {
            card,
            target: target.to_owned(),
            stage: empty_stage(target)?,
            size,
            groups: GroupShard::default(),
            segments: SegmentShard::default(),
            steps: StepShard::default(),
            step_count: 0,
            metadata: MetadataRows::default(),
            people: PersonRows::default(),
            feedback: BTreeMap::new(),
            written: BTreeMap::new(),
        })
    }

    /// What was found of earlier writers that were interrupted here, and what became of it.
    #[must_use]
    pub fn found(&self) -> &[String] {
        &self.stage.told
    }

    /// The card, to be changed until the end.
    pub fn card(&mut self) -> &mut Card {
        &mut self.card
    }

    /// Adds a prompt or an episode.
    ///
    /// # Errors
    /// A full shard cannot be written; so for the others.
    pub fn add_group(
        &mut self,
        id: &str,
        prompt: Option<&str>,
        context: Option<&str>,
    ) -> Result<(), DatasetError> {
        let shard = &mut self.groups;
        shard.bytes += prompt.map_or(0, str::len) + context.map_or(0, str::len);
        shard.ids.push(Some(id));
        shard.prompts.push(prompt);
        shard.contexts.push(context);
        if self.size.is_full(shard.ids.len(), shard.bytes) { self.flush_groups() } else { Ok(()) }
    }

    /// Adds a text, split into [`crate::sentences`]; one without any word is one step.
    ///
    /// # Errors
    /// As [`DatasetWriter::add_group`].
    pub fn add_text(&mut self, id: &str, group: &str, text: &str) -> Result<(), DatasetError> {
        self.add_described_text(id, group, text, &[])
    }

    /// What is known beside its content of the segment that is added next.
    ///
    /// # Errors
    /// A value that its column cannot hold.
    pub(crate) fn describe(
        &mut self,
        metadata: &[(&str, MetadataValue)],
    ) -> Result<(), DatasetError> {
        let row = self.segments.ids.len();
        for (name, value) in metadata {
            self.metadata.set(row, name, value).map_err(|unfit| unfit.at("segments", row))?;
        }
        Ok(())
    }

    /// Adds a text and what is known of it beside its content, such as the model that wrote it.
    ///
    /// # Errors
    /// A value that its column cannot hold; or as [`DatasetWriter::add_group`].
    pub fn add_described_text(
        &mut self,
        id: &str,
        group: &str,
        text: &str,
        metadata: &[(&str, MetadataValue)],
    ) -> Result<(), DatasetError> {
        self.describe(metadata)?;
        let first = self.step_count;
        for sentence in step_sentences(text) {
            self.step_count += 1;
            self.steps.bytes += sentence.text.len();
            self.steps.texts.push(Some(sentence.text));
            self.steps.first.push(Some(i64::from(sentence.chars.start)));
            self.steps.end.push(Some(i64::from(sentence.chars.end)));
        }
        self.add_segment(id, &[group], first..self.step_count, Some(text))?;
        let rows = self.steps.texts.len();
        if self.size.is_full(rows, self.steps.bytes) { self.flush_steps() } else { Ok(()) }
    }

    /// Adds steps, `[row, feature]` in the order of the card's features, and their true rewards,
    /// one each or none.
    ///
    /// # Errors
    /// The values are no whole number of rows, or the rewards are neither none nor one each; or as
    /// [`DatasetWriter::add_group`].
    pub fn add_steps(&mut self, rows: &[f32], rewards: &[f64]) -> Result<(), DatasetError> {
        let width = self.card.features.len().max(1);
        let count = rows.len() / width;
        if count * width != rows.len() || ![0, count].contains(&rewards.len()) {
            return Err(DatasetError::Steps {
                what: "added values and rewards",
                expected: format!("rows of {width} features and one reward for each, or none"),
                found: format!("{} values and {} rewards", rows.len(), rewards.len()),
            });
        }
        self.step_count += count;
        self.steps.values.extend_from_slice(rows);
        self.steps.rewards.extend_from_slice(rewards);
        self.steps.bytes += size_of_val(rows);
        if self.size.is_full(0, self.steps.bytes) { self.flush_steps() } else { Ok(()) }
    }

    /// Adds a window of steps as a segment of the groups that it overlaps.
    ///
    /// # Errors
    /// As [`DatasetWriter::add_group`].
    pub fn add_window(
        &mut self,
        id: &str,
        groups: &[&str],
        steps: Range<usize>,
    ) -> Result<(), DatasetError> {
        self.add_segment(id, groups, steps, None)
    }

    /// Adds the sentences of texts as they are, and their true rewards, one each or none.
    ///
    /// # Errors
    /// As [`DatasetWriter::add_group`].
    pub(crate) fn add_text_steps<'t>(
        &mut self,
        steps: impl Iterator<Item = (&'t str, Range<u32>)>,
        rewards: &[f64],
    ) -> Result<(), DatasetError> {
        for (text, chars) in steps {
            self.step_count += 1;
            self.steps.bytes += text.len();
            self.steps.texts.push(Some(text));
            self.steps.first.push(Some(chars.start.into()));
            self.steps.end.push(Some(chars.end.into()));
        }
        self.steps.rewards.extend_from_slice(rewards);
        let rows = self.steps.texts.len();
        if self.size.is_full(rows, self.steps.bytes) { self.flush_steps() } else { Ok(()) }
    }

    /// Number of steps so far: the row of the next one.
    pub(crate) fn step_count(&self) -> usize {
        self.step_count
    }

    /// Adds a segment that is a window of steps, with its text.
    ///
    /// # Errors
    /// As [`DatasetWriter::add_group`].
    pub(crate) fn add_segment(
        &mut self,
        id: &str,
        groups: &[&str],
        steps: Range<usize>,
        text: Option<&str>,
    ) -> Result<(), DatasetError> {
        let shard = &mut self.segments;
        shard.bytes += text.map_or(0, str::len);
        shard.ids.push(Some(id));
        shard.groups.push(Some(groups.iter().map(|&group| group.to_owned()).collect()));
        shard.first.push(Some(steps.start as i64));
        shard.counts.push(Some(steps.len() as i64));
        shard.texts.push(text);
        if self.size.is_full(shard.ids.len(), shard.bytes) { self.flush_segments() } else { Ok(()) }
    }

    /// Adds what is known of a person. People are held in memory until the end.
    pub fn add_person(&mut self, id: &str, attributes: &[(&str, PersonValue)]) {
        self.people.push(id, attributes.iter().cloned());
    }

    /// Adds records.
    ///
    /// # Errors
    /// As [`DatasetWriter::add_group`].
    pub fn insert<R: Record>(&mut self, records: &[Checked<R>]) -> Result<(), DatasetError> {
        let shard = self.feedback.entry(R::KIND.to_owned()).or_insert_with(|| FeedbackShard {
            table: Table::of_kind::<R>(),
            check: Some(|shards, segments, features| {
                each_record::<R>(shards, segments, features, |_| Ok(()))
            }),
        });
        shard.table.extend(records)?;
        if shard.table.len() < self.size.rows { Ok(()) } else { self.flush_feedback(R::KIND) }
    }

    /// Adds rows of a kind under these columns, which are those of a shard of their own where rows
    /// before had others.
    ///
    /// # Errors
    /// As [`DatasetWriter::add_group`], or a cell is not of the type of its column.
    pub(crate) fn insert_rows(
        &mut self,
        kind: &str,
        columns: Vec<TableColumn>,
        rows: &[Map<String, Value>],
        check: Option<CheckRecords>,
    ) -> Result<(), DatasetError> {
        if self.feedback.get(kind).is_some_and(|shard| !shard.table.has(&columns)) {
            self.flush_feedback(kind)?;
            self.feedback.remove(kind);
        }
        let shard = self.feedback.entry(kind.to_owned()).or_insert_with(|| FeedbackShard {
            table: Table::of_columns(format!("{kind} records"), columns),
            check,
        });
        shard.table.extend_rows(rows)?;
        if shard.table.len() < self.size.rows { Ok(()) } else { self.flush_feedback(kind) }
    }

    /// Writes what is left, checks everything, and moves the folder to its place.
    ///
    /// # Errors
    /// What [`Dataset::open`] and [`Dataset::records`] find wrong, people as
    /// [`crate::DatasetBuilder::build`] refuses them, or the file system. The target is then as it
    /// was.
    pub fn finish(mut self) -> Result<(), DatasetError> {
        self.flush_groups()?;
        self.flush_steps()?;
        self.flush_segments()?;
        for kind in self.feedback.keys().cloned().collect::<Vec<_>>() {
            self.flush_feedback(&kind)?;
        }
        self.flush_people()?;
        self.list_files()?;
        self.write_card()?;
        self.check().map_err(|error| error.moved(self.stage.path(), &self.target))?;
        // A table of the user may have come since the beginning.
        refuse_at_once(&self.target)?;
        place(self.stage, self.card.files.keys().map(String::as_str), &self.target)
    }

    /// Checks all that was written as any reader would, texts a shard at a time where that can be.
    fn check(&self) -> Result<(), DatasetError> {
        let path = self.stage.path();
        if let Some(outline) = Outline::read(path) {
            return self.check_records(&outline, |kind| self.shards(kind));
        }
        let budget = Budget { feature_bytes: self.size.bytes, feedback_rows: self.size.rows };
        let dataset = Dataset::open_within(path, budget)?;
        let shards = |kind: &str| {
            dataset.feedback().get(kind).map_or(Vec::new(), |feedback| feedback.shards().to_vec())
        };
        self.check_records(dataset.segments(), shards)
    }

    fn check_records(
        &self,
        segments: &dyn Lengths,
        shards: impl Fn(&str) -> Vec<Shard>,
    ) -> Result<(), DatasetError> {
        let features = self.card.features.len();
        let known = self.feedback.iter().filter_map(|(kind, shard)| Some((kind, shard.check?)));
        known.into_iter().try_for_each(|(kind, check)| check(&shards(kind), segments, features))
    }

    /// Where the feedback of a kind was written.
    fn shards(&self, kind: &str) -> Vec<Shard> {
        let table = format!("feedback/{kind}");
        let files = self.card.files.iter().filter(|(name, _)| table_of(name) == table);
        let stored = files.map(|(name, hash)| {
            let (file, hash) = (self.stage.path().join(name), Some(hash.clone()));
            Shard::Stored { file, hash }
        });
        stored.collect()
    }

    fn flush_groups(&mut self) -> Result<(), DatasetError> {
        let GroupShard { ids, prompts, contexts, .. } = std::mem::take(&mut self.groups);
        let columns = vec![
            ("group", Cells::Text(ids)),
            ("prompt", Cells::Text(prompts)),
            ("context", Cells::Text(contexts)),
        ];
        self.write_shard("groups", columns)
    }

    fn flush_segments(&mut self) -> Result<(), DatasetError> {
        let SegmentShard { ids, groups, first, counts, texts, .. } =
            std::mem::take(&mut self.segments);
        let metadata = self.metadata.take_cells(ids.len());
        let mut columns = vec![
            ("segment", Cells::Text(ids)),
            ("groups", Cells::TextList(groups)),
            ("first_step", Cells::Integer(first)),
            ("steps", Cells::Integer(counts)),
            ("text", Cells::Text(texts)),
        ];
        columns.extend(metadata.iter().map(|(name, cells)| (name.as_str(), cells.clone())));
        self.write_shard("segments", columns)
    }

    fn flush_steps(&mut self) -> Result<(), DatasetError> {
        let StepShard { texts, first, end, values, rewards, .. } = std::mem::take(&mut self.steps);
        let names = self.card.features.clone();
        let mut columns = match self.card.domain {
            Domain::Text => vec![
                ("text", Cells::Text(texts)),
                ("first_char", Cells::Integer(first)),
                ("end_char", Cells::Integer(end)),
            ],
            Domain::Control => control_columns(&names, &values),
        };
        if !rewards.is_empty() {
            columns.push(("reward", Cells::Float(rewards.into_iter().map(Some).collect())));
        }
        self.write_shard("steps", columns)
    }

    fn flush_people(&mut self) -> Result<(), DatasetError> {
        let rows = std::mem::take(&mut self.people);
        if rows.is_empty() {
            return Ok(());
        }
        let people = rows.finish()?;
        self.write_shard("people", person_columns(&people))
    }

    fn flush_feedback(&mut self, kind: &str) -> Result<(), DatasetError> {
        let Some(shard) = self.feedback.get_mut(kind) else { return Ok(()) };
        let mut table = shard.table.take();
        let (_, columns) = table.take_columns();
        self.write_shard(&format!("feedback/{kind}"), columns)
    }

    /// Writes the next shard of a table; an empty one only where it is the first.
    fn write_shard(
        &mut self,
        table: &str,
        columns: Vec<(&str, Cells)>,
    ) -> Result<(), DatasetError> {
        let rows = columns.first().map_or(0, |(_, cells)| cells.len());
        let hashes = self.written.entry(table.to_owned()).or_default();
        if rows == 0 && !hashes.is_empty() {
            return Ok(());
        }
        let name = shard_name(table, hashes.len());
        let file = self.target.join(&name);
        let bytes = encode(rows, columns)
            .map_err(|message| DatasetError::Parquet { file: file.clone(), message })?;
        hashes.push(hash(&bytes));
        medley_whole_file::write(&self.stage.path().join(&name), &bytes)
            .map_err(failed(&file, "write"))
    }

    /// Gives the files their names, since a table of one shard is one file, and lists them.
    fn list_files(&mut self) -> Result<(), DatasetError> {
        self.card.files.clear();
        for (table, hashes) in &self.written {
            if let [hash] = &hashes[..] {
                let (from, to) = (shard_name(table, 0), format!("{table}.parquet"));
                let stage = self.stage.path();
                std::fs::rename(stage.join(from), stage.join(&to))
                    .map_err(failed(&self.target.join(&to), "rename the only shard to it"))?;
                self.card.files.insert(to, hash.clone());
            } else {
                let named =
                    |(number, hash): (usize, &String)| (shard_name(table, number), hash.clone());
                self.card.files.extend(hashes.iter().enumerate().map(named));
            }
        }
        Ok(())
    }

    fn write_card(&mut self) -> Result<(), DatasetError> {
        self.card.schema = medley_feedback::SCHEMA_VERSION;
        let text = toml::to_string(&self.card).map_err(|error| DatasetError::CardOut {
            name: self.card.name.clone(),
            message: error.to_string(),
        })?;
        let file = self.target.join("dataset.toml");
        medley_whole_file::write(&self.stage.path().join("dataset.toml"), text.as_bytes())
            .map_err(failed(&file, "write"))
    }
}

impl ShardSize {
    fn is_full(self, rows: usize, bytes: usize) -> bool {
        rows >= self.rows || bytes >= self.bytes
    }
}

fn shard_name(table: &str, number: usize) -> String {
    debug_assert!(table.starts_with("feedback/") || SHARDED.contains(&table));
    format!("{table}-{number:05}.parquet")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatasetBuilder;
    use medley_feedback::Comparison;

    fn compare(first: usize, second: usize) -> Checked<Comparison> {
        let id = |i: usize| format!("s{i}").as_str().into();
        Checked::new(Comparison::new(id(first), id(second), 1.0)).unwrap()
    }

    fn control() -> Card {
        Card { features: vec!["x".into(), "y".into()], ..Card::new("t", Domain::Control) }
    }

    fn write(folder: &Path, size: ShardSize, beyond: bool) -> Result<(), DatasetError> {
        let mut writer = DatasetWriter::new(control(), folder, size)?;
        for i in 0..10 {
            writer.add_group(&format!("g{i}"), None, None)?;
            writer.add_steps(&[i as f32, 0.5, 1.0, -1.0], &[0.0, 1.0])?;
            writer.add_window(&format!("s{i}"), &[&format!("g{i}")], 2 * i..2 * i + 2)?;
            writer.insert(&[compare(i, (i + 1) % if beyond { 11 } else { 10 })])?;
        }
        writer.finish()
    }

    #[test]
    fn shards_and_builder_make_the_same_dataset() {
        let place = tempfile::tempdir().unwrap();
        let mut builder = DatasetBuilder::new(control());
        for i in 0..10 {
            builder.add_group(&format!("g{i}"), None, None);
            builder.add_steps(&[i as f32, 0.5, 1.0, -1.0]);
            builder.add_rewards(&[0.0, 1.0]);
            builder.add_window(&format!("s{i}"), &[&format!("g{i}")], 2 * i, 2);
        }
        builder.insert((0..10).map(|i| compare(i, (i + 1) % 10)).collect::<Vec<_>>());
        let expected = builder.build().unwrap();
        for (name, size) in
            [("one", ShardSize::default()), ("many", ShardSize { rows: 3, bytes: 40 })]
        {
            let folder = place.path().join(name);
            write(&folder, size, false).unwrap();
            let budget = Budget { feature_bytes: 0, feedback_rows: 0 };
            for (dataset, is_kept) in [
                (Dataset::open(&folder).unwrap(), true),
                (Dataset::open_within(&folder, budget).unwrap(), false),
            ] {
                assert_eq!(dataset.hash(), expected.hash(), "{name}");
                assert_eq!(dataset.count("comparison"), 10);
                let records = dataset.records::<Comparison>().unwrap();
                assert_eq!(records, expected.records::<Comparison>().unwrap());
                let again = dataset.records::<Comparison>().unwrap();
                assert_eq!(std::sync::Arc::ptr_eq(&records, &again), is_kept);
            }
        }
        let files = |name: &str| std::fs::read_dir(place.path().join(name)).unwrap().count();
        assert_eq!([files("one"), files("many")], [5, 14], "card, feedback and tables");
        write(&place.path().join("many"), ShardSize::default(), false).unwrap();
        assert_eq!(files("many"), 5, "shards of the version before are gone");
    }

    #[test]
    fn tables_without_a_card_are_the_users() {
        let place = tempfile::tempdir().unwrap();
        for name in ["segments.parquet", "feedback/comparison.jsonl"] {
            let folder = place.path().join(name.replace('/', "-"));
            std::fs::create_dir_all(folder.join("feedback")).unwrap();
            std::fs::write(folder.join(name), "mine").unwrap();
            let error = write(&folder, ShardSize::default(), false).unwrap_err().to_string();
            assert!(error.contains("has no dataset.toml"), "{error}");
            assert_eq!(std::fs::read(folder.join(name)).unwrap(), b"mine");
        }
    }

    #[test]
    fn tables_that_the_card_does_not_list_are_not_lost() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("set");
        write(&folder, ShardSize::default(), false).unwrap();
        let mine = folder.join("feedback/rating.jsonl");
        std::fs::write(&mine, "").unwrap();
        let error = write(&folder, ShardSize::default(), false).unwrap_err().to_string();
        assert!(error.contains("feedback/rating.jsonl: cannot remove it"), "{error}");
        // What is read from a table goes into the new version, and may take its place.
        let dataset = Dataset::open(&folder).unwrap();
        dataset.write(&folder).unwrap();
        std::fs::remove_file(&mine).unwrap();
        write(&folder, ShardSize::default(), false).unwrap();
    }

    #[test]
    fn an_interrupted_replacement_leaves_no_card_and_can_be_repeated() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("set");
        write(&folder, ShardSize::default(), false).unwrap();
        // As after a kill between two renames: the card is put away, tables are of both versions.
        std::fs::rename(folder.join("dataset.toml"), folder.join(".dataset.toml.replaced"))
            .unwrap();
        assert!(Dataset::open(&folder).is_err());
        write(&folder, ShardSize { rows: 3, bytes: 40 }, false).unwrap();
        assert_eq!(Dataset::open(&folder).unwrap().count("comparison"), 10);
        assert!(!folder.join(".dataset.toml.replaced").exists());
    }

    /// What an interrupted replacement left is the list of the version before; a table of the user
    /// may have come since.
    #[test]
    fn after_an_interruption_only_tables_of_either_version_are_replaced() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("set");
        write(&folder, ShardSize::default(), false).unwrap();
        let replaced = folder.join(".dataset.toml.replaced");
        std::fs::rename(folder.join("dataset.toml"), &replaced).unwrap();
        for name in ["feedback/approval.jsonl", "feedback/comparison.jsonl", "people.jsonl"] {
            let mine = folder.join(name);
            std::fs::write(&mine, "mine").unwrap();
            let error = write(&folder, ShardSize::default(), false).unwrap_err().to_string();
            assert!(error.contains(&format!("{name}: cannot remove it")), "{error}");
            assert_eq!(std::fs::read(&mine).unwrap(), b"mine");
            std::fs::remove_file(mine).unwrap();
        }
        let card = std::fs::read(&replaced).unwrap();
        std::fs::write(&replaced, "schema = 3").unwrap();
        let error = write(&folder, ShardSize::default(), false).unwrap_err().to_string();
        assert!(error.contains(".dataset.toml.replaced: cannot read"), "{error}");
        std::fs::write(&replaced, card).unwrap();
        write(&folder, ShardSize::default(), false).unwrap();
        assert!(Dataset::open(&folder).is_ok());
    }

    #[test]
    fn a_card_that_cannot_be_read_protects_every_table() {
        let place = tempfile::tempdir().unwrap();
        for (card, expect) in [
            ("name = \"x\"\ndomain = \"text\"\nlicnce = \"MIT\"\n", "unknown field `licnce`"),
            ("schema = 3\n", "schema version 3 is newer"),
            ("\u{0}", "not a dataset card"),
        ] {
            let folder = place.path().join("hand");
            std::fs::create_dir_all(folder.join("feedback")).unwrap();
            std::fs::write(folder.join("dataset.toml"), card).unwrap();
            let mine = ["feedback/approval.jsonl", "people.jsonl"].map(|name| folder.join(name));
            mine.iter().for_each(|file| std::fs::write(file, "mine").unwrap());
            let errors = [
                DatasetWriter::new(control(), &folder, ShardSize::default()).err().unwrap(),
                DatasetBuilder::new(control()).build().unwrap().write(&folder).unwrap_err(),
            ];
            for error in errors.map(|error| error.to_string()) {
                assert!(error.contains("hand/dataset.toml: cannot read"), "{error}");
                assert!(error.contains("mend it or write elsewhere"), "{error}");
                assert!(error.contains(expect), "{error}");
            }
            mine.iter().for_each(|file| assert_eq!(std::fs::read(file).unwrap(), b"mine"));
            std::fs::remove_dir_all(folder).unwrap();
        }
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_record_that_points_nowhere_leaves_the_target_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("set");
        let error = write(&folder, ShardSize { rows: 3, bytes: 40 }, true).unwrap_err().to_string();
        assert!(error.contains("`s10`") && error.contains("set/feedback/comparison-"), "{error}");
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
