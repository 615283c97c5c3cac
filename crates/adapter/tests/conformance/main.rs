//! Every adapter of the crate keeps the laws, with every option that changes its likelihood.
#![allow(clippy::unwrap_used)]

mod choices;
mod pairs;
mod scores;
mod steps;

use burn::tensor::Device;
use medley_adapter::conformance::{Fixture, Law, RecordSet, check, world};
use medley_adapter::{Adapter, Query};
use medley_feedback::{AnnotatorId, Provenance, Record, SegmentId};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The dataset of `records`, and each of `answers` to one more question.
fn fixture<R: Record>(records: Vec<R>, statements: usize, answers: Vec<Vec<R>>) -> Fixture {
    let responses = answers.into_iter().map(RecordSet::new).collect();
    let segments = world(12, 1).unwrap();
    let records = RecordSet::new(records);
    Fixture { responses, ..Fixture::new(segments, records, statements, Device::flex()) }
}

/// Questions about these segments.
fn queries(about: &[&[u32]]) -> Vec<Query> {
    let query = |segments: &&[u32]| Query { segments: segments.to_vec(), ..Query::default() };
    about.iter().map(query).collect()
}

/// A question about each segment.
fn about_each() -> Vec<Query> {
    (0..12).map(|segment| Query { segments: vec![segment], ..Query::default() }).collect()
}

/// Keeps all laws but those that do not apply.
#[track_caller]
fn keeps(adapter: &dyn Adapter, fixture: &Fixture, skipped: &[Law]) {
    let report =
        check(adapter, fixture).unwrap_or_else(|failures| panic!("{adapter:?}\n{failures}"));
    let found = report.skipped.iter().map(|(law, _)| *law);
    // Of fixtures that ask nothing nobody expects records.
    let is_asked = |law: &Law| *law != Law::Elicited || !fixture.queries.is_empty();
    let found: Vec<Law> = found.filter(is_asked).collect();
    assert_eq!(found, skipped, "{adapter:?}: {:?}", report.skipped);
}

/// The same for what models of people cannot see: log-probabilities that are no function of sums of returns.
#[track_caller]
fn keeps_beyond_sums(adapter: &dyn Adapter, fixture: &Fixture, skipped: &[Law]) {
    let mut skipped: Vec<Law> = skipped.iter().copied().chain([Law::Linear]).collect();
    skipped.sort();
    keeps(adapter, fixture, &skipped);
}

/// The same for a fixture that simulates nobody.
#[track_caller]
fn keeps_unfitted(adapter: &dyn Adapter, fixture: &Fixture, skipped: &[Law]) {
    let skipped: Vec<Law> = skipped.iter().copied().chain([Law::Recovery]).collect();
    keeps(adapter, fixture, &skipped);
}

/// Both.
#[track_caller]
fn keeps_unfitted_beyond_sums(adapter: &dyn Adapter, fixture: &Fixture, skipped: &[Law]) {
    let skipped: Vec<Law> = skipped.iter().copied().chain([Law::Recovery]).collect();
    keeps_beyond_sums(adapter, fixture, &skipped);
}

fn id(segment: usize) -> SegmentId {
    format!("s{segment}").as_str().into()
}

fn by(annotator: usize) -> Provenance {
    Provenance { annotator: Some(AnnotatorId(format!("a{annotator}"))), ..Provenance::default() }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn two(rng: &mut ChaCha8Rng, count: usize) -> (usize, usize) {
    let first = rng.random_range(0..count);
    let second = rng.random_range(0..count - 1);
    (first, if second >= first { second + 1 } else { second })
}

/// Position drawn with these weights.
fn drawn(weights: &[f64], rng: &mut ChaCha8Rng) -> usize {
    let mut left = rng.random::<f64>() * weights.iter().sum::<f64>();
    let found = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    found.unwrap_or(weights.len() - 1)
}
