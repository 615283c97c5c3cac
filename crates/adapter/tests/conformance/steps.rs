//! Kinds about steps of a segment: critiques and stops.

use crate::{
    about_each, fixture, id, keeps, keeps_beyond_sums, keeps_unfitted, keeps_unfitted_beyond_sums,
    sigmoid,
};
use medley_adapter::conformance::{Fixture, Law, RecordSet, Simulation, Truth};
use medley_adapter::{Critique, LearnedOr, Sharing, Silence, Stop, Unit};
use medley_feedback::{self as feedback, Polarity, Severity};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const SKIPPED: [Law; 3] = [Law::Mirror, Law::Shift, Law::Pair];

fn remark(segment: usize, steps: Option<(u32, u32)>) -> feedback::Critique {
    let polarity = if steps.is_some() { Polarity::Negative } else { Polarity::Neutral };
    feedback::Critique {
        first_step: steps.map(|(first, _)| first),
        end_step: steps.map(|(_, end)| end),
        ..feedback::Critique::new(id(segment), polarity)
    }
}

fn criticize(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let mut records = Vec::new();
    for segment in 0..60 {
        let before = records.len();
        for (step, reward) in truth.rewards(segment).iter().enumerate() {
            if rng.random::<f64>() < sigmoid(-4.0 * reward) {
                records.push(remark(segment, Some((step as u32, step as u32 + 1))));
            }
        }
        if records.len() == before {
            records.push(remark(segment, None));
        }
    }
    RecordSet::new(records)
}

fn critique_fixture() -> Fixture {
    // Steps: 2 of s1, 3 of s2, 4 of s3.
    let records = vec![remark(1, Some((0, 1))), remark(2, Some((1, 3))), remark(3, None)];
    // s9 has two steps: nothing marked, either, both.
    let answers = vec![
        vec![remark(9, None)],
        vec![remark(9, Some((0, 1)))],
        vec![remark(9, Some((1, 2)))],
        vec![remark(9, Some((0, 1))), remark(9, Some((1, 2)))],
    ];
    // Blame, praise and nothing are asked for, where the records only blame.
    let queries = about_each();
    let simulate = Some(criticize as Simulation);
    Fixture { step_order: true, simulate, queries, ..fixture(records, 9, answers) }
}

#[test]
fn critique_keeps_all_laws() {
    let fixture = critique_fixture();
    keeps(&Critique::default(), &fixture, &SKIPPED);
    let each = Sharing::PerAnnotator;
    let by_annotator = Critique { rationality: each, cutpoints: each, ..Critique::default() };
    keeps(&by_annotator, &fixture, &SKIPPED);
}

/// A span is one unit, and its unmarked neighbours one each: which units there are depends on what
/// was said, so that no list of answers has one response set.
#[test]
fn critique_of_spans_keeps_all_laws() {
    let records = vec![
        remark(1, Some((0, 1))),
        remark(2, Some((1, 3))),
        remark(3, None),
        remark(5, Some((0, 2))),
        remark(4, None),
    ];
    let fixture = Fixture { step_order: true, ..fixture(records, 2 + 2 + 4 + 1 + 1, vec![]) };
    let skipped = [&[Law::Normalization][..], &SKIPPED].concat();
    keeps_unfitted(&Critique { unit: Unit::Span, ..Critique::default() }, &fixture, &skipped);
}

/// Blame and praise with a severity, and nothing read into silence.
#[test]
fn critique_with_severity_keeps_all_laws() {
    let of = |segment, steps, polarity, severity| feedback::Critique {
        polarity,
        severity: Some(severity),
        ..remark(segment, Some(steps))
    };
    let said = |first: usize| {
        [
            of(first, (0, 1), Polarity::Negative, Severity::Major),
            of(first, (1, 2), Polarity::Positive, Severity::Minor),
            of(first + 1, (0, 1), Polarity::Negative, Severity::Minor),
        ]
    };
    let records = [said(1), said(5), said(9)].concat();
    let answers = [
        (Polarity::Negative, Severity::Major),
        (Polarity::Negative, Severity::Minor),
        (Polarity::Positive, Severity::Minor),
    ];
    let answers =
        answers.map(|(polarity, severity)| vec![of(7, (2, 3), polarity, severity)]).to_vec();
    // Of s2, s6 and s10, which have three steps, only the first is marked.
    let unread_steps = [2, 6, 10].iter().flat_map(|&s| [(s, 1), (s, 2)]).collect();
    let fixture = Fixture { step_order: true, unread_steps, ..fixture(records, 9, answers) };
    let options = Critique { severity: true, silence: Silence::Ignore, ..Critique::default() };
    keeps_unfitted(&options, &fixture, &SKIPPED);
}

/// 9 steps, judged under each of two aspects; the shift is on the residual head, which no remark
/// with an aspect addresses.
#[test]
fn critique_with_aspect_heads_keeps_all_laws() {
    let about = |segment, steps, aspect: &str| feedback::Critique {
        aspect: Some(aspect.to_owned()),
        ..remark(segment, Some(steps))
    };
    let of_both = |segment| [about(segment, (0, 1), "style"), about(segment, (1, 2), "facts")];
    let records = [of_both(1), of_both(5), of_both(10)].concat();
    let fixture = Fixture {
        shift_invariant: true,
        step_order: true,
        ..fixture(records, 2 * (2 + 2 + 3), vec![])
    };
    let skipped = [Law::Normalization, Law::Mirror, Law::Pair];
    let own = Critique { aspect_heads: true, ..Critique::default() };
    keeps_unfitted_beyond_sums(&own, &fixture, &skipped);
}

fn stop(segment: usize, step: Option<u32>) -> feedback::Stop {
    feedback::Stop { segment: id(segment), step, provenance: feedback::Provenance::default() }
}

fn watch(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..600).map(|i| {
        let mut discounted = 0.0;
        let step = truth.rewards(i % 60).iter().position(|reward| {
            discounted = 0.9 * discounted + (-2.0 * reward).exp().ln_1p();
            rng.random::<f64>() < 1.0 - (-0.5 * discounted).exp()
        });
        stop(i % 60, step.map(|step| step as u32))
    });
    RecordSet::new(records.collect())
}

#[test]
fn stop_keeps_all_laws() {
    let records = vec![
        stop(0, None),
        stop(1, Some(1)),
        stop(3, Some(2)),
        stop(2, None),
        stop(7, Some(0)),
        stop(5, None),
    ];
    // s10 has three steps.
    let answers = [Some(0), Some(1), Some(2), None].map(|step| vec![stop(10, step)]).to_vec();
    // What came after a stop: s3 and s7 have four steps.
    let unread_steps = vec![(3, 3), (7, 1), (7, 2), (7, 3)];
    let fixture = Fixture {
        step_order: true,
        unread_steps,
        simulate: Some(watch),
        queries: about_each(),
        ..fixture(records, 6, answers)
    };
    keeps_beyond_sums(&Stop::default(), &fixture, &SKIPPED);
    let each = Sharing::PerAnnotator;
    let by_annotator = Stop {
        rationality: each,
        impatience: each,
        reference: LearnedOr::Fixed(0.3),
        discount: 0.5,
    };
    keeps_beyond_sums(&by_annotator, &fixture, &SKIPPED);
}
