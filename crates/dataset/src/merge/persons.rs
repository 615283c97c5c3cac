//! People of several datasets as one list.

use super::card::Cards;
use super::error::MergeError;
use crate::{
    Dataset, DatasetWriter, ImportReport, PersonColumn, PersonIndex, PersonValue, PersonValues,
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What the same name in two datasets means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameName {
    /// One person.
    One,
    /// Two persons: each name gets the name of its dataset in front, `crowd/w1`.
    Two,
}

/// Everybody so far, and what is known of them.
pub(super) struct Persons<'a> {
    same_name: Option<SameName>,
    person: fn(&str) -> Option<String>,
    cards: &'a Cards,
    /// Names, and the first source of each.
    named: BTreeMap<String, usize>,
    /// Names that two sources have.
    shared: BTreeSet<String>,
    /// Attributes by person; none where two sources contradict each other.
    known: BTreeMap<String, BTreeMap<String, Option<PersonValue>>>,
    /// The source that has an attribute first, and whether it is a number there.
    columns: BTreeMap<String, (usize, bool)>,
}

/// Names that a message shows.
const SHOWN: usize = 5;

impl<'a> Persons<'a> {
    pub fn new(
        same_name: Option<SameName>,
        person: fn(&str) -> Option<String>,
        cards: &'a Cards,
    ) -> Self {
        Self {
            same_name,
            person,
            cards,
            named: BTreeMap::new(),
            shared: BTreeSet::new(),
            known: BTreeMap::new(),
            columns: BTreeMap::new(),
        }
    }

    /// Takes in the people of a source.
    pub fn add(&mut self, source: usize, dataset: &Dataset) -> Result<(), MergeError> {
        let names = dataset.people().ids().iter().filter_map(|id| self.name(source, &id.0));
        let names: BTreeSet<String> = names.collect();
        let mut both: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for name in names {
            match self.named.get(&name) {
                Some(&first) => both.entry(first).or_default().push(name),
                None => drop(self.named.insert(name, source)),
            }
        }
        if let (None, Some((&first, names))) = (self.same_name, both.first_key_value()) {
            return Err(MergeError::People {
                one: self.cards.source(first).to_owned(),
                other: self.cards.source(source).to_owned(),
                names: shown(names),
            });
        }
        self.shared.extend(both.into_values().flatten());
        let listed = dataset.listed();
        for column in listed.columns() {
            self.check_type(source, column)?;
            for (place, id) in listed.ids().iter().enumerate() {
                let value = value(column, PersonIndex(place as u32));
                if let (Some(name), Some(value)) = (self.name(source, &id.0), value) {
                    self.learn(name, &column.name, value);
                }
            }
        }
        // Also people of whom the table knows nothing but that they are there.
        for id in listed.ids() {
            if let Some(name) = self.name(source, &id.0) {
                self.known.entry(name).or_default();
            }
        }
        Ok(())
    }

    fn check_type(&mut self, source: usize, column: &PersonColumn) -> Result<(), MergeError> {
        let is_number = matches!(column.values, PersonValues::Number(_));
        let &mut (first, expected) =
            self.columns.entry(column.name.clone()).or_insert((source, is_number));
        let told = |is_number| {
            let what = if is_number { "numbers" } else { "texts" };
            format!("`{}` in {what}", column.name)
        };
        match is_number == expected {
            true => Ok(()),
            false => Err(MergeError::Unlike {
                one: self.cards.source(first).to_owned(),
                other: self.cards.source(source).to_owned(),
                what: "the column of people",
                expected: told(expected),
                found: told(is_number),
            }),
        }
    }

    fn learn(&mut self, name: String, column: &str, value: PersonValue) {
        let known = self.known.entry(name).or_default();
        match known.get_mut(column) {
            None => drop(known.insert(column.to_owned(), Some(value))),
            Some(before) if before.as_ref() != Some(&value) => *before = None,
            Some(_) => {}
        }
    }

    /// The name of a person of a source in the merged dataset; none for nobody.
    fn name(&self, source: usize, name: &str) -> Option<String> {
        let name = (self.person)(name)?;
        Some(match self.same_name {
            Some(SameName::Two) => format!("{}/{name}", self.cards.label(source)),
            _ => name,
        })
    }

    /// A record by the name of its person in the merged dataset.
    pub fn of_row(&self, source: usize, row: &Map<String, Value>) -> Map<String, Value> {
        let mut row = row.clone();
        if let Some(name) = row.get("annotator").and_then(Value::as_str) {
            match self.name(source, name) {
                Some(name) => drop(row.insert("annotator".to_owned(), Value::String(name))),
                None => drop(row.remove("annotator")),
            }
        }
        row
    }

    /// Writes what is known of everybody.
    pub fn pour(&self, writer: &mut DatasetWriter, report: &mut ImportReport) {
        let mut contradicted: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, attributes) in &self.known {
            let known = attributes.iter().filter_map(|(column, value)| {
                if value.is_none() {
                    *contradicted.entry(column).or_default() += 1;
                }
                Some((column.as_str(), value.clone()?))
            });
            writer.add_person(name, &known.collect::<Vec<_>>());
        }
        if !self.shared.is_empty() {
            let names: Vec<String> = self.shared.iter().cloned().collect();
            let note = format!("{} people are of several datasets: {}", names.len(), shown(&names));
            report.notes.push(note);
        }
        for (column, count) in contradicted {
            let note = format!("{count} people with several values of `{column}`: none is kept");
            report.notes.push(note);
        }
        for label in self.cards.without_licence() {
            report.notes.push(format!("{label} states no licence"));
        }
    }
}

fn value(column: &PersonColumn, person: PersonIndex) -> Option<PersonValue> {
    let place = person.0 as usize;
    match &column.values {
        PersonValues::Text(values) => values[place].clone().map(PersonValue::Text),
        PersonValues::Number(values) => values[place].map(PersonValue::Number),
    }
}

fn shown(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
