//! Importer of Overcooked human-human play: two people cook, deliver and score together.
//!
//! Source: Carroll, Shah, Ho, Griffiths, Seshia, Abbeel and Dragan, "On the Utility of Learning
//! about Humans for Human-AI Coordination", NeurIPS 2019; `clean_{train,test}_trials.pickle` of
//! `overcooked_ai`, as rows.

mod kitchen;
mod layouts;
mod score;
mod trial;

use crate::content::unfit;
use crate::{Draft, Import, ImportError, Importer, Place};
use kitchen::{ACTIONS, Action, Kitchen, feature_names};
use layouts::{Kitchens, read_kitchens};
use medley_dataset::{Card, Domain};
use medley_feedback::{Demonstration, Provenance, SegmentId};
use score::{Scored, by_score, compare_trials, pairs};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use trial::{Loop, Trial, read_trials};

/// Reads a file of game loops, or the folder with it; `layouts.json` lies beside it. The file is
/// JSON lines, or Parquet whose states and actions are texts with Python literals; both give the
/// same dataset.
///
/// - Groups `t00` and on: the trials; prompt: the kitchen's name; context: its grid. A split by
///   episode keeps trials whole, a split by prompt keeps kitchens whole.
/// - Steps: the game loops of a trial in order, and after them the actions that were not taken.
///   Features: those of the state before the action, and the joint action. True reward: `reward`,
///   which must be 5 for each soup that is served, and whose running sum must be `score`; so the
///   reward of an action that was not taken is known too.
/// - Segments: trials `t00`; windows `t00/w<loop>`, counted back from the end without overlap;
///   single loops `t00/a<loop>` with the actions not taken `t00/a<loop>/p1-up`.
/// - Demonstrations: whole trials (source "trial", no alternatives); endings (source "ending"): the
///   last window against the earlier ones of its trial, as far as people learn to play together;
///   actions (source "action"): what a player did in a game loop against the five other things
///   that the player could have done, the partner's action being what it was; and acts (source
///   "act"): the same where the player did not wait, against the four other acts, since most
///   waiting is a person slower than the game. An act says again a part of what its action says.
/// - Comparisons are derived from the score and said by no one: trials of the same kitchen (source
///   "score-trial") and windows of the same trial (source "score-window"); equal scores are ties.
///   Half of the pairs stand in reverse, so that the order tells nothing.
/// - Annotator: `workerid_num`, which is one of the two players and stands for the pair. Group:
///   `run`, the cohort. Seconds of a trial: its last `time_elapsed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overcooked {
    /// Game loops (of 0.15 s) in a window; 0: no windows and no endings.
    pub window: usize,
    /// The actions of every so many game loops become demonstrations; 0: none.
    pub actions_every: usize,
    /// Whether comparisons are derived from the score.
    pub compare_scores: bool,
}

impl Default for Overcooked {
    fn default() -> Self {
        Self { window: 100, actions_every: 20, compare_scores: true }
    }
}

#[typetag::serde(name = "overcooked")]
impl Importer for Overcooked {
    fn card(&self) -> Card {
        card()
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let file = table(path)?;
        let kitchens = read_kitchens(import, &file.with_file_name("layouts.json"))?;
        import.card().features = feature_names();
        let trials = read_trials(import, &file, &kitchens)?;
        for trial in &trials {
            let place = trial.place.clone();
            import.draft(&place, |draft| self.add_trial(draft, trial, &kitchens))?;
        }
        if self.compare_scores {
            import.draft(&Place::new(&file, "line", 1), |draft| compare_trials(draft, &trials))?;
        }
        let report = import.report();
        report.keep("step that was played", trials.iter().map(|trial| trial.loops.len()).sum());
        report.notes.extend(NOTES.map(str::to_owned));
        Ok(())
    }

    fn summary(&self) -> &'static str {
        "Overcooked human-human play: a table of game loops with layouts.json beside it"
    }
}

const NOTES: [&str; 3] = [
    "an annotator is one of the two players and stands for the pair",
    "comparisons of sources \"score-trial\" and \"score-window\" are derived from the game's score; \
     no person said them",
    "`time_elapsed` is kept for whole trials only; of Parquet, `next_state` and the columns that \
     count, date or normalize are not kept",
];

fn card() -> Card {
    Card {
        licence: "MIT".into(),
        source: "PyPI overcooked_ai 1.1.0, \
                 src/overcooked_ai_py/data/human_data/clean_train_trials.pickle"
            .into(),
        attribution: "Carroll, Shah, Ho, Griffiths, Seshia, Abbeel and Dragan, On the Utility of \
                      Learning about Humans for Human-AI Coordination, NeurIPS 2019 (arXiv \
                      1910.05789)"
            .into(),
        ..Card::new("overcooked", Domain::Control)
    }
}

