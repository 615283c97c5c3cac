//! Importer of episodes in HDF5: flat files of D4RL and episode groups of Minari, with the
//! comparison labels of Uni-RLHF if there are any.
//!
//! Sources: Fu, Kumar, Nachum, Tucker and Levine, "D4RL: Datasets for Deep Data-Driven
//! Reinforcement Learning" (arXiv 2004.07219); Minari, dataset standards of the Farama Foundation;
//! Yuan et al., "Uni-RLHF", ICLR 2024.

use crate::content::unfit;
use crate::from::control::uni_rlhf::{self, Kept, Timeline};
use crate::hdf5::{self, Array, Group};
use crate::{Import, ImportError, Importer, Place};
use medley_dataset::{Card, Domain};
use medley_feedback::{Demonstration, Provenance, SegmentId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Reads one HDF5 file, or a folder with one (`*.hdf5`, `*.h5` or `data/main_data.hdf5`) and at
/// most one file of labels (`*.csv`, `*.csv.gz`).
///
/// - D4RL (arrays in the root): `observations`, `actions`, `rewards`, `terminals`, and `timeouts`
///   if there. An episode ends where either is true; the last may be unfinished.
/// - Minari (groups `episode_0` and on): `observations`, `actions`, `rewards`, `terminations`,
///   `truncations`. Observations and actions may be groups, whose arrays stand side by side by
///   sorted key. The observation after the last action is not kept.
/// - Steps: features `obs-0` and on (`obs-<key>-0` for groups), `act-0` and on, as 32-bit floats;
///   true reward: `rewards`. Arrays of several axes are laid out row after row.
/// - Groups and segments: the episodes, `e0000` and on.
/// - Comparisons (source "preference"): windows `w<first step>` into all steps in a row, which may
///   span episodes; label 0 first, 1 second, -1 or 0.5 a tie.
/// - Demonstrations (source "episode", no alternatives): whole episodes, if `demonstrations` says
///   that people acted; most files hold what policies did.
///
/// Everything else (`next_observations`, `infos`, `metadata`) is named in a note and not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct D4rl {
    /// Whether the episodes are what people showed.
    pub demonstrations: bool,
}

#[typetag::serde(name = "d4rl")]
impl Importer for D4rl {
    fn card(&self) -> Card {
        Card::new("d4rl", Domain::Control)
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let (file, labels) = files(path)?;
        let root = hdf5::open(&file, &import.reading())?;
        let (groups, arrays) = root.names()?;
        let source = Source { file: &file, root: &root };
        let timeline = match groups.iter().any(|name| episode_number(name).is_some()) {
            true => self.minari(import, &source, &groups)?,
            false => self.flat(import, &source, &groups, &arrays)?,
        };
        if let Some(labels) = labels {
            uni_rlhf::read(import, &labels, &timeline)?;
        }
        let kept = timeline.episodes.iter().map(|kept| kept.rows.len()).sum();
        import.report().keep("step", kept);
        if !self.demonstrations {
            import.report().notes.push(
                "no episode is called a demonstration; `demonstrations = true` says that people \
                 acted"
                    .into(),
            );
        }
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "episodes in HDF5 (D4RL, Minari), a file or a folder with Uni-RLHF labels beside it"
    }
}

/// An open file.
struct Source<'a> {
    file: &'a Path,
    root: &'a Group,
}

