//! Tests of the mapping, on the fixture and on the example of the manual.

use super::make::{chars_before, ranks};
use super::mapping::{Best, Unit};
use super::*;
use crate::fixture::{import, import_with, people};
use crate::{Imported, Reading};
use medley_feedback::{
    Approval, Comparison, Critique, Demonstration, Ranking, Rating, Role, Scale, SegmentId,
    Severity, Strength,
};

#[derive(Deserialize)]
struct File {
    import: Box<dyn Importer>,
}

pub(super) fn import_text(mapping: &str, name: &str, data: &str) -> Result<Imported, String> {
    let file: File = toml::from_str(mapping).map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, data).unwrap();
    let told = file.import.import(&path, &Reading::default());
    told.map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

/// The first block of this language in the section of the manual.
fn block(language: &str) -> String {
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/DATA.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let section = manual.split("## Any other table").nth(1).unwrap();
    let start = section.split(&format!("```{language}\n")).nth(1).unwrap();
    start.split("```").next().unwrap().to_owned()
}

#[test]
fn the_example_of_the_manual_imports() {
    let imported = import_text(&block("toml"), "data.csv", &block("csv")).unwrap();
    let comparisons = imported.dataset.records::<Comparison>().unwrap();
    let shares: Vec<[f64; 3]> = comparisons.iter().map(|c| c.distribution()).collect();
    assert_eq!(shares, [[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]);
    let first = &comparisons[0];
    assert_eq!(first.reason.as_deref(), Some("the other one is wrong"));
    assert_eq!(first.provenance.annotator, Some("w1".into()));
    assert_eq!(first.provenance.group.as_deref(), Some("DE"));
    assert_eq!(first.provenance.seconds, Some(21.5));
    assert_eq!(first.provenance.source.as_deref(), Some("crowd"));
    assert_eq!(imported.report.dropped["comparison whose `label` is \"unsure\": skipped"], 1);
    assert_eq!((imported.dataset.groups().len(), imported.dataset.segments().len()), (2, 4));
    assert_eq!(imported.dataset.card.licence, "CC-BY-4.0");
    assert_eq!(people(&imported), ["age country group", "w1 34 DE DE", "w2 - IN IN", "w3 51 - -"]);
}

#[test]
fn people_are_what_the_mapping_says_of_them() {
    let mapping = |people: &str| {
        format!(
            "[import.columns]\ngroup = \"id\"\n[import.columns.people]\n{people}\n\
             [[import.columns.records]]\nkind = \"rating\"\nsegment = \"text\"\nvalue = 1\n\
             low = 0\nhigh = 1\nannotator = \"who\"\n"
        )
    };
    let data =
        "id,text,who,town,age\n1,Yes.,a,Rome,30\n1,No.,a,Bonn,30\n2,So.,b,Rome,\n3,Or.,,Ulm,9\n";
    let told = import_text(
        &mapping(
            "annotator = \"who\"\ntown = \"town\"\nage = { number = \"age\" }\nyears = \"age\"",
        ),
        "d.csv",
        data,
    );
    let told = told.unwrap();
    assert_eq!(people(&told), ["age years town", "a 30 30 -", "b - - Rome"]);
    assert!(matches!(
        told.dataset.people().column("years").unwrap().values,
        medley_dataset::PersonValues::Text(_)
    ));
    let note = "1 people with several values of `town`: none is kept";
    assert!(told.report.notes.iter().any(|known| known == note), "{:?}", told.report.notes);
    let check = |people: &str, expect: &str| {
        let error = import_text(&mapping(people), "d.csv", data).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check("town = \"town\"", "people: `annotator` has to say whom a row is about");
    check(
        "annotator = \"who\"\nage = { number = \"town\" }",
        "d.csv: line 2: `town` must be a number, found \"Rome\"",
    );
    check("annotator = \"who\"\ncity = \"city\"", "`city` must be among the columns `id`");
    check("annotator = \"who\"\ntown = [1]", "people: `town`: expected the name of a column");
    check(
        "annotator = \"who\"\nrole = \"town\"",
        "people: `role`: a column of people must be called",
    );
    check(
        "annotator = \"who\"\ngroup = { number = \"age\" }",
        "people: `group`: a group is a text",
    );
    check("annotator = \"who\"\ntown = \"town[*]\"", "`[*]` in `people`");
}

#[test]
fn numbers_about_people_are_kept_or_refused() {
    let mapping = |card: &str| {
        format!(
            "[import.columns]\ngroup = \"id\"\n[[import.columns.records]]\nkind = \"rating\"\n\
             segment = \"text\"\nvalue = 1\nlow = 0\nhigh = 1\n[import.columns.people]\n\
             annotator = \"who\"\ngroup = \"team\"\ncard = {card}\n"
        )
    };
    let data = |card: &str| {
        format!(
            "{{\"id\": 1, \"text\": \"Yes.\", \"who\": \"a\", \"team\": 7, \"card\": {card}}}\n"
        )
    };
    let read = |form: &str, card: &str| import_text(&mapping(form), "d.jsonl", &data(card));
    let shown = |form: &str, card: &str| people(&read(form, card).unwrap());
    assert_eq!(shown("\"card\"", "9007199254740992"), ["card group", "a 9007199254740992 7"]);
    assert_eq!(shown("\"card\"", "\"9007199254740993\""), ["card group", "a 9007199254740993 7"]);
    for (form, card) in [
        ("\"card\"", "9007199254740993"),
        ("{ number = \"card\" }", "9007199254740993"),
        ("{ number = \"card\" }", "\"9007199254740993\""),
    ] {
        let error = read(form, card).unwrap_err();
        assert!(error.contains("d.jsonl: line 1: `card` must be a"), "{error}");
        assert!(error.contains("number up to 2^53, found "), "{error}");
    }
}

#[test]
fn every_kind_is_read() {
    let Imported { dataset, report } = import("columns");
    let kinds =
        ["approval", "comparison", "correction", "critique", "demonstration", "ranking", "rating"];
    assert_eq!(kinds.map(|kind| dataset.count(kind)), [3, 3, 2, 2, 3, 2, 4]);
    let dropped = |reason: &str| report.dropped.get(reason).copied().unwrap_or(0);
    assert_eq!(dropped("comparison whose `label` is \"\": skipped"), 1);
    assert_eq!(dropped("rating without `scores[*].text`"), 1);
    assert_eq!(dropped("rating without `scores[*].stars`"), 1);
    assert_eq!(dropped("approval without `thumb`"), 1);
    assert_eq!(dropped("critique without `mark.from`"), 2);
    assert_eq!(dropped("correction equals the original"), 1);
    assert_eq!(dropped("alternative that is there already"), 2);
    assert_eq!(dropped("ranking without `scores[*].text`"), 2);
}

#[test]
fn records_say_what_the_row_says() {
    let dataset = import("columns").dataset;
    let text = |id: &SegmentId| {
        let segments = dataset.segments();
        segments.text(segments.index(id).unwrap()).unwrap().to_owned()
    };
    let comparisons = dataset.records::<Comparison>().unwrap();
    assert_eq!(comparisons[0].strength, Some(Strength { grade: 2, levels: 3 }));
    assert_eq!(comparisons[0].provenance.annotator, Some("7".into()));
    assert_eq!((comparisons[1].strength, &comparisons[1].provenance.group), (None, &None));
    assert_eq!(text(&comparisons[1].first), text(&comparisons[1].second));
    assert_ne!(comparisons[1].first, comparisons[1].second);

    let critique = &dataset.records::<Critique>().unwrap()[0];
    // The smiley is two units of UTF-16 and one character.
    assert_eq!((critique.first_char, critique.end_char), (Some(0), Some(1)));
    assert_eq!((critique.steps(), critique.severity), (Some(0..1), Some(Severity::Critical)));

    let ranking = &dataset.records::<Ranking>().unwrap()[0];
    assert_eq!(ranking.ranks, [1, 2, 2]);
    assert_eq!(text(&ranking.segments[1]), text(&ranking.segments[2]));

    let ratings = dataset.records::<Rating>().unwrap();
    let values: Vec<f64> = ratings.iter().map(|rating| rating.value).collect();
    assert_eq!(values, [5., 2., 3., 1.]);
    assert_eq!(ratings[0].scale, Scale { low: 1., high: 5., levels: Some(5) });
    assert_eq!(dataset.records::<Approval>().unwrap()[1].approval, 0.5);
    let demonstration = &dataset.records::<Demonstration>().unwrap()[0];
    assert_eq!(demonstration.alternatives.len(), 2);
    assert_eq!(demonstration.provenance.role, Role::Authority);
}

#[test]
fn wrong_rows_are_explained() {
    let check = |from: &str, to: &str, expect: &str| {
        let error = import_with("columns", from, to).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check(
        "\"label\": \"A\"",
        "\"label\": \"C\"",
        "columns.jsonl: line 1: `label` must be one of the `values` \"\", \"A\", \"B\", \"tie\", \
         found \"C\"",
    );
    check("\"label\"", "\"lable\"", "(did you mean `lable`?), found no such column");
    check("\"label\"", "\"lable\"", "line 1: `label` must be among the columns `");
    check("\"label\"", "\"lable\"", "`worker.country`");
    check("\"stars\": 5", "\"stars\": 6", "line 1: rating: field `value`");
    check("\"to\": 2", "\"to\": 1", "`first and end` must be a span within the text");
    check("\"to\": 2", "\"to\": 99", "found 0 to 99 in Utf16");
    check("\"place\": 10", "\"place\": \"x\"", "`ranks` must be numbers, found \"x\"");
    check("\"passage\": \"Ann war's.\"", "\"passage\": \"\"", "the one that `q1` had before");
    check("\"scores\": []", "\"scores\": 3", "`scores[*].text` must be a list, found 3");
}

const HEAD: &str = "[import.columns]\nname = \"a\"\nprompt = \"p\"\n[[import.columns.records]]\n";

#[test]
fn wrong_mappings_are_explained() {
    let check = |record: &str, expect: &str| {
        let data = "p,a,b,l\np,x,y,1\n";
        let error = import_text(&format!("{HEAD}{record}"), "d.csv", data).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    let pair = "kind = \"comparison\"\nfirst = \"a\"\nsecond = \"b\"\n";
    check(&format!("{pair}preference = \"l\"\nanotator = \"b\""), "unknown field `anotator`");
    check(pair, "comparison: either `preference`");
    // 1 may stand for the first, for the second of two, or for the share of one.
    let unclear =
        "line 2: `l` must be \"first\", \"second\" or \"tie\"; other answers need `values`";
    check(&format!("{pair}preference = \"l\""), unclear);
    check("kind = \"comparison\"\nfirst = \"a\"", "comparison: missing field `second`");
    check("first = \"a\"", "a record needs a `kind`");
    check("kind = \"compare\"", "unknown variant `compare`");
    check(
        &format!("{pair}preference = \"l\"\nvalues = {{ 1 = \"frist\" }}"),
        "\"1\" must become a share for the first in [0, 1], \"first\", \"second\", \"tie\" or \
         \"skip\", found \"frist\"",
    );
    check(&format!("{pair}preference = \"l\"\nstrength = \"l\""), "`strength_levels`");
    check(&format!("{pair}share = \"a\""), "line 2: `a` must be a number, found \"x\"");
    // An optional column that no row has is a mistake, too.
    check(
        &format!("{pair}share = \"l\"\nannotator = \"worker\""),
        "`worker` must be among the columns `",
    );
    check(
        "kind = \"critique\"\nsegment = \"a\"\npolarity = \"l\"\nfirst = \"b\"",
        "`first`, `end` (the place after the span) and `unit`",
    );
    check(
        "kind = \"rating\"\nsegment = \"a[*].b[*]\"\nvalue = 1\nlow = 0\nhigh = 2",
        "line 2: `a[*].b[*]` must be a list, found \"x\"",
    );
    let none = import_text("[import.columns]\nname = \"a\"\nrecords = []", "d.csv", "p\n1\n");
    assert!(none.unwrap_err().contains("no `[[import.columns.records]]`"));
}

#[test]
fn offsets_count_in_the_unit_of_the_source() {
    let text = "é🙂a";
    let ends = |unit| (0..8).map(|at| chars_before(text, at, unit)).collect::<Vec<_>>();
    let (none, some) = (None, Some);
    assert_eq!(ends(Unit::Chars)[..4], [some(0), some(1), some(2), some(3)]);
    assert_eq!(ends(Unit::Utf16)[..5], [some(0), some(1), none, some(2), some(3)]);
    let bytes = [some(0), none, some(1), none, none, none, some(2), some(3)];
    assert_eq!(ends(Unit::Bytes), bytes);
}

#[test]
fn ranks_have_no_gaps_and_state_their_direction() {
    assert_eq!(ranks(&[0., 3., 3., 7.], Best::Lowest), [1, 2, 2, 3]);
    assert_eq!(ranks(&[0., 3., 3., 7.], Best::Highest), [3, 2, 2, 1]);
}

/// An approval by the annotator `meta.id` of a table of one column more.
const BY_META: &str = "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"approval\"\n\
                       segment = \"a\"\napproval = \"up\"\nannotator = \"meta.id\"\n";

fn with_meta(cells: &[&str]) -> Result<Imported, String> {
    let row = |(number, cell): (usize, &&str)| {
        format!("Q?,A{number}.,1,\"{}\"\n", cell.replace('"', "\"\""))
    };
    let rows: String = cells.iter().enumerate().map(row).collect();
    import_text(BY_META, "d.csv", &format!("q,a,up,meta\n{rows}"))
}

#[test]
fn json_in_cells_is_read_as_json_in_rows_is() {
    let long = "340282366920938463463374607431768211456";
    let imported = with_meta(&[
        &format!("{{\"id\": {long}}}"),
        &format!("{{\"id\": {}7}}", &long[..38]),
        &format!("{{'id': {long}, 'score': nan}}"),
        "{\"id\": \"a\\ud83d\"}",
    ]);
    let imported = imported.unwrap();
    let expect = ["", long, "340282366920938463463374607431768211457", "a\u{fffd}"];
    assert_eq!(people(&imported), expect);
    assert_eq!(imported.report.kept["field with half a surrogate pair, read as U+FFFD"], 1);
}

#[test]
fn a_cell_that_is_damaged_is_not_nobody() {
    let check = |cell: &str, expect: &str| {
        let error = with_meta(&["{\"id\": 1}", cell]).unwrap_err();
        assert_eq!(error, format!("d.csv: line 3: at `meta.id`: {expect}"));
    };
    let nan = "NaN is not JSON (Python writes it for a missing value), at column 23";
    check("{\"id\": \"w1\", \"score\": NaN}", nan);
    check("{\"id\": \"w2\", \"score\": 1", "EOF while parsing an object, at column 23");
    check("{'id': ", "a Python literal: expected a value at byte 6");
}

const PAIR: &str = "[import.columns]\nprompt = \"p\"\n[[import.columns.records]]\nkind = \"comparison\"\n\
                    first = \"a\"\nsecond = \"b\"\npreference = { constant = \"first\" }\n";

#[test]
fn fields_of_messages_are_counted_once() {
    let twice = format!(
        "{PAIR}{}",
        PAIR.split_once("[[").map(|(_, record)| format!("[[{record}")).unwrap()
    );
    let data = r#"{"p": [{"role": "user", "content": "Roll.", "name": "Zo"}], "a": [{"role": "assistant",
        "content": "Four.", "reasoning_content": "I rolled."}], "b": [{"role": "assistant", "content": "Nine."}]}"#;
    let report = import_text(&twice, "d.jsonl", &data.replace('\n', "")).unwrap().report;
    assert_eq!(report.dropped["field `name` of a message"], 1);
    assert_eq!(report.dropped["field `reasoning_content` of a message"], 1);
}

/// Audit C2.12, after PandaLM.
#[test]
fn texts_that_are_none_in_the_file_are_told() {
    let data = "{\"p\": \"So?\", \"a\": true, \"b\": \"True.\"}\n{\"p\": 7, \"a\": \"A.\", \"b\": \"B.\"}\n";
    let imported = import_text(PAIR, "d.jsonl", data).unwrap();
    assert_eq!(crate::fixture::pairs(&imported.dataset)[0], ["So?", "true", "True."]);
    assert_eq!(imported.report.kept["text that is the truth value `true` in the file"], 1);
    assert_eq!(imported.report.kept["text that is a number in the file"], 1);
}

#[test]
fn answers_that_repeat_the_prompt_are_what_follows() {
    let talk = |answer: &str| {
        format!(
            r#"[{{"role": "user", "content": "Hi?"}}, {{"role": "assistant", "content": "{answer}"}}]"#
        )
    };
    let row = format!(r#"{{"p": "Hi?", "a": {}, "b": {}}}"#, talk("Yes."), talk("No."));
    let dataset = import_text(PAIR, "d.jsonl", &row).unwrap().dataset;
    assert_eq!(crate::fixture::pairs(&dataset), [["Hi?", "Yes.", "No."]]);
    let texts = "{\"p\": \"I like\", \"a\": \"I like tea.\", \"b\": \"I like mud.\"}\n";
    let imported = import_text(PAIR, "d.jsonl", texts).unwrap();
    assert_eq!(crate::fixture::pairs(&imported.dataset), [["I like", " tea.", " mud."]]);
    assert_eq!(imported.report.kept["answer without the copy of the prompt that it began with"], 2);
    // Offsets are into the text as it stands.
    let marks = "[import.columns]\nprompt = \"p\"\n[[import.columns.records]]\nkind = \"critique\"\n\
                 segment = \"a\"\npolarity = { constant = \"negative\" }\nfirst = 7\nend = 10\nunit = \"chars\"\n";
    let asked = "{\"p\": \"Q: So?\\n### Response:\", \"a\": \"Q: So?\\n### Response: No.\"}\n";
    let dataset = import_text(marks, "d.jsonl", asked).unwrap().dataset;
    assert_eq!(dataset.segments().text(0), Some("Q: So?\n### Response: No."));
}

#[test]
fn rows_in_which_nothing_is_asked_are_groups_of_their_own() {
    let approval =
        "[[import.columns.records]]\nkind = \"approval\"\nsegment = \"a\"\napproval = 1\n";
    let prompts = |top: &str| {
        let mapping = format!("[import.columns]\n{top}{approval}");
        let dataset = import_text(&mapping, "d.csv", "q,a\n,A.\nQ?,B.\n,C.\n").unwrap().dataset;
        let groups = dataset.groups();
        let asked = |group| {
            (groups.prompt(group).map(str::to_owned), groups.context(group).map(str::to_owned))
        };
        (0..groups.len()).map(asked).collect::<Vec<_>>()
    };
    let (none, asked) = (None::<String>, Some("Q?".to_owned()));
    let (nothing, question) = ((none.clone(), none.clone()), (asked.clone(), none.clone()));
    assert_eq!(prompts("prompt = \"q\"\n"), [nothing.clone(), question, nothing.clone()]);
    assert_eq!(prompts("context = \"q\"\n"), [nothing.clone(), (none, asked), nothing.clone()]);
    assert_eq!(prompts(""), [nothing.clone(), nothing.clone(), nothing]);
}

/// What R and pandas write is missing where a number or a person is, and a text where an answer is.
#[test]
fn what_is_missing_is_so_in_every_cell_that_is_no_text() {
    let rating = |rest: &str| {
        format!(
            "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"rating\"\n\
             segment = \"a\"\nvalue = \"v\"\nlow = 1\nhigh = 5\nannotator = \"who\"\n\
             seconds = \"s\"\n{rest}"
        )
    };
    let people = "[import.columns.people]\nannotator = \"who\"\nage = { number = \"age\" }\n";
    for missing in ["NA", "N/A", "nan", "<NA>", "None"] {
        let data = format!(
            "q,a,v,who,s,age\nQ?,{missing},3,{missing},{missing},7\nQ?,B.,4,w,9,{missing}\n"
        );
        let imported = import_text(&rating(people), "d.csv", &data).unwrap();
        let ratings = imported.dataset.records::<Rating>().unwrap();
        let who: Vec<_> = ratings.iter().map(|it| it.provenance.annotator.clone()).collect();
        assert_eq!(who, [None, Some("w".into())], "{missing}");
        assert_eq!(ratings[0].provenance.seconds, None, "{missing}");
        assert_eq!(imported.dataset.segments().text(0), Some(missing));
        let data = format!("q,a,v,who,s,age\nQ?,A.,{missing},w,9,7\nQ?,B.,4,w,9,7\n");
        let skipped = import_text(&rating("missing = \"skip\"\n"), "d.csv", &data).unwrap();
        assert_eq!(skipped.report.dropped["rating without `v`"], 1, "{missing}");
        let error = import_text(&rating(""), "d.csv", &data).unwrap_err();
        let expect = format!(
            "d.csv: line 2: `v` must be filled in (`missing = \"skip\"` leaves such records out), \
             found \"{missing}\""
        );
        assert_eq!(error, expect);
    }
}
