//! How do rows become trials, and what must be true of each row?

use super::kitchen::{Action, State};
use super::layouts::Kitchens;
use crate::python_literal::literal;
use crate::{Dialect, Import, ImportError, Place, number};
use medley_feedback::{AnnotatorId, Provenance};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::ops::Range;
use std::path::Path;

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
pub(super) struct Trial {
    pub name: String,
    number: usize,
    /// Who played where: what tells trials apart.
    pair: (u64, String, String),
    pub place: Place,
    pub loops: Vec<Loop>,
    pub seconds: f64,
    /// Sum of the rewards.
    pub score: f64,
    /// A loop is missing, since its row was left out.
    broken: bool,
}

pub(super) struct Loop {
    pub state: State,
    pub actions: [Action; 2],
    pub reward: f64,
}

impl Trial {
    pub fn kitchen(&self) -> &str {
        &self.pair.2
    }

    pub fn earned(&self, loops: Range<usize>) -> f64 {
        self.loops[loops].iter().map(|at| at.reward).sum()
    }

    pub fn provenance(&self, source: &str) -> Provenance {
        Provenance {
            annotator: Some(AnnotatorId(self.pair.0.to_string())),
            group: Some(self.pair.1.clone()),
            ..Provenance::from_source(source)
        }
    }

    /// First loops of the windows, counted back from the end.
    pub fn windows(&self, length: usize) -> Vec<usize> {
        let count = self.loops.len().checked_div(length).unwrap_or(0);
        (1..=count).rev().map(|back| self.loops.len() - back * length).collect()
    }

    pub fn window(&self, start: usize) -> String {
        format!("{}/w{start:04}", self.name)
    }
}

/// The trials of a table; one that lacks a row is left out.
pub(super) fn read_trials(
    import: &mut Import<'_>,
    file: &Path,
    kitchens: &Kitchens,
) -> Result<Vec<Trial>, ImportError> {
    let mut trials: Vec<Trial> = Vec::new();
    import.file_rows(file, Dialect::Quoted, |draft, row| {
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

/// Why a trial is left out.
pub(super) const BROKEN: &str = "trial with a row that was left out";

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
