//! What does a minority get from one reward as it becomes smaller, and what do a reward of its own and the
//! rule of the worst off give back?
//!
//! A synthetic analogue of MaxMin-RLHF (Chakraborty et al. 2024), whose single reward is right about 70.4 % of
//! the minority's comparisons when both groups are as large, and about 42 % at 10 to 1. Here tastes of two
//! groups stand at an [angle](MaxMin::angle_degrees). One linear reward of equal groups lies halfway, and is
//! right about a share `1 - angle / 360` of a group's comparisons; of a majority alone, about `1 - angle / 180`
//! of the minority's. 106.6 degrees give the first of their numbers; the second then follows.
//!
//! Groups are not told: people are put into two classes by expectation and maximization, each with a reward of
//! its own. Of sets of options, one reward takes its best; the rule takes the option whose worst-off class is best off,
//! each class's utilities brought to 0 to 1 within the set, larger classes counting no more.

use super::compared;
use crate::linear::log_likelihood;
use crate::models::hierarchical::by_person;
use crate::models::pooled::{pooled, weighted};
use crate::{Panel, PanelParts, PeopleError};
use medley_aggregation::{Leximin, Rule, Scale, Society};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// The population.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MaxMin {
    /// People of the majority for each of the minority.
    pub ratio: usize,
    /// People of the minority.
    pub minority: usize,
    /// Comparisons of each person.
    pub comparisons: usize,
    /// Features of items.
    pub features: usize,
    /// Angle between tastes.
    pub angle_degrees: f64,
    /// Length of tastes, in nats for a standard deviation of a feature.
    pub taste: f64,
    /// Sets that are chosen from.
    pub sets: usize,
    /// Options of a set.
    pub options: usize,
}

impl Default for MaxMin {
    fn default() -> Self {
        Self {
            ratio: 10,
            minority: 20,
            comparisons: 30,
            features: 5,
            angle_degrees: 106.6,
            taste: 3.0,
            sets: 2000,
            options: 8,
        }
    }
}

/// Who got what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct MaxMinResult {
    /// Share of comparisons in which one reward takes the majority's side.
    pub single_majority: f64,
    /// And the minority's.
    pub single_minority: f64,
    /// The same of the reward of the class that is nearest to the majority.
    pub own_majority: f64,
    /// And to the minority.
    pub own_minority: f64,
    /// Share of people who are put into the right class.
    pub placed: f64,
    /// Utility (0 to 1 within a set) of the choice of one reward, for the majority.
    pub chosen_majority: f64,
    /// And the minority.
    pub chosen_minority: f64,
    /// Of the choice by the worst off.
    pub fair_majority: f64,
    /// And for the minority.
    pub fair_minority: f64,
    /// Share of sets in which the minority prefers the choice by the worst off to that of one reward; half of ties.
    pub minority_win: f64,
}

/// One population.
///
/// # Errors
/// There is nobody, nothing is compared or chosen, or items have fewer than two features.
pub fn maxmin(setting: &MaxMin, seed: u64) -> Result<MaxMinResult, PeopleError> {
    setting.check()?;
    let mut rng = medley_random::stream(seed, "studies/maxmin");
    let tastes = setting.tastes(&mut rng);
    let (panel, groups) = setting.panel(&tastes, &mut rng)?;
    let all: Vec<usize> = (0..panel.statements().len()).collect();
    let single = pooled(&panel, &all, 100.0)?;
    let (views, classes) = two_classes(&panel, &all, &mut rng)?;
    let mut result = MaxMinResult::default();
    // The class of each group: so that most people are placed right.
    let same = classes.iter().zip(&groups).filter(|(class, group)| class == group).count() as f64;
    let placed = same / groups.len() as f64;
    let of_group = if placed >= 0.5 { [0, 1] } else { [1, 0] };
    result.placed = placed.max(1.0 - placed);
    result.single_majority = agreement(&single, &tastes[0]);
    result.single_minority = agreement(&single, &tastes[1]);
    result.own_majority = agreement(&views[of_group[0]], &tastes[0]);
    result.own_minority = agreement(&views[of_group[1]], &tastes[1]);
    for _ in 0..setting.sets {
        setting.choose(&tastes, &single, &views, &mut rng, &mut result)?;
    }
    Ok(result)
}

impl MaxMin {
    fn check(&self) -> Result<(), PeopleError> {
        let some = self.minority.min(self.ratio).min(self.comparisons).min(self.sets);
        if some > 0 && self.features >= 2 && self.options >= 2 {
            return Ok(());
        }
        let expected = "people, comparisons, sets, two features and two options".to_owned();
        Err(PeopleError::Needs { model: "pooled", expected, found: format!("{self:?}") })
    }

    /// Two tastes in the plane of the first two features, turned at random.
    fn tastes(&self, rng: &mut impl Rng) -> [Vec<f64>; 2] {
        let turned = std::f64::consts::TAU * rng.random::<f64>();
        [turned, turned + self.angle_degrees.to_radians()].map(|angle| {
            let mut taste = vec![0.0; self.features];
            taste[0] = self.taste * angle.cos();
            taste[1] = self.taste * angle.sin();
            taste
        })
    }

