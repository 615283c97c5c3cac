//! Who answers: people in groups that may want other things.

use crate::reward::Reward;
use crate::{Distortion, Teacher};
use medley_random::{normal, stream};
use medley_toml_file::{Problem, Tagged, at_least, not_negative};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// People who answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Population {
    /// How many.
    pub count: usize,
    /// How closely their answers follow returns: 0 not at all, `inf` always the best one.
    pub rationality: f64,
    /// Standard deviation of its logarithm over people.
    pub rationality_spread: f64,
    /// A teacher of B-Pref that all of them are like, in place of `rationality`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teacher: Option<Teacher>,
    /// What all of them do, in this order and before what their group does.
    pub distortions: Vec<Tagged<dyn Distortion>>,
    /// Questions of a session: what wears off or moves begins anew with the next. None: one session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<usize>,
    /// Groups; none: all are of one.
    pub groups: Vec<Group>,
}

/// A group of people.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Group {
    /// Its name, which is written to their answers.
    pub name: String,
    /// Which share of all people, up to a common factor. Whole people go to the largest remainders.
    pub share: f64,
    /// What they want, if it is not the true reward.
    #[serde(default)]
    pub reward: Reward,
    /// As of the population, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationality: Option<f64>,
    /// As of the population, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationality_spread: Option<f64>,
    /// As of the population, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<Teacher>,
    /// What they do beside what all do.
    #[serde(default)]
    pub distortions: Vec<Tagged<dyn Distortion>>,
}

impl Default for Population {
    fn default() -> Self {
        Self {
            count: 10,
            rationality: 1.0,
            rationality_spread: 0.0,
            teacher: None,
            distortions: Vec::new(),
            session: None,
            groups: Vec::new(),
        }
    }
}

/// One of the people.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub id: String,
    /// Position in [`Population::groups`]; none if there are no groups.
    pub group: Option<usize>,
    pub rationality: f64,
    /// Position among the contexts of texts; none if nobody has one.
    pub context: Option<usize>,
}

impl Population {
    /// Refuses options that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("count", self.count as u64, 1)?;
        at_least("session", self.session.unwrap_or(1) as u64, 1)?;
        rational("rationality", self.rationality)?;
        not_negative("rationality-spread", self.rationality_spread)?;
        either(self.teacher, self.rationality != 1.0)?;
        check_all(&self.distortions)?;
        let mut names = BTreeSet::new();
        for (place, group) in self.groups.iter().enumerate() {
            let within = |problem: Problem| problem.within(&place.to_string()).within("groups");
            group.check().map_err(within)?;
            if !names.insert(&group.name) {
                let message = format!("two groups are called `{}`", group.name);
                return Err(within(Problem::new("name", message)));
            }
        }
        let total: f64 = self.groups.iter().map(|group| group.share).sum();
        match self.groups.is_empty() || total > 0.0 {
            true => Ok(()),
            false => Err(Problem::new("groups", "shares whose sum is above 0 are needed, found 0")),
        }
    }

    /// The people, group by group. `prefix` begins their names, which sort as they are numbered.
    pub(crate) fn people(&self, prefix: &str, seed: u64) -> Vec<Person> {
        let width = (self.count.max(1) - 1).to_string().len().max(3);
        let groups: Vec<Option<usize>> = match self.groups.is_empty() {
            true => vec![None; self.count],
            false => {
                let counts = shared_out(self.count, &self.shares());
                let each = counts.into_iter().enumerate();
                each.flat_map(|(group, count)| std::iter::repeat_n(Some(group), count)).collect()
            }
        };
        let person = |(number, group): (usize, Option<usize>)| {
            let id = format!("{prefix}{number:0width$}");
            let of = |own: Option<f64>, all: f64| own.unwrap_or(all);
            let named = group.map(|group| &self.groups[group]);
            let spread = of(named.and_then(|it| it.rationality_spread), self.rationality_spread);
            let usual = self.usual(named);
            let rationality = match spread > 0.0 {
                true => {
                    let rng = &mut stream(seed, &format!("rationality of {id}"));
                    usual * (spread * normal(rng)).exp()
                }
                false => usual,
            };
            Person { id, group, rationality, context: None }
        };
        groups.into_iter().enumerate().map(person).collect()
    }

    /// The rationality of a group, without its spread.
    fn usual(&self, group: Option<&Group>) -> f64 {
        let own =
            group.and_then(|group| group.teacher.map(Teacher::rationality).or(group.rationality));
        let all = || self.teacher.map_or(self.rationality, Teacher::rationality);
        own.unwrap_or_else(all)
    }

    /// What somebody of this group does to answers, in order.
    pub(crate) fn distortions_of(&self, group: Option<usize>) -> Vec<Tagged<dyn Distortion>> {
        let own = group.map(|group| &self.groups[group]);
        let teacher = own.and_then(|group| group.teacher).or(self.teacher);
        let mut all = teacher.map(Teacher::distortions).unwrap_or_default();
        all.extend(self.distortions.iter().cloned());
        all.extend(own.into_iter().flat_map(|group| group.distortions.iter().cloned()));
        all
    }

    fn shares(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.share).collect()
    }
}

