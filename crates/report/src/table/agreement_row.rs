//! How well does a reward learned from one source predict the statements of another?

use crate::row::row;

row! {
    /// One ordered pair of sources in one run. Table `agreement.parquet`.
    ///
    /// The reward is fitted on `trained_on` alone, cross-fitted in two folds of clusters: a
    /// statement is judged by the fit of the fold that it does not lie in.
    pub struct AgreementRow {
        /// Id of the run. String.
        pub run: String,
        /// Point of the grid, like "training.epochs = 3"; empty without a grid. String.
        pub setting: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// Source that the reward is learned from. String.
        pub trained_on: String,
        /// Source that is judged. String.
        pub source: String,
        /// Key of the metric, one for each judged source. String, "rank-correlation", or
        /// "accuracy-above-chance" where answers are choices among sets: for accuracy a and
        /// chance c, (a - c) / (1 - c) above chance and (a - c) / c below.
        pub metric: String,
        /// The number, in [-1, 1]: 1 is always right, 0 is chance, -1 always the reverse. Float64.
        pub value: f64,
        /// Lower end of its 95 % interval over clusters of this split. Float64, null where there
        /// is none.
        pub low: Option<f64>,
        /// Upper end. Float64, null where there is none.
        pub high: Option<f64>,
        /// Statements judged. UInt64.
        pub count: u64,
        /// Independent clusters (prompts, episodes) among them. UInt64.
        pub clusters: u64,
    }
}
