//! What a study looks like.

use crate::Voices;
use crate::choose::Choice;
use crate::groups::Grouping;
use crate::study::Found;
use crate::{StudyError, StudySpec};
use medley_aggregation::Decision;
use medley_report::{
    Figure, Matrix, MatrixCell, Scale, Series, Shape, XyFigure, matrix_figure, xy_figure,
};

/// Steps of a group's weight from 0 to 1.
const STEPS: usize = 50;

/// The figures of a study, as far as there is something to show.
///
/// # Errors
/// A figure cannot be drawn, or no society can be made.
pub fn figures(found: &Found, spec: &StudySpec) -> Result<Vec<Figure>, StudyError> {
    let mut figures = Vec::new();
    for matrix in rules_by_group(found, spec) {
        figures.push(matrix_figure(&matrix)?);
    }
    for figure in paths(found, spec)?.iter().chain(&persons(found)).chain(&new_people(found)) {
        figures.push(xy_figure(figure)?);
    }
    Ok(figures)
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
                match served.and_then(|served| served.gap.map(|gap| (served, gap))) {
                    Some((_, gap)) => {
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
        let columns = grouping.labels.iter().enumerate().map(|(label, name)| {
            let best = found.served.iter().find(|served| {
                served.group == (grouping.column.clone(), grouping.labels[label].clone())
            });
            let best = best.and_then(|served| served.best).map(|best| found.option(best));
            best.map_or(name.clone(), |best| format!("{name} ({best})"))
        });
        let unit = match &spec.aggregation.from {
            Voices::Said => "share of a person's comparisons of an option that it wins",
            Voices::Model(_) => "nats of each person's own reward",
        };
        Matrix {
            name: format!("rules-by-{}", file_name(&grouping.column)),
            title: format!("{}: what each group loses by what is chosen for all", spec.name),
            rows: rules.iter().map(name).collect(),
            columns: columns.collect(),
            cells: rules.iter().map(row).collect(),
            notes: vec![format!(
                "Worth of the option that is best for the group (in brackets) less that of what the rule \
                 chooses for everybody, mean over people of the group, in {unit}. Groups of fewer than 20 \
                 people are hidden."
            )],
        }
    };
    match found.served.is_empty() {
        true => Vec::new(),
        false => found.groupings.iter().map(of).collect(),
    }
}

/// How what is chosen changes with the weight of one group: chances of options along the way, for the rule
/// of the file that changes most often.
fn paths(found: &Found, spec: &StudySpec) -> Result<Vec<XyFigure>, StudyError> {
    let Some(electorate) = &found.electorate else { return Ok(Vec::new()) };
    let mut figures = Vec::new();
    for grouping in found.groupings.iter().filter(|grouping| grouping.labels.len() == 2) {
        let groups = electorate.groups(grouping);
        let [first, second] = [0, 1].map(|label| electorate.weights_of(grouping, label));
        let sums = [&first, &second].map(|weights| weights.iter().sum::<f64>());
        let counts = [&first, &second].map(|w| w.iter().filter(|weight| **weight > 0.0).count());
        if counts.iter().any(|count| *count < crate::LEAST) {
            continue;
        }
        for (name, rule) in &spec.aggregation.rules {
            let mut points: Vec<(f64, Decision)> = Vec::new();
            for step in 0..=STEPS {
                let share = step as f64 / STEPS as f64;
                let mixed = |(one, other): (&f64, &f64)| {
                    (1.0 - share) * one / sums[0] + share * other / sums[1]
                };
                let weights: Vec<f64> = first.iter().zip(&second).map(mixed).collect();
                let society = electorate.society(&weights, &groups)?;
                if let Ok(decision) = rule.decide(&society) {
                    points.push((share, decision));
                }
            }
            let winners: std::collections::BTreeSet<usize> =
                points.iter().flat_map(|(_, decision)| decision.winners()).collect();
            if winners.len() < 2 {
                continue;
            }
            let series = winners.iter().map(|&option| Series {
                label: found.option(option),
                shape: Shape::Line,
                points: points.iter().map(|(x, d)| (*x, d.chances()[option])).collect(),
                ..Series::default()
            });
            figures.push(XyFigure {
                name: format!("path-{}-{}", file_name(&grouping.column), file_name(name)),
                title: format!("{}: what {name} chooses as one group counts for more", spec.name),
                x_label: format!("weight of {} = {}", grouping.column, grouping.labels[1]),
                y_label: "chance of being chosen".to_owned(),
                series: series.collect(),
                ..XyFigure::default()
            });
        }
    }
    Ok(figures)
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
    if series.is_empty() || series.iter().all(|one| one.points.len() < crate::LEAST) {
        return Vec::new();
    }
    vec![XyFigure {
        name: "persons".to_owned(),
        title: "How badly each person is told, from the best told to the worst".to_owned(),
        x_label: "people, %".to_owned(),
        y_label: "held-out negative log-likelihood (nats a statement)".to_owned(),
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

/// A name as a part of a file name.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '-' };
    name.chars().map(plain).collect()
}
