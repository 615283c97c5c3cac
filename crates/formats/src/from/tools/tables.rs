//! Importer of plain tables: segments with text or features, and a table for each kind of feedback
//! in the columns of its record.

mod index;
mod people;

use crate::attribute::attribute;
use crate::content::unfit;
use crate::lists::{Unpacked, unpacked};
use crate::shards::is_about_data;
use crate::spoken::no_text;
use crate::{Dialect, Draft, Import, ImportError, Importer, Place, Row, Written};
use crate::{is_missing, optional_text, person, truth_of};
use index::{drop_index, is_index};
use medley_dataset::{Card, Domain, MetadataColumn, MetadataValue};
use medley_feedback::{
    Approval, Column, ColumnType, Comparison, Correction, Critique, Demonstration, Description,
    Provenance, Ranking, Rating, Record, SegmentId, Stop,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads a folder with `segments.*` and feedback tables such as `comparison.*` or `rating.*`, each
/// JSON lines, a JSON array, CSV, TSV or Parquet, in one file or in shards (`rating-00000.*`). For files
/// that you write yourself. Notes and licences beside them are no tables.
///
/// `segments.*` has a column `segment`, and
/// - for text `text`, and if you like `prompt`, `context` and `group` (by default segments of one
///   prompt and context are a group); other columns of texts or numbers are metadata, such as the
///   model that wrote a text;
/// - for control a row for each step, those of a segment one after the other: `features`, a list
///   of numbers, or any columns of numbers beside the ones named here; `group` (by default the
///   segment itself); `reward`, the true reward, in all rows or in none.
///
/// `people.*`, if there is one, has `annotator` and what you know of people: in JSON and Parquet texts
/// or numbers as they are, in CSV and TSV numbers where all filled cells of a column are numbers, up to
/// 2^53 so that none is rounded. Its `group` is a text whatever it looks like.
///
/// A feedback table has the columns of its record (docs/DATA.md). The sets that do not fit in
/// memory come in here: one row is looked at at a time, and shards are written as they fill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tables {
    /// Name of the dataset.
    pub name: String,
    /// Its licence.
    pub licence: String,
    /// Whom to name.
    pub attribution: String,
}

