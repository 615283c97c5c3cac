//! For which groups of people is a model worse, and by how much?
//!
//! Accuracy, negative log-likelihood and calibration of predicted comparisons by group, with intervals over the
//! people of the group. A group of fewer than [`MINIMUM`] people is hidden: its numbers say little, and may say
//! who is in it. (Where one group alone is hidden, its numbers follow from those of all and of the others.)
//!
//! The gap between the best and the worst group is positive by chance alone, and the more so the more groups there
//! are: hold it against its interval, and against what groups drawn at random come to.

use super::error::{MeasureError, check, some};
use crate::interval::{Bootstrap, ClusterSets, Estimate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Fewest people of whom numbers are shown.
pub const MINIMUM: usize = 20;

/// Bins of predicted probabilities; an even number, so that no bin holds both orders of a comparison.
const BINS: usize = 10;

/// A number of a group that may be too small to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell<T> {
    /// Fewer than [`MINIMUM`] people.
    Hidden {
        /// How many there are.
        people: usize,
    },
    /// The number.
    Shown(T),
}

impl<T> Cell<T> {
    /// What is shown.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Self::Hidden { .. } => None,
            Self::Shown(of) => Some(of),
        }
    }
}

/// A prediction of a comparison, and what was said.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupStatement {
    /// Number of the person.
    pub person: u32,
    /// Number of the person's group.
    pub group: u32,
    /// Predicted log-odds that the first is preferred to the second.
    pub log_odds: f64,
    /// Share for the first: 1, 0, or 0.5 for a tie.
    pub first: f64,
}

impl GroupStatement {
    /// Minus the log-probability of what was said, in nats: `ln(1 + e^-x)` for the first.
    fn nll(&self) -> f64 {
        let against = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
        self.first * against(-self.log_odds) + (1.0 - self.first) * against(self.log_odds)
    }

    /// What was said for the likelier side; half where none is.
    fn accuracy(&self) -> f64 {
        match self.log_odds.total_cmp(&0.0) {
            _ if self.log_odds == 0.0 => 0.5,
            std::cmp::Ordering::Less => 1.0 - self.first,
            _ => self.first,
        }
    }
}

/// A group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupCell {
    /// Number of the group.
    pub group: u32,
    /// How it fares.
    pub scores: Cell<GroupScores>,
}

/// How a group fares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupScores {
    /// Number of people.
    pub people: usize,
    /// Number of statements.
    pub statements: usize,
    /// Share of statements whose likelier side was chosen; ties count half.
    pub accuracy: Estimate,
    /// Nats a statement.
    pub nll: Estimate,
    /// What predicted log-odds must be multiplied with to fit best: below 1 of a model that is too sure. `None`
    /// where no number is best, as when the likelier side was always chosen.
    pub slope: Option<Estimate>,
    /// `sum over bins of |sum of p - sum of share| / (2 n)` over both orders of each comparison.
    pub ece: Estimate,
}

/// All groups, and how far they are apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupAudit {
    /// By number.
    pub groups: Vec<GroupCell>,
    /// Of the groups that are shown, that of the lowest accuracy.
    pub least_accurate: Option<u32>,
    /// Of the groups that are shown, that of the highest negative log-likelihood.
    pub least_likely: Option<u32>,
    /// Highest less lowest accuracy of groups that are shown; `None` of fewer than two.
    pub accuracy_gap: Option<Estimate>,
    /// Highest less lowest negative log-likelihood, in nats a statement.
    pub nll_gap: Option<Estimate>,
    /// People whose groups are hidden.
    pub hidden: usize,
    /// How unequally persons fare, of all groups.
    pub persons: PersonTails,
}

/// Tenths of persons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonTails {
    /// Of each person's nats a statement: the tenth, fiftieth and ninetieth percentile.
    pub nll: [f64; 3],
    /// Of each person's accuracy.
    pub accuracy: [f64; 3],
}

