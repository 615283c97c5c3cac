//! A study of people as TOML writes it.

use crate::tagged::{USUAL_MODELS, named};
use medley_aggregation::Rule;
use medley_encoder::Encoder;
use medley_people::PeopleModel;
use medley_plan::{FeedbackSpec, SaidBy};
use medley_reward_model::Returns;
use medley_toml_file::{Problem, Tagged, at_least};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What a file with a table `[study]` asks: whose preferences does a dataset hold?
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StudySpec {
    /// Name: the folder under `runs/`, and the title of figures.
    pub name: String,
    /// Names every random stream.
    #[serde(default)]
    pub seed: u64,
    /// The people and what they spoke of.
    pub study: Study,
    /// The sources of feedback, by a name of your choice, all together.
    pub feedback: BTreeMap<String, FeedbackSpec>,
    /// Models of people that are compared, by a name of your choice.
    #[serde(default = "usual_models")]
    pub people: BTreeMap<String, Tagged<dyn PeopleModel>>,
    /// What is chosen for all.
    #[serde(default)]
    pub aggregation: AggregationSpec,
}

/// The people and what they spoke of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Study {
    /// Dataset folder, relative to the working directory.
    pub dataset: PathBuf,
    /// How steps become features; none: each segment has a utility of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Tagged<dyn Encoder>>,
    /// Folder of a trained model, in the place of an encoder: its last hidden layer is what people have
    /// weights for, as its returns add up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<PathBuf>,
    /// How steps add up to the return of a segment.
    #[serde(default)]
    pub returns: Returns,
    /// The feature whose weight is 0 for everybody, where features add up to a constant: one of several
    /// options that exclude each other. Without an encoder the segment; the first in alphabetical order if
    /// none is named and all answers compare: beside ratings or votes nobody's level is fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Columns of people that models may go by.
    #[serde(default)]
    pub covariates: Vec<String>,
    /// Columns of people whose groups are reported on; all columns of 2 to 12 labels if none is named.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Numbers of people in bins: from each of these bounds on up to the next.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bins: BTreeMap<String, Vec<f64>>,
    /// Shares of a target population, by column and label.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub population: BTreeMap<String, BTreeMap<String, f64>>,
    /// Columns that were derived from the feedback itself, such as opinion groups: reported on, and refused
    /// as covariates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived: Vec<String>,
    /// Whether comparisons that are ties are left out before anything else.
    #[serde(default)]
    pub drop_ties: bool,
    /// Whether the same pair again by the same person in one source is the same question again.
    #[serde(default)]
    pub repeated: bool,
    /// What is learned from and what is held out.
    #[serde(default)]
    pub split: StudySplit,
}

/// What is learned from and what is held out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum StudySplit {
    /// Of each person every so-many-th statement is held out, from the person's number modulo that on.
    Statement {
        /// At least 2.
        every: usize,
    },
    /// Every so-many-th person is new: everything of them is held out, and after a few labels of theirs
    /// they are predicted on later ones.
    Person {
        /// At least 2.
        every: usize,
        /// How many of their first statements are known, in turn.
        #[serde(default = "usual_labels")]
        labels: Vec<usize>,
        /// The first statement of theirs that is predicted, from 0.
        #[serde(default = "usual_first")]
        from: usize,
    },
    /// Learned from some groups alone, judged on each group.
    Group {
        /// A column of people.
        column: String,
        /// Labels that are learned from.
        train: Vec<String>,
        /// Of each person every so-many-th statement is held out, as in `statement`.
        every: usize,
    },
    /// A share of the cells of people by items, by a hash of their numbers: 1 of `of`.
    Cell {
        /// At least 2.
        of: usize,
        /// Which numbers people and items have.
        #[serde(default)]
        by: CellNumbers,
    },
}

/// By which numbers cells are hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellNumbers {
    /// The order in which they are first spoken of.
    #[default]
    Appearance,
    /// Their places in the tables of the dataset, people sorted by id.
    Place,
}

impl Default for StudySplit {
    fn default() -> Self {
        Self::Statement { every: 5 }
    }
}

fn usual_labels() -> Vec<usize> {
    vec![0, 1, 2, 4, 8]
}

fn usual_first() -> usize {
    8
}

/// Noise, values, or both: what is always told together.
fn usual_models() -> BTreeMap<String, Tagged<dyn PeopleModel>> {
    named(&USUAL_MODELS)
}

/// What is chosen for all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AggregationSpec {
    /// What is chosen from: ids of segments, or labels of features that exclude each other. All items if
    /// none is named and there are at most 40.
    pub options: Vec<String>,
    /// Whose utilities count: what people said of pairs, or what a model of [`StudySpec::people`] believes.
    pub from: Voices,
    /// What a person counts for: stated wherever there are rules.
    pub weights: Option<Weights>,
    /// Rules, by a name of your choice.
    pub rules: BTreeMap<String, Tagged<dyn Rule>>,
}

/// Where utilities come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voices {
    /// What people said of pairs of options, and nothing that a model made of it. Rules that need
    /// utilities of persons are given the share of a person's decisions about an option that are for it, and
    /// half of options that the person was not asked about.
    #[default]
    Said,
    /// What the model of this name believes of each person, fitted to all statements.
    Model(String),
}

/// What a person counts for. None of these is neutral, so that there is no default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// One person, one vote.
    OnePersonOneVote,
    /// By the number of their statements, as every trainer has it that is given statements without names.
    ByLabels,
    /// Groups of a column count for the shares of `study.population`.
    ByPopulation(String),
}

