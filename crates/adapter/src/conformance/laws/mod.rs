//! The laws, each a function from an adapter with its fixture to a verdict.

mod agree;
mod calibrated;
mod data;
mod distribution;
mod drawn;
mod elicited;
mod judgement;
mod linear;
mod loss;
mod origin;
mod part;
mod question;
mod reckoned;
mod recovery;
mod scale;
mod select;
mod shuffled;
mod symmetry;

use super::subject::Subject;
use super::{Law, Verdict};

pub(super) type Holds = fn(&Subject<'_>) -> Verdict;

pub(super) const ALL: &[(Law, Holds)] = &[
    (Law::Coverage, |subject| Verdict::from(data::coverage(subject))),
    (Law::RecordOrder, |subject| Verdict::from(data::record_order(subject))),
    (Law::Starts, |subject| Verdict::from(data::starts(subject))),
    (Law::Part, part::part),
    (Law::Select, select::select),
    (Law::Clusters, |subject| Verdict::from(origin::clusters(subject))),
    (Law::Segments, |subject| Verdict::from(origin::segments(subject))),
    (Law::Shape, |subject| Verdict::from(loss::shape(subject))),
    (Law::Batch, |subject| Verdict::from(loss::batch(subject))),
    (Law::Finiteness, |subject| Verdict::from(loss::finiteness(subject))),
    (Law::Gradient, |subject| Verdict::from(loss::gradient(subject))),
    (Law::Normalization, distribution::normalization),
    (Law::Role, distribution::role),
    (Law::Mirror, symmetry::mirror),
    (Law::Shift, symmetry::shift),
    (Law::StepOrder, symmetry::step_order),
    (Law::Rationality, |subject| Verdict::from(scale::rationality(subject))),
    (Law::Value, scale::value),
    (Law::Judgement, |subject| Verdict::from(judgement::judgement(subject))),
    (Law::Answers, |subject| Verdict::from(judgement::answers(subject))),
    (Law::Item, question::item),
    (Law::Pair, question::pair),
    (Law::Linear, linear::linear),
    (Law::Shuffled, shuffled::shuffled),
    (Law::Drawn, drawn::drawn),
    (Law::Elicited, elicited::elicited),
    (Law::Calibrated, calibrated::calibrated),
    (Law::Recovery, recovery::recovery),
];
