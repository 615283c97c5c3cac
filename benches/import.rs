//! How long an import takes from each kind of file, and a dataset to be opened again.
//!
//! `benches/scale/tables.py` does the same with a million rows beside pandas, and prints ratios.
#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medley::dataset::Dataset;
use medley::formats::{Columns, CrowdKitLabels, Importer, Reading, TrlPreference};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROWS: usize = 20_000;

const MAPPING: &str = r#"
prompt = "prompt"
[[records]]
kind = "comparison"
first = "chosen"
second = "rejected"
preference = "label"
values = { A = "first", B = "second", tie = "tie" }
annotator = "worker"
"#;

/// Four sentences that no other row has.
fn text(row: usize, side: &str) -> String {
    let sentence = |i: usize| format!("The {side} answer {row} says that {i} is one of many. ");
    (0..4).map(sentence).collect::<String>().trim_end().to_owned()
}

/// Cells of a row of comparisons: prompt, chosen, rejected, label, worker.
fn cells(row: usize) -> [(&'static str, String); 5] {
    [
        ("prompt", format!("What of {}?", row / 10)),
        ("chosen", text(row, "first")),
        ("rejected", text(row, "second")),
        ("label", ["A", "B", "tie"][row % 3].to_owned()),
        ("worker", format!("w{}", row % 200)),
    ]
}

fn csv() -> String {
    let mut table = "prompt,chosen,rejected,label,worker\n".to_owned();
    for row in 0..ROWS {
        let cells = cells(row).map(|(_, cell)| format!("\"{cell}\""));
        table += &(cells.join(",") + "\n");
    }
    table
}

fn json_lines() -> String {
    let mut lines = String::new();
    for row in 0..ROWS {
        let fields = cells(row).map(|(name, cell)| format!("\"{name}\": \"{cell}\""));
        lines += &format!("{{{}}}\n", fields.join(", "));
    }
    lines
}

fn labels() -> String {
    let mut table = "task,worker,label\n".to_owned();
    for row in 0..ROWS {
        let place = row * 7919 % (ROWS / 10);
        let _ = writeln!(table, "item{place},w{},{}", row % 200, 1 + row % 5);
    }
    table
}

/// Imports a file again and again, each time into a new folder.
fn each(criterion: &mut Criterion, name: &str, importer: &dyn Importer, file: &Path) {
    let mut group = criterion.benchmark_group("import");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let place = tempfile::tempdir().expect("a temporary folder");
            let folder = place.path().join("dataset");
            importer.import_to(file, &folder, &Reading::default()).expect("a sound table");
        });
    });
    group.finish();
}

fn imports(criterion: &mut Criterion) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: String| -> PathBuf {
        let file = place.path().join(name);
        fs::write(&file, text).expect("a file");
        file
    };
    let mapping: Columns = toml::from_str(MAPPING).expect("a sound mapping");
    let (csv, lines) = (write("rows.csv", csv()), write("rows.jsonl", json_lines()));
    each(criterion, "mapping-csv", &mapping, &csv);
    each(criterion, "mapping-json-lines", &mapping, &lines);
    each(criterion, "trl-preference-json-lines", &TrlPreference::default(), &lines);
    let labels = write("labels.csv", labels());
    each(criterion, "crowd-kit-labels-csv", &CrowdKitLabels::default(), &labels);
}

fn opening(criterion: &mut Criterion) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let (file, folder) = (place.path().join("rows.csv"), place.path().join("dataset"));
    fs::write(&file, csv()).expect("a file");
    let mapping: Columns = toml::from_str(MAPPING).expect("a sound mapping");
    mapping.import_to(&file, &folder, &Reading::default()).expect("a sound table");
    let mut group = criterion.benchmark_group("open");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("comparisons", |bencher| {
        bencher.iter(|| Dataset::open(&folder).expect("what was imported"));
    });
    group.finish();
}

criterion_group!(benches, imports, opening);
criterion_main!(benches);
