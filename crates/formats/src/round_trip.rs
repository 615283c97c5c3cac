//! Import after export: a dataset made of what a format can hold comes back the same.

use crate::*;
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_feedback::{
    AnnotatorId, Approval, Checked, Comparison, Provenance, Ranking, Rating, Record, Scale,
    SegmentId, Strength,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Imports a file of this text; messages without the folder.
pub(crate) fn import_text(importer: &dyn Importer, text: &str) -> Result<Imported, String> {
    import_text_with(importer, text, &Reading::default())
}

/// What is written has marks around cells, even where a text has all that looks like rows.
const MARKED: Reading<'_> = Reading {
    bad_rows: crate::BadRows::Error,
    empty: crate::EmptyTexts::Refuse,
    unpacked_bytes: 1 << 20,
    quoted: Some(true),
    member: None,
    rows: None,
    progress: &|_| {},
};

/// The same with options.
pub(crate) fn import_text_with(
    importer: &dyn Importer,
    text: &str,
    reading: &Reading<'_>,
) -> Result<Imported, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, text).unwrap();
    let prefix = format!("{}/", folder.path().display());
    importer.import(&file, reading).map_err(|error| error.to_string().replace(&prefix, ""))
}

fn export(exporter: &dyn Exporter, dataset: &Dataset) -> (ExportReport, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let report = exporter.write(dataset, &file).unwrap();
    (report, fs::read_to_string(&file).unwrap())
}

/// The records, with prompt and text in place of the names of segments.
fn facts<R: Record>(dataset: &Dataset) -> Vec<Value> {
    if dataset.count(R::KIND) == 0 {
        return Vec::new();
    }
    let told = |record: &Checked<R>| {
        let mut value = serde_json::to_value(&**record).unwrap();
        for field in ["first", "second", "segment", "segments"] {
            if let Some(names) = value.get_mut(field) {
                *names = spelt(dataset, names);
            }
        }
        value
    };
    dataset.records::<R>().unwrap().iter().map(told).collect()
}

fn spelt(dataset: &Dataset, names: &Value) -> Value {
    match names {
        Value::Array(names) => names.iter().map(|name| spelt(dataset, name)).collect(),
        name => {
            let segments = dataset.segments();
            let place = segments.index(&name.as_str().unwrap().into()).unwrap();
            let group = segments.groups(place)[0] as usize;
            json!([dataset.groups().prompt(group), segments.text(place)])
        }
    }
}

fn all_facts(dataset: &Dataset) -> Vec<Vec<Value>> {
    vec![
        facts::<Comparison>(dataset),
        facts::<Approval>(dataset),
        facts::<Ranking>(dataset),
        facts::<Rating>(dataset),
    ]
}

/// Three prompts with three responses each, named `<prompt>/<response>`.
fn dataset(prompts: &[String], texts: &[String]) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("random", Domain::Text));
    for (g, prompt) in prompts.iter().enumerate() {
        builder.add_group(&g.to_string(), Some(prompt), None);
        for (t, text) in texts.iter().enumerate() {
            builder.add_text(&format!("{g}/{t}"), &g.to_string(), text);
        }
    }
    builder
}

fn segment(group: usize, text: usize) -> SegmentId {
    SegmentId(format!("{group}/{text}"))
}

fn checked<R: Record>(records: Vec<R>) -> Vec<Checked<R>> {
    records.into_iter().map(|record| Checked::new(record).unwrap()).collect()
}

/// Texts with everything that a file format might trip over, except the zero byte, which makes a
/// file binary.
fn text() -> impl Strategy<Value = String> {
    let awkward: Vec<char> =
        "ab .,;:'\"\\/\n\r\t#{}[]-_%éß漢😀\u{301}\u{200d}\u{feff}\u{2028}\u{85}".chars().collect();
    let character = prop_oneof![
        4 => prop::sample::select(awkward),
        1 => any::<char>().prop_filter("zero", |&c| c != '\0'),
    ];
    let piece = move || prop::collection::vec(character.clone(), 0..9);
    (piece(), piece()).prop_map(|(before, after)| {
        before.into_iter().chain(['w']).chain(after).collect::<String>()
    })
}

