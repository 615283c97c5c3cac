//! Which statements do people agree with who otherwise disagree? Bridging by factorization, as Community
//! Notes does it (Wojcik and others 2022), and as a likelihood.
//!
//! ```text
//! mu + i_a + i_n + f_a . f_n         of person a and statement n
//! ```
//!
//! What divides people is left to the factors, so that the intercept `i_n` of a statement is what it gets
//! beyond that. A high intercept is hard to reach by one side alone: the factors explain its votes for less.

use crate::consensus::Vote;
use medley_random::{normal, stream};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// How votes follow from intercepts and factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BridgingForm {
    /// Squared distance from 1 (agreed), 0.5 (passed) and 0 (disagreed), with ridges of 0.15 on intercepts
    /// and 0.03 on factors, each on a mean: the published objective of Community Notes.
    Squares,
    /// Agreement as a Bernoulli variable of the logistic function, with normal priors of standard
    /// deviation 1.5 on intercepts of statements, [`BridgingOptions::factor_sd`] on factors and 1 on
    /// everything else. A pass says nothing.
    Logistic,
}

/// What to fit.
#[derive(Clone, Debug, PartialEq)]
pub struct BridgingOptions {
    /// How votes follow.
    pub form: BridgingForm,
    /// Number of factors.
    pub factors: usize,
    /// Standard deviation of factors in the prior of the logistic form, above 0.
    pub factor_sd: f64,
    /// Whether people have intercepts; else these are 0.
    pub people: bool,
    /// People with fewer votes are left out; passes count.
    pub votes_of_person: usize,
    /// Statements with fewer votes are left out; passes count.
    pub votes_on_statement: usize,
    /// Names the stream in which factors of statements start.
    pub seed: u64,
}

impl Default for BridgingOptions {
    fn default() -> Self {
        Self {
            form: BridgingForm::Squares,
            factors: 1,
            factor_sd: 1.0,
            people: true,
            votes_of_person: 10,
            votes_on_statement: 5,
            seed: 0,
        }
    }
}

/// A vote of a person on a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// Number of the person.
    pub person: usize,
    /// Number of the statement.
    pub statement: usize,
    /// What the person did with it.
    pub vote: Vote,
}

/// Where a person or a statement stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// What it gets from all alike.
    pub intercept: f64,
    /// Where it stands in what divides people. `[factor]`
    pub factors: Vec<f64>,
}

/// A fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Bridging {
    /// How votes follow.
    pub form: BridgingForm,
    /// `mu`.
    pub mean: f64,
    /// `[person]`, none for whoever is left out. Of each factor no more people are above 0 than below.
    pub people: Vec<Option<Standing>>,
    /// `[statement]`, none for what is left out.
    pub statements: Vec<Option<Standing>>,
    /// Number of votes that count.
    pub votes: usize,
    /// What the squares of a person's intercept and factors count for beside the cost of one vote, which is
    /// its squared distance or its minus log-likelihood: `0.15 votes / people` and `0.03 votes / people` of
    /// those who have any by squares, 1/2 and `1 / (2 factor_sd^2)` else.
    pub ridge_of_person: [f64; 2],
    /// What was made as small as can be: the published objective, or minus the log-density.
    pub objective: f64,
    /// Passes over all people and statements.
    pub sweeps: usize,
}

/// Most passes. Those of real conversations take some hundred.
const MOST: usize = 20_000;
/// Relative change of the objective at which it is settled.
const SETTLED: f64 = 1e-12;
/// A ridge that holds intercepts at 0.
const HELD: f64 = 1e9;

/// Fits intercepts and factors to votes by exact steps over one person or statement at a time.
///
/// # Shapes
/// `votes` `[person][statement]`, none where the person did not see it
///
/// # Panics
/// If people have votes on different numbers of statements.
pub fn bridging(votes: &[Vec<Option<Vote>>], options: &BridgingOptions) -> Bridging {
    let statements = votes.first().map_or(0, Vec::len);
    assert!(votes.iter().all(|own| own.len() == statements), "a cell for each statement");
    bridging_of_ballots(votes.len(), statements, &ballots(votes), options)
}

