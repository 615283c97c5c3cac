use std::fs;

use resvg::tiny_skia::Pixmap;

use super::*;
use crate::{LearningRow, MeasurementRow, sample};

#[test]
fn files_are_complete_and_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("tables");
    sample::tables(&["a", "b"]).write(&tables).unwrap();
    let draw_to = |name: &str| {
        let out = folder.path().join(name);
        draw(&tables, &out).unwrap().files.into_iter().map(move |path| {
            let bytes = fs::read(&path).unwrap();
            (path.strip_prefix(&out).unwrap().to_owned(), bytes)
        })
    };
    let first: Vec<(PathBuf, Vec<u8>)> = draw_to("first").collect();
    assert!(first == draw_to("second").collect::<Vec<_>>(), "the same tables give the same bytes");
    let names: Vec<&str> = first.iter().map(|(path, _)| path.to_str().unwrap()).collect();
    let expect = [
        "aggregates.parquet",
        "summary.md",
        "quality.svg",
        "quality.png",
        "curves.svg",
        "curves.png",
        "reliability.svg",
        "reliability.png",
        "agreement.svg",
        "agreement.png",
        "worth.svg",
        "worth.png",
        "learning.svg",
        "learning.png",
    ];
    assert_eq!(names, expect);
    let dots = Pixmap::decode_png(&first[3].1).unwrap();
    assert_eq!(dots.width(), 2 * 672);
    assert!(dots.height() > 200);
    let dark = dots.pixels().iter().filter(|dot| dot.red() < 60 && dot.blue() < 60).count();
    assert!(dark > 1000, "text and dots are black: {dark}");
}

#[test]
fn choices_have_a_figure_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = sample::tables(&["a", "b"]);
    let models = tables.measurements.iter().filter(|row| row.estimator == crate::MODEL);
    let mut chosen: Vec<_> = models.filter(|row| row.metric == "accuracy").cloned().collect();
    chosen.push(sample::reference(crate::CHANCE, "a", "a", 0.5));
    chosen.push(sample::reference(crate::BEST_POSSIBLE, "a", "a", 0.9));
    chosen.iter_mut().for_each(|row| row.metric = CHOICE.to_owned());
    tables.measurements.extend(chosen);
    let drawing = draw_tables(&tables, &[], folder.path()).unwrap();
    let path = folder.path().join("best-of-candidates.svg");
    assert!(drawing.files.contains(&path), "{:?}", drawing.files);
    let drawn = fs::read_to_string(&path).unwrap();
    assert!(["chance", "best possible"].iter().all(|name| drawn.contains(name)));
    assert!(
        drawing.summary.contains("Chance: 0.500.\nBest possible: 0.900."),
        "{}",
        drawing.summary
    );
}

#[test]
fn a_figure_without_rows_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = sample::tables(&["a", "b"]);
    tables.curves.clear();
    let paths = draw_tables(&tables, &[], folder.path()).unwrap().files;
    assert!(paths.iter().all(|path| path.exists() && !path.ends_with("curves.svg")));
    assert_eq!(paths.len(), 12);
    tables.agreement.clear();
    let drawing = draw_tables(&tables, &[], folder.path()).unwrap();
    assert_eq!(drawing.files.len(), 10);
    assert!(!drawing.files.iter().any(|path| path.ends_with("agreement.svg")));
    assert!(!drawing.summary.contains("Who predicts whom"));
    assert!(drawing.summary.contains("## Learning curves"));
    tables.learning.clear();
    let drawing = draw_tables(&tables, &[], folder.path()).unwrap();
    assert_eq!(drawing.files.len(), 8);
    assert!(!drawing.files.iter().any(|path| path.ends_with("learning.svg")));
    assert!(!drawing.summary.contains("Learning curves"));
    assert!(drawing.summary.contains("## What each source adds"));
    tables.measurements.retain(|row| row.mix == "a");
    let drawing = draw_tables(&tables, &[], folder.path()).unwrap();
    assert_eq!(drawing.files.len(), 6);
    assert!(!drawing.files.iter().any(|path| path.ends_with("worth.svg")));
    assert!(!drawing.summary.contains("What each source adds"));
    tables.measurements.clear();
    let error = draw_tables(&tables, &[], folder.path()).unwrap_err();
    assert!(matches!(error, ReportError::Empty(_)), "{error}");
}

