//! What did a sweep try, and at which of its points is each mix compared, as text?

use std::fmt::Write;

use crate::summary::{cell, number};
use crate::{Chosen, SweepRow};

/// Points that are listed for each mix; `sweep.parquet` has all.
const LISTED: usize = 10;

/// The points of a sweep as Markdown: for each mix those with the best held-out feedback, and which of them
/// it is compared at. Empty without a sweep.
pub fn sweep_summary(rows: &[SweepRow]) -> String {
    if rows.iter().all(|row| row.setting.is_empty()) {
        return String::new();
    }
    let mut text = "## Sweep\n\n".to_owned();
    let is_chosen = rows.iter().any(|row| row.chosen == Chosen::Yes && row.behind.is_some());
    text += match is_chosen {
        true => {
            "Each mix is compared at the point with the highest log-likelihood of the validation part, mean \
             over seeds, among points at which every seed is finished; the test part had no say. Behind: how \
             many nats a statement a point is behind it, in brackets the 95 % interval over seeds, paired by \
             seed. Tables and figures have the mixes at these points, `aggregates.parquet` at all.\n\n"
        }
        false => {
            "No point was chosen: the sweep changes what is held out, or there is no held-out likelihood of \
             one reward. Each mix stands in tables and figures at every point, by a name of its own.\n\n"
        }
    };
    text += "| mix | point | held out | behind | seeds | failed |\n|---|---|---:|---:|---:|---:|\n";
    let mut mixes: Vec<&str> = rows.iter().map(|row| row.mix.as_str()).collect();
    mixes.dedup();
    for mix in mixes {
        let mut of: Vec<&SweepRow> = rows.iter().filter(|row| row.mix == mix).collect();
        let better = |row: &&SweepRow| -row.held_out.unwrap_or(f64::NEG_INFINITY);
        of.sort_by(|one, other| better(one).total_cmp(&better(other)));
        for row in of.iter().take(LISTED) {
            let _ = writeln!(text, "{}", line(row));
        }
        if of.len() > LISTED {
            let rest = of.len() - LISTED;
            let _ = writeln!(text, "| {} | {rest} further points | | | | |", cell(mix));
        }
    }
    text.push('\n');
    text
}

fn line(row: &SweepRow) -> String {
    let held_out = row.held_out.map_or_else(|| "-".to_owned(), number);
    let ends = row.behind_low.zip(row.behind_high);
    let ends = ends.map_or_else(String::new, |(low, high)| format!(" [{low:.4}, {high:.4}]"));
    let behind = match (row.behind, row.chosen) {
        (Some(_), Chosen::Yes) => "chosen".to_owned(),
        (Some(behind), Chosen::No) => format!("{behind:.4}{ends}"),
        (None, _) => "-".to_owned(),
    };
    let point = if row.setting.is_empty() { "as written".to_owned() } else { cell(&row.setting) };
    let SweepRow { mix, seeds, failed, .. } = row;
    format!("| {} | {point} | {held_out} | {behind} | {seeds} | {failed} |", cell(mix))
}
