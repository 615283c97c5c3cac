//! How is a square system solved?
//!
//! By elimination with partial pivoting, and one step of refinement, which costs little and makes the
//! error that of rounding the answer. A crate of linear algebra would be the largest dependency here.

/// `x` with `matrix x = right`; `None` where the matrix is singular.
///
/// # Shapes
/// `matrix`: `[row][column]`, square; `right`: `[row]`.
pub(crate) fn solve(matrix: &[Vec<f64>], right: &[f64]) -> Option<Vec<f64>> {
    let factors = Factors::of(matrix)?;
    let mut x = factors.solve(right);
    let residual: Vec<f64> = matrix
        .iter()
        .zip(right)
        .map(|(row, b)| b - row.iter().zip(&x).map(|(m, x)| m * x).sum::<f64>())
        .collect();
    x.iter_mut().zip(factors.solve(&residual)).for_each(|(x, step)| *x += step);
    x.iter().all(|x| x.is_finite()).then_some(x)
}

/// Lower factors below the diagonal, upper ones from it on.
struct Factors {
    rows: Vec<Vec<f64>>,
    /// Which row of the matrix each is.
    order: Vec<usize>,
}

impl Factors {
    fn of(matrix: &[Vec<f64>]) -> Option<Self> {
        let (mut rows, n) = (matrix.to_vec(), matrix.len());
        let mut order: Vec<usize> = (0..n).collect();
        for column in 0..n {
            let largest = |a: &usize, b: &usize| {
                rows[*a][column].abs().total_cmp(&rows[*b][column].abs()).then(b.cmp(a))
            };
            let pivot = (column..n).max_by(largest)?;
            rows.swap(column, pivot);
            order.swap(column, pivot);
            let (above, below) = rows.split_at_mut(column + 1);
            let pivot = &above[column];
            if pivot[column] == 0.0 {
                return None;
            }
            for row in below.iter_mut().filter(|row| row[column] != 0.0) {
                eliminate(row, pivot, column);
            }
        }
        Some(Self { rows, order })
    }

    fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = right.len();
        let mut x: Vec<f64> = self.order.iter().map(|row| right[*row]).collect();
        for i in 0..n {
            let known: f64 = (0..i).map(|k| self.rows[i][k] * x[k]).sum();
            x[i] -= known;
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| self.rows[i][k] * x[k]).sum();
            x[i] = (x[i] - known) / self.rows[i][i];
        }
        x
    }
}

fn eliminate(row: &mut [f64], pivot: &[f64], column: usize) {
    let factor = row[column] / pivot[column];
    row[column] = factor;
    let rest = row[column + 1..].iter_mut().zip(&pivot[column + 1..]);
    rest.for_each(|(entry, above)| *entry -= factor * above);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_was_multiplied() {
        // The first pivot is 0, so that rows have to change places.
        let matrix = [vec![0.0, 2.0, 1.0], vec![2.0, -5.0, 3.0], vec![1.0, 3.0, 6.0]];
        let x = [1.0, -2.0, 0.5];
        let right: Vec<f64> =
            matrix.iter().map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect();
        for (got, expect) in solve(&matrix, &right).unwrap().iter().zip(x) {
            assert!((got - expect).abs() < 1e-14, "{got} for {expect}");
        }
        assert_eq!(solve(&[vec![1.0, 2.0], vec![2.0, 4.0]], &[1.0, 1.0]), None);
        assert_eq!(solve(&[vec![f64::NAN]], &[1.0]), None);
    }
}
