//! The trait of all feedback records, and the wrapper that proves a record was checked.

use crate::{Column, Provenance, SegmentId};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use std::ops::Deref;

/// One statement by a person about behaviour.
///
/// The serde form is a flat map: the fields of the record and, flattened, its [`Provenance`].
/// [`Record::columns`] names each field, so that a table can be written and read for any kind,
/// also one from a crate outside this workspace.
pub trait Record:
    Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync + 'static
{
    /// Name of the kind: the file `feedback/<kind>.parquet` and the TOML key `adapter.<kind>`.
    const KIND: &'static str;

    /// Columns of this kind beside those of [`Provenance`].
    const COLUMNS: &'static [Column];

    /// [`Record::COLUMNS`].
    fn columns() -> &'static [Column] {
        Self::COLUMNS
    }

    /// Who said it, when, at what cost.
    fn provenance(&self) -> &Provenance;

    /// Every segment that the record refers to.
    fn segments(&self) -> Vec<&SegmentId>;

    /// Whether the fields agree with each other and lie in their ranges.
    ///
    /// # Errors
    /// The first field that is wrong, with what was expected and found.
    fn check(&self) -> Result<(), RecordError>;
}

/// A record whose [`Record::check`] has passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<R: Record>(R);

impl<R: Record> Checked<R> {
    /// Checks the record and its provenance.
    ///
    /// # Errors
    /// As [`Record::check`].
    pub fn new(record: R) -> Result<Self, RecordError> {
        record.provenance().check(R::KIND)?;
        record.check()?;
        Ok(Self(record))
    }

    /// The record, free to be changed and checked again.
    pub fn into_inner(self) -> R {
        self.0
    }
}

impl<R: Record> Deref for Checked<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}

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
