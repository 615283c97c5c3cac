//! Whom does a decision serve?

use crate::{AggregationError, Decision, People, Scale, Society};
use serde::{Deserialize, Serialize};

/// What people get from a decision. Where it is a lottery all numbers are expected ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Served {
    /// Groups of which somebody counts, by number.
    pub groups: Vec<GroupServed>,
    /// Representation gap: `mean_g (u_g(best option for g) - u_g(chosen))`, each group counted once.
    pub gap: f64,
    /// Number of the group with the largest gap; the first of several.
    pub worst: usize,
    /// What all but the worst-off tenth of people get at least, people counted by weight.
    pub tenth: f64,
    /// Share of people whose favourite is chosen; who likes several options best has several favourites.
    pub favourite: f64,
    /// Mean share of people who prefer what is chosen to another option; half of the indifferent.
    pub pairs: f64,
    /// The least such share over the other options: below a half a majority would rather have that one.
    /// 1 where there is no other.
    pub weakest_pair: f64,
}

/// What a group gets.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupServed {
    /// Its number.
    pub group: usize,
    /// People of weight.
    pub people: usize,
    /// Their share of all weight.
    pub weight: f64,
    /// Mean utility of the option that is best for the group.
    pub best: f64,
    /// Mean utility of what is chosen.
    pub chosen: f64,
}

impl GroupServed {
    /// What the group goes without, in the unit of the scale.
    pub fn gap(&self) -> f64 {
        self.best - self.chosen
    }
}

/// Whom a decision serves, on a stated scale of utilities, which is a value judgement as in a rule.
///
/// # Errors
/// What each person thinks is not known, or the decision is one about another number of options.
pub fn served(
    society: &Society,
    decision: &Decision,
    scale: Scale,
) -> Result<Served, AggregationError> {
    let people = society.need_people("served")?;
    let chances = decision.chances();
    if chances.len() != people.options() {
        let (expected, found) = (people.options(), chances.len());
        return Err(AggregationError::Options { expected, found });
    }
    let groups: Vec<GroupServed> =
        people.groups().into_iter().map(|group| of_group(people, group, &chances, scale)).collect();
    let gaps = groups.iter().map(GroupServed::gap);
    let worst = groups
        .iter()
        .fold(&groups[0], |worst, group| if group.gap() > worst.gap() { group } else { worst });
    let against = beaten(people, &chances);
    Ok(Served {
        gap: gaps.sum::<f64>() / groups.len() as f64,
        worst: worst.group,
        tenth: tenth(people, &chances, scale),
        favourite: favourite(people, &chances),
        pairs: match against.as_slice() {
            [] => 1.0,
            all => all.iter().sum::<f64>() / all.len() as f64,
        },
        weakest_pair: against.iter().copied().fold(1.0, f64::min),
        groups,
    })
}

fn expected(utilities: &[f64], chances: &[f64]) -> f64 {
    utilities.iter().zip(chances).map(|(utility, chance)| utility * chance).sum()
}

fn of_group(people: &People, group: usize, chances: &[f64], scale: Scale) -> GroupServed {
    let own: Vec<usize> = people.heard().filter(|&person| people.group(person) == group).collect();
    let weight: f64 = own.iter().map(|&person| people.weight(person)).sum();
    let mut means = vec![0.0; people.options()];
    for &person in &own {
        let share = people.weight(person) / weight;
        let utilities = scale.of(people, person);
        means.iter_mut().zip(utilities).for_each(|(mean, utility)| *mean += share * utility);
    }
    let best = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    GroupServed { group, people: own.len(), weight, best, chosen: expected(&means, chances) }
}

/// The largest value that people of nine tenths of the weight reach.
fn tenth(people: &People, chances: &[f64], scale: Scale) -> f64 {
    let get = |person: usize| (expected(&scale.of(people, person), chances), people.weight(person));
    let mut all: Vec<(f64, f64)> = people.heard().map(get).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    let reached = all.iter().find(|(_, weight)| {
        below += weight;
        below > 0.1 + 1e-12
    });
    reached.or(all.last()).map_or(f64::NAN, |(value, _)| *value)
}

fn favourite(people: &People, chances: &[f64]) -> f64 {
    let met = |person: usize| {
        let own = people.utilities(person);
        let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let favourites = own.iter().zip(chances).filter(|(utility, _)| **utility == best);
        people.weight(person) * favourites.map(|(_, chance)| chance).sum::<f64>()
    };
    people.heard().map(met).sum()
}

/// Share of people who prefer what is chosen to each option that is not certain, by the chance that another is.
fn beaten(people: &People, chances: &[f64]) -> Vec<f64> {
    let chosen: Vec<usize> = (0..chances.len()).filter(|&option| chances[option] > 0.0).collect();
    let mut sums = vec![0.0; chances.len()];
    for person in people.heard() {
        let (own, weight) = (people.utilities(person), people.weight(person));
        for &one in &chosen {
            for (sum, other) in sums.iter_mut().zip(own) {
                let share = if own[one] > *other { 1.0 } else { 0.5 };
                let share = if own[one] < *other { 0.0 } else { share };
                *sum += weight * chances[one] * share;
            }
        }
    }
    // Chosen against itself counts half, which is taken off.
    let of = |option: usize| {
        let other = 1.0 - chances[option];
        (other > 1e-12).then(|| (sums[option] - 0.5 * chances[option]) / other)
    };
    (0..chances.len()).filter_map(of).collect()
}

/// Within-group error over aggregate error of one prediction for all:
///
/// ```text
/// mean_x sum_g w_g (p(x) - p_g(x))^2  /  mean_x (p(x) - sum_g w_g p_g(x))^2
/// ```
///
/// A prediction that fits the share of the whole well may be wrong about everybody: the larger, the more the
/// aggregate hides. None where the aggregate is met exactly.
///
/// # Shapes
/// `predicted` `[statement]`; `groups` `[group][statement]`, what is true of each; `weights` `[group]`, any unit
///
/// # Errors
/// Nothing to compare, unequal lengths, or weights that are negative or sum to 0.
pub fn masking_ratio(
    predicted: &[f64],
    groups: &[Vec<f64>],
    weights: &[f64],
) -> Result<Option<f64>, AggregationError> {
    let statements = predicted.len();
    let lengths = groups.iter().map(Vec::len).chain([statements]);
    if let Some(found) = lengths.into_iter().find(|found| *found != statements || *found == 0) {
        return Err(AggregationError::Options { expected: statements.max(1), found });
    }
    if weights.len() != groups.len() {
        let (expected, found) = (groups.len(), weights.len());
        return Err(AggregationError::Options { expected, found });
    }
    let all: f64 = weights.iter().sum();
    if !(all > 0.0 && weights.iter().all(|weight| *weight >= 0.0)) {
        return Err(AggregationError::Share { found: all });
    }
    let (mut within, mut aggregate) = (0.0, 0.0);
    for (x, p) in predicted.iter().enumerate() {
        let mut mean = 0.0;
        for (own, weight) in groups.iter().zip(weights) {
            within += weight / all * (p - own[x]).powi(2);
            mean += weight / all * own[x];
        }
        aggregate += (p - mean).powi(2);
    }
    Ok((aggregate > 0.0).then(|| within / aggregate))
}
