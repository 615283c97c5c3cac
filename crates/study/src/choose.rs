//! What each rule chooses for all, and what it would choose for one group alone.

use crate::groups::{Grouping, LEAST};
use crate::pairs::{Ballot, Pair, preferences, repeats};
use crate::said::Told;
use crate::{StudyError, StudySpec, Voices, Weights};
use medley_aggregation::{AggregationError, Decision, Society, by_labels, by_shares, one_each};
use medley_people::Fitted;
use std::collections::{BTreeMap, BTreeSet};

/// All people who count, with what they think of the options.
#[derive(Clone, Debug)]
pub struct Electorate {
    /// Items that are chosen from.
    pub options: Vec<usize>,
    /// People who said something of them.
    pub people: Vec<usize>,
    /// What each thinks of each option. `[person][option]`
    pub utilities: Vec<Vec<f64>>,
    /// What each counts for; sums to 1.
    pub weights: Vec<f64>,
    /// Decisions between two options; none where a model speaks for people.
    ballots: Option<Vec<Ballot>>,
}

/// The people of a label, as an electorate has them.
#[derive(Clone, Debug)]
pub struct Members {
    /// Weights where only they count, in the proportions that they have among all.
    pub weights: Vec<f64>,
    /// Those who have a voice.
    pub people: usize,
    /// Whether anything is shown of them.
    pub is_shown: bool,
}

/// What a rule chose, for all or for a group.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Name of the rule in the file.
    pub rule: String,
    /// Column and label; none for all.
    pub group: Option<(String, String)>,
    /// How many people it is of.
    pub people: usize,
    /// What was chosen; none for groups of fewer than 20 people, and why where there is no answer.
    pub decision: Result<Option<Decision>, String>,
}

/// More options are taken only where the file names them.
const MOST_OPTIONS: usize = 40;

impl Electorate {
    /// Who counts, and for what, where `decided` says what was decided between two items. None where nobody
    /// decided between two of the options.
    ///
    /// # Errors
    /// A group that is not there, shares that are none.
    pub fn of(
        spec: &StudySpec,
        told: &Told,
        (all, options): (&[Pair], Vec<usize>),
        groupings: &[Grouping],
        fitted: Option<&dyn Fitted>,
    ) -> Result<Option<Self>, StudyError> {
        let place = |item: usize| options.iter().position(|option| *option == item);
        let mut won = vec![vec![0.0; options.len()]; told.panel.people()];
        let mut asked = vec![vec![0.0; options.len()]; told.panel.people()];
        let mut decided = vec![0; told.panel.people()];
        for pair in all {
            let [Some(i), Some(j)] = pair.items.map(place) else { continue };
            won[pair.person][i] += pair.share;
            won[pair.person][j] += 1.0 - pair.share;
            asked[pair.person][i] += 1.0;
            asked[pair.person][j] += 1.0;
            decided[pair.person] += 1;
        }
        let has_voice = |&person: &usize| match fitted {
            None => decided[person] > 0,
            Some(_) => told.has_spoken(person),
        };
        let people: Vec<usize> = (0..told.panel.people()).filter(has_voice).collect();
        if people.is_empty() {
            return Ok(None);
        }
        let utilities: Vec<Vec<f64>> = match fitted {
            None => {
                // Of an option that a person was not asked about, nothing is known either way.
                let share =
                    |(&won, &asked): (&f64, &f64)| if asked > 0.0 { won / asked } else { 0.5 };
                let of =
                    |&person: &usize| won[person].iter().zip(&asked[person]).map(share).collect();
                people.iter().map(of).collect()
            }
            Some(fitted) => {
                let of = |&person: &usize| {
                    fitted.belief(&told.panel, person).utilities(&told.panel, &options)
                };
                people.iter().map(of).collect()
            }
        };
        let said = |&person: &usize| match fitted {
            None => decided[person],
            Some(_) => told.panel.said_by(person).len(),
        };
        let labels: Vec<usize> = people.iter().map(said).collect();
        let weights = weights(spec, groupings, &people, &labels)?;
        let ballots = fitted.is_none().then(|| {
            // By labels every decision counts alike, whoever made it and how often; else a person counts on each
            // pair for as much as on any other, however often they decided.
            let each_label = spec.aggregation.weights == Some(Weights::ByLabels);
            let repeats = repeats(all);
            let voter: BTreeMap<usize, usize> =
                people.iter().enumerate().map(|(voter, &person)| (person, voter)).collect();
            let ballot = |pair: &Pair| {
                let [Some(i), Some(j)] = pair.items.map(place) else { return None };
                let among = match each_label {
                    true => decided[pair.person].max(1) as f64,
                    false => repeats[&(pair.person, pair.items)],
                };
                let voter = *voter.get(&pair.person)?;
                Some(Ballot { voter, options: [i, j], share: pair.share, among })
            };
            all.iter().filter_map(ballot).collect()
        });
        Ok(Some(Self { options, people, utilities, weights, ballots }))
    }

