//! How is a symmetric positive definite system solved? Newton's method needs nothing else.

/// `x` with `matrix x = right`, by Cholesky factorization; `None` unless positive definite.
pub(crate) fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for i in 0..n {
        for j in 0..=i {
            let (above, row) = matrix.split_at_mut(i);
            let row = &mut row[0];
            let other = if j < i { &above[j] } else { &*row };
            let dot: f64 = (0..j).map(|k| row[k] * other[k]).sum();
            let rest = row[j] - dot;
            if j < i {
                row[j] = rest / above[j][j];
            } else if rest > 0.0 {
                row[i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - dot) / matrix[i][i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| matrix[k][i] * right[k]).sum();
        right[i] = (right[i] - dot) / matrix[i][i];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_was_multiplied() {
        let matrix = vec![vec![4.0, 2.0, 1.0], vec![2.0, 5.0, 3.0], vec![1.0, 3.0, 6.0]];
        let x = [1.0, -2.0, 0.5];
        let right = matrix.iter().map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect();
        for (got, expect) in solve(matrix, right).unwrap().iter().zip(x) {
            assert!((got - expect).abs() < 1e-12);
        }
        assert_eq!(solve(vec![vec![1.0, 2.0], vec![2.0, 1.0]], vec![1.0, 1.0]), None);
    }
}
