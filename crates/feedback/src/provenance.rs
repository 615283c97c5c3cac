//! Who said it, when, at what cost and in which role.

use crate::record_error::Fields;
use crate::{AnnotatorId, Column, ColumnType, RecordError};
use serde::{Deserialize, Serialize};

/// In which role the person spoke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The person applies what the designer would have said: errors are errors.
    Extension,
    /// The statement is evidence about a shared question.
    #[default]
    Evidence,
    /// The person is the one whose preference counts: there is no error to correct.
    Authority,
}

/// Where a record comes from. Every field may be unknown except the role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotator: Option<AnnotatorId>,
    /// A group that the person belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Time that the answer took, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Number of people pooled in this record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<u32>,
    /// Which collection, question or file the record came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// In which role the person spoke.
    #[serde(default)]
    pub role: Role,
}

impl Provenance {
    /// Columns that every feedback table has.
    pub const COLUMNS: &'static [Column] = &[
        Column::optional("annotator", ColumnType::Text, "the person who said it"),
        Column::optional("group", ColumnType::Text, "a group that the person belongs to"),
        Column::optional("seconds", ColumnType::Float, "time that the answer took, in seconds"),
        Column::optional("votes", ColumnType::Integer, "number of people pooled in the record"),
        Column::optional("source", ColumnType::Text, "collection, question or file it came from"),
        Column::required("role", ColumnType::Text, "`extension`, `evidence` or `authority`"),
    ];

    /// Provenance of which only the source is known.
    pub fn from_source(source: &str) -> Self {
        Self { source: Some(source.to_owned()), ..Self::default() }
    }

    pub(crate) fn check(&self, kind: &'static str) -> Result<(), RecordError> {
        let fields = Fields(kind);
        let annotator = self.annotator.as_ref().map(|id| id.0.as_str());
        for (field, name) in [
            ("annotator", annotator),
            ("group", self.group.as_deref()),
            ("source", self.source.as_deref()),
        ] {
            fields.filled(field, name, "leave it out if unknown")?;
        }
        if let Some(seconds) = self.seconds {
            fields.within("seconds", seconds, 0.0, f64::MAX)?;
        }
        if self.votes == Some(0) {
            return Err(fields.fail("votes", "at least 1", "0"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_by_an_empty_name() {
        let unnamed = |field: &str, provenance: Provenance| {
            let error = provenance.check("rating").unwrap_err().to_string();
            let expected = "must be a name (leave it out if unknown), found an empty string";
            assert_eq!(error, format!("rating: field `{field}` {expected}"));
        };
        let nobody = Provenance::default();
        unnamed("annotator", Provenance { annotator: Some("".into()), ..nobody.clone() });
        unnamed("group", Provenance { group: Some(" ".to_owned()), ..nobody.clone() });
        unnamed("source", Provenance::from_source(""));
        assert!(nobody.check("rating").is_ok());
    }
}
