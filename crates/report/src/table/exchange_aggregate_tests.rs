use super::*;
use crate::mix::TUNED;
use crate::sample::{curve_with_help, learned_of};

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn a_rate_by_hand() {
    let rows = curve_with_help();
    let found = aggregate_exchange(&rows, &learned_of(&rows, 10, Some(2.0))).unwrap();
    let [first, last] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&*first.source, &*first.other, first.statements), ("a", "b", 25));
    close(first.others, 10.0);
    // Half way from 25 to 50, in logarithms, with 10 of the other.
    let rate = first.rate().unwrap();
    let Reached::At(worth) = rate.rate else { panic!("{rate:?}") };
    close(worth, (25.0 * 2f64.sqrt() - 25.0) / 10.0);
    let ends = rate.these_splits.unwrap();
    assert!(ends.low.unwrap() < worth && worth < ends.high.unwrap(), "{rate:?}");
    assert!(rate.new_sample.unwrap().high.unwrap() > ends.high.unwrap());
    // One of "a" costs 2 s, one of "b" 2 s.
    close(first.minutes().unwrap(), 1.0);
    assert_eq!(last.statements, 50);
}

#[test]
fn costs_that_are_not_known_are_no_costs() {
    let rows = curve_with_help();
    let mut learned = learned_of(&rows, 10, Some(2.0));
    learned.iter_mut().find(|row| row.source == "b").unwrap().seconds = None;
    let found = aggregate_exchange(&rows, &learned).unwrap();
    assert_eq!((found[0].minutes(), found[1].minutes()), (None, Some(1.0)));
}

#[test]
fn without_what_was_learned_from_there_is_no_rate() {
    let rows = curve_with_help();
    assert_eq!(aggregate_exchange(&rows, &[]).unwrap(), []);
    assert_eq!(aggregate_exchange(&[], &[]).unwrap(), []);
}

#[test]
fn three_sources_have_no_rate_of_one() {
    let mut rows = curve_with_help();
    for row in rows.iter_mut().filter(|row| row.role == LearningRole::Compared) {
        row.sources.push("c".into());
    }
    assert_eq!(aggregate_exchange(&rows, &learned_of(&rows, 10, None)).unwrap(), []);
}

#[test]
fn tuned_lines_have_no_rate() {
    let mut rows = curve_with_help();
    for row in rows.iter_mut().filter(|row| row.role == LearningRole::Compared) {
        row.line.push_str(TUNED);
    }
    assert_eq!(aggregate_exchange(&rows, &learned_of(&rows, 10, None)).unwrap(), []);
}

#[test]
fn a_flat_curve_says_why_there_is_none() {
    let mut rows = curve_with_help();
    for row in rows.iter_mut().filter(|row| row.role == LearningRole::Baseline) {
        row.value = 0.1 * row.seed as f64;
    }
    let found = aggregate_exchange(&rows, &learned_of(&rows, 10, None)).unwrap();
    assert!(matches!(found[0].equivalent, Err(NoEquivalent::Flat { .. })));
    assert_eq!(found[0].rate(), None);
}
