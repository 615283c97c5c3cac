//! Any question, all alike: what every other strategy is compared with.

use crate::greedy::greedy;
use crate::{Needs, Pool, Strategy};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Questions drawn at random from all that there are, of whatever source: a source of more questions is
/// asked more often.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Uniform {}

#[typetag::serde(name = "uniform")]
impl Strategy for Uniform {
    fn summary(&self) -> &'static str {
        "any question, all alike"
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        greedy(pool, rng, |_| vec![0.0; pool.questions.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{pool, question};
    use medley_random::stream;

    #[test]
    fn each_question_is_as_likely_whatever_is_predicted() {
        let questions = [question(0, 1.0, &[0.0, 1.0]), question(1, 9.0, &[0.5, 0.5])];
        let first = |seed| Uniform {}.choose(&pool(&questions, 1), &mut stream(seed, "test"))[0];
        let ones: usize = (0..1000).map(first).sum();
        assert!((450..550).contains(&ones), "{ones}");
    }
}
