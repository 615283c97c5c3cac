use super::*;
use crate::MODEL;
use crate::metrics::ORDER;
use crate::sample::{beginnings, learned_alone, measurement, orders, two_orders, two_sources};

fn only(rows: &[MeasurementRow]) -> WorthAggregate {
    let found = aggregate_worth(rows, &[], &[]).unwrap();
    let [of] = found.as_slice() else { panic!("{found:?}") };
    of.clone()
}

fn check(worth: Option<Worth>, mean: f64, two_errors: Option<f64>, seeds: u64) {
    let found = worth.unwrap();
    assert!((found.mean - mean).abs() < 1e-12 && found.seeds == seeds, "{found:?}");
    assert_eq!(found.two_errors.is_some(), two_errors.is_some(), "{found:?}");
    let gap = found.two_errors.zip(two_errors).map_or(0.0, |(found, expect)| found - expect);
    assert!(gap.abs() < 1e-12, "{found:?}");
}

fn shapley(of: &WorthAggregate) -> Vec<Option<f64>> {
    of.sources.iter().map(|source| source.shapley.map(|worth| worth.mean)).collect()
}

/// Rank correlations, whose value without feedback is 0.
fn ordered(mix: &str, seed: u64, value: f64) -> MeasurementRow {
    MeasurementRow { metric: ORDER.into(), ..measurement(mix, seed, "a", value) }
}

fn relabelled(label: &str, row: MeasurementRow) -> MeasurementRow {
    MeasurementRow { mix: label.into(), ..row }
}

#[test]
fn numbers_by_hand() {
    let seeds = [two_sources(0, [0.5, 0.6, 0.7, 0.75]), two_sources(1, [0.5, 0.7, 0.6, 0.9])];
    let of = only(&seeds.concat());
    let [a, b] = &of.sources[..] else { panic!("{of:?}") };
    // Averages of both orders: (0.10 + 0.05) / 2 and (0.20 + 0.30) / 2, with sd 0.175 / sqrt(2).
    check(a.shapley, (0.075 + 0.25) / 2.0, Some(0.175), 2);
    check(b.shapley, (0.175 + 0.15) / 2.0, Some(0.025), 2);
    check(a.alone, 0.65, Some(0.1), 2);
    check(a.left_out, (0.05 + 0.3) / 2.0, Some(0.25), 2);
    check(b.left_out, (0.15 + 0.2) / 2.0, Some(0.05), 2);
    // 0.75 - 0.6 - 0.7 + 0.5 and 0.9 - 0.7 - 0.6 + 0.5.
    check(Some(of.pairs[0].synergy), (-0.05 + 0.1) / 2.0, Some(0.15), 2);
    assert_eq!((&*of.pairs[0].first, &*of.pairs[0].second), ("a", "b"));
    let (none, all) = of.ends.unwrap();
    let sum: f64 = shapley(&of).into_iter().flatten().sum();
    assert!((none - 0.5).abs() < 1e-12 && (sum - (all - none)).abs() < 1e-12);
    assert!(of.pairs[0].synergy.is_open() && !b.shapley.unwrap().is_open());
    assert_eq!((of.incomplete, of.unvalued), (vec![], None));
}

#[test]
fn one_seed_has_no_error() {
    let of = only(&two_sources(3, [0.5, 0.6, 0.7, 0.75]));
    check(of.sources[0].shapley, 0.075, None, 1);
    check(of.sources[0].left_out, 0.05, None, 1);
    check(Some(of.pairs[0].synergy), -0.05, None, 1);
    assert!(of.pairs[0].synergy.is_open());
    // The same under both seeds, up to rounding, is no certainty.
    let twice = [two_sources(0, [0.5, 0.6, 0.7, 0.75]), two_sources(1, [0.6, 0.7, 0.8, 0.85])];
    check(only(&twice.concat()).sources[1].shapley, 0.175, None, 2);
}

