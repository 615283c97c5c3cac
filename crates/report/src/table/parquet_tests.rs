use std::fs;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

use super::*;
use crate::{Direction, LearningRole, Part, Status, Trusted, sample};

fn number() -> impl Strategy<Value = f64> {
    any::<f64>().prop_filter("NaN is no number", |value| !value.is_nan())
}

fn measurement() -> impl Strategy<Value = MeasurementRow> {
    let text = (any::<String>(), any::<String>(), any::<Option<String>>());
    let sources = prop::collection::vec("[a-z é-]{1,5}", 0..4);
    let ends = (number(), prop::option::of(number()), prop::option::of(number()));
    let direction = prop_oneof![Just(Direction::Higher), Just(Direction::Lower)];
    (text, sources, ends, direction, any::<[u64; 4]>()).prop_map(
        |(
            (mix, metric, note),
            sources,
            (value, low, high),
            direction,
            [seed, labels, count, clusters],
        )| {
            MeasurementRow {
                mix,
                metric,
                note,
                sources,
                value,
                low,
                high,
                direction,
                seed,
                labels,
                count,
                clusters,
                ..sample::measurement("a", 0, "b", 0.0)
            }
        },
    )
}

proptest! {
    #[test]
    fn measurements_round_trip(rows in prop::collection::vec(measurement(), 0..6)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/measurements.parquet");
        write_measurements(&path, &rows).unwrap();
        prop_assert_eq!(read_measurements(&path).unwrap(), rows);
    }

    #[test]
    fn other_tables_round_trip(
        values in prop::collection::vec((number(), any::<u64>(), any::<String>(), any::<bool>()), 0..5)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        let curves: Vec<CurveRow> = values.iter().cloned().map(|(value, step, mix, train)| {
            let part = if train { Part::Train } else { Part::Validation };
            CurveRow { value, step, setting: mix.clone(), mix, part, ..sample::curve("a", 0, 1, 0.0) }
        }).collect();
        write_curves(&path, &curves).unwrap();
        prop_assert_eq!(read_curves(&path).unwrap(), curves);
        let bins: Vec<ReliabilityRow> = values.iter().cloned().map(|(observed, count, source, some)| {
            ReliabilityRow {
                observed, count, source, low: some.then_some(observed), ..sample::bin("a", 0, "b", 1)
            }
        }).collect();
        write_reliability(&path, &bins).unwrap();
        prop_assert_eq!(read_reliability(&path).unwrap(), bins);
        let agreement: Vec<AgreementRow> = values.iter().cloned().map(|(value, count, source, some)| {
            AgreementRow {
                value, count, setting: source.clone(), source, high: some.then_some(value),
                ..sample::agreement("a", 0, "b", 0.0)
            }
        }).collect();
        write_agreement(&path, &agreement).unwrap();
        prop_assert_eq!(read_agreement(&path).unwrap(), agreement);
        let learning: Vec<LearningRow> = values.iter().cloned().map(|(value, statements, line, base)| {
            let role = if base { LearningRole::Baseline } else { LearningRole::Compared };
            LearningRow {
                value, statements, line, role, ..sample::learning("joint", 25, 0, 0.0)
            }
        }).collect();
        let learned: Vec<LearnedRow> = values.iter().cloned().map(|(seconds, statements, source, some)| {
            let run = source.clone();
            let control = some.then(|| source.clone());
            let trusted = (statements % 3 > 0).then(|| Trusted::from(some));
            LearnedRow { run, source, statements, seconds: some.then_some(seconds), control, trusted }
        }).collect();
        write_learned(&path, &learned).unwrap();
        prop_assert_eq!(read_learned(&path).unwrap(), learned);
        write_learning(&path, &learning).unwrap();
        prop_assert_eq!(read_learning(&path).unwrap(), learning);
        let runs: Vec<RunRow> = values.iter().cloned().map(|(seconds, parameters, reason, done)| {
            let status = if done { Status::Done } else { Status::Failed };
            RunRow {
                seconds, parameters, reason: Some(reason), status, held_out: done.then_some(seconds),
                ..sample::run("a", 0, None)
            }
        }).collect();
        write_runs(&path, &runs).unwrap();
        prop_assert_eq!(read_runs(&path).unwrap(), runs);
    }
}

#[test]
fn a_folder_of_tables_round_trips() {
    let folder = tempfile::tempdir().unwrap();
    let tables = with_everything();
    tables.write(folder.path()).unwrap();
    assert_eq!(crate::Tables::read(folder.path()).unwrap(), tables);
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let written = "agreement chains curves learned learning measurements orders querying reliability responses runs tuning";
    let expect: Vec<String> = written.split(' ').map(|table| format!("{table}.parquet")).collect();
    assert_eq!(names, expect, "nothing is left beside the tables");
    let twice = crate::Tables::concatenate([tables.clone(), tables.clone()]);
    assert_eq!(twice.curves.len(), 2 * tables.curves.len());
    assert_eq!(twice.agreement.len(), 2 * tables.agreement.len());
    assert_eq!(twice.learned.len(), 2 * tables.learned.len());
    assert_eq!(twice.learning.len(), 2 * tables.learning.len());
    assert_eq!(twice.tuning.len(), 2 * tables.tuning.len());
    assert_eq!(twice.orders.len(), 2 * tables.orders.len());
    assert_eq!(twice.querying.len(), 2 * tables.querying.len());
    assert_eq!(twice.chains.len(), 2 * tables.chains.len());
}

