//! `aggregation.maximal-lottery`: the lottery that no other option beats.

use crate::{AggregationError, Decision, Rule, Society};
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOutcome, Variable};
use serde::{Deserialize, Serialize};

/// Probabilities under which no option is preferred by a majority in expectation:
///
/// ```text
/// p >= 0,  sum_i p_i = 1,  sum_i p_i M_ij >= 0 for every j
/// ```
///
/// (Kreweras 1965, Fishburn 1984): the equilibrium of the game in which two players name an option and the
/// margin is what one wins, and so what Nash learning from human feedback looks for. An option that
/// beats every other has probability 1, and none outside of the smallest set that beats all others has any. Where margins tie there may be several such lotteries; this is then
/// the most even one, whose smallest chances are largest.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MaximalLottery {}

/// A chance that is none but for rounding.
const NONE: f64 = 1e-9;

/// A margin that is none but for rounding.
const ROUNDING: f64 = 1e-12;

/// As many programs of as many options are solved in seconds.
const MOST: usize = 150;

#[typetag::serde(name = "maximal-lottery")]
impl Rule for MaximalLottery {
    fn summary(&self) -> &'static str {
        "the lottery that no option beats in expectation"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let rule = "maximal-lottery";
        society.check_pairs(rule)?;
        let top = top_cycle(society);
        let found = top.len();
        if found > MOST {
            return Err(AggregationError::TooMany { rule, most: MOST, found });
        }
        let row = |&one: &usize| top.iter().map(|&other| society.margin(one, other)).collect();
        let mut lottery = vec![0.0; society.options()];
        for (option, chance) in top.iter().zip(most_even(&top.iter().map(row).collect::<Vec<_>>())?)
        {
            lottery[*option] = chance;
        }
        Ok(Decision::of_lottery(lottery))
    }
}

/// The smallest set whose options each beat every option outside (Smith 1973), outside of which no maximal
/// lottery has a chance: one that had would lose against itself restricted to the set.
fn top_cycle(society: &Society) -> Vec<usize> {
    let options = society.options();
    let loses = |one: usize| -> Vec<usize> {
        (0..options)
            .filter(|&other| other != one && society.margin(one, other) <= ROUNDING)
            .collect()
    };
    // Who has the fewest that it does not beat is in it, and so is whoever somebody in it does not beat.
    let losses: Vec<Vec<usize>> = (0..options).map(loses).collect();
    let first = (0..options).min_by_key(|&option| losses[option].len());
    let (mut within, mut open) = (vec![false; options], Vec::from_iter(first));
    while let Some(option) = open.pop() {
        if !std::mem::replace(&mut within[option], true) {
            open.extend(losses[option].iter().copied());
        }
    }
    (0..options).filter(|&option| within[option]).collect()
}

/// The maximal lottery of a game, the most even one.
fn most_even(margins: &[Vec<f64>]) -> Result<Vec<f64>, AggregationError> {
    let options = margins.len();
    let anything = vec![(0.0, 1.0); options];
    let most = |option: usize| most_of(margins, &[option], &anything);
    let most = (0..options).map(most).collect::<Result<Vec<_>, _>>()?;
    // The most that each may have is what it has, if there is one lottery alone.
    match most.iter().sum::<f64>() <= 1.0 + options as f64 * NONE {
        true => Ok(clean(&most)),
        false => Ok(clean(&evened(margins)?)),
    }
}

/// The maximal lottery whose smallest chance is largest, and of those whose second smallest is, and so on:
/// there is one, whatever options are called.
fn evened(margins: &[Vec<f64>]) -> Result<Vec<f64>, AggregationError> {
    let options = margins.len();
    let mut known: Vec<Option<f64>> = vec![None; options];
    while known.iter().any(Option::is_none) {
        let open: Vec<usize> = (0..options).filter(|&option| known[option].is_none()).collect();
        let within = |floor: f64| -> Vec<(f64, f64)> {
            let bounds = |chance: &Option<f64>| match chance {
                None => (floor, 1.0),
                Some(chance) => ((chance - NONE).max(0.0), (chance + NONE).min(1.0)),
            };
            known.iter().map(bounds).collect()
        };
        let floor = most_of(margins, &open, &within(0.0))?;
        let bounds = within((floor - NONE).max(0.0));
        let most = |&option: &usize| most_of(margins, &[option], &bounds);
        let most = open.iter().map(most).collect::<Result<Vec<_>, _>>()?;
        let least = most.iter().copied().fold(f64::INFINITY, f64::min);
        for (&option, most) in open.iter().zip(&most) {
            if *most <= least.max(floor) + 10.0 * NONE {
                known[option] = Some(floor);
            }
        }
    }
    Ok(known.into_iter().flatten().collect())
}

