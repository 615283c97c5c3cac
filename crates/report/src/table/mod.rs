//! Tidy tables: what a row of each holds, how it is stored, and what rows of many seeds add up to.

mod aggregate;
mod curve_row;
mod measurement_row;
pub(crate) mod mix;
mod parquet;
mod reliability_row;
mod response_row;
pub(crate) mod row;
mod run_row;
mod tables;

pub use aggregate::{AggregateRow, Aggregates, Failure, Unfinished, aggregate};
pub use curve_row::{CurveRow, Part};
pub use measurement_row::{
    LABEL_CEILING, LENGTH_ONLY, MAJORITY, MODEL, MeasurementRow, SCALAR_CEILING,
};
pub use mix::Mix;
pub use parquet::{
    read_aggregates, read_curves, read_measurements, read_reliability, read_responses, read_runs,
    write_aggregates, write_curves, write_measurements, write_reliability, write_responses,
    write_runs,
};
pub use reliability_row::ReliabilityRow;
pub use response_row::{FittedOn, ResponseRow};
pub use run_row::{RunRow, Status, Stopped};
pub use tables::Tables;
