//! Datasets that come together, and those that cannot.

use super::*;
use crate::{Card, DatasetBuilder, Domain, PersonValue};
use medley_feedback::{AnnotatorId, Approval, Checked, Comparison, Provenance};

fn who(name: &str) -> Provenance {
    Provenance { annotator: Some(AnnotatorId(name.to_owned())), ..Provenance::default() }
}

/// Two answers to one prompt, compared by `person`.
fn compared(name: &str, person: &str) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new(name, Domain::Text));
    builder.card().licence = "MIT".into();
    builder.add_group("q", Some("Why?"), None);
    builder.add_text("q/a", "q", "Because. It is so.");
    builder.add_text("q/b", "q", "No.");
    let comparison = Comparison::new("q/a".into(), "q/b".into(), 0.25);
    let comparison = Comparison { provenance: who(person), ..comparison };
    builder.insert(vec![Checked::new(comparison).unwrap()]);
    builder
}

/// One of the answers and another, approved by `person`.
fn approved(name: &str, person: &str) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new(name, Domain::Text));
    builder.card().licence = "CC-BY-4.0 OR MIT".into();
    builder.add_group("r", Some("How?"), Some("Quickly."));
    builder.add_group("q", Some("Why?"), None);
    builder.add_text("r/a", "r", "Like this. And that.");
    builder.add_text("q/a", "q", "Because. It is so.");
    for segment in ["r/a", "q/a"] {
        let approval = Approval {
            segment: segment.into(),
            approval: 1.0,
            reason: None,
            provenance: Provenance { source: Some("thumbs".into()), ..who(person) },
        };
        builder.insert(vec![Checked::new(approval).unwrap()]);
    }
    builder
}

fn control(name: &str, features: &[&str], values: &[f32]) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new(name, Domain::Control));
    builder.card().features = features.iter().map(|name| (*name).to_owned()).collect();
    builder.add_group("e", None, None);
    builder.add_steps(values);
    builder.add_window("e/0", &["e"], 0, 2);
    builder.add_window("e/1", &["e"], 1, 2);
    builder
}

fn kinds() -> [Kind; 2] {
    [Kind::of::<Comparison>(), Kind::of::<Approval>()]
}

fn person(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches(".0");
    (name != "nan").then(|| name.to_owned())
}

/// Merges two, and opens the result.
fn merged(
    one: DatasetBuilder,
    other: DatasetBuilder,
    same_name: Option<SameName>,
) -> Result<(Dataset, ImportReport), String> {
    let place = tempfile::tempdir().unwrap();
    let [a, b, out] = ["a", "b", "out"].map(|name| place.path().join(name));
    one.build().unwrap().write(&a).unwrap();
    other.build().unwrap().write(&b).unwrap();
    let merge = Merge { same_name, person, kinds: &kinds() };
    let told = |error: MergeError| {
        let left = fs::read_dir(place.path()).unwrap().count();
        assert_eq!(left, 2, "nothing is written");
        error.to_string().replace(&format!("{}/", place.path().display()), "")
    };
    let report = merge.merge(&out, &[a, b]).map_err(told)?;
    let dataset = Dataset::open(&out).unwrap();
    dataset.kinds().iter().for_each(|kind| assert!(dataset.count(kind) > 0));
    Ok((dataset, report))
}

fn names(dataset: &Dataset) -> Vec<&str> {
    dataset.people().ids().iter().map(|id| id.0.as_str()).collect()
}