#[test]
fn a_seed_without_a_subset_is_listed_and_left_out() {
    let mut rows = [two_sources(0, [0.5, 0.6, 0.7, 0.75]), two_sources(1, [0.5, 0.7, 0.6, 0.9])];
    rows[1][2].value = f64::NEG_INFINITY;
    let of = only(&rows.concat());
    assert_eq!((of.incomplete.as_slice(), of.unvalued.clone()), (&[1][..], None));
    check(of.sources[0].shapley, 0.075, None, 1);
    check(of.sources[0].alone, 0.65, Some(0.1), 2);
    check(of.sources[0].left_out, 0.05, None, 1);
    check(of.sources[1].left_out, 0.175, Some(0.05), 2);
    // Nothing of seed 1 but its baseline: all of its runs failed.
    let majority = rows[1][0].clone();
    let of = only(&[&rows[0][..], &[majority]].concat());
    assert_eq!(of.incomplete, [1]);
    // Each seed lacks another one.
    let apart = [&rows[0][1..], &[rows[1][0].clone()]].concat();
    let of = only(&apart);
    assert_eq!((of.unvalued, shapley(&only(&apart))), (Some(Unvalued::NoSeed), vec![None, None]));
}

#[test]
fn a_source_is_left_out_without_all_subsets() {
    let rows = [
        ordered("a+b+c", 0, 0.5),
        ordered("a+b", 0, 0.4),
        ordered("a+c", 0, 0.6),
        ordered("b+c", 0, 0.1),
        ordered("a+b+c", 1, 0.3),
        ordered("a+b", 1, 0.4),
    ];
    let of = only(&rows);
    let left_out = |place: usize| of.sources[place].left_out;
    check(left_out(0), 0.4, None, 1);
    check(left_out(1), -0.1, None, 1);
    check(left_out(2), 0.0, Some(0.2), 2);
    assert_eq!(of.sources[0].alone, None);
    assert_eq!((shapley(&of), of.pairs.len(), of.ends), (vec![None; 3], 0, None));
    let reason = of.unvalued.unwrap().to_string();
    assert_eq!(
        reason,
        "all subsets of the sources are needed, and {a} has no value under any seed"
    );
}

#[test]
fn no_feedback_is_the_majority_answer_or_no_order() {
    let rows = two_sources(0, [0.5, 0.6, 0.7, 0.75]);
    let of = only(&rows[1..]);
    let reason = of.unvalued.as_ref().unwrap().to_string();
    assert_eq!(
        reason,
        "without feedback there is the majority answer, and a has no accuracy of it"
    );
    assert!(of.sources[0].left_out.is_some() && of.sources[0].shapley.is_none());
    let order = [ordered("a", 0, 0.2), ordered("b", 0, -0.1), ordered("a+b", 0, 0.3)];
    check(only(&order).sources[0].shapley, 0.3, None, 1);
    check(only(&order).sources[1].shapley, 0.0, None, 1);
    // A grid that changes no baseline has them once.
    let set = |mut row: MeasurementRow| {
        row.setting = if row.estimator == MODEL { "x = 2" } else { "" }.into();
        row
    };
    let of = only(&rows.map(set));
    check(of.sources[0].shapley, 0.075, None, 1);
    assert_eq!(of.setting, "x = 2");
}

#[test]
fn ways_of_mixing_share_sources_alone() {
    let rows = [
        ordered("a", 0, 0.2),
        ordered("b", 0, 0.1),
        relabelled("joint: a + b", ordered("a+b", 0, 0.4)),
        relabelled("own: a + b", ordered("a+b", 0, 0.2)),
    ];
    let found = aggregate_worth(&rows, &[], &[]).unwrap();
    let ways: Vec<&str> = found.iter().map(|of| of.way.as_str()).collect();
    assert_eq!(ways, ["joint", "own"]);
    check(found[0].sources[0].shapley, 0.25, None, 1);
    check(found[1].sources[0].shapley, 0.15, None, 1);
}

