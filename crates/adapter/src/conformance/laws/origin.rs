//! Do statements say truly where they come from: whose they are, and what they read?

use super::agree::equal;
use super::symmetry::moved;
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::subject::Subject;
use medley_dataset::{Part, Partition, SplitBy};
use medley_feedback::AnnotatorId;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) fn clusters(subject: &Subject<'_>) -> Result<(), String> {
    let groups = subject.dataset.groups().len() as u32;
    let units = SplitBy::Prompt.units(&subject.dataset);
    clusters_are(subject, None, &Whole::Units(units))?;
    // Two groups each stay together.
    let units: Vec<u32> = (0..groups).map(|group| group - group % 2).collect();
    let parts = vec![Part::Train; units.len()];
    let merged = Partition::Groups { parts, units: units.clone() };
    clusters_are(subject, Some(&merged), &Whole::Units(units))?;
    let everybody: BTreeMap<AnnotatorId, Part> = (0..subject.records.len())
        .filter_map(|record| subject.records.provenance(record).annotator.clone())
        .map(|annotator| (annotator, Part::Train))
        .collect();
    clusters_are(subject, Some(&Partition::Annotators(everybody)), &Whole::People)
}

/// What a split keeps whole.
enum Whole {
    /// For each group, the unit that it belongs to.
    Units(Vec<u32>),
    People,
}

fn clusters_are(
    subject: &Subject<'_>,
    partition: Option<&Partition>,
    whole: &Whole,
) -> Result<(), String> {
    let probe = subject.bind_as(Setting { partition, ..subject.setting() })?;
    let answers = probe.objective.answers(&probe.all()).list;
    let mut alone = BTreeMap::new();
    for (i, origin) in probe.origins().iter().enumerate() {
        let record = origin.record as usize;
        let said = subject.records.provenance(record).annotator.clone();
        let person = probe.person(origin);
        if person != said {
            return Err(format!("statement {i} is by {person:?}, and its record by {said:?}"));
        }
        let found: BTreeSet<u32> = origin.clusters.iter().copied().collect();
        if !origin.clusters.is_sorted() || found.len() != origin.clusters.len() {
            return Err(format!("clusters {:?} of statement {i} do not rise", origin.clusters));
        }
        let about = subject.records.segments(record, &subject.dataset);
        let all: Vec<u32> = about.iter().chain(&origin.segments).copied().collect();
        let (least, most) = match whole {
            Whole::People => {
                let person = origin.person.map(|person| person.0);
                (BTreeSet::from_iter(person), BTreeSet::from_iter(person))
            }
            Whole::Units(units) => (wholes(&probe, units, &about), wholes(&probe, units, &all)),
        };
        let of_its_own = least.is_empty() && found.len() == 1 && {
            let owner = *alone.entry(origin.clusters[0]).or_insert(record);
            owner == record && !is_unit(whole, origin.clusters[0])
        };
        if !of_its_own
            && (least.is_empty() || !found.is_superset(&least) || !found.is_subset(&most))
        {
            return Err(format!(
                "clusters of statement {i} are {found:?}, and its record is about {least:?}"
            ));
        }
        if answers[i].clusters != origin.clusters {
            return Err(format!(
                "statement {i} has clusters {:?}, and its answer {:?}",
                origin.clusters, answers[i].clusters
            ));
        }
    }
    Ok(())
}

fn is_unit(whole: &Whole, cluster: u32) -> bool {
    match whole {
        Whole::Units(units) => (cluster as usize) < units.len(),
        Whole::People => false,
    }
}

/// Units of the groups of segments.
fn wholes(probe: &Probe<'_>, units: &[u32], segments: &[u32]) -> BTreeSet<u32> {
    let table = probe.setting.dataset.segments();
    let groups = segments.iter().flat_map(|&segment| table.groups(segment as usize));
    groups.map(|&group| units[group as usize]).collect()
}

pub(super) fn segments(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let numbers = probe.numbers(1, 23);
    for statement in probe.all() {
        let named = &probe.origins()[statement].segments;
        let rows: BTreeSet<usize> = rows_of(&probe, named).collect();
        let before = probe.losses(&numbers, &[statement]);
        let changes = |which: &dyn Fn(usize) -> bool| {
            let moved = moved(probe.setting.features, which);
            let returns = probe.setting.returns;
            let after = probe.losses_seeing(&moved, returns, &numbers, &[statement]);
            equal("", &after, &before, 1e-12).is_err()
        };
        if changes(&|row| !rows.contains(&row)) {
            return Err(format!(
                "statement {statement} reads a segment that its origin does not name: it names {named:?}"
            ));
        }
        for segment in named {
            let own: BTreeSet<usize> = rows_of(&probe, &[*segment]).collect();
            if !changes(&|row| own.contains(&row)) {
                return Err(format!(
                    "statement {statement} names segment {segment}, and its loss does not depend on it"
                ));
            }
        }
    }
    gathered(&probe)
}

fn rows_of(probe: &Probe<'_>, segments: &[u32]) -> impl Iterator<Item = usize> {
    let windows = &probe.setting.features.windows;
    segments
        .iter()
        .flat_map(|&segment| windows[segment as usize].clone())
        .collect::<Vec<_>>()
        .into_iter()
}

/// One pass over the model for all that statements name gives the same losses.
fn gathered(probe: &Probe<'_>) -> Result<(), String> {
    let numbers = probe.numbers(2, 24);
    let found = catch_unwind(AssertUnwindSafe(|| probe.gathered_losses(&numbers)));
    let found = found.map_err(|panic| {
        let told = panic.downcast_ref::<String>().cloned();
        format!("one pass over the model for all: {}", told.unwrap_or_default())
    })?;
    let expect = probe.losses(&numbers, &probe.all());
    found
        .iter()
        .try_for_each(|found| equal("one pass over the model for all", found, &expect, 1e-9))
}
