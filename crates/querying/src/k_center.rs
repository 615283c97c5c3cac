//! The question that is farthest from all that were asked.

use crate::greedy::greedy;
use crate::{Needs, Pool, Strategy};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Farthest-first traversal: the question whose distance to the nearest one asked or chosen is largest,
/// `max_q min_a ||x_q - x_a||` (Sener and Savarese 2018, algorithm 1; B-Pref's `k-center`). `x` is what a
/// question is about, in features; the strategy asks no model.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct KCenter {}

#[typetag::serde(name = "k-center")]
impl Strategy for KCenter {
    fn summary(&self) -> &'static str {
        "what is farthest from all that was asked about"
    }

    fn needs(&self) -> Needs {
        Needs { features: true, ..Needs::default() }
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let nearest = |features: &[f64]| {
            let distances = pool.asked.iter().map(|asked| squared_distance(features, asked));
            distances.fold(f64::INFINITY, f64::min)
        };
        let mut distances: Vec<f64> =
            pool.questions.iter().map(|question| nearest(&question.features)).collect();
        greedy(pool, rng, |chosen| {
            if let Some(&last) = chosen.last() {
                let center = &pool.questions[last].features;
                for (distance, question) in distances.iter_mut().zip(pool.questions) {
                    *distance = distance.min(squared_distance(&question.features, center));
                }
            }
            distances.clone()
        })
    }
}

fn squared_distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Question;
    use crate::fixture::{pool, question, rng};

    #[test]
    fn farthest_first_by_hand() {
        let at = |segment, x| Question { features: vec![x], ..question(segment, 1.0, &[0.5]) };
        let questions = [at(0, 1.0), at(1, 10.0), at(2, 9.0), at(3, 4.0)];
        let asked = [vec![0.0]];
        let pool = Pool { asked: &asked, ..pool(&questions, 4) };
        // 10 is farthest from 0; then 4, whose nearest is 0 (4), before 9 (1) and 1 (1), which tie.
        let chosen = KCenter {}.choose(&pool, &mut rng());
        assert_eq!(chosen[..2], [1, 3]);
    }
}
