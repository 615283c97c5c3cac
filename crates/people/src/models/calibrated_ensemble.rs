//! `people.calibrated-ensemble`: a few rewards that disagree as often as people do.
//!
//! ```text
//! F(x over y) = sum_k w_k 1[r_k(x) > r_k(y)], as near as can be to the share of people who prefer x
//! ```
//!
//! Pairwise calibrated rewards (Halpern, Micha, Procaccia and Shapira 2025, arXiv 2506.06298), forward
//! stagewise: the next member is fitted to what the ensemble leaves over, its weight is the one that leaves
//! the least, and members before it stay as they are. With `F` so far and weight `c`, the member should vote
//! `(share - (1 - c) F) / c`; it is a linear reward, fitted to that by logistic regression where it lies in
//! [0, 1] and to the nearer end where not. `c` is searched in steps of .05. It ends early where no weight
//! gains.
//!
//! No person and no group has a part in it, and everybody, strangers included, is the whole ensemble. A vote
//! of all members is no certainty: with a chance that is most likely for the answers that were learned from,
//! an answer is a coin instead.

use super::pal::golden;
use crate::around::check_coordinates;
use crate::linear::predictors;
use crate::pairs::shares;
use crate::soft_logistic::{self, Soft};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, View};
use medley_toml_file::{Problem, above_zero, at_least};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rewards with weights whose votes are as divided as people's.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CalibratedEnsemble {
    /// Most members.
    pub members: u64,
    /// Standard deviation, in nats, of the prior on weights of a member.
    pub prior_sd: f64,
}

impl Default for CalibratedEnsemble {
    /// The paper finds 2 to 4 enough.
    fn default() -> Self {
        Self { members: 4, prior_sd: 10.0 }
    }
}

const NAME: &str = "calibrated-ensemble";

#[typetag::serde(name = "calibrated-ensemble")]
impl PeopleModel for CalibratedEnsemble {
    fn summary(&self) -> &'static str {
        "a few weighted rewards whose votes are as divided as people's (pairwise calibration)"
    }

    fn check(&self) -> Result<(), Problem> {
        at_least("members", self.members, 1)?;
        above_zero("prior-sd", self.prior_sd)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        _: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_ensemble(panel, statements)?))
    }
}

/// Members and their weights.
#[derive(Clone, Debug)]
pub struct FittedEnsemble {
    members: Vec<(f64, Vec<f64>)>,
    slip: f64,
    errors: Vec<f64>,
}

/// The same question, put so often, with a share of yes.
#[derive(Clone, Debug)]
struct Asked {
    /// The first of them, which says what is yes.
    statement: usize,
    /// By what its numbers are multiplied so that the first is above 0.
    sign: f64,
    times: f64,
    yes: f64,
}

impl CalibratedEnsemble {
    /// The fit itself.
    ///
    /// # Errors
    /// Answers that are not one of two; nothing to fit.
    pub fn fit_ensemble(
        &self,
        panel: &Panel,
        statements: &[usize],
    ) -> Result<FittedEnsemble, PeopleError> {
        check_coordinates(NAME, panel)?;
        let shares = shares(NAME, panel, statements)?;
        let asked = asked(panel, statements, &shares);
        let mut votes = vec![0.5; asked.len()];
        let mut members: Vec<(f64, Vec<f64>)> = Vec::new();
        let mut errors = Vec::new();
        let mut least = error(&asked, &votes);
        for member in 0..self.members {
            let candidates = if member == 0 { 20..=20 } else { 1..=19 };
            let mut best = None;
            for step in candidates {
                let weight = f64::from(step) / 20.0;
                let view = self.member(panel, &asked, &votes, weight)?;
                let own = asked.iter().map(|one| vote(panel, one.statement, &view));
                let next: Vec<f64> =
                    votes.iter().zip(own).map(|(f, v)| (1.0 - weight) * f + weight * v).collect();
                let found = error(&asked, &next);
                if member == 0 || found < least - 1e-9 {
                    least = found;
                    best = Some((weight, view, next));
                }
            }
            let Some((weight, view, next)) = best else { break };
            members.iter_mut().for_each(|(own, _)| *own *= 1.0 - weight);
            members.push((weight, view));
            votes = next;
            errors.push(least);
        }
        let slip = slip(&asked, &votes);
        Ok(FittedEnsemble { members, slip, errors })
    }

    /// What should join the ensemble with this weight.
    fn member(
        &self,
        panel: &Panel,
        asked: &[Asked],
        votes: &[f64],
        weight: f64,
    ) -> Result<Vec<f64>, PeopleError> {
        let soft = |(one, vote): (&Asked, &f64)| {
            let yes = ((one.yes - (1.0 - weight) * vote) / weight).clamp(0.0, 1.0);
            Soft { statement: one.statement, yes, weight: one.times }
        };
        let soft: Vec<Soft> = asked.iter().zip(votes).map(soft).collect();
        soft_logistic::fit(NAME, panel, &soft, self.prior_sd, None)
    }
}