/// Three different texts.
fn three() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 3).prop_map(|texts| {
        texts.into_iter().enumerate().map(|(i, text)| format!("{text}{i}")).collect()
    })
}

/// Three different prompts of several turns.
fn three_of_messages() -> impl Strategy<Value = Vec<String>> {
    let turn = (prop::sample::select(vec!["system", "user", "assistant", "tool"]), text());
    prop::collection::vec(prop::collection::vec(turn, 1..4), 3).prop_map(|prompts| {
        let render = |(i, turns): (usize, Vec<(&str, String)>)| {
            let turns: Vec<_> =
                turns.iter().map(|(role, text)| format!("{role}: {text}")).collect();
            format!("{}{i}", turns.join("\n\n"))
        };
        prompts.into_iter().enumerate().map(render).collect()
    })
}

/// A prompt, two of its responses, and an answer.
type Pair = (usize, usize, usize, bool);

fn pairs() -> impl Strategy<Value = Vec<Pair>> {
    let pair = (0..3_usize, 0..3_usize, 1..3_usize, any::<bool>());
    prop::collection::vec(pair.prop_map(|(g, t, by, answer)| (g, t, (t + by) % 3, answer)), 1..9)
}

/// Messages of a user (0) or an assistant (1) first, with calls of tools and their answers among them.
fn turns(first: usize) -> impl Strategy<Value = Value> {
    let turn = |role: usize| {
        ("[a-zé\\n :{}\"]{0,8}[a-z]", any::<bool>(), "[a-z\"\\n]{0,5}").prop_map(move |(said, calls, with)| {
            let role = ["user", "assistant", "tool"][role];
            match (role, calls) {
                ("assistant", true) => json!({ "role": role, "content": said, "tool_calls": [
                    { "id": "c1", "type": "function", "function": { "name": "f", "arguments": with } },
                ] }),
                ("tool", true) => json!({ "role": role, "tool_call_id": "c1", "name": with, "content": said }),
                _ => json!({ "role": role, "content": said }),
            }
        })
    };
    let rest = prop::collection::vec((0..3_usize).prop_flat_map(turn), 0..3);
    (turn(first), rest).prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect())
}

