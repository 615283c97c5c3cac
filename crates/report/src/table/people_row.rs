//! How well did a model of people tell what was held out?

use crate::row::row;

row! {
    /// A number of a model of people, of all or of one group. Table `people.parquet`.
    pub struct PeopleRow {
        /// Name of the study. String.
        pub study: String,
        /// The model of people by its name in the file. String.
        pub model: String,
        /// How many statements of new people were known. UInt64, null where people are not new.
        pub labels: Option<u64>,
        /// Column of people. String, null for everybody.
        pub column: Option<String>,
        /// Label of the group in that column. String, null for everybody.
        pub group: Option<String>,
        /// Which number: `negative-log-likelihood` (nats a statement), `accuracy`, and those of docs/WHOSE.md;
        /// numbers that a model came to have the names that it gives them. String.
        pub metric: String,
        /// The number. Float64, null for groups of fewer than 20 people, which are not shown.
        pub value: Option<f64>,
        /// Lower end of the 95 % interval by people. Float64, null where there is none.
        pub low: Option<f64>,
        /// Upper end. Float64, null where there is none.
        pub high: Option<f64>,
        /// People whose statements it is of. UInt64.
        pub people: u64,
        /// Number of statements. UInt64.
        pub statements: u64,
    }
}
