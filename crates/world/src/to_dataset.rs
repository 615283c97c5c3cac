//! How do episodes become a dataset? With features and true rewards, so that everything that works on
//! imported episodes works on these.

use crate::{Action, Cut, End, Episode, Window, World, WorldError};
use medley_dataset::{Card, Dataset, DatasetBuilder, DatasetError, Domain, ImportReport};
use std::collections::BTreeSet;

/// Column of metadata with the states that the steps of a segment leave, where the world is a table.
pub const STATES: &str = "states";
/// Column of metadata with the actions of the steps of a segment, where the world is a table.
pub const ACTIONS: &str = "actions";

/// Column of metadata with how the episode of a segment ended: [`TERMINATED`] or `truncated`.
pub const END: &str = "end";
/// In [`END`], that the world ended it.
pub const TERMINATED: &str = "terminated";
/// Column of metadata with the number of steps that the episode of a segment went on for behind it, where
/// the world is no table.
pub const STEPS_LEFT: &str = "steps-left";

/// Why episodes are no dataset.
#[derive(Debug, thiserror::Error)]
pub enum ToDatasetError {
    /// The way to cut is out of range.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Nothing is left.
    #[error(
        "no segment: expected an episode of at least {length} steps, found {episodes} episodes of at most {longest}"
    )]
    Empty {
        /// Steps of a segment.
        length: usize,
        /// Number of episodes.
        episodes: usize,
        /// Steps of the longest.
        longest: usize,
    },
    /// A feature is not finite in single precision, or the like.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}

/// A control dataset: the steps of all episodes with their features ([`World::features`]) and true
/// rewards, an episode a group (`e0000`), segments as `cut` makes them (`e0000/12` from step 12; a
/// whole episode has the episode's name). Metadata of a segment: `policy`, the number of who acted,
/// and [`END`] (`terminated` or `truncated`), of its whole episode; where the world is a table, the
/// numbers of the [`STATES`] that its steps leave and of their [`ACTIONS`], with blanks between them;
/// where it is none, [`STEPS_LEFT`].
///
/// # Errors
/// `cut` is out of range or leaves nothing, or a feature is not finite in single precision.
pub fn to_dataset(
    world: &dyn World,
    episodes: &[Episode],
    cut: Cut,
    name: &str,
) -> Result<Dataset, ToDatasetError> {
    let windows = cut.windows(episodes).map_err(WorldError::from)?;
    if windows.is_empty() {
        let longest = episodes.iter().map(Episode::len).max().unwrap_or(0);
        let length = match cut {
            Cut::Whole => 1,
            Cut::Every { length, .. } | Cut::Random { length, .. } => length,
        };
        return Err(ToDatasetError::Empty { length, episodes: episodes.len(), longest });
    }
    let id = |window: &Window| match cut {
        Cut::Whole => group(window.episode),
        _ => format!("{}/{}", group(window.episode), window.start),
    };
    let named: Vec<(String, Window)> =
        windows.into_iter().map(|window| (id(&window), window)).collect();
    dataset_of(world, episodes, &named, name, |_, _| {})
}

/// The same of windows that are known and have names, episodes with groups as in [`to_dataset`]. `change`
/// may change the features of an episode, `[steps, feature]` in row-major order, before they are kept: what
/// was recorded need not be what was.
///
/// # Errors
/// A dataset cannot hold the features, or two windows have one name.
pub fn dataset_of(
    world: &dyn World,
    episodes: &[Episode],
    windows: &[(String, Window)],
    name: &str,
    mut change: impl FnMut(usize, &mut [f32]),
) -> Result<Dataset, ToDatasetError> {
    let mut builder = DatasetBuilder::new(card(world, name));
    let mut firsts = Vec::with_capacity(episodes.len());
    let mut rows = 0;
    let is_table = world.mdp().is_some();
    for (number, episode) in episodes.iter().enumerate() {
        builder.add_group(&group(number), None, None);
        firsts.push(rows);
        let mut own = features(world, episode);
        change(number, &mut own);
        rows = builder.add_steps(&own);
        builder.add_rewards(&episode.rewards);
    }
    for (id, window) in windows {
        let (episode, group) = (&episodes[window.episode], group(window.episode));
        let first = firsts[window.episode] + window.start;
        builder.add_window(id, &[&group], first, window.end - window.start);
        let end = match episode.end {
            End::Terminated => TERMINATED,
            End::Truncated => "truncated",
        };
        let policy = episode.policy as f64;
        let mut known = vec![("policy", policy.into()), (END, end.into())];
        if is_table {
            let (states, actions) = numbers(world, episode, window);
            known.extend([(STATES, states.into()), (ACTIONS, actions.into())]);
        } else {
            known.push((STEPS_LEFT, ((episode.len() - window.end) as f64).into()));
        }
        builder.add_metadata(id, &known);
    }
    let cut_from: BTreeSet<usize> = windows.iter().map(|(_, window)| window.episode).collect();
    let unused = episodes.len() - cut_from.len();
    builder.card().import = Some(report(episodes, windows.len(), unused));
    Ok(builder.build()?)
}

fn card(world: &dyn World, name: &str) -> Card {
    let mut card = Card::new(name, Domain::Control);
    card.features = world.feature_names();
    // The tag and its options, as TOML has them.
    let written = toml::to_string(world).unwrap_or_else(|_| world.typetag_name().to_owned());
    card.source = format!("simulated: {}", written.trim().replace('\n', ", "));
    card
}

/// Numbers of the states and actions of a window, for a world that is a table.
fn numbers(world: &dyn World, episode: &Episode, window: &Window) -> (String, String) {
    let (kinds, steps) = (world.actions(), window.start..window.end);
    let state = |step: usize| (episode.state(step)[0] as usize).to_string();
    let action = |step: usize| match episode.action(step, &kinds) {
        Action::Discrete(number) => number.to_string(),
        Action::Continuous(_) => String::new(),
    };
    let joined = |of: &dyn Fn(usize) -> String| steps.clone().map(of).collect::<Vec<_>>().join(" ");
    (joined(&state), joined(&action))
}

fn group(number: usize) -> String {
    format!("e{number:04}")
}

/// `[step, feature]`.
fn features(world: &dyn World, episode: &Episode) -> Vec<f32> {
    let (actions, width) = (world.actions(), world.feature_names().len());
    let mut rows = vec![0.0; episode.len() * width];
    for (step, row) in rows.chunks_mut(width.max(1)).enumerate() {
        world.features(episode.state(step), episode.action(step, &actions), row);
    }
    rows
}

/// Episodes that no segment is cut from are there, as groups and steps, and counted.
fn report(episodes: &[Episode], segments: usize, unused: usize) -> ImportReport {
    let mut report = ImportReport::default();
    let ended = |end| episodes.iter().filter(|episode| episode.end == end).count();
    for (what, count) in [
        ("segment", segments),
        ("episode that the world ended", ended(End::Terminated)),
        ("episode that was cut off", ended(End::Truncated)),
        ("episode without a segment", unused),
        ("step", episodes.iter().map(Episode::len).sum()),
    ] {
        if count > 0 {
            report.keep(what, count);
        }
    }
    report
}
