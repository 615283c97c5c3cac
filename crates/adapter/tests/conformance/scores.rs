//! Kinds about one segment or one step: ratings, approvals and descriptions.

use crate::{
    about_each, by, fixture, id, keeps, keeps_beyond_sums, keeps_unfitted,
    keeps_unfitted_beyond_sums, sigmoid,
};
use medley_adapter::conformance::{Fixture, Law, RecordSet, Truth};
use medley_adapter::{Approval, Description, Form, LearnedOr, Query, Rating, RatingModel, Sharing};
use medley_feedback::{self as feedback, Scale};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

fn rating(segment: usize, value: f64, annotator: usize) -> feedback::Rating {
    feedback::Rating {
        segment: id(segment),
        value,
        scale: Scale { low: 1.0, high: 5.0, levels: Some(5) },
        aspect: None,
        reason: None,
        provenance: by(annotator),
    }
}

fn ratings() -> Vec<feedback::Rating> {
    let said = [(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0), (4, 5.0), (5, 3.0), (6, 3.0), (7, 2.0)];
    said.iter().enumerate().map(|(i, &(segment, value))| rating(segment, value, i % 2)).collect()
}

fn rate(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..400).map(|i| {
        let segment = i % 60;
        let noise = rng.random::<f64>() - 0.5;
        let level = (3.0 + 1.5 * truth.mean(segment) + noise).round().clamp(1.0, 5.0);
        rating(segment, level, rng.random_range(0..3))
    });
    RecordSet::new(records.collect())
}

/// A score has no sides, names no pair, and moves with a constant reward.
const SKIPPED: [Law; 3] = [Law::Mirror, Law::Shift, Law::Pair];

#[test]
fn rating_keeps_all_laws() {
    let each = Sharing::PerAnnotator;
    let answers = (1..=5).map(|level| vec![rating(8, f64::from(level), 1)]).collect();
    let scale = Some(Scale { low: 1.0, high: 5.0, levels: Some(5) });
    let form = Form { scale, ..Form::default() };
    let queries = about_each();
    let fixture = Fixture { simulate: Some(rate), queries, form, ..fixture(ratings(), 8, answers) };
    keeps(&Rating::default(), &fixture, &SKIPPED);
    keeps(&Rating { cutpoints: each, ..Rating::default() }, &fixture, &SKIPPED);
    let both = Rating { cutpoints: each, rationality: each, ..Rating::default() };
    keeps(&both, &fixture, &SKIPPED);
}

fn of_aspects(statements: &[(usize, f64, Option<&str>)]) -> Vec<feedback::Rating> {
    let one = |&(segment, value, aspect): &(usize, f64, Option<&str>)| feedback::Rating {
        aspect: aspect.map(str::to_owned),
        ..rating(segment, value, segment % 2)
    };
    statements.iter().map(one).collect()
}

#[test]
fn rating_of_aspects_keeps_all_laws() {
    let (style, fact) = (Some("style"), Some("fact"));
    let said = [
        (0, 1.0, style),
        (1, 5.0, fact),
        (1, 2.0, None),
        (4, 5.0, style),
        (5, 1.0, fact),
        (4, 4.0, None),
    ];
    let answers = (1..=5).map(|level| of_aspects(&[(8, f64::from(level), fact)])).collect();
    let heads = fixture(of_aspects(&said), 6, answers);
    let own = Rating { aspect_heads: true, ..Rating::default() };
    keeps_unfitted_beyond_sums(&own, &heads, &SKIPPED);
    let gaussian = Rating { aspect_heads: true, model: RatingModel::Gaussian, ..Rating::default() };
    let undivided = Fixture { responses: Vec::new(), ..heads };
    let skipped = [Law::Normalization, Law::Role, Law::Mirror, Law::Shift, Law::Pair];
    keeps_unfitted_beyond_sums(&gaussian, &undivided, &skipped);
    let only = [(0, 1.0, style), (1, 5.0, style), (4, 4.0, style), (5, 2.0, style)];
    let answers = (1..=5).map(|level| of_aspects(&[(8, f64::from(level), style)])).collect();
    let one = fixture(of_aspects(&only), 4, answers);
    keeps_unfitted(&Rating { aspect: Some("style".into()), ..Rating::default() }, &one, &SKIPPED);
}

