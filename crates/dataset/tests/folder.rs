//! Dataset folders: written and read back, and every way in which they can be wrong.
#![allow(clippy::unwrap_used)]

use medley_dataset::{Card, Dataset, DatasetBuilder, DatasetError, Domain};
use medley_feedback::{
    Checked, Column, ColumnType, Comparison, Critique, Description, Polarity, Provenance, Record,
    RecordError, SegmentId, Stop,
};
use polars::prelude::{DataFrame, NamedFrom, ParquetWriter, Series};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

fn text_builder() -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Text));
    builder.add_group("q", Some("Wärum?"), None);
    builder.add_text("q/a", "q", "Because — so. It is.");
    builder.add_text("q/b", "q", "No.");
    builder
}

fn preference() -> Checked<Comparison> {
    Checked::new(Comparison::new("q/a".into(), "q/b".into(), 0.25)).unwrap()
}

fn control_builder() -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("door", Domain::Control));
    builder.card().features = vec!["x".into(), "y".into()];
    builder.add_group("e", None, None);
    builder.add_steps(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    builder.add_window("w0", &["e"], 0, 2);
    builder.add_window("w1", &["e"], 1, 2);
    builder
}

/// A written folder with one comparison.
fn written() -> (tempfile::TempDir, std::path::PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("tiny");
    let mut builder = text_builder();
    builder.insert(vec![preference()]);
    builder.build().unwrap().write(&path).unwrap();
    (place, path)
}

/// Takes the hashes out of the card, as in a folder made by hand.
fn forget_hashes(path: &Path) {
    let file = path.join("dataset.toml");
    let mut card: Card = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    card.files.clear();
    fs::write(file, toml::to_string(&card).unwrap()).unwrap();
}

fn put(path: &Path, name: &str, columns: Vec<polars::prelude::Column>) {
    let mut frame = DataFrame::new_infer_height(columns).unwrap();
    let file = fs::File::create(path.join(name)).unwrap();
    ParquetWriter::new(file).finish(&mut frame).unwrap();
}

/// The message, without the folder in front of file names.
fn message(path: &Path, error: DatasetError) -> String {
    error.to_string().replace(&format!("{}/", path.display()), "")
}

fn open_error(path: &Path) -> String {
    message(path, Dataset::open(path).unwrap_err())
}

#[test]
fn folders_round_trip() {
    let place = tempfile::tempdir().unwrap();
    let mut text = text_builder();
    text.insert(vec![preference(), preference()]);
    let mut control = control_builder();
    control.add_rewards(&[0.5, -1.0, 2.0]);
    for (name, builder) in [("text", text), ("control", control)] {
        let path = place.path().join("new").join(name);
        let dataset = builder.build().unwrap();
        dataset.write(&path).unwrap();
        let back = Dataset::open(&path).unwrap();
        assert_eq!(back.hash(), dataset.hash());
        assert_eq!(back.segments(), dataset.segments());
        assert_eq!(back.groups(), dataset.groups());
        assert_eq!(back.kinds(), dataset.kinds());
        back.write(&path).unwrap();
        assert_eq!(Dataset::open(&path).unwrap().hash(), dataset.hash());
    }
    let left: Vec<_> = fs::read_dir(place.path().join("new")).unwrap().collect();
    assert_eq!(left.len(), 2, "no temporary folder is left: {left:?}");
}

#[test]
fn writing_again_keeps_foreign_files_and_removes_stale_feedback() {
    let (_place, path) = written();
    fs::write(path.join("README.md"), "mine").unwrap();
    fs::write(path.join("feedback/NOTES.md"), "mine").unwrap();
    text_builder().build().unwrap().write(&path).unwrap();
    assert_eq!(fs::read_to_string(path.join("README.md")).unwrap(), "mine");
    assert_eq!(Dataset::open(&path).unwrap().kinds(), Vec::<&str>::new());
}

#[test]
fn a_failed_write_leaves_the_old_state() {
    let (_place, path) = written();
    let before = Dataset::open(&path).unwrap();
    let mut broken = before.clone();
    // Text where the column of the kind says number: found before anything is written.
    fs::write(path.join("feedback/wave.jsonl"), "").unwrap();
    let lie = vec![Checked::new(Liar { segment: "q/a".into() }).unwrap()];
    let error = message(&path, broken.insert(lie).unwrap_err());
    assert_eq!(error, "liar records: row 0, column `segment`: expected a number, found \"q/a\"");
    assert_eq!(*Dataset::open(&path).unwrap().records::<Comparison>().unwrap(), [preference()]);
    let beside = path.join("groups.parquet/inside");
    let error = message(&path, before.write(&beside).unwrap_err());
    assert!(error.starts_with("groups.parquet: cannot make folder:"), "{error}");
}

