//! Features: the numbers of each step that a reward model sees.

use crate::Standardizer;
use medley_dataset::Values;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A table of features and the window of each segment into it.
///
/// # Shapes
/// The table is `[row, feature]`; segment `i` is the rows `windows[i]`, `[time, feature]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// Names of the features.
    pub names: Vec<String>,
    /// Rows of each segment of the dataset. They may overlap.
    pub windows: Vec<Range<usize>>,
    /// What the encoder has to say about them: what it cut off, or did not use.
    pub notes: Vec<String>,
    /// `[row, feature]`, before `scaling`.
    values: Values,
    /// Applied when rows are read from disk; rows in memory are scaled once.
    scaling: Option<Arc<Standardizer>>,
    /// What models see of points that are no rows, by the bits of the point; others are seen as they
    /// are.
    points: Arc<HashMap<Vec<u32>, Vec<f32>>>,
    /// Columns that belong together, by name; none if all do.
    blocks: Vec<(String, Range<usize>)>,
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
    /// A standardizer that has not a mean and a deviation for each feature.
    #[error(
        "the standardizer has {names} names of features, {means} means and {scales} standard deviations, which must be as many"
    )]
    Numbers {
        /// How many names.
        names: usize,
        /// How many means.
        means: usize,
        /// How many standard deviations.
        scales: usize,
    },
    /// No block of this name.
    #[error("no block of features `{name}`; there are: {}", if known.is_empty() { "none, but in `encoder.join`".to_owned() } else { known.join(", ") })]
    UnknownBlock {
        /// The name.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A block whose second moments would be too large a matrix.
    #[error(
        "block `{name}` has {width} features, and at most {most} can have principal components"
    )]
    TooWide {
        /// The block.
        name: String,
        /// Its features.
        width: usize,
        /// As many as it may have.
        most: usize,
    },
    /// More components than there are, or none.
    #[error("block `{name}` has 1 to {most} principal components, found {count}")]
    Components {
        /// The block.
        name: String,
        /// How many were asked for.
        count: usize,
        /// How many there are: features, or steps to fit on less one if these are fewer.
        most: usize,
    },
    /// Axes that are no directions of a block.
    #[error(
        "principal components need a block of as many columns as their axes have numbers; found columns {from} to {to} with axes of {found:?}"
    )]
    Axes {
        /// First column.
        from: usize,
        /// Column behind the last.
        to: usize,
        /// Numbers of each axis.
        found: Vec<usize>,
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
    /// A table, `[row, feature]`, and the rows of each segment.
    pub fn new(names: Vec<String>, values: impl Into<Values>, windows: Vec<Range<usize>>) -> Self {
        let (notes, points) = (Vec::new(), Arc::default());
        let blocks = Vec::new();
        Self { names, values: values.into(), windows, notes, scaling: None, points, blocks }
    }

    /// The same features in blocks: columns by name, which follow each other and are all.
    ///
    /// # Panics
    /// If they do not, or are not.
    pub fn with_blocks(self, blocks: Vec<(String, Range<usize>)>) -> Self {
        let end = blocks.iter().fold(0, |next, (name, columns)| {
            assert_eq!(columns.start, next, "first column of block `{name}`");
            columns.end
        });
        let all = if blocks.is_empty() { 0 } else { self.feature_count() };
        assert_eq!(end, all, "columns in blocks and features");
        Self { blocks, ..self }
    }

    /// Columns that belong together, by name, in order; none if all are one block without a name.
    pub fn blocks(&self) -> &[(String, Range<usize>)] {
        &self.blocks
    }

    /// The same features of a space that points of another one are mapped into: pairs of a point and of
    /// what stands for it here.
    pub fn with_points(self, points: impl IntoIterator<Item = (Vec<f32>, Vec<f32>)>) -> Self {
        let by_bits = points.into_iter().map(|(point, seen)| (bits(&point), seen)).collect();
        Self { points: Arc::new(by_bits), ..self }
    }

    /// The same features with notes.
    pub fn with_notes(self, notes: Vec<String>) -> Self {
        Self { notes, ..self }
    }

    /// Number of features of a step.
    pub fn feature_count(&self) -> usize {
        self.names.len()
    }

    /// Number of rows of the table.
    pub fn row_count(&self) -> usize {
        self.values.len() / self.names.len().max(1)
    }

    /// Number of rows of segment `i`: its steps, or 1 where an encoder gives one vector for the whole
    /// segment.
    pub fn steps(&self, i: usize) -> usize {
        self.windows[i].len()
    }

    /// Values of segment `i`.
    ///
    /// # Shapes
    /// `[time, feature]`.
    pub fn segment(&self, i: usize) -> Cow<'_, [f32]> {
        self.rows(self.windows[i].clone())
    }

    /// Values of some rows of the table.
    ///
    /// # Shapes
    /// `[row, feature]`.
    pub fn rows(&self, rows: Range<usize>) -> Cow<'_, [f32]> {
        let width = self.names.len();
        let mut values = self.values.range(rows.start * width..rows.end * width);
        if let Some(scaling) = &self.scaling {
            scaling.apply(values.to_mut());
        }
        values
    }

    /// What a model of these features sees of a point that is no row of the table, such as one that
    /// a person described: what was said to stand for it, or else the point itself.
    pub fn point<'p>(&'p self, point: &'p [f32]) -> &'p [f32] {
        match self.points.is_empty() {
            true => point,
            false => self.points.get(&bits(point)).map_or(point, Vec::as_slice),
        }
    }

    /// All rows, `count` at a time.
    pub fn row_chunks(&self, count: usize) -> impl Iterator<Item = Cow<'_, [f32]>> {
        let end = self.row_count();
        (0..end).step_by(count.max(1)).map(move |row| self.rows(row..end.min(row + count)))
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
        let mut values = Vec::with_capacity(self.row_count() * columns.len());
        for chunk in self.row_chunks(ROWS_AT_ONCE) {
            for row in chunk.chunks_exact(self.names.len().max(1)) {
                values.extend(columns.iter().map(|&column| row[column]));
            }
        }
        Ok(Self::new(names.to_vec(), values, self.windows.clone()).with_notes(self.notes.clone()))
    }

    /// `(x - mean) / scale` of each feature.
    ///
    /// # Errors
    /// The standardizer was fitted to other features.
    pub fn standardized(&self, standardizer: &Standardizer) -> Result<Self, FeatureError> {
        let names = &standardizer.names;
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
        let (means, scales) = (standardizer.mean.len(), standardizer.scale.len());
        if [means, scales] != [names.len(); 2] {
            return Err(FeatureError::Numbers { names: names.len(), means, scales });
        }
        if !standardizer.components.is_empty() {
            standardizer.check_components(&self.blocks)?;
            return Ok(self.reduced(standardizer));
        }
        if self.values.is_on_disk() && self.scaling.is_none() {
            let scaling = Some(Arc::new(standardizer.clone()));
            return Ok(Self { scaling, ..self.clone() });
        }
        let mut values = self.rows(0..self.row_count()).into_owned();
        standardizer.apply(&mut values);
        let scaled = Self::new(names.clone(), values, self.windows.clone());
        Ok(scaled.with_notes(self.notes.clone()).with_blocks(self.blocks.clone()))
    }

    /// Standardized features, of which some blocks are their principal components.
    fn reduced(&self, standardizer: &Standardizer) -> Self {
        let mut values = Vec::new();
        for chunk in self.row_chunks(ROWS_AT_ONCE) {
            let mut rows = chunk.into_owned();
            standardizer.apply(&mut rows);
            rows.chunks_exact(self.names.len())
                .for_each(|row| standardizer.reduce(row, &mut values));
        }
        let (names, blocks) = standardizer.reduced(&self.blocks);
        let reduced = Self::new(names, values, self.windows.clone());
        reduced.with_notes(self.notes.clone()).with_blocks(blocks)
    }
}

