//! Importer of Overcooked human-human play: two people cook, deliver and score together.
//!
//! Source: Carroll, Shah, Ho, Griffiths, Seshia, Abbeel and Dragan, "On the Utility of Learning
//! about Humans for Human-AI Coordination", NeurIPS 2019; `clean_{train,test}_trials.pickle` of
//! `overcooked_ai`, as rows.

mod kitchen;
mod python_literal;

use crate::content::{self, Content, damaged, unfit};
use crate::{Dialect, Draft, Import, ImportError, Importer, Place, number};
use kitchen::{ACTIONS, Action, Kitchen, State, feature_names};
use medley_dataset::{Card, Domain};
use medley_feedback::{AnnotatorId, Comparison, Demonstration, Provenance, SegmentId};
use python_literal::literal;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

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

type Kitchens = BTreeMap<String, Kitchen>;

fn read_kitchens(import: &Import<'_>, file: &Path) -> Result<Kitchens, ImportError> {
    let (Content::JsonLines(reader) | Content::JsonArray(reader)) =
        content::open(file, &import.reading())?
    else {
        return Err(unfit(file, "a JSON object of grids by name", "another kind of file"));
    };
    let grids: BTreeMap<String, Vec<String>> =
        serde_json::from_reader(reader).map_err(|error| match error.is_io() {
            true => damaged(file, &error.into()),
            false => unfit(file, "a JSON object of grids by name", &error.to_string()),
        })?;
    grids
        .into_iter()
        .map(|(name, rows)| match Kitchen::new(rows) {
            Ok(kitchen) => Ok((name, kitchen)),
            Err(found) => {
                let expected = format!("a grid of cells X, O, P, D, S, 1, 2 or blank in `{name}`");
                Err(unfit(file, &expected, &found))
            }
        })
        .collect()
}

/// A row. Of the columns that only Parquet has, the grid is compared with `layouts.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    trial: Option<usize>,
    workerid_num: u64,
    run: String,
    layout_name: String,
    #[serde(deserialize_with = "number")]
    cur_gameloop: f64,
    #[serde(deserialize_with = "number")]
    time_elapsed: f64,
    #[serde(deserialize_with = "literal")]
    state: State,
    #[serde(deserialize_with = "literal")]
    joint_action: [Action; 2],
    #[serde(deserialize_with = "number")]
    reward: f64,
    #[serde(deserialize_with = "number")]
    score: f64,
    #[serde(default, deserialize_with = "literal")]
    layout: Option<Vec<String>>,
    #[serde(default, rename = "next_state")]
    _next_state: IgnoredAny,
    #[serde(default, rename = "datetime")]
    _datetime: IgnoredAny,
    #[serde(default, rename = "is_leader")]
    _is_leader: IgnoredAny,
    #[serde(default, rename = "round_num")]
    _round_num: IgnoredAny,
    #[serde(default, rename = "round_type")]
    _round_type: IgnoredAny,
    #[serde(default, rename = "time_left")]
    _time_left: IgnoredAny,
    #[serde(default, rename = "is_wait")]
    _is_wait: IgnoredAny,
    #[serde(default, rename = "completed")]
    _completed: IgnoredAny,
    #[serde(default, rename = "reward_norm")]
    _reward_norm: IgnoredAny,
    #[serde(default, rename = "cur_gameloop_total")]
    _cur_gameloop_total: IgnoredAny,
    #[serde(default, rename = "reward_norm_total")]
    _reward_norm_total: IgnoredAny,
}

/// One trial, whose loops follow each other without a gap.
struct Trial {
    name: String,
    number: usize,
    /// Who played where: what tells trials apart.
    pair: (u64, String, String),
    place: Place,
    loops: Vec<Loop>,
    seconds: f64,
    /// Sum of the rewards.
    score: f64,
    /// A loop is missing, since its row was left out.
    broken: bool,
}

struct Loop {
    state: State,
    actions: [Action; 2],
    reward: f64,
}

impl Trial {
    fn kitchen(&self) -> &str {
        &self.pair.2
    }

