//! How well could any model do on these labels?
//!
//! A person who answers the same question twice, differently, cannot be predicted both times. The
//! best a model can do for an item is to answer with the pooled distribution of its labels.
//! Without repeats the ceiling is optimistic: each label is then its own best prediction, and only
//! soft labels and ties lower it. [`Ceiling::repeated`] says how much stands behind the number.

mod graph;
mod scalar;

pub use graph::strongly_connected;
pub use scalar::{scalar_reward_ceiling, scalar_reward_ceiling_of_pairs};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::judgement::{Answer, Answers, Sides};
use crate::metric::Metric;
use crate::metric::score;

/// The best value that a class of models can reach on given statements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ceiling {
    /// In the unit of the metric.
    pub value: f64,
    /// Over which models.
    pub kind: CeilingKind,
    /// Whether some model of the class reaches `value` on these statements; else it is a bound
    /// that none exceeds.
    pub exact: bool,
    /// Statements that the ceiling covers.
    pub statements: usize,
    /// Items (for a scalar reward: pairs of segments) with more than one statement.
    pub repeated: usize,
}

/// Over which models a ceiling is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CeilingKind {
    /// Any model that gives one answer per item.
    Labels,
    /// Any model with one reward per segment that does not know which was shown first.
    ScalarReward,
}

/// The best value of `metric` that any model with one answer per item can have.
///
/// With the pooled distribution `q` of an item: accuracy `max_k q_k` (a tie counts half),
/// log-likelihood `-entropy(q)` in nats, Brier the variance of the item's labels, calibration
/// error 0. An item is a response set in one order: repeats with swapped sides are other items
/// unless the adapter put them into one order. `None` for densities, for the rank correlation, whose
/// optimum is no mean over items, and for metrics of choosing, which have bounds of their own
/// ([`choice_bounds`](crate::choice_bounds)).
pub fn label_ceiling(answers: &Answers, metric: Metric) -> Option<Ceiling> {
    let sides = answers.responses.sides();
    let decided = metric == Metric::DecidedAccuracy;
    let used = answers.list.iter().filter(|answer| {
        !answer.observed.is_empty()
            && (!decided || score::is_decided(&answer.observed, sides.as_ref()))
    });
    let items = pool(used);
    let statements: f64 = items.iter().map(|item| item.count).sum();
    let total: f64 =
        items.iter().map(|item| item.best(metric, sides.as_ref())).sum::<Option<f64>>()?;
    (statements > 0.0).then(|| Ceiling {
        value: total / statements,
        kind: CeilingKind::Labels,
        exact: true,
        statements: statements as usize,
        repeated: items.iter().filter(|item| item.count > 1.0).count(),
    })
}

/// The labels of one item.
struct Pooled {
    count: f64,
    mean: Vec<f64>,
    /// `sum over labels and outcomes of q^2`.
    squares: f64,
}

impl Pooled {
    /// Sum over the item's statements of the best value.
    fn best(&self, metric: Metric, sides: Option<&Sides>) -> Option<f64> {
        match metric {
            Metric::LogLikelihood => Some(-self.count * entropy(&self.mean)),
            Metric::Accuracy | Metric::DecidedAccuracy => {
                Some(self.count * score::best_answer(&self.mean, sides))
            }
            Metric::Brier => {
                let of_mean: f64 = self.mean.iter().map(|q| q * q).sum();
                Some((self.squares - self.count * of_mean).max(0.0))
            }
            Metric::Ece => Some(0.0),
            Metric::RankCorrelation
            | Metric::BestOfCandidates
            | Metric::ChosenRating
            | Metric::RatingRegret => None,
        }
    }
}

fn pool<'a>(answers: impl Iterator<Item = &'a Answer>) -> Vec<Pooled> {
    let mut named: BTreeMap<(u64, usize), Pooled> = BTreeMap::new();
    let mut single = Vec::new();
    for answer in answers {
        let q = &answer.observed;
        let empty = || Pooled { count: 0.0, mean: vec![0.0; q.len()], squares: 0.0 };
        let Some(item) = answer.item else {
            single.push(add(empty(), q));
            continue;
        };
        let key = (item, q.len());
        let pooled = named.remove(&key).unwrap_or_else(empty);
        named.insert(key, add(pooled, q));
    }
    named.into_values().chain(single).map(normalized).collect()
}

