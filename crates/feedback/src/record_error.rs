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
