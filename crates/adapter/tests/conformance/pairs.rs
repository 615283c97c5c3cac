//! Kinds about two segments: comparisons and corrections.

use crate::{fixture, id, keeps, keeps_beyond_sums, keeps_unfitted, queries, sigmoid, two};
use medley_adapter::conformance::{Fixture, Law, RecordSet, Truth};
use medley_adapter::{Comparison, CorrectedSteps, Correction, Form, Sharing, Ties};
use medley_feedback as feedback;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

fn comparison(first: usize, second: usize, preference: f64, tie: f64) -> feedback::Comparison {
    let answer = feedback::Comparison::new(id(first), id(second), preference);
    feedback::Comparison { tie, ..answer }
}

fn comparisons(mirror: bool) -> RecordSet {
    // `s0` against `s1` and then against `s2` in one batch: de-duplication by the first loses one.
    let answers = [
        (0, 1, 1.0, 0.0),
        (0, 2, 0.0, 0.0),
        (3, 2, 0.5, 1.0),
        (4, 1, 0.7, 0.1),
        (5, 4, 1.0, 0.0),
        (7, 0, 0.0, 0.0),
        (6, 7, 0.0, 0.0),
        (8, 9, 0.8, 0.2),
    ];
    let turned = answers.into_iter().map(|(first, second, preference, tie)| match mirror {
        false => comparison(first, second, preference, tie),
        true => comparison(second, first, 1.0 - preference, tie),
    });
    RecordSet::new(turned.collect())
}

fn compare(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..400).map(|_| {
        let (first, second) = two(rng, 60);
        let p = sigmoid(3.0 * (truth.mean(first) - truth.mean(second)));
        comparison(first, second, f64::from(u8::from(rng.random::<f64>() < p)), 0.0)
    });
    RecordSet::new(records.collect())
}

const PAIRS: [&[u32]; 10] =
    [&[0, 1], &[2, 1], &[3, 5], &[9, 4], &[7, 11], &[10, 6], &[8, 0], &[1, 3], &[6, 2], &[11, 9]];

fn comparison_fixture(ties: bool) -> Fixture {
    let mut answers = vec![vec![comparison(8, 10, 1.0, 0.0)], vec![comparison(8, 10, 0.0, 0.0)]];
    if ties {
        answers.push(vec![comparison(8, 10, 0.5, 1.0)]);
    }
    Fixture {
        records: comparisons(false),
        mirrored: Some(comparisons(true)),
        shift_invariant: true,
        simulate: Some(compare),
        queries: queries(&PAIRS),
        ..fixture(Vec::<feedback::Comparison>::new(), 8, answers)
    }
}

#[test]
fn comparison_keeps_all_laws() {
    for ties in [Ties::SoftLabel, Ties::Davidson, Ties::RaoKupper] {
        let fixture = comparison_fixture(ties != Ties::SoftLabel);
        keeps(&Comparison { ties, ..Comparison::default() }, &fixture, &[]);
        keeps(&Comparison { ties, offset: false, ..Comparison::default() }, &fixture, &[]);
        let noisy = Comparison { ties, label_noise: 0.2, ..Comparison::default() };
        keeps_beyond_sums(&noisy, &fixture, &[]);
    }
}

#[test]
fn comparison_by_annotator_keeps_all_laws() {
    let each = Sharing::PerAnnotator;
    for ties in [Ties::Davidson, Ties::RaoKupper] {
        let all = Comparison {
            ties,
            position_bias: each,
            tie: each,
            rationality: each,
            ..Comparison::default()
        };
        keeps(&all, &comparison_fixture(true), &[]);
    }
    let rationality = Comparison {
        rationality: each,
        offset: false,
        ties: Ties::SoftLabel,
        ..Comparison::default()
    };
    keeps(&rationality, &comparison_fixture(false), &[]);
}

fn graded(first: usize, second: usize, preference: f64, grade: u32) -> feedback::Comparison {
    feedback::Comparison {
        strength: Some(feedback::Strength { grade, levels: 2 }),
        ..comparison(first, second, preference, 0.0)
    }
}

fn compare_graded(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..400).map(|_| {
        let (first, second) = two(rng, 60);
        let noise = rng.random::<f64>() - 0.5;
        let gain = 3.0 * (truth.mean(first) - truth.mean(second)) + noise;
        match gain.abs() {
            ..0.3 => comparison(first, second, 0.5, 1.0),
            size => graded(
                first,
                second,
                f64::from(u8::from(gain > 0.0)),
                if size < 1.5 { 1 } else { 2 },
            ),
        }
    });
    RecordSet::new(records.collect())
}