/// Audits predictions by group.
///
/// # Errors
/// No statements, log-odds that are not finite, a share outside of 0 to 1, or a person of two groups.
pub fn group_audit(
    statements: &[GroupStatement],
    settings: &Bootstrap,
) -> Result<GroupAudit, MeasureError> {
    let persons = person_tails(statements)?;
    let mut groups: BTreeMap<u32, Vec<GroupStatement>> = BTreeMap::new();
    statements.iter().for_each(|it| groups.entry(it.group).or_default().push(*it));
    let cells: Vec<GroupCell> = groups
        .iter()
        .map(|(&group, own)| Ok(GroupCell { group, scores: scores(own, settings)? }))
        .collect::<Result<_, MeasureError>>()?;
    let shown = || cells.iter().filter_map(|cell| Some((cell.group, cell.scores.shown()?)));
    let worst = |of: &dyn Fn(&GroupScores) -> f64| {
        shown().max_by(|a, b| of(a.1).total_cmp(&of(b.1))).map(|(group, _)| group)
    };
    let hidden = |cell: &GroupCell| match cell.scores {
        Cell::Hidden { people } => people,
        Cell::Shown(_) => 0,
    };
    let kept: Vec<&Vec<GroupStatement>> =
        shown().filter_map(|(group, _)| groups.get(&group)).collect();
    Ok(GroupAudit {
        least_accurate: worst(&|it| -it.accuracy.value),
        least_likely: worst(&|it| it.nll.value),
        accuracy_gap: gap(&kept, settings, GroupStatement::accuracy),
        nll_gap: gap(&kept, settings, GroupStatement::nll),
        hidden: cells.iter().map(hidden).sum(),
        persons,
        groups: cells,
    })
}

/// Tenths of persons, whatever their groups.
///
/// # Errors
/// As [`group_audit`].
pub fn person_tails(statements: &[GroupStatement]) -> Result<PersonTails, MeasureError> {
    check_statements(statements)?;
    let mut people: BTreeMap<u32, Vec<&GroupStatement>> = BTreeMap::new();
    statements.iter().for_each(|it| people.entry(it.person).or_default().push(it));
    let percentiles = |of: &dyn Fn(&GroupStatement) -> f64| {
        let mean = |own: &Vec<&GroupStatement>| {
            own.iter().map(|it| of(it)).sum::<f64>() / own.len() as f64
        };
        let mut means: Vec<f64> = people.values().map(mean).collect();
        means.sort_by(f64::total_cmp);
        [0.1, 0.5, 0.9].map(|level| quantile(&means, level))
    };
    Ok(PersonTails {
        nll: percentiles(&GroupStatement::nll),
        accuracy: percentiles(&GroupStatement::accuracy),
    })
}

fn check_statements(statements: &[GroupStatement]) -> Result<(), MeasureError> {
    some("statements", statements)?;
    check("log-odds", "a finite number", statements.iter().map(|it| it.log_odds), f64::is_finite)?;
    let shares = statements.iter().map(|it| it.first);
    check("answer", "a share from 0 to 1", shares, |share| (0.0..=1.0).contains(&share))?;
    let mut groups = BTreeMap::new();
    for &GroupStatement { person, group, .. } in statements {
        let one = *groups.entry(person).or_insert(group);
        if one != group {
            return Err(MeasureError::TwoGroups { person, one, other: group });
        }
    }
    Ok(())
}

/// Linear between order statistics (Hyndman and Fan 1996, type 7).
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let place = level * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + place.fract() * (above - below)
}

fn scores(own: &[GroupStatement], settings: &Bootstrap) -> Result<Cell<GroupScores>, MeasureError> {
    let sets = ClusterSets::new(own.iter().map(|it| [it.person]));
    let people = sets.clusters();
    if people < MINIMUM {
        return Ok(Cell::Hidden { people });
    }
    let means = |of: fn(&GroupStatement) -> f64| {
        let sums = sums(own, &sets, of);
        settings.estimate(&sets, |weights| mean(&sums, weights))
    };
    let none = || MeasureError::Empty { what: "statements" };
    let cells = Calibration::new(own, &sets);
    Ok(Cell::Shown(GroupScores {
        people,
        statements: own.len(),
        accuracy: means(GroupStatement::accuracy).ok_or_else(none)?,
        nll: means(GroupStatement::nll).ok_or_else(none)?,
        slope: settings.estimate(&sets, |weights| slope(own, sets.of(), weights)),
        ece: settings.estimate(&sets, |weights| cells.error(weights)).ok_or_else(none)?,
    }))
}