impl Group {
    fn check(&self) -> Result<(), Problem> {
        if self.name.trim().is_empty() {
            return Err(Problem::new("name", "a name is needed, found an empty string"));
        }
        not_negative("share", self.share)?;
        self.reward.check().map_err(|problem| problem.within("reward"))?;
        self.rationality.map_or(Ok(()), |value| rational("rationality", value))?;
        not_negative("rationality-spread", self.rationality_spread.unwrap_or(0.0))?;
        either(self.teacher, self.rationality.is_some())?;
        check_all(&self.distortions)
    }
}

/// Refuses a rationality beside a teacher, who has one.
fn either(teacher: Option<Teacher>, is_rational: bool) -> Result<(), Problem> {
    match teacher.is_some() && is_rational {
        true => Err(Problem::new("teacher", "either it or `rationality` is needed, found both")),
        false => Ok(()),
    }
}

/// Refuses negative rationalities and NaN; infinite ones mean that the best is always chosen.
pub(crate) fn rational(key: &str, value: f64) -> Result<(), Problem> {
    match value >= 0.0 {
        true => Ok(()),
        false => {
            let message = format!(
                "a number of at least 0, or inf, is needed, found {value} (who wants the opposite has \
                 `reward.true = -1`)"
            );
            Err(Problem::new(key, message))
        }
    }
}

/// Refuses distortions whose options are out of range.
pub(crate) fn check_all(distortions: &[Tagged<dyn Distortion>]) -> Result<(), Problem> {
    for (place, distortion) in distortions.iter().enumerate() {
        let within = |problem: Problem| {
            let named = problem.within(distortion.typetag_name());
            named.within(&place.to_string()).within("distortions")
        };
        distortion.check().map_err(within)?;
    }
    Ok(())
}

/// So many, shared out by weight: whole parts first, and one more for the largest remainders, the first
/// of equal ones.
fn shared_out(count: usize, weights: &[f64]) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    let exact: Vec<f64> = weights.iter().map(|weight| count as f64 * weight / total).collect();
    let mut counts: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())));
    let left = count - counts.iter().sum::<usize>();
    order.iter().cycle().take(left).for_each(|&group| counts[group] += 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_shared_out_by_the_largest_remainder() {
        let check = |count, weights: &[f64], expect: &[usize]| {
            assert_eq!(shared_out(count, weights), expect);
        };
        check(10, &[0.8, 0.2], &[8, 2]);
        check(10, &[1.0, 1.0, 1.0], &[4, 3, 3]);
        check(7, &[0.65, 0.35], &[5, 2]); // 4.55 and 2.45
        check(3, &[1.0, 0.0], &[3, 0]);
    }
}
