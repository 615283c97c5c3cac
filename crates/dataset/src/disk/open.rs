//! How a dataset is read: the card, then each file against its hash, then everything is checked.
//!
//! A table is one file, `steps.parquet`, or shards in the order of their names, `steps-00000.parquet`
//! and on. Of a table that would not fit in memory one shard is decoded at a time: features go to
//! a temporary file ([`crate::Values`]), feedback is read again when it is asked for.

use super::columns::Columns;
use super::people::{read_people, whole};
use super::text_rows::each_text;
use crate::error::failed;
use crate::feedback::{Feedback, Shard};
use crate::group::Group;
use crate::hash::hash_file;
use crate::metadata::MetadataRows;
use crate::parquet::{Cells, count_rows};
use crate::segment_row::SegmentRow;
use crate::shard::{read_table, shards, table_of};
use crate::steps::{StepContent, StepTexts, Steps};
use crate::values::ValuesWriter;
use crate::{Card, Dataset, DatasetError, Domain, Groups, Metadata, MetadataValue};
use medley_feedback::{SCHEMA_VERSION, SegmentId};
use medley_whole_file::{SETTINGS, read_text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The card.
pub(super) const CARD: &str = "dataset.toml";
/// Card of the version before, while the new one takes its place file by file.
pub(super) const REPLACED: &str = ".dataset.toml.replaced";

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
        let file = path.join(CARD);
        if !file.exists() && path.join(REPLACED).exists() {
            return Err(DatasetError::Interrupted { file });
        }
        let card = read_card(&file)?;
        for (name, expected) in &card.files {
            let file = path.join(name);
            let found = hash_file(&file).map_err(failed(&file, "read"))?;
            if *expected != found {
                return Err(DatasetError::Hash { file, expected: expected.clone(), found });
            }
        }
        let groups = read_groups(path, &card)?;
        let (segments, metadata, steps) = match read_texts(path, &card, &groups) {
            Some(read) => read,
            None => {
                let steps = read_steps(path, &card, budget.feature_bytes)?;
                let (segments, metadata) = read_segments(path, &card, &groups)?;
                (segments, metadata, steps)
            }
        };
        let mut dataset = Self::new(card, groups, segments, steps)?;
        dataset.set_metadata(metadata);
        dataset.set_people(read_people(path, &dataset.card)?);
        dataset.set_feedback(read_feedback(path, &dataset.card, budget.feedback_rows)?);
        Ok(dataset)
    }
}

pub(super) fn read_card(file: &Path) -> Result<Card, DatasetError> {
    let text = read_text(file, SETTINGS).map_err(failed(file, "read"))?;
    let broken = |error: toml::de::Error| DatasetError::Card {
        file: file.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    };
    // The version first: a newer card may have keys that this one does not know.
    let version = toml::from_str::<toml::Table>(&text).map_err(broken)?;
    match version.get("schema").and_then(toml::Value::as_integer) {
        Some(found) if !(1..=i64::from(SCHEMA_VERSION)).contains(&found) => {
            Err(DatasetError::Version { file: file.to_owned(), found, supported: SCHEMA_VERSION })
        }
        _ => {
            let card: Card = toml::from_str(&text).map_err(broken)?;
            check_within(file, &card)?;
            Ok(card)
        }
    }
}