fn add(mut pooled: Pooled, q: &[f64]) -> Pooled {
    pooled.count += 1.0;
    for (sum, mass) in pooled.mean.iter_mut().zip(q) {
        *sum += mass;
        pooled.squares += mass * mass;
    }
    pooled
}

fn normalized(mut pooled: Pooled) -> Pooled {
    pooled.mean.iter_mut().for_each(|mass| *mass /= pooled.count);
    pooled
}

/// The entropy of probabilities, in nats.
pub fn entropy(q: &[f64]) -> f64 {
    q.iter().filter(|mass| **mass > 0.0).map(|mass| -mass * mass.ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::Judgement;
    use crate::judgement::tests::{comparison, judged};
    use crate::{Options, measure};

    fn about(item: u64, observed: &[f64]) -> Judgement {
        let mut judgement = judged(0, &vec![1.0 / observed.len() as f64; observed.len()], observed);
        judgement.answer.item = Some(item);
        judgement
    }

    #[test]
    fn repeats_make_the_ceiling() {
        let labels = [about(1, &[1.0, 0.0]), about(1, &[1.0, 0.0]), about(1, &[0.0, 1.0])];
        let mut scored = comparison(labels.to_vec());
        scored.judgements.push(about(2, &[0.0, 1.0]));
        let check = |metric, expect: f64| {
            let ceiling = label_ceiling(&scored.answers(), metric).unwrap();
            assert!((ceiling.value - expect).abs() < 1e-12, "{metric}: {ceiling:?}");
            assert_eq!((ceiling.statements, ceiling.repeated), (4, 1));
        };
        let third = 1.0_f64 / 3.0;
        check(Metric::Accuracy, 0.75);
        check(
            Metric::LogLikelihood,
            0.75 * (third * third.ln() + 2.0 * third * (2.0 * third).ln()),
        );
        // Three labels around (2/3, 1/3): 2 * 2/9 + 8/9 = 4/3, over four statements.
        check(Metric::Brier, third);
        check(Metric::Ece, 0.0);
        assert_eq!(label_ceiling(&scored.answers(), Metric::RankCorrelation), None);
    }

    #[test]
    fn ties_and_soft_labels_lower_it_without_repeats() {
        let scored = comparison(vec![
            judged(0, &[0.5, 0.2, 0.3], &[0.0, 1.0, 0.0]),
            judged(1, &[0.5, 0.2, 0.3], &[0.7, 0.0, 0.3]),
        ]);
        let accuracy = label_ceiling(&scored.answers(), Metric::Accuracy).unwrap();
        assert!((accuracy.value - 0.6).abs() < 1e-12);
        assert_eq!(accuracy.repeated, 0);
        let decided = label_ceiling(&scored.answers(), Metric::DecidedAccuracy).unwrap();
        assert!((decided.value - 0.7).abs() < 1e-12 && decided.statements == 1);
    }

    #[test]
    fn the_pooled_answer_reaches_it() {
        let labels: [&[f64]; 4] =
            [&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.2, 0.5, 0.3], &[1.0, 0.0, 0.0]];
        let mean = [0.55, 0.375, 0.075];
        let mut scored = comparison(labels.iter().map(|q| judged(0, &mean, q)).collect());
        scored.judgements.iter_mut().for_each(|judgement| judgement.answer.item = Some(9));
        for measured in measure(&scored, &Options::default()) {
            if measured.metric == Metric::DecidedAccuracy {
                continue; // Its pool leaves out the ties, so its best answer is another one.
            }
            let ceiling = label_ceiling(&scored.answers(), measured.metric).unwrap();
            assert!(
                (ceiling.value - measured.estimate.value).abs() < 1e-12,
                "{measured:?} {ceiling:?}"
            );
        }
    }
}