#[typetag::serde(name = "tables")]
impl Importer for Tables {
    fn summary(&self) -> &'static str {
        "a folder with segments.* (text, or features) and feedback tables such as comparison.*"
    }

    fn card(&self) -> Card {
        let name = if self.name.is_empty() { "tables" } else { &self.name };
        Card {
            licence: self.licence.clone(),
            attribution: self.attribution.clone(),
            ..Card::new(name, Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        let files = files(path)?;
        let Some(segments) = files.get("segments") else {
            return Err(unfit(path, "a file `segments.*`", &list(&files)));
        };
        let sharded = files.iter().filter(|(_, files)| files.len() > 1);
        for (table, files) in sharded {
            import.report().notes.push(format!("read {} files of `{table}`", files.len()));
        }
        match first_row(import, segments)? {
            Some(row) if !row.fields.contains_key("text") => {
                import.card().domain = Domain::Control;
                import.card().groups = "episode".into();
                read_steps(import, segments, &row)?;
            }
            _ => {
                for file in segments {
                    import.file_rows(file, Dialect::Quoted, add_text)?;
                }
            }
        }
        for (table, files) in files.iter().filter(|(table, _)| *table != "segments") {
            if table == "people" {
                people::read(import, files)?;
                continue;
            }
            let Some((_, read)) = KINDS.iter().find(|(kind, _)| kind == table) else {
                let kinds = KINDS.map(|(kind, _)| kind).join(", ");
                let expected = format!("a table called segments, people, {kinds}");
                return Err(unfit(&files[0], &expected, table));
            };
            files.iter().try_for_each(|file| read(import, file))?;
        }
        Ok(())
    }
}

/// The first sound row of a table.
fn first_row(import: &Import<'_>, files: &[PathBuf]) -> Result<Option<Row>, ImportError> {
    for file in files {
        if let Some(row) = import.first_row(file)? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

type Read = fn(&mut Import<'_>, &Path) -> Result<(), ImportError>;

/// The kinds of feedback that have a table; the only list of them that there is.
const KINDS: [(&str, Read); 9] = [
    (Approval::KIND, records::<Approval>),
    (Comparison::KIND, records::<Comparison>),
    (Correction::KIND, records::<Correction>),
    (Critique::KIND, records::<Critique>),
    (Demonstration::KIND, records::<Demonstration>),
    (Description::KIND, records::<Description>),
    (Ranking::KIND, records::<Ranking>),
    (Rating::KIND, records::<Rating>),
    (Stop::KIND, records::<Stop>),
];

/// Files of a table, by its name: one, or shards in the order of their numbers (`rating-00000`).
type Files = BTreeMap<String, Vec<PathBuf>>;

/// Files by their name up to the first point, and to the number of a shard.
fn files(path: &Path) -> Result<Files, ImportError> {
    let refused = |source| ImportError::Io { file: path.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(refused)? {
        let file = entry.map_err(refused)?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !is_about_data(&name) {
            let (table, shard) = table_and_shard(name.split('.').next().unwrap_or_default());
            found.push((table.to_owned(), shard, file));
        }
    }
    found.sort();
    let is_second = |pair: &&[(String, Option<u64>, PathBuf)]| {
        pair[0].0 == pair[1].0 && (pair[0].1.is_none() || pair[0].1 == pair[1].1)
    };
    if let Some(pair) = found.windows(2).find(is_second) {
        return Err(unfit(&pair[1].2, "one file for each table, or shards of it", "a second one"));
    }
    let mut files = Files::new();
    for (table, _, file) in found {
        files.entry(table).or_default().push(file);
    }
    Ok(files)
}

/// `comparison-00001` is shard 1 of `comparison`.
fn table_and_shard(stem: &str) -> (&str, Option<u64>) {
    let numbered = stem.rsplit_once('-').filter(|(table, _)| !table.is_empty());
    match numbered.and_then(|(table, number)| Some((table, number.parse().ok()?))) {
        Some((table, number)) => (table, Some(number)),
        None => (stem, None),
    }
}

fn list(files: &Files) -> String {
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    if names.is_empty() { "an empty folder".into() } else { names.join(", ") }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(deserialize_with = "optional_text")]
    segment: Option<String>,
    text: String,
    #[serde(default, deserialize_with = "optional_text")]
    prompt: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    context: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    group: Option<String>,
}

fn add_text(draft: &mut Draft<'_>, row: &Row) -> Result<(), ImportError> {
    let Text { segment, text, prompt, context, group } = row.parse()?;
    for told in ["prompt", "context"].iter().filter_map(|name| no_text(row.fields.get(name)?)) {
        draft.tell(&told);
    }
    let Some(segment) = segment else {
        return Err(row.place.wrong("segment", "a name", "an empty text"));
    };
    let group = match group {
        Some(name) => draft.named_group(&name, prompt.as_deref(), context.as_deref())?,
        None => draft.group(prompt.as_deref(), context.as_deref()),
    };
    if draft.knows(&SegmentId(segment.clone())) {
        return Err(row.place.wrong("segment", "a name of its own", format!("`{segment}` again")));
    }
    let written = Written { metadata: metadata(row)?, ..Written::from(&text) };
    draft.named_text(&segment, &group, written).map(drop)
}

const OF_A_TEXT: [&str; 5] = ["segment", "text", "prompt", "context", "group"];

/// The other columns, as far as they are texts or numbers: what is known of the text beside its content.
fn metadata(row: &Row) -> Result<Vec<(String, MetadataValue)>, ImportError> {
    let mut metadata = Vec::new();
    let is_other = |name: &String| !OF_A_TEXT.contains(&name.as_str()) && !is_index(name);
    for (name, value) in row.fields.iter().filter(|(name, _)| is_other(name)) {
        let Ok(Some(value)) = attribute(name, value) else { continue };
        MetadataColumn::check_name(name).map_err(|expected| {
            row.place.wrong(name, expected, "a column beside `segment` and `text`")
        })?;
        row.keep(name);
        metadata.push((name.clone(), value));
    }
    Ok(metadata)
}

/// Steps of the segment that is being read.
struct Open {
    segment: String,
    group: String,
    rows: std::ops::Range<usize>,
}

fn read_steps(import: &mut Import<'_>, files: &[PathBuf], first: &Row) -> Result<(), ImportError> {
    let layout = Layout::of(first)?;
    let mut open: Option<Open> = None;
    let mut last = first.place.clone();
    let mut step = |draft: &mut Draft<'_>, row: &Row| {
        let (values, reward) = layout.read(row)?;
        drop_index(draft, row);
        let segment = text(row, "segment")?;
        let group = if layout.has_group { text(row, "group")? } else { segment.clone() };
        draft.features(&layout.names)?;
        if open.as_ref().is_some_and(|open| open.segment == segment && open.group != group) {
            return Err(row.place.wrong("group", "that of the segment's first step", group));
        }
        let begins = open.as_ref().is_none_or(|open| open.segment != segment);
        if begins && draft.knows(&SegmentId(segment.clone())) {
            let found = format!("`{segment}` again");
            return Err(row.place.wrong("segment", "steps one after the other", found));
        }
        let rows = draft.steps(layout.names.len(), &values)?;
        draft.rewards(reward.as_slice());
        draft.named_group(&group, None, None)?;
        // Nothing fails from here on: the segment before must not go with a row that is skipped.
        if let Some(open) = open.take_if(|_| begins) {
            draft.window(&open.segment, &[&open.group], open.rows);
        }
        match &mut open {
            Some(open) => open.rows.end = rows.end,
            None => open = Some(Open { segment, group, rows }),
        }
        last = row.place.clone();
        Ok(())
    };
    for file in files {
        import.file_rows(file, Dialect::Quoted, &mut step)?;
    }
    import.draft(&last, |draft| {
        if let Some(open) = open {
            draft.window(&open.segment, &[&open.group], open.rows);
        }
        Ok(())
    })
}

/// Which columns of the step table are features.
struct Layout {
    names: Vec<String>,
    is_list: bool,
    has_group: bool,
    has_reward: bool,
}

const RESERVED: [&str; 4] = ["segment", "group", "reward", "features"];

impl Layout {
    fn of(row: &Row) -> Result<Self, ImportError> {
        let has = |name: &str| row.fields.contains_key(name);
        let names: Vec<String> = match row.fields.get("features") {
            Some(list) => {
                let length = numbers(&row.place, "features", list)?.len();
                (0..length).map(|i| format!("x{i}")).collect()
            }
            None => {
                let is_feature =
                    |name: &&String| !RESERVED.contains(&name.as_str()) && !is_index(name);
                row.fields.keys().filter(is_feature).cloned().collect()
            }
        };
        if names.is_empty() {
            let expected = "a column `text`, a list `features`, or columns of numbers";
            let found = row.fields.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(row.place.wrong("row", expected, found));
        }
        let (is_list, has_group, has_reward) = (has("features"), has("group"), has("reward"));
        Ok(Self { names, is_list, has_group, has_reward })
    }

    /// Features and reward of one step.
    fn read(&self, row: &Row) -> Result<(Vec<f32>, Option<f64>), ImportError> {
        let Row { place, fields, .. } = row;
        let is_used = |name: &str| match name {
            "segment" | "reward" => true,
            "group" => self.has_group,
            "features" => self.is_list,
            other => is_index(other) || (!self.is_list && self.names.iter().any(|it| it == other)),
        };
        if let Some(name) = fields.keys().find(|name| !is_used(name)) {
            let expected = match self.is_list {
                true => "absent beside `features`, `segment`, `group` and `reward`",
                false => "in the first row too, or nowhere",
            };
            return Err(place.wrong(name, expected, "a column"));
        }
        let missing = |name: &str| place.wrong(name, "a number", "nothing");
        let values = match fields.get("features").filter(|_| self.is_list) {
            Some(list) => numbers(place, "features", list)?,
            None => self
                .names
                .iter()
                .map(|name| {
                    let value = fields.get(name).ok_or_else(|| missing(name))?;
                    Ok(one_number(place, name, value)? as f32)
                })
                .collect::<Result<_, ImportError>>()?,
        };
        if values.len() != self.names.len() {
            let expected = format!("{} numbers as in the first row", self.names.len());
            return Err(place.wrong("features", expected, values.len()));
        }
        let reward = fields.get("reward").map(|value| one_number(place, "reward", value));
        match (self.has_reward, reward.transpose()?) {
            (true, None) => Err(missing("reward")),
            (false, Some(_)) => {
                Err(place.wrong("reward", "absent as in the first row", "a number"))
            }
            (_, reward) => Ok((values, reward)),
        }
    }
}

fn one_number(place: &Place, name: &str, value: &Value) -> Result<f64, ImportError> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    match number.filter(|number: &f64| number.is_finite()) {
        Some(number) => Ok(number),
        None => Err(place.wrong(name, "a finite number", value)),
    }
}

fn numbers(place: &Place, name: &str, value: &Value) -> Result<Vec<f32>, ImportError> {
    let list = list_in(place, name, value)?.value;
    let list = list.as_array().ok_or_else(|| place.wrong(name, "a list of numbers", value))?;
    list.iter().map(|value| Ok(one_number(place, name, value)? as f32)).collect()
}

/// A list, also one that is written as text; any other value as it stands.
fn list_in<'v>(place: &Place, name: &str, value: &'v Value) -> Result<Unpacked<'v>, ImportError> {
    unpacked(value).map_err(|message| ImportError::Parse {
        place: place.clone(),
        path: name.to_owned(),
        message,
    })
}

