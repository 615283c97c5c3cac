//! Approval: thumbs up or down for one segment.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// Whether a person approves of a segment; a share where several votes are pooled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// What was judged.
    pub segment: SegmentId,
    /// Share of approval, in [0, 1]; 1 is a thumb up.
    pub approval: f64,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who said it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Record for Approval {
    const KIND: &'static str = "approval";

    const COLUMNS: &'static [Column] = &[
        Column::required("segment", ColumnType::Text, "segment that was judged"),
        Column::required("approval", ColumnType::Float, "share of approval, in [0, 1]"),
        Column::optional("reason", ColumnType::Text, "why, in the person's words"),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        vec![&self.segment]
    }

    fn check(&self) -> Result<(), RecordError> {
        let fields = Fields(Self::KIND);
        fields.named("segment", &self.segment)?;
        fields.within("approval", self.approval, 0.0, 1.0)
    }
}
