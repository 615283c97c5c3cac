//! Features: the numbers of each step that a reward model sees.

use crate::Standardizer;
use std::ops::Range;

/// A table of features and the window of each segment into it.
///
/// # Shapes
/// `values` is `[row, feature]`; segment `i` is the rows `windows[i]`, `[time, feature]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// Names of the features.
    pub names: Vec<String>,
    /// Values, `[row, feature]`.
    pub values: Vec<f32>,
    /// Rows of each segment of the dataset. They may overlap.
    pub windows: Vec<Range<usize>>,
}

/// Features that are not the ones needed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FeatureError {
    /// No feature of this name.
    #[error("no feature `{name}`; there are {}", shorten(known))]
    Unknown {
        /// The name.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A standardizer of other features.
    #[error(
        "the standardizer is for {expected} features and the table has {found}; they first differ at {wanted} and {there}"
    )]
    Other {
        /// Number of features of the standardizer.
        expected: usize,
        /// Number of features of the table.
        found: usize,
        /// First name that differs, in the standardizer.
        wanted: String,
        /// The same in the table.
        there: String,
    },
    /// Nothing to fit on.
    #[error("a standardizer needs at least one segment with a step, found none")]
    Empty,
}

fn shorten(names: &[String]) -> String {
    let shown = names.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 12 { format!("{shown} and {} more", names.len() - 12) } else { shown }
}

fn name(names: &[String], i: usize) -> String {
    names.get(i).cloned().unwrap_or_else(|| "(none)".to_owned())
}

impl Features {
    /// Number of features of a step.
    pub fn feature_count(&self) -> usize {
        self.names.len()
    }

    /// Number of steps of segment `i`.
    pub fn steps(&self, i: usize) -> usize {
        self.windows[i].len()
    }

    /// Values of segment `i`.
    ///
    /// # Shapes
    /// `[time, feature]`.
    pub fn segment(&self, i: usize) -> &[f32] {
        let Range { start, end } = self.windows[i];
        &self.values[start * self.names.len()..end * self.names.len()]
    }

    /// The features of these names, in this order.
    ///
    /// # Errors
    /// A name that there is not.
    pub fn project(&self, names: &[String]) -> Result<Self, FeatureError> {
        let find = |name: &String| {
            self.names.iter().position(|known| known == name).ok_or_else(|| FeatureError::Unknown {
                name: name.clone(),
                known: self.names.clone(),
            })
        };
        let columns = names.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let rows = self.values.chunks_exact(self.names.len().max(1));
        let values = rows.flat_map(|row| columns.iter().map(|&column| row[column])).collect();
        Ok(Self { names: names.to_vec(), values, windows: self.windows.clone() })
    }

    /// `(x - mean) / scale` of each feature.
    ///
    /// # Errors
    /// The standardizer was fitted to other features.
    pub fn standardized(&self, standardizer: &Standardizer) -> Result<Self, FeatureError> {
        let Standardizer { names, mean, scale } = standardizer;
        if *names != self.names {
            let longest = names.len().max(self.names.len());
            let differs = (0..longest).find(|&i| names.get(i) != self.names.get(i)).unwrap_or(0);
            return Err(FeatureError::Other {
                expected: names.len(),
                found: self.names.len(),
                wanted: name(names, differs),
                there: name(&self.names, differs),
            });
        }
        let mut values = self.values.clone();
        for row in values.chunks_exact_mut(names.len().max(1)) {
            for (value, (mean, scale)) in row.iter_mut().zip(mean.iter().zip(scale)) {
                *value = (*value - mean) / scale;
            }
        }
        Ok(Self { names: names.clone(), values, windows: self.windows.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Features {
        Features {
            names: vec!["a".into(), "b".into()],
            values: vec![1.0, 10.0, 2.0, 20.0, 3.0, 30.0],
            windows: vec![0..2, 1..3],
        }
    }

    #[test]
    fn windows_overlap() {
        assert_eq!(table().segment(0), [1.0, 10.0, 2.0, 20.0]);
        assert_eq!(table().segment(1), [2.0, 20.0, 3.0, 30.0]);
        assert_eq!(table().steps(1), 2);
    }

    #[test]
    fn projection_keeps_the_asked_order() {
        let projected = table().project(&["b".into()]).unwrap();
        assert_eq!(projected.values, [10.0, 20.0, 30.0]);
        let error = table().project(&["c".into()]).unwrap_err();
        assert_eq!(error.to_string(), "no feature `c`; there are a, b");
    }

    #[test]
    fn standardizing_needs_the_same_names() {
        let wrong = Standardizer { names: vec!["a".into()], mean: vec![0.0], scale: vec![1.0] };
        let error = table().standardized(&wrong).unwrap_err();
        assert!(matches!(error, FeatureError::Other { expected: 1, found: 2, .. }));
        assert!(error.to_string().contains("differ at (none) and b"), "{error}");
    }
}
