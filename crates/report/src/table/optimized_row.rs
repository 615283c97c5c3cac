//! What was optimizing a learned reward worth, by the true one?

use crate::row::row;

row! {
    /// A policy that was optimized for one reward. Table `optimized.parquet`.
    pub struct OptimizedRow {
        /// Name of the world. String.
        pub world: String,
        /// How it was optimized: `tabular`, `ppo` or `best-of-n`. String.
        pub method: String,
        /// What it is compared as: the name of a comparison, else the same as `reward`. String.
        pub label: String,
        /// Folder of the model whose reward was optimized, or `true`. String.
        pub reward: String,
        /// Seed of the policy. UInt64.
        pub seed: u64,
        /// Its return by the true reward: discounted and exact for tables, else a mean of episodes.
        /// Float64.
        pub value: f64,
        /// That of the policy optimized for the true reward, by the same method. Float64.
        pub best: f64,
        /// That of the policy that takes all actions alike. Float64.
        pub uniform: f64,
        /// `100 (value - uniform) / (best - uniform)`. Float64, null where best is not above uniform.
        pub normalized: Option<f64>,
        /// Its return by the reward that was optimized. Float64.
        pub proxy: f64,
    }
}

row! {
    /// A point on the way to such a policy. Table `optimization.parquet`.
    pub struct OptimizationRow {
        /// Name of the world. String.
        pub world: String,
        /// How it was optimized. String.
        pub method: String,
        /// What it is compared as: the name of a comparison, else the same as `reward`. String.
        pub label: String,
        /// Folder of the model whose reward was optimized, or `true`. String.
        pub reward: String,
        /// Seed of the policy. UInt64.
        pub seed: u64,
        /// Steps so far, or n of best-of-n. UInt64.
        pub at: u64,
        /// Divergence from the first policy, nats: a step for PPO, an episode for best-of-n. Float64.
        pub kl: f64,
        /// Mean return of episodes by the reward that is optimized. Float64, null where none ended.
        pub proxy: Option<f64>,
        /// The same by the true reward. Float64, null where none ended.
        pub gold: Option<f64>,
    }
}
