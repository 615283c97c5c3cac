//! What holds for any dataset, any text and any damaged source.
#![allow(clippy::unwrap_used)]

use medley_dataset::{
    AdroitDoor, Card, Dataset, DatasetBuilder, Domain, Importer, Part, QaFeedback, Split, SplitBy,
    sentences,
};
use medley_feedback::{
    AnnotatorId, Checked, Comparison, Provenance, Ranking, Rating, Role, Scale, SegmentId, Strength,
};
use proptest::prelude::*;
use std::fs;
use std::io::Write;

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-zé.!?\"\u{1f600}漢 \n]{0,40}[^\\s\\pC]", 3..8)
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let text = || prop::option::of("[^\\pC]{0,8}");
    let role = prop::sample::select(vec![Role::Extension, Role::Evidence, Role::Authority]);
    (text(), text(), prop::option::of(0.0..1e6f64), prop::option::of(1..u32::MAX), text(), role)
        .prop_map(|(annotator, group, seconds, votes, source, role)| Provenance {
            annotator: annotator.map(AnnotatorId),
            group,
            seconds,
            votes,
            source,
            role,
        })
}

fn segment(i: usize) -> SegmentId {
    SegmentId(format!("s{i}"))
}

fn comparison() -> impl Strategy<Value = Comparison> {
    let strength = prop::option::of((1..4u32).prop_map(|grade| Strength { grade, levels: 3 }));
    let reason = prop::option::of("[^\\pC]{0,20}");
    (0.0..=1.0f64, prop::sample::select(vec![0.0, 0.3, 1.0]), strength, reason, provenance())
        .prop_map(|(preference, tie, strength, reason, provenance)| Comparison {
            tie,
            strength,
            reason,
            provenance,
            ..Comparison::new(segment(0), segment(1), preference)
        })
}

fn build(texts: &[String]) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("p", Domain::Text));
    for (i, text) in texts.iter().enumerate() {
        builder.add_group(&format!("g{i}"), Some(text), (i % 2 == 0).then_some("context"));
        builder.add_text(&segment(i).0, &format!("g{i}"), text);
    }
    builder
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn datasets_round_trip(
        texts in texts(),
        comparisons in prop::collection::vec(comparison(), 0..6),
        value in -1.0..1.0f64,
        provenance in provenance(),
        ranks in prop::collection::vec(1..9u32, 3),
    ) {
        let mut dataset = build(&texts).build().unwrap();
        let comparisons: Vec<_> = comparisons.into_iter().map(|c| Checked::new(c).unwrap()).collect();
        let scale = Scale { low: -1.0, high: 1.0, levels: None };
        let rating = Rating { segment: segment(0), value, scale, aspect: None, reason: None, provenance: provenance.clone() };
        let ranking = Ranking { segments: (0..3).map(segment).collect(), ranks, reason: None, provenance };
        let (rating, ranking) = (Checked::new(rating).unwrap(), Checked::new(ranking).unwrap());
        dataset.insert(comparisons.clone()).unwrap();
        dataset.insert(vec![rating.clone()]).unwrap();
        dataset.insert(vec![ranking.clone()]).unwrap();
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("d");
        dataset.write(&path).unwrap();
        let back = Dataset::open(&path).unwrap();
        prop_assert_eq!(back.hash(), dataset.hash());
        prop_assert_eq!(back.segments(), dataset.segments());
        prop_assert_eq!(back.groups(), dataset.groups());
        prop_assert_eq!(back.records::<Comparison>().unwrap(), comparisons);
        prop_assert_eq!(back.records::<Rating>().unwrap(), vec![rating]);
        prop_assert_eq!(back.records::<Ranking>().unwrap(), vec![ranking]);
    }

    #[test]
    fn sentences_slice_back_and_cover(text in "(?s).{0,60}|[A-Za-z0-9.!?\"' \n\u{2026}\u{a0}]{0,120}") {
        let chars: Vec<char> = text.chars().collect();
        let mut covered = vec![false; chars.len()];
        let mut end = 0;
        for sentence in sentences(&text) {
            let span = sentence.chars.start as usize..sentence.chars.end as usize;
            prop_assert!(span.start >= end && !span.is_empty());
            end = span.end;
            prop_assert_eq!(chars[span.clone()].iter().collect::<String>(), sentence.text);
            prop_assert_eq!(sentence.text.trim(), sentence.text);
            covered[span].fill(true);
        }
        let bare = (0..chars.len()).find(|&i| !covered[i] && !chars[i].is_whitespace());
        prop_assert_eq!(bare, None);
    }

    #[test]
    fn splits_cover_all_and_leak_nothing(
        prompts in prop::collection::vec(0..30u8, 20..80),
        validation in 0.06..0.3f64,
        test in 0.06..0.3f64,
        seed: u64,
        by in prop::sample::select(vec![SplitBy::Prompt, SplitBy::Episode]),
    ) {
        let dataset = |order: &[usize]| {
            let mut builder = DatasetBuilder::new(Card::new("p", Domain::Text));
            for &i in order {
                builder.add_group(&format!("g{i}"), Some(&prompts[i].to_string()), None);
            }
            builder.build().unwrap()
        };
        let order: Vec<usize> = (0..prompts.len()).collect();
        let units = match by {
            SplitBy::Prompt => prompts.iter().collect::<std::collections::BTreeSet<_>>().len(),
            _ => prompts.len(),
        };
        let split = Split { by, validation, test };
        let Ok(parts) = split.partition(&dataset(&order), seed) else {
            prop_assert!(units < 15, "{} units must do", units);
            return Ok(());
        };
        let all = [Part::Train, Part::Validation, Part::Test];
        prop_assert_eq!(all.map(|part| parts.count(part)).iter().sum::<usize>(), prompts.len());
        if by == SplitBy::Episode {
            prop_assert_eq!(parts.count(Part::Test), (test * units as f64).round() as usize);
            prop_assert_eq!(parts.count(Part::Validation), (validation * units as f64).round() as usize);
        } else {
            for (i, prompt) in prompts.iter().enumerate() {
                let twin = prompts.iter().position(|other| other == prompt).unwrap();
                prop_assert_eq!(parts.part(i as u32), parts.part(twin as u32));
            }
        }
        let turned: Vec<usize> = order.iter().rev().copied().collect();
        let again = split.partition(&dataset(&turned), seed).unwrap();
        let last = prompts.len() as u32 - 1;
        prop_assert!((0..=last).all(|g| parts.part(g) == again.part(last - g)));
    }
}