fn text(row: &Row, name: &str) -> Result<String, ImportError> {
    match row.fields.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(other) => Err(row.place.wrong(name, "a text", other)),
        None => Err(row.place.wrong(name, "a text", "no such column")),
    }
}

fn records<R: Record>(import: &mut Import<'_>, file: &Path) -> Result<(), ImportError> {
    import.file_rows(file, Dialect::Quoted, |draft, row| {
        let record: R = typed::<R>(draft, row)?.parse()?;
        if let Some(id) = record.segments().into_iter().find(|&id| !draft.knows(id)) {
            return Err(row.place.wrong(R::KIND, "segments of `segments.*`", format!("`{id}`")));
        }
        draft.record(record)
    })
}

/// The row with each cell in the type of its column; empty cells are missing values.
fn typed<R: Record>(draft: &mut Draft<'_>, row: &Row) -> Result<Row, ImportError> {
    let columns = || R::columns().iter().chain(Provenance::COLUMNS);
    let mut fields = Map::new();
    for (name, value) in &row.fields {
        let is_blank = value.is_null() || value.as_str() == Some("");
        let Some(column) = columns().find(|column| column.name == name) else {
            let known: Vec<&str> = columns().map(|column| column.name).collect();
            row.check_spelling(name, &known)?;
            if !is_blank {
                draft.drop(&format!("field `{name}`"));
            }
            continue;
        };
        let is_number = matches!(column.kind, ColumnType::Float | ColumnType::Integer);
        if is_blank || (is_number && value.as_str().is_some_and(is_missing)) {
            continue;
        }
        match cell(draft, column, value)? {
            Value::String(text) if name == "annotator" => {
                fields.extend(person(&text).map(|id| (name.clone(), Value::from(id))));
            }
            value => drop(fields.insert(name.clone(), value)),
        }
    }
    // A table need not say the role that everybody has by default.
    fields.entry("role").or_insert_with(|| Value::from("evidence"));
    Ok(Row::new(row.place.clone(), fields))
}

