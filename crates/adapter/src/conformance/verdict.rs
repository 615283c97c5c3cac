//! What a suite of laws found, whatever the laws are about.

use super::Law;
use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Laws that held, and those that were skipped with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<L = Law> {
    /// Checked and kept.
    pub held: Vec<L>,
    /// Not checked, and why.
    pub skipped: Vec<(L, &'static str)>,
}

/// Every law that was broken, with what was expected and found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures<L = Law>(pub Vec<(L, String)>);

impl<L: PartialEq> Failures<L> {
    /// Whether this law is among them.
    pub fn broke(&self, law: L) -> bool {
        self.0.iter().any(|(broken, _)| *broken == law)
    }
}

impl<L: Debug> fmt::Display for Failures<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(law, problem)| writeln!(f, "{law:?}: {problem}"))
    }
}

impl<L: Debug> std::error::Error for Failures<L> {}

/// What one law found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
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

/// Asks `holds` about each of `laws`, which are broken by what panics: `what` is then blamed.
///
/// # Errors
/// All laws that are broken.
pub fn check_all<L: Copy, H>(
    what: &str,
    laws: &[(L, H)],
    holds: impl Fn(&H) -> Verdict,
) -> Result<Report<L>, Failures<L>> {
    let mut report = Report { held: Vec::new(), skipped: Vec::new() };
    let mut broken = Vec::new();
    for (law, of) in laws {
        let found = catch_unwind(AssertUnwindSafe(|| holds(of)));
        match found.unwrap_or_else(|_| Verdict::Broken(format!("the {what} panicked"))) {
            Verdict::Held => report.held.push(*law),
            Verdict::Skipped(reason) => report.skipped.push((*law, reason)),
            Verdict::Broken(problem) => broken.push((*law, problem)),
        }
    }
    if broken.is_empty() { Ok(report) } else { Err(Failures(broken)) }
}