    /// The society of some of its people, by their places, each counting for `weights` in the order of
    /// `people`; `groups` number their groups.
    ///
    /// # Errors
    /// As [`Society::new`].
    pub fn society(&self, weights: &[f64], groups: &[usize]) -> Result<Society, StudyError> {
        let society = Society::new(&self.utilities, weights, groups)?;
        let Some(ballots) = &self.ballots else { return Ok(society) };
        let preferences = preferences(ballots, self.options.len(), weights)
            .map_err(|error| StudyError::spec(&["aggregation"], error.to_string()))?;
        Ok(society.with_pairs(preferences))
    }

    /// The people of a label.
    pub fn members(&self, grouping: &Grouping, label: usize) -> Members {
        let is_own = |person: usize| grouping.of[person] == Some(label);
        let own = |(&person, &weight): (&usize, &f64)| if is_own(person) { weight } else { 0.0 };
        let weights: Vec<f64> = self.people.iter().zip(&self.weights).map(own).collect();
        let people = self.people.iter().filter(|person| is_own(**person)).count();
        let is_shown = !grouping.hidden[label]
            && people >= LEAST
            && weights.iter().any(|weight| *weight > 0.0);
        Members { weights, people, is_shown }
    }

    /// Number of the group of each person, as rules that go by groups have it: see [`Grouping::merged`].
    pub fn groups(&self, grouping: &Grouping) -> Vec<usize> {
        let merged = grouping.merged();
        self.people.iter().map(|&person| merged[person]).collect()
    }
}

/// What is chosen from; none where too many items are named by nobody.
///
/// # Errors
/// A name that is no item, or that is named twice; fewer than two.
pub fn options(spec: &StudySpec, told: &Told) -> Result<Option<Vec<usize>>, StudyError> {
    let named = &spec.aggregation.options;
    if named.is_empty() {
        let all: Vec<usize> = (0..told.items.len()).collect();
        return Ok((2..=MOST_OPTIONS).contains(&all.len()).then_some(all));
    }
    let place = |name: &String| {
        told.items.iter().position(|item| item == name).ok_or_else(|| {
            let some: Vec<&str> = told.items.iter().take(12).map(String::as_str).collect();
            let message =
                format!("expected names of items ({}, ..), found `{name}`", some.join(", "));
            StudyError::spec(&["aggregation", "options"], message)
        })
    };
    let found: Vec<usize> = named.iter().map(place).collect::<Result<_, _>>()?;
    let distinct: BTreeSet<usize> = found.iter().copied().collect();
    if distinct.len() < found.len() || found.len() < 2 {
        let message = format!("expected two options or more, each once, found {named:?}");
        return Err(StudyError::spec(&["aggregation", "options"], message));
    }
    Ok(Some(found))
}

