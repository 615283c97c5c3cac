//! What holds for any dataset, any text and any damaged source.
#![allow(clippy::unwrap_used)]

use medley_dataset::{
    Card, Dataset, DatasetBuilder, DatasetWriter, Domain, Part, PersonValue, ShardSize, Split,
    SplitBy, sentences,
};
use medley_feedback::{
    AnnotatorId, Approval, Checked, Comparison, Provenance, Ranking, Rating, Role, Scale,
    SegmentId, Strength,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-zé.!?\"\u{1f600}漢 \n]{0,40}[^\\s\\pC]", 3..8)
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let text = || prop::option::of("[^\\pC\\s][^\\pC]{0,7}");
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

/// What is known of a person.
type Attributes = (Option<String>, Option<f64>);

/// Their names overlap with those of `provenance`, so that some are known both ways.
fn people() -> impl Strategy<Value = BTreeMap<String, Attributes>> {
    let attributes = (prop::option::of("[^\\pC]{0,8}"), prop::option::of(-1e300..1e300f64));
    prop::collection::btree_map("[a-c]{1,2}", attributes, 0..5)
}

fn named_attributes((text, number): &Attributes) -> Vec<(&'static str, PersonValue)> {
    let text = text.clone().map(|text| ("label", text.into()));
    text.into_iter().chain(number.map(|number| ("size", number.into()))).collect()
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
        prop_assert_eq!(&*back.records::<Comparison>().unwrap(), &comparisons[..]);
        prop_assert_eq!(&*back.records::<Rating>().unwrap(), &[rating][..]);
        prop_assert_eq!(&*back.records::<Ranking>().unwrap(), &[ranking][..]);
    }

    #[test]
    fn people_round_trip(
        people in people(),
        said in prop::collection::vec(("[a-c]{1,2}", prop::option::of("[x-z]")), 0..8),
    ) {
        let approvals: Vec<_> = said.into_iter().map(|(who, group)| {
            let provenance = Provenance { annotator: Some(AnnotatorId(who)), group, ..Provenance::default() };
            Checked::new(Approval { segment: segment(0), approval: 1.0, reason: None, provenance }).unwrap()
        }).collect();
        let place = tempfile::tempdir().unwrap();
        let (whole, shards) = (place.path().join("whole"), place.path().join("shards"));
        let mut builder = build(&["Yes.".to_owned()]);
        let card = Card::new("p", Domain::Text);
        let mut writer = DatasetWriter::new(card, &shards, ShardSize { rows: 2, bytes: 8 }).unwrap();
        writer.add_group("g0", Some("Yes."), Some("context")).unwrap();
        writer.add_text("s0", "g0", "Yes.").unwrap();
        for (id, attributes) in &people {
            builder.add_person(id, &named_attributes(attributes));
            writer.add_person(id, &named_attributes(attributes));
        }
        if !approvals.is_empty() {
            builder.insert(approvals.clone());
            writer.insert(&approvals).unwrap();
        }
        let dataset = builder.build().unwrap();
        dataset.write(&whole).unwrap();
        writer.finish().unwrap();
        for folder in [whole, shards] {
            let back = Dataset::open(&folder).unwrap();
            prop_assert_eq!(back.people(), dataset.people());
            prop_assert_eq!(back.hash(), dataset.hash());
        }
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
