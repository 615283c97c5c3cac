//! How often did what a run predicted with some probability happen?

use crate::row::row;

row! {
    /// One bin of a reliability diagram of one run. Table `reliability.parquet`.
    pub struct ReliabilityRow {
        /// Id of the run. String.
        pub run: String,
        /// Label of the mix. String.
        pub mix: String,
        /// Point of the grid, like "training.epochs = 3"; empty without a grid. String.
        pub setting: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// Held-out source that is judged. String.
        pub source: String,
        /// Number of the bin, from 0. UInt64.
        pub bin: u64,
        /// Mean predicted probability in the bin. Float64.
        pub predicted: f64,
        /// Observed share in the bin. Float64.
        pub observed: f64,
        /// Lower end of the 95 % interval of `observed`. Float64, null with too few clusters.
        pub low: Option<f64>,
        /// Upper end. Float64, null with too few clusters.
        pub high: Option<f64>,
        /// Outcomes in the bin. UInt64.
        pub count: u64,
    }
}
