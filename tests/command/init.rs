//! `medley init`: what it writes for tables as people have them, imported as it is or after one edit.

use crate::harness::{Desk, assert_refused, assert_success, text};
use insta::assert_snapshot;
use medley_dataset::Dataset;
use medley_feedback::{Comparison, Critique, Rating};
use std::path::Path;
use std::process::Output;

/// A file that `medley init` looked at, and what it wrote.
struct Begun {
    desk: Desk,
    file: String,
    said: Output,
}

fn begin(name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> Begun {
    let desk = Desk::new();
    let file = desk.path(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, content).unwrap();
    let said = init(&desk, name, more);
    Begun { desk, file: name.to_owned(), said }
}

/// In the folder of the desk, so that nothing written depends on where that is.
fn init(desk: &Desk, name: &str, more: &[&str]) -> Output {
    let arguments: Vec<&str> = ["init", name].into_iter().chain(more.iter().copied()).collect();
    desk.medley(&arguments).current_dir(desk.path("")).output().unwrap()
}

impl Begun {
    fn read(&self, name: &str) -> String {
        assert_success(&self.said);
        std::fs::read_to_string(self.desk.path(name)).unwrap()
    }

    /// The text that stands in the mapping becomes another.
    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "{from}:\n{text}");
        std::fs::write(self.desk.path(name), text.replace(from, to)).unwrap();
    }

    fn import(&self, mapping: &str) -> Output {
        let arguments = ["import", mapping, &self.file, "ds"];
        self.desk.medley(&arguments).current_dir(self.desk.path("")).output().unwrap()
    }

    fn dataset(&self, mapping: &str) -> Dataset {
        let said = self.import(mapping);
        assert!(said.status.success(), "{}\n{}", text(&said), self.read(mapping));
        Dataset::open(&self.desk.path("ds")).unwrap()
    }
}

/// Kinds and numbers of records that the import makes of a file, without an edit.
fn check(name: &str, content: &str, expect: &str) {
    let begun = begin(name, content, &[]);
    let stem = name.split('.').next().unwrap();
    let mapping = format!("{stem}.import.toml");
    let set = begun.dataset(&mapping);
    let kinds =
        ["approval", "comparison", "correction", "critique", "demonstration", "ranking", "rating"];
    let told = kinds.map(|kind| match set.count(kind) {
        0 => String::new(),
        count => format!("{count} {kind} "),
    });
    assert_eq!(told.concat().trim(), expect, "{}", begun.read(&mapping));
    // The experiment names the kinds that there are, and the folder that the import was told of.
    let experiment = begun.read(&format!("{stem}.experiment.toml"));
    for kind in kinds.into_iter().filter(|kind| set.count(kind) > 0) {
        assert!(experiment.contains(&format!("adapter.{kind} = {{}}")), "{kind}:\n{experiment}");
    }
    assert!(experiment.contains(&format!("path = \"datasets/{stem}\"")), "{experiment}");
}

