//! Does an ensemble, or a posterior, know how wrong it is?
//!
//! A central interval of what the members say should hold the true reward as often as its level says. A
//! reward is learned up to a shift at least, and mostly up to scale, so that one of the two has to be
//! brought to the other first ([`Alignment`]), or what is asked about are differences
//! ([`RewardDraws::differences`]).
//!
//! With few members, quantiles of members promise less than their name: of M draws and a truth that is
//! one more draw of the same, the truth lies between the k-th lowest and the k-th highest with
//! probability `(M + 1 - 2k) / (M + 1)`. That is the level that is reported ([`Central::Ranks`]).

use serde::{Deserialize, Serialize};

use super::reward_draws::{CoverageError, RewardDraws};
use crate::interval::{Bootstrap, ClusterSets, Estimate};
use crate::runs::stratified::mean;
use crate::runs::student::two_sided_quantile;

/// How what was learned is brought to the scale of the truth, by least squares over all items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alignment {
    /// Not at all: both have one unit and one origin.
    None,
    /// `truth = scale * learned + shift`. The truth is what is explained, as in tests of calibration
    /// slopes (Cox 1958): under a posterior that is right, the truth given its mean has that mean, so
    /// that the scale is 1 and the fit takes nothing away. The other way round would shrink the truth.
    #[default]
    Affine,
    /// `truth = scale * learned`, for differences, which have an origin.
    Scale,
}

/// Which interval of the members is central.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Central {
    /// From the k-th lowest to the k-th highest, with the largest k whose level is at least the one
    /// asked for. Exact for draws of a posterior, whatever its shape.
    #[default]
    Ranks,
    /// `mean -+ t sd sqrt(1 + 1/M)`, t of Student's distribution with M - 1 degrees of freedom: one more
    /// draw from a normal distribution. For ensembles that are too small for ranks.
    Student,
}

/// How [`interval_coverage`] goes about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoverageSettings {
    /// What comes before.
    pub alignment: Alignment,
    /// Which intervals.
    pub central: Central,
    /// The levels asked for, each in (0, 1).
    pub levels: Vec<f64>,
}

/// What intervals of a reward hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalCoverage {
    /// What learned values were multiplied by; 1 without alignment.
    pub scale: f64,
    /// What was added, in units of the true reward.
    pub shift: f64,
    /// The calibration curve, one point for each level asked for.
    pub points: Vec<CoveragePoint>,
    /// Mean over points of `|observed - nominal|`.
    pub error: f64,
}

/// One level of a calibration curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoveragePoint {
    /// The probability that the interval promises; of ranks, at least the one asked for.
    pub nominal: f64,
    /// Share of true values inside, ends included.
    pub observed: Estimate,
    /// Mean width, in units of the true reward: of two that cover as they should, the narrower is better.
    pub width: f64,
}

/// How often central intervals of the members hold the true value, with 95 % intervals over clusters.
/// The alignment is that of all items and not fitted anew in resamples.
///
/// # Errors
/// A level is outside of (0, 1), or above what so many ranks can promise; no learned value differs from
/// another; or learned values fall as true ones rise, so that no positive scale aligns them.
pub fn interval_coverage(
    draws: &RewardDraws,
    settings: &CoverageSettings,
    bootstrap: &Bootstrap,
) -> Result<IntervalCoverage, CoverageError> {
    let (scale, shift) = fit(draws, settings.alignment)?;
    let mut aligned: Vec<Vec<f64>> = draws
        .draws
        .iter()
        .map(|of| of.iter().map(|value| scale * value + shift).collect())
        .collect();
    aligned.iter_mut().for_each(|of| of.sort_by(f64::total_cmp));
    let sets = ClusterSets::new(draws.clusters.iter().cloned());
    let at = |level: &f64| {
        let (nominal, ends) = intervals(&aligned, settings.central, *level)?;
        let inside = |(&(low, high), truth): (&(f64, f64), &f64)| {
            (f64::from(u8::from(low <= *truth && *truth <= high)), 1.0)
        };
        let parts: Vec<(f64, f64)> = ends.iter().zip(&draws.truth).map(inside).collect();
        let width = ends.iter().map(|(low, high)| high - low).sum::<f64>() / ends.len() as f64;
        let Some(observed) = bootstrap.share(&sets, &parts) else {
            unreachable!("draws are of at least one item");
        };
        Ok(CoveragePoint { nominal, observed, width })
    };
    let points = settings.levels.iter().map(at).collect::<Result<Vec<_>, CoverageError>>()?;
    let gaps = points.iter().map(|point| (point.observed.value - point.nominal).abs());
    let error = gaps.sum::<f64>() / points.len().max(1) as f64;
    Ok(IntervalCoverage { scale, shift, points, error })
}

/// Scale and shift of learned values.
fn fit(draws: &RewardDraws, alignment: Alignment) -> Result<(f64, f64), CoverageError> {
    let means: Vec<f64> = draws.draws.iter().map(|of| mean(of)).collect();
    let (from, to) = match alignment {
        Alignment::None => return Ok((1.0, 0.0)),
        Alignment::Affine => (mean(&means), mean(&draws.truth)),
        Alignment::Scale => (0.0, 0.0),
    };
    let centred = || means.iter().map(|value| value - from);
    let squares: f64 = centred().map(|value| value * value).sum();
    let peak = means.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    if squares.sqrt() <= 1e-12 * peak || peak == 0.0 {
        return Err(CoverageError::Constant);
    }
    let scale =
        centred().zip(&draws.truth).map(|(x, truth)| x * (truth - to)).sum::<f64>() / squares;
    if scale <= 0.0 {
        return Err(CoverageError::Reversed { scale });
    }
    Ok((scale, to - scale * from))
}

/// The level that is promised, and lower and upper end for each item, of rising draws.
fn intervals(
    draws: &[Vec<f64>],
    central: Central,
    level: f64,
) -> Result<(f64, Vec<(f64, f64)>), CoverageError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(CoverageError::Level { level });
    }
    let members = draws[0].len();
    let count = members as f64;
    match central {
        Central::Ranks => {
            let promised = |k: usize| (count + 1.0 - 2.0 * k as f64) / (count + 1.0);
            // Levels such as 2/3 have no last digit.
            let enough = |k: &usize| promised(*k) >= level - 1e-12;
            let k = (1..=members / 2).rev().find(enough);
            let k = k.ok_or(CoverageError::Ranks { level, members, most: promised(1) })?;
            Ok((promised(k), draws.iter().map(|of| (of[k - 1], of[members - k])).collect()))
        }
        Central::Student => {
            let t = two_sided_quantile(level, count - 1.0) * (1.0 + 1.0 / count).sqrt();
            let ends = |of: &Vec<f64>| {
                let mean = mean(of);
                let squares: f64 = of.iter().map(|value| (value - mean).powi(2)).sum();
                let half = t * (squares / (count - 1.0)).sqrt();
                (mean - half, mean + half)
            };
            Ok((level, draws.iter().map(ends).collect()))
        }
    }
}

#[cfg(test)]
#[path = "interval_coverage_tests.rs"]
mod tests;