#[test]
fn comparison_with_strength_keeps_all_laws() {
    let records = vec![
        graded(0, 1, 1.0, 2),
        graded(0, 2, 0.0, 1),
        graded(4, 5, 1.0, 1),
        comparison(3, 2, 0.5, 1.0),
    ];
    let mirrored = vec![
        graded(1, 0, 0.0, 2),
        graded(2, 0, 1.0, 1),
        graded(5, 4, 0.0, 1),
        comparison(2, 3, 0.5, 1.0),
    ];
    let answers =
        [(1.0, 2), (1.0, 1), (0.0, 1), (0.0, 2)].map(|(p, grade)| vec![graded(8, 9, p, grade)]);
    let answers = answers.into_iter().chain([vec![comparison(8, 9, 0.5, 1.0)]]).collect();
    let fixture = Fixture {
        mirrored: Some(RecordSet::new(mirrored)),
        shift_invariant: true,
        simulate: Some(compare_graded),
        queries: queries(&PAIRS),
        form: Form { grades: Some(2), ..Form::default() },
        ..fixture(records, 4, answers)
    };
    keeps(&Comparison { strength: true, ..Comparison::default() }, &fixture, &[]);
    let each = Sharing::PerAnnotator;
    let by_annotator = Comparison {
        strength: true,
        position_bias: each,
        rationality: each,
        label_noise: 0.1,
        ..Comparison::default()
    };
    keeps_beyond_sums(&by_annotator, &fixture, &[]);
    let cutpoints = Comparison { strength: true, cutpoints: each, ..Comparison::default() };
    keeps(&cutpoints, &fixture, &[]);
}

fn correction(
    original: usize,
    corrected: usize,
    changed: Option<[&[u32]; 2]>,
) -> feedback::Correction {
    feedback::Correction {
        original: id(original),
        corrected: id(corrected),
        changed_original: changed.map(|[original, _]| original.to_vec()),
        changed_corrected: changed.map(|[_, corrected]| corrected.to_vec()),
        reason: None,
        provenance: feedback::Provenance::default(),
    }
}

fn correct(truth: &Truth, rng: &mut ChaCha8Rng) -> RecordSet {
    let records = (0..400).map(|_| {
        let (a, b) = two(rng, 60);
        let b_is_better = rng.random::<f64>() < sigmoid(3.0 * (truth.mean(b) - truth.mean(a)));
        if b_is_better { correction(a, b, None) } else { correction(b, a, None) }
    });
    RecordSet::new(records.collect())
}

#[test]
fn correction_of_all_steps_keeps_all_laws() {
    let whole = vec![
        correction(0, 1, None),
        correction(0, 2, None),
        correction(3, 2, None),
        correction(4, 6, None),
    ];
    let answers = vec![vec![correction(8, 9, None)], vec![correction(9, 8, None)]];
    let fixture =
        Fixture { shift_invariant: true, simulate: Some(correct), ..fixture(whole, 4, answers) };
    let fixture = Fixture { queries: queries(&PAIRS), ..fixture };
    let all = Correction { steps: CorrectedSteps::All, ..Correction::default() };
    keeps(&all, &fixture, &[Law::Mirror]);
    let by_annotator = Correction { rationality: Sharing::PerAnnotator, ..all.clone() };
    keeps(&by_annotator, &fixture, &[Law::Mirror]);
    // An edit takes effort, so that leaving a text as it is is favoured. What is not edited is no
    // record: the two answers of the fixture are edits both ways, which then do not sum to 1.
    let effort = Fixture { favoured: true, responses: Vec::new(), queries: Vec::new(), ..fixture };
    let margin = Correction { margin: 0.7, ..all };
    keeps_beyond_sums(&margin, &effort, &[Law::Normalization, Law::Mirror]);
}

#[test]
fn correction_of_changed_steps_keeps_all_laws() {
    // s1, s5 and s9 have 2 steps, s2, s6 and s10 have 3. Inserting and removing only is allowed.
    let changed = vec![
        correction(1, 2, Some([&[1], &[0, 2]])),
        correction(2, 1, Some([&[2], &[0]])),
        correction(3, 4, Some([&[0, 1], &[0]])),
        correction(5, 6, Some([&[0], &[1]])),
        correction(9, 8, Some([&[1], &[0]])),
    ];
    let answers = vec![
        vec![correction(9, 10, Some([&[0], &[1, 2]]))],
        vec![correction(10, 9, Some([&[1, 2], &[0]]))],
    ];
    // What no edit changed: s3 has 4 steps.
    let unread_steps = vec![(2, 1), (3, 2), (3, 3), (5, 1), (6, 0), (6, 2), (9, 0)];
    let fixture = Fixture { step_order: true, unread_steps, ..fixture(changed, 5, answers) };
    let skipped = [Law::Mirror, Law::Shift, Law::Pair];
    keeps_unfitted(&Correction::default(), &fixture, &skipped);
}
