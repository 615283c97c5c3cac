//! The question whose answer the members predict most differently.

use crate::greedy::greedy;
use crate::{Needs, Pool, Predicted, Question, Strategy};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// The variance over members of the probability that they give an answer, summed over answers:
/// `sum_y var_m p_m(y)` (Christiano et al. 2017, section 2.2.4, for two answers; half of it is the
/// variance of the first one's). Of a question of several statements, their mean.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Disagreement {}

#[typetag::serde(name = "disagreement")]
impl Strategy for Disagreement {
    fn summary(&self) -> &'static str {
        "the answer that members predict most differently"
    }

    fn needs(&self) -> Needs {
        Needs { predictions: true, members: true, ..Needs::default() }
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let scores: Vec<f64> = pool.questions.iter().map(of_question).collect();
        greedy(pool, rng, |_| scores.clone())
    }
}

/// The mean over the statements of a question; 0 if it has none.
pub fn of_question(question: &Question) -> f64 {
    let sum: f64 = question.parts.iter().map(of_part).sum();
    sum / question.parts.len().max(1) as f64
}

fn of_part(part: &Predicted) -> f64 {
    let even = part.even();
    let mean = part.mixture(&even);
    let squares = |outcome: usize| -> f64 {
        (0..part.members()).map(|m| (part.of(m, outcome) - mean[outcome]).powi(2)).sum()
    };
    (0..part.outcomes()).map(squares).sum::<f64>() / part.members().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{pool, predicted, question, rng};

    #[test]
    fn variance_by_hand() {
        let check = |members: &[&[f64]], expect: f64| {
            let found = of_part(&predicted(members));
            assert!((found - expect).abs() < 1e-12, "{members:?}: {found}, {expect}");
        };
        check(&[&[1.0, 0.0], &[0.0, 1.0]], 0.5);
        check(&[&[0.7, 0.3], &[0.7, 0.3]], 0.0);
        check(&[&[0.5, 0.3, 0.2], &[0.1, 0.7, 0.2]], 0.08);
    }

    #[test]
    fn the_most_different_predictions_come_first() {
        let questions = [
            question(0, 1.0, &[0.5, 0.5]),
            question(1, 1.0, &[0.2, 0.9]),
            question(2, 1.0, &[0.6, 0.4]),
        ];
        assert_eq!(Disagreement {}.choose(&pool(&questions, 3), &mut rng()), [1, 2, 0]);
    }
}
