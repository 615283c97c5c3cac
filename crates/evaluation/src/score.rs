//! What is one judgement worth under the metrics that are means over statements?
//!
//! NaN in, NaN out: a diverged model must not look like one that is merely wrong.

use crate::judgement::{Judgement, Sides};

/// Accuracy credit in [0, 1] of a judgement over a non-empty set; see
/// [`Metric::Accuracy`](crate::Metric::Accuracy).
pub(crate) fn accuracy(judgement: &Judgement, sides: Option<Sides>) -> f64 {
    let (log_p, q) = paired(judgement);
    if log_p.iter().any(|l| l.is_nan()) {
        return f64::NAN;
    }
    match sides {
        Some(sides) => two_sided(log_p, q, sides),
        None => mass_on_argmax(log_p, q),
    }
}

/// Whether the person decided: a single largest outcome, and not the tie.
pub(crate) fn is_decided(observed: &[f64], sides: Option<Sides>) -> bool {
    let tie = sides.and_then(|sides| sides.tie);
    let largest = maximum(observed);
    let mut winners = (0..observed.len()).filter(|k| observed[*k] == largest);
    matches!((winners.next(), winners.next()), (Some(k), None) if Some(k) != tie)
}

/// `sum over outcomes of (p - q)^2`.
pub(crate) fn brier(judgement: &Judgement) -> f64 {
    let (log_p, q) = paired(judgement);
    log_p.iter().zip(q).map(|(l, q)| (l.exp() - q).powi(2)).sum()
}

/// Credit of the best single answer to an observed distribution, which is the accuracy ceiling.
pub(crate) fn best_answer(observed: &[f64], sides: Option<Sides>) -> f64 {
    match sides {
        Some(Sides { first, second, tie }) => {
            observed[first].max(observed[second]) + 0.5 * tie.map_or(0.0, |tie| observed[tie])
        }
        None => maximum(observed),
    }
}

fn paired(judgement: &Judgement) -> (&[f64], &[f64]) {
    let (log_p, q) = (&judgement.log_probabilities, &judgement.observed);
    assert_eq!(log_p.len(), q.len(), "predicted and observed outcomes");
    (log_p, q)
}

fn two_sided(log_p: &[f64], q: &[f64], sides: Sides) -> f64 {
    let Sides { first, second, tie } = sides;
    let decided = if log_p[first] > log_p[second] {
        q[first]
    } else if log_p[second] > log_p[first] {
        q[second]
    } else {
        0.5 * (q[first] + q[second])
    };
    decided + 0.5 * tie.map_or(0.0, |tie| q[tie])
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

    const WITH_TIE: Option<Sides> = Some(Sides { first: 0, second: 2, tie: Some(1) });
    const PLAIN: Option<Sides> = Some(Sides { first: 0, second: 1, tie: None });

    #[test]
    fn accuracy_by_hand() {
        let check = |sides, p: &[f64], q: &[f64], expect: f64| {
            let got = accuracy(&judged(0, p, q), sides);
            assert!((got - expect).abs() < 1e-15, "{p:?} {q:?}: {got} for {expect}");
        };
        check(PLAIN, &[0.7, 0.3], &[1.0, 0.0], 1.0);
        check(PLAIN, &[0.7, 0.3], &[0.2, 0.8], 0.2);
        check(PLAIN, &[0.5, 0.5], &[0.2, 0.8], 0.5);
        // The tie is the most likely answer but no side: the first side is still the guess.
        check(WITH_TIE, &[0.3, 0.5, 0.2], &[1.0, 0.0, 0.0], 1.0);
        check(WITH_TIE, &[0.3, 0.5, 0.2], &[0.0, 1.0, 0.0], 0.5);
        check(WITH_TIE, &[0.4, 0.2, 0.4], &[0.6, 0.4, 0.0], 0.5);
        check(WITH_TIE, &[0.2, 0.2, 0.6], &[0.5, 0.2, 0.3], 0.4);
        // Without sides every outcome may be the answer, and exact ties share.
        check(None, &[0.1, 0.6, 0.3], &[0.2, 0.7, 0.1], 0.7);
        check(None, &[0.4, 0.4, 0.2], &[0.2, 0.7, 0.1], 0.45);
        let mut nan = judged(0, &[0.5, 0.5], &[1.0, 0.0]);
        nan.log_probabilities[1] = f64::NAN;
        assert!(accuracy(&nan, PLAIN).is_nan() && accuracy(&nan, None).is_nan());
    }

    #[test]
    fn decided_needs_a_single_largest_side() {
        assert!(is_decided(&[1.0, 0.0, 0.0], WITH_TIE));
        assert!(is_decided(&[0.6, 0.0, 0.4], WITH_TIE));
        assert!(!is_decided(&[0.0, 1.0, 0.0], WITH_TIE));
        assert!(!is_decided(&[0.5, 0.0, 0.5], WITH_TIE));
        assert!(!is_decided(&[0.5, 0.5], PLAIN));
        assert!(is_decided(&[0.2, 0.5, 0.3], None));
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
        assert_eq!(best_answer(&[0.25, 0.5, 0.25], WITH_TIE), 0.5);
        assert_eq!(best_answer(&[0.25, 0.5, 0.25], None), 0.5);
        assert_eq!(best_answer(&[0.75, 0.0, 0.25], WITH_TIE), 0.75);
        assert_eq!(best_answer(&[0.25, 0.75], PLAIN), 0.75);
    }
}
