//! Arrays side by side, with a name for each column.

use crate::ImportError;
use crate::hdf5::{Array, Group};

/// Arrays side by side, with a name for each column.
#[derive(Debug)]
pub(super) struct Columns {
    rows: usize,
    pub names: Vec<String>,
    parts: Vec<Array<f32>>,
}

impl Columns {
    /// The array of this name, or all arrays in the group of this name.
    pub fn read(group: &Group, name: &str, prefix: &str) -> Result<Self, ImportError> {
        let mut columns = Self { rows: 0, names: Vec::new(), parts: Vec::new() };
        columns.collect(group, name, prefix)?;
        columns.rows = columns.parts.first().map_or(0, |part| part.rows);
        Ok(columns)
    }

    fn collect(&mut self, group: &Group, name: &str, prefix: &str) -> Result<(), ImportError> {
        let (groups, _) = group.names()?;
        if !groups.contains(name) {
            let array = group.array(name, |value| value as f32)?;
            self.names.extend((0..array.width).map(|i| format!("{prefix}-{i}")));
            self.parts.push(array);
            return Ok(());
        }
        let inner = group.group(name)?;
        let (groups, arrays) = inner.names()?;
        for key in groups.union(&arrays) {
            self.collect(&inner, key, &format!("{prefix}-{key}"))?;
        }
        Ok(())
    }

    /// The first array whose length is not `rows`.
    pub fn uneven(&self, rows: usize) -> Option<usize> {
        self.parts.iter().map(|part| part.rows).find(|&found| found != rows)
    }

    pub fn row(&self, row: usize) -> impl Iterator<Item = f32> {
        let part = move |part: &Array<f32>| row * part.width..(row + 1) * part.width;
        self.parts.iter().flat_map(move |array| array.values[part(array)].iter().copied())
    }
}
