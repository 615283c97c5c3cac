//! What do strategies of asking come to, as text?

use std::fmt::Write;

use crate::summary::{better, cell, judged, number, signed};
use crate::{QueryingAggregate, QueryingDifference};

/// Strategies as Markdown: for each mix, judged source and shown metric a table with a row for each
/// strategy. Empty without rounds.
pub fn querying_summary(lines: &[QueryingAggregate]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = "## What is asked next\n\nQuestions are chosen round by round among those of the \
                    training part. Each number is a mean over seeds, which are splits; a difference is to \
                    `uniform` on the same seeds, ± two standard errors over these. On the way: the mean \
                    over the time from the start to the end. `querying.parquet` has all rounds and \
                    metrics.\n\n"
        .to_owned();
    let same = |a: &QueryingAggregate, b: &QueryingAggregate| {
        (&a.mix, &a.source, &a.metric) == (&b.mix, &b.source, &b.metric)
    };
    for block in lines.chunk_by(same) {
        table(&mut text, block);
    }
    text
}

fn table(text: &mut String, lines: &[QueryingAggregate]) {
    let Some(first) = lines.first() else { return };
    let QueryingAggregate { mix, source, metric, unit, direction, points, in_seconds, .. } = first;
    let spent = if *in_seconds { "seconds of people's time" } else { "questions" };
    let end = points.last().map_or(f64::NAN, |point| point.at);
    let _ = writeln!(text, "### {mix}, {}: {metric}\n", judged(source));
    let better = better(*direction);
    let _ = writeln!(text, "In {unit}; {better} is better. Up to {end:.0} {spent}.\n");
    let _ =
        writeln!(text, "| strategy | seeds | at the end | to uniform | on the way | questions |");
    let _ = writeln!(text, "|---|---:|---:|---:|---:|---|");
    for line in lines {
        let at_end = line.points.last().map_or(f64::NAN, |point| point.mean);
        let asked = line.asked.iter().map(|(source, count)| format!("{} {count:.0}", cell(source)));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            cell(&line.line),
            line.seeds,
            number(at_end),
            told(line.at_end),
            told(line.on_the_way),
            asked.collect::<Vec<_>>().join(", ") + &silence(line.answered)
        );
    }
    text.push('\n');
}

/// " (75 % answered)"; nothing where all questions are.
fn silence(answered: f64) -> String {
    match answered < 1.0 {
        true => format!(" ({:.0} % answered)", 100.0 * answered),
        false => String::new(),
    }
}

/// "+0.012 ±0.008".
fn told(difference: Option<QueryingDifference>) -> String {
    match difference {
        None => "-".to_owned(),
        Some(QueryingDifference { mean, standard_error: None, .. }) => signed(mean),
        Some(QueryingDifference { mean, standard_error: Some(error), .. }) => {
            format!("{} ±{}", signed(mean), number(2.0 * error))
        }
    }
}
