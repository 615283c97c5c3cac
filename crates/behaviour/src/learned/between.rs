//! Of which states is a point the average?
//!
//! ```text
//! min over d of |sum_i d_i s_i - t|^2 + w sum_i d_i |s_i - t|^2     d_i >= 0, sum_i d_i = 1
//! ```
//!
//! The first term keeps the mean where the point is, so that what is averaged loses nothing of the
//! direction in which a step leads; the second takes near states rather than far ones. Beyond all
//! states it is the nearest point between them. Solved by pairwise Frank-Wolfe steps (Lacoste-Julien
//! and Jaggi 2015), which are exact line searches between two states.

/// `w`: how much the spread counts.
const SPREAD: f64 = 0.01;
/// Most steps; each makes the sum smaller.
const MOST: usize = 500;
/// Smaller weights are left out.
const LEAST: f64 = 1e-6;

/// Weights of `states` that have `target` for their average, by place, those that count.
///
/// # Panics
/// There is no state.
pub(super) fn between(target: &[f64], states: &[&[f32]]) -> Vec<(usize, f64)> {
    let apart: Vec<Vec<f64>> = states
        .iter()
        .map(|state| state.iter().zip(target).map(|(s, t)| f64::from(*s) - t).collect())
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let products: Vec<Vec<f64>> =
        apart.iter().map(|a| apart.iter().map(|b| dot(a, b)).collect()).collect();
    let count = states.len();
    let nearest = (0..count).fold(0, |best, place| {
        if products[place][place] < products[best][best] { place } else { best }
    });
    let mut weights = vec![0.0; count];
    weights[nearest] = 1.0;
    // What the states come to: products with the average. `[state]`
    let mut along = products[nearest].clone();
    let settled = 1e-12 * (0..count).map(|place| products[place][place]).fold(0.0, f64::max);
    for _ in 0..MOST {
        let slope = |place: usize| 2.0 * along[place] + SPREAD * products[place][place];
        let to = (0..count).fold(0, |a, b| if slope(b) < slope(a) { b } else { a });
        let held = (0..count).filter(|&place| weights[place] > 0.0);
        let Some(from) = held.reduce(|a, b| if slope(b) > slope(a) { b } else { a }) else { break };
        let gain = slope(from) - slope(to);
        if gain <= settled {
            break;
        }
        let bend = 2.0 * (products[to][to] - 2.0 * products[to][from] + products[from][from]);
        let moved = if bend > 0.0 { (gain / bend).min(weights[from]) } else { weights[from] };
        weights[to] += moved;
        // What is given away as a whole is nothing, whatever rounding says.
        weights[from] = if moved == weights[from] { 0.0 } else { weights[from] - moved };
        for (place, along) in along.iter_mut().enumerate() {
            *along += moved * (products[place][to] - products[place][from]);
        }
    }
    let kept = |&(_, weight): &(usize, f64)| weight >= LEAST;
    let sum: f64 = weights.iter().copied().enumerate().filter(kept).map(|(_, weight)| weight).sum();
    let all = weights.into_iter().enumerate().filter(kept);
    all.map(|(place, weight)| (place, weight / sum)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(target: &[f64], states: &[&[f32]], expect: &[(usize, f64)]) {
        let found = between(target, states);
        let near = |(a, b): (&(usize, f64), &(usize, f64))| a.0 == b.0 && (a.1 - b.1).abs() < 1e-6;
        let fits = found.len() == expect.len() && found.iter().zip(expect).all(near);
        assert!(fits, "{found:?}, expected {expect:?}");
    }

    #[test]
    fn by_hand() {
        // On a line, between two neighbours: |d - 1/4|^2 + w (d 9/16 + (1 - d) / 16) is least at
        // d = 1/4 - w / 4.
        check(&[0.25], &[&[0.0], &[1.0]], &[(0, 0.7525), (1, 0.2475)]);
        // Beyond all, the nearest alone.
        check(&[3.0], &[&[0.0], &[1.0]], &[(1, 1.0)]);
        check(&[1.0, 0.0], &[&[9.0, 0.0], &[1.0, 0.0], &[0.0, 0.0]], &[(1, 1.0)]);
        // In the middle of a square, whose far corner is not needed.
        check(&[0.5, 0.5], &[&[0.0, 0.0], &[1.0, 1.0], &[50.0, 50.0]], &[(0, 0.5), (1, 0.5)]);
    }

    proptest! {
        #[test]
        fn the_average_is_the_point(seed: u64) {
            use rand::RngExt;
            let rng = &mut medley_random::stream(seed, "between");
            let corners: Vec<Vec<f32>> = (0..12).map(|_| (0..3).map(|_| rng.random()).collect()).collect();
            let shares: Vec<f64> = (0..12).map(|_| rng.random::<f64>()).collect();
            let sum: f64 = shares.iter().sum();
            let target: Vec<f64> = (0..3)
                .map(|axis| (0..12).map(|i| shares[i] / sum * f64::from(corners[i][axis])).sum())
                .collect();
            let states: Vec<&[f32]> = corners.iter().map(Vec::as_slice).collect();
            let found = between(&target, &states);
            prop_assert!((found.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-12);
            for axis in 0..3 {
                let mean: f64 = found.iter().map(|&(i, w)| w * f64::from(corners[i][axis])).sum();
                prop_assert!((mean - target[axis]).abs() < 0.02, "{mean}, {}", target[axis]);
            }
        }
    }
}