fn with_everything() -> crate::Tables {
    let row = |seconds| QueryingRow {
        run: "r".into(),
        mix: "a + b".into(),
        line: "gain".into(),
        strategy: "information".into(),
        seed: u64::MAX,
        round: 0,
        questions: 12,
        answered: 11,
        asked: "{\"a\":12}".into(),
        seconds,
        source: "a".into(),
        metric: "log-likelihood".into(),
        unit: "nats".into(),
        direction: Direction::Higher,
        value: f64::NEG_INFINITY,
    };
    let querying = vec![row(Some(0.1 + 0.2)), row(None)];
    let known = sample::chain("w", Some(1.0 + f64::EPSILON), Some(400.0));
    let unknown = crate::ChainRow { standard_error: None, ..sample::chain("v", None, None) };
    let chains = vec![known, unknown];
    crate::Tables { querying, chains, ..sample::tables(&["a", "b"]) }
}

const LATER: [&str; 7] =
    ["agreement", "learned", "learning", "tuning", "orders", "querying", "chains"];

#[test]
fn a_folder_of_before_lacks_what_came_later() {
    let folder = tempfile::tempdir().unwrap();
    let tables = with_everything();
    tables.write(folder.path()).unwrap();
    for later in LATER {
        let later = format!("{later}.parquet");
        fs::remove_file(folder.path().join(later)).unwrap();
    }
    let read = crate::Tables::read(folder.path()).unwrap();
    assert_eq!(
        read,
        crate::Tables {
            agreement: Vec::new(),
            learned: Vec::new(),
            learning: Vec::new(),
            tuning: Vec::new(),
            orders: Vec::new(),
            querying: Vec::new(),
            chains: Vec::new(),
            ..tables.clone()
        }
    );
    for later in LATER {
        let later = format!("{later}.parquet");
        tables.write(folder.path()).unwrap();
        fs::write(folder.path().join(later), "PAR1").unwrap();
        let damaged = crate::Tables::read(folder.path()).unwrap_err();
        assert!(matches!(damaged, ReportError::Parquet { .. }), "{damaged}");
    }
    tables.write(folder.path()).unwrap();
    fs::remove_file(folder.path().join("responses.parquet")).unwrap();
    let missing = crate::Tables::read(folder.path()).unwrap_err();
    assert!(matches!(missing, ReportError::Io { .. }), "{missing}");
}

/// Writes a changed frame of one run and returns the message of reading it.
fn message(change: impl FnOnce(DataFrame) -> DataFrame) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.parquet");
    let mut changed = change(frame(&[sample::run("a", 0, None)]).unwrap());
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut changed).unwrap();
    fs::write(&path, bytes).unwrap();
    let read = read_runs(&path);
    let folder = format!("{}/", folder.path().display());
    read.map_or_else(|error| error.to_string(), |rows| format!("{rows:?}")).replace(&folder, "")
}

#[test]
fn a_wrong_schema_is_named() {
    assert_eq!(
        message(|frame| frame.drop("seed").unwrap()),
        "runs.parquet: there is no column `seed` of type UInt64; found run, mix, setting, \
         status, reason, epochs, steps, stopped, best_epoch, seconds, parameters, held_out"
    );
    let replace = |name: &'static str, series: Series| {
        move |mut frame: DataFrame| {
            frame.replace(name, series.with_name(name.into()).into_column()).unwrap();
            frame
        }
    };
    assert_eq!(
        message(replace("seed", Series::new("x".into(), ["zero"]))),
        "runs.parquet: column `seed` should be UInt64 and is str"
    );
    assert_eq!(
        message(replace("seconds", Series::new("x".into(), [None::<f64>]))),
        "runs.parquet: row 0, column `seconds`: expected a number, found null"
    );
    assert_eq!(
        message(replace("status", Series::new("x".into(), ["lost"]))),
        r#"runs.parquet: row 0, column `status`: expected "done" or "failed", found "lost""#
    );
    let more = message(|mut frame| {
        frame.with_column(Series::new("more".into(), [1i64]).into_column()).unwrap();
        frame
    });
    assert_eq!(more, format!("{:?}", [sample::run("a", 0, None)]), "further columns are ignored");
}

#[test]
fn every_truncation_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.parquet");
    let rows: Vec<RunRow> = (0..40).map(|seed| sample::run("a+b", seed, None)).collect();
    write_runs(&path, &rows).unwrap();
    let bytes = fs::read(&path).unwrap();
    for end in (0..bytes.len()).step_by(11) {
        fs::write(&path, &bytes[..end]).unwrap();
        let error = read_runs(&path).unwrap_err();
        assert!(matches!(error, ReportError::Parquet { .. }), "{end}: {error}");
    }
    let missing = read_runs(&folder.path().join("none.parquet")).unwrap_err();
    assert!(matches!(missing, ReportError::Io { .. }), "{missing}");
}

#[test]
fn what_would_not_read_back_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("measurements.parquet");
    let good = sample::measurement("a", 0, "b", 0.5);
    let nan = MeasurementRow { low: Some(f64::NAN), ..good.clone() };
    let error = write_measurements(&path, &[good.clone(), nan]).unwrap_err().to_string();
    assert!(error.ends_with("row 1, column `low`: expected a number, found NaN"), "{error}");
    let plus = MeasurementRow { sources: vec!["a+b".into()], ..good };
    let error = write_measurements(&path, &[plus]).unwrap_err().to_string();
    assert!(error.contains("column `sources`"), "{error}");
    assert!(!path.exists());
}
