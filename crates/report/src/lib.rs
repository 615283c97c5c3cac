//! What did the runs of an experiment measure, and how does it look?
//!
//! Runs leave twelve tidy tables as Parquet ([`Tables`]). [`aggregate`] takes them over seeds,
//! [`summary`] writes them as text and [`draw`] as figures. Everything here starts from the
//! tables, so that redrawing never trains again, and the same tables give the same bytes.
//!
//! A figure is first plain data ([`Quality`], [`Curves`], [`Reliability`], [`Agreement`], [`Learning`],
//! [`ExchangeFigure`], [`WorthFigure`]: rows, series, labels), which tests and notebooks can read, and then
//! ink. The crate knows nothing of training or of any tensor library.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod agreement_summary;
mod chains_summary;
mod compare;
mod compared;
mod draw;
mod error;
mod exchange_summary;
mod figure;
mod file_part;
mod ink;
mod learning_summary;
mod page;
mod querying_summary;
mod regret_summary;
mod robustness_summary;
mod runs_summary;
#[cfg(test)]
mod sample;
mod summary;
mod sweep_summary;
mod table;
mod trust_summary;
mod tuning_summary;
mod worth_summary;
mod write_whole;

pub use agreement_summary::agreement_summary;
pub use chains_summary::chains_summary;
pub use compare::{
    Comparison, DifferenceRow, PairRow, Paired, PairedInterval, Side, TestPart, Unpaired, compare,
    comparison_figures, comparison_summary, paired, write_differences, write_pairs,
};
pub use compared::compared_at;
pub use draw::{Drawing, Drawn, draw, draw_tables, drawn};
pub use error::ReportError;
pub use exchange_summary::exchange_summary;
pub use figure::{
    Agreement, Curve, CurvePanel, Curves, ExchangeFigure, ExchangePanel, ExchangeRow, Ladder,
    Learning, LearningLine, LearningPanel, Mark, Matrix, MatrixCell, OveroptimizationFigure,
    OveroptimizationPanel, Quality, QualityPanel, Reference, Reliability, ReliabilityPanel,
    ReliabilityPoint, ReliabilitySeries, Rung, Scale, Series, Shape, WorthFigure, WorthPanel,
    XyFigure, agreement, agreement_figure, curves, curves_figure, exchange, exchange_figure,
    ladder_figure, learning, learning_figure, matrix_figure, overoptimization_figure, profiles,
    quality, quality_figure, querying, reliability, reliability_figure, robustness_figure, sweep,
    worth, worth_figure, xy_figure,
};
pub use file_part::file_part;
pub use ink::{Figure, svg_to_pdf, write_pdfs};
pub use learning_summary::learning_summary;
pub use medley_evaluation::Direction;
pub use page::{
    Citation, Column, Cover, DataCard, Fact, Grid, Item, Line, Method, Paper, Picture, Resampled,
    paper, paper_of_text, study_rows,
};
pub use querying_summary::querying_summary;
pub use regret_summary::regret_summary;
pub use robustness_summary::robustness_summary;
pub use runs_summary::runs_summary;
pub use summary::{responses_summary, summary};
pub use sweep_summary::sweep_summary;
pub use table::{
    AgainstBest, AggregateRow, Aggregates, AgreementAggregate, AgreementMatrix, AgreementRow,
    AlarmVerdict, BEST_POSSIBLE, BY_METADATA, CHANCE, ChainRow, ChoiceRow, Chosen, CourseRow,
    CurveRow, Exchange, FEW_CLUSTERS, Failure, FittedOn, Gain, LABEL_CEILING, LEAST_SEEDS,
    LENGTH_ONLY, LearnedRow, LearningAggregate, LearningDifference, LearningRole, LearningRow,
    LearningSpread, Loss, MAJORITY, MODEL, MeasurementRow, Mix, MixRuns, NotShared,
    OptimizationRow, OptimizedRow, OrderRow, OveroptimizationRow, OveroptimizationRunRow,
    PairWorth, Part, PeopleRow, QueryingAggregate, QueryingDifference, QueryingPoint, QueryingRow,
    Rate, ReliabilityRow, ResponseRow, Robustness, RunRow, RunsAggregate, SCALAR_CEILING,
    SampledOrders, ServedRow, Sign, SourceWorth, Status, Stopped, SweepRow, TRUE_REWARD, TUNED,
    Tables, Trusted, TuningAggregate, TuningDifference, TuningOutcome, TuningRow, Unfinished,
    Unvalued, Worth, WorthAggregate, WorthLabels, aggregate, aggregate_agreement,
    aggregate_exchange, aggregate_learning, aggregate_querying, aggregate_robustness,
    aggregate_runs, aggregate_sweep, aggregate_tuning, aggregate_worth, is_true_reward,
    read_aggregates, read_agreement, read_chains, read_choices, read_courses, read_curves,
    read_learned, read_learning, read_measurements, read_optimization, read_optimized, read_orders,
    read_overoptimization, read_overoptimization_runs, read_people, read_querying,
    read_reliability, read_responses, read_runs, read_served, read_sweep, read_tuning,
    write_aggregates, write_agreement, write_chains, write_choices, write_courses, write_curves,
    write_learned, write_learning, write_measurements, write_optimization, write_optimized,
    write_orders, write_overoptimization, write_overoptimization_runs, write_people,
    write_querying, write_reliability, write_responses, write_runs, write_served, write_sweep,
    write_tuning,
};
pub use trust_summary::trust_summary;
pub use tuning_summary::tuning_summary;
pub use worth_summary::worth_summary;
pub use write_whole::write_whole;

// Short names within the crate.
use figure::{
    agreement_layout, learning_panel, mixes_alt, overoptimization_alt, quality_layout,
    quality_panel, sources_alt, worth_panel,
};
use ink::{alt, axis, bar, canvas, cell, header, legend, marker, palette, png, text};
use table::{
    agreement_matrix, learning_difference, measurement_checks, metrics, mix, over_seeds,
    robustness_aggregate, row, subsets_run, verdict, worth_values,
};
