//! How firm is a decision: what if a group counted for more or less, or said what is not so?
//!
//! A group's share of the weight is moved, and what everybody else counts for is scaled by one factor to make room.
//! Within the group, and among the others, people keep their proportions.

use crate::{AggregationError, Decision, Rule, Scale, Society, served};
use serde::{Deserialize, Serialize};

/// How near a change of winners is found.
const FINE: f64 = 1e-9;

/// What a rule decides where a group has some share of the weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Reweighted {
    /// Share of the group, from 0 to 1.
    pub share: f64,
    /// What the rule decides there; it may have no answer, as where a group that it needs counts for nothing.
    pub decision: Result<Decision, AggregationError>,
}

/// Where the winner changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlipPoint {
    /// Share of the group as it is.
    pub before: f64,
    /// The nearest share at which another option wins, or several tie, within 1e-9.
    pub share: f64,
    /// Who wins just beyond it.
    pub winners: Vec<usize>,
}

impl FlipPoint {
    /// Factor on the odds of the group's share, `(s' / (1 - s')) / (s / (1 - s))`: how often each of its people
    /// would have to count.
    pub fn factor(&self) -> f64 {
        let odds = |share: f64| share / (1.0 - share);
        odds(self.share) / odds(self.before)
    }
}

/// What a rule decides as the share of a group goes from 0 to 1 in so many equal steps.
///
/// # Errors
/// What each person thinks is not known, nobody of weight is of the group, or nobody is of another one.
pub fn winner_path(
    rule: &dyn Rule,
    society: &Society,
    group: usize,
    steps: usize,
) -> Result<Vec<Reweighted>, AggregationError> {
    let steps = steps.max(1);
    let at = |step: usize| {
        let share = step as f64 / steps as f64;
        Ok(Reweighted { share, decision: rule.decide(&with_share(society, group, share)?) })
    };
    (0..=steps).map(at).collect()
}

/// The smallest change of a group's share at which the winners are others than now: searched on a grid
/// of steps to both sides, and then by bisection. None where no share changes them; a change that is
/// undone within one step is not seen, and shares without an answer do not count.
///
/// # Errors
/// As [`winner_path`], and where the rule has no answer for the society as it is.
pub fn flip_point(
    rule: &dyn Rule,
    society: &Society,
    group: usize,
    steps: usize,
) -> Result<Option<FlipPoint>, AggregationError> {
    let before = share_of(society, group)?;
    let now = rule.decide(society)?.winners();
    let winners = |share: f64| -> Result<Option<Vec<usize>>, AggregationError> {
        let decided = rule.decide(&with_share(society, group, share)?);
        Ok(decided.ok().map(|decision| decision.winners()).filter(|winners| *winners != now))
    };
    let width = 1.0 / steps.max(1) as f64;
    let mut found: Option<FlipPoint> = None;
    for side in [-1.0, 1.0] {
        let mut last = before;
        for step in 1..=steps.max(1) {
            let share = (before + side * step as f64 * width).clamp(0.0, 1.0);
            if let Some(flipped) = winners(share)? {
                let point = change_between(last, (share, flipped), FINE, winners)?;
                let nearer =
                    |other: &FlipPoint| (point.0 - before).abs() < (other.share - before).abs();
                if found.as_ref().is_none_or(nearer) {
                    found = Some(FlipPoint { before, share: point.0, winners: point.1 });
                }
                break;
            }
            if share == 0.0 || share == 1.0 {
                break;
            }
            last = share;
        }
    }
    Ok(found)
}

/// Where winners change between a share at which they are the same and one at which they are others, to within
/// `fine`; `winners` are others, or none where they are the same.
///
/// # Errors
/// Those of `winners`.
pub fn change_between<E>(
    mut same: f64,
    mut other: (f64, Vec<usize>),
    fine: f64,
    winners: impl Fn(f64) -> Result<Option<Vec<usize>>, E>,
) -> Result<(f64, Vec<usize>), E> {
    while (other.0 - same).abs() > fine {
        let middle = 0.5 * (same + other.0);
        match winners(middle)? {
            Some(flipped) => other = (middle, flipped),
            None => same = middle,
        }
    }
    Ok(other)
}

/// What a rule decides where three groups, which are all that there are, have these shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixed {
    /// Shares of the three groups, with a sum of 1.
    pub shares: [f64; 3],
    /// What the rule decides there.
    pub decision: Result<Decision, AggregationError>,
}

