//! Which rows are behind a number of the page?
//!
//! A number is a mean over seeds of one estimator; behind it are the value of each seed and the run that it is
//! of. Large experiments have more of these than a page can hold: then the first ones stand here, and the
//! page says how many more are in the Parquet file.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::page::grid::slug;
use crate::page::grid_html::quoted;
use crate::summary::{interval, number};
use crate::text::escape;
use crate::{AggregateRow, Chosen, MeasurementRow, SweepRow};

/// Lines of rows that the page holds.
const MOST_LINES: usize = 3_000;
/// Seeds that a line holds.
const MOST_SEEDS: usize = 50;

/// What a number is of.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// The rows of each number, with an anchor for those that the page holds.
pub(crate) struct Behind<'a> {
    rows: BTreeMap<Key<'a>, Vec<&'a MeasurementRow>>,
    ids: BTreeMap<Key<'a>, String>,
    shown: Vec<&'a AggregateRow>,
    /// Mix and setting of what is compared under a name.
    places: BTreeMap<String, (&'a str, &'a str)>,
}

impl<'a> Behind<'a> {
    /// `shown` are the numbers of the page, the most important first, and `points` those of a sweep.
    pub fn new(
        measurements: &'a [MeasurementRow],
        shown: Vec<&'a AggregateRow>,
        points: &'a [SweepRow],
    ) -> Self {
        let shown: Vec<&AggregateRow> = shown.into_iter().take(MOST_LINES).collect();
        let ids: BTreeMap<Key, String> = shown
            .iter()
            .enumerate()
            .map(|(place, row)| (of_number(row), format!("rows-{}", place + 1)))
            .collect();
        let mut rows: BTreeMap<Key, Vec<&MeasurementRow>> = BTreeMap::new();
        for row in measurements {
            let key = (&*row.source, &*row.metric, &*row.mix, &*row.setting, &*row.estimator);
            if ids.contains_key(&key) {
                rows.entry(key).or_default().push(row);
            }
        }
        rows.values_mut().for_each(|rows| rows.sort_by_key(|row| row.seed));
        let place = |point: &'a SweepRow| {
            let name = match point.chosen {
                Chosen::Yes => point.mix.clone(),
                _ => format!("{}, {}", point.mix, point.setting),
            };
            (name, (point.mix.as_str(), point.setting.as_str()))
        };
        Behind { rows, ids, shown, places: points.iter().map(place).collect() }
    }

    /// The anchor of the rows of a number, if they are on the page.
    pub fn anchor(&self, row: &AggregateRow) -> Option<String> {
        let elsewhere = || {
            let (mix, setting) = *self.places.get(&row.mix)?;
            self.ids.get(&(&row.source, &row.metric, mix, setting, &row.estimator))
        };
        self.ids.get(&of_number(row)).or_else(elsewhere).cloned()
    }

    /// At which point of a sweep a mix is compared; none without a sweep.
    pub fn setting(&self, row: &AggregateRow) -> Option<&'a str> {
        self.places.get(&row.mix).map(|(_, setting)| *setting).filter(|_| row.setting.is_empty())
    }

    /// All rows that the page holds, one fold for each judged source and metric. `all` is how many numbers
    /// there are; `has_run` says which runs have an anchor.
    pub fn html(&self, all: usize, has_run: &dyn Fn(&str) -> bool) -> String {
        let mut text = String::new();
        if self.shown.len() < all {
            let _ = writeln!(
                text,
                "<p>The rows of {} of {all} numbers stand here; all are in \
                 <code>tables/measurements.parquet</code>.</p>",
                self.shown.len()
            );
        }
        let mut folds: Vec<((&str, &str), Vec<&AggregateRow>)> = Vec::new();
        for row in &self.shown {
            let of = (row.source.as_str(), row.metric.as_str());
            match folds.iter_mut().find(|(key, _)| *key == of) {
                Some((_, rows)) => rows.push(row),
                None => folds.push((of, vec![row])),
            }
        }
        for ((source, metric), rows) in folds {
            self.fold(&mut text, (source, metric), &rows, has_run);
        }
        text
    }

    fn fold(
        &self,
        text: &mut String,
        (source, metric): (&str, &str),
        rows: &[&AggregateRow],
        has_run: &dyn Fn(&str) -> bool,
    ) {
        let name = slug(&format!("{source} {metric}"));
        let title = escape(&format!("{source}: {metric}"));
        let _ = writeln!(
            text,
            "<details id=\"fold-{name}\"><summary>{title}</summary>\n\
             <div class=\"scroll\" role=\"region\" aria-label=\"Rows of {}\" tabindex=\"0\">\n\
             <table><thead><tr><th scope=\"col\">whose number</th>\
             <th scope=\"col\">seed: value [95 % interval of the run] (run)</th></tr></thead><tbody>",
            quoted(&format!("{source}: {metric}"))
        );
        for row in rows {
            let Some((id, behind)) =
                self.ids.get(&of_number(row)).zip(self.rows.get(&of_number(row)))
            else {
                continue;
            };
            let values: Vec<String> =
                behind.iter().take(MOST_SEEDS).map(|row| value(row, has_run)).collect();
            let more = behind.len().saturating_sub(MOST_SEEDS);
            let more = if more == 0 { String::new() } else { format!("; and {more} more seeds") };
            let _ = writeln!(
                text,
                "<tr id=\"{id}\"><th scope=\"row\">{}</th><td>{}{more}</td></tr>",
                escape(&whose(row)),
                values.join("; ")
            );
        }
        text.push_str("</tbody></table></div></details>\n");
    }
}

fn of_number(row: &AggregateRow) -> Key<'_> {
    (&row.source, &row.metric, &row.mix, &row.setting, &row.estimator)
}

/// The mix, the setting and the estimator, as far as there is one.
fn whose(row: &AggregateRow) -> String {
    let estimator = if row.estimator == crate::MODEL { "" } else { row.estimator.as_str() };
    let parts = [row.mix.as_str(), row.setting.as_str(), estimator];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn value(row: &MeasurementRow, has_run: &dyn Fn(&str) -> bool) -> String {
    let run = escape(&row.run);
    let run = match has_run(&row.run) {
        true => format!("<a href=\"#run-{}\">{run}</a>", quoted(&row.run)),
        false => run,
    };
    format!("{}: {}{} ({run})", row.seed, number(row.value), interval(row.low, row.high))
}
