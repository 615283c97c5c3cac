//! How do tables become the files that a user looks at?

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::metrics::{FIRST, ORDER, TRAINED, TRUTH};
use crate::robustness_aggregate::variant_of;
use crate::{
    Aggregates, Figure, Learning, LearningAggregate, MeasurementRow, Quality, ReportError, Status,
    SweepRow, Tables, aggregate, aggregate_agreement, aggregate_exchange, aggregate_learning,
    aggregate_querying, aggregate_robustness, aggregate_runs, aggregate_tuning, aggregate_worth,
    agreement, agreement_figure, agreement_summary, chains_summary, compared_at, curves,
    curves_figure, exchange, exchange_figure, exchange_summary, learning, learning_figure,
    learning_summary, matrix_figure, profiles, quality, quality_figure, querying, querying_summary,
    read_sweep, regret_summary, reliability, reliability_figure, responses_summary,
    robustness_figure, robustness_summary, runs_summary, summary, sweep, sweep_summary,
    trust_summary, tuning_summary, worth, worth_figure, worth_summary, write_aggregates,
    write_whole, xy_figure,
};

/// Name of the table of a sweep's points.
pub(crate) const SWEEP: &str = "sweep.parquet";
/// Metrics that `quality` shows.
const SHOWN: [&str; 2] = ["accuracy", TRAINED];
/// What `best-of-candidates` shows: what people say of the answer that the reward would choose.
const CHOICE: &str = "best-of-candidates";
const CHOSEN: [&str; 2] = [CHOICE, "chosen-rating"];

/// What [`draw`] made of the tables.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Files written.
    pub files: Vec<PathBuf>,
    /// The summary, as Markdown.
    pub summary: String,
    /// What the files hold.
    pub drawn: Drawn,
}

/// What tables come to, before it is written.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Means over seeds of each mix where it is compared.
    pub aggregates: Aggregates,
    /// Means over seeds at every point of a sweep; without one, the same.
    pub everywhere: Aggregates,
    /// The measurements of each mix where it is compared.
    pub compared: Vec<MeasurementRow>,
    /// The points of a sweep.
    pub points: Vec<SweepRow>,
    /// The summary in parts, as Markdown; those without anything to say are empty.
    pub parts: Vec<String>,
    /// The figures that have something to show.
    pub figures: Vec<Figure>,
}

impl Drawn {
    /// The whole summary, as Markdown.
    pub fn summary(&self) -> String {
        self.parts.concat()
    }
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
    let sweep = folder.join(SWEEP);
    let sweep = if sweep.exists() { read_sweep(&sweep)? } else { Vec::new() };
    draw_tables(&Tables::read(folder)?, &sweep, out)
}

/// Writes `aggregates.parquet`, `summary.md`, and `quality`, `true-reward`, `rank-correlation`,
/// `best-of-candidates`, `curves`, `reliability`, `agreement`, `worth`, `profiles`, `learning`,
/// `learning-log-likelihood`, `exchange`, `querying`, `sweep` and `robustness` by each measure of the true
/// reward as SVG and PNG. `places` are the points of a sweep; without one there are none.
///
/// A figure that has nothing to show (no curve was kept, no source has probabilities, no source
/// was asked about another, no subsets of sources were compared, none was cut) is not written; that
/// there is no measurement at all is an error.
///
/// # Errors
/// As of [`aggregate`], [`aggregate_agreement`], [`aggregate_learning`], [`aggregate_exchange`], [`aggregate_querying`],
/// [`aggregate_tuning`], [`aggregate_worth`] and [`aggregate_runs`], or a file cannot be written.
pub fn draw_tables(
    tables: &Tables,
    places: &[SweepRow],
    out: &Path,
) -> Result<Drawing, ReportError> {
    let drawn = drawn(tables, places)?;
    let table = out.join("aggregates.parquet");
    write_aggregates(&table, &drawn.everywhere.rows)?;
    let text = out.join("summary.md");
    let summary = drawn.summary();
    write_whole(&text, summary.as_bytes())?;
    let mut files = vec![table, text];
    for figure in &drawn.figures {
        files.extend(figure.save(out)?);
    }
    Ok(Drawing { files, summary, drawn })
}

