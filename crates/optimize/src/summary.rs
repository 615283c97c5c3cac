//! What is said of optimized rewards at the end?

use crate::names::distinct;
use crate::text_table::text_table;
use crate::{OptimizeError, Optimized};
use medley_evaluation::{Bootstrap, RunScores, mean_of_tasks};
use medley_report::{Figure, OptimizationRow, OptimizedRow, Series, XyFigure, xy_figure};

/// A line for each reward: means over seeds with 95 % intervals over other seeds.
pub fn summary(found: &Optimized) -> String {
    let Some(first) = found.rows.first() else { return "nothing was optimized\n".to_owned() };
    let heads = ["reward", "value", "best", "uniform", "normalized", "learned return"];
    let mut table = vec![heads.map(str::to_owned)];
    for label in distinct(found.rows.iter().map(|row| row.label.as_str())) {
        let of: Vec<&OptimizedRow> = found.rows.iter().filter(|row| row.label == label).collect();
        let column =
            |pick: fn(&OptimizedRow) -> f64| told(of.iter().map(|row| pick(row)).collect());
        let normalized: Vec<f64> = of.iter().filter_map(|row| row.normalized).collect();
        let normalized = match normalized.len() == of.len() {
            true => told(normalized),
            false => "none: best is not above uniform".to_owned(),
        };
        table.push([
            label.to_owned(),
            column(|row| row.value),
            column(|row| row.best),
            column(|row| row.uniform),
            normalized,
            column(|row| row.proxy),
        ]);
    }
    format!(
        "{} by {}, returns by the true reward\n{}",
        first.world,
        first.method,
        text_table(&table)
    )
}

/// A mean, with its interval if there are several runs.
fn told(values: Vec<f64>) -> String {
    let runs: Vec<Vec<f64>> = values.into_iter().map(|value| vec![value]).collect();
    let Ok(scores) = RunScores::complete(&runs) else { return "none".to_owned() };
    let mean = mean_of_tasks(&scores, &Bootstrap::OF_RUNS);
    match mean.interval.ends() {
        Some((low, high)) => format!("{:.2} [{low:.2}, {high:.2}]", mean.value),
        None => format!("{:.2}", mean.value),
    }
}

/// Proxy and true return over divergence for best-of-n, over steps for PPO, mean over seeds; none where
/// there is no way to show.
///
/// # Errors
/// It cannot be drawn.
pub fn figure(found: &Optimized) -> Result<Option<Figure>, OptimizeError> {
    let Some(first) = found.curves.first() else { return Ok(None) };
    let is_choice = first.method == "best-of-n";
    let mut series = Vec::new();
    for label in distinct(found.curves.iter().map(|row| row.label.as_str())) {
        let of: Vec<&OptimizationRow> =
            found.curves.iter().filter(|row| row.label == label).collect();
        let is_true = of.iter().all(|row| row.reward == "true");
        let own = match is_true && label == "true" {
            true => "optimized for the true reward".to_owned(),
            false => format!("{label}: true return"),
        };
        series.push(line(&of, own, is_choice, |row| row.gold));
        if !is_true {
            let said = format!("{label}: learned return");
            series.push(line(&of, said, is_choice, |row| row.proxy));
        }
    }
    let x_label = if is_choice { "KL from uniform (nats)" } else { "steps" };
    let figure = xy_figure(&XyFigure {
        name: "optimization".to_owned(),
        title: format!("{}: {}", first.world, first.method),
        x_label: x_label.to_owned(),
        y_label: "return of an episode".to_owned(),
        series,
        ..XyFigure::default()
    })?;
    Ok(Some(figure))
}

fn line(
    rows: &[&OptimizationRow],
    label: String,
    is_choice: bool,
    pick: fn(&OptimizationRow) -> Option<f64>,
) -> Series {
    let mut places: Vec<u64> = rows.iter().map(|row| row.at).collect();
    places.sort_unstable();
    places.dedup();
    let point = |at: &u64| {
        let here: Vec<&&OptimizationRow> = rows.iter().filter(|row| row.at == *at).collect();
        let values: Vec<f64> = here.iter().filter_map(|row| pick(row)).collect();
        let x = if is_choice { here.first()?.kl } else { *at as f64 };
        (!values.is_empty()).then(|| (x, values.iter().sum::<f64>() / values.len() as f64))
    };
    Series { label, points: places.iter().filter_map(point).collect(), ..Series::default() }
}
