//! Which measure would have told how much is lost by optimizing a reward?

use crate::summary::{cell, number};
use crate::{MODEL, MeasurementRow, is_true_reward};
use medley_evaluation::{Bootstrap, MeasuredRun, RegretPrediction, regret_predictions};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What is lost, and the same on another scale.
const LOST: [&str; 2] = ["regret", "normalized-value"];

/// Measures by how well they predict regret over all runs, as Markdown; empty without a measure that five
/// runs with a regret have, or where all are the same. Runs of one seed are drawn together. All runs have
/// to be in one world: regrets in two have two units.
pub fn regret_summary(rows: &[MeasurementRow]) -> String {
    let mut runs = measured(rows);
    let seldom = seldom(&runs);
    runs.iter_mut().for_each(|run| run.measures.retain(|name, _| !seldom.contains(name)));
    let bootstrap = Bootstrap { replicates: 1_000, seed: 0 };
    let Ok(table) = regret_predictions(&runs, &bootstrap) else { return String::new() };
    if table.iter().all(|row| row.rank_correlation.is_none()) {
        return String::new();
    }
    let mut text = format!(
        "## Which measure predicts regret\n\nOver {} runs of all mixes and seeds: Spearman's correlation \
         of each measure with regret under the true reward, with 95 % intervals over seeds. *Behind*: how \
         much weaker than the first, in the same resamples; where its interval holds 0, the two cannot be \
         told apart. The first was chosen for coming out first.\n\n| measure | rank correlation with \
         regret | behind | runs |\n|---|---:|---:|---:|\n",
        runs.len()
    );
    for RegretPrediction { measure, rank_correlation, behind, missing, .. } in &table {
        let told = |estimate: &Option<medley_evaluation::Estimate>| {
            estimate.map_or_else(|| "-".to_owned(), |of| number(of.value) + &ends(&of))
        };
        let head = &table[0].measure;
        let has = |run: &&MeasuredRun| run.measures.contains_key(measure);
        let common = runs.iter().filter(has).filter(|run| run.measures.contains_key(head)).count();
        let behind = if common < LEAST_RUNS { &None } else { behind };
        let (rho, behind) = (told(rank_correlation), told(behind));
        let count = runs.len() - missing;
        let _ = writeln!(text, "| {} | {rho} | {behind} | {count} |", cell(measure));
    }
    text.push('\n');
    if !seldom.is_empty() {
        let names: Vec<String> = seldom.into_iter().collect();
        let _ = writeln!(text, "Known of fewer than {LEAST_RUNS} runs: {}.\n", names.join(", "));
    }
    text
}

/// Fewer runs have no ranks to speak of: two always agree or disagree completely.
const LEAST_RUNS: usize = 5;

/// Measures that too few runs have.
fn seldom(runs: &[MeasuredRun]) -> BTreeSet<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for name in runs.iter().flat_map(|run| run.measures.keys()) {
        *counts.entry(name).or_default() += 1;
    }
    let few = counts.into_iter().filter(|(_, count)| *count < LEAST_RUNS);
    few.map(|(name, _)| name.clone()).collect()
}

fn ends(of: &medley_evaluation::Estimate) -> String {
    match of.has_interval() {
        true => format!(" [{}, {}]", number(of.low), number(of.high)),
        false => String::new(),
    }
}

/// The runs whose regret is known, with everything else that was measured on them.
fn measured(rows: &[MeasurementRow]) -> Vec<MeasuredRun> {
    let mut runs: BTreeMap<&str, MeasuredRun> = BTreeMap::new();
    let of_models = || rows.iter().filter(|row| row.estimator == MODEL && row.value.is_finite());
    let at_home = |row: &&MeasurementRow| row.source == crate::TRUE_REWARD && row.metric == LOST[0];
    for row in of_models().filter(at_home) {
        let cluster = row.seed as u32;
        let MeasurementRow { run, value, .. } = row;
        let found = MeasuredRun {
            run: run.clone(),
            world: String::new(),
            cluster,
            regret: *value,
            measures: BTreeMap::new(),
        };
        runs.insert(run, found);
    }
    for row in of_models() {
        // What is lost elsewhere, or on another scale, is no measure that foretells it.
        if is_true_reward(&row.source) && LOST.contains(&row.metric.as_str()) {
            continue;
        }
        if let Some(run) = runs.get_mut(row.run.as_str()) {
            let name = match is_true_reward(&row.source) {
                true => row.metric.clone(),
                false => format!("{} on {}", row.metric, row.source),
            };
            run.measures.insert(name, row.value);
        }
    }
    runs.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TRUE_REWARD;
    use crate::sample::measurement;

    #[test]
    fn a_measure_that_rises_with_regret_stands_first() {
        let mut rows = Vec::new();
        for seed in 0..6_u64 {
            let of = |source: &str, metric: &str, value: f64| MeasurementRow {
                metric: metric.to_owned(),
                ..measurement("a", seed, source, value)
            };
            rows.push(of(TRUE_REWARD, "regret", seed as f64));
            rows.push(of(TRUE_REWARD, "normalized-value", -(seed as f64)));
            rows.push(of("true reward, icy", "regret", 1.0));
            rows.push(of(TRUE_REWARD, "starc", seed as f64 / 10.0));
            rows.push(of("votes", "accuracy", [3.0, 1.0, 2.0, 0.0, 5.0, 4.0][seed as usize]));
        }
        let text = regret_summary(&rows);
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with("| starc | 1"), "{text}");
        assert!(lines[2].starts_with("| accuracy on votes | 0.4"), "{text}");
        assert_eq!(regret_summary(&rows[..20]), "");
    }

    /// With two points a correlation is 1 or -1.
    #[test]
    fn a_measure_of_few_runs_is_not_ranked_and_none_is_compared_over_few() {
        let mut rows = Vec::new();
        for seed in 0..10_u64 {
            let of = |metric: &str, value: f64| MeasurementRow {
                metric: metric.to_owned(),
                ..measurement("a", seed, TRUE_REWARD, value)
            };
            rows.push(of("regret", seed as f64));
            rows.push(of("epic", if seed < 6 { seed as f64 } else { continue }));
        }
        for seed in 4..10_u64 {
            let of = |metric: &str, value: f64| MeasurementRow {
                metric: metric.to_owned(),
                ..measurement("a", seed, TRUE_REWARD, value)
            };
            rows.push(of("starc", [1.0, 3.0, 2.0, 5.0, 4.0, 6.0][seed as usize - 4]));
            if seed < 6 {
                rows.push(of("tail-accuracy", -(seed as f64)));
            }
        }
        let text = regret_summary(&rows);
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
        assert!(lines[1].starts_with("| epic | 1"), "{text}");
        // Two runs have both.
        assert!(lines[2].starts_with("| starc | 0.8") && lines[2].ends_with("| - | 6 |"), "{text}");
        assert_eq!(lines.len(), 3, "{text}");
        assert!(text.contains("\nKnown of fewer than 5 runs: tail-accuracy.\n"), "{text}");
    }
}
