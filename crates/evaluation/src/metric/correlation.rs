//! Do two lists of values put things in the same order?
//!
//! Ranks, not values: ratings and returns share an order but no scale. The bootstrap needs the
//! correlation of a thousand resamples, so values are grouped once and each resample only
//! recomputes ranks from multiplicities, in linear time and with the same result as sorting again.

use crate::judgement::Judgement;

/// Spearman's rank correlation, average ranks for ties. `None` with fewer than two points or a
/// constant side; NaN if a value is NaN.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "points of both lists");
    Ranked::new(x, y).spearman(|_| 1.0)
}

/// Kendall's tau-b in O(n log n) (Knight 1966). `None` and NaN as for [`spearman`].
///
/// `(concordant - discordant) / sqrt((pairs - ties in x) (pairs - ties in y))`.
pub fn kendall_tau(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "points of both lists");
    if x.iter().chain(y).any(|v| v.is_nan()) {
        return Some(f64::NAN);
    }
    let (x, y) = (Groups::new(x), Groups::new(y));
    let mut points: Vec<(usize, usize)> = x.of.into_iter().zip(y.of).collect();
    points.sort_unstable();
    let ties_x = tied_pairs(&points, |a, b| a.0 == b.0);
    let ties_both = tied_pairs(&points, |a, b| a == b);
    let mut order: Vec<usize> = points.iter().map(|point| point.1).collect();
    let discordant = sort_counting_swaps(&mut order);
    let ties_y = tied_pairs(&order, |a, b| a == b);
    let pairs = pair_count(points.len());
    let difference = pairs - ties_x - ties_y + ties_both - 2.0 * discordant;
    let scale = ((pairs - ties_x) * (pairs - ties_y)).sqrt();
    (scale > 0.0).then(|| difference / scale)
}

/// The `(predicted, observed)` points of a judgement that has both values: two where it is
/// antisymmetric, so that the order of sides cannot matter.
pub(crate) fn value_points(judgement: &Judgement) -> Vec<(f64, f64)> {
    match (judgement.predicted_value, judgement.answer.value) {
        (Some(d), Some(q)) if judgement.answer.antisymmetric => vec![(d, q), (-d, -q)],
        (Some(d), Some(q)) => vec![(d, q)],
        _ => Vec::new(),
    }
}

/// Points whose ranks are ready to be recomputed under multiplicities.
pub(crate) struct Ranked {
    x: Groups,
    y: Groups,
    has_nan: bool,
}

impl Ranked {
    pub(crate) fn new(x: &[f64], y: &[f64]) -> Self {
        Ranked {
            has_nan: x.iter().chain(y).any(|v| v.is_nan()),
            x: Groups::new(x),
            y: Groups::new(y),
        }
    }

    /// Spearman's correlation where point `i` occurs `multiplicity(i)` times.
    pub(crate) fn spearman(&self, multiplicity: impl Fn(usize) -> f64) -> Option<f64> {
        if self.has_nan {
            return Some(f64::NAN);
        }
        let weights: Vec<f64> = (0..self.x.of.len()).map(multiplicity).collect();
        let total: f64 = weights.iter().sum();
        let mean = (total + 1.0) / 2.0;
        let (rank_x, rank_y) = (self.x.ranks(&weights), self.y.ranks(&weights));
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        for (i, weight) in weights.iter().enumerate() {
            let (dx, dy) = (rank_x[self.x.of[i]] - mean, rank_y[self.y.of[i]] - mean);
            xx += weight * dx * dx;
            yy += weight * dy * dy;
            xy += weight * dx * dy;
        }
        (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
    }
}

/// Which group of equal values each point is in; groups are numbered in rising order.
struct Groups {
    of: Vec<usize>,
    count: usize,
}

impl Groups {
    fn new(values: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let mut of = vec![0; values.len()];
        let mut count = 0;
        for (position, &point) in order.iter().enumerate() {
            if position == 0 || values[order[position - 1]] != values[point] {
                count += 1;
            }
            of[point] = count - 1;
        }
        Groups { of, count }
    }

