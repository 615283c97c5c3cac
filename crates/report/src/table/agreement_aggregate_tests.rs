use super::*;
use crate::sample::agreement;

#[test]
fn numbers_by_hand() {
    let values = [0.1, 0.2, 0.6].into_iter().enumerate();
    let mut rows: Vec<AgreementRow> =
        values.map(|(seed, value)| agreement("a", seed as u64, "b", value)).collect();
    let pairs = aggregate_agreement(&rows).unwrap();
    let [pair] = pairs.as_slice() else { panic!("{pairs:?}") };
    assert!((pair.mean - 0.3).abs() < 1e-12 && pair.seeds == 3);
    let (low, high) = pair.interval().unwrap();
    assert!((low - 0.25).abs() < 1e-12 && (high - 0.34).abs() < 1e-12, "{low} {high}");
    rows[1].low = None;
    assert_eq!(aggregate_agreement(&rows).unwrap()[0].interval(), None);
    assert_eq!(aggregate_agreement(&[]).unwrap(), []);
}

#[test]
fn pairs_stand_in_order_of_first_mention() {
    let later = AgreementRow { setting: "seeds = 2".into(), ..agreement("b", 0, "b", 0.5) };
    let rows = [
        agreement("b", 0, "a", 0.5),
        agreement("b", 0, "b", 0.5),
        later,
        agreement("a", 0, "z", 0.5),
        agreement("a", 0, "a", 0.5),
        agreement("a", 0, "b", 0.5),
    ];
    let pairs = aggregate_agreement(&rows).unwrap();
    let places: Vec<[&str; 3]> = pairs
        .iter()
        .map(|pair| [pair.setting.as_str(), pair.trained_on.as_str(), pair.source.as_str()])
        .collect();
    let expect = [
        ["", "b", "b"],
        ["", "b", "a"],
        ["", "a", "b"],
        ["", "a", "a"],
        ["", "a", "z"],
        ["seeds = 2", "b", "b"],
    ];
    assert_eq!(places, expect);
}

#[test]
fn a_sign_is_that_of_the_whole_interval() {
    let sign = |low: Option<f64>, high: Option<f64>| {
        let row = AgreementRow { low, high, ..agreement("a", 0, "b", 0.0) };
        aggregate_agreement(&[row]).unwrap()[0].sign()
    };
    assert_eq!(sign(Some(0.01), Some(0.2)), Sign::Positive);
    assert_eq!(sign(Some(-0.2), Some(-0.01)), Sign::Negative);
    assert_eq!(sign(Some(-0.1), Some(0.2)), Sign::Open);
    assert_eq!(sign(Some(0.0), Some(0.2)), Sign::Open, "0 is in the interval");
    assert_eq!(sign(Some(0.01), None), Sign::Open);
}

#[test]
fn what_must_not_be_averaged_is_an_error() {
    let row = agreement("a", 1, "b", 0.5);
    let error = aggregate_agreement(&[row.clone(), row.clone()]).unwrap_err().to_string();
    let expect = "2 rows for seed 1 of model on rank-correlation of b under a; one is expected";
    assert!(error.starts_with(expect), "{error}");
    let chance = "accuracy-above-chance".to_owned();
    let other = AgreementRow { metric: chance, ..agreement("c", 0, "b", 0.5) };
    let error = aggregate_agreement(&[row, other]).unwrap_err().to_string();
    let expect =
        "judged source b has more than one metric: rank-correlation, accuracy-above-chance";
    assert_eq!(error, expect);
}
