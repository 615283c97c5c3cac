//! How is a standardizer fitted, to training segments only?

use crate::{Components, FeatureError, Features, Standardizer};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Columns of a block at most, of which principal components are found: their second moments are a dense
/// matrix.
const WIDEST: usize = 4096;

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
        let rows = rows_of(features, segments);
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
            components: Vec::new(),
        })
    }

    /// The same where models see so many principal components of some blocks, fitted to the steps of
    /// these segments: all of them, and the first `count` of each block that is named.
    ///
    /// # Errors
    /// A block that there is not or that is too wide, or components that it has not.
    pub fn with_components(
        mut self,
        features: &Features,
        segments: impl Iterator<Item = usize>,
        counts: &BTreeMap<String, usize>,
    ) -> Result<Self, FeatureError> {
        let rows = rows_of(features, segments);
        for (name, &count) in counts {
            let block = features.blocks().iter().find(|(known, _)| known == name);
            let (_, columns) = block.ok_or_else(|| FeatureError::UnknownBlock {
                name: name.clone(),
                known: features.blocks().iter().map(|(known, _)| known.clone()).collect(),
            })?;
            if columns.len() > WIDEST {
                let (name, width) = (name.clone(), columns.len());
                return Err(FeatureError::TooWide { name, width, most: WIDEST });
            }
            // The mean takes one direction.
            let most = columns.len().min(rows.len().saturating_sub(1));
            if !(1..=most).contains(&count) {
                return Err(FeatureError::Components { name: name.clone(), count, most });
            }
            let standardized = |&row: &usize| {
                let mut values = features.rows(row..row + 1)[columns.clone()].to_vec();
                self.apply_to(columns.clone(), &mut values);
                values
            };
            let found = Components::fit(columns.clone(), count, rows.iter().map(standardized));
            self.components.push(found);
        }
        self.components.sort_by_key(|of| of.columns.start);
        Ok(self)
    }

    /// Whether its components are of these blocks, each of one, in their order.
    ///
    /// # Errors
    /// The first that are not.
    pub(crate) fn check_components(
        &self,
        blocks: &[(String, Range<usize>)],
    ) -> Result<(), FeatureError> {
        let mut next = 0;
        for of in &self.components {
            let Range { start, end } = of.columns;
            let is_block = blocks.iter().any(|(_, columns)| *columns == of.columns);
            let found: Vec<usize> = of.axes.iter().map(Vec::len).collect();
            if !is_block || start < next || found.iter().any(|&numbers| numbers != end - start) {
                return Err(FeatureError::Axes { from: start, to: end, found });
            }
            next = end;
        }
        Ok(())
    }
}

/// Rows of these segments, each once.
fn rows_of(features: &Features, segments: impl Iterator<Item = usize>) -> BTreeSet<usize> {
    segments.flat_map(|i| features.windows[i].clone()).collect()
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

    fn blocks() -> Features {
        // Block a is twice one number and its half; block b is by itself.
        let values: Vec<f32> = [1.0f32, -2.0, 4.0, -3.0]
            .iter()
            .enumerate()
            .flat_map(|(i, &x)| [2.0 * x, 0.5 * x, i as f32])
            .collect();
        let names = ["a/x", "a/y", "b/z"].map(str::to_owned).to_vec();
        let windows = vec![0..2, 2..4];
        let blocks = vec![("a".to_owned(), 0..2), ("b".to_owned(), 2..3)];
        Features::new(names, values, windows).with_blocks(blocks)
    }

    #[test]
    fn a_block_is_seen_by_its_components() {
        let features = blocks();
        let all = || 0..2;
        let counts = BTreeMap::from([("a".to_owned(), 1)]);
        let fitted = Standardizer::fit(&features, all()).unwrap();
        let fitted = fitted.with_components(&features, all(), &counts).unwrap();
        let seen = features.standardized(&fitted).unwrap();
        assert_eq!(seen.names, ["a/component-0", "b/z"]);
        assert_eq!(seen.blocks(), [("a".to_owned(), 0..1), ("b".to_owned(), 1..2)]);
        // Two standardized columns that are equal: their component is one of them by sqrt(2).
        let plain = Standardizer { components: Vec::new(), ..fitted.clone() };
        let plain = features.standardized(&plain).unwrap();
        for row in 0..4 {
            let (seen, plain) = (seen.rows(row..row + 1), plain.rows(row..row + 1));
            assert!((seen[0] - 2f32.sqrt() * plain[0]).abs() < 1e-5, "{seen:?} {plain:?}");
            assert_eq!(seen[1], plain[2]);
        }
        let text = serde_json::to_string(&fitted).unwrap();
        assert_eq!(serde_json::from_str::<Standardizer>(&text).unwrap(), fitted);
    }

    #[test]
    fn components_that_cannot_be_are_refused() {
        let features = blocks();
        let fitted = Standardizer::fit(&features, 0..2).unwrap();
        let refused = |name: &str, count: usize| {
            let counts = BTreeMap::from([(name.to_owned(), count)]);
            fitted.clone().with_components(&features, 0..2, &counts).unwrap_err().to_string()
        };
        assert_eq!(refused("c", 1), "no block of features `c`; there are: a, b");
        assert_eq!(refused("a", 3), "block `a` has 1 to 2 principal components, found 3");
        assert_eq!(refused("a", 0), "block `a` has 1 to 2 principal components, found 0");
        let wide = Features::new(
            (0..WIDEST + 1).map(|i| i.to_string()).collect(),
            vec![1.0; 2 * (WIDEST + 1)],
            vec![0..1, 1..2],
        );
        let wide = wide.with_blocks(vec![("w".to_owned(), 0..WIDEST + 1)]);
        let counts = BTreeMap::from([("w".to_owned(), 1)]);
        let fitted_wide = Standardizer::fit(&wide, 0..1).unwrap();
        let error = fitted_wide.with_components(&wide, 0..1, &counts).unwrap_err().to_string();
        assert!(error.contains("`w` has 4097 features, and at most 4096"), "{error}");
        // Of a file that was changed by hand.
        let axes = |columns, axes| {
            let components = vec![Components { columns, axes }];
            let broken = Standardizer { components, ..fitted.clone() };
            features.standardized(&broken).unwrap_err().to_string()
        };
        for told in [axes(0..3, vec![vec![1.0; 3]]), axes(0..2, vec![vec![1.0; 3]])] {
            assert!(told.contains("principal components need a block"), "{told}");
        }
    }
}
