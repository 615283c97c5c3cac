//! Distortions by hand, and as distributions.
#![allow(clippy::unwrap_used)]

use medley_adapter::Outcomes;
use medley_annotator::{
    Anchoring, CentralTendency, Chances, Delay, Distortion, Drift, Equals, Fatigue, Inertia,
    Instead, Mistakes, Moment, Myopia, PositionBias, Round, Skips, Suboptimal, Teacher,
};
use proptest::prelude::*;

const ROUND: Round = Round { recent_return: 80.0, longest_episode: 200 };

/// A question about two segments of 50 steps.
fn moment<'a>(outcomes: Outcomes<'a>, totals: &'a [f64]) -> Moment<'a> {
    Moment {
        number: 3,
        seconds: 20.0,
        previous: None,
        outcomes: Some(outcomes),
        totals,
        length: 50,
        distance: 0.5,
        round: &ROUND,
    }
}

fn logs(probabilities: &[f64]) -> Vec<f64> {
    probabilities.iter().map(|p| p.ln()).collect()
}

/// Probabilities of the outcomes, of an even answer beside them, and of none.
#[track_caller]
fn check(
    distortion: &dyn Distortion,
    before: &[f64],
    moment: &Moment<'_>,
    (outcomes, even, unanswered): (&[f64], f64, f64),
) {
    let mut chances = Chances::new(&logs(before));
    distortion.distort(&mut chances, moment);
    let (found, found_even, found_unanswered) = chances.probabilities();
    let found: Vec<f64> = found.into_iter().chain([found_even, found_unanswered]).collect();
    let expect: Vec<f64> = outcomes.iter().copied().chain([even, unanswered]).collect();
    assert_eq!(found.len(), expect.len(), "{found:?}");
    let is_close = found.iter().zip(&expect).all(|(f, e)| (f - e).abs() < 1e-12);
    assert!(is_close, "{distortion:?}: found {found:?}, expected {expect:?}");
}

const TWO: Outcomes<'_> = Outcomes::Sides(&[1.0, -1.0]);
const TIED: Outcomes<'_> = Outcomes::Sides(&[1.0, 0.0, -1.0]);

#[test]
fn mistakes_by_hand() {
    let at = moment(TIED, &[1.0, 2.0]);
    let turned = Mistakes { share: 0.25, to: Instead::Opposite };
    check(&turned, &[0.6, 0.2, 0.2], &at, (&[0.5, 0.2, 0.3], 0.0, 0.0));
    let any = Mistakes { share: 0.3, to: Instead::Uniform };
    check(&any, &[0.6, 0.2, 0.2], &at, (&[0.52, 0.24, 0.24], 0.0, 0.0));
    // Who always says the opposite, of levels.
    let levels = moment(Outcomes::Levels, &[1.0]);
    let adversary = Mistakes { share: 1.0, to: Instead::Opposite };
    check(&adversary, &[0.7, 0.2, 0.1], &levels, (&[0.1, 0.2, 0.7], 0.0, 0.0));
    // What cannot be said is not said by mistake.
    let spammer = Mistakes { share: 1.0, to: Instead::Uniform };
    check(&spammer, &[0.9, 0.0, 0.1], &levels, (&[0.5, 0.0, 0.5], 0.0, 0.0));
}

/// The threshold: 0.1 of 80 in 200 steps, for 50 of them, is 2.
#[test]
fn thresholds_of_b_pref_by_hand() {
    let skips = Skips { epsilon: Some(0.1), share: 0.25 };
    let before = [0.6, 0.4];
    check(&skips, &before, &moment(TWO, &[1.0, 2.0]), (&[0.0, 0.0], 0.0, 1.0));
    check(&skips, &before, &moment(TWO, &[1.0, 2.1]), (&[0.45, 0.3], 0.0, 0.25));
    let equals = Equals { epsilon: 0.1 };
    check(&equals, &before, &moment(TWO, &[5.0, 6.9]), (&[0.0, 0.0], 1.0, 0.0));
    check(&equals, &before, &moment(TWO, &[5.0, 7.0]), (&before, 0.0, 0.0));
    // Where the likelihood has a tie, that is what is said.
    let three = [0.5, 0.2, 0.3];
    check(&equals, &three, &moment(TIED, &[5.0, 6.9]), (&[0.0, 1.0, 0.0], 0.0, 0.0));
}

