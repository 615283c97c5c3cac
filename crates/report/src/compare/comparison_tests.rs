use super::*;
use crate::compare::{PairedInterval, comparison_figures, comparison_summary};
use crate::sample::{measurement, run};
use crate::{RunRow, Tables};

fn part(split_seed: u64) -> TestPart {
    TestPart {
        data: "abc".into(),
        split: "prompt".into(),
        split_seed,
        test_over_train: 0.5,
        ..TestPart::default()
    }
}

/// Numbers of mix `a` on source `s` by seed.
fn side(name: &str, values: &[(u64, f64)]) -> Side {
    let row = |(seed, value): &(u64, f64)| {
        let id = format!("{name}{seed}");
        MeasurementRow { run: id, ..measurement("a", *seed, "s", *value) }
    };
    let measurements: Vec<MeasurementRow> = values.iter().map(row).collect();
    let parts = measurements.iter().map(|row| (row.run.clone(), Ok(part(row.seed)))).collect();
    let tables = Tables { measurements, ..Tables::default() };
    Side { name: name.into(), tables, parts, setting: None }
}

fn reasons(found: &Comparison) -> Vec<(&str, u64, u64)> {
    found.unpaired.iter().map(|one| (one.reason.as_str(), one.first, one.second)).collect()
}

#[test]
fn pairs_are_by_seed_and_the_rest_is_counted() {
    let first = side("x", &[(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0), (4, 5.0), (9, 0.0)]);
    let mut second = side("y", &[(0, 2.0), (1, 4.0), (2, 6.0), (3, 8.0), (4, 10.0)]);
    let found = compare(&first, &second).unwrap();
    let row = &found.differences[0];
    assert_eq!((row.pairs, row.first, row.second, row.difference), (5, 3.0, 6.0, 3.0));
    // sd sqrt(2.5), t of 4 degrees, 1 / 5 + 0.5 for a new sample.
    let half = 2.776_445_105_197_793 * (2.5_f64 * 0.7).sqrt();
    assert!((row.high.unwrap() - 3.0 - half).abs() < 1e-9, "{row:?}");
    assert_eq!(reasons(&found), [("y has no run of seed 9", 1, 0)]);
    second.tables.runs.push(RunRow { run: "y9".into(), ..run("a", 9, Some("diverged")) });
    let found = compare(&first, &second).unwrap();
    assert_eq!(reasons(&found), [("the run of this mix and seed failed in y", 1, 0)]);
    let text = comparison_summary(&found);
    assert!(text.contains("| a | 5 | 3.000 | 6.000 | +3.000 |"), "{text}");
    assert_eq!(comparison_figures(&found).unwrap().len(), 1);
}

#[test]
fn other_statements_are_no_pair() {
    let first = side("x", &[(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)]);
    let mut second = side("y", &[(0, 2.0), (1, 2.0), (2, 2.0), (3, 2.0)]);
    second.parts.insert("y0".into(), Ok(TestPart { data: "abd".into(), ..part(0) }));
    second.parts.insert("y1".into(), Ok(part(7)));
    second.parts.insert("y2".into(), Err("no plan".into()));
    second.tables.measurements[3].count += 1;
    let found = compare(&first, &second).unwrap();
    assert!(found.differences.is_empty() && found.pairs.is_empty());
    assert_eq!(
        reasons(&found),
        [
            ("they were judged on other statements of s: their numbers differ", 1, 1),
            ("they were judged on other statements: the dataset differs: abc and abd", 1, 1),
            ("they were judged on other statements: the seed of the split differs: 1 and 7", 1, 1),
            ("what runs of y were judged on is not known: no plan", 1, 1),
        ]
    );
}

#[test]
fn few_pairs_and_the_same_numbers_have_no_interval() {
    let (first, second) = (side("x", &[(0, 1.0), (1, 3.0)]), side("y", &[(0, 2.0), (1, 2.0)]));
    let found = compare(&first, &second).unwrap();
    assert_eq!(found.paired[0].interval, PairedInterval::Few);
    assert_eq!((found.differences[0].low, found.differences[0].pairs), (None, 2));
    let same: Vec<(u64, f64)> = (0..6).map(|seed| (seed, seed as f64)).collect();
    let found = compare(&side("x", &same), &side("y", &same)).unwrap();
    assert_eq!(found.paired[0].interval, PairedInterval::Constant);
    assert!(comparison_summary(&found).contains("none: the same in each pair"));
}

#[test]
fn settings_are_compared_where_each_side_has_one() {
    let mut first = side("x", &[(0, 1.0), (1, 1.0), (2, 1.5), (3, 1.0), (4, 1.0)]);
    first.tables.measurements.iter_mut().for_each(|row| row.setting = "rate = 1".into());
    let mut both = first.clone();
    both.tables.measurements.extend(first.tables.measurements.iter().map(|row| MeasurementRow {
        setting: "rate = 2".into(),
        value: row.value + 1.0,
        ..row.clone()
    }));
    let [one, other] = ["rate = 1", "rate = 2"].map(|setting| Side {
        setting: Some(setting.into()),
        name: setting.into(),
        ..both.clone()
    });
    let found = compare(&one, &other).unwrap();
    assert_eq!(found.differences[0].difference, 1.0);
    assert_eq!(found.differences[0].second_setting, "rate = 2");
    // As a whole, settings are part of what belongs together.
    let found = compare(&first, &both).unwrap();
    assert_eq!(reasons(&found), [("x has no run of setting `rate = 2`", 0, 5)]);
    assert_eq!(found.differences[0].difference, 0.0);
}
