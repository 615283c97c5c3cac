//! What rows tell of people: gathered over all rows, since a table has one row for a person.

use medley_dataset::{DatasetWriter, ImportReport, PersonValue};
use std::collections::BTreeMap;

/// Attributes of people, in the order in which columns came up.
#[derive(Default)]
pub(crate) struct People {
    columns: Vec<String>,
    /// By name; values in the order of `columns`, shorter where the last are unknown.
    rows: BTreeMap<String, Vec<Told>>,
}

/// What is known of a person in one respect.
#[derive(Clone, Default)]
enum Told {
    #[default]
    Nothing,
    One(PersonValue),
    /// Rows that contradict each other, of which none is more right than the others.
    Several,
}

/// A person as a row tells of them.
pub(crate) struct NewPerson {
    pub id: String,
    pub attributes: Vec<(String, PersonValue)>,
}

impl People {
    pub fn learn(&mut self, person: NewPerson) {
        let row = self.rows.entry(person.id).or_default();
        for (name, value) in person.attributes {
            let known = self.columns.iter().position(|column| *column == name);
            let place = known.unwrap_or_else(|| {
                self.columns.push(name);
                self.columns.len() - 1
            });
            if row.len() <= place {
                row.resize(place + 1, Told::Nothing);
            }
            match &row[place] {
                Told::Nothing => row[place] = Told::One(value),
                Told::One(known) if *known != value => row[place] = Told::Several,
                _ => {}
            }
        }
    }

    /// Hands everybody to a dataset, and tells what could not be kept as it was.
    pub fn pour(self, writer: &mut DatasetWriter, report: &mut ImportReport) {
        if self.rows.is_empty() {
            return;
        }
        report.keep("person", self.rows.len());
        let mixed: Vec<bool> = (0..self.columns.len()).map(|i| self.is_mixed(i)).collect();
        let values = |row: Vec<Told>| {
            let told = row.into_iter().zip(&self.columns).zip(&mixed);
            told.filter_map(|((told, name), &mixed)| match told {
                Told::One(PersonValue::Number(x)) if mixed => Some((&**name, x.to_string().into())),
                Told::One(value) => Some((&**name, value)),
                Told::Nothing | Told::Several => None,
            })
            .collect::<Vec<(&str, PersonValue)>>()
        };
        for (i, name) in self.columns.iter().enumerate() {
            let several = self.told(i).filter(|told| matches!(told, Told::Several)).count();
            if several > 0 {
                let note =
                    format!("{several} people with several values of `{name}`: none is kept");
                report.notes.push(note);
            }
            if mixed[i] {
                let note = format!("`{name}` of people has texts and numbers: all are texts");
                report.notes.push(note);
            }
        }
        for (id, row) in self.rows {
            writer.add_person(&id, &values(row));
        }
    }

    /// What is known of everybody in one respect.
    fn told(&self, column: usize) -> impl Iterator<Item = &Told> {
        self.rows.values().filter_map(move |row| row.get(column))
    }

    fn is_mixed(&self, column: usize) -> bool {
        let is = |number: bool| {
            move |told: &Told| match told {
                Told::One(value) => matches!(value, PersonValue::Number(_)) == number,
                _ => false,
            }
        };
        self.told(column).any(is(true)) && self.told(column).any(is(false))
    }
}
