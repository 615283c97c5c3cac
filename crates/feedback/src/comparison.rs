//! Comparison: which of two segments a person prefers, how surely and how strongly.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A preference between two segments, as presented: `first` was shown first.
///
/// The answer is a distribution over {first, tie, second}: `tie` is the share of votes (or of
/// belief) that calls it even, `preference` the share for `first` among the rest. A single hard
/// answer has `preference` 0 or 1 and `tie` 0; a plain tie has `tie` 1.
///
/// ```
/// use medley_feedback::{Checked, Comparison};
/// let answer = Checked::new(Comparison::new("a".into(), "b".into(), 1.0))?;
/// assert_eq!(answer.distribution(), [1.0, 0.0, 0.0]);
/// assert!(Checked::new(Comparison::new("a".into(), "a".into(), 1.0)).is_err());
/// # Ok::<(), medley_feedback::RecordError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The segment shown first.
    pub first: SegmentId,
    /// The segment shown second.
    pub second: SegmentId,
    /// Share for `first` among the answers that are no tie, in [0, 1].
    pub preference: f64,
    /// Share of ties, in [0, 1].
    #[serde(default)]
    pub tie: f64,
    /// How strongly, on an ordinal scale.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who said it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A grade of preference: `strength` of `strength_levels`, 1 being the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strength {
    /// Grade, from 1.
    #[serde(rename = "strength")]
    pub grade: u32,
    /// Number of grades on one side.
    #[serde(rename = "strength_levels")]
    pub levels: u32,
}

impl Comparison {
    /// A comparison without tie, strength, reason or provenance.
    pub fn new(first: SegmentId, second: SegmentId, preference: f64) -> Self {
        Self {
            first,
            second,
            preference,
            tie: 0.0,
            strength: None,
            reason: None,
            provenance: Provenance::default(),
        }
    }

    /// A plain tie.
    pub fn tied(first: SegmentId, second: SegmentId) -> Self {
        Self { tie: 1.0, ..Self::new(first, second, 0.5) }
    }

    /// The answer as shares of {first, tie, second}; they sum to 1.
    pub fn distribution(&self) -> [f64; 3] {
        let decided = 1.0 - self.tie;
        [decided * self.preference, self.tie, decided * (1.0 - self.preference)]
    }

    /// Whether it is the answer of one, as far as is known: not of several votes.
    pub fn is_of_one(&self) -> bool {
        self.provenance.votes.is_none_or(|votes| votes == 1)
    }
}

/// How the first of two compares to the second, by shares of {first, tie, second}; none for shares of
/// several answers.
pub fn one_answer(shares: [f64; 3]) -> Option<Ordering> {
    match shares {
        [1.0, _, _] => Some(Ordering::Greater),
        [_, 1.0, _] => Some(Ordering::Equal),
        [_, _, 1.0] => Some(Ordering::Less),
        _ => None,
    }
}

impl Record for Comparison {
    const KIND: &'static str = "comparison";

    const COLUMNS: &'static [Column] = &[
        Column::required("first", ColumnType::Text, "segment shown first"),
        Column::required("second", ColumnType::Text, "segment shown second"),
        Column::required(
            "preference",
            ColumnType::Float,
            "share for first among the decided, in [0, 1]",
        ),
        Column::required("tie", ColumnType::Float, "share of ties, in [0, 1]"),
        Column::optional("strength", ColumnType::Integer, "grade of the preference, from 1"),
        Column::optional("strength_levels", ColumnType::Integer, "number of grades on one side"),
        Column::optional("reason", ColumnType::Text, "why, in the person's words"),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        vec![&self.first, &self.second]
    }

    fn check(&self) -> Result<(), RecordError> {
        let fields = Fields(Self::KIND);
        fields.named("first", &self.first)?;
        fields.named("second", &self.second)?;
        fields.distinct("second", &self.first, &self.second)?;
        fields.within("preference", self.preference, 0.0, 1.0)?;
        fields.within("tie", self.tie, 0.0, 1.0)?;
        let Some(Strength { grade, levels }) = self.strength else { return Ok(()) };
        let otherwise = "grades are few and counted; leave a continuous strength out";
        fields.countable("strength_levels", levels, otherwise)?;
        if !(1..=levels).contains(&grade) {
            let expected = format!("a grade in 1..={levels}");
            return Err(fields.fail("strength", expected, grade.to_string()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Checked;

    #[test]
    fn votes_become_shares() {
        // 10 votes: 3 ties, 7 decided of which 5 for first.
        let c = Comparison { tie: 0.3, ..Comparison::new("a".into(), "b".into(), 5.0 / 7.0) };
        let [first, tie, second] = c.distribution();
        assert!(
            (first - 0.5).abs() < 1e-12
                && (tie - 0.3).abs() < 1e-12
                && (second - 0.2).abs() < 1e-12
        );
    }

    #[test]
    fn broken_fields_are_named() {
        let broken = Comparison::new("a".into(), "b".into(), f64::NAN);
        let error = Checked::new(broken).unwrap_err();
        assert_eq!(
            error.to_string(),
            "comparison: field `preference` must be a number in [0, 1], found NaN"
        );
        let strength = Some(Strength { grade: 4, levels: 3 });
        let broken = Comparison { strength, ..Comparison::new("a".into(), "b".into(), 1.0) };
        assert_eq!(Checked::new(broken).unwrap_err().field, "strength");
        let strength = Some(Strength { grade: 1, levels: u32::MAX });
        let broken = Comparison { strength, ..Comparison::new("a".into(), "b".into(), 1.0) };
        let error = Checked::new(broken).unwrap_err().to_string();
        assert!(error.contains("`strength_levels` must be at most 1000"), "{error}");
    }

    #[test]
    fn json_round_trips_flat() {
        let record = Comparison {
            strength: Some(Strength { grade: 2, levels: 3 }),
            provenance: Provenance { votes: Some(3), ..Provenance::from_source("crowd") },
            ..Comparison::new("a".into(), "b".into(), 0.25)
        };
        let json = serde_json::to_value(&record).unwrap();
        assert_eq!(json["strength"], 2);
        assert_eq!(json["source"], "crowd");
        assert_eq!(serde_json::from_value::<Comparison>(json).unwrap(), record);
        let plain = Comparison::new("a".into(), "b".into(), 1.0);
        let json = serde_json::to_value(&plain).unwrap();
        assert_eq!(serde_json::from_value::<Comparison>(json).unwrap(), plain);
    }
}
