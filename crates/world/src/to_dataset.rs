//! How do episodes become a dataset? With features and true rewards, so that everything that works on
//! imported episodes works on these.

use crate::{Action, Cut, End, Episode, Window, World, WorldError};
use medley_dataset::{Card, Dataset, DatasetBuilder, DatasetError, Domain, ImportReport};

/// Column of metadata with the states that the steps of a segment leave, where the world is a table.
pub const STATES: &str = "states";
/// Column of metadata with the actions of the steps of a segment, where the world is a table.
pub const ACTIONS: &str = "actions";

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
/// and `end` (`terminated` or `truncated`), of its whole episode; where the world is a table, the
/// numbers of the [`STATES`] that its steps leave and of their [`ACTIONS`], with blanks between them.
///
/// # Errors
/// `cut` is out of range or leaves nothing, or a feature is not finite in single precision.
pub fn to_dataset(
    world: &dyn World,
    episodes: &[Episode],
    cut: Cut,
    name: &str,
) -> Result<Dataset, ToDatasetError> {
    parts_to_dataset(world, &[(episodes, cut)], name)
}

/// The same of several lists of episodes, each cut in its own way: those of an expert whole, say, and
/// windows of the others. Groups are numbered through.
///
/// # Errors
/// As [`to_dataset`]; each list has to leave a segment.
pub fn parts_to_dataset(
    world: &dyn World,
    parts: &[(&[Episode], Cut)],
    name: &str,
) -> Result<Dataset, ToDatasetError> {
    let mut windows = Vec::new();
    let mut before = 0;
    for (episodes, cut) in parts {
        let own = cut.windows(episodes).map_err(WorldError::from)?;
        if own.is_empty() {
            let longest = episodes.iter().map(Episode::len).max().unwrap_or(0);
            let length = match *cut {
                Cut::Whole => 1,
                Cut::Every { length, .. } | Cut::Random { length, .. } => length,
            };
            return Err(ToDatasetError::Empty { length, episodes: episodes.len(), longest });
        }
        let moved =
            own.into_iter().map(|window| Window { episode: before + window.episode, ..window });
        windows.extend(moved.map(|window| (window, *cut)));
        before += episodes.len();
    }
    let episodes: Vec<&Episode> = parts.iter().flat_map(|(episodes, _)| *episodes).collect();
    let mut builder = DatasetBuilder::new(card(world, name));
    let mut firsts = Vec::with_capacity(episodes.len());
    let mut rows = 0;
    let is_table = world.mdp().is_some();
    for (number, episode) in episodes.iter().enumerate() {
        builder.add_group(&group(number), None, None);
        firsts.push(rows);
        rows = builder.add_steps(&features(world, episode));
        builder.add_rewards(&episode.rewards);
    }
    for (window, cut) in &windows {
        let (episode, group) = (episodes[window.episode], group(window.episode));
        let id = match cut {
            Cut::Whole => group.clone(),
            _ => format!("{group}/{}", window.start),
        };
        let first = firsts[window.episode] + window.start;
        builder.add_window(&id, &[&group], first, window.end - window.start);
        let end = match episode.end {
            End::Terminated => "terminated",
            End::Truncated => "truncated",
        };
        let policy = episode.policy as f64;
        let mut known = vec![("policy", policy.into()), ("end", end.into())];
        if is_table {
            let (states, actions) = numbers(world, episode, window);
            known.extend([(STATES, states.into()), (ACTIONS, actions.into())]);
        }
        builder.add_metadata(&id, &known);
    }
    let mut cut_from: Vec<usize> = windows.iter().map(|(window, _)| window.episode).collect();
    cut_from.dedup();
    let unused = episodes.len() - cut_from.len();
    builder.card().import = Some(report(&episodes, windows.len(), unused));
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
fn report(episodes: &[&Episode], segments: usize, unused: usize) -> ImportReport {
    let mut report = ImportReport::default();
    let ended = |end| episodes.iter().filter(|episode| episode.end == end).count();
    for (what, count) in [
        ("segment", segments),
        ("episode that the world ended", ended(End::Terminated)),
        ("episode that was cut off", ended(End::Truncated)),
        ("episode without a segment", unused),
        ("step", episodes.iter().map(|episode| episode.len()).sum()),
    ] {
        if count > 0 {
            report.keep(what, count);
        }
    }
    report
}