/// A kind whose columns are not those of its fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Liar {
    segment: SegmentId,
}

const NOBODY: Provenance = Provenance {
    annotator: None,
    group: None,
    seconds: None,
    votes: None,
    source: None,
    role: medley_feedback::Role::Evidence,
};

impl Record for Liar {
    const KIND: &'static str = "liar";

    const COLUMNS: &'static [Column] = &[Column::required("segment", ColumnType::Float, "a lie")];

    fn provenance(&self) -> &Provenance {
        &NOBODY
    }

    fn segments(&self) -> Vec<&SegmentId> {
        vec![&self.segment]
    }

    fn check(&self) -> Result<(), RecordError> {
        Ok(())
    }
}

/// A kind from a crate that this one does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wave {
    segment: SegmentId,
    hello: bool,
    #[serde(default)]
    heights: Vec<f64>,
    #[serde(flatten)]
    provenance: Provenance,
}

fn wave() -> Wave {
    Wave {
        segment: "q/a".into(),
        hello: true,
        heights: vec![],
        provenance: Provenance::from_source("beach"),
    }
}

impl Record for Wave {
    const KIND: &'static str = "wave";

    const COLUMNS: &'static [Column] = &[
        Column::required("segment", ColumnType::Text, "segment"),
        Column::required("hello", ColumnType::Boolean, "whether it is a hello"),
        Column::required("heights", ColumnType::FloatList, "heights"),
    ];

    fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    fn segments(&self) -> Vec<&SegmentId> {
        vec![&self.segment]
    }

    fn check(&self) -> Result<(), RecordError> {
        Ok(())
    }
}

#[test]
fn kinds_from_outside_are_kept() {
    let (_place, path) = written();
    let mut dataset = Dataset::open(&path).unwrap();
    let waves = vec![wave(), Wave { heights: vec![1.5, 2.0], hello: false, ..wave() }];
    dataset.insert(waves.iter().cloned().map(|w| Checked::new(w).unwrap()).collect()).unwrap();
    dataset.write(&path).unwrap();
    // Read and written again by someone who does not know the kind.
    Dataset::open(&path).unwrap().write(&path).unwrap();
    let back = Dataset::open(&path).unwrap();
    assert_eq!(back.kinds(), ["comparison", "wave"]);
    let read: Vec<Wave> = back.records::<Wave>().unwrap().iter().map(|w| (**w).clone()).collect();
    assert_eq!(read, waves);
}

