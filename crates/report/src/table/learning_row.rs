//! How well is a source learned from few of its statements, with and without the other sources?

use medley_evaluation::Direction;

use crate::row::{keyword, row};

/// What a line of a learning curve is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearningRole {
    /// The judged source alone, which the other lines are compared with.
    Baseline,
    /// Anything else.
    Compared,
}

keyword!(
    LearningRole,
    "\"baseline\" or \"compared\"",
    "baseline" => LearningRole::Baseline,
    "compared" => LearningRole::Compared
);

row! {
    /// One number of one point of a learning curve under one seed. Table `learning.parquet`.
    ///
    /// Only some statements of the judged source are learned from, and all of the others in the
    /// training part, or as many as the experiment says. The lines of a curve have the same seeds, which are its splits, at the same
    /// numbers of statements.
    pub struct LearningRow {
        /// Id of the run. String.
        pub run: String,
        /// Judged source, whose statements are cut. String.
        pub source: String,
        /// Statements of it that are learned from, the same number under each seed. UInt64.
        pub statements: u64,
        /// Label of the line: a way of mixing and what is mixed, like "related: comparisons +
        /// critiques". String.
        pub line: String,
        /// Sources that are learned from. String, the names joined by `+`.
        pub sources: Vec<String>,
        /// What the line is there for. String, "baseline" or "compared".
        pub role: LearningRole,
        /// Seed of the run, and of its split. UInt64.
        pub seed: u64,
        /// Share of the data in the training part of the split, in (0, 1). Float64.
        pub train_share: f64,
        /// Share of the data in its test part, in (0, 1). Float64.
        pub test_share: f64,
        /// Key of the metric, like "rank-correlation". String.
        pub metric: String,
        /// Unit of `value`. String.
        pub unit: String,
        /// Which way is better. String, "higher", "lower" or "nominal".
        pub direction: Direction,
        /// The number. Float64.
        pub value: f64,
        /// Statements judged, of the test part. UInt64.
        pub count: u64,
        /// Independent clusters (prompts, episodes) among them. UInt64.
        pub clusters: u64,
    }
}