fn cell(draft: &mut Draft<'_>, column: &Column, value: &Value) -> Result<Value, ImportError> {
    let text = value.as_str().map(str::trim);
    let read = match (column.kind, text) {
        (ColumnType::TextList | ColumnType::FloatList | ColumnType::IntegerList, _) => {
            let list = list_in(draft.place(), column.name, value)?;
            list.asides().iter().for_each(|aside| draft.tell(aside));
            list.value.is_array().then(|| named(column, &list.value))
        }
        (ColumnType::Integer, _) => whole(value).map(Value::from),
        (ColumnType::Text, _) | (_, None) => Some(named(column, value)),
        (ColumnType::Float, Some(text)) => {
            text.parse().ok().and_then(Number::from_f64).map(Value::Number)
        }
        (ColumnType::Boolean, Some(_)) => truth_of(value).map(Value::from),
    };
    read.ok_or_else(|| draft.place().wrong(column.name, words(column.kind), value))
}

/// A whole number, also as pandas writes it in a column where one is missing: 3.0.
fn whole(value: &Value) -> Option<i64> {
    let of_number = |number: f64| {
        let is_whole = number.fract() == 0.0 && number.abs() < (1_u64 << 53) as f64;
        is_whole.then_some(number as i64)
    };
    match value {
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse().ok().and_then(of_number))
        }
        other => other.as_i64().or_else(|| other.as_f64().and_then(of_number)),
    }
}