/// The file of episodes, and the labels beside it.
fn files(path: &Path) -> Result<(PathBuf, Option<PathBuf>), ImportError> {
    if !path.is_dir() {
        return Ok((path.to_owned(), None));
    }
    let refused = |source| ImportError::Io { file: path.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(refused)? {
        found.push(entry.map_err(refused)?.path());
    }
    found.push(path.join("data/main_data.hdf5"));
    found.sort();
    let ends = |file: &&PathBuf, endings: &[&str]| {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        file.is_file() && name.is_some_and(|name| endings.iter().any(|end| name.ends_with(end)))
    };
    let of = |endings| found.iter().filter(|file| ends(file, endings)).collect::<Vec<_>>();
    let labels = of(&[".csv", ".csv.gz"]);
    if labels.len() > 1 {
        return Err(unfit(path, "at most one file of labels (*.csv)", &labels.len().to_string()));
    }
    match of(&[".hdf5", ".h5"])[..] {
        [file] => Ok((file.clone(), labels.first().map(|&file| file.clone()))),
        ref files => {
            let found = files.len().to_string();
            Err(unfit(path, "a folder with one file *.hdf5 or *.h5", &found))
        }
    }
}

/// Arrays side by side, with a name for each column.
#[derive(Debug)]
struct Columns {
    rows: usize,
    names: Vec<String>,
    parts: Vec<Array<f32>>,
}

impl Columns {
    /// The array of this name, or all arrays in the group of this name.
    fn read(group: &Group, name: &str, prefix: &str) -> Result<Self, ImportError> {
        let mut columns = Self { rows: 0, names: Vec::new(), parts: Vec::new() };
        columns.collect(group, name, prefix)?;
        columns.rows = columns.parts.first().map_or(0, |part| part.rows);
        Ok(columns)
    }

    fn collect(&mut self, group: &Group, name: &str, prefix: &str) -> Result<(), ImportError> {
        let (groups, _) = group.names()?;
        if !groups.contains(name) {
            let array = group.array(name, |value| value as f32)?;
            self.names.extend((0..array.width).map(|i| format!("{prefix}-{i}")));
            self.parts.push(array);
            return Ok(());
        }
        let inner = group.group(name)?;
        let (groups, arrays) = inner.names()?;
        for key in groups.union(&arrays) {
            self.collect(&inner, key, &format!("{prefix}-{key}"))?;
        }
        Ok(())
    }

    /// The first array whose length is not `rows`.
    fn uneven(&self, rows: usize) -> Option<usize> {
        self.parts.iter().map(|part| part.rows).find(|&found| found != rows)
    }

    fn row(&self, row: usize) -> impl Iterator<Item = f32> {
        let part = move |part: &Array<f32>| row * part.width..(row + 1) * part.width;
        self.parts.iter().flat_map(move |array| array.values[part(array)].iter().copied())
    }
}

/// What episodes are made of: the same columns in each.
struct Episodes {
    features: Vec<String>,
    timeline: Timeline,
}

/// One episode, before it is checked.
struct Episode<'a> {
    number: usize,
    place: Place,
    observations: &'a Columns,
    actions: &'a Columns,
    rewards: &'a [f64],
    /// Rows of the three that it consists of.
    steps: Range<usize>,
    finished: bool,
}

impl D4rl {
    /// Adds an episode, or counts it as a bad one; `source` are its steps in the whole source.
    fn add(
        self,
        import: &mut Import<'_>,
        episodes: &mut Episodes,
        episode: &Episode<'_>,
        source: Range<usize>,
    ) -> Result<(), ImportError> {
        let group = format!("e{:04}", episode.number);
        let mut rows = None;
        let drafted = import.draft(&episode.place, |draft| {
            let values = episode.values(&episodes.features)?;
            let taken = draft.steps(episodes.features.len(), &values)?;
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
            episodes.timeline.episodes.push(Kept { group, source, rows });
        }
        Ok(())
    }

    /// D4RL: all steps in a row.
    fn flat(
        self,
        import: &mut Import<'_>,
        source: &Source<'_>,
        groups: &BTreeSet<String>,
        arrays: &BTreeSet<String>,
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
        let mut episodes = start(import, &observations, &actions);
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
            self.add(import, &mut episodes, &episode, steps)?;
        }
        Ok(episodes.timeline)
    }

