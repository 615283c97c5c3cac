//! What is a statement of one source worth in statements of another, as text?

use std::fmt::Write;

use medley_evaluation::{Ends, NoEquivalent, Reached};

use crate::Exchange;
use crate::summary::{cell, mean_over, number, signed};

/// Exchange rates as Markdown: a table for each judged source and metric. Empty without any.
pub fn exchange_summary(found: &[Exchange]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut text = "## Exchange rates\n\nSo many statements of the judged source, with so many of \
                    another, are *as good as* so many of the judged source alone: the curve of the \
                    source alone, read backwards, a straight line in the logarithm of statements \
                    between its points. What is gained, over how much help there was, is what one \
                    statement *is worth* at this point and in this way of mixing (a marginal rate of \
                    substitution); below 0 it harms. `≥` and `≤`: help is beyond the curve. *more than \
                    alone* is the paired difference, ± two standard errors over these splits: whether \
                    there is any help. Ranges hold all numbers of statements from which help is not told \
                    (and those in between), by two standard errors over *these splits*, or by the 95 % \
                    interval for a *new sample* of such data (Nadeau and Bengio 2003); *open* is where \
                    the curve ends before it is told from it. A curve that does not rise by two \
                    standard errors has no rate.\n\n"
        .to_owned();
    for of in found.chunk_by(|a, b| (&a.source, &a.metric) == (&b.source, &b.metric)) {
        block(&mut text, of);
    }
    text
}

/// `of` are of one judged source and metric.
fn block(text: &mut String, of: &[Exchange]) {
    let Exchange { source, metric, .. } = &of[0];
    let splits = of.iter().filter_map(|of| of.equivalent.ok()).map(|of| of.splits as u64);
    let _ = writeln!(text, "### Held-out {source}: worth by {metric}\n");
    let seeds = if splits.clone().count() == 0 { String::new() } else { mean_over(splits) };
    let _ = writeln!(text, "In statements of {source} for one of the other. {seeds}\n");
    let with_minutes = of.iter().any(|of| of.minutes().is_some());
    let (head, rule) = match with_minutes {
        true => (" a minute is worth, minutes |", "---:|"),
        false => ("", ""),
    };
    let _ = writeln!(
        text,
        "| line | statements | with | more than alone | as good as | one is worth | these splits | \
         new sample |{head}"
    );
    let _ = writeln!(text, "|---|---:|---|---:|---:|---:|---:|---:|{rule}");
    for of in of {
        row(text, of, with_minutes);
    }
    text.push('\n');
    reasons(text, of);
}

fn row(text: &mut String, of: &Exchange, with_minutes: bool) {
    let Exchange { line, other, statements, others, .. } = of;
    let with = format!("{others:.0} {}", cell(other));
    let _ = write!(text, "| {} | {statements} | {with} |", cell(line));
    let Some((rate, equivalent)) = of.rate().zip(of.equivalent.ok()) else {
        let _ = writeln!(text, " - | - | none | - | - |{}", if with_minutes { " - |" } else { "" });
        return;
    };
    let _ = write!(
        text,
        " {}{} | {} | {} | {} | {} |",
        signed(equivalent.gain),
        equivalent.gain_errors.map_or_else(String::new, |errors| format!(" ±{}", number(errors))),
        reached(equivalent.statements, |statements| format!("{statements:.0}")),
        reached(rate.rate, signed),
        span(rate.these_splits),
        span(rate.new_sample),
    );
    if with_minutes {
        let minutes = |factor: f64| reached(rate.rate.map(|rate| factor * rate), signed);
        let told = of.minutes().map_or_else(|| "-".to_owned(), minutes);
        let _ = write!(text, " {told} |");
    }
    text.push('\n');
}

fn reached(of: Reached, number: impl Fn(f64) -> String) -> String {
    let bound = match of {
        Reached::At(_) => "",
        Reached::After(_) => "≥ ",
        Reached::Before(_) => "≤ ",
    };
    bound.to_owned() + &number(of.value())
}

/// "-0.120 to 0.300", "open to 0.300"; "-" for one split.
fn span(ends: Option<Ends>) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "open".to_owned(), number);
    ends.map_or_else(
        || "-".to_owned(),
        |Ends { low, high }| format!("{} to {}", end(low), end(high)),
    )
}

/// Why there are no rates, each reason once.
fn reasons(text: &mut String, of: &[Exchange]) {
    let mut said: Vec<String> = Vec::new();
    for error in of.iter().filter_map(|of| of.equivalent.err()) {
        let reason = match error {
            NoEquivalent::Flat { .. } | NoEquivalent::NoSplit | NoEquivalent::NoDirection => {
                error.to_string()
            }
            NoEquivalent::Points { .. } | NoEquivalent::Shape { .. } => {
                "a curve of at least two points is needed".to_owned()
            }
        };
        if !said.contains(&reason) {
            said.push(reason);
        }
    }
    if !said.is_empty() {
        let _ = writeln!(text, "None: {}.\n", said.join("; "));
    }
}

#[cfg(test)]
#[path = "exchange_summary_tests.rs"]
mod tests;
