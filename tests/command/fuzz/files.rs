//! Tables, Parquet, Arrow and HDF5: read whole, or refused by name, in bounded memory.

use super::edits::{Edit, edit, edited};
use super::{Outcome, fuzz, peak_mib};
use medley_formats::{D4rl, Dialect, ImportError, Importer, Reading, each_row};
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Memory that reading a damaged file of a few KiB may take.
const MOST_MIB: u64 = 768;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The rows of a file of these bytes.
fn rows(bytes: &[u8], quoted: Option<bool>) -> Result<Vec<Map<String, Value>>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("some.file");
    std::fs::write(&file, bytes).unwrap();
    let reading = Reading { unpacked_bytes: 16 << 20, quoted, ..Reading::default() };
    let mut rows = Vec::new();
    let read = each_row(&file, Dialect::Quoted, &reading, &mut |row| {
        rows.push(row?.fields.to_map());
        Ok(())
    });
    read.map_err(|error| named(&error, &file)).map(|()| rows)
}

/// What an error says, which names the file, and a row that is at fault by its number.
fn named(error: &ImportError, file: &Path) -> String {
    let said = error.to_string();
    let rest = said.split_once(&file.display().to_string());
    let (_, rest) = rest.unwrap_or_else(|| panic!("`{said}` does not name the file"));
    if error.is_of_row() {
        let units = [": line ", ": row ", ": episode "];
        let place = units.into_iter().find_map(|unit| rest.strip_prefix(unit));
        let number = place.and_then(|rest| rest.split(':').next()?.parse::<u64>().ok());
        assert!(number.is_some(), "`{said}` does not name the row");
    }
    said
}

const MARKS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b"\t",
    b";",
    b"|",
    b"\n",
    b"\r\n",
    b"\r",
    b"\xef\xbb\xbf",
    b"sep=;\n",
    b" ",
    b"\\",
    b"\x00",
    b"\xc3",
    b"'",
    b"a,b\n",
    b"[",
    b"{",
];

fn cell() -> impl Strategy<Value = String> {
    let pieces = [
        "", "x", "é", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", " ", "\"a\"", "NaN", "1.5", "a b",
    ];
    let piece = prop::sample::select(pieces.to_vec()).prop_map(str::to_owned).boxed();
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// A table as some program writes it: with marks where they are needed, everywhere, or nowhere.
fn table() -> impl Strategy<Value = Vec<u8>> {
    let row = |width| prop::collection::vec(cell(), width);
    let rows = (2..5_usize).prop_flat_map(move |width| prop::collection::vec(row(width), 0..6));
    let delimiter = prop::sample::select(vec![",", ";", "\t", "|"]);
    let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    (rows, delimiter, end, 0..3_u8, any::<bool>()).prop_map(
        |(rows, delimiter, end, marks, is_marked)| {
            let width = rows.first().map_or(2, Vec::len);
            let header: Vec<String> = (0..width).map(|column| format!("c{column}")).collect();
            let written = |cell: &String| {
                let needs = cell.contains(['"', '\n', '\r']) || cell.contains(delimiter);
                match marks == 1 || marks == 0 && needs {
                    true => format!("\"{}\"", cell.replace('"', "\"\"")),
                    false => cell.clone(),
                }
            };
            let line = |row: &Vec<String>| {
                row.iter().map(written).collect::<Vec<_>>().join(delimiter) + end
            };
            let text: String = std::iter::once(&header).chain(&rows).map(line).collect();
            let mark = if is_marked { "\u{feff}" } else { "" };
            format!("{mark}{text}").into_bytes()
        },
    )
}

/// Every cell between marks, which is one way to read it only.
fn marked(rows: &[Map<String, Value>]) -> String {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let header = line(rows[0].keys().map(|name| cell(name)).collect());
    let text = |value: &Value| cell(value.as_str().unwrap());
    header + &rows.iter().map(|row| line(row.values().map(text).collect())).collect::<String>()
}

/// What is read as a table comes back when it is written and read again.
fn is_read_again((bytes, edits): (Vec<u8>, Vec<Edit>)) -> Outcome {
    for quoted in [None, Some(true), Some(false)] {
        let Ok(rows) = rows(&edited(bytes.clone(), &edits), quoted) else { continue };
        let is_table = rows.first().is_some_and(|row| row.len() > 1)
            && rows.iter().all(|row| row.values().all(Value::is_string));
        if !is_table {
            continue;
        }
        prop_assert!(
            rows.iter().all(|row| row.keys().eq(rows[0].keys())),
            "rows differ in columns"
        );
        let again = self::rows(marked(&rows).as_bytes(), Some(true));
        prop_assert_eq!(again.as_deref(), Ok(&rows[..]));
    }
    Ok(())
}

#[test]
fn tables_are_the_same_when_they_are_written_and_read_again() {
    let edits = prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::vec(edit(MARKS), 1..4),
    ];
    fuzz("delimited tables", 1500, (table(), edits), is_read_again);
}

/// Numbers, lengths and marks that formats give a meaning to.
const NUMBERS: &[&[u8]] = &[
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x80",
    b"\x00\x00\x00\x00\x00\x00\x00\x00",
    b"\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"PAR1",
    b"ARROW1\0\0",
    b"\x15\x00",
    b"\x19\x1c",
    b"TREE",
    b"OHDR",
    b"SNOD",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
];

fn damaged(seeds: &[&str]) -> impl Strategy<Value = (Vec<u8>, Vec<Edit>)> + use<> {
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| std::fs::read(root(seed)).unwrap()).collect();
    (prop::sample::select(seeds), prop::collection::vec(edit(NUMBERS), 0..6))
}

fn check_memory() {
    if let Some(peak) = peak_mib() {
        assert!(peak < MOST_MIB, "{peak} MiB were needed");
    }
}

#[test]
fn damaged_parquet_and_arrow_are_read_or_refused_by_name() {
    let seeds = [
        "tests/field/46-float32-tenths/data.parquet",
        "tests/field/47-nan-in-parquet/data.parquet",
        "tests/field/59-pandas-index-column/helpsteer.parquet",
        "tests/field/38-arrow/data.feather",
        "tests/field/38-arrow/data-00000-of-00001.arrow",
        "tests/field/39-zstd/data.jsonl.zst",
    ];
    fuzz("parquet, arrow and packings", 3000, damaged(&seeds), |(bytes, edits)| {
        let once = rows(&edited(bytes.clone(), &edits), None);
        prop_assert!(!edits.is_empty() || once.is_ok(), "{:?}", once);
        Ok(())
    });
    check_memory();
}

#[test]
fn damaged_hdf5_is_imported_soundly_or_refused_by_name() {
    let seeds = [
        "crates/formats/fixtures/d4rl-latest.hdf5",
        "crates/formats/fixtures/d4rl-minari.hdf5",
        "crates/formats/fixtures/d4rl/door.hdf5",
    ];
    fuzz("hdf5", 600, damaged(&seeds), |(bytes, edits)| {
        let folder = tempfile::tempdir().unwrap();
        let (file, dataset) = (folder.path().join("some.hdf5"), folder.path().join("dataset"));
        std::fs::write(&file, edited(bytes, &edits)).unwrap();
        let importer: &dyn Importer = &D4rl::default();
        match importer.import_to(&file, &dataset, &Reading::default()) {
            Ok(_) => {
                prop_assert!(medley_dataset::Dataset::open(&dataset).is_ok());
            }
            Err(error) => {
                named(&error, &file);
                prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
            }
        }
        Ok(())
    });
    check_memory();
}
