//! Correction: an edit that a person made to a segment.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// A segment and what a person turned it into.
///
/// The steps that the edit changed may be recorded on either side; without them an adapter
/// compares the whole segments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Before the edit.
    pub original: SegmentId,
    /// After the edit.
    pub corrected: SegmentId,
    /// Steps of `original` that the edit removed or rewrote, rising.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_original: Option<Vec<u32>>,
    /// Steps of `corrected` that the edit added or rewrote, rising.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_corrected: Option<Vec<u32>>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who edited.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Record for Correction {
    const KIND: &'static str = "correction";

    const COLUMNS: &'static [Column] = &[
        Column::required("original", ColumnType::Text, "segment before the edit"),
        Column::required("corrected", ColumnType::Text, "segment after the edit"),
        Column::optional(
            "changed_original",
            ColumnType::IntegerList,
            "steps of original that the edit removed or rewrote",
        ),
        Column::optional(
            "changed_corrected",
            ColumnType::IntegerList,
            "steps of corrected that the edit added or rewrote",
        ),
        Column::optional("reason", ColumnType::Text, "why, in the person's words"),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        vec![&self.original, &self.corrected]
    }

    fn check(&self) -> Result<(), RecordError> {
        let fields = Fields(Self::KIND);
        fields.named("original", &self.original)?;
        fields.named("corrected", &self.corrected)?;
        fields.distinct("corrected", &self.original, &self.corrected)?;
        fields.rising("changed_original", self.changed_original.as_deref().unwrap_or_default())?;
        fields.rising("changed_corrected", self.changed_corrected.as_deref().unwrap_or_default())
    }
}
