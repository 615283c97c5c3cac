//! What a study looks like.

use crate::Voices;
use crate::choose::Choice;
use crate::groups::{Grouping, LEAST};
use crate::paths::Path;
use crate::study::Found;
use crate::{StudyError, StudySpec};
use medley_aggregation::Decision;
use medley_report::{
    Figure, Matrix, MatrixCell, Scale, Series, XyFigure, file_part, matrix_figure, xy_figure,
};

/// Of the shares of a path one in so many is drawn.
const EVERY: usize = 2;

/// The figures of a study, as far as there is something to show.
///
/// # Errors
/// A figure cannot be drawn, or no society can be made.
pub fn figures(found: &Found, spec: &StudySpec) -> Result<Vec<Figure>, StudyError> {
    let mut figures = Vec::new();
    for matrix in rules_by_group(found, spec) {
        figures.push(matrix_figure(&matrix)?);
    }
    for matrix in ways(found, spec) {
        figures.push(matrix_figure(&matrix)?);
    }
    for figure in persons(found).iter().chain(&new_people(found)) {
        figures.push(xy_figure(figure)?);
    }
    name_apart(&mut figures);
    Ok(figures)
}

/// Names that would be one file get a number.
fn name_apart(figures: &mut [Figure]) {
    let mut seen = std::collections::BTreeMap::new();
    for figure in figures {
        let count = seen.entry(figure.name().to_owned()).or_insert(0);
        *count += 1;
        if *count > 1 {
            let name = format!("{}-{count}", figure.name());
            figure.rename(name);
        }
    }
}

/// What each group loses by each rule: one table a column of people.
fn rules_by_group(found: &Found, spec: &StudySpec) -> Vec<Matrix> {
    let of = |grouping: &Grouping| {
        let rules: Vec<&Choice> =
            found.choices.iter().filter(|choice| choice.group.is_none()).collect();
        let row = |choice: &&Choice| -> Vec<MatrixCell> {
            let cell = |label: &String| {
                let served = found.served.iter().find(|served| {
                    served.rule == choice.rule
                        && served.group == (grouping.column.clone(), label.clone())
                });
                match served.and_then(|served| served.gap) {
                    Some(gap) => {
                        MatrixCell::Value(gap.max(0.0), vec![format!("{:.3}", gap.max(0.0))])
                    }
                    None => MatrixCell::Absent("hidden".to_owned()),
                }
            };
            grouping.labels.iter().map(cell).collect()
        };
        let name = |choice: &&Choice| match &choice.decision {
            Ok(Some(decision)) => format!("{}: {}", choice.rule, found.chosen_shortly(decision)),
            _ => choice.rule.clone(),
        };
        let columns = grouping.labels.iter().map(|name| {
            let group = (grouping.column.clone(), name.clone());
            let best = found.served.iter().find(|served| served.group == group);
            let best = best.and_then(|served| served.best).map(|best| found.option(best));
            best.map_or(name.clone(), |best| format!("{name} ({best})"))
        });
        let unit = match &spec.aggregation.from {
            Voices::Said => "share of a person's comparisons of an option that it wins",
            Voices::Model(_) => "nats of each person's own reward",
        };
        Matrix {
            name: format!("rules-by-{}", file_part(&grouping.column)),
            title: format!("{}: what each group loses by what is chosen for all", spec.name),
            rows: rules.iter().map(name).collect(),
            columns: columns.collect(),
            cells: rules.iter().map(row).collect(),
            notes: vec![format!(
                "Worth of the option that is best for the group (in brackets) less that of what the rule \
                 chooses for everybody, mean over people of the group, in {unit}. Groups of fewer than {LEAST} \
                 people are hidden."
            )],
        }
    };
    match found.served.is_empty() {
        true => Vec::new(),
        false => found.groupings.iter().map(of).collect(),
    }
}

/// What each rule would choose if a group counted for more or for less; where another option wins than now is
/// marked.
fn ways(found: &Found, spec: &StudySpec) -> Vec<Matrix> {
    let mut groups: Vec<&(String, String)> = found.paths.iter().map(|path| &path.group).collect();
    let mut seen = std::collections::BTreeSet::new();
    groups.retain(|group| seen.insert(*group));
    groups.into_iter().filter_map(|group| way(found, spec, group)).collect()
}