    /// Comparisons of everybody, and the group of each person: 0 for the majority.
    fn panel(
        &self,
        tastes: &[Vec<f64>; 2],
        rng: &mut impl Rng,
    ) -> Result<(Panel, Vec<usize>), PeopleError> {
        let majority = self.ratio * self.minority;
        let people = majority + self.minority;
        let groups: Vec<usize> = (0..people).map(|a| usize::from(a >= majority)).collect();
        let (mut items, mut statements) = (Vec::new(), Vec::new());
        for (person, &group) in groups.iter().enumerate() {
            for _ in 0..self.comparisons {
                let [x, y] = [self.item(rng), self.item(rng)];
                let liking = worth(&tastes[group], &x) - worth(&tastes[group], &y);
                let chance = (1.0 + (-liking).exp()).recip();
                let yes = f64::from(u8::from(rng.random::<f64>() < chance));
                statements.push(compared(person, items.len(), items.len() + 1, yes));
                items.extend([x, y]);
            }
        }
        let features = (0..self.features).map(|i| format!("x{i}")).collect();
        let parts = PanelParts { features, items, people, statements, ..PanelParts::default() };
        Ok((Panel::new(parts)?, groups))
    }

    fn item(&self, rng: &mut impl Rng) -> Vec<f64> {
        (0..self.features).map(|_| medley_random::normal(rng)).collect()
    }

    /// One set of options, and what both choices are worth to both groups.
    fn choose(
        &self,
        tastes: &[Vec<f64>; 2],
        single: &[f64],
        views: &[Vec<f64>; 2],
        rng: &mut impl Rng,
        result: &mut MaxMinResult,
    ) -> Result<(), PeopleError> {
        let options: Vec<Vec<f64>> = (0..self.options).map(|_| self.item(rng)).collect();
        let of = |taste: &[f64]| options.iter().map(|x| worth(taste, x)).collect::<Vec<f64>>();
        let chosen = best(&of(single));
        let classes = views.each_ref().map(|view| of(view));
        let fair = worst_off(&classes)?;
        let truth = tastes.each_ref().map(|taste| ranged(&of(taste)));
        let each = 1.0 / self.sets as f64;
        result.chosen_majority += each * truth[0][chosen];
        result.chosen_minority += each * truth[1][chosen];
        result.fair_majority += each * truth[0][fair];
        result.fair_minority += each * truth[1][fair];
        result.minority_win += each
            * match truth[1][fair].total_cmp(&truth[1][chosen]) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        Ok(())
    }
}

/// The option of the rule `aggregation.leximin` over classes.
fn worst_off(classes: &[Vec<f64>; 2]) -> Result<usize, PeopleError> {
    let failed = |message: String| PeopleError::Fit { model: "pooled", message };
    let society = Society::new(classes, &[1.0, 1.0], &[0, 1]).map_err(|e| failed(e.to_string()))?;
    let rule = Leximin { scale: Scale::Range, ..Leximin::default() };
    let decision = rule.decide(&society).map_err(|e| failed(e.to_string()))?;
    decision.winners().first().copied().ok_or_else(|| failed("expected a winner".to_owned()))
}

fn worth(taste: &[f64], item: &[f64]) -> f64 {
    taste.iter().zip(item).map(|(w, x)| w * x).sum()
}

fn best(utilities: &[f64]) -> usize {
    (0..utilities.len()).max_by(|&i, &j| utilities[i].total_cmp(&utilities[j])).unwrap_or(0)
}

/// 0 for the worst and 1 for the best.
fn ranged(utilities: &[f64]) -> Vec<f64> {
    let low = utilities.iter().copied().fold(f64::INFINITY, f64::min);
    let high = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    utilities.iter().map(|u| (u - low) / (high - low).max(1e-300)).collect()
}

/// Share of comparisons of normal items in which two linear rewards take the same side: `1 - angle / pi`.
fn agreement(one: &[f64], other: &[f64]) -> f64 {
    let length = worth(one, one).sqrt() * worth(other, other).sqrt();
    1.0 - (worth(one, other) / length).clamp(-1.0, 1.0).acos() / std::f64::consts::PI
}

/// Two rewards and who has which, by expectation and maximization: the most likely of eight random starts.
fn two_classes(
    panel: &Panel,
    statements: &[usize],
    rng: &mut impl Rng,
) -> Result<([Vec<f64>; 2], Vec<usize>), PeopleError> {
    let said = by_person(panel, statements);
    let mut best: Option<(f64, [Vec<f64>; 2], Vec<usize>)> = None;
    for _ in 0..8 {
        let mut first: Vec<f64> = said.iter().map(|_| rng.random::<f64>()).collect();
        let mut last = f64::NEG_INFINITY;
        loop {
            let of = |share: &dyn Fn(f64) -> f64| {
                let weights: Vec<(&[usize], f64)> =
                    said.iter().zip(&first).map(|(own, p)| (own.as_slice(), share(*p))).collect();
                weighted(panel, &weights, 10.0, None)
            };
            let views = [of(&|p| p)?, of(&|p| 1.0 - p)?];
            let share = (first.iter().sum::<f64>() / first.len() as f64).clamp(1e-9, 1.0 - 1e-9);
            let mut value = 0.0;
            for (own, p) in said.iter().zip(&mut first) {
                let one = share.ln() + log_likelihood(panel, own, &views[0]);
                let other = (1.0 - share).ln() + log_likelihood(panel, own, &views[1]);
                let most = one.max(other);
                let all = most + ((one - most).exp() + (other - most).exp()).ln();
                *p = (one - all).exp();
                value += all;
            }
            if value - last < 1e-6 * value.abs() {
                let classes = first.iter().map(|p| usize::from(*p < 0.5)).collect();
                if best.as_ref().is_none_or(|(found, ..)| value > *found) {
                    best = Some((value, views, classes));
                }
                break;
            }
            last = value;
        }
    }
    let message = "expected two classes with a likelihood".to_owned();
    let failed = PeopleError::Fit { model: "pooled", message };
    best.map(|(_, views, classes)| (views, classes)).ok_or(failed)
}
