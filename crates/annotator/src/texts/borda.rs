//! How often does an answer win against any other one, if people make no mistakes?

/// Column of metadata with the Borda score of an answer: the share of all other answers that somebody
/// who makes no mistakes prefers it to, half of them where both are worth the same, on the mean over
/// contexts.
pub const BORDA: &str = "borda";

/// Worths that differ by less than this share of the largest are the same: sums of the same sentences in
/// another order.
const SAME: f64 = 1e-9;

/// Borda scores: the share of all other answers that each is preferred to, half of them where both are
/// worth the same, on the mean over contexts. `worths` has for each context what each answer is worth to
/// it, at least two answers.
pub(super) fn borda(worths: &[Vec<f64>], shares: &[f64]) -> Vec<f64> {
    let answers = worths.first().map_or(0, Vec::len);
    let mut scores = vec![0.0; answers];
    for (worths, share) in worths.iter().zip(shares) {
        let won = beaten(worths);
        scores.iter_mut().zip(won).for_each(|(score, won)| *score += share * won);
    }
    scores.iter().map(|won| won / (answers - 1) as f64).collect()
}

/// How many others each is worth more than, with half of those that are worth as much.
fn beaten(worths: &[f64]) -> Vec<f64> {
    let largest = worths.iter().fold(0.0_f64, |largest, worth| largest.max(worth.abs()));
    let mut order: Vec<usize> = (0..worths.len()).collect();
    order.sort_by(|&a, &b| worths[a].total_cmp(&worths[b]));
    let mut won = vec![0.0; worths.len()];
    let mut below = 0;
    for alike in order.chunk_by(|&a, &b| worths[b] - worths[a] <= SAME * largest) {
        let others = (alike.len() - 1) as f64;
        alike.iter().for_each(|&answer| won[answer] = f64::from(below) + others / 2.0);
        below += alike.len() as u32;
    }
    won
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let check = |worths: &[&[f64]], shares: &[f64], expect: &[f64]| {
            let worths: Vec<Vec<f64>> = worths.iter().map(|it| it.to_vec()).collect();
            assert_eq!(borda(&worths, shares), expect);
        };
        check(&[&[1.0, 3.0, 2.0]], &[1.0], &[0.0, 1.0, 0.5]);
        check(&[&[1.0, 1.0, 2.0]], &[1.0], &[0.25, 0.25, 1.0]);
        // Two want the opposite, and one of them counts three times as much.
        check(&[&[0.0, 1.0, 2.0], &[2.0, 1.0, 0.0]], &[0.75, 0.25], &[0.25, 0.5, 0.75]);
        // However much somebody cares, it is one vote.
        check(&[&[0.0, 1.0], &[1e6, 0.0]], &[0.75, 0.25], &[0.25, 0.75]);
        // What differs by rounding is the same.
        check(&[&[0.1 + 0.2, 0.3]], &[1.0], &[0.5, 0.5]);
    }
}
