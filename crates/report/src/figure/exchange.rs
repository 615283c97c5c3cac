//! What is a statement of one source worth in statements of another, as a figure?

use crate::mix::distinct;
use crate::summary::mean_over;
use crate::{Exchange, Rate, ReportError};

/// The figure as data: one panel a judged source.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeFigure {
    /// The panels.
    pub panels: Vec<ExchangePanel>,
    /// What a reader must know about the numbers.
    pub notes: Vec<String>,
}

/// What others are worth in statements of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangePanel {
    /// The judged source.
    pub source: String,
    /// Key of the metric.
    pub metric: String,
    /// The points, by line and number of statements.
    pub rows: Vec<ExchangeRow>,
}

/// One point of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct ExchangeRow {
    /// Its name.
    pub label: String,
    /// The rate; none where the curve is flat.
    pub rate: Option<Rate>,
}

/// The figure's data, each judged source under the first of these metrics by which there is a rate;
/// sources without any are left out.
///
/// # Errors
/// No source has a rate.
pub fn exchange(found: &[Exchange], metrics: &[&str]) -> Result<ExchangeFigure, ReportError> {
    let mut shown: Vec<Vec<&Exchange>> = Vec::new();
    for source in distinct(found.iter().map(|of| &of.source)) {
        let by = |metric: &&str| -> Vec<&Exchange> {
            let of = found.iter().filter(|of| of.source == source && of.metric == *metric);
            of.collect()
        };
        let has_rate = |of: &Vec<&Exchange>| of.iter().any(|of| of.equivalent.is_ok());
        shown.extend(metrics.iter().map(by).find(has_rate));
    }
    if shown.is_empty() {
        let metrics = metrics.join(", ");
        return Err(ReportError::Empty(format!("no exchange rates by {metrics}")));
    }
    let panel = |of: &Vec<&Exchange>| ExchangePanel {
        source: of[0].source.clone(),
        metric: of[0].metric.clone(),
        rows: of.iter().map(|of| ExchangeRow { label: label(of), rate: of.rate() }).collect(),
    };
    let panels: Vec<ExchangePanel> = shown.iter().map(panel).collect();
    let notes = notes(&shown, &panels);
    Ok(ExchangeFigure { panels, notes })
}

/// "related, 25 + 100 critiques".
fn label(of: &Exchange) -> String {
    let Exchange { line, statements, others, other, .. } = of;
    format!("{line}, {statements} + {others:.0} {other}")
}

fn notes(shown: &[Vec<&Exchange>], panels: &[ExchangePanel]) -> Vec<String> {
    let splits = shown.iter().flatten().filter_map(|of| of.equivalent.ok());
    let mut spread = mean_over(splits.map(|of| of.splits as u64));
    let rates = || panels.iter().flat_map(|panel| &panel.rows).filter_map(|row| row.rate);
    if rates().any(|rate| rate.these_splits.is_some()) {
        spread += " Thick: what help is not told from, by two standard errors over these splits; thin: \
                   by the 95 % interval for a new sample of such data (Nadeau and Bengio 2003).";
    }
    let what =
        "Statements of the judged source alone that would be as good as the help, over how much \
                help there was. Arrows: the curve ends or is too flat to tell."
            .to_owned();
    let mut notes = vec![what, spread];
    if panels.iter().flat_map(|panel| &panel.rows).any(|row| row.rate.is_none()) {
        notes.push("Flat: the curve does not rise by two standard errors; no rate.".to_owned());
    }
    notes
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