/// What [`draw_tables`] writes, unwritten.
///
/// # Errors
/// As of [`draw_tables`], but for files.
pub fn drawn(tables: &Tables, places: &[SweepRow]) -> Result<Drawn, ReportError> {
    let placed = compared_at(tables, places);
    let compared = placed.measurements.clone();
    let losses = aggregate_robustness(&placed.measurements);
    let everywhere = match &placed {
        Cow::Borrowed(_) => None,
        Cow::Owned(_) => Some(aggregate(&tables.measurements, &tables.runs)?),
    };
    let tables = &as_written(&placed);
    let predicted = regret_summary(&tables.measurements);
    let aggregates = aggregate(&tables.measurements, &tables.runs)?;
    let everywhere = everywhere.unwrap_or_else(|| aggregates.clone());
    let pairs = aggregate_agreement(&tables.agreement)?;
    let points = aggregate_learning(&tables.learning)?;
    let rates = aggregate_exchange(&tables.learning, &tables.learned)?;
    let added = aggregate_worth(&tables.measurements, &tables.learned, &tables.orders)?;
    let runs = aggregate_runs(&tables.measurements)?;
    let tuned = aggregate_tuning(&tables.tuning, &tables.measurements)?;
    let asked = aggregate_querying(&tables.querying)?;
    let parts = vec![
        summary(&aggregates, &tables.learned),
        sweep_summary(places),
        worth_summary(&added),
        runs_summary(&runs),
        robustness_summary(&losses),
        predicted,
        tuning_summary(&tuned),
        learning_summary(&points),
        exchange_summary(&rates),
        querying_summary(&asked),
        agreement_summary(&pairs),
        trust_summary(&tables.runs, &tables.learned),
        chains_summary(&tables.chains),
        responses_summary(&tables.responses),
    ];
    let named = |name: &str, metrics: &[&str]| {
        let of = quality(&tables.measurements, &aggregates, metrics);
        of.map(|of| Quality { name: name.to_owned(), ..of }).and_then(|of| quality_figure(&of))
    };
    let [learned, likelihood] = learning_figures(&points);
    let figures = [
        named("quality", &SHOWN),
        named("true-reward", &TRUTH),
        named(ORDER, &[ORDER]),
        named(CHOICE, &CHOSEN),
        curves(tables, TRAINED).and_then(|of| curves_figure(&of)),
        reliability(tables, None).and_then(|of| reliability_figure(&of)),
        agreement(&pairs).and_then(|of| agreement_figure(&of)),
        worth(&added, &FIRST).and_then(|of| worth_figure(&of)),
        profiles(&tables.measurements, &tables.runs, &FIRST).and_then(|of| xy_figure(&of)),
        learned,
        likelihood,
        exchange(&rates, &FIRST).and_then(|of| exchange_figure(&of)),
        sweep(places).and_then(|of| matrix_figure(&of)),
    ];
    let asked = querying(&asked);
    let further = asked.iter().map(xy_figure).chain(losses.iter().map(robustness_figure));
    let mut shown = Vec::new();
    for figure in figures.into_iter().chain(further) {
        match figure {
            Ok(figure) => shown.push(figure),
            Err(ReportError::Empty(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Drawn { aggregates, everywhere, compared, points: places.to_vec(), parts, figures: shown })
}

/// What is drawn beside the losses on other data: runs on those that the file writes, and all failures.
fn as_written(tables: &Tables) -> Cow<'_, Tables> {
    if tables.measurements.iter().all(|row| variant_of(&row.setting).is_none()) {
        return Cow::Borrowed(tables);
    }
    let is_varied = |setting: &str| variant_of(setting).is_some();
    // A round of questions names its run and not the data that this asked about.
    let elsewhere: BTreeSet<&str> = tables
        .runs
        .iter()
        .filter(|row| is_varied(&row.setting))
        .map(|row| row.run.as_str())
        .collect();
    let varied: BTreeSet<&str> = tables
        .runs
        .iter()
        .filter(|row| row.status == Status::Done && elsewhere.contains(row.run.as_str()))
        .map(|row| row.run.as_str())
        .collect();
    let mut kept = tables.clone();
    kept.measurements.retain(|row| !is_varied(&row.setting));
    kept.reliability.retain(|row| !is_varied(&row.setting));
    kept.curves.retain(|row| !is_varied(&row.setting));
    kept.responses.retain(|row| !is_varied(&row.setting));
    kept.tuning.retain(|row| !is_varied(&row.setting));
    kept.agreement.retain(|row| !is_varied(&row.setting));
    kept.chains.retain(|row| !is_varied(&row.setting));
    kept.querying.retain(|row| !elsewhere.contains(row.run.as_str()));
    kept.learned.retain(|row| !varied.contains(row.run.as_str()));
    kept.runs.retain(|row| !varied.contains(row.run.as_str()));
    Cow::Owned(kept)
}

/// What the reward orders or gets right, and its log-likelihood where that is not the same.
fn learning_figures(points: &[LearningAggregate]) -> [Result<Figure, ReportError>; 2] {
    let first = learning(points, &FIRST);
    let likelihood = learning(points, &[TRAINED]).and_then(|of| match &first {
        Ok(first) if first.panels == of.panels => {
            Err(ReportError::Empty(format!("`{}` shows it", first.name)))
        }
        _ => Ok(Learning { name: format!("{}-{TRAINED}", of.name), ..of }),
    });
    [first, likelihood].map(|of| of.and_then(|of| learning_figure(&of)))
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
