//! How would what is chosen change if a group counted for more, or for less?

use crate::choose::Electorate;
use crate::groups::{Grouping, LEAST};
use crate::{StudyError, StudySpec};
use medley_aggregation::{Decision, Rule};

/// Choices of one rule as the share of a group goes from 0 to 1, the others keeping their proportions.
#[derive(Clone, Debug)]
pub struct Path {
    /// Rule in the file.
    pub rule: String,
    /// Column and label.
    pub group: (String, String),
    /// Share of the group as it is.
    pub share: f64,
    /// Shares, and what is chosen there; none where the rule has no answer.
    pub points: Vec<(f64, Option<Decision>)>,
    /// The share nearest to that of now at which the winners are others, to a thousandth.
    pub flip: Option<f64>,
}

/// Shares that are looked at between 0 and 1.
const STEPS: usize = 20;

/// A change is found to so much of a share.
const FINE: f64 = 1e-3;

/// Paths of all rules for each group that is large enough, of all columns whose groups are.
///
/// # Errors
/// A society that is none.
pub fn paths(
    spec: &StudySpec,
    electorate: &Electorate,
    groupings: &[Grouping],
) -> Result<Vec<Path>, StudyError> {
    let mut found = Vec::new();
    for grouping in groupings {
        for (label, name) in grouping.labels.iter().enumerate() {
            if grouping.hidden[label] {
                continue;
            }
            let reweighing = Reweighing::of(electorate, grouping, label);
            let Some(reweighing) = reweighing else { continue };
            for (rule_name, rule) in &spec.aggregation.rules {
                let points = reweighing.points(rule.as_ref())?;
                let flip = reweighing.flip(rule.as_ref(), &points)?;
                found.push(Path {
                    rule: rule_name.clone(),
                    group: (grouping.column.clone(), name.clone()),
                    share: reweighing.share,
                    points,
                    flip,
                });
            }
        }
    }
    Ok(found)
}

struct Reweighing<'a> {
    electorate: &'a Electorate,
    groups: Vec<usize>,
    /// Weights of the group alone, and of the others, each with a sum of 1.
    own: Vec<f64>,
    others: Vec<f64>,
    share: f64,
}

impl<'a> Reweighing<'a> {
    /// None where the group or the rest is too small to be shown.
    fn of(electorate: &'a Electorate, grouping: &Grouping, label: usize) -> Option<Self> {
        let own = electorate.weights_of(grouping, label);
        let others: Vec<f64> =
            electorate.weights.iter().zip(&own).map(|(all, own)| all - own).collect();
        let counts = [&own, &others].map(|some| some.iter().filter(|w| **w > 0.0).count());
        if counts.iter().any(|count| *count < LEAST) {
            return None;
        }
        let share: f64 = own.iter().sum();
        let rest: f64 = others.iter().sum();
        let scaled = |some: Vec<f64>, sum: f64| some.into_iter().map(|w| w / sum).collect();
        let groups = electorate.groups(grouping);
        Some(Self {
            electorate,
            groups,
            own: scaled(own, share),
            others: scaled(others, rest),
            share: share / (share + rest),
        })
    }

    fn decide(&self, rule: &dyn Rule, share: f64) -> Result<Option<Decision>, StudyError> {
        let mix = |(own, other): (&f64, &f64)| share * own + (1.0 - share) * other;
        let weights: Vec<f64> = self.own.iter().zip(&self.others).map(mix).collect();
        let society = self.electorate.society(&weights, &self.groups)?;
        Ok(rule.decide(&society).ok())
    }

    fn points(&self, rule: &dyn Rule) -> Result<Vec<(f64, Option<Decision>)>, StudyError> {
        let shares = (0..=STEPS).map(|step| step as f64 / STEPS as f64);
        shares.map(|share| Ok((share, self.decide(rule, share)?))).collect()
    }

    /// The nearest change to both sides, by bisection between the points around it.
    fn flip(
        &self,
        rule: &dyn Rule,
        points: &[(f64, Option<Decision>)],
    ) -> Result<Option<f64>, StudyError> {
        let Some(now) = self.decide(rule, self.share)?.map(|decision| decision.winners()) else {
            return Ok(None);
        };
        let is_other = |decision: &Option<Decision>| {
            decision.as_ref().is_some_and(|decision| decision.winners() != now)
        };
        let below = points.iter().rev().find(|(x, d)| *x < self.share && is_other(d));
        let above = points.iter().find(|(x, d)| *x > self.share && is_other(d));
        let mut found: Option<f64> = None;
        for (other, _) in [below, above].into_iter().flatten() {
            let (mut same, mut changed) = (self.share, *other);
            while (changed - same).abs() > FINE {
                let middle = 0.5 * (same + changed);
                match is_other(&self.decide(rule, middle)?) {
                    true => changed = middle,
                    false => same = middle,
                }
            }
            let is_nearer =
                found.is_none_or(|known| (changed - self.share).abs() < (known - self.share).abs());
            found = if is_nearer { Some(changed) } else { found };
        }
        Ok(found)
    }
}
