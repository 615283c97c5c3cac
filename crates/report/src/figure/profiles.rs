//! Which share of runs exceeds each score?
//!
//! Performance profiles (Agarwal et al. 2021, section 4.2) of mixes over seeds and judged sources: where
//! two lines cross, which mix is better depends on the score that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use medley_evaluation::{Bootstrap, Failures, Profile, RunScores, performance_profile};

use crate::mix::{distinct, judged_sources, looks, mixes};
use crate::{
    LEAST_SEEDS, MODEL, MeasurementRow, ReportError, RunRow, Series, Shape, Status, XyFigure,
};

/// As many as there are colours.
const MOST_LINES: usize = 6;
/// Bands of more lines hide them.
const MOST_BANDS: usize = 3;
const POINTS: usize = 60;
/// As many as rliable takes for profiles.
const BOOTSTRAP: Bootstrap = Bootstrap { replicates: 2_000, seed: 0 };

/// Profiles of all mixes over the sources that are judged by the first of these metrics that any is
/// judged by, each mix under each setting a line; a failed run exceeds no score, and
/// one that was not done is left out. The six lines with
/// the highest mean are shown, with intervals over other seeds where there are at most three.
///
/// # Errors
/// No source was judged by any of the metrics under at least [`LEAST_SEEDS`] seeds, or by no more than
/// one mix.
pub fn profiles(
    rows: &[MeasurementRow],
    runs: &[RunRow],
    metrics: &[&str],
) -> Result<XyFigure, ReportError> {
    let nothing = || ReportError::Empty(format!("no profile by {}", metrics.join(", ")));
    let of = |metric: &&str| -> Vec<&MeasurementRow> {
        let of = rows.iter().filter(|row| row.estimator == MODEL && row.metric == *metric);
        of.collect()
    };
    let rows_of = metrics.iter().map(of).find(|of| !of.is_empty()).ok_or_else(nothing)?;
    let tasks: Vec<String> = judged_sources(rows)
        .into_iter()
        .filter(|source| rows_of.iter().any(|row| row.source == *source))
        .collect();
    let seeds: BTreeSet<u64> = rows_of.iter().map(|row| row.seed).collect();
    let mut lines = Vec::new();
    for setting in distinct(rows_of.iter().map(|row| &row.setting)) {
        let here: Vec<&MeasurementRow> =
            rows_of.iter().copied().filter(|row| row.setting == setting).collect();
        for mix in mixes(rows) {
            let failed = failed(runs, &mix.label, &setting);
            lines.extend(Line::new(&here, (&mix.label, &setting), (&tasks, &failed)));
        }
    }
    if seeds.len() < LEAST_SEEDS || lines.len() < 2 {
        return Err(nothing());
    }
    let all = lines.len();
    lines.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    lines.truncate(MOST_LINES);
    let first = rows_of[0];
    let thresholds = thresholds(&lines);
    let with_bands = lines.len() <= MOST_BANDS;
    let is_grid = rows_of.iter().any(|row| row.setting != first.setting);
    let looks = if is_grid { BTreeMap::new() } else { looks(&mixes(rows)) };
    let series: Result<Vec<Series>, ReportError> = lines
        .iter()
        .map(|line| {
            let look = looks.get(&line.label).copied();
            Ok(Series { look, ..line.series(&thresholds, with_bands)? })
        })
        .collect();
    let best =
        if all > MOST_LINES { format!(", the best {MOST_LINES} of {all}") } else { String::new() };
    Ok(XyFigure {
        name: "profiles".to_owned(),
        title: format!("{} seeds, test: {}{best}", seeds.len(), tasks.join(", ")),
        x_label: format!("{} ({})", first.metric, first.unit),
        y_label: "share of runs above".to_owned(),
        series: series?,
        ..XyFigure::default()
    })
}

/// Seeds under which a mix failed.
fn failed(runs: &[RunRow], mix: &str, setting: &str) -> BTreeSet<u64> {
    let of = runs.iter().filter(|run| run.mix == mix && run.setting == setting);
    of.filter(|run| run.status == Status::Failed).map(|run| run.seed).collect()
}

/// The scores of one mix under one setting.
struct Line {
    label: String,
    mean: f64,
    /// `[seed][task]`
    scores: Vec<Vec<Option<f64>>>,
}

impl Line {
    /// None where some source was never judged.
    fn new(
        rows: &[&MeasurementRow],
        (mix, setting): (&str, &str),
        (tasks, failed): (&[String], &BTreeSet<u64>),
    ) -> Option<Self> {
        let own = rows.iter().filter(|row| row.mix == mix).map(|row| row.seed);
        let seeds: BTreeSet<u64> = own.chain(failed.iter().copied()).collect();
        let score = |seed: u64, task: &String| {
            let row = rows
                .iter()
                .find(|row| row.mix == mix && row.seed == seed && row.source == *task)?;
            Some(row.value).filter(|value| value.is_finite())
        };
        let scores: Vec<Vec<Option<f64>>> = seeds
            .iter()
            .map(|&seed| tasks.iter().map(|task| score(seed, task)).collect())
            .collect();
        let judged =
            |task: usize| scores.iter().any(|of_seed: &Vec<Option<f64>>| of_seed[task].is_some());
        if !(0..tasks.len()).all(judged) {
            return None;
        }
        let values: Vec<f64> = scores.iter().flatten().copied().flatten().collect();
        let label = match setting {
            "" => mix.to_owned(),
            _ => format!("{mix}, {setting}"),
        };
        Some(Self { label, mean: values.iter().sum::<f64>() / values.len() as f64, scores })
    }

    fn series(&self, thresholds: &[f64], with_band: bool) -> Result<Series, ReportError> {
        // Below every threshold.
        let failed = Failures::ScoredAs(thresholds[0] - 1.0);
        let wrong =
            |error: medley_evaluation::RunScoresError| ReportError::Comparison(error.to_string());
        let scores = RunScores::new(&self.scores, failed).map_err(wrong)?;
        let Profile { points, .. } =
            performance_profile(&scores, thresholds, &BOOTSTRAP).map_err(wrong)?;
        let ends = points.iter().map(|of| of.interval.ends().unwrap_or((of.share, of.share)));
        Ok(Series {
            label: self.label.clone(),
            shape: Shape::Line,
            intervals: if with_band { ends.collect() } else { Vec::new() },
            points: points.iter().map(|of| (of.threshold, of.share)).collect(),
            ..Series::default()
        })
    }
}

/// Evenly from a little below the least score to the largest.
fn thresholds(lines: &[Line]) -> Vec<f64> {
    let scores = || lines.iter().flat_map(|line| &line.scores).flatten().copied().flatten();
    let least = scores().fold(f64::INFINITY, f64::min);
    let most = scores().fold(f64::NEG_INFINITY, f64::max);
    let step = f64::max(most - least, 1e-6) / (POINTS - 2) as f64;
    (0..POINTS).map(|point| least + (point as f64 - 1.0) * step).collect()
}

#[cfg(test)]
#[path = "profiles_tests.rs"]
mod tests;
