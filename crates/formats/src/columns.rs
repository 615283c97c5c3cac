//! Importer of any table: a mapping in TOML from columns or JSON paths to records.
//!
//! A mapping states what the columns mean, and nothing is guessed: what a label does not say
//! (which value is a tie, which end of a scale is good, what an offset counts) has to be written
//! down. So a mapping that is wrong fails at its first row instead of importing wrong numbers.

mod cell;
mod mapping;
mod people;

use crate::{Dialect, Draft, Import, ImportError, Importer, Row, filled, steps_of_chars, turns};
use cell::{Cell, closest, paths, unpacked};
use mapping::{
    ApprovalForm, Best, Cells, ComparisonForm, CorrectionForm, CritiqueForm, DemonstrationForm,
    Form, Mapping, Missing, RankingForm, RatingForm, Unit, Who,
};
use medley_dataset::{Card, Domain};
use medley_feedback::{
    AnnotatorId, Approval, Comparison, Critique, Demonstration, Polarity, Provenance, Ranking,
    Rating, Scale, SegmentId, Severity, Strength,
};
use people::PeopleForm;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(crate) use cell::Path as CellPath;

/// Reads a table (CSV, TSV, JSON, JSON lines, Parquet) as `[import.columns]` says.
///
/// - Group: the prompt named by `group`, else the prompt with the same text and context.
/// - Segments: texts; the same text under the same prompt is the same segment.
/// - Records: each `[[import.columns.records]]` makes one record of a row, or with `[*]` one for
///   each element of a list.
/// - People: `[import.columns.people]` says what a row tells of the person who answers.
///
/// `docs/DATA.md` lists the fields of all kinds and has a worked example.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    #[serde(default = "unnamed")]
    name: String,
    #[serde(default)]
    licence: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    attribution: String,
    group: Option<Cell>,
    prompt: Option<Cell>,
    context: Option<Cell>,
    /// What a row tells of the person who answers.
    people: Option<PeopleForm>,
    /// Whether cells of CSV and TSV may be quoted.
    #[serde(default = "quoted")]
    quoted: bool,
    /// At least one.
    #[serde(default)]
    records: Vec<Mapping>,
}

fn unnamed() -> String {
    "columns".to_owned()
}

fn quoted() -> bool {
    true
}

#[typetag::serde(name = "columns")]
impl Importer for Columns {
    fn summary(&self) -> &'static str {
        "any table, by a mapping in TOML of columns or JSON paths to records: [import.columns]"
    }

    fn card(&self) -> Card {
        Card {
            licence: self.licence.clone(),
            source: self.source.clone(),
            attribution: self.attribution.clone(),
            ..Card::new(&self.name, Domain::Text)
        }
    }

    fn read(&self, path: &Path, import: &mut Import<'_>) -> Result<(), ImportError> {
        self.check().map_err(|found| ImportError::File {
            file: path.to_owned(),
            expected: "a sound mapping".into(),
            found,
        })?;
        let seen = RefCell::new(Seen::default());
        let dialect = if self.quoted { Dialect::Quoted } else { Dialect::Unquoted };
        import.rows(path, dialect, |draft, row| {
            self.records.iter().try_for_each(|mapping| self.add(draft, row, mapping, &seen))?;
            self.add_person(draft, row, &seen)
        })?;
        seen.into_inner().verdict()
    }
}

impl Columns {
    fn top(&self) -> impl Iterator<Item = &Cell> {
        [&self.group, &self.prompt, &self.context].into_iter().flatten()
    }

    /// What the types do not say.
    fn check(&self) -> Result<(), String> {
        if self.records.is_empty() {
            return Err("no `[[import.columns.records]]`".into());
        }
        if self.group.is_none() && self.prompt.is_none() {
            return Err("neither `prompt` nor `group`".into());
        }
        let each = |cell: &Cell| matches!(cell, Cell::Column { path, .. } if path.each());
        let single = |mapping: &Mapping| !mapping.form.cells().into_iter().any(each);
        if self.top().any(each) && self.records.iter().any(single) {
            return Err("`[*]` in `group`, `prompt` or `context`, and a record without it".into());
        }
        let who = |mapping: &Mapping| mapping.who.cells().any(each) && single(mapping);
        if self.records.iter().any(who) {
            return Err("`[*]` for an annotator or the like, and one record only".into());
        }
        if self.people.iter().flat_map(PeopleForm::cells).any(each) {
            return Err("`[*]` in `people`, and a row tells of one person".into());
        }
        Ok(())
    }

