//! Tests of lists in mappings: which are empty, which belong together, and which rows are asked for.

use super::tests::import_text;
use crate::Imported;
use medley_feedback::{Checked, Critique, Polarity, Rating, Record};

/// Marks of a text; `list` is the list of marks, and `rest` more fields.
fn marks(list: &str, rest: &str) -> String {
    format!(
        "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"critique\"\n\
         segment = \"text\"\npolarity = \"{list}[*].label\"\nvalues = {{ bad = \"negative\" }}\n\
         first = \"{list}[*].start\"\nend = \"{list}[*].end\"\nunit = \"chars\"\n{rest}\n"
    )
}

fn read(mapping: &str, rows: &[&str]) -> Result<Imported, String> {
    import_text(mapping, "d.jsonl", &rows.join("\n"))
}

/// Who says what of each text, `-` for nobody.
fn critiques(imported: &Imported) -> Vec<String> {
    let critiques = imported.dataset.records::<Critique>().unwrap();
    let word = |polarity| match polarity {
        Polarity::Negative => "negative",
        Polarity::Neutral => "neutral",
        Polarity::Positive => "positive",
    };
    let told = critiques.iter().map(|it| {
        let who = it.provenance().annotator.as_ref().map_or("-", |who| who.0.as_str());
        format!("{who} {}", word(it.polarity))
    });
    told.collect()
}

fn dropped(imported: &Imported) -> Vec<(&str, usize)> {
    imported.report.dropped.iter().map(|(reason, &count)| (reason.as_str(), count)).collect()
}

const BAD: &str = r#"[{"start":0,"end":3,"label":"bad"}]"#;

#[test]
fn an_empty_list_of_a_row_that_is_not_asked_for_says_nothing() {
    let row = |status: &str, spans: &str| {
        format!(
            r#"{{"q":"Q?","text":"It is {status}.","status":"{status}","who":"{status}","spans":{spans}}}"#
        )
    };
    let rows = [row("submitted", BAD), row("pending", "[]"), row("discarded", "[]")];
    let rest = "annotator = \"who\"\nwhere = { status = \"submitted\" }";
    let imported = read(&marks("spans", rest), &rows.each_ref().map(String::as_str)).unwrap();
    assert_eq!(critiques(&imported), ["submitted negative"]);
    let told = ["discarded", "pending"].map(|it| {
        (format!("critique whose `status` is {it:?}, which `where` does not ask for"), 1)
    });
    assert_eq!(
        dropped(&imported),
        told.each_ref().map(|(reason, count)| (reason.as_str(), *count))
    );
    // One that is asked for was reviewed.
    let reviewed = row("submitted", "[]");
    let imported = read(&marks("spans", rest), &[&reviewed]).unwrap();
    assert_eq!(critiques(&imported), ["submitted neutral"]);
}

#[test]
fn whoever_marked_nothing_is_named() {
    let row = format!(
        r#"{{"q":"Q?","text":"One two.","annotations":[{{"by":"w1","ok":true,"result":{BAD}}},{{"by":"w2","ok":true,"result":[]}},{{"by":"w3","ok":true,"result":[]}},{{"by":"w4","ok":false,"result":[]}}]}}"#
    );
    let rest = "annotator = \"annotations[*].by\"\nwhere = { \"annotations[*].ok\" = true }";
    let imported = read(&marks("annotations[*].result", rest), &[&row]).unwrap();
    assert_eq!(critiques(&imported), ["w2 neutral", "w3 neutral", "w1 negative"]);
    let reason = "critique whose `annotations[*].ok` is \"false\", which `where` does not ask for";
    assert_eq!(dropped(&imported), [(reason, 1)]);
}

