//! Are answers that are dealt anew the same answers?

use super::agree::{equal, judged};
use super::judgement::carried;
use crate::conformance::Verdict;
use crate::conformance::probe::Probe;
use crate::conformance::subject::Subject;
use medley_evaluation::{Answer, ResponseSet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Deals after which one that moves nothing is no accident.
const DEALS: u64 = 30;

pub(super) fn shuffled(subject: &Subject<'_>) -> Verdict {
    judged(dealt(subject))
}

fn dealt(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let mut probe = subject.bind()?;
    let all = probe.all();
    let before = probe.objective.answers(&all);
    let mut moved = false;
    for seed in 0..DEALS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        if !probe.objective.deal(std::slice::from_ref(&all), &mut rng) {
            return Ok(Some("its answers cannot be dealt anew"));
        }
        let after = probe.objective.answers(&all);
        moved |= after.list.iter().zip(&before.list).any(|(a, b)| said(a) != said(b));
        if kept(&before.responses, &after.list) != kept(&before.responses, &before.list) {
            return Err(format!("answers dealt anew by seed {seed} are not those that were given"));
        }
    }
    follows(&probe)?;
    let differ = before.list.iter().any(|answer| said(answer) != said(&before.list[0]))
        || matches!(before.responses, ResponseSet::Exchangeable | ResponseSet::TiedSets);
    match moved || !differ {
        true => Ok(None),
        false => Err(format!("{DEALS} deals moved no answer")),
    }
}

/// A loss in nats that no answer has that can be given.
const IMPOSSIBLE: f64 = 1e20;

/// Whether losses and judgements are of the answers that were dealt.
pub(super) fn follows(probe: &Probe<'_>) -> Result<(), String> {
    let numbers = probe.numbers(1, 31);
    let judged = probe.judge(&numbers);
    let told: Vec<f64> = judged.iter().map(|judgement| -judgement.log_likelihood).collect();
    let losses = probe.losses(&numbers, &probe.all());
    equal("negative log-likelihoods of answers given anew", &told, &losses, 1e-9)?;
    if let Some(i) = losses.iter().position(|&loss| loss > IMPOSSIBLE) {
        let loss = losses[i];
        return Err(format!(
            "statement {i} was given an answer that it cannot have: its loss is {loss}"
        ));
    }
    let all = probe.all();
    carried(&probe.objective.answers(&all).list, &judged, all.len())
}

/// What was said: shares of the responses and a number, by their bits.
fn said(answer: &Answer) -> (Vec<u64>, Option<u64>) {
    (bits(&answer.observed), answer.value.map(f64::to_bits))
}

fn bits(shares: &[f64]) -> Vec<u64> {
    shares.iter().map(|share| share.to_bits()).collect()
}

/// What a deal does not change: all answers where responses have a meaning, and the shares of a
/// statement, in whatever order, where they have none.
fn kept(responses: &ResponseSet, answers: &[Answer]) -> Vec<(Vec<u64>, Option<u64>)> {
    match responses {
        ResponseSet::Labelled(_) | ResponseSet::Sides(_) | ResponseSet::Density => {
            let mut all: Vec<_> = answers.iter().map(said).collect();
            all.sort();
            all
        }
        ResponseSet::Exchangeable | ResponseSet::TiedSets => {
            let sorted = |answer: &Answer| {
                let mut shares = bits(&answer.observed);
                shares.sort_unstable();
                (shares, answer.value.map(|value| value.abs().to_bits()))
            };
            answers.iter().map(sorted).collect()
        }
    }
}
