//! How is a standardizer fitted, to training segments only?

use crate::{FeatureError, Features, Standardizer};
use std::collections::BTreeSet;

impl Standardizer {
    /// Fits to the steps of these segments. A step in several windows counts once, so that the
    /// result does not depend on how often it was shown.
    ///
    /// # Errors
    /// No segments.
    pub fn fit(
        features: &Features,
        segments: impl Iterator<Item = usize>,
    ) -> Result<Self, FeatureError> {
        let rows: BTreeSet<usize> = segments.flat_map(|i| features.windows[i].clone()).collect();
        if rows.is_empty() {
            return Err(FeatureError::Empty);
        }
        let width = features.feature_count();
        let average = |of: &dyn Fn(usize, f64) -> f64| {
            let mut sums = vec![0.0; width];
            for &row in &rows {
                let row = features.rows(row..row + 1);
                for (i, (sum, &value)) in sums.iter_mut().zip(&*row).enumerate() {
                    *sum += of(i, f64::from(value));
                }
            }
            sums.iter().map(|sum| sum / rows.len() as f64).collect::<Vec<f64>>()
        };
        let mean = average(&|_, value| value);
        let variance = average(&|i, value| (value - mean[i]).powi(2));
        let scale = variance.iter().zip(&mean).map(|(&variance, &mean)| scale(variance, mean));
        Ok(Self {
            names: features.names.clone(),
            scale: scale.collect(),
            mean: mean.iter().map(|&mean| mean as f32).collect(),
        })
    }
}

/// The standard deviation, or 1 where it is rounding error of f32.
fn scale(variance: f64, mean: f64) -> f32 {
    let deviation = variance.sqrt();
    if deviation <= 1e-6 * mean.abs() || deviation < 1e-12 { 1.0 } else { deviation as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_steps_count_once_and_constants_keep_their_scale() {
        let values = vec![0.0, 1.0, 2.0, 1.0, 4.0, 1.0, 100.0, 1.0];
        let features =
            Features::new(vec!["x".into(), "one".into()], values, vec![0..2, 1..3, 3..4]);
        // Rows 0, 1, 2: mean 2, variance (4 + 0 + 4) / 3.
        let fitted = Standardizer::fit(&features, [0, 1].into_iter()).unwrap();
        assert_eq!(fitted.mean, [2.0, 1.0]);
        assert_eq!(fitted.scale, [(8.0f64 / 3.0).sqrt() as f32, 1.0]);
        let standardized = features.standardized(&fitted).unwrap();
        let standardized = standardized.rows(0..4);
        assert_eq!(standardized[1], 0.0);
        assert!((standardized[4] - (1.5f32).sqrt()).abs() < 1e-6);
        assert_eq!(
            Standardizer::fit(&features, std::iter::empty()).unwrap_err(),
            FeatureError::Empty
        );
    }
}
