//! Which records of a kind a source is made of: those of a collection, a person or a group.

use medley_dataset::{Dataset, PersonIndex};
use medley_feedback::Provenance;
use serde::de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Which records: `select = "preference"` names a source of provenance, and a table may name
/// sources, annotators, groups and any column of the table of people. All that is given has to
/// hold; a list holds if one of its values does.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Select {
    /// Sources of provenance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// Ids of annotators.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotator: Vec<String>,
    /// Groups, as the record or the table of people has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<String>,
    /// Values of columns of the table of people.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub people: BTreeMap<String, Vec<String>>,
}

impl Select {
    /// Only the records of one source of provenance.
    pub fn source(name: &str) -> Self {
        Self { source: vec![name.to_owned()], ..Self::default() }
    }

    /// Whether every record is taken.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a record is taken.
    pub(crate) fn takes(&self, dataset: &Dataset, said: &Provenance) -> bool {
        let person = said.annotator.as_ref().and_then(|id| dataset.people().index(id));
        let among = |wanted: &[String], found: Option<&str>| {
            wanted.is_empty() || found.is_some_and(|found| wanted.iter().any(|w| w == found))
        };
        let group = group(dataset, said, person);
        among(&self.source, said.source.as_deref())
            && among(&self.annotator, said.annotator.as_ref().map(|id| id.0.as_str()))
            && among(&self.group, group.as_deref())
            && self
                .people
                .iter()
                .all(|(column, wanted)| among(wanted, value(dataset, column, person).as_deref()))
    }

    /// Names a value that no record has, and those that there are.
    pub(crate) fn unknown<'a>(
        &self,
        dataset: &Dataset,
        all: impl Iterator<Item = &'a Provenance> + Clone,
    ) -> Option<String> {
        let person =
            |said: &Provenance| said.annotator.as_ref().and_then(|id| dataset.people().index(id));
        let sources = || all.clone().filter_map(|said| said.source.clone()).collect();
        let annotators = || all.clone().filter_map(|said| Some(said.annotator.as_ref()?.0.clone()));
        let groups = || all.clone().filter_map(|said| group(dataset, said, person(said)));
        missing("source", &self.source, sources)
            .or_else(|| missing("annotator", &self.annotator, || annotators().collect()))
            .or_else(|| missing("group", &self.group, || groups().collect()))
            .or_else(|| {
                self.people.iter().find_map(|(column, wanted)| {
                    let columns = dataset.people().columns();
                    if !columns.iter().any(|known| known.name == *column) {
                        let known = columns.iter().map(|known| known.name.clone()).collect();
                        return missing("column of people", std::slice::from_ref(column), || known);
                    }
                    let values = || {
                        all.clone()
                            .filter_map(|said| value(dataset, column, person(said)))
                            .collect()
                    };
                    missing(&format!("`{column}`"), wanted, values)
                })
            })
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed =
            [("source", &self.source), ("annotator", &self.annotator), ("group", &self.group)];
        let further = self.people.iter().map(|(column, wanted)| (column.as_str(), wanted));
        let given = fixed.into_iter().chain(further).filter(|(_, wanted)| !wanted.is_empty());
        let each: Vec<String> =
            given.map(|(key, wanted)| format!("{key} `{}`", wanted.join("` or `"))).collect();
        f.write_str(&each.join(", "))
    }
}

fn group(dataset: &Dataset, said: &Provenance, person: Option<PersonIndex>) -> Option<String> {
    said.group.clone().or_else(|| value(dataset, "group", person))
}

fn value(dataset: &Dataset, column: &str, person: Option<PersonIndex>) -> Option<String> {
    dataset.people().column(column)?.label(person?).map(Cow::into_owned)
}

/// At most so many names are listed.
const LISTED: usize = 20;

fn missing(
    what: &str,
    wanted: &[String],
    known: impl FnOnce() -> BTreeSet<String>,
) -> Option<String> {
    if wanted.is_empty() {
        return None;
    }
    let known = known();
    let unknown = wanted.iter().find(|name| !known.contains(*name))?;
    let listed: Vec<&str> = known.iter().take(LISTED).map(String::as_str).collect();
    let more = match known.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let there = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
    Some(format!("no record has {what} `{unknown}`; there are: {there}{more}"))
}

/// One name or several, at least one.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrList)
    }
}

struct NameOrList;

impl<'de> Visitor<'de> for NameOrList {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a list of names, each in quotes, also if it is a number")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Names, E> {
        Ok(Names(vec![name.to_owned()]))
    }

    /// The names of an inner list are those of the outer one, so that a number among them is
    /// refused in the same words.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names, A::Error> {
        let mut names = Vec::new();
        while let Some(Names(more)) = list.next_element()? {
            names.extend(more);
        }
        if names.is_empty() {
            return Err(serde::de::Error::custom(
                "an empty list takes no record; leave the key out to take all of them",
            ));
        }
        Ok(Names(names))
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[derive(Default)]
struct Table {
    source: Option<Names>,
    annotator: Option<Names>,
    group: Option<Names>,
    people: BTreeMap<String, Names>,
}

/// Written by hand because an untagged enum only says that no variant matched.
impl<'de> Deserialize<'de> for Select {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrTable)
    }
}

struct NameOrTable;

impl<'de> Visitor<'de> for NameOrTable {
    type Value = Select;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a source of provenance, or a table of `source`, `annotator`, `group` and `people`")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Select, E> {
        Ok(Select::source(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Select, A::Error> {
        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        let list = |names: Option<Names>| names.map_or_else(Vec::new, |names| names.0);
        let people = table.people.into_iter().map(|(column, names)| (column, names.0));
        Ok(Select {
            source: list(table.source),
            annotator: list(table.annotator),
            group: list(table.group),
            people: people.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    struct Source {
        select: Select,
    }

    fn parse(text: &str) -> Result<Select, String> {
        let read = toml::from_str::<Source>(&format!("select = {text}"));
        read.map(|source| source.select).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_a_table_and_lists_are_read() {
        assert_eq!(parse("\"votes\"").unwrap(), Select::source("votes"));
        let select =
            parse(r#"{ annotator = ["ann", "bob"], people = { land = "India" } }"#).unwrap();
        assert_eq!(select.annotator, ["ann", "bob"]);
        assert_eq!(select.people["land"], ["India"]);
        assert_eq!(select.to_string(), "annotator `ann` or `bob`, land `India`");
        assert!(parse("{}").unwrap().is_all());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = parse("{ annotater = \"ann\" }").unwrap_err();
        assert!(error.contains("unknown field `annotater`"), "{error}");
        assert!(error.contains("`annotator`"), "{error}");
        let error = parse("3").unwrap_err();
        assert!(error.contains("expected the name of a source"), "{error}");
        for number in ["annotator = 7", "annotator = [\"ann\", 7]", "people = { age = 7 }"] {
            let error = parse(&format!("{{ {number} }}")).unwrap_err();
            let expected = "invalid type: integer `7`, expected a name or a list of names, each \
                            in quotes, also if it is a number";
            assert!(error.contains(expected), "{error}");
        }
        for nobody in ["annotator = []", "people = { land = [] }"] {
            let error = parse(&format!("{{ {nobody} }}")).unwrap_err();
            assert!(error.contains("an empty list takes no record; leave the key out"), "{error}");
        }
    }

    #[test]
    fn tables_go_to_toml_and_back() {
        let select = parse(r#"{ group = "a", people = { land = ["x", "y"] } }"#).unwrap();
        let text = toml::to_string(&select).unwrap();
        let again: Select = toml::from_str(&text).unwrap();
        assert_eq!(again, select);
    }
}
