//! `people.bridging`: votes follow from what all agree on and from a few things that divide people.
//!
//! ```text
//! mu + i_a + i_n + f_a . f_n         of person a and item n
//! ```
//!
//! [`medley_aggregation::bridging`] as a model of people: intercepts of people and of items, and factors of
//! both. It reads votes and nothing else, neither features of items nor covariates; what an item is worth is
//! learned of each item by itself. By `form = "logistic"` the score is the log-odds of agreement, with
//! normal priors of standard deviation 1.5 on intercepts of items, `factor-sd` on factors and 1 on the rest. By `form = "squares"`,
//! the published objective of Community Notes, it is the vote itself, 0 to 1, which is no probability: to
//! predict, it is cut off at .01 and .99 and read as one. A pass (a share of yes of 1/2) says nothing to the
//! first and is 1/2 to the second.
//!
//! A threshold that all votes share is what `mu` is, so that columns are 0 in what is believed of people.
//! Who or what was left out, or never seen, has an intercept and factors of 0. Somebody new is placed among
//! items that stay where they are, by Newton's method under the same ridge.
//!
//! Sources: Wojcik and others 2022 (arXiv:2210.15723), and the code of Community Notes, whose objective takes
//! means of squares where its documentation has sums.

use crate::answer::log_sigmoid;
use crate::around::check_statements;
use crate::linear::Quadratic;
use crate::newton::maximize;
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel, Predictor, View};
use medley_aggregation::{
    Ballot, Bridging as Found, BridgingForm, BridgingOptions, Standing, Vote, bridging_of_ballots,
};
use medley_toml_file::{Problem, above_zero};
use nalgebra::DVector;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Intercepts and factors of people and items.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bridging {
    /// How votes follow from them: `"logistic"`, or the published `"squares"`.
    pub form: BridgingForm,
    /// Number of factors, at most 64.
    pub factors: u64,
    /// Standard deviation of factors in the prior of the logistic form; without a unit, since the product of
    /// two is in nats.
    pub factor_sd: f64,
    /// Whether people have intercepts: some agree more readily than others.
    pub people: bool,
    /// People with fewer votes are left out; passes count. Published for squares: 10.
    pub votes_of_person: u64,
    /// Items with fewer votes are left out; passes count. Published for squares: 5.
    pub votes_on_statement: u64,
}

impl Default for Bridging {
    /// Nobody is left out: priors hold those of whom little is known.
    fn default() -> Self {
        Self {
            form: BridgingForm::Logistic,
            factors: 1,
            factor_sd: 1.0,
            people: true,
            votes_of_person: 0,
            votes_on_statement: 0,
        }
    }
}

const NAME: &str = "bridging";
const MOST_FACTORS: u64 = 64;
/// Where scores by squares are cut off to be read as probabilities.
const LEAST: f64 = 0.01;

#[typetag::serde(name = "bridging")]
impl PeopleModel for Bridging {
    fn summary(&self) -> &'static str {
        "votes by intercepts of people and items, and factors that divide people (Community Notes)"
    }

    fn check(&self) -> Result<(), Problem> {
        above_zero("factor-sd", self.factor_sd)?;
        match self.factors {
            0..=MOST_FACTORS => Ok(()),
            found => Err(Problem::new("factors", format!("at most {MOST_FACTORS}, found {found}"))),
        }
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        Ok(Box::new(self.fit_votes(panel, statements, seed)?))
    }
}

/// Where people and items stand.
#[derive(Clone, Debug)]
pub struct FittedBridging {
    found: Found,
    /// Of whom there is no other. Its intercept and factors are 0.
    nobody: Standing,
    columns: usize,
}