    /// Minari: a group for each episode.
    fn minari(
        self,
        import: &mut Import<'_>,
        source: &Source<'_>,
        groups: &BTreeSet<String>,
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
            let known =
                episodes.get_or_insert_with(|| start(import, &read.observations, &read.actions));
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
            self.add(import, known, &episode, in_all)?;
            finals += 1;
        }
        note_unused(import, unused.iter());
        import
            .report()
            .notes
            .push(format!("{finals} observations after a last action are not kept"));
        let mut timeline = match episodes {
            Some(episodes) => episodes.timeline,
            None => Timeline { steps: 0, episodes: Vec::new() },
        };
        timeline.steps = before;
        Ok(timeline)
    }
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

fn start(import: &mut Import<'_>, observations: &Columns, actions: &Columns) -> Episodes {
    let features = feature_names(observations, actions);
    import.card().features.clone_from(&features);
    Episodes { features, timeline: Timeline { steps: 0, episodes: Vec::new() } }
}

fn feature_names(observations: &Columns, actions: &Columns) -> Vec<String> {
    observations.names.iter().chain(&actions.names).cloned().collect()
}

fn episode_number(name: &str) -> Option<usize> {
    name.strip_prefix("episode_")?.parse().ok()
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

fn note_unused<'a>(import: &mut Import<'_>, names: impl Iterator<Item = &'a String>) {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if !names.is_empty() {
        import.report().notes.push(format!("not kept: {}", names.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, import};
    use crate::{BadRows, Reading};
    use medley_dataset::{Encoder, StoredSteps};
    use medley_feedback::Comparison;

    fn beside(name: &str) -> PathBuf {
        fixture::path("d4rl").with_file_name(name)
    }

    fn read(path: &Path, demonstrations: bool) -> Result<crate::Imported, String> {
        let importer: &dyn Importer = &D4rl { demonstrations };
        importer.import(path, &Reading::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn episodes_end_at_terminals_and_timeouts() {
        let told = import("d4rl");
        let (dataset, report) = (told.dataset, told.report);
        let segments = dataset.segments();
        let lengths = [0, 1, 2].map(|i| (segments.id(i).0.as_str(), segments.steps(i)));
        assert_eq!(lengths, [("e0000", 0..3), ("e0001", 3..5), ("e0002", 5..7)]);
        let unfinished = "episode that is unfinished: neither terminal nor timeout at its end";
        assert_eq!(report.kept[unfinished], 1);
        assert_eq!(dataset.card.features, ["obs-0", "obs-1", "obs-2", "act-0", "act-1"]);
        assert_eq!(segments.true_rewards().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let features = StoredSteps {}.encode(&dataset).unwrap();
        // Rows 5 and 6 of arrays that count in eighths and in quarters.
        let last = [1.875, 2.0, 2.125, -2.5, -2.75, 2.25, 2.375, 2.5, -3.0, -3.25];
        assert_eq!(*features.segment(2), last);
        let note = "not kept: `infos`, `metadata`, `next_observations`";
        assert!(report.notes.contains(&note.to_owned()), "{:?}", report.notes);
    }

    #[test]
    fn labels_compare_windows() {
        let told = import("d4rl");
        let comparisons = told.dataset.records::<Comparison>().unwrap();
        let shares: Vec<[f64; 3]> = comparisons.iter().map(|c| c.distribution()).collect();
        assert_eq!(shares, [[1., 0., 0.], [0., 0., 1.], [0., 1., 0.], [0., 1., 0.]]);
        assert_eq!(told.report.dropped["comparison of a window with itself"], 1);
        let segments = told.dataset.segments();
        let spanning = segments.index(&"w4".into()).unwrap();
        assert_eq!((segments.groups(spanning), segments.steps(spanning)), (&[1, 2][..], 4..6));
    }

    #[test]
    fn old_and_new_containers_hold_the_same() {
        let old = read(&fixture::path("d4rl").join("door.hdf5"), true).unwrap();
        let new = read(&beside("d4rl-latest.hdf5"), true).unwrap();
        assert_eq!(old.dataset.hash(), new.dataset.hash());
        assert_eq!(old.dataset.count("demonstration"), 3);
    }

    #[test]
    fn minari_episodes_stand_in_the_order_of_their_numbers() {
        let told = read(&beside("d4rl-minari.hdf5"), false).unwrap();
        let (dataset, report) = (told.dataset, told.report);
        assert_eq!(
            dataset.card.features,
            ["obs-angle-0", "obs-goal-xy-0", "obs-goal-xy-1", "act-0"]
        );
        assert_eq!((dataset.groups().len(), dataset.segments().step_count()), (11, 27));
        assert_eq!(dataset.segments().id(10).0, "e0010");
        let features = StoredSteps {}.encode(&dataset).unwrap();
        assert_eq!(*features.segment(10), [0.0, 10.0, 10.0, 0.0, 0.5, 10.0, 10.0, 1.0]);
        let unfinished = "episode that is unfinished: neither terminal nor timeout at its end";
        assert_eq!(report.kept[unfinished], 4);
        let notes = report.notes.join("; ");
        assert!(notes.contains("not kept: `episode_*/infos`; 11 observations after"), "{notes}");
    }

    /// Imports a copy of the folder in which `from` is replaced by `to` wherever it stands.
    fn changed(from: &[u8], to: &[u8], bad_rows: BadRows) -> Result<crate::Imported, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut replaced = 0;
        for name in ["door.hdf5", "preferences.csv"] {
            let mut bytes = std::fs::read(fixture::path("d4rl").join(name)).unwrap();
            for at in 0..bytes.len() - from.len() {
                if bytes[at..].starts_with(from) {
                    bytes[at..at + from.len()].copy_from_slice(to);
                    replaced += 1;
                }
            }
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        assert!(replaced > 0, "{} is not there", String::from_utf8_lossy(from));
        let importer: &dyn Importer = &D4rl::default();
        let reading = Reading { bad_rows, ..Reading::default() };
        importer.import(folder.path(), &reading).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_that_is_not_finite_is_named_and_its_episode_left_out() {
        // `rewards` is stored plain: the fourth becomes not a number.
        let rewards: Vec<u8> = (0..7).flat_map(|i| (i as f32).to_le_bytes()).collect();
        let mut broken = rewards.clone();
        broken[12..16].copy_from_slice(&f32::NAN.to_le_bytes());
        let error = changed(&rewards, &broken, BadRows::Error).unwrap_err();
        let expect = "door.hdf5: step 4: `episode 1, step 0, rewards` must be a finite number of \
                      32 bits, found NaN";
        assert!(error.contains(expect), "{error}");
        let told = changed(&rewards, &broken, BadRows::Skip).unwrap();
        assert_eq!(told.dataset.segments().step_count(), 5);
        let reason = "comparison of a window in an episode that was left out";
        assert_eq!(told.report.dropped[reason], 1, "{}", told.report);
        let moved = told.dataset.segments().index(&"w5".into()).unwrap();
        assert_eq!(told.dataset.segments().steps(moved), 3..5);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = changed(from.as_bytes(), to.as_bytes(), BadRows::Error).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("terminals", "terminalz", "`terminals`, or groups `episode_0` and on, found actions");
        check("rewards\0", "rewardz\0", "expected `rewards`, or groups `episode_0` and on");
        let label = "line 2: `human_label` must be 0 (first), 1 (second), -1 or 0.5 (a tie)";
        check("0,0,1,2,0", "0,0,1,2,7", label);
        check("0,0,1,2,0", "0,0,6,2,1", "must be a window within 7 steps, found 6 + 2");
        let error = changed(b"\x89HDF", b"\x89HDG", BadRows::Error).unwrap_err();
        assert!(error.contains("expected HDF5, found another kind of file"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path(), false).unwrap_err();
        assert!(error.contains("a folder with one file *.hdf5 or *.h5, found 0"), "{error}");
        let other: &dyn Importer = &crate::QaFeedback {};
        let error =
            other.import(&beside("d4rl-latest.hdf5"), &Reading::default()).unwrap_err().to_string();
        assert!(error.contains("HDF5; use format d4rl if it holds episodes"), "{error}");
    }
}
