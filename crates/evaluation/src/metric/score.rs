//! What is one judgement worth under the metrics that are means over statements?
//!
//! NaN in, NaN out: a diverged model must not look like one that is merely wrong.

use crate::judgement::{Judgement, Side, Sides};

/// Accuracy credit in [0, 1] of a judgement over a non-empty set; see
/// [`Metric::Accuracy`](crate::Metric::Accuracy).
pub(crate) fn accuracy(judgement: &Judgement, sides: Option<&Sides>) -> f64 {
    let (log_p, q) = paired(judgement);
    if log_p.iter().any(|l| l.is_nan()) {
        return f64::NAN;
    }
    match sides {
        Some(sides) => two_sided(log_p, q, sides),
        None => mass_on_argmax(log_p, q),
    }
}

/// Whether the person decided: a single largest outcome, and in a comparison a side, whatever its
/// strength.
pub(crate) fn is_decided(observed: &[f64], sides: Option<&Sides>) -> bool {
    if let Some(sides) = sides {
        let [first, second, tie] = sides.masses(observed);
        return first != second && first.max(second) > tie;
    }
    let largest = maximum(observed);
    observed.iter().filter(|q| **q == largest).count() == 1
}

/// `sum over outcomes of (p - q)^2`.
pub(crate) fn brier(judgement: &Judgement) -> f64 {
    let (log_p, q) = paired(judgement);
    log_p.iter().zip(q).map(|(l, q)| (l.exp() - q).powi(2)).sum()
}

/// Credit of the best single answer to an observed distribution, which is the accuracy ceiling.
pub(crate) fn best_answer(observed: &[f64], sides: Option<&Sides>) -> f64 {
    match sides {
        Some(sides) => {
            let [first, second, tie] = sides.masses(observed);
            first.max(second) + 0.5 * tie
        }
        None => maximum(observed),
    }
}

fn paired(judgement: &Judgement) -> (&[f64], &[f64]) {
    let (log_p, q) = (&judgement.log_probabilities, &judgement.answer.observed);
    assert_eq!(log_p.len(), q.len(), "predicted and observed outcomes");
    (log_p, q)
}

fn two_sided(log_p: &[f64], q: &[f64], sides: &Sides) -> f64 {
    let [first, second, tie] = sides.masses(q);
    let for_first = log_mass(log_p, sides, |side| matches!(side, Side::First { .. }));
    let for_second = log_mass(log_p, sides, |side| matches!(side, Side::Second { .. }));
    let decided = if for_first > for_second {
        first
    } else if for_second > for_first {
        second
    } else {
        0.5 * (first + second)
    };
    decided + 0.5 * tie
}

/// Log-probability of all strengths of a side. Summed in an order that does not know the sides, so
/// that equal sides are equal to the last bit, and far below the smallest probability of an `f64`.
fn log_mass(log_p: &[f64], sides: &Sides, counts: fn(&Side) -> bool) -> f64 {
    let mut logs: Vec<f64> =
        sides.of.iter().zip(log_p).filter(|(of, _)| counts(of)).map(|(_, l)| *l).collect();
    logs.sort_by(f64::total_cmp);
    let highest = maximum(&logs);
    if logs.len() == 1 || highest.is_infinite() {
        return highest;
    }
    highest + logs.iter().map(|l| (l - highest).exp()).sum::<f64>().ln()
}

fn mass_on_argmax(log_p: &[f64], q: &[f64]) -> f64 {
    let largest = maximum(log_p);
    let winners = log_p.iter().zip(q).filter(|(l, _)| **l == largest);
    let (mass, count) = winners.fold((0.0, 0.0), |(mass, count), (_, q)| (mass + q, count + 1.0));
    mass / count
}

