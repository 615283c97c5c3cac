//! The laws, each a function from adapter and fixture to a verdict.

use super::fit::fitted;
use super::fixture::{Truth, stored, world};
use super::probe::{Numbers, Probe, Slope};
use super::{Fixture, Law, Verdict};
use crate::Adapter;
use burn::tensor::DType;
use medley_evaluation::{Judgement, spearman};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::collections::BTreeSet;

type Holds = fn(&dyn Adapter, &Fixture) -> Verdict;

pub(super) const ALL: &[(Law, Holds)] = &[
    (Law::Coverage, |adapter, fixture| settle(coverage(adapter, fixture))),
    (Law::Shape, |adapter, fixture| settle(shape(adapter, fixture))),
    (Law::Batch, |adapter, fixture| settle(batch(adapter, fixture))),
    (Law::Normalization, normalization),
    (Law::Finiteness, |adapter, fixture| settle(finiteness(adapter, fixture))),
    (Law::Gradient, |adapter, fixture| settle(gradient(adapter, fixture))),
    (Law::Mirror, mirror),
    (Law::Shift, shift),
    (Law::Judgement, |adapter, fixture| settle(judgement(adapter, fixture))),
    (Law::Recovery, recovery),
];

fn settle(found: Result<(), String>) -> Verdict {
    match found {
        Ok(()) => Verdict::Held,
        Err(problem) => Verdict::Broken(problem),
    }
}

fn bound<'a>(adapter: &dyn Adapter, fixture: &'a Fixture) -> Result<Probe<'a>, String> {
    Probe::bind(adapter, &fixture.dataset, &fixture.features, fixture.returns, &fixture.device)
}

fn coverage(adapter: &dyn Adapter, fixture: &Fixture) -> Result<(), String> {
    let probe = bound(adapter, fixture)?;
    let (found, expected) = (probe.objective.statements().len(), fixture.statements);
    if found != expected {
        return Err(format!("expected {expected} statements, found {found}"));
    }
    let left_out: usize = probe.objective.statements().dropped.values().sum();
    if left_out > 0 {
        return Err(format!("{left_out} records of the fixture were left out"));
    }
    Ok(())
}

