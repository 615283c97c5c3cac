//! The laws, each a function from an adapter with its fixture to a verdict.

mod agree;
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
use agree::settle;

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