fn way(found: &Found, spec: &StudySpec, group: &(String, String)) -> Option<Matrix> {
    let paths: Vec<&Path> = found.paths.iter().filter(|path| path.group == *group).collect();
    let grouping = found.groupings.iter().find(|of| of.column == group.0)?;
    // Of two groups the way of one is that of the other backwards.
    let is_other_way = grouping.labels.len() == 2 && grouping.labels[0] == group.1;
    if is_other_way || paths.iter().all(|path| path.flip.is_none()) {
        return None;
    }
    let row = |path: &&Path| -> Vec<MatrixCell> {
        let now = found.choices.iter().find(|c| c.rule == path.rule && c.group.is_none());
        let now = now.and_then(|c| c.decision.as_ref().ok()?.as_ref()).map(Decision::winners);
        let cell = |(_, decision): &(f64, Option<Decision>)| match decision {
            None => MatrixCell::Absent("none".to_owned()),
            Some(decision) => {
                let winners = decision.winners();
                let is_other = now.as_ref().is_some_and(|now| *now != winners);
                let names: Vec<String> =
                    winners.into_iter().take(2).map(|option| found.option(option)).collect();
                MatrixCell::Value(if is_other { 1.0 } else { 0.0 }, vec![names.join(", ")])
            }
        };
        path.points.iter().step_by(EVERY).map(cell).collect()
    };
    let shares = paths[0].points.iter().step_by(EVERY);
    let (column, label) = group;
    Some(Matrix {
        name: format!("weight-of-{}-{}", file_part(column), file_part(label)),
        title: format!("{}: what is chosen, by the weight of {column} = {label}", spec.name),
        rows: paths.iter().map(|path| path.rule.clone()).collect(),
        columns: shares.map(|(x, _)| format!("{:.0} %", 100.0 * x)).collect(),
        cells: paths.iter().map(row).collect(),
        notes: vec![format!(
            "Now {label} counts for {:.0} %. Coloured: another choice than now (of a lottery the likeliest \
             option).",
            100.0 * paths[0].share
        )],
    })
}

/// How far people stand from the one reward for all: the mean loss of each person, sorted, by model.
fn persons(found: &Found) -> Vec<XyFigure> {
    let line = |outcome: &crate::Outcome| {
        let predictions = outcome.predictions.values().next_back()?;
        let mut sums: std::collections::BTreeMap<usize, (f64, f64)> = Default::default();
        for prediction in predictions {
            let person = found.told.panel.statements()[prediction.statement].person;
            let sum = sums.entry(person).or_default();
            sum.0 -= prediction.log_likelihood;
            sum.1 += 1.0;
        }
        let mut means: Vec<f64> = sums.values().map(|(sum, count)| sum / count).collect();
        if means.len() < LEAST {
            return None;
        }
        means.sort_by(f64::total_cmp);
        let count = means.len() as f64;
        let point = |(place, mean): (usize, f64)| (100.0 * (place as f64 + 0.5) / count, mean);
        Some(Series {
            label: outcome.model.clone(),
            points: means.into_iter().enumerate().map(point).collect(),
            ..Series::default()
        })
    };
    let series: Vec<Series> = found.outcomes.iter().filter_map(line).collect();
    if series.is_empty() {
        return Vec::new();
    }
    vec![XyFigure {
        name: "persons".to_owned(),
        title: "Held-out loss of each person, from the best predicted to the worst".to_owned(),
        x_label: "people, %".to_owned(),
        y_label: "negative log-likelihood (nats a statement)".to_owned(),
        series,
        ..XyFigure::default()
    }]
}

/// What is known of new people after some of their answers.
fn new_people(found: &Found) -> Vec<XyFigure> {
    let line = |outcome: &crate::Outcome| {
        let rows: Vec<_> = found
            .rows
            .iter()
            .filter(|row| {
                row.model == outcome.model
                    && row.column.is_none()
                    && row.metric == "negative-log-likelihood"
                    && row.labels.is_some()
                    && row.people >= LEAST as u64
            })
            .collect();
        let point = |row: &&&medley_report::PeopleRow| Some((row.labels? as f64, row.value?));
        let ends = |row: &&&medley_report::PeopleRow| Some((row.low?, row.high?));
        let points: Vec<(f64, f64)> = rows.iter().filter_map(|row| point(&row)).collect();
        let intervals: Vec<(f64, f64)> = rows.iter().filter_map(|row| ends(&row)).collect();
        let intervals = if intervals.len() == points.len() { intervals } else { Vec::new() };
        (points.len() > 1).then(|| Series {
            label: outcome.model.clone(),
            points,
            intervals,
            ..Series::default()
        })
    };
    let series: Vec<Series> = found.outcomes.iter().filter_map(line).collect();
    if series.is_empty() {
        return Vec::new();
    }
    vec![XyFigure {
        name: "new-people".to_owned(),
        title: "What is known of new people after some of their answers".to_owned(),
        x_label: "answers of theirs that are known".to_owned(),
        y_label: "negative log-likelihood of later ones (nats)".to_owned(),
        x_scale: Scale::Count,
        series,
        ..XyFigure::default()
    }]
}