const QA: &str = r#"[{"question": "Who?", "passages": [["T", "It was Ann.", "Then Bo."]],
"gold": "Ann did.", "prediction 1": "Bo did. Ann too.", "prediction 2": "Ann.",
"prediction 3": "Cy.", "prediction 4": "Dé.", "feedback": {"errors": [{"error type":
"Irrelevant", "explanation": "", "start": 0, "end": 7}], "missing-info": [{"error type":
"Missing-Answer", "passage_id": 1, "sentence_id": [1]}], "corrected-prediction": "Ann did."},
"preference": [1, 2, 0, 1, 2, 0]}]"#;

const DEMOS: &str = r#"{"demo_id": 0, "global_start": 0, "length": 3, "init_state_dict": {}, "observations": [[1.5], [2.0], [3.0]], "actions": [[0.5], [0.25], [1.0]], "rewards": [0.0, 1.0, 2.0]}
{"demo_id": 1, "global_start": 3, "length": 2, "init_state_dict": {}, "observations": [[1.5], [2.0]], "actions": [[0.5], [0.25]], "rewards": [0.0, 1.0]}
"#;

const LABELS: &str =
    "query,indices_1,indices_2,len,human_label\n0,0,3,2,0\n1,2,1,2,-1\n2,1,1,2,1\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn import_qa(bytes: &[u8]) -> Result<Dataset, String> {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("qa.json");
    fs::write(&file, bytes).unwrap();
    let imported = QaFeedback {}
        .import(&file)
        .map_err(|error| error.to_string().replace(&format!("{}/", place.path().display()), ""))?;
    Ok(imported.dataset)
}

fn import_door(demos: &[u8], labels: &[u8]) -> Result<Dataset, String> {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("demos.jsonl.gz"), demos).unwrap();
    fs::write(place.path().join("preferences.csv"), labels).unwrap();
    let imported = AdroitDoor {}
        .import(place.path())
        .map_err(|error| error.to_string().replace(&format!("{}/", place.path().display()), ""))?;
    Ok(imported.dataset)
}

