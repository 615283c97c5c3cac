//! What does an experiment say, as text?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::mix::distinct;
use crate::{
    AggregateRow, Aggregates, Direction, FEW_CLUSTERS, FittedOn, LearnedRow, MODEL, NotShared,
    ResponseRow, Unfinished, is_true_reward,
};

/// The aggregates as Markdown: one block for each held-out source and metric, one row a mix, and
/// baselines and ceilings in the head of the block. `learned` says which sources are controls.
pub fn summary(aggregates: &Aggregates, learned: &[LearnedRow]) -> String {
    let mut text = format!("# {}\n\n", aggregates.experiment);
    text += "Each number is a mean over seeds. In brackets: the mean of the runs' 95 % intervals, \
             which are over held-out statements and not over seeds.\n\n";
    failed(&mut text, aggregates);
    not_shared(&mut text, aggregates);
    unfinished(&mut text, aggregates);
    few_clusters(&mut text, aggregates);
    controls(&mut text, learned);
    for source in distinct(aggregates.rows.iter().map(|row| &row.source)) {
        for metric in distinct(aggregates.rows.iter().map(|row| &row.metric)) {
            let rows = aggregates.rows.iter();
            let rows: Vec<&AggregateRow> =
                rows.filter(|row| row.source == source && row.metric == metric).collect();
            block(&mut text, &rows);
        }
    }
    text
}

fn failed(text: &mut String, aggregates: &Aggregates) {
    if aggregates.failures.is_empty() {
        return;
    }
    let count = aggregates.failures.len();
    let _ = writeln!(text, "**{count} failed**, so these seeds are in no number below:\n");
    for failure in &aggregates.failures {
        let reason = failure.reason.replace('\n', " ");
        let of = told(&failure.mix, &failure.setting);
        let _ = writeln!(text, "- {of}, seed {}: {reason}", failure.seed);
    }
    text.push('\n');
}

fn not_shared(text: &mut String, aggregates: &Aggregates) {
    if aggregates.not_shared.is_empty() {
        return;
    }
    text.push_str(
        "**No reward for all**: these runs judge no source that their mix never saw, and are missing below \
         where one is. With a `target` of the mixing they would.\n\n",
    );
    for NotShared { mix, setting, reason, seeds } in &aggregates.not_shared {
        let _ = writeln!(text, "- {}, seeds {}: {reason}", told(mix, setting), listed(seeds));
    }
    text.push('\n');
}

fn unfinished(text: &mut String, aggregates: &Aggregates) {
    let heads = [
        (
            false,
            "**Ended at the limit of epochs**, before held-out log-likelihood stopped rising (or without \
             a validation part to tell): more epochs, `min-steps` or a larger rate may change these.\n\n",
        ),
        (
            true,
            "**Not settled**: no optimum was found, the width of a prior still moved after the last round, or \
             chains have not mixed (more `rounds`, or more draws, may help); of `last-layer`, the network \
             may have reached its limit of epochs too.\n\n",
        ),
    ];
    for (is_unsettled, head) in heads {
        let of = || aggregates.unfinished.iter().filter(|of| of.unsettled == is_unsettled);
        if of().next().is_none() {
            continue;
        }
        text.push_str(head);
        for Unfinished { mix, setting, seeds, steps, .. } in of() {
            let of = told(mix, setting);
            let _ = writeln!(text, "- {of}, seeds {}: at least {steps} steps", listed(seeds));
        }
        text.push('\n');
    }
}

fn controls(text: &mut String, learned: &[LearnedRow]) {
    let changed = learned.iter().filter_map(|row| Some((&row.source, row.control.as_ref()?)));
    let changed: BTreeSet<_> = changed.collect();
    if changed.is_empty() {
        return;
    }
    let of = changed.iter().map(|(source, control)| format!("{source} ({control})"));
    let _ = writeln!(
        text,
        "**Controls**: the answers of these sources are not what people said: {}. What they seem to add is \
         added by no feedback.\n",
        of.collect::<Vec<_>>().join(", ")
    );
}

fn few_clusters(text: &mut String, aggregates: &Aggregates) {
    if aggregates.few_clusters.is_empty() {
        return;
    }
    let of = aggregates.few_clusters.iter().map(|(source, fewest)| format!("{source} ({fewest})"));
    let _ = writeln!(
        text,
        "**Few clusters**: intervals over fewer than {FEW_CLUSTERS} prompts, episodes or people may be \
         too narrow (of 20, they hold the truth in 90 to 93 % where 95 is said; of statements about pairs \
         they are too wide): {}.\n",
        of.collect::<Vec<_>>().join(", ")
    );
}

