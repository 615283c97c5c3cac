//! Does a change that should not matter change nothing?

use super::agree::{equal, judged};
use crate::conformance::Verdict;
use crate::conformance::linear::Numbers;
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::subject::Subject;
use crate::{ParameterRole, ResponseParameter};
use medley_encoder::Features;
use medley_evaluation::Judgement;
use medley_reward_model::Returns;
use std::collections::BTreeSet;
use std::ops::Range;

/// `numbers` where no side is favoured as such: it would be in the mirror too.
pub(super) fn without_sides(parameters: &[ResponseParameter], mut numbers: Numbers) -> Numbers {
    for parameter in parameters.iter().filter(|p| p.role == ParameterRole::PositionBias) {
        if let Some(values) = numbers.get_mut(&parameter.name) {
            values.fill(0.0);
        }
    }
    numbers
}

pub(super) fn mirror(subject: &Subject<'_>) -> Verdict {
    judged(sides_swapped(subject))
}

fn sides_swapped(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let Some(dataset) = subject.mirrored()? else {
        return Ok(Some("the fixture has no mirrored records"));
    };
    let probe = subject.bind()?;
    let other = subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?;
    let numbers = without_sides(&probe.parameters(), probe.numbers(1, 8));
    let Some(theirs) = other.carried(&probe, &numbers) else {
        return Err("the mirrored records have other response parameters".to_owned());
    };
    let losses = probe.losses(&numbers, &probe.all());
    equal("mirrored", &other.losses(&theirs, &other.all()), &losses, 1e-9)?;
    let (judged, mirrored) = (probe.judge(&numbers), other.judge(&theirs));
    for (i, (one, mirror)) in judged.iter().zip(&mirrored).enumerate() {
        turned(&format!("statement {i} in the mirror"), one, mirror)?;
    }
    Ok(None)
}

/// Values change their sign in the mirror if they are said to, and else stay.
fn turned(what: &str, one: &Judgement, mirror: &Judgement) -> Result<(), String> {
    if one.answer.antisymmetric != mirror.answer.antisymmetric {
        return Err(format!("{what}: `antisymmetric` differs"));
    }
    let sign = if one.answer.antisymmetric { -1.0 } else { 1.0 };
    let values = [
        ("observed value", one.answer.value, mirror.answer.value),
        ("predicted value", one.predicted_value, mirror.predicted_value),
    ];
    for (of, value, found) in values {
        if let (Some(value), Some(found)) = (value, found)
            && (found - sign * value).abs() > 1e-9 * (1.0 + value.abs())
        {
            let expected = sign * value;
            return Err(format!("{of} of {what} is {found}, expected {expected}"));
        }
    }
    Ok(())
}

pub(super) fn shift(subject: &Subject<'_>) -> Verdict {
    let compare = || {
        let probe = subject.bind()?;
        let numbers = probe.numbers(1, 9);
        let shifted = Numbers { shift: numbers.shift + 3.0, ..numbers.clone() };
        let all = probe.all();
        // Weights of steps (1/3, say) are single precision numbers, so that they do not quite sum
        // to 1: a shift of 3 leaves some 1e-7 behind.
        equal("shifted", &probe.losses(&shifted, &all), &probe.losses(&numbers, &all), 1e-6)
    };
    match (compare(), subject.fixture.shift_invariant) {
        (Ok(()), true) => Verdict::Held,
        (Err(problem), true) => Verdict::Broken(problem),
        (Err(_), false) => Verdict::Skipped("the likelihood is not shift invariant"),
        (Ok(()), false) => Verdict::Broken(
            "the fixture says that a shift matters, and it changes no loss".to_owned(),
        ),
    }
}

pub(super) fn step_order(subject: &Subject<'_>) -> Verdict {
    judged(steps_count_alike(subject))
}

fn steps_count_alike(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let features = &subject.fixture.features;
    if !apart(&features.windows) {
        return Ok(Some("segments of the fixture share steps"));
    }
    let probe = subject.bind()?;
    if probe.origins().iter().all(|origin| origin.segments.is_empty()) {
        return Ok(Some("no statement is about a segment"));
    }
    let numbers = probe.numbers(1, 12);
    let all = probe.all();
    let losses_of = |features| probe.losses_seeing(features, Returns::Mean, &numbers, &all);
    let losses = losses_of(features);
    let reversed = rearranged(features, |window, row| window.start + window.end - 1 - row);
    let backwards = losses_of(&reversed);
    match (equal("steps in reverse order", &backwards, &losses, 1e-9), subject.fixture.step_order) {
        (Err(problem), false) => return Err(problem),
        (Ok(()), true) => {
            return Err("the fixture says that the order of steps matters, and it changes no loss"
                .to_owned());
        }
        _ => {}
    }
    every_step_counts(&probe, &numbers, &losses, &subject.fixture.unread_steps)?;
    Ok(None)
}

/// Every step of a segment that is read, but those that are known to be `unread`.
fn every_step_counts(
    probe: &Probe<'_>,
    numbers: &Numbers,
    losses: &[f64],
    unread: &[(u32, usize)],
) -> Result<(), String> {
    let features = probe.setting.features;
    let read: BTreeSet<u32> = probe.origins().iter().flat_map(|o| o.segments.clone()).collect();
    for segment in read {
        let window = features.windows[segment as usize].clone();
        for row in window.clone() {
            let moved = moved(features, |changed| changed == row);
            let changed = probe.losses_seeing(&moved, Returns::Mean, numbers, &probe.all());
            let step = row - window.start;
            match (equal("", &changed, losses, 1e-9), unread.contains(&(segment, step))) {
                (Ok(()), false) => {
                    return Err(format!("no loss depends on step {step} of segment {segment}"));
                }
                (Err(_), true) => {
                    return Err(format!(
                        "a loss depends on step {step} of segment {segment}, which the fixture says \
                         that no statement is about"
                    ));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Features with the rows that `which` names moved away.
pub(super) fn moved(features: &Features, which: impl Fn(usize) -> bool) -> Features {
    let width = features.feature_count();
    let mut values = features.rows(0..features.row_count()).into_owned();
    for (row, values) in values.chunks_mut(width.max(1)).enumerate() {
        if which(row) {
            values.iter_mut().enumerate().for_each(|(i, value)| *value += 0.5 + 0.25 * i as f32);
        }
    }
    Features::new(features.names.clone(), values, features.windows.clone())
}

/// Features where each row of a window comes from another one of it.
fn rearranged(features: &Features, from: impl Fn(&Range<usize>, usize) -> usize) -> Features {
    let mut values = features.rows(0..features.row_count()).into_owned();
    let width = features.feature_count();
    for window in &features.windows {
        for row in window.clone() {
            let source = from(window, row);
            values[row * width..][..width].copy_from_slice(&features.rows(source..source + 1));
        }
    }
    Features::new(features.names.clone(), values, features.windows.clone())
}

fn apart(windows: &[Range<usize>]) -> bool {
    let mut sorted: Vec<&Range<usize>> = windows.iter().collect();
    sorted.sort_by_key(|window| window.start);
    sorted.windows(2).all(|pair| pair[0].end <= pair[1].start)
}
