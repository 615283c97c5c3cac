//! What did the runs of an experiment measure, and how does it look?
//!
//! Runs leave eight tidy tables as Parquet ([`Tables`]). [`aggregate`] takes them over seeds,
//! [`summary`] writes them as text and [`draw`] as figures. Everything here starts from the
//! tables, so that redrawing never trains again, and the same tables give the same bytes.
//!
//! A figure is first plain data ([`Quality`], [`Curves`], [`Reliability`], [`Agreement`], [`Learning`]: rows,
//! series, labels), which tests and notebooks can read, and then ink. The crate knows nothing of
//! training or of any tensor library.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod agreement_summary;
mod draw;
mod error;
mod figure;
mod ink;
mod learning_summary;
#[cfg(test)]
mod sample;
mod summary;
mod table;
mod tuning_summary;
mod write_whole;

pub use agreement_summary::agreement_summary;
pub use draw::{Drawing, draw, draw_tables};
pub use error::ReportError;
pub use figure::{
    Agreement, Curve, CurvePanel, Curves, Learning, LearningLine, LearningPanel, Mark, Quality,
    QualityPanel, Reference, Reliability, ReliabilityPanel, ReliabilityPoint, ReliabilitySeries,
    Series, Shape, XyFigure, agreement, agreement_figure, curves, curves_figure, learning,
    learning_figure, quality, quality_figure, reliability, reliability_figure, xy_figure,
};
pub use ink::Figure;
pub use learning_summary::learning_summary;
pub use medley_evaluation::Direction;
pub use summary::{responses_summary, summary};
pub use table::{
    AggregateRow, Aggregates, AgreementAggregate, AgreementMatrix, AgreementRow, BEST_POSSIBLE,
    CHANCE, CurveRow, Failure, FittedOn, LABEL_CEILING, LENGTH_ONLY, LearningAggregate,
    LearningDifference, LearningRole, LearningRow, LearningSpread, MAJORITY, MODEL, MeasurementRow,
    Mix, Part, ReliabilityRow, ResponseRow, RunRow, SCALAR_CEILING, Sign, Status, Stopped, Tables,
    TuningAggregate, TuningDifference, TuningOutcome, TuningRow, Unfinished, aggregate,
    aggregate_agreement, aggregate_learning, aggregate_tuning, read_aggregates, read_agreement,
    read_curves, read_learning, read_measurements, read_reliability, read_responses, read_runs,
    read_tuning, write_aggregates, write_agreement, write_curves, write_learning,
    write_measurements, write_reliability, write_responses, write_runs, write_tuning,
};
pub use tuning_summary::tuning_summary;
pub use write_whole::write_whole;

// Short names within the crate.
use figure::{agreement_layout, learning_panel, quality_layout, quality_panel};
use ink::{axis, canvas, legend, marker, palette, png, text};
use table::{agreement_matrix, learning_difference, mix, over_seeds, row, verdict};