#[test]
fn log_likelihood_has_a_figure_of_its_own_beside_what_is_ordered() {
    let names = |metrics: &[&str]| -> Vec<String> {
        let rows = sample::learned(&["a"], &["joint"]);
        let of = |metric: &&str| {
            let metric = (*metric).to_owned();
            rows.iter().map(move |row| LearningRow { metric: metric.clone(), ..row.clone() })
        };
        let rows: Vec<LearningRow> = metrics.iter().flat_map(of).collect();
        let figures = learning_figures(&aggregate_learning(&rows).unwrap());
        figures.into_iter().flatten().map(|figure| figure.name().to_owned()).collect()
    };
    let both = ["learning", "learning-log-likelihood"];
    assert_eq!(names(&["log-likelihood", "rank-correlation"]), both);
    assert_eq!(names(&["accuracy", "log-likelihood"]), both);
    assert_eq!(names(&["log-likelihood"]), ["learning"], "the same is not drawn twice");
    assert_eq!(names(&["brier"]), [""; 0]);
}

/// What is learned from other data is told by what is lost there, and nowhere else.
#[test]
fn runs_on_other_data_are_not_mixed_with_those_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let [mut written, mut varied] = [Tables::default(), Tables::default()];
    for (tables, data, value) in [(&mut written, "", 0.5), (&mut varied, "tired", 0.9)] {
        let setting = if data.is_empty() { String::new() } else { format!("data = \"{data}\"") };
        for seed in 0..6 {
            let run = format!("a{data}-{seed}");
            let [row, _] = sample::varied("a", seed, data, [value, 0.2]);
            tables.runs.push(crate::RunRow {
                run: run.clone(),
                setting: setting.clone(),
                ..sample::run("a", seed, None)
            });
            tables.chains.push(crate::ChainRow {
                run: run.clone(),
                setting: setting.clone(),
                seed,
                ..sample::chain("w", Some(1.0), Some(100.0))
            });
            for round in 0..2 {
                tables.querying.push(sample::round("any", &run, seed, (round, value)));
            }
            // What is lost on other data is in other units.
            for (metric, value) in [("regret", seed as f64), ("starc", 1.0 - value + seed as f64)] {
                let metric = metric.to_owned();
                let run = run.clone();
                tables.measurements.push(MeasurementRow { run, metric, value, ..row.clone() });
            }
            tables.measurements.push(MeasurementRow { run, ..row });
        }
    }
    let of = |tables: &Tables| draw_tables(tables, &[], folder.path()).unwrap().summary;
    let alone = of(&written);
    let mut both = written;
    // Those of other data come last, as they are planned last.
    both.runs.extend(varied.runs);
    both.chains.extend(varied.chains);
    both.querying.extend(varied.querying);
    both.measurements.extend(varied.measurements);
    let both = of(&both);
    // Means over seeds are of the data that the file writes, in the table as in the summary.
    let means = crate::read_aggregates(&folder.path().join("aggregates.parquet")).unwrap();
    assert!(means.iter().all(|row| row.setting.is_empty()), "{means:?}");
    assert!(both.contains("## What is lost on other data"), "{both}");
    let section = |text: &str, title: &str| -> String {
        let (_, rest) = text.split_once(title).unwrap_or_else(|| panic!("{title}: {text}"));
        rest.split("\n## ").next().unwrap().trim_end().to_owned()
    };
    for title in ["## What is asked next", "## Which measure predicts regret", "## Chains"] {
        assert_eq!(section(&both, title), section(&alone, title), "{title}");
    }
}

/// Tables of 9,999 runs: three mixes of two sources, each with 20 epochs.
fn many_runs() -> Tables {
    let mut tables = Tables::default();
    for seed in 0..3333 {
        let spread = |factor: u64| ((seed * factor) % 997) as f64 / 9970.0;
        for (mix, factor) in [("a", 7), ("b", 11), ("a+b", 13)] {
            tables.runs.push(sample::run(mix, seed, None));
            for source in ["a", "b"] {
                let row = sample::measurement(mix, seed, source, 0.6 + spread(factor));
                let likelihood = MeasurementRow { metric: TRAINED.to_owned(), ..row.clone() };
                tables.measurements.extend([row, likelihood]);
                tables.reliability.extend((0..4).map(|bin| sample::bin(mix, seed, source, bin)));
            }
            let curve =
                |epoch| sample::curve(mix, seed, epoch, -0.6 - spread(factor) / epoch as f64);
            tables.curves.extend((1..=20).map(curve));
        }
    }
    tables
}

/// Audit D1: 10,080 runs took 57 s, four times as much as half of them, which would be noticed here, and
/// a figure held a dot for each seed (3.8 MB).
#[test]
fn audit_d1_ten_thousand_runs_are_drawn_as_densities() {
    let folder = tempfile::tempdir().unwrap();
    let tables = many_runs();
    draw_tables(&tables, &[], folder.path()).unwrap();
    let size = fs::metadata(folder.path().join("quality.svg")).unwrap().len();
    assert!(size < 300_000, "{size} bytes");
}
