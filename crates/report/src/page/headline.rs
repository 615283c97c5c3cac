//! What was found, in words made from the numbers?
//!
//! Each sentence is a number with its interval, or that there is none. A mix is said to be ahead of another
//! only where the interval of the paired difference excludes 0; where it includes 0, that is said, and not
//! that the two are equal. That the best was chosen by the same numbers is said once.

use std::collections::BTreeMap;

use crate::compare::{Paired, PairedInterval, paired};
use crate::metrics::{FIRST, TRAINED};
use crate::page::Resampled;
use crate::page::behind::Behind;
use crate::page::grid_html::quoted;
use crate::page::results::Block;
use crate::summary::{interval, judged, number, shown, signed};
use crate::text::escape;
use crate::{AggregateRow, LEAST_SEEDS, MODEL, MeasurementRow, ReportError};

/// Judged sources that are told of.
const MOST: usize = 12;

/// Sentences as HTML, one or two paragraphs for each judged source.
pub(crate) fn headline(
    measurements: &[MeasurementRow],
    blocks: &[Block<'_>],
    behind: &Behind<'_>,
    resampled: Resampled,
) -> Result<Vec<String>, ReportError> {
    let mut told: Vec<String> = Vec::new();
    let mut sources: Vec<&str> = Vec::new();
    for block in blocks {
        if !block.rows.iter().any(|row| is_model(row)) || !FIRST.contains(&block.metric) {
            continue;
        }
        // Each source by the first metric that it has, and by what training maximizes.
        let is_new = !sources.contains(&block.source);
        if is_new {
            sources.push(block.source);
        }
        if (is_new || block.metric == TRAINED) && sources.len() <= MOST {
            told.extend(paragraph(measurements, block, behind, resampled)?);
        }
    }
    if sources.len() > MOST {
        told.push(format!(
            "{} further judged sources are in the tables below.",
            sources.len() - MOST
        ));
    }
    Ok(told)
}

fn is_model(row: &AggregateRow) -> bool {
    row.estimator == MODEL && row.mean.is_finite()
}

fn paragraph(
    measurements: &[MeasurementRow],
    block: &Block<'_>,
    behind: &Behind<'_>,
    resampled: Resampled,
) -> Result<Option<String>, ReportError> {
    let mut models: Vec<&AggregateRow> =
        block.rows.iter().copied().filter(|row| is_model(row)).collect();
    // Of equals the first in the order of every table. All of these metrics are higher for better.
    models.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    let Some(best) = models.first().copied() else { return Ok(None) };
    let place = escape(&format!(
        "{}, {} in {}",
        judged(block.source),
        shown(block.metric).to_lowercase(),
        best.unit
    ));
    let mut text = match models.len() {
        1 => format!(
            "<strong>{place}</strong>: the one mix, {}, has {}.",
            name(best, behind),
            value(best, behind)
        ),
        count => format!(
            "<strong>{place}</strong>: of {count} models, the mix {} has the highest mean, {}.",
            name(best, behind),
            value(best, behind)
        ),
    };
    text += &beside(&block.rows, behind);
    let scores = Scores { rows: of_block(measurements, block), resampled };
    let is_alone = |row: &&&AggregateRow| row.sources.len() == 1;
    let alone = models.iter().find(is_alone).filter(|alone| !std::ptr::eq(**alone, best));
    if let Some(alone) = alone {
        text += &against(best, alone, "Against the best source alone", &scores, behind)?;
    } else if best.sources.len() == 1 && models.len() > 1 {
        text += " It is a source alone: no mix of several has a higher mean.";
    }
    let next = models.get(1).filter(|next| alone.is_none_or(|alone| !std::ptr::eq(**next, *alone)));
    if let Some(next) = next {
        text += &against(best, next, "Against the next", &scores, behind)?;
    }
    Ok(Some(text))
}

/// A mix between quotation marks, with its setting.
fn name(row: &AggregateRow, behind: &Behind<'_>) -> String {
    let mix = format!("<q>{}</q>", escape(&row.mix));
    match (row.setting.as_str(), behind.setting(row)) {
        ("", Some(chosen)) if !row.mix.ends_with(chosen) => {
            format!("{mix} (at {})", escape(chosen))
        }
        ("", _) => mix,
        (setting, _) => format!("{mix} ({})", escape(setting)),
    }
}

/// A mean with a link to its rows, its interval and its seeds.
fn value(row: &AggregateRow, behind: &Behind<'_>) -> String {
    let seeds = if row.seeds == 1 {
        "one seed".to_owned()
    } else {
        format!("mean over {} seeds", row.seeds)
    };
    let ends = match interval(row.low, row.high) {
        none if none.is_empty() => "; there is no interval".to_owned(),
        ends => format!("; 95 % interval of a run over held-out statements{ends}"),
    };
    format!("{} ({seeds}{ends})", linked(row, behind))
}

fn linked(row: &AggregateRow, behind: &Behind<'_>) -> String {
    let shown = number(row.mean);
    match behind.anchor(row) {
        Some(to) => format!("<a href=\"#{}\">{shown}</a>", quoted(&to)),
        None => shown,
    }
}

/// Trivial models and ceilings with one value for all mixes.
fn beside(rows: &[&AggregateRow], behind: &Behind<'_>) -> String {
    let mut told: Vec<String> = Vec::new();
    let names = crate::mix::distinct(rows.iter().map(|row| &row.estimator));
    for name in names.iter().filter(|name| *name != MODEL) {
        let same: Vec<&&AggregateRow> = rows.iter().filter(|row| row.estimator == *name).collect();
        if let Some(first) =
            same.first().filter(|first| same.iter().all(|row| row.mean == first.mean))
        {
            told.push(format!("{} {}", escape(&name.replace('-', " ")), linked(first, behind)));
        }
    }
    if told.is_empty() { String::new() } else { format!(" Beside it: {}.", told.join(", ")) }
}

/// The numbers of one judged source and metric.
struct Scores<'a> {
    rows: Vec<&'a MeasurementRow>,
    resampled: Resampled,
}

