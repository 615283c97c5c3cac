//! Could the differences of two modes have had the other sign by chance?

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Splits up to which all flips are tried: 2^16 of them.
const EXACT: usize = 16;

/// A paired permutation test, two-sided (Fisher 1935, section 21).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignFlipTest {
    /// Share of flips whose mean difference is as far from 0 as the one seen.
    pub p: f64,
    /// What it is a share of.
    pub flips: Flips,
}

/// Which flips of signs were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flips {
    /// All 2^splits of them: `p` is exact.
    All {
        /// As far from 0, out of all.
        as_far: u64,
        /// 2^splits, at most 2^16.
        of: u64,
    },
    /// So many drawn ones and the one seen, which counts: `p = (as_far + 1) / (of + 1)` is never 0 and
    /// never too small (Phipson and Smyth 2010).
    Drawn {
        /// As far from 0, out of the drawn ones.
        as_far: u64,
        /// Drawn.
        of: u64,
    },
}

/// Tests that each difference is as likely with the other sign.
///
/// All flips up to 16 differences, else `draws` of them from the stream of `seed`.
pub(crate) fn sign_flip_test(differences: &[f64], draws: u64, seed: u64) -> SignFlipTest {
    let seen = differences.iter().sum::<f64>().abs();
    let size: f64 = differences.iter().map(|difference| difference.abs()).sum();
    // Equal sums in another order differ in their last bits.
    let reached = seen - 1e-12 * size;
    let as_far = |sum: f64| u64::from(sum.abs() >= reached);
    if differences.len() <= EXACT {
        let of = 1 << differences.len();
        let as_far = (0..of).map(|flips: u64| as_far(flipped(differences, flips))).sum();
        return SignFlipTest { p: as_far as f64 / of as f64, flips: Flips::All { as_far, of } };
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let draw = |_| as_far(drawn(differences, &mut rng));
    let as_far = (0..draws).map(draw).sum();
    let p = (as_far + 1) as f64 / (draws + 1) as f64;
    SignFlipTest { p, flips: Flips::Drawn { as_far, of: draws } }
}

/// The sum where a set bit flips a sign. A branch on random bits would cost ten times the addition.
fn flipped(differences: &[f64], flips: u64) -> f64 {
    let signed = |(at, value): (usize, &f64)| f64::from_bits(value.to_bits() ^ (flips >> at << 63));
    differences.iter().enumerate().map(signed).sum()
}

fn drawn(differences: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    let chunks = differences.chunks(64);
    chunks.map(|chunk| flipped(chunk, rng.random::<u64>())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_flips_by_hand() {
        // Sums of (1, 2, 4) under all signs: 7, 5, 3, 1 and their mirrors.
        let test = |differences: &[f64]| sign_flip_test(differences, 0, 0);
        assert_eq!(test(&[1.0, 2.0, 4.0]).p, 0.25);
        assert_eq!(test(&[-1.0, 2.0, 4.0]).p, 0.5);
        assert_eq!(test(&[1.0, 2.0, -4.0]).p, 1.0);
        assert_eq!(test(&[3.0]).p, 1.0);
        assert_eq!(test(&[0.0, 0.0]).flips, Flips::All { as_far: 4, of: 4 });
        // 0.1 + 0.2 - 0.3 and 0.3 - 0.2 - 0.1 differ in their last bits.
        assert_eq!(test(&[0.1, 0.2, -0.3]).p, 1.0);
        assert_eq!(test(&[1.0; 16]).flips, Flips::All { as_far: 2, of: 65_536 });
    }

    #[test]
    fn drawn_flips_agree_with_all() {
        // 17 differences, of which one is 0 and halves nothing: exact over the other 16.
        let mut differences: Vec<f64> =
            (1..17).map(|i| f64::from(i) - 5.0 * f64::from(i % 3)).collect();
        let exact = sign_flip_test(&differences, 0, 0);
        differences.push(0.0);
        let sampled = sign_flip_test(&differences, 65_535, 1);
        // Three standard errors.
        let error = (exact.p * (1.0 - exact.p) / 65_536.0).sqrt();
        assert!((sampled.p - exact.p).abs() < 3.0 * error, "{exact:?} {sampled:?}");
        assert_eq!(sampled, sign_flip_test(&differences, 65_535, 1));
        assert_ne!(sampled, sign_flip_test(&differences, 65_535, 2));
    }

    #[test]
    fn a_drawn_p_is_never_0() {
        let test = sign_flip_test(&[1.0; 70], 999, 0);
        assert_eq!(test, SignFlipTest { p: 0.001, flips: Flips::Drawn { as_far: 0, of: 999 } });
        assert_eq!(sign_flip_test(&[1.0; 70], 0, 0).p, 1.0);
    }
}
