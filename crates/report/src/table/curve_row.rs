//! How did a metric develop during training?

use crate::row::{keyword, row};

/// Part of the data that a curve is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Statements that the model is trained on.
    Train,
    /// Held-out statements that may decide when to stop.
    Validation,
}

keyword!(
    Part,
    "\"train\" or \"validation\"",
    "train" => Part::Train,
    "validation" => Part::Validation
);

row! {
    /// One point of a training curve. Table `curves.parquet`.
    pub struct CurveRow {
        /// Id of the run. String.
        pub run: String,
        /// Label of the mix. String.
        pub mix: String,
        /// Point of the grid, like "training.epochs = 3"; empty without a grid. String.
        pub setting: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// Passes over the data so far. UInt64.
        pub epoch: u64,
        /// Optimizer steps so far. UInt64.
        pub step: u64,
        /// Source that is judged. String.
        pub source: String,
        /// On which data. String, "train" or "validation".
        pub part: Part,
        /// Key of the metric. String.
        pub metric: String,
        /// The number, in the unit of the metric. Float64.
        pub value: f64,
    }
}
