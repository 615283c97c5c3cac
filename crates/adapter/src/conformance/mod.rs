//! Laws that every adapter has to keep, as one function that any crate can call in a test.
//!
//! The suite sees an adapter as training does: it binds records, asks for losses and gradients,
//! and never looks inside. What it cannot know, which responses a question has or how people would
//! answer it, the [`Fixture`] says. A law that a fixture gives no data for is skipped and said to
//! be; a law that fails says with which numbers.
//!
//! It deliberately does not check speed, options or error messages: those are the adapter's own
//! tests.

mod fit;
mod fixture;
mod laws;
mod probe;

pub use fixture::{Fixture, Simulation, Truth, world};

use crate::Adapter;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Every record is in a statement, and in no other number of statements than it should.
    Coverage,
    /// The loss is `[member, batch]`, and members do not see each other.
    Shape,
    /// A statement's loss does not depend on what else is in the batch: order, size, padding.
    Batch,
    /// Probabilities sum to 1 over the response set.
    Normalization,
    /// Loss and gradient are finite at returns of 1e4 and -1e4.
    Finiteness,
    /// The gradient equals central finite differences, for the model and every response parameter.
    Gradient,
    /// Swapping the sides swaps the answer.
    Mirror,
    /// Adding a constant to every reward changes nothing.
    Shift,
    /// Judgements say what the loss says.
    Judgement,
    /// Feedback simulated from a known reward teaches its order.
    Recovery,
}

/// Laws that held, and those that were skipped with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Checked and kept.
    pub held: Vec<Law>,
    /// Not checked, and why.
    pub skipped: Vec<(Law, &'static str)>,
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

/// What a law found.
pub(crate) enum Verdict {
    Held,
    Skipped(&'static str),
    Broken(String),
}

/// Checks every law.
///
/// ```no_run
/// use burn::tensor::Device;
/// use medley_adapter::{Comparison, conformance};
/// # fn fixture(_: Device) -> conformance::Fixture { unimplemented!() }
/// if let Err(failures) = conformance::check(&Comparison::default(), &fixture(Device::flex())) {
///     panic!("{failures}");
/// }
/// ```
///
/// # Errors
/// All laws that are broken.
pub fn check(adapter: &dyn Adapter, fixture: &Fixture) -> Result<Report, Failures> {
    let mut report = Report::default();
    let mut broken = Vec::new();
    for (law, holds) in laws::ALL {
        let found = catch_unwind(AssertUnwindSafe(|| holds(adapter, fixture)));
        match found.unwrap_or_else(|_| Verdict::Broken("the adapter panicked".to_owned())) {
            Verdict::Held => report.held.push(*law),
            Verdict::Skipped(reason) => report.skipped.push((*law, reason)),
            Verdict::Broken(problem) => broken.push((*law, problem)),
        }
    }
    if broken.is_empty() { Ok(report) } else { Err(Failures(broken)) }
}
