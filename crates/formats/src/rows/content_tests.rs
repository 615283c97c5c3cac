//! What files come in: encodings, packings, tables and JSON that are right, odd, broken or hostile.
//!
//! Rows are told as JSON texts, so that the tests see what importers see.

use crate::{
    BadRows, Dialect, Import, ImportError, Imported, Importer, Reading, Row, each_row,
    optional_text,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use medley_dataset::{Card, Domain};
use medley_feedback::{Approval, Provenance};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rows as `<number> <fields>`, errors of rows as `! <message>`; messages name the file `f`.
fn rows_of(bytes: &[u8], dialect: Dialect, reading: &Reading<'_>) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f");
    fs::write(&file, bytes).unwrap();
    let short = |error: ImportError| {
        error.to_string().replace(&format!("{}/", folder.path().display()), "")
    };
    let mut told = Vec::new();
    let mut take = |row: Result<Row, ImportError>| {
        told.push(match row {
            Ok(row) => {
                format!("{} {}", row.place.number, serde_json::to_string(&row.fields).unwrap())
            }
            Err(error) => {
                assert!(error.is_of_row(), "{error}");
                format!("! {}", short(error))
            }
        });
        Ok(())
    };
    each_row(&file, dialect, reading, &mut take).map_err(short)?;
    Ok(told)
}

fn rows(bytes: impl AsRef<[u8]>) -> Result<Vec<String>, String> {
    rows_of(bytes.as_ref(), Dialect::Quoted, &Reading::default())
}

fn check(bytes: impl AsRef<[u8]>, expect: &[&str]) {
    assert_eq!(rows(bytes).unwrap(), expect);
}

fn check_refused(bytes: impl AsRef<[u8]>, expect: &str) {
    let message = rows(bytes).unwrap_err();
    assert!(message.contains(expect), "expected {expect:?} in {message:?}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar archive; names are written as they are, which the tar crate would not do.
fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

// Encodings.

#[test]
fn utf_16_is_refused_with_advice() {
    for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
        let mut bytes = mark.to_vec();
        bytes.extend(b"{\0\"\0a\0\"\0:\x001\0}\0");
        let expect = "f: expected UTF-8 text, found UTF-16 text; convert it with `iconv -t UTF-8`";
        check_refused(&bytes, expect);
        check_refused(gzip(&bytes), expect);
    }
    check_refused(b"{\0\"\0a\0\"\0:\x001\0}\0", "found UTF-16 text");
    check_refused(b"\0{\0\"\0a\0\"\0:\x001\0}", "found UTF-16 text");
    check_refused(b"a,b\n1,\0\n", "found binary data");
}

#[test]
fn a_latin_1_byte_is_the_error_of_its_row() {
    check(
        b"{\"a\": 1}\n{\"a\": \"caf\xe9\"}\n{\"a\": 3}\n",
        &[
            "1 {\"a\":1}",
            "! f: line 2: `row` must be UTF-8 text, found another byte at 10",
            "3 {\"a\":3}",
        ],
    );
    check(
        b"a,b\n1,2\n3,caf\xe9\n5,6\n",
        &[
            "2 {\"a\":\"1\",\"b\":\"2\"}",
            "! f: line 3: `b` must be UTF-8 text, found another byte at 3",
            "4 {\"a\":\"5\",\"b\":\"6\"}",
        ],
    );
    check_refused(b"a,caf\xe9\n1,2\n", "expected a header in UTF-8, found caf\u{fffd}");
    // An array is one text: what follows a broken byte cannot be told apart from it.
    check_refused(b"[{\"a\": \"caf\xe9\"}]", "f: damaged JSON array: ");
}

#[test]
fn a_byte_order_mark_is_no_content() {
    let marked = |text: &str| format!("\u{feff}{text}");
    for text in ["{\"a\":\"1\"}", "[{\"a\":\"1\"}]"] {
        check(marked(text), &["1 {\"a\":\"1\"}"]);
        check(gzip(marked(text).as_bytes()), &["1 {\"a\":\"1\"}"]);
        check(gzip(&tar(&[("x", marked(text).as_bytes())])), &["1 {\"a\":\"1\"}"]);
    }
    check(marked("a\tb\n1\t2\n"), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check(marked("\"a\",b\n1,2\n"), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
}

// Packings.

#[test]
fn packed_members_that_follow_each_other_are_one_file() {
    check([gzip(b"a,b\n1,"), gzip(b"2\n")].concat(), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
}

#[test]
fn a_zip_bomb_is_refused_in_time() {
    // 1 GiB of text in 64 members, each packed about 1,000 times.
    let line = format!("{}\n", "0".repeat(4095));
    let member = gzip(line.repeat(1 << 12).as_bytes());
    let bomb = member.repeat(64);
    assert!(bomb.len() < 8 << 20, "{} bytes", bomb.len());
    let start = Instant::now();
    check_refused(&bomb, "beyond 268435456 bytes and 200 times; a zip bomb?");
    let archive = tar(&[("x", &vec![b'0'; 64 << 20])]);
    let reading = Reading { unpacked_bytes: 1 << 20, ..Reading::default() };
    let message = rows_of(&gzip(&archive), Dialect::Quoted, &reading).unwrap_err();
    assert!(message.contains("a zip bomb?"), "{message}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn text_beyond_the_limit_that_packs_like_text_is_read() {
    let mut state = 1u64;
    let noise = (0..1 << 16).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{{\"a\":{}}}\n", state >> 33)
    });
    let reading = Reading { unpacked_bytes: 1 << 10, ..Reading::default() };
    let packed = gzip(noise.collect::<String>().as_bytes());
    assert_eq!(rows_of(&packed, Dialect::Quoted, &reading).unwrap().len(), 1 << 16);
}

#[test]
fn a_gzip_file_that_ends_early_is_damaged() {
    let packed = gzip("{\"a\": 1}\n".repeat(10_000).as_bytes());
    for end in [3, 11, packed.len() / 2, packed.len() - 9, packed.len() - 1] {
        check_refused(&packed[..end], "f: damaged file: it ends in the middle");
    }
    let mut flipped = packed;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    check_refused(&flipped, "f: damaged");
}

#[test]
fn an_archive_has_one_file_within() {
    let text = b"a,b\n1,2\n";
    check(gzip(&tar(&[("data/x.csv", text)])), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check(gzip(&tar(&[("./x.csv", text)])), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    let two = gzip(&tar(&[("x", text), ("y", text)]));
    check_refused(two, "f: expected an archive of one file, found several files");
    check_refused(gzip(&tar(&[("../x", text)])), "expected members within the archive, found ../x");
    check_refused(gzip(&tar(&[("/x", text)])), "expected members within the archive, found /x");
    let mut cut = tar(&[("x", &[b'a'; 4096])]);
    cut.truncate(2048);
    check_refused(gzip(&cut), "f: damaged file: ");
}

#[test]
fn what_is_no_source_is_named() {
    check_refused("", "f: expected rows, found an empty file");
    check_refused(gzip(b""), "f: expected rows, found an empty file");
    check_refused(" \n\n \n", "f: expected rows, found an empty file");
    check_refused(
        "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n",
        "found a Git LFS pointer; fetch the file itself with `git lfs pull`",
    );
    check_refused(b"PK\x03\x04rest", "found a zip archive");
    check_refused(gzip(&gzip(b"a,b\n")), "expected JSON, JSON lines, CSV, TSV or Parquet, found");
    check_refused(tar(&[("x", b"a,b\n1,2\n")]), "found binary data");
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &Path| {
        each_row(path, Dialect::Quoted, &Reading::default(), &mut |_| Ok(())).unwrap_err()
    };
    let message = read(folder.path()).to_string();
    assert!(message.ends_with("expected a file, found a folder"), "{message}");
    let message = read(&folder.path().join("none")).to_string();
    assert!(message.contains("none: cannot read: "), "{message}");
}

// Tables.

#[test]
fn line_ends_and_quotes_are_of_the_table() {
    check("a,b\r\n1,2\r\n", &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check("a;b\n1,5;2\n", &["2 {\"a\":\"1,5\",\"b\":\"2\"}"]);
    check(
        "\na,b\n\n\n1,2\r\n\r\n3,4",
        &["5 {\"a\":\"1\",\"b\":\"2\"}", "7 {\"a\":\"3\",\"b\":\"4\"}"],
    );
    check("a,b\n1,2", &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check(
        "a,b\n\"x\ny\",\"say \"\"no\"\"\"\n3,4\n",
        &["2 {\"a\":\"x\\ny\",\"b\":\"say \\\"no\\\"\"}", "4 {\"a\":\"3\",\"b\":\"4\"}"],
    );
    check(
        "a,b\r\n\"x\r\ny\",2\r\n3,4\r\n",
        &["2 {\"a\":\"x\\r\\ny\",\"b\":\"2\"}", "4 {\"a\":\"3\",\"b\":\"4\"}"],
    );
    check("{\"a\": 1}\r\n\r\n{\"a\": 2}\r\n", &["1 {\"a\":1}", "3 {\"a\":2}"]);
}

#[test]
fn without_quoting_a_quotation_mark_is_a_character() {
    let table = "a\tb\n\"x\t2\ny\"z\t\"4\"\r\n";
    let told = rows_of(table.as_bytes(), Dialect::Unquoted, &Reading::default()).unwrap();
    let expect = ["2 {\"a\":\"\\\"x\",\"b\":\"2\"}", "3 {\"a\":\"y\\\"z\",\"b\":\"\\\"4\\\"\"}"];
    assert_eq!(told, expect);
}

#[test]
fn rows_have_the_cells_of_the_header() {
    check(
        "a,b\n1\n1,2,3\n1,2,\n1,\n",
        &[
            "! f: line 2: `row` must be 2 cells as in the header, found 1 cells",
            "! f: line 3: `row` must be 2 cells as in the header, found 3 cells",
            "4 {\"a\":\"1\",\"b\":\"2\"}",
            "5 {\"a\":\"1\",\"b\":\"\"}",
        ],
    );
    check_refused("a,b,a\n1,2,3\n", "expected columns of different names, found `a` twice");
    check_refused("a, a\n1,2\n", "expected columns of different names, found `a` twice");
    check("a,b\n", &[]);
}

#[test]
fn a_quote_that_never_closes_does_not_swallow_rows() {
    let cells =
        "f: damaged table: the row of line 3 has 1 cells, one of several lines, and the header 2";
    let closes = "f: damaged table: the quotation mark in the row of line 3 never closes";
    for (row, expect) in [("\"3,4", cells), ("3,\"4", closes)] {
        let table = format!("a,b\n1,2\n{row}\n5,6\n");
        check_refused(&table, expect);
        let told = rows_of(table.as_bytes(), Dialect::Unquoted, &Reading::default()).unwrap();
        assert_eq!(told.len(), 3);
    }
    // It closes, far below, at a quotation mark that was to open another cell.
    let rows = "5,6,7\n".repeat(100);
    let table = format!("a,b,c\n1,2,3\n1,\"2,3\n{rows}8,9,\"x\"\n");
    check_refused(&table, "f: damaged table: the row of line 3 has ");
    check("a,b\n3,\"4\n5,6\"\n", &["2 {\"a\":\"3\",\"b\":\"4\\n5,6\"}"]);
    check("a,b\n3,\"4\n\"\r\n\n", &["2 {\"a\":\"3\",\"b\":\"4\\n\"}"]);
}

#[test]
fn long_texts_are_whole() {
    let long = "é".repeat(100_000);
    check(format!("{{\"a\":\"{long}\"}}"), &[&format!("1 {{\"a\":\"{long}\"}}")]);
    check(format!("[{{\"a\":\"{long}\"}}]"), &[&format!("1 {{\"a\":\"{long}\"}}")]);
    let fields = format!("2 {{\"a\":\"{long}\",\"b\":\"1\"}}");
    check(format!("a,b\n{long},1\n"), &[&fields]);
    check(gzip(&tar(&[("x", format!("a,b\n{long},1\n").as_bytes())])), &[&fields]);
    check(format!("a{long},b\n1,2\n"), &[&format!("2 {{\"a{long}\":\"1\",\"b\":\"2\"}}")]);
}

// JSON.

#[test]
fn an_array_that_ends_early_is_damaged() {
    for text in ["[", "[{\"a\": 1}", "[{\"a\": 1},", "[{\"a\": 1}, {\"a\"", "[{\"a\": 1}] x"] {
        check_refused(text, "f: damaged JSON array: ");
    }
    check_refused(&gzip(b"[{\"a\": 1}]")[..20], "f: damaged file: it ends in the middle");
    check("[]", &[]);
}

#[test]
fn lines_that_are_no_objects_are_errors_of_their_rows() {
    check(
        "{\"a\": 1}\n[1]\n{\"a\": \n{\"a\": NaN}\n{\"a\": 2} {}\n{\"a\": 3}",
        &[
            "1 {\"a\":1}",
            "! f: line 2: `row` must be an object, found [1]",
            "! f: line 3: at `column 5`: EOF while parsing a value",
            "! f: line 4: at `column 7`: expected value",
            "! f: line 5: at `column 10`: trailing characters",
            "6 {\"a\":3}",
        ],
    );
    check("[{\"a\":1}, 2]", &["1 {\"a\":1}", "! f: row 2: `row` must be an object, found 2"]);
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let told = rows(deep).unwrap();
    assert!(told[0].contains("recursion limit"), "{}", told[0]);
}

// Parquet.

fn parquet_file() -> Vec<u8> {
    let message = "message m { required binary a (UTF8); optional double b; }";
    let schema = Arc::new(parse_message_type(message).unwrap());
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let texts = ["x", "é"].map(ByteArray::from);
    column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[0.5], Some(&[0, 1]), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_is_told_by_content_and_read_by_row() {
    let file = parquet_file();
    check(&file, &["1 {\"a\":\"x\",\"b\":null}", "2 {\"a\":\"é\",\"b\":0.5}"]);
    check_refused(&file[..file.len() - 1], "f: damaged Parquet: ");
    check_refused(&file[..40], "f: damaged Parquet: ");
    check_refused("PAR1", "f: damaged Parquet: ");
}

// Imports.

/// One thumb a line, in a group of its own.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Thumbs {}

#[derive(Deserialize)]
struct Thumb {
    prompt: String,
    text: String,
    #[serde(default, deserialize_with = "optional_text")]
    who: Option<String>,
    up: f64,
}

impl Thumbs {
    fn import(&self, text: &[u8], bad_rows: BadRows) -> Result<Imported, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        fs::write(&file, text).unwrap();
        let reading = Reading { bad_rows, ..Reading::default() };
        let out = folder.path().join("out");
        let mut import =
            Import::new(Card::new("thumbs", Domain::Text), &file, &out, &reading).unwrap();
        let read = import.rows(&file, Dialect::Quoted, |draft, row| {
            let thumb: Thumb = row.parse()?;
            draft.keep("thumb that was looked at");
            let group = draft.group(Some(&thumb.prompt), None);
            let segment = draft.text(&group, &thumb.text)?;
            let provenance = Provenance {
                annotator: thumb.who.as_deref().map(Into::into),
                ..Provenance::default()
            };
            draft.record(Approval { segment, approval: thumb.up, reason: None, provenance })
        });
        let told = read.and_then(|()| import.finish());
        let within = format!("{}/", folder.path().display());
        let report = told.map_err(|error| error.to_string().replace(&within, ""))?;
        let dataset = medley_dataset::Dataset::open(&out).unwrap();
        let mut imported = Imported { dataset, report };
        imported.report.notes.iter_mut().for_each(|note| *note = note.replace(&within, ""));
        Ok(imported)
    }
}

fn thumb(prompt: &str, text: &str, up: &str) -> String {
    format!("{{\"prompt\": \"{prompt}\", \"text\": \"{text}\", \"up\": {up}}}\n")
}

#[test]
fn a_bad_row_in_the_middle_leaves_nothing_behind() {
    let good = thumb("p", "yes", "1") + &thumb("q", "no", "0");
    // Each fails later than the one before: at its text, its fields, its segment, its record.
    let bad =
        ["{\n".to_owned(), thumb("r", "x", "\"up\""), thumb("r", " ", "1"), thumb("r", "x", "1.5")];
    let mixed = thumb("p", "yes", "1") + &bad.concat() + &thumb("q", "no", "0");
    let alone = Thumbs {}.import(good.as_bytes(), BadRows::Error).unwrap();
    let skipped = Thumbs {}.import(mixed.as_bytes(), BadRows::Skip).unwrap();
    assert_eq!(skipped.dataset.hash(), alone.dataset.hash());
    assert_eq!(skipped.report.kept, alone.report.kept);
    assert_eq!(skipped.report.dropped["row that is not of the format"], 4);
    let notes = [
        "skipped: f: line 2: at `column 1`: EOF while parsing an object",
        "skipped: f: line 3: at `up`: invalid type: string \"up\", expected f64",
        "skipped: f: line 4: `text of `g000001/0`` must be a text, found white space",
        "skipped: f: line 5: approval: field `approval` must be a number in [0, 1], found 1.5",
    ];
    assert_eq!(skipped.report.notes, notes);
    let stopped = Thumbs {}.import(mixed.as_bytes(), BadRows::Error).unwrap_err();
    assert_eq!(stopped, notes[0].trim_start_matches("skipped: "));
}

#[test]
fn ten_bad_rows_are_shown_and_all_are_counted() {
    let latin_1 = b"{\"prompt\": \"caf\xe9\", \"text\": \"x\", \"up\": 1}\n".repeat(12);
    let text = [thumb("p", "yes", "1").into_bytes(), latin_1, thumb("q", "no", "0").into_bytes()];
    let imported = Thumbs {}.import(&text.concat(), BadRows::Skip).unwrap();
    assert_eq!(imported.dataset.segments().len(), 2);
    assert_eq!(imported.report.dropped["row that is not of the format"], 12);
    assert_eq!(imported.report.notes.len(), 10);
    assert_eq!(
        imported.report.notes[9],
        "skipped: f: line 11: `row` must be UTF-8 text, found another byte at 15"
    );
}

#[test]
fn nothing_but_bad_rows_is_an_error() {
    let error = Thumbs {}.import(b"{\n{\n", BadRows::Skip).unwrap_err();
    assert!(error.contains("f: nothing to import: all rows are bad (2), the first: "), "{error}");
    let error = Thumbs {}.import(b"prompt,text,up\n", BadRows::Skip).unwrap_err();
    assert!(error.contains("it has no rows that name a segment"), "{error}");
}

#[test]
fn damage_is_no_bad_row_that_could_be_skipped() {
    let mut cut = gzip(thumb("p", "yes", "1").repeat(1000).as_bytes());
    cut.truncate(cut.len() - 4);
    let error = Thumbs {}.import(&cut, BadRows::Skip).unwrap_err();
    assert_eq!(error, "f: damaged file: it ends in the middle");
    let error = Thumbs {}.import(b"[{\"prompt\": \"p\"", BadRows::Skip).unwrap_err();
    assert!(error.contains("f: damaged JSON array: "), "{error}");
}

#[test]
fn a_folder_for_a_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let importer: &dyn Importer = &crate::HhRlhf {};
    let error = importer.import(folder.path(), &Reading::default()).unwrap_err().to_string();
    assert!(error.ends_with("expected a file, found a folder"), "{error}");
}