/// The file itself, or the one in the folder.
fn table(path: &Path) -> Result<PathBuf, ImportError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let names = ["train", "test"].into_iter().flat_map(|part| {
        ["jsonl.gz", "jsonl", "parquet"].map(|ending| format!("clean_{part}_trials.{ending}"))
    });
    let mut found: Vec<PathBuf> =
        names.map(|name| path.join(name)).filter(|path| path.is_file()).collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(unfit(path, "a folder with clean_train_trials.jsonl.gz or .parquet", "neither")),
        _ => Err(unfit(path, "one table of trials", "several; name the file")),
    }
}

impl Overcooked {
    fn add_trial(
        self,
        draft: &mut Draft<'_>,
        trial: &Trial,
        kitchens: &Kitchens,
    ) -> Result<(), ImportError> {
        let kitchen = &kitchens[trial.kitchen()];
        let name = trial.name.as_str();
        draft.named_group(name, Some(trial.kitchen()), Some(&kitchen.rows.join("\n")))?;
        let values: Vec<f32> =
            trial.loops.iter().flat_map(|at| at.state.features(kitchen, at.actions)).collect();
        let rows = draft.steps(feature_names().len(), &values)?;
        draft.rewards(&trial.loops.iter().map(|at| at.reward).collect::<Vec<_>>());
        let segment = draft.window(name, &[name], rows.clone());
        let seconds = Some(trial.seconds);
        let provenance = Provenance { seconds, ..trial.provenance("trial") };
        draft.record(Demonstration { segment, alternatives: Vec::new(), provenance })?;
        self.add_windows(draft, trial, rows.start)?;
        for at in (0..trial.loops.len()).step_by(self.actions_every.max(1)) {
            if self.actions_every > 0 {
                add_actions(draft, trial, kitchen, at, rows.start + at)?;
            }
        }
        Ok(())
    }

    fn add_windows(
        self,
        draft: &mut Draft<'_>,
        trial: &Trial,
        first_row: usize,
    ) -> Result<(), ImportError> {
        let starts = trial.windows(self.window);
        let mut windows = Vec::new();
        for &start in &starts {
            let rows = first_row + start..first_row + start + self.window;
            windows.push(draft.window(&trial.window(start), &[&trial.name], rows));
        }
        if self.compare_scores {
            let earned = |start: usize| trial.earned(start..start + self.window);
            let scored: Vec<Scored<'_>> = windows
                .iter()
                .zip(&starts)
                .map(|(segment, &start)| Scored { segment, score: earned(start) })
                .collect();
            pairs(&scored).try_for_each(|pair| draft.record(by_score(pair, "score-window")))?;
        }
        match windows.pop() {
            Some(segment) if !windows.is_empty() => {
                let provenance = trial.provenance("ending");
                draft.record(Demonstration { segment, alternatives: windows, provenance })
            }
            _ => Ok(()),
        }
    }
}

/// What both players did in a game loop, each against the five other things to do.
fn add_actions(
    draft: &mut Draft<'_>,
    trial: &Trial,
    kitchen: &Kitchen,
    at: usize,
    row: usize,
) -> Result<(), ImportError> {
    let Loop { state, actions, .. } = &trial.loops[at];
    let name = trial.name.as_str();
    let id = format!("{name}/a{at:04}");
    let segment = draft.window(&id, &[name], row..row + 1);
    for player in [0, 1] {
        let mut alternatives = Vec::new();
        for (action, word) in ACTIONS {
            if action == actions[player] {
                continue;
            }
            let mut other = *actions;
            other[player] = action;
            let values = state.features(kitchen, other);
            let rows = draft.steps(values.len(), &values)?;
            draft.rewards(&[state.points(kitchen, other)]);
            draft.keep("step that was not played");
            let id = format!("{id}/p{}-{word}", player + 1);
            alternatives.push(draft.window(&id, &[name], rows));
        }
        if actions[player] != Action::Wait {
            let waits = |id: &SegmentId| id.0.ends_with("-wait");
            draft.record(Demonstration {
                segment: segment.clone(),
                alternatives: alternatives.iter().filter(|id| !waits(id)).cloned().collect(),
                provenance: trial.provenance("act"),
            })?;
        }
        let (segment, provenance) = (segment.clone(), trial.provenance("action"));
        draft.record(Demonstration { segment, alternatives, provenance })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