/// Sum and count of each set.
fn sums(
    own: &[GroupStatement],
    sets: &ClusterSets,
    of: impl Fn(&GroupStatement) -> f64,
) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); sets.len()];
    for (&set, it) in sets.of().iter().zip(own) {
        sums[set].0 += of(it);
        sums[set].1 += 1.0;
    }
    sums
}

fn mean(sums: &[(f64, f64)], weights: &[f64]) -> Option<f64> {
    let (sum, count) = sums
        .iter()
        .zip(weights)
        .fold((0.0, 0.0), |all, (own, weight)| (all.0 + weight * own.0, all.1 + weight * own.1));
    (count > 0.0).then(|| sum / count)
}

/// Highest less lowest mean over groups; people are drawn from all groups together.
fn gap(
    groups: &[&Vec<GroupStatement>],
    settings: &Bootstrap,
    of: fn(&GroupStatement) -> f64,
) -> Option<Estimate> {
    if groups.len() < 2 {
        return None;
    }
    let all: Vec<GroupStatement> = groups.iter().flat_map(|own| own.iter().copied()).collect();
    let sets = ClusterSets::new(all.iter().map(|it| [it.person]));
    let of_group = |own: &&Vec<GroupStatement>| {
        let group = own[0].group;
        let value = |it: &GroupStatement| if it.group == group { of(it) } else { 0.0 };
        let count = |it: &GroupStatement| f64::from(u8::from(it.group == group));
        let values = sums(&all, &sets, value).into_iter().zip(sums(&all, &sets, count));
        values.map(|(value, count)| (value.0, count.0)).collect::<Vec<_>>()
    };
    let parts: Vec<Vec<(f64, f64)>> = groups.iter().map(of_group).collect();
    settings.estimate(&sets, |weights| {
        let means: Option<Vec<f64>> = parts.iter().map(|part| mean(part, weights)).collect();
        let means = means?;
        let most = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some(most - means.iter().copied().fold(f64::INFINITY, f64::min))
    })
}

/// A slope beyond which answers are taken to be separated.
const STEEPEST: f64 = 1e3;

/// The b at which `sum w (y - s(b x)) x` is 0, by Newton's method. Swapping the sides of a statement changes
/// neither sum, so that no intercept is fitted.
fn slope(own: &[GroupStatement], sets: &[usize], weights: &[f64]) -> Option<f64> {
    let mut at = 1.0_f64;
    for _ in 0..100 {
        let (mut gradient, mut curvature) = (0.0, 0.0);
        for (it, &set) in own.iter().zip(sets).filter(|(_, set)| weights[**set] > 0.0) {
            let p = 1.0 / (1.0 + (-at * it.log_odds).exp());
            gradient += weights[set] * (it.first - p) * it.log_odds;
            curvature += weights[set] * p * (1.0 - p) * it.log_odds.powi(2);
        }
        let step = gradient / curvature;
        if !step.is_finite() {
            return None;
        }
        at += step.clamp(-1.0 - at.abs(), 1.0 + at.abs());
        if at.abs() > STEEPEST {
            return None;
        }
        if step.abs() < 1e-9 * (1.0 + at.abs()) {
            return Some(at);
        }
    }
    None
}

/// Sums of predictions less shares over both orders, `[set][bin]`.
struct Calibration {
    gaps: Vec<[f64; BINS]>,
    counts: Vec<f64>,
}

impl Calibration {
    fn new(own: &[GroupStatement], sets: &ClusterSets) -> Self {
        let mut gaps = vec![[0.0; BINS]; sets.len()];
        let mut counts = vec![0.0; sets.len()];
        for (it, &set) in own.iter().zip(sets.of()) {
            counts[set] += 1.0;
            for (x, share) in [(it.log_odds, it.first), (-it.log_odds, 1.0 - it.first)] {
                let p = 1.0 / (1.0 + (-x).exp());
                gaps[set][((p * BINS as f64) as usize).min(BINS - 1)] += p - share;
            }
        }
        Self { gaps, counts }
    }

    fn error(&self, weights: &[f64]) -> Option<f64> {
        let count: f64 = self.counts.iter().zip(weights).map(|(n, weight)| n * weight).sum();
        let gap = |bin: usize| -> f64 {
            self.gaps.iter().zip(weights).map(|(own, weight)| weight * own[bin]).sum()
        };
        (count > 0.0).then(|| (0..BINS).map(|bin| gap(bin).abs()).sum::<f64>() / (2.0 * count))
    }
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
