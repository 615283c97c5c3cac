//! How did a mix do at a point of a sweep, on the feedback that chooses?

use crate::row::{keyword, row};

/// Whether a mix is drawn and compared at a point of the sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// It is.
    Yes,
    /// It is not, or no point was chosen.
    No,
}

keyword!(Chosen, "\"yes\" or \"no\"", "yes" => Chosen::Yes, "no" => Chosen::No);

row! {
    /// A mix at a point of the sweep. Table `sweep.parquet`.
    pub struct SweepRow {
        /// Label of the mix. String.
        pub mix: String,
        /// Point of the sweep, at the keys that the mix depends on, like "training.epochs = 3". String.
        pub setting: String,
        /// Seeds with a finished run. UInt64.
        pub seeds: u64,
        /// Seeds whose run failed. UInt64.
        pub failed: u64,
        /// Log-likelihood of a statement of the validation part, mean over seeds, nats. Float64, null unless
        /// every seed has one.
        pub held_out: Option<f64>,
        /// How far that is behind the mix's best point, mean over seeds, nats: 0 at the best. Float64, null
        /// where `held_out` is, or where the sweep changes what is held out.
        pub behind: Option<f64>,
        /// Lower end of the 95 % interval of `behind` over seeds, paired by seed. Float64, null with fewer than
        /// five seeds.
        pub behind_low: Option<f64>,
        /// Upper end. Float64, null where there is none.
        pub behind_high: Option<f64>,
        /// Whether the mix is drawn and compared at this point. String, "yes" or "no".
        pub chosen: Chosen,
    }
}
