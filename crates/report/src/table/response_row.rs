//! What did the parameters of how people answer come out as?

use crate::row::{keyword, row};

/// What a response model was fitted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FittedOn {
    /// The training part, with the reward.
    Train,
    /// The validation part, the reward frozen.
    Validation,
    /// The training part, the reward frozen: the split has no validation part.
    TrainFrozen,
}

keyword!(
    FittedOn,
    "\"train\", \"validation\" or \"train-frozen\"",
    "train" => FittedOn::Train,
    "validation" => FittedOn::Validation,
    "train-frozen" => FittedOn::TrainFrozen
);

row! {
    /// One value of one response parameter. Table `responses.parquet`.
    pub struct ResponseRow {
        /// Id of the run. String.
        pub run: String,
        /// Label of the mix. String.
        pub mix: String,
        /// Point of the grid, like "training.epochs = 3"; empty without a grid. String.
        pub setting: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// What it was fitted on. String, "train", "validation" or "train-frozen".
        pub fitted_on: FittedOn,
        /// Source of feedback. String.
        pub source: String,
        /// Name of the parameter, without `log-`: values are in natural units. String.
        pub parameter: String,
        /// Whose value it is; a deviation from the shared one. String, null where all share it.
        pub annotator: Option<String>,
        /// Position in the parameter, such as the number of a cutpoint; 0 for people. UInt64.
        pub position: u64,
        /// Member of the ensemble. UInt64.
        pub member: u64,
        /// In natural units: rationality as a factor on returns, cutpoints and thresholds in nats,
        /// deviations of what is positive as factors. Float64.
        pub value: f64,
    }
}
