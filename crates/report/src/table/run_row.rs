//! Which runs were there, and how did they end?

use crate::row::{keyword, row};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// With measurements.
    Done,
    /// Without.
    Failed,
}

keyword!(
    Status,
    "\"done\" or \"failed\"",
    "done" => Status::Done,
    "failed" => Status::Failed
);

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Held-out log-likelihood got no better.
    Patience,
    /// The limit of epochs came before the end.
    Epochs,
    /// No optimum was found, the width of a prior had not settled after the last round, or chains have not
    /// mixed.
    Unsettled,
    /// The optimum was found.
    Converged,
}

keyword!(
    Stopped,
    "\"patience\", \"epochs\", \"unsettled\" or \"converged\"",
    "patience" => Stopped::Patience,
    "epochs" => Stopped::Epochs,
    "unsettled" => Stopped::Unsettled,
    "converged" => Stopped::Converged
);

row! {
    /// One run, finished or not. Table `runs.parquet`.
    pub struct RunRow {
        /// Id of the run. String.
        pub run: String,
        /// Label of the mix. String.
        pub mix: String,
        /// Point of the grid, like "training.epochs = 3"; empty without a grid. String.
        pub setting: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// How it ended. String, "done" or "failed".
        pub status: Status,
        /// Why it failed, or why a finished one has no reward for all, so that sources which its mix never
        /// saw are not judged. String, null for others.
        pub reason: Option<String>,
        /// Epochs trained. UInt64.
        pub epochs: u64,
        /// Optimizer steps, of all fits. UInt64.
        pub steps: u64,
        /// Why training ended. String, "patience", "converged", "epochs" (the limit was reached before held-out
        /// log-likelihood stopped rising) or "unsettled" (no optimum was found, the width of a prior had not
        /// settled after the last round, or chains have not mixed). Null for runs that train nothing, and for those that nothing was
        /// to stop (`patience = 0`).
        pub stopped: Option<Stopped>,
        /// Epoch whose model was kept. UInt64.
        pub best_epoch: u64,
        /// Wall-clock time, seconds. Float64.
        pub seconds: f64,
        /// Trained parameters. UInt64.
        pub parameters: u64,
        /// Held-out log-likelihood of a statement at the best epoch, nats. Float64, null without
        /// held-out statements.
        pub held_out: Option<f64>,
    }
}
