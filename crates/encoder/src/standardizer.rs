//! How are features brought to one scale?

use serde::{Deserialize, Serialize};

/// Mean and standard deviation of each feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardizer {
    /// Names of the features.
    pub names: Vec<String>,
    /// Mean of each.
    pub mean: Vec<f32>,
    /// Population standard deviation of each; 1 where the feature is constant.
    pub scale: Vec<f32>,
}

impl Standardizer {
    /// `(x - mean) / scale` of each feature of some rows.
    pub(crate) fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.names.len().max(1)) {
            for (value, (mean, scale)) in row.iter_mut().zip(self.mean.iter().zip(&self.scale)) {
                *value = (*value - mean) / scale;
            }
        }
    }
}
