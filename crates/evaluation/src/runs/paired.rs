//! Which of two modes is better, where both were run on the same splits?
//!
//! A split that is hard for one mode is hard for the other: differences within splits vary less than
//! either score. How sure one is of their mean depends on the question, and the two answers have types
//! of their own, as they are easily taken for each other:
//!
//! - [`ThisData`]: further splits of the data at hand. The splits are drawn, the data stay. More splits
//!   make it as small as one likes, and say nothing of other data.
//! - [`NewSample`]: another sample of the same population. Training and test parts of splits overlap, so
//!   that their differences are dependent; the corrected resampled t interval allows for it (Nadeau and
//!   Bengio 2003), and no number of splits makes it vanish.
//!
//! It deliberately has no interval of the paired t test over splits: it would claim to be the second and
//! is the first.

use serde::{Deserialize, Serialize};

use super::sign_flip::{SignFlipTest, sign_flip_test};
use super::stratified::mean;
use super::student::{two_sided_quantile, two_sided_tail};
use crate::interval::bootstrap::CONFIDENCE;

/// What [`paired_difference`] has to know besides scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairedSettings {
    /// Size of a training part, in whatever the split draws (statements, or prompts if it keeps these
    /// whole).
    pub train: usize,
    /// Size of a test part, in the same unit.
    pub test: usize,
    /// Flips of signs that are drawn where there are more than 16 splits.
    pub flips: u64,
    /// Seed of the flips, and of nothing else.
    pub seed: u64,
}

impl PairedSettings {
    /// 65,535 flips of seed 0: p values in steps of 2^-16.
    pub fn new(train: usize, test: usize) -> Self {
        Self { train, test, flips: 65_535, seed: 0 }
    }
}

/// The difference of two modes over the splits in which both completed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedDifference {
    /// Mean over splits of first minus second, in the unit of the scores.
    pub mean: f64,
    /// Where it comes from.
    pub splits: PairedSplits,
    /// How sure one is of the mean.
    pub spread: Spread,
    /// Whether the signs could be chance, of these differences. It takes splits as independent, so it
    /// is about this data, as [`ThisData`].
    pub test: SignFlipTest,
    /// Share of splits in which the first mode is better; equal scores count half.
    pub won: f64,
}

/// How many splits there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairedSplits {
    /// In which both completed: those that count.
    pub both: usize,
    /// In which the first mode failed, whatever the second did.
    pub first_failed: usize,
    /// In which the second mode failed, whatever the first did.
    pub second_failed: usize,
}

/// How differences vary over splits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// Both modes completed one split only: nothing varies.
    OneSplit,
    /// The difference is the same in each split, up to rounding. That is no certainty.
    Constant,
    /// It varies.
    Known {
        /// Over further splits of the data at hand.
        this_data: ThisData,
        /// Over samples of the population.
        new_sample: NewSample,
        /// Cohen's d_z: mean over standard deviation of the differences (Cohen 1988, section 2.3.5).
        effect: f64,
    },
}

/// How far the mean would move with further splits of *this data*.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThisData {
    /// `sd / sqrt(J)` over J splits, in the unit of the scores.
    pub standard_error: f64,
}

/// How far the mean would move with *a new sample* of data, split anew: the corrected resampled t
/// interval and test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewSample {
    /// `sd * sqrt(1 / J + test / train)`, in the unit of the scores.
    pub standard_error: f64,
    /// Lower end of the 95 % interval: `t_{J-1}` standard errors below the mean.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Two-sided p value of no difference, by the same t.
    pub p: f64,
}