    /// What a row tells of a person.
    fn add_person(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        seen: &RefCell<Seen>,
    ) -> Result<(), ImportError> {
        let Some(people) = &self.people else { return Ok(()) };
        match people.read(&Reader { row, each: None, seen }) {
            Ok(Some((id, attributes))) => draft.person(&id, attributes),
            Ok(None) | Err(Halt::Skipped { .. }) => {}
            Err(Halt::Wrong(error)) => return Err(error),
            Err(Halt::Empty { error, .. }) => return Err(*error),
        }
        Ok(())
    }

    /// The records that one mapping makes of one row.
    fn add(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        mapping: &Mapping,
        seen: &RefCell<Seen>,
    ) -> Result<(), ImportError> {
        let whole = Reader { row, each: None, seen };
        let cells = mapping.form.cells().into_iter().chain(mapping.who.cells()).chain(self.top());
        let elements = match whole.elements(cells) {
            Ok(None) => vec![None],
            Ok(Some(count)) => (0..count).map(Some).collect(),
            Err(halt) => return halt.settle(draft, mapping),
        };
        for each in elements {
            let one = One { columns: self, mapping, cells: Reader { row, each, seen } };
            if let Err(halt) = one.add(draft) {
                halt.settle(draft, mapping)?;
            }
        }
        Ok(())
    }
}

/// Columns that a message lists.
const MOST_NAMES: usize = 60;

/// Why a record is not made.
enum Halt {
    Wrong(ImportError),
    /// A cell that the record needs is empty.
    Empty {
        path: String,
        error: Box<ImportError>,
    },
    /// The mapping says so for this value.
    Skipped {
        path: String,
        value: String,
    },
}

impl From<ImportError> for Halt {
    fn from(error: ImportError) -> Self {
        Self::Wrong(error)
    }
}

impl Halt {
    /// An error, or a count of what is left out.
    fn settle(self, draft: &mut Draft<'_>, mapping: &Mapping) -> Result<(), ImportError> {
        let kind = mapping.form.kind();
        match self {
            Self::Wrong(error) => return Err(error),
            Self::Empty { error, .. } if mapping.who.missing == Missing::Error => {
                return Err(*error);
            }
            Self::Empty { path, .. } => draft.drop(&format!("{kind} without `{path}`")),
            Self::Skipped { path, value } => {
                draft.drop(&format!("{kind} whose `{path}` is {value:?}: skipped"));
            }
        }
        Ok(())
    }
}

/// Which optional paths some row had. One that no row has is a slip of the pen.
#[derive(Default)]
struct Seen {
    there: BTreeSet<String>,
    absent: BTreeMap<String, ImportError>,
}

impl Seen {
    fn verdict(self) -> Result<(), ImportError> {
        let Self { there, absent } = self;
        let never = absent.into_iter().find(|(path, _)| !there.contains(path));
        never.map_or(Ok(()), |(_, error)| Err(error))
    }
}

/// Reads cells of one row, at one element where the mapping goes through a list.
struct Reader<'a> {
    row: &'a Row,
    each: Option<usize>,
    seen: &'a RefCell<Seen>,
}