fn source(answer: bool) -> Provenance {
    if answer { Provenance::from_source("train") } else { Provenance::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn trl(prompts in prop_oneof![three(), three_of_messages()], texts in three(), pairs in pairs()) {
        let chosen = |&(g, a, b, _): &Pair| Comparison::new(segment(g, a), segment(g, b), 1.0);
        let mut builder = dataset(&prompts, &texts);
        builder.insert(checked(pairs.iter().map(chosen).collect()));
        let before = builder.build().unwrap();
        let (report, file) = export(&ExportTrlPreference {}, &before);
        prop_assert_eq!(report.written["comparison"], pairs.len());
        prop_assert!(report.left_out.is_empty() && report.without.is_empty());
        let after = import_text(&TrlPreference::default(), &file).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));

        let mut builder = dataset(&prompts, &texts);
        builder.insert(checked(pairs.iter().map(|pair| approval(pair, Provenance::default())).collect()));
        let before = builder.build().unwrap();
        let (_, file) = export(&ExportTrlUnpaired {}, &before);
        let after = import_text(&TrlUnpaired {}, &file).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));
    }

    /// Turns, calls of tools and their answers are the same after an export and another import; a second
    /// export is the same file.
    #[test]
    fn conversations_with_tools(rows in prop::collection::vec((turns(0), turns(1), turns(1)), 1..4)) {
        let line = |(prompt, chosen, rejected): &(Value, Value, Value)| {
            json!({ "prompt": prompt, "chosen": chosen, "rejected": rejected }).to_string()
        };
        let text = rows.iter().map(line).collect::<Vec<_>>().join("\n");
        let before = import_text(&TrlPreference::default(), &text).unwrap().dataset;
        let (report, file) = export(&ExportTrlPreference {}, &before);
        prop_assert!(report.left_out.is_empty(), "{report}");
        let after = import_text(&TrlPreference::default(), &file).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));
        prop_assert_eq!(export(&ExportTrlPreference {}, &after).1, file);
    }

    #[test]
    fn nemo_rl(prompts in three_of_messages(), texts in three(), pairs in pairs()) {
        let ranking = |&(g, a, b, is_long): &Pair| Ranking {
            segments: [a, b, 3 - a - b][..2 + usize::from(is_long)].iter().map(|&t| segment(g, t)).collect(),
            ranks: vec![2, 1, 2][..2 + usize::from(is_long)].to_vec(),
            reason: None,
            provenance: source(is_long),
        };
        let mut builder = dataset(&prompts, &texts);
        builder.insert(checked(pairs.iter().map(ranking).collect()));
        let before = builder.build().unwrap();
        let (report, file) = export(&ExportNemoRl {}, &before);
        prop_assert!(report.left_out.is_empty() && report.without.is_empty());
        let after = import_text(&NemoRl {}, &file).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));
    }

    #[test]
    fn halos(prompts in three_of_messages(), texts in three(), pairs in pairs()) {
        // Prompt 2 has approvals, the others comparisons: the format holds one type a prompt.
        let compared = pairs.iter().filter(|(g, ..)| *g < 2).map(|&(g, a, b, answer)| Comparison {
            provenance: source(answer),
            ..Comparison::new(segment(g, a), segment(g, b), f64::from(u8::from(answer)))
        });
        let approved = pairs.iter().filter(|(g, ..)| *g == 2).map(|p| approval(p, source(p.3)));
        let mut builder = dataset(&prompts, &texts);
        builder.insert(checked(compared.collect()));
        builder.insert(checked(approved.collect()));
        let before = builder.build().unwrap();
        let (report, file) = export(&ExportHalos {}, &before);
        prop_assert!(report.left_out.is_empty() && report.without.is_empty());
        let after = import_text(&Halos {}, &file).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));
    }

    #[test]
    fn crowd_kit(names in three(), workers in three(), pairs in pairs()) {
        let provenance = |worker: usize| Provenance {
            annotator: person(&workers[worker]).map(AnnotatorId),
            ..Provenance::default()
        };
        let named = |t: usize| SegmentId(names[t].clone());
        let mut builder = DatasetBuilder::new(Card::new("random", Domain::Text));
        builder.add_group("items", None, None);
        names.iter().for_each(|name| builder.add_text(name, "items", name));
        builder.insert(checked(pairs.iter().map(|&(g, a, b, answer)| Comparison {
            provenance: provenance(g),
            ..Comparison::new(named(a), named(b), f64::from(u8::from(answer)))
        }).collect()));
        let before = builder.build().unwrap();
        let (_, file) = export(&ExportCrowdKitPairwise {}, &before);
        let after = import_text_with(&CrowdKitPairwise {}, &file, &MARKED).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));

        let mut builder = DatasetBuilder::new(Card::new("random", Domain::Text));
        builder.add_group("items", None, None);
        names.iter().for_each(|name| builder.add_text(name, "items", name));
        let scale = Scale { low: -0.3, high: 0.5, levels: None };
        builder.insert(checked(pairs.iter().map(|&(g, a, b, _)| Rating {
            segment: named(a),
            value: 0.1 * b as f64,
            scale,
            aspect: None,
            reason: None,
            provenance: provenance(g),
        }).collect()));
        let before = builder.build().unwrap();
        let (_, file) = export(&ExportCrowdKitLabels::default(), &before);
        let importer = CrowdKitLabels {
            kind: None, low: Some(scale.low), high: Some(scale.high), levels: Some(0),
        };
        let after = import_text_with(&importer, &file, &MARKED).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));

        let mut builder = DatasetBuilder::new(Card::new("random", Domain::Text));
        builder.add_group("items", None, None);
        names.iter().for_each(|name| builder.add_text(name, "items", name));
        builder.insert(checked(pairs.iter().map(|&(g, a, _, answer)| Approval {
            segment: named(a),
            approval: f64::from(u8::from(answer)),
            reason: None,
            provenance: provenance(g),
        }).collect()));
        let before = builder.build().unwrap();
        let (_, file) = export(&ExportCrowdKitLabels::default(), &before);
        let after = import_text_with(&CrowdKitLabels::default(), &file, &MARKED).unwrap().dataset;
        prop_assert_eq!(all_facts(&after), all_facts(&before));
    }
}