/// Over maximal lotteries with chances within bounds, the most that the smallest chance of some options
/// may be.
fn most_of(
    margins: &[Vec<f64>],
    some: &[usize],
    bounds: &[(f64, f64)],
) -> Result<f64, AggregationError> {
    let mut program = Problem::new(OptimizationDirection::Maximize);
    let least = program.add_var(1.0, (0.0, 1.0));
    let chances: Vec<Variable> =
        bounds.iter().map(|&bounds| program.add_var(0.0, bounds)).collect();
    let sum = |of: &dyn Fn(usize) -> f64| {
        let mut expression = LinearExpr::empty();
        chances.iter().enumerate().for_each(|(option, &chance)| {
            expression.add(chance, of(option));
        });
        expression
    };
    program.add_constraint(sum(&|_| 1.0), ComparisonOp::Eq, 1.0);
    // Against each option: what it wins from others is what they lose to it.
    for against in margins {
        program.add_constraint(sum(&|one| -against[one]), ComparisonOp::Ge, 0.0);
    }
    for &option in some {
        program.add_constraint([(chances[option], 1.0), (least, -1.0)], ComparisonOp::Ge, 0.0);
    }
    match program.solve().map_err(|error| AggregationError::Program(error.to_string()))? {
        SolveOutcome::Solution(found) => Ok(found[least]),
        SolveOutcome::Interrupted(_) => {
            Err(AggregationError::Program("it was interrupted".to_owned()))
        }
    }
}

/// Without what rounding leaves, and with a sum of 1.
fn clean(chances: &[f64]) -> Vec<f64> {
    let kept: Vec<f64> = chances.iter().map(|p| if *p > 10.0 * NONE { *p } else { 0.0 }).collect();
    let all: f64 = kept.iter().sum();
    kept.into_iter().map(|chance| chance / all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(profile: &[(usize, &[usize])], expect: &[f64]) {
        let found = MaximalLottery {}
            .decide(&Society::of_orders(profile).unwrap())
            .unwrap()
            .lottery
            .unwrap();
        let near = found.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(near && found.len() == expect.len(), "{found:?}");
    }

    #[test]
    fn a_cycle_has_the_closed_form() {
        // p = (M_12, M_20, M_01) / sum, margins 50, 20, 30.
        check(&[(40, &[0, 1, 2]), (35, &[1, 2, 0]), (25, &[2, 0, 1])], &[0.5, 0.2, 0.3]);
    }

    #[test]
    fn who_beats_all_is_chosen_and_who_tie_share() {
        check(&[(51, &[0, 1, 2]), (49, &[1, 2, 0])], &[1.0, 0.0, 0.0]);
        check(&[(1, &[0, 1, 2]), (1, &[1, 0, 2])], &[0.5, 0.5, 0.0]);
        check(&[(1, &[0])], &[1.0]);
    }

    /// Of twelve options, most of them outside of the top cycle: no option beats the lottery.
    #[test]
    fn no_option_beats_the_lottery_wherever_it_comes_from() {
        let rng = &mut medley_random::stream(2, "profiles");
        let mut cycles = 0;
        for _ in 0..60 {
            let mut person = || {
                let noise = |option: usize, x: f64| 2.0 * x + 0.4 * (option / 4) as f64;
                (0..12).map(|option| noise(option, medley_random::normal(rng))).collect()
            };
            let people: Vec<Vec<f64>> = (0..5).map(|_| person()).collect();
            let society = Society::new(&people, &[1.0; 5], &[0; 5]).unwrap();
            let chances = MaximalLottery {}.decide(&society).unwrap().chances();
            for other in 0..12 {
                let won: f64 = (0..12).map(|one| chances[one] * society.margin(one, other)).sum();
                assert!(won > -1e-7, "{chances:?} loses to {other} by {won}");
            }
            let top = top_cycle(&society);
            let outside = (0..12).filter(|option| !top.contains(option));
            assert!(outside.clone().all(|one| top.iter().all(|&of| society.margin(of, one) > 0.0)));
            cycles += usize::from(top.len() > 1 && top.len() < 12);
        }
        assert!(cycles > 3, "{cycles}");
    }
}
