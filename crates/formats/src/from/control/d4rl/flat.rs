//! The layout of D4RL: all steps of all episodes in a row.

use super::columns::Columns;
use super::episode::{Episode, Episodes, note_unused};
use super::source::Source;
use crate::content::unfit;
use crate::from::control::uni_rlhf::Timeline;
use crate::{Import, ImportError, Place};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// D4RL: all steps in a row.
pub(super) fn read(
    import: &mut Import<'_>,
    source: &Source<'_>,
    groups: &BTreeSet<String>,
    arrays: &BTreeSet<String>,
    demonstrations: bool,
) -> Result<Timeline, ImportError> {
    let Source { file, root } = source;
    for needed in ["observations", "actions", "rewards", "terminals"] {
        if !(arrays.contains(needed) || groups.contains(needed)) {
            let names: Vec<&str> = groups.union(arrays).map(String::as_str).collect();
            let expected = format!("`{needed}`, or groups `episode_0` and on");
            return Err(unfit(file, &expected, &names.join(", ")));
        }
    }
    let observations = Columns::read(root, "observations", "obs")?;
    let actions = Columns::read(root, "actions", "act")?;
    let rewards = root.array("rewards", |value| value)?;
    let terminals = root.array("terminals", |value| value)?;
    let timeouts = match arrays.contains("timeouts") {
        true => Some(root.array("timeouts", |value| value)?),
        false => None,
    };
    let steps = rewards.values.len();
    same_length(file, steps, "observations", observations.uneven(steps))?;
    same_length(file, steps, "actions", actions.uneven(steps))?;
    for (name, array) in [("terminals", Some(&terminals)), ("timeouts", timeouts.as_ref())] {
        let uneven = array.map(|array| array.values.len()).filter(|&found| found != steps);
        same_length(file, steps, name, uneven)?;
    }
    let mut ends = truths(file, "terminals", &terminals.values)?;
    match &timeouts {
        Some(timeouts) => {
            let timeouts = truths(file, "timeouts", &timeouts.values)?;
            ends.iter_mut().zip(timeouts).for_each(|(end, timeout)| *end |= timeout);
        }
        None => {
            let note = "there is no `timeouts`: episodes end at `terminals` alone";
            import.report().notes.push(note.into());
        }
    }
    let used = ["observations", "actions", "rewards", "terminals", "timeouts"];
    note_unused(import, groups.union(arrays).filter(|name| !used.contains(&name.as_str())));
    let mut episodes = Episodes::start(import, &observations, &actions, demonstrations);
    episodes.timeline.steps = steps;
    for (number, steps) in cut(&ends).into_iter().enumerate() {
        let episode = Episode {
            number,
            place: Place::new(file, "step", steps.start as u64 + 1),
            observations: &observations,
            actions: &actions,
            rewards: &rewards.values,
            finished: ends[steps.end - 1],
            steps: steps.clone(),
        };
        episodes.add(import, &episode, steps)?;
    }
    Ok(episodes.timeline)
}

/// Episodes: each ends with a step that is an end, the last with the file.
fn cut(ends: &[bool]) -> Vec<Range<usize>> {
    let mut episodes = Vec::new();
    let mut start = 0;
    for (step, &end) in ends.iter().enumerate() {
        if end || step + 1 == ends.len() {
            episodes.push(start..step + 1);
            start = step + 1;
        }
    }
    episodes
}

fn truths(file: &Path, name: &str, values: &[f64]) -> Result<Vec<bool>, ImportError> {
    let truth = |(step, &value): (usize, &f64)| match value {
        0.0 => Ok(false),
        1.0 => Ok(true),
        // No error of a row: what is left out then is not known without the ends of episodes.
        other => {
            Err(unfit(file, &format!("0 or 1 in `{name}`"), &format!("{other} at row {step}")))
        }
    };
    values.iter().enumerate().map(truth).collect()
}

fn same_length(
    file: &Path,
    steps: usize,
    name: &str,
    found: Option<usize>,
) -> Result<(), ImportError> {
    match found {
        None => Ok(()),
        Some(found) => {
            let expected = format!("{steps} rows in `{name}`, as in `rewards`");
            Err(unfit(file, &expected, &found.to_string()))
        }
    }
}
