//! By how much does one number exceed another, over seeds that have both, and how sure is that?
//!
//! Where each seed splits the data anew, the interval is that of the corrected resampled t (Nadeau and Bengio
//! 2003): test parts overlap, so that the plain t over splits would be too narrow for another sample of such
//! data. Where all seeds share one split it is the plain t, which is about other seeds on this split and
//! nothing else.

use std::collections::BTreeMap;

use medley_evaluation::{PairedSettings, Spread, paired_difference};

use crate::page::Resampled;
use crate::{LEAST_SEEDS, ReportError};

/// A mean difference over pairs of runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Seeds with both numbers.
    pub pairs: u64,
    /// Mean of first minus second, in the unit of the numbers.
    pub mean: f64,
    /// How sure that is.
    pub interval: PairedInterval,
}

/// The 95 % interval of a mean difference, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PairedInterval {
    /// Fewer than [`LEAST_SEEDS`] pairs.
    Few,
    /// The difference is the same in each pair, which is no certainty.
    Constant,
    /// Lower and upper end.
    Known(f64, f64),
}

impl Paired {
    /// Whether there is an interval and 0 is not in it.
    pub fn excludes_zero(&self) -> bool {
        matches!(self.interval, PairedInterval::Known(low, high) if low > 0.0 || high < 0.0)
    }

    /// The ends of the interval.
    pub fn ends(&self) -> Option<(f64, f64)> {
        match self.interval {
            PairedInterval::Known(low, high) => Some((low, high)),
            PairedInterval::Few | PairedInterval::Constant => None,
        }
    }
}

/// A training part so large that the test part has no weight: the correction is 1 / J alone.
const NO_CORRECTION: (usize, usize) = (usize::MAX, 1);
/// In which sizes of parts are told, so that shares become whole numbers.
const GRAIN: f64 = 1e6;

/// The mean of `first` minus `second` over the keys of both. None where no key has two finite numbers.
///
/// # Errors
/// What [`paired_difference`] refuses, which a list of finite numbers is not.
pub fn paired<K: Ord>(
    first: &BTreeMap<K, f64>,
    second: &BTreeMap<K, f64>,
    resampled: Resampled,
) -> Result<Option<Paired>, ReportError> {
    let both = first.iter().filter_map(|(key, value)| Some((*value, *second.get(key)?)));
    let finite = both.filter(|(a, b)| a.is_finite() && b.is_finite());
    let (first, second): (Vec<_>, Vec<_>) = finite.map(|(a, b)| (Some(a), Some(b))).unzip();
    if first.is_empty() {
        return Ok(None);
    }
    let (train, test) = match resampled {
        Resampled::Splits { test_over_train } if test_over_train > 0.0 => {
            (GRAIN as usize, ((GRAIN * test_over_train).round() as usize).max(1))
        }
        Resampled::Splits { .. } | Resampled::OneSplit => NO_CORRECTION,
    };
    let found = paired_difference(&first, &second, &PairedSettings::new(train, test))
        .map_err(|error| ReportError::Comparison(error.to_string()))?;
    let interval = match found.spread {
        _ if found.splits.both < LEAST_SEEDS => PairedInterval::Few,
        Spread::Known { new_sample, .. } => PairedInterval::Known(new_sample.low, new_sample.high),
        Spread::Constant | Spread::OneSplit => PairedInterval::Constant,
    };
    Ok(Some(Paired { pairs: found.splits.both as u64, mean: found.mean, interval }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> BTreeMap<usize, f64> {
        values.iter().copied().enumerate().collect()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }

    #[test]
    fn by_hand() {
        // Differences 1 to 5: mean 3, sd sqrt(2.5); t of 4 degrees is 2.776445105197793.
        let (first, second) = (of(&[2.0, 4.0, 6.0, 8.0, 10.0]), of(&[1.0, 2.0, 3.0, 4.0, 5.0]));
        let half = 2.776_445_105_197_793 * 2.5_f64.sqrt();
        let one = paired(&first, &second, Resampled::OneSplit).unwrap().unwrap();
        assert_eq!((one.pairs, one.mean), (5, 3.0));
        close(one.ends().unwrap().0, 3.0 - half * 0.2_f64.sqrt());
        let anew = Resampled::Splits { test_over_train: 0.5 };
        let wider = paired(&first, &second, anew).unwrap().unwrap();
        close(wider.ends().unwrap().1, 3.0 + half * 0.7_f64.sqrt());
        assert!(one.excludes_zero() && !wider.excludes_zero(), "{wider:?}");
    }

    #[test]
    fn few_pairs_and_constant_ones_have_no_interval() {
        let few = paired(&of(&[1.0, 2.0, 4.0, 3.0]), &of(&[0.0; 9]), Resampled::OneSplit).unwrap();
        assert_eq!(few.unwrap().interval, PairedInterval::Few);
        let same = paired(&of(&[1.0; 6]), &of(&[0.5; 6]), Resampled::OneSplit).unwrap().unwrap();
        assert_eq!((same.interval, same.excludes_zero()), (PairedInterval::Constant, false));
        let none = paired(&of(&[f64::NEG_INFINITY]), &of(&[0.5]), Resampled::OneSplit).unwrap();
        assert_eq!(none, None);
    }
}