/// Compares two modes by their scores on the same splits.
///
/// The corrected interval is for splits that are drawn at random, each from all of the data, and for a
/// new sample of as many data (Nadeau and Bengio 2003, "Inference for the Generalization Error", the
/// corrected resampled t test). It takes the correlation of two splits to be `test / (test + train)`,
/// which is a guess; how often it covers in one simulation is in docs/GLOSSARY.md.
///
/// A split in which either mode failed says nothing of their difference and is counted. If failing is
/// itself a bad result, put the score that it deserves in place of `None`.
///
/// ```
/// use medley_evaluation::{PairedSettings, Spread, paired_difference};
/// let joint = [0.81, 0.79, 0.84].map(Some);
/// let weighted = [0.80, 0.76, 0.79].map(Some);
/// let found = paired_difference(&joint, &weighted, &PairedSettings::new(800, 200)).unwrap();
/// let Spread::Known { this_data, new_sample, .. } = found.spread else { unreachable!() };
/// // 0.03 +- 0.012 for these splits; of a new sample three splits say little.
/// assert!((found.mean - 0.03).abs() < 1e-12 && (this_data.standard_error - 0.01155).abs() < 1e-5);
/// assert!(new_sample.low < 0.0 && new_sample.high > 0.09);
/// ```
///
/// # Shapes
/// `first`, `second`: `[split]`, `None` where the run failed.
///
/// # Errors
/// The lists differ in length, a score is NaN or infinite, no split was completed by both, or the
/// training or test part has no size.
pub fn paired_difference(
    first: &[Option<f64>],
    second: &[Option<f64>],
    settings: &PairedSettings,
) -> Result<PairedDifference, PairedError> {
    let pairs = completed(first, second, settings)?;
    let differences: Vec<f64> = pairs.iter().map(|(first, second)| first - second).collect();
    let failed = |scores: &[Option<f64>]| scores.iter().filter(|score| score.is_none()).count();
    let won = differences.iter().map(|difference| match difference {
        won if *won > 0.0 => 1.0,
        lost if *lost < 0.0 => 0.0,
        _ => 0.5,
    });
    Ok(PairedDifference {
        mean: mean(&differences),
        splits: PairedSplits {
            both: pairs.len(),
            first_failed: failed(first),
            second_failed: failed(second),
        },
        spread: spread(&pairs, &differences, settings),
        test: sign_flip_test(&differences, settings.flips, settings.seed),
        won: won.sum::<f64>() / pairs.len() as f64,
    })
}

fn completed(
    first: &[Option<f64>],
    second: &[Option<f64>],
    settings: &PairedSettings,
) -> Result<Vec<(f64, f64)>, PairedError> {
    if first.len() != second.len() {
        return Err(PairedError::Length { first: first.len(), second: second.len() });
    }
    if settings.train == 0 || settings.test == 0 {
        return Err(PairedError::NoPart { train: settings.train, test: settings.test });
    }
    for (mode, scores) in [("first", first), ("second", second)] {
        let unusable = |score: &Option<f64>| score.is_some_and(|score| !score.is_finite());
        if let Some(split) = scores.iter().position(unusable) {
            return Err(PairedError::NotFinite { mode, split });
        }
    }
    let pairs: Vec<(f64, f64)> =
        first.iter().zip(second).filter_map(|(first, second)| first.zip(*second)).collect();
    if pairs.is_empty() {
        return Err(PairedError::NoPair { splits: first.len() });
    }
    Ok(pairs)
}

fn spread(pairs: &[(f64, f64)], differences: &[f64], settings: &PairedSettings) -> Spread {
    if differences.len() < 2 {
        return Spread::OneSplit;
    }
    let least = differences.iter().copied().fold(f64::INFINITY, f64::min);
    let most = differences.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let size = pairs.iter().map(|(a, b)| a.abs().max(b.abs())).fold(0.0, f64::max);
    if most - least <= 1e-12 * size {
        return Spread::Constant;
    }
    let (mean, splits) = (mean(differences), differences.len() as f64);
    let squares: f64 = differences.iter().map(|difference| (difference - mean).powi(2)).sum();
    let sd = (squares / (splits - 1.0)).sqrt();
    Spread::Known {
        this_data: ThisData { standard_error: sd / splits.sqrt() },
        new_sample: NewSample::new(mean, sd, splits, settings.test as f64 / settings.train as f64),
        effect: mean / sd,
    }
}

impl NewSample {
    fn new(mean: f64, sd: f64, splits: f64, test_over_train: f64) -> Self {
        let standard_error = sd * (1.0 / splits + test_over_train).sqrt();
        let half = standard_error * two_sided_quantile(CONFIDENCE, splits - 1.0);
        let p = two_sided_tail(mean / standard_error, splits - 1.0);
        Self { standard_error, low: mean - half, high: mean + half, p }
    }
}

