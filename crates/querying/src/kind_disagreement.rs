//! A kind in turn by what it tells for its cost, and in it the question that members disagree on most.

use crate::disagreement::of_question;
use crate::greedy::greedy;
use crate::inquire::costs_of_kinds;
use crate::{Needs, Pool, Strategy};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Each kind is asked in proportion to `d_k / c_k`, the mean disagreement of its questions by the mean
/// seconds of one; within a kind, the question that members disagree on most comes first.
///
/// It stands for the methods that choose a format first and a question of it afterwards, such as
/// adaptive feedback selection (Anand and Saisubramanian 2025). It is not theirs: their choice needs
/// what each kind gained in earlier rounds, in a world in which states can be visited. Kinds are taken
/// by the largest remainder, and not drawn.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct KindDisagreement {}

#[typetag::serde(name = "kind-disagreement")]
impl Strategy for KindDisagreement {
    fn summary(&self) -> &'static str {
        "kinds by their disagreement per second, and in each the largest"
    }

    fn needs(&self) -> Needs {
        Needs { predictions: true, members: true, seconds: true, features: false }
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let questions = pool.questions;
        let own: Vec<f64> = questions.iter().map(of_question).collect();
        let shares = shares(pool, &own);
        greedy(pool, rng, |chosen| {
            let asked = |kind| chosen.iter().filter(|&&at| questions[at].source == kind).count();
            // How far a kind is behind its share outweighs any disagreement, which is at most 1.
            let next = chosen.len() as f64 + 1.0;
            let behind: BTreeMap<usize, f64> = shares
                .iter()
                .map(|(&kind, share)| (kind, share * next - asked(kind) as f64))
                .collect();
            let mut order: Vec<f64> = behind.values().copied().collect();
            order.sort_by(f64::total_cmp);
            let place = |kind: &usize| order.partition_point(|other| *other < behind[kind]) as f64;
            let score = |(at, disagreement): (usize, &f64)| {
                2.0 * place(&questions[at].source) + disagreement
            };
            own.iter().enumerate().map(score).collect()
        })
    }
}

/// The share of questions that each kind gets; all alike where members agree on everything.
fn shares(pool: &Pool<'_>, own: &[f64]) -> BTreeMap<usize, f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for (question, disagreement) in pool.questions.iter().zip(own) {
        let (sum, count) = sums.entry(question.source).or_default();
        *sum += disagreement;
        *count += 1.0;
    }
    let costs = costs_of_kinds(pool.questions);
    let worth = |(kind, (sum, count)): (&usize, &(f64, f64))| (*kind, sum / count / costs[kind]);
    let worth: BTreeMap<usize, f64> = sums.iter().map(worth).collect();
    let total: f64 = worth.values().sum();
    let even = 1.0 / worth.len().max(1) as f64;
    let share = |(kind, worth)| (kind, if total > 0.0 { worth / total } else { even });
    worth.into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Question;
    use crate::fixture::{pool, question, rng};

    #[test]
    fn kinds_by_their_share_and_the_largest_first() {
        let of = |source, segment, seconds, chances: &[f64]| Question {
            source,
            ..question(segment, seconds, chances)
        };
        // Both kinds have a mean disagreement of 0.25; the first costs a third: three of four.
        let questions = [
            of(0, 0, 10.0, &[0.75, 0.25]),
            of(0, 1, 10.0, &[1.0, 0.0]),
            of(0, 2, 10.0, &[0.75, 0.25]),
            of(0, 3, 10.0, &[0.75, 0.25]),
            of(1, 4, 30.0, &[0.9, 0.15]),
            of(1, 5, 30.0, &[0.75, 0.25]),
        ];
        let chosen = KindDisagreement {}.choose(&pool(&questions, 4), &mut rng());
        let of_first = chosen.iter().filter(|&&at| questions[at].source == 0).count();
        assert_eq!(of_first, 3, "{chosen:?}");
        assert_eq!(chosen[0], 1);
        assert!(chosen.contains(&4) && !chosen.contains(&5), "{chosen:?}");
    }
}
