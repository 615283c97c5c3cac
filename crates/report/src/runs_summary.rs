//! Which mix beats the best source alone over seeds, as text?

use std::fmt::Write;

use crate::summary::{cell, chance, judged, number, signed};
use crate::{AgainstBest, MixRuns, RunsAggregate};

/// Statistics over seeds as Markdown: a table for each judged source and setting. Empty without any.
pub fn runs_summary(found: &[RunsAggregate]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut text = "## Over seeds\n\n*IQM*: the mean of the middle half of the runs. In brackets: 95 % \
                    intervals by the stratified bootstrap of runs, over other seeds on these data \
                    (Agarwal et al. 2021); with few seeds they are too narrow. Against the best source \
                    alone, which these same runs chose: *P*, the probability that a run of the mix \
                    scores higher than a run of it; the mean *difference* on the same seeds; *d_z*, this \
                    over its standard deviation; *p* of flipping the signs of differences, after Holm's \
                    correction over the mixes; *q*, the same after Benjamini and Hochberg's: of the \
                    mixes with a q of at most 0.05, at most 5 % are expected to be false findings. All of \
                    this is about these splits: a new sample of such data would vary more.\n\n"
        .to_owned();
    for of in found {
        block(&mut text, of);
    }
    text
}

fn block(text: &mut String, of: &RunsAggregate) {
    let RunsAggregate { setting, source, metric, unit, seeds, best, mixes } = of;
    let place = if setting.is_empty() { String::new() } else { format!(", {setting}") };
    let _ = writeln!(text, "### {}: {metric}{place}\n", judged(source));
    let best = match best {
        Some(best) => format!("The best source alone is {best}."),
        None => "No source was mixed alone, so that nothing is compared.".to_owned(),
    };
    let _ = writeln!(text, "In {unit}; higher is better. {seeds} seeds. {best}{}\n", least(of));
    text.push_str("| mix | mean | IQM | seeds | no value | P | difference | d_z | p | q |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for MixRuns { mix, mean, iqm, against_best } in mixes {
        let _ = writeln!(
            text,
            "| {} | {} | {}{} | {} | {} | {} |",
            cell(mix),
            number(*mean),
            number(iqm.value),
            span(iqm.interval.ends()),
            iqm.runs.completed,
            iqm.runs.failed,
            against_best.as_ref().map_or_else(|| "- | - | - | - | -".to_owned(), against)
        );
    }
    text.push('\n');
}

/// What few seeds cannot show.
fn least(of: &RunsAggregate) -> String {
    let compared = of.mixes.iter().filter_map(|mix| mix.against_best).count();
    let least = compared as f64 * 0.5f64.powi(of.seeds as i32 - 1);
    match compared {
        1.. if least > 0.05 => {
            format!(
                " Of so few seeds the least p is {}: no p can be small.",
                chance(least.min(1.0))
            )
        }
        _ => String::new(),
    }
}

fn against(of: &AgainstBest) -> String {
    let AgainstBest { improvement, difference, effect, p, q } = of;
    format!(
        "{}{} | {} | {} | {} | {}",
        number(improvement.probability),
        span(improvement.interval.ends()),
        signed(*difference),
        effect.map_or_else(|| "-".to_owned(), |effect| format!("{effect:+.1}")),
        chance(*p),
        chance(*q)
    )
}

fn span(ends: Option<(f64, f64)>) -> String {
    ends.map_or_else(String::new, |(low, high)| format!(" [{}, {}]", number(low), number(high)))
}

#[cfg(test)]
#[path = "runs_summary_tests.rs"]
mod tests;
