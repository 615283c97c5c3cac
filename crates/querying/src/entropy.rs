//! The question whose answer is least certain.

use crate::greedy::greedy;
use crate::predicted::entropy;
use crate::{Needs, Pool, Predicted, Question, Strategy};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Entropy of the answer under the mean of the members, in nats: `-sum_y p(y) ln p(y)` (B-Pref's
/// `entropy`). Of a question of several statements, their mean. It is high too where people answer at
/// random and nothing can be learned, and higher where there are more answers to choose from.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entropy {}

#[typetag::serde(name = "entropy")]
impl Strategy for Entropy {
    fn summary(&self) -> &'static str {
        "the least certain answer"
    }

    fn needs(&self) -> Needs {
        Needs { predictions: true, ..Needs::default() }
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let scores: Vec<f64> = pool.questions.iter().map(of_question).collect();
        greedy(pool, rng, |_| scores.clone())
    }
}

fn of_question(question: &Question) -> f64 {
    let sum: f64 = question.parts.iter().map(of_part).sum();
    sum / question.parts.len().max(1) as f64
}

fn of_part(part: &Predicted) -> f64 {
    entropy(&part.mixture(&part.even()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{pool, predicted, question, rng};

    #[test]
    fn entropy_by_hand() {
        let check = |members: &[&[f64]], expect: f64| {
            let found = of_part(&predicted(members));
            assert!((found - expect).abs() < 1e-12, "{members:?}: {found}, {expect}");
        };
        check(&[&[1.0, 0.0]], 0.0);
        check(&[&[1.0, 0.0], &[0.0, 1.0]], 2.0_f64.ln());
        check(&[&[0.25, 0.25, 0.25, 0.25]], 4.0_f64.ln());
    }

    #[test]
    fn the_least_certain_comes_first() {
        let questions =
            [question(0, 1.0, &[0.9]), question(1, 1.0, &[0.5]), question(2, 1.0, &[0.3])];
        assert_eq!(Entropy {}.choose(&pool(&questions, 3), &mut rng()), [1, 2, 0]);
    }
}
