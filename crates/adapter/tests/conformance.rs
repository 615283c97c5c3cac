//! Every adapter of the crate keeps the laws.
#![allow(clippy::unwrap_used)]

use burn::tensor::Device;
use medley_adapter::conformance::{Fixture, Law, Report, Truth, check, world};
use medley_adapter::{
    Adapter, Approval, ChoiceSet, Comparison, CorrectedSteps, Correction, Critique, Demonstration,
    Description, Ranking, Rating, RatingModel, Sharing, Stop, Ties,
};
use medley_dataset::Dataset;
use medley_feedback::{
    self as feedback, AnnotatorId, Checked, Polarity, Provenance, Record, Scale,
};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

fn segments() -> Dataset {
    world(12, 1).unwrap()
}

/// `base` with these records and no others of their kind.
fn with<R: Record>(base: &Dataset, records: Vec<R>) -> Dataset {
    let mut dataset = base.clone();
    let checked = records.into_iter().map(|record| Checked::new(record).unwrap()).collect();
    dataset.insert(checked).unwrap();
    dataset
}

/// The dataset of `records`, once more for each of `answers` to one more question.
fn fixture<R: Record>(records: Vec<R>, statements: usize, answers: Vec<Vec<R>>) -> Fixture {
    let base = segments();
    let responses = answers
        .into_iter()
        .map(|answer| with(&base, records.iter().cloned().chain(answer).collect()))
        .collect();
    Fixture { responses, ..Fixture::new(with(&base, records), statements, Device::flex()) }
}

