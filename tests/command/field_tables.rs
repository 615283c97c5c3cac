//! Tables and files as people have them: what once came in wrong, or was refused without help. Inputs stand
//! in `tests/field`; each case is named after a public report.

use crate::harness::{Desk, assert_refused, assert_success, text};
use medley_dataset::{Dataset, ImportReport};
use medley_feedback::{Approval, Comparison, Rating};
use std::path::{Path, PathBuf};

/// An import into `ds` and what became of it.
struct Import {
    desk: Desk,
    said: std::process::Output,
}

/// Imports files of `tests/field`, or others by their whole path.
fn import(format: &str, sources: &[&str], more: &[&str]) -> Import {
    let desk = Desk::new();
    let said = import_at(&desk, format, sources, more);
    Import { desk, said }
}

fn import_at(desk: &Desk, format: &str, sources: &[&str], more: &[&str]) -> std::process::Output {
    let field = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field");
    let place = |name: &str| field.join(name).display().to_string();
    let format = if format.ends_with(".toml") { place(format) } else { format.to_owned() };
    let mut arguments = vec!["import".to_owned(), format];
    arguments.extend(sources.iter().map(|source| place(source)));
    arguments.push(desk.path("ds").display().to_string());
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    desk.medley(&arguments).output().unwrap()
}

impl Import {
    fn dataset(&self) -> Dataset {
        assert_success(&self.said);
        Dataset::open(&self.desk.path("ds")).unwrap()
    }

    fn report(&self) -> ImportReport {
        self.dataset().card.import.clone().unwrap()
    }

    /// Chosen and rejected of each comparison.
    fn pairs(&self) -> Vec<[String; 2]> {
        let set = self.dataset();
        let said = |id| set.segments().text(set.segments().index(id).unwrap()).unwrap().to_owned();
        let pairs = set.records::<Comparison>().unwrap();
        pairs.iter().map(|pair| [said(&pair.first), said(&pair.second)]).collect()
    }

    fn check_pairs(&self, expect: &[[&str; 2]]) {
        assert_eq!(self.pairs(), expect);
    }

    fn check_refused(&self, expect: &[&str]) {
        assert_refused(&self.said, expect);
        assert!(!self.desk.path("ds").exists(), "something was written");
    }
}

