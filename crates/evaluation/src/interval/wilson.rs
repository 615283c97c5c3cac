//! Which interval belongs to a plain proportion of independent trials?

/// Wilson's 95 % score interval of `successes` out of `trials` independent trials (Wilson 1927).
///
/// It keeps its coverage near 0 and 1, where the normal interval has none. Statements that share a
/// prompt are *not* independent: use the cluster bootstrap for those. `None` without trials or
/// with more successes than trials.
///
/// ```
/// let (low, high) = medley_evaluation::wilson(0.0, 10.0).unwrap();
/// assert_eq!(low, 0.0);
/// assert!((high - 0.277_53).abs() < 1e-5);
/// ```
pub fn wilson(successes: f64, trials: f64) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if !(trials > 0.0 && (0.0..=trials).contains(&successes)) {
        return None;
    }
    let p = successes / trials;
    let scale = 1.0 + Z * Z / trials;
    let centre = (p + Z * Z / (2.0 * trials)) / scale;
    let half = Z / scale * (p * (1.0 - p) / trials + Z * Z / (4.0 * trials * trials)).sqrt();
    // The ends are exact there, and rounding would leave them a hair inside.
    let low = if successes == 0.0 { 0.0 } else { centre - half };
    let high = if successes == trials { 1.0 } else { centre + half };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // 81 of 263, the example of Newcombe 1998, table I: 0.2553 to 0.3662.
        let (low, high) = wilson(81.0, 263.0).unwrap();
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
        assert_eq!(wilson(1.0, 0.0), None);
        assert_eq!(wilson(3.0, 2.0), None);
        let (low, high) = wilson(10.0, 10.0).unwrap();
        assert!(high == 1.0 && (low - (1.0 - 0.277_53)).abs() < 1e-5);
    }
}
