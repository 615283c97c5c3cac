use super::*;
use crate::sample::learning;

/// Two lines and their baseline at 25 statements under three seeds.
fn three() -> Vec<LearningRow> {
    let values =
        [("joint", [0.1, 0.1, 0.4]), ("alone", [0.1, 0.2, 0.3]), ("related", [0.14, 0.26, 0.38])];
    let line = |(line, values): (&'static str, [f64; 3])| {
        (0..).zip(values).map(move |(seed, value)| learning(line, 25, seed, value))
    };
    values.into_iter().flat_map(line).collect()
}

fn near(found: f64, expect: f64) {
    assert!((found - expect).abs() < 1e-4, "{found} is not {expect}");
}

/// t of 97.5 % with two degrees of freedom.
const T: f64 = 4.30265;

#[test]
fn numbers_by_hand() {
    let points = aggregate_learning(&three()).unwrap();
    let lines: Vec<&str> = points.iter().map(|point| point.line.as_str()).collect();
    assert_eq!(lines, ["alone", "joint", "related"], "the baseline is first");
    let [alone, joint, related] = points.as_slice() else { panic!("{points:?}") };
    assert_eq!((alone.seeds, alone.difference, alone.role), (3, None, LearningRole::Baseline));
    near(alone.mean, 0.2);
    // The standard deviation is 0.1.
    near(alone.standard_error.unwrap(), 0.1 / 3f64.sqrt());
    // Differences 0.04, 0.06, 0.08: their standard deviation is 0.02, and test to train is 1 to 3.
    let difference = related.difference.unwrap();
    near(difference.mean, 0.06);
    let spread = difference.spread.unwrap();
    near(spread.these_splits, 2.0 * 0.02 / 3f64.sqrt());
    near(spread.new_sample, T * 0.02 * (2.0f64 / 3.0).sqrt());
    assert_eq!((difference.seeds, difference.line_only, difference.baseline_only), (3, 0, 0));
    // Differences 0, -0.1, 0.1 have a mean of 0 and a p of 1. With two degrees of freedom the tail
    // beyond t is 1 - t / sqrt(2 + t^2); the smaller p is doubled.
    let t = 0.06 / (0.02 * (2.0f64 / 3.0).sqrt());
    near(spread.p, 2.0 * (1.0 - t / (2.0 + t * t).sqrt()));
    near(joint.difference.unwrap().mean, 0.0);
    near(joint.difference.unwrap().spread.unwrap().p, 1.0);
    // Of two, the smaller p is doubled by both corrections, and the larger by Holm's alone.
    let mut rows = three();
    rows.iter_mut().filter(|row| row.line == "joint").for_each(|row| row.value += 0.1);
    let points = aggregate_learning(&rows).unwrap();
    let spreads = [1, 2].map(|line: usize| points[line].difference.unwrap().spread.unwrap());
    let [joint, related] = spreads;
    near(related.q, 2.0 * (1.0 - t / (2.0 + t * t).sqrt()));
    // The mean is 0.1, with the sd of 0, -0.1, 0.1.
    let t = 0.1 / (0.1 * (2.0f64 / 3.0).sqrt());
    near(joint.q, 1.0 - t / (2.0 + t * t).sqrt());
    assert!(joint.p >= joint.q && related.p == related.q, "{spreads:?}");
}

#[test]
fn lines_at_other_numbers_are_not_corrected_for() {
    let mut rows = three();
    rows.iter_mut().filter(|row| row.line == "joint").for_each(|row| row.statements = 50);
    let points = aggregate_learning(&rows).unwrap();
    let t = 0.06 / (0.02 * (2.0f64 / 3.0).sqrt());
    near(points[2].difference.unwrap().spread.unwrap().p, 1.0 - t / (2.0 + t * t).sqrt());
    assert_eq!(points[1].difference, None, "no baseline with 50 statements");
}

