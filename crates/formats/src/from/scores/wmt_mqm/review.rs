//! All that one rater said about one segment, over the rows of a file.

use crate::{Place, filled};
use medley_feedback::{AnnotatorId, Provenance, SegmentId};
use std::collections::{BTreeMap, HashMap};

/// All that one person said about one segment.
pub(super) struct Review {
    /// Its first row.
    pub place: Place,
    pub group: String,
    pub segment: SegmentId,
    pub rater: AnnotatorId,
    /// Sum of the penalties in tenths, which add up without rounding.
    pub tenths: u64,
}

impl Review {
    pub fn penalty(&self) -> f64 {
        self.tenths as f64 / 10.0
    }

    pub fn provenance(&self, name: &str, how: &str) -> Provenance {
        let annotator = Some(self.rater.clone());
        Provenance { annotator, ..Provenance::from_source(&format!("{name}/{how}")) }
    }
}

/// The reviews of a file in the order of their first rows, and its attention checks.
#[derive(Default)]
pub(super) struct Reviews {
    pub list: Vec<Review>,
    index: HashMap<(SegmentId, AnnotatorId), usize>,
    /// Found and all, by rater.
    pub checks: BTreeMap<String, (usize, usize)>,
}

impl Reviews {
    /// Rows of a review need not follow each other.
    pub fn add(&mut self, review: Review) {
        let key = (review.segment.clone(), review.rater.clone());
        let next = self.list.len();
        match *self.index.entry(key).or_insert(next) {
            known if known < next => self.list[known].tenths += review.tenths,
            _ => self.list.push(review),
        }
    }

    pub fn attention(&self, name: &str) -> Option<String> {
        let told =
            |(rater, (found, all)): (&String, &(usize, usize))| format!("{rater} {found} of {all}");
        let told: Vec<String> = self.checks.iter().map(told).collect();
        let told = filled(&told.join(", "))?;
        Some(format!("attention checks of {name} that were found: {told}"))
    }
}
