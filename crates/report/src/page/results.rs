//! The tables of results: one for each judged source and metric, with what the numbers are read against.

use std::collections::BTreeMap;

use crate::metrics::FIRST;
use crate::mix::distinct;
use crate::page::behind::Behind;
use crate::page::grid::{Column, Grid, Item, Line, slug};
use crate::summary::{better, judged, shown};
use crate::{AggregateRow, Aggregates, Direction, MODEL};

/// Lines of all tables together; tables of large experiments hold the best and say how many there are.
const MOST_LINES: usize = 6_000;
/// Fewest lines of a table that is cut.
const LEAST_LINES: usize = 20;

/// One table and what is known of it.
pub(crate) struct Measured {
    pub source: String,
    /// Whether this is the metric that the source is told by.
    pub is_first: bool,
    /// With as many lines as the page holds.
    pub shown: Grid,
    /// With all of them, for files.
    pub whole: Grid,
}

/// The rows of one judged source and metric.
pub(crate) struct Block<'a> {
    pub source: &'a str,
    pub metric: &'a str,
    pub rows: Vec<&'a AggregateRow>,
}

/// The numbers by judged source and metric, the metric first that the source is told by.
pub(crate) fn by_metric(aggregates: &Aggregates) -> Vec<Block<'_>> {
    let mut of: BTreeMap<(&str, &str), Vec<&AggregateRow>> = BTreeMap::new();
    for row in &aggregates.rows {
        of.entry((&row.source, &row.metric)).or_default().push(row);
    }
    let mut known: Vec<(&str, &str)> = Vec::new();
    for row in &aggregates.rows {
        let key = (row.source.as_str(), row.metric.as_str());
        if known.last() != Some(&key) && !known.contains(&key) {
            known.push(key);
        }
    }
    let first =
        |metric: &str| FIRST.iter().position(|other| *other == metric).unwrap_or(FIRST.len());
    let sources = distinct(aggregates.rows.iter().map(|row| &row.source));
    known.sort_by_key(|(source, metric)| {
        (sources.iter().position(|other| other == source), first(metric))
    });
    let block = |(source, metric)| Block {
        source,
        metric,
        rows: of.remove(&(source, metric)).unwrap_or_default(),
    };
    known.into_iter().map(block).collect()
}

/// The tables of all blocks.
pub(crate) fn results(blocks: &[Block<'_>], behind: &Behind<'_>) -> Vec<Measured> {
    let most = (MOST_LINES / blocks.len().max(1)).max(LEAST_LINES);
    let mut known: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for block in blocks {
        let is_first = !known.contains(&block.source);
        known.push(block.source);
        found.extend(result(block, behind, most).map(|(shown, whole)| Measured {
            source: block.source.to_owned(),
            is_first,
            shown,
            whole,
        }));
    }
    found
}

fn result(block: &Block<'_>, behind: &Behind<'_>, most: usize) -> Option<(Grid, Grid)> {
    let first = block.rows.first()?;
    let mut models: Vec<&AggregateRow> =
        block.rows.iter().copied().filter(|row| row.estimator == MODEL).collect();
    let has_settings = block.rows.iter().any(|row| !row.setting.is_empty());
    let caption = format!(
        "{}: {} ({}; {} is better)",
        judged(block.source),
        shown(block.metric),
        first.unit,
        better(first.direction)
    );
    let grid = |models: &[&AggregateRow], caption: String| Grid {
        name: slug(&format!("{} {}", block.source, block.metric)),
        caption,
        columns: columns(has_settings),
        lines: models.iter().map(|row| line(row, behind, has_settings)).collect(),
        references: references(&block.rows, behind, has_settings),
    };
    let whole = grid(&models, caption.clone());
    if models.len() <= most {
        return Some((whole.clone(), whole));
    }
    let all = models.len();
    if first.direction != Direction::Nominal {
        models.sort_by(|a, b| match first.direction {
            Direction::Lower => a.mean.total_cmp(&b.mean),
            _ => b.mean.total_cmp(&a.mean),
        });
    }
    models.truncate(most);
    let caption = format!("{caption}; the best {most} of {all}, all of which are in the CSV");
    Some((grid(&models, caption), whole))
}

fn columns(has_settings: bool) -> Vec<Column> {
    let mut columns = vec![Column::words("mix")];
    columns.extend(has_settings.then(|| Column::words("setting")));
    for head in [
        "mean over seeds",
        "95 % low",
        "95 % high",
        "least seed",
        "most",
        "seeds",
        "training statements",
    ] {
        columns.push(Column::numbers(head));
    }
    columns
}

fn line(row: &AggregateRow, behind: &Behind<'_>, has_settings: bool) -> Line {
    let mut items = vec![Item::words(row.mix.as_str())];
    items.extend(has_settings.then(|| Item::words(row.setting.as_str())));
    items.extend(numbers(row, behind));
    items.push(Item { text: format!("{:.0}", row.labels), value: Some(row.labels), to: None });
    Line::of(items)
}

fn numbers(row: &AggregateRow, behind: &Behind<'_>) -> [Item; 6] {
    [
        Item::number(row.mean).linked(behind.anchor(row)),
        Item::number(row.low),
        Item::number(row.high),
        Item::number(row.least),
        Item::number(row.most),
        Item::count(row.seeds),
    ]
}

/// Baselines and ceilings: one line where all mixes have the same, else the least and the most of them.
fn references(rows: &[&AggregateRow], behind: &Behind<'_>, has_settings: bool) -> Vec<Line> {
    let names = distinct(rows.iter().map(|row| &row.estimator));
    let line = |name: &String| {
        let same: Vec<&&AggregateRow> = rows.iter().filter(|row| row.estimator == *name).collect();
        let least = same.iter().min_by(|a, b| a.mean.total_cmp(&b.mean))?;
        let most = same.iter().max_by(|a, b| a.mean.total_cmp(&b.mean))?;
        let of = |row: &AggregateRow, which: &str| {
            let mut items = vec![Item::words(format!("{}{which}", name.replace('-', " ")))];
            items.extend(has_settings.then(|| Item::words("")));
            items.extend(numbers(row, behind));
            items.push(Item::words("–"));
            Line::of(items)
        };
        Some(match least.mean == most.mean {
            true => vec![of(least, "")],
            false => vec![of(least, ", least of all mixes"), of(most, ", most of all mixes")],
        })
    };
    let lines = names.iter().filter(|name| *name != MODEL).filter_map(line);
    lines.flatten().collect()
}
