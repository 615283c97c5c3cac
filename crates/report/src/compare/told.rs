//! What does a comparison say, as text and as figures?

use std::fmt::Write;

use crate::compare::comparison::Comparison;
use crate::compare::difference_row::DifferenceRow;
use crate::compare::paired::{Paired, PairedInterval};
use crate::mix::distinct;
use crate::summary::{better, cell, judged, number, shown, signed};
use crate::{Figure, LEAST_SEEDS, Ladder, ReportError, Resampled, Rung, ladder_figure};

/// The comparison as Markdown.
pub fn comparison_summary(of: &Comparison) -> String {
    let Comparison { first, second, differences, paired, resampled, .. } = of;
    let about = match resampled {
        Resampled::Splits { .. } => {
            "for a new sample of such data, split anew (the corrected resampled t of Nadeau and Bengio 2003)"
        }
        Resampled::OneSplit => {
            "over seeds on this one split, and about nothing beyond it (t over seeds)"
        }
    };
    let mut text = format!(
        "# {second} less {first}\n\nEach difference is the mean over pairs of runs with the same mix and seed that were \
         judged on the same statements. 95 % intervals are {about}; of fewer than {LEAST_SEEDS} pairs there is none.\n\n"
    );
    several(&mut text, paired);
    let mut known: Vec<(&str, &str)> = Vec::new();
    for row in differences {
        let key = (row.source.as_str(), row.metric.as_str());
        if !known.contains(&key) {
            known.push(key);
        }
    }
    for (source, metric) in known {
        let of = differences.iter().zip(paired);
        let rows: Vec<(&DifferenceRow, &Paired)> = of
            .filter(|(row, _)| (row.source.as_str(), row.metric.as_str()) == (source, metric))
            .collect();
        block(&mut text, &rows, (first, second));
    }
    unpaired(&mut text, of);
    text
}

/// Of many intervals some exclude 0 by chance.
fn several(text: &mut String, paired: &[Paired]) {
    let known = paired.iter().filter(|one| one.ends().is_some()).count();
    let excluded = paired.iter().filter(|one| one.excludes_zero()).count();
    if known > 1 {
        let _ = writeln!(
            text,
            "{excluded} of {known} intervals exclude 0; if nothing differed at all, about {:.1} would.\n",
            known as f64 * 0.05
        );
    }
}

fn block(text: &mut String, rows: &[(&DifferenceRow, &Paired)], (first, second): (&str, &str)) {
    let Some((row, _)) = rows.first() else { return };
    let _ = writeln!(
        text,
        "## {}: {}\n\nIn {}; {} is better.\n\n| mix | pairs | {} | {} | difference | 95 % interval | 0 |\n\
         |---|---:|---:|---:|---:|---:|---|",
        judged(&row.source),
        row.metric,
        row.unit,
        better(row.direction),
        cell(first),
        cell(second)
    );
    for (row, sure) in rows {
        let (ends, zero) = interval(sure);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {ends} | {zero} |",
            cell(&label(row)),
            row.pairs,
            number(row.first),
            number(row.second),
            signed(row.difference)
        );
    }
    text.push('\n');
}

fn interval(sure: &Paired) -> (String, &'static str) {
    match sure.interval {
        PairedInterval::Few => ("none: too few pairs".to_owned(), "-"),
        PairedInterval::Constant => ("none: the same in each pair".to_owned(), "-"),
        PairedInterval::Known(low, high) => (
            format!("{} to {}", signed(low), signed(high)),
            if sure.excludes_zero() { "excluded" } else { "included" },
        ),
    }
}

/// The mix, and the setting or what it changes to.
fn label(row: &DifferenceRow) -> String {
    match (row.first_setting.as_str(), row.second_setting.as_str()) {
        ("", "") => row.mix.clone(),
        (first, second) if first == second => format!("{}, {first}", row.mix),
        (first, second) => {
            let told =
                |setting: &str| if setting.is_empty() { "as written" } else { setting }.to_owned();
            format!("{}, {} to {}", row.mix, told(first), told(second))
        }
    }
}

fn unpaired(text: &mut String, of: &Comparison) {
    if of.unpaired.is_empty() {
        text.push_str("Every number has a partner.\n");
        return;
    }
    text.push_str("## Without a partner\n\nThese numbers are in no difference.\n\n");
    let _ = writeln!(
        text,
        "| why | numbers of {} | of {} |\n|---|---:|---:|",
        cell(&of.first),
        cell(&of.second)
    );
    for one in &of.unpaired {
        let _ = writeln!(text, "| {} | {} | {} |", cell(&one.reason), one.first, one.second);
    }
}

/// A figure for each metric: the differences with their intervals, and where nothing differs. More than
/// `MOST` lines of a metric are not drawn.
///
/// # Errors
/// As of [`ladder_figure`].
pub fn comparison_figures(of: &Comparison) -> Result<Vec<Figure>, ReportError> {
    /// Lines that a figure holds.
    const MOST: usize = 60;
    let mut figures = Vec::new();
    for metric in distinct(of.differences.iter().map(|row| &row.metric)) {
        let rows: Vec<&DifferenceRow> =
            of.differences.iter().filter(|row| row.metric == metric).collect();
        let Some(first) = rows.first() else { continue };
        let rung = |row: &&DifferenceRow| Rung {
            label: format!("{}: {}", row.source, label(row)),
            value: row.difference,
            interval: row.low.zip(row.high),
        };
        let mut notes = vec![format!(
            "Mark: mean difference over pairs of runs, {} less {}; whisker: 95 % interval, of at least {LEAST_SEEDS} pairs.",
            of.second, of.first
        )];
        if rows.len() > MOST {
            notes.push(format!("The first {MOST} of {} differences.", rows.len()));
        }
        figures.push(ladder_figure(&Ladder {
            name: format!("difference-{metric}"),
            title: format!("{}: {} less {}", shown(&metric), of.second, of.first),
            x_label: format!("difference ({}, {} is better)", first.unit, better(first.direction)),
            rungs: rows.iter().take(MOST).map(rung).collect(),
            reference: Some(("no difference".to_owned(), 0.0)),
            notes,
        })?);
    }
    Ok(figures)
}
