//! What does a comparison leave as tables?

use std::path::Path;

use medley_evaluation::Direction;

use crate::ReportError;
use crate::row::row;

row! {
    /// A mean difference over the pairs of one mix. Table `differences.parquet`.
    pub struct DifferenceRow {
        /// Held-out source that is judged. String.
        pub source: String,
        /// Key of the metric. String.
        pub metric: String,
        /// Unit of the numbers. String.
        pub unit: String,
        /// Which way is better. String.
        pub direction: Direction,
        /// Label of the mix. String.
        pub mix: String,
        /// Setting of the first; empty without a grid. String.
        pub first_setting: String,
        /// Setting of the second. String.
        pub second_setting: String,
        /// Seeds with both numbers, judged on the same statements. UInt64.
        pub pairs: u64,
        /// Mean of the first over these. Float64.
        pub first: f64,
        /// Mean of the second. Float64.
        pub second: f64,
        /// Mean of second minus first. Float64.
        pub difference: f64,
        /// Lower end of its 95 % interval. Float64, null with few pairs and where all are the same.
        pub low: Option<f64>,
        /// Upper end. Float64, null as `low`.
        pub high: Option<f64>,
    }
}

row! {
    /// One pair of runs. Table `pairs.parquet`.
    pub struct PairRow {
        /// Held-out source that is judged. String.
        pub source: String,
        /// Key of the metric. String.
        pub metric: String,
        /// Label of the mix. String.
        pub mix: String,
        /// Setting of the first. String.
        pub first_setting: String,
        /// Setting of the second. String.
        pub second_setting: String,
        /// Seed of both. UInt64.
        pub seed: u64,
        /// Id of the first run. String.
        pub first_run: String,
        /// Id of the second run. String.
        pub second_run: String,
        /// Number of the first. Float64.
        pub first: f64,
        /// Number of the second. Float64.
        pub second: f64,
    }
}

/// Writes `differences.parquet`.
///
/// # Errors
/// As of [`write_measurements`](crate::write_measurements).
pub fn write_differences(path: &Path, rows: &[DifferenceRow]) -> Result<(), ReportError> {
    crate::table::write_rows(path, rows)
}

/// Writes `pairs.parquet`.
///
/// # Errors
/// As of [`write_measurements`](crate::write_measurements).
pub fn write_pairs(path: &Path, rows: &[PairRow]) -> Result<(), ReportError> {
    crate::table::write_rows(path, rows)
}
