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

/// Whatever one more question is answered, parameters fitted on the others start the same.
fn held_out_answers_do_not_matter(subject: &Subject<'_>, probe: &Probe<'_>) -> Result<(), String> {
    let responses = &subject.fixture.responses;
    let expected = probe.parameters();
    for response in responses.first().into_iter().chain(responses.last()) {
        let dataset = subject.answered(response)?;
        let other = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?;
        let fitted: Vec<usize> = other
            .all()
            .into_iter()
            .filter(|&i| (other.origins()[i].record as usize) < subject.records.len())
            .collect();
        let found = other.objective.parameters(&fitted);
        let names = |parameters: &[ResponseParameter]| -> Vec<(String, usize)> {
            parameters.iter().map(|p| (p.name.clone(), p.initial.len())).collect()
        };
        if names(&found) != names(&expected) {
            continue; // the law of normalization has it
        }
        for (found, expected) in found.iter().zip(&expected) {
            if (&found.initial, found.prior) != (&expected.initial, expected.prior) {
                return Err(format!(
                    "`{}` starts at {:?} with {:?}, and at {:?} with {:?} where an answer that it \
                     is not fitted on is not there",
                    found.name, found.initial, found.prior, expected.initial, expected.prior
                ));
            }
        }
    }
    Ok(())
}
