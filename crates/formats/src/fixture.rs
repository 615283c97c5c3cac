//! Small files of every format, for tests, and what holds for all importers.
//!
//! `fixtures/<format>.<ending>` or the folder `fixtures/<format>/` is read by the importer of that
//! name; options, if it needs any, stand in `fixtures/<format>.toml`.

use crate::{BadRows, ImportError, Imported, Importer, Reading};
use flate2::Compression;
use flate2::write::GzEncoder;
use medley_dataset::{Dataset, PersonIndex};
use medley_feedback::{Comparison, SegmentId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The file or folder of a format.
pub(crate) fn path(format: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|ending| ending != "toml"))
        .filter(|path| {
            path.file_name().unwrap().to_str().unwrap().split('.').next() == Some(format)
        })
        .collect();
    assert_eq!(found.len(), 1, "one fixture for `{format}`: {found:?}");
    found.remove(0)
}

/// The importer of a format, with the options of its fixture.
pub(crate) fn importer(format: &str) -> Box<dyn Importer> {
    #[derive(serde::Deserialize)]
    struct File {
        import: Box<dyn Importer>,
    }
    match fs::read_to_string(fixtures().join(format!("{format}.toml"))) {
        Ok(text) => toml::from_str::<File>(&text).unwrap().import,
        Err(_) => serde_json::from_value(serde_json::json!({ format: {} })).unwrap(),
    }
}

/// Imports the fixture of a format.
pub(crate) fn import(format: &str) -> Imported {
    importer(format).import(&path(format), &Reading::default()).unwrap()
}

/// Prompt, first and second of each comparison; nothing where nothing was asked.
pub(crate) fn pairs(dataset: &Dataset) -> Vec<[String; 3]> {
    let segments = dataset.segments();
    let place = |id: &SegmentId| segments.index(id).unwrap();
    let text = |id: &SegmentId| segments.text(place(id)).unwrap().to_owned();
    let prompt = |id: &SegmentId| {
        let group = segments.groups(place(id))[0] as usize;
        dataset.groups().prompt(group).unwrap_or_default().to_owned()
    };
    let comparisons = dataset.records::<Comparison>().unwrap();
    comparisons.iter().map(|it| [prompt(&it.first), text(&it.first), text(&it.second)]).collect()
}

/// The table of people: names of the columns, then each person with their labels, an unknown one
/// as `-`.
pub(crate) fn people(imported: &Imported) -> Vec<String> {
    let people = imported.dataset.people();
    let row = |i: usize| {
        let person = PersonIndex(i as u32);
        let labels = people.columns().iter().map(|column| {
            column.label(person).map_or_else(|| "-".to_owned(), |label| label.into_owned())
        });
        std::iter::once(people.id(person).0.clone()).chain(labels).collect::<Vec<_>>().join(" ")
    };
    let names: Vec<&str> = people.columns().iter().map(|column| column.name.as_str()).collect();
    std::iter::once(names.join(" ")).chain((0..people.len()).map(row)).collect()
}

/// Imports the fixture with `from` replaced by `to`, once, wherever it stands; fails if it stands
/// nowhere.
pub(crate) fn import_with(format: &str, from: &str, to: &str) -> Result<Imported, String> {
    let mut replaced = 0;
    let changed = |_: &Path, bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        replaced += usize::from(text.contains(from));
        text.replacen(from, to, 1).into_bytes()
    };
    let told = import_changed(format, &Reading::default(), changed);
    assert!(replaced > 0, "`{from}` is not in the fixture of `{format}`");
    told
}

/// Imports a copy of the fixture whose files went through `change`; messages without the folder.
fn import_changed(
    format: &str,
    reading: &Reading<'_>,
    mut change: impl FnMut(&Path, Vec<u8>) -> Vec<u8>,
) -> Result<Imported, String> {
    let place = tempfile::tempdir().unwrap();
    let source = path(format);
    let target = place.path().join(source.file_name().unwrap());
    if source.is_dir() {
        fs::create_dir(&target).unwrap();
    }
    for (name, bytes) in files(&source) {
        let changed = change(&name, bytes);
        let target = if source.is_dir() { target.join(&name) } else { target.clone() };
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, changed).unwrap();
    }
    let told = importer(format).import(&target, reading);
    told.map_err(|e: ImportError| {
        e.to_string().replace(&format!("{}/", place.path().display()), "")
    })
}

