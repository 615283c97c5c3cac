//! `[querying]`: which questions are asked next, where feedback is collected round by round.

use crate::Costs;
use medley_querying::Strategy;
use medley_toml_file::{Problem, Tagged, above_zero, at_least, not_negative};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How questions are chosen. Each strategy is a run for each mix and seed, beside those that learn from
/// everything: these are what it comes to in the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QueryingSpec {
    /// People's time in seconds, for the start and all rounds together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Or else how many questions, however long they take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<usize>,
    /// Questions asked in a round, of all kinds together.
    #[serde(default = "default_batch")]
    pub batch: usize,
    /// Questions of each source that are drawn at random before any is chosen.
    #[serde(default = "default_start")]
    pub start: usize,
    /// How likely questions of a source are to be answered, by its name; those of others always are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answered: BTreeMap<String, Answered>,
    /// The rules that are compared, by a name of your choice.
    pub strategies: BTreeMap<String, Tagged<dyn Strategy>>,
}

/// How likely people are to answer. A question that is not answered takes its time and says nothing; which
/// it is follows from the seed, and is the same for all strategies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answered {
    /// The probability, of somebody in the middle; above 0, at most 1.
    pub share: f64,
    /// Standard deviation over people of its logit.
    #[serde(default)]
    pub spread: f64,
}

impl Answered {
    fn check(&self) -> Result<(), Problem> {
        not_negative("spread", self.spread)?;
        match self.share > 0.0 && self.share <= 1.0 {
            true => Ok(()),
            false => {
                let message =
                    format!("a number above 0, at most 1, is needed, found {}", self.share);
                Err(Problem::new("share", message))
            }
        }
    }
}

fn default_batch() -> usize {
    20
}

fn default_start() -> usize {
    10
}

/// How the questions of a run are chosen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunQuerying {
    /// Name of the strategy, which is its line in figures.
    pub name: String,
    /// Label of what is mixed, the same for all strategies.
    pub mix: String,
    /// As [`QueryingSpec::seconds`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// As [`QueryingSpec::questions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub questions: Option<usize>,
    /// As [`QueryingSpec::batch`].
    pub batch: usize,
    /// As [`QueryingSpec::start`].
    pub start: usize,
    /// As [`QueryingSpec::answered`], of the sources of the mix.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answered: BTreeMap<String, Answered>,
    /// The rule.
    pub strategy: Tagged<dyn Strategy>,
    /// What questions cost.
    pub costs: Costs,
}

impl RunQuerying {
    /// Whether a run needs to know what each question costs in seconds.
    pub fn needs_seconds(&self) -> bool {
        self.seconds.is_some() || self.strategy.needs().seconds
    }
}

impl QueryingSpec {
    /// Whether its numbers are in range, and there is a strategy.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        match (self.seconds, self.questions) {
            (Some(seconds), None) => above_zero("seconds", seconds)?,
            (None, Some(questions)) => at_least("questions", questions as u64, 1)?,
            (Some(_), Some(_)) => {
                let message = "expected `seconds` or `questions`, found both; leave one out";
                return Err(Problem::new("questions", message));
            }
            (None, None) => {
                let message = "how much may be asked? Expected `seconds`, people's time, or \
                               `questions`, a number of them; found neither";
                return Err(Problem::new("seconds", message));
            }
        }
        at_least("batch", self.batch as u64, 1)?;
        at_least("start", self.start as u64, 1)?;
        self.answered.iter().try_for_each(|(source, answered)| {
            answered.check().map_err(|problem| problem.within(source).within("answered"))
        })?;
        if self.strategies.is_empty() {
            let message = "at least one strategy is needed, found none";
            return Err(Problem::new("strategies", message));
        }
        self.strategies.iter().try_for_each(|(name, strategy)| {
            let within = |problem: Problem| problem.within(name).within("strategies");
            if name.trim().is_empty() {
                return Err(within(Problem::new(name, "a name is needed, found an empty text")));
            }
            let tag = strategy.typetag_name();
            strategy.check().map_err(|problem| within(problem.within(tag)))
        })
    }
}