impl StudySpec {
    /// Whether its numbers are in range and its names stand for something.
    ///
    /// # Errors
    /// The first that does not.
    pub fn check(&self) -> Result<(), Problem> {
        check_name(&self.name)?;
        self.study.check().map_err(|problem| problem.within("study"))?;
        at_least("feedback", self.feedback.len() as u64, 1)?;
        for (name, source) in &self.feedback {
            let refused = |key: &str, message: &str| {
                Err(Problem::new(key, message).within(name).within("feedback"))
            };
            if source.answers != SaidBy::People {
                return refused("answers", "a study is about what people said: leave it out");
            }
            if source.rationality.is_some() {
                return refused(
                    "rationality",
                    "models of people learn the scale of rewards: leave it out",
                );
            }
        }
        for (name, model) in &self.people {
            model.check().map_err(|problem| {
                problem.within(model.typetag_name()).within(name).within("people")
            })?;
        }
        for (name, rule) in &self.aggregation.rules {
            rule.check().map_err(|problem| {
                problem
                    .within(rule.typetag_name())
                    .within(name)
                    .within("rules")
                    .within("aggregation")
            })?;
        }
        let within = |problem: Problem| problem.within("aggregation");
        if let Voices::Model(name) = &self.aggregation.from
            && !self.people.contains_key(name)
        {
            let known: Vec<&str> = self.people.keys().map(String::as_str).collect();
            let message =
                format!("one of the models {} is needed, found `{name}`", known.join(", "));
            return Err(within(Problem::new("from", message)));
        }
        if self.aggregation.weights.is_none() && !self.aggregation.rules.is_empty() {
            let message = "what a person counts for has to be said: expected \"one-person-one-vote\", \
                           \"by-labels\" or { by-population = \"<column>\" }, found nothing";
            return Err(within(Problem::new("weights", message)));
        }
        if let Some(Weights::ByPopulation(column)) = &self.aggregation.weights
            && !self.study.population.contains_key(column)
        {
            let message = format!("`study.population` has no shares of `{column}`");
            return Err(within(Problem::new("weights", message)));
        }
        Ok(())
    }
}

impl Study {
    fn check(&self) -> Result<(), Problem> {
        if self.encoder.is_some() && self.model.is_some() {
            let message =
                "a trained model has an encoder of its own: expected one of `encoder` and `model`";
            return Err(Problem::new("model", message));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = self.covariates.iter().find(|name| !seen.insert(*name)) {
            return Err(Problem::new("covariates", format!("`{twice}` is named twice")));
        }
        if let Some(leak) = self.covariates.iter().find(|name| self.derived.contains(name)) {
            let message = format!(
                "`{leak}` was derived from the feedback that is to be predicted, and would tell its own \
                 answers: expected what is known of people from elsewhere"
            );
            return Err(Problem::new("covariates", message));
        }
        for (column, shares) in &self.population {
            check_shares(shares).map_err(|problem| problem.within(column).within("population"))?;
        }
        for (column, bounds) in &self.bins {
            let rises = bounds.windows(2).all(|pair| pair[0] < pair[1]);
            if bounds.is_empty() || !rises || bounds.iter().any(|bound| !bound.is_finite()) {
                let message = format!("rising finite bounds are needed, found {bounds:?}");
                return Err(Problem::new(column, message).within("bins"));
            }
        }
        self.split.check().map_err(|problem| problem.within("split"))
    }
}

/// How far a sum of shares may be from 1.
const ROUNDING: f64 = 1e-6;

fn check_shares(shares: &BTreeMap<String, f64>) -> Result<(), Problem> {
    if let Some((label, share)) =
        shares.iter().find(|(_, share)| !(share.is_finite() && **share >= 0.0))
    {
        return Err(Problem::new(label, format!("a share of at least 0 is needed, found {share}")));
    }
    let sum: f64 = shares.values().sum();
    match (sum - 1.0).abs() <= ROUNDING {
        true => Ok(()),
        false => {
            let first = shares.keys().next().map_or("", String::as_str);
            Err(Problem::new(
                first,
                format!("shares that sum to 1 are needed, found a sum of {sum}"),
            ))
        }
    }
}

impl StudySplit {
    fn check(&self) -> Result<(), Problem> {
        let folds = |kind: &str, key: &str, value: usize| {
            at_least(key, value as u64, 2).map_err(|problem| problem.within(kind))
        };
        match self {
            Self::Statement { every } => folds("statement", "every", *every),
            Self::Cell { of, .. } => folds("cell", "of", *of),
            Self::Group { train, every, .. } => {
                at_least("train", train.len() as u64, 1)
                    .map_err(|problem| problem.within("group"))?;
                folds("group", "every", *every)
            }
            Self::Person { every, labels, from } => {
                folds("person", "every", *every)?;
                let most = labels.iter().copied().max().unwrap_or(0);
                let within = |problem: Problem| problem.within("person");
                at_least("labels", labels.len() as u64, 1).map_err(within)?;
                match most <= *from {
                    true => Ok(()),
                    false => {
                        let message = format!(
                            "numbers up to `from` = {from} are needed, or what is predicted would be known, \
                             found {most}"
                        );
                        Err(within(Problem::new("labels", message)))
                    }
                }
            }
        }
    }
}

/// The rule for the name of any experiment, which becomes a folder.
fn check_name(name: &str) -> Result<(), Problem> {
    let is_plain = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        && !name.starts_with('.');
    match is_plain {
        true => Ok(()),
        false => {
            let message = format!("a name is letters, digits, `-`, `_` and `.`, found `{name}`");
            Err(Problem::new("name", message))
        }
    }
}
