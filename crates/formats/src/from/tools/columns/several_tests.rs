//! Mappings over several files: two tables joined by a key, and files whose lines belong together; and over
//! lists that are written as texts.

use super::tests::import_text;
use super::*;
use crate::{Imported, Reading};
use medley_feedback::{Critique, Polarity, Rating};

#[derive(Deserialize)]
struct File {
    import: Box<dyn Importer>,
}

/// Imports files of a folder; `source` names the folder (".") or one of them.
fn import_files(mapping: &str, source: &str, files: &[(&str, &str)]) -> Result<Imported, String> {
    let file: File = toml::from_str(mapping).map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("in");
    std::fs::create_dir(&root).unwrap();
    files.iter().for_each(|(name, text)| std::fs::write(root.join(name), text).unwrap());
    let source = if source == "." { root.clone() } else { root.join(source) };
    let told = file.import.import(&source, &Reading::default());
    told.map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

/// Text, value and person of each rating.
fn ratings(imported: &Imported) -> Vec<String> {
    let segments = imported.dataset.segments();
    let told = |rating: &Rating| {
        let text = segments.text(segments.index(&rating.segment).unwrap()).unwrap();
        let who = rating.provenance.annotator.as_ref().map_or("-", |who| &who.0);
        format!("{text} {} {who}", rating.value)
    };
    imported.dataset.records::<Rating>().unwrap().iter().map(|rating| told(rating)).collect()
}

fn rating(top: &str, fields: &str) -> String {
    format!(
        "[import.columns]\n{top}\n[[import.columns.records]]\nkind = \"rating\"\nlow = 1\nhigh = 5\n\
         {fields}\n"
    )
}

const VOTES: &str = "item,stars,who\nq1,4,ann\n7.0,2,bo\nq1,5,bo\n";
const ITEMS: &str = "id,text,who\nq1,Yes.,author\n7,No.,author\nq9,Or.,author\n";

fn joined(join: &str, fields: &str) -> String {
    rating(&format!("group = \"item\"\njoin = {{ file = \"items.csv\", {join} }}"), fields)
}

const ON: &str = "on = { left = \"item\", right = \"id\" }";

#[test]
fn rows_get_the_columns_of_their_partner() {
    let fields = "segment = \"text\"\nvalue = \"stars\"";
    let files = [("votes.csv", VOTES), ("items.csv", ITEMS)];
    let told = import_files(&joined(ON, fields), "votes.csv", &files).unwrap();
    assert_eq!(ratings(&told), ["Yes. 4 -", "No. 2 -", "Yes. 5 -"]);
    let notes = &told.report.notes;
    assert!(notes.contains(&"joined 3 rows of items.csv by a key".to_owned()), "{notes:?}");
    let unused = "1 rows of items.csv are not asked for by any row".to_owned();
    assert!(notes.contains(&unused), "{notes:?}");
    // Under a prefix, where both tables have a column of the name.
    let fields =
        "segment = \"it.text\"\nvalue = \"stars\"\nannotator = \"who\"\nsource = \"it.who\"";
    let mapping = joined(&format!("{ON}, prefix = \"it\""), fields);
    let told = import_files(&mapping, "votes.csv", &files).unwrap();
    assert_eq!(ratings(&told), ["Yes. 4 ann", "No. 2 bo", "Yes. 5 bo"]);
    let sources = told.dataset.records::<Rating>().unwrap();
    assert_eq!(sources[0].provenance.source.as_deref(), Some("author"));
    // Both keys under one name; the second table has options of its own.
    let items =
        "{\"rows\": [{\"item\": 7, \"text\": \"No.\"}, {\"item\": \"q1\", \"text\": \"Yes.\"}]}";
    let fields = "segment = \"text\"\nvalue = \"stars\"\nannotator = \"who\"";
    let mapping = joined("on = \"item\", rows = \"rows\"", fields);
    let files = [("votes.csv", VOTES), ("items.csv", items)];
    let told = import_files(&mapping, "votes.csv", &files).unwrap();
    assert_eq!(ratings(&told), ["Yes. 4 ann", "No. 2 bo", "Yes. 5 bo"]);
}

#[test]
fn a_row_without_a_partner_is_what_the_mapping_says() {
    let votes = format!("{VOTES}q2,3,cy\n,1,cy\n");
    let files = [("votes.csv", &*votes), ("items.csv", ITEMS)];
    let import = |more: &str, fields: &str| {
        let fields = format!("segment = \"text\"\nvalue = \"stars\"\n{fields}");
        import_files(&joined(&format!("{ON}{more}"), &fields), "votes.csv", &files)
    };
    let error = import("", "").unwrap_err();
    assert!(
        error.starts_with(
            "in/votes.csv: line 5: `item` must be one of the 3 keys `id` of items.csv ("
        ),
        "{error}"
    );
    assert!(error.ends_with(", found \"q2\""), "{error}");
    let told = import(", missing = \"skip\"", "").unwrap();
    assert_eq!(ratings(&told).len(), 3);
    assert_eq!(told.report.dropped["row whose `item` is not in items.csv"], 2);
    let error = import(", missing = \"keep\"", "").unwrap_err();
    assert!(error.starts_with("in/votes.csv: line 5: `text` must be filled in"), "{error}");
    let told = import(", missing = \"keep\"", "missing = \"skip\"").unwrap();
    assert_eq!(told.report.dropped["rating without `text`"], 2);
}

#[test]
fn tables_that_cannot_be_joined_are_explained() {
    let fields = "segment = \"text\"\nvalue = \"stars\"\nannotator = \"who\"";
    let check = |join: &str, items: &str, expect: &str| {
        let files = [("votes.csv", VOTES), ("items.csv", items)];
        let error = import_files(&joined(join, fields), "votes.csv", &files).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check(
        ON,
        "id,text\nq1,Yes.\n7,No.\n 7.0,No.\n",
        "in/items.csv: line 4: `id` must be in one row only, found \"7\", which line 3 has too",
    );
    check(ON, "id,text\n,Yes.\n", "in/items.csv: line 2: `id` must be a key, found nothing");
    check(ON, "key,text\nq1,Yes.\n", "`id` must be among the columns `key`, `text`");
    check(ON, ITEMS, "line 2: `who` must be in one of the two tables; with `prefix = \"other\"`");
    check("on = { left = \"item\" }", ITEMS, "join: `on` must be the name of a column in both");
    let error = import_files(&joined(ON, fields), "votes.csv", &[("votes.csv", VOTES)]);
    assert!(error.unwrap_err().starts_with("in/items.csv: cannot read"));
}

const MLQE: &str = r#"
[import.columns]
prompt = "source"

[import.columns.lines]
source = "dev.src"
mt = "dev.mt"
tags = "dev.tags"

[[import.columns.records]]
kind = "critique"
segment = "mt"
polarity = { column = "tags", split = " " }
values = { OK = "skip", BAD = "negative" }
tags = "words-and-gaps"
"#;

fn critiques(imported: &Imported) -> Vec<(Polarity, Option<u32>, Option<u32>)> {
    let critiques = imported.dataset.records::<Critique>().unwrap();
    critiques.iter().map(|it| (it.polarity, it.first_char, it.end_char)).collect()
}

#[test]
fn tags_of_words_in_files_of_lines_are_critiques() {
    let files = [
        ("dev.src", "Hallo Welt .\nGut .\n"),
        ("dev.mt", "Hello worlds !\nGood .\n"),
        ("dev.tags", "OK OK OK BAD OK BAD BAD\nOK OK OK OK OK\n"),
    ];
    let told = import_files(MLQE, ".", &files).unwrap();
    let marked = [(Polarity::Negative, Some(6), Some(14)), (Polarity::Neutral, None, None)];
    assert_eq!(critiques(&told), marked);
    assert_eq!(told.report.dropped["critique: tag of a gap"], 1);
    let whole =
        MLQE.replace("tags = \"words-and-gaps\"", "tags = \"words-and-gaps\"\ngaps = \"whole\"");
    let told = import_files(&whole, ".", &files).unwrap();
    assert_eq!(critiques(&told)[1], (Polarity::Negative, None, None));
    assert_eq!(told.report.dropped.get("critique: tag of a gap"), None);
    let bare = MLQE.replace("-and-gaps", "");
    let error = import_files(&bare, ".", &files).unwrap_err();
    let expect = "in: line 1: `tags` must be a tag for each of the 3 words that white space separates \
                  (`tags = \"words-and-gaps\"` reads those of gaps too), found 7";
    assert_eq!(error, expect);
    let error = import_files(&MLQE.replace(", split = \" \"", ""), ".", &files).unwrap_err();
    assert!(error.contains("critique: `values` translates the column `polarity`"), "{error}");
    let uneven = [files[0], files[1], ("dev.tags", "OK OK OK BAD OK BAD BAD\n")];
    let error = import_files(MLQE, ".", &uneven).unwrap_err();
    let found = "found 2 in `dev.mt`, 2 in `dev.src`, 1 in `dev.tags`";
    assert_eq!(error, format!("in: expected the same number of lines in each file, {found}"));
}

/// MLQE-PE writes scores as a list in a cell of a TSV.
#[test]
fn lists_may_be_written_as_texts() {
    let check = |cell: &str, split: &str, expect: &[&str]| {
        let value = match split {
            "" => "\"scores[*]\"".to_owned(),
            split => format!("{{ column = \"scores[*]\", split = {split:?} }}"),
        };
        let fields = format!(
            "segment = \"text\"\nvalue = {value}\nannotator = {{ position = \"scores\" }}\nmissing = \"skip\""
        );
        let data = format!("id\ttext\tscores\n1\tYes.\t{cell}\n");
        let told = import_text(&rating("group = \"id\"", &fields), "d.tsv", &data).unwrap();
        assert_eq!(ratings(&told), expect, "{cell:?} by {split:?}");
    };
    let all = ["Yes. 4 0", "Yes. 5 1", "Yes. 3 2"];
    check("[4, 5, 3]", "", &all);
    check("\"[4, 5, 3]\"", "", &all);
    check("[4.0, 5.0, 3.0]", "", &all);
    check("4 5  3 ", " ", &all);
    check("4; 5;3", ";", &all);
    check("4", ";", &all[..1]);
}

#[test]
fn a_text_is_a_list_only_by_its_separator() {
    let check = |fields: &str, data: &str, expect: &str| {
        let error = import_text(&rating("group = \"id\"", fields), "d.csv", data).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    let data = "id,text,scores\n1,Yes.,4 5\n";
    let fields = "segment = \"text\"\nvalue = \"scores[*]\"";
    check(fields, data, "must be a list (one that is written as a text needs `split`), found");
    let fields = "segment = \"text\"\nvalue = { column = \"scores[*]\", split = \"\" }";
    check(fields, data, "expected `split` to be a text, found \"\"");
    let fields = "segment = \"text\"\nvalue = { column = \"scores[*]\", split = \" \" }";
    check(fields, "id,text,scores\n1,Yes.,4 x\n", "`scores[*]` must be a number, found \"x\"");
    check(fields, "id,text,scores\n1,Yes.,\n", "`scores` must be a list with an element");
}