fn words(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "a text",
        other => other.expected(),
    }
}

/// Names of segments and people may be written as numbers.
fn named(column: &Column, value: &Value) -> Value {
    let name = |value: &Value| match value {
        Value::Number(number) => Value::from(number.to_string()),
        other => other.clone(),
    };
    match (column.kind, value) {
        (ColumnType::Text, value) => name(value),
        (ColumnType::TextList, Value::Array(names)) => names.iter().map(name).collect(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use crate::fixture::{import, import_with, people};

    #[test]
    fn records_come_in_their_own_columns() {
        let tables = import("tables").dataset;
        assert_eq!(tables.kinds(), ["comparison", "rating"]);
        let comparisons = tables.records::<Comparison>().unwrap();
        assert_eq!(comparisons[0].provenance().annotator, Some("ann".into()));
        assert_eq!(comparisons[1].tie, 1.0);
        assert_eq!(comparisons[2].strength.unwrap().levels, 3);
        let ratings = tables.records::<Rating>().unwrap();
        assert_eq!((ratings[0].value, ratings[0].scale.levels), (4.0, Some(5)));
        assert_eq!(ratings[1].reason.as_deref(), Some("Zu kurz, aber schön"));
        assert_eq!(tables.groups().len(), 2);
        let expect = ["age town", "ann 31 Rome", "bo - -", "bob - Zürich"];
        assert_eq!(people(&import("tables")), expect);
    }

    #[test]
    fn broken_tables_are_explained() {
        let check = |from: &str, to: &str, expect: &str| {
            let error = import_with("tables", from, to).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check("a,b,1,0", "a,nobody,1,0", "comparison.csv: line 2: `comparison` must be segments");
        check("preference,", "preferrence,", "`name of a column` must be one of first, second");
        check("a,b,1,0", "a,b,much,0", "line 2: `preference` must be a number, found \"much\"");
        check("a,b,1,0", "a,b,2,0", "field `preference` must be a number in [0, 1], found 2");
        check(
            "bob,",
            "ann,",
            "people.csv: line 3: `annotator` must be a person with one row, found ann",
        );
        check("bob,", ",", "people.csv: line 3: `annotator` must be a text, found \"\"");
        check("\"segment\": \"b\"", "\"segment\": \"a\"", "`segment` must be a name of its own");
    }

    /// What `people` with columns of this name comes to, or why it is refused.
    fn people_in(name: &str, text: &str, bad_rows: crate::BadRows) -> Result<Vec<String>, String> {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("segments.csv"), "segment,text\na,Yes.\n").unwrap();
        fs::write(place.path().join(name), text).unwrap();
        let importer: &dyn Importer = &Tables::default();
        let told = importer.import(place.path(), &Reading { bad_rows, ..Reading::default() });
        let prefix = format!("{}/", place.path().display());
        told.map(|told| people(&told)).map_err(|e| e.to_string().replace(&prefix, ""))
    }

    #[test]
    fn people_do_not_become_equal_by_rounding() {
        let check = |name: &str, text: &str, expect: Result<&[&str], &str>| match (
            people_in(name, text, crate::BadRows::Error),
            expect,
        ) {
            (Ok(found), Ok(expect)) => assert_eq!(found, expect),
            (Err(found), Err(expect)) => assert!(found.contains(expect), "{found}"),
            (found, expect) => panic!("expected {expect:?}, found {found:?}"),
        };
        let csv = "annotator,card,near\na,9007199254740993,9007199254740991\n\
                   b,9007199254740992,9007199254740992\n";
        let expect = [
            "card near",
            "a 9007199254740993 9007199254740991",
            "b 9007199254740992 9007199254740992",
        ];
        check("people.csv", csv, Ok(&expect[..]));
        let json = "{\"annotator\": \"a\", \"card\": 1}\n{\"annotator\": \"b\", \"card\": ";
        for number in ["9007199254740993", "-9007199254740993", "1e20"] {
            let text = format!("{json}{number}}}\n");
            let expect =
                "people.jsonl: line 2: `card` must be a text, or a number up to 2^53, found";
            check("people.jsonl", &text, Err(expect));
        }
        // Beyond 64 bits it is a text of all its digits.
        let text = format!("{json}99999999999999999999}}\n");
        check("people.jsonl", &text, Ok(&["card", "a 1", "b 99999999999999999999"]));
        // Nor by name.
        let names =
            "{\"annotator\": 99999999999999999998}\n{\"annotator\": 99999999999999999999}\n";
        let expect = ["", "99999999999999999998", "99999999999999999999"];
        check("people.jsonl", names, Ok(&expect[..]));
    }

    /// The tables of a folder with these files beside segments `a` and `b`.
    fn folder(files: &[(&str, &str)]) -> Result<crate::Imported, String> {
        let place = tempfile::tempdir().unwrap();
        let segments = [("segments.csv", "segment,text,prompt\na,Yes.,Q?\nb,No.,Q?\n")];
        let is_there = files.iter().any(|(name, _)| name.starts_with("segments"));
        for (name, text) in segments.iter().filter(|_| !is_there).chain(files) {
            fs::write(place.path().join(name), text).unwrap();
        }
        let importer: &dyn Importer = &Tables::default();
        let told = importer.import(place.path(), &Reading::default());
        told.map_err(|e| e.to_string().replace(&format!("{}/", place.path().display()), ""))
    }

    #[test]
    fn a_table_may_be_shards_and_notes_are_none() {
        let row = |first, second| {
            format!("{{\"first\":\"{first}\",\"second\":\"{second}\",\"preference\":1.0}}\n")
        };
        let (one, other) = (row("a", "b"), row("b", "a"));
        let files = [
            ("LICENSE", "MIT"),
            ("README.md", "Read."),
            ("comparison-00010.jsonl", &*one),
            ("comparison-00002.jsonl", &*other),
            ("people-0.csv", "annotator,age\nw,7\n"),
            ("people-1.csv", "annotator,age\nv,old\n"),
        ];
        let imported = folder(&files).unwrap();
        let comparisons = imported.dataset.records::<Comparison>().unwrap();
        let firsts: Vec<_> = comparisons.iter().map(|it| it.first.0.as_str()).collect();
        assert_eq!(firsts, ["b", "a"]);
        // One person is no number, so that nobody is.
        assert_eq!(people(&imported), ["age", "v old", "w 7"]);
        let steps =
            [("segments-1.csv", "segment,x\na,2\nb,3\n"), ("segments-0.csv", "segment,x\na,1\n")];
        let set = folder(&steps).unwrap().dataset;
        assert_eq!([set.segments().steps(0), set.segments().steps(1)], [0..2, 2..3]);
        let check = |names: [&str; 2], expect: &str| {
            let error = folder(&names.map(|name| (name, &*one))).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        let expect = "comparison-0.jsonl: expected one file for each table, or shards of it, found a second one";
        check(["comparison.jsonl", "comparison-0.jsonl"], expect);
        check(["comparison-1.jsonl", "comparison-1.json"], "found a second one");
        check(
            ["notes.jsonl", "README.md"],
            "notes.jsonl: expected a table called segments, people, ",
        );
    }

    #[test]
    fn a_person_may_be_named_by_a_number_with_a_fraction() {
        let comparison = r#"{"first":"a","second":"b","preference":1.0,"annotator":7.0}"#;
        let people_of = r#"{"annotator":7.0,"age":31}"#;
        let imported = folder(&[("comparison.jsonl", comparison), ("people.jsonl", people_of)]);
        assert_eq!(people(&imported.unwrap()), ["age", "7 31"]);
    }

    #[test]
    fn lists_and_whole_numbers_are_read_as_python_writes_them() {
        let ranking =
            |ranks: &str| format!("segments,ranks,votes\n\"['a', 'b']\",\"{ranks}\",3.0\n");
        let imported = folder(&[("ranking.csv", &ranking("(1, 2)"))]).unwrap();
        let rankings = imported.dataset.records::<Ranking>().unwrap();
        assert_eq!((&*rankings[0].ranks, rankings[0].provenance().votes), (&[1, 2][..], Some(3)));
        let check = |table: &str, expect: &str| {
            let error = folder(&[("ranking.csv", table)]).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        };
        check(
            &ranking("1 and 2"),
            "line 2: `ranks` must be a list of whole numbers, found \"1 and 2\"",
        );
        check(
            &ranking("(1, 2)").replace("['a', 'b']", "a"),
            "`segments` must be a list of texts, found",
        );
        check(
            &ranking("(1, 2)").replace("3.0", "3.5"),
            "`votes` must be a whole number, found \"3.5\"",
        );
    }

    #[test]
    fn what_r_writes_for_a_missing_number_is_none() {
        let found = people_in(
            "people.csv",
            "annotator,age,land\na,31,NA\nb,NA,NA\n",
            crate::BadRows::Error,
        );
        assert_eq!(found.unwrap(), ["age land", "a 31 NA", "b - NA"]);
        let imported = import_with("tables", "a,b,1,0", "a,b,1,NA").unwrap().dataset;
        assert_eq!(imported.records::<Comparison>().unwrap()[0].tie, 0.0);
    }

    #[test]
    fn a_group_that_looks_like_a_number_is_a_text() {
        let check = |name: &str, text: &str| {
            let found = people_in(name, text, crate::BadRows::Error).unwrap();
            assert_eq!(found, ["age group", "a 31 1", "b 7 2"]);
        };
        check("people.csv", "annotator,age,group\na,31,1\nb,7,2\n");
        check(
            "people.jsonl",
            "{\"annotator\": \"a\", \"age\": 31, \"group\": 1}\n\
             {\"annotator\": \"b\", \"age\": 7, \"group\": \"2\"}\n",
        );
    }

    #[test]
    fn names_of_columns_about_people_are_checked_first() {
        for bad_rows in [crate::BadRows::Error, crate::BadRows::Skip] {
            let error = people_in("people.csv", "annotator,role\na,x\n,y\n", bad_rows).unwrap_err();
            let expect = "people.csv: expected each column called otherwise, since every record has \
                          a field of that name, found a column `role`";
            assert_eq!(error, expect);
        }
    }

    #[test]
    fn a_skipped_row_takes_no_other_segment_with_it() {
        let place = tempfile::tempdir().unwrap();
        let lines = "segment,speed\na,1\na,2\nb,1e39\nb,2\n";
        fs::write(place.path().join("segments.csv"), lines).unwrap();
        let importer: &dyn Importer = &Tables::default();
        let reading = Reading { bad_rows: crate::BadRows::Skip, ..Reading::default() };
        let set = importer.import(place.path(), &reading).unwrap().dataset;
        assert_eq!((set.segments().len(), set.segments().steps(0)), (2, 0..2));
    }

    fn control(lines: &str) -> Result<medley_dataset::Dataset, String> {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("segments.csv"), lines).unwrap();
        let importer: &dyn Importer = &Tables::default();
        let told = importer.import(place.path(), &Reading::default());
        told.map(|imported| imported.dataset).map_err(|error| error.to_string())
    }

    #[test]
    fn steps_of_a_segment_are_rows_one_after_the_other() {
        let set = control("segment,speed,reward\na,1,0\na,2,0.5\nb,3,1\n").unwrap();
        assert_eq!(set.card.features, ["speed"]);
        assert_eq!([set.segments().steps(0), set.segments().steps(1)], [0..2, 2..3]);
        assert_eq!(set.segments().true_rewards(), Some(&[0.0, 0.5, 1.0][..]));
        let list = control("segment,group,features\na,g,\"[1, 2]\"\nb,g,\"[3, 4]\"\n").unwrap();
        assert_eq!((list.card.features.len(), list.groups().len()), (2, 1));
        for (lines, expect) in [
            ("segment,speed\na,1\nb,2\na,3\n", "line 4: `segment` must be steps one after"),
            ("segment,speed\na,1\na,NaN\n", "line 3: `speed` must be a finite number"),
            (
                "segment,features\na,\"[1]\"\na,\"[1, 2]\"\n",
                "1 numbers as in the first row, found 2",
            ),
            ("segment,features,speed\na,\"[1]\",3\n", "`speed` must be absent beside `features`"),
            ("segment,group,speed\na,g,1\na,h,2\n", "that of the segment's first step, found h"),
        ] {
            let error = control(lines).unwrap_err();
            assert!(error.contains(expect), "expected {expect:?} in {error:?}");
        }
    }
}
