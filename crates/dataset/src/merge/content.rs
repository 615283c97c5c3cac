//! Which groups and segments are known, with what content?

use super::error::MergeError;
use crate::hash::Hasher;
use crate::{Dataset, DatasetWriter, ImportReport, MetadataValue, Segments};
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

/// Hashes of the parts of a content, and the source that has it first.
struct First<const N: usize> {
    source: usize,
    parts: [[u8; 32]; N],
}

/// What earlier sources have, by id.
pub(super) struct Contents<'a> {
    sources: &'a [PathBuf],
    groups: HashMap<String, First<2>>,
    segments: HashMap<String, First<5>>,
    /// Whether steps have true rewards, and the first source that says so.
    rewards: Option<(usize, bool)>,
}

const OF_GROUP: [&str; 2] = ["prompt", "context"];
const OF_SEGMENT: [&str; 5] = ["text", "groups", "steps", "true rewards", "metadata"];

impl<'a> Contents<'a> {
    pub fn new(sources: &'a [PathBuf]) -> Self {
        Self { sources, groups: HashMap::new(), segments: HashMap::new(), rewards: None }
    }

    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// Writes what is new of a source, and only the steps of that.
    pub fn add(
        &mut self,
        source: usize,
        dataset: &Dataset,
        writer: &mut DatasetWriter,
        report: &mut ImportReport,
    ) -> Result<(), MergeError> {
        self.check_rewards(source, dataset)?;
        let groups = dataset.groups();
        for g in 0..groups.len() {
            let (id, prompt, context) = (groups.id(g), groups.prompt(g), groups.context(g));
            let parts = [print(|it| it.optional(prompt)), print(|it| it.optional(context))];
            match self.groups.get(id) {
                None => writer.add_group(id, prompt, context)?,
                Some(first) => {
                    self.same(source, first, &parts, ("group", id, &OF_GROUP))?;
                    report.keep("group that an earlier dataset has", 1);
                    continue;
                }
            }
            self.groups.insert(id.to_owned(), First { source, parts });
        }
        let segments = dataset.segments();
        let mut new = Vec::new();
        for i in 0..segments.len() {
            let id = &segments.id(i).0;
            let parts = parts(dataset, i);
            match self.segments.get(id) {
                None => new.push(i),
                Some(first) => {
                    self.same(source, first, &parts, ("segment", id, &OF_SEGMENT))?;
                    report.keep("segment that an earlier dataset has", 1);
                    continue;
                }
            }
            self.segments.insert(id.clone(), First { source, parts });
        }
        write(dataset, &new, writer)
    }

    fn same<const N: usize>(
        &self,
        source: usize,
        first: &First<N>,
        parts: &[[u8; 32]; N],
        (what, id, names): (&'static str, &str, &[&'static str; N]),
    ) -> Result<(), MergeError> {
        let differs = first.parts.iter().zip(parts).position(|(known, found)| known != found);
        differs.map_or(Ok(()), |part| {
            Err(MergeError::Content {
                one: self.sources[first.source].clone(),
                other: self.sources[source].clone(),
                what,
                id: id.to_owned(),
                part: names[part],
            })
        })
    }

    /// Either all sources have true rewards of steps or none has: no step lacks one.
    fn check_rewards(&mut self, source: usize, dataset: &Dataset) -> Result<(), MergeError> {
        let has = dataset.segments().true_rewards().is_some();
        let &mut (first, expected) = self.rewards.get_or_insert((source, has));
        let told = |has| if has { "of steps" } else { "of no step" }.to_owned();
        match has == expected {
            true => Ok(()),
            false => Err(MergeError::Unlike {
                one: self.sources[first].clone(),
                other: self.sources[source].clone(),
                what: "true rewards",
                expected: told(expected),
                found: told(has),
            }),
        }
    }
}

fn print(write: impl FnOnce(&mut Hasher)) -> [u8; 32] {
    let mut hasher = Hasher::default();
    write(&mut hasher);
    hasher.digest()
}

