//! The trait of all feedback records, and the wrapper that proves a record was checked.

use crate::{Column, Provenance, RecordError, SegmentId};
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
