//! Have chains mixed, and how well are posterior means and standard deviations known?

use crate::row::row;

row! {
    /// One quantity of a posterior that was sampled. Table `chains.parquet`.
    pub struct ChainRow {
        /// Id of the run. String.
        pub run: String,
        /// Label of the mix. String.
        pub mix: String,
        /// Point of the grid, like "training.epochs = 3"; empty without a grid. String.
        pub setting: String,
        /// Seed of the run. UInt64.
        pub seed: u64,
        /// Which fit of the mixing it is: the names of its sources. String.
        pub fit: String,
        /// The quantity: a weight, or a response parameter as it is sampled (a rationality by its
        /// logarithm). String.
        pub parameter: String,
        /// Posterior mean. Float64.
        pub mean: f64,
        /// Posterior standard deviation. Float64.
        pub sd: f64,
        /// Monte Carlo standard error of the mean. Float64, null where the draws do not tell it, as those of
        /// a quantity that never varies.
        pub standard_error: Option<f64>,
        /// Rank-normalized split R-hat, the larger of plain and folded. Float64, null as above.
        pub r_hat: Option<f64>,
        /// Effective sample size of bulk, all chains together. Float64, null as above.
        pub bulk_ess: Option<f64>,
        /// The smaller of the effective sample sizes of the 5 % and the 95 % quantile. Float64, null as
        /// above, and where few draws lie in a tail.
        pub tail_ess: Option<f64>,
        /// Chains. UInt64.
        pub chains: u64,
        /// Draws of all chains. UInt64.
        pub draws: u64,
        /// Transitions to them that lost their energy. UInt64.
        pub divergences: u64,
    }
}
