//! INQUIRE's rule: the kind and the question with most information for the cost of the kind.

use crate::belief::Belief;
use crate::greedy::greedy;
use crate::{Needs, Pool, Question, Strategy};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `gain(q) / c_k`, with `gain(q) = (1/M) sum_m sum_y p_m(y) log2(M p_m(y) / sum_m' p_m'(y))` and `c_k`
/// the cost of a question of the kind (Fitzgerald et al. 2022, INQUIRE). Here the cost of a kind is the
/// mean of the seconds that its questions are expected to take.
///
/// Its published code divides by `log(c_k)`, which is negative for costs below 1 and 0 at 1, so that
/// the order of kinds depends on the unit of cost and may turn around. It is mended: the cost itself.
/// What is kept is that a question counts as its kind does, however long it takes itself, and that the
/// questions of a batch are chosen as if each were the only one.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Inquire {}

#[typetag::serde(name = "inquire")]
impl Strategy for Inquire {
    fn summary(&self) -> &'static str {
        "INQUIRE: most information for the mean cost of the kind"
    }

    fn needs(&self) -> Needs {
        Needs { predictions: true, members: true, seconds: true, ..Needs::default() }
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let parts = pool.questions.iter().map(|question| question.parts.len()).max();
        let first = pool.questions.iter().flat_map(|question| &question.parts).next();
        let members = first.map_or(0, crate::Predicted::members);
        let mut draws = rng.clone();
        draws.set_stream(1);
        let belief = Belief::new(members, parts.unwrap_or(0), &mut draws);
        let costs = costs_of_kinds(pool.questions);
        let score = |question: &Question| {
            belief.information(question) / std::f64::consts::LN_2 / costs[&question.source]
        };
        let scores: Vec<f64> = pool.questions.iter().map(score).collect();
        greedy(pool, rng, |_| scores.clone())
    }
}

/// Mean seconds that the questions of each source are expected to take.
pub fn costs_of_kinds(questions: &[Question]) -> BTreeMap<usize, f64> {
    let mut sums: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for question in questions {
        let (sum, count) = sums.entry(question.source).or_default();
        *sum += question.seconds.unwrap_or(f64::INFINITY);
        *count += 1.0;
    }
    sums.into_iter().map(|(source, (sum, count))| (source, sum / count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{pool, question, rng};

    #[test]
    fn a_question_costs_what_its_kind_does() {
        let of = |source, question: Question| Question { source, ..question };
        // Source 0 costs 10 s on average, source 1 costs 50: 1 bit / 50 s against 0.28 bits / 10 s.
        let questions = [
            of(0, question(0, 19.0, &[0.8, 0.2])),
            of(0, question(1, 1.0, &[0.5, 0.5])),
            of(1, question(2, 50.0, &[1.0, 0.0])),
        ];
        assert_eq!(Inquire {}.choose(&pool(&questions, 3), &mut rng()), [0, 2, 1]);
    }

    #[test]
    fn the_unit_of_cost_changes_nothing() {
        // By log(cost) the first would be divided by a negative number in minutes.
        for unit in [1.0, 60.0, 3600.0] {
            let of = |source, seconds, chances: &[f64]| Question {
                source,
                ..question(source as u32, seconds / unit, chances)
            };
            let questions = [of(0, 30.0, &[0.9, 0.1]), of(1, 300.0, &[1.0, 0.0])];
            assert_eq!(Inquire {}.choose(&pool(&questions, 1), &mut rng()), [0], "{unit}");
        }
    }
}
