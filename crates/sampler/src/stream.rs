//! Random streams named by seed and purpose, as `medley_training::stream` gives them to what learns.
//! That crate needs Burn, and a sampler needs none of it.

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

/// Puts standard normal numbers into `numbers` (Box and Muller 1958).
pub fn normals(rng: &mut ChaCha8Rng, numbers: &mut [f64]) {
    for pair in numbers.chunks_mut(2) {
        let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
        pair.iter_mut().zip([radius * cos, radius * sin]).for_each(|(x, normal)| *x = normal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_their_moments() {
        let mut numbers = vec![0.0; 1_000_001];
        normals(&mut stream(1, "normals"), &mut numbers);
        let moment =
            |power: i32| numbers.iter().map(|x| x.powi(power)).sum::<f64>() / numbers.len() as f64;
        // Standard errors: 0.001, 0.0014, 0.0039, 0.0098.
        for (power, expect, error) in
            [(1, 0.0, 0.004), (2, 1.0, 0.006), (3, 0.0, 0.016), (4, 3.0, 0.04)]
        {
            assert!((moment(power) - expect).abs() < error, "{power}: {}", moment(power));
        }
        assert_ne!(numbers[0], numbers[1]);
    }

    #[test]
    fn purpose_and_seed_both_matter() {
        let draw = |seed, purpose| stream(seed, purpose).random::<u64>();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }
}
