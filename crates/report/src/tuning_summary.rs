//! What did tuning choose, and was it worth it, as text?

use std::fmt::Write;

use crate::learning_summary::told;
use crate::mix::distinct;
use crate::summary::{better, cell, chance, number, row_name};
use crate::{TuningAggregate, TuningDifference};

/// What was tuned as Markdown: for each mix the chosen values, what has to be known of the choice,
/// and tuned less untuned on the test part. Empty if nothing was tuned.
pub fn tuning_summary(tuned: &[TuningAggregate]) -> String {
    if tuned.is_empty() {
        return String::new();
    }
    let mut text = "## Tuned\n\nOptions chosen by the log-likelihood of the validation part of one \
                    source, for each seed by itself; the test part had no say. `tuning.parquet` has \
                    every candidate.\n\n"
        .to_owned();
    text.push_str("| mix | decided by | candidates | chosen | seeds |\n|---|---|---:|---|---:|\n");
    for one in tuned {
        let TuningAggregate { target, candidates, .. } = one;
        for (values, seeds) in &one.chosen {
            let (name, count) = (row_name(&one.mix, &one.setting), seeds.len());
            let (values, target) = (cell(values), cell(target));
            let _ = writeln!(text, "| {name} | {target} | {candidates} | {values} | {count} |");
        }
    }
    text.push('\n');
    warnings(&mut text, tuned);
    let measured = tuned.iter().flat_map(|one| &one.differences);
    let sources = distinct(measured.clone().map(|of| &of.source));
    for source in &sources {
        let of_source = measured.clone().filter(|of| of.source == *source);
        for metric in distinct(of_source.map(|of| &of.metric)) {
            differences(&mut text, tuned, source, &metric);
        }
    }
    text
}

fn warnings(text: &mut String, tuned: &[TuningAggregate]) {
    let before = text.len();
    for one in tuned {
        let (name, seeds) = (row_name(&one.mix, &one.setting), one.seeds);
        for (key, at) in &one.at_edge {
            let _ = writeln!(
                text,
                "- {name}: `{key}` was chosen at the edge of what was tried in {} of {seeds} seeds; \
                 a wider range may be better",
                at.len()
            );
        }
        if !one.open.is_empty() {
            let _ = writeln!(
                text,
                "- {name}: in {} of {seeds} seeds the choice is no more than two standard errors of \
                 the validation part ahead of another candidate",
                one.open.len()
            );
        }
        if one.failed > 0 {
            let TuningAggregate { failed, trials, .. } = one;
            let _ = writeln!(text, "- {name}: {failed} of {trials} fits of candidates failed");
        }
    }
    if text.len() > before {
        text.push('\n');
    }
}

/// Tuned less untuned of each mix in one metric on one source.
fn differences(text: &mut String, tuned: &[TuningAggregate], source: &str, metric: &str) {
    let is_it = |of: &&TuningDifference| of.source == source && of.metric == metric;
    let of: Vec<(&TuningAggregate, &TuningDifference)> =
        tuned.iter().filter_map(|one| Some((one, one.differences.iter().find(is_it)?))).collect();
    let Some((_, TuningDifference { unit, direction, .. })) = of.first() else { return };
    let better = better(*direction);
    let _ = writeln!(text, "### Tuned less untuned on held-out {source}: {metric}\n");
    let _ = writeln!(
        text,
        "In {unit}; {better} is better. ± two standard errors over these splits; [ ] half width for a \
         new sample of such data (Nadeau and Bengio 2003); p of no difference in such a sample, after \
         Holm's correction over the rows.\n"
    );
    text.push_str(
        "| mix | untuned | tuned | difference | p | seeds |\n|---|---:|---:|---:|---:|---:|\n",
    );
    for (one, TuningDifference { tuned, untuned, difference, .. }) in of {
        let p = difference.spread.map_or_else(|| "-".to_owned(), |spread| chance(spread.p));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {p} | {} |",
            row_name(&one.mix, &one.setting),
            number(*untuned),
            number(*tuned),
            told(difference),
            difference.seeds
        );
    }
    text.push('\n');
}

#[cfg(test)]
#[path = "tuning_summary_tests.rs"]
mod tests;