fn maximum(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::tests::judged;

    fn sides(of: &[Side]) -> Option<Sides> {
        Some(Sides { of: of.to_vec() })
    }

    fn with_tie() -> Option<Sides> {
        sides(&[Side::First { grade: 1 }, Side::Tie, Side::Second { grade: 1 }])
    }

    fn plain() -> Option<Sides> {
        sides(&[Side::First { grade: 1 }, Side::Second { grade: 1 }])
    }

    /// `second by 2`, `second by 1`, `tie`, `first by 1`, `first by 2`.
    fn strengths() -> Option<Sides> {
        sides(&[
            Side::Second { grade: 1 },
            Side::Second { grade: 1 },
            Side::Tie,
            Side::First { grade: 1 },
            Side::First { grade: 1 },
        ])
    }

    #[test]
    fn accuracy_by_hand() {
        let check = |sides: Option<Sides>, p: &[f64], q: &[f64], expect: f64| {
            let got = accuracy(&judged(0, p, q), sides.as_ref());
            assert!((got - expect).abs() < 1e-15, "{p:?} {q:?}: {got} for {expect}");
        };
        check(plain(), &[0.7, 0.3], &[1.0, 0.0], 1.0);
        check(plain(), &[0.7, 0.3], &[0.2, 0.8], 0.2);
        check(plain(), &[0.5, 0.5], &[0.2, 0.8], 0.5);
        // The tie is the most likely answer but no side: the first side is still the guess.
        check(with_tie(), &[0.3, 0.5, 0.2], &[1.0, 0.0, 0.0], 1.0);
        check(with_tie(), &[0.3, 0.5, 0.2], &[0.0, 1.0, 0.0], 0.5);
        check(with_tie(), &[0.4, 0.2, 0.4], &[0.6, 0.4, 0.0], 0.5);
        check(with_tie(), &[0.2, 0.2, 0.6], &[0.5, 0.2, 0.3], 0.4);
        // The right side with the wrong strength is right, and the sides' masses decide.
        check(strengths(), &[0.05, 0.1, 0.15, 0.4, 0.3], &[0.0, 0.0, 0.0, 0.0, 1.0], 1.0);
        check(strengths(), &[0.0, 0.4, 0.0, 0.3, 0.3], &[0.0, 1.0, 0.0, 0.0, 0.0], 0.0);
        check(strengths(), &[0.1, 0.2, 0.4, 0.2, 0.1], &[0.0, 0.2, 0.4, 0.3, 0.1], 0.5);
        check(strengths(), &[0.0, 0.2, 0.1, 0.3, 0.4], &[0.0, 0.1, 0.4, 0.2, 0.3], 0.7);
        // Without sides every outcome may be the answer, and exact ties share.
        check(None, &[0.1, 0.6, 0.3], &[0.2, 0.7, 0.1], 0.7);
        check(None, &[0.4, 0.4, 0.2], &[0.2, 0.7, 0.1], 0.45);
        let mut nan = judged(0, &[0.5, 0.5], &[1.0, 0.0]);
        nan.log_probabilities[1] = f64::NAN;
        assert!(accuracy(&nan, plain().as_ref()).is_nan() && accuracy(&nan, None).is_nan());
    }

    #[test]
    fn decided_needs_a_single_largest_side() {
        let check = |sides: Option<Sides>, observed: &[f64], expect| {
            assert_eq!(is_decided(observed, sides.as_ref()), expect, "{observed:?}");
        };
        check(with_tie(), &[1.0, 0.0, 0.0], true);
        check(with_tie(), &[0.6, 0.0, 0.4], true);
        check(with_tie(), &[0.0, 1.0, 0.0], false);
        check(with_tie(), &[0.5, 0.0, 0.5], false);
        check(plain(), &[0.5, 0.5], false);
        check(None, &[0.2, 0.5, 0.3], true);
        check(None, &[0.4, 0.4, 0.2], false);
        check(strengths(), &[0.0, 0.0, 1.0, 0.0, 0.0], false);
        check(strengths(), &[0.0, 0.0, 0.4, 0.3, 0.3], true);
        check(strengths(), &[0.5, 0.0, 0.0, 0.25, 0.25], false);
    }

    #[test]
    fn brier_by_hand() {
        assert!((brier(&judged(0, &[0.7, 0.3], &[1.0, 0.0])) - 0.18).abs() < 1e-15);
        assert!((brier(&judged(0, &[1.0, 0.0], &[0.0, 1.0])) - 2.0).abs() < 1e-15);
        let soft = brier(&judged(0, &[0.5, 0.3, 0.2], &[0.5, 0.2, 0.3]));
        assert!((soft - 0.02).abs() < 1e-15);
    }

    #[test]
    fn the_best_answer_is_a_side_plus_half_the_ties() {
        let check = |sides: Option<Sides>, observed: &[f64], expect| {
            assert_eq!(best_answer(observed, sides.as_ref()), expect, "{observed:?}");
        };
        check(with_tie(), &[0.25, 0.5, 0.25], 0.5);
        check(None, &[0.25, 0.5, 0.25], 0.5);
        check(with_tie(), &[0.75, 0.0, 0.25], 0.75);
        check(plain(), &[0.25, 0.75], 0.75);
        check(strengths(), &[0.25, 0.125, 0.125, 0.25, 0.25], 0.5625);
    }
}
