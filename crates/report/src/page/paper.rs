//! From tables and a cover to the page of an experiment on data, its tables and its bibliography.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::page::behind::Behind;
use crate::page::bibliography::bibliography;
use crate::page::disclosure::disclosure;
use crate::page::document::{Section, document};
use crate::page::grid::{Grid, slug};
use crate::page::grid_html::{bare_html, html};
use crate::page::grid_text::{csv, latex};
use crate::page::headline::headline;
use crate::page::results::{Block, Measured, by_metric, results};
use crate::page::runs::{anchors, runs};
use crate::page::sections::{agreement, cards, code, facts, fold, link, list, rendered};
use crate::page::{Cover, Method, Picture, failures};
use crate::text::escape;
use crate::{
    AggregateRow, Chosen, Drawn, LEAST_SEEDS, ReportError, Tables, aggregate_agreement, write_whole,
};

/// A report, before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// The page.
    pub html: String,
    /// Its tables, whole, each with a name of its own.
    pub grids: Vec<Grid>,
    /// Whom to cite, in BibTeX.
    pub bibliography: String,
}

impl Paper {
    /// Writes `report.html` into the folder of the experiment, and `report.bib` and each table as LaTeX and CSV
    /// into `report/` there. Returns the files, the page first.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
        let beside = folder.join("report");
        let mut files = vec![(folder.join("report.html"), self.html.clone())];
        files.push((beside.join("report.bib"), self.bibliography.clone()));
        for grid in &self.grids {
            files.push((beside.join(format!("{}.csv", grid.name)), csv(grid)));
            files.push((beside.join(format!("{}.tex", grid.name)), latex(grid)));
        }
        for (path, text) in &files {
            write_whole(path, text.as_bytes())?;
        }
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }

    /// A paper whose tables have names of their own: of two with one name the second gets a number.
    pub(crate) fn new(html: String, grids: Vec<Grid>, bibliography: String) -> Self {
        let mut known = BTreeSet::new();
        let named = |grid: Grid| {
            let mut name = grid.name.clone();
            let mut count = 1;
            while !known.insert(name.clone()) {
                count += 1;
                name = format!("{}-{count}", grid.name);
            }
            Grid { name, ..grid }
        };
        Paper { html, grids: grids.into_iter().map(named).collect(), bibliography }
    }
}

/// The report of an experiment on data. `tables` are those that `drawn` was drawn from.
///
/// # Errors
/// Rows that cannot be aggregated, as [`drawn`](crate::drawn) has found them before.
pub fn paper(cover: &Cover, tables: &Tables, drawn: &Drawn) -> Result<Paper, ReportError> {
    let blocks = by_metric(&drawn.everywhere);
    let compared = by_metric(&drawn.aggregates);
    let shown = first_compared(&blocks, drawn);
    let behind = Behind::new(&tables.measurements, shown, &drawn.points);
    let (shown_runs, all_runs) = runs(&tables.runs);
    let known_runs = anchors(&shown_runs);
    let failed = failures::failures(&tables.runs);
    let found = results(&blocks, &behind);
    let pairs = agreement(&aggregate_agreement(&tables.agreement)?);
    let told = headline(&drawn.compared, &compared, &behind, cover.resampled)?;
    let mut grids: Vec<Grid> = Vec::new();
    let further = further(drawn, &mut grids);
    let agreed = match pairs.lines.is_empty() {
        true => String::new(),
        false => html(&pairs) + &rendered(part(drawn, WHO), "who-predicts-whom", 3, &mut grids),
    };
    let responses = rendered(part(drawn, RESPONSES), "responses", 3, &mut grids);
    let number_count = drawn.everywhere.rows.len();
    let sections = [
        Section::new("question", "Question", question(cover)),
        Section::new("in-short", "In short", in_short(cover, &told, failed.lines.len())),
        Section::new("plan", "Plan", plan(cover)),
        Section::new("results", "Results", tables_of(&found)),
        Section::new("figures", "Figures", pictures(drawn.figures.iter().map(Picture::of))),
        Section::new("agreement", "Agreement of sources", agreed),
        Section::new("responses", "Responses of people", responses),
        Section::new("further", "Further statistics", further),
        Section::new("failures", "Failures", failures::told(cover, &failed)),
        Section::new(
            "choices",
            "What was chosen, and on what",
            list(&disclosure(cover, &tables.tuning, &compared)),
        ),
        Section::new("data", "Data", cards(&cover.cards)),
        Section::new(
            "rows",
            "Rows behind the numbers",
            behind.html(number_count, &|run| known_runs.contains(run)),
        ),
        Section::new("runs", "Runs", fold("All runs", &html(&shown_runs))),
        Section::new("provenance", "Provenance", provenance(cover)),
        Section::new(
            "cite",
            "Citations",
            cite(&bibliography(cover, &methods(cover, drawn, &blocks))),
        ),
    ];
    grids.extend(found.into_iter().map(|of| of.whole));
    grids.extend([all_runs, failed, pairs].into_iter().filter(|grid| !grid.lines.is_empty()));
    let bib = bibliography(cover, &methods(cover, drawn, &blocks));
    Ok(Paper::new(document(&cover.name, &sections), grids, bib))
}

