//! What a suite of laws found.

use super::law::Law;
use std::fmt;

/// Laws that held, and those that were skipped with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Checked and kept.
    pub held: Vec<Law>,
    /// Not checked, and why.
    pub skipped: Vec<(Law, String)>,
}

/// Every law that was broken, with what was expected and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures(pub Vec<(Law, String)>);

impl Failures {
    /// Whether this law is among them.
    pub fn broke(&self, law: Law) -> bool {
        self.0.iter().any(|(broken, _)| *broken == law)
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(law, problem)| writeln!(f, "{law:?}: {problem}"))
    }
}

impl std::error::Error for Failures {}

/// What one law found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is kept.
    Held,
    /// There was nothing to look at, and why.
    Skipped(&'static str),
    /// It is broken, with what was expected and found.
    Broken(String),
}

impl From<Result<(), String>> for Verdict {
    fn from(found: Result<(), String>) -> Self {
        found.map_or_else(Self::Broken, |()| Self::Held)
    }
}
