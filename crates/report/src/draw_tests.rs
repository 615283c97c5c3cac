use std::fs;

use resvg::tiny_skia::Pixmap;

use super::*;
use crate::sample;

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
    ];
    assert_eq!(names, expect);
    let dots = Pixmap::decode_png(&first[3].1).unwrap();
    assert_eq!(dots.width(), 2 * 672);
    assert!(dots.height() > 200);
    let dark = dots.pixels().iter().filter(|dot| dot.red() < 60 && dot.blue() < 60).count();
    assert!(dark > 1000, "text and dots are black: {dark}");
}

#[test]
fn a_figure_without_rows_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = sample::tables(&["a", "b"]);
    tables.curves.clear();
    let paths = draw_tables(&tables, folder.path()).unwrap().files;
    assert!(paths.iter().all(|path| path.exists() && !path.ends_with("curves.svg")));
    assert_eq!(paths.len(), 8);
    tables.agreement.clear();
    let drawing = draw_tables(&tables, folder.path()).unwrap();
    assert_eq!(drawing.files.len(), 6);
    assert!(!drawing.files.iter().any(|path| path.ends_with("agreement.svg")));
    assert!(!drawing.summary.contains("Who predicts whom"));
    tables.measurements.clear();
    let error = draw_tables(&tables, folder.path()).unwrap_err();
    assert!(matches!(error, ReportError::Empty(_)), "{error}");
}