fn shape(adapter: &dyn Adapter, fixture: &Fixture) -> Result<(), String> {
    let probe = bound(adapter, fixture)?;
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

fn batch(adapter: &dyn Adapter, fixture: &Fixture) -> Result<(), String> {
    let lengths: BTreeSet<usize> =
        fixture.features.windows.iter().map(ExactSizeIterator::len).collect();
    if lengths.len() < 2 {
        return Err(
            "the fixture has segments of one length only: nothing is ever padded".to_owned()
        );
    }
    let probe = bound(adapter, fixture)?;
    let numbers = probe.numbers(1, 3);
    let all = probe.all();
    let whole = probe.losses(&numbers, &all);
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

fn normalization(adapter: &dyn Adapter, fixture: &Fixture) -> Verdict {
    if fixture.responses.is_empty() {
        return Verdict::Skipped("the fixture lists no responses");
    }
    settle(sums_to_one(adapter, fixture))
}

fn sums_to_one(adapter: &dyn Adapter, fixture: &Fixture) -> Result<(), String> {
    let base = bound(adapter, fixture)?;
    let numbers = base.numbers(1, 4);
    let known: f64 = base.losses(&numbers, &base.all()).iter().sum();
    let mut sum = 0.0;
    for dataset in &fixture.responses {
        let probe =
            Probe::bind(adapter, dataset, &fixture.features, fixture.returns, &fixture.device)?;
        let own = probe.numbers(1, 4);
        let lengths = |n: &Numbers| {
            n.response.iter().map(|(name, v)| (name.clone(), v.len())).collect::<Vec<_>>()
        };
        if lengths(&own) != lengths(&numbers) {
            return Err(format!(
                "response parameters depend on the response: {:?} and {:?}",
                lengths(&numbers),
                lengths(&own)
            ));
        }
        let total: f64 = probe.losses(&numbers, &probe.all()).iter().sum();
        sum += (known - total).exp();
    }
    let (sum, tolerance) = match fixture.spacing {
        Some(spacing) => (sum * spacing, 1e-3),
        None => (sum, 1e-6),
    };
    match (sum - 1.0).abs() <= tolerance {
        true => Ok(()),
        false => Err(format!("the probabilities of all responses sum to {sum}, expected 1")),
    }
}

fn finiteness(adapter: &dyn Adapter, fixture: &Fixture) -> Result<(), String> {
    std::iter::once(&fixture.dataset).chain(&fixture.responses).try_for_each(|dataset| {
        let Fixture { features, returns, device, .. } = fixture;
        finite_at_extremes(&Probe::bind(adapter, dataset, features, *returns, device)?, fixture)
    })
}

fn finite_at_extremes(probe: &Probe<'_>, fixture: &Fixture) -> Result<(), String> {
    for sign in [1.0, -1.0] {
        let mut numbers = probe.numbers(1, 5);
        let rows = fixture.features.rows(0..fixture.features.row_count());
        let largest = rows.iter().fold(0.0f64, |m, &x| m.max(f64::from(x.abs())));
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

fn gradient(adapter: &dyn Adapter, fixture: &Fixture) -> Result<(), String> {
    let probe = bound(adapter, fixture)?;
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
    for (i, &found) in slope.weights.iter().enumerate() {
        let expected = difference(&|numbers, step| numbers.weights[i] += step);
        close(&format!("gradient of weight {i}"), found, expected)?;
    }
    for (slot, (name, values)) in slope.response.iter().enumerate() {
        for (i, &found) in values.iter().enumerate() {
            let expected = difference(&|numbers, step| numbers.response[slot].1[i] += step);
            close(&format!("gradient of `{name}` {i}"), found, expected)?;
        }
    }
    Ok(())
}

const STEP: f64 = 1e-5;

fn close(what: &str, found: f64, expected: f64) -> Result<(), String> {
    let tolerance = 1e-5 * (1.0 + expected.abs());
    match (found - expected).abs() <= tolerance {
        true => Ok(()),
        false => Err(format!("{what} is {found}, finite differences give {expected}")),
    }
}

fn mirror(adapter: &dyn Adapter, fixture: &Fixture) -> Verdict {
    let Some(mirrored) = &fixture.mirrored else {
        return Verdict::Skipped("the fixture has no mirrored dataset");
    };
    let compare = || {
        let probe = bound(adapter, fixture)?;
        let other =
            Probe::bind(adapter, mirrored, &fixture.features, fixture.returns, &fixture.device)?;
        let mut numbers = probe.numbers(1, 8);
        // A side that is favoured as such is favoured in the mirror too: offsets are left out.
        for (name, values) in &mut numbers.response {
            if name.contains("offset") {
                values.fill(0.0);
            }
        }
        let all = probe.all();
        equal("mirrored", &other.losses(&numbers, &all), &probe.losses(&numbers, &all), 1e-9)
    };
    settle(compare())
}

fn shift(adapter: &dyn Adapter, fixture: &Fixture) -> Verdict {
    let compare = || {
        let probe = bound(adapter, fixture)?;
        let numbers = probe.numbers(1, 9);
        let shifted = Numbers { shift: numbers.shift + 3.0, ..numbers.clone() };
        let all = probe.all();
        // Weights of steps (1/3, say) are single precision numbers, so that they do not quite sum
        // to 1: a shift of 3 leaves some 1e-7 behind.
        equal("shifted", &probe.losses(&shifted, &all), &probe.losses(&numbers, &all), 1e-6)
    };
    match (compare(), fixture.shift_invariant) {
        (Ok(()), true) => Verdict::Held,
        (Err(problem), true) => Verdict::Broken(problem),
        (Err(_), false) => Verdict::Skipped("the likelihood is not shift invariant"),
        (Ok(()), false) => Verdict::Broken(
            "the fixture says that a shift matters, and it changes no loss".to_owned(),
        ),
    }
}

fn judgement(adapter: &dyn Adapter, fixture: &Fixture) -> Result<(), String> {
    let probe = bound(adapter, fixture)?;
    let numbers = probe.numbers(1, 10);
    let losses = probe.losses(&numbers, &probe.all());
    let judged = probe.judge(&numbers);
    let told: Vec<f64> = judged.iter().map(|judgement| -judgement.log_likelihood).collect();
    equal("negative log-likelihoods of judgements", &told, &losses, 1e-9)?;
    judged.iter().enumerate().try_for_each(|(i, judgement)| proper(i, judgement))?;

    // An ensemble is a mixture of its members.
    let numbers = probe.numbers(3, 11);
    let losses = probe.losses(&numbers, &probe.all());
    let count = losses.len() / 3;
    for (i, judgement) in probe.judge(&numbers).iter().enumerate() {
        let hard = judgement.answer.observed.iter().all(|&share| share == 0.0 || share == 1.0);
        if hard {
            let mixed = (0..3).map(|m| (-losses[m * count + i]).exp()).sum::<f64>() / 3.0;
            close(
                &format!("likelihood of statement {i} under three members"),
                judgement.log_likelihood.exp(),
                mixed,
            )?;
        }
    }
    Ok(())
}

fn proper(statement: usize, judgement: &Judgement) -> Result<(), String> {
    if judgement.log_probabilities.is_empty() {
        return Ok(());
    }
    let predicted: f64 = judgement.log_probabilities.iter().map(|log| log.exp()).sum();
    let observed: f64 = judgement.answer.observed.iter().sum();
    for (what, sum) in [("predicted probabilities", predicted), ("observed shares", observed)] {
        if (sum - 1.0).abs() > 1e-6 {
            return Err(format!("{what} of statement {statement} sum to {sum}, expected 1"));
        }
    }
    Ok(())
}

fn recovery(adapter: &dyn Adapter, fixture: &Fixture) -> Verdict {
    let Some(simulate) = fixture.simulate else {
        return Verdict::Skipped("the fixture simulates nobody");
    };
    let recover = || {
        let dataset = world(60, 21).map_err(|error| error.to_string())?;
        let truth = Truth { features: stored(&dataset), dataset, weights: vec![2.0, -1.0, 0.5] };
        let answered = simulate(&truth, &mut ChaCha8Rng::seed_from_u64(22));
        let probe =
            Probe::bind(adapter, &answered, &truth.features, fixture.returns, &fixture.device)?;
        let learned = probe.returns(&fitted(&probe));
        let known: Vec<f64> = (0..learned.len()).map(|segment| truth.mean(segment)).collect();
        match spearman(&known, &learned) {
            Some(rho) if rho >= fixture.recovery => Ok(()),
            rho => Err(format!(
                "true and learned returns have Spearman correlation {rho:?}, expected at least {}",
                fixture.recovery
            )),
        }
    };
    settle(recover())
}

fn equal(what: &str, found: &[f64], expected: &[f64], tolerance: f64) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!("{what}: {} losses, expected {}", found.len(), expected.len()));
    }
    // A NaN agrees with nothing.
    let agrees = |a: f64, b: f64| (a - b).abs() <= tolerance * (1.0 + b.abs());
    let differs = |(_, (a, b)): &(usize, (&f64, &f64))| !agrees(**a, **b);
    match found.iter().zip(expected).enumerate().find(differs) {
        Some((i, (found, expected))) => {
            Err(format!("{what}: statement {i} has loss {found}, expected {expected}"))
        }
        None => Ok(()),
    }
}
