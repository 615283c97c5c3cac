//! Which of many differences can be told from chance?
//!
//! Of twenty comparisons without any difference, one has p < 0.05 on average. Adjusted p values can be
//! held against the level directly, whatever the number of comparisons. Both corrections are those of
//! `multipletests` in statsmodels (`holm`, `fdr_bh`).

/// Adjusted p values, in the order of `p`, that keep the chance of *any* false finding below the level,
/// under any dependence (Holm 1979): `max over j <= i of (m - j + 1) p_(j)`, at most 1.
///
/// ```
/// let adjusted = medley_evaluation::holm(&[0.01, 0.04, 0.03]).unwrap();
/// assert_eq!(adjusted, [0.03, 0.06, 0.06]);
/// ```
///
/// # Errors
/// A value is no probability.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, PValueError> {
    let order = rising(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut largest = 0.0_f64;
    for (rank, &at) in order.iter().enumerate() {
        largest = largest.max((p.len() - rank) as f64 * p[at]);
        adjusted[at] = largest.min(1.0);
    }
    Ok(adjusted)
}

/// Adjusted p values, in the order of `p`, that keep the expected share of false findings among the
/// findings below the level, for tests that are independent or positively dependent (Benjamini and
/// Hochberg 1995): `min over j >= i of m p_(j) / j`.
///
/// # Errors
/// A value is no probability.
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, PValueError> {
    let order = rising(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut least = 1.0_f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p.len() as f64 * p[at] / (rank + 1) as f64);
        adjusted[at] = least;
    }
    Ok(adjusted)
}

fn rising(p: &[f64]) -> Result<Vec<usize>, PValueError> {
    if let Some(index) = p.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(PValueError { index, value: p[index] });
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    Ok(order)
}

/// A p value is NaN or outside [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("p value {index} is {value}, which is no probability")]
pub struct PValueError {
    /// From 0.
    pub index: usize,
    /// As given.
    pub value: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        let p = [0.01, 0.04, 0.03, 0.005];
        // Rising: 0.005, 0.01, 0.03, 0.04. Times 4, 3, 2, 1 and carried on; times 4/1, 4/2, 4/3, 4/4.
        assert_eq!(holm(&p).unwrap(), [0.03, 0.06, 0.06, 0.02]);
        assert_eq!(benjamini_hochberg(&p).unwrap(), [0.02, 0.04, 0.04, 0.02]);
        assert_eq!(holm(&[0.6, 0.7]).unwrap(), [1.0, 1.0]);
        assert_eq!(holm(&[0.2]).unwrap(), benjamini_hochberg(&[0.2]).unwrap());
        assert!(holm(&[]).unwrap().is_empty() && benjamini_hochberg(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_probability_is_named() {
        let error = holm(&[0.1, 1.5]).unwrap_err().to_string();
        assert_eq!(error, "p value 1 is 1.5, which is no probability");
        assert_eq!(benjamini_hochberg(&[f64::NAN]).unwrap_err().index, 0);
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_the_order_and_holm_is_the_stricter(
            p in prop::collection::vec(0.0..1.0_f64, 1..12),
        ) {
            let (holm, fdr) = (holm(&p).unwrap(), benjamini_hochberg(&p).unwrap());
            for i in 0..p.len() {
                prop_assert!(p[i] <= fdr[i] + 1e-15 && fdr[i] <= holm[i] + 1e-15 && holm[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || (holm[i] <= holm[j] && fdr[i] <= fdr[j]));
                }
            }
        }
    }
}
