//! What does one run say about one metric of one held-out source?

use medley_evaluation::Direction;

use crate::row::row;

/// [`MeasurementRow::estimator`] of the trained reward model.
pub const MODEL: &str = "model";
/// The trivial model that always answers with the training shares of the answers.
pub const MAJORITY: &str = "majority";
/// The trivial model that sees nothing but the length of a response.
pub const LENGTH_ONLY: &str = "length-only";
/// Beginning of the name of a trivial model that sees nothing but a column of metadata of segments, such
/// as the model that wrote a response: "by model".
pub const BY_METADATA: &str = "by ";
/// The best that any model could do on these labels.
pub const LABEL_CEILING: &str = "label-ceiling";
/// The best that any model with one reward per segment could do.
pub const SCALAR_CEILING: &str = "scalar-ceiling";
/// A choice at random among the candidates of each question.
pub const CHANCE: &str = "chance";
/// The choice of the candidate that people's own answers put first; of the source [`TRUE_REWARD`], what the true
/// reward gets where nothing gets more.
pub const BEST_POSSIBLE: &str = "best-possible";

/// The source of what is not about people's answers but about the true reward, where that is known.
/// Names of other such sources begin with it. As an estimator, what the true reward gets where others may
/// get more.
pub const TRUE_REWARD: &str = "true reward";

/// Whether a source is the true reward, at home or elsewhere.
pub fn is_true_reward(source: &str) -> bool {
    source.starts_with(TRUE_REWARD)
}

row! {
    /// One number of one run, with what it takes to read it. Table `measurements.parquet`.
    pub struct MeasurementRow {
        /// Name of the experiment. String.
        pub experiment: String,
        /// Id of the run. String.
        pub run: String,
        /// Label of the mix, like "comparisons + critiques". String.
        pub mix: String,
        /// Point of the grid, like "training.epochs = 3"; empty without a grid. String.
        pub setting: String,
        /// Sources in the mix. String, the names joined by `+`.
        pub sources: Vec<String>,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// Statements that it was trained on. UInt64.
        pub labels: u64,
        /// Held-out source that is judged. String.
        pub source: String,
        /// Key of the metric, like "log-likelihood". String.
        pub metric: String,
        /// Unit of `value`. String.
        pub unit: String,
        /// Which way is better. String, "higher", "lower" or "nominal".
        pub direction: Direction,
        /// Whose number it is: [`MODEL`], a baseline by name, or a ceiling. String.
        pub estimator: String,
        /// The number. Float64.
        pub value: f64,
        /// Lower end of its 95 % interval over statements. Float64, null where there is none.
        pub low: Option<f64>,
        /// Upper end. Float64, null where there is none.
        pub high: Option<f64>,
        /// Statements judged. UInt64.
        pub count: u64,
        /// Independent clusters (prompts, episodes) among them. UInt64.
        pub clusters: u64,
        /// Anything that a reader must know. String, null for nothing.
        pub note: Option<String>,
    }
}
