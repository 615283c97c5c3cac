//! The directions in which features vary most.
//!
//! Orthogonal iteration with a Rayleigh-Ritz step (Golub and Van Loan 2013, section 8.2.4) on the
//! second moments, some directions more than are wanted: a few leading ones of some thousand features
//! cost seconds, where all of them would cost minutes.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Principal components of a block of standardized features, not whitened: each keeps the variance
/// that it has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Components {
    /// Columns of the block.
    pub columns: Range<usize>,
    /// Directions of length 1, the one of most variance first; the largest entry of each is positive.
    /// `[component, column]`
    pub axes: Vec<Vec<f32>>,
}

/// Directions beside those wanted, which makes the last ones of these settle sooner.
const MORE: usize = 16;
/// Rounds at most.
const ROUNDS: usize = 200;
/// Relative change of the variance along the wanted directions at which they have settled.
const SETTLED: f64 = 1e-7;

impl Components {
    /// The first `count` of `rows`, whose mean is 0.
    ///
    /// # Panics
    /// If there are not as many columns.
    pub fn fit(columns: Range<usize>, count: usize, rows: impl Iterator<Item = Vec<f32>>) -> Self {
        let width = columns.len();
        assert!(count <= width, "{count} components of {width} columns");
        let moments = second_moments(width, rows);
        let axes = leading(&moments, count);
        let axis = |column: DVector<f64>| column.iter().map(|&x| x as f32).collect();
        Self { columns, axes: axes.into_iter().map(axis).collect() }
    }

    /// Number of components.
    pub fn count(&self) -> usize {
        self.axes.len()
    }

    /// The components of a standardized row of the block.
    pub(crate) fn of<'a>(&'a self, row: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        let along = move |axis: &Vec<f32>| -> f64 {
            axis.iter().zip(row).map(|(&a, &x)| f64::from(a) * f64::from(x)).sum()
        };
        self.axes.iter().map(move |axis| along(axis) as f32)
    }
}

/// Rows whose products are summed at a time.
const AT_ONCE: usize = 1024;

/// Mean of `x x'`.
fn second_moments(width: usize, rows: impl Iterator<Item = Vec<f32>>) -> DMatrix<f64> {
    let mut sums = DMatrix::zeros(width, width);
    let (mut held, mut count) = (Vec::new(), 0usize);
    let mut add = |held: &mut Vec<f64>| {
        let chunk = DMatrix::from_column_slice(width, held.len() / width, held);
        sums.gemm(1.0, &chunk, &chunk.transpose(), 1.0);
        held.clear();
    };
    for row in rows {
        held.extend(row.into_iter().map(f64::from));
        count += 1;
        if held.len() == AT_ONCE * width {
            add(&mut held);
        }
    }
    if !held.is_empty() {
        add(&mut held);
    }
    sums / count.max(1) as f64
}

/// Eigenvectors of the largest eigenvalues, largest first.
fn leading(moments: &DMatrix<f64>, count: usize) -> Vec<DVector<f64>> {
    let width = moments.nrows();
    let tried = width.min(count + MORE);
    // Fixed numbers that are no eigenvectors of anything: fractions of multiples of an irrational.
    let start =
        |i: usize, j: usize| ((1 + i + j * width) as f64 * 0.754_877_666_246_692_8).fract() - 0.5;
    let mut directions = DMatrix::from_fn(width, tried, start).qr().q();
    let mut known = f64::NEG_INFINITY;
    for _ in 0..ROUNDS {
        let image = moments * &directions;
        let within = SymmetricEigen::new(directions.transpose() * &image);
        let order = descending(&within.eigenvalues);
        let variance: f64 = order[..count].iter().map(|&i| within.eigenvalues[i]).sum();
        directions = (image * within.eigenvectors.select_columns(&order)).qr().q();
        if (variance - known).abs() <= SETTLED * variance.abs() {
            break;
        }
        known = variance;
    }
    let within = SymmetricEigen::new(directions.transpose() * (moments * &directions));
    let order = descending(&within.eigenvalues);
    let found = directions * within.eigenvectors.select_columns(&order[..count]);
    found.column_iter().map(|column| facing(column.into_owned())).collect()
}

fn descending(values: &DVector<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}

/// An axis has no sign of its own.
fn facing(axis: DVector<f64>) -> DVector<f64> {
    if axis[axis.iamax()] < 0.0 { -axis } else { axis }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows whose covariance falls off slowly, as that of embeddings does.
    fn rows(count: usize, width: usize) -> Vec<Vec<f32>> {
        let noise = |i: usize| ((i as f64 * 0.618_033_988_749_894_9).fract() - 0.5) as f32;
        let mix = |row: usize, column: usize| {
            let own = noise(1 + row * width + column);
            let shared = noise(77_777 + row * 3 + column % 3);
            own / (1.0 + column as f32).sqrt() + 0.5 * shared
        };
        (0..count).map(|row| (0..width).map(|column| mix(row, column)).collect()).collect()
    }

    #[test]
    fn they_are_the_leading_eigenvectors() {
        let rows = rows(300, 40);
        let found = Components::fit(0..40, 6, rows.iter().cloned());
        let moments = second_moments(40, rows.into_iter());
        let whole = SymmetricEigen::new(moments.clone());
        for (axis, &place) in found.axes.iter().zip(&descending(&whole.eigenvalues)) {
            let axis = DVector::from_iterator(40, axis.iter().map(|&x| f64::from(x)));
            assert!((axis.norm() - 1.0).abs() < 1e-6);
            let gap = (&moments * &axis - whole.eigenvalues[place] * &axis).norm();
            assert!(gap < 1e-3 * whole.eigenvalues[place], "{gap}");
            let largest =
                axis.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() { x } else { m });
            assert!(largest > 0.0);
        }
    }

    #[test]
    fn what_lies_in_few_directions_is_kept_whole() {
        let rows: Vec<Vec<f32>> = (0..20)
            .map(|i| {
                let (a, b) = ((i as f32 * 0.7).sin(), (i as f32 * 1.9).cos());
                vec![a, a + b, b, 2.0 * a - b]
            })
            .collect();
        let found = Components::fit(3..7, 2, rows.iter().cloned());
        for row in &rows {
            let scores: Vec<f32> = found.of(row).collect();
            for (column, &value) in row.iter().enumerate() {
                let back: f32 =
                    scores.iter().zip(&found.axes).map(|(s, axis)| s * axis[column]).sum();
                assert!((back - value).abs() < 1e-5, "{back} {value}");
            }
        }
    }
}
