//! How good is the reward after so much of people's time, by what is asked?

use crate::metrics::FIRST;
use crate::summary::judged;
use crate::{QueryingAggregate, Scale, Series, Shape, XyFigure};

/// How many lines a figure can tell apart by colour.
const COLORS: usize = crate::palette::CYCLE.len();

/// A figure for each mix and judged source, by the first metric that it has: quality against people's
/// time, a line a strategy with two standard errors over seeds. The first is called `querying`, others
/// are numbered.
pub fn querying(lines: &[QueryingAggregate]) -> Vec<XyFigure> {
    let same =
        |a: &QueryingAggregate, b: &QueryingAggregate| (&a.mix, &a.source) == (&b.mix, &b.source);
    let blocks = lines.chunk_by(same).filter_map(first_metric);
    blocks.enumerate().map(|(number, lines)| figure(number, &lines)).collect()
}

/// The lines of the first metric that there is.
fn first_metric(block: &[QueryingAggregate]) -> Option<Vec<&QueryingAggregate>> {
    let is_there = |metric: &&str| block.iter().any(|line| line.metric == *metric);
    let metric =
        FIRST.into_iter().find(is_there).or(block.first().map(|line| line.metric.as_str()));
    metric.map(|metric| block.iter().filter(|line| line.metric == metric).collect())
}

fn figure(number: usize, lines: &[&QueryingAggregate]) -> XyFigure {
    let first = lines[0];
    let series = |(place, line): (usize, &&QueryingAggregate)| {
        let ends = |error: f64, mean: f64| (mean - 2.0 * error, mean + 2.0 * error);
        let has_errors = line.points.iter().all(|point| point.standard_error.is_some());
        let interval = |point: &crate::QueryingPoint| Some(ends(point.standard_error?, point.mean));
        let intervals = line.points.iter().filter(|_| has_errors).filter_map(interval);
        Series {
            label: line.line.clone(),
            // Where colours come again.
            shape: if place < COLORS { Shape::Line } else { Shape::Dashed },
            points: line.points.iter().map(|point| (point.at, point.mean)).collect(),
            intervals: intervals.collect(),
            ..Series::default()
        }
    };
    XyFigure {
        name: match number {
            0 => "querying".to_owned(),
            _ => format!("querying-{}", number + 1),
        },
        title: format!("{}, {}", first.mix, judged(&first.source)),
        x_label: match first.in_seconds {
            true => "people's time (seconds)".to_owned(),
            false => "questions".to_owned(),
        },
        y_label: format!("{} ({})", first.metric, first.unit),
        x_scale: Scale::Any,
        y_scale: Scale::Any,
        series: lines.iter().enumerate().map(series).collect(),
    }
}

#[cfg(test)]
#[path = "querying_tests.rs"]
mod tests;
