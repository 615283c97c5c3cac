//! Questions for the tests.

use crate::{Left, Pool, Predicted, Question};
use medley_random::stream;
use rand_chacha::ChaCha8Rng;

/// Of probabilities, `[member, outcome]`.
pub fn predicted(members: &[&[f64]]) -> Predicted {
    let logs: Vec<Vec<f64>> =
        members.iter().map(|own| own.iter().map(|p: &f64| p.ln()).collect()).collect();
    Predicted::new(&logs)
}

/// A question with two answers, about a segment of its own; `chances` are of the first answer under
/// each member.
pub fn question(segment: u32, seconds: f64, chances: &[f64]) -> Question {
    let members: Vec<Vec<f64>> = chances.iter().map(|p| vec![*p, 1.0 - p]).collect();
    let members: Vec<&[f64]> = members.iter().map(Vec::as_slice).collect();
    Question {
        source: 0,
        seconds: Some(seconds),
        answered: 1.0,
        segments: vec![segment],
        features: Vec::new(),
        parts: vec![predicted(&members)],
    }
}

/// Plenty of time for `batch` of these.
pub fn pool(questions: &[Question], batch: usize) -> Pool<'_> {
    Pool { questions, asked: &[], kinds: &[], batch, left: Left::Seconds(1e9) }
}

pub fn rng() -> ChaCha8Rng {
    stream(0, "test")
}
