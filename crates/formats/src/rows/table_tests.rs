//! Tables that are right, odd or broken.

use crate::rows::told::{check, check_refused, rows_of};
use crate::rows::{Found, each_found};
use crate::{Dialect, Reading};
use std::fs;

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
fn delimiters_are_told_by_the_header_or_named_before_it() {
    let row = &["2 {\"a\":\"1\",\"b\":\"2\"}"];
    for table in ["a,b\n1,2\n", "a\tb\n1\t2\n", "a;b\n1;2\n", "a|b\n1|2\n", "a,b\r1,2\r"] {
        check(table, row);
    }
    let named = &["3 {\"a\":\"1,5\",\"b\":\"2|3\"}"];
    for first in ["sep=;\n", "SEP=;\r\n", "\u{feff}sep=;\n", "\"sep=;\"\n"] {
        check(format!("{first}a;b\n1,5;2|3\n"), named);
    }
    check("sep=,\na;b,c\n1,2\n", &["3 {\"a;b\":\"1\",\"c\":\"2\"}"]);
}

/// Rows, and what was left out or noted.
fn found(bytes: &str, quoted: Option<bool>) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f");
    fs::write(&file, bytes).unwrap();
    let reading = Reading { quoted, ..Reading::default() };
    let short = |message: String| message.replace(&format!("{}/", folder.path().display()), "");
    let mut told = Vec::new();
    let mut take = |it: Found| {
        told.push(match it {
            Found::Row(Ok(row)) => serde_json::to_string(&row.fields).unwrap(),
            Found::Row(Err(error)) => format!("! {}", short(error.to_string())),
            Found::Left(what) => format!("- {what}"),
            Found::Note(note) => format!("# {note}"),
        });
        Ok(())
    };
    each_found(&file, Dialect::Quoted, &reading, &mut take)
        .map_err(|error| short(error.to_string()))?;
    Ok(told)
}

