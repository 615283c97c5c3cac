//! What is said of responses in a finite set, and what fits it not?

/// `winner` was preferred to `loser`; both are places in the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferred {
    /// Place of the one that was preferred.
    pub winner: usize,
    /// Place of the other.
    pub loser: usize,
}

/// A thumb, up or down, for one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thumb {
    /// Place of the response.
    pub response: usize,
    /// Whether it is up.
    pub up: bool,
}

/// Why there is no implicit reward, or no loss.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImplicitRewardError {
    /// There is nothing to choose from.
    #[error("there is no response")]
    Empty,
    /// A reference gives a response no chance, so that its implicit reward is none.
    #[error("the reference gives response {response} a probability of {value}: above 0 is needed")]
    Reference {
        /// Its place.
        response: usize,
        /// What it is.
        value: f64,
    },
    /// The reference is no distribution.
    #[error("the probabilities of the reference sum to {sum}, not to 1")]
    Sum {
        /// What they come to.
        sum: f64,
    },
    /// A temperature or a weight is none.
    #[error("`{name}` has to be above 0 and finite, found {value}")]
    Number {
        /// Which.
        name: &'static str,
        /// Given.
        value: f64,
    },
    /// A list is of another set, or not of finite numbers.
    #[error("expected {expected} finite numbers, found {found}")]
    Logits {
        /// Responses.
        expected: usize,
        /// What there is.
        found: String,
    },
    /// A statement is about what is not in the set, or about one response twice.
    #[error("statement {statement} is about {found}, in a set of {responses}")]
    Statement {
        /// From 0.
        statement: usize,
        /// What it is about.
        found: String,
        /// Size of the set.
        responses: usize,
    },
    /// There is no statement.
    #[error("there is no statement to take a loss of")]
    NoStatement,
}

pub(crate) fn above_zero(name: &'static str, value: f64) -> Result<(), ImplicitRewardError> {
    match value.is_finite() && value > 0.0 {
        true => Ok(()),
        false => Err(ImplicitRewardError::Number { name, value }),
    }
}

pub(crate) fn check_numbers(values: &[f64], expected: usize) -> Result<(), ImplicitRewardError> {
    if values.len() != expected {
        let found = format!("{} of them", values.len());
        return Err(ImplicitRewardError::Logits { expected, found });
    }
    match values.iter().find(|value| !value.is_finite()) {
        None => Ok(()),
        Some(value) => Err(ImplicitRewardError::Logits { expected, found: value.to_string() }),
    }
}

pub(crate) fn check_preferred(
    statements: &[Preferred],
    responses: usize,
) -> Result<(), ImplicitRewardError> {
    let fits = |one: &Preferred| {
        one.winner < responses && one.loser < responses && one.winner != one.loser
    };
    let told = |one: &Preferred| format!("responses {} and {}", one.winner, one.loser);
    check_statements(statements, responses, fits, told)
}

pub(crate) fn check_thumbs(
    statements: &[Thumb],
    responses: usize,
) -> Result<(), ImplicitRewardError> {
    let told = |one: &Thumb| format!("response {}", one.response);
    check_statements(statements, responses, |one| one.response < responses, told)
}

fn check_statements<S>(
    statements: &[S],
    responses: usize,
    fits: impl Fn(&S) -> bool,
    told: impl Fn(&S) -> String,
) -> Result<(), ImplicitRewardError> {
    if statements.is_empty() {
        return Err(ImplicitRewardError::NoStatement);
    }
    match statements.iter().position(|one| !fits(one)) {
        None => Ok(()),
        Some(statement) => {
            let found = told(&statements[statement]);
            Err(ImplicitRewardError::Statement { statement, found, responses })
        }
    }
}
