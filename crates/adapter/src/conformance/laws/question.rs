//! Are questions known by their names: which are repeats, and which segments do they compare?

use super::agree::{equal, judged};
use super::scale::of_sides;
use crate::conformance::Verdict;
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::subject::Subject;
use medley_evaluation::{Judgement, ResponseSet};
use std::collections::BTreeMap;

pub(super) fn item(subject: &Subject<'_>) -> Verdict {
    judged(items(subject))
}

fn items(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let once = counted(&subject.bind()?);
    if once.is_empty() {
        return Ok(Some("no statement names its item"));
    }
    // Everything is asked once more, of other people.
    let dataset = subject.with(&subject.records.and(&subject.records.repeated()?))?;
    let probe = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?;
    let twice = counted(&probe);
    for (item, count) in &twice {
        if once.get(item).is_none_or(|before| count < &(2 * before)) {
            return Err(format!(
                "item {item} is there {count} times after everything was asked of other people \
                 too, and {} times before",
                once.get(item).unwrap_or(&0)
            ));
        }
    }
    one_question_each(&probe)?;
    Ok(None)
}

/// How often each item is there.
fn counted(probe: &Probe<'_>) -> BTreeMap<u64, usize> {
    let mut counts = BTreeMap::new();
    for item in probe.objective.answers(&probe.all()).list.iter().filter_map(|a| a.item) {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

/// Statements of one item are predicted alike where people do not differ.
fn one_question_each(probe: &Probe<'_>) -> Result<(), String> {
    let judged = probe.judge(&probe.numbers_at_start(1, 17));
    let predicted = |judgement: &Judgement| match judgement.log_probabilities.is_empty() {
        true => judgement.predicted_value.into_iter().collect(),
        false => judgement.log_probabilities.clone(),
    };
    let mut known: BTreeMap<u64, (usize, Vec<f64>)> = BTreeMap::new();
    for (i, judgement) in judged.iter().enumerate() {
        let Some(item) = judgement.answer.item else { continue };
        let found = predicted(judgement);
        let (first, expected) = known.entry(item).or_insert_with(|| (i, found.clone()));
        equal("", &found, expected, 1e-9).map_err(|_| {
            format!(
                "statements {first} and {i} are one item, and are predicted as {expected:?} and {found:?}"
            )
        })?;
    }
    Ok(())
}

pub(super) fn pair(subject: &Subject<'_>) -> Verdict {
    judged(pairs(subject))
}

/// The first outcome, or the first side, is for the first of the pair.
fn pairs(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let probe = subject.bind()?;
    let responses = probe.objective.responses();
    let numbers = [18, 19].map(|seed| probe.numbers_at_start(1, seed));
    let judged = numbers.each_ref().map(|numbers| probe.judge(numbers));
    let returns = numbers.each_ref().map(|numbers| probe.returns(numbers));
    let mut named = 0;
    for (i, (one, other)) in judged[0].iter().zip(&judged[1]).enumerate() {
        let Some((first, second)) = one.answer.pair else { continue };
        named += 1;
        let lead =
            |returns: &[f64]| Some(returns.get(first as usize)? - returns.get(second as usize)?);
        let Some((before, after)) = lead(&returns[0]).zip(lead(&returns[1])) else {
            return Err(format!("statement {i} is about segments {first} and {second}"));
        };
        let (Some(was), Some(is)) = (odds(&responses, one), odds(&responses, other)) else {
            return Err(format!("statement {i} names a pair, and has not two sides"));
        };
        let (gained, expected) = (is - was, after - before);
        if expected.abs() > 1e-6 && gained * expected <= 0.0 {
            return Err(format!(
                "the return of segment {first} less that of {second} changes by {expected}, and \
                 the log-odds of the first side of statement {i} by {gained}"
            ));
        }
    }
    Ok((named == 0).then_some("no statement names a pair"))
}

/// Log-odds of the first of two sides.
fn odds(responses: &ResponseSet, judgement: &Judgement) -> Option<f64> {
    let masses: Vec<f64> = judgement.log_probabilities.iter().map(|log| log.exp()).collect();
    let [first, second] = match (responses, &masses[..]) {
        (ResponseSet::Exchangeable, &[first, second])
        | (ResponseSet::TiedSets, &[first, second, _]) => [first, second],
        (ResponseSet::Sides(sides), masses) => of_sides(sides, masses),
        _ => return None,
    };
    Some(first.ln() - second.ln())
}
