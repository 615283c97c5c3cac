//! Description: what a person says a region of feature space is worth.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// The value of the region around a point of feature space, per step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Centre of the region, one number for each feature of the dataset, in its order.
    pub center: Vec<f64>,
    /// Value of a step in the region.
    pub value: f64,
    /// The person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who said it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Record for Description {
    const KIND: &'static str = "description";

    const COLUMNS: &'static [Column] = &[
        Column::required(
            "center",
            ColumnType::FloatList,
            "centre of the region, in the dataset's feature order",
        ),
        Column::required("value", ColumnType::Float, "value of a step in the region"),
        Column::optional("text", ColumnType::Text, "the person's words"),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        Vec::new()
    }

    fn check(&self) -> Result<(), RecordError> {
        let fields = Fields(Self::KIND);
        if self.center.is_empty() {
            return Err(fields.fail("center", "at least one feature", "an empty list"));
        }
        for &coordinate in &self.center {
            fields.finite("center", coordinate)?;
        }
        fields.finite("value", self.value)
    }
}
