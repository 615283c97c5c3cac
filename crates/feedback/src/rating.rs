//! Rating: a number that a person gives one segment, on a stated scale.

use crate::record_error::Fields;
use crate::{Column, ColumnType, Provenance, Record, RecordError, SegmentId};
use serde::{Deserialize, Serialize};

/// A score for a segment. The scale is part of the record, since a 4 means nothing without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// What was rated.
    pub segment: SegmentId,
    /// The score, within the scale.
    pub value: f64,
    /// The scale.
    #[serde(flatten)]
    pub scale: Scale,
    /// Which aspect was rated; none means overall quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who said it.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A closed scale, of equally spaced levels or continuous.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Worst score.
    pub low: f64,
    /// Best score.
    pub high: f64,
    /// Number of levels, the ends included; none means continuous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<u32>,
}

impl Scale {
    /// The level of `value`, from 0, or none if it lies between levels or the scale is continuous.
    pub fn level(&self, value: f64) -> Option<usize> {
        let steps = f64::from(self.levels? - 1);
        let level = (value - self.low) / (self.high - self.low) * steps;
        let nearest = level.round();
        ((level - nearest).abs() < 1e-6 && (0.0..=steps).contains(&nearest))
            .then_some(nearest as usize)
    }
}

impl Record for Rating {
    const KIND: &'static str = "rating";

    const COLUMNS: &'static [Column] = &[
        Column::required("segment", ColumnType::Text, "segment that was rated"),
        Column::required("value", ColumnType::Float, "score, within the scale"),
        Column::required("low", ColumnType::Float, "worst score of the scale"),
        Column::required("high", ColumnType::Float, "best score of the scale"),
        Column::optional(
            "levels",
            ColumnType::Integer,
            "number of levels; missing means continuous",
        ),
        Column::optional(
            "aspect",
            ColumnType::Text,
            "aspect that was rated; missing means overall",
        ),
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
        let Scale { low, high, levels } = self.scale;
        fields.named("segment", &self.segment)?;
        fields.finite("low", low)?;
        fields.finite("high", high)?;
        if low >= high {
            return Err(fields.fail("high", format!("above low = {low}"), high.to_string()));
        }
        if levels.is_some_and(|levels| levels < 2) {
            return Err(fields.fail("levels", "at least 2", format!("{levels:?}")));
        }
        if let Some(levels) = levels {
            let otherwise = "leave `levels` out if the scale is continuous";
            fields.countable("levels", levels, otherwise)?;
        }
        fields.filled("aspect", self.aspect.as_deref(), "leave it out for the whole")?;
        fields.within("value", self.value, low, high)?;
        if levels.is_some() && self.scale.level(self.value).is_none() {
            return Err(fields.fail("value", "a level of the scale", self.value.to_string()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Checked;

    fn rating(value: f64, levels: Option<u32>) -> Rating {
        Rating {
            segment: "a".into(),
            value,
            scale: Scale { low: 1.0, high: 5.0, levels },
            aspect: None,
            reason: None,
            provenance: Provenance::default(),
        }
    }

    #[test]
    fn levels_count_from_zero() {
        assert_eq!(rating(4.0, Some(5)).scale.level(4.0), Some(3));
        assert_eq!(rating(4.0, Some(5)).scale.level(4.5), None);
    }

    #[test]
    fn values_off_the_scale_are_refused() {
        assert!(Checked::new(rating(5.0, Some(5))).is_ok());
        assert!(Checked::new(rating(4.5, None)).is_ok());
        assert_eq!(Checked::new(rating(10.0, Some(5))).unwrap_err().field, "value");
        assert_eq!(Checked::new(rating(4.5, Some(5))).unwrap_err().field, "value");
        assert_eq!(Checked::new(rating(4.0, Some(1))).unwrap_err().field, "levels");
    }

    #[test]
    fn more_levels_than_a_table_can_have_are_refused() {
        assert!(Checked::new(rating(5.0, Some(1000))).is_ok());
        let error = Checked::new(rating(5.0, Some(u32::MAX))).unwrap_err().to_string();
        let expected = "rating: field `levels` must be at most 1000 (leave `levels` out if the \
                        scale is continuous), found 4294967295";
        assert_eq!(error, expected);
    }

    #[test]
    fn an_aspect_has_a_name() {
        let unnamed = Rating { aspect: Some(String::new()), ..rating(5.0, Some(5)) };
        let error = Checked::new(unnamed).unwrap_err().to_string();
        assert!(error.contains("`aspect` must be a name (leave it out for the whole)"), "{error}");
    }
}
