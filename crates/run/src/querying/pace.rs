//! How long will an answer take?
//!
//! As long as those of its source did so far. How long it does take is recorded, as the answer is, and is
//! known once it is asked: a rule that divided by it would choose answers that happened to be quick.

use crate::querying::entry::Entry;

/// What was seen of how long answers take.
pub(super) struct Pace {
    /// Mean seconds of a unit of each source; none before any is asked, or if one took nobody knows how long.
    of_source: Vec<Option<f64>>,
}

impl Pace {
    /// Of what was asked of so many sources.
    pub fn seen<'a>(sources: usize, asked: impl Iterator<Item = &'a Entry>) -> Self {
        let mut sums = vec![(Some(0.0), 0); sources];
        for entry in asked {
            let (seconds, units) = &mut sums[entry.question.source];
            *seconds = seconds.zip(entry.seconds).map(|(sum, own)| sum + own);
            *units += entry.units;
        }
        let mean = |(seconds, units): (Option<f64>, usize)| {
            seconds.filter(|_| units > 0).map(|seconds| seconds / units as f64)
        };
        Self { of_source: sums.into_iter().map(mean).collect() }
    }

    /// Seconds that this question is expected to take.
    pub fn expected(&self, entry: &Entry) -> Option<f64> {
        self.of_source[entry.question.source].map(|seconds| seconds * entry.units as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_querying::Question;

    fn entry(source: usize, units: usize, seconds: Option<f64>) -> Entry {
        let question = Question { source, ..Question::default() };
        Entry { statements: Vec::new(), question, person: None, units, seconds, is_answered: true }
    }

    #[test]
    fn a_question_is_expected_to_take_what_those_asked_took_by_the_statement() {
        let asked = [
            entry(0, 1, Some(10.0)),
            entry(0, 3, Some(50.0)),
            entry(1, 1, Some(9.0)),
            entry(2, 1, None),
        ];
        let pace = Pace::seen(4, asked.iter());
        let check = |source, units, expect: Option<f64>| {
            // Whatever it does take.
            for seconds in [None, Some(1.0), Some(1000.0)] {
                assert_eq!(pace.expected(&entry(source, units, seconds)), expect, "{source}");
            }
        };
        // 60 s for 4 statements.
        check(0, 1, Some(15.0));
        check(0, 2, Some(30.0));
        check(1, 1, Some(9.0));
        check(2, 1, None);
        check(3, 1, None);
    }
}