    fn earned(&self, loops: Range<usize>) -> f64 {
        self.loops[loops].iter().map(|at| at.reward).sum()
    }

    fn provenance(&self, source: &str) -> Provenance {
        Provenance {
            annotator: Some(AnnotatorId(self.pair.0.to_string())),
            group: Some(self.pair.1.clone()),
            ..Provenance::from_source(source)
        }
    }

    /// First loops of the windows, counted back from the end.
    fn windows(&self, length: usize) -> Vec<usize> {
        let count = self.loops.len().checked_div(length).unwrap_or(0);
        (1..=count).rev().map(|back| self.loops.len() - back * length).collect()
    }

    fn window(&self, start: usize) -> String {
        format!("{}/w{start:04}", self.name)
    }
}

fn read_trials(
    import: &mut Import<'_>,
    file: &Path,
    kitchens: &Kitchens,
) -> Result<Vec<Trial>, ImportError> {
    let mut trials: Vec<Trial> = Vec::new();
    import.rows(file, Dialect::Quoted, |draft, row| {
        let line: Line = row.parse()?;
        let place = draft.place();
        check_line(place, &line, kitchens)?;
        let pair = (line.workerid_num, line.run.clone(), line.layout_name.clone());
        if line.cur_gameloop == 0.0 {
            trials.push(new_trial(place, &line, pair.clone(), trials.last())?);
        }
        let wrong = |field: &str, expected: String, found: &dyn std::fmt::Display| {
            Err(place.wrong(field, expected, found))
        };
        let Some(trial) = trials.last_mut().filter(|trial| trial.pair == pair) else {
            return wrong("cur_gameloop", "0 at the start of a trial".into(), &line.cur_gameloop);
        };
        let next = trial.loops.len();
        if line.cur_gameloop != next as f64 {
            trial.broken = true;
            return wrong("cur_gameloop", format!("{next}, the next loop"), &line.cur_gameloop);
        }
        let score = trial.score + line.reward;
        if line.score != score {
            trial.broken = true;
            return wrong("score", format!("{score}, the sum of all rewards so far"), &line.score);
        }
        if let Some(number) = line.trial.filter(|&number| number != trial.number) {
            trial.broken = true;
            return wrong("trial", trial.number.to_string(), &number);
        }
        (trial.seconds, trial.score) = (line.time_elapsed, score);
        let Line { state, joint_action: actions, reward, .. } = line;
        trial.loops.push(Loop { state, actions, reward });
        Ok(())
    })?;
    let report = import.report();
    trials.iter().filter(|trial| trial.broken).for_each(|_| report.drop(BROKEN));
    trials.retain(|trial| !trial.broken);
    Ok(trials)
}

const BROKEN: &str = "trial with a row that was left out";

fn check_line(place: &Place, line: &Line, kitchens: &Kitchens) -> Result<(), ImportError> {
    let Some(kitchen) = kitchens.get(&line.layout_name) else {
        let names: Vec<&str> = kitchens.keys().map(String::as_str).collect();
        let expected = format!("one of layouts.json: {}", names.join(", "));
        return Err(place.wrong("layout_name", expected, &line.layout_name));
    };
    if let Some(rows) = line.layout.as_ref().filter(|rows| **rows != kitchen.rows) {
        let expected = format!("the grid of `{}` in layouts.json", line.layout_name);
        return Err(place.wrong("layout", expected, format!("{rows:?}")));
    }
    line.state
        .check(kitchen)
        .map_err(|(field, expected, found)| place.wrong(field, expected, found))?;
    let points = line.state.points(kitchen, line.joint_action);
    if line.reward != points {
        let expected = format!("{points}, 5 for each soup that is served");
        return Err(place.wrong("reward", expected, line.reward));
    }
    if line.time_elapsed < 0.0 {
        return Err(place.wrong("time_elapsed", "at least 0", line.time_elapsed));
    }
    Ok(())
}

