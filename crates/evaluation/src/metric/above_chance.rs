//! How well does a model predict answers, from -1 to 1, with guessing at 0, whatever their kind?

use super::{Measurement, Metric, Options, measure};
use crate::interval::bootstrap::Estimate;
use crate::judgement::Scored;

/// What [`above_chance`] is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AboveChance {
    /// Spearman's rank correlation of predicted and observed values.
    RankCorrelation,
    /// Accuracy `a` against the chance `c` of guessing in each statement's set of answers:
    /// `(a - c) / (1 - c)` above chance and `(a - c) / c` below, so that always right is 1, a guess
    /// 0 and never right -1.
    Accuracy,
}

impl AboveChance {
    /// The name in tables.
    pub fn key(self) -> &'static str {
        match self {
            Self::RankCorrelation => Metric::RankCorrelation.key(),
            Self::Accuracy => "accuracy-above-chance",
        }
    }
}

/// Rank correlation where answers have values, and accuracy above chance where they are choices
/// among sets. None where neither is defined, as where nothing varies.
pub fn above_chance(scored: &Scored, options: &Options) -> Option<(AboveChance, Estimate)> {
    let measured = measure(scored, options);
    let of = |metric| {
        let found = measured.iter().find(|m: &&Measurement| m.metric == metric)?;
        Some(found.estimate)
    };
    if let Some(estimate) = of(Metric::RankCorrelation) {
        return Some((AboveChance::RankCorrelation, estimate));
    }
    let chance = chance(scored)?;
    let scaled = |a: f64| match a > chance {
        true => (a - chance) / (1.0 - chance),
        false => (a - chance) / chance,
    };
    let estimate = of(Metric::Accuracy)?;
    let Estimate { value, low, high, .. } = estimate;
    let estimate =
        Estimate { value: scaled(value), low: scaled(low), high: scaled(high), ..estimate };
    Some((AboveChance::Accuracy, estimate))
}

/// Mean chance of a guess; none without a statement that has a choice.
fn chance(scored: &Scored) -> Option<f64> {
    let answers = scored.judgements.iter().map(|judgement| judgement.answer.observed.len());
    let chances: Vec<f64> = answers.filter(|&n| n > 1).map(|n| 1.0 / n as f64).collect();
    (!chances.is_empty()).then(|| chances.iter().sum::<f64>() / chances.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::{Answer, Judgement, ResponseSet};
    use std::collections::BTreeMap;

    /// A choice among `n` answers, of which the first was taken and `said` is predicted.
    fn choice(cluster: u32, n: usize, said: usize) -> Judgement {
        let observed = (0..n).map(|i| f64::from(u8::from(i == 0))).collect();
        let log_probabilities = (0..n).map(|i| if i == said { -0.1 } else { -3.0 }).collect();
        let answer = Answer {
            clusters: vec![cluster],
            observed,
            value: None,
            antisymmetric: false,
            item: None,
            pair: None,
            candidates: None,
        };
        Judgement { answer, log_likelihood: -1.0, log_probabilities, predicted_value: None }
    }

    fn of(judgements: Vec<Judgement>) -> Option<f64> {
        let (responses, returns) = (ResponseSet::Exchangeable, BTreeMap::new());
        let scored = Scored { responses, judgements, returns };
        let (metric, estimate) = above_chance(&scored, &Options::default())?;
        assert_eq!(metric, AboveChance::Accuracy);
        Some(estimate.value)
    }

    #[test]
    fn right_is_one_a_guess_zero_and_wrong_minus_one() {
        let sets = |right: usize, all: usize| -> Vec<Judgement> {
            (0..all).map(|i| choice(i as u32, 4, usize::from(i >= right))).collect()
        };
        assert_eq!(of(sets(8, 8)), Some(1.0));
        assert_eq!(of(sets(2, 8)), Some(0.0));
        assert_eq!(of(sets(0, 8)), Some(-1.0));
        assert!((of(sets(5, 8)).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(of(Vec::new()), None);
    }
}
