//! Laws that every model of people has to keep, as one function that any crate can call in a test.
//!
//! The suite sees a model as studies do: it fits it to some statements of a panel, asks what is believed of
//! everybody and what they will say, and never looks inside. Of the panel given, everybody's fourth, eighth,
//! .. statement is held out, and all of the last person, who is a stranger to the fit. Laws that need other
//! answers take them from other statements of the panel, so that any [`Answer`](crate::Answer) will do.
//!
//! | what is asked of | laws |
//! |---|---|
//! | options | [`Law::Options`] |
//! | what is believed | [`Law::Weights`], [`Law::Normalization`], [`Law::Numbers`] |
//! | what a fit depends on | [`Law::Determinism`], [`Law::StatementOrder`], [`Law::Renaming`], [`Law::Silence`], [`Law::HeldOut`] |
//! | somebody new | [`Law::NothingKnown`], [`Law::Meeting`] |
//! | odd panels | [`Law::Extremes`], [`Law::OneStatement`], [`Law::Covariates`], [`Law::Nothing`] |
//! | what is learned | [`Law::Alike`] |
//!
//! A model that does not promise a law (one that starts at random for each person is another one when people
//! are renamed) is excused by whoever calls, with a reason that the [`Report`] has.
//!
//! It deliberately does not check speed, messages, or whether a model predicts people well: those are tests
//! of the model itself.

mod law;
mod laws;
mod subject;
mod verdict;

pub use law::Law;
pub use verdict::{Failures, Report};

use crate::{Panel, PeopleModel};
use std::panic::{AssertUnwindSafe, catch_unwind};
use subject::Subject;
use verdict::Verdict;

/// Checks every law.
///
/// ```
/// use medley_people::conformance::{Law, check};
/// use medley_people::{Binary, Panel, PanelParts, Pooled, Predictor, Statement};
/// use std::sync::Arc;
///
/// let compared = |i: usize| Statement {
///     person: i / 8,
///     predictors: vec![Predictor::difference(i % 3, (i + 1) % 3)],
///     answer: Arc::new(Binary { yes: f64::from(i as u8 % 5 % 2) }),
/// };
/// let panel = Panel::new(PanelParts {
///     features: vec!["length".to_owned()],
///     items: vec![vec![0.1], vec![0.7], vec![1.2]],
///     people: 6,
///     statements: (0..48).map(compared).collect(),
///     ..PanelParts::default()
/// })?;
/// match check(&Pooled::default(), &panel) {
///     Ok(report) => assert!(report.held.contains(&Law::HeldOut)),
///     Err(failures) => panic!("{failures}"),
/// }
/// # Ok::<(), medley_people::PeopleError>(())
/// ```
///
/// # Errors
/// All laws that are broken.
pub fn check(model: &dyn PeopleModel, panel: &Panel) -> Result<Report, Failures> {
    check_except(model, panel, &[])
}

/// Checks every law but those that the model does not promise, each with the reason.
///
/// # Errors
/// All laws that are broken.
pub fn check_except(
    model: &dyn PeopleModel,
    panel: &Panel,
    excused: &[(Law, &str)],
) -> Result<Report, Failures> {
    let made = guarded(|| Subject::new(model, panel));
    let subject = made.map_err(|problem| Failures(vec![(Law::Options, problem)]))?;
    let (mut report, mut broken) = (Report::default(), Vec::new());
    for (law, holds) in laws::ALL {
        if let Some((_, reason)) = excused.iter().find(|(excused, _)| excused == law) {
            report.skipped.push((*law, (*reason).to_owned()));
            continue;
        }
        let found = guarded(|| Ok(holds(&subject)));
        match found.unwrap_or_else(Verdict::Broken) {
            Verdict::Held => report.held.push(*law),
            Verdict::Skipped(reason) => report.skipped.push((*law, reason.to_owned())),
            Verdict::Broken(problem) => broken.push((*law, problem)),
        }
    }
    if broken.is_empty() { Ok(report) } else { Err(Failures(broken)) }
}

/// A panic breaks the law under which it happens.
fn guarded<T>(of: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(of)).unwrap_or_else(|_| Err("the model panicked".to_owned()))
}
