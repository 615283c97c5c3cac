use super::*;
use rand::{RngExt, SeedableRng};

fn told(person: u32, group: u32, log_odds: f64, first: f64) -> GroupStatement {
    GroupStatement { person, group, log_odds, first }
}

/// 30 people of group 0 and 25 of group 1, two statements each, three people of group 2.
fn groups() -> Vec<GroupStatement> {
    let odds = 3.0_f64.ln();
    let mut list = Vec::new();
    for person in 0..30 {
        list.extend([told(person, 0, odds, 1.0), told(person, 0, -odds, 0.0)]);
    }
    for person in 30..55 {
        let second = f64::from(person % 2);
        list.extend([told(person, 1, odds, 1.0), told(person, 1, -odds, second)]);
    }
    list.extend((55..58).map(|person| told(person, 2, odds, 0.0)));
    list
}

#[test]
fn each_number_by_hand() {
    let audit = group_audit(&groups(), &Bootstrap::default()).unwrap();
    let first = audit.groups[0].scores.shown().unwrap();
    assert_eq!((first.people, first.statements, first.accuracy.value), (30, 60, 1.0));
    assert!((first.nll.value + 0.75_f64.ln()).abs() < 1e-12);
    // Always right with p = 0.75, both orders: (0.25 + 0.25) / 2. No slope is steep enough.
    assert!((first.ece.value - 0.25).abs() < 1e-12 && first.slope.is_none());
    let second = audit.groups[1].scores.shown().unwrap();
    // Of persons 30 to 54, 12 are odd and wrong once: 38 of 50.
    assert!((second.accuracy.value - 0.76).abs() < 1e-12);
    let nll = -(0.76 * 0.75_f64.ln() + 0.24 * 0.25_f64.ln());
    assert!((second.nll.value - nll).abs() < 1e-12);
    assert!((second.ece.value - 0.01).abs() < 1e-12);
    // s(b ln 3) = 0.76.
    let slope = (0.76_f64 / 0.24).ln() / 3.0_f64.ln();
    assert!((second.slope.unwrap().value - slope).abs() < 1e-9);
    assert!(second.accuracy.has_interval() && second.accuracy.clusters == 25);
    assert_eq!(audit.groups[2].scores, Cell::Hidden { people: 3 });
    assert_eq!((audit.hidden, audit.least_accurate, audit.least_likely), (3, Some(1), Some(1)));
    assert!((audit.accuracy_gap.unwrap().value - 0.24).abs() < 1e-12);
    assert!((audit.nll_gap.unwrap().value - nll - 0.75_f64.ln()).abs() < 1e-12);
    // 3 of 58 are wrong always, 12 half of the time.
    assert_eq!(audit.persons.accuracy, [0.5, 1.0, 1.0]);
    assert!((audit.persons.nll[1] + 0.75_f64.ln()).abs() < 1e-12);
}

#[test]
fn swapping_sides_changes_nothing() {
    let swapped: Vec<GroupStatement> = groups()
        .into_iter()
        .enumerate()
        .map(|(i, it)| match i % 3 {
            0 => GroupStatement { log_odds: -it.log_odds, first: 1.0 - it.first, ..it },
            _ => it,
        })
        .collect();
    let one = group_audit(&groups(), &Bootstrap::default()).unwrap();
    let other = group_audit(&swapped, &Bootstrap::default()).unwrap();
    // Group 1, which has intervals.
    {
        let shown = |audit: &GroupAudit| *audit.groups[1].scores.shown().unwrap();
        let (one, other) = (&shown(&one), &shown(&other));
        let of = |it: &GroupScores| {
            [it.accuracy.value, it.nll.value, it.ece.value, it.ece.low, it.nll.high]
        };
        assert!(
            of(one).iter().zip(of(other)).all(|(a, b)| (a - b).abs() < 1e-12),
            "{one:?} {other:?}"
        );
    }
}

#[test]
fn a_model_that_is_too_sure_has_a_slope_below_one() {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
    let mut list = Vec::new();
    for i in 0..6000_u32 {
        let truth = 4.0 * rng.random::<f64>() - 2.0;
        let first = f64::from(u8::from(rng.random::<f64>() < 1.0 / (1.0 + (-truth).exp())));
        list.push(told(i / 60, 0, 2.0 * truth, first));
    }
    let audit = group_audit(&list, &Bootstrap { replicates: 200, seed: 0 }).unwrap();
    let slope = audit.groups[0].scores.shown().unwrap().slope.unwrap();
    assert!((slope.value - 0.5).abs() < 0.04, "{slope:?}");
    assert!(slope.low < 0.5 && 0.5 < slope.high && slope.high - slope.low < 0.1, "{slope:?}");
    assert_eq!((audit.accuracy_gap, audit.nll_gap), (None, None));
}

#[test]
fn edges() {
    let check = |list: &[GroupStatement], expect: &str| {
        let error = group_audit(list, &Bootstrap::default()).unwrap_err();
        assert_eq!(error.to_string(), expect);
    };
    check(&[], "expected at least one of statements, found none");
    check(&[told(0, 0, f64::NAN, 1.0)], "log-odds 0: expected a finite number, found NaN");
    check(&[told(0, 0, 1.0, 2.0)], "answer 0: expected a share from 0 to 1, found 2");
    let twice = [told(4, 0, 1.0, 1.0), told(4, 7, 1.0, 1.0)];
    check(&twice, "person 4 is said to be of group 0 and of group 7");
    let alone = group_audit(&[told(0, 0, 0.0, 1.0)], &Bootstrap::default()).unwrap();
    assert_eq!((alone.groups[0].scores, alone.least_accurate), (Cell::Hidden { people: 1 }, None));
    assert_eq!(alone.persons.accuracy, [0.5; 3]);
    // Large log-odds stay finite, and a model without any opinion has no slope.
    let sure: Vec<GroupStatement> = (0..20).map(|i| told(i, 0, -800.0, 1.0)).collect();
    let found = group_audit(&sure, &Bootstrap::default()).unwrap();
    assert_eq!(found.groups[0].scores.shown().unwrap().nll.value, 800.0);
    let even: Vec<GroupStatement> = (0..20).map(|i| told(i, 0, 0.0, 1.0)).collect();
    let found = group_audit(&even, &Bootstrap::default()).unwrap();
    assert!(found.groups[0].scores.shown().unwrap().slope.is_none());
}
