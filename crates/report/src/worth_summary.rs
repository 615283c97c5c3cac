//! What does each source add, as text?

use std::fmt::Write;

use crate::summary::{cell, mean_over, number, signed};
use crate::{PairWorth, SourceWorth, Worth, WorthAggregate, WorthLabels};

/// What each source adds as Markdown: for each judged source, metric and way of mixing a table of
/// sources and, with Shapley values, one of pairs. Empty where no subsets were compared.
pub fn worth_summary(found: &[WorthAggregate]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut text = "## What each source adds\n\n*alone*: what the source reaches by itself. *Shapley \
                    value*: the mean gain of adding the source, over all orders of adding sources to no \
                    feedback, which is the majority answer, or a rank correlation of 0. *left out*: all \
                    sources minus all but this one. *synergy* of a pair: what both reach, minus what \
                    each reaches alone, plus what no feedback does; above 0 they complement each other, \
                    below 0 they say the same or one undoes the other. ± two standard errors over these \
                    splits: they say nothing of a new sample of such data.\n\n"
        .to_owned();
    for of in found {
        block(&mut text, of);
    }
    text
}

fn block(text: &mut String, of: &WorthAggregate) {
    let WorthAggregate { source, metric, unit, .. } = of;
    let _ = writeln!(text, "### Held-out {source}: {metric}{}\n", place(of));
    let _ = writeln!(text, "In {unit}; higher is better. {} {}", seeds(of), labels(of.labels));
    let _ = writeln!(text, "{}\n", ends(of));
    text.push_str("| source | alone | Shapley value | left out |\n|---|---:|---:|---:|\n");
    for SourceWorth { name, alone, shapley, left_out } in &of.sources {
        let alone = told(alone.as_ref(), number);
        let [shapley, left_out] = [shapley, left_out].map(|of| told(of.as_ref(), signed));
        let _ = writeln!(text, "| {} | {alone} | {shapley} | {left_out} |", cell(name));
    }
    text.push('\n');
    if !of.pairs.is_empty() {
        text.push_str("| pair | synergy |\n|---|---:|\n");
    }
    for PairWorth { first, second, synergy } in &of.pairs {
        let (first, second) = (cell(first), cell(second));
        let _ = writeln!(text, "| {first} + {second} | {} |", told(Some(synergy), signed));
    }
    if !of.pairs.is_empty() {
        text.push('\n');
    }
    incomplete(text, of);
}

/// ", joint, training.epochs = 3"; empty where only one way under one setting is compared.
pub(crate) fn place(of: &WorthAggregate) -> String {
    let parts = [&of.way, &of.setting].into_iter().filter(|part| !part.is_empty());
    parts.fold(String::new(), |text, part| text + ", " + part)
}

/// Of every number of the table.
pub(crate) fn seeds(of: &WorthAggregate) -> String {
    let worths = |of: &SourceWorth| [of.alone, of.shapley, of.left_out];
    let worths: Vec<Worth> = of.sources.iter().flat_map(worths).flatten().collect();
    mean_over(worths.iter().map(|worth| worth.seeds))
}

pub(crate) fn labels(labels: WorthLabels) -> &'static str {
    match labels {
        WorthLabels::Equal => "At equal labels.",
        WorthLabels::Unequal => {
            "Mixes do not learn from equally many labels: numbers are about sources and their labels."
        }
    }
}

fn ends(of: &WorthAggregate) -> String {
    match (&of.ends, &of.unvalued) {
        (Some((none, all)), _) => format!(
            "No feedback: {}; all {} sources: {}. Shapley values add up to the difference.",
            number(*none),
            of.sources.len(),
            number(*all)
        ),
        (None, Some(reason)) => format!("No Shapley values: {reason}."),
        (None, None) => String::new(),
    }
}

/// "+0.033 ±0.020".
fn told(worth: Option<&Worth>, mean: fn(f64) -> String) -> String {
    let Some(worth) = worth else { return "-".to_owned() };
    let errors = worth.two_errors.map_or_else(String::new, |of| format!(" ±{}", number(of)));
    mean(worth.mean) + &errors
}

fn incomplete(text: &mut String, of: &WorthAggregate) {
    if of.incomplete.is_empty() {
        return;
    }
    let seeds: Vec<String> = of.incomplete.iter().map(u64::to_string).collect();
    let _ = writeln!(
        text,
        "**Incomplete**: seeds {} lack the value of a subset or of no feedback, and are in no Shapley \
         value and no synergy ({} of {} seeds).\n",
        seeds.join(", "),
        seeds.len(),
        seeds.len() as u64 + shapley_seeds(of)
    );
}

fn shapley_seeds(of: &WorthAggregate) -> u64 {
    of.sources.iter().filter_map(|of| of.shapley).map(|of| of.seeds).max().unwrap_or(0)
}

#[cfg(test)]
#[path = "worth_summary_tests.rs"]
mod tests;