    /// The average rank of each group, from 1.
    fn ranks(&self, weights: &[f64]) -> Vec<f64> {
        let mut size = vec![0.0; self.count];
        for (group, weight) in self.of.iter().zip(weights) {
            size[*group] += weight;
        }
        let mut before = 0.0;
        for entry in &mut size {
            let members = *entry;
            *entry = before + (members + 1.0) / 2.0;
            before += members;
        }
        size
    }
}

fn pair_count(n: usize) -> f64 {
    let n = n as f64;
    n * (n - 1.0) / 2.0
}

fn tied_pairs<T>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> f64 {
    sorted.chunk_by(same).map(|run| pair_count(run.len())).sum()
}

/// Merge sort that counts the strictly inverted pairs.
fn sort_counting_swaps(values: &mut [usize]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let middle = values.len() / 2;
    let mut swaps = sort_counting_swaps(&mut values[..middle]);
    swaps += sort_counting_swaps(&mut values[middle..]);
    let left = values[..middle].to_vec();
    let right = values[middle..].to_vec();
    let (mut l, mut r) = (0, 0);
    for slot in values {
        if r == right.len() || (l < left.len() && left[l] <= right[r]) {
            *slot = left[l];
            l += 1;
        } else {
            *slot = right[r];
            r += 1;
            swaps += (left.len() - l) as f64;
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::tests::judged;
    use proptest::prelude::*;

    #[test]
    fn spearman_by_hand() {
        let check = |x: &[f64], y: &[f64], expect: Option<f64>| {
            let got = spearman(x, y);
            let close = got.zip(expect).is_none_or(|(g, e)| (g - e).abs() < 1e-12);
            assert!(got.is_some() == expect.is_some() && close, "{got:?} for {expect:?}");
        };
        check(&[1.0, 2.0, 3.0, 4.0], &[10.0, 20.0, 30.0, 99.0], Some(1.0));
        check(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0], Some(-1.0));
        // Squared rank differences 0, 1, 1, 0: 1 - 6*2/(4*15).
        check(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0], Some(0.8));
        // Ranks 1.5, 1.5, 3 against 1, 2, 3.
        check(&[0.0, -0.0, 1.0], &[1.0, 2.0, 3.0], Some(1.5 / (1.5_f64 * 2.0).sqrt()));
        check(&[1.0, 1.0], &[1.0, 2.0], None);
        check(&[1.0], &[1.0], None);
        assert!(spearman(&[f64::NAN, 1.0], &[1.0, 2.0]).unwrap().is_nan());
    }

    #[test]
    fn swapping_the_sides_of_pairs_changes_no_rank_correlation() {
        let values = [(0.3, 1.0), (0.1, -1.0), (0.7, 0.5), (-0.2, 0.0)];
        let points = |swap: &[f64; 4]| {
            let judgements = values.iter().zip(swap).map(|((d, q), sign)| {
                let mut judgement = judged(0, &[0.5, 0.5], &[1.0, 0.0]);
                judgement.predicted_value = Some(sign * d);
                judgement.answer.value = Some(sign * q);
                judgement.answer.antisymmetric = true;
                judgement
            });
            let points = judgements.flat_map(|judgement| value_points(&judgement));
            points.unzip::<f64, f64, Vec<f64>, Vec<f64>>()
        };
        let (x, y) = points(&[1.0, 1.0, 1.0, 1.0]);
        let (u, v) = points(&[-1.0, 1.0, -1.0, -1.0]);
        assert_eq!(x.len(), 8);
        assert_eq!(spearman(&x, &y), spearman(&u, &v));
        assert_eq!(kendall_tau(&x, &y), kendall_tau(&u, &v));
        let one_sided: (Vec<f64>, Vec<f64>) = values.iter().copied().unzip();
        assert_ne!(spearman(&x, &y), spearman(&one_sided.0, &one_sided.1));
    }

    fn kendall_over_pairs(x: &[f64], y: &[f64]) -> Option<f64> {
        let (mut difference, mut in_x, mut in_y) = (0.0, 0.0, 0.0);
        for i in 0..x.len() {
            for j in 0..i {
                let (a, b) = (x[i] - x[j], y[i] - y[j]);
                in_x += f64::from(u8::from(a != 0.0));
                in_y += f64::from(u8::from(b != 0.0));
                if a != 0.0 && b != 0.0 {
                    difference += a.signum() * b.signum();
                }
            }
        }
        let scale = f64::sqrt(in_x * in_y);
        (scale > 0.0).then(|| difference / scale)
    }

    proptest! {
        #[test]
        fn kendall_equals_its_definition(
            points in prop::collection::vec((0_u8..6, 0_u8..6), 0..40),
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) =
                points.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).unzip();
            prop_assert_eq!(kendall_tau(&x, &y), kendall_over_pairs(&x, &y));
        }

        #[test]
        fn multiplicities_equal_repeated_points(
            points in prop::collection::vec((0_u8..6, 0_u8..6, 0_u32..4), 1..30),
        ) {
            let x: Vec<f64> = points.iter().map(|p| f64::from(p.0)).collect();
            let y: Vec<f64> = points.iter().map(|p| f64::from(p.1)).collect();
            let weighted = Ranked::new(&x, &y).spearman(|i| f64::from(points[i].2));
            let repeat = |values: &[f64]| -> Vec<f64> {
                let copies = |(i, v): (usize, &f64)| vec![*v; points[i].2 as usize];
                values.iter().enumerate().flat_map(copies).collect()
            };
            let repeated = spearman(&repeat(&x), &repeat(&y));
            prop_assert_eq!(weighted.is_some(), repeated.is_some());
            if let (Some(a), Some(b)) = (weighted, repeated) {
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
    }
}
