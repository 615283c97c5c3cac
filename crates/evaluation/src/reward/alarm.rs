//! Is a policy being optimized into places where its reward is not known?
//!
//! Where nobody knows gold, what can be seen is that the proxy rises while the members of an ensemble
//! disagree more and more, or while behaviour leaves the data that the reward was learned from. The
//! test is of slopes, with intervals over prompts, and not of a level: what disagreement is large
//! depends on the world, that it rises does not.
//!
//! An alarm is a warning and no measurement of harm: optimization leaves the data in every run, and gold
//! may rise with the proxy for a while. And it is blind to what all members share.

use serde::{Deserialize, Serialize};

use crate::interval::{Bootstrap, ClusterSets, Estimate};

/// A sample of a policy on the way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmRow {
    /// How far optimization has come, such as `sqrt(KL)` or a count of steps.
    pub progress: f64,
    /// What is optimized.
    pub proxy: f64,
    /// Standard deviation of the members of an ensemble, if there is one.
    pub uncertainty: Option<f64>,
    /// Distance from the data, in any unit that is larger for farther, if it is known.
    pub from_data: Option<f64>,
    /// The prompt or episode, or the run: what is drawn together.
    pub cluster: u32,
}

/// What the rows say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The verdict.
    pub state: AlarmState,
    /// Slope of the proxy over progress, with its 95 % interval.
    pub proxy: Estimate,
    /// Slope of the uncertainty; none where no row has any.
    pub uncertainty: Option<Estimate>,
    /// Slope of the distance from the data; none where no row has any.
    pub from_data: Option<Estimate>,
}

/// Whether there is an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmState {
    /// The proxy rises, and so does one of the warnings: both intervals are above 0.
    Raised {
        /// Whether uncertainty rises.
        uncertainty: bool,
        /// Whether the distance from the data rises.
        from_data: bool,
    },
    /// It is not shown that both rise.
    Quiet,
    /// Slopes have no intervals, as with fewer than five clusters: nobody can tell.
    Undecided,
}

/// Whether the proxy rises together with uncertainty or with the distance from the data.
///
/// ```text
/// slope = sum (t - mean t) (v - mean v) / sum (t - mean t)^2
/// ```
///
/// over rows, `t` the progress; it *rises* where the 95 % interval over clusters lies above 0. The alarm
/// is raised where the proxy rises and a warning does: two tests that both have to say so, so that the
/// chance of a false alarm is at most that of one of them, 2.5 %, for each of the two warnings. Whoever
/// looks again and again at a run that goes on has more chances than that.
///
/// # Errors
/// There is no row or all are at one progress, a number is NaN or infinite, a warning is there in some rows
/// only, or in none.
pub fn alarm(rows: &[AlarmRow], bootstrap: &Bootstrap) -> Result<Alarm, AlarmError> {
    let progress = all_of("progress", rows, |row| Some(row.progress))?;
    let clusters = ClusterSets::new(rows.iter().map(|row| vec![row.cluster]));
    let slope_of =
        |name, of: fn(&AlarmRow) -> Option<f64>| -> Result<Option<Estimate>, AlarmError> {
            if rows.iter().all(|row| of(row).is_none()) {
                return Ok(None);
            }
            let values = all_of(name, rows, of)?;
            let sums = slope_sums(&progress, &values, &clusters);
            let estimate = bootstrap.estimate(&clusters, |weights| slope(&sums, weights));
            estimate.map(Some).ok_or(AlarmError::NoProgress)
        };
    let proxy = slope_of("proxy", |row| Some(row.proxy))?.ok_or(AlarmError::NoProgress)?;
    let uncertainty = slope_of("uncertainty", |row| row.uncertainty)?;
    let from_data = slope_of("distance from the data", |row| row.from_data)?;
    if uncertainty.is_none() && from_data.is_none() {
        return Err(AlarmError::NoWarning);
    }
    let state = verdict(&proxy, uncertainty.as_ref(), from_data.as_ref());
    Ok(Alarm { state, proxy, uncertainty, from_data })
}

fn verdict(
    proxy: &Estimate,
    uncertainty: Option<&Estimate>,
    from_data: Option<&Estimate>,
) -> AlarmState {
    let warnings = [uncertainty, from_data].map(|of| of.map_or(Some(false), rises));
    match (rises(proxy), warnings) {
        (Some(true), [Some(true), _] | [_, Some(true)]) => {
            let [uncertainty, from_data] = warnings.map(|of| of == Some(true));
            AlarmState::Raised { uncertainty, from_data }
        }
        // One that does not rise is enough for quiet.
        (Some(false), _) | (_, [Some(false), Some(false)]) => AlarmState::Quiet,
        _ => AlarmState::Undecided,
    }
}

/// None where nobody can tell. A slope that is not above 0 does not rise, interval or not.
fn rises(slope: &Estimate) -> Option<bool> {
    if slope.value <= 0.0 {
        return Some(false);
    }
    slope.has_interval().then_some(slope.low > 0.0)
}

/// Count, t, v, tt and tv of each set of clusters, with t and v from their means on.
fn slope_sums(progress: &[f64], values: &[f64], clusters: &ClusterSets) -> Vec<[f64; 5]> {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let (from, level) = (mean(progress), mean(values));
    let mut sums = vec![[0.0; 5]; clusters.len()];
    for ((set, t), v) in clusters.of().iter().zip(progress).zip(values) {
        let (t, v) = (t - from, v - level);
        let terms = [1.0, t, v, t * t, t * v];
        sums[*set].iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    sums
}

/// `None` where what is drawn is all at one progress.
fn slope(sums: &[[f64; 5]], weights: &[f64]) -> Option<f64> {
    let mut total = [0.0; 5];
    for (of, weight) in sums.iter().zip(weights) {
        total.iter_mut().zip(of).for_each(|(sum, term)| *sum += weight * term);
    }
    let [n, t, v, tt, tv] = total;
    let spread = tt - t * t / n;
    (n > 0.0 && spread > 1e-12 * tt).then(|| (tv - t * v / n) / spread)
}

fn all_of(
    name: &'static str,
    rows: &[AlarmRow],
    of: impl Fn(&AlarmRow) -> Option<f64>,
) -> Result<Vec<f64>, AlarmError> {
    let value = |(row, found): (usize, &AlarmRow)| match of(found) {
        Some(value) if value.is_finite() => Ok(value),
        Some(value) => Err(AlarmError::NotFinite { name, row, value }),
        None => Err(AlarmError::Missing { name, row }),
    };
    rows.iter().enumerate().map(value).collect()
}

/// Why there is no verdict.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum AlarmError {
    /// A number is NaN or infinite.
    #[error("row {row}: {name} is {value}")]
    NotFinite {
        /// Which number.
        name: &'static str,
        /// From 0.
        row: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A warning is there in some rows only, so that its slope would be about others than the proxy's.
    #[error("row {row} has no {name}, and others have")]
    Missing {
        /// Which warning.
        name: &'static str,
        /// From 0.
        row: usize,
    },
    /// Nothing has changed.
    #[error("a slope needs rows at two different progresses")]
    NoProgress,
    /// There is nothing to warn of.
    #[error("no row has an uncertainty or a distance from the data")]
    NoWarning,
}

#[cfg(test)]
#[path = "alarm_tests.rs"]
mod tests;
