//! What can be seen of a statement, to compare the statements of two bindings.
//!
//! Statements are compared as sets: an adapter may order them as it likes, and the numbers of
//! records and people differ between datasets.

use super::linear::Numbers;
use super::probe::Probe;
use medley_feedback::AnnotatorId;
use std::cmp::Ordering;

/// A statement under some numbers of a model with one member.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    segments: Vec<u32>,
    person: Option<AnnotatorId>,
    observed: Vec<f64>,
    value: Option<f64>,
    predicted: Option<f64>,
    loss: f64,
}

impl Probe<'_> {
    pub fn seen(&self, numbers: &Numbers, statements: &[usize]) -> Vec<Seen> {
        let losses = self.losses(numbers, statements);
        let judged = self.judge(numbers);
        let one = |(&statement, loss): (&usize, f64)| {
            let (origin, judgement) = (&self.origins()[statement], &judged[statement]);
            Seen {
                segments: origin.segments.clone(),
                person: self.person(origin),
                observed: judgement.answer.observed.clone(),
                value: judgement.answer.value,
                predicted: judgement.predicted_value,
                loss,
            }
        };
        statements.iter().zip(losses).map(one).collect()
    }

    /// `numbers` of another binding for the parameters of this one: people by name, all else as it
    /// is. None if parameters differ in more than the people they are of, or responses differ.
    pub fn carried(&self, from: &Probe<'_>, numbers: &Numbers) -> Option<Numbers> {
        let theirs = from.parameters();
        let ids = |probe: &Probe<'_>, people: &[medley_dataset::PersonIndex]| -> Vec<AnnotatorId> {
            people.iter().map(|&p| probe.setting.dataset.people().id(p).clone()).collect()
        };
        let carry = |parameter: crate::ResponseParameter| {
            let (other, (_, values)) = theirs
                .iter()
                .zip(&numbers.response)
                .find(|(other, _)| other.name == parameter.name)?;
            let values = match (&parameter.people, &other.people) {
                (Some(mine), Some(their)) => {
                    let their = ids(from, their);
                    let value = |id: &AnnotatorId| {
                        Some(values[their.iter().position(|known| known == id)?])
                    };
                    ids(self, mine).iter().map(value).collect::<Option<Vec<f64>>>()?
                }
                _ if parameter.initial.len() == other.initial.len() => values.clone(),
                _ => return None,
            };
            Some((parameter.name, values))
        };
        let mine = self.parameters();
        let responses = [self, from].map(|probe| probe.objective.responses());
        if mine.len() != theirs.len() || self.layout != from.layout || responses[0] != responses[1]
        {
            return None;
        }
        let response = mine.into_iter().map(carry).collect::<Option<Vec<_>>>()?;
        Some(Numbers { response, ..numbers.clone() })
    }
}

/// Whether two sets of statements are equal up to rounding.
pub(super) fn alike(what: &str, found: Vec<Seen>, expected: Vec<Seen>) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!("{what}: {} statements, expected {}", found.len(), expected.len()));
    }
    let sorted = |mut list: Vec<Seen>| {
        list.sort_by(order);
        list
    };
    for (one, other) in sorted(found).iter().zip(sorted(expected).iter()) {
        if !close(one, other) {
            return Err(format!("{what}: found {one:?}, expected {other:?}"));
        }
    }
    Ok(())
}

fn order(one: &Seen, other: &Seen) -> Ordering {
    let numbers = |a: &[f64], b: &[f64]| {
        let pairs = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
        pairs.fold(a.len().cmp(&b.len()), Ordering::then)
    };
    (&one.segments, &one.person)
        .cmp(&(&other.segments, &other.person))
        .then_with(|| numbers(&one.observed, &other.observed))
        .then_with(|| one.value.unwrap_or(f64::NAN).total_cmp(&other.value.unwrap_or(f64::NAN)))
        .then_with(|| one.loss.total_cmp(&other.loss))
}

fn close(one: &Seen, other: &Seen) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (1.0 + b.abs());
    let both = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    one.segments == other.segments
        && one.person == other.person
        && one.observed == other.observed
        && both(one.value, other.value)
        && both(one.predicted, other.predicted)
        && near(one.loss, other.loss)
}