/// Refuses a card that lists files outside of its folder.
fn check_within(file: &Path, card: &Card) -> Result<(), DatasetError> {
    let is_within = |name: &&String| {
        let mut parts = Path::new(name).components();
        parts.all(|part| matches!(part, Component::Normal(_)))
    };
    match card.files.keys().find(|name| !is_within(name)) {
        None => Ok(()),
        Some(name) => Err(DatasetError::Card {
            file: file.to_owned(),
            message: format!("`[files]`: expected paths within its folder, found `{name}`"),
        }),
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

/// Segments and steps of a text dataset, each sentence within its text; none if the tables have to be
/// read one after the other.
fn read_texts(
    path: &Path,
    card: &Card,
    groups: &Groups,
) -> Option<(Vec<SegmentRow>, Metadata, Steps)> {
    if card.domain != Domain::Text {
        return None;
    }
    let (mut rows, mut metadata) = (Vec::new(), MetadataRows::default());
    let (mut spans, mut bytes, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    each_text(path, card, &mut metadata, |row| {
        let groups: Option<Vec<u32>> = row.groups.iter().map(|name| groups.index(name)).collect();
        let Some(groups) = groups else { return false };
        owners.resize(row.steps.end, rows.len() as u32);
        spans.extend_from_slice(row.spans);
        bytes.extend_from_slice(row.bytes);
        let (id, text) = (SegmentId(row.id.to_owned()), Some(row.text.to_owned()));
        rows.push(SegmentRow { id, groups, steps: row.steps, text });
        true
    })?;
    let texts = StepTexts::Within { bytes, owners };
    let metadata = metadata.finish(rows.len());
    Some((rows, metadata, Steps { content: StepContent::Text { texts, spans }, rewards: None }))
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
        Domain::Text => StepContent::Text { texts: StepTexts::Apart(texts), spans },
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
) -> Result<(Vec<SegmentRow>, Metadata), DatasetError> {
    let (mut rows, mut metadata) = (Vec::new(), MetadataRows::default());
    for name in shards(path, "segments")? {
        segment_rows(Columns::read(path, &name, card)?, groups, &mut rows, &mut metadata)?;
    }
    let count = rows.len();
    Ok((rows, metadata.finish(count)))
}

/// The columns that are left when a segment has its own.
pub(super) fn read_metadata(
    table: &mut Columns,
    first: usize,
    metadata: &mut MetadataRows,
) -> Result<(), DatasetError> {
    let place = table.file.display().to_string();
    for (name, cells) in std::mem::take(&mut table.columns) {
        let cells = match cells {
            Cells::Integer(cells) => Cells::Integer(whole(table, &name, cells)?),
            other => other,
        };
        let Some(values) = metadata_values(&cells) else {
            let expected = "text or numbers, as metadata of segments is";
            return Err(table.wrong(&name, expected, Some(&cells)));
        };
        for (row, value) in values.iter().enumerate() {
            if let Some(value) = value {
                let set = metadata.set(first + row, &name, value);
                set.map_err(|unfit| unfit.at(&place, row))?;
            }
        }
    }
    Ok(())
}

/// None for a column that is neither texts nor numbers.
fn metadata_values(cells: &Cells) -> Option<Vec<Option<MetadataValue>>> {
    fn each<T>(
        cells: &[Option<T>],
        value: impl Fn(&T) -> MetadataValue,
    ) -> Option<Vec<Option<MetadataValue>>> {
        Some(cells.iter().map(|cell| cell.as_ref().map(&value)).collect())
    }
    match cells {
        Cells::Text(cells) => {
            Some(cells.iter().map(|text| text.map(MetadataValue::from)).collect())
        }
        Cells::Single(cells) => each(cells, |x| f64::from(*x).into()),
        Cells::Float(cells) => each(cells, |x| (*x).into()),
        Cells::Integer(cells) => each(cells, |x| (*x as f64).into()),
        Cells::Boolean(cells) => each(cells, |truth| truth.to_string().into()),
        Cells::Missing => Some(Vec::new()),
        Cells::TextList(_) | Cells::FloatList(_) | Cells::IntegerList(_) => None,
    }
}

fn segment_rows(
    mut table: Columns,
    groups: &Groups,
    rows: &mut Vec<SegmentRow>,
    metadata: &mut MetadataRows,
) -> Result<(), DatasetError> {
    let ids = table.texts("segment")?;
    let names = match table.take("groups") {
        Some(Cells::TextList(cells)) => table.full("groups", cells)?,
        other => return Err(table.wrong("groups", "TextList", other.as_ref())),
    };
    let (first, counts) = (table.counts::<usize>("first_step")?, table.counts::<usize>("steps")?);
    let texts = table.optional_texts("text")?;
    let place = table.file.display().to_string();
    read_metadata(&mut table, rows.len(), metadata)?;
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
        rows.push(SegmentRow { id: SegmentId(id), groups, steps, text });
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