/// The same from a list of votes, in any order, for tables with few votes in them. A person may have several
/// votes on a statement, which all count.
///
/// # Panics
/// If a ballot names a person or a statement that is not there.
pub fn bridging_of_ballots(
    people: usize,
    statements: usize,
    ballots: &[Ballot],
    options: &BridgingOptions,
) -> Bridging {
    let mut counts = [vec![0; people], vec![0; statements]];
    for ballot in ballots {
        let Ballot { person, statement, .. } = *ballot;
        assert!(person < people, "person {person} of {people}");
        assert!(statement < statements, "statement {statement} of {statements}");
        counts[0][person] += 1;
        counts[1][statement] += 1;
    }
    let least = [options.votes_of_person, options.votes_on_statement];
    let is_in = [0, 1].map(|side| counts[side].iter().map(|&count| count >= least[side]).collect());
    let mut sorted = ballots.to_vec();
    sorted.sort_unstable_by_key(|it| (it.person, it.statement, it.vote as u8));
    let mut fit = Fit::new(&sorted, &is_in, options);
    let mut before = f64::INFINITY;
    let mut sweeps = 0;
    let objective = loop {
        fit.sweep();
        sweeps += 1;
        let now = fit.objective();
        if before - now <= SETTLED * now.abs() || sweeps == MOST {
            break now;
        }
        before = now;
    };
    fit.told(&is_in, objective, sweeps)
}

fn ballots(votes: &[Vec<Option<Vote>>]) -> Vec<Ballot> {
    let of = |(person, own): (usize, &Vec<Option<Vote>>)| {
        let ballot = |(statement, vote): (usize, &Option<Vote>)| {
            vote.map(|vote| Ballot { person, statement, vote })
        };
        own.iter().enumerate().filter_map(ballot).collect::<Vec<Ballot>>()
    };
    votes.iter().enumerate().flat_map(of).collect()
}

impl Bridging {
    /// What is expected of a person on a statement: between disagreement (0) and agreement (1) by
    /// squares, and the probability of agreement else. None if either was left out.
    pub fn expected(&self, person: usize, statement: usize) -> Option<f64> {
        let (a, n) = (self.people[person].as_ref()?, self.statements[statement].as_ref()?);
        let factors = a.factors.iter().zip(&n.factors).map(|(a, n)| a * n).sum::<f64>();
        let score = self.mean + a.intercept + n.intercept + factors;
        Some(match self.form {
            BridgingForm::Squares => score,
            BridgingForm::Logistic => logistic(score),
        })
    }
}

/// A vote that counts.
#[derive(Clone, Copy)]
struct Seen {
    /// On the other side: the statement of a person's, the person of a statement's.
    other: usize,
    value: f64,
}

struct Fit {
    form: BridgingForm,
    factors: usize,
    mean: f64,
    /// Of people, and of statements: intercept, then factors. `[side][number][1 + factors]`
    standing: [Vec<Vec<f64>>; 2],
    /// `[side][number]`
    seen: [Vec<Vec<Seen>>; 2],
    /// Votes that count.
    count: usize,
    /// Weight of a vote, and of the squares of the mean, and on each side of intercepts and factors.
    each: f64,
    of_mean: f64,
    ridge: [[f64; 2]; 2],
}

impl Fit {
    fn new(ballots: &[Ballot], is_in: &[Vec<bool>; 2], options: &BridgingOptions) -> Self {
        let BridgingOptions { form, factors, seed, .. } = *options;
        let mut seen = [vec![Vec::new(); is_in[0].len()], vec![Vec::new(); is_in[1].len()]];
        let mut count = 0_usize;
        for &Ballot { person, statement, vote } in ballots {
            let value = match (vote, form) {
                _ if !is_in[0][person] || !is_in[1][statement] => continue,
                (Vote::Pass, BridgingForm::Logistic) => continue,
                (Vote::Agree, _) => 1.0,
                (Vote::Pass, BridgingForm::Squares) => 0.5,
                (Vote::Disagree, _) => 0.0,
            };
            seen[0][person].push(Seen { other: statement, value });
            seen[1][statement].push(Seen { other: person, value });
            count += 1;
        }
        // People start at 0 and take the first step, so that it does not matter who is which number. Of what
        // nobody has a vote on, the ridge says 0.
        let rng = &mut stream(seed, "bridging");
        let mut start = |seen: &Vec<Seen>| -> Vec<f64> {
            let size = if seen.is_empty() { 0.0 } else { 0.3 };
            let factors = (0..factors).map(|_| size * normal(rng));
            std::iter::once(0.0).chain(factors).collect()
        };
        let statements = seen[1].iter().map(&mut start).collect();
        let standing = [vec![vec![0.0; 1 + factors]; seen[0].len()], statements];
        let kept =
            |side: usize| seen[side].iter().filter(|it| !it.is_empty()).count().max(1) as f64;
        let (each, of_mean, mut ridge) = match form {
            BridgingForm::Squares => (
                1.0 / count.max(1) as f64,
                0.15,
                [0, 1].map(|side| [0.15 / kept(side), 0.03 / kept(side)]),
            ),
            BridgingForm::Logistic => {
                let of_factor = 0.5 * options.factor_sd.powi(-2);
                (1.0, 0.5, [[0.5, of_factor], [0.5 / (1.5 * 1.5), of_factor]])
            }
        };
        if !options.people {
            ridge[0][0] = HELD;
        }
        Self { form, factors, mean: 0.5, standing, seen, count, each, of_mean, ridge }
    }

