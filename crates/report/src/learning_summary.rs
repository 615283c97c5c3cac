//! What do learning curves say, as text?

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::learning_difference::shown;
use crate::mix::distinct;
use crate::summary::{better, cell, chance, listed, mean_over, number, signed};
use crate::{LearningAggregate, LearningDifference, LearningRole, LearningSpread};

/// Learning curves as Markdown: for each judged source and shown metric a table with a row for each
/// line and a column for each number of statements, then p values, then what is missing. Empty
/// without points.
///
/// Shown are rank correlation, or accuracy where there is none, and log-likelihood; with none of
/// these, every metric.
pub fn learning_summary(points: &[LearningAggregate]) -> String {
    if points.is_empty() {
        return String::new();
    }
    let mut text = "## Learning curves\n\nOnly so many statements of the judged source are learned \
                    from, and all of the other sources of a line, or as many as `others` says. Each \
                    number is a mean over seeds, which are splits. In parentheses: the difference to the baseline, which is the \
                    judged source alone, at the same number of statements on the same seeds, ± two \
                    standard errors over these splits; [ ] half width for a new sample of such data \
                    (Nadeau and Bengio 2003). `learning.parquet` has all metrics.\n\n"
        .to_owned();
    for source in distinct(points.iter().map(|point| &point.source)) {
        let of_source = points.iter().filter(|point| point.source == source);
        let of_source: Vec<&LearningAggregate> = of_source.collect();
        for metric in shown(distinct(of_source.iter().map(|point| &point.metric))) {
            let of = of_source.iter().copied().filter(|point| point.metric == metric);
            block(&mut text, &of.collect::<Vec<_>>());
        }
    }
    text
}

/// `points` are of one source and metric.
fn block(text: &mut String, points: &[&LearningAggregate]) {
    let Some(LearningAggregate { source, metric, unit, direction, .. }) = points.first() else {
        return;
    };
    let (better, seeds) = (better(*direction), mean_over(points.iter().map(|point| point.seeds)));
    let _ = writeln!(text, "### Held-out {source}: {metric}\n");
    let _ = writeln!(text, "In {unit}; {better} is better. {seeds}\n");
    table(text, points, value);
    let spread = |point: &LearningAggregate| point.difference?.spread;
    if points.iter().any(|point| spread(point).is_some()) {
        text.push_str(
            "p of no difference in a new sample of such data, after Holm's correction over the lines of a \
             column; in parentheses q, after Benjamini and Hochberg's: of the lines with a q of at most \
             0.05, at most 5 % are expected to be false findings:\n\n",
        );
        let compared = points.iter().copied().filter(|point| point.role == LearningRole::Compared);
        table(text, &compared.collect::<Vec<_>>(), |point| {
            let told = |of: LearningSpread| format!("{} ({})", chance(of.p), chance(of.q));
            spread(point).map_or_else(|| "-".to_owned(), told)
        });
    }
    incomplete(text, points);
}

fn table(
    text: &mut String,
    points: &[&LearningAggregate],
    value: impl Fn(&LearningAggregate) -> String,
) {
    let Some(LearningAggregate { source, .. }) = points.first() else { return };
    let numbers: BTreeSet<u64> = points.iter().map(|point| point.statements).collect();
    let _ = write!(text, "| statements of {} |", cell(source));
    for statements in &numbers {
        let _ = write!(text, " {statements} |");
    }
    let _ = writeln!(text, "\n|---|{}", "---:|".repeat(numbers.len()));
    for line in points.chunk_by(|a, b| a.line == b.line) {
        let _ = write!(text, "| {} |", name(line[0]));
        for statements in &numbers {
            let point = line.iter().find(|point| point.statements == *statements);
            let _ =
                write!(text, " {} |", point.map_or_else(|| "-".to_owned(), |point| value(point)));
        }
        text.push('\n');
    }
    text.push('\n');
}

fn name(point: &LearningAggregate) -> String {
    match point.role {
        LearningRole::Baseline => cell(&point.line) + " (baseline)",
        LearningRole::Compared => cell(&point.line),
    }
}

/// "0.161 (+0.033 ±0.020 [0.08])".
fn value(point: &LearningAggregate) -> String {
    let mean = number(point.mean);
    match &point.difference {
        None => mean,
        Some(difference) => format!("{mean} ({})", told(difference)),
    }
}

/// "+0.033 ±0.020 [0.08]".
pub(crate) fn told(difference: &LearningDifference) -> String {
    let spread = match difference.spread {
        None => String::new(),
        Some(LearningSpread { these_splits, new_sample, .. }) => {
            format!(" ±{} [{}]", number(these_splits), half(new_sample))
        }
    };
    signed(difference.mean) + &spread
}

/// Two decimals, three of what is small.
fn half(width: f64) -> String {
    if (0.01..100.0).contains(&width) { format!("{width:.2}") } else { number(width) }
}

/// One line for each point that lacks the value of a seed, or whose difference does.
fn incomplete(text: &mut String, points: &[&LearningAggregate]) {
    let unpaired = |of: LearningDifference| of.line_only + of.baseline_only > 0;
    let lacks = |point: &LearningAggregate| {
        !point.missing.is_empty() || point.difference.is_some_and(unpaired)
    };
    let of: Vec<_> = points.iter().filter(|point| lacks(point)).collect();
    if of.is_empty() {
        return;
    }
    text.push_str(
        "**Incomplete**: a seed without a value is in no mean, and in no difference.\n\n",
    );
    for point in of {
        let LearningAggregate { line, statements, .. } = point;
        let _ = writeln!(text, "- {line}, {statements} statements: {}", lacking(point));
    }
    text.push('\n');
}

/// "no value under seeds 3, 7; difference over 37 seeds, without 2 that only the baseline completed
/// and 1 that only the line did".
fn lacking(point: &LearningAggregate) -> String {
    let mut said = Vec::new();
    if !point.missing.is_empty() {
        said.push(format!("no value under seeds {}", listed(&point.missing)));
    }
    if let Some(of) = point.difference {
        said.push(format!(
            "difference over {} seeds, without {} that only the baseline completed and {} that only \
             the line did",
            of.seeds, of.baseline_only, of.line_only
        ));
    }
    said.join("; ")
}

#[cfg(test)]
#[path = "learning_summary_tests.rs"]
mod tests;
