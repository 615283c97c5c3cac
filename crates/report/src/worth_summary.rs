//! What does each source add, as text?

use std::fmt::Write;

use crate::summary::{cell, listed, mean_over, number, signed};
use crate::{Gain, PairWorth, SampledOrders, SourceWorth, Worth, WorthAggregate, WorthLabels};

/// What each source adds as Markdown: for each judged source, metric and way of mixing a table of
/// sources and, with Shapley values, one of pairs. Empty where no subsets were compared.
pub fn worth_summary(found: &[WorthAggregate]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut text = "## What each source adds\n\n*alone*: what the source reaches by itself. *Shapley \
                    value*: the mean gain of adding the source, over all orders of adding sources to no \
                    feedback, or over as many sampled orders as the head of the column says; no feedback is the majority answer, or a rank correlation of 0. *left out*: all \
                    sources minus all but this one. *synergy* of a pair: what both reach, minus what \
                    each reaches alone, plus what no feedback does; above 0 they complement each other, \
                    below 0 they say the same or one undoes the other. *per 100 labels* \
                    and *per hour* of people's time are averages over all that was learned from, and not \
                    what the next label would gain. ± two standard errors over these \
                    splits, and of a Shapley value of sampled orders also over other \
                    orders: they say nothing of a new sample of such data.\n\n"
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
    let head = of.sampled.map_or_else(String::new, |of| format!(" ({})", orders(of.count)));
    let _ =
        writeln!(text, "| source | alone | Shapley value{head} | left out |\n|---|---:|---:|---:|");
    for SourceWorth { name, alone, shapley, left_out, .. } in &of.sources {
        let alone = told(alone.as_ref(), number);
        let [shapley, left_out] = [shapley, left_out].map(|of| told(of.as_ref(), signed));
        let _ = writeln!(text, "| {} | {alone} | {shapley} | {left_out} |", cell(name));
    }
    text.push('\n');
    gains(text, of);
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
    not_run(text, of);
    incomplete(text, of);
}

/// "30 sampled orders".
pub(crate) fn orders(count: u64) -> String {
    if count == 1 { "1 sampled order".to_owned() } else { format!("{count} sampled orders") }
}

/// Which numbers the mixes of sampled orders do not give.
fn not_run(text: &mut String, of: &WorthAggregate) {
    let Some(_) = of.sampled else { return };
    let names = |lacks: fn(&&SourceWorth) -> bool| -> Vec<String> {
        of.sources.iter().filter(lacks).map(|of| of.name.clone()).collect()
    };
    let all = [
        ("alone", names(|of| of.alone.is_none())),
        ("left out", names(|of| of.left_out.is_none())),
        ("synergy", pairs_without(of)),
    ];
    let said: Vec<String> = all
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("*{what}* of {}", names.join(", ")))
        .collect();
    if !said.is_empty() {
        let _ =
            writeln!(text, "The mixes of the sampled orders do not give: {}.\n", said.join("; "));
    }
}

/// As "a + b".
fn pairs_without(of: &WorthAggregate) -> Vec<String> {
    if of.pairs.is_empty() {
        return vec!["any pair".to_owned()];
    }
    let mut names = Vec::new();
    for (place, SourceWorth { name: first, .. }) in of.sources.iter().enumerate() {
        for SourceWorth { name: second, .. } in &of.sources[place + 1..] {
            if !of.pairs.iter().any(|pair| pair.first == *first && pair.second == *second) {
                names.push(format!("{first} + {second}"));
            }
        }
    }
    names
}

/// What a label and an hour of each source alone gain; nothing where no gain is known.
fn gains(text: &mut String, of: &WorthAggregate) {
    let gains = of.sources.iter().filter_map(|of| Some((&of.name, of.gain?)));
    let gains: Vec<(&String, Gain)> = gains.collect();
    let Some(_) = gains.first() else { return };
    let timed = gains.iter().any(|(_, gain)| gain.hours.is_some());
    let (head, rule) = if timed { (" hours | per hour |", "---:|---:|") } else { ("", "") };
    let _ = writeln!(
        text,
        "| source alone | more than no feedback | labels | per 100 labels |{head}\n\
         |---|---:|---:|---:|{rule}"
    );
    for (name, Gain { worth, labels, hours }) in gains {
        let per = |unit: f64| {
            let two_errors = worth.two_errors.map(|errors| errors / unit);
            told(Some(&Worth { mean: worth.mean / unit, two_errors, ..worth }), signed)
        };
        let of_labels = per(labels / 100.0);
        let _ = write!(text, "| {} | {} | {labels:.0} | {of_labels} |", cell(name), per(1.0));
        match hours {
            Some(hours) => {
                let _ = write!(text, " {} | {} |", number(hours), per(hours));
            }
            None if timed => text.push_str(" - | - |"),
            None => {}
        }
        text.push('\n');
    }
    text.push('\n');
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
            "No feedback: {}; all {} sources: {}. Shapley values add up to the difference.{}",
            number(*none),
            of.sources.len(),
            number(*all),
            of.sampled.map_or_else(String::new, sampled)
        ),
        (None, Some(reason)) => format!("No Shapley values: {reason}."),
        (None, None) => String::new(),
    }
}

fn sampled(SampledOrders { count, share }: SampledOrders) -> String {
    let means = format!(" They are means over {}", orders(count));
    match share {
        None => means + ".",
        Some(share) => format!(
            "{means}: {:.0} % of their variance comes from the choice of orders, the rest from seeds.",
            100.0 * share
        ),
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
    let seeds = &of.incomplete;
    let _ = writeln!(
        text,
        "**Incomplete**: seeds {} lack the value of a subset or of no feedback, and are in no Shapley \
         value{} ({} of {} seeds).\n",
        listed(seeds),
        if of.sampled.is_none() { " and no synergy" } else { "" },
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
