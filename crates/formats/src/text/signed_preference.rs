//! Grades from -3 to 3, as the HelpSteer collections give them, as comparisons.
//!
//! | grade | meaning | preference | tie | strength |
//! |---|---|---|---|---|
//! | -3 | response 1 is much better | 1 | 0 | 3 of 3 |
//! | -2 | response 1 is better | 1 | 0 | 2 of 3 |
//! | -1 | response 1 is slightly better | 1 | 0 | 1 of 3 |
//! | 0 | about the same | (0.5) | 1 | none |
//! | 1 | response 2 is slightly better | 0 | 0 | 1 of 3 |
//! | 2 | response 2 is better | 0 | 0 | 2 of 3 |
//! | 3 | response 2 is much better | 0 | 0 | 3 of 3 |

use crate::{ImportError, Place};
use medley_feedback::{Comparison, SegmentId, Strength};

/// Highest grade on either side.
const LEVELS: u32 = 3;

/// The comparison that a grade in `field` states, without reason and provenance.
///
/// # Errors
/// The grade is none of the seven.
pub(crate) fn graded(
    place: &Place,
    field: &str,
    grade: f64,
    (first, second): (&SegmentId, &SegmentId),
) -> Result<Comparison, ImportError> {
    if grade.fract() != 0.0 || grade.abs() > f64::from(LEVELS) {
        return Err(place.wrong(field, "a whole number from -3 to 3", grade));
    }
    let (first, second) = (first.clone(), second.clone());
    if grade == 0.0 {
        return Ok(Comparison::tied(first, second));
    }
    let strength = Some(Strength { grade: grade.abs() as u32, levels: LEVELS });
    let preference = if grade < 0.0 { 1.0 } else { 0.0 };
    Ok(Comparison { strength, ..Comparison::new(first, second, preference) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_grade_by_hand() {
        let place = Place::new(Path::new("f"), "line", 1);
        let ids = ("a".into(), "b".into());
        let graded = |grade| graded(&place, "score", grade, (&ids.0, &ids.1));
        for (grade, shares, strength) in [
            (-3.0, [1.0, 0.0, 0.0], Some(3)),
            (-2.0, [1.0, 0.0, 0.0], Some(2)),
            (-1.0, [1.0, 0.0, 0.0], Some(1)),
            (0.0, [0.0, 1.0, 0.0], None),
            (1.0, [0.0, 0.0, 1.0], Some(1)),
            (2.0, [0.0, 0.0, 1.0], Some(2)),
            (3.0, [0.0, 0.0, 1.0], Some(3)),
        ] {
            let comparison = graded(grade).unwrap();
            assert_eq!(comparison.distribution(), shares, "{grade}");
            let levels = strength.map(|grade| Strength { grade, levels: 3 });
            assert_eq!(comparison.strength, levels, "{grade}");
        }
        for grade in [4.0, -100.0, 0.5] {
            let error = graded(grade).unwrap_err().to_string();
            assert!(error.contains("`score` must be a whole number from -3 to 3"), "{error}");
        }
    }
}
