//! Learned rewards are held against the true one on segments that nobody learned from.

use crate::harness::{Desk, assert_refused, assert_success};
use medley::dataset::{Card, DatasetBuilder, Domain};
use medley::feedback::{AnnotatorId, Checked, Comparison, Provenance};
use medley::report::{BEST_POSSIBLE, MODEL, MeasurementRow, TRUE_REWARD, read_measurements};

const SEGMENTS: usize = 80;

/// Segments of two steps whose true reward is their feature, and whose score is its negative. Each of four
/// people compares `each` of them with their neighbours.
fn write(desk: &Desk, each: usize) {
    let mut card = Card::new("line", Domain::Control);
    card.features = vec!["x".to_owned()];
    let mut builder = DatasetBuilder::new(card);
    let x = |segment: usize| (segment * 37 % SEGMENTS) as f32 / SEGMENTS as f32;
    for segment in 0..SEGMENTS {
        let (id, episode) = (format!("s{segment}"), format!("e{}", segment / 4));
        if segment % 4 == 0 {
            builder.add_group(&episode, None, None);
        }
        let end = builder.add_steps(&[x(segment), x(segment)]);
        builder.add_rewards(&[f64::from(x(segment)); 2]);
        builder.add_window(&id, &[&episode], end - 2, 2);
        builder.add_metadata(&id, &[("opposite", f64::from(-x(segment)).into())]);
    }
    let said = |person: usize, place: usize| {
        let [a, b] = [place, (place + 1) % each].map(|place| (person * each + place) % SEGMENTS);
        let [first, second] = [a, b].map(|segment| format!("s{segment}").as_str().into());
        let annotator = Some(AnnotatorId::from(format!("p{person}").as_str()));
        let provenance = Provenance { annotator, ..Provenance::default() };
        let preference = if x(a) > x(b) { 1.0 } else { 0.0 };
        let record = Comparison { provenance, ..Comparison::new(first, second, preference) };
        Checked::new(record).unwrap()
    };
    let all = (0..4).flat_map(|person| (0..each).map(move |place| (person, place)));
    builder.insert(all.map(|(person, place)| said(person, place)).collect());
    builder.build().unwrap().write(&desk.path("line")).unwrap();
}

fn experiment(desk: &Desk, columns: &str) -> std::path::PathBuf {
    let path = desk.path("line");
    desk.experiment(&format!(
        r#"
name = "held"
seeds = [0]
[dataset]
path = {path:?}
split = {{ by = "annotator", validation = 0.25, test = 0.25 }}
encoder.steps = {{}}
[reward-model]
backbone.linear = {{}}
[feedback.comparisons]
adapter.comparison = {{}}
[training]
epochs = 2
[evaluation]
agreement = false
truth = {{ columns = {columns} }}
measure = {{ bootstrap = {{ replicates = 10 }} }}
"#
    ))
}

fn measured(desk: &Desk) -> Vec<MeasurementRow> {
    assert_success(&desk.run(&experiment(desk, "[\"opposite\"]"), "runs", &[]));
    read_measurements(&desk.path("runs/held/tables/measurements.parquet")).unwrap()
}

fn row<'a>(rows: &'a [MeasurementRow], source: &str, estimator: &str) -> &'a MeasurementRow {
    let is_it = |row: &&MeasurementRow| {
        (row.source.as_str(), row.estimator.as_str()) == (source, estimator)
            && row.metric == "return-pearson"
    };
    rows.iter().find(is_it).unwrap()
}

/// Where people are split, every segment was in the test part, those that were learned from too.
#[test]
fn segments_that_somebody_learned_from_are_left_out_where_people_are_split() {
    let check = |each: usize, expect: usize| {
        let desk = Desk::new();
        write(&desk, each);
        let rows = measured(&desk);
        let found = row(&rows, "true reward", MODEL);
        assert_eq!(found.count, expect as u64, "{found:?}");
        let is_all = expect == SEGMENTS;
        for estimator in [MODEL, BEST_POSSIBLE] {
            let note = row(&rows, "true reward", estimator).note.as_deref();
            assert_eq!(note.is_some(), is_all, "{note:?}");
            assert!(note.is_none_or(|it| it.starts_with("over all segments")), "{note:?}");
        }
    };
    // Two people to learn from and one to choose on.
    check(10, SEGMENTS - 3 * 10);
    check(20, SEGMENTS);
}

/// It was 1 whatever the column, and the best possible there.
#[test]
fn beside_a_column_stands_what_the_true_reward_gets() {
    let desk = Desk::new();
    write(&desk, 10);
    let rows = measured(&desk);
    let value = |source: &str, estimator: &str| row(&rows, source, estimator).value;
    let best = value("true reward", BEST_POSSIBLE);
    assert!((best - 1.0).abs() < 1e-9, "{best}");
    let opposite = value("true reward, opposite", TRUE_REWARD);
    assert!((opposite + 1.0).abs() < 1e-9, "{opposite}");
    assert!(
        rows.iter()
            .all(|row| row.source != "true reward, opposite" || row.estimator != BEST_POSSIBLE)
    );
    let twice = experiment(&desk, "[\"opposite\", \"opposite\"]");
    let expect = ["`evaluation.truth.columns`: columns differ: `opposite` is named twice"];
    assert_refused(&desk.run(&twice, "runs", &[]), &expect);
}