#[test]
fn what_cannot_be_valued_says_why() {
    let twice = [
        ordered("a", 0, 0.2),
        relabelled("b", ordered("b", 0, 0.1)),
        relabelled("b again", ordered("b", 0, 0.1)),
        ordered("a+b", 0, 0.4),
    ];
    let of = only(&twice);
    assert_eq!(of.unvalued.unwrap().to_string(), "{b} is mixed twice: b, b again");
    assert_eq!(of.sources[0].left_out, None);
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let mut many: Vec<MeasurementRow> = names.iter().map(|name| ordered(name, 0, 0.1)).collect();
    many.push(ordered(&names.join("+"), 0, 0.5));
    let reason = only(&many).unvalued.unwrap().to_string();
    assert_eq!(
        reason,
        "9 sources have too many subsets (at most 8 sources); sample them by `feedback = { orders = 30 }`"
    );
    let row = ordered("a", 0, 0.2);
    assert!(aggregate_worth(&[row.clone(), row], &[], &[]).is_err(), "a seed that stands twice");
}

#[test]
fn labels_are_compared_within_a_seed() {
    let mut rows = [two_sources(0, [0.5, 0.6, 0.7, 0.8]), two_sources(1, [0.5, 0.6, 0.7, 0.8])];
    rows[1].iter_mut().for_each(|row| row.labels = 90);
    // A baseline has none.
    rows[0][0].labels = 0;
    assert_eq!(only(&rows.concat()).labels, WorthLabels::Equal);
    rows[1][3].labels = 180;
    assert_eq!(only(&rows.concat()).labels, WorthLabels::Unequal);
}

#[test]
fn gains_have_a_price() {
    let seeds =
        [two_sources(0, [0.5, 0.6, 0.7, 0.75]), two_sources(1, [0.5, 0.7, 0.6, 0.9])].concat();
    let alone: Vec<&MeasurementRow> = seeds.iter().filter(|row| row.sources.len() == 1).collect();
    let mut learned: Vec<LearnedRow> =
        alone.iter().map(|row| learned_alone(row, Some(1800.0))).collect();
    learned.iter_mut().find(|row| row.source == "b").unwrap().seconds = None;
    let found = aggregate_worth(&seeds, &learned, &[]).unwrap();
    let [a, b] = &found[0].sources[..] else { panic!("{found:?}") };
    let gain = a.gain.unwrap();
    check(Some(gain.worth), 0.15, Some(0.1), 2);
    assert_eq!((gain.labels, gain.hours), (100.0, Some(0.5)));
    assert_eq!(b.gain.unwrap().hours, None, "of one run it is not known");
}

fn sampled(rows: &[MeasurementRow], orders: &[OrderRow]) -> WorthAggregate {
    let found = aggregate_worth(rows, &[], orders).unwrap();
    let [of] = found.as_slice() else { panic!("{found:?}") };
    of.clone()
}

#[test]
fn sampled_orders_by_hand() {
    let (rows, orders) = two_orders();
    let of = sampled(&rows, &orders);
    let source = |name: &str| of.sources.iter().find(|source| source.name == name).unwrap();
    // a joins first (0.1, 0.2) or second (0.3, 0.4). Means of seeds 0.2 and 0.3, of orders 0.15 and 0.35;
    // four of six orders are left: 0.005 / 2 + 0.02 / 2 * 4 / 6.
    check(source("a").shapley, 0.25, Some(2.0 * (0.0025 + 0.02 / 3.0_f64).sqrt()), 2);
    // b adds 0.2 and 0.2, or 0.2 and 0.1: what orders differ by is no more than chance.
    check(source("b").shapley, 0.175, Some(0.05), 2);
    // c adds 0.3 and 0.2, or 0.1 and 0.1. Of the variance of orders, 0.01125, chance has 0.00125.
    check(source("c").shapley, 0.175, Some(2.0 * (0.000625 + 0.01 / 3.0_f64).sqrt()), 2);
    let SampledOrders { count, share } = of.sampled.unwrap();
    let (orders_have, seeds_have) = (0.03 / 3.0, 0.0025 + 2.0 * 0.000625);
    assert_eq!(count, 2);
    assert!((share.unwrap() - orders_have / (orders_have + seeds_have)).abs() < 1e-9, "{share:?}");
    let (none, all) = of.ends.unwrap();
    let sum: f64 = shapley(&of).into_iter().flatten().sum();
    assert!(none == 0.0 && (sum - all).abs() < 1e-12, "{sum}, not {all}");
    // b was never alone, and a never left out.
    assert_eq!((source("b").alone, source("a").left_out), (None, None));
    check(source("b").left_out, 0.15, Some(0.1), 2);
    check(source("c").left_out, 0.25, Some(0.1), 2);
    let [pair] = &of.pairs[..] else { panic!("{of:?}") };
    assert_eq!((&*pair.first, &*pair.second), ("a", "c"));
    check(Some(pair.synergy), 0.2, None, 2);
}

