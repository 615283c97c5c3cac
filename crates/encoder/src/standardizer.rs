//! How are features brought to one scale?

use crate::Components;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Mean and standard deviation of each feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardizer {
    /// Names of the features.
    pub names: Vec<String>,
    /// Mean of each.
    pub mean: Vec<f32>,
    /// Population standard deviation of each; 1 where the feature is constant.
    pub scale: Vec<f32>,
    /// Blocks of which models see the principal components, in the order of their columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Components>,
}

impl Standardizer {
    /// `(x - mean) / scale` of each feature of some rows.
    pub(crate) fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.names.len().max(1)) {
            self.apply_to(0..self.names.len(), row);
        }
    }

    /// The same of some columns of a row, whose values these are.
    pub(crate) fn apply_to(&self, columns: Range<usize>, values: &mut [f32]) {
        let fitted = self.mean[columns.clone()].iter().zip(&self.scale[columns]);
        for (value, (mean, scale)) in values.iter_mut().zip(fitted) {
            *value = (*value - mean) / scale;
        }
    }

    /// What models see of a standardized row, behind what is there already.
    pub(crate) fn reduce(&self, row: &[f32], seen: &mut Vec<f32>) {
        let mut start = 0;
        for of in &self.components {
            seen.extend_from_slice(&row[start..of.columns.start]);
            seen.extend(of.of(&row[of.columns.clone()]));
            start = of.columns.end;
        }
        seen.extend_from_slice(&row[start..]);
    }

    /// Names and blocks of what models see, where the columns are in these blocks.
    pub(crate) fn reduced(
        &self,
        blocks: &[(String, Range<usize>)],
    ) -> (Vec<String>, Vec<(String, Range<usize>)>) {
        let (mut names, mut seen): (Vec<String>, Vec<_>) = Default::default();
        for (block, columns) in blocks {
            let start = names.len();
            match self.components.iter().find(|of| of.columns == *columns) {
                Some(of) => names.extend((0..of.count()).map(|i| format!("{block}/component-{i}"))),
                None => names.extend_from_slice(&self.names[columns.clone()]),
            }
            seen.push((block.clone(), start..names.len()));
        }
        (names, seen)
    }
}