#[track_caller]
fn keeps(adapter: &dyn Adapter, fixture: &Fixture) -> Report {
    match check(adapter, fixture) {
        Ok(report) => report,
        Err(failures) => panic!("{adapter:?}\n{failures}"),
    }
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

fn comparison(first: usize, second: usize, preference: f64, tie: f64) -> feedback::Comparison {
    let (a, b) = (format!("s{first}"), format!("s{second}"));
    let answer = feedback::Comparison::new(a.as_str().into(), b.as_str().into(), preference);
    feedback::Comparison { tie, ..answer }
}

fn comparisons(mirror: bool) -> Vec<feedback::Comparison> {
    // `s0` against `s1` and then against `s2` in one batch: de-duplication by the first loses one.
    let answers = [
        (0, 1, 1.0, 0.0),
        (0, 2, 0.0, 0.0),
        (3, 2, 0.5, 1.0),
        (4, 1, 0.7, 0.1),
        (5, 6, 1.0, 0.0),
        (7, 0, 0.0, 0.0),
    ];
    answers
        .into_iter()
        .map(|(first, second, preference, tie)| match mirror {
            false => comparison(first, second, preference, tie),
            true => comparison(second, first, 1.0 - preference, tie),
        })
        .collect()
}

fn compare(truth: &Truth, rng: &mut ChaCha8Rng) -> Dataset {
    let records = (0..400).map(|_| {
        let (first, second) = two(rng, 60);
        let p = sigmoid(3.0 * (truth.mean(first) - truth.mean(second)));
        comparison(first, second, f64::from(u8::from(rng.random::<f64>() < p)), 0.0)
    });
    with(&truth.dataset, records.collect())
}

fn comparison_fixture(ties: bool) -> Fixture {
    let mut answers = vec![vec![comparison(8, 9, 1.0, 0.0)], vec![comparison(8, 9, 0.0, 0.0)]];
    if ties {
        answers.push(vec![comparison(8, 9, 0.5, 1.0)]);
    }
    Fixture {
        mirrored: Some(with(&segments(), comparisons(true))),
        shift_invariant: true,
        simulate: Some(compare),
        ..fixture(comparisons(false), 6, answers)
    }
}

#[test]
fn comparison_keeps_all_laws() {
    for ties in [Ties::SoftLabel, Ties::Davidson, Ties::RaoKupper] {
        for (label_noise, offset) in [(0.0, true), (0.2, true), (0.0, false)] {
            let adapter = Comparison { ties, label_noise, offset, ..Comparison::default() };
            let report = keeps(&adapter, &comparison_fixture(ties != Ties::SoftLabel));
            assert_eq!(report.skipped, [], "{ties:?}");
        }
    }
}

#[test]
fn comparison_with_strength() {
    let graded = |first, second, preference, grade| feedback::Comparison {
        strength: Some(feedback::Strength { grade, levels: 2 }),
        ..comparison(first, second, preference, 0.0)
    };
    let records = vec![
        graded(0, 1, 1.0, 2),
        graded(0, 2, 0.0, 1),
        graded(4, 1, 1.0, 1),
        comparison(3, 2, 0.5, 1.0),
    ];
    let mirrored = vec![
        graded(1, 0, 0.0, 2),
        graded(2, 0, 1.0, 1),
        graded(1, 4, 0.0, 1),
        comparison(2, 3, 0.5, 1.0),
    ];
    let answers =
        [(1.0, 2), (1.0, 1), (0.0, 1), (0.0, 2)].map(|(p, grade)| vec![graded(8, 9, p, grade)]);
    let answers = answers.into_iter().chain([vec![comparison(8, 9, 0.5, 1.0)]]).collect();
    let fixture = Fixture {
        mirrored: Some(with(&segments(), mirrored)),
        shift_invariant: true,
        ..fixture(records, 4, answers)
    };
    keeps(&Comparison { strength: true, ..Comparison::default() }, &fixture);
}

fn ranking(segments: &[usize], ranks: &[u32]) -> feedback::Ranking {
    feedback::Ranking {
        segments: segments.iter().map(|s| format!("s{s}").as_str().into()).collect(),
        ranks: ranks.to_vec(),
        reason: None,
        provenance: Provenance::default(),
    }
}

#[test]
fn ranking_keeps_all_laws() {
    let orders: [[u32; 3]; 6] = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    let answers = orders.iter().map(|ranks| vec![ranking(&[8, 9, 10], ranks)]).collect();
    // Stages: two for three distinct ranks, three for four, one for two.
    let records = vec![
        ranking(&[0, 1, 2], &[2, 1, 3]),
        ranking(&[3, 4, 5, 6], &[1, 2, 3, 4]),
        ranking(&[7, 1], &[2, 1]),
    ];
    let rank: fn(&Truth, &mut ChaCha8Rng) -> Dataset = |truth, rng| {
        let records = (0..150).map(|_| {
            let mut left: Vec<usize> = (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
            let shown = left.clone();
            let mut ranks = vec![0; 4];
            for rank in 1..=4 {
                let weights: Vec<f64> = left.iter().map(|&s| (3.0 * truth.mean(s)).exp()).collect();
                let best = left.remove(drawn(&weights, rng));
                ranks[shown.iter().position(|&s| s == best).unwrap()] = rank;
            }
            ranking(&shown, &ranks)
        });
        with(&truth.dataset, records.collect())
    };
    let fixture =
        Fixture { shift_invariant: true, simulate: Some(rank), ..fixture(records, 6, answers) };
    keeps(&Ranking::default(), &fixture);
}

fn rating(segment: usize, value: f64, annotator: usize) -> feedback::Rating {
    feedback::Rating {
        segment: format!("s{segment}").as_str().into(),
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

fn rate(truth: &Truth, rng: &mut ChaCha8Rng) -> Dataset {
    let records = (0..400).map(|i| {
        let segment = i % 60;
        let noise = rng.random::<f64>() - 0.5;
        let level = (3.0 + 1.5 * truth.mean(segment) + noise).round().clamp(1.0, 5.0);
        rating(segment, level, rng.random_range(0..3))
    });
    with(&truth.dataset, records.collect())
}

#[test]
fn rating_keeps_all_laws() {
    for cutpoints in [Sharing::Shared, Sharing::PerAnnotator] {
        let answers = (1..=5).map(|level| vec![rating(8, f64::from(level), 1)]).collect();
        let fixture = Fixture { simulate: Some(rate), ..fixture(ratings(), 8, answers) };
        keeps(&Rating { cutpoints, ..Rating::default() }, &fixture);
    }
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
    keeps(&Rating { model: RatingModel::Gaussian, ..Rating::default() }, &fixture);
}

fn approval(segment: usize, approval: f64, annotator: usize) -> feedback::Approval {
    feedback::Approval {
        segment: format!("s{segment}").as_str().into(),
        approval,
        reason: None,
        provenance: by(annotator),
    }
}

#[test]
fn approval_keeps_all_laws() {
    let approve: fn(&Truth, &mut ChaCha8Rng) -> Dataset = |truth, rng| {
        let records = (0..600).map(|i| {
            let up = rng.random::<f64>() < sigmoid(3.0 * truth.mean(i % 60) - 0.3);
            approval(i % 60, f64::from(u8::from(up)), i % 3)
        });
        with(&truth.dataset, records.collect())
    };
    for threshold in [Sharing::Shared, Sharing::PerAnnotator] {
        let records = vec![
            approval(0, 1.0, 0),
            approval(1, 0.0, 1),
            approval(2, 0.25, 0),
            approval(3, 1.0, 1),
            approval(4, 0.0, 0),
        ];
        let answers = vec![vec![approval(8, 1.0, 1)], vec![approval(8, 0.0, 1)]];
        let fixture = Fixture { simulate: Some(approve), ..fixture(records, 5, answers) };
        keeps(&Approval { threshold, ..Approval::default() }, &fixture);
    }
}

fn demonstration(shown: usize, instead: &[usize]) -> feedback::Demonstration {
    feedback::Demonstration {
        segment: format!("s{shown}").as_str().into(),
        alternatives: instead.iter().map(|s| format!("s{s}").as_str().into()).collect(),
        provenance: Provenance::default(),
    }
}

fn demonstration_fixture() -> Fixture {
    let demonstrate: fn(&Truth, &mut ChaCha8Rng) -> Dataset = |truth, rng| {
        let records = (0..200).map(|_| {
            let mut options: Vec<usize> =
                (0..4).map(|i| 15 * i + rng.random_range(0..15)).collect();
            let weights: Vec<f64> = options.iter().map(|&s| (3.0 * truth.mean(s)).exp()).collect();
            let shown = options.remove(drawn(&weights, rng));
            demonstration(shown, &options)
        });
        with(&truth.dataset, records.collect())
    };
    let records = vec![
        demonstration(0, &[1, 2]),
        demonstration(3, &[4]),
        demonstration(5, &[6, 7, 1]),
        demonstration(2, &[0]),
    ];
    let answers = vec![
        vec![demonstration(8, &[9, 10])],
        vec![demonstration(9, &[8, 10])],
        vec![demonstration(10, &[8, 9])],
    ];
    Fixture { shift_invariant: true, simulate: Some(demonstrate), ..fixture(records, 4, answers) }
}

#[test]
fn demonstration_keeps_all_laws() {
    keeps(&Demonstration::default(), &demonstration_fixture());
    // The other segment of the group: `s8` and `s9` are one.
    let records = vec![demonstration(0, &[]), demonstration(3, &[]), demonstration(6, &[])];
    let answers = vec![vec![demonstration(8, &[])], vec![demonstration(9, &[])]];
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 3, answers) };
    keeps(&Demonstration { choice_set: ChoiceSet::Group, ..Demonstration::default() }, &fixture);
}

fn correction(
    original: usize,
    corrected: usize,
    changed: Option<[&[u32]; 2]>,
) -> feedback::Correction {
    feedback::Correction {
        original: format!("s{original}").as_str().into(),
        corrected: format!("s{corrected}").as_str().into(),
        changed_original: changed.map(|[original, _]| original.to_vec()),
        changed_corrected: changed.map(|[_, corrected]| corrected.to_vec()),
        reason: None,
        provenance: Provenance::default(),
    }
}

#[test]
fn correction_keeps_all_laws() {
    let correct: fn(&Truth, &mut ChaCha8Rng) -> Dataset = |truth, rng| {
        let records = (0..400).map(|_| {
            let (a, b) = two(rng, 60);
            let b_is_better = rng.random::<f64>() < sigmoid(3.0 * (truth.mean(b) - truth.mean(a)));
            if b_is_better { correction(a, b, None) } else { correction(b, a, None) }
        });
        with(&truth.dataset, records.collect())
    };
    let whole = vec![correction(0, 1, None), correction(0, 2, None), correction(3, 4, None)];
    let answers = vec![vec![correction(8, 9, None)], vec![correction(9, 8, None)]];
    let all =
        Fixture { shift_invariant: true, simulate: Some(correct), ..fixture(whole, 3, answers) };
    keeps(&Correction { steps: CorrectedSteps::All, ..Correction::default() }, &all);

    // s1 and s9 have 2 steps, s2 and s10 have 3. Inserting and removing only is allowed.
    let changed = vec![
        correction(1, 2, Some([&[1], &[0, 2]])),
        correction(2, 1, Some([&[2], &[]])),
        correction(3, 4, Some([&[], &[0]])),
    ];
    let answers = vec![
        vec![correction(9, 10, Some([&[0], &[1, 2]]))],
        vec![correction(10, 9, Some([&[1, 2], &[0]]))],
    ];
    keeps(&Correction::default(), &fixture(changed, 3, answers));
}

fn remark(segment: usize, steps: Option<(u32, u32)>) -> feedback::Critique {
    let polarity = if steps.is_some() { Polarity::Negative } else { Polarity::Neutral };
    feedback::Critique {
        first_step: steps.map(|(first, _)| first),
        end_step: steps.map(|(_, end)| end),
        ..feedback::Critique::new(format!("s{segment}").as_str().into(), polarity)
    }
}

#[test]
fn critique_keeps_all_laws() {
    let criticize: fn(&Truth, &mut ChaCha8Rng) -> Dataset = |truth, rng| {
        let mut records = Vec::new();
        for segment in 0..60 {
            let before = records.len();
            for (step, reward) in truth.rewards(segment).iter().enumerate() {
                if rng.random::<f64>() < sigmoid(-4.0 * reward) {
                    records.push(remark(segment, Some((step as u32, step as u32 + 1))));
                }
            }
            if records.len() == before {
                records.push(remark(segment, None));
            }
        }
        with(&truth.dataset, records)
    };
    // Steps: 2 of s1, 3 of s2, 4 of s3.
    let records = vec![remark(1, Some((0, 1))), remark(2, Some((1, 3))), remark(3, None)];
    // s9 has two steps: nothing marked, either, both.
    let answers = vec![
        vec![remark(9, None)],
        vec![remark(9, Some((0, 1)))],
        vec![remark(9, Some((1, 2)))],
        vec![remark(9, Some((0, 1))), remark(9, Some((1, 2)))],
    ];
    let fixture = Fixture { simulate: Some(criticize), ..fixture(records, 9, answers) };
    keeps(&Critique::default(), &fixture);
}

#[test]
fn critique_with_aspect_heads() {
    let about = |segment, steps, aspect: &str| feedback::Critique {
        aspect: Some(aspect.to_owned()),
        ..remark(segment, Some(steps))
    };
    let records = vec![about(1, (0, 1), "style"), about(2, (1, 3), "facts"), remark(3, None)];
    // 9 steps, judged under each of two aspects; the shift is on the residual head, which no
    // remark with an aspect addresses.
    let fixture = Fixture { shift_invariant: true, ..fixture(records, 18, vec![]) };
    let report = keeps(&Critique { aspect_heads: true, ..Critique::default() }, &fixture);
    assert_eq!(report.held.len(), 7);
    assert!(report.skipped.iter().any(|(law, _)| *law == Law::Normalization));
}

#[test]
fn description_keeps_all_laws() {
    let described = |center: [f64; 3], value| feedback::Description {
        center: center.to_vec(),
        value,
        text: None,
        provenance: Provenance::default(),
    };
    let describe: fn(&Truth, &mut ChaCha8Rng) -> Dataset = |truth, rng| {
        let records = (0..200).map(|_| {
            let center: [f64; 3] = std::array::from_fn(|_| rng.random::<f64>() * 2.0 - 1.0);
            let step: Vec<f32> = center.iter().map(|&x| x as f32).collect();
            let value = truth.reward(&step) + 0.3 * (rng.random::<f64>() - 0.5);
            feedback::Description {
                center: center.to_vec(),
                value,
                text: None,
                provenance: Provenance::default(),
            }
        });
        with(&truth.dataset, records.collect())
    };
    let records = vec![
        described([0.1, 0.2, 0.3], 0.5),
        described([1.0, 0.0, -1.0], -0.5),
        described([0.0, 0.7, 0.0], 1.0),
    ];
    let answers =
        (-400..=400).map(|i| vec![described([0.4, -0.2, 0.1], 0.05 * f64::from(i))]).collect();
    let fixture =
        Fixture { spacing: Some(0.05), simulate: Some(describe), ..fixture(records, 3, answers) };
    keeps(&Description::default(), &fixture);
}

fn stop(segment: usize, step: Option<u32>) -> feedback::Stop {
    feedback::Stop {
        segment: format!("s{segment}").as_str().into(),
        step,
        provenance: Provenance::default(),
    }
}

#[test]
fn stop_keeps_all_laws() {
    let watch: fn(&Truth, &mut ChaCha8Rng) -> Dataset = |truth, rng| {
        let records = (0..600).map(|i| {
            let mut discounted = 0.0;
            let step = truth.rewards(i % 60).iter().position(|reward| {
                discounted = 0.9 * discounted + (-2.0 * reward).exp().ln_1p();
                rng.random::<f64>() < 1.0 - (-0.5 * discounted).exp()
            });
            stop(i % 60, step.map(|step| step as u32))
        });
        with(&truth.dataset, records.collect())
    };
    let records =
        vec![stop(0, None), stop(1, Some(1)), stop(3, Some(2)), stop(2, None), stop(7, Some(0))];
    // s10 has three steps.
    let answers = [Some(0), Some(1), Some(2), None].map(|step| vec![stop(10, step)]).to_vec();
    let fixture = Fixture { simulate: Some(watch), ..fixture(records, 5, answers) };
    keeps(&Stop::default(), &fixture);
}
