//! What does overoptimization look like?

use crate::OptimizeError;
use crate::names::distinct;
use crate::overoptimization::Overoptimization;
use crate::overoptimization_labels::{curve, mean_curve};
use medley_evaluation::{Bootstrap, RunScores, mean_of_tasks};
use medley_report::{
    AlarmVerdict, CourseRow, Figure, OveroptimizationFigure, OveroptimizationPanel,
    OveroptimizationRow, overoptimization_figure,
};

/// Points of a fitted curve.
const POINTS: usize = 60;

/// Proxy and gold over the distance from the first policy, with fit, peak and alarm: a panel for each label of a
/// learned reward, with the true reward at the same price as a line. Means over runs, stage by stage. None where
/// there is nothing to show.
///
/// # Errors
/// It cannot be drawn.
pub fn picture(found: &Overoptimization) -> Result<Option<Figure>, OptimizeError> {
    let Some(first) = found.courses.first() else { return Ok(None) };
    let is_true = |label: &str| {
        found.courses.iter().filter(|row| row.label == label).all(|row| row.reward == "true")
    };
    let labels = distinct(found.courses.iter().map(|row| row.label.as_str()));
    let (truths, learned): (Vec<&str>, Vec<&str>) =
        labels.into_iter().partition(|label| is_true(label));
    let panel = |label: &&str| panel(found, label, &truth(found, label, &truths));
    let panels: Vec<OveroptimizationPanel> =
        learned.iter().map(panel).filter(|panel| !panel.gold.is_empty()).collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let has_intervals = panels.iter().any(|panel| !panel.intervals.is_empty());
    let intervals = "95 % of the mean of gold, over other models or seeds";
    let figure = overoptimization_figure(&OveroptimizationFigure {
        name: "overoptimization".to_owned(),
        title: format!("{}: {}", first.world, first.method),
        x_label: "sqrt(KL) of an episode from the first policy (roots of nats)".to_owned(),
        y_label: "gain over it (sd of its returns)".to_owned(),
        intervals: if has_intervals { intervals.to_owned() } else { String::new() },
        panels,
    })?;
    Ok(Some(figure))
}

/// Gold of the true reward that was optimized at the price of `label`.
pub(crate) fn truth(found: &Overoptimization, label: &str, truths: &[&str]) -> Vec<(f64, f64)> {
    let price = |label: &str| Some(found.runs.iter().find(|run| run.label == label)?.price);
    let own = price(label);
    // Choosing among episodes costs nothing, so that any will do where none has the same price.
    let same = truths.iter().find(|truth| price(truth) == own).or(truths.first());
    let means = same.map(|truth| means(found, truth)).unwrap_or_default();
    means.iter().map(|mean| (mean.distance, mean.gold)).collect()
}

fn panel(found: &Overoptimization, label: &str, truth: &[(f64, f64)]) -> OveroptimizationPanel {
    let means = means(found, label);
    let rows: Vec<OveroptimizationRow> =
        found.labels.iter().filter(|row| row.label == label).cloned().collect();
    let reach = means.iter().map(|mean| mean.distance).fold(0.0, f64::max);
    let method = rows.first().map_or("", |row| row.method.as_str());
    let fitted = mean_curve(&rows).map(|(alpha, beta)| curve(method, alpha, beta));
    let at = |d: f64| fitted.map(|fit| (d, fit.gain(d)));
    let places = (0..=POINTS).map(|place| reach * place as f64 / POINTS as f64);
    let peak = rows.iter().find(|row| row.quantity == "peak").map(|row| row.value);
    let ends: Option<Vec<(f64, f64)>> = means.iter().map(|mean| mean.ends).collect();
    let verdicts: Vec<AlarmVerdict> =
        found.runs.iter().filter(|run| run.label == label).map(|run| run.alarm).collect();
    let (alarm, is_raised) = told(&verdicts);
    OveroptimizationPanel {
        title: label.to_owned(),
        proxy: means.iter().filter_map(|mean| Some((mean.distance, mean.proxy?))).collect(),
        gold: means.iter().map(|mean| (mean.distance, mean.gold)).collect(),
        intervals: ends.unwrap_or_default(),
        fit: places.filter_map(at).collect(),
        peak: peak.filter(|peak| *peak <= reach).and_then(at),
        truth: truth.to_vec(),
        alarm,
        is_raised,
    }
}

/// The alarm of several runs; raised where at least half of them raise it.
fn told(verdicts: &[AlarmVerdict]) -> (String, bool) {
    let count = |of| verdicts.iter().filter(|verdict| **verdict == of).count();
    let (raised, all) = (count(AlarmVerdict::Raised), verdicts.len());
    let text = match verdicts {
        [AlarmVerdict::Raised] => "alarm raised".to_owned(),
        [AlarmVerdict::Quiet] => "alarm quiet".to_owned(),
        _ if count(AlarmVerdict::Undecided) == all => "alarm undecided".to_owned(),
        _ => format!("alarm raised in {raised} of {all}"),
    };
    (text, 2 * raised >= all && raised > 0)
}

/// A stage, mean over runs.
struct Mean {
    distance: f64,
    proxy: Option<f64>,
    gold: f64,
    ends: Option<(f64, f64)>,
}

/// Stage by stage: runs of a label have as many. Stages without gold are left out.
fn means(found: &Overoptimization, label: &str) -> Vec<Mean> {
    let own: Vec<&CourseRow> = found.courses.iter().filter(|row| row.label == label).collect();
    let courses: Vec<&[&CourseRow]> =
        own.chunk_by(|a, b| (&a.reward, a.seed) == (&b.reward, b.seed)).collect();
    let stages = courses.iter().map(|course| course.len()).min().unwrap_or(0);
    let stage = |place: usize| {
        let here: Vec<&CourseRow> = courses.iter().map(|course| course[place]).collect();
        let mean = |of: fn(&CourseRow) -> Option<f64>| {
            let values: Option<Vec<f64>> = here.iter().map(|row| of(row)).collect();
            values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
        };
        let scores: Option<Vec<Vec<f64>>> =
            here.iter().map(|row| Some(vec![row.gold_gain?])).collect();
        let scores = RunScores::complete(&scores?).ok()?;
        let interval = mean_of_tasks(&scores, &Bootstrap { replicates: 2_000, seed: 0 }).interval;
        let gold = mean(|row| row.gold_gain)?;
        // At the first policy all gains are 0.
        let constant = (here.len() > 1 && place == 0).then_some((gold, gold));
        Some(Mean {
            distance: mean(|row| Some(row.kl.sqrt()))?,
            proxy: mean(|row| row.proxy_gain),
            gold,
            ends: interval.ends().or(constant),
        })
    };
    (0..stages).filter_map(stage).collect()
}
