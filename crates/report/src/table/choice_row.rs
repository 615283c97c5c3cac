//! What did a rule choose for many, and whom does it serve?

use crate::row::row;

row! {
    /// The standing of one option by one rule, for everybody or for one group alone. Table `choices.parquet`.
    pub struct ChoiceRow {
        /// Name of the study. String.
        pub study: String,
        /// The rule by its name in the file. String.
        pub rule: String,
        /// Column of people. String, null for everybody.
        pub column: Option<String>,
        /// Label of the group that alone counts. String, null for everybody.
        pub group: Option<String>,
        /// People who count. UInt64.
        pub people: u64,
        /// Name of the option. String.
        pub option: String,
        /// Its score in the rule's own unit, higher is better. Float64, null where the rule has no answer.
        pub score: Option<f64>,
        /// Probability with which it is chosen. Float64, null where the rule has no answer.
        pub chance: Option<f64>,
        /// Why the rule has no answer, or that the group is too small to be shown. String, null where it has one.
        pub reason: Option<String>,
    }
}

row! {
    /// What one group has of what a rule chooses for everybody. Table `served.parquet`.
    pub struct ServedRow {
        /// Name of the study. String.
        pub study: String,
        /// The rule by its name in the file. String.
        pub rule: String,
        /// Column of people. String.
        pub column: String,
        /// Label of the group. String.
        pub group: String,
        /// People of the group who count. UInt64.
        pub people: u64,
        /// Worth of the option that is best for the group less that of what is chosen, mean over its people, in the
        /// unit of utilities. Float64, null for groups of fewer than 20 people.
        pub gap: Option<f64>,
        /// The option that is best for the group. String, null for groups of fewer than 20 people.
        pub best: Option<String>,
        /// Share of all weight at which the choice would be another, if the group counted for more or less. Float64,
        /// null where no share changes it.
        pub flip: Option<f64>,
        /// Its share of all weight as it is. Float64.
        pub share: f64,
    }
}