#[test]
fn seeds_that_one_side_completed_are_counted() {
    let mut rows = three();
    rows.retain(|row| !(row.line == "related" && row.seed == 0));
    rows.retain(|row| !(row.line == "alone" && row.seed == 2));
    let points = aggregate_learning(&rows).unwrap();
    let [alone, _, related] = points.as_slice() else { panic!("{points:?}") };
    assert_eq!((alone.seeds, &alone.missing[..]), (2, &[2][..]));
    assert_eq!((related.seeds, &related.missing[..]), (2, &[0][..]));
    near(related.mean, 0.32);
    let difference = related.difference.unwrap();
    assert_eq!((difference.seeds, difference.line_only, difference.baseline_only), (1, 1, 1));
    near(difference.mean, 0.06);
    assert_eq!(difference.spread, None, "one pair has no spread");
}

#[test]
fn one_seed_has_a_value_and_no_interval() {
    let rows = [learning("alone", 25, 3, 0.1), learning("joint", 25, 3, 0.3)];
    let points = aggregate_learning(&rows).unwrap();
    assert!(points.iter().all(|point| point.standard_error.is_none() && point.seeds == 1));
    let difference = points[1].difference.unwrap();
    near(difference.mean, 0.2);
    assert_eq!(difference.spread, None);
    assert_eq!(aggregate_learning(&[]).unwrap(), []);
}

#[test]
fn minus_infinity_stays_what_it_is() {
    let mut rows = three();
    let joint = rows.iter_mut().find(|row| row.line == "joint").unwrap();
    joint.value = f64::NEG_INFINITY;
    let points = aggregate_learning(&rows).unwrap();
    assert_eq!(points[1].mean, f64::NEG_INFINITY);
    assert_eq!((points[1].standard_error, points[1].difference), (None, None));
    assert!(points[2].difference.unwrap().spread.is_some());
}

#[test]
fn points_stand_in_order() {
    let other = |row: LearningRow| LearningRow { source: "b".into(), ..row };
    let accuracy = |row: LearningRow| LearningRow { metric: "accuracy".into(), ..row };
    let rows = [
        other(learning("joint", 25, 0, 0.1)),
        accuracy(learning("joint", 25, 0, 0.1)),
        learning("joint", 100, 0, 0.1),
        learning("joint", 25, 0, 0.1),
        learning("alone", 25, 0, 0.1),
        learning("alone", 100, 0, 0.1),
    ];
    let points = aggregate_learning(&rows).unwrap();
    let places: Vec<(&str, &str, &str, u64)> = points
        .iter()
        .map(|point| (&*point.source, &*point.metric, &*point.line, point.statements))
        .collect();
    let expect = [
        ("b", "rank-correlation", "joint", 25),
        ("a", "accuracy", "joint", 25),
        ("a", "rank-correlation", "alone", 25),
        ("a", "rank-correlation", "alone", 100),
        ("a", "rank-correlation", "joint", 25),
        ("a", "rank-correlation", "joint", 100),
    ];
    assert_eq!(places, expect);
}

#[test]
fn what_must_not_be_compared_is_an_error() {
    let check = |change: fn(&mut Vec<LearningRow>), expect: &str| {
        let mut rows = three();
        change(&mut rows);
        let error = aggregate_learning(&rows).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check(
        |rows| rows.push(rows[1].clone()),
        "2 rows for seed 1 of model on rank-correlation of a under joint with 25 statements of it",
    );
    check(|rows| rows[0].unit = "%".into(), "learning curves has more than one unit: %, Spearman");
    check(|rows| rows[0].direction = Direction::Lower, "more than one direction: Lower, Higher");
    check(
        |rows| rows[0].sources.clear(),
        "line joint of the learning curve of a has more than one",
    );
    check(|rows| rows[0].role = LearningRole::Baseline, "more than one role: Baseline, Compared");
    check(
        |rows| rows.iter_mut().for_each(|row| row.role = LearningRole::Baseline),
        "learning curve of a has more than one baseline: joint, alone, related",
    );
    check(|rows| rows[0].test_share = 0.2, "more than one split: 0.75 to 0.2, 0.75 to 0.25");
    for share in [0.0, -0.2, 1.5, f64::INFINITY] {
        let mut rows = three();
        rows.iter_mut().for_each(|row| row.test_share = share);
        let error = aggregate_learning(&rows).unwrap_err().to_string();
        let expect = "expected shares of a split from 0.001 to 1, found 0.75 for training and ";
        assert!(error.contains(expect), "{error}");
    }
}
