//! The runs of an experiment, one line each, with an anchor for those that the page holds.

use std::collections::BTreeSet;

use crate::page::grid::{Column, Grid, Item, Line};
use crate::{RunRow, Status, Stopped};

/// Runs that the page holds.
const MOST: usize = 500;

/// The table of runs: whole, and as far as the page holds it.
pub(crate) fn runs(rows: &[RunRow]) -> (Grid, Grid) {
    let has_settings = rows.iter().any(|row| !row.setting.is_empty());
    let mut columns = vec![Column::words("run"), Column::words("mix")];
    columns.extend(has_settings.then(|| Column::words("setting")));
    columns.extend([
        Column::numbers("seed"),
        Column::words("ended"),
        Column::words("training stopped by"),
    ]);
    for head in ["epochs", "steps", "parameters", "seconds", "held-out log-likelihood (nats)"] {
        columns.push(Column::numbers(head));
    }
    // The same run may stand under several points of a curve.
    let mut known = BTreeSet::new();
    let mut once: Vec<&RunRow> = rows.iter().filter(|row| known.insert(&row.run)).collect();
    let grid = |rows: &[&RunRow], caption: String| Grid {
        name: "runs".to_owned(),
        caption,
        columns: columns.clone(),
        lines: rows.iter().map(|row| line(row, has_settings)).collect(),
        references: Vec::new(),
    };
    let all = once.len();
    let whole = grid(&once, format!("All {all} runs"));
    once.truncate(MOST);
    match all > MOST {
        true => (grid(&once, format!("The first {MOST} of {all} runs; all are in the CSV")), whole),
        false => (whole.clone(), whole),
    }
}

/// Ids of the runs that the page holds.
pub(crate) fn anchors(shown: &Grid) -> BTreeSet<String> {
    shown
        .lines
        .iter()
        .filter_map(|line| line.id.as_deref()?.strip_prefix("run-"))
        .map(str::to_owned)
        .collect()
}

fn line(row: &RunRow, has_settings: bool) -> Line {
    let mix = if row.mix.is_empty() { "(no mix)" } else { &row.mix };
    let mut items = vec![Item::words(row.run.as_str()), Item::words(mix)];
    items.extend(has_settings.then(|| Item::words(row.setting.as_str())));
    items.push(Item::count(row.seed));
    items.push(Item::words(match row.status {
        Status::Done => "done",
        Status::Failed => "failed",
    }));
    items.push(Item::words(match row.stopped {
        Some(Stopped::Patience) => "patience",
        Some(Stopped::Epochs) => "limit of epochs",
        Some(Stopped::Unsettled) => "unsettled",
        Some(Stopped::Converged) => "converged",
        None => "–",
    }));
    items.extend([row.epochs, row.steps, row.parameters].map(Item::count));
    items.push(Item { text: format!("{:.1}", row.seconds), value: Some(row.seconds), to: None });
    items.push(Item::number(row.held_out));
    Line { id: Some(format!("run-{}", row.run)), items }
}
