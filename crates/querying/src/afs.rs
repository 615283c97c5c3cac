//! Adaptive feedback selection: a kind first, by what the model has taken in of it for what it costs.

use crate::inquire::costs_of_kinds;
use crate::{KCenter, Kind, Needs, Pool, Question, Strategy};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A batch is of one kind, that of the largest
///
/// ```text
/// a_k / (V_k c_k) + sqrt(ln t / (n_k + 0.001))
/// ```
///
/// (Anand et al. 2026, adaptive feedback selection, AFS; as their code computes it). `a_k` is the
/// probability that a question of the kind is answered, `c_k` its cost, `n_k` how many answers of the kind
/// there are and `t` how many questions were asked. `V_k`, in nats and at least 0.001, is the divergence of
/// the answers of the kind from what the model predicts for them: a kind that the model follows is asked
/// again, and the second term sees to it that none is forgotten. Answers that are numbers have a density,
/// whose unit would decide, so that they are not to be told of.
///
/// What is different here: costs are relative to the mean over kinds, as the unit of cost would decide how
/// much is explored; `a_k` is estimated and not given; `V_k` is over all answers of the kind, and not over
/// the last batch. Their queries are states, drawn from clusters of the states of a world; here they are the
/// questions of the kind that are farthest from all that were asked, as by `k-center`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Afs {}

/// What keeps both quotients finite.
const LEAST: f64 = 0.001;

#[typetag::serde(name = "afs")]
impl Strategy for Afs {
    fn summary(&self) -> &'static str {
        "AFS: the kind that the model follows best for its cost, or that was seldom tried"
    }

    fn needs(&self) -> Needs {
        Needs { seconds: true, features: true, surprise: true, ..Needs::default() }
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let Some(kind) = best(&worth(pool), rng) else { return Vec::new() };
        let is_own = |at: &usize| pool.questions[*at].source == kind;
        let own: Vec<usize> = (0..pool.questions.len()).filter(is_own).collect();
        let questions: Vec<Question> = own.iter().map(|&at| pool.questions[at].clone()).collect();
        let chosen = KCenter {}.choose(&Pool { questions: &questions, ..*pool }, rng);
        chosen.into_iter().map(|at| own[at]).collect()
    }
}

/// Of each kind that has a question left.
fn worth(pool: &Pool<'_>) -> BTreeMap<usize, f64> {
    let costs = costs_of_kinds(pool.questions);
    let mean = costs.values().sum::<f64>() / costs.len().max(1) as f64;
    let asked: usize = pool.kinds.iter().map(|kind| kind.asked).sum();
    let explored = (asked.max(1) as f64).ln();
    let of = |(&source, cost): (&usize, &f64)| {
        let Kind { answered, surprise, .. } = pool.kinds.get(source).copied().unwrap_or_default();
        let own = || pool.questions.iter().filter(|question| question.source == source);
        let chance = own().map(|question| question.answered).sum::<f64>() / own().count() as f64;
        let divergence = surprise.unwrap_or(0.0).max(LEAST);
        let seldom = (explored / (answered as f64 + LEAST)).sqrt();
        (source, chance / (divergence * cost / mean) + seldom)
    };
    costs.iter().map(of).collect()
}

/// The kind of the largest worth; of equal ones, the first in an order that is drawn.
fn best(worth: &BTreeMap<usize, f64>, rng: &mut ChaCha8Rng) -> Option<usize> {
    let mut order: Vec<usize> = worth.keys().copied().collect();
    order.shuffle(rng);
    order.into_iter().reduce(|best, kind| if worth[&kind] > worth[&best] { kind } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{pool, question, rng};

    fn of(source: usize, segment: u32, seconds: f64) -> Question {
        Question {
            source,
            features: vec![f64::from(segment)],
            ..question(segment, seconds, &[0.5])
        }
    }

    fn kind(asked: usize, surprise: f64) -> Kind {
        Kind { asked, answered: asked, surprise: Some(surprise) }
    }

    #[test]
    fn worth_by_hand() {
        let seldom = Question { answered: 0.5, ..of(1, 2, 30.0) };
        let questions = [of(0, 0, 10.0), of(0, 1, 10.0), seldom];
        let kinds = [kind(4, 0.5), kind(16, 0.25)];
        let worth = worth(&Pool { kinds: &kinds, ..pool(&questions, 1) });
        // Costs are 1/2 and 3/2 of their mean; ln 20 = 2.9957.
        let expected = [1.0 / (0.5 * 0.5) + 0.8653, 0.5 / (0.25 * 1.5) + 0.4327];
        for (kind, expected) in expected.into_iter().enumerate() {
            assert!((worth[&kind] - expected).abs() < 1e-3, "{kind}: {}", worth[&kind]);
        }
    }

    #[test]
    fn the_unit_of_cost_changes_nothing() {
        for unit in [1.0, 60.0] {
            let questions = [of(0, 0, 10.0 / unit), of(1, 1, 12.0 / unit)];
            let check = |kinds: [Kind; 2], expect: usize| {
                let pool = Pool { kinds: &kinds, ..pool(&questions, 1) };
                assert_eq!(Afs {}.choose(&pool, &mut rng()), [expect], "{unit}");
            };
            check([kind(10, 0.6), kind(10, 0.3)], 1);
            // What was asked once is tried again before what was asked a hundred times.
            check([kind(1, 0.6), kind(100, 0.5)], 0);
        }
    }

    #[test]
    fn a_batch_is_of_one_kind_and_far_from_what_was_asked() {
        let questions = [of(0, 1, 10.0), of(1, 2, 10.0), of(1, 9, 10.0), of(1, 5, 10.0)];
        let kinds = [kind(10, 0.9), kind(10, 0.3)];
        let asked = [vec![0.0]];
        let pool = Pool { kinds: &kinds, asked: &asked, ..pool(&questions, 3) };
        assert_eq!(Afs {}.choose(&pool, &mut rng())[..2], [2, 3]);
        assert!(!Afs {}.choose(&pool, &mut rng()).contains(&0));
    }

    #[test]
    fn of_a_kind_that_nobody_answered_nothing_is_known() {
        let questions = [of(0, 0, 10.0), of(1, 1, 10.0)];
        let none = Kind { asked: 5, answered: 0, surprise: None };
        let kinds = [none, kind(5, 0.1)];
        let pool = Pool { kinds: &kinds, ..pool(&questions, 1) };
        assert_eq!(Afs {}.choose(&pool, &mut rng()), [0]);
    }
}