/// What the response models came out as: one row for each shared parameter of each mix and setting,
/// means over seeds and members. Per-annotator values and cutpoints are in the table.
pub fn responses_summary(rows: &[ResponseRow]) -> String {
    let shared = |row: &&ResponseRow| {
        row.annotator.is_none()
            && row.fitted_on == FittedOn::Train
            && !row.parameter.contains("cutpoints")
    };
    let mut values: BTreeMap<(&str, &str, &str, &str, u64), Vec<f64>> = BTreeMap::new();
    for row in rows.iter().filter(shared) {
        let ResponseRow { mix, setting, source, parameter, position, .. } = row;
        let key = (mix.as_str(), setting.as_str(), source.as_str(), &**parameter, *position);
        values.entry(key).or_default().push(row.value);
    }
    if values.is_empty() {
        return String::new();
    }
    let mut text = "## Response models\n\nParameters of how people answer, as fitted with the reward, \
                    in natural units; `responses.parquet` has all of them, also by annotator and as \
                    fitted for evaluation.\n\n| mix | source | parameter | mean | range |\n|---|---|---|---:|---|\n"
        .to_owned();
    for ((mix, setting, source, parameter, position), values) in values {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let place = if position == 0 { String::new() } else { format!(" {position}") };
        let _ = writeln!(
            text,
            "| {} | {} | {}{place} | {} | {} to {} |",
            row_name(mix, setting),
            cell(source),
            cell(parameter),
            number(mean),
            number(least),
            number(most)
        );
    }
    text.push('\n');
    text
}

/// A mix, and the point of the grid if there is one.
fn told(mix: &str, setting: &str) -> String {
    if setting.is_empty() { mix.to_owned() } else { format!("{mix}, {setting}") }
}

/// The same within a table.
pub(crate) fn row_name(mix: &str, setting: &str) -> String {
    cell(&told(mix, setting))
}

fn block(text: &mut String, rows: &[&AggregateRow]) {
    let Some(first) = rows.first() else { return };
    let better = better(first.direction);
    let AggregateRow { source, metric, unit, .. } = first;
    let _ = writeln!(text, "## {}: {metric}\n\nIn {unit}; {better} is better.", judged(source));
    let estimators = distinct(rows.iter().map(|row| &row.estimator));
    for estimator in estimators.iter().filter(|estimator| *estimator != MODEL) {
        let same = rows.iter().filter(|row| row.estimator == *estimator);
        let name = estimator.replace('-', " ");
        let _ = writeln!(text, "{}: {}.", capital(&name), span(same.map(|row| row.mean)));
    }
    let models = rows.iter().filter(|row| row.estimator == MODEL);
    text.push('\n');
    if models.clone().next().is_none() {
        return;
    }
    text.push_str("| mix | training statements | mean | seeds | range over seeds |\n");
    text.push_str("|---|---:|---:|---:|---:|\n");
    for row in models {
        let _ = writeln!(
            text,
            "| {} | {} | {}{} | {} | {} to {} |",
            row_name(&row.mix, &row.setting),
            row.labels.round(),
            number(row.mean),
            interval(row.low, row.high),
            row.seeds,
            number(row.least),
            number(row.most),
        );
    }
    text.push('\n');
}

/// How a title names what is judged.
pub(crate) fn judged(source: &str) -> String {
    match is_true_reward(source) {
        true => capital(source),
        false => format!("Held-out {source}"),
    }
}

/// "higher", "lower" or "nearer to the nominal level".
pub(crate) fn better(direction: Direction) -> &'static str {
    match direction {
        Direction::Higher => "higher",
        Direction::Lower => "lower",
        Direction::Nominal => "nearer to the nominal level",
    }
}

/// "One seed." or "Mean over 2 to 3 seeds.", from numbers of seeds.
pub(crate) fn mean_over(seeds: impl Iterator<Item = u64> + Clone) -> String {
    match (seeds.clone().min().unwrap_or(0), seeds.max().unwrap_or(0)) {
        (_, 0 | 1) => "One seed.".to_owned(),
        (least, most) if least == most => format!("Mean over {most} seeds."),
        (least, most) => format!("Mean over {least} to {most} seeds."),
    }
}

/// One number when all print the same, else "smallest to largest, by mix".
fn span(values: impl Iterator<Item = f64> + Clone) -> String {
    let least = number(values.clone().fold(f64::INFINITY, f64::min));
    let most = number(values.fold(f64::NEG_INFINITY, f64::max));
    match least == most {
        true => least,
        false => format!("{least} to {most}, by mix"),
    }
}

/// " [0.100, 0.200]", or nothing unless both ends are there.
pub(crate) fn interval(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!(" [{}, {}]", number(low), number(high)),
        _ => String::new(),
    }
}

/// "3, 7".
pub(crate) fn listed(seeds: &[u64]) -> String {
    seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// A name as the content of a cell of a table.
pub(crate) fn cell(name: &str) -> String {
    name.replace('|', "\\|")
}

/// Three decimals, or fewer where the integer part is long.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        f64::INFINITY => if value < 0.0 { "-∞" } else { "∞" }.to_owned(),
        size if size < 100.0 => format!("{value:.3}"),
        size if size < 10_000.0 => format!("{value:.1}"),
        _ => format!("{value:.3e}"),
    }
}

/// With its sign, and with none where it prints as 0.
pub(crate) fn signed(value: f64) -> String {
    match value {
        small if small.abs() < 0.0005 => number(0.0),
        negative if negative < 0.0 => number(negative),
        positive => format!("+{}", number(positive)),
    }
}

/// A p value.
pub(crate) fn chance(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { number(p) }
}

/// How titles name a metric: distances by their letters, others in words.
pub(crate) fn shown(metric: &str) -> String {
    match metric {
        "epic" | "starc" | "dard" => metric.to_uppercase(),
        words => capital(&words.replace('-', " ")),
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
#[path = "summary_tests.rs"]
mod tests;
