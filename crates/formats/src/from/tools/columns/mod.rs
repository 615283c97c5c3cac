//! Importer of any table: a mapping in TOML from columns or JSON paths to records.
//!
//! A mapping states what the columns mean, and nothing is guessed: what a label does not say
//! (which value is a tie, which end of a scale is good, what an offset counts) has to be written
//! down. So a mapping that is wrong fails at its first row instead of importing wrong numbers.

mod cell;
mod halt;
mod join;
mod lost;
mod make;
mod mapping;
mod people;
mod reader;
mod tags;
mod value;

use crate::{Dialect, Draft, Import, ImportError, Importer, Row};
use cell::{Cell, no_column};
use halt::Halt;
use join::{Join, Joined};
use make::{One, Prompts};
use mapping::{Form, Mapping, Unmarked};
use medley_dataset::{Card, Domain};
use people::PeopleForm;
use reader::{Elements, Reader, Seen};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(crate) use cell::Path as CellPath;

/// Reads a table (CSV, TSV, JSON, JSON lines, Parquet) as `[import.columns]` says.
///
/// - Group: the prompt named by `group`, else the prompt with the same text and context.
/// - Segments: texts; the same text under the same prompt is the same segment.
/// - Records: each `[[import.columns.records]]` makes one record of a row, or with `[*]` one for
///   each element of a list, of those that `where` asks for.
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
    /// Text files whose n-th lines are a row, by the names of its columns.
    lines: Option<BTreeMap<String, String>>,
    /// A second table, whose columns come to the rows by a key.
    join: Option<Join>,
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
        let join = self.join.as_ref();
        let joined = join.map(|join| join.read(path, self.asked(), &import.reading()));
        let joined = joined.transpose()?;
        let each = |draft: &mut Draft<'_>, row: &Row| {
            let Some(joined) = &joined else { return self.add_row(draft, row, &seen) };
            match joined.with_partner(draft, row)? {
                Some(row) => self.add_row(draft, &row, &seen),
                None => Ok(()),
            }
        };
        match &self.lines {
            Some(files) => import.line_rows(files, each)?,
            None => import.rows(path, dialect, each)?,
        }
        let notes = joined.iter().flat_map(Joined::notes).chain(seen.into_inner().verdict()?);
        import.report().notes.extend(notes);
        Ok(())
    }
}

impl Columns {
    fn prompts(&self) -> Prompts<'_> {
        let Self { group, prompt, context, .. } = self;
        Prompts { group: group.as_ref(), prompt: prompt.as_ref(), context: context.as_ref() }
    }

    fn top(&self) -> impl Iterator<Item = &Cell> {
        let Prompts { group, prompt, context } = self.prompts();
        [group, prompt, context].into_iter().flatten()
    }

    /// What the types do not say.
    fn check(&self) -> Result<(), String> {
        if self.records.is_empty() {
            return Err("no `[[import.columns.records]]`".into());
        }
        if self.lines.as_ref().is_some_and(BTreeMap::is_empty) {
            return Err("`lines` names no file".into());
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
        self.records.iter().try_for_each(check_positions)
    }

    /// Names of columns that the mapping asks for.
    fn asked(&self) -> BTreeSet<&str> {
        let of_records = self.records.iter().flat_map(|mapping| {
            let form = &mapping.form;
            form.cells().into_iter().chain(form.lists()).chain(mapping.who.cells())
        });
        let of_people = self.people.iter().flat_map(PeopleForm::cells);
        let cells = self.top().chain(of_records).chain(of_people);
        let names = cells.filter_map(|cell| match cell {
            Cell::Column { path, .. } => Some(path.columns()),
            _ => None,
        });
        names.flatten().collect()
    }

    /// What a row says.
    fn add_row(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        seen: &RefCell<Seen>,
    ) -> Result<(), ImportError> {
        self.records.iter().try_for_each(|mapping| self.add(draft, row, mapping, seen))?;
        self.add_person(draft, row, seen)
    }

    /// What a row tells of a person.
    fn add_person(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
        seen: &RefCell<Seen>,
    ) -> Result<(), ImportError> {
        let Some(people) = &self.people else { return Ok(()) };
        match people.read(&Reader { row, each: &[], seen }) {
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
        let whole = Reader { row, each: &[], seen };
        let cells = mapping.form.cells().into_iter().chain(mapping.who.cells()).chain(self.top());
        let places = match whole.elements(cells) {
            Ok(None) => vec![Vec::new()],
            Ok(Some(Elements { places, empty })) => {
                for list in empty {
                    self.add_unmarked(draft, mapping, &whole, &list)?;
                }
                places
            }
            Err(halt) => return halt.settle(draft, row, mapping).map(drop),
        };
        for each in places {
            let cells = Reader { row, each: &each, seen };
            let one = One { prompts: self.prompts(), mapping, cells };
            let Err(halt) = one.add(draft) else { continue };
            let reason = halt.settle(draft, row, mapping)?;
            if let Some((sides, shares)) = one.answer() {
                seen.borrow_mut().lost.add(&reason, sides, shares);
            }
        }
        Ok(())
    }

    /// What an empty list of a row says: that a text was reviewed and nothing was found in it, or
    /// nothing.
    fn add_unmarked(
        &self,
        draft: &mut Draft<'_>,
        mapping: &Mapping,
        whole: &Reader<'_>,
        list: &str,
    ) -> Result<(), ImportError> {
        let is_each = |cell: &Cell| matches!(cell, Cell::Column { path, .. } if path.each());
        if let Form::Critique(form) = &mapping.form
            && form.unmarked == Unmarked::Neutral
            && !is_each(&form.segment)
        {
            let cells = Reader { row: whole.row, each: &[], seen: whole.seen };
            let one = One { prompts: self.prompts(), mapping, cells };
            return match one.unmarked(draft, form) {
                Ok(()) => Ok(()),
                Err(halt) => halt.settle(draft, whole.row, mapping).map(drop),
            };
        }
        whole.without_element(list).settle(draft, whole.row, mapping).map(drop)
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
mod several_tests;
#[cfg(test)]
mod tests;