fn approval(&(g, t, _, answer): &Pair, provenance: Provenance) -> Approval {
    let approval = f64::from(u8::from(answer));
    Approval { segment: segment(g, t), approval, reason: None, provenance }
}

/// A dataset with everything that the formats cannot hold.
fn unruly() -> Dataset {
    let mut builder = DatasetBuilder::new(Card::new("unruly", Domain::Text));
    builder.add_group("p", Some("Why?"), Some("A context."));
    builder.add_group("q", Some("How?"), None);
    for (id, group, text) in
        [("a", "p", "A."), ("b", "p", "B."), ("c", "q", "C."), ("d", "p", "A.")]
    {
        builder.add_text(id, group, text);
    }
    builder.add_person("ann", &[("age", 31.0.into())]);
    let comparison = |first: &str, second: &str| Comparison::new(first.into(), second.into(), 1.0);
    let full = Provenance {
        annotator: Some("ann".into()),
        group: Some("g".into()),
        seconds: Some(1.0),
        votes: Some(3),
        source: Some("s".into()),
        ..Provenance::default()
    };
    builder.insert(checked(vec![
        Comparison {
            strength: Some(Strength { grade: 1, levels: 3 }),
            reason: Some("r".into()),
            provenance: full.clone(),
            preference: 0.0,
            ..comparison("a", "b")
        },
        Comparison::tied("a".into(), "b".into()),
        Comparison { preference: 0.75, ..comparison("a", "b") },
        Comparison { tie: 0.5, ..comparison("a", "b") },
        comparison("a", "c"),
        comparison("a", "d"),
    ]));
    let approval = |segment: &str, approval| Approval {
        segment: segment.into(),
        approval,
        reason: None,
        provenance: Provenance::default(),
    };
    builder.insert(checked(vec![approval("a", 1.0), approval("b", 0.5), approval("c", 0.0)]));
    let ranking = |ranks: &[u32]| Ranking {
        segments: vec!["a".into(), "b".into()],
        ranks: ranks.to_vec(),
        reason: None,
        provenance: Provenance::default(),
    };
    builder.insert(checked(vec![ranking(&[1, 1]), ranking(&[3, 1])]));
    let rating = |value, high, aspect: Option<&str>| Rating {
        segment: "a".into(),
        value,
        scale: Scale { low: 1.0, high, levels: None },
        aspect: aspect.map(str::to_owned),
        reason: None,
        provenance: full.clone(),
    };
    builder.insert(checked(vec![
        rating(2.0, 5.0, None),
        rating(2.0, 7.0, None),
        rating(2.0, 5.0, Some("style")),
    ]));
    builder.build().unwrap()
}

/// What a report counts, but the kinds and the people that the format does not have.
fn counts(report: &ExportReport) -> [Vec<String>; 3] {
    let spell = |counts: &std::collections::BTreeMap<String, usize>| {
        let is_ours = |what: &str| !what.contains("the format has no such");
        let ours = counts.iter().filter(|(what, _)| is_ours(what));
        ours.map(|(what, count)| format!("{count} {what}")).collect()
    };
    [spell(&report.written), spell(&report.left_out), spell(&report.without)]
}

