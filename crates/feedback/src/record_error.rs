//! What is wrong with a field of a record, and the checks that several kinds share.

use crate::SegmentId;

/// A field of a record that breaks its invariant.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{kind}: field `{field}` must be {expected}, found {found}")]
pub struct RecordError {
    /// Kind of the record.
    pub kind: &'static str,
    /// Field at fault.
    pub field: &'static str,
    /// What the field has to be.
    pub expected: String,
    /// What it was.
    pub found: String,
}

/// Levels of a scale, and grades on one side of a comparison. A response model has a cutpoint for
/// each, and an answer a share of each: one wrong number in a file must not ask for all memory.
const LEVELS_LIMIT: u32 = 1000;

/// The checks that several kinds share, each naming the field it looks at.
pub(crate) struct Fields(pub &'static str);

impl Fields {
    pub(crate) fn fail(
        &self,
        field: &'static str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> RecordError {
        RecordError { kind: self.0, field, expected: expected.into(), found: found.into() }
    }

    /// `value` is finite and within `[low, high]`.
    pub(crate) fn within(
        &self,
        field: &'static str,
        value: f64,
        low: f64,
        high: f64,
    ) -> Result<(), RecordError> {
        if value.is_finite() && (low..=high).contains(&value) {
            return Ok(());
        }
        Err(self.fail(field, format!("a number in [{low}, {high}]"), value.to_string()))
    }

    pub(crate) fn finite(&self, field: &'static str, value: f64) -> Result<(), RecordError> {
        if value.is_finite() {
            return Ok(());
        }
        Err(self.fail(field, "a finite number", value.to_string()))
    }

    pub(crate) fn named(&self, field: &'static str, id: &SegmentId) -> Result<(), RecordError> {
        if id.0.is_empty() {
            return Err(self.fail(field, "a segment id", "an empty string"));
        }
        Ok(())
    }

    /// A name is left out rather than empty: an empty one would be a person, a group or an aspect.
    pub(crate) fn filled(
        &self,
        field: &'static str,
        name: Option<&str>,
        otherwise: &str,
    ) -> Result<(), RecordError> {
        if name.is_some_and(|name| name.trim().is_empty()) {
            return Err(self.fail(field, format!("a name ({otherwise})"), "an empty string"));
        }
        Ok(())
    }

    /// A number of levels that a table of answers can have.
    pub(crate) fn countable(
        &self,
        field: &'static str,
        levels: u32,
        otherwise: &str,
    ) -> Result<(), RecordError> {
        if levels <= LEVELS_LIMIT {
            return Ok(());
        }
        let expected = format!("at most {LEVELS_LIMIT} ({otherwise})");
        Err(self.fail(field, expected, levels.to_string()))
    }

    pub(crate) fn distinct(
        &self,
        field: &'static str,
        one: &SegmentId,
        other: &SegmentId,
    ) -> Result<(), RecordError> {
        if one == other {
            return Err(self.fail(
                field,
                "another segment than its counterpart",
                format!("`{one}` twice"),
            ));
        }
        Ok(())
    }

    /// A list of step indices that rises strictly.
    pub(crate) fn rising(&self, field: &'static str, steps: &[u32]) -> Result<(), RecordError> {
        match steps.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(self.fail(
                field,
                "step indices that rise",
                format!("{} before {}", pair[0], pair[1]),
            )),
            None => Ok(()),
        }
    }
}