/// All numbers, those of the points at which mixes are compared first: their rows are on the page in any case.
fn first_compared<'a>(blocks: &[Block<'a>], drawn: &Drawn) -> Vec<&'a AggregateRow> {
    let chosen: BTreeSet<(&str, &str)> = drawn
        .points
        .iter()
        .filter(|point| point.chosen == Chosen::Yes)
        .map(|point| (point.mix.as_str(), point.setting.as_str()))
        .collect();
    let mut rows: Vec<&AggregateRow> =
        blocks.iter().flat_map(|block| block.rows.iter().copied()).collect();
    rows.sort_by_key(|row| !chosen.contains(&(row.mix.as_str(), row.setting.as_str())));
    rows
}

/// Lines that go on are one; paragraphs and lists keep theirs.
fn reflowed(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            out += "\n\n";
            continue;
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push(if line.starts_with(['-', '*']) { '\n' } else { ' ' });
        }
        out += line;
    }
    out
}

/// The comment at the head of the file.
pub(crate) fn question(cover: &Cover) -> String {
    match cover.question.trim() {
        "" => "<p>The file has no comment at its head that says what is asked.</p>\n".to_owned(),
        asked => {
            // By line: a control character is no text of a page.
            let lines: Vec<String> = reflowed(asked).lines().map(escape).collect();
            format!("<blockquote><p class=\"q\">{}</p></blockquote>\n", lines.join("\n"))
        }
    }
}

fn in_short(cover: &Cover, told: &[String], failed: usize) -> String {
    let mut text: String = told.iter().map(|paragraph| format!("<p>{paragraph}</p>\n")).collect();
    text += &format!(
        "<p>{} Each number links to the rows that it is the mean of. The best were chosen by these same numbers: see {}.</p>\n",
        failures::counted(cover, failed),
        link("choices", "what was chosen, and on what")
    );
    text
}

pub(crate) fn plan(cover: &Cover) -> String {
    let file = if cover.text.is_empty() {
        String::new()
    } else {
        fold(&format!("The file ({})", cover.file), &code(&cover.text))
    };
    facts(&cover.plan) + &file
}

fn tables_of(found: &[Measured]) -> String {
    let mut text = "<p>Each number is a mean over seeds. The 95 % interval is the mean of the runs' intervals, over \
                    held-out statements and not over seeds; the least and the most seed stand beside it. Below the line: \
                    trivial models and ceilings.</p>\n"
        .to_owned();
    let sources: Vec<&str> = crate::mix::distinct(found.iter().map(|of| &of.source))
        .iter()
        .map(|source| {
            found.iter().find(|of| of.source == *source).map_or("", |of| of.source.as_str())
        })
        .collect();
    for source in sources {
        text += &format!("<h3>{}</h3>\n", escape(&crate::summary::judged(source)));
        for of in found.iter().filter(|of| of.source == source) {
            match of.is_first {
                true => text += &html(&of.shown),
                false => text += &fold(&of.shown.caption, &bare_html(&of.shown)),
            }
        }
    }
    text
}

