//! `aggregation.nash`: the lottery with the largest product of gains over what people have.

use crate::{AggregationError, Decision, Rule, Society};
use serde::{Deserialize, Serialize};

/// Nash's welfare (Kaneko and Nakamura 1979): the lottery over options that maximizes
///
/// ```text
/// sum_a w_a ln( sum_i p_i (u_a(i) - u_a(0)) )
/// ```
///
/// where option `status-quo` is what people have now. It does not depend on the unit of anybody's utilities.
/// Options that somebody likes less than the status quo may be part of a lottery only as far as everybody
/// still gains; here they take no part, which is the cautious reading. By the multiplicative updates of
/// log-optimal portfolios (Cover 1984), which raise the sum at each step.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Nash {
    /// Number of the option that people have now.
    pub status_quo: usize,
}

/// Nats by which the optimum may be missed.
const NEAR: f64 = 1e-10;
const MOST_STEPS: usize = 100_000;

#[typetag::serde(name = "nash")]
impl Rule for Nash {
    fn summary(&self) -> &'static str {
        "the lottery with the largest product of gains over the status quo"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let people = society.need_people("nash")?;
        let (options, now) = (people.options(), self.status_quo);
        if now >= options {
            let last = options - 1;
            return Err(AggregationError::StatusQuo { rule: "nash", last, found: now });
        }
        let heard: Vec<usize> = people.heard().collect();
        let gain = |person: usize, option: usize| {
            people.utilities(person)[option] - people.utilities(person)[now]
        };
        let harms_nobody =
            |option: &usize| heard.iter().all(|&person| gain(person, *option) >= 0.0);
        let open: Vec<usize> = (0..options).filter(harms_nobody).collect();
        // What a person gains at most is the unit of what they gain.
        let gains = |&person: &usize| {
            let own: Vec<f64> = open.iter().map(|&option| gain(person, option)).collect();
            let most = own.iter().copied().fold(0.0, f64::max);
            let scaled = own.into_iter().map(|gain| gain / most).collect::<Vec<_>>();
            if most > 0.0 { Ok(scaled) } else { Err(AggregationError::NobodyGains { person }) }
        };
        let gains = heard.iter().map(gains).collect::<Result<Vec<_>, _>>()?;
        let weights: Vec<f64> = heard.iter().map(|&person| people.weight(person)).collect();
        let mut lottery = vec![0.0; options];
        for (&option, chance) in open.iter().zip(best(&gains, &weights, open.len())) {
            lottery[option] = chance;
        }
        Ok(Decision::of_lottery(lottery))
    }
}

/// Maximizes `sum_a w_a ln(gains_a . p)` over lotteries. `gains`: `[person][option]`
fn best(gains: &[Vec<f64>], weights: &[f64], options: usize) -> Vec<f64> {
    let mut chances = vec![1.0 / options as f64; options];
    for _ in 0..MOST_STEPS {
        let mut slopes = vec![0.0; options];
        for (own, weight) in gains.iter().zip(weights) {
            let expected: f64 = own.iter().zip(&chances).map(|(gain, p)| gain * p).sum();
            slopes.iter_mut().zip(own).for_each(|(slope, gain)| *slope += weight * gain / expected);
        }
        // Weights sum to 1, and so does p . slopes: no lottery is better by more than ln of the largest.
        let largest = slopes.iter().copied().fold(0.0, f64::max);
        if largest.ln() <= NEAR {
            break;
        }
        chances.iter_mut().zip(&slopes).for_each(|(p, slope)| *p *= slope);
    }
    chances
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lottery(utilities: &[Vec<f64>], weights: &[f64]) -> Result<Vec<f64>, AggregationError> {
        let society = Society::new(utilities, weights, &vec![0; utilities.len()]).unwrap();
        Nash::default().decide(&society).map(|decision| decision.lottery.unwrap())
    }

    #[test]
    fn who_want_opposite_things_share_by_weight() {
        // Each gains from one option alone: the chances are the weights, whatever the units.
        let found = lottery(&[vec![0.0, 5.0, 0.0], vec![0.0, 0.0, 0.01]], &[3.0, 1.0]).unwrap();
        for (found, expect) in found.iter().zip([0.0, 0.75, 0.25]) {
            assert!((found - expect).abs() < 1e-6, "{found} {expect}");
        }
    }

    #[test]
    fn a_compromise_that_is_worth_more_than_half_to_both_is_sure() {
        let found =
            lottery(&[vec![0.0, 1.0, 0.0, 0.6], vec![0.0, 0.0, 1.0, 0.6]], &[1.0, 1.0]).unwrap();
        assert!(found[3] > 1.0 - 1e-6, "{found:?}");
    }

    #[test]
    fn what_harms_somebody_takes_no_part_and_who_gains_nothing_is_named() {
        let found = lottery(&[vec![0.0, 9.0, 1.0], vec![0.0, -1.0, 1.0]], &[1.0, 1.0]).unwrap();
        assert_eq!(found[1], 0.0);
        let error = lottery(&[vec![0.0, 1.0], vec![0.0, -1.0]], &[1.0, 1.0]).unwrap_err();
        assert_eq!(error, AggregationError::NobodyGains { person: 0 });
    }
}