fn of_block<'a>(measurements: &'a [MeasurementRow], block: &Block<'_>) -> Vec<&'a MeasurementRow> {
    let is_it = |row: &&MeasurementRow| {
        row.source == block.source && row.metric == block.metric && row.estimator == MODEL
    };
    measurements.iter().filter(is_it).collect()
}

impl Scores<'_> {
    fn by_seed(&self, of: &AggregateRow) -> BTreeMap<u64, f64> {
        let rows = self.rows.iter().filter(|row| row.mix == of.mix && row.setting == of.setting);
        rows.map(|row| (row.seed, row.value)).collect()
    }
}

fn against(
    best: &AggregateRow,
    other: &AggregateRow,
    which: &str,
    scores: &Scores<'_>,
    behind: &Behind<'_>,
) -> Result<String, ReportError> {
    let found = paired(&scores.by_seed(best), &scores.by_seed(other), scores.resampled)?;
    let head = format!(" {which}, {} with {},", name(other, behind), linked(other, behind));
    Ok(match found {
        None => format!("{head} there is no seed with both."),
        Some(found) => format!("{head} {}.", difference(&found, scores.resampled)),
    })
}

/// A paired difference and what its interval says of it.
fn difference(found: &Paired, resampled: Resampled) -> String {
    let mean = signed(found.mean);
    let pairs = if found.pairs == 1 {
        "one seed".to_owned()
    } else {
        format!("the same {} seeds", found.pairs)
    };
    match found.interval {
        PairedInterval::Few => format!(
            "the mean difference on {pairs} is {mean}; of fewer than {LEAST_SEEDS} seeds there is no interval, so that \
             nothing is said of which is better"
        ),
        PairedInterval::Constant => format!(
            "the difference is {mean} on each of {pairs}: it does not vary, so that there is no interval"
        ),
        PairedInterval::Known(low, high) => {
            let about = match resampled {
                Resampled::Splits { .. } => "for a new sample of such data",
                Resampled::OneSplit => "over seeds on this one split",
            };
            let verdict = match found.excludes_zero() {
                true => "which excludes 0",
                false => "which includes 0: these runs do not tell the two apart",
            };
            format!(
                "the mean difference on {pairs} is {mean}, with a 95 % interval {about} of [{}, {}], {verdict}",
                number(low),
                number(high)
            )
        }
    }
}