/// Why two modes cannot be compared split by split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairedError {
    /// Not the same splits.
    #[error("the first mode has scores of {first} splits, the second of {second}")]
    Length {
        /// Splits of the first mode.
        first: usize,
        /// Splits of the second mode.
        second: usize,
    },
    /// A score is NaN or infinite.
    #[error(
        "split {split}: the score of the {mode} mode is not a finite number; a failed run is `None`"
    )]
    NotFinite {
        /// `first` or `second`.
        mode: &'static str,
        /// From 0.
        split: usize,
    },
    /// Nothing to compare.
    #[error("none of {splits} splits was completed by both modes")]
    NoPair {
        /// All splits.
        splits: usize,
    },
    /// A part of the split is empty.
    #[error("{train} training and {test} test statements: both parts need some")]
    NoPart {
        /// As given.
        train: usize,
        /// As given.
        test: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::sign_flip::Flips;

    const SETTINGS: PairedSettings = PairedSettings { train: 80, test: 20, flips: 999, seed: 0 };

    fn of(first: &[f64], second: &[f64]) -> PairedDifference {
        let [first, second] =
            [first, second].map(|scores| scores.iter().copied().map(Some).collect::<Vec<_>>());
        paired_difference(&first, &second, &SETTINGS).unwrap()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }

    #[test]
    fn by_hand() {
        // Differences 1, 2, 3, 2: mean 2, sd sqrt(2 / 3).
        let difference = of(&[2.0, 4.0, 6.0, 5.0], &[1.0, 2.0, 3.0, 3.0]);
        let Spread::Known { this_data, new_sample, effect } = difference.spread else { panic!() };
        let sd = (2.0_f64 / 3.0).sqrt();
        close(difference.mean, 2.0);
        close(this_data.standard_error, sd / 2.0);
        close(new_sample.standard_error, sd * (0.25_f64 + 0.25).sqrt());
        // t of 3 degrees, 3.182446305284263.
        close(new_sample.high, 2.0 + 3.182_446_305_284_263 * sd * 0.5_f64.sqrt());
        close(new_sample.low, 4.0 - new_sample.high);
        close(effect, 2.0 / sd);
        assert_eq!(difference.won, 1.0);
        assert_eq!(difference.test.flips, Flips::All { as_far: 2, of: 16 });
    }

    #[test]
    fn failed_splits_are_counted_and_say_nothing() {
        let first = [Some(2.0), None, Some(4.0), None, Some(1.0)];
        let second = [Some(1.0), Some(9.0), Some(1.0), None, None];
        let difference = paired_difference(&first, &second, &SETTINGS).unwrap();
        let splits = PairedSplits { both: 2, first_failed: 2, second_failed: 2 };
        assert_eq!((difference.mean, difference.splits), (2.0, splits));
    }

    #[test]
    fn what_does_not_vary_is_no_certainty() {
        assert_eq!(of(&[2.0], &[1.0]).spread, Spread::OneSplit);
        // 0.3 - 0.1 and 0.4 - 0.2 differ in their last bits.
        let constant = of(&[0.3, 0.4], &[0.1, 0.2]);
        assert_eq!(constant.spread, Spread::Constant);
        assert_eq!(constant.test.p, 0.5);
        assert_eq!(of(&[1.0, 2.0], &[1.0, 2.0]).won, 0.5);
    }

    #[test]
    fn errors_name_the_place() {
        let error = |first: &[Option<f64>], second: &[Option<f64>], settings: PairedSettings| {
            paired_difference(first, second, &settings).unwrap_err().to_string()
        };
        let one = [Some(1.0)];
        let length = error(&one, &[], SETTINGS);
        assert_eq!(length, "the first mode has scores of 1 splits, the second of 0");
        let nan = error(&one, &[Some(f64::NAN)], SETTINGS);
        assert!(nan.starts_with("split 0: the score of the second mode"), "{nan}");
        let none = error(&one, &[None], SETTINGS);
        assert_eq!(none, "none of 1 splits was completed by both modes");
        let empty = error(&one, &one, PairedSettings::new(0, 20));
        assert_eq!(empty, "0 training and 20 test statements: both parts need some");
    }

    #[test]
    fn order_a_constant_and_sides() {
        let (first, second) = ([0.5, 2.0, 1.25, 3.0], [0.25, 2.5, 1.0, 1.0]);
        let difference = of(&first, &second);
        let moved = of(&first.map(|score| score + 8.0), &second.map(|score| score + 8.0));
        assert_eq!(moved, difference);
        let mut turned = (first, second);
        turned.0.rotate_left(1);
        turned.1.rotate_left(1);
        let turned = of(&turned.0, &turned.1);
        close(turned.mean, difference.mean);
        assert_eq!((turned.test, turned.won), (difference.test, difference.won));
        let swapped = of(&second, &first);
        assert_eq!((swapped.mean, swapped.won), (-difference.mean, 1.0 - difference.won));
        let ends = |of: PairedDifference| match of.spread {
            Spread::Known { new_sample, .. } => (new_sample.low, new_sample.high, new_sample.p),
            other => panic!("{other:?}"),
        };
        let ((low, high, p), (other_low, other_high, other_p)) = (ends(difference), ends(swapped));
        assert_eq!((low, high, p), (-other_high, -other_low, other_p));
    }
}
