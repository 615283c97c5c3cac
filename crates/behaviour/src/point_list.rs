//! Which points is a model asked about, each once?

use std::collections::BTreeMap;

/// Points of a model's feature space, numbered as they come.
#[derive(Default)]
pub(crate) struct PointList {
    /// The points.
    pub all: Vec<Vec<f32>>,
    known: BTreeMap<Vec<u32>, u32>,
}

impl PointList {
    /// The number of a point: that of an equal one, if there is one.
    pub fn number(&mut self, point: Vec<f32>) -> u32 {
        let bits: Vec<u32> = point.iter().map(|x| x.to_bits()).collect();
        *self.known.entry(bits).or_insert_with(|| {
            self.all.push(point);
            self.all.len() as u32 - 1
        })
    }
}

/// The first of many names.
pub(crate) fn some(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(5);
    let first = names.take(5).collect::<Vec<_>>().join(", ");
    match more {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
