//! `aggregation.leximin`: the option whose worst off are best off.

use crate::{AggregationError, Decision, People, Rule, Scale, Society};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Maximin, and among options whose worst off are as well off, the one whose second worst off are best off,
/// and so on upwards (leximin). Over groups it is the reward of MaxMin-RLHF (Chakraborty et al. 2024): each
/// counts by the mean of its people, and how many they are plays no part. Scores are ranks: 0 for the
/// option that is chosen last.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Leximin {
    /// Who must not be badly off.
    pub over: Over,
    /// What is made alike between people before utilities are compared.
    pub scale: Scale,
}

/// Who must not be badly off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// Groups, each by the weighted mean of its people.
    #[default]
    Groups,
    /// Every person of weight.
    People,
}

#[typetag::serde(name = "leximin")]
impl Rule for Leximin {
    fn summary(&self) -> &'static str {
        "the option whose worst-off group (or person) is best off"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let people = society.need_people("leximin")?;
        let mut levels: Vec<Vec<f64>> = match self.over {
            Over::People => of_people(people, self.scale),
            Over::Groups => of_groups(people, self.scale),
        };
        levels.iter_mut().for_each(|level| level.sort_by(f64::total_cmp));
        let below = |one: &[f64], other: &[f64]| compare(one, other) == Ordering::Greater;
        let score = |level: &Vec<f64>| levels.iter().filter(|other| below(level, other)).count();
        Ok(Decision::of_scores(levels.iter().map(|level| score(level) as f64).collect()))
    }
}

/// Of each option, what everybody gets. `[option][person]`
fn of_people(people: &People, scale: Scale) -> Vec<Vec<f64>> {
    let heard: Vec<Vec<f64>> = people.heard().map(|person| scale.of(people, person)).collect();
    (0..people.options()).map(|option| heard.iter().map(|own| own[option]).collect()).collect()
}

/// Of each option, what each group gets in the mean. `[option][group]`
fn of_groups(people: &People, scale: Scale) -> Vec<Vec<f64>> {
    let groups = people.groups();
    let mut sums = vec![vec![0.0; groups.len()]; people.options()];
    let mut weights = vec![0.0; groups.len()];
    for person in 0..people.count() {
        let Ok(group) = groups.binary_search(&people.group(person)) else { continue };
        weights[group] += people.weight(person);
        for (sums, utility) in sums.iter_mut().zip(scale.of(people, person)) {
            sums[group] += people.weight(person) * utility;
        }
    }
    let mean =
        |sums: Vec<f64>| sums.iter().zip(&weights).map(|(sum, weight)| sum / weight).collect();
    sums.into_iter().map(mean).collect()
}

/// From the worst off upwards; what differs by rounding is alike.
fn compare(one: &[f64], other: &[f64]) -> Ordering {
    let differ = |(a, b): (&f64, &f64)| {
        let near = (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0);
        (!near).then(|| a.total_cmp(b))
    };
    one.iter().zip(other).find_map(differ).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_count_by_their_mean_and_ties_are_broken_upwards() {
        // Option 0: groups get 1 and 4; option 1: 1 and 5; option 2: 0 and 9.
        let utilities = [vec![0.0, 2.0, 0.0], vec![2.0, 0.0, 0.0], vec![4.0, 5.0, 9.0]];
        let society = Society::new(&utilities, &[1.0, 1.0, 1.0], &[0, 0, 1]).unwrap();
        let groups = Leximin::default().decide(&society).unwrap();
        assert_eq!((groups.scores.clone(), groups.winners()), (vec![1.0, 2.0, 0.0], vec![1]));
        // By persons the worst off get 0 of each; the second worst 2, 2 and 0.
        let people = Leximin { over: Over::People, ..Leximin::default() };
        assert_eq!(people.decide(&society).unwrap().scores, [1.0, 2.0, 0.0]);
    }
}
