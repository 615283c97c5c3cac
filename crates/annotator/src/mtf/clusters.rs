//! Clusters of points: k-means in batches (Sculley 2010).

use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

/// A cluster that has points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cluster {
    /// `[feature]`
    pub center: Vec<f64>,
    /// Its points, rising.
    pub points: Vec<usize>,
    /// The one that is nearest to the centre.
    pub nearest: usize,
}

const PASSES: usize = 30;

/// At most `count` clusters of points, `[point, width]` in row-major order; first centres are points.
pub(crate) fn clusters(
    rows: &[f32],
    width: usize,
    count: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<Cluster> {
    let total = rows.len() / width.max(1);
    let count = count.min(total);
    let point = |number: usize| &rows[number * width..][..width];
    let mut centers: Vec<Vec<f64>> = sample(rng, total, count)
        .into_iter()
        .map(|number| point(number).iter().copied().map(f64::from).collect())
        .collect();
    let mut seen = vec![0.0; count];
    let batch = (3 * count).max(256).min(total);
    for _ in 0..PASSES {
        let drawn: Vec<usize> = sample(rng, total, batch).into_iter().collect();
        let nearest: Vec<usize> =
            drawn.iter().map(|&number| closest(&centers, point(number)).0).collect();
        for (&number, &center) in drawn.iter().zip(&nearest) {
            seen[center] += 1.0;
            let rate = 1.0 / seen[center];
            let moved = centers[center].iter_mut().zip(point(number));
            moved.for_each(|(c, x)| *c += rate * (f64::from(*x) - *c));
        }
    }
    let mut found: Vec<(Vec<usize>, (f64, usize))> = vec![(Vec::new(), (f64::INFINITY, 0)); count];
    for number in 0..total {
        let (center, distance) = closest(&centers, point(number));
        let (points, nearest) = &mut found[center];
        points.push(number);
        if distance < nearest.0 {
            *nearest = (distance, number);
        }
    }
    let all = centers.into_iter().zip(found).filter(|(_, (points, _))| !points.is_empty());
    all.map(|(center, (points, (_, nearest)))| Cluster { center, points, nearest }).collect()
}

/// The closest centre, the first of equal ones, and its squared distance.
fn closest(centers: &[Vec<f64>], point: &[f32]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (number, center) in centers.iter().enumerate() {
        let distance = center.iter().zip(point).map(|(c, x)| (c - f64::from(*x)).powi(2)).sum();
        if distance < best.1 {
            best = (number, distance);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_random::stream;

    #[test]
    fn what_lies_together_is_one_cluster() {
        // Ten points around 0 and ten around 5, in the plane.
        let rows: Vec<f32> = (0..20)
            .flat_map(|i| {
                let base = if i % 2 == 0 { 0.0 } else { 5.0 };
                [base + 0.01 * i as f32, base]
            })
            .collect();
        for seed in 0..5 {
            let found = clusters(&rows, 2, 6, &mut stream(seed, "clusters"));
            let total: usize = found.iter().map(|one| one.points.len()).sum();
            assert_eq!(total, 20);
            for Cluster { center, points, nearest } in found {
                assert!(points.iter().all(|point| point % 2 == points[0] % 2), "{points:?}");
                assert!(points.contains(&nearest));
                // Between the outermost of its points.
                let half = if points[0] % 2 == 0 { 0.0 } else { 5.0 };
                assert!((center[1] - half).abs() < 1e-6 && (half..half + 0.2).contains(&center[0]));
            }
        }
    }
}
