//! What weights make a weighted mean of rewards, each at one standard deviation?

/// Weights of rewards with these standard deviations `sds` of their returns in the mean of
/// `R_k / sd_k`, each counting in proportion to its entry in `shares`.
///
/// A reward that says the same of everything has no scale, and counts nothing; if no other does
/// either, so does the mean of all as they are.
pub(super) fn mean_of_z(sds: &[f64], shares: &[f64]) -> Vec<f64> {
    let share = |(&sd, &share): (&f64, &f64)| if sd > 0.0 { share } else { 0.0 };
    let shares: Vec<f64> = sds.iter().zip(shares).map(share).collect();
    let total: f64 = shares.iter().sum();
    if total == 0.0 {
        return vec![1.0 / sds.len() as f64; sds.len()];
    }
    let weight = |(&sd, share): (&f64, f64)| if share > 0.0 { share / sd / total } else { 0.0 };
    sds.iter().zip(shares).map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_by_hand() {
        assert_eq!(mean_of_z(&[2.0, 4.0], &[1.0, 1.0]), [0.25, 0.125]);
        assert_eq!(mean_of_z(&[2.0, 4.0], &[3.0, 1.0]), [0.375, 0.0625]);
        assert_eq!(mean_of_z(&[2.0, 4.0, 1.0], &[1.0, 0.0, 1.0]), [0.25, 0.0, 0.5]);
        assert_eq!(mean_of_z(&[0.0, 4.0], &[1.0, 1.0]), [0.0, 0.25]);
        assert_eq!(mean_of_z(&[0.0, 0.0], &[1.0, 1.0]), [0.5, 0.5]);
    }
}
