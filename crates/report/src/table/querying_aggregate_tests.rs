use super::*;

fn row(line: &str, seed: u64, round: u64, seconds: f64, value: f64) -> QueryingRow {
    QueryingRow {
        run: format!("{line}-{seed}"),
        mix: "a + b".into(),
        line: line.into(),
        strategy: if line == "any" { "uniform" } else { "information" }.into(),
        seed,
        round,
        questions: 10 * (round + 1),
        answered: 10 * (round + 1) - round,
        asked: format!("{{\"a\":{},\"b\":4}}", 6 + 10 * round),
        seconds: Some(seconds),
        source: "a".into(),
        metric: "accuracy".into(),
        unit: "share".into(),
        direction: Direction::Higher,
        value,
    }
}

fn rows() -> Vec<QueryingRow> {
    vec![
        row("any", 0, 0, 100.0, 0.5),
        row("any", 0, 1, 200.0, 0.6),
        row("any", 1, 0, 100.0, 0.5),
        row("any", 1, 1, 210.0, 0.7),
        row("gain", 0, 0, 100.0, 0.5),
        row("gain", 0, 1, 150.0, 0.7),
        row("gain", 0, 2, 200.0, 0.8),
        row("gain", 1, 0, 100.0, 0.5),
        row("gain", 1, 1, 205.0, 0.8),
    ]
}

#[test]
fn quality_is_that_of_the_last_round_by_then() {
    let found = aggregate_querying(&rows()).unwrap();
    let lines: Vec<&str> = found.iter().map(|of| of.line.as_str()).collect();
    assert_eq!(lines, ["any", "gain"]);
    let gain = &found[1];
    // From the last start, 100 s, to the first end, 200 s.
    assert_eq!((gain.points[0].at, gain.points[11].at), (100.0, 200.0));
    assert_eq!(gain.points[0].mean, 0.5);
    // Seed 0 has 0.8 by then; the second round of seed 1 comes 5 seconds later.
    assert!((gain.points[11].mean - 0.65).abs() < 1e-12, "{:?}", gain.points);
    // 0.8 - 0.6 and 0.5 - 0.5.
    let end = gain.at_end.unwrap();
    assert!((end.mean - 0.1).abs() < 1e-12 && end.seeds == 2, "{end:?}");
    assert!((end.standard_error.unwrap() - 0.1).abs() < 1e-12, "{end:?}");
    assert!(found[0].at_end.is_none() && gain.on_the_way.unwrap().mean > 0.0);
    assert_eq!(gain.asked["a"], 21.0);
    // 28 of 30 and 19 of 20.
    assert!((gain.answered - (28.0 / 30.0 + 0.95) / 2.0).abs() < 1e-12, "{}", gain.answered);
}

#[test]
fn without_seconds_questions_are_counted() {
    let mut rows = rows();
    rows[3].seconds = None;
    let found = aggregate_querying(&rows).unwrap();
    assert!(!found[0].in_seconds);
    assert_eq!((found[0].points[0].at, found[0].points[11].at), (10.0, 20.0));
}

#[test]
fn a_round_that_is_there_twice_or_says_nonsense_is_refused() {
    let check = |rows: &[QueryingRow], expect: &str| {
        let error = aggregate_querying(rows).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check(&[rows(), vec![rows()[0].clone()]].concat(), "round 0 of run any-0 is there 2 times");
    let broken = QueryingRow { asked: "many".into(), ..rows()[0].clone() };
    check(&[broken], "`asked` of run any-0");
}