    fn score(&self, side: usize, number: usize, other: usize) -> f64 {
        let (own, other) = (&self.standing[side][number], &self.standing[1 - side][other]);
        let factors = own[1..].iter().zip(&other[1..]).map(|(a, b)| a * b).sum::<f64>();
        self.mean + own[0] + other[0] + factors
    }

    /// Of one vote: its cost, and derivatives of that by the score.
    fn cost(&self, value: f64, score: f64) -> [f64; 3] {
        match self.form {
            BridgingForm::Squares => {
                let off = score - value;
                [off * off, 2.0 * off, 2.0].map(|it| it * self.each)
            }
            BridgingForm::Logistic => {
                let p = logistic(score);
                let sum =
                    if score > 0.0 { score + (-score).exp().ln_1p() } else { score.exp().ln_1p() };
                [sum - value * score, p - value, p * (1.0 - p)]
            }
        }
    }

    fn objective(&self) -> f64 {
        let of_person = |person: usize| {
            let each = self.seen[0][person].iter();
            each.map(|seen| self.cost(seen.value, self.score(0, person, seen.other))[0])
                .sum::<f64>()
        };
        let votes = (0..self.seen[0].len()).map(of_person).sum::<f64>();
        let ridges = [0, 1].map(|side| {
            let own = self.standing[side].iter().zip(&self.seen[side]);
            let own = own.filter(|(_, seen)| !seen.is_empty());
            own.map(|(standing, _)| self.penalty(side, standing)).sum::<f64>()
        });
        votes + self.of_mean * self.mean.powi(2) + ridges[0] + ridges[1]
    }

    fn penalty(&self, side: usize, standing: &[f64]) -> f64 {
        let [intercept, factor] = self.ridge[side];
        let factors = standing[1..].iter().map(|x| x * x).sum::<f64>();
        intercept * standing[0].powi(2) + factor * factors
    }

    /// One step of the mean, of each person and of each statement.
    fn sweep(&mut self) {
        self.step_of_mean();
        for side in [0, 1] {
            for number in 0..self.seen[side].len() {
                if !self.seen[side][number].is_empty() {
                    self.step(side, number);
                }
            }
            self.settle(side);
        }
        for factor in 1..=self.factors {
            self.balance(factor);
            [0, 1].into_iter().for_each(|side| self.center(side, factor));
        }
    }

    /// What all intercepts of a side have in common goes to the mean, as far as the ridges are for it. No
    /// score changes; without it mean and intercepts find each other over thousands of passes.
    fn settle(&mut self, side: usize) {
        let [ridge, _] = self.ridge[side];
        let is_in = |number: &usize| !self.seen[side][*number].is_empty();
        let kept: Vec<usize> = (0..self.seen[side].len()).filter(is_in).collect();
        let sum: f64 = kept.iter().map(|&number| self.standing[side][number][0]).sum();
        let common =
            (ridge * sum - self.of_mean * self.mean) / (self.of_mean + ridge * kept.len() as f64);
        self.mean += common;
        kept.iter().for_each(|&number| self.standing[side][number][0] -= common);
    }

    /// One side's factors may be larger as the other's are smaller: as the ridges would have it.
    fn balance(&mut self, factor: usize) {
        let cost = [0, 1].map(|side| {
            let own = self.standing[side].iter().zip(&self.seen[side]);
            let own = own.filter(|(_, seen)| !seen.is_empty()).map(|(it, _)| it[factor].powi(2));
            self.ridge[side][1] * own.sum::<f64>()
        });
        let scale = (cost[1] / cost[0]).powf(0.25);
        if !(scale.is_finite() && scale > 0.0) {
            return;
        }
        self.standing[0].iter_mut().for_each(|it| it[factor] *= scale);
        self.standing[1].iter_mut().for_each(|it| it[factor] /= scale);
    }

