//! The question that tells most about the reward in a second of people's time.

use crate::belief::Belief;
use crate::greedy::greedy;
use crate::{Needs, Pool, Question, Strategy};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Mutual information of the answer and the reward, in nats, times the probability that the question is
/// answered, by the second: `a_q I(y_q; m | batch so far) / t_q`.
///
/// The information is that of Houlsby et al. 2011 (BALD) and of Bıyık et al. 2019, with members for
/// draws of the reward; batches are chosen greedily by conditional information, as in BatchBALD (Kirsch
/// et al. 2019), with 16 drawn futures in the place of all joint answers. Information counts in
/// people's time and over all kinds of question alike, which these do not.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Information {
    /// What it is counted by.
    pub per: Per,
    /// Whether it matters that a question may stay without an answer.
    pub silence: Silence,
}

/// Whether it matters that a question may stay without an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// Information is multiplied by the probability of an answer.
    #[default]
    Counted,
    /// As if everybody answered: to see what counting is worth.
    Ignored,
}

/// What information is counted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// A second of people's time.
    #[default]
    Second,
    /// A question, however long it takes.
    Question,
}

#[typetag::serde(name = "information")]
impl Strategy for Information {
    fn summary(&self) -> &'static str {
        "most information about the reward per second of people's time"
    }

    fn needs(&self) -> Needs {
        let seconds = self.per == Per::Second;
        Needs { predictions: true, members: true, seconds, ..Needs::default() }
    }

    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let parts = || pool.questions.iter().map(|question| question.parts.len());
        let first = pool.questions.iter().flat_map(|question| &question.parts).next();
        let members = first.map_or(0, crate::Predicted::members);
        let mut draws = rng.clone();
        draws.set_stream(1);
        let mut belief = Belief::new(members, parts().max().unwrap_or(0), &mut draws);
        greedy(pool, rng, |chosen| {
            if let Some(&last) = chosen.last() {
                belief.answer(&pool.questions[last], &mut draws);
            }
            let score = |question: &Question| {
                let cost = match self.per {
                    Per::Second => question.seconds.unwrap_or(f64::INFINITY),
                    Per::Question => 1.0,
                };
                let answered = match self.silence {
                    Silence::Counted => question.answered,
                    Silence::Ignored => 1.0,
                };
                answered * belief.information(question) / cost
            };
            pool.questions.iter().map(score).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{pool, question, rng};

    fn chosen(per: Per, questions: &[Question], batch: usize) -> Vec<usize> {
        Information { per, ..Information::default() }.choose(&pool(questions, batch), &mut rng())
    }

    #[test]
    fn a_short_question_may_be_worth_more_than_a_telling_one() {
        // 0.69 nats in 100 s, and 0.19 nats in 10 s.
        let questions = [question(0, 100.0, &[1.0, 0.0]), question(1, 10.0, &[0.8, 0.2])];
        assert_eq!(chosen(Per::Second, &questions, 1), [1]);
        assert_eq!(chosen(Per::Question, &questions, 1), [0]);
        // Who seldom answers is asked something else.
        let seldom = Question { answered: 0.1, ..questions[1].clone() };
        let questions = [questions[0].clone(), seldom];
        assert_eq!(chosen(Per::Second, &questions, 1), [0]);
        let ignored = Information { silence: Silence::Ignored, ..Information::default() };
        assert_eq!(ignored.choose(&pool(&questions, 1), &mut rng()), [1]);
    }

    #[test]
    fn a_batch_does_not_ask_the_same_twice() {
        // The first two tell the same members apart; the third tells others, and a little less.
        let questions = [
            question(0, 1.0, &[1.0, 1.0, 0.0, 0.0]),
            question(1, 1.0, &[1.0, 1.0, 0.0, 0.0]),
            question(2, 1.0, &[0.9, 0.1, 0.9, 0.1]),
        ];
        let batch = chosen(Per::Second, &questions, 2);
        assert!(batch[0] < 2 && batch[1] == 2, "{batch:?}");
    }

    #[test]
    fn what_members_agree_on_is_asked_last() {
        let questions = [question(0, 1.0, &[0.5, 0.5]), question(1, 1.0, &[0.55, 0.5])];
        assert_eq!(chosen(Per::Second, &questions, 1), [1]);
    }
}
