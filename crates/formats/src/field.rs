//! Small inputs after public reports, `tests/field/<case>/` of the workspace: each has its own README,
//! with what is right and the address of the report.

use crate::fixture::pairs;
use crate::{Exporter, Imported, Importer, Reading};
use medley_dataset::Dataset;
use medley_feedback::{
    Approval, Comparison, Critique, Polarity, Provenance, Ranking, Rating, Record, SegmentId,
};
use std::path::{Path, PathBuf};

fn case(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/field").join(name)
}

fn by(mapping: &str) -> Box<dyn Importer> {
    #[derive(serde::Deserialize)]
    struct File {
        import: Box<dyn Importer>,
    }
    toml::from_str::<File>(mapping).unwrap().import
}

fn format(name: &str) -> Box<dyn Importer> {
    by(&format!("[import.{name}]\n"))
}

fn mapping(name: &str) -> String {
    std::fs::read_to_string(case(name).join("mapping.toml")).unwrap()
}

fn import(importer: &dyn Importer, name: &str, file: &str) -> Imported {
    let path = case(name).join(file);
    importer.import(&path, &Reading::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// By the mapping of the case.
fn mapped(name: &str, file: &str) -> Imported {
    import(&*by(&mapping(name)), name, file)
}

fn text(dataset: &Dataset, id: &SegmentId) -> String {
    let segments = dataset.segments();
    segments.text(segments.index(id).unwrap()).unwrap().to_owned()
}

fn annotators<R: Record>(dataset: &Dataset) -> Vec<Option<String>> {
    let name = |provenance: &Provenance| provenance.annotator.as_ref().map(|name| name.0.clone());
    dataset.records::<R>().unwrap().iter().map(|record| name(record.provenance())).collect()
}

fn dropped(imported: &Imported, reason: &str) -> usize {
    imported.report.dropped.get(reason).copied().unwrap_or_default()
}

#[test]
fn field_2_messages_as_json_text_in_csv() {
    let dataset = import(&*format("trl-preference"), "02-messages-as-json-text-in-csv", "data.csv");
    let expect =
        [["user: Name a prime.", "Seven.", "Nine."], ["user: Name a colour.", "Teal.", "Loud."]];
    assert_eq!(pairs(&dataset.dataset), expect);
}

#[test]
fn field_4_conversation_object_as_text() {
    let dataset =
        import(&*format("trl-preference"), "04-conversation-object-as-text", "data.jsonl");
    let expect = [["user: Roll.", "4.", "9."], ["user: Walk.", "Ok.", "No."]];
    assert_eq!(pairs(&dataset.dataset), expect);
}

#[test]
fn field_5_export_writes_turns_back_as_turns() {
    let name = "05-export-flattens-turns";
    let imported = import(&*format("trl-preference"), name, "data.jsonl");
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    crate::ExportTrlPreference {}.write(&imported.dataset, &out).unwrap();
    let lines = |path: &Path| -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let whole = |line: &serde_json::Value, side: &str| {
        let turns = |field: &str| line[field].as_array().cloned().unwrap_or_default();
        [turns("prompt"), turns(side)].concat()
    };
    let (written, given) = (lines(&out), lines(&case(name).join("data.jsonl")));
    assert_eq!(written.len(), given.len());
    for (line, given) in written.iter().zip(&given) {
        for side in ["chosen", "rejected"] {
            assert_eq!(whole(line, side), whole(given, side));
        }
    }
    assert_eq!(written[0]["chosen"].as_array().unwrap().len(), 3);
}

#[test]
fn field_7_calls_of_tools_are_kept() {
    let name = "07-mapping-drops-tool-calls";
    let by_mapping = mapped(name, "data.jsonl");
    let [[prompt, first, second]] = &pairs(&by_mapping.dataset)[..] else { panic!("one pair") };
    assert_eq!(prompt, "user: Roll a die.");
    assert!(first.contains("\\\"sides\\\": 6") && second.contains("\\\"sides\\\": 7"), "{first}");
    // As by the importer.
    let options = "[import.trl-preference]\nprompt-key = \"q\"\nchosen-key = \"good\"\nrejected-key = \"bad\"\n";
    let by_name = import(&*by(options), name, "data.jsonl");
    assert_eq!(pairs(&by_name.dataset), pairs(&by_mapping.dataset));
}

#[test]
fn field_10_an_answer_has_no_role() {
    let name = "10-mapping-keeps-role-in-answer";
    let imported = mapped(name, "data.jsonl");
    let expect = [["user: Hello, how cold is it?", "Very cold.", "Not sure."]];
    assert_eq!(pairs(&imported.dataset), expect);
}

#[test]
fn field_13_what_nobody_asked_together_is_not_one_prompt() {
    let imported = import(&*format("trl-unpaired"), "13-thumbs-without-prompt", "data.jsonl");
    assert_eq!(imported.dataset.groups().len(), 40);
}

#[test]
fn field_16_votes_are_about_their_turn() {
    let dataset = import(&*format("arena"), "16-mt-bench-votes-by-turn", "data.jsonl").dataset;
    let one = ["user: Give a fact.", "Ice floats.", "Fire is cold."];
    let both = [
        "user: Give a fact.\n\nuser: Say why.",
        "Ice floats.\n\nIt is less dense.",
        "Fire is cold.\n\nIce has gaps between its molecules.",
    ];
    let comparisons = dataset.records::<Comparison>().unwrap();
    let turns: Vec<bool> = pairs(&dataset).iter().map(|pair| pair == &one).collect();
    assert!(pairs(&dataset).iter().all(|pair| pair == &one || pair == &both));
    assert_eq!(turns, [true, false, true, false]);
    let said: Vec<_> = comparisons.iter().map(|it| (&it.first, &it.provenance.annotator)).collect();
    assert_eq!(said.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[test]
fn field_22_names_keep_all_their_digits() {
    let name = "22-ids-beyond-64-bits";
    let dataset = mapped(name, "data.jsonl").dataset;
    let named: Vec<String> = dataset.people().ids().iter().map(|id| id.0.clone()).collect();
    assert_eq!(named.len(), 3, "{named:?}");
    assert!(named.iter().all(|id| id.len() > 20 && id.bytes().all(|it| it.is_ascii_digit())));
}

#[test]
fn field_23_nobody_is_no_person() {
    let name = "23-annotator-nan";
    let dataset = mapped(name, "data.csv").dataset;
    let named: Vec<String> = dataset.people().ids().iter().map(|id| id.0.clone()).collect();
    assert_eq!(named, ["w1"]);
}

#[test]
fn field_28_a_skipped_task_loses_no_other() {
    let name = "28-label-studio-skipped-task";
    let imported = mapped(name, "export.json");
    let comparisons = imported.dataset.records::<Comparison>().unwrap();
    let said: Vec<f64> = comparisons.iter().map(|it| it.preference).collect();
    assert_eq!(said, [1.0, 0.0, 1.0]);
    assert_eq!(
        annotators::<Comparison>(&imported.dataset),
        ["1", "3", "1"].map(|it| Some(it.into()))
    );
    let path = "comparison without `annotations[*].result[0].value.selected`";
    assert_eq!(dropped(&imported, path), 1);
    assert_eq!(dropped(&imported, "comparison without `annotations[*]`"), 1);
}

#[test]
fn field_30_nothing_accepted_is_skipped() {
    let name = "30-prodigy-nothing-accepted";
    let imported = mapped(name, "data.jsonl");
    assert_eq!(dropped(&imported, "comparison without `accept[0]`"), 1);
    assert_eq!(imported.report.dropped.values().sum::<usize>(), 1, "{:?}", imported.report);
    let comparisons = imported.dataset.records::<Comparison>().unwrap();
    let said: Vec<f64> = comparisons.iter().map(|it| it.preference).collect();
    assert_eq!(said, [1.0, 0.0, 1.0]);
}

#[test]
fn field_32_a_key_that_is_absent_is_missing() {
    let name = "32-key-absent-when-empty";
    let imported = mapped(name, "data.jsonl");
    assert_eq!(imported.dataset.count("rating"), 1);
    assert_eq!(dropped(&imported, "rating without `stars`"), 2);
    // One that no row has is a slip of the pen.
    let slip = mapping(name).replace("\"stars\"", "\"starz\"");
    let path = case(name).join("data.jsonl");
    let error = by(&slip).import(&path, &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("`starz` must be among the columns"), "{error}");
}

#[test]
fn field_33_a_mapping_says_which_answers_count() {
    let name = "33-argilla-discarded-response";
    let submitted =
        format!("{}where = {{ \"quality[*].status\" = \"submitted\" }}\n", mapping(name));
    let imported = import(&*by(&submitted), name, "data.jsonl");
    let ratings = imported.dataset.records::<Rating>().unwrap();
    assert_eq!(ratings.iter().map(|it| it.value).collect::<Vec<_>>(), [4.0, 2.0, 3.0]);
    let discarded =
        "rating whose `quality[*].status` is \"discarded\", which `where` does not ask for";
    assert_eq!(dropped(&imported, discarded), 2);
    assert_eq!(dropped(&imported, "rating without `quality[*]`"), 1);
    assert_eq!(dropped(&imported, "rating without `quality[*].value`"), 1);
}

#[test]
fn field_35_reviewed_without_a_mark_is_kept_as_such() {
    let name = "35-reviewed-without-a-mark";
    let imported = mapped(name, "data.jsonl");
    let critiques = imported.dataset.records::<Critique>().unwrap();
    let said: Vec<_> =
        critiques.iter().map(|it| (it.polarity, it.first_char, it.end_char)).collect();
    assert_eq!(said, [(Polarity::Negative, Some(0), Some(12)), (Polarity::Neutral, None, None)]);
    assert_eq!(text(&imported.dataset, &critiques[1].segment), "All of it is fine. Every word.");
    assert_eq!(dropped(&imported, "critique without `spans[*].label`"), 1);
    let skipped =
        import(&*by(&format!("{}unmarked = \"skip\"\n", mapping(name))), name, "data.jsonl");
    assert_eq!(dropped(&skipped, "critique without `spans[*]`"), 1);
}

#[test]
fn field_36_a_transcript_ends_its_prompt_at_a_turn() {
    let name = "36-hh-through-trl-preference";
    let imported = import(&*format("trl-preference"), name, "data.jsonl");
    assert_eq!(imported.dataset.groups().len(), 1);
    let answers: Vec<[String; 3]> = pairs(&imported.dataset);
    assert_eq!(answers[0][1..], [" I think it is near.", " I think so, go away."]);
    let guessed = "prompt guessed from what both responses begin with";
    assert_eq!(imported.report.kept[guessed], 2);
}

#[test]
fn field_49_sharegpt_keeps_its_turns() {
    let name = "49-sharegpt";
    let imported = mapped(name, "data.json");
    let expect = [
        ["user: Say hi.", "Hi!", "No."],
        ["user: Say bye.\n\nassistant: Why?\n\nuser: Just do.", "Bye!", "Never."],
    ];
    assert_eq!(pairs(&imported.dataset), expect);
}

#[test]
fn field_50_lists_in_lists() {
    let name = "50-prm800k";
    let imported = mapped(name, "data.jsonl");
    let critiques = imported.dataset.records::<Critique>().unwrap();
    let said: Vec<_> =
        critiques.iter().map(|it| (text(&imported.dataset, &it.segment), it.polarity)).collect();
    let expect = [
        ("Three times four.", Polarity::Positive),
        ("That is 14.", Polarity::Negative),
        ("Let us add.", Polarity::Neutral),
        ("That is 12.", Polarity::Positive),
    ];
    assert_eq!(said, expect.map(|(text, it)| (text.to_owned(), it)));
}

#[test]
fn field_51_labels_of_three_kinds() {
    let name = "51-step-labels-of-three-kinds";
    let imported = import(&*by("[import.trl-stepwise]\nlabels = \"signed\"\n"), name, "data.jsonl");
    let critiques = imported.dataset.records::<Critique>().unwrap();
    let said: Vec<_> = critiques.iter().map(|it| it.polarity).collect();
    assert_eq!(said, [Polarity::Positive, Polarity::Neutral, Polarity::Negative]);
}

#[test]
fn field_53_each_chosen_with_each_rejected() {
    let dataset = import(&*format("trl-preference"), "53-reward-bench-2", "data.jsonl").dataset;
    let pairs = pairs(&dataset);
    assert_eq!(pairs.len(), 7);
    let second: Vec<[&str; 2]> = pairs[3..].iter().map(|it| [&*it[1], &*it[2]]).collect();
    let expect = [["Red.", "Pink."], ["Red.", "Brown."], ["Blue.", "Pink."], ["Blue.", "Brown."]];
    assert_eq!(second, expect);
}

#[test]
fn field_54_the_last_message_is_the_answer() {
    let name = "54-last-message-is-the-answer";
    let sliced = mapping(name).replace("messages[0].content", "messages[:-1]");
    let imported = import(&*by(&sliced), name, "data.jsonl");
    let expect = [
        ["user: Name a fish.", "Cod.", "Dog."],
        ["user: Hi.\n\nassistant: Hello.\n\nuser: Name a bird.", "Wren.", "Bat."],
    ];
    assert_eq!(pairs(&imported.dataset), expect);
}

#[test]
fn field_56_a_share_on_another_scale() {
    let name = "56-alpaca-eval-shares";
    let scaled = format!(
        "{}share_scale = {{ first = 1, second = 2 }}\nvalues = {{ 0 = \"tie\", \"1.5\" = \"tie\" }}\n",
        mapping(name)
    );
    let imported = import(&*by(&scaled), name, "annotations.json");
    let comparisons = imported.dataset.records::<Comparison>().unwrap();
    let said: Vec<[f64; 3]> = comparisons.iter().map(|it| it.distribution()).collect();
    assert_eq!(said[0], [1.0, 0.0, 0.0]);
    assert!((said[1][0] - 0.0001).abs() < 1e-12 && said[1][1] == 0.0, "{said:?}");
    assert_eq!(said[2..], [[0.0, 1.0, 0.0]; 2]);
    assert_eq!(dropped(&imported, "comparison without `preference`"), 1);
    let path = case(name).join("annotations.json");
    let error = by(&mapping(name)).import(&path, &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("another scale needs `share_scale`, found 1.9999"), "{error}");
}

#[test]
fn field_62_names_may_be_numbers() {
    let dataset = import(&*format("tables"), "62-integer-segment-names", "in").dataset;
    let comparison = &dataset.records::<Comparison>().unwrap()[0];
    assert_eq!((&*comparison.first.0, &*comparison.second.0), ("1", "2"));
}

fn imported_by(mapping: &str, name: &str, data: &str) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, data).unwrap();
    by(mapping).import(&path, &Reading::default()).unwrap()
}

/// Audit C2.3: six annotators in a list had one name.
#[test]
fn the_position_in_a_list_is_a_name() {
    let mapping = "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"approval\"\n\
                   segment = \"a\"\napproval = \"votes[*]\"\nannotator = { position = \"votes\" }\n";
    let data = "{\"q\": \"So?\", \"a\": \"Yes.\", \"votes\": [1, 0, 1]}\n";
    let dataset = imported_by(mapping, "d.jsonl", data).dataset;
    assert_eq!(annotators::<Approval>(&dataset), ["0", "1", "2"].map(|it| Some(it.into())));
    let wrong = mapping.replace("position = \"votes\"", "position = \"votez\"");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.jsonl");
    std::fs::write(&path, data).unwrap();
    let error = by(&wrong).import(&path, &Reading::default()).unwrap_err().to_string();
    assert!(error.contains("nothing goes through `votez[*]`"), "{error}");
}

/// Audit C2.1: skipping pairs with an empty side was not neutral.
#[test]
fn what_a_skip_did_to_the_answers_is_told() {
    let mapping = "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"comparison\"\n\
                   first = \"a\"\nsecond = \"b\"\npreference = \"l\"\nmissing = \"skip\"\n";
    let data = "q,a,b,l\nx,1,2,first\nx,,2,second\ny,,3,second\nz,,4,tie\nw,,5,first\nv,6,7,\n";
    let report = imported_by(mapping, "d.csv", data).report;
    assert_eq!(report.dropped["comparison without `a`"], 4);
    let note = "answers of 4 left out (comparison without `a`): 25 % for the first, 25 % ties, 50 % for \
                the second";
    assert!(report.notes.iter().any(|told| told == note), "{:?}", report.notes);
}

#[test]
fn a_list_may_be_a_ranking_by_its_order() {
    let mapping = "[import.columns]\nprompt = \"q\"\n[[import.columns.records]]\nkind = \"ranking\"\n\
                   texts = \"best\"\norder = \"best-first\"\n";
    let data = "{\"q\": \"So?\", \"best\": [\"A.\", \"B.\", \"C.\"]}\n";
    let ranks = |mapping: &str| {
        imported_by(mapping, "d.jsonl", data).dataset.records::<Ranking>().unwrap()[0].ranks.clone()
    };
    assert_eq!(ranks(mapping), [1, 2, 3]);
    assert_eq!(ranks(&mapping.replace("best-first", "worst-first")), [3, 2, 1]);
}

/// Data and mapping of each section of the page, imported; what was kept by kind, and how much was not.
#[test]
fn exports_of_annotation_tools_come_in_as_their_page_says() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ANNOTATION-TOOLS.md");
    let page = std::fs::read_to_string(page).unwrap();
    let block = |section: &str, language: &str| {
        let start = section.split(&format!("```{language}\n")).nth(1).unwrap();
        start.split("```").next().unwrap().to_owned()
    };
    let mut told = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let name = section.lines().next().unwrap();
        let report = imported_by(&block(section, "toml"), "export", &block(section, "json")).report;
        let kept: usize = ["comparison", "rating", "critique"]
            .iter()
            .filter_map(|kind| report.kept.get(*kind))
            .sum();
        told.push((name, kept, report.dropped.values().sum::<usize>()));
    }
    let expect = [("Label Studio", 2, 2), ("Argilla", 2, 3), ("Prodigy", 2, 1), ("doccano", 2, 0)];
    assert_eq!(told, expect);
}
