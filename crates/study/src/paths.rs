//! How would what is chosen change if a group counted for more, or for less?

use crate::choose::Electorate;
use crate::groups::{Grouping, LEAST};
use crate::{StudyError, StudySpec};
use medley_aggregation::{Decision, Rule, Society, change_between};

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
            let now = reweighing.society(reweighing.share)?;
            let shares = (0..=STEPS).map(|step| step as f64 / STEPS as f64);
            let societies: Vec<(f64, Society)> = shares
                .map(|share| Ok((share, reweighing.society(share)?)))
                .collect::<Result<_, StudyError>>()?;
            for (rule_name, rule) in &spec.aggregation.rules {
                let decided =
                    |(share, society): &(f64, Society)| (*share, rule.decide(society).ok());
                let points: Vec<(f64, Option<Decision>)> = societies.iter().map(decided).collect();
                let now = rule.decide(&now).ok();
                let flip = reweighing.flip(rule.as_ref(), now, &points)?;
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
        let own = electorate.members(grouping, label).weights;
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

    /// The society where the group has this share.
    fn society(&self, share: f64) -> Result<Society, StudyError> {
        let mix = |(own, other): (&f64, &f64)| share * own + (1.0 - share) * other;
        let weights: Vec<f64> = self.own.iter().zip(&self.others).map(mix).collect();
        self.electorate.society(&weights, &self.groups)
    }

    /// The nearest change to both sides, by bisection between the share of now and the nearest point at which
    /// the winners are others.
    fn flip(
        &self,
        rule: &dyn Rule,
        now: Option<Decision>,
        points: &[(f64, Option<Decision>)],
    ) -> Result<Option<f64>, StudyError> {
        let Some(now) = now.map(|decision| decision.winners()) else { return Ok(None) };
        let others = |decision: Option<Decision>| {
            decision.map(|decision| decision.winners()).filter(|winners| *winners != now)
        };
        let at =
            |(share, decision): &(f64, Option<Decision>)| Some((*share, others(decision.clone())?));
        let below = points.iter().rev().filter(|(share, _)| *share < self.share).find_map(at);
        let above = points.iter().filter(|(share, _)| *share > self.share).find_map(at);
        let mut found: Option<f64> = None;
        for other in [below, above].into_iter().flatten() {
            let winners = |share: f64| -> Result<Option<Vec<usize>>, StudyError> {
                Ok(others(rule.decide(&self.society(share)?).ok()))
            };
            let (changed, _) = change_between(self.share, other, FINE, winners)?;
            let is_nearer =
                found.is_none_or(|known| (changed - self.share).abs() < (known - self.share).abs());
            found = if is_nearer { Some(changed) } else { found };
        }
        Ok(found)
    }
}
