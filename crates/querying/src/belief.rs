//! What would be known of the members once some questions are answered?
//!
//! The information of a batch is not the sum of that of its questions: two questions that tell the same
//! members apart say it twice. It is a chain, `I(y_1; m) + I(y_2; m | y_1) + ...`, whose conditions are
//! answers that nobody gave yet. They are drawn: a belief is a number of futures, in each of which the
//! chosen questions were answered as the members predict, with what that leaves of the probability of
//! each member. Within a question of several statements it is the same.

use crate::Question;
use medley_random::place;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How many futures are drawn.
const FUTURES: usize = 16;

/// Futures, and what each leaves of the probabilities of members.
pub struct Belief {
    /// `[future, member]`
    weights: Vec<Vec<f64>>,
    /// Whether no answer was drawn yet, so that all futures are the same.
    is_fresh: bool,
    /// Points in [0, 1) at which answers are drawn, the same for all questions, so that they are
    /// compared on the same luck. `[future, statement]`
    points: Vec<Vec<f64>>,
}

impl Belief {
    /// All members alike; for questions of at most so many statements.
    pub fn new(members: usize, statements: usize, rng: &mut ChaCha8Rng) -> Self {
        let even = vec![1.0 / members.max(1) as f64; members];
        let points = drawn(statements, rng);
        Self { weights: vec![even; FUTURES], is_fresh: true, points }
    }

    /// Information of the answer to a question about the members, in nats: the mean over futures.
    /// Exact for one statement before anything is answered, else an estimate; never negative.
    pub fn information(&self, question: &Question) -> f64 {
        let counted = match self.is_fresh && question.parts.len() == 1 {
            true => 1,
            false => FUTURES,
        };
        let futures = self.weights.iter().zip(&self.points).take(counted);
        let of = |(weights, points): (&Vec<f64>, &Vec<f64>)| match question.parts.as_slice() {
            [only] => only.information(weights),
            _ => chain(question, weights, points).0,
        };
        let sum: f64 = futures.map(of).sum();
        sum / counted as f64
    }

    /// Answers a question in each future, and draws new points.
    pub fn answer(&mut self, question: &Question, rng: &mut ChaCha8Rng) {
        for (weights, points) in self.weights.iter_mut().zip(&self.points) {
            *weights = chain(question, weights, points).1;
        }
        self.is_fresh = false;
        let statements = self.points.first().map_or(0, Vec::len);
        self.points = drawn(statements, rng);
    }
}

fn drawn(statements: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
    (0..FUTURES).map(|_| (0..statements).map(|_| rng.random()).collect()).collect()
}

/// Information of the statements of a question, each given the answers before, and what they leave.
fn chain(question: &Question, weights: &[f64], points: &[f64]) -> (f64, Vec<f64>) {
    let (mut sum, mut weights) = (0.0, weights.to_vec());
    for (part, &point) in question.parts.iter().zip(points) {
        sum += part.information(&weights);
        let mixture = part.mixture(&weights);
        let outcome = place(mixture, point);
        for (member, weight) in weights.iter_mut().enumerate() {
            *weight *= part.of(member, outcome);
        }
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
    }
    (sum, weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{question, rng};

    #[test]
    fn what_was_answered_says_nothing_twice() {
        let rng = &mut rng();
        let mut belief = Belief::new(2, 1, rng);
        let sure = question(0, 1.0, &[1.0, 0.0]);
        assert!((belief.information(&sure) - 2.0_f64.ln()).abs() < 1e-12);
        belief.answer(&sure, rng);
        assert_eq!(belief.information(&sure), 0.0);
    }

    #[test]
    fn statements_of_one_question_are_not_counted_twice() {
        let rng = &mut rng();
        let once = question(0, 1.0, &[1.0, 0.0]);
        let twice = Question { parts: [once.parts.clone(), once.parts.clone()].concat(), ..once };
        let belief = Belief::new(2, 2, rng);
        assert!((belief.information(&twice) - 2.0_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn another_split_of_the_members_still_says_something() {
        let rng = &mut rng();
        let mut belief = Belief::new(4, 1, rng);
        belief.answer(&question(0, 1.0, &[1.0, 1.0, 0.0, 0.0]), rng);
        let across = question(1, 1.0, &[1.0, 0.0, 1.0, 0.0]);
        assert!((belief.information(&across) - 2.0_f64.ln()).abs() < 1e-12);
    }
}
