//! Is the loss a number for each statement and member, with the gradient that belongs to it?

use super::agree::{equal, near};
use crate::conformance::linear::Numbers;
use crate::conformance::probe::{Probe, Setting, Slope};
use crate::conformance::subject::Subject;
use burn::tensor::DType;
use std::collections::BTreeSet;

pub(super) fn shape(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let all = probe.all();
    for members in [1, 3] {
        let numbers = probe.numbers(members, 1);
        for size in [1, 2, 5].into_iter().filter(|&size| size <= all.len()) {
            let found = probe.loss_shape(&numbers, &all[..size]);
            if found != [members, size] {
                return Err(format!(
                    "expected a loss of shape [{members}, {size}], found {found:?}"
                ));
            }
        }
    }
    // Another second member leaves the first one's losses as they are.
    let numbers = probe.numbers(2, 2);
    let mut other = numbers.clone();
    let half = other.weights.len() / 2;
    other.weights[half..].iter_mut().for_each(|weight| *weight = -*weight + 0.5);
    let (before, after) = (probe.losses(&numbers, &all), probe.losses(&other, &all));
    if before.len() != 2 * all.len() {
        return Err(format!("{} losses of 2 members for {} statements", before.len(), all.len()));
    }
    equal("member 1 after a change of member 2", &after[..all.len()], &before[..all.len()], 1e-12)?;
    if before[all.len()..] == after[all.len()..] {
        return Err("the losses of member 2 do not depend on its weights".to_owned());
    }
    Ok(())
}

pub(super) fn batch(subject: &Subject<'_>) -> Result<(), String> {
    let windows = &subject.fixture.features.windows;
    let lengths: BTreeSet<usize> = windows.iter().map(ExactSizeIterator::len).collect();
    if lengths.len() < 2 {
        return Err(
            "the fixture has segments of one length only: nothing is ever padded".to_owned()
        );
    }
    let probe = subject.bind()?;
    let numbers = probe.numbers(1, 3);
    let all = probe.all();
    let whole = probe.losses(&numbers, &all);
    equal("the same again", &probe.losses(&numbers, &all), &whole, 1e-12)?;
    let reversed: Vec<usize> = all.iter().rev().copied().collect();
    let mut backwards = probe.losses(&numbers, &reversed);
    backwards.reverse();
    equal("reversed batch", &backwards, &whole, 1e-9)?;
    for size in [1, 2, 3] {
        let pieces: Vec<f64> =
            all.chunks(size).flat_map(|chunk| probe.losses(&numbers, chunk)).collect();
        equal(&format!("batches of {size}"), &pieces, &whole, 1e-9)?;
    }
    Ok(())
}

pub(super) fn finiteness(subject: &Subject<'_>) -> Result<(), String> {
    finite_at_extremes(&subject.bind()?)?;
    // Of a fine grid, some answers: the ends and one in twenty.
    let responses = &subject.fixture.responses;
    let step = 1 + responses.len() / 20;
    let last = responses.last().filter(|_| !(responses.len() - 1).is_multiple_of(step));
    for response in responses.iter().step_by(step).chain(last) {
        let dataset = subject.answered(response)?;
        finite_at_extremes(&subject.bind_as(Setting { dataset: &dataset, ..subject.setting() })?)?;
    }
    Ok(())
}

fn finite_at_extremes(probe: &Probe<'_>) -> Result<(), String> {
    let features = probe.setting.features;
    let rows = features.rows(0..features.row_count());
    let largest = rows.iter().fold(0.0f64, |m, &x| m.max(f64::from(x.abs())));
    for sign in [1.0, -1.0] {
        let mut numbers = probe.numbers(1, 5);
        let scale = sign * 1e4 / largest.max(1e-6);
        numbers.weights.iter_mut().for_each(|weight| *weight *= scale);
        let Slope { losses, weights, response } = probe.slope(&numbers, DType::F32);
        let finite = |name: &str, values: &[f64]| match values.iter().find(|v| !v.is_finite()) {
            Some(value) => Err(format!("{name} is {value} at returns of {:e}", sign * 1e4)),
            None => Ok(()),
        };
        finite("a loss", &losses)?;
        finite("the gradient of a weight", &weights)?;
        for (name, values) in &response {
            finite(&format!("the gradient of `{name}`"), values)?;
        }
    }
    Ok(())
}

pub(super) fn gradient(subject: &Subject<'_>) -> Result<(), String> {
    let probe = subject.bind()?;
    let numbers = probe.numbers(2, 6);
    let slope = probe.slope(&numbers, DType::F64);
    let total = |numbers: &Numbers| probe.losses(numbers, &probe.all()).iter().sum::<f64>();
    let difference = |change: &dyn Fn(&mut Numbers, f64)| {
        let at = |step: f64| {
            let mut moved = numbers.clone();
            change(&mut moved, step);
            total(&moved)
        };
        (at(STEP) - at(-STEP)) / (2.0 * STEP)
    };
    let check = |what: String, found: f64, expected: f64| match near(found, expected, 1e-5) {
        true => Ok(()),
        false => Err(format!("{what} is {found}, finite differences give {expected}")),
    };
    for (i, &found) in slope.weights.iter().enumerate() {
        let expected = difference(&|numbers, step| numbers.weights[i] += step);
        check(format!("gradient of weight {i}"), found, expected)?;
    }
    for (slot, (name, values)) in slope.response.iter().enumerate() {
        for (i, &found) in values.iter().enumerate() {
            let expected = difference(&|numbers, step| numbers.response[slot].1[i] += step);
            check(format!("gradient of `{name}` {i}"), found, expected)?;
        }
    }
    Ok(())
}

const STEP: f64 = 1e-5;
