//! Critique: a remark on a segment, on a span of it or on an aspect of it.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// Whether a remark blames, praises, or finds nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Polarity {
    /// Something is wrong.
    Negative,
    /// Looked at, and neither blamed nor praised.
    Neutral,
    /// Something is good.
    Positive,
}

/// How much the remark weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Barely matters.
    Minor,
    /// Matters.
    Major,
    /// Alone decides.
    Critical,
}

/// A remark. Without a span it is about the whole segment; without an aspect about its quality.
///
/// Spans are half-open. Step spans address what is scored; character spans address the text as
/// released, and the dataset maps them to steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Critique {
    /// What the remark is about.
    pub segment: SegmentId,
    /// First step of the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_step: Option<u32>,
    /// Step after the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_step: Option<u32>,
    /// First character (Unicode scalar value) of the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_char: Option<u32>,
    /// Character after the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_char: Option<u32>,
    /// Which aspect, as the collectors named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// Blame, praise or neither.
    pub polarity: Polarity,
    /// How much it weighs, if graded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who said it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl Critique {
    /// A remark on the whole segment, without aspect, severity, words or provenance.
    pub fn new(segment: SegmentId, polarity: Polarity) -> Self {
        Self {
            segment,
            first_step: None,
            end_step: None,
            first_char: None,
            end_char: None,
            aspect: None,
            polarity,
            severity: None,
            text: None,
            provenance: Provenance::default(),
        }
    }

    /// The span in steps, if it has one.
    pub fn steps(&self) -> Option<std::ops::Range<usize>> {
        Some(self.first_step? as usize..self.end_step? as usize)
    }
}

impl Record for Critique {
    const KIND: &'static str = "critique";

    const COLUMNS: &'static [Column] = &[
        Column::required("segment", ColumnType::Text, "segment that the remark is about"),
        Column::optional("first_step", ColumnType::Integer, "first step of the span"),
        Column::optional("end_step", ColumnType::Integer, "step after the span"),
        Column::optional(
            "first_char",
            ColumnType::Integer,
            "first character (Unicode scalar value) of the span",
        ),
        Column::optional("end_char", ColumnType::Integer, "character after the span"),
        Column::optional("aspect", ColumnType::Text, "aspect; missing means quality"),
        Column::required("polarity", ColumnType::Text, "`negative`, `neutral` or `positive`"),
        Column::optional("severity", ColumnType::Text, "`minor`, `major` or `critical`"),
        Column::optional("text", ColumnType::Text, "the person's words"),
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
        fields.filled("aspect", self.aspect.as_deref(), "leave it out for overall quality")?;
        check_span(&fields, "end_step", self.first_step, self.end_step)?;
        check_span(&fields, "end_char", self.first_char, self.end_char)
    }
}

fn check_span(
    fields: &Fields,
    field: &'static str,
    first: Option<u32>,
    end: Option<u32>,
) -> Result<(), RecordError> {
    match (first, end) {
        (None, None) => Ok(()),
        (Some(first), Some(end)) if first < end => Ok(()),
        (Some(first), Some(end)) => {
            Err(fields.fail(field, format!("after the start {first}"), end.to_string()))
        }
        _ => Err(fields.fail(field, "a span with both ends or neither", "one end")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Checked;

    #[test]
    fn spans_are_whole_and_not_empty() {
        let span = |first, end| Critique {
            first_char: first,
            end_char: end,
            ..Critique::new("a".into(), Polarity::Negative)
        };
        assert!(Checked::new(span(Some(0), Some(3))).is_ok());
        assert!(Checked::new(span(None, None)).is_ok());
        assert_eq!(Checked::new(span(Some(3), Some(3))).unwrap_err().field, "end_char");
        assert_eq!(Checked::new(span(Some(3), None)).unwrap_err().field, "end_char");
    }
}
