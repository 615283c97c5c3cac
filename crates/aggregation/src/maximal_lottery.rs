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
/// beats every other has probability 1. Where margins tie there may be several such lotteries; this is then
/// the mean of those that give each option its largest chance, where that is not 0.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MaximalLottery {}

/// A chance that is none but for rounding.
const NONE: f64 = 1e-9;

/// Programs of as many options are solved in a second.
const MOST: usize = 150;

#[typetag::serde(name = "maximal-lottery")]
impl Rule for MaximalLottery {
    fn summary(&self) -> &'static str {
        "the lottery that no option beats in expectation"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let options = society.options();
        let rule = "maximal-lottery";
        society.check_pairs(rule)?;
        if options > MOST {
            return Err(AggregationError::TooMany { rule, most: MOST, found: options });
        }
        let mut sum = vec![0.0; options];
        for wanted in 0..options {
            let lottery = most_of(society, wanted)?;
            if lottery[wanted] > NONE {
                sum.iter_mut().zip(lottery).for_each(|(sum, p)| *sum += p);
            }
        }
        Ok(Decision::of_lottery(clean(&sum)))
    }
}

/// The maximal lottery that gives one option its largest chance.
fn most_of(society: &Society, wanted: usize) -> Result<Vec<f64>, AggregationError> {
    let options = society.options();
    let mut program = Problem::new(OptimizationDirection::Maximize);
    let chances: Vec<Variable> = (0..options)
        .map(|option| program.add_var(f64::from(u8::from(option == wanted)), (0.0, 1.0)))
        .collect();
    let sum = |of: &dyn Fn(usize) -> f64| {
        let mut expression = LinearExpr::empty();
        chances.iter().enumerate().for_each(|(option, &chance)| {
            expression.add(chance, of(option));
        });
        expression
    };
    program.add_constraint(sum(&|_| 1.0), ComparisonOp::Eq, 1.0);
    for other in 0..options {
        program.add_constraint(sum(&|one| society.margin(one, other)), ComparisonOp::Ge, 0.0);
    }
    match program.solve().map_err(|error| AggregationError::Program(error.to_string()))? {
        SolveOutcome::Solution(found) => Ok(chances.iter().map(|&chance| found[chance]).collect()),
        SolveOutcome::Interrupted(_) => {
            Err(AggregationError::Program("it was interrupted".to_owned()))
        }
    }
}

/// Without what rounding leaves, and with a sum of 1.
fn clean(sums: &[f64]) -> Vec<f64> {
    let all: f64 = sums.iter().sum();
    let kept = |sum: &f64| if sum / all > NONE { *sum } else { 0.0 };
    let kept: Vec<f64> = sums.iter().map(kept).collect();
    let all: f64 = kept.iter().sum();
    kept.into_iter().map(|sum| sum / all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::orders;

    fn check(profile: &[(usize, &[usize])], expect: &[f64]) {
        let found = MaximalLottery {}.decide(&orders(profile)).unwrap().lottery.unwrap();
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
}
