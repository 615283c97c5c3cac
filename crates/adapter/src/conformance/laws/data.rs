//! Is every record read, whatever its place, and is nothing started from what is held out?

use crate::conformance::probe::{Probe, Setting};
use crate::conformance::seen::alike;
use crate::conformance::subject::Subject;
use crate::{ParameterRole, ParameterScale, ResponseParameter};
use medley_dataset::PersonIndex;

pub(super) fn coverage(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let statements = probe.objective.statements();
    let (found, expected) = (statements.len(), subject.fixture.statements);
    if found != expected {
        return Err(format!("expected {expected} statements, found {found}"));
    }
    let left_out: usize = statements.dropped.values().sum();
    if left_out > 0 {
        return Err(format!("{left_out} records of the fixture were left out"));
    }
    let records = subject.records.len();
    match statements.origins.iter().find(|origin| origin.record as usize >= records) {
        Some(origin) => Err(format!("a statement is of record {} of {records}", origin.record)),
        None => Ok(()),
    }
}

pub(super) fn record_order(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let backwards: Vec<usize> = (0..subject.records.len()).rev().collect();
    let dataset = subject.with(&subject.records.some(&backwards))?;
    let other = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?;
    let numbers = probe.numbers(1, 20);
    let Some(theirs) = other.carried(&probe, &numbers) else {
        return Err("response parameters depend on the order of records".to_owned());
    };
    alike(
        "records in reverse order",
        other.seen(&theirs, &other.all()),
        probe.seen(&numbers, &probe.all()),
    )
}

pub(super) fn starts(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let all = probe.all();
    let expected = shapes(probe.objective.parameters(&all));
    let half = &all[..all.len() / 2];
    let last = &all[all.len().saturating_sub(1)..];
    for (what, fitted_on) in [("half", half), ("one", last), ("none", &[])] {
        let found = probe.objective.parameters(fitted_on);
        if let Some(parameter) = found.iter().find(|p| p.initial.iter().any(|x| !x.is_finite())) {
            return Err(format!("fitted on {what}, {parameter:?} starts at no number"));
        }
        let found = shapes(found);
        if found != expected {
            return Err(format!(
                "parameters fitted on {what} of the statements are {found:?}, and on all {expected:?}"
            ));
        }
    }
    held_out_answers_do_not_matter(subject, &probe)
}

type Shape = (String, usize, ParameterRole, ParameterScale, Option<Vec<PersonIndex>>);

/// All but where parameters start.
fn shapes(parameters: Vec<ResponseParameter>) -> Vec<Shape> {
    let shape = |p: ResponseParameter| (p.name, p.initial.len(), p.role, p.scale, p.people);
    parameters.into_iter().map(shape).collect()
}

/// Whatever one more question is answered, parameters fitted on the others start the same: on all
/// of them, and on those of one record or none, where a start that finds too little may be tempted
/// to look elsewhere.
fn held_out_answers_do_not_matter(subject: &Subject<'_>, probe: &Probe<'_>) -> Result<(), String> {
    let responses = &subject.fixture.responses;
    let records = subject.records.len();
    for response in responses.first().into_iter().chain(responses.last()) {
        let dataset = subject.answered(response)?;
        let other = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?;
        starts_agree(&other, probe, &|record| record < records)?;
        starts_agree(&other, probe, &|_| false)?;
        for only in 0..records {
            starts_agree(&other, probe, &|record| record == only)?;
        }
    }
    Ok(())
}

/// Whether two bindings start alike where fitted on the statements of these records.
fn starts_agree(
    other: &Probe<'_>,
    probe: &Probe<'_>,
    of: &dyn Fn(usize) -> bool,
) -> Result<(), String> {
    let start = |probe: &Probe<'_>| {
        let origins = probe.origins().iter().enumerate();
        let fitted = origins.filter(|(_, origin)| of(origin.record as usize)).map(|(i, _)| i);
        probe.objective.parameters(&fitted.collect::<Vec<_>>())
    };
    let (found, expected) = (start(other), start(probe));
    let names = |parameters: &[ResponseParameter]| -> Vec<(String, usize)> {
        parameters.iter().map(|p| (p.name.clone(), p.initial.len())).collect()
    };
    if names(&found) != names(&expected) {
        return Ok(()); // the law of normalization has it
    }
    let differs = |(found, expected): &(&ResponseParameter, &ResponseParameter)| {
        (&found.initial, found.prior) != (&expected.initial, expected.prior)
    };
    match found.iter().zip(&expected).find(differs) {
        None => Ok(()),
        Some((found, expected)) => Err(format!(
            "`{}` starts at {:?} with {:?}, and at {:?} with {:?} where an answer that it is not \
             fitted on is not there",
            found.name, found.initial, found.prior, expected.initial, expected.prior
        )),
    }
}