impl Bridging {
    /// The fit itself.
    ///
    /// # Errors
    /// Anything but votes on single items in the panel; no vote that counts.
    pub fn fit_votes(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<FittedBridging, PeopleError> {
        check_statements(NAME, statements)?;
        check_votes(panel)?;
        let ballot = |&statement: &usize| {
            let person = panel.statements()[statement].person;
            vote(panel, statement).map(|(item, vote)| Ballot { person, statement: item, vote })
        };
        let ballots: Vec<Ballot> = statements.iter().filter_map(ballot).collect();
        let options = BridgingOptions {
            form: self.form,
            factors: self.factors as usize,
            factor_sd: self.factor_sd,
            people: self.people,
            votes_of_person: self.votes_of_person as usize,
            votes_on_statement: self.votes_on_statement as usize,
            seed,
        };
        let found = bridging_of_ballots(panel.people(), panel.items().len(), &ballots, &options);
        if found.votes == 0 {
            return Err(PeopleError::Needs {
                model: NAME,
                expected: "a vote that counts".to_owned(),
                found: format!("{} that are passes or of who or what is left out", ballots.len()),
            });
        }
        let nobody = Standing { intercept: 0.0, factors: vec![0.0; options.factors] };
        Ok(FittedBridging { found, nobody, columns: panel.columns().len() })
    }
}

/// The item of a vote, and the vote.
fn vote(panel: &Panel, statement: usize) -> Option<(usize, Vote)> {
    let said = &panel.statements()[statement];
    let yes = said.answer.logit()?;
    let [Predictor { items, .. }] = said.predictors.as_slice() else { return None };
    let &[(item, 1.0)] = items.as_slice() else { return None };
    let vote = match yes {
        yes if yes > 0.5 => Vote::Agree,
        yes if yes < 0.5 => Vote::Disagree,
        _ => Vote::Pass,
    };
    Some((item, vote))
}

/// That there are but votes, with the same columns: what is to be predicted must be a vote too.
fn check_votes(panel: &Panel) -> Result<(), PeopleError> {
    let columns = |statement: usize| &panel.statements()[statement].predictors[0].columns;
    for statement in 0..panel.statements().len() {
        let is_vote = vote(panel, statement).is_some();
        if !is_vote || columns(statement) != columns(0) {
            let said = &panel.statements()[statement];
            let what = match is_vote {
                false => "votes, each one of two answers about one item",
                true => "one threshold that all votes share",
            };
            let of = (&said.answer, &said.predictors);
            let found = format!("{:?} about {:?} in statement {statement}", of.0, of.1);
            return Err(PeopleError::Needs { model: NAME, expected: what.to_owned(), found });
        }
    }
    Ok(())
}

impl FittedBridging {
    /// Where an item stands: its intercept, by which statements are ranked that people agree with who
    /// otherwise disagree, and its factors. In nats, by squares in shares of agreement. None if it was left
    /// out.
    pub fn standing(&self, item: usize) -> Option<&Standing> {
        self.found.statements.get(item).and_then(Option::as_ref)
    }

    /// Where a person stands. None if they were left out.
    pub fn standing_of_person(&self, person: usize) -> Option<&Standing> {
        self.found.people.get(person).and_then(Option::as_ref)
    }

    /// The fit as `medley_aggregation` has it.
    pub fn found(&self) -> &Found {
        &self.found
    }

    fn score(&self, person: &Standing, item: usize) -> f64 {
        let item = self.standing(item).unwrap_or(&self.nobody);
        let shared = person.factors.iter().zip(&item.factors).map(|(a, n)| a * n).sum::<f64>();
        self.found.mean + person.intercept + item.intercept + shared
    }

    fn believe(&self, person: &Standing) -> Belief {
        let of = |item| log_odds(self.found.form, self.score(person, item));
        let items: Vec<f64> = (0..self.found.statements.len()).map(of).collect();
        let view = View::Returns { items: Arc::new(items), columns: vec![0.0; self.columns] };
        Belief { atoms: vec![(1.0, view)] }
    }

    /// Intercept and factors of whoever voted so.
    fn place(&self, votes: &[(usize, f64)]) -> Option<Standing> {
        let start = DVector::zeros(1 + self.nobody.factors.len());
        let mode = maximize(&start, |at, into| self.evaluate(votes, at, into))?;
        let at = mode.at.as_slice();
        Some(Standing { intercept: at[0], factors: at[1..].to_vec() })
    }

    /// What somebody's votes and the ridge make of an intercept and factors, up to a constant.
    fn evaluate(&self, votes: &[(usize, f64)], at: &DVector<f64>, into: &mut Quadratic) {
        let [of_intercept, of_factor] = self.found.ridge_of_person;
        *into = Quadratic::zeros(at.len());
        for place in 0..at.len() {
            let ridge = if place == 0 { of_intercept } else { of_factor };
            into.value -= ridge * at[place].powi(2);
            into.slope[place] = -2.0 * ridge * at[place];
            into.curvature[(place, place)] = 2.0 * ridge;
        }
        let person = Standing { intercept: at[0], factors: at.as_slice()[1..].to_vec() };
        for &(item, yes) in votes {
            let [value, slope, curve] = gain(self.found.form, yes, self.score(&person, item));
            let factors = &self.standing(item).unwrap_or(&self.nobody).factors;
            let by = |place: usize| if place == 0 { 1.0 } else { factors[place - 1] };
            into.value += value;
            for a in 0..at.len() {
                into.slope[a] += slope * by(a);
                (0..at.len()).for_each(|b| into.curvature[(a, b)] += curve * by(a) * by(b));
            }
        }
    }
}

/// What a vote gains by a score, the slope of that, and what it curves downwards by.
fn gain(form: BridgingForm, yes: f64, score: f64) -> [f64; 3] {
    match form {
        BridgingForm::Squares => {
            let off = yes - score;
            [-off * off, 2.0 * off, 2.0]
        }
        BridgingForm::Logistic => {
            let ((agree, no_chance), (disagree, yes_chance)) =
                (log_sigmoid(score), log_sigmoid(-score));
            let slope = yes * no_chance - (1.0 - yes) * yes_chance;
            [yes * agree + (1.0 - yes) * disagree, slope, yes_chance * no_chance]
        }
    }
}

fn log_odds(form: BridgingForm, score: f64) -> f64 {
    match form {
        BridgingForm::Logistic => score,
        BridgingForm::Squares => {
            let p = score.clamp(LEAST, 1.0 - LEAST);
            (p / (1.0 - p)).ln()
        }
    }
}

/// Votes of somebody as numbers; those that say nothing are dropped.
fn values(form: BridgingForm, panel: &Panel, known: &[usize]) -> Vec<(usize, f64)> {
    let value = |&statement: &usize| match (vote(panel, statement)?, form) {
        ((item, Vote::Agree), _) => Some((item, 1.0)),
        ((item, Vote::Disagree), _) => Some((item, 0.0)),
        ((item, Vote::Pass), BridgingForm::Squares) => Some((item, 0.5)),
        ((_, Vote::Pass), BridgingForm::Logistic) => None,
    };
    known.iter().filter_map(value).collect()
}

impl Fitted for FittedBridging {
    fn belief(&self, _: &Panel, person: usize) -> Belief {
        self.believe(self.standing_of_person(person).unwrap_or(&self.nobody))
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let votes = values(self.found.form, panel, known);
        let message = || "expected a finite likelihood of somebody new, found none".to_owned();
        let failed = || PeopleError::Fit { model: NAME, message: message() };
        Ok(self.believe(&self.place(&votes).ok_or_else(failed)?))
    }