    /// What the factors of a side have in common is in the intercepts of the other, as far as the ridges are
    /// for it.
    fn center(&mut self, side: usize, factor: usize) {
        let other = 1 - side;
        let (of_factor, of_intercept) = (self.ridge[side][1], self.ridge[other][0]);
        let is_in = |side: usize, number: usize| !self.seen[side][number].is_empty();
        let (mut pull, mut weight) = (0.0, 0.0);
        for (_, own) in self.standing[side].iter().enumerate().filter(|it| is_in(side, it.0)) {
            pull += of_factor * own[factor];
            weight += of_factor;
        }
        for (_, it) in self.standing[other].iter().enumerate().filter(|it| is_in(other, it.0)) {
            pull -= of_intercept * it[0] * it[factor];
            weight += of_intercept * it[factor].powi(2);
        }
        let common = if weight > 0.0 { pull / weight } else { 0.0 };
        let own = self.standing[side].iter_mut().zip(&self.seen[side]);
        own.filter(|(_, seen)| !seen.is_empty()).for_each(|(it, _)| it[factor] -= common);
        self.standing[other].iter_mut().for_each(|it| it[0] += common * it[factor]);
    }

    fn step_of_mean(&mut self) {
        let (mut slope, mut bend) = (2.0 * self.of_mean * self.mean, 2.0 * self.of_mean);
        for person in 0..self.seen[0].len() {
            for seen in &self.seen[0][person] {
                let [_, first, second] = self.cost(seen.value, self.score(0, person, seen.other));
                slope += first;
                bend += second;
            }
        }
        // Newton's step of a logistic likelihood may go too far where it is flat.
        let step = (-slope / bend).clamp(-1.0, 1.0);
        self.mean += step;
    }

    /// Newton's step of one person or statement, halved until it is no worse.
    fn step(&mut self, side: usize, number: usize) {
        let width = 1 + self.factors;
        let own = self.standing[side][number].clone();
        let ridge = |place: usize| 2.0 * self.ridge[side][usize::from(place > 0)];
        let mut slope = DVector::from_fn(width, |place, _| ridge(place) * own[place]);
        let mut bend = DMatrix::from_fn(width, width, |a, b| if a == b { ridge(a) } else { 0.0 });
        for seen in &self.seen[side][number] {
            let [_, first, second] = self.cost(seen.value, self.score(side, number, seen.other));
            let other = &self.standing[1 - side][seen.other];
            let by = |place: usize| if place == 0 { 1.0 } else { other[place] };
            for a in 0..width {
                slope[a] += first * by(a);
                for b in 0..width {
                    bend[(a, b)] += second * by(a) * by(b);
                }
            }
        }
        let Some(factors) = bend.cholesky() else { return };
        let step = factors.solve(&slope);
        let here = self.cost_of(side, number);
        let mut length = 1.0;
        while length > 1e-3 {
            let moved = own.iter().zip(&step).map(|(x, step)| x - length * step).collect();
            self.standing[side][number] = moved;
            if self.cost_of(side, number) <= here {
                return;
            }
            length *= 0.5;
        }
        self.standing[side][number] = own;
    }

    fn cost_of(&self, side: usize, number: usize) -> f64 {
        let each = self.seen[side][number].iter();
        let votes = each
            .map(|seen| self.cost(seen.value, self.score(side, number, seen.other))[0])
            .sum::<f64>();
        votes + self.penalty(side, &self.standing[side][number])
    }

