//! Segments that were watched, and where each was stopped: what kinds that read stops share.

use crate::{About, Asking, BindError, Outcomes, Reply, Selection, item};
use medley_evaluation::ResponseSet;
use medley_feedback::Stop;

/// One segment that was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Which, by index in the dataset.
    pub segment: usize,
    /// Steps that it has.
    pub steps: usize,
    /// The step at which it was stopped; none if it was not.
    pub step: Option<usize>,
}

impl Watched {
    /// What a record says of a segment of `steps` steps.
    ///
    /// # Errors
    /// It says that the segment was stopped behind its end.
    pub fn new(
        selection: &Selection<'_>,
        record: &Stop,
        segment: usize,
        steps: usize,
    ) -> Result<Self, BindError> {
        match record.step.map(|step| step as usize) {
            Some(step) if step >= steps => Err(selection.unfit(format!(
                "segment `{}` has {steps} steps and was stopped at step {step}",
                record.segment
            ))),
            step => Ok(Self { segment, steps, step }),
        }
    }
}

/// All segments that were watched, one a statement. Outcomes are `never`, then each step of the longest
/// of them, so that all agree on the outcomes; shorter ones cannot be stopped later.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedSegments {
    watched: Vec<Watched>,
    longest: usize,
}

impl WatchedSegments {
    /// One for each statement.
    pub fn new(watched: Vec<Watched>) -> Self {
        let longest = watched.iter().map(|one| one.steps).max().unwrap_or(0);
        Self { watched, longest }
    }

    /// What was watched.
    pub fn of(&self, statement: usize) -> &Watched {
        &self.watched[statement]
    }

    /// Steps of the longest segment.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Outcomes that there can be of one.
    pub fn outcomes(&self, statement: usize) -> Outcomes<'_> {
        Outcomes::Steps(self.watched[statement].steps)
    }

    /// For [`FiniteChoice::responses`](crate::FiniteChoice::responses).
    pub fn responses(&self) -> ResponseSet {
        let steps = (0..self.longest).map(|step| format!("step {step}"));
        ResponseSet::Labelled(std::iter::once("never".to_owned()).chain(steps).collect())
    }

    /// For [`FiniteChoice::observed`](crate::FiniteChoice::observed).
    pub fn observed(&self, statement: usize) -> Vec<f32> {
        let mut shares = vec![0.0; self.longest + 1];
        shares[self.watched[statement].step.map_or(0, |step| step + 1)] = 1.0;
        shares
    }

    /// For [`FiniteChoice::about`](crate::FiniteChoice::about): the value is the share of the segment
    /// that was seen before the stop.
    pub fn about(&self, statement: usize) -> About {
        let Watched { segment, steps, step } = self.watched[statement];
        let value = step.map_or(1.0, |step| step as f64 / steps as f64);
        About { value: Some(value), item: Some(item([segment])), ..About::default() }
    }

    /// For [`FiniteChoice::value_of`](crate::FiniteChoice::value_of).
    pub fn value_of(&self, statement: usize, outcome: usize) -> Option<f64> {
        let step = |outcome| (outcome - 1) as f64 / self.watched[statement].steps as f64;
        Some(if outcome == 0 { 1.0 } else { step(outcome) })
    }
}

/// Outcomes to records, in the order of the questions; none where there is no answer.
pub fn stop_records<'a>(
    asking: &'a Asking<'_>,
    replies: Vec<Reply>,
) -> impl Iterator<Item = Option<Stop>> + use<'a> {
    asking.queries.iter().zip(replies).map(|(query, reply)| {
        let Reply::Outcome(outcome) = reply else { return None };
        Some(Stop {
            segment: asking.id(query, 0),
            step: outcome.checked_sub(1).map(|step| step as u32),
            provenance: query.provenance.clone(),
        })
    })
}
