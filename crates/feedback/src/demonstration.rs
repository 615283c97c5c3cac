//! Demonstration: behaviour that a person showed, out of what they could have shown.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// A segment that a person produced as an example of what they want.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Demonstration {
    /// What was shown.
    pub segment: SegmentId,
    /// What could have been shown instead, as far as recorded. May be empty: the adapter then
    /// states the choice set.
    #[serde(default)]
    pub alternatives: Vec<SegmentId>,
    /// Who showed it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Record for Demonstration {
    const KIND: &'static str = "demonstration";

    const COLUMNS: &'static [Column] = &[
        Column::required("segment", ColumnType::Text, "segment that was shown"),
        Column::required(
            "alternatives",
            ColumnType::TextList,
            "segments that could have been shown; may be empty",
        ),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        std::iter::once(&self.segment).chain(&self.alternatives).collect()
    }

    fn check(&self) -> Result<(), RecordError> {
        let fields = Fields(Self::KIND);
        fields.named("segment", &self.segment)?;
        for alternative in &self.alternatives {
            fields.named("alternatives", alternative)?;
            fields.distinct("alternatives", &self.segment, alternative)?;
        }
        Ok(())
    }
}