#[test]
fn jsonl_is_read_as_well() {
    let check = |line: &str, expect: Result<f64, &str>| {
        let (_place, path) = written();
        fs::remove_file(path.join("feedback/comparison.parquet")).unwrap();
        forget_hashes(&path);
        fs::write(path.join("feedback/comparison.jsonl"), format!("\n{line}\n")).unwrap();
        let found = Dataset::open(&path).and_then(|dataset| dataset.records::<Comparison>());
        match (found, expect) {
            (Ok(records), Ok(preference)) => assert_eq!(records[0].preference, preference),
            (Err(error), Err(expect)) => assert_eq!(message(&path, error), expect),
            (found, expect) => panic!("{line}: found {found:?}, expected {expect:?}"),
        }
    };
    check(r#"{"first": "q/a", "second": "q/b", "preference": 1, "reason": null}"#, Ok(1.0));
    check(
        r#"{"first": "q/a", "second": "q/b", "preference": "1"}"#,
        Err(
            "feedback/comparison.jsonl: row 0, column `preference`: expected a number, found \"1\"",
        ),
    );
    check(
        r#"{"first": "q/a", "second": "q/b"}"#,
        Err("feedback/comparison.jsonl: row 0: missing field `preference`"),
    );
    check(
        r#"{"first": "q/a", "second": "q/b", "preference": 1, "prefrence": 0}"#,
        Err(
            "feedback/comparison.jsonl: row 0: field `prefrence` is not one that a comparison can hold here",
        ),
    );
    check(
        r#"{"first": "q/a", "second": "q/b", "preference": 1, "strength": 2}"#,
        Err(
            "feedback/comparison.jsonl: row 0: field `strength` is not one that a comparison can hold here",
        ),
    );
    check(
        r#"{"first": "q/a", "second": "q/c", "preference": 1}"#,
        Err(
            "feedback/comparison.jsonl: row 0: field `segment` must be one of the 2 segments of the dataset, found `q/c`",
        ),
    );
    check(
        r#"{"first": "q/a", "second": "q/b", "preference": 1.5}"#,
        Err(
            "feedback/comparison.jsonl: row 0: comparison: field `preference` must be a number in [0, 1], found 1.5",
        ),
    );
    check(
        r#"{"first": "q/a" "second": "q/b"}"#,
        Err(
            "feedback/comparison.jsonl: line 2, column 17: expected `,` or `}` at line 1 column 17",
        ),
    );
}

#[test]
fn jsonl_of_an_unknown_kind_survives() {
    let (_place, path) = written();
    fs::write(path.join("feedback/wave.jsonl"), r#"{"segment": "q/a", "hello": true}"#).unwrap();
    Dataset::open(&path).unwrap().write(&path).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    assert_eq!(dataset.records::<Wave>().unwrap()[0].heights, Vec::<f64>::new());
    assert_eq!(dataset.count("wave"), 1);
}

#[test]
fn a_missing_kind_lists_the_kinds_there_are() {
    let (_place, path) = written();
    let error = Dataset::open(&path).unwrap().records::<Stop>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "no feedback of kind `stop` in dataset `tiny`; it has: comparison"
    );
}

#[test]
fn damaged_folders_are_explained() {
    type Damage = fn(&Path);
    let check = |damage: Damage, expect: &str| {
        let (_place, path) = written();
        damage(&path);
        let error = open_error(&path);
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    check(
        |path| fs::remove_file(path.join("steps.parquet")).unwrap(),
        "steps.parquet: cannot read: ",
    );
    check(
        |path| fs::remove_file(path.join("dataset.toml")).unwrap(),
        "dataset.toml: cannot read: ",
    );
    check(
        |path| fs::remove_file(path.join("feedback/comparison.parquet")).unwrap(),
        "feedback/comparison.parquet: cannot read: ",
    );
    check(
        |path| put(path, "groups.parquet", vec![Series::new("group".into(), ["q"]).into()]),
        "groups.parquet: expected blake3 hash ",
    );
    check(
        |path| {
            let card = fs::read_to_string(path.join("dataset.toml")).unwrap();
            let newer = card.replace("schema = 2", "schema = 9\nwonder = 1");
            fs::write(path.join("dataset.toml"), newer).unwrap();
        },
        "dataset.toml: schema version 9 is newer than 2, the newest that this Medley reads",
    );
    check(
        |path| {
            let card = fs::read_to_string(path.join("dataset.toml")).unwrap();
            fs::write(path.join("dataset.toml"), card.replace("\"text\"", "\"tex\"")).unwrap();
        },
        "unknown variant `tex`, expected `text` or `control`",
    );
    check(
        |path| fs::write(path.join("feedback/rating.csv"), "").unwrap(),
        "feedback/rating.csv: cannot read as feedback: expected a name that ends in .parquet or .jsonl",
    );
    check(
        |path| fs::write(path.join("feedback/comparison.jsonl"), "").unwrap(),
        "feedback kind `comparison` is there twice",
    );
}

#[test]
fn damaged_tables_are_explained() {
    type Damage = fn(&Path);
    let check = |damage: Damage, expect: &str| {
        let (_place, path) = written();
        forget_hashes(&path);
        damage(&path);
        let error = open_error(&path);
        assert!(error.contains(expect), "expected {expect:?} in {error:?}");
    };
    let text = |name: &str, values: &[&str]| Series::new(name.into(), values).into();
    check(
        |path| {
            let file = path.join("steps.parquet");
            let bytes = fs::read(&file).unwrap();
            fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        },
        "steps.parquet: not a readable Parquet file: ",
    );
    check(
        |path| put(path, "groups.parquet", vec![Series::new("name".into(), ["q"]).into()]),
        "groups.parquet: column `group` must be Text, found no such column",
    );
    check(
        |path| put(path, "groups.parquet", vec![Series::new("group".into(), [1i64]).into()]),
        "groups.parquet: column `group` must be Text, found Integer",
    );
    check(
        |path| {
            put(path, "groups.parquet", vec![Series::new("group".into(), [Some("q"), None]).into()])
        },
        "groups.parquet: row 1, column `group`: expected a value, found null",
    );
    check(
        |path| {
            let extra = Series::new("topic".into(), ["t"]).into();
            put(path, "groups.parquet", vec![Series::new("group".into(), ["q"]).into(), extra]);
        },
        "groups.parquet: column `topic` must be absent",
    );
    check(
        |path| put(path, "groups.parquet", vec![Series::new("group".into(), ["r"]).into()]),
        "segments.parquet: row 0: field `groups` must be among the 1 groups of the group table, found `q`",
    );
    let (_place, path) = written();
    forget_hashes(&path);
    let columns =
        vec![text("first", &["q/a"]), text("second", &["q/b"]), text("preference", &["1"])];
    put(&path, "feedback/comparison.parquet", columns);
    let error = Dataset::open(&path).unwrap().records::<Comparison>().unwrap_err();
    assert_eq!(
        message(&path, error),
        "feedback/comparison.parquet: column `preference` must be Float, found Text"
    );
    put(
        &path,
        "feedback/comparison.parquet",
        vec![text("first", &["q/a"]), text("second", &["q/b"])],
    );
    let error = Dataset::open(&path).unwrap().records::<Comparison>().unwrap_err();
    assert_eq!(
        message(&path, error),
        "feedback/comparison.parquet: column `preference` must be Float, found no such column"
    );
}

#[test]
fn any_flipped_byte_is_an_error_or_harmless_but_never_a_panic() {
    let (_place, path) = written();
    forget_hashes(&path);
    for name in ["segments.parquet", "feedback/comparison.parquet"] {
        let bytes = fs::read(path.join(name)).unwrap();
        for place in (0..bytes.len()).step_by(5) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x5a;
            fs::write(path.join(name), damaged).unwrap();
            let _ = Dataset::open(&path).and_then(|dataset| dataset.records::<Comparison>());
        }
        fs::write(path.join(name), bytes).unwrap();
    }
    assert_eq!(*Dataset::open(&path).unwrap().records::<Comparison>().unwrap(), [preference()]);
}

fn check_build(change: impl FnOnce(&mut DatasetBuilder), builder: DatasetBuilder, expect: &str) {
    let mut builder = builder;
    change(&mut builder);
    assert_eq!(builder.build().unwrap_err().to_string(), expect);
}

#[test]
fn segments_are_checked_when_built() {
    check_build(
        |b| b.add_text("q/a", "q", "Again."),
        text_builder(),
        "segment `q/a` is there twice",
    );
    check_build(|b| b.add_group("q", None, None), text_builder(), "group `q` is there twice");
    check_build(
        |b| b.add_text("q/c", "r", "Yes."),
        text_builder(),
        "segment `q/c`: group must be one of the 1 groups, found `r`",
    );
    check_build(
        |b| b.add_metadata("q/c", &[("model", "m".into())]),
        text_builder(),
        "segment `q/c`: name must be that of a segment, since it has metadata, found none of that name",
    );
    check_build(
        |b| b.add_metadata("q/a", &[("steps", 1.0.into())]),
        text_builder(),
        "segments: row 0, column `steps`: expected called otherwise, since tables of segments have a \
         column of that name, found a column of metadata",
    );
    check_build(
        |b| b.add_window("w2", &["e"], 2, 2),
        control_builder(),
        "segment `w2`: steps must be within 3 rows, found 2..4",
    );
    check_build(
        |b| {
            b.add_steps(&[0.0, f32::NAN]);
        },
        control_builder(),
        "segment `(none)`, step 3: feature `y` must be finite, found NaN",
    );
    check_build(
        |b| {
            b.add_steps(&[0.0, f32::INFINITY]);
            b.add_window("w2", &["e"], 2, 2);
        },
        control_builder(),
        "segment `w2`, step 1: feature `y` must be finite, found inf",
    );
    check_build(
        |b| b.add_rewards(&[1.0]),
        control_builder(),
        "step table: rewards must be one for each of 3 steps, found 1",
    );
    check_build(
        |b| {
            b.add_steps(&[1.0]);
        },
        control_builder(),
        "step table: number of values must be a multiple of 2 features, found 7",
    );
}

#[test]
fn records_are_checked_when_built() {
    let span = |end_step, end_char| Critique {
        first_step: Some(0),
        end_step: Some(end_step),
        first_char: Some(0),
        end_char: Some(end_char),
        ..Critique::new("q/a".into(), Polarity::Negative)
    };
    let insert =
        |critique| move |b: &mut DatasetBuilder| b.insert(vec![Checked::new(critique).unwrap()]);
    // "Because — so. It is.": two sentences, 20 characters.
    let mut fits = text_builder();
    insert(span(2, 20))(&mut fits);
    assert_eq!(fits.build().unwrap().count("critique"), 1);
    check_build(
        insert(span(3, 20)),
        text_builder(),
        "critique records: row 0: field `end_step` must be within the segment of 2 steps, found 2",
    );
    check_build(
        insert(span(2, 21)),
        text_builder(),
        "critique records: row 0: field `end_char` must be within the text of 20 characters, found 21",
    );
    let center = Description {
        center: vec![0.0],
        value: 1.0,
        text: None,
        provenance: Provenance::default(),
    };
    check_build(
        |b| b.insert(vec![Checked::new(center).unwrap()]),
        control_builder(),
        "description records: row 0: field `center` must be 2 features, found 1",
    );
    let stop = Stop { segment: "w0".into(), step: Some(2), provenance: Provenance::default() };
    check_build(
        |b| b.insert(vec![Checked::new(stop).unwrap()]),
        control_builder(),
        "stop records: row 0: field `step` must be within the segment of 2 steps, found 2",
    );
}
