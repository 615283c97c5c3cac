//! Ranking: several segments in order of preference, ties allowed.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An order over at least two segments. Equal ranks are ties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// The segments, in the order presented.
    pub segments: Vec<SegmentId>,
    /// Rank of each segment; 1 is best; equal ranks are ties.
    pub ranks: Vec<u32>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who said it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Record for Ranking {
    const KIND: &'static str = "ranking";

    const COLUMNS: &'static [Column] = &[
        Column::required("segments", ColumnType::TextList, "segments in the order presented"),
        Column::required(
            "ranks",
            ColumnType::IntegerList,
            "rank of each; 1 is best; equal ranks are ties",
        ),
        Column::optional("reason", ColumnType::Text, "why, in the person's words"),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        self.segments.iter().collect()
    }

    fn check(&self) -> Result<(), RecordError> {
        let fields = Fields(Self::KIND);
        let count = self.segments.len();
        if count < 2 {
            return Err(fields.fail("segments", "at least two segments", count.to_string()));
        }
        for id in &self.segments {
            fields.named("segments", id)?;
        }
        if self.segments.iter().collect::<BTreeSet<_>>().len() != count {
            return Err(fields.fail("segments", "distinct segments", "a segment named twice"));
        }
        if self.ranks.len() != count {
            return Err(fields.fail(
                "ranks",
                format!("{count} ranks"),
                self.ranks.len().to_string(),
            ));
        }
        if self.ranks.contains(&0) {
            return Err(fields.fail("ranks", "ranks from 1", "0"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Checked;

    #[test]
    fn ranks_match_segments() {
        let ranking = |segments: &[&str], ranks: &[u32]| Ranking {
            segments: segments.iter().map(|&s| s.into()).collect(),
            ranks: ranks.to_vec(),
            reason: None,
            provenance: Provenance::default(),
        };
        assert!(Checked::new(ranking(&["a", "b", "c"], &[1, 2, 2])).is_ok());
        for (broken, field) in [
            (ranking(&["a"], &[1]), "segments"),
            (ranking(&["a", "a"], &[1, 2]), "segments"),
            (ranking(&["a", "b"], &[1]), "ranks"),
            (ranking(&["a", "b"], &[0, 1]), "ranks"),
        ] {
            assert_eq!(Checked::new(broken).unwrap_err().field, field);
        }
    }
}
