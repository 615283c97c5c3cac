//! Which segments is a reward held against the true one on?
//!
//! Those of the test part, where groups are divided. Where people are, a segment has no part, and those count
//! that no statement of the training or the validation part names, of any source: the same for every mix, so
//! that mixes can be compared. Windows that share steps with one that was learned from are kept.

use crate::{BoundSource, Prepared};
use medley_adapter::Origin;
use medley_dataset::{Part, Partition};
use std::collections::BTreeSet;

/// Of a large test part so many segments count.
const MOST: usize = 20_000;
/// With fewer that nobody learned from, intervals are too narrow and correlations say little: all count.
const FEWEST: usize = 50;

/// Segments, and what a reader has to know of them.
pub(super) struct TestedSegments {
    pub list: Vec<usize>,
    pub note: Option<String>,
}

/// The segments of `prepared` that count.
pub(super) fn tested_segments(prepared: &Prepared) -> TestedSegments {
    let all = 0..prepared.dataset.segments().len();
    let mut found = match &prepared.partition {
        partition @ Partition::Groups { .. } => {
            let groups = |&segment: &usize| prepared.dataset.segments().groups(segment);
            let is_tested = |segment: &usize| partition.of(groups(segment)) == Some(Part::Test);
            TestedSegments { list: all.filter(is_tested).collect(), note: None }
        }
        Partition::Annotators(_) => {
            let origins = prepared.sources.values().flat_map(BoundSource::origins);
            unlearned(all.len(), origins)
        }
    };
    found.list.truncate(MOST);
    found
}

/// Out of `count` segments those that nobody learned from, or all.
fn unlearned<'a>(count: usize, origins: impl Iterator<Item = &'a Origin>) -> TestedSegments {
    let is_learned = |origin: &&Origin| matches!(origin.part, Some(Part::Train | Part::Validation));
    let learned: BTreeSet<usize> = origins
        .filter(is_learned)
        .flat_map(|origin| origin.segments.iter().map(|&segment| segment as usize))
        .collect();
    let list: Vec<usize> = (0..count).filter(|segment| !learned.contains(segment)).collect();
    if list.len() >= FEWEST {
        return TestedSegments { list, note: None };
    }
    let note = format!(
        "over all segments, also those that were learned from: people are split, and their statements of the \
         training and the validation part leave {} of {count}",
        list.len()
    );
    TestedSegments { list: (0..count).collect(), note: Some(note) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(segments: &[u32], part: Part) -> Origin {
        Origin {
            record: 0,
            clusters: vec![0],
            person: None,
            segments: segments.to_vec(),
            question: None,
            seconds: None,
            part: Some(part),
            role: medley_adapter::Role::Evidence,
        }
    }

    #[test]
    fn what_was_learned_from_is_left_out_where_people_are_split() {
        let origins = [
            origin(&[0, 1], Part::Train),
            origin(&[3], Part::Validation),
            origin(&[2, 1], Part::Test),
            origin(&[], Part::Train),
        ];
        let found = unlearned(80, origins.iter());
        let expect: Vec<usize> = [2].into_iter().chain(4..80).collect();
        assert_eq!((found.list, found.note), (expect, None));
    }

    #[test]
    fn where_nearly_all_was_learned_from_all_counts_and_is_told() {
        let most: Vec<u32> = (0..51).collect();
        let found = unlearned(100, [origin(&most, Part::Train)].iter());
        assert_eq!(found.list.len(), 100);
        assert!(found.note.unwrap().ends_with("leave 49 of 100"));
        let found = unlearned(100, [origin(&most[1..], Part::Train)].iter());
        assert_eq!((found.list.len(), found.note), (50, None));
    }
}
