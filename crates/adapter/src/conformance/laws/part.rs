//! Are the statements of a part those of its records, and no others?

use super::agree::judged;
use crate::conformance::Verdict;
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::seen::alike;
use crate::conformance::subject::Subject;
use medley_dataset::{Part, Partition};
use medley_feedback::AnnotatorId;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::collections::{BTreeMap, BTreeSet};

const PARTS: [Part; 3] = [Part::Train, Part::Validation, Part::Test];

pub(super) fn part(subject: &Subject<'_>) -> Verdict {
    judged(parts(subject))
}

fn parts(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let partitions = partitions(subject);
    if partitions.is_empty() {
        return Ok(Some("no split divides the records of the fixture"));
    }
    let (mut bound, mut compared, mut refusal) = (0, 0, None);
    for partition in &partitions {
        let setting = Setting { partition: Some(partition), ..subject.setting() };
        match subject.bind_as(setting) {
            Ok(whole) => {
                bound += 1;
                compared += keeps_parts(subject, partition, &whole)?;
            }
            Err(problem) => refusal = Some(problem),
        }
    }
    match (bound, compared, refusal) {
        (0, _, Some(problem)) => Err(format!("bound to no split: {problem}")),
        (_, 0, _) => Ok(Some("no part of the records has the response parameters of all")),
        _ => Ok(None),
    }
}

/// Checks the parts of statements, and returns for how many parts losses could be compared.
fn keeps_parts(
    subject: &Subject<'_>,
    partition: &Partition,
    whole: &Probe<'_>,
) -> Result<usize, String> {
    let part_of = |record: usize| subject.records.part(record, &subject.dataset, partition);
    for (i, origin) in whole.origins().iter().enumerate() {
        let expected = part_of(origin.record as usize);
        if origin.part.is_none() || origin.part != expected {
            let found = origin.part;
            return Err(format!(
                "statement {i} is of part {found:?}, and its record of {expected:?}"
            ));
        }
        check_segments(subject, partition, i, &origin.segments, expected)?;
    }
    let nowhere = (0..subject.records.len()).filter(|&record| part_of(record).is_none()).count();
    let dropped: usize = whole.objective.statements().dropped.values().sum();
    if dropped != nowhere {
        return Err(format!(
            "{nowhere} records are of no part, and {dropped} are counted as dropped"
        ));
    }
    let mut compared = 0;
    for part in PARTS {
        let of_part: Vec<usize> =
            (0..subject.records.len()).filter(|&record| part_of(record) == Some(part)).collect();
        let statements = whole.objective.statements().of(part);
        if of_part.is_empty() {
            continue;
        }
        let dataset = subject.with(&subject.records.some(&of_part))?;
        let setting = Setting {
            dataset: &dataset,
            partition: Some(partition),
            layout: Some(&whole.layout),
            ..subject.setting()
        };
        // Alone it may be too little to bind to.
        let Ok(alone) = subject.bind_as(setting) else { continue };
        let (found, expected) = (statements.len(), alone.all().len());
        if found != expected {
            return Err(format!(
                "{found} statements are of part {part:?}, whose records alone are {expected}"
            ));
        }
        let numbers = whole.numbers(1, 25);
        if let Some(own) = alone.carried(whole, &numbers) {
            alike(
                &format!("part {part:?}"),
                whole.seen(&numbers, &statements),
                alone.seen(&own, &alone.all()),
            )?;
            compared += 1;
        }
    }
    Ok(compared)
}

/// What a statement reads is of its part.
fn check_segments(
    subject: &Subject<'_>,
    partition: &Partition,
    statement: usize,
    segments: &[u32],
    part: Option<Part>,
) -> Result<(), String> {
    if matches!(partition, Partition::Annotators(_)) {
        return Ok(());
    }
    let table = subject.dataset.segments();
    let elsewhere = |&&segment: &&u32| partition.of(table.groups(segment as usize)) != part;
    match segments.iter().find(elsewhere) {
        Some(segment) => Err(format!(
            "statement {statement} is of part {part:?} and reads segment `{}`, which is not",
            table.id(*segment as usize)
        )),
        None => Ok(()),
    }
}

/// Splits of groups and of people that leave records in two parts at least, those first that leave
/// most.
fn partitions(subject: &Subject<'_>) -> Vec<Partition> {
    let rng = &mut ChaCha8Rng::seed_from_u64(26);
    let groups = subject.dataset.groups().len();
    let units: Vec<u32> = (0..groups as u32).collect();
    let mut drawn: Vec<Partition> = (0..200)
        .map(|_| {
            let parts = (0..groups).map(|_| PARTS[rng.random_range(0..3)]).collect();
            Partition::Groups { parts, units: units.clone() }
        })
        .collect();
    drawn.sort_by_key(|partition| std::cmp::Reverse(kept(subject, partition).len()));
    let mut found = Vec::new();
    for partition in drawn {
        if divides(subject, &partition) && !found.contains(&partition) && found.len() < 6 {
            found.push(partition);
        }
    }
    let people: BTreeSet<AnnotatorId> = (0..subject.records.len())
        .filter_map(|record| subject.records.provenance(record).annotator.clone())
        .collect();
    let dealt: BTreeMap<AnnotatorId, Part> = people
        .into_iter()
        .enumerate()
        .map(|(i, annotator)| (annotator, [Part::Train, Part::Test][i % 2]))
        .collect();
    let by_people = Partition::Annotators(dealt);
    found.extend(divides(subject, &by_people).then_some(by_people));
    found
}

/// Parts of the records that have one.
fn kept(subject: &Subject<'_>, partition: &Partition) -> Vec<Part> {
    let part = |record| subject.records.part(record, &subject.dataset, partition);
    (0..subject.records.len()).filter_map(part).collect()
}

fn divides(subject: &Subject<'_>, partition: &Partition) -> bool {
    BTreeSet::from_iter(kept(subject, partition)).len() > 1
}
