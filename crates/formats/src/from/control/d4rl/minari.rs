//! The layout of Minari: a group for each episode.

use super::columns::Columns;
use super::episode::{Episode, Episodes, feature_names, note_unused};
use super::source::Source;
use crate::from::control::uni_rlhf::Timeline;
use crate::hdf5::{Array, Group};
use crate::{Import, ImportError, Place};
use std::collections::BTreeSet;

/// Minari: a group for each episode.
pub(super) fn read(
    import: &mut Import<'_>,
    source: &Source<'_>,
    groups: &BTreeSet<String>,
    demonstrations: bool,
) -> Result<Timeline, ImportError> {
    let mut numbered: Vec<(usize, &String)> =
        groups.iter().filter_map(|name| Some((episode_number(name)?, name))).collect();
    numbered.sort_unstable();
    let mut episodes: Option<Episodes> = None;
    let (mut unused, mut finals, mut before) = (BTreeSet::new(), 0, 0);
    for (number, name) in numbered {
        let place = Place::new(source.file, "episode", number as u64);
        let group = source.root.group(name)?;
        let read = MinariEpisode::read(&group, &place)?;
        unused.extend(read.unused.iter().cloned());
        let known = episodes.get_or_insert_with(|| {
            Episodes::start(import, &read.observations, &read.actions, demonstrations)
        });
        let found = feature_names(&read.observations, &read.actions);
        if found != known.features {
            let expected = format!("arrays as in the first: {}", known.features.join(", "));
            return Err(place.wrong("observations and actions", expected, found.join(", ")));
        }
        let steps = 0..read.rewards.values.len();
        let in_all = before..before + steps.len();
        before = in_all.end;
        let episode = Episode {
            number,
            place,
            observations: &read.observations,
            actions: &read.actions,
            rewards: &read.rewards.values,
            steps,
            finished: read.finished,
        };
        known.add(import, &episode, in_all)?;
        finals += 1;
    }
    note_unused(import, unused.iter());
    import.report().notes.push(format!("{finals} observations after a last action are not kept"));
    let mut timeline = match episodes {
        Some(episodes) => episodes.timeline,
        None => Timeline { steps: 0, episodes: Vec::new() },
    };
    timeline.steps = before;
    Ok(timeline)
}

/// Arrays of an episode, checked against each other.
struct MinariEpisode {
    observations: Columns,
    actions: Columns,
    rewards: Array<f64>,
    finished: bool,
    unused: Vec<String>,
}

impl MinariEpisode {
    fn read(group: &Group, place: &Place) -> Result<Self, ImportError> {
        let used = ["observations", "actions", "rewards", "terminations", "truncations"];
        let (groups, arrays) = group.names()?;
        let names: BTreeSet<&String> = groups.union(&arrays).collect();
        if let Some(missing) = used.iter().find(|&&name| !names.iter().any(|known| *known == name))
        {
            let found: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            return Err(place.wrong(*missing, "there", found.join(", ")));
        }
        let observations = Columns::read(group, "observations", "obs")?;
        let actions = Columns::read(group, "actions", "act")?;
        let rewards = group.array("rewards", |value| value)?;
        let terminations = group.array("terminations", |value| value)?.values;
        let truncations = group.array("truncations", |value| value)?.values;
        let steps = rewards.values.len();
        let uneven = |name: &str, expected: usize, found: Option<usize>| match found {
            Some(found) => Err(place.wrong(name, format!("{expected} rows"), found)),
            None => Ok(()),
        };
        uneven("rewards", 1, (steps == 0).then_some(0))?;
        uneven("observations", steps + 1, observations.uneven(steps + 1))?;
        uneven("actions", steps, actions.uneven(steps))?;
        let other = |array: &[f64]| Some(array.len()).filter(|&found| found != steps);
        uneven("terminations", steps, other(&terminations))?;
        uneven("truncations", steps, other(&truncations))?;
        let mut finished = false;
        for (field, flags) in [("terminations", &terminations), ("truncations", &truncations)] {
            for (step, &flag) in flags.iter().enumerate() {
                let last = step + 1 == steps;
                if !(flag == 0.0 || flag == 1.0 && last) {
                    let expected = if last { "0 or 1" } else { "0 before the last step" };
                    return Err(place.wrong(format!("{field}[{step}]"), expected, flag));
                }
                finished |= flag == 1.0;
            }
        }
        let unused = names.into_iter().filter(|name| !used.contains(&name.as_str()));
        let unused = unused.map(|name| format!("episode_*/{name}")).collect();
        Ok(Self { observations, actions, rewards, finished, unused })
    }
}

/// The number in the name of a group.
pub(super) fn episode_number(name: &str) -> Option<usize> {
    name.strip_prefix("episode_")?.parse().ok()
}
