//! What does each source add, as a figure?

use crate::mix::distinct;
use crate::summary::capital;
use crate::worth_summary::{labels, orders, place, seeds};
use crate::{PairWorth, ReportError, SampledOrders, SourceWorth, WorthAggregate};

/// The figure as data: one panel a judged source and way of mixing.
#[derive(Clone, Debug, PartialEq)]
pub struct WorthFigure {
    /// The panels.
    pub panels: Vec<WorthPanel>,
    /// What a reader must know about the numbers.
    pub notes: Vec<String>,
}

/// What the sources add to one judged source.
#[derive(Clone, Debug, PartialEq)]
pub struct WorthPanel {
    /// Title: the judged source, and way and setting where there are several.
    pub title: String,
    /// Key of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// The sources, all with a Shapley value.
    pub sources: Vec<SourceWorth>,
    /// Pairs of them.
    pub pairs: Vec<PairWorth>,
}

/// The figure's data, each judged source under the first of these metrics that has Shapley values;
/// sources with none of them are left out.
///
/// # Errors
/// No source has Shapley values.
pub fn worth(found: &[WorthAggregate], metrics: &[&str]) -> Result<WorthFigure, ReportError> {
    let valued: Vec<&WorthAggregate> = found.iter().filter(|of| of.unvalued.is_none()).collect();
    let mut shown: Vec<&WorthAggregate> = Vec::new();
    for source in distinct(valued.iter().map(|of| &of.source)) {
        let of = |metric: &&str| -> Vec<&WorthAggregate> {
            let of = valued.iter().filter(|of| of.source == source && of.metric == *metric);
            of.copied().collect()
        };
        shown.extend(metrics.iter().map(of).find(|of| !of.is_empty()).unwrap_or_default());
    }
    if shown.is_empty() {
        let metrics = metrics.join(", ");
        return Err(ReportError::Empty(format!("no source has Shapley values by {metrics}")));
    }
    let panel = |of: &&WorthAggregate| WorthPanel {
        title: format!("test: {}{}", of.source, place(of)),
        metric: of.metric.clone(),
        unit: of.unit.clone(),
        sources: of.sources.clone(),
        pairs: of.pairs.clone(),
    };
    Ok(WorthFigure { panels: shown.iter().map(panel).collect(), notes: notes(&shown) })
}

fn notes(shown: &[&WorthAggregate]) -> Vec<String> {
    let over = |of: &&WorthAggregate| match of.sampled {
        None => "all orders".to_owned(),
        Some(SampledOrders { count, .. }) => orders(count),
    };
    let over: Vec<String> = shown.iter().map(over).collect();
    let over = distinct(over.iter()).join(" or ");
    let blank =
        if shown.iter().any(|of| lacks_pairs(of)) { ", or blank where not run" } else { "" };
    let mut notes = vec![format!(
        "Left: Shapley value, the mean gain of adding the source, over {over} of adding sources. Right: \
         synergy, what two sources add beyond what each adds alone{blank}."
    )];
    let said: Vec<String> =
        shown.iter().map(|of| format!("{} {}", seeds(of), labels(of.labels))).collect();
    let said = distinct(said.iter()).join(" ");
    let errors = shown.iter().flat_map(|of| &of.sources).filter_map(|of| of.shapley?.two_errors);
    let spread = match errors.count() {
        0 => "",
        _ if shown.iter().any(|of| of.sampled.is_some()) => {
            " Whiskers and ±: two standard errors over these splits (whiskers: and over other orders), not \
             for a new sample."
        }
        _ => " Whiskers and ±: two standard errors over these splits, not for a new sample.",
    };
    notes.push(capital(&said) + spread);
    let incomplete: usize = shown.iter().map(|of| of.incomplete.len()).sum();
    if incomplete > 0 {
        notes.push("Seeds that lack the value of a subset are left out.".to_owned());
    }
    notes
}

fn lacks_pairs(of: &WorthAggregate) -> bool {
    of.pairs.len() < of.sources.len() * (of.sources.len() - 1) / 2
}

#[cfg(test)]
#[path = "worth_tests.rs"]
mod tests;