impl Reader<'_> {
    /// How many elements the lists have that `[*]` goes through; none without `[*]`.
    fn elements<'c>(&self, cells: impl Iterator<Item = &'c Cell>) -> Result<Option<usize>, Halt> {
        let mut first: Option<(usize, &str)> = None;
        for cell in cells {
            let Cell::Column { path, .. } = cell else { continue };
            if !path.each() {
                continue;
            }
            let count = match path.list(&self.row.fields) {
                None => return Err(self.absent(path).into()),
                Some(Value::Array(list)) => list.len(),
                Some(Value::Null) => return Err(self.empty(path)),
                Some(other) => {
                    return Err(self.row.place.wrong(&path.text, "a list", other).into());
                }
            };
            match first {
                Some((known, other)) if known != count => {
                    let expected = format!("as many elements as `{other}`, {known}");
                    return Err(self.row.place.wrong(&path.text, expected, count).into());
                }
                _ => first = Some((count, &path.text)),
            }
        }
        Ok(first.map(|(count, _)| count))
    }

    fn absent(&self, path: &CellPath) -> ImportError {
        let known = paths(&self.row.fields);
        let hint = match closest(&path.text, &known) {
            Some(close) => format!(" (did you mean `{close}`?)"),
            None => String::new(),
        };
        let names = known.iter().take(MOST_NAMES).map(|path| format!("`{path}`"));
        let mut names = names.collect::<Vec<_>>().join(", ");
        if known.len() > MOST_NAMES {
            names.push_str(", ...");
        }
        let expected = format!("among the columns {names}{hint}");
        self.row.place.wrong(&path.text, expected, "no such column")
    }

    fn empty(&self, path: &CellPath) -> Halt {
        let expected = "filled in (`missing = \"skip\"` leaves such records out)";
        let error = self.row.place.wrong(&path.text, expected, "nothing");
        Halt::Empty { path: path.text.clone(), error: Box::new(error) }
    }

    fn needed(&self, cell: &Cell) -> Result<Value, Halt> {
        match cell {
            Cell::Constant(value) => Ok(value.clone()),
            Cell::Column { path, values } => {
                let found = path.find(&self.row.fields, self.each);
                let found = found.ok_or_else(|| self.absent(path))?;
                self.translated(path, values.as_ref(), found)
            }
        }
    }

    fn optional(&self, cell: Option<&Cell>) -> Result<Option<Value>, Halt> {
        let (path, values) = match cell {
            None => return Ok(None),
            Some(Cell::Constant(value)) => return Ok(Some(value.clone())),
            Some(Cell::Column { path, values }) => (path, values),
        };
        let Some(found) = path.find(&self.row.fields, self.each) else {
            let absent = &mut self.seen.borrow_mut().absent;
            absent.entry(path.text.clone()).or_insert_with(|| self.absent(path));
            return Ok(None);
        };
        if !self.seen.borrow().there.contains(&path.text) {
            self.seen.borrow_mut().there.insert(path.text.clone());
        }
        match self.translated(path, values.as_ref(), found) {
            Ok(value) => Ok(Some(value)),
            Err(Halt::Empty { .. } | Halt::Skipped { .. }) => Ok(None),
            Err(wrong) => Err(wrong),
        }
    }

    /// The value as the mapping translates it.
    fn translated(
        &self,
        path: &CellPath,
        values: Option<&BTreeMap<String, Value>>,
        found: Value,
    ) -> Result<Value, Halt> {
        let blank = match &found {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        let translation = values.and_then(|values| translation(values, &found));
        match (values, translation) {
            (_, Some(Value::String(word))) if word == "skip" => {
                Err(Halt::Skipped { path: path.text.clone(), value: key(&found) })
            }
            (_, Some(value)) => Ok(value.clone()),
            _ if blank => Err(self.empty(path)),
            (Some(values), None) => {
                let known = values.keys().map(|value| format!("{value:?}")).collect::<Vec<_>>();
                let expected = format!("one of the `values` {}", known.join(", "));
                let found = format!("{:?}", key(&found));
                Err(self.row.place.wrong(&path.text, expected, found).into())
            }
            (None, _) => Ok(found),
        }
    }

    fn wrong(&self, cell: &Cell, expected: &str, found: &Value) -> Halt {
        let name = match cell {
            Cell::Column { path, .. } => &path.text,
            Cell::Constant(_) => "constant",
        };
        self.row.place.wrong(name, expected, found).into()
    }

    fn text(&self, cell: &Cell) -> Result<String, Halt> {
        let value = self.needed(cell)?;
        text(value.clone()).ok_or_else(|| self.wrong(cell, "a text or messages", &value))
    }

    fn optional_text(&self, cell: Option<&Cell>) -> Result<Option<String>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(cell), Some(value)) => match text(value.clone()) {
                Some(text) => Ok(filled(&text)),
                None => Err(self.wrong(cell, "a text", &value)),
            },
            _ => Ok(None),
        }
    }

    fn number(&self, cell: &Cell) -> Result<f64, Halt> {
        let value = self.needed(cell)?;
        number(&value).ok_or_else(|| self.wrong(cell, "a number", &value))
    }

    fn optional_number(&self, cell: Option<&Cell>) -> Result<Option<f64>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(cell), Some(value)) => match number(&value) {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong(cell, "a number", &value)),
            },
            _ => Ok(None),
        }
    }

    fn optional_count(&self, cell: Option<&Cell>) -> Result<Option<u32>, Halt> {
        match (cell, self.optional_number(cell)?) {
            (Some(cell), Some(number)) => match count(number) {
                Some(count) => Ok(Some(count)),
                None => Err(self.wrong(cell, "a whole number from 0", &number.into())),
            },
            _ => Ok(None),
        }
    }

    /// One of the names of a finite set.
    fn word<T: serde::de::DeserializeOwned>(
        &self,
        cell: &Cell,
        value: Value,
        expected: &str,
    ) -> Result<T, Halt> {
        serde_json::from_value(value.clone()).map_err(|_| self.wrong(cell, expected, &value))
    }

    /// All elements of a list.
    fn list(&self, cells: &Cells) -> Result<Vec<Value>, Halt> {
        let one = match cells {
            Cells::Many(cells) => return cells.iter().map(|cell| self.needed(cell)).collect(),
            Cells::One(cell) => cell,
        };
        let Cell::Column { path, values } = one else {
            return Err(self.wrong(one, "a list of columns", &Value::Null));
        };
        if path.each() {
            let count = self.elements(std::iter::once(one))?.unwrap_or(0);
            if count == 0 {
                return Err(self.empty(path));
            }
            let at = |each| Reader { each: Some(each), ..*self };
            return (0..count).map(|each| at(each).needed(one)).collect();
        }
        let found = path.find(&self.row.fields, self.each).ok_or_else(|| self.absent(path))?;
        match unpacked(found) {
            Value::Array(list) if !list.is_empty() => {
                list.into_iter().map(|it| self.translated(path, values.as_ref(), it)).collect()
            }
            Value::Array(_) | Value::Null => Err(self.empty(path)),
            other => Err(self.wrong(one, "a list", &other)),
        }
    }

    fn texts(&self, cells: &Cells) -> Result<Vec<String>, Halt> {
        let read = |value: Value| {
            text(value.clone()).ok_or_else(|| self.row.place.wrong("texts", "texts", &value).into())
        };
        self.list(cells)?.into_iter().map(read).collect()
    }
}

