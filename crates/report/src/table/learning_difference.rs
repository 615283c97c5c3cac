//! How does a line of a learning curve differ from its baseline on the same seeds?

use medley_evaluation::{
    PValueError, PairedError, PairedSettings, Spread, benjamini_hochberg, holm, paired_difference,
};

use crate::ReportError;
use crate::metrics::{FIRST, TRAINED};

/// Line minus baseline, at the same number of statements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningDifference {
    /// Mean over the seeds that both completed, in the unit of the metric.
    pub mean: f64,
    /// Seeds that both completed.
    pub seeds: u64,
    /// Seeds that only the line completed, which say nothing of the difference.
    pub line_only: u64,
    /// Seeds that only the baseline completed.
    pub baseline_only: u64,
    /// How sure one is of the mean; none for one seed, and where the difference is the same under
    /// each, which is no certainty.
    pub spread: Option<LearningSpread>,
}

/// How sure one is of a difference. The two widths answer two questions:
/// [`ThisData`](medley_evaluation::ThisData) and [`NewSample`](medley_evaluation::NewSample).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningSpread {
    /// Two standard errors over these splits, in the unit of the metric.
    pub these_splits: f64,
    /// Half width of the 95 % interval for a new sample of such data (Nadeau and Bengio 2003).
    pub new_sample: f64,
    /// Two-sided p of no difference in a new sample, in [0, 1], after Holm's correction over the
    /// compared lines at the same number of statements.
    pub p: f64,
    /// The same p after Benjamini and Hochberg's correction: of the lines with a q of at most some level,
    /// the expected share of false findings is at most that level.
    pub q: f64,
}

/// Of these metrics those that differences are told in; all if there is none.
pub(crate) fn shown(metrics: Vec<String>) -> Vec<String> {
    let is_there = |metric: &&str| metrics.iter().any(|other| other == metric);
    // What the reward itself orders, or else what it gets right; and what training maximizes.
    let first = FIRST.into_iter().find(is_there);
    let trained = [TRAINED].into_iter().filter(|of| is_there(of) && first != Some(*of));
    let shown: Vec<String> = first.into_iter().chain(trained).map(str::to_owned).collect();
    if shown.is_empty() { metrics } else { shown }
}

/// Settings for splits with these shares, in thousandths. Flips of signs are drawn once only: their p
/// is about these splits, and is not shown.
///
/// # Errors
/// Shares that no split has, of what concerns `source`.
pub(crate) fn paired_settings(
    source: &str,
    train: f64,
    test: f64,
) -> Result<PairedSettings, ReportError> {
    if ![train, test].iter().all(|share| (0.001..=1.0).contains(share)) {
        return Err(ReportError::Shares { source_name: source.to_owned(), train, test });
    }
    let thousandths = |share: f64| (1000.0 * share).round() as usize;
    let settings = PairedSettings::new(thousandths(train), thousandths(test));
    Ok(PairedSettings { flips: 1, ..settings })
}

/// The difference, with `p` and `q` still to be corrected; none where no seed was completed by both, or a
/// score is infinite.
///
/// # Shapes
/// `line`, `baseline`: `[seed]`.
///
/// # Errors
/// What [`paired_difference`] finds wrong besides.
pub(crate) fn difference(
    line: &[Option<f64>],
    baseline: &[Option<f64>],
    settings: &PairedSettings,
) -> Result<Option<LearningDifference>, ReportError> {
    let found = match paired_difference(line, baseline, settings) {
        Ok(found) => found,
        Err(PairedError::NoPair { .. } | PairedError::NotFinite { .. }) => return Ok(None),
        Err(error) => return Err(ReportError::Comparison(error.to_string())),
    };
    let only = |one: &[Option<f64>], other: &[Option<f64>]| {
        one.iter().zip(other).filter(|(one, other)| one.is_some() && other.is_none()).count() as u64
    };
    Ok(Some(LearningDifference {
        mean: found.mean,
        seeds: found.splits.both as u64,
        line_only: only(line, baseline),
        baseline_only: only(baseline, line),
        spread: spread(&found.spread),
    }))
}

fn spread(found: &Spread) -> Option<LearningSpread> {
    match found {
        Spread::OneSplit | Spread::Constant => None,
        Spread::Known { this_data, new_sample, .. } => Some(LearningSpread {
            these_splits: 2.0 * this_data.standard_error,
            new_sample: (new_sample.high - new_sample.low) / 2.0,
            p: new_sample.p,
            q: new_sample.p,
        }),
    }
}

/// Corrects the p of differences that are looked at together (Holm 1979; q: Benjamini and Hochberg 1995).
///
/// # Errors
/// A p is no probability.
pub(crate) fn correct<'a>(
    differences: impl Iterator<Item = &'a mut LearningDifference>,
) -> Result<(), ReportError> {
    let mut spreads: Vec<&mut LearningSpread> =
        differences.filter_map(|difference| difference.spread.as_mut()).collect();
    let p: Vec<f64> = spreads.iter().map(|spread| spread.p).collect();
    let wrong = |error: PValueError| ReportError::Comparison(error.to_string());
    let (strict, rates) = (holm(&p).map_err(wrong)?, benjamini_hochberg(&p).map_err(wrong)?);
    for (spread, (p, q)) in spreads.iter_mut().zip(strict.into_iter().zip(rates)) {
        (spread.p, spread.q) = (p, q);
    }
    Ok(())
}
