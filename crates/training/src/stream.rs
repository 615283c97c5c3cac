//! Random streams named by seed and purpose, so that no draw depends on the order of another.

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// The stream of `seed` for `purpose`; other purposes give unrelated streams (FNV-1a).
pub fn stream(seed: u64, purpose: &str) -> ChaCha8Rng {
    let start = 0xcbf2_9ce4_8422_2325;
    let hash =
        seed.to_le_bytes().iter().chain(purpose.as_bytes()).fold(start, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    ChaCha8Rng::seed_from_u64(hash)
}

/// A standard normal number (Box and Muller 1958).
pub(crate) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purpose_and_seed_both_matter() {
        let draw = |seed, purpose| stream(seed, purpose).random::<u64>();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }
}