#[test]
fn the_same_segments_are_one() {
    let (dataset, report) = merged(compared("crowd", "w1"), approved("app", "w2"), None).unwrap();
    let segments = dataset.segments();
    let ids: Vec<&str> = (0..segments.len()).map(|i| segments.id(i).0.as_str()).collect();
    assert_eq!(ids, ["q/a", "q/b", "r/a"]);
    assert_eq!(segments.step_count(), 5, "steps of segments that are known are not copied");
    let r = segments.index(&"r/a".into()).unwrap();
    let steps: Vec<_> = segments.steps(r).map(|row| segments.step_text(row).unwrap()).collect();
    let expect = crate::sentences("Like this. And that.");
    assert_eq!(steps, expect.iter().map(|sentence| sentence.text).collect::<Vec<_>>());
    assert_eq!((dataset.groups().len(), names(&dataset)), (2, vec!["w1", "w2"]));
    let sources = |provenance: &Provenance| provenance.source.clone().unwrap();
    let comparison = &dataset.records::<Comparison>().unwrap()[0];
    assert_eq!((comparison.preference, sources(&comparison.provenance)), (0.25, "crowd".into()));
    let approvals = dataset.records::<Approval>().unwrap();
    assert_eq!(sources(&approvals[0].provenance), "thumbs");
    assert_eq!(dataset.card.name, "out");
    assert_eq!(dataset.card.licence, "MIT AND (CC-BY-4.0 OR MIT)");
    let kept = |what: &str| report.kept.get(what).copied().unwrap_or(0);
    let whats =
        ["segment", "group", "comparison", "approval", "segment that an earlier dataset has"];
    assert_eq!(whats.map(kept), [3, 2, 1, 2, 1]);
}

