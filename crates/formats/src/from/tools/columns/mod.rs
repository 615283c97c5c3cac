//! Importer of any table: a mapping in TOML from columns or JSON paths to records.
//!
//! A mapping states what the columns mean, and nothing is guessed: what a label does not say
//! (which value is a tie, which end of a scale is good, what an offset counts) has to be written
//! down. So a mapping that is wrong fails at its first row instead of importing wrong numbers.

mod attribute;
mod cell;
mod halt;
mod lost;
mod make;
mod mapping;
mod opened;
mod people;
mod reader;
mod segments;
mod value;

use crate::{Dialect, Draft, EmptyTexts, Import, ImportError, Importer, Row};
use cell::{Cell, no_column};
use halt::Halt;
use make::{One, Prompts};
use mapping::{Form, Mapping, Unmarked};
use medley_dataset::{Card, Domain};
use opened::Opened;
use people::PeopleForm;
use reader::{Elements, EmptyList, Reader, Seen};
use segments::SegmentsForm;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

pub(crate) use cell::Path as CellPath;

/// Reads a table (CSV, TSV, JSON, JSON lines, Parquet) as `[import.columns]` says.
///
/// - Group: the prompt named by `group`, else the prompt with the same text and context; a row in which
///   nothing is asked is a group of its own.
/// - Segments: texts, without the prompt where they repeat it; the same text under the same prompt is the same segment.
/// - Records: each `[[import.columns.records]]` makes one record of a row, or with `[*]` one for
///   each element of a list, of those that `where` asks for.
/// - People: `[import.columns.people]` says what a row tells of the person who answers.
/// - Metadata: `[import.columns.segments]` says what a row tells of a text, such as the model that wrote
///   it. The same text with other metadata is another segment.
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
    /// What a row tells of the texts in its cells.
    #[serde(default)]
    segments: SegmentsForm,
    /// Whether answers without a word are kept.
    #[serde(default)]
    empty: EmptyTexts,
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
        let opened = Opened::new(self.cells());
        import.rows(path, dialect, |draft, row| {
            let opened = opened.of(row);
            let added = self.add_row(draft, &opened, &seen);
            if let Cow::Owned(opened) = &opened {
                row.take_notes(opened);
            }
            added
        })?;
        let notes = seen.into_inner().verdict()?;
        import.report().notes.extend(notes);
        Ok(())
    }
}

impl Columns {
    /// All that one row says.
    fn add_row(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        seen: &RefCell<Seen>,
    ) -> Result<(), ImportError> {
        if self.empty == EmptyTexts::Keep {
            draft.keep_empty();
        }
        self.records.iter().try_for_each(|mapping| self.add(draft, row, mapping, seen))?;
        self.add_person(draft, row, seen)
    }

