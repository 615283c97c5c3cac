//! Which comparisons follow from the score of the game?

use super::trial::Trial;
use crate::{Draft, ImportError};
use medley_feedback::{Comparison, Provenance, SegmentId};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Compares the trials of each kitchen.
pub(super) fn compare_trials(draft: &mut Draft<'_>, trials: &[Trial]) -> Result<(), ImportError> {
    let kitchens: BTreeSet<&str> = trials.iter().map(Trial::kitchen).collect();
    for kitchen in kitchens {
        let here = trials.iter().filter(|trial| trial.kitchen() == kitchen);
        let named: Vec<(SegmentId, f64)> =
            here.map(|trial| (SegmentId(trial.name.clone()), trial.score)).collect();
        let scored: Vec<Scored<'_>> =
            named.iter().map(|(segment, score)| Scored { segment, score: *score }).collect();
        pairs(&scored).try_for_each(|pair| draft.record(by_score(pair, "score-trial")))?;
    }
    Ok(())
}

/// A segment and the points that it earned.
#[derive(Clone, Copy)]
pub(super) struct Scored<'a> {
    pub segment: &'a SegmentId,
    pub score: f64,
}

/// All pairs. Nobody was shown one first, so half of them stand in reverse: else the order would
/// tell of time or of numbering, and later windows earn more than the first, in which no soup is
/// ready yet.
pub(super) fn pairs<'a>(all: &'a [Scored<'a>]) -> impl Iterator<Item = [Scored<'a>; 2]> {
    (0..all.len()).flat_map(move |later| {
        (0..later).map(move |earlier| match (earlier + later) % 2 {
            0 => [all[earlier], all[later]],
            _ => [all[later], all[earlier]],
        })
    })
}

/// The better score is preferred.
pub(super) fn by_score([first, second]: [Scored<'_>; 2], source: &str) -> Comparison {
    let ids = (first.segment.clone(), second.segment.clone());
    let comparison = match first.score.total_cmp(&second.score) {
        Ordering::Greater => Comparison::new(ids.0, ids.1, 1.0),
        Ordering::Less => Comparison::new(ids.0, ids.1, 0.0),
        Ordering::Equal => Comparison::tied(ids.0, ids.1),
    };
    Comparison { provenance: Provenance::from_source(source), ..comparison }
}