#[test]
fn myopia_by_hand() {
    let mut rewards = [8.0, 4.0, 2.0, 1.0];
    Myopia { discount: 0.5 }.perceive(&mut rewards);
    assert_eq!(rewards, [1.0, 1.0, 1.0, 1.0]);
    let mut rewards = [8.0, 4.0];
    Myopia { discount: 0.0 }.perceive(&mut rewards);
    assert_eq!(rewards, [0.0, 4.0]);
}

#[test]
fn tilts_by_hand() {
    let nats = 3f64.ln();
    // Odds of 1 to 1 become 3 to 1.
    let first = PositionBias { nats };
    check(&first, &[0.5, 0.5], &moment(TWO, &[]), (&[0.75, 0.25], 0.0, 0.0));
    // Option 0 is shown last, option 2 first; a factor of 3 between these, of the root between others.
    let shown = Outcomes::Options(&[2, 1, 0]);
    let root = 3f64.sqrt();
    let sum = 1.0 + root + 3.0;
    let third = [1.0 / 3.0; 3];
    let expect = [1.0 / sum, root / sum, 3.0 / sum];
    check(&first, &third, &moment(shown, &[]), (&expect, 0.0, 0.0));
    // Three questions of a third each.
    let milder = Drift { nats: nats / 3.0 };
    let levels = moment(Outcomes::Levels, &[]);
    check(&milder, &third, &levels, (&expect, 0.0, 0.0));
    let sum = 1.0 + 3.0 + 1.0;
    let middle = CentralTendency { nats };
    check(&middle, &third, &levels, (&[1.0 / sum, 3.0 / sum, 1.0 / sum], 0.0, 0.0));
    let anchored = Moment { previous: Some(2), ..levels };
    check(&Anchoring { nats }, &third, &anchored, (&expect, 0.0, 0.0));
    check(&Anchoring { nats }, &third, &levels, (&third, 0.0, 0.0));
    // What is there is favoured by ln 3 at a distance of a half.
    let inertia = Inertia { nats: 0.0, per_distance: 2.0 * nats };
    check(&inertia, &[0.5, 0.5], &moment(Outcomes::Change, &[]), (&[0.75, 0.25], 0.0, 0.0));
}

#[test]
fn care_by_hand() {
    // Odds of 16 to 1, to the power of 1/2 after three of three questions.
    let tired = Fatigue { half_life: 3.0, floor: 0.0 };
    let before = [16.0 / 17.0, 1.0 / 17.0];
    check(&tired, &before, &moment(TWO, &[]), (&[0.8, 0.2], 0.0, 0.0));
    let never = Fatigue { half_life: 3.0, floor: 1.0 };
    check(&never, &before, &moment(TWO, &[]), (&before, 0.0, 0.0));
    let shown = moment(Outcomes::Options(&[0, 1]), &[]);
    let careless = Suboptimal { share: 0.5, care: 0.5 };
    let expect = [(16.0 / 17.0 + 0.8) / 2.0, (1.0 / 17.0 + 0.2) / 2.0];
    check(&careless, &before, &shown, (&expect, 0.0, 0.0));
}

#[test]
fn stops_come_late_by_hand() {
    let two_steps_late = Delay { steps: 2 };
    // Never, steps 0 to 3 of a segment of four, and one that it lacks.
    let before = [0.1, 0.4, 0.3, 0.1, 0.1, 0.0];
    let at = moment(Outcomes::Steps(4), &[1.0]);
    check(&two_steps_late, &before, &at, (&[0.3, 0.0, 0.0, 0.4, 0.3, 0.0], 0.0, 0.0));
}

