//! Are predicted shares of people right? Calibration by pairs.
//!
//! ```text
//! mean over pairs of (predicted - p)^2 - p (1 - p) / (n - 1)
//! ```
//!
//! where `p` of `n` votes are for the first item. The last term is an unbiased estimate of the variance of `p`
//! around the share in the population, so that the mean is one of the squared error of what was predicted, and
//! may fall below 0 by chance. Pairs with one vote say nothing and are left out. It says nothing of whether the
//! right *people* are in the share.

use super::ceiling::{Pair, PairVote, by_person, check_votes, sums};
use super::error::{MeasureError, check, some};
use super::jackknife::Jackknifed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far predicted shares are off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShareCalibration {
    /// Squared error without the binomial variance, mean over pairs; its error by leaving out people.
    pub error: Jackknifed,
    /// Squared distance to the observed shares, as it is.
    pub raw: f64,
    /// The binomial variance that was taken off.
    pub noise: f64,
    /// Pairs that count.
    pub pairs: usize,
    /// Pairs with a single vote, which do not.
    pub left_out: usize,
}

/// Of votes, and the predicted share for the first item of each pair, by its number.
///
/// # Errors
/// No votes, a share outside of 0 to 1, a pair without a prediction, or no pair with two votes.
pub fn share_calibration(
    votes: &[PairVote],
    predicted: &[f64],
) -> Result<ShareCalibration, MeasureError> {
    some("votes", votes)?;
    check_votes(votes)?;
    let known = |share: f64| (0.0..=1.0).contains(&share);
    check("predicted share", "a share from 0 to 1", predicted.iter().copied(), known)?;
    let count = predicted.len();
    if let Some(vote) = votes.iter().find(|vote| vote.pair as usize >= count) {
        return Err(MeasureError::Unknown { what: "pair", count, found: vote.pair as usize });
    }
    let pairs = sums(votes);
    let all = Sums::of(&pairs, predicted);
    if all.pairs < 0.5 {
        return Err(MeasureError::Empty { what: "pairs with two votes" });
    }
    let mut without = Vec::new();
    for own in by_person(votes) {
        let mut rest = all;
        for (pair, own) in sums(&own) {
            let (whole, predicted) = (pairs[&pair], predicted[pair as usize]);
            let others = Pair { votes: whole.votes - own.votes, first: whole.first - own.first };
            rest.add(whole, predicted, -1.0);
            rest.add(others, predicted, 1.0);
        }
        without.extend((rest.pairs > 0.5).then(|| rest.error()));
    }
    Ok(ShareCalibration {
        error: Jackknifed::new(all.error(), &without),
        raw: all.raw / all.pairs,
        noise: all.noise / all.pairs,
        pairs: all.pairs as usize,
        left_out: pairs.len() - all.pairs as usize,
    })
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    pairs: f64,
    raw: f64,
    noise: f64,
}

impl Sums {
    fn of(pairs: &BTreeMap<u32, Pair>, predicted: &[f64]) -> Self {
        let mut sums = Self::default();
        pairs.iter().for_each(|(pair, votes)| sums.add(*votes, predicted[*pair as usize], 1.0));
        sums
    }

    fn add(&mut self, pair: Pair, predicted: f64, times: f64) {
        if pair.votes < 1.5 {
            return;
        }
        let share = pair.first / pair.votes;
        self.pairs += times;
        self.raw += times * (predicted - share).powi(2);
        self.noise += times * share * (1.0 - share) / (pair.votes - 1.0);
    }

    fn error(&self) -> f64 {
        (self.raw - self.noise) / self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    fn votes(table: &[(u32, u32, f64)]) -> Vec<PairVote> {
        table.iter().map(|&(person, pair, first)| PairVote { person, pair, first }).collect()
    }

    #[test]
    fn by_hand() {
        let list = votes(&[(0, 0, 1.0), (1, 0, 1.0), (2, 0, 0.0), (0, 1, 1.0)]);
        let found = share_calibration(&list, &[0.5, 0.0]).unwrap();
        // (0.5 - 2/3)^2 = 1/36; (2/9) / 2 = 1/9. Pair 1 has one vote.
        assert_eq!((found.pairs, found.left_out), (1, 1));
        assert!((found.raw - 1.0 / 36.0).abs() < 1e-12 && (found.noise - 1.0 / 9.0).abs() < 1e-12);
        assert!((found.error.value - (1.0 / 36.0 - 1.0 / 9.0)).abs() < 1e-12);
    }

    /// Right shares have an error of 0 and wrong ones theirs, however few vote.
    #[test]
    fn the_error_is_that_of_the_population() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let truth: Vec<f64> = (0..3000).map(|_| rng.random::<f64>()).collect();
        let mut list = Vec::new();
        for (pair, share) in truth.iter().enumerate() {
            for person in 0..4 {
                let first = f64::from(u8::from(rng.random::<f64>() < *share));
                list.push(PairVote {
                    person: person + 4 * (pair as u32 % 50),
                    pair: pair as u32,
                    first,
                });
            }
        }
        let right = share_calibration(&list, &truth).unwrap();
        assert!(
            right.error.value.abs() < 3.0 * right.error.se && right.error.se < 0.003,
            "{right:?}"
        );
        assert!(right.raw > 0.03, "{right:?}");
        let wrong: Vec<f64> = truth.iter().map(|share| 0.2 + 0.6 * share).collect();
        // E (0.2 - 0.4 u)^2 = 0.16 / 12 for u uniform.
        let wrong = share_calibration(&list, &wrong).unwrap();
        assert!((wrong.error.value - 0.16 / 12.0).abs() < 3.0 * wrong.error.se, "{wrong:?}");
    }

    #[test]
    fn edges() {
        let check = |list: &[PairVote], predicted: &[f64], expect: &str| {
            assert_eq!(share_calibration(list, predicted).unwrap_err().to_string(), expect);
        };
        check(&[], &[], "expected at least one of votes, found none");
        let one = votes(&[(0, 0, 1.0)]);
        check(&one, &[], "pair 0 is not one of the 0");
        check(&one, &[0.5], "expected at least one of pairs with two votes, found none");
        check(&one, &[f64::NAN], "predicted share 0: expected a share from 0 to 1, found NaN");
    }
}
