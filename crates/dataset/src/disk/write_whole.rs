//! A dataset in memory becomes a folder.

use super::open::CARD;
use super::people::person_columns;
use super::place::place;
use super::stage::{Stage, empty_stage};
use crate::error::failed;
use crate::hash::hash;
use crate::parquet::{Cells, encode};
use crate::steps::StepContent;
use crate::table::Content;
use crate::{Dataset, DatasetError, Groups, Segments, rows};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of the data files, by path within the folder.
type Files = BTreeMap<String, Vec<u8>>;

impl Dataset {
    /// Writes the folder, and the hashes of its files into its card.
    ///
    /// # Errors
    /// The file system refuses, a record does not have the types of its columns, or the folder holds
    /// tables and no card, or a card that cannot be read. What was there before stays as it was,
    /// unless folders cannot change places there and the file system refuses between two renames:
    /// then the folder has no card until it is written again.
    pub fn write(&self, path: &Path) -> Result<(), DatasetError> {
        let files = self.files()?;
        let mut card = self.card.clone();
        card.schema = medley_feedback::SCHEMA_VERSION;
        card.files = files.iter().map(|(name, bytes)| (name.clone(), hash(bytes))).collect();
        let card = toml::to_string(&card).map_err(|error| DatasetError::CardOut {
            name: self.card.name.clone(),
            message: error.to_string(),
        })?;
        let stage = stage(&files, &card, path)?;
        place(stage, files.keys().map(String::as_str), path)
    }

    fn files(&self) -> Result<Files, DatasetError> {
        let mut files = Files::new();
        fn add(
            files: &mut Files,
            name: &str,
            rows: usize,
            columns: Vec<(&str, Cells)>,
        ) -> Result<(), DatasetError> {
            let bytes = encode(rows, columns).map_err(|message| {
                let file = PathBuf::from(name);
                DatasetError::Parquet { file, message }
            })?;
            files.insert(name.to_owned(), bytes);
            Ok(())
        }
        add(&mut files, "groups.parquet", self.groups.len(), group_columns(&self.groups))?;
        let steps = step_columns(&self.segments);
        add(&mut files, "steps.parquet", self.segments.step_count(), steps)?;
        let segments = segment_columns(&self.segments, &self.groups);
        add(&mut files, "segments.parquet", self.segments.len(), segments)?;
        let people = self.listed();
        if !people.is_empty() {
            add(&mut files, "people.parquet", people.len(), person_columns(people))?;
        }
        for (kind, feedback) in self.feedback() {
            let mut table = Arc::unwrap_or_clone(feedback.whole()?);
            let name = format!("feedback/{kind}");
            if let Content::Maps(maps) = &table.content {
                files.insert(format!("{name}.jsonl"), rows::to_jsonl(maps));
                continue;
            }
            let (rows, columns) = table.take_columns();
            add(&mut files, &format!("{name}.parquet"), rows, columns)?;
        }
        Ok(files)
    }
}

fn group_columns(groups: &Groups) -> Vec<(&'static str, Cells)> {
    let all = || 0..groups.len();
    vec![
        ("group", Cells::Text(all().map(|g| Some(groups.id(g))).collect())),
        ("prompt", Cells::Text(all().map(|g| groups.prompt(g)).collect())),
        ("context", Cells::Text(all().map(|g| groups.context(g)).collect())),
    ]
}

/// One column for each feature of `[row, feature]`.
pub(crate) fn control_columns<'a>(names: &'a [String], values: &[f32]) -> Vec<(&'a str, Cells)> {
    let column = |i| values.iter().skip(i).step_by(names.len()).copied().map(Some).collect();
    names.iter().enumerate().map(|(i, name)| (name.as_str(), Cells::Single(column(i)))).collect()
}

fn step_columns(segments: &Segments) -> Vec<(&str, Cells)> {
    let steps = &segments.steps;
    let sentences = || (0..steps.len()).map(move |row| segments.step_text(row));
    let mut columns: Vec<(&str, Cells)> = match &steps.content {
        StepContent::Text { spans, .. } => vec![
            ("text", Cells::Text(sentences().collect())),
            ("first_char", Cells::Integer(spans.iter().map(|s| Some(s.start.into())).collect())),
            ("end_char", Cells::Integer(spans.iter().map(|s| Some(s.end.into())).collect())),
        ],
        StepContent::Control { names, values } => {
            control_columns(names, &values.range(0..values.len()))
        }
    };
    if let Some(rewards) = &steps.rewards {
        columns.push(("reward", Cells::Float(rewards.iter().copied().map(Some).collect())));
    }
    columns
}

fn segment_columns<'a>(segments: &'a Segments, groups: &Groups) -> Vec<(&'a str, Cells)> {
    let all = || 0..segments.len();
    let names = |i| segments.groups(i).iter().map(|&g| groups.id(g as usize).to_owned()).collect();
    let number = |x: usize| Some(x as i64);
    let metadata = segments.metadata().columns().iter().map(|it| (it.name(), it.cells()));
    let own = vec![
        ("segment", Cells::Text(all().map(|i| Some(&*segments.id(i).0)).collect())),
        ("groups", Cells::TextList(all().map(|i| Some(names(i))).collect())),
        ("first_step", Cells::Integer(all().map(|i| number(segments.steps(i).start)).collect())),
        ("steps", Cells::Integer(all().map(|i| number(segments.steps(i).len())).collect())),
        ("text", Cells::Text(all().map(|i| segments.text(i)).collect())),
    ];
    own.into_iter().chain(metadata).collect()
}

/// A complete version. It goes away by itself unless it takes its place.
fn stage(files: &Files, card: &str, path: &Path) -> Result<Stage, DatasetError> {
    let stage = empty_stage(path)?;
    for (name, bytes) in files {
        medley_whole_file::write(&stage.path().join(name), bytes)
            .map_err(failed(&path.join(name), "write"))?;
    }
    medley_whole_file::write(&stage.path().join(CARD), card.as_bytes())
        .map_err(failed(&path.join(CARD), "write"))?;
    Ok(stage)
}
