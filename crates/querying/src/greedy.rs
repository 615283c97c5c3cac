//! A batch, one question after the other.

use crate::Pool;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// Chooses the question with the highest score again and again, until the batch is full or nothing is
/// left that can be afforded and is about other segments than those chosen. `scores` gives one number
/// for each question of the pool, knowing which were chosen; of equal ones, the first in an order drawn
/// by `rng` wins.
pub fn greedy(
    pool: &Pool<'_>,
    rng: &mut ChaCha8Rng,
    mut scores: impl FnMut(&[usize]) -> Vec<f64>,
) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pool.questions.len()).collect();
    order.shuffle(rng);
    let (mut chosen, mut seen) = (Vec::new(), BTreeSet::<u32>::new());
    let mut left = pool.left;
    while chosen.len() < pool.batch {
        order.retain(|&at| {
            let question = &pool.questions[at];
            left.after(question).is_some() && question.segments.iter().all(|s| !seen.contains(s))
        });
        if order.is_empty() {
            break;
        }
        let scores = scores(&chosen);
        let better = |best: usize, at: usize| match scores[at] > scores[best] {
            true => at,
            false => best,
        };
        let Some(best) = order.iter().copied().reduce(better) else { break };
        let Some(rest) = left.after(&pool.questions[best]) else { break };
        left = rest;
        seen.extend(&pool.questions[best].segments);
        order.retain(|&at| at != best);
        chosen.push(best);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{pool, question, rng};
    use crate::{Left, Question};
    use medley_random::stream;

    #[test]
    fn the_best_that_can_be_afforded_and_no_segment_twice() {
        let of = |segments: &[u32], seconds| Question {
            segments: segments.to_vec(),
            ..question(0, seconds, &[0.5, 0.5])
        };
        let questions = [of(&[0, 1], 10.0), of(&[1, 2], 10.0), of(&[3], 50.0), of(&[4], 10.0)];
        let scores = [4.0, 3.0, 2.0, 1.0];
        let check = |batch, left, expect: &[usize]| {
            let pool = Pool { left, ..pool(&questions, batch) };
            assert_eq!(greedy(&pool, &mut rng(), |_| scores.to_vec()), expect);
        };
        // The second is about segment 1 too.
        check(9, Left::Seconds(100.0), &[0, 2, 3]);
        check(2, Left::Seconds(100.0), &[0, 2]);
        // The third would take too long.
        check(9, Left::Seconds(30.0), &[0, 3]);
        check(9, Left::Questions(1), &[0]);
        check(9, Left::Seconds(5.0), &[]);
    }

    #[test]
    fn ties_are_broken_by_the_stream_and_by_nothing_else() {
        let questions: Vec<Question> =
            (0..20).map(|segment| question(segment, 1.0, &[0.5, 0.5])).collect();
        let first = |seed| {
            let rng = &mut stream(seed, "test");
            greedy(&pool(&questions, 20), rng, |_| vec![1.0; 20])
        };
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }
}