fn weights(
    spec: &StudySpec,
    groupings: &[Grouping],
    people: &[usize],
    labels: &[usize],
) -> Result<Vec<f64>, StudyError> {
    match &spec.aggregation.weights {
        None | Some(Weights::OnePersonOneVote) => Ok(one_each(people.len())),
        Some(Weights::ByLabels) => {
            let labels: Vec<u64> = labels.iter().map(|&labels| labels as u64).collect();
            Ok(by_labels(&labels)?)
        }
        Some(Weights::ByPopulation(column)) => {
            let path = ["aggregation", "weights", "by-population"];
            let grouping = groupings.iter().find(|grouping| grouping.column == *column);
            let grouping = grouping.ok_or_else(|| {
                StudyError::spec(&path, format!("`{column}` is none of the groups of the study"))
            })?;
            let shares = &spec.study.population[column];
            if let Some(unknown) = shares.keys().find(|label| !grouping.labels.contains(label)) {
                let message = format!(
                    "expected labels of `{column}` ({}), found `{unknown}`",
                    grouping.labels.join(", ")
                );
                return Err(StudyError::spec(&["study", "population", column], message));
            }
            let share = |label: &String| shares.get(label).copied().unwrap_or(0.0);
            let shares: Vec<f64> = grouping.labels.iter().map(share).collect();
            let groups: Option<Vec<usize>> =
                people.iter().map(|&person| grouping.of[person]).collect();
            let groups = groups.ok_or_else(|| {
                let message = format!("expected a known `{column}` of everybody who counts");
                StudyError::spec(&path, message)
            })?;
            Ok(by_shares(&groups, &shares)?)
        }
    }
}

/// What every rule chooses for all and for each group alone.
///
/// # Errors
/// A society that is none.
pub fn choices(
    spec: &StudySpec,
    told: &Told,
    electorate: &Electorate,
    groupings: &[Grouping],
) -> Result<Vec<Choice>, StudyError> {
    let names: Vec<String> =
        electorate.options.iter().map(|&item| told.items[item].clone()).collect();
    // Rules by group, such as leximin, take the first grouping.
    let groups = match groupings.first() {
        Some(grouping) => electorate.groups(grouping),
        None => vec![0; electorate.people.len()],
    };
    let all = electorate.society(&electorate.weights, &groups)?;
    let mut whom = vec![(None, electorate.people.len(), Some(all))];
    for grouping in groupings {
        for (label, group) in grouping.labels.iter().enumerate() {
            let members = electorate.members(grouping, label);
            let society = match members.is_shown {
                true => Some(electorate.society(&members.weights, &groups)?),
                false => None,
            };
            let group = Some((grouping.column.clone(), group.clone()));
            whom.push((group, members.people, society));
        }
    }
    let mut choices = Vec::new();
    for (name, rule) in &spec.aggregation.rules {
        for (group, people, society) in &whom {
            let decide = |society: &Society| {
                rule.decide(society).map_err(|error| told_by_name(&error, &names))
            };
            choices.push(Choice {
                rule: name.clone(),
                group: group.clone(),
                people: *people,
                decision: society.as_ref().map(decide).transpose(),
            });
        }
    }
    Ok(choices)
}

/// Why a rule has no answer, with options by name.
fn told_by_name(error: &AggregationError, names: &[String]) -> String {
    match error {
        AggregationError::MissingPair { first, second, .. } => {
            format!(
                "it needs every pair of options, and nobody compared {} and {}",
                names[*first], names[*second]
            )
        }
        other => other.to_string(),
    }
}

/// Who speaks: the model that the file names, fitted to all statements.
///
/// # Errors
/// It cannot be fitted.
pub fn speaker(spec: &StudySpec, told: &Told) -> Result<Option<Box<dyn Fitted>>, StudyError> {
    let Voices::Model(name) = &spec.aggregation.from else { return Ok(None) };
    let all: Vec<usize> = (0..told.panel.statements().len()).collect();
    let fitted = spec.people[name].fit(&told.panel, &all, spec.seed);
    let failed = |error| StudyError::People { name: format!("people.{name}"), error };
    fitted.map(Some).map_err(failed)
}
