//! Are the statements of a person or a source those of its records, and no others?

use super::agree::judged;
use crate::Select;
use crate::conformance::Verdict;
use crate::conformance::probe::Setting;
use crate::conformance::seen::alike;
use crate::conformance::subject::Subject;
use std::collections::BTreeSet;

pub(super) fn select(subject: &Subject<'_>) -> Verdict {
    judged(selections(subject))
}

fn selections(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let records = 0..subject.records.len();
    let people: BTreeSet<String> = records
        .clone()
        .filter_map(|r| Some(subject.records.provenance(r).annotator.clone()?.0))
        .collect();
    let sources: BTreeSet<String> =
        records.filter_map(|r| subject.records.provenance(r).source.clone()).collect();
    let person = |name| Select { annotator: vec![name], ..Select::default() };
    let all = people.into_iter().map(person).chain(sources.iter().map(|name| Select::source(name)));
    let mut bound = 0;
    for select in all {
        bound += usize::from(selects(subject, &select)?);
    }
    Ok((bound == 0).then_some("no person and no source of the fixture has enough to bind to"))
}

/// Whether there was something to compare.
fn selects(subject: &Subject<'_>, select: &Select) -> Result<bool, String> {
    let taken: Vec<usize> = (0..subject.records.len())
        .filter(|&record| select.takes(&subject.dataset, subject.records.provenance(record)))
        .collect();
    if taken.len() == subject.records.len() {
        return Ok(false);
    }
    let dataset = subject.with(&subject.records.some(&taken))?;
    let chosen = subject.bind_as(Setting { select, ..subject.setting() });
    let alone = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() });
    let (chosen, alone) = match (chosen, alone) {
        (Err(_), Err(_)) => return Ok(false),
        (Ok(_), Err(problem)) => {
            return Err(format!("{select} is bound, and alone refused: {problem}"));
        }
        (Err(problem), Ok(_)) => {
            return Err(format!("{select} is refused: {problem}, and bound alone"));
        }
        (Ok(chosen), Ok(alone)) => (chosen, alone),
    };
    if let Some(origin) =
        chosen.origins().iter().find(|origin| !taken.contains(&(origin.record as usize)))
    {
        return Err(format!("{select} has a statement of record {}", origin.record));
    }
    let numbers = alone.numbers(1, 27);
    let Some(own) = chosen.carried(&alone, &numbers) else {
        return Err(format!("{select} has other response parameters than its records alone"));
    };
    alike(
        &select.to_string(),
        chosen.seen(&own, &chosen.all()),
        alone.seen(&numbers, &alone.all()),
    )?;
    Ok(true)
}