#[test]
fn orders_with_all_subsets_are_exact() {
    let all = [
        ["a", "b", "c"],
        ["a", "c", "b"],
        ["b", "a", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["c", "b", "a"],
    ];
    let all: Vec<&[&str]> = all.iter().map(|order| &order[..]).collect();
    let value = |sources: &[String], seed: u64| {
        let [a, b, c] =
            ["a", "b", "c"].map(|name| f64::from(u8::from(sources.iter().any(|of| of == name))));
        0.1 * a + 0.2 * b + 0.3 * a * c - 0.05 * b * c * seed as f64
    };
    let rows = beginnings(&orders(&all), 2, value);
    let (without, with) = (only(&rows), sampled(&rows, &orders(&all)));
    assert_eq!((with.sampled, &with), (None, &without));
    // A pair is shared by its two.
    let expect = [0.1 + 0.15, 0.2 - 0.0125, 0.15 - 0.0125];
    for (source, expect) in with.sources.iter().zip(expect) {
        assert!((source.shapley.unwrap().mean - expect).abs() < 1e-12, "{source:?}");
    }
    // Three of the orders have all subsets, too.
    let three = orders(&[all[0], all[3], all[4]]);
    let rows = beginnings(&three, 2, value);
    assert_eq!(rows.len(), 2 * 7);
    assert_eq!(sampled(&rows, &three).sampled, None);
}

#[test]
fn a_seed_or_a_mix_of_the_orders_may_be_missing() {
    let (rows, orders) = two_orders();
    let without = |mix: &str, seeds: &[u64]| -> Vec<MeasurementRow> {
        let is_out = |row: &&MeasurementRow| row.mix != mix || !seeds.contains(&row.seed);
        rows.iter().filter(is_out).cloned().collect()
    };
    let of = sampled(&without("a + c", &[1]), &orders);
    assert_eq!((of.incomplete.as_slice(), of.sampled.map(|of| of.count)), (&[1][..], Some(2)));
    check(of.sources[0].shapley, 0.2, None, 1);
    let of = sampled(&without("a + c", &[0, 1]), &orders);
    let reason = of.unvalued.as_ref().unwrap().to_string();
    let expect =
        "every mix of the sampled orders is needed, and {a, c} has no value under any seed";
    assert_eq!((reason.as_str(), of.sampled, of.pairs.len()), (expect, None, 0));
    // Orders of other sources are none of these, and one that is there twice is refused.
    let others = crate::sample::orders(&[&["a", "b"], &["a", "b", "d"], &["a", "b", "c", "d"]]);
    let reason = sampled(&rows, &others).unvalued.unwrap().to_string();
    assert!(reason.starts_with("all subsets of the sources are needed, and {b} has"), "{reason}");
    let twice = [orders[0].clone(), orders[0].clone()];
    let reason = sampled(&rows, &twice).unvalued.unwrap().to_string();
    assert_eq!(reason, "the sampled orders cannot be read: order 1 is there twice");
}