const CHATS: &str = r#"{"messages": [{"role": "user", "content": "Name a fish."}], "response_a": "Cod is a fish.", "response_b": "Dog.", "annotations": [{"annotator": "ann", "label": 1}, {"annotator": "bob", "label": 1}, {"annotator": "cy", "label": 0}]}
{"messages": [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Name a bird."}], "response_a": "Bat.", "response_b": "Wren, for one.", "annotations": [{"annotator": "ann", "label": 2}, {"annotator": "bob", "label": 0}, {"annotator": "cy", "label": 2}]}
"#;

#[test]
fn chats_with_ties_by_three_annotators_need_one_edit() {
    let begun = begin("chats.jsonl", CHATS, &[]);
    assert_snapshot!("init-chats-said", text(&begun.said));
    assert_snapshot!("init-chats-mapping", begun.read("chats.import.toml"));
    assert_snapshot!("init-chats-experiment", begun.read("chats.experiment.toml"));
    // The page of the first hour shows it as it is.
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FIRST-HOUR.md");
    let page = std::fs::read_to_string(page).unwrap();
    let shown = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(begun.read("chats.import.toml").contains(shown), "{shown}");
    // As it is, it names the line that is to be filled in, and nothing is imported.
    let mapping = begun.read("chats.import.toml");
    let line = mapping.lines().position(|line| line.contains("\"FILL IN\"")).unwrap() + 1;
    let expect =
        [format!("chats.import.toml:{line}:"), format!("line {line} is to be filled in: put")];
    assert_refused(&begun.import("chats.import.toml"), &expect.each_ref().map(String::as_str));
    let values =
        |of: [&str; 3]| format!("{{ 0 = \"{}\", 1 = \"{}\", 2 = \"{}\" }}", of[0], of[1], of[2]);
    begun.edit("chats.import.toml", &values(["FILL IN"; 3]), &values(["tie", "first", "second"]));
    let set = begun.dataset("chats.import.toml");
    let records = set.records::<Comparison>().unwrap();
    let told: Vec<(&str, f64, f64)> = records
        .iter()
        .map(|it| (it.provenance.annotator.as_ref().unwrap().0.as_str(), it.preference, it.tie))
        .collect();
    let expect = [
        ("ann", 1.0, 0.0),
        ("bob", 1.0, 0.0),
        ("cy", 0.5, 1.0),
        ("ann", 0.0, 0.0),
        ("bob", 0.5, 1.0),
        ("cy", 0.0, 0.0),
    ];
    assert_eq!(told, expect);
    let prompts: Vec<_> = (0..2).map(|group| set.groups().prompt(group).unwrap()).collect();
    assert!(prompts.contains(&"user: Name a fish."), "{prompts:?}");
    assert!(
        prompts.contains(&"user: Hi.\n\nassistant: Hello.\n\nuser: Name a bird."),
        "{prompts:?}"
    );
}

const RATINGS: &str = "id\tsource\ttranslation\tscores\traters\n\
    1\tDer Hund schläft.\tThe dog sleeps.\t[88, 92, 75]\t['r1', 'r2', 'r3']\n\
    2\tEs regnet.\tIt is snowing.\t[10, 20, 5]\t['r1', 'r3', 'r2']\n";

#[test]
fn a_tsv_of_ratings_with_bracketed_lists_needs_at_most_one_edit() {
    let begun = begin("ratings.tsv", RATINGS, &[]);
    assert_snapshot!("init-ratings-mapping", begun.read("ratings.import.toml"));
    let check = |begun: &Begun, high: f64| {
        let set = begun.dataset("ratings.import.toml");
        let records = set.records::<Rating>().unwrap();
        let told: Vec<(&str, f64)> = records
            .iter()
            .map(|it| (it.provenance.annotator.as_ref().unwrap().0.as_str(), it.value))
            .collect();
        let expect =
            [("r1", 88.0), ("r2", 92.0), ("r3", 75.0), ("r1", 10.0), ("r3", 20.0), ("r2", 5.0)];
        assert_eq!(told, expect);
        assert!(records.iter().all(|it| (it.scale.low, it.scale.high) == (0.0, high)));
    };
    check(&begun, 100.0);
    // The scale is a guess, which whoever knows better mends in one line.
    begun.edit("ratings.import.toml", "high = 100", "high = 120");
    begun.edit("ratings.import.toml", "levels = 101", "levels = 121");
    std::fs::remove_dir_all(begun.desk.path("ds")).unwrap();
    check(&begun, 120.0);
}

#[test]
fn tables_as_people_have_them_are_imported_without_an_edit() {
    let pairs = "question,answer_a,answer_b,winner,worker\n\
                 Why?,Because it is so.,No idea.,A,u1\nHow?,Like this one.,Like that.,tie,u2\n\
                 When?,Now or never.,Later on.,B,u1\nWhere?,Here it is.,There it is.,,u1\n";
    check("pairs.csv", pairs, "3 comparison");
    check(
        "numbers.csv",
        &pairs.replace("_a", "_1").replace("_b", "_2").replace(",A,", ",1,").replace(",B,", ",2,"),
        "3 comparison",
    );
    check(
        "trl.csv",
        "prompt,chosen,rejected\nWhy?,Because.,No.\nHow?,So.,Not so.\n",
        "2 comparison",
    );
    let wide = r#"{"conversation_a": [{"role": "user", "content": "Name a fish."}, {"role": "assistant", "content": "Cod."}], "conversation_b": [{"role": "user", "content": "Name a fish."}, {"role": "assistant", "content": "Dog."}], "annotator_1": "A", "annotator_2": "A", "annotator_3": "tie"}"#;
    check("wide.jsonl", wide, "3 comparison");
    let thumbs = "question,answer,feedback,user_id,duration_ms\nWhy?,Because it is so.,up,u1,2000\n\
                  How?,Like this one.,down,u2,3000\nWhen?,Now or never.,,u1,100\n";
    check("thumbs.csv", thumbs, "2 approval");
    let aspects = "prompt,response,helpfulness,honesty,rater,comment\nWhy?,Because it is so.,4,5,r1,fine\n\
                   How?,Like this.,2,5,r2,\n";
    check("aspects.csv", aspects, "4 rating");
    let edits =
        "source,mt,pe,editor\nEs regnet.,It snow.,It is raining.,e1\nHallo.,Hallo you.,Hello.,e2\n";
    check("edits.csv", edits, "2 correction");
    let ranks = r#"{"prompt": "Why?", "completions": [{"text": "Because.", "rank": 1}, {"text": "No.", "rank": 2}, {"text": "Hm.", "rank": 2}]}
{"prompt": "How?", "completions": [{"text": "So.", "rank": 2}, {"text": "Not so.", "rank": 1}]}"#;
    check("ranks.jsonl", ranks, "2 ranking");
    check("shown.csv", "question,answer\nWhy?,Because it is.\nHow?,Like so.\n", "2 demonstration");
    let da = "source\ttranslation\tscores\nHund.\tThe dog.\t[5, 4, 5]\nEs regnet.\tIt snows.\t[1, 2, 1]\n";
    check("places.tsv", da, "6 rating");
}

#[test]
fn marks_on_spans_are_critiques() {
    let spans = r#"{"id": 1, "text": "This is bad. This is fine.", "spans": [{"label": "error", "start": 0, "end": 12}]}
{"id": 2, "text": "All of it is fine. Every word.", "spans": []}
{"id": 3, "text": "Nobody looked at this one.", "spans": [{"label": "style", "start": 0, "end": 6}]}"#;
    let begun = begin("spans.jsonl", spans, &[]);
    let set = begun.dataset("spans.import.toml");
    let told: Vec<(Option<u32>, Option<u32>, Option<String>)> = set
        .records::<Critique>()
        .unwrap()
        .iter()
        .map(|it| (it.first_char, it.end_char, it.aspect.clone()))
        .collect();
    let mark = |end, aspect: &str| (Some(0), Some(end), Some(aspect.to_owned()));
    assert_eq!(told, [mark(12, "error"), (None, None, None), mark(6, "style")]);
}

#[test]
fn a_format_that_an_importer_reads_is_named() {
    let begun = begin("trl.csv", "prompt,chosen,rejected\nWhy?,Because.,No.\n", &[]);
    let mapping = begun.read("trl.import.toml");
    assert!(mapping.contains("[import.trl-preference]"), "{mapping}");
    // Not where it would leave out who answered.
    let more = "prompt,chosen,rejected,annotator\nWhy?,Because.,No.,u1\n";
    let begun = begin("trl.csv", more, &[]);
    let mapping = begun.read("trl.import.toml");
    assert!(mapping.contains("annotator = \"annotator\""), "{mapping}");
    assert!(mapping.contains("# `medley import trl-preference` reads"), "{mapping}");
}

#[test]
fn what_nothing_tells_is_one_line_to_fill_in() {
    let begun = begin("numbers.csv", "x,y\n1,2\n3,4\n", &[]);
    let mapping = begun.read("numbers.import.toml");
    assert!(mapping.contains("kind = \"FILL IN\""), "{mapping}");
    assert_eq!(mapping.matches("FILL IN").count(), 1, "{mapping}");
    assert_refused(
        &begun.import("numbers.import.toml"),
        &["numbers.import.toml:", "to be filled in"],
    );
    let under =
        r#"{"version": 1, "data": [{"prompt": "Why?", "chosen": "So.", "rejected": "No."}]}"#;
    let begun = begin("under.json", under, &[]);
    let hint = "if the rows of the file are under `data`, `medley init --rows data` looks there";
    assert!(begun.read("under.import.toml").contains(hint), "{}", text(&begun.said));
    let pairs = "prompt,answer_a,answer_b\nWhy?,Because.,No.\n";
    let begun = begin("undecided.csv", pairs, &[]);
    assert_eq!(begun.read("undecided.import.toml").matches("\"FILL IN\"").count(), 1);
    begun.edit(
        "undecided.import.toml",
        "preference = \"FILL IN\"",
        "preference = { constant = \"first\" }",
    );
    assert_eq!(begun.dataset("undecided.import.toml").count("comparison"), 1);
}

#[test]
fn options_of_reading_are_kept_for_the_import() {
    let rows =
        r#"{"version": 1, "data": [{"prompt": "Why?", "chosen": "So.", "rejected": "No."}]}"#;
    let begun = begin("under.json", rows, &["--rows", "data"]);
    assert!(begun.read("under.import.toml").contains("rows = \"data\""));
    assert_eq!(begun.dataset("under.import.toml").count("comparison"), 1);
}

#[test]
fn nothing_that_is_there_is_replaced() {
    let begun = begin("trl.csv", "prompt,chosen,rejected\nWhy?,Because.,No.\n", &[]);
    let before = begun.read("trl.experiment.toml");
    std::fs::remove_file(begun.desk.path("trl.import.toml")).unwrap();
    assert_refused(
        &init(&begun.desk, "trl.csv", &[]),
        &["trl.experiment.toml: there is such a file already"],
    );
    assert_eq!(begun.read("trl.experiment.toml"), before);
    assert!(!begun.desk.path("trl.import.toml").exists());
    assert_success(&init(&begun.desk, "trl.csv", &["--out", "other"]));
    assert!(begun.desk.path("other/trl.import.toml").exists());
}

#[test]
fn broken_files_are_refused_and_nothing_is_written() {
    let check = |name: &str, content: &[u8], expect: &[&str]| {
        let begun = begin(name, content, &[]);
        assert_refused(&begun.said, expect);
        assert_eq!(std::fs::read_dir(begun.desk.path("")).unwrap().count(), 1, "{name}");
    };
    check("empty.csv", b"", &["empty.csv: expected rows, found an empty file"]);
    check("header.csv", b"a,b\n", &["header.csv: nothing to import: it has no rows"]);
    check("torn.jsonl.gz", b"\x1f\x8b\x08\x00\x00\x00", &["torn.jsonl.gz"]);
    check("table.xlsx", b"PK\x03\x04\x00\x00", &["a zip archive or an Excel workbook"]);
    check(
        "bad.jsonl",
        b"{\"a\": NaN}\n",
        &["bad.jsonl", "all rows are bad (1)", "NaN is not JSON"],
    );
    let desk = Desk::new();
    assert_refused(&init(&desk, "nowhere.csv", &[]), &["nowhere.csv: cannot read"]);
}

/// Some rows are bad: they are counted and named, and the rest is looked at.
#[test]
fn rows_that_cannot_be_read_are_told() {
    let rows =
        "{\"prompt\": \"Why?\", \"chosen\": \"So.\", \"rejected\": \"No.\"}\n{\"prompt\": NaN}\n";
    let begun = begin("some.jsonl", rows, &[]);
    assert_success(&begun.said);
    let said = text(&begun.said);
    assert!(said.contains("1 more cannot be read; the first: some.jsonl: line 2"), "{said}");
    assert!(begun.read("some.import.toml").contains("--on-bad-row skip"));
}

#[test]
fn without_a_file_every_key_is_explained() {
    let desk = Desk::new();
    let out = desk.path("").display().to_string();
    assert_success(&desk.medley(&["init", "--out", &out]).output().unwrap());
    let experiment = desk.path("experiment.toml").display().to_string();
    let said = desk.medley(&["check", &experiment]).output().unwrap();
    assert_success(&said);
    assert_refused(&desk.medley(&["init", "--out", &out]).output().unwrap(), &["experiment.toml"]);
}
