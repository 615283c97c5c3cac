//! From a row to the cells of its columns and of the paths into their JSON.

use super::column::{Column, Facts};
use crate::Fields;
use crate::spoken::Spoken;
use crate::structured::structured;
use serde_json::Value;
use std::collections::BTreeMap;

/// Columns and paths that are told of.
const MOST_COLUMNS: usize = 300;
/// How deep paths go into JSON.
const DEEPEST: usize = 6;

/// Columns, as rows come in.
#[derive(Default)]
pub(super) struct Walk {
    /// By path, with the place of each among all.
    facts: BTreeMap<String, (usize, Facts)>,
    /// How often an object or a list's element was met, by its path.
    places: BTreeMap<String, u64>,
    /// Fields that were not followed.
    unnamed: usize,
}

impl Walk {
    pub fn row(&mut self, fields: &Fields) {
        for (name, value) in fields {
            match name.trim().is_empty() {
                true => self.unnamed += 1,
                false => self.visit(name, value, 0),
            }
        }
    }

    fn visit(&mut self, path: &str, value: &Value, depth: usize) {
        let parsed = in_text(value);
        let inner = parsed.as_ref().unwrap_or(value);
        match inner {
            Value::Array(_) | Value::Object(_) => {
                if let Ok(Spoken::Messages(turns)) = Spoken::read(inner.clone())
                    && let Some(last) = turns.last()
                {
                    let is_answered = last.role == "assistant";
                    return self.at(path, |facts| facts.chat(value, turns.len(), is_answered));
                }
            }
            _ => return self.at(path, |facts| facts.scalar(inner)),
        }
        match inner {
            _ if depth >= DEEPEST => self.unnamed += 1,
            Value::Array(list) => {
                self.at(path, |facts| facts.list(inner, list.len()));
                let each = format!("{path}[*]");
                *self.places.entry(each.clone()).or_default() += list.len() as u64;
                list.iter().for_each(|element| self.visit(&each, element, depth + 1));
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    // A mapping would read a point or a bracket as a step of the path.
                    match name.trim().is_empty() || name.contains(['.', '[', ']']) {
                        true => self.unnamed += 1,
                        false => self.visit(&format!("{path}.{name}"), value, depth + 1),
                    }
                }
            }
            _ => {}
        }
    }

    fn at(&mut self, path: &str, add: impl FnOnce(&mut Facts)) {
        if let Some((_, facts)) = self.facts.get_mut(path) {
            return add(facts);
        }
        let place = self.facts.len();
        if place >= MOST_COLUMNS {
            self.unnamed += 1;
            return;
        }
        let mut facts = Facts::default();
        add(&mut facts);
        self.facts.insert(path.to_owned(), (place, facts));
    }

    /// The columns of so many rows, in the order in which they were met, and how many fields were not
    /// followed. Where some cells of a column are plain texts, what others seem to hold is text too.
    pub fn finish(self, rows: u64) -> (Vec<Column>, usize) {
        let Self { facts, places, unnamed } = self;
        let mixed: Vec<String> = facts
            .iter()
            .filter(|(_, (_, facts))| facts.texts > 0)
            .map(|(path, _)| path.clone())
            .collect();
        let is_text = |path: &str| {
            mixed.iter().any(|of| {
                path.strip_prefix(of.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
            })
        };
        let mut columns: Vec<(usize, Column)> = facts
            .into_iter()
            .filter(|(path, _)| !is_text(path))
            .map(|(path, (place, facts))| {
                let each = path.rfind("[*]").map(|end| &path[..end + 3]);
                let count = each.map_or(rows, |each| places.get(each).copied().unwrap_or(0));
                (place, facts.finish(path, count))
            })
            .collect();
        columns.sort_by_key(|(place, _)| *place);
        (columns.into_iter().map(|(_, column)| column).collect(), unnamed)
    }
}

/// What a text is the JSON or Python literal of, if that has parts.
fn in_text(value: &Value) -> Option<Value> {
    let text = value.as_str()?.trim();
    if !text.starts_with(['[', '{']) {
        return None;
    }
    structured(text).ok().flatten().map(|found| found.value)
}