fn check(exporter: &dyn Exporter, written: &[&str], left_out: &[&str], without: &[&str]) -> String {
    let (report, file) = export(exporter, &unruly());
    assert_eq!(report.left_out["attribute of a person: the format has no such table"], 1);
    let [found_written, found_left_out, found_without] = counts(&report);
    assert_eq!(found_written, written, "{report}");
    assert_eq!(found_left_out, left_out, "{report}");
    assert_eq!(found_without, without, "{report}");
    file
}

const PROVENANCE: [&str; 5] =
    ["1 annotator", "1 group of the annotator", "1 seconds", "1 source", "1 votes"];

#[test]
fn trl_leaves_out_what_is_no_choice_of_two() {
    let file = check(
        &ExportTrlPreference {},
        &["2 comparison"],
        &[
            "1 comparison: a tie",
            "2 comparison: an answer that is shared among several",
            "1 comparison: responses to several prompts",
        ],
        &[
            "1 annotator",
            "2 context of the prompt",
            "1 group of the annotator",
            "1 reason",
            "1 seconds",
            "1 source",
            "1 strength",
            "1 votes",
        ],
    );
    let expect = "{\"prompt\":\"Why?\",\"chosen\":\"B.\",\"rejected\":\"A.\"}\n\
                  {\"prompt\":\"Why?\",\"chosen\":\"A.\",\"rejected\":\"A.\"}\n";
    assert_eq!(file, expect);
    let file = check(
        &ExportTrlUnpaired {},
        &["2 approval"],
        &["1 approval: an approval that is shared among several"],
        &["1 context of the prompt"],
    );
    assert!(file.starts_with("{\"prompt\":\"Why?\",\"completion\":\"A.\",\"label\":true}\n"));
}

#[test]
fn one_plain_prompt_flattens_no_turns() {
    let turn = |role: &str, said: &str| json!({ "role": role, "content": said });
    let chosen = [turn("assistant", "Hello."), turn("user", "Fish?"), turn("assistant", "Cod.")];
    let no = [turn("assistant", "No.")];
    let talk = json!({ "prompt": [turn("user", "Hi?")], "chosen": chosen, "rejected": no });
    let plain = json!({ "prompt": "So?", "chosen": "Yes.", "rejected": "No." });
    let expect = json!({
        "prompt": [turn("user", "So?")], "chosen": [turn("assistant", "Yes.")], "rejected": no,
    });
    let check = |given: [&Value; 2], expect: [&Value; 2]| {
        let text = format!("{}\n{}\n", given[0], given[1]);
        let dataset = import_text(&TrlPreference::default(), &text).unwrap().dataset;
        let (_, file) = export(&ExportTrlPreference {}, &dataset);
        let lines: Vec<Value> =
            file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.iter().collect::<Vec<_>>(), expect);
    };
    check([&talk, &plain], [&talk, &expect]);
    // Turns of a response alone.
    let answered = json!({ "prompt": "Hi?", "chosen": chosen, "rejected": no });
    check([&answered, &plain], [&talk, &expect]);
}

