//! Importer of Adroit door: human demonstrations and crowd preferences over the same trajectories.
//!
//! Sources: Rajeswaran et al., "Learning Complex Dexterous Manipulation with Deep Reinforcement
//! Learning and Demonstrations", RSS 2018 (demonstrations); Yuan et al., "Uni-RLHF", ICLR 2024
//! (preferences).

use crate::from::control::uni_rlhf::{self, Kept, Timeline};
use crate::{Dialect, Draft, Import, ImportError, Importer, Place};
use medley_dataset::{Card, Domain};
use medley_feedback::{Demonstration, Provenance, SegmentId};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Reads a folder with `demos.jsonl.gz` and `preferences.csv`.
///
/// - Steps: the demonstrations in a row, features `obs-0` and on, `act-0` and on, and the
///   environment's own reward.
/// - Groups `d00` and on: the demonstrations. Segments: whole demonstrations under the same names;
///   compared windows `w<first step>`, in one or two groups, since the collectors cut across
///   demonstrations.
/// - Comparisons (source "preference"): label 0 first, 1 second, -1 or 0.5 a tie.
/// - Demonstrations: whole episodes (source "episode", no alternatives) and endings (source
///   "ending"): the last window `d00/end` against the earlier windows `d00/t<step>` of the same
///   length, counted back from it without overlap. The demonstrator could have ended anywhere,
///   and chose to end where the task was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdroitDoor {}

#[typetag::serde(name = "adroit-door")]
impl Importer for AdroitDoor {
    fn card(&self) -> Card {
        card()
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let (demos, labels) = (path.join("demos.jsonl.gz"), path.join("preferences.csv"));
        let episodes = read_episodes(import, &demos)?;
        let steps = episodes.last().map_or(0, |episode| episode.end);
        if let Some(window) = uni_rlhf::read(import, &labels, &timeline(&episodes, steps))? {
            import.draft(&Place::new(&demos, "line", 1), |draft| {
                add_demonstrations(draft, &episodes, window)
            })?;
        }
        let report = import.report();
        report.keep("step", steps);
        report.notes.push("field `init_state_dict` of the demonstrations is not kept".into());
        report.notes.push("no annotator is named in the source".into());
        report.notes.push(
            "that label rows index these steps is inferred, not documented: see README.md".into(),
        );
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "Adroit door: a folder with demos.jsonl.gz and preferences.csv (Uni-RLHF crowd labels)"
    }
}