/// Trials are numbered as released, or by order of appearance where no number is released.
fn new_trial(
    place: &Place,
    line: &Line,
    pair: (u64, String, String),
    before: Option<&Trial>,
) -> Result<Trial, ImportError> {
    let least = before.map_or(0, |trial| trial.number + 1);
    let number = line.trial.unwrap_or(least);
    if number < least {
        return Err(place.wrong("trial", format!("at least {least} for a new trial"), number));
    }
    let (place, loops) = (place.clone(), Vec::new());
    let name = format!("t{number:02}");
    Ok(Trial { name, number, pair, place, loops, seconds: 0.0, score: 0.0, broken: false })
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

fn compare_trials(draft: &mut Draft<'_>, trials: &[Trial]) -> Result<(), ImportError> {
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
struct Scored<'a> {
    segment: &'a SegmentId,
    score: f64,
}

/// All pairs. Nobody was shown one first, so half of them stand in reverse: else the order would
/// tell of time or of numbering, and later windows earn more than the first, in which no soup is
/// ready yet.
fn pairs<'a>(all: &'a [Scored<'a>]) -> impl Iterator<Item = [Scored<'a>; 2]> {
    (0..all.len()).flat_map(move |later| {
        (0..later).map(move |earlier| match (earlier + later) % 2 {
            0 => [all[earlier], all[later]],
            _ => [all[later], all[earlier]],
        })
    })
}

fn by_score([first, second]: [Scored<'_>; 2], source: &str) -> Comparison {
    let ids = (first.segment.clone(), second.segment.clone());
    let comparison = match first.score.total_cmp(&second.score) {
        Ordering::Greater => Comparison::new(ids.0, ids.1, 1.0),
        Ordering::Less => Comparison::new(ids.0, ids.1, 0.0),
        Ordering::Equal => Comparison::tied(ids.0, ids.1),
    };
    Comparison { provenance: Provenance::from_source(source), ..comparison }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, import, import_with};
    use crate::{BadRows, Reading};
    use medley_dataset::{Encoder, StoredSteps};

    #[test]
    fn both_forms_give_the_same_dataset() {
        let json = import("overcooked");
        let literals = fixture::path("overcooked").with_file_name("overcooked-literals");
        let literals =
            fixture::importer("overcooked").import(&literals, &Reading::default()).unwrap();
        assert_eq!(json.dataset.hash(), literals.dataset.hash());
        assert_eq!(json.report, literals.report);
    }

    #[test]
    fn trials_windows_and_actions_by_hand() {
        let told = import("overcooked");
        let (dataset, kept) = (told.dataset, told.report.kept);
        // 85 loops have 4 windows of 20 and actions at 0, 40 and 80; 20 loops have one of each.
        assert_eq!(kept["step that was played"], 190);
        assert_eq!(kept["step that was not played"], 2 * 5 * (3 + 3 + 1));
        assert_eq!(kept["demonstration/trial"], 3);
        assert_eq!(kept["demonstration/ending"], 2);
        assert_eq!(kept["demonstration/action"], 2 * (3 + 3 + 1));
        assert_eq!(kept["comparison/score-window"], 6 + 6);
        assert_eq!(kept["comparison/score-trial"], 1);
        let (groups, segments) = (dataset.groups(), dataset.segments());
        assert_eq!(groups.prompt(2), Some("random0"));
        let window = |id: &str| segments.steps(segments.index(&id.into()).unwrap());
        assert_eq!(window("t00"), 0..85);
        assert_eq!(window("t00/w0005"), 5..25);
        assert_eq!(window("t00/w0065"), 65..85);
        let demonstrations = dataset.records::<Demonstration>().unwrap();
        let ending = &demonstrations[1];
        assert_eq!(ending.segment.0, "t00/w0065");
        let earlier: Vec<&str> = ending.alternatives.iter().map(|id| id.0.as_str()).collect();
        assert_eq!(earlier, ["t00/w0005", "t00/w0025", "t00/w0045"]);
        let provenance = &demonstrations[0].provenance;
        assert_eq!(provenance.annotator, Some("1".into()));
        assert_eq!(provenance.group.as_deref(), Some("run-1"));
        assert_eq!(provenance.seconds, Some(12.75));
    }

    #[test]
    fn the_trial_that_served_wins() {
        let dataset = import("overcooked").dataset;
        let comparisons = dataset.records::<Comparison>().unwrap();
        let trials: Vec<_> = comparisons
            .iter()
            .filter(|c| c.provenance.source.as_deref() == Some("score-trial"))
            .collect();
        assert_eq!((trials[0].first.0.as_str(), trials[0].second.0.as_str()), ("t01", "t00"));
        assert_eq!(trials[0].distribution(), [0.0, 0.0, 1.0]);
        let rewards = dataset.segments().true_rewards().unwrap();
        assert_eq!(rewards.iter().sum::<f64>(), 5.0);
        assert_eq!(rewards[81], 5.0);
    }

    #[test]
    fn actions_that_were_not_taken_differ_in_the_action_alone() {
        let dataset = import("overcooked").dataset;
        let features = StoredSteps {}.encode(&dataset).unwrap();
        let demonstrations = dataset.records::<Demonstration>().unwrap();
        let of_action = |it: &&medley_feedback::Checked<Demonstration>| {
            it.provenance.source.as_deref() == Some("action")
        };
        for shown in demonstrations.iter().filter(of_action) {
            let row = |id| features.segment(dataset.segments().index(id).unwrap());
            assert_eq!(shown.alternatives.len(), 5);
            for other in &shown.alternatives {
                let (taken, other) = (row(&shown.segment), row(other));
                let pairs = taken.iter().zip(&*other).zip(&features.names);
                let changed = pairs.filter(|((one, other), _)| one != other);
                for (_, name) in changed {
                    assert!(name.contains("-acts-") || name.contains("-interacts-"), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_trial_with_a_bad_row_is_left_out_whole() {
        let source = fixture::path("overcooked");
        let folder = tempfile::tempdir().unwrap();
        for name in ["clean_train_trials.jsonl", "layouts.json"] {
            let text = std::fs::read_to_string(source.join(name)).unwrap();
            let text = text.replacen("\"cur_gameloop\":50", "\"cur_gameloop\":\"x\"", 1);
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let reading = Reading { bad_rows: BadRows::Skip, ..Reading::default() };
        let told = fixture::importer("overcooked").import(folder.path(), &reading).unwrap();
        assert_eq!(told.report.dropped["row that is not of the format"], 35);
        assert_eq!(told.report.dropped[BROKEN], 1);
        let groups = told.dataset.groups();
        assert_eq!((groups.len(), groups.id(0)), (2, "t01"));
    }

    #[test]
    fn broken_sources_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("overcooked", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            "\"reward\":5.0",
            "\"reward\":0.0",
            "line 82: `reward` must be 5, 5 for each soup that is served, found 0",
        );
        check(
            "\"score\":5.0",
            "\"score\":10.0",
            "line 82: `score` must be 5, the sum of all rewards so far, found 10",
        );
        check(
            "\"cur_gameloop\":7,",
            "\"cur_gameloop\":9,",
            "line 8: `cur_gameloop` must be 7, the next loop, found 9",
        );
        check("\"trial\":1", "\"trial\":0", "line 86: `trial` must be at least 1");
        check("\"cramped_room\",\"cur", "\"x\",\"cur", "`layout_name` must be one of layouts.json");
        check("[0,0]]", "[0,2]]", "at `joint_action`: `[1]`: expected [0, 0], a step of one cell");
        check("\"order_list\":[\"onion\"]", "\"order_list\":[]", "`state.order_list` must be");
        check("\"run\"", "\"ran\"", "unknown field `ran`");
        check("XXPXX", "XXXXX", "`cramped_room`, found no pot");
        check(
            "\"orientation\":[0,-1]",
            "\"orientation\":[1,1]",
            "`state.players[0].orientation` must be a direction within the kitchen, found [1, 1]",
        );
    }
}