/// Hashes of what a segment is: text, groups, steps, true rewards, metadata.
fn parts(dataset: &Dataset, i: usize) -> [[u8; 32]; 5] {
    let (segments, groups) = (dataset.segments(), dataset.groups());
    let steps = segments.steps(i);
    [
        print(|it| it.optional(segments.text(i))),
        print(|it| segments.groups(i).iter().for_each(|&g| it.text(groups.id(g as usize)))),
        print(|it| print_steps(it, segments, &steps)),
        print(|it| {
            let rewards = segments.true_rewards().map(|rewards| &rewards[steps.clone()]);
            rewards.into_iter().flatten().for_each(|reward| it.number(reward.to_bits()));
        }),
        print(|it| {
            for (name, value) in metadata(segments, i) {
                it.text(name);
                it.text(&format!("{value:?}"));
            }
        }),
    ]
}

/// What is known of a segment beside its content.
fn metadata(segments: &Segments, i: usize) -> Vec<(&str, MetadataValue)> {
    let columns = segments.metadata().columns().iter();
    columns.filter_map(|column| Some((column.name(), column.value(i)?))).collect()
}

fn print_steps(hasher: &mut Hasher, segments: &Segments, steps: &Range<usize>) {
    match segments.stored_features() {
        Some((names, values)) => {
            let width = names.len();
            let values = values.range(steps.start * width..steps.end * width);
            values.iter().for_each(|value| hasher.number(u64::from(value.to_bits())));
        }
        None => {
            for row in steps.clone() {
                hasher.optional(segments.step_text(row));
                let chars = segments.step_chars(row).unwrap_or_default();
                hasher.number(chars.start.into());
                hasher.number(chars.end.into());
            }
        }
    }
}

/// Writes these segments with their steps. Steps that several of them share stay shared.
fn write(dataset: &Dataset, new: &[usize], writer: &mut DatasetWriter) -> Result<(), MergeError> {
    let (segments, groups) = (dataset.segments(), dataset.groups());
    let mut runs: Vec<Range<usize>> = new.iter().map(|&i| segments.steps(i)).collect();
    runs.sort_by_key(|run| (run.start, run.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for run in runs {
        match apart.last_mut() {
            Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
            _ => apart.push(run),
        }
    }
    // First row here, and the row that it becomes.
    let mut places: Vec<(usize, usize)> = Vec::with_capacity(apart.len());
    for run in apart {
        places.push((run.start, writer.step_count()));
        copy_steps(segments, run, writer)?;
    }
    for &i in new {
        let Range { start, end } = segments.steps(i);
        let run = places.partition_point(|&(first, _)| first <= start).saturating_sub(1);
        let (first, becomes) = places[run];
        let of: Vec<&str> = segments.groups(i).iter().map(|&g| groups.id(g as usize)).collect();
        let steps = becomes + start - first..becomes + end - first;
        writer.describe(&metadata(segments, i))?;
        writer.add_segment(&segments.id(i).0, &of, steps, segments.text(i))?;
    }
    Ok(())
}

fn copy_steps(
    segments: &Segments,
    run: Range<usize>,
    writer: &mut DatasetWriter,
) -> Result<(), MergeError> {
    // A piece at a time: a run may be all of a source.
    const ROWS: usize = 4096;
    for first in run.clone().step_by(ROWS) {
        let rows = first..run.end.min(first + ROWS);
        let rewards = segments.true_rewards().map_or(&[][..], |rewards| &rewards[rows.clone()]);
        match segments.stored_features() {
            Some((names, values)) => {
                let width = names.len();
                writer.add_steps(&values.range(rows.start * width..rows.end * width), rewards)?;
            }
            None => {
                let step = |row| Some((segments.step_text(row)?, segments.step_chars(row)?));
                writer.add_text_steps(rows.filter_map(step), rewards)?;
            }
        }
    }
    Ok(())
}
