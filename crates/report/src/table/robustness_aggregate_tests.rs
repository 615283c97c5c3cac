use super::*;
use crate::sample::varied;

/// Losses under a measure by `(variant, mix)`.
fn losses(rows: &[MeasurementRow], metric: &str) -> Robustness {
    let found = aggregate_robustness(rows);
    found.into_iter().find(|of| of.metric == metric).unwrap()
}

#[test]
fn a_loss_is_above_0_where_other_data_are_worse_whichever_way_the_measure_points() {
    let mut rows = Vec::new();
    for seed in 0..5 {
        let by_seed = seed as f64;
        rows.extend(varied("a", seed, "", [90.0, 0.2]));
        rows.extend(varied("a", seed, "tired", [80.0 - by_seed, 0.3]));
    }
    let value = losses(&rows, "normalized-value");
    assert_eq!((value.mixes, value.variants), (vec!["a".into()], vec!["tired".into()]));
    assert_eq!((value.written, value.seeds), (vec![Some(90.0)], 5));
    let loss = value.losses[0][0].unwrap();
    // 10, 11, 12, 13, 14.
    assert_eq!((loss.mean, loss.sign()), (12.0, Sign::Positive));
    let (low, high) = loss.interval.unwrap();
    assert!((10.0..12.0).contains(&low) && (12.0..=14.0).contains(&high), "{low} {high}");
    let epic = losses(&rows, "epic").losses[0][0].unwrap();
    assert!((epic.mean - 0.1).abs() < 1e-12 && !epic.is_untouched);
}

#[test]
fn only_seeds_with_both_runs_count() {
    let mut rows: Vec<MeasurementRow> = varied("a", 0, "", [50.0, 0.2]).into();
    rows.extend(varied("a", 0, "tired", [40.0, 0.2]));
    rows.extend(varied("a", 1, "tired", [0.0, 0.2]));
    rows.extend(varied("b", 0, "tired", [0.0, 0.2]));
    let value = losses(&rows, "normalized-value");
    let [loss, absent] = value.losses[0][..] else { panic!("{value:?}") };
    let loss = loss.unwrap();
    assert_eq!((loss.mean, loss.seeds, loss.interval), (10.0, 1, None));
    assert_eq!((absent, value.written), (None, vec![Some(50.0), None]));
}

#[test]
fn what_means_nothing_to_a_mix_leaves_every_measure_as_it_was() {
    let rows = |epic: f64| -> Vec<MeasurementRow> {
        [varied("a", 0, "", [50.0, 0.2]), varied("a", 0, "late", [50.0, epic])].concat()
    };
    let is_untouched =
        |epic: f64| losses(&rows(epic), "normalized-value").losses[0][0].unwrap().is_untouched;
    assert!(is_untouched(0.2));
    assert!(!is_untouched(0.21), "the best policy is the same, and the reward is not");
}

#[test]
fn without_other_data_there_is_nothing_to_lose() {
    assert_eq!(aggregate_robustness(&varied("a", 0, "", [50.0, 0.2])), []);
    let other = varied("a", 0, "", [50.0, 0.2])
        .map(|row| MeasurementRow { setting: "training.epochs = 3".into(), ..row });
    assert_eq!(aggregate_robustness(&other), []);
    assert_eq!(variant_of("data = \"mistakes 0.1\""), Some("mistakes 0.1"));
    assert_eq!(variant_of("statements of a = 3"), None);
}