pub(crate) fn pictures(all: impl Iterator<Item = Picture>) -> String {
    /// Bytes of all figures together; what is beyond stays a file.
    const MOST: usize = 2_500_000;
    let mut text = String::new();
    let mut left_out = Vec::new();
    for picture in all {
        let html = picture.html("figures");
        match text.len() + html.len() <= MOST {
            true => text += &html,
            false => left_out.push(format!("figures/{}.svg", picture.name())),
        }
    }
    if !left_out.is_empty() {
        text += &format!(
            "<p>Not on this page, which would be too large: {}.</p>\n",
            escape(&left_out.join(", "))
        );
    }
    text
}

/// Heads of parts of the summary that have a section of their own.
const WHO: &str = "## Who predicts whom";
const RESPONSES: &str = "## Response models";

/// The part of the summary with this head; empty without one.
fn part<'a>(drawn: &'a Drawn, head: &str) -> &'a str {
    drawn.parts.iter().find(|part| part.starts_with(head)).map_or("", String::as_str)
}

/// What the summaries say beside the tables of results and what has a section of its own.
fn further(drawn: &Drawn, grids: &mut Vec<Grid>) -> String {
    /// Bytes of one part; what is beyond stays in `summary.md`.
    const MOST: usize = 300_000;
    let mut text = notes(drawn);
    let is_own =
        |part: &str| part.is_empty() || part.starts_with(WHO) || part.starts_with(RESPONSES);
    for part in drawn.parts.iter().skip(1).filter(|part| !is_own(part)) {
        let title = part.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
        let html = rendered(part, &slug(title), 3, grids);
        match html.len() <= MOST {
            true => text += &html,
            false => {
                text += &format!(
                    "<h3>{}</h3>\n<p>Too long for this page: it is in <code>figures/summary.md</code>, and its \
                     tables are in <code>report/</code>.</p>\n",
                    escape(title)
                );
            }
        }
    }
    text
}

/// What has to be known of the numbers: the head of the summary, up to the first table but for failures,
/// which have a section of their own.
fn notes(drawn: &Drawn) -> String {
    let head =
        drawn.parts.first().map_or("", |part| part.split("\n## ").next().unwrap_or_default());
    let blocks: Vec<&str> = head.split("\n\n").skip(2).collect();
    let mut kept = Vec::new();
    let mut is_failed = false;
    for block in blocks {
        is_failed = block.trim_start().starts_with("**") && block.contains(" failed**")
            || is_failed && block.trim_start().starts_with("- ");
        if !is_failed {
            kept.push(block);
        }
    }
    rendered(&kept.join("\n\n"), "notes", 3, &mut Vec::new())
}

pub(crate) fn provenance(cover: &Cover) -> String {
    let mut text = facts(&cover.provenance);
    if !cover.tables.is_empty() {
        let names: Vec<String> =
            cover.tables.iter().map(|name| format!("<code>{}</code>", escape(name))).collect();
        text += &format!(
            "<p>All rows are in {}; the tables of this page as LaTeX and CSV are in <code>report/</code>.</p>\n",
            names.join(", ")
        );
    }
    text
}

pub(crate) fn cite(bibliography: &str) -> String {
    format!(
        "<p>Also as <code>report/report.bib</code>. Data are cited in the words of their cards.</p>\n{}",
        code(bibliography)
    )
}

/// Those whose numbers are on the page, beside those that the cover names.
fn methods(cover: &Cover, drawn: &Drawn, blocks: &[Block<'_>]) -> BTreeSet<Method> {
    let mut used = cover.methods.clone();
    let has = |head: &str| drawn.parts.iter().any(|part| part.starts_with(head));
    if drawn.aggregates.rows.iter().any(|row| row.low.is_some()) {
        used.insert(Method::PigeonholeBootstrap);
    }
    if has("## Over seeds") {
        used.extend([Method::RunStatistics, Method::Holm, Method::FalseDiscovery]);
    }
    let is_resampled = matches!(cover.resampled, crate::Resampled::Splits { .. });
    let enough = |block: &Block| {
        block.rows.len() > 1 && block.rows.iter().any(|row| row.seeds as usize >= LEAST_SEEDS)
    };
    if is_resampled && blocks.iter().any(enough) {
        used.insert(Method::ResampledT);
    }
    if drawn.figures.iter().any(|figure| figure.name() == "worth") {
        used.insert(Method::Shapley);
    }
    used
}

#[cfg(test)]
#[path = "paper_tests.rs"]
mod tests;
