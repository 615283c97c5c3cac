//! How do tables become the files that a user looks at?

use std::path::{Path, PathBuf};

use crate::{
    Quality, ReportError, Tables, aggregate, aggregate_agreement, agreement, agreement_figure,
    agreement_summary, curves, curves_figure, quality, quality_figure, reliability,
    reliability_figure, responses_summary, summary, write_aggregates, write_whole,
};

/// Metrics that `quality` shows.
const SHOWN: [&str; 2] = ["accuracy", "log-likelihood"];
/// Metric that `rank-correlation` shows: what the reward itself orders, whatever the response
/// model makes of it.
const ORDER: &str = "rank-correlation";
/// What `best-of-candidates` shows: what people say of the answer that the reward would choose.
const CHOICE: &str = "best-of-candidates";
const CHOSEN: [&str; 2] = [CHOICE, "chosen-rating"];
/// Metric that `curves` shows: the one that training maximizes.
const TRAINED: &str = "log-likelihood";

/// What [`draw`] made of the tables.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Files written.
    pub files: Vec<PathBuf>,
    /// The summary, as Markdown.
    pub summary: String,
}

/// Reads the tables of a folder and writes summary, aggregates and figures to `out`.
///
/// ```no_run
/// use std::path::Path;
/// for path in medley_report::draw(Path::new("runs/qa-feedback"), Path::new("figures"))?.files {
///     println!("{}", path.display());
/// }
/// # Ok::<(), medley_report::ReportError>(())
/// ```
///
/// # Errors
/// As of [`Tables::read`] and [`draw_tables`].
pub fn draw(folder: &Path, out: &Path) -> Result<Drawing, ReportError> {
    draw_tables(&Tables::read(folder)?, out)
}

/// Writes `aggregates.parquet`, `summary.md`, and `quality`, `rank-correlation`,
/// `best-of-candidates`, `curves`, `reliability` and `agreement` as SVG and PNG.
///
/// A figure that has nothing to show (no curve was kept, no source has probabilities, no source
/// was asked about another) is not written; that there is no measurement at all is an error.
///
/// # Errors
/// As of [`aggregate`] and [`aggregate_agreement`], or a file cannot be written.
pub fn draw_tables(tables: &Tables, out: &Path) -> Result<Drawing, ReportError> {
    let aggregates = aggregate(&tables.measurements, &tables.runs)?;
    let pairs = aggregate_agreement(&tables.agreement)?;
    let table = out.join("aggregates.parquet");
    write_aggregates(&table, &aggregates.rows)?;
    let text = out.join("summary.md");
    let summary =
        summary(&aggregates) + &agreement_summary(&pairs) + &responses_summary(&tables.responses);
    write_whole(&text, summary.as_bytes())?;
    let mut files = vec![table, text];
    let named = |name: &str, metrics: &[&str]| {
        let of = quality(&tables.measurements, &aggregates, metrics);
        of.map(|of| Quality { name: name.to_owned(), ..of }).and_then(|of| quality_figure(&of))
    };
    let figures = [
        named("quality", &SHOWN),
        named(ORDER, &[ORDER]),
        named(CHOICE, &CHOSEN),
        curves(tables, TRAINED).and_then(|of| curves_figure(&of)),
        reliability(tables, None).and_then(|of| reliability_figure(&of)),
        agreement(&pairs).and_then(|of| agreement_figure(&of)),
    ];
    for figure in figures {
        match figure {
            Ok(figure) => files.extend(figure.save(out)?),
            Err(ReportError::Empty(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Drawing { files, summary })
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