#[test]
fn small_sources_import() {
    let qa = import_qa(QA.as_bytes()).unwrap();
    assert_eq!(qa.hash(), import_qa(&gzip(QA.as_bytes())).unwrap().hash());
    assert_eq!(qa.count("comparison"), 6);
    let correction = &qa.records::<medley_feedback::Correction>().unwrap()[0];
    assert_eq!(correction.changed_original, Some(vec![0, 1]));
    assert_eq!(correction.changed_corrected, Some(vec![0]));
    let door = import_door(DEMOS.as_bytes(), LABELS.as_bytes()).unwrap();
    let report = door.card.import.as_ref().unwrap();
    assert_eq!(door.count("comparison"), 2);
    assert_eq!(report.dropped["comparison of a window with itself"], 1);
    assert_eq!(report.dropped["ending of an episode shorter than two windows"], 2);
    let spanning = door.segments().index(&"w2".into()).unwrap();
    assert_eq!(door.segments().groups(spanning), [0, 1]);
}

#[test]
fn broken_sources_are_explained() {
    let qa = |from: &str, to: &str, expect: &str| {
        let error = import_qa(QA.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    qa("\"start\": 0", "\"start\": \"x\"", "qa.json: line 4, column");
    qa(
        "\"start\": 0",
        "\"start\": \"x\"",
        "at `[0].feedback.errors[0].start`: invalid type: string",
    );
    qa("\"gold\"", "\"gild\"", "unknown field `gild`");
    qa(
        "[1, 2, 0, 1, 2, 0]",
        "[1, 2, 0, 1, 2]",
        "q000: `preference` must be 6 numbers, found 5 numbers",
    );
    qa("[1, 2, 0, 1, 2, 0]", "[1, 2, 0, 1, 2, 3]", "q000: `preference` must be 0, 1 or 2, found 3");
    qa("\"Cy.\"", "\" \"", "q000: `prediction 3` must be a text, found white space");
    qa("}]", "}", "qa.json: line 4, column 70");
    let zipped = gzip(QA.as_bytes());
    let error = import_qa(&zipped[..zipped.len() - 9]).unwrap_err();
    assert!(error.starts_with("qa.json: damaged gzip: "), "{error}");

    let door = |from: &str, to: &str, expect: &str| {
        let change = |text: &str| text.replacen(from, to, 1).into_bytes();
        let error = import_door(&change(DEMOS), &change(LABELS)).unwrap_err();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    door(
        "human_label",
        "label",
        "preferences.csv: line 1: expected query,indices_1,indices_2,len,human_label, found query,indices_1,indices_2,len,label",
    );
    door(
        "1,2,1,2,-1",
        "1,2,1,2,7",
        "preferences.csv: line 3: expected `human_label` -1, 0 or 1, found 7",
    );
    door(
        "1,2,1,2,-1",
        "1,2,x,2,1",
        "preferences.csv: line 3: expected a whole number as `indices_2`, found `x`",
    );
    door("1,2,1,2,-1", "1,2,1,2", "preferences.csv: line 3: expected 5 fields");
    door(
        "1,2,1,2,-1",
        "1,4,1,2,1",
        "preferences.csv: line 3: expected a window within 5 steps, found 4 + 2",
    );
    door(
        "1,2,1,2,-1",
        "1,2,1,3,1",
        "preferences.csv: line 3: expected `len` 2 as in the first row, found 3",
    );
    door(
        "\"global_start\": 3",
        "\"global_start\": 4",
        "demonstration 1: `global_start` must be 3, found 4",
    );
    door("[0.25], [1.0]]", "[0.25], []]", "demonstration 0: `action width` must be 1, found 0");
    door("\"demo_id\": 1,", "\"demo_id\": 1", "demos.jsonl.gz: line 2, column");
}

/// Bytes with a few of them overwritten, and perhaps cut off.
fn damaged(bytes: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((0..bytes.len(), any::<u8>()), 1..6);
    (edits, prop::option::weighted(0.2, 0..bytes.len())).prop_map(move |(edits, cut)| {
        let mut damaged = bytes.to_vec();
        edits.into_iter().for_each(|(place, byte)| damaged[place] = byte);
        damaged.truncate(cut.unwrap_or(bytes.len()));
        damaged
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn importers_never_panic(
        qa in damaged(QA.as_bytes()),
        demos in damaged(DEMOS.as_bytes()),
        labels in damaged(LABELS.as_bytes()),
    ) {
        let _ = import_qa(&qa);
        let mut zipped = gzip(&qa);
        let place = qa.len() % zipped.len();
        zipped[place] ^= 1;
        let _ = import_qa(&zipped);
        let _ = import_door(&demos, LABELS.as_bytes());
        let _ = import_door(DEMOS.as_bytes(), &labels);
    }
}