/// Questions with their votes together, those that are put the other way round among them.
fn asked(panel: &Panel, statements: &[usize], shares: &[f64]) -> Vec<Asked> {
    let mut all: BTreeMap<Vec<(usize, u64)>, Asked> = BTreeMap::new();
    for (&statement, &share) in statements.iter().zip(shares) {
        let row = &panel.rows(statement)[0];
        // Whichever way round has its first number above 0.
        let sign = if row.first().is_some_and(|&(_, x)| x < 0.0) { -1.0 } else { 1.0 };
        let key = row.iter().map(|&(i, x)| (i, (sign * x).to_bits())).collect();
        let one = all.entry(key).or_insert(Asked { statement, sign, times: 0.0, yes: 0.0 });
        let share = if sign == one.sign { share } else { 1.0 - share };
        one.times += 1.0;
        one.yes += (share - one.yes) / one.times;
    }
    all.into_values().collect()
}

/// 1 where a reward is for yes, 1/2 where it cannot tell.
fn vote(panel: &Panel, statement: usize, view: &[f64]) -> f64 {
    let eta = predictors(panel, statement, view)[0];
    if eta > 0.0 {
        1.0
    } else if eta < 0.0 {
        0.0
    } else {
        0.5
    }
}

/// Mean squared difference of votes and shares, over answers.
fn error(asked: &[Asked], votes: &[f64]) -> f64 {
    let sum: f64 = asked.iter().zip(votes).map(|(one, f)| one.times * (one.yes - f).powi(2)).sum();
    sum / asked.iter().map(|one| one.times).sum::<f64>()
}

/// How likely an answer is a coin: most likely for these answers, at least one in ten thousand.
fn slip(asked: &[Asked], votes: &[f64]) -> f64 {
    let value = |slip: f64| {
        let of = |(one, f): (&Asked, &f64)| {
            let p = (1.0 - slip) * f + 0.5 * slip;
            let of = |share: f64, p: f64| if share > 0.0 { share * p.ln() } else { 0.0 };
            one.times * (of(one.yes, p) + of(1.0 - one.yes, 1.0 - p))
        };
        asked.iter().zip(votes).map(of).sum::<f64>()
    };
    golden(value, (1e-4, 1.0))
}

impl FittedEnsemble {
    /// Weights, which sum to 1, and rewards in coordinates.
    pub fn members(&self) -> &[(f64, Vec<f64>)] {
        &self.members
    }

    /// Mean squared difference from observed shares after each member.
    pub fn errors(&self) -> &[f64] {
        &self.errors
    }

    /// How likely an answer is a coin.
    pub fn slip(&self) -> f64 {
        self.slip
    }

    /// Share of members, by weight, that vote yes.
    pub fn votes(&self, panel: &Panel, statement: usize) -> f64 {
        self.members.iter().map(|(weight, view)| weight * vote(panel, statement, view)).sum()
    }
}

impl Fitted for FittedEnsemble {
    fn belief(&self, _: &Panel, _: usize) -> Belief {
        let atom = |(weight, view): &(f64, Vec<f64>)| (*weight, View::Linear(view.clone()));
        Belief { atoms: self.members.iter().map(atom).collect() }
    }

    fn meet(&self, panel: &Panel, person: usize, _: &[usize]) -> Result<Belief, PeopleError> {
        Ok(self.belief(panel, person))
    }

    /// By votes of members, whatever the size of their differences.
    fn log_probabilities(&self, panel: &Panel, statement: usize, belief: &Belief) -> Vec<f64> {
        if crate::pairs::share(panel, statement).is_none() {
            return belief.log_probabilities(panel, statement);
        }
        let yes = (1.0 - self.slip) * self.votes(panel, statement) + 0.5 * self.slip;
        vec![yes.ln(), (1.0 - yes).ln()]
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers = vec![Number::new("chance of a coin", self.slip)];
        for (k, ((weight, view), error)) in self.members.iter().zip(&self.errors).enumerate() {
            numbers.push(Number::new(format!("weight of member {k}"), *weight));
            numbers.push(Number::new(format!("calibration error with member {k}"), *error));
            for (i, w) in view.iter().enumerate() {
                numbers.push(Number::new(format!("{} of member {k}", panel.name(i)), *w));
            }
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{cloud, comparisons};

    #[test]
    fn questions_are_put_together() {
        let panel = comparisons(cloud(2), 1, 40, 5, |_, _, _| 0.3);
        let all: Vec<usize> = (0..40).collect();
        let shares = shares(NAME, &panel, &all).unwrap();
        let found = asked(&panel, &all, &shares);
        assert_eq!(found.len(), 1);
        assert_eq!(found.iter().map(|one| one.times).sum::<f64>(), 40.0);
        // As many as say what the first question calls yes, however it was put.
        let first = panel.statements()[0].predictors.clone();
        let turned = |s: usize| panel.statements()[s].predictors != first;
        let yes = |(s, share): (usize, &f64)| if turned(s) { 1.0 - share } else { *share };
        let sum: f64 = shares.iter().enumerate().map(yes).sum();
        assert!((found[0].times * found[0].yes - sum).abs() < 1e-9);
        assert!((0..40).any(turned));
    }

    #[test]
    fn an_error_by_hand() {
        let asked = [
            Asked { statement: 0, sign: 1.0, times: 3.0, yes: 1.0 },
            Asked { statement: 1, sign: 1.0, times: 1.0, yes: 0.5 },
        ];
        assert_eq!(error(&asked, &[0.5, 1.0]), 0.25);
        // Votes of 1 against a share of .75: the best chance of a coin is 1/2.
        let asked = [Asked { statement: 0, sign: 1.0, times: 4.0, yes: 0.75 }];
        assert!((slip(&asked, &[1.0]) - 0.5).abs() < 1e-6);
    }
}
