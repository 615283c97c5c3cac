//! How much does a source gain from the others when few of its own statements are there?

use crate::mix::distinct;
use crate::summary::mean_over;
use crate::{Direction, LearningAggregate, LearningRole, ReportError};

/// The figure as data: one panel a judged source.
#[derive(Clone, Debug, PartialEq)]
pub struct Learning {
    /// File name without ending.
    pub name: String,
    /// Labels of the compared lines, in order. A line looks the same in every panel.
    pub compared: Vec<String>,
    /// The panels.
    pub panels: Vec<LearningPanel>,
    /// What a reader must know about the numbers.
    pub notes: Vec<String>,
}

/// The learning curve of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningPanel {
    /// The source judged, whose statements are cut.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Which way is better.
    pub direction: Direction,
    /// The lines, the baseline first.
    pub lines: Vec<LearningLine>,
}

/// One line of a curve.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningLine {
    /// Its label.
    pub label: String,
    /// What it is there for.
    pub role: LearningRole,
    /// Its points, by rising number of statements.
    pub points: Vec<LearningAggregate>,
}

/// The figure's data, each source under the first of these metrics that it was judged by; sources
/// with none of them are left out.
///
/// # Errors
/// No source was judged by any of the metrics.
pub fn learning(points: &[LearningAggregate], metrics: &[&str]) -> Result<Learning, ReportError> {
    let sources = distinct(points.iter().map(|point| &point.source));
    let panels: Vec<LearningPanel> =
        sources.iter().filter_map(|source| panel(points, source, metrics)).collect();
    if panels.is_empty() {
        let metrics = metrics.join(", ");
        return Err(ReportError::Empty(format!("no learning curve was judged by {metrics}")));
    }
    let lines = || panels.iter().flat_map(|panel| &panel.lines);
    let compared = lines().filter(|line| line.role == LearningRole::Compared);
    Ok(Learning {
        name: "learning".to_owned(),
        compared: distinct(compared.map(|line| &line.label)),
        notes: notes(&lines().flat_map(|line| &line.points).collect::<Vec<_>>()),
        panels,
    })
}

fn panel(points: &[LearningAggregate], source: &str, metrics: &[&str]) -> Option<LearningPanel> {
    let of = |metric: &str| -> Vec<&LearningAggregate> {
        points.iter().filter(|point| point.source == source && point.metric == metric).collect()
    };
    let points = metrics.iter().map(|metric| of(metric)).find(|points| !points.is_empty())?;
    let line = |points: &[&LearningAggregate]| LearningLine {
        label: points[0].line.clone(),
        role: points[0].role,
        points: points.iter().copied().cloned().collect(),
    };
    let LearningAggregate { source, metric, unit, direction, .. } = points[0].clone();
    let lines = points.chunk_by(|a, b| a.line == b.line).map(line).collect();
    Some(LearningPanel { source, metric, unit, direction, lines })
}

fn notes(points: &[&LearningAggregate]) -> Vec<String> {
    let mut above = mean_over(points.iter().map(|point| point.seeds));
    if points.iter().any(|point| point.standard_error.is_some()) {
        above += " Whisker above: one standard error over these splits.";
    }
    let mut notes = vec![above];
    let differences = || points.iter().filter_map(|point| point.difference);
    if differences().next().is_some() {
        let below = "Below: difference to the baseline with as many statements, on the same seeds.";
        let spread = match differences().any(|difference| difference.spread.is_some()) {
            true => {
                " Thick: ± two standard errors over these splits; thin: 95 % interval for a new \
                 sample of such data (Nadeau and Bengio 2003)."
            }
            false => "",
        };
        notes.push(format!("{below}{spread}"));
    }
    notes.extend(missing(points));
    notes
}

/// How many values there should be and are not.
fn missing(points: &[&LearningAggregate]) -> Option<String> {
    let missing: usize = points.iter().map(|point| point.missing.len()).sum();
    let there: u64 = points.iter().map(|point| point.seeds).sum();
    (missing > 0).then(|| {
        format!(
            "{missing} of {} values are missing, and are in no mean and no difference.",
            there + missing as u64
        )
    })
}

#[cfg(test)]
#[path = "learning_tests.rs"]
mod tests;