    fn told(mut self, is_in: &[Vec<bool>; 2], objective: f64, sweeps: usize) -> Bridging {
        for factor in 1..=self.factors {
            let of = self.standing[0].iter().zip(&is_in[0]).filter(|(_, is_in)| **is_in);
            let above = of.clone().filter(|(standing, _)| standing[factor] > 0.0).count();
            if 2 * above > of.count() {
                let both = self.standing.iter_mut().flatten();
                both.for_each(|standing| standing[factor] = -standing[factor]);
            }
        }
        let ridge_of_person = self.ridge[0].map(|ridge| ridge / self.each);
        let [people, statements] = self.standing;
        let told = |standing: Vec<Vec<f64>>, is_in: &[bool]| -> Vec<Option<Standing>> {
            let one = |(standing, is_in): (Vec<f64>, &bool)| {
                is_in.then(|| Standing { intercept: standing[0], factors: standing[1..].to_vec() })
            };
            standing.into_iter().zip(is_in).map(one).collect()
        };
        Bridging {
            form: self.form,
            mean: self.mean,
            people: told(people, &is_in[0]),
            statements: told(statements, &is_in[1]),
            votes: self.count,
            ridge_of_person,
            objective,
            sweeps,
        }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::Vote::{Agree, Disagree, Pass};
    use super::*;

    /// Two sides of six, who differ on two statements and agree on a third.
    fn divided() -> Vec<Vec<Option<Vote>>> {
        let one = |side: bool| {
            let [a, b] = if side { [Agree, Disagree] } else { [Disagree, Agree] };
            vec![Some(a), Some(b), Some(Agree), Some(Pass), Some(a), Some(b)]
        };
        (0..12).map(|person| one(person % 2 == 0)).collect()
    }

    #[test]
    fn what_both_sides_agree_with_stands_highest() {
        for form in [BridgingForm::Squares, BridgingForm::Logistic] {
            let options =
                BridgingOptions { form, votes_of_person: 1, ..BridgingOptions::default() };
            let found = bridging(&divided(), &options);
            let of = |statement: usize| found.statements[statement].clone().unwrap().intercept;
            let others = [0, 1, 4, 5].map(of);
            assert!(others.iter().all(|other| of(2) > other + 0.05), "{form:?}: {found:?}");
            // The factor is what divides them, and its sign is that of fewer people.
            let sides = [0, 1].map(|person| found.people[person].clone().unwrap().factors[0]);
            assert!(sides[0] * sides[1] < 0.0, "{sides:?}");
            assert!(found.expected(0, 0).unwrap() > 0.7 && found.expected(1, 0).unwrap() < 0.3);
        }
    }

    #[test]
    fn who_says_little_is_left_out() {
        let mut votes = divided();
        votes.push(vec![Some(Agree), None, None, None, None, None]);
        let options = BridgingOptions { votes_of_person: 2, ..BridgingOptions::default() };
        let found = bridging(&votes, &options);
        assert!(found.people[12].is_none() && found.expected(12, 0).is_none());
        let alone = bridging(&divided(), &options);
        assert!((found.objective - alone.objective).abs() < 1e-9);
        let nobody = bridging(&[], &options);
        assert_eq!((nobody.people.len(), nobody.statements.len()), (0, 0));
    }

    #[test]
    fn a_list_in_any_order_is_the_table() {
        let options = BridgingOptions { votes_of_person: 1, ..BridgingOptions::default() };
        let mut list = ballots(&divided());
        list.reverse();
        let found = bridging_of_ballots(12, 6, &list, &options);
        assert_eq!(found, bridging(&divided(), &options));
        assert_eq!(found.votes, 72);
        assert!((found.ridge_of_person[0] - 0.15 * 6.0).abs() < 1e-12);
        // Said twice counts twice, and whoever says nothing stands at 0.
        list.push(list[0]);
        let twice =
            bridging_of_ballots(14, 7, &list, &BridgingOptions { people: false, ..options });
        assert_eq!(twice.votes, 73);
        assert!(twice.people[13].is_none() && twice.statements[6].is_none());
        assert!(twice.people[..12].iter().flatten().all(|it| it.intercept.abs() < 1e-8));
        let options = BridgingOptions { votes_of_person: 0, votes_on_statement: 0, ..options };
        let silent = bridging_of_ballots(14, 7, &list, &options);
        let [person, statement] = [&silent.people[13], &silent.statements[6]];
        let zero = Some(Standing { intercept: 0.0, factors: vec![0.0] });
        assert_eq!([person, statement], [&zero, &zero]);
    }

    #[test]
    fn nothing_nearby_is_better() {
        let options = BridgingOptions { votes_of_person: 1, ..BridgingOptions::default() };
        for form in [BridgingForm::Squares, BridgingForm::Logistic] {
            let options = BridgingOptions { form, ..options.clone() };
            let is_in = [vec![true; 12], vec![true; 6]];
            let mut fit = Fit::new(&ballots(&divided()), &is_in, &options);
            (0..2_000).for_each(|_| fit.sweep());
            let here = fit.objective();
            for by in [1e-3, -1e-3] {
                fit.mean += by;
                assert!(fit.objective() >= here, "the mean");
                fit.mean -= by;
                for (side, number, place) in [(0, 3, 0), (0, 3, 1), (1, 2, 0), (1, 4, 1)] {
                    fit.standing[side][number][place] += by;
                    assert!(fit.objective() >= here, "{form:?} {side} {number} {place}");
                    fit.standing[side][number][place] -= by;
                }
            }
        }
    }
}