#[test]
fn the_first_quotation_mark_tells_what_they_are() {
    let table = "a,b\n\"Yes\" she said,No\n\"x\",y\n";
    let told = found(table, None).unwrap();
    assert!(told[0].starts_with("# f: quotation marks are characters"), "{}", told[0]);
    assert_eq!(told[1], r#"{"a":"\"Yes\" she said","b":"No"}"#);
    assert_eq!(told[2], r#"{"a":"\"x\"","b":"y"}"#);
    // Here it closes at the end of its cell, so that a later one is a fault of its row.
    let told = found("a,b\n\"x\",y\n\"Yes\" she said,No\n1,2\n", None).unwrap();
    assert_eq!(told[0], r#"{"a":"x","b":"y"}"#);
    assert!(told[1].starts_with("! f: line 3: `row` must be cells between"), "{}", told[1]);
    assert_eq!(told[2], r#"{"a":"1","b":"2"}"#);
    // Without marks the row would have three cells.
    let told = found("a,b\n\"Yes, yes\" she said,No\n", None).unwrap();
    assert!(told[0].starts_with("! f: line 2: "), "{}", told[0]);
    let told = found("\"a\",b\n\"Yes\" she said,No\n", None).unwrap();
    assert!(told[0].starts_with("! f: line 2: "), "{}", told[0]);
    let told = found(table, Some(false)).unwrap();
    assert_eq!((told.len(), &*told[1]), (2, r#"{"a":"\"x\"","b":"y"}"#));
}

#[test]
fn a_mark_that_closes_in_a_later_row_is_no_mark() {
    let swallowed = "a\tb\n1\t\"x\n2\ty\n3\tz\"\n4\tw\n";
    let message = found(swallowed, None).unwrap_err();
    let expect = "f: damaged table: a quotation mark in the row of line 2 closes in line 4, and each \
                  of these lines has 2 cells by itself; ";
    assert!(message.starts_with(expect), "{message}");
    assert_eq!(found(swallowed, Some(true)).unwrap().len(), 2);
    assert_eq!(found(swallowed, Some(false)).unwrap().len(), 4);
    // Paragraphs are no rows.
    let prose = "a,b,c\n1,2,\"One, two.\n\nThree, four, five.\"\n";
    assert_eq!(
        found(prose, None).unwrap(),
        [r#"{"a":"1","b":"2","c":"One, two.\n\nThree, four, five."}"#]
    );
}

#[test]
fn files_that_were_put_together_are_one_table() {
    let told = found("a,b\n1,2\n\u{feff}a,b\n3,4\na,b\n", None).unwrap();
    let left = "- header that is repeated";
    assert_eq!(told, [r#"{"a":"1","b":"2"}"#, left, r#"{"a":"3","b":"4"}"#, left]);
    check("{\"a\":1}\n\u{feff}{\"a\":2}\n", &["1 {\"a\":1}", "2 {\"a\":2}"]);
    check("[{\"a\":1}]\n\u{feff}[{\"a\":2}]\n", &["1 {\"a\":1}", "2 {\"a\":2}"]);
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
    let closes = "f: damaged table: the quotation mark in the row of line 3 never closes; if \
                  quotation marks are characters of its texts, read it with `quoted = false`";
    for row in ["\"3,4", "3,\"4"] {
        let table = format!("a,b\n1,2\n{row}\n5,6\n");
        check_refused(&table, closes);
        let told = rows_of(table.as_bytes(), Dialect::Unquoted, &Reading::default()).unwrap();
        assert_eq!(told.len(), 3);
    }
    // It closes, far below, at a quotation mark that was to open another cell.
    let rows = "5,6,7\n".repeat(100);
    let table = format!("a,b,c\n1,2,3\n1,\"2,3\n{rows}8,9,\"x\"\n");
    let expect = "f: damaged table: the quotation mark in the row of line 3 closes in line 104, \
                  where text follows it; ";
    check_refused(&table, expect);
    let expect = "f: damaged table: the row of line 2 has 1 cells, one of several lines, and the \
                  header 2: a quotation mark may not close where it should; ";
    check_refused("a,b\n\"1,2\n3,4\"\n5,6\n", expect);
    check("a,b\n3,\"4\n5,6\"\n", &["2 {\"a\":\"3\",\"b\":\"4\\n5,6\"}"]);
    check("a,b\n3,\"4\n\"\r\n\n", &["2 {\"a\":\"3\",\"b\":\"4\\n\"}"]);
}

#[test]
fn columns_and_rows_that_say_nothing_are_counted() {
    let row = r#"{"a":"1","b":"2"}"#;
    let unnamed = "- column at the end without a name";
    assert_eq!(found("a,b,,\n1,2,,\n1,2\n", None).unwrap(), [unnamed, unnamed, row, row]);
    // What stands in such a column is not lost in silence.
    let expect = "! f: line 2: `row` must be 2 cells as in the header, found 4 cells";
    assert_eq!(found("a,b,,\n1,2,,x\n", None).unwrap(), [unnamed, unnamed, expect]);
    // One column without a name is the index that pandas writes, or is told by its content.
    assert_eq!(found(",a\n7,1\n", None).unwrap(), [r#"{"":"7","a":"1"}"#]);
    assert_eq!(found("a,\n1,x\n", None).unwrap(), [r#"{"a":"1","":"x"}"#]);
    assert_eq!(found(",a,\n7,1,\n", None).unwrap(), [unnamed, r#"{"":"7","a":"1"}"#]);
    let blank = "- row of empty cells";
    assert_eq!(found("a,b\n1,2\n,\n ,\" \"\n,,,\n", None).unwrap(), [row, blank, blank, blank]);
    assert_eq!(found("a\n\"\"\n", None).unwrap(), [r#"{"a":""}"#]);
}

#[test]
fn a_remark_is_a_number_sign_before_a_space() {
    let row = r#"{"a":"1","b":"2"}"#;
    assert_eq!(found("a,#votes\n1,2\n", None).unwrap(), [r##"{"a":"1","#votes":"2"}"##]);
    assert_eq!(found("a,b,# see example.org\n1,2\n", None).unwrap(), [row]);
    let remark = "- remark before the header";
    assert_eq!(
        found("# exported 2024-01-01\n\n# by me, too, yes\na,b\n1,2\n", None).unwrap(),
        [remark, remark, row]
    );
    // These are the names of columns, as NumPy writes them.
    assert_eq!(found("# a,b\n1,2\n", None).unwrap(), [r##"{"# a":"1","b":"2"}"##]);
    let told = rows_of(b"# x\n\na,b\n1,2\n", Dialect::Quoted, &Reading::default()).unwrap();
    assert_eq!(told, [format!("4 {row}")]);
}

#[test]
fn a_delimiter_is_one_that_gives_rows_the_cells_of_the_header() {
    let check = |table: &str, names: &[&str]| {
        let told = found(table, None).unwrap();
        let row: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(told.last().unwrap()).unwrap();
        assert_eq!(row.keys().collect::<Vec<_>>(), names, "{table}");
    };
    check("a|b, as written|c\n1|2|3\n", &["a", "b, as written", "c"]);
    check("id;a, as shown;b\n1;2, 3;4\n1;2;3\n", &["id", "a, as shown", "b"]);
    check("\"a\";\"b\";\"c, 0 or 1\"\n\"1\";\"2\";\"3\"\n", &["a", "b", "c, 0 or 1"]);
    check("a;x,b\n1,2\n", &["a;x", "b"]);
    check("a,b\n\"1;\n2\",3\n", &["a", "b"]);
    check("a, b;c\n\"1, 2\";3\n", &["a, b", "c"]);
    // A row that is wrong does not tell against the others.
    let told = found("a|b, c|d\n1,2\n1|2|3\n1|2|3\n", None).unwrap();
    assert!(told[0].starts_with("! f: line 2: `row` must be 3 cells"), "{}", told[0]);
    let text = "x".repeat(9_000);
    check(&format!("a|b, c|d\n{text}|2|3\n"), &["a", "b, c", "d"]);
    // Without rows the header alone tells.
    assert_eq!(rows_of(b"a|b,c\n", Dialect::Quoted, &Reading::default()).unwrap().len(), 0);
    // A line before the one that names it is no row.
    check("\nsep=;\na;b\n1;2\n", &["a", "b"]);
    check("# remark\nsep=;\na;b\n1;2\n", &["a", "b"]);
}
