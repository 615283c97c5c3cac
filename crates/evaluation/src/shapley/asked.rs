//! What does each source add when it joins, in one order?

use std::collections::BTreeMap;

use super::subsets::{ShapleyError, name_of};

/// Values of subsets that were asked for, once each.
pub(super) struct Asked<'a, F> {
    names: &'a [String],
    value: F,
    known: BTreeMap<Vec<usize>, f64>,
}

impl<'a, F: FnMut(&[usize]) -> Option<f64>> Asked<'a, F> {
    /// `value` gets rising positions in `names`.
    pub fn new(names: &'a [String], value: F) -> Self {
        Self { names, value, known: BTreeMap::new() }
    }

    /// The gain of each source, in the order of the names; `order` has every position once.
    pub fn gains(&mut self, order: &[usize]) -> Result<Vec<f64>, ShapleyError> {
        let mut gains = vec![0.0; order.len()];
        let mut before = self.value(&[])?;
        for (place, &joins) in order.iter().enumerate() {
            let after = self.value(&order[..=place])?;
            gains[joins] = after - before;
            before = after;
        }
        Ok(gains)
    }

    /// Distinct subsets.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    fn value(&mut self, members: &[usize]) -> Result<f64, ShapleyError> {
        let mut subset = members.to_vec();
        subset.sort_unstable();
        if let Some(known) = self.known.get(&subset) {
            return Ok(*known);
        }
        let name = || name_of(self.names, &subset);
        let value = (self.value)(&subset);
        let value = value.ok_or_else(|| ShapleyError::MissingSubset { subset: name() })?;
        if !value.is_finite() {
            return Err(ShapleyError::NotFinite { subset: name(), value });
        }
        self.known.insert(subset, value);
        Ok(value)
    }
}
