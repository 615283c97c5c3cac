//! How a dataset is read: the card, then each file against its hash, then everything is checked.

use crate::group::Group;
use crate::parquet::{Cells, decode};
use crate::segment::SegmentRow;
use crate::steps::{StepContent, Steps};
use crate::table::Table;
use crate::write::{failed, hash};
use crate::{Card, Dataset, DatasetError, Domain, Groups, rows};
use medley_feedback::SCHEMA_VERSION;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Dataset {
    /// Reads a dataset folder. Feedback is checked when it is asked for by type.
    ///
    /// # Errors
    /// A file is missing, damaged, newer than this Medley or without a column; or the segments
    /// break an invariant of [`crate::DatasetBuilder::build`].
    pub fn open(path: &Path) -> Result<Self, DatasetError> {
        let card = read_card(&path.join("dataset.toml"))?;
        for name in card.files.keys() {
            read(path, name, &card)?;
        }
        let groups = read_groups(path, &card)?;
        let steps = read_steps(path, &card)?;
        let segments = read_segments(path, &card, &groups)?;
        let mut dataset = Self::new(card, groups, segments, steps)?;
        dataset.tables = read_tables(path, &dataset.card)?;
        Ok(dataset)
    }
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
    let mut table = Columns::read(path, "groups.parquet", card)?;
    let ids = table.texts("group")?;
    let prompts = table.optional_texts("prompt")?;
    let contexts = table.optional_texts("context")?;
    table.finish("absent: a group has `group`, `prompt` and `context`")?;
    let rows = ids.into_iter().zip(prompts.into_iter().zip(contexts));
    Groups::new(rows.map(|(id, (prompt, context))| Group { id, prompt, context }).collect())
}

fn read_steps(path: &Path, card: &Card) -> Result<Steps, DatasetError> {
    let mut table = Columns::read(path, "steps.parquet", card)?;
    let has_rewards = table.columns.iter().any(|(name, _)| name == "reward");
    let rewards = if has_rewards { Some(table.numbers("reward")?) } else { None };
    let content = match card.domain {
        Domain::Text => {
            let texts = table.texts("text")?;
            let (first, end) = (table.counts::<u32>("first_char")?, table.counts("end_char")?);
            let spans = first.into_iter().zip(end).map(|(first, end)| first..end).collect();
            StepContent::Text { texts, spans }
        }
        Domain::Control => {
            let names = card.features.clone();
            let mut values = vec![0.0; table.rows * names.len()];
            for (i, name) in names.iter().enumerate() {
                for (row, value) in table.numbers(name)?.into_iter().enumerate() {
                    values[row * names.len() + i] = value as f32;
                }
            }
            StepContent::Control { names, values }
        }
    };
    table.finish("absent: it is neither `reward` nor among the features of the card")?;
    Ok(Steps { content, rewards })
}

fn read_segments(
    path: &Path,
    card: &Card,
    groups: &Groups,
) -> Result<Vec<SegmentRow>, DatasetError> {
    let mut table = Columns::read(path, "segments.parquet", card)?;
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
            expected: format!("among the {} groups of groups.parquet", groups.len()),
            found: format!("`{name}`"),
        })
    };
    let mut rows = Vec::new();
    let columns = ids.into_iter().zip(names).zip(first.into_iter().zip(counts)).zip(texts);
    for (row, (((id, names), (first, count)), text)) in columns.enumerate() {
        let groups = names.iter().map(|name| find(row, name)).collect::<Result<_, _>>()?;
        let steps = first..first.saturating_add(count);
        rows.push(SegmentRow { id: medley_feedback::SegmentId(id), groups, steps, text });
    }
    Ok(rows)
}

fn read_tables(path: &Path, card: &Card) -> Result<BTreeMap<String, Arc<Table>>, DatasetError> {
    let mut tables = BTreeMap::new();
    for name in feedback_files(path)? {
        let kind = name.rsplit_once('.').map_or(name.as_str(), |(kind, _)| kind).to_owned();
        let relative = format!("feedback/{name}");
        let file = path.join(&relative);
        let table = if name.ends_with(".parquet") {
            let Columns { rows, columns, .. } = Columns::read(path, &relative, card)?;
            rows::from_columns(file.display().to_string(), rows, columns)?
        } else {
            rows::from_jsonl(&file, &read(path, &relative, card)?)?
        };
        if tables.insert(kind.clone(), Arc::new(table)).is_some() {
            return Err(DatasetError::Duplicate { what: "feedback kind", id: kind });
        }
    }
    Ok(tables)
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
