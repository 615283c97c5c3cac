//! Which runs are in no number, and why?

use std::fmt::Write;

use crate::page::Cover;
use crate::page::grid::{Column, Grid, Item, Line};
use crate::page::grid_html::html;
use crate::text::escape;
use crate::{RunRow, Status};

/// Failures that the page holds.
const MOST: usize = 300;

/// The failed runs, whole for a file.
pub(crate) fn failures(rows: &[RunRow]) -> Grid {
    let failed = rows.iter().filter(|row| row.status == Status::Failed);
    let line = |row: &RunRow| {
        let reason = row.reason.as_deref().unwrap_or("no reason was recorded");
        Line::of(vec![
            Item::words(row.run.as_str()),
            Item::words(if row.mix.is_empty() { "(no mix)" } else { row.mix.as_str() }),
            Item::words(row.setting.as_str()),
            Item::count(row.seed),
            Item::words(reason.replace('\n', " ")),
        ])
    };
    Grid {
        name: "failures".to_owned(),
        caption: "Failed runs".to_owned(),
        columns: vec![
            Column::words("run"),
            Column::words("mix"),
            Column::words("setting"),
            Column::numbers("seed"),
            Column::words("error"),
        ],
        lines: failed.map(line).collect(),
        references: Vec::new(),
    }
}

/// What is missing, in words and as a table.
pub(crate) fn told(cover: &Cover, failed: &Grid) -> String {
    let mut text = format!("<p>{}</p>\n", counted(cover, failed.lines.len()));
    for (run, reason) in cover.broken.iter().take(MOST) {
        let _ = writeln!(
            text,
            "<p>Run <code>{}</code> was finished and is left out: {}.</p>",
            escape(run),
            escape(reason)
        );
    }
    let count = failed.lines.len();
    if count > MOST {
        let caption = format!("The first {MOST} of {count} failed runs; all are in the CSV");
        let lines = failed.lines[..MOST].to_vec();
        text += &html(&Grid { caption, lines, ..failed.clone() });
    } else if count > 0 {
        text += &html(failed);
    }
    text
}

/// "Of 12 runs, 10 are finished; 1 failed, 1 is not there, and no number counts them."
pub(crate) fn counted(cover: &Cover, failed: usize) -> String {
    let Cover { planned, missing, .. } = cover;
    let broken = cover.broken.len();
    let done = planned.saturating_sub(failed + missing + broken);
    let mut parts = Vec::new();
    for (count, what) in [
        (failed, "failed"),
        (*missing, "not there yet"),
        (broken, "left out, as their files are not what was written"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    match parts.is_empty() {
        true => format!("All {planned} runs of the plan are finished."),
        false => format!(
            "Of {planned} runs of the plan, {done} are finished; {}. No number counts these.",
            parts.join(", ")
        ),
    }
}
