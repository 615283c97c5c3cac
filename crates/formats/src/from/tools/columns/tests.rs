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
        "line 2: `a[*].b[*]` must be a list (one that is written as a text needs `split`), found \"x\"",
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
