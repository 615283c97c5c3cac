//! Is what the likelihood predicts a distribution over the responses that it names?

use super::agree::{equal, judged, near};
use crate::conformance::Verdict;
use crate::conformance::laws::symmetry::without_sides;
use crate::conformance::linear::Numbers;
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::subject::Subject;
use medley_evaluation::{Judgement, ResponseSet, Side, tied_options};

pub(super) fn normalization(subject: &Subject<'_>) -> Verdict {
    if subject.fixture.responses.is_empty() {
        return Verdict::Skipped("the fixture lists no responses");
    }
    Verdict::from(sums_to_one(subject))
}

fn sums_to_one(subject: &Subject<'_>) -> Result<(), String> {
    let base = subject.bind()?;
    let numbers = base.numbers(1, 4);
    let known: f64 = base.losses(&numbers, &base.all()).iter().sum();
    let lengths = |probe: &Probe<'_>| -> Vec<(String, usize)> {
        probe.parameters().into_iter().map(|p| (p.name, p.initial.len())).collect()
    };
    let mut sum = 0.0;
    for response in &subject.fixture.responses {
        let dataset = subject.answered(response)?;
        let probe = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?;
        if lengths(&probe) != lengths(&base) {
            return Err(format!(
                "response parameters depend on the response: {:?} and {:?}",
                lengths(&base),
                lengths(&probe)
            ));
        }
        let total: f64 = probe.losses(&numbers, &probe.all()).iter().sum();
        sum += (known - total).exp();
    }
    let (sum, tolerance) = match subject.fixture.spacing {
        Some(spacing) => (sum * spacing, 1e-3),
        None => (sum, 1e-6),
    };
    match (sum - 1.0).abs() <= tolerance {
        true => Ok(()),
        false => Err(format!("the probabilities of all responses sum to {sum}, expected 1")),
    }
}

pub(super) fn role(subject: &Subject<'_>) -> Verdict {
    judged(roles(subject))
}

fn roles(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let probe = subject.bind()?;
    match probe.objective.responses() {
        ResponseSet::Density => Ok(Some("a density has no outcomes")),
        ResponseSet::Labelled(_) if subject.fixture.mirrored.is_some() => Err(
            "the records have two sides, so the outcomes are `ResponseSet::Sides`, found labels"
                .to_owned(),
        ),
        ResponseSet::Labelled(_) => Ok(None),
        ResponseSet::Exchangeable => options_are_alike(&probe, subject.fixture.favoured),
        ResponseSet::TiedSets => sets_of_a_size_are_alike(&probe),
        ResponseSet::Sides(sides) => sides_swap(subject, &probe, &sides),
    }
}

/// At equal rewards, options that have no place of their own are equally likely, whoever answers.
fn options_are_alike(probe: &Probe<'_>, favoured: bool) -> Result<Option<&'static str>, String> {
    let indifferent = |seed| Numbers { shift: 0.0, ..probe.numbers(1, seed).scaled(0.0) };
    let [judged, others] = [31, 32].map(|seed| probe.judge(&indifferent(seed)));
    for (i, (one, other)) in judged.iter().zip(&others).enumerate() {
        equal(
            &format!("options of statement {i} at equal rewards under other response parameters"),
            &other.log_probabilities,
            &one.log_probabilities,
            1e-6,
        )?;
        let first = one.log_probabilities.first().copied().unwrap_or(0.0);
        if !favoured && one.log_probabilities.iter().any(|&log| !near(log, first, 1e-6)) {
            return Err(format!(
                "options of statement {i} are exchangeable, and at equal rewards have log-probabilities {:?}",
                one.log_probabilities
            ));
        }
    }
    Ok(None)
}

/// At equal rewards, sets of as many options are equally likely.
fn sets_of_a_size_are_alike(probe: &Probe<'_>) -> Result<Option<&'static str>, String> {
    let indifferent = Numbers { shift: 0.0, ..probe.numbers(1, 31).scaled(0.0) };
    for (i, judgement) in probe.judge(&indifferent).iter().enumerate() {
        let logs = &judgement.log_probabilities;
        if !(logs.len() + 1).is_power_of_two() {
            return Err(format!(
                "statement {i} has {} outcomes, which are not all nonempty sets of some options",
                logs.len()
            ));
        }
        let first_of = |set: usize| (1 << tied_options(set)) - 2; // the lowest options
        if let Some(set) = (0..logs.len()).find(|&s| !near(logs[s], logs[first_of(s)], 1e-6)) {
            return Err(format!(
                "sets of {} options of statement {i} are exchangeable, and at equal rewards have \
                 log-probabilities {} and {}",
                tied_options(set),
                logs[set],
                logs[first_of(set)]
            ));
        }
    }
    Ok(None)
}

/// With the records mirrored, each outcome is as likely as that of the other side was.
fn sides_swap(
    subject: &Subject<'_>,
    probe: &Probe<'_>,
    sides: &[Side],
) -> Result<Option<&'static str>, String> {
    let Some(dataset) = subject.mirrored()? else {
        return Ok(Some("the fixture has no mirrored records"));
    };
    let other = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?;
    let numbers = without_sides(&probe.parameters(), probe.numbers(1, 33));
    let swapped: Vec<usize> = sides
        .iter()
        .map(|side| place_of_swapped(sides, *side))
        .collect::<Option<_>>()
        .ok_or("the sides are no comparison: a grade is there for one side only")?;
    let theirs = other
        .carried(probe, &numbers)
        .ok_or("the mirrored records have other response parameters")?;
    for (i, (one, mirror)) in probe.judge(&numbers).iter().zip(other.judge(&theirs)).enumerate() {
        let turned =
            |values: &[f64]| -> Vec<f64> { swapped.iter().map(|&place| values[place]).collect() };
        let compare = |what: &str, of: fn(&Judgement) -> &[f64]| {
            let what = format!("{what} of statement {i} in the mirror");
            if of(&mirror).len() != swapped.len() || of(one).len() != swapped.len() {
                return Err(format!("{what}: expected {} outcomes", swapped.len()));
            }
            equal(&what, &turned(of(&mirror)), of(one), 1e-6)
        };
        compare("shares", |judgement| &judgement.answer.observed)?;
        compare("log-probabilities", |judgement| &judgement.log_probabilities)?;
    }
    Ok(None)
}

fn place_of_swapped(sides: &[Side], side: Side) -> Option<usize> {
    let other = match side {
        Side::First { grade } => Side::Second { grade },
        Side::Second { grade } => Side::First { grade },
        Side::Tie => Side::Tie,
    };
    sides.iter().position(|&known| known == other)
}