fn bits(point: &[f32]) -> Vec<u32> {
    point.iter().map(|x| x.to_bits()).collect()
}

/// Rows that are in memory at a time while a table is gone through.
const ROWS_AT_ONCE: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::ValuesWriter;

    fn table() -> Features {
        let values = vec![1.0, 10.0, 2.0, 20.0, 3.0, 30.0];
        Features::new(vec!["a".into(), "b".into()], values, vec![0..2, 1..3])
    }

    #[test]
    fn windows_overlap() {
        assert_eq!(*table().segment(0), [1.0, 10.0, 2.0, 20.0]);
        assert_eq!(*table().segment(1), [2.0, 20.0, 3.0, 30.0]);
        assert_eq!(table().steps(1), 2);
    }

    #[test]
    fn points_are_seen_as_they_are_unless_something_stands_for_them() {
        assert_eq!(table().point(&[1.0, 2.0]), [1.0, 2.0]);
        let mapped = table().with_points([(vec![1.0, 2.0, 3.0], vec![6.0, 0.0])]);
        assert_eq!(mapped.point(&[1.0, 2.0, 3.0]), [6.0, 0.0]);
        assert_eq!(mapped.point(&[1.0, 2.0, 4.0]), [1.0, 2.0, 4.0]);
    }

    #[test]
    fn projection_keeps_the_asked_order() {
        let projected = table().project(&["b".into()]).unwrap();
        assert_eq!(*projected.rows(0..3), [10.0, 20.0, 30.0]);
        let error = table().project(&["c".into()]).unwrap_err();
        assert_eq!(error.to_string(), "no feature `c`; there are a, b");
    }

    #[test]
    fn rows_on_disk_are_scaled_as_those_in_memory() {
        let mut disk = ValuesWriter::within(0);
        disk.push(&table().rows(0..3)).unwrap();
        let disk = Features { values: disk.finish().unwrap(), ..table() };
        let standardizer = Standardizer::fit(&disk, 0..2).unwrap();
        assert_eq!(standardizer, Standardizer::fit(&table(), 0..2).unwrap());
        let (one, other) = (table().standardized(&standardizer), disk.standardized(&standardizer));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(other.values.is_on_disk());
        assert_eq!(one.segment(1), other.segment(1));
        let names = ["b".to_owned()];
        assert_eq!(one.project(&names).unwrap(), other.project(&names).unwrap());
    }

    #[test]
    fn standardizing_needs_the_same_names() {
        let wrong = Standardizer {
            names: vec!["a".into()],
            mean: vec![0.0],
            scale: vec![1.0],
            components: Vec::new(),
        };
        let error = table().standardized(&wrong).unwrap_err();
        assert!(matches!(error, FeatureError::Other { expected: 1, found: 2, .. }));
        assert!(error.to_string().contains("differ at (none) and b"), "{error}");
    }

    /// Found by damaged files of saved models (tests/command/fuzz/models.rs).
    #[test]
    fn standardizing_needs_a_mean_and_a_deviation_for_each_name() {
        let names = table().names.clone();
        let check = |mean: Vec<f32>, scale: Vec<f32>| {
            let broken = Standardizer { names: names.clone(), mean, scale, components: Vec::new() };
            let error = table().standardized(&broken).unwrap_err();
            assert!(matches!(error, FeatureError::Numbers { names: 2, .. }), "{error}");
        };
        check(vec![0.0], vec![1.0, 1.0]);
        check(vec![0.0, 0.0], vec![1.0]);
        check(vec![0.0; 3], vec![1.0; 3]);
    }
}