#[test]
fn shared_steps_stay_shared() {
    let one = || control("one", &["x"], &[1.0, 2.0, 3.0]);
    let mut other = DatasetBuilder::new(Card::new("other", Domain::Control));
    other.card().features = vec!["x".into()];
    other.add_group("f", None, None);
    other.add_group("e", None, None);
    other.add_steps(&[9.0, 4.0, 5.0, 6.0, 2.0, 3.0]);
    other.add_window("f/1", &["f"], 2, 2);
    other.add_window("f/0", &["f"], 1, 2);
    other.add_window("e/1", &["e"], 4, 2);
    let (dataset, _) = merged(one(), other, None).unwrap();
    let segments = dataset.segments();
    let (_, values) = segments.stored_features().unwrap();
    assert_eq!(*values.range(0..values.len()), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let steps = |id: &str| segments.steps(segments.index(&id.into()).unwrap());
    assert_eq!(["e/0", "e/1", "f/1", "f/0"].map(steps), [0..2, 1..3, 4..6, 3..5]);
}

#[test]
fn the_same_name_is_what_the_caller_says() {
    let both = |same_name| merged(compared("crowd", "7"), approved("app", " 7.0 "), same_name);
    let error = both(None).unwrap_err();
    let expect =
        "b: expected people with other names than in a, found `7` in both: `--people same`";
    assert!(error.starts_with(expect), "{error}");
    let (dataset, report) = both(Some(SameName::One)).unwrap();
    assert_eq!(names(&dataset), ["7"]);
    let note = "1 people are of several datasets: `7`".to_owned();
    assert!(report.notes.contains(&note), "{:?}", report.notes);
    let (dataset, _) = both(Some(SameName::Two)).unwrap();
    assert_eq!(names(&dataset), ["app/7", "crowd/7"]);
    let (dataset, _) = merged(compared("crowd", "w"), approved("app", "nan"), None).unwrap();
    assert_eq!(names(&dataset), ["w"]);
    assert_eq!(dataset.records::<Approval>().unwrap()[0].provenance.annotator, None);
}

#[test]
fn what_is_known_of_people_is_united() {
    let told = |town: &str, more: Option<(&str, PersonValue)>| {
        let mut builder = compared(town, "w");
        let mut attributes = vec![("town", PersonValue::from(town))];
        attributes.extend(more);
        builder.add_person("w", &attributes);
        builder.add_person("x", &[("town", "Ulm".into())]);
        builder
    };
    let one = SameName::One;
    let age = || Some(("age", PersonValue::from(31.0)));
    let (dataset, report) = merged(told("Rome", age()), told("Bonn", None), Some(one)).unwrap();
    let people = dataset.people();
    let column = |name: &str| {
        let column = people.column(name).unwrap();
        (0..2).map(|i| column.label(crate::PersonIndex(i)).map(String::from)).collect::<Vec<_>>()
    };
    assert_eq!(column("age"), [Some("31".to_owned()), None]);
    assert_eq!(column("town"), [None, Some("Ulm".to_owned())]);
    let note = "1 people with several values of `town`: none is kept".to_owned();
    assert!(report.notes.contains(&note), "{:?}", report.notes);
    assert_eq!(report.kept["comparison that an earlier record equals"], 1);
    let text = Some(("age", PersonValue::from("old")));
    let error = merged(told("Rome", age()), told("Rome", text), Some(one)).unwrap_err();
    let expect = "b: expected the column of people `age` in numbers, as in a, found `age` in texts";
    assert_eq!(error, expect);
}

#[test]
fn datasets_that_contradict_each_other_are_explained() {
    let check = |one: DatasetBuilder, other: DatasetBuilder, expect: &str| {
        let error = merged(one, other, Some(SameName::One)).unwrap_err();
        assert!(error.starts_with(expect), "expected {expect:?} in {error:?}");
    };
    let text = |prompt: &str, answer: &str| {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("q", Some(prompt), None);
        builder.add_text("q/a", "q", answer);
        builder
    };
    check(
        compared("a", "w"),
        text("Why?", "Because. It is not."),
        "b: expected segment `q/a` with the text that it has in a, found another",
    );
    check(
        compared("a", "w"),
        text("Whence?", "Because. It is so."),
        "b: expected group `q` with the prompt that it has in a, found another",
    );
    let values = [1.0, 2.0, 3.0];
    check(
        control("a", &["x"], &values),
        control("b", &["x"], &[1.0, 2.0, 4.0]),
        "b: expected segment `e/1` with the steps that it has in a, found another",
    );
    check(
        control("a", &["x"], &values),
        control("b", &["y"], &values),
        "b: expected features `x`, as in a, found `y`",
    );
    let mut rewarded = control("b", &["x"], &values);
    rewarded.add_rewards(&[0.0, 0.0, 1.0]);
    check(
        control("a", &["x"], &values),
        rewarded,
        "b: expected true rewards of no step, as in a, found of steps",
    );
    check(
        compared("a", "w"),
        control("b", &["x"], &values),
        "b: expected domain Text, as in a, found Control",
    );
}

#[test]
fn nothing_is_replaced_and_broken_sources_are_named() {
    let place = tempfile::tempdir().unwrap();
    let [a, b, out] = ["a", "b", "out"].map(|name| place.path().join(name));
    compared("a", "v").build().unwrap().write(&a).unwrap();
    approved("b", "w").build().unwrap().write(&b).unwrap();
    let merge = Merge { same_name: None, person, kinds: &kinds() };
    let check = |out: &Path, sources: &[&PathBuf], expect: &str| {
        let sources: Vec<PathBuf> = sources.iter().map(|&path| path.clone()).collect();
        let error = merge.merge(out, &sources).unwrap_err().to_string();
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check(&a, &[&a, &b], "a: expected a place where nothing is yet");
    check(&out, &[&a], "expected two datasets or more to merge, found 1");
    check(&out, &[&a, &a.join("../a")], "a: expected each dataset once, found it twice");
    check(&out, &[&a, &place.path().join("c")], "c/dataset.toml: cannot read");
    let mine = a.join("feedback/approval.jsonl");
    fs::write(&mine, "{\"segment\": \"q/z\", \"approval\": 1}\n").unwrap();
    check(
        &out,
        &[&a, &b],
        "a/feedback/approval.jsonl: row 0: field `segment` must be one of the 2",
    );
    fs::write(&mine, "{\"segment\": \"q/b\", \"approval\": 1}\n").unwrap();
    fs::create_dir(&out).unwrap();
    merge.merge(&out, &[a.clone(), b.clone()]).unwrap();
    assert_eq!(Dataset::open(&out).unwrap().records::<Approval>().unwrap().len(), 3);
    fs::rename(&mine, a.join("feedback/wave.jsonl")).unwrap();
    check(&place.path().join("new"), &[&a, &b], "wave.jsonl: expected feedback of a kind that is");
}
