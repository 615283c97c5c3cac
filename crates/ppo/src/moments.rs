//! Running mean and spread of rows of numbers, and what is seen through them.

use serde::{Deserialize, Serialize};

/// How far from the mean a number may be seen, in standard deviations.
const FARTHEST: f64 = 10.0;

/// Mean and variance of each column, over all rows so far (Welford 1962).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moments {
    count: u64,
    mean: Vec<f64>,
    /// Sum of squared distances from the mean.
    squares: Vec<f64>,
}

impl Moments {
    pub fn new(columns: usize) -> Self {
        Self { count: 0, mean: vec![0.0; columns], squares: vec![0.0; columns] }
    }

    /// Counts a row in.
    pub fn add(&mut self, row: impl IntoIterator<Item = f64>) {
        self.count += 1;
        let count = self.count as f64;
        for ((value, mean), squares) in row.into_iter().zip(&mut self.mean).zip(&mut self.squares) {
            let off = value - *mean;
            *mean += off / count;
            *squares += off * (value - *mean);
        }
    }

    /// Standard deviation of a column; 1 before there are two rows.
    pub fn sd(&self, column: usize) -> f64 {
        match self.count {
            0 | 1 => 1.0,
            count => (self.squares[column] / count as f64 + 1e-8).sqrt(),
        }
    }

    /// All that it is, to the bit.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        let numbers = self.mean.iter().chain(&self.squares);
        self.count.to_le_bytes().into_iter().chain(numbers.flat_map(|x| x.to_le_bytes())).collect()
    }

    /// A row as a network sees it. As it is before there are two rows.
    pub fn see(&self, row: &[f32], seen: &mut [f32]) {
        if self.count < 2 {
            return seen.copy_from_slice(row);
        }
        for (column, (seen, &value)) in seen.iter_mut().zip(row).enumerate() {
            let off = (f64::from(value) - self.mean[column]) / self.sd(column);
            *seen = off.clamp(-FARTHEST, FARTHEST) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_rows_by_hand() {
        let mut moments = Moments::new(2);
        let mut seen = [0.0; 2];
        moments.see(&[5.0, -3.0], &mut seen);
        assert_eq!(seen, [5.0, -3.0]);
        for value in [1.0, 2.0, 3.0, 6.0] {
            moments.add([value, 7.0]);
        }
        // Mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5.
        moments.see(&[6.0, 7.0], &mut seen);
        assert!((f64::from(seen[0]) - 3.0 / 3.5_f64.sqrt()).abs() < 1e-6, "{seen:?}");
        moments.see(&[3.0, 8.0], &mut seen);
        assert_eq!(seen, [0.0, 10.0]);
    }
}
