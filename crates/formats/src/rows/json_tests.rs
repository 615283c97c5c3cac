//! JSON that is right, odd or broken.

use crate::rows::told::{check, check_refused, gzip, rows, rows_of};
use crate::{Dialect, Reading};

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
            "! f: line 4: at `column 7`: NaN is not JSON (Python writes it for a missing value)",
            "! f: line 5: at `column 10`: trailing characters",
            "6 {\"a\":3}",
        ],
    );
    check("[{\"a\":1}, 2]", &["1 {\"a\":1}", "! f: row 2: `row` must be an object, found 2"]);
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let told = rows(deep).unwrap();
    assert!(told[0].contains("recursion limit"), "{}", told[0]);
}

#[test]
fn objects_may_go_on_over_lines() {
    check(
        "{\n  \"a\": 1\n}\n{\n  \"a\": NaN\n}\n\n{\"a\": 3}",
        &[
            "1 {\"a\":1}",
            "! f: line 4: at `line 5, column 8`: NaN is not JSON (Python writes it for a missing \
             value)",
            "8 {\"a\":3}",
        ],
    );
    check("{\"a\":\n{\"b\": \"}\"}}{\"a\": 2}", &["1 {\"a\":{\"b\":\"}\"}}", "2 {\"a\":2}"]);
    check("{\"a\":1}{\"a\":2}\n{\"a\":3}", &["1 {\"a\":1}", "1 {\"a\":2}", "2 {\"a\":3}"]);
    let expect = "f: damaged JSON: the value that begins in line 3 does not end";
    check_refused("{\n}\n{\n\"a\": 1\n", expect);
}

#[test]
fn halves_of_surrogate_pairs_are_replaced_in_all_json() {
    let object = r#"{"a":"x\ud83d"}"#;
    let expect = &["1 {\"a\":\"x\u{fffd}\"}"];
    check(object, expect);
    check(format!("[{object}]"), expect);
    check(object.replace(':', ":\n"), expect);
}

#[test]
fn an_element_that_is_no_json_leaves_its_neighbours() {
    check(
        "[{\"a\":1}, {\"a\": NaN},\n{\"a\" 2}, {\"a\":3}]",
        &[
            "1 {\"a\":1}",
            "! f: row 2: at `line 1, column 7`: NaN is not JSON (Python writes it for a missing \
             value)",
            "! f: row 3: at `line 2, column 6`: expected `:`",
            "4 {\"a\":3}",
        ],
    );
    check_refused("[{} {}]", "f: damaged JSON array: line 1: expected `,` or `]`, found `{`");
}

#[test]
fn rows_under_a_key_are_read() {
    let under = |text: &str, key| {
        let reading = Reading { rows: Some(key), ..Reading::default() };
        rows_of(text.as_bytes(), Dialect::Quoted, &reading)
    };
    let text = "{\n\"v\": {\"data\": []},\n\"data\": [{\"a\":1}, 2],\n\"w\": \"x\"}";
    let expect = ["1 {\"a\":1}", "! f: row 2: `row` must be an object, found 2"];
    assert_eq!(under(text, "data").unwrap(), expect);
    assert_eq!(
        under(text, "w").unwrap_err(),
        "f: expected a list under `w`, found `v`, `data`, `w` in the object of line 1"
    );
    // Pages of an API, one behind the other.
    let pages =
        "{\"data\": [{\"a\":1}]}\n{\"next\": 3, \"data\": []}{\"data\": [{\"a\":2},\n{\"a\":3}]}\n";
    assert_eq!(under(pages, "data").unwrap(), ["1 {\"a\":1}", "2 {\"a\":2}", "3 {\"a\":3}"]);
    for (rest, expect) in [
        (
            "garbage",
            "f: damaged JSON object: line 1: expected another object or the end, found `g`",
        ),
        ("}", "f: damaged JSON object: line 1: expected another object or the end, found `}`"),
        (
            "\n{\"done\": true}",
            "f: expected a list under `data`, found `done` in the object of line 2",
        ),
        ("\n{}", "f: expected a list under `data`, found no field in the object of line 2"),
        ("\n{\"data\": [", "f: damaged JSON array: the value that begins in line 2 does not end"),
    ] {
        assert_eq!(
            under(&format!("{{\"data\": [{{\"a\":1}}]}}{rest}"), "data").unwrap_err(),
            expect
        );
    }
    let cut = under(&text[..text.len() - 9], "data").unwrap_err();
    assert!(cut.starts_with("f: damaged JSON object: "), "{cut}");
    let table = under("a,b\n1,2\n", "data").unwrap_err();
    assert!(table.contains("expected a JSON object with rows under `data`"), "{table}");
}

#[test]
fn two_fields_of_one_name_are_an_error_of_their_row() {
    check(
        "{\"a\":1,\"b\":2,\"a\":3}\n{\"a\":[{\"b\":{\"c\":1,\"c\":1}}]}\n{\"a\":{\"a\":null}}\n",
        &[
            "! f: line 1: at `column 19`: field `a` twice",
            "! f: line 2: at `column 24`: field `c` twice",
            "3 {\"a\":{\"a\":null}}",
        ],
    );
    check("[{\"a\":1,\"\\u0061\":2}]", &["! f: row 1: at `line 1, column 18`: field `a` twice"]);
    // Values are as they were.
    let values = r#"{"a":-1,"b":18446744073709551615,"c":0.1,"d":1e+300,"e":null,"f":true,"g":"é","h":[[],{}]}"#;
    check(values, &[&format!("1 {values}")]);
}

#[test]
fn a_first_line_that_does_not_end_takes_no_other_with_it() {
    let cases = [
        ("{\"a\": 1", 7, "an object"),
        ("{\"a\": 1,", 8, "a value"),
        ("{", 1, "an object"),
        ("{\"a\": [1, 2]", 12, "an object"),
    ];
    for (first, column, what) in cases {
        check(
            format!("{first}\n\n{{\"a\": 2}}\n{{\"a\": 3}}\n"),
            &[
                &*format!("! f: line 1: at `column {column}`: EOF while parsing {what}"),
                "3 {\"a\":2}",
                "4 {\"a\":3}",
            ],
        );
    }
    // Here the object of the second line stands within the first.
    check("{\"a\": [\n{\"b\": 1}\n]}", &["1 {\"a\":[{\"b\":1}]}"]);
    check("{\"a\":\n{\"b\": 1}\n}", &["1 {\"a\":{\"b\":1}}"]);
    check("{\"a\": [{\"b\": \"]\"},\n{\"b\": 1}\n]}", &["1 {\"a\":[{\"b\":\"]\"},{\"b\":1}]}"]);
}
