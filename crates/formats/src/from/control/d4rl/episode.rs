//! How is one episode checked and kept?

use super::columns::Columns;
use crate::from::control::uni_rlhf::{Kept, Timeline};
use crate::{Import, ImportError, Place};
use medley_feedback::{Demonstration, Provenance, SegmentId};
use std::ops::Range;

/// What episodes are made of: the same columns in each.
pub(super) struct Episodes {
    pub features: Vec<String>,
    pub timeline: Timeline,
    /// Whether they are what people showed.
    demonstrations: bool,
}

/// One episode, before it is checked.
pub(super) struct Episode<'a> {
    pub number: usize,
    pub place: Place,
    pub observations: &'a Columns,
    pub actions: &'a Columns,
    pub rewards: &'a [f64],
    /// Rows of the three that it consists of.
    pub steps: Range<usize>,
    pub finished: bool,
}

impl Episodes {
    /// No episode yet, of these columns.
    pub fn start(
        import: &mut Import<'_>,
        observations: &Columns,
        actions: &Columns,
        demonstrations: bool,
    ) -> Self {
        let features = feature_names(observations, actions);
        import.card().features.clone_from(&features);
        Self { features, timeline: Timeline { steps: 0, episodes: Vec::new() }, demonstrations }
    }

    /// Adds an episode, or counts it as a bad one; `source` are its steps in the whole source.
    pub fn add(
        &mut self,
        import: &mut Import<'_>,
        episode: &Episode<'_>,
        source: Range<usize>,
    ) -> Result<(), ImportError> {
        let group = format!("e{:04}", episode.number);
        let mut rows = None;
        let drafted = import.draft(&episode.place, |draft| {
            let values = episode.values(&self.features)?;
            let taken = draft.steps(self.features.len(), &values)?;
            draft.rewards(&episode.rewards[episode.steps.clone()]);
            draft.named_group(&group, None, None)?;
            draft.window(&group, &[&group], taken.clone());
            if !episode.finished {
                draft.keep("episode that is unfinished: neither terminal nor timeout at its end");
            }
            if self.demonstrations {
                draft.record(Demonstration {
                    segment: SegmentId(group.clone()),
                    alternatives: Vec::new(),
                    provenance: Provenance::from_source("episode"),
                })?;
            }
            rows = Some(taken);
            Ok(())
        });
        let added = drafted.is_ok();
        import.or_skip(drafted)?;
        if let Some(rows) = rows.filter(|_| added) {
            self.timeline.episodes.push(Kept { group, source, rows });
        }
        Ok(())
    }
}

impl Episode<'_> {
    /// `[step, feature]`; a number that is not finite is named by its step in the episode.
    fn values(&self, features: &[String]) -> Result<Vec<f32>, ImportError> {
        let mut values = Vec::with_capacity(self.steps.len() * features.len());
        for (step, row) in self.steps.clone().enumerate() {
            let columns = self.observations.row(row).chain(self.actions.row(row));
            for (value, feature) in columns.zip(features) {
                self.finite(step, feature, f64::from(value))?;
                values.push(value);
            }
            self.finite(step, "rewards", self.rewards[row])?;
        }
        Ok(values)
    }

    fn finite(&self, step: usize, feature: &str, value: f64) -> Result<(), ImportError> {
        if value.is_finite() {
            return Ok(());
        }
        let field = format!("episode {}, step {step}, {feature}", self.number);
        Err(self.place.wrong(field, "a finite number of 32 bits", value))
    }
}

/// Names of the features: observations, then actions.
pub(super) fn feature_names(observations: &Columns, actions: &Columns) -> Vec<String> {
    observations.names.iter().chain(&actions.names).cloned().collect()
}

/// Says what stands in the file and is not kept.
pub(super) fn note_unused<'a>(import: &mut Import<'_>, names: impl Iterator<Item = &'a String>) {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        import.report().notes.push(format!("not kept: {}", names.join(", ")));
    }
}
