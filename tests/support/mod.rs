//! Comparisons for the conformance suite: records about its stage, and a person who compares.

use burn::tensor::Device;
use medley_adapter::conformance::{Direction, Fixture, Mirror, Responses, Simulation, Truth};
use medley_feedback::{Comparison, SegmentId};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Comparisons of which three share a first segment, with segments of different lengths.
pub fn comparisons() -> Vec<Comparison> {
    let pairs = [(0, 1), (0, 2), (0, 7), (3, 4), (9, 5), (10, 12), (20, 33)];
    let preference = |i: usize| [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0][i];
    let record = |(i, (first, second))| Comparison::new(id(first), id(second), preference(i));
    pairs.into_iter().enumerate().map(record).collect()
}

/// Everything about comparisons without ties.
pub fn without_ties() -> Fixture<Comparison> {
    Fixture {
        mirror: Some(Mirror { swap, negated: &["side-offset"] }),
        order: Some(order),
        shift_invariant: true,
        simulation: Some(Simulation { answer: simulated, correlation: 0.8 }),
        ..Fixture::new(Device::flex(), comparisons(), Responses::Finite(sides))
    }
}

/// Everything about comparisons with ties.
pub fn with_ties() -> Fixture<Comparison> {
    let mut records = comparisons();
    records.push(Comparison::tied(id(14), id(15)));
    records.push(Comparison { tie: 0.25, ..Comparison::new(id(16), id(18), 0.6) });
    Fixture {
        records,
        responses: Responses::Finite(|record| {
            let tie = Comparison::tied(record.first.clone(), record.second.clone());
            sides(record).into_iter().chain([tie]).collect()
        }),
        ..without_ties()
    }
}

pub fn id(segment: usize) -> SegmentId {
    format!("s{segment}").as_str().into()
}

fn sides(record: &Comparison) -> Vec<Comparison> {
    [1.0, 0.0].map(|side| Comparison { preference: side, tie: 0.0, ..record.clone() }).to_vec()
}

fn swap(record: &Comparison) -> Comparison {
    Comparison {
        first: record.second.clone(),
        second: record.first.clone(),
        preference: 1.0 - record.preference,
        ..record.clone()
    }
}

fn order(record: &Comparison) -> Vec<(SegmentId, Direction)> {
    let (first, second) = (record.first.clone(), record.second.clone());
    match (record.tie == 0.0, record.preference) {
        (true, 1.0) => vec![(first, Direction::Up), (second, Direction::Down)],
        (true, 0.0) => vec![(first, Direction::Down), (second, Direction::Up)],
        _ => Vec::new(),
    }
}

/// Bradley and Terry (1952): `P(first) = sigmoid(return of first - return of second)`.
fn simulated(truth: &Truth, rng: &mut ChaCha8Rng) -> Vec<Comparison> {
    let count = truth.segments.len();
    (0..300)
        .map(|_| {
            let first = rng.random_range(0..count);
            let second = (first + rng.random_range(1..count)) % count;
            let odds = (truth.returns[first] - truth.returns[second]).exp();
            let preference = if rng.random::<f64>() < odds / (1.0 + odds) { 1.0 } else { 0.0 };
            let [first, second] = [first, second].map(|i| truth.segments[i].clone());
            Comparison::new(first, second, preference)
        })
        .collect()
}
