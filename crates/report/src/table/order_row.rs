//! In which orders are sources added, where such orders are sampled?

use crate::row::row;

row! {
    /// One sampled order of all sources, each beginning of which is a mix of the experiment. Table
    /// `orders.parquet`.
    pub struct OrderRow {
        /// Which one, from 0. UInt64.
        pub order: u64,
        /// The sources as they join. String, the names joined by `+`.
        pub sources: Vec<String>,
    }
}
