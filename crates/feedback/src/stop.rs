//! Stop: the moment at which a person intervened, or that they never did.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// A person watched a segment and stopped it, or let it end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// What was watched.
    pub segment: SegmentId,
    /// Step at which it was stopped; none: watched to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Who watched.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Record for Stop {
    const KIND: &'static str = "stop";

    const COLUMNS: &'static [Column] = &[
        Column::required("segment", ColumnType::Text, "segment that was watched"),
        Column::optional(
            "step",
            ColumnType::Integer,
            "step at which it was stopped; missing: never",
        ),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        vec![&self.segment]
    }

    fn check(&self) -> Result<(), RecordError> {
        Fields(Self::KIND).named("segment", &self.segment)
    }
}
