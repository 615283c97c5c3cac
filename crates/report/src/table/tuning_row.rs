//! Which options were tried in a tuned run, and which were chosen?

use crate::row::{keyword, row};

/// What became of a candidate at a rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TuningOutcome {
    /// The run is fitted with it.
    Chosen,
    /// It went on to the next rung.
    Kept,
    /// Others were better.
    PassedOver,
    /// It has no log-likelihood.
    Failed,
}

keyword!(
    TuningOutcome,
    "\"chosen\", \"kept\", \"passed-over\" or \"failed\"",
    "chosen" => TuningOutcome::Chosen,
    "kept" => TuningOutcome::Kept,
    "passed-over" => TuningOutcome::PassedOver,
    "failed" => TuningOutcome::Failed
);

row! {
    /// One candidate of a tuned run at one rung. Table `tuning.parquet`.
    ///
    /// Everything here is about the validation part of one source. Nothing is about a test part.
    pub struct TuningRow {
        /// Id of the run. String.
        pub run: String,
        /// Label of the tuned mix. String.
        pub mix: String,
        /// Label of the same mix as the file has it. String.
        pub untuned: String,
        /// Point of the grid, as in `runs.parquet`; empty without a grid. String.
        pub setting: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// Share of the data in the training part of the split, in (0, 1). Float64.
        pub train_share: f64,
        /// Share of the data in its test part, in (0, 1). Float64.
        pub test_share: f64,
        /// Source whose validation part decides. String.
        pub target: String,
        /// Number of the candidate, from 0, in the order in which ties are broken. UInt64.
        pub candidate: u64,
        /// Its values as TOML writes them, like "training.learning-rate = 0.01". String.
        pub values: String,
        /// Keys whose value is the smallest or the largest of at least three numbers tried, joined by
        /// commas. String, null if there is none.
        pub at_edge: Option<String>,
        /// Number of the rung, from 0. UInt64.
        pub rung: u64,
        /// Statements learned from at this rung, of all sources. UInt64.
        pub statements: u64,
        /// Mean log-likelihood of a validation statement of the target, nats. Float64, null if the
        /// candidate failed.
        pub log_likelihood: Option<f64>,
        /// Standard error of that mean over clusters. Float64, null if there is no second cluster.
        pub standard_error: Option<f64>,
        /// Log-likelihood of the best of the rung less this, nats a statement. Float64, null for the
        /// best and for what failed.
        pub gap: Option<f64>,
        /// Standard error of the gap over clusters, both on the same statements. Float64, null as
        /// `gap`.
        pub gap_standard_error: Option<f64>,
        /// What became of it. String, "chosen", "kept", "passed-over" or "failed".
        pub outcome: TuningOutcome,
        /// Why it failed. String, null if it did not.
        pub failure: Option<String>,
    }
}