/// The decisions over the triangle of shares of three groups, in so many steps a side.
///
/// # Errors
/// What each person thinks is not known, or people of weight are not of exactly three groups.
pub fn ternary_grid(
    rule: &dyn Rule,
    society: &Society,
    steps: usize,
) -> Result<Vec<Mixed>, AggregationError> {
    let groups = society.need_people("ternary-grid")?.groups();
    let found = groups.len();
    let groups: [usize; 3] =
        groups.try_into().map_err(|_| AggregationError::Options { expected: 3, found })?;
    let steps = steps.max(1);
    let corners = (0..=steps).flat_map(|i| (0..=steps - i).map(move |j| [i, j, steps - i - j]));
    let at = |place: [usize; 3]| {
        let shares = place.map(|part| part as f64 / steps as f64);
        let decision = rule.decide(&with_shares(society, &groups, &shares)?);
        Ok(Mixed { shares, decision })
    };
    corners.map(at).collect()
}

/// What a group gains by saying what is not so.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Misreport {
    /// What the group gets where everybody says what they think, in true utilities.
    pub honest: f64,
    /// What it gets where its people name their utilities times the factor.
    pub misreported: f64,
    /// Mean over the other groups, each counted once, of what they gain by it.
    pub others: f64,
}

impl Misreport {
    /// What the group gains.
    pub fn gain(&self) -> f64 {
        self.misreported - self.honest
    }
}

/// What a group gains whose people all name their utilities times a factor: above 1 they exaggerate, below 0 they
/// say the opposite. Rules of orders alone see nothing of a factor above 0.
///
/// # Errors
/// What each person thinks is not known, nobody of weight is of the group, a factor that is not finite, or the rule has
/// no answer.
pub fn misreport(
    rule: &dyn Rule,
    society: &Society,
    group: usize,
    factor: f64,
    scale: Scale,
) -> Result<Misreport, AggregationError> {
    share_of(society, group)?;
    if !factor.is_finite() {
        return Err(AggregationError::Share { found: factor });
    }
    let people = society.need_people("misreport")?;
    let told = society.with_utilities(|person, utility| {
        if people.group(person) == group { factor * utility } else { utility }
    })?;
    let honest = served(society, &rule.decide(society)?, scale)?;
    let misled = served(society, &rule.decide(&told)?, scale)?;
    let pairs = || honest.groups.iter().zip(&misled.groups);
    let own = pairs().find(|(one, _)| one.group == group);
    let gains: Vec<f64> = pairs()
        .filter(|(one, _)| one.group != group)
        .map(|(one, other)| other.chosen - one.chosen)
        .collect();
    Ok(Misreport {
        honest: own.map_or(f64::NAN, |(one, _)| one.chosen),
        misreported: own.map_or(f64::NAN, |(_, other)| other.chosen),
        others: match gains.as_slice() {
            [] => 0.0,
            all => all.iter().sum::<f64>() / all.len() as f64,
        },
    })
}

/// The share of weight that a group has.
fn share_of(society: &Society, group: usize) -> Result<f64, AggregationError> {
    let people = society.need_people("reweighting")?;
    let own = people.heard().filter(|&person| people.group(person) == group);
    match own.map(|person| people.weight(person)).sum::<f64>() {
        share if share > 0.0 => Ok(share),
        _ => Err(AggregationError::NobodyOf { group }),
    }
}

/// The society where a group has this share.
fn with_share(society: &Society, group: usize, share: f64) -> Result<Society, AggregationError> {
    let before = share_of(society, group)?;
    if before >= 1.0 - 1e-12 {
        return Err(AggregationError::NobodyBut { group });
    }
    society.with_weights(|of, weight| {
        if of == group { weight * share / before } else { weight * (1.0 - share) / (1.0 - before) }
    })
}

/// The society where groups have these shares, and others none.
fn with_shares(
    society: &Society,
    groups: &[usize],
    shares: &[f64],
) -> Result<Society, AggregationError> {
    let before: Vec<f64> =
        groups.iter().map(|&group| share_of(society, group)).collect::<Result<_, _>>()?;
    society.with_weights(|of, weight| {
        let place = groups.iter().position(|&group| group == of);
        place.map_or(0.0, |place| weight * shares[place] / before[place])
    })
}