    fn numbers(&self, _: &Panel) -> Vec<Number> {
        let found = &self.found;
        let kept = |all: &[Option<Standing>]| all.iter().flatten().count() as f64;
        vec![
            Number::new("mean", found.mean),
            Number::new("objective", found.objective),
            Number::new("sweeps", found.sweeps as f64),
            Number::new("votes", found.votes as f64),
            Number::new("people", kept(&found.people)),
            Number::new("items", kept(&found.statements)),
            Number::new("sd of intercepts of people", spread(&found.people)),
            Number::new("sd of intercepts of items", spread(&found.statements)),
        ]
    }
}

/// Standard deviation of intercepts.
fn spread(all: &[Option<Standing>]) -> f64 {
    let values: Vec<f64> = all.iter().flatten().map(|standing| standing.intercept).collect();
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(form: BridgingForm) -> FittedBridging {
        let standing = |intercept, factor: f64| Standing { intercept, factors: vec![factor, 0.3] };
        let found = Found {
            form,
            mean: 0.4,
            people: Vec::new(),
            statements: vec![Some(standing(0.5, 1.0)), Some(standing(-1.0, -0.7)), None],
            votes: 10,
            ridge_of_person: [0.5, 0.2],
            objective: 0.0,
            sweeps: 0,
        };
        let nobody = Standing { intercept: 0.0, factors: vec![0.0; 2] };
        FittedBridging { found, nobody, columns: 0 }
    }

    #[test]
    fn derivatives_of_somebody_new() {
        let votes = [(0, 1.0), (1, 0.0), (1, 0.5), (0, 0.5)];
        for form in [BridgingForm::Logistic, BridgingForm::Squares] {
            let fitted = fitted(form);
            let at = |x: &DVector<f64>| {
                let mut into = Quadratic::zeros(3);
                fitted.evaluate(&votes, x, &mut into);
                into
            };
            let x = DVector::from_column_slice(&[0.3, -0.6, 0.8]);
            let here = at(&x);
            for i in 0..3 {
                let step = DVector::from_fn(3, |j, _| if i == j { 1e-5 } else { 0.0 });
                let (above, below) = (at(&(&x + &step)), at(&(&x - &step)));
                let slope = (above.value - below.value) / 2e-5;
                assert!((slope - here.slope[i]).abs() < 1e-8, "{i}: {slope} {}", here.slope[i]);
                let off = ((below.slope - above.slope) / 2e-5 - here.curvature.column(i)).amax();
                assert!(off < 1e-7, "{i}: {off}");
            }
        }
    }

    #[test]
    fn one_vote_on_an_unknown_item_by_hand() {
        // Squares: mu + i against 1 under a ridge of 1/2 is i = .6 / 1.5; factors stay at 0.
        let fitted = fitted(BridgingForm::Squares);
        let found = fitted.place(&[(2, 1.0)]).unwrap();
        assert!((found.intercept - 0.4).abs() < 1e-12 && found.factors == [0.0, 0.0], "{found:?}");
        assert_eq!(fitted.score(&found, 2), 0.8);
        assert!((log_odds(BridgingForm::Squares, 0.8) - 4_f64.ln()).abs() < 1e-12);
        assert!((log_odds(BridgingForm::Squares, 1.3) - 99_f64.ln()).abs() < 1e-9);
    }
}
