//! The page of what leaves a summary and figures and no tables of runs: studies of people, exact experiments.

use crate::page::bibliography::bibliography;
use crate::page::document::{Section, document};
use crate::page::grid::Grid;
use crate::page::grid_html::bare_html;
use crate::page::paper::{cite, pictures, plan, provenance, question};
use crate::page::sections::{cards, fold, list, rendered};
use crate::page::{Cover, Paper, Picture};

/// Lines of a table of rows that the page holds.
const MOST_LINES: usize = 1_000;

/// The report of a summary in Markdown, its figures, and the tables of rows that it was written from.
pub fn paper_of_text(
    cover: &Cover,
    summary: &str,
    figures: Vec<Picture>,
    rows: Vec<Grid>,
) -> Paper {
    let mut grids: Vec<Grid> = Vec::new();
    let found = rendered(summary, "summary", 3, &mut grids);
    let behind: String = rows.iter().map(fold_of).collect();
    let bib = bibliography(cover, &cover.methods);
    let found = match rows.is_empty() {
        true => found,
        false => format!(
            "<p>The <a href=\"#rows\">rows behind these numbers</a> are on this page.</p>\n{found}"
        ),
    };
    let sections = [
        Section::new("question", "Question", question(cover)),
        Section::new("plan", "Plan", plan(cover)),
        Section::new("results", "Results", found),
        Section::new("figures", "Figures", pictures(figures.into_iter())),
        Section::new("choices", "What was chosen, and on what", list(&cover.chosen)),
        Section::new("data", "Data", cards(&cover.cards)),
        Section::new("rows", "Rows behind the numbers", behind),
        Section::new("provenance", "Provenance", provenance(cover)),
        Section::new("cite", "Citations", cite(&bib)),
    ];
    let html = document(&cover.name, &sections);
    grids.extend(rows);
    Paper::new(html, grids, bib)
}

fn fold_of(grid: &Grid) -> String {
    let all = grid.lines.len();
    let (lines, caption) = match all > MOST_LINES {
        true => (
            grid.lines[..MOST_LINES].to_vec(),
            format!(
                "{}: the first {MOST_LINES} of {all} rows, all of which are in the CSV",
                grid.caption
            ),
        ),
        false => (grid.lines.clone(), format!("{}: {all} rows", grid.caption)),
    };
    fold(&caption, &bare_html(&Grid { lines, caption: caption.clone(), ..grid.clone() }))
}