fn card() -> Card {
    Card {
        licence: "Apache-2.0 AND MIT".into(),
        source: "https://github.com/aravindr93/hand_dapg commit \
                 9a1de23df6574e1b94e1da742e3326eb1f61c013 (demonstrations); \
                 https://github.com/pickxiguapi/Clean-Offline-RLHF commit \
                 30535018317565115619a5d0063c9bbbad21043e (preferences)"
            .into(),
        attribution: "Rajeswaran et al., Learning Complex Dexterous Manipulation with Deep \
                      Reinforcement Learning and Demonstrations, RSS 2018; Yuan et al., Uni-RLHF, \
                      ICLR 2024 (arXiv 2402.02423)"
            .into(),
        ..Card::new("adroit-door", Domain::Control)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Demo {
    demo_id: usize,
    global_start: usize,
    length: usize,
    #[serde(rename = "init_state_dict")]
    _initial_state: IgnoredAny,
    observations: Vec<Vec<f32>>,
    actions: Vec<Vec<f32>>,
    rewards: Vec<f64>,
}

/// Rows of one demonstration.
type Episode = std::ops::Range<usize>;

fn read_episodes(import: &mut Import<'_>, file: &Path) -> Result<Vec<Episode>, ImportError> {
    let mut episodes: Vec<Episode> = Vec::new();
    let mut widths = None;
    import.file_rows(file, Dialect::Quoted, |draft, row| {
        let demo: Demo = row.parse()?;
        let start = episodes.last().map_or(0, |episode| episode.end);
        let width = |rows: &[Vec<f32>]| rows.first().map_or(0, Vec::len);
        let found = (width(&demo.observations), width(&demo.actions));
        let (observation, action) = *widths.get_or_insert(found);
        check_demo(draft.place(), &demo, (episodes.len(), start), (observation, action))?;
        let pairs = demo.observations.iter().zip(&demo.actions);
        let values: Vec<f32> = pairs.flat_map(|(o, a)| o.iter().chain(a).copied()).collect();
        draft.features(&feature_names(observation, action))?;
        let episode = draft.steps(observation + action, &values)?;
        draft.rewards(&demo.rewards);
        let id = name(episodes.len());
        draft.named_group(&id, None, None)?;
        draft.window(&id, &[&id], episode.clone());
        episodes.push(episode);
        Ok(())
    })?;
    Ok(episodes)
}

fn feature_names(observation: usize, action: usize) -> Vec<String> {
    let names = |prefix: &'static str, count| (0..count).map(move |i| format!("{prefix}-{i}"));
    names("obs", observation).chain(names("act", action)).collect()
}

fn check_demo(
    at: &Place,
    demo: &Demo,
    (number, start): (usize, usize),
    (observation, action): (usize, usize),
) -> Result<(), ImportError> {
    let same = |field: &str, expected: usize, found: usize| match expected == found {
        true => Ok(()),
        false => Err(at.wrong(field, expected.to_string(), found)),
    };
    same("demo_id", number, demo.demo_id)?;
    same("global_start", start, demo.global_start)?;
    same("number of observations", demo.length, demo.observations.len())?;
    same("number of actions", demo.length, demo.actions.len())?;
    same("number of rewards", demo.length, demo.rewards.len())?;
    demo.observations
        .iter()
        .try_for_each(|row| same("observation width", observation, row.len()))?;
    demo.actions.iter().try_for_each(|row| same("action width", action, row.len()))
}

fn name(episode: usize) -> String {
    format!("d{episode:02}")
}

/// The labels index the steps as they are kept.
fn timeline(episodes: &[Episode], steps: usize) -> Timeline {
    let kept = |(i, rows): (usize, &Episode)| Kept {
        group: name(i),
        source: rows.clone(),
        rows: rows.clone(),
    };
    Timeline { steps, episodes: episodes.iter().enumerate().map(kept).collect() }
}

fn add_demonstrations(
    draft: &mut Draft<'_>,
    episodes: &[Episode],
    steps: usize,
) -> Result<(), ImportError> {
    for i in 0..episodes.len() {
        draft.record(Demonstration {
            segment: SegmentId(name(i)),
            alternatives: Vec::new(),
            provenance: Provenance::from_source("episode"),
        })?;
    }
    for (i, episode) in episodes.iter().enumerate() {
        if episode.len() < 2 * steps {
            draft.drop("ending of an episode shorter than two windows");
            continue;
        }
        let id = name(i);
        let segment = draft.window(&format!("{id}/end"), &[&id], episode.end - steps..episode.end);
        let mut alternatives = Vec::new();
        for window in 2..=episode.len() / steps {
            let start = episode.len() - window * steps;
            let rows = episode.start + start..episode.start + start + steps;
            alternatives.push(draft.window(&format!("{id}/t{start}"), &[&id], rows));
        }
        let provenance = Provenance::from_source("ending");
        draft.record(Demonstration { segment, alternatives, provenance })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::fixture::{import, import_with};

    #[test]
    fn windows_know_the_episodes_that_they_span() {
        let door = import("adroit-door");
        assert_eq!(door.dataset.count("comparison"), 2);
        assert_eq!(door.report.dropped["comparison of a window with itself"], 1);
        assert_eq!(door.report.dropped["ending of an episode shorter than two windows"], 2);
        let spanning = door.dataset.segments().index(&"w2".into()).unwrap();
        assert_eq!(door.dataset.segments().groups(spanning), [0, 1]);
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("adroit-door", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("human_label", "label", "unknown field `label`");
        check(
            "1,2,1,2,-1",
            "1,2,1,2,7",
            "line 3: `human_label` must be 0 (first), 1 (second), -1 or 0.5 (a tie), found 7",
        );
        check("1,2,1,2,-1", "1,2,x,2,1", "line 3: at `indices_2`: expected a number, found \"x\"");
        check("1,2,1,2,-1", "1,2,1,2", "line 3: `row` must be 5 cells as in the header");
        check(
            "1,2,1,2,-1",
            "1,4,1,2,1",
            "`indices_1` must be a window within 5 steps, found 4 + 2",
        );
        check("1,2,1,2,-1", "1,2,1,3,1", "line 3: `len` must be 2 as before, found 3");
        check("\"global_start\": 3", "\"global_start\": 4", "line 2: `global_start` must be 3");
        check("[0.25], [1.0]]", "[0.25], []]", "line 1: `action width` must be 1, found 0");
        check("\"demo_id\": 1,", "\"demo_id\": 1", "demos.jsonl.gz: line 2: at `column");
    }
}