#[test]
fn gaussian_rating_keeps_all_laws() {
    // A grid over a scale so wide that its ends have no density to speak of.
    let wide = |segment, value| feedback::Rating {
        scale: Scale { low: -60.0, high: 60.0, levels: None },
        ..rating(segment, value, 0)
    };
    let records = vec![wide(0, 1.0), wide(1, -2.0), wide(2, 3.0), wide(3, 0.5), wide(4, -1.0)];
    let answers = (-300..=300).map(|i| vec![wide(8, 0.2 * f64::from(i))]).collect();
    let fixture =
        Fixture { spacing: Some(0.2), simulate: Some(rate), ..fixture(records, 5, answers) };
    let scale = Some(Scale { low: -60.0, high: 60.0, levels: None });
    let form = Form { scale, ..Form::default() };
    let fixture = Fixture { queries: about_each(), form, ..fixture };
    let skipped = [Law::Role, Law::Mirror, Law::Shift, Law::Pair];
    let gaussian = Rating { model: RatingModel::Gaussian, ..Rating::default() };
    keeps_beyond_sums(&gaussian, &fixture, &skipped);
    let each = Sharing::PerAnnotator;
    keeps_beyond_sums(&Rating { offset: each, ..gaussian.clone() }, &fixture, &skipped);
    let fixed = Rating { sd: LearnedOr::Fixed(1.5), rationality: each, ..gaussian };
    keeps_beyond_sums(&fixed, &fixture, &skipped);
}

fn approval(segment: usize, approval: f64, annotator: usize) -> feedback::Approval {
    feedback::Approval { segment: id(segment), approval, reason: None, provenance: by(annotator) }
}

fn approve(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..600).map(|i| {
        let up = rng.random::<f64>() < sigmoid(3.0 * truth.mean(i % 60) - 0.3);
        approval(i % 60, f64::from(u8::from(up)), i % 3)
    });
    RecordSet::new(records.collect())
}

#[test]
fn approval_keeps_all_laws() {
    let records = vec![
        approval(0, 1.0, 0),
        approval(1, 0.0, 1),
        approval(2, 0.25, 0),
        approval(3, 1.0, 1),
        approval(4, 0.0, 0),
    ];
    let answers = vec![vec![approval(8, 1.0, 1)], vec![approval(8, 0.0, 1)]];
    // So many that not all of them are thumbs up.
    let queries = [about_each(), about_each(), about_each()].concat();
    let fixture = Fixture { simulate: Some(approve), queries, ..fixture(records, 5, answers) };
    keeps(&Approval::default(), &fixture, &SKIPPED);
    let each = Sharing::PerAnnotator;
    let by_annotator = Approval { threshold: each, rationality: each };
    keeps(&by_annotator, &fixture, &SKIPPED);
}

fn described(center: [f64; 3], value: f64) -> feedback::Description {
    feedback::Description {
        center: center.to_vec(),
        value,
        text: None,
        provenance: feedback::Provenance::default(),
    }
}

fn describe(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..200).map(|_| {
        let center: [f64; 3] = std::array::from_fn(|_| rng.random::<f64>() * 2.0 - 1.0);
        let step: Vec<f32> = center.iter().map(|&x| x as f32).collect();
        described(center, truth.reward(&step) + 0.3 * (rng.random::<f64>() - 0.5))
    });
    RecordSet::new(records.collect())
}

#[test]
fn description_keeps_all_laws() {
    let records = vec![
        described([0.1, 0.2, 0.3], 0.5),
        described([1.0, 0.0, -1.0], -0.5),
        described([0.0, 0.7, 0.0], 1.0),
        described([0.5, -0.7, 0.2], 0.25),
        described([-0.3, 0.1, 0.9], -1.0),
    ];
    let answers =
        (-400..=400).map(|i| vec![described([0.4, -0.2, 0.1], 0.05 * f64::from(i))]).collect();
    let fixture =
        Fixture { spacing: Some(0.05), simulate: Some(describe), ..fixture(records, 5, answers) };
    let at = |i| Query { point: vec![0.1 * f64::from(i), 0.5, -0.2], ..Query::default() };
    let fixture = Fixture { queries: (0..10).map(at).collect(), ..fixture };
    let skipped = [Law::Role, Law::Mirror, Law::Shift, Law::StepOrder, Law::Pair];
    keeps_beyond_sums(&Description::default(), &fixture, &skipped);
    let each = Sharing::PerAnnotator;
    let fixed = Description { sd: LearnedOr::Fixed(0.5), offset: each, rationality: each };
    keeps_beyond_sums(&fixed, &fixture, &skipped);
}