fn files(source: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![source.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(source).unwrap().to_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Names of all importers that are linked.
fn formats() -> Vec<String> {
    let known = serde_json::from_value::<Box<dyn Importer>>(serde_json::json!({ "?": {} }));
    let message = known.unwrap_err().to_string();
    let names: Vec<String> = message.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(names.len() >= 2 && names.contains(&"qa-feedback".to_owned()), "{message}");
    names
}

#[test]
fn every_format_has_a_fixture_that_imports_and_comes_back_from_disk() {
    for format in formats() {
        let imported = import(&format);
        assert!(!imported.dataset.segments().is_empty(), "{format}");
        assert!(!imported.report.kept.is_empty(), "{format}");
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("dataset");
        imported.dataset.write(&folder).unwrap();
        let back = medley_dataset::Dataset::open(&folder).unwrap();
        assert_eq!(back.hash(), imported.dataset.hash(), "{format}");
    }
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

#[test]
fn gzip_is_read_as_the_file_itself() {
    for format in formats() {
        let packed = |_: &Path, bytes: Vec<u8>| if is_text(&bytes) { gzip(&bytes) } else { bytes };
        let imported = import_changed(&format, &Reading::default(), packed).unwrap();
        assert_eq!(imported.dataset.hash(), import(&format).dataset.hash(), "{format}");
    }
}

#[test]
fn empty_and_cut_off_files_are_errors_that_name_the_file() {
    for format in formats() {
        let empty = import_changed(&format, &Reading::default(), |_, _| Vec::new()).unwrap_err();
        assert!(empty.contains(&format), "{empty}");
        let cut = |_: &Path, bytes: Vec<u8>| {
            let packed = if is_text(&bytes) { gzip(&bytes) } else { bytes };
            packed[..packed.len() - 9].to_vec()
        };
        let cut = import_changed(&format, &Reading::default(), cut).unwrap_err();
        assert!(cut.contains(&format), "{cut}");
    }
}

/// The name of the column that pandas adds.
const INDEX: &str = "__index_level_0__";

/// The same file with one more column; none if it is no table of text.
fn with_index(name: &Path, bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let add = |row: &mut serde_json::Value| {
        row.as_object_mut().unwrap().insert(INDEX.to_owned(), 7.into());
    };
    if name.ends_with("layouts.json") {
        return None;
    }
    if text.trim_start().starts_with('[') {
        let mut rows: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        rows.iter_mut().for_each(add);
        return Some(serde_json::to_vec(&rows).unwrap());
    }
    let delimiter = if text.contains('\t') { '\t' } else { ',' };
    let mut is_within = false;
    let line = |(i, line): (usize, &str)| match serde_json::from_str(line) {
        Ok(mut row) => {
            add(&mut row);
            row.to_string()
        }
        Err(_) => {
            let was_within = is_within;
            is_within ^= delimiter == ',' && line.matches('"').count() % 2 == 1;
            match (was_within, i) {
                (true, _) => line.to_owned(),
                (false, 0) => format!("{INDEX}{delimiter}{line}"),
                (false, i) => format!("{i}{delimiter}{line}"),
            }
        }
    };
    let lines: Vec<String> = text.lines().enumerate().map(line).collect();
    Some((lines.join("\n") + "\n").into_bytes())
}

#[test]
fn another_column_stops_no_import() {
    for format in formats().iter().filter(|format| *format != "d4rl") {
        let mut changed = 0;
        let more = |name: &Path, bytes: Vec<u8>| {
            let more = with_index(name, &bytes);
            changed += usize::from(more.is_some());
            more.unwrap_or(bytes)
        };
        let imported = import_changed(format, &Reading::default(), more).unwrap();
        assert!(changed > 0, "{format}");
        let before = import(format).dataset;
        assert_eq!(imported.dataset.segments().len(), before.segments().len(), "{format}");
        for kind in before.kinds() {
            assert_eq!(imported.dataset.count(kind), before.count(kind), "{format}");
        }
    }
}

/// The name of one person is written otherwise in one place.
#[test]
fn a_person_is_one_however_a_file_writes_the_name() {
    for (format, name, other) in [
        ("crehate", "SBIC-0,7,", "SBIC-0,7.0,"),
        ("crehate", "SBIC-0,8,", "SBIC-0, 8 ,"),
        ("dices", ",296768,", ",296768.0,"),
        ("multipref", "\"jovial_shirley\"", "\" jovial_shirley\""),
        ("prism", "\"user1\"", "\"user1 \""),
        ("summarize-from-feedback", "\"w1\"", "\"w1 \""),
        ("wmt-mqm", "\trater1\t", "\trater1 \t"),
    ] {
        let renamed = import_with(format, name, other).unwrap();
        assert_eq!(people(&renamed), people(&import(format)), "{format}");
    }
}

/// Positions and values of some bytes that change, and perhaps the place where the file ends.
type Damage = (Vec<(prop::sample::Index, u8)>, Option<prop::sample::Index>);

fn damage() -> impl Strategy<Value = Damage> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    (edits, prop::option::weighted(0.2, any::<prop::sample::Index>()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn damaged_files_never_panic((edits, end) in damage(), skip in any::<bool>()) {
        let bad_rows = if skip { BadRows::Skip } else { BadRows::Error };
        for format in formats() {
            let damaged = |_: &Path, mut bytes: Vec<u8>| {
                let length = bytes.len();
                edits.iter().for_each(|(place, byte)| bytes[place.index(length)] = *byte);
                bytes.truncate(end.map_or(length, |end| end.index(length)));
                bytes
            };
            let reading = Reading { bad_rows, ..Reading::default() };
            if let Ok(imported) = import_changed(&format, &reading, damaged) {
                prop_assert!(!imported.dataset.segments().is_empty());
            }
        }
    }
}