#[test]
fn a_text_that_nobody_looked_at_was_not_reviewed() {
    let whole = format!(r#"{{"q":"Q?","text":"A.","annotations":[{{"result":{BAD}}}]}}"#)
        .replace("\"end\":3", "\"end\":1");
    let check = |annotations: &str, at: &str, found: &str| {
        let row = format!(r#"{{"q":"Q?","text":"B.","annotations":{annotations}}}"#);
        let error = read(&marks("annotations[*].result", ""), &[&whole, &row]).unwrap_err();
        let expect = format!(
            "d.jsonl: line 2: `{at}` must be a list with an element (`missing = \"skip\"` leaves \
             such rows out), found {found}"
        );
        assert_eq!(error, expect);
    };
    check("[]", "annotations", "an empty list");
    check("[{\"result\":null}]", "annotations[0].result", "nothing");
    check("[{}]", "annotations[0].result", "nothing");
}

/// The segment is an element of the outer list, so that the inner one says that it was reviewed.
#[test]
fn a_list_in_a_list_is_told_by_its_own_name() {
    let mapping = |rest: &str| {
        format!(
            "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"critique\"\n\
             segment = \"docs[*].text\"\npolarity = \"docs[*].spans[*].label\"\n\
             values = {{ bad = \"negative\" }}\n{rest}\n"
        )
    };
    let rows = [
        r#"{"q":"Q?","docs":[{"text":"A.","spans":[{"label":"bad"}]},{"text":"B.","spans":[]}]}"#,
        r#"{"q":"R?","docs":[{"text":"C.","spans":[{"label":"bad"}]}]}"#,
    ];
    let imported = read(&mapping(""), &rows).unwrap();
    assert_eq!(critiques(&imported), ["- neutral", "- negative", "- negative"]);
    assert_eq!(imported.dataset.segments().text(0), Some("B."));
    let error = read(&mapping("unmarked = \"skip\""), &rows).unwrap_err();
    assert!(error.contains("line 1: `docs[1].spans` must be a list with an element"), "{error}");
    let imported = read(&mapping("unmarked = \"skip\"\nmissing = \"skip\""), &rows).unwrap();
    assert_eq!(dropped(&imported), [("critique without `docs[*].spans[*]`", 1)]);
}

#[test]
fn lists_that_are_used_together_have_the_same_length_at_each_depth() {
    let check = |who: &str, row: &str, expect: Result<&[&str], &str>| {
        let mapping = format!(
            "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"rating\"\n\
             segment = \"steps[*].answers[*].t\"\nvalue = \"steps[*].answers[*].v\"\nlow = 1\n\
             high = 5\nannotator = \"{who}\"\n"
        );
        let row = format!(r#"{{"q":"Q?",{row}}}"#);
        match (read(&mapping, &[&row]), expect) {
            (Ok(imported), Ok(expect)) => {
                let ratings = imported.dataset.records::<Rating>().unwrap();
                let who = |it: &Checked<Rating>| it.provenance().annotator.clone().unwrap().0;
                assert_eq!(ratings.iter().map(who).collect::<Vec<_>>(), expect);
            }
            (Err(error), Err(expect)) => assert_eq!(error, format!("d.jsonl: line 1: {expect}")),
            (found, expect) => panic!("expected {expect:?}, found {:?}", found.map(|_| ())),
        }
    };
    let steps = r#""steps":[{"answers":[{"t":"A.","v":1},{"t":"B.","v":2}]},{"answers":[{"t":"C.","v":3}]}]"#;
    let of = |who: &str| format!("{steps},{who}");
    check("who[*]", &of(r#""who":["w1","w2"]"#), Ok(&["w1", "w1", "w2"]));
    let expect = "`who` must be as many elements as `steps`, 2, found 4";
    check("who[*]", &of(r#""who":["w1","w2","w3","w4"]"#), Err(expect));
    let expect = "`who` must be as many elements as `steps`, 2, found 1";
    check("who[*]", &of(r#""who":["w1"]"#), Err(expect));
    check("who[*].of[*]", &of(r#""who":[{"of":["a","b"]},{"of":["c"]}]"#), Ok(&["a", "b", "c"]));
    // As many in all, and not in each.
    let expect = "`who[0].of` must be as many elements as `steps[0].answers`, 2, found 1";
    check("who[*].of[*]", &of(r#""who":[{"of":["a"]},{"of":["b","c"]}]"#), Err(expect));
    let expect = "`who` must be as many elements as `steps`, 2, found 3";
    let row = of(r#""who":[{"of":["a","b"]},{"of":["c"]},{"of":[]}]"#);
    check("who[*].of[*]", &row, Err(expect));
}

/// A rating of each `r`, of rows that are done.
fn ratings(wanted: &str) -> String {
    format!(
        "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"rating\"\n\
         segment = \"a\"\nvalue = \"r[*].v\"\nlow = 1\nhigh = 5\nwhere = {{ done = {wanted} }}\n"
    )
}

#[test]
fn rows_are_asked_for_before_their_lists_are_read() {
    let row = |done: &str, r: &str| format!(r#"{{"q":"Q?","a":"A.","done":{done},"r":{r}}}"#);
    for lists in ["[]", "null", "7", "[{\"v\":9},{}]"] {
        let (done, todo) = (row("\"yes\"", r#"[{"v":3}]"#), row("\"no\"", lists));
        let imported = read(&ratings("\"yes\""), &[&done, &todo]).unwrap();
        assert_eq!(imported.dataset.count("rating"), 1, "{lists}");
        let elements = if lists.len() > 4 { 2 } else { 1 };
        let reason = "rating whose `done` is \"no\", which `where` does not ask for";
        assert_eq!(dropped(&imported), [(reason, elements)], "{lists}");
    }
}

#[test]
fn truth_values_are_asked_for_as_such() {
    let check = |wanted: &str, found: &str, is_met: bool| {
        let row = format!(r#"{{"q":"Q?","a":"A.","done":{found},"r":[{{"v":3}}]}}"#);
        let told = read(&ratings(wanted), &[&row]);
        assert_eq!(told.is_ok(), is_met, "{wanted} {found}: {told:?}");
    };
    for found in ["true", "\"True\"", "\"true\"", "\"TRUE \"", "1", "\"1\""] {
        check("true", found, true);
        check("false", found, false);
    }
    check("[false]", "\"False\"", true);
    check("\"True\"", "true", true);
    // A text and a number that are no truth values are compared as they stand.
    check("\"True\"", "\"true\"", false);
    check("1", "\"True\"", false);
    check("true", "\"yes\"", false);
}

#[test]
fn if_no_row_is_asked_for_the_error_says_what_they_had() {
    let error =
        read(&ratings("\"yes\""), &[r#"{"q":"Q?","a":"A.","done":"no","r":[]}"#]).unwrap_err();
    let expect = "d.jsonl: nothing to import: it has no rows that name a segment; 1: rating whose \
                  `done` is \"no\", which `where` does not ask for";
    assert_eq!(error, expect);
}

/// A cell is taken whole by one path and gone into by another.
#[test]
fn a_cell_is_a_text_or_a_list_as_it_is_asked_for() {
    let mapping = |second: &str| {
        format!(
            "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"rating\"\n\
             segment = \"a[*].t\"\nvalue = 1\nlow = 0\nhigh = 2\n\
             [[import.columns.records]]\nkind = \"rating\"\nsegment = \"{second}\"\nvalue = 1\nlow = 0\n\
             high = 2\n"
        )
    };
    let texts = |second: &str, data: &str| {
        let imported = import_text(&mapping(second), "d.csv", data).unwrap();
        let segments = imported.dataset.segments();
        (0..segments.len()).map(|i| segments.text(i).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let data = "q,a\nQ?,\"[{'t': 'A.'}, {'t': 'B.'}]\"\n";
    assert_eq!(texts("a", data), ["A.", "B.", "[{'t': 'A.'}, {'t': 'B.'}]"]);
    assert_eq!(texts("a[-1].t", data), ["A.", "B."]);
}

/// Read anew for each of its elements, this cell took a minute.
#[test]
fn a_long_list_in_a_cell_is_read_once() {
    let mapping = "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"rating\"\n\
                   segment = \"els[*].t\"\nvalue = \"els[*].v\"\nlow = 1\nhigh = 5\n\
                   annotator = \"els[*].w\"\n";
    let element = |i| format!(r#"{{""t"":""Text number {i}."",""v"":3,""w"":""w{}""}}"#, i % 7);
    let list = (0..8_000).map(element).collect::<Vec<_>>().join(",");
    let start = std::time::Instant::now();
    let imported = import_text(mapping, "d.csv", &format!("q,els\nQ?,\"[{list}]\"\n")).unwrap();
    assert_eq!(imported.dataset.count("rating"), 8_000);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
