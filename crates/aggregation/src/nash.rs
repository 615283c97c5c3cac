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
        let by_option = |place: usize| gains.iter().map(|own| own[place]).collect();
        let columns: Vec<Vec<f64>> = (0..open.len()).map(by_option).collect();
        let mut lottery = vec![0.0; options];
        for (&option, chance) in open.iter().zip(best(&columns, &weights)) {
            lottery[option] = chance;
        }
        Ok(Decision::of_lottery(lottery))
    }
}

/// Maximizes `sum_a w_a ln(gains_a . p)` over lotteries. Options that lose chance while few enough have it are left
/// aside, and come back for good if they are worth more than the lottery once that of the others is best.
/// `gains`: `[option][person]`
fn best(gains: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let options = gains.len();
    let least = 0.1 / options as f64;
    let mut chances = vec![1.0 / options as f64; options];
    let mut active: Vec<usize> = (0..options).collect();
    let mut for_good = vec![false; options];
    for _ in 0..MOST_STEPS {
        let slopes = slopes(gains, weights, &active, &chances);
        // Weights sum to 1, and so does p . slopes: no lottery is better by more than ln of the largest.
        let largest = slopes.iter().copied().fold(0.0, f64::max);
        if largest.ln() > NEAR {
            active.iter().zip(&slopes).for_each(|(&option, slope)| chances[option] *= slope);
            let mut of = slopes.iter();
            active.retain(|&option| {
                let rises = of.next().is_some_and(|slope| *slope >= 1.0);
                rises || for_good[option] || chances[option] >= least
            });
        } else {
            let aside: Vec<usize> =
                (0..options).filter(|option| !active.contains(option)).collect();
            let found = self::slopes(gains, weights, &aside, &chances);
            let worth = aside.iter().zip(found).filter(|(_, slope)| slope.ln() > NEAR);
            let back: Vec<usize> = worth.map(|(&option, _)| option).collect();
            if back.is_empty() {
                break;
            }
            for option in back {
                (for_good[option], chances[option]) = (true, least);
                active.push(option);
            }
        }
        normalize(&active, &mut chances);
    }
    chances
}

/// Chances of the active options alone, with a sum of 1.
fn normalize(active: &[usize], chances: &mut [f64]) {
    let sum: f64 = active.iter().map(|&option| chances[option]).sum();
    let kept: Vec<f64> = active.iter().map(|&option| chances[option] / sum).collect();
    chances.fill(0.0);
    active.iter().zip(kept).for_each(|(&option, chance)| chances[option] = chance);
}

/// `sum_a w_a gains_a(i) / (gains_a . p)` of some options.
fn slopes(gains: &[Vec<f64>], weights: &[f64], of: &[usize], chances: &[f64]) -> Vec<f64> {
    let mut expected = vec![0.0; weights.len()];
    for (own, &chance) in gains.iter().zip(chances).filter(|(_, chance)| **chance > 0.0) {
        expected.iter_mut().zip(own).for_each(|(sum, gain)| *sum += chance * gain);
    }
    // Whom the lottery leaves with nothing has a slope beyond all others.
    let ratio = |(weight, expected): (&f64, &f64)| weight / expected.max(1e-200);
    let ratios: Vec<f64> = weights.iter().zip(&expected).map(ratio).collect();
    of.iter().map(|&option| dot(&gains[option], &ratios)).collect()
}

/// In four sums, which can be taken side by side.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (mut sums, fours) = ([0.0; 4], a.len() / 4 * 4);
    for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
        (0..4).for_each(|k| sums[k] += a[k] * b[k]);
    }
    let rest: f64 = a[fours..].iter().zip(&b[fours..]).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
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

    /// Of 40 options, the few that count are those that a search over all of them finds.
    #[test]
    fn what_is_left_aside_is_worth_nothing() {
        let rng = &mut medley_random::stream(1, "gains");
        let mut normal = || medley_random::normal(rng);
        for _ in 0..10 {
            let common: Vec<f64> = (0..40).map(|_| normal()).collect();
            let gains: Vec<Vec<f64>> = common
                .iter()
                .map(|common| (0..25).map(|_| (0.3 * common + normal()).exp()).collect())
                .collect();
            let weights = vec![0.04; 25];
            let found = best(&gains, &weights);
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let all: Vec<usize> = (0..40).collect();
            let slopes = slopes(&gains, &weights, &all, &found);
            for (slope, chance) in slopes.iter().zip(&found) {
                assert!(slope.ln() < 1e-8, "{slope}");
                assert!(*chance < 1e-3 || (slope - 1.0).abs() < 1e-4, "{slope} {chance}");
            }
        }
    }

    /// Two who gain from nothing but one option each, among many that others like.
    #[test]
    fn nobody_is_left_with_nothing() {
        let mut gains = vec![vec![1.0; 100]; 50];
        for own in &mut gains {
            (own[0], own[1]) = (0.0, 0.0);
        }
        (gains[7][0], gains[9][1]) = (1.0, 1.0);
        let found = best(&gains, &[0.01; 100]);
        assert!((found[7] - 0.5).abs() < 1e-4 && (found[9] - 0.5).abs() < 1e-4, "{found:?}");
    }
}
