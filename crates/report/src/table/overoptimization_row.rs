//! How far was a reward optimized beyond what it is worth?

use crate::row::{keyword, row};

/// Whether something warned that a reward is optimized into places where it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmVerdict {
    /// The proxy rises, and so does the disagreement of members or the distance from the data.
    Raised,
    /// It is not shown that both rise.
    Quiet,
    /// Too few episodes to tell, or nothing to tell by.
    Undecided,
}

keyword!(
    AlarmVerdict,
    "\"raised\", \"quiet\" or \"undecided\"",
    "raised" => AlarmVerdict::Raised,
    "quiet" => AlarmVerdict::Quiet,
    "undecided" => AlarmVerdict::Undecided
);

row! {
    /// A policy on the way of optimization, held still and valued. Table `courses.parquet`.
    pub struct CourseRow {
        /// Name of the world. String.
        pub world: String,
        /// How it was optimized: `ppo` or `best-of-n`. String.
        pub method: String,
        /// What it is compared as. String.
        pub label: String,
        /// Folder of the model whose reward was optimized, or `true`. String.
        pub reward: String,
        /// Seed of the policy. UInt64.
        pub seed: u64,
        /// Steps so far, or n of best-of-n. UInt64.
        pub at: u64,
        /// Divergence of a whole episode from the first policy, nats. Float64.
        pub kl: f64,
        /// Mean return of an episode by the reward that is optimized, in its unit. Float64.
        pub proxy: f64,
        /// The same by the true reward. Float64.
        pub gold: f64,
        /// What `proxy` is above that of the first policy, in standard deviations of its returns. Float64, null
        /// where these do not differ.
        pub proxy_gain: Option<f64>,
        /// The same of `gold`.
        pub gold_gain: Option<f64>,
        /// Mean standard deviation of returns over the members, in the unit of `proxy`. Float64, null of one
        /// member.
        pub uncertainty: Option<f64>,
        /// Mean distance of steps from the data that the reward was learned from, as the root mean square of
        /// features in standard deviations. Float64, null where features were not standardized.
        pub from_data: Option<f64>,
    }
}

row! {
    /// What optimizing one reward once came to; gains are in standard deviations of returns of the first
    /// policy, distances `sqrt(KL)` in roots of nats. Table `overoptimization-runs.parquet`.
    pub struct OveroptimizationRunRow {
        /// Name of the world. String.
        pub world: String,
        /// How it was optimized: `ppo` or `best-of-n`. String.
        pub method: String,
        /// What it is compared as. String.
        pub label: String,
        /// Folder of the model whose reward was optimized, or `true`. String.
        pub reward: String,
        /// Seed of the policy. UInt64.
        pub seed: u64,
        /// What a nat of divergence cost. Float64.
        pub price: f64,
        /// What the first step gains, by the fitted curve of gold. Float64, null without a fit.
        pub alpha: Option<f64>,
        /// Its standard error, if policies were independent. Float64.
        pub alpha_error: Option<f64>,
        /// How fast that is lost. Float64, null without a fit.
        pub beta: Option<f64>,
        /// Its standard error. Float64.
        pub beta_error: Option<f64>,
        /// Standard deviation of residuals. Float64.
        pub residual_sd: Option<f64>,
        /// Where the fitted curve is highest. Float64, null where that is not within `reach`.
        pub peak: Option<f64>,
        /// Its standard error. Float64.
        pub peak_error: Option<f64>,
        /// Distance of the farthest policy. Float64.
        pub reach: f64,
        /// What the last policy gained by the reward that was optimized. Float64.
        pub proxy: Option<f64>,
        /// What it gained by the true reward. Float64.
        pub gold: Option<f64>,
        /// `proxy - gold`. Float64.
        pub gap: Option<f64>,
        /// Distance of the policy of highest gold, as measured. Float64.
        pub best: Option<f64>,
        /// Gold of that policy less gold of the last. Float64.
        pub lost: Option<f64>,
        /// The alarm: `raised`, `quiet` or `undecided`. String.
        pub alarm: AlarmVerdict,
        /// Why; and why there is no fit or no peak. String.
        pub reason: String,
    }
}

row! {
    /// A number over all runs of one label. Table `overoptimization.parquet`.
    pub struct OveroptimizationRow {
        /// Name of the world. String.
        pub world: String,
        /// How it was optimized: `ppo` or `best-of-n`. String.
        pub method: String,
        /// What it is compared as. String.
        pub label: String,
        /// Which number: `alpha`, `beta`, `peak`, `proxy`, `gold`, `gap`, `best`, `lost` as those of a run,
        /// a mean over models (over seeds of policies, of one model), `peak` that of the mean curve; `peaks`,
        /// `raised`, `quiet`, `undecided`: how many runs have a peak within reach or this alarm. String.
        pub quantity: String,
        /// The number. Float64.
        pub value: f64,
        /// Lower end of the 95 % interval over other models or seeds. Float64, null of fewer than two.
        pub low: Option<f64>,
        /// Upper end. Float64.
        pub high: Option<f64>,
        /// Models or seeds that it is over. UInt64.
        pub runs: u64,
    }
}
