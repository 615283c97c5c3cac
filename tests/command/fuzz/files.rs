//! Tables, Parquet, Arrow and HDF5: read whole, or refused by name, in bounded memory.

use super::bytes::files;
use super::edits::{Edit, edit, edited};
use super::{fuzz, peak_mib};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Memory that reading a damaged file of a few KiB may take.
const MOST_MIB: u64 = 768;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
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

#[test]
fn tables_are_the_same_when_they_are_written_and_read_again() {
    let edits = prop_oneof![
        2 => Just(Vec::new()),
        3 => prop::collection::vec(edit(MARKS), 1..4),
    ];
    fuzz("delimited tables", 1500, (table(), edits), |(bytes, edits)| {
        files::table(&edited(bytes, &edits));
        Ok(())
    });
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
        let once = files::rows(&edited(bytes.clone(), &edits), None);
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
        files::hdf5(&edited(bytes, &edits));
        Ok(())
    });
    check_memory();
}
