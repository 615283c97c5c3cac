//! Record: which of several segments is best and which is worst.

use medley::feedback::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// The best and the worst of at least two segments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestWorst {
    /// What was shown.
    pub segments: Vec<SegmentId>,
    /// The best of them.
    pub best: SegmentId,
    /// The worst of them.
    pub worst: SegmentId,
    /// Who said it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Record for BestWorst {
    const KIND: &'static str = "best-worst";

    const COLUMNS: &'static [Column] = &[
        Column::required("segments", ColumnType::TextList, "what was shown"),
        Column::required("best", ColumnType::Text, "the best of them"),
        Column::required("worst", ColumnType::Text, "the worst of them"),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        self.segments.iter().collect()
    }

    fn check(&self) -> Result<(), RecordError> {
        let fail = |field, expected: &str, found: &SegmentId| {
            let (expected, found) = (expected.to_owned(), format!("`{found}`"));
            Err(RecordError { kind: Self::KIND, field, expected, found })
        };
        for (field, id) in [("best", &self.best), ("worst", &self.worst)] {
            if !self.segments.contains(id) {
                return fail(field, "one of the segments shown", id);
            }
        }
        if self.best == self.worst {
            return fail("worst", "another segment than the best", &self.worst);
        }
        Ok(())
    }
}