/// Finding of a review: a whole talk was written as one message of the user.
#[test]
fn talks_of_oasst_and_prism_are_written_as_turns() {
    let check = |format: &str, expect: &[&str]| {
        let (_, file) = export(&ExportNemoRl {}, &crate::fixture::import(format).dataset);
        let roles = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            let turns = line["context"].as_array().unwrap().iter();
            turns.map(|turn| turn["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let longest = file.lines().map(roles).max_by_key(Vec::len).unwrap();
        assert_eq!(longest, expect, "{format}");
    };
    check("oasst", &["user", "assistant"]);
    check("prism", &["user", "assistant", "user"]);
}

#[test]
fn nemo_rl_has_no_statement_without_a_best() {
    let file = check(
        &ExportNemoRl {},
        &["2 comparison", "1 ranking"],
        &[
            "1 comparison: a tie",
            "2 comparison: an answer that is shared among several",
            "1 comparison: responses to several prompts",
            "1 ranking: all are tied",
        ],
        &[
            "1 annotator",
            "3 context of the prompt",
            "1 group of the annotator",
            "1 reason",
            "1 seconds",
            "1 strength",
            "1 votes",
        ],
    );
    let first: Value = serde_json::from_str(file.lines().next().unwrap()).unwrap();
    assert_eq!(first["context"], json!([{ "role": "user", "content": "Why?" }]));
    assert_eq!(first["completions"][0]["rank"], 2);
    assert_eq!(first["completions"][1]["rank"], 0);
    // A plain prompt comes back with its role.
    let back = import_text(&NemoRl {}, &file).unwrap().dataset;
    assert_eq!(back.groups().prompt(0), Some("user: Why?"));
    assert_eq!(back.count("ranking"), 3);
}

#[test]
fn halos_has_one_type_a_prompt() {
    let file = check(
        &ExportHalos {},
        &["1 approval", "1 comparison"],
        &[
            "1 approval: an approval that is shared among several",
            "1 approval: the prompt has comparisons, and one type only",
            "1 comparison: a pair of identical texts",
            "1 comparison: a tie",
            "2 comparison: an answer that is shared among several",
            "1 comparison: responses to several prompts",
        ],
        &[
            "1 annotator",
            "1 context of the prompt",
            "1 group of the annotator",
            "1 reason",
            "1 seconds",
            "1 source",
            "1 strength",
            "1 votes",
        ],
    );
    let objects: Vec<Value> = serde_json::from_str(&file).unwrap();
    assert_eq!(objects[0]["label"], 0);
    assert_eq!((&objects[0]["reward_A"], &objects[0]["reward_B"]), (&json!(0.0), &json!(1.0)));
    assert_eq!(objects[0].get("split"), None);
    assert_eq!((&objects[1]["label"], &objects[1]["reward"]), (&json!(0), &json!(0.0)));
}

#[test]
fn crowd_kit_names_segments_and_needs_workers() {
    let file = check(
        &ExportCrowdKitPairwise {},
        &["1 comparison"],
        &[
            "1 comparison: a tie",
            "2 comparison: an answer that is shared among several",
            "2 comparison: no annotator is named",
        ],
        &["1 group of the annotator", "1 reason", "1 seconds", "1 source", "1 strength", "1 votes"],
    );
    assert_eq!(file, "worker,left,right,label\nann,a,b,b\n");
    let rest: Vec<&str> = PROVENANCE[1..].to_vec();
    let file = check(
        &ExportCrowdKitLabels::default(),
        &["1 rating"],
        &["1 rating: another aspect", "1 rating: another scale than the first"],
        &rest,
    );
    assert_eq!(file, "task,worker,label\na,ann,2\n");
    let style = ExportCrowdKitLabels { aspect: Some("style".into()), ..Default::default() };
    let (report, _) = export(&style, &unruly());
    let note = "the scale is not written; to import again: low = 1, high = 5, levels = 0";
    assert!(report.notes.iter().any(|found| found == note), "{report}");
}

#[test]
fn nothing_to_write_is_an_error_and_leaves_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "old").unwrap();
    let approvals = ExportCrowdKitLabels { kind: Some(LabelKind::Approval), aspect: None };
    let error = approvals.write(&unruly(), &file).unwrap_err().to_string();
    let expect = "dataset `unruly` has nothing that this format can hold: 1 approval: an approval \
                  that is shared among several; 2 approval: no annotator is named; 1 attribute of \
                  a person: the format has no such table; 6 comparison: the format has no such \
                  feedback";
    assert!(error.starts_with(expect), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    let door = crate::fixture::import("adroit-door").dataset;
    let error = ExportTrlPreference {}.write(&door, Path::new("x")).unwrap_err().to_string();
    assert!(error.contains("2 comparison: a segment has no text"), "{error}");
}
