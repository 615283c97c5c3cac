//! How a dataset is read: the card, then each file against its hash, then everything is checked.
//!
//! A table is one file, `steps.parquet`, or shards in the order of their names, `steps-00000.parquet`
//! and on. Of a table that would not fit in memory one shard is decoded at a time: features go to
//! a temporary file ([`crate::Values`]), feedback is read again when it is asked for.

use crate::feedback::{Feedback, Shard};
use crate::group::Group;
use crate::parquet::{Cells, count_rows, decode};
use crate::segment::SegmentRow;
use crate::steps::{StepContent, Steps};
use crate::table::Table;
use crate::values::ValuesWriter;
use crate::write::{failed, hash, hash_file};
use crate::{Card, Dataset, DatasetError, Domain, Groups, rows};
use medley_feedback::SCHEMA_VERSION;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that features, and rows that feedback of one kind, may take in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of stored features in memory; more are read from disk.
    pub feature_bytes: usize,
    /// Rows of feedback of one kind in memory; more are read shard by shard.
    pub feedback_rows: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { feature_bytes: 1 << 30, feedback_rows: 200_000 }
    }
}

impl Dataset {
    /// Reads a dataset folder within the default [`Budget`]. Feedback is checked when it is asked
    /// for by type.
    ///
    /// # Errors
    /// A file is missing, damaged, newer than this Medley or without a column; or the segments
    /// break an invariant of [`crate::DatasetBuilder::build`].
    pub fn open(path: &Path) -> Result<Self, DatasetError> {
        Self::open_within(path, Budget::default())
    }

    /// Reads a dataset folder; what exceeds the budget stays on disk.
    ///
    /// # Errors
    /// As [`Dataset::open`], and if a temporary file cannot be written.
    pub fn open_within(path: &Path, budget: Budget) -> Result<Self, DatasetError> {
        let card = read_card(&path.join("dataset.toml"))?;
        for (name, expected) in &card.files {
            let file = path.join(name);
            let found = hash_file(&file).map_err(failed(&file, "read"))?;
            if *expected != found {
                return Err(DatasetError::Hash { file, expected: expected.clone(), found });
            }
        }
        let groups = read_groups(path, &card)?;
        let steps = read_steps(path, &card, budget.feature_bytes)?;
        let segments = read_segments(path, &card, &groups)?;
        let mut dataset = Self::new(card, groups, segments, steps)?;
        dataset.set_feedback(read_feedback(path, &dataset.card, budget.feedback_rows)?)?;
        Ok(dataset)
    }
}

/// Tables beside the feedback.
pub(crate) const SHARDED: [&str; 3] = ["groups", "steps", "segments"];

