//! `[ablation]`: which mixes are compared, in which ways, on how many labels.

use crate::curve_spec::yes;
use crate::{Costs, CurveSpec, UnknownSeconds};
use medley_toml_file::{Problem, Tagged, above_zero, at_least};
use medley_training::Mixing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which mixes of sources to compare.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AblationSpec {
    /// All subsets, those of some orders, all but one, or only the full mix.
    pub feedback: FeedbackAblation,
    /// Mixes by name, in place of `feedback`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mixes: BTreeMap<String, Vec<String>>,
    /// Ways of mixing to compare, by name, in place of `[mixing]`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub modes: BTreeMap<String, Tagged<dyn Mixing>>,
    /// Other data to learn the same from, by name: what is laid over `[dataset.generator]`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, toml::Table>,
    /// Groups of people to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleAblation>,
    /// A learning curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<CurveSpec>,
    /// How many labels a mix may learn from.
    pub protocol: Protocol,
    /// Number of statements for `equal-labels`; left out, the most that every mix can fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<usize>,
    /// Most answers (records) of a source that a mix learns from, by source: a demonstration of twenty
    /// actions is one answer and twenty statements.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, usize>,
    /// Number of answers for `equal-answers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_answers: Option<usize>,
    /// People's time for `equal-seconds`, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What a statement of a source costs in seconds, in place of what its records say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub seconds_per_statement: BTreeMap<String, f64>,
    /// What a statement costs whose record does not say how long it took.
    pub unknown_seconds: UnknownSeconds,
}

/// Which groups, and what is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PeopleAblation {
    /// A column of people.
    pub column: String,
    /// Labels of the column that are compared; all of which there are at least 20 people if none is named.
    /// People of other labels are left out.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Mixes of groups.
    #[serde(default = "all")]
    pub compare: Vec<GroupMix>,
    /// Whether every mix learns from equally many labels, as many as the smallest has.
    #[serde(default = "yes")]
    pub equal_labels: bool,
}

/// Mixes of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupMix {
    /// All groups together.
    Everybody,
    /// Each group by itself.
    Alone,
    /// All groups but one.
    LeaveOneOut,
}

fn all() -> Vec<GroupMix> {
    vec![GroupMix::Everybody, GroupMix::Alone, GroupMix::LeaveOneOut]
}

/// How much of people's time a run may learn from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TimeBudget {
    /// Time for all sources of a mix together, in seconds.
    pub seconds: f64,
    /// What it is spent on.
    #[serde(flatten)]
    pub costs: Costs,
}

/// How many answers a run may learn from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AnswerBudget {
    /// Of all sources of a mix together, which share them evenly; none for as many as `most` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    /// Of a source; what another may not take falls to the others.
    pub most: BTreeMap<String, usize>,
}

impl Default for AblationSpec {
    fn default() -> Self {
        Self {
            feedback: FeedbackAblation::None,
            mixes: BTreeMap::new(),
            modes: BTreeMap::new(),
            data: BTreeMap::new(),
            people: None,
            curve: None,
            protocol: Protocol::Fixed,
            labels: None,
            answers: BTreeMap::new(),
            total_answers: None,
            seconds: None,
            seconds_per_statement: BTreeMap::new(),
            unknown_seconds: UnknownSeconds::Error,
        }
    }
}

/// More than anybody trains, and few enough to list.
const MOST_ORDERS: usize = 1000;

/// Families of mixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedbackAblation {
    /// Only the full mix.
    #[default]
    None,
    /// Every non-empty subset of the sources.
    Subsets,
    /// The beginnings of so many orders of the sources, drawn at random: a sample of how they may be
    /// added one by one.
    Orders(usize),
    /// The full mix, and the full mix less each source.
    LeaveOneOut,
}

/// How many labels a mix may learn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// All that its sources have: a mix of more sources has more labels.
    #[default]
    Fixed,
    /// The same number of statements for every mix, shared evenly by its sources.
    EqualLabels,
    /// The same number of answers for every mix, shared evenly by its sources.
    EqualAnswers,
    /// The same time of people for every mix, shared evenly by its sources.
    EqualSeconds,
}

impl AblationSpec {
    /// Whether its numbers are in range and say which mixes are meant.
    ///
    /// # Errors
    /// The first that is not; a family of mixes beside mixes by name.
    pub fn check(&self) -> Result<(), Problem> {
        if self.feedback != FeedbackAblation::None && !self.mixes.is_empty() {
            let message =
                "expected a family of mixes or `mixes` by name, found both; leave one out";
            return Err(Problem::new("feedback", message));
        }
        if let FeedbackAblation::Orders(count) = self.feedback
            && !(1..=MOST_ORDERS).contains(&count)
        {
            let message = format!("from 1 to {MOST_ORDERS} is needed, found {count}");
            return Err(Problem::new("orders", message).within("feedback"));
        }
        if let Some(curve) = &self.curve {
            curve.check().map_err(|problem| problem.within("curve"))?;
            if self.protocol != Protocol::Fixed || !self.answers.is_empty() {
                let message = "a curve says how many labels there are; leave out one of the two";
                return Err(Problem::new("protocol", message));
            }
        }
        for (source, &cost) in &self.seconds_per_statement {
            above_zero(source, cost).map_err(|problem| problem.within("seconds-per-statement"))?;
        }
        for (source, &count) in &self.answers {
            at_least(source, count as u64, 1).map_err(|problem| problem.within("answers"))?;
        }
        if !self.answers.is_empty()
            && !matches!(self.protocol, Protocol::Fixed | Protocol::EqualAnswers)
        {
            let message = "answers are counted by the protocols `fixed` and `equal-answers` alone";
            return Err(Problem::new("answers", message));
        }
        match (self.protocol, self.total_answers) {
            (Protocol::EqualAnswers, None) => {
                let message = "`equal-answers` needs a number of answers, found none";
                return Err(Problem::new("total-answers", message));
            }
            (Protocol::EqualAnswers, Some(total)) => at_least("total-answers", total as u64, 1)?,
            (_, Some(_)) => {
                let message = "it is for the protocol `equal-answers` alone";
                return Err(Problem::new("total-answers", message));
            }
            (_, None) => {}
        }
        match (self.protocol, self.seconds) {
            (Protocol::EqualSeconds, None) => {
                let message = "`equal-seconds` needs a number of seconds, found none";
                return Err(Problem::new("seconds", message));
            }
            (_, Some(seconds)) => above_zero("seconds", seconds)?,
            (_, None) => {}
        }
        self.labels.map_or(Ok(()), |labels| at_least("labels", labels as u64, 1))
    }

    /// The time that mixes have alike, if they do.
    pub fn time(&self) -> Option<TimeBudget> {
        let seconds = self.seconds.filter(|_| self.protocol == Protocol::EqualSeconds)?;
        Some(TimeBudget { seconds, costs: self.costs() })
    }

    /// How many answers mixes may learn from, if they are counted.
    pub fn answer_budget(&self) -> Option<AnswerBudget> {
        let total = self.total_answers;
        let counted = total.is_some() || !self.answers.is_empty();
        counted.then(|| AnswerBudget { total, most: self.answers.clone() })
    }

    /// What statements cost.
    pub fn costs(&self) -> Costs {
        let per_statement = self.seconds_per_statement.clone();
        Costs { per_statement, unknown: self.unknown_seconds }
    }
}
