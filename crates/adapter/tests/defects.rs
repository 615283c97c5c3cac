//! Defects, each injected into a copy of an adapter: the conformance suite catches every one, by
//! the law that should. They are those of other projects (multi-type-feedback, RLHF-Blender,
//! ms-swift, APReL, OpenRLHF, reward models scored with padding), and those that an earlier suite,
//! which saw losses only, let through.
#![allow(clippy::unwrap_used)]

mod copied;

use burn::tensor::Device;
use copied::{Copied, Marked};
use medley_adapter::Query;
use medley_adapter::conformance::{Fixture, Law, RecordSet, Truth, check, world};
use medley_feedback as feedback;
use medley_reward_model::Returns;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Who won: the first, neither, the second.
fn answer(first: usize, second: usize, won: usize) -> feedback::Comparison {
    let [a, b] = [first, second].map(|segment| format!("s{segment}").as_str().into());
    let record = feedback::Comparison::new(a, b, [1.0, 0.5, 0.0][won]);
    feedback::Comparison { tie: if won == 1 { 1.0 } else { 0.0 }, ..record }
}

fn simulate(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..400).map(|i| {
        let (first, second) = (i % 60, (i + 1 + rng.random_range(0..59)) % 60);
        let gain = 3.0 * (truth.mean(first) - truth.mean(second));
        let p = |gain: f64| 1.0 / (1.0 + (0.5 - gain).exp());
        let drawn = rng.random::<f64>();
        let won = match drawn {
            _ if drawn < p(gain) => 0,
            _ if drawn > 1.0 - p(-gain) => 2,
            _ => 1,
        };
        answer(first, second, won)
    });
    RecordSet::new(records.collect())
}

fn queries() -> Vec<Query> {
    let about = [(0, 1), (2, 0), (1, 4), (5, 4), (6, 7), (9, 8), (11, 10), (3, 9)];
    about.map(|(a, b)| Query { segments: vec![a, b], ..Query::default() }).to_vec()
}

fn fixture() -> Fixture {
    let said = [
        (0, 1, 0),
        (0, 2, 2),
        (4, 1, 1),
        (5, 4, 2),
        (7, 6, 0),
        (8, 9, 2),
        (10, 11, 1),
        (9, 10, 0),
        (2, 3, 2),
    ];
    let records = |turned: bool| {
        let one = |&(a, b, won)| if turned { answer(b, a, 2 - won) } else { answer(a, b, won) };
        RecordSet::new(said.iter().map(one).collect())
    };
    let responses = [0, 1, 2].map(|won| RecordSet::new(vec![answer(9, 11, won)])).to_vec();
    Fixture {
        responses,
        mirrored: Some(records(true)),
        shift_invariant: true,
        simulate: Some(simulate),
        queries: queries(),
        ..Fixture::new(world(12, 1).unwrap(), records(false), said.len(), Device::flex())
    }
}

#[track_caller]
fn keeps_every_law(adapter: Copied, fixture: &Fixture) {
    let report = check(&adapter, fixture).map_err(|failures| failures.to_string()).unwrap();
    // The copies say nothing of how they look to models of people.
    assert_eq!(report.skipped.iter().map(|(law, _)| *law).collect::<Vec<_>>(), [Law::Linear]);
    assert_eq!(report.held.len(), 27);
}

#[test]
fn the_sound_copy_keeps_every_law() {
    keeps_every_law(Copied::Sound, &fixture());
}

/// Which place an outcome has in the response set is nobody's business, as long as shares,
/// predictions and roles agree.
#[test]
fn another_order_of_outcomes_is_harmless() {
    keeps_every_law(Copied::OutcomesInAnotherOrder, &fixture());
}

/// The prior of a threshold is a choice: data settle it, unless all answers are of one kind. That
/// of the rationality is not, since only it tells a large reward from a careful person.
#[test]
fn a_threshold_without_prior_is_harmless() {
    keeps_every_law(Copied::FreeThreshold, &fixture());
}

#[test]
fn every_defect_is_caught_by_its_law() {
    let mut fixture = fixture();
    for (defect, law) in copied::DEFECTS {
        // A fit takes most of the time, and only this law looks at it.
        fixture.simulate = (*law == Law::Recovery).then_some(simulate);
        fixture.queries = if *law == Law::Elicited { queries() } else { Vec::new() };
        let failures = check(defect, &fixture).expect_err(&format!("{defect:?} is not caught"));
        assert!(failures.broke(*law), "{defect:?} should break {law:?}, and broke:\n{failures}");
    }
}

/// No law is there for nothing.
#[test]
fn every_law_catches_a_defect() {
    let report = check(&Copied::Sound, &fixture()).unwrap();
    let idle: Vec<Law> = report
        .held
        .into_iter()
        .filter(|law| !copied::DEFECTS.iter().any(|(_, broken)| broken == law))
        .collect();
    assert_eq!(idle, []);
}

/// A fitted model with values the wrong way round shows in the rank correlation alone, where no
/// law but recovery has anything to compare with.
#[test]
fn a_value_of_the_wrong_sign_is_caught_by_a_fit() {
    for defect in [Copied::ValueSign, Copied::ObservedSign] {
        let failures = check(&defect, &fixture()).unwrap_err();
        assert!(failures.broke(Law::Recovery), "{defect:?}: {failures}");
    }
}

/// Of two spans, s2 and s3 have steps that nobody marked.
fn marks() -> Fixture {
    let mark = |segment: usize, steps: std::ops::Range<u32>, polarity| feedback::Critique {
        first_step: Some(steps.start),
        end_step: Some(steps.end),
        ..feedback::Critique::new(format!("s{segment}").as_str().into(), polarity)
    };
    let (blame, praise) = (feedback::Polarity::Negative, feedback::Polarity::Positive);
    let records = vec![
        mark(1, 0..2, blame),
        mark(2, 1..3, praise),
        mark(3, 0..3, blame),
        mark(5, 0..2, praise),
        mark(6, 0..3, blame),
    ];
    let responses = [blame, praise].map(|said| RecordSet::new(vec![mark(7, 1..4, said)]));
    Fixture {
        responses: responses.to_vec(),
        step_order: true,
        unread_steps: vec![(2, 0), (3, 3)],
        ..Fixture::new(world(12, 1).unwrap(), RecordSet::new(records), 5, Device::flex())
    }
}

/// The order of steps matters where feedback is about some of them, and which these are does too.
#[test]
fn a_span_is_read_to_its_end_and_no_further() {
    let report = check(&Marked::Sound, &marks()).map_err(|failures| failures.to_string()).unwrap();
    assert!(report.held.contains(&Law::StepOrder), "{report:?}");
    for (defect, problem) in [
        (Marked::FirstStepOnly, "no loss depends on step 1 of segment 1"),
        (Marked::WholeSegment, "changes no loss"),
    ] {
        let failures = check(&defect, &marks()).unwrap_err();
        assert!(failures.broke(Law::StepOrder), "{defect:?}: {failures}");
        assert!(failures.to_string().contains(problem), "{defect:?}: {failures}");
    }
}

/// A sum over padded steps only shows under a model that gives them a reward; a mean over the
/// padded length shows under any.
#[test]
fn a_sound_copy_keeps_the_laws_under_every_return() {
    for returns in [Returns::Sum, Returns::Discounted(0.9)] {
        // Sums of segments of unequal length move with a shift.
        let sum = Fixture { returns, shift_invariant: false, ..fixture() };
        check(&Copied::Sound, &sum).map_err(|failures| failures.to_string()).unwrap();
    }
}
