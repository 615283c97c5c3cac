//! Why does a rule have no answer?

use medley_theory::BradleyTerryError;

/// Why a rule has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AggregationError {
    /// Only shares of pairs are known.
    #[error(
        "`aggregation.{rule}` needs what each person thinks of each option; only pairwise shares are known"
    )]
    NeedsPeople {
        /// Name of the rule.
        rule: &'static str,
    },
    /// Some pair was never compared.
    #[error(
        "`aggregation.{rule}` needs every pair of options; nobody compared {first} and {second}"
    )]
    MissingPair {
        /// Name of the rule.
        rule: &'static str,
        /// The one option.
        first: usize,
        /// The other.
        second: usize,
    },
    /// More options than can be gone through.
    #[error("`aggregation.{rule}` is exact up to {most} options, found {found}")]
    TooMany {
        /// Name of the rule.
        rule: &'static str,
        /// Most options.
        most: usize,
        /// Options of the society.
        found: usize,
    },
    /// No option that everybody prefers to what they have.
    #[error("`aggregation.nash`: person {person} gains by no option over what they have")]
    NobodyGains {
        /// The first such person.
        person: usize,
    },
    /// The option of today is none of the options.
    #[error("`aggregation.{rule}`: expected a status quo from 0 to {last}, found {found}")]
    StatusQuo {
        /// Name of the rule.
        rule: &'static str,
        /// The last option.
        last: usize,
        /// What was said.
        found: usize,
    },
    /// A jury has a seat for a group of which there is nobody.
    #[error("`aggregation.jury`: nobody of weight is of group {group}, which has a seat")]
    NobodyForSeat {
        /// Number of the group.
        group: usize,
    },
    /// Something is said of another number of options, groups or statements.
    #[error("expected {expected} numbers or groups, found {found}")]
    Options {
        /// How many there are.
        expected: usize,
        /// As given.
        found: usize,
    },
    /// A weight or factor that is none.
    #[error(
        "expected finite weights of at least 0 with a sum above 0, or a finite factor, found {found}"
    )]
    Share {
        /// As given.
        found: f64,
    },
    /// A group of which nobody counts.
    #[error("nobody of weight is of group {group}")]
    NobodyOf {
        /// Number of the group.
        group: usize,
    },
    /// A group beside which nobody counts.
    #[error("everybody of weight is of group {group}, whose share cannot be another")]
    NobodyBut {
        /// Number of the group.
        group: usize,
    },
    /// Options that features do not describe.
    #[error(
        "`aggregation.{rule}`: expected finite features of {options} options, as many for each, found {found}"
    )]
    Features {
        /// Name of the rule.
        rule: &'static str,
        /// Number of options.
        options: usize,
        /// What was found.
        found: String,
    },
    /// No linear reward orders options as everybody does.
    #[error(
        "`aggregation.{rule}`: no linear reward of these features keeps every preference that all people share"
    )]
    NotLinear {
        /// Name of the rule.
        rule: &'static str,
    },
    /// Scores are infinite.
    #[error("`aggregation.bradley-terry`: {0}")]
    BradleyTerry(#[from] BradleyTerryError),
    /// The linear program was not solved.
    #[error("a linear program of aggregation was not solved: {0}")]
    Program(String),
}