/// Whether a file name is a shard of a table, or the whole of it.
pub(crate) fn is_shard(name: &str, table: &str) -> bool {
    let Some(rest) = name.strip_prefix(table).and_then(|rest| rest.strip_suffix(".parquet")) else {
        return false;
    };
    rest.is_empty()
        || rest.strip_prefix('-').is_some_and(|number| {
            number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Name of the table that a file belongs to: its own without ending and shard number.
fn table_of(name: &str) -> &str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match stem.rsplit_once('-') {
        Some((table, _)) if is_shard(name, table) => table,
        _ => stem,
    }
}

/// Files of a table within the folder, in order.
fn shards(path: &Path, table: &str) -> Result<Vec<String>, DatasetError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(failed(path, "list"))? {
        let name = entry.map_err(failed(path, "list"))?.file_name().to_string_lossy().into_owned();
        if is_shard(&name, table) {
            names.push(name);
        }
    }
    names.sort();
    if names.is_empty() {
        names.push(format!("{table}.parquet")); // reading it says that it is not there
    }
    Ok(names)
}

fn read_card(file: &Path) -> Result<Card, DatasetError> {
    let text = fs::read_to_string(file).map_err(failed(file, "read"))?;
    let broken = |error: toml::de::Error| DatasetError::Card {
        file: file.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    };
    // The version first: a newer card may have keys that this one does not know.
    let version = toml::from_str::<toml::Table>(&text).map_err(broken)?;
    let version = version.get("schema").and_then(toml::Value::as_integer).unwrap_or_default();
    if version > i64::from(SCHEMA_VERSION) {
        let found = u32::try_from(version).unwrap_or(u32::MAX);
        return Err(DatasetError::Version {
            file: file.to_owned(),
            found,
            supported: SCHEMA_VERSION,
        });
    }
    toml::from_str(&text).map_err(broken)
}

/// Bytes of a file, which match the card if it lists the file.
fn read(path: &Path, name: &str, card: &Card) -> Result<Vec<u8>, DatasetError> {
    let file = path.join(name);
    let bytes = fs::read(&file).map_err(failed(&file, "read"))?;
    match card.files.get(name) {
        Some(expected) if *expected != hash(&bytes) => {
            Err(DatasetError::Hash { file, expected: expected.clone(), found: hash(&bytes) })
        }
        _ => Ok(bytes),
    }
}

/// Decoded columns of one file, taken by name and type.
struct Columns {
    file: PathBuf,
    rows: usize,
    columns: Vec<(String, Cells)>,
}

impl Columns {
    fn read(path: &Path, name: &str, card: &Card) -> Result<Self, DatasetError> {
        let file = path.join(name);
        match decode(read(path, name, card)?) {
            Ok((rows, columns)) => Ok(Self { file, rows, columns }),
            Err(message) => Err(DatasetError::Parquet { file, message }),
        }
    }

    fn take(&mut self, name: &str) -> Option<Cells> {
        let place = self.columns.iter().position(|(known, _)| known == name)?;
        Some(self.columns.swap_remove(place).1)
    }

    fn wrong(&self, column: &str, expected: &str, found: Option<&Cells>) -> DatasetError {
        DatasetError::Column {
            place: self.file.display().to_string(),
            column: column.to_owned(),
            expected: expected.to_owned(),
            found: found.map_or("no such column", Cells::type_name).to_owned(),
        }
    }

    /// No value is missing.
    fn full<T>(&self, column: &str, cells: Vec<Option<T>>) -> Result<Vec<T>, DatasetError> {
        let present = |(row, cell): (usize, Option<T>)| {
            cell.ok_or_else(|| DatasetError::Cell {
                place: self.file.display().to_string(),
                row,
                column: column.to_owned(),
                expected: "a value".into(),
                found: "null".into(),
            })
        };
        cells.into_iter().enumerate().map(present).collect()
    }

    fn texts(&mut self, name: &str) -> Result<Vec<String>, DatasetError> {
        match self.take(name) {
            Some(Cells::Text(cells)) => self.full(name, cells),
            other => Err(self.wrong(name, "Text", other.as_ref())),
        }
    }

    /// Texts that may be missing, and so may the column.
    fn optional_texts(&mut self, name: &str) -> Result<Vec<Option<String>>, DatasetError> {
        match self.take(name) {
            Some(Cells::Text(cells)) => Ok(cells),
            None | Some(Cells::Missing) => Ok(vec![None; self.rows]),
            other => Err(self.wrong(name, "Text", other.as_ref())),
        }
    }

    fn counts<T: TryFrom<i64>>(&mut self, name: &str) -> Result<Vec<T>, DatasetError> {
        let cells = match self.take(name) {
            Some(Cells::Integer(cells)) => cells,
            other => return Err(self.wrong(name, "Integer", other.as_ref())),
        };
        let place = self.file.display().to_string();
        let count = |(row, number): (usize, i64)| {
            T::try_from(number).map_err(|_| DatasetError::Cell {
                place: place.clone(),
                row,
                column: name.to_owned(),
                expected: "a whole number from 0".into(),
                found: number.to_string(),
            })
        };
        self.full(name, cells)?.into_iter().enumerate().map(count).collect()
    }

    fn numbers(&mut self, name: &str) -> Result<Vec<f64>, DatasetError> {
        match self.take(name) {
            Some(Cells::Float(cells)) => self.full(name, cells),
            Some(Cells::Single(cells)) => {
                Ok(self.full(name, cells)?.into_iter().map(f64::from).collect())
            }
            other => Err(self.wrong(name, "Float64", other.as_ref())),
        }
    }

    /// Nothing is left over: an unknown column would vanish when the dataset is written again.
    fn finish(self, expected: &str) -> Result<(), DatasetError> {
        match self.columns.first() {
            Some((name, cells)) => Err(self.wrong(name, expected, Some(cells))),
            None => Ok(()),
        }
    }
}

fn read_groups(path: &Path, card: &Card) -> Result<Groups, DatasetError> {
    let mut groups = Vec::new();
    for name in shards(path, "groups")? {
        let mut table = Columns::read(path, &name, card)?;
        let ids = table.texts("group")?;
        let prompts = table.optional_texts("prompt")?;
        let contexts = table.optional_texts("context")?;
        table.finish("absent: a group has `group`, `prompt` and `context`")?;
        let rows = ids.into_iter().zip(prompts.into_iter().zip(contexts));
        groups.extend(rows.map(|(id, (prompt, context))| Group { id, prompt, context }));
    }
    Groups::new(groups)
}

fn read_steps(path: &Path, card: &Card, budget: usize) -> Result<Steps, DatasetError> {
    let mut rewards: Option<Vec<f64>> = None;
    let (mut texts, mut spans) = (Vec::new(), Vec::new());
    let mut values = ValuesWriter::within(budget);
    for name in shards(path, "steps")? {
        let mut table = Columns::read(path, &name, card)?;
        if table.columns.iter().any(|(name, _)| name == "reward") {
            rewards.get_or_insert_default().extend(table.numbers("reward")?);
        }
        match card.domain {
            Domain::Text => {
                texts.extend(table.texts("text")?);
                let (first, end) = (table.counts::<u32>("first_char")?, table.counts("end_char")?);
                spans.extend(first.into_iter().zip(end).map(|(first, end)| first..end));
            }
            Domain::Control => values
                .push(&control_rows(&mut table, &card.features)?)
                .map_err(failed(&table.file, "copy to a temporary file"))?,
        }
        table.finish("absent: it is neither `reward` nor among the features of the card")?;
    }
    let content = match card.domain {
        Domain::Text => StepContent::Text { texts, spans },
        Domain::Control => {
            let values = values.finish().map_err(failed(path, "copy steps to a temporary file"))?;
            StepContent::Control { names: card.features.clone(), values }
        }
    };
    Ok(Steps { content, rewards })
}

/// `[row, feature]`
fn control_rows(table: &mut Columns, names: &[String]) -> Result<Vec<f32>, DatasetError> {
    let mut values = vec![0.0; table.rows * names.len()];
    for (i, name) in names.iter().enumerate() {
        for (row, value) in table.numbers(name)?.into_iter().enumerate() {
            values[row * names.len() + i] = value as f32;
        }
    }
    Ok(values)
}

fn read_segments(
    path: &Path,
    card: &Card,
    groups: &Groups,
) -> Result<Vec<SegmentRow>, DatasetError> {
    let mut rows = Vec::new();
    for name in shards(path, "segments")? {
        segment_rows(Columns::read(path, &name, card)?, groups, &mut rows)?;
    }
    Ok(rows)
}

fn segment_rows(
    mut table: Columns,
    groups: &Groups,
    rows: &mut Vec<SegmentRow>,
) -> Result<(), DatasetError> {
    let ids = table.texts("segment")?;
    let names = match table.take("groups") {
        Some(Cells::TextList(cells)) => table.full("groups", cells)?,
        other => return Err(table.wrong("groups", "TextList", other.as_ref())),
    };
    let (first, counts) = (table.counts::<usize>("first_step")?, table.counts::<usize>("steps")?);
    let texts = table.optional_texts("text")?;
    let place = table.file.display().to_string();
    table.finish("absent: a segment has `segment`, `groups`, `first_step`, `steps` and `text`")?;
    let find = |row: usize, name: &String| {
        groups.index(name).ok_or_else(|| DatasetError::Misfit {
            place: place.clone(),
            row,
            field: "groups",
            expected: format!("among the {} groups of the group table", groups.len()),
            found: format!("`{name}`"),
        })
    };
    let columns = ids.into_iter().zip(names).zip(first.into_iter().zip(counts)).zip(texts);
    for (row, (((id, names), (first, count)), text)) in columns.enumerate() {
        let groups = names.iter().map(|name| find(row, name)).collect::<Result<_, _>>()?;
        let steps = first..first.saturating_add(count);
        rows.push(SegmentRow { id: medley_feedback::SegmentId(id), groups, steps, text });
    }
    Ok(())
}

fn read_feedback(
    path: &Path,
    card: &Card,
    most_rows: usize,
) -> Result<BTreeMap<String, Feedback>, DatasetError> {
    let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for name in feedback_files(path)? {
        let of_kind = files.entry(table_of(&name).to_owned()).or_default();
        of_kind.push(path.join("feedback").join(name));
    }
    let mut feedback = BTreeMap::new();
    for (kind, files) in files {
        let is_jsonl = |file: &PathBuf| file.extension().is_some_and(|end| end == "jsonl");
        let is_whole = |file: &PathBuf| file.file_stem().is_some_and(|stem| *stem == *kind);
        if files.len() > 1 && files.iter().any(|file| is_jsonl(file) || is_whole(file)) {
            return Err(DatasetError::Duplicate { what: "feedback kind", id: kind });
        }
        let mut rows = 0;
        for file in files.iter().filter(|file| !is_jsonl(file)) {
            rows += count_rows(file)
                .map_err(|message| DatasetError::Parquet { file: file.clone(), message })?;
        }
        let shard = |file: PathBuf| {
            let name = format!("feedback/{}", file.file_name().unwrap_or_default().display());
            let hash = card.files.get(&name).cloned();
            match rows > most_rows {
                true => Ok(Shard::Stored { file, hash }),
                false => Ok(Shard::Loaded(Arc::new(read_table(&file, hash.as_deref())?))),
            }
        };
        let shards = files.into_iter().map(shard).collect::<Result<_, DatasetError>>()?;
        feedback.insert(kind, Feedback::new(shards)?);
    }
    Ok(feedback)
}

/// A table of feedback, whose bytes have the hash that the card lists for them.
pub(crate) fn read_table(file: &Path, expected: Option<&str>) -> Result<Table, DatasetError> {
    let bytes = fs::read(file).map_err(failed(file, "read"))?;
    if let Some(expected) = expected.filter(|&expected| expected != hash(&bytes)) {
        let (file, expected) = (file.to_owned(), expected.to_owned());
        return Err(DatasetError::Hash { file, expected, found: hash(&bytes) });
    }
    if file.extension().is_some_and(|end| end == "jsonl") {
        return rows::from_jsonl(file, &bytes);
    }
    let (rows, columns) = decode(bytes)
        .map_err(|message| DatasetError::Parquet { file: file.to_owned(), message })?;
    rows::from_columns(file.display().to_string(), rows, columns)
}

/// Names of the feedback tables, sorted; hidden files and notes (`.md`) are none.
fn feedback_files(path: &Path) -> Result<Vec<String>, DatasetError> {
    let folder = path.join("feedback");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed(&folder, "list"))? {
        let entry = entry.map_err(failed(&folder, "list"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with(".md") {
            continue;
        }
        if !name.ends_with(".parquet") && !name.ends_with(".jsonl") {
            let error = std::io::Error::other("expected a name that ends in .parquet or .jsonl");
            return Err(failed(&entry.path(), "read as feedback")(error));
        }
        names.push(name);
    }
    names.sort();
    Ok(names)
}
