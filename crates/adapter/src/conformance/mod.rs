//! Laws that every adapter has to keep, as one function that any crate can call in a test.
//!
//! The suite sees an adapter as training and evaluation do: it binds records under splits and
//! selections, asks for losses, gradients, judgements and answers, and never looks inside. What it
//! cannot know, which responses a question has or how people would answer it, the [`Fixture`] says.
//! A law that a fixture gives no data for is skipped, with the reason in the [`Report`]; a law that
//! fails says with which numbers.
//!
//! | what is asked of | laws |
//! |---|---|
//! | records | [`Law::Coverage`], [`Law::RecordOrder`], [`Law::Starts`], [`Law::Part`], [`Law::Select`] |
//! | origins | [`Law::Clusters`], [`Law::Segments`] |
//! | losses | [`Law::Shape`], [`Law::Batch`], [`Law::Finiteness`], [`Law::Gradient`] |
//! | distributions | [`Law::Normalization`], [`Law::Role`] |
//! | symmetries | [`Law::Mirror`], [`Law::Shift`], [`Law::StepOrder`] |
//! | units | [`Law::Rationality`], [`Law::Value`] |
//! | judgements | [`Law::Judgement`], [`Law::Answers`], [`Law::Item`], [`Law::Pair`], [`Law::Linear`], [`Law::Shuffled`] |
//! | simulated people | [`Law::Drawn`], [`Law::Elicited`], [`Law::Calibrated`] |
//! | a fit | [`Law::Recovery`] |
//!
//! A law needs what it says in [`Fixture`]: `responses` for normalization, `mirrored` for the
//! mirror and for sides, `queries` for records that are elicited, `simulate` for recovery. Names of people and sources are given where
//! records have none. `step_order`, `shift_invariant` and `favoured` say which symmetries a kind
//! lacks, `unread_steps` which steps no statement is about, and are checked as well.
//!
//! It deliberately does not check speed, options or error messages: those are the adapter's own
//! tests. Nor does it know whether a likelihood is a good one.

mod fit;
mod fixture;
mod law;
mod laws;
mod linear;
mod probe;
mod records;
mod seen;
mod subject;
mod verdict;
mod world;

pub use fixture::{Fixture, Simulation};
pub use law::Law;
pub use records::RecordSet;
pub use verdict::{Failures, Report, Verdict, check_all};
pub use world::{Truth, world};

use crate::Adapter;
use subject::Subject;

/// Checks every law.
///
/// ```
/// use burn::tensor::Device;
/// use medley_adapter::conformance::{Fixture, Law, RecordSet, check, world};
/// use medley_adapter::Approval;
/// use medley_feedback as feedback;
///
/// let vote = |segment: usize, approval| feedback::Approval {
///     segment: format!("s{segment}").as_str().into(),
///     approval,
///     reason: None,
///     provenance: feedback::Provenance::default(),
/// };
/// let records: Vec<_> = (0..12).map(|i| vote(i, f64::from(i as u8 % 2))).collect();
/// let fixture = Fixture {
///     // Thumbs up and thumbs down are all that can be said of a segment.
///     responses: [1.0, 0.0].map(|up| RecordSet::new(vec![vote(3, up)])).to_vec(),
///     ..Fixture::new(world(12, 1)?, RecordSet::new(records), 12, Device::flex())
/// };
/// match check(&Approval::default(), &fixture) {
///     Ok(report) => assert!(report.held.contains(&Law::Normalization)),
///     Err(failures) => panic!("{failures}"),
/// }
/// # Ok::<(), medley_dataset::DatasetError>(())
/// ```
///
/// # Errors
/// All laws that are broken.
pub fn check(adapter: &dyn Adapter, fixture: &Fixture) -> Result<Report, Failures> {
    let unfit = |problem| Failures(vec![(Law::Coverage, format!("the fixture: {problem}"))]);
    let subject = Subject::new(adapter, fixture).map_err(unfit)?;
    check_all("adapter", laws::ALL, |holds| holds(&subject))
}