/// Writes a file on the desk; its path.
fn write(desk: &Desk, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path: PathBuf = desk.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// https://github.com/pandas-dev/pandas/issues/25228
#[test]
fn pandas_25228_a_quotation_mark_does_not_swallow_rows() {
    let file = "17-tsv-rows-swallowed/data.tsv";
    import("trl-preference", &[file], &[]).check_refused(&["line 2", "`quoted = false`"]);
    let told = import("trl-preference", &[file], &["--quoted", "false"]);
    let rest = [["Good 2.", "Bad 2."], ["Good 3.", "Bad 3\""], ["Good 4.", "Bad 4."]];
    told.check_pairs(&[&[["Good.", "\"Bad"]], &rest[..]].concat());
    let told = import("trl-preference", &[file], &["--quoted", "true"]);
    assert_eq!(told.pairs().len(), 2);
    // The same as a key beside the options of a format.
    let desk = Desk::new();
    let options = "[import]\nquoted = false\n[import.trl-preference]\n";
    let options = write(&desk, "options.toml", options);
    let said = import_at(&desk, &options, &[file], &[]);
    assert_eq!(Import { desk, said }.pairs().len(), 4);
    let desk = Desk::new();
    let options = write(&desk, "options.toml", "[import]\nquotes = false\n");
    assert_refused(&import_at(&desk, &options, &[file], &[]), &["options.toml:2", "quotes"]);
}

/// https://github.com/rewicks/ersatz/issues/1
#[test]
fn ersatz_1_text_after_a_closing_mark_is_kept_and_told() {
    let told = import("trl-preference", &["19-text-after-closing-quote/data.csv"], &[]);
    told.check_pairs(&[["\"Yes\" she said", "No."]]);
    let note = "data.csv: quotation marks are characters of the texts, since text follows one that \
                would close a cell (line 2); with `quoted = true` they stand around cells";
    assert!(told.report().notes.contains(&note.to_owned()), "{:?}", told.report().notes);
    let file = &["19-text-after-closing-quote/data.csv"];
    let told = import("trl-preference", file, &["--quoted", "true"]);
    told.check_refused(&["line 2", "text after a closing quotation mark"]);
}

/// https://github.com/whitfin/s3-concat/issues/3
#[test]
fn s3_concat_3_a_repeated_header_is_no_row() {
    let told = import("trl-preference", &["21-joined-csv-files/data.csv"], &[]);
    told.check_pairs(&[["Good.", "Bad."], ["Good 2.", "Bad 2."]]);
    assert_eq!(told.report().dropped["header that is repeated"], 1);
}

/// https://github.com/huggingface/datasets/issues/6703
#[test]
fn datasets_6703_arrow_is_read() {
    for file in ["data.feather", "data-00000-of-00001.arrow"] {
        let told = import("trl-preference", &[&format!("38-arrow/{file}")], &[]);
        assert!(!told.pairs().is_empty(), "{file}");
    }
}

/// https://github.com/huggingface/datasets/issues/2572
#[test]
fn datasets_2572_zstd_is_unpacked() {
    let told = import("trl-preference", &["39-zstd/data.jsonl.zst"], &[]);
    assert_eq!(told.pairs().len(), 3);
}

/// https://huggingface.co/docs/datasets/loading.md
#[test]
fn loading_md_a_folder_of_shards_is_one_table() {
    let told = import("trl-preference", &["40-folder-of-shards/data"], &[]);
    assert_eq!(told.pairs().len(), 4);
    let read = "read 2 files: train-00000-of-00002.parquet, train-00001-of-00002.parquet";
    assert!(told.report().notes.contains(&read.to_owned()), "{:?}", told.report().notes);
    let shard = |i| format!("40-folder-of-shards/data/train-0000{i}-of-00002.parquet");
    let backwards = import("trl-preference", &[&shard(1), &shard(0)], &[]).pairs();
    let mut pairs = told.pairs();
    pairs.rotate_left(2);
    assert_eq!(backwards, pairs);
    let other = "21-joined-csv-files/data.csv";
    let told = import("trl-preference", &[&shard(0), other, "39-zstd/data.jsonl.zst"], &[]);
    assert_eq!(told.pairs().len(), 2 + 2 + 3);
    let broken = "63-sep-line-of-excel/none.csv";
    import("trl-preference", &[&shard(0), broken], &[]).check_refused(&["none.csv"]);
}

#[test]
fn folders_that_are_no_table_are_refused_by_what_is_in_them() {
    let check = |files: &[&str], expect: &[&str]| {
        let desk = Desk::new();
        for file in files {
            write(&desk, &format!("data/{file}"), "chosen,rejected\na,b\n");
        }
        let data = desk.path("data").display().to_string();
        assert_refused(&import_at(&desk, "trl-preference", &[&data], &[]), expect);
    };
    check(&["README.md", ".gitattributes"], &["data: expected files of rows, found none"]);
    check(&["a.csv", "b.parquet"], &["expected files of one kind, found `a.csv` and `b.parquet`"]);
    check(&["a.csv", "test/b.csv"], &["found a folder `test`"]);
}

#[test]
fn rows_of_several_files_have_names_of_their_own() {
    let desk = Desk::new();
    write(&desk, "data/a.csv", "chosen,rejected\nYes.,No.\n");
    write(&desk, "data/b.csv", "chosen,rejected\nOnce.,Twice.\n");
    let data = desk.path("data").display().to_string();
    let said = import_at(&desk, "trl-preference", &[&data], &[]);
    let told = Import { desk, said };
    assert_eq!((told.pairs().len(), told.dataset().groups().len()), (2, 2));
}

/// https://github.com/VowpalWabbit/vowpal_wabbit/issues/3738
#[test]
fn vowpal_wabbit_3738_nan_in_json_is_named() {
    let file = &["41-nan-in-json-lines/data.jsonl"];
    let expect = "NaN is not JSON (Python writes it for a missing value)";
    import("trl-unpaired", file, &[]).check_refused(&["line 2", expect]);
    let told = import("trl-unpaired", file, &["--on-bad-row", "skip"]);
    assert_eq!(told.dataset().records::<Approval>().unwrap().len(), 2);
}

/// https://github.com/henu/bigjson/issues/16
#[test]
fn bigjson_16_half_a_surrogate_pair_is_replaced_and_counted() {
    let told = import("trl-preference", &["42-half-a-surrogate-pair/data.jsonl"], &[]);
    told.check_pairs(&[["Sure 🙂.", "No."], ["Half \u{fffd} smile.", "No, thanks."]]);
    assert_eq!(told.report().kept["row with half a surrogate pair, read as U+FFFD"], 1);
}

/// https://huggingface.co/docs/datasets/loading.md
#[test]
fn loading_md_rows_under_a_key_are_found() {
    let file = &["43-rows-under-a-key/data.json"];
    let told = import("trl-preference", file, &[]);
    told.check_refused(&["data.json: expected rows, found one object", "`rows = \"data\"`"]);
    import("trl-preference", file, &["--rows", "data"]).check_pairs(&[["Good.", "Bad."]]);
    let told = import("trl-preference", file, &["--rows", "items"]);
    told.check_refused(&["expected a list under `items`, found `version`, `data`"]);
}

/// https://github.com/wesm/pandas2/issues/20
#[test]
fn pandas2_20_a_float_of_32_bits_is_its_shortest_decimal() {
    for file in ["data.parquet", "same.jsonl"] {
        let file = format!("46-float32-tenths/{file}");
        let told = import("46-float32-tenths/mapping.toml", &[&file], &[]);
        let set = told.dataset();
        let ratings = set.records::<Rating>().unwrap();
        let values: Vec<f64> = ratings.iter().map(|rating| rating.value).collect();
        assert_eq!(values, [9.7, 3.1], "{file}");
    }
}

/// https://github.com/zzc-1998/Q-Eval/issues/6
#[test]
fn q_eval_6_nan_in_parquet_is_a_missing_value() {
    let told = import("trl-unpaired", &["47-nan-in-parquet/data.parquet"], &[]);
    told.check_refused(&["row 2: `label` must be there, found a missing value (null, or NaN)"]);
}

/// https://github.com/instructlab/sdg/issues/190
#[test]
fn sdg_190_the_index_of_pandas_is_counted_and_not_kept() {
    for (format, name) in
        [("hh-rlhf", "hh.parquet"), ("helpsteer", "helpsteer.parquet"), ("tables", "tables")]
    {
        let told = import(format, &[&format!("59-pandas-index-column/{name}")], &[]);
        assert!(told.report().dropped["field `__index_level_0__`"] > 0, "{format}");
        assert!(!told.dataset().kinds().is_empty(), "{format}");
    }
}

/// https://github.com/shenwei356/csvtk/issues/13
#[test]
fn csvtk_13_the_first_line_of_excel_names_the_delimiter() {
    let told = import("trl-preference", &["63-sep-line-of-excel/data.csv"], &[]);
    told.check_pairs(&[["Good.", "Bad."]]);
}

#[test]
fn a_member_of_an_archive_is_named() {
    let desk = Desk::new();
    let root = desk.path("");
    for name in ["train", "test"] {
        write(&desk, &format!("{name}.csv"), format!("chosen,rejected\n{name}.,No.\n"));
    }
    let packed = std::process::Command::new("tar")
        .args(["-C", root.to_str().unwrap(), "-cf"])
        .args([desk.path("both.tar").to_str().unwrap(), "train.csv", "test.csv"])
        .output()
        .unwrap();
    assert_success(&packed);
    let both = desk.path("both.tar").display().to_string();
    let said = import_at(&desk, "trl-preference", &[&both], &[]);
    assert_refused(&said, &["`member`", "`train.csv`, `test.csv`"]);
    let said = import_at(&desk, "trl-preference", &[&both], &["--member", "test.csv"]);
    Import { desk, said }.check_pairs(&[["test.", "No."]]);
}

/// Audit D8: what has no end is refused before it is opened.
#[test]
#[cfg(unix)]
fn audit_d8_devices_and_pipes_are_no_sources() {
    let desk = Desk::new();
    let pipe = desk.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).output().unwrap();
    assert_success(&made);
    for (format, source) in [
        ("trl-preference", Path::new("/dev/zero")),
        ("trl-preference", pipe.as_path()),
        ("d4rl", pipe.as_path()),
    ] {
        let said = import_at(&desk, format, &[source.to_str().unwrap()], &[]);
        assert_refused(&said, &["expected a regular file, found a device, pipe or socket"]);
        assert!(text(&said).contains(source.to_str().unwrap()));
    }
}
