//! What an import makes of rows that are bad.

use crate::rows::told::gzip;
use crate::{BadRows, Dialect, Import, Imported, Importer, Reading, optional_text};
use medley_dataset::{Card, Domain};
use medley_feedback::{Approval, Provenance};
use serde::{Deserialize, Serialize};
use std::fs;

/// One thumb a line, in a group of its own.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Thumbs {}

#[derive(Deserialize)]
struct File {
    import: Box<dyn Importer>,
}

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
        let mut import = Import::new(
            Card::new("thumbs", Domain::Text),
            std::slice::from_ref(&file),
            &out,
            &reading,
        )
        .unwrap();
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
fn a_file_of_one_object_that_is_no_row_says_where_rows_may_be() {
    let check = |text: &str, expect: &str| {
        let error = Thumbs {}.import(text.as_bytes(), BadRows::Error).unwrap_err();
        assert!(error.starts_with(expect), "expected {expect:?} in {error:?}");
    };
    let list = format!("[{}]", thumb("p", "yes", "1"));
    check(
        &format!("{{\"version\": 1, \"data\": {list}, \"more\": {list}}}"),
        "f: expected rows, found one object; if its rows are the list under `data` or `more`, read \
         it with `rows = \"data\"` (`--rows data`). As a row: f: line 1: at `.`: missing field",
    );
    let columns = "f: expected rows, found one object, whose fields look like columns; if so, write \
                   one object a row (pandas: `orient=\"records\"`). As a row: ";
    check("{\"prompt\": {\"0\": \"p\"}, \"text\": {\"0\": \"yes\"}}", columns);
    check("{\"prompt\": [\"p\", \"q\"], \"text\": [\"yes\", \"no\"]}", columns);
    // With another row behind it, it is a row.
    check(
        &("{\"data\": [1]}\n".to_owned() + &thumb("p", "yes", "1")),
        "f: line 1: at `.`: missing field",
    );
}

#[test]
fn nothing_but_bad_rows_is_an_error() {
    let error = Thumbs {}.import(b"{1}\n{1}\n", BadRows::Skip).unwrap_err();
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
    assert!(error.ends_with("expected files of rows, found none"), "{error}");
}

/// A file of one good row has its error where it is.
#[test]
fn an_object_of_which_something_was_read_is_a_row() {
    let check = |format: &str, row: &str, expect: &str| {
        let importer: Box<dyn Importer> = toml::from_str::<File>(format).unwrap().import;
        let error = crate::round_trip::import_text(&*importer, row).unwrap_err();
        assert!(error.starts_with(expect), "expected {expect:?} in {error:?}");
    };
    let chosen = r#"[{"role":"user","content":"Roll."},{"role":"assistant","content":"No."}]"#;
    check(
        "[import.trl-preference]\n",
        &format!(r#"{{"chosen":{chosen},"rejected":[{{"role":"user"}},{{"role":"x"}}]}}"#),
        "file: line 1: at `rejected`: ",
    );
    let mapping = "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"rating\"\n\
                   segment = \"docs[*].text\"\nvalue = \"docs[*].v\"\nlow = 1\nhigh = 5\n";
    check(
        mapping,
        r#"{"q":"Q?","docs":[{"text":"A.","v":9}]}"#,
        "file: line 1: rating: field `value`",
    );
    check(
        mapping,
        r#"{"q":"Q?","docs":[{"text":"A.","v":"x"}]}"#,
        "file: line 1: `docs[*].v` must be",
    );
    let spans = mapping.replace("docs[*].v", "docs[*].spans[*].v");
    let row = r#"{"q":"Q?","docs":[{"text":"A.","spans":[{"v":3}]},{"text":"B.","spans":[]}]}"#;
    check(&spans, row, "file: line 1: `docs[1].spans` must be a list with an element");
    // These are columns, and these rows are within.
    let columns = r#"{"q":["Q?","R?"],"docs":[[],[]]}"#;
    check(
        mapping,
        columns,
        "file: expected rows, found one object, whose fields look like columns",
    );
    let within = r#"{"version":1,"data":[{"q":"Q?","docs":[{"text":"A.","v":3}]}]}"#;
    check(
        mapping,
        within,
        "file: expected rows, found one object; if its rows are the list under `data`",
    );
}
