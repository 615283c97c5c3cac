//! The laws, each a function from an adapter with its fixture to a verdict.

mod data;
mod distribution;
mod judgement;
mod loss;
mod origin;
mod part;
mod question;
mod recovery;
mod scale;
mod select;
mod symmetry;

use super::subject::Subject;
use super::{Law, Verdict};

pub(super) type Holds = fn(&Subject<'_>) -> Verdict;

pub(super) const ALL: &[(Law, Holds)] = &[
    (Law::Coverage, |subject| settle(data::coverage(subject))),
    (Law::RecordOrder, |subject| settle(data::record_order(subject))),
    (Law::Starts, |subject| settle(data::starts(subject))),
    (Law::Part, part::part),
    (Law::Select, select::select),
    (Law::Clusters, |subject| settle(origin::clusters(subject))),
    (Law::Segments, |subject| settle(origin::segments(subject))),
    (Law::Shape, |subject| settle(loss::shape(subject))),
    (Law::Batch, |subject| settle(loss::batch(subject))),
    (Law::Finiteness, |subject| settle(loss::finiteness(subject))),
    (Law::Gradient, |subject| settle(loss::gradient(subject))),
    (Law::Normalization, distribution::normalization),
    (Law::Role, distribution::role),
    (Law::Mirror, symmetry::mirror),
    (Law::Shift, symmetry::shift),
    (Law::StepOrder, symmetry::step_order),
    (Law::Rationality, |subject| settle(scale::rationality(subject))),
    (Law::Value, scale::value),
    (Law::Judgement, |subject| settle(judgement::judgement(subject))),
    (Law::Answers, |subject| settle(judgement::answers(subject))),
    (Law::Item, question::item),
    (Law::Pair, question::pair),
    (Law::Recovery, recovery::recovery),
];

fn settle(found: Result<(), String>) -> Verdict {
    match found {
        Ok(()) => Verdict::Held,
        Err(problem) => Verdict::Broken(problem),
    }
}

/// For laws that may have nothing to look at.
fn judged(found: Result<Option<&'static str>, String>) -> Verdict {
    match found {
        Ok(None) => Verdict::Held,
        Ok(Some(reason)) => Verdict::Skipped(reason),
        Err(problem) => Verdict::Broken(problem),
    }
}

/// Whether numbers of statements agree.
fn equal(what: &str, found: &[f64], expected: &[f64], tolerance: f64) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!("{what}: {} numbers, expected {}", found.len(), expected.len()));
    }
    // A NaN agrees with nothing.
    let differs = |(_, (a, b)): &(usize, (&f64, &f64))| !near(**a, **b, tolerance);
    match found.iter().zip(expected).enumerate().find(differs) {
        Some((i, (found, expected))) => {
            Err(format!("{what}: statement {i} has {found}, expected {expected}"))
        }
        None => Ok(()),
    }
}

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * (1.0 + expected.abs())
}