fn translation<'v>(values: &'v BTreeMap<String, Value>, found: &Value) -> Option<&'v Value> {
    let key = key(found);
    if let Some(value) = values.get(&key).or_else(|| values.get(key.trim())) {
        return Some(value);
    }
    // "1", "1.0" and 1 are one answer.
    let number = number(found)?;
    let same = |text: &String| text.trim().parse::<f64>().is_ok_and(|known| known == number);
    values.iter().find(|(text, _)| same(text)).map(|(_, value)| value)
}

/// A value as `values` names it.
fn key(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text, or a list of messages as one text.
fn text(value: Value) -> Option<String> {
    match unpacked_messages(value) {
        Value::String(text) => Some(text),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        Value::Array(messages) => {
            let turn = |message: &Value| {
                let field = |name: &str| Some(message.get(name)?.as_str()?.to_owned());
                Some((field("role")?, field("content")?))
            };
            let turns: Vec<_> = messages.iter().map(turn).collect::<Option<_>>()?;
            Some(turns::render(turns.iter().map(|(role, content)| (&**role, &**content))))
        }
        _ => None,
    }
}

/// Messages that are written as text: only a list of objects with a role, since an answer may well
/// be a JSON list.
fn unpacked_messages(value: Value) -> Value {
    let unpacked = unpacked(value.clone());
    let messages = unpacked.as_array().is_some_and(|list| {
        !list.is_empty() && list.iter().all(|message| message.get("role").is_some())
    });
    if messages { unpacked } else { value }
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

fn count(number: f64) -> Option<u32> {
    let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    whole.then_some(number as u32)
}

/// One record in the making. All cells are read before the draft is touched, so that a record that
/// is left out leaves no segments behind.
struct One<'a> {
    columns: &'a Columns,
    mapping: &'a Mapping,
    cells: Reader<'a>,
}

impl One<'_> {
    fn add(&self, draft: &mut Draft<'_>) -> Result<(), Halt> {
        match &self.mapping.form {
            Form::Approval(form) => self.approval(draft, form),
            Form::Comparison(form) => self.comparison(draft, form),
            Form::Correction(form) => self.correction(draft, form),
            Form::Critique(form) => self.critique(draft, form),
            Form::Demonstration(form) => self.demonstration(draft, form),
            Form::Ranking(form) => self.ranking(draft, form),
            Form::Rating(form) => self.rating(draft, form),
        }
    }

    fn group(&self, draft: &mut Draft<'_>) -> Result<String, Halt> {
        let Columns { group, prompt, context, .. } = self.columns;
        let context = self.cells.optional_text(context.as_ref())?;
        let prompt = match prompt {
            Some(cell) => Some(self.cells.text(cell)?),
            None => None,
        };
        match group {
            None => Ok(draft.group(prompt.as_deref(), context.as_deref())),
            Some(cell) => {
                let name = self.cells.text(cell)?;
                Ok(draft.named_group(&name, prompt.as_deref(), context.as_deref())?)
            }
        }
    }

    fn provenance(&self) -> Result<Provenance, Halt> {
        let Who { annotator, group, seconds, milliseconds, votes, source, role, .. } =
            &self.mapping.who;
        let cells = &self.cells;
        let milliseconds = cells.optional_number(milliseconds.as_ref())?;
        Ok(Provenance {
            annotator: cells.optional_text(annotator.as_ref())?.map(AnnotatorId),
            group: cells.optional_text(group.as_ref())?,
            seconds: match milliseconds {
                Some(milliseconds) => Some(milliseconds / 1000.0),
                None => cells.optional_number(seconds.as_ref())?,
            },
            votes: cells.optional_count(votes.as_ref())?,
            source: cells.optional_text(source.as_ref())?,
            role: *role,
        })
    }

    fn approval(&self, draft: &mut Draft<'_>, form: &ApprovalForm) -> Result<(), Halt> {
        let text = self.cells.text(&form.segment)?;
        let answer = self.cells.needed(&form.approval)?;
        let approval = match key(&answer).trim().to_lowercase().as_str() {
            "true" => 1.0,
            "false" => 0.0,
            _ => number(&answer).ok_or_else(|| {
                let expected = "a share in [0, 1], true or false; other words need `values`";
                self.cells.wrong(&form.approval, expected, &answer)
            })?,
        };
        let reason = self.cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        let group = self.group(draft)?;
        let segment = draft.text(&group, &text)?;
        Ok(draft.record(Approval { segment, approval, reason, provenance })?)
    }

    fn comparison(&self, draft: &mut Draft<'_>, form: &ComparisonForm) -> Result<(), Halt> {
        let cells = &self.cells;
        let (first, second) = (cells.text(&form.first)?, cells.text(&form.second)?);
        let (preference, tie) = self.preference(form)?;
        let tie = cells.optional_number(form.tie.as_ref())?.unwrap_or(tie);
        let strength = self.strength(form)?;
        let reason = cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        let group = self.group(draft)?;
        let (first, second) = draft.pair(&group, &first, &second)?;
        let comparison = Comparison::new(first, second, preference);
        Ok(draft.record(Comparison { tie, strength, reason, provenance, ..comparison })?)
    }

    /// Preference for the first among the decided, and share of ties.
    fn preference(&self, form: &ComparisonForm) -> Result<(f64, f64), Halt> {
        let cell = match (&form.preference, &form.share) {
            (_, Some(share)) => return Ok((self.cells.number(share)?, 0.0)),
            (Some(cell), None) => cell,
            (None, None) => {
                let place = &self.cells.row.place;
                return Err(place.wrong("preference", "in the mapping", "nothing").into());
            }
        };
        let answer = self.cells.needed(cell)?;
        match (answer.as_str(), cell) {
            (Some("first"), _) => Ok((1.0, 0.0)),
            (Some("second"), _) => Ok((0.0, 0.0)),
            (Some("tie"), _) => Ok((0.5, 1.0)),
            (_, Cell::Column { values: Some(_), .. }) => {
                let share = number(&answer);
                share.map(|share| (share, 0.0)).ok_or_else(|| self.no_preference(cell, &answer))
            }
            _ => Err(self.no_preference(cell, &answer)),
        }
    }

    fn no_preference(&self, cell: &Cell, answer: &Value) -> Halt {
        let expected = "\"first\", \"second\" or \"tie\"; other answers need `values`, and a share \
                        for the first is `share` instead of `preference`";
        self.cells.wrong(cell, expected, answer)
    }

    fn strength(&self, form: &ComparisonForm) -> Result<Option<Strength>, Halt> {
        let grade = self.cells.optional_count(form.strength.as_ref())?;
        let levels = self.cells.optional_count(form.strength_levels.as_ref())?;
        Ok(grade.zip(levels).map(|(grade, levels)| Strength { grade, levels }))
    }

    fn correction(&self, draft: &mut Draft<'_>, form: &CorrectionForm) -> Result<(), Halt> {
        let original = self.cells.text(&form.original)?;
        let corrected = self.cells.text(&form.corrected)?;
        let reason = self.cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        if original == corrected {
            draft.drop("correction equals the original");
            return Ok(());
        }
        let group = self.group(draft)?;
        let (before, after) = draft.pair(&group, &original, &corrected)?;
        let edit = ((before, original.as_str()), (after, corrected.as_str()));
        Ok(draft.correction(edit.0, edit.1, reason, provenance)?)
    }

    fn critique(&self, draft: &mut Draft<'_>, form: &CritiqueForm) -> Result<(), Halt> {
        let cells = &self.cells;
        let text = cells.text(&form.segment)?;
        let polarity = cells.needed(&form.polarity)?;
        let expected = "\"negative\", \"neutral\" or \"positive\"; other words need `values`";
        let polarity: Polarity = cells.word(&form.polarity, polarity, expected)?;
        let severity = match (&form.severity, cells.optional(form.severity.as_ref())?) {
            (Some(cell), Some(value)) => {
                let expected = "\"minor\", \"major\" or \"critical\"; other words need \
                                `{ column = ..., values = { ... } }`";
                Some(cells.word::<Severity>(cell, value, expected)?)
            }
            _ => None,
        };
        let span = self.span(form, &text)?;
        let steps = span.clone().and_then(|span| steps_of_chars(&text, span));
        let aspect = cells.optional_text(form.aspect.as_ref())?;
        let words = self.words(form)?;
        let provenance = self.provenance()?;
        let group = self.group(draft)?;
        let segment = draft.text(&group, &text)?;
        Ok(draft.record(Critique {
            first_step: steps.as_ref().map(|steps| steps.start),
            end_step: steps.as_ref().map(|steps| steps.end),
            first_char: span.as_ref().map(|span| span.start),
            end_char: span.as_ref().map(|span| span.end),
            aspect,
            severity,
            text: words,
            provenance,
            ..Critique::new(segment, polarity)
        })?)
    }

    /// Where neither the polarity nor a span comes from the row, a row without words says nothing.
    fn words(&self, form: &CritiqueForm) -> Result<Option<String>, Halt> {
        match (&form.polarity, &form.first, &form.text) {
            (Cell::Constant(_), None, Some(text)) => self.cells.text(text).map(Some),
            _ => self.cells.optional_text(form.text.as_ref()),
        }
    }

    /// The span in Unicode scalar values.
    fn span(&self, form: &CritiqueForm, text: &str) -> Result<Option<std::ops::Range<u32>>, Halt> {
        let (Some(first), Some(end), Some(unit)) = (&form.first, &form.end, form.unit) else {
            return Ok(None);
        };
        let (first, end) = (self.cells.number(first)?, self.cells.number(end)?);
        let place = |offset| chars_before(text, count(offset)?, unit);
        match (place(first), place(end)) {
            (Some(first), Some(end)) if first < end => Ok(Some(first..end)),
            _ => {
                let expected = "a span within the text, its `end` after its last character, its \
                                ends between characters";
                let found = format!("{first} to {end} in {unit:?}");
                Err(self.cells.row.place.wrong("first and end", expected, found).into())
            }
        }
    }

    fn demonstration(&self, draft: &mut Draft<'_>, form: &DemonstrationForm) -> Result<(), Halt> {
        let text = self.cells.text(&form.segment)?;
        let others = match &form.alternatives {
            None => Vec::new(),
            Some(cells) => match self.cells.texts(cells) {
                Err(Halt::Empty { .. }) => Vec::new(),
                other => other?,
            },
        };
        let provenance = self.provenance()?;
        let group = self.group(draft)?;
        let segment = draft.text(&group, &text)?;
        let mut alternatives: Vec<SegmentId> = Vec::new();
        for other in others {
            let id = draft.text(&group, &other)?;
            if id == segment || alternatives.contains(&id) {
                draft.drop("alternative that is there already");
            } else {
                alternatives.push(id);
            }
        }
        Ok(draft.record(Demonstration { segment, alternatives, provenance })?)
    }

    fn ranking(&self, draft: &mut Draft<'_>, form: &RankingForm) -> Result<(), Halt> {
        let texts = self.cells.texts(&form.texts)?;
        let mut places = Vec::new();
        for rank in self.cells.list(&form.ranks)? {
            let place = number(&rank);
            places.push(place.ok_or_else(|| self.cells.row.place.wrong("ranks", "numbers", rank))?);
        }
        if places.len() != texts.len() {
            let expected = format!("as many as `texts`, {}", texts.len());
            return Err(self.cells.row.place.wrong("ranks", expected, places.len()).into());
        }
        let reason = self.cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        if texts.len() < 2 {
            draft.drop("ranking of one text");
            return Ok(());
        }
        let group = self.group(draft)?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let segments = draft.texts(&group, &texts)?;
        let ranks = ranks(&places, form.best);
        Ok(draft.record(Ranking { segments, ranks, reason, provenance })?)
    }

    fn rating(&self, draft: &mut Draft<'_>, form: &RatingForm) -> Result<(), Halt> {
        let cells = &self.cells;
        let text = cells.text(&form.segment)?;
        let value = cells.number(&form.value)?;
        let scale = Scale {
            low: cells.number(&form.low)?,
            high: cells.number(&form.high)?,
            levels: cells.optional_count(form.levels.as_ref())?,
        };
        let aspect = cells.optional_text(form.aspect.as_ref())?;
        let reason = cells.optional_text(form.reason.as_ref())?;
        let provenance = self.provenance()?;
        let group = self.group(draft)?;
        let segment = draft.text(&group, &text)?;
        Ok(draft.record(Rating { segment, value, scale, aspect, reason, provenance })?)
    }
}

/// Ranks from 1 without gaps, the best first; equal numbers are ties.
fn ranks(places: &[f64], best: Best) -> Vec<u32> {
    let mut order = places.to_vec();
    order.sort_by(f64::total_cmp);
    order.dedup();
    if let Best::Highest = best {
        order.reverse();
    }
    let rank = |place: &f64| order.iter().position(|known| known == place).unwrap_or(0) as u32 + 1;
    places.iter().map(rank).collect()
}

/// How many characters end at or before `offset`; none if it is beyond the text or within one.
fn chars_before(text: &str, offset: u32, unit: Unit) -> Option<u32> {
    let size = |c: char| match unit {
        Unit::Chars => 1,
        Unit::Bytes => c.len_utf8(),
        Unit::Utf16 => c.len_utf16(),
    };
    let (mut at, mut chars) = (0, 0);
    let mut rest = text.chars();
    while at < offset as usize {
        at += size(rest.next()?);
        chars += 1;
    }
    (at == offset as usize).then_some(chars)
}

#[cfg(test)]
mod tests;