#[test]
fn the_six_teachers_of_b_pref() {
    use Teacher::{Equal, Mistake, Myopic, Noisy, Oracle, Skip};
    for (teacher, rationality, distortions) in [
        (Oracle, f64::INFINITY, "[]"),
        (Mistake, f64::INFINITY, "[Mistakes { share: 0.1, to: Opposite }]"),
        (Noisy, 1.0, "[]"),
        (Skip, f64::INFINITY, "[Skips { epsilon: Some(0.1), share: 0.0 }]"),
        (Myopic, f64::INFINITY, "[Myopia { discount: 0.9 }]"),
        (Equal, f64::INFINITY, "[Equals { epsilon: 0.1 }]"),
    ] {
        assert_eq!(teacher.rationality(), rationality, "{teacher:?}");
        assert_eq!(format!("{:?}", teacher.distortions()), distortions);
    }
}

/// Every distortion of the crate that means something for these outcomes.
fn all(x: f64, share: f64, outcomes: &Outcomes<'_>) -> Vec<Box<dyn Distortion>> {
    let all: Vec<Box<dyn Distortion>> = vec![
        Box::new(Mistakes { share, to: Instead::Opposite }),
        Box::new(Mistakes { share, to: Instead::Uniform }),
        Box::new(Skips { epsilon: Some(x), share }),
        Box::new(Equals { epsilon: x }),
        Box::new(PositionBias { nats: x }),
        Box::new(Drift { nats: x }),
        Box::new(CentralTendency { nats: x }),
        Box::new(Anchoring { nats: x }),
        Box::new(Fatigue { half_life: x.abs() + 0.01, floor: share }),
        Box::new(Suboptimal { share, care: x.abs() }),
        Box::new(Inertia { nats: x, per_distance: x }),
        Box::new(Delay { steps: (10.0 * share) as usize }),
    ];
    all.into_iter().filter(|one| one.fits(Some(outcomes))).collect()
}

proptest! {
    /// Whatever is done to answers, one after the other, one of them is given.
    #[test]
    fn what_is_distorted_stays_a_distribution(
        weights in proptest::collection::vec(-30.0_f64..30.0, 4),
        x in -5.0_f64..5.0,
        share in 0.0_f64..=1.0,
        totals in proptest::collection::vec(-50.0_f64..50.0, 2),
        kind in 0..7_usize,
    ) {
        let outcomes = [
            Outcomes::Sides(&[1.0, 0.5, -0.5, -1.0]),
            Outcomes::Levels,
            Outcomes::Options(&[3, 1, 0, 2]),
            Outcomes::Sets,
            Outcomes::Steps(3),
            Outcomes::Change,
            Outcomes::Unordered,
        ][kind];
        let weights = if kind == 5 { &weights[..2] } else { &weights[..] };
        let highest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = weights.iter().map(|w| (w - highest).exp()).sum();
        let logs: Vec<f64> = weights.iter().map(|w| w - highest - sum.ln()).collect();
        let at = Moment { previous: Some(1), ..moment(outcomes, &totals) };
        let mut chances = Chances::new(&logs);
        for distortion in all(x, share, &outcomes) {
            distortion.check().unwrap();
            distortion.distort(&mut chances, &at);
            let (found, even, unanswered) = chances.probabilities();
            prop_assert!(found.iter().all(|p| *p >= 0.0), "{distortion:?}: {chances:?}");
            let total = found.iter().sum::<f64>() + even + unanswered;
            prop_assert!((total - 1.0).abs() < 1e-9, "{distortion:?}: {chances:?}");
        }
    }
}

/// Options that are none are refused, by name.
#[test]
fn options_out_of_range_are_refused() {
    let refused = |distortion: &dyn Distortion, expect: &str| {
        assert_eq!(distortion.check().unwrap_err().to_string(), expect);
    };
    let from_0_to_1 = "a number from 0 to 1 is needed, found";
    refused(&Myopia { discount: 1.5 }, &format!("`discount`: {from_0_to_1} 1.5"));
    refused(&Skips { epsilon: None, share: f64::NAN }, &format!("`share`: {from_0_to_1} NaN"));
    refused(
        &Fatigue { half_life: 0.0, floor: 0.0 },
        "`half-life`: a number above 0 is needed, found 0",
    );
    let finite = "a finite number is needed, found";
    refused(&Drift { nats: f64::INFINITY }, &format!("`nats`: {finite} inf"));
    refused(&Equals { epsilon: f64::NAN }, &format!("`epsilon`: {finite} NaN"));
}