    fn prompts(&self) -> Prompts<'_> {
        let Self { group, prompt, context, .. } = self;
        Prompts { group: group.as_ref(), prompt: prompt.as_ref(), context: context.as_ref() }
    }

    fn one<'a>(&'a self, mapping: &'a Mapping, cells: Reader<'a>) -> One<'a> {
        One { prompts: self.prompts(), segments: &self.segments, mapping, cells }
    }

    fn top(&self) -> impl Iterator<Item = &Cell> {
        let Prompts { group, prompt, context } = self.prompts();
        [group, prompt, context].into_iter().flatten()
    }

    /// All cells of the mapping.
    fn cells(&self) -> impl Iterator<Item = &Cell> {
        let people = self.people.iter().flat_map(PeopleForm::cells);
        let records = self.records.iter().flat_map(Mapping::cells);
        self.top().chain(records).chain(people).chain(self.segments.cells())
    }

    /// What the types do not say.
    fn check(&self) -> Result<(), String> {
        if self.records.is_empty() {
            return Err("no `[[import.columns.records]]`".into());
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
        self.check_segments()?;
        self.records.iter().try_for_each(check_positions)
    }

    /// What is said of texts is about texts of some record, and of each element where they are lists.
    fn check_segments(&self) -> Result<(), String> {
        let each = |cell: &Cell| matches!(cell, Cell::Column { path, .. } if path.each());
        for described in self.segments.texts() {
            let is_it =
                |cell: &&Cell| matches!(cell, Cell::Column { path, .. } if path.text == described);
            let Some(text) = self.records.iter().flat_map(|it| it.form.texts()).find(is_it) else {
                return Err(format!("segments: no record has its text in `{described}`"));
            };
            let of_each = self.segments.of(text).iter().any(|(_, column)| each(column.cell()));
            if of_each && !each(text) {
                return Err(format!(
                    "segments: `[*]` for what is known of `{described}`, one text"
                ));
            }
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
        match people.read(&Reader::of(row, seen)) {
            Ok(Some((id, attributes))) => draft.person(&id, attributes),
            Ok(None) | Err(Halt::Skipped { .. } | Halt::Unmet { .. }) => {}
            Err(Halt::Wrong(error)) => return Err(error),
            Err(Halt::Empty { error, .. }) => return Err(*error),
            Err(Halt::Absent { path }) => return Err(no_column(row, &path)),
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
        let keeps_empty = draft.keeps_empty();
        let whole = Reader { keeps_empty, ..Reader::of(row, seen) };
        let described =
            mapping.form.single_texts().into_iter().flat_map(|text| self.segments.of(text));
        let described = described.map(|(_, column)| column.cell());
        let cells = mapping.form.cells().into_iter().chain(mapping.who.cells());
        let found = whole.elements(cells.chain(self.top()).chain(described));
        // What is said of the row as a whole comes before what its lists hold.
        let places = match (whole.unmet(&mapping.who.conditions), found) {
            (Ok(Some(_)), Ok(Some(Elements { places, .. }))) if !places.is_empty() => places,
            (Ok(Some(_)), _) | (Ok(None), Ok(None)) => vec![Vec::new()],
            (Ok(None), Ok(Some(Elements { places, empty, .. }))) => {
                for list in &empty {
                    self.add_unmarked(draft, mapping, &whole, list)?;
                }
                places
            }
            (Err(halt), _) | (Ok(None), Err(halt)) => {
                return halt.settle(draft, row, mapping).map(drop);
            }
        };
        for each in places {
            let cells = Reader { each: &each, ..whole };
            let one = self.one(mapping, cells);
            let Err(halt) = one.add(draft) else { continue };
            let reason = halt.settle(draft, row, mapping)?;
            if let Some((sides, shares)) = one.answer() {
                seen.borrow_mut().lost.add(&reason, sides, shares);
            }
        }
        Ok(())
    }

    /// What an empty list of a row says: that a text was reviewed and nothing was found in it, if
    /// `where` asks for that, or nothing.
    fn add_unmarked(
        &self,
        draft: &mut Draft<'_>,
        mapping: &Mapping,
        whole: &Reader<'_>,
        list: &EmptyList,
    ) -> Result<(), ImportError> {
        let one = self.one(mapping, Reader { each: &list.each, ..*whole });
        let is_here = |cell: &Cell| !matches!(cell, Cell::Column { path, .. } if path.depth() > list.each.len());
        let told = one.asked_for().and_then(|()| match &mapping.form {
            Form::Critique(form)
                if form.unmarked == Unmarked::Neutral
                    && list.is_innermost
                    && is_here(&form.segment) =>
            {
                one.unmarked(draft, form)
            }
            _ => Err(whole.without_element(list)),
        });
        told.or_else(|halt| halt.settle(draft, whole.row, mapping).map(drop))
    }
}

/// Refuses the position in a list that the mapping does not go through.
fn check_positions(mapping: &Mapping) -> Result<(), String> {
    let cells: Vec<&Cell> = mapping.form.cells().into_iter().chain(mapping.who.cells()).collect();
    let is_of = |list: &str, cell: &&Cell| matches!(cell, Cell::Column { path, .. } if path.goes_through(list));
    cells.iter().try_for_each(|cell| match cell {
        Cell::Position { list } if !cells.iter().any(|cell| is_of(list, cell)) => {
            Err(format!("`position` of `{list}`, and nothing goes through `{list}[*]`"))
        }
        _ => Ok(()),
    })
}

#[cfg(test)]
mod lists_tests;
#[cfg(test)]
mod segments_tests;
#[cfg(test)]
mod tests;
