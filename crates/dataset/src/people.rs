//! Who gave feedback: one number for a person across all kinds, and what is known of each.
//!
//! Everybody whom a record names is here, and everybody whom the table of people lists, so that a
//! model of people has one row for a person whatever they said. Attributes are columns rather than
//! one group a person, since which of them matters is a question to ask of the data.

use medley_feedback::{AnnotatorId, Provenance};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Position of a person among the [`People`] of a dataset, the same for all kinds of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonIndex(pub u32);

/// The people of a dataset, sorted by id, with one column for each attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    ids: Vec<AnnotatorId>,
    columns: Vec<PersonColumn>,
}

/// One attribute of people.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonColumn {
    /// Its name, such as `age`.
    pub name: String,
    /// One value for each person, in the order of [`People::ids`].
    pub values: PersonValues,
}

/// Values of an attribute; none where it is unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum PersonValues {
    /// Labels, such as a country.
    Text(Vec<Option<String>>),
    /// Finite numbers, such as an age in years.
    Number(Vec<Option<f64>>),
}

/// The column that people have from their records: the group that these name.
pub(crate) const GROUP: &str = "group";

impl People {
    /// Everybody, sorted.
    pub fn ids(&self) -> &[AnnotatorId] {
        &self.ids
    }

    /// Number of people.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Position of a person; none for somebody who is not here.
    pub fn index(&self, id: &AnnotatorId) -> Option<PersonIndex> {
        self.ids.binary_search(id).ok().map(|place| PersonIndex(place as u32))
    }

    /// Name of a person. Panics beyond [`People::len`], as a slice does.
    pub fn id(&self, person: PersonIndex) -> &AnnotatorId {
        &self.ids[person.0 as usize]
    }

    /// The attributes, in the order of the table.
    pub fn columns(&self) -> &[PersonColumn] {
        &self.columns
    }

    /// The attribute of this name.
    pub fn column(&self, name: &str) -> Option<&PersonColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A checked table; `ids` are sorted.
    pub(crate) fn new(ids: Vec<AnnotatorId>, columns: Vec<PersonColumn>) -> Self {
        Self { ids, columns }
    }

    /// These people and all whom records name. A person without a group has the one that their
    /// records name, if it is one.
    pub(crate) fn joined_by(&self, named: &BTreeMap<String, NamedGroup>) -> Self {
        let mut ids = self.ids.clone();
        ids.extend(named.keys().map(|name| AnnotatorId(name.clone())));
        ids.sort();
        ids.dedup();
        let mut people = Self::new(ids, Vec::new());
        for column in &self.columns {
            let mut values = column.values.empty(people.len());
            for (from, id) in self.ids.iter().enumerate() {
                let to = people.index(id).map_or(from, |person| person.0 as usize);
                values.copy(to, &column.values, from);
            }
            people.columns.push(PersonColumn { name: column.name.clone(), values });
        }
        people.fill_groups(named);
        people
    }

    fn fill_groups(&mut self, named: &BTreeMap<String, NamedGroup>) {
        if named.values().all(|group| *group == NamedGroup::None) {
            return;
        }
        if self.column(GROUP).is_none() {
            let values = PersonValues::Text(vec![None; self.len()]);
            self.columns.push(PersonColumn { name: GROUP.to_owned(), values });
        }
        let groups = self.columns.iter_mut().find(|column| column.name == GROUP);
        let Some(PersonColumn { values: PersonValues::Text(groups), .. }) = groups else { return };
        for (id, group) in self.ids.iter().zip(groups) {
            if group.is_none()
                && let Some(NamedGroup::One(name)) = named.get(&id.0)
            {
                *group = Some(name.clone());
            }
        }
    }
}

impl PersonColumn {
    /// Whether a column of people may have this name: one that is called as a field of every record
    /// could not be told from it.
    ///
    /// ```
    /// # use medley_dataset::PersonColumn;
    /// assert!(PersonColumn::check_name("country").is_ok());
    /// assert!(PersonColumn::check_name("role").is_err());
    /// ```
    ///
    /// # Errors
    /// What the column must be instead.
    pub fn check_name(name: &str) -> Result<(), &'static str> {
        if name.trim().is_empty() {
            return Err("called something");
        }
        match name != GROUP && Provenance::COLUMNS.iter().any(|column| column.name == name) {
            true => Err("called otherwise, since every record has a field of that name"),
            false => Ok(()),
        }
    }

    /// The value of a person as a text, the label of the group that shares it; none if unknown.
    /// A number is written as short as it can be: 3 and 0.5.
    pub fn label(&self, person: PersonIndex) -> Option<Cow<'_, str>> {
        let place = person.0 as usize;
        match &self.values {
            PersonValues::Text(values) => values[place].as_deref().map(Cow::Borrowed),
            PersonValues::Number(values) => values[place].map(|x| Cow::Owned(x.to_string())),
        }
    }

    /// Every label that occurs, once, sorted; numbers by size.
    pub fn labels(&self) -> Vec<String> {
        match &self.values {
            PersonValues::Text(values) => {
                let mut labels: Vec<String> = values.iter().flatten().cloned().collect();
                labels.sort();
                labels.dedup();
                labels
            }
            PersonValues::Number(values) => {
                let mut numbers: Vec<f64> = values.iter().flatten().copied().collect();
                numbers.sort_by(f64::total_cmp);
                numbers.dedup();
                numbers.iter().map(f64::to_string).collect()
            }
        }
    }

    /// Number of people whose value is known.
    pub fn known(&self) -> usize {
        match &self.values {
            PersonValues::Text(values) => values.iter().flatten().count(),
            PersonValues::Number(values) => values.iter().flatten().count(),
        }
    }
}

impl PersonValues {
    fn empty(&self, people: usize) -> Self {
        match self {
            Self::Text(_) => Self::Text(vec![None; people]),
            Self::Number(_) => Self::Number(vec![None; people]),
        }
    }

    fn copy(&mut self, to: usize, values: &Self, from: usize) {
        match (self, values) {
            (Self::Text(into), Self::Text(values)) => into[to].clone_from(&values[from]),
            (Self::Number(into), Self::Number(values)) => into[to] = values[from],
            _ => unreachable!("a column keeps its type"),
        }
    }
}

/// The groups that the records of a person name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum NamedGroup {
    #[default]
    None,
    One(String),
    Several,
}

impl NamedGroup {
    /// Counts the group of one more record.
    pub fn see(&mut self, group: &str) {
        match self {
            Self::None => *self = Self::One(group.to_owned()),
            Self::One(known) if known != group => *self = Self::Several,
            _ => {}
        }
    }

    /// Counts what other records of the person name.
    pub fn join(&mut self, other: &Self) {
        match other {
            Self::None => {}
            Self::One(group) => self.see(group),
            Self::Several => *self = Self::Several,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Card, Dataset, DatasetBuilder, Domain};
    use medley_feedback::{Approval, Checked, Comparison, Provenance, Record};

    fn who(annotator: &str, group: Option<&str>) -> Provenance {
        Provenance {
            annotator: Some(annotator.into()),
            group: group.map(str::to_owned),
            ..Provenance::default()
        }
    }

    fn approve(provenance: Provenance) -> Checked<Approval> {
        let segment = "a".into();
        Checked::new(Approval { segment, approval: 1.0, reason: None, provenance }).unwrap()
    }

    fn compare(provenance: Provenance) -> Checked<Comparison> {
        let comparison = Comparison { provenance, ..Comparison::new("a".into(), "b".into(), 1.0) };
        Checked::new(comparison).unwrap()
    }

    fn dataset() -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("g", None, None);
        builder.add_text("a", "g", "Yes.");
        builder.add_text("b", "g", "No.");
        builder.build().unwrap()
    }

    fn labels(people: &People, column: &str) -> Vec<Option<String>> {
        let column = people.column(column).unwrap();
        let all = (0..people.len() as u32).map(PersonIndex);
        all.map(|person| column.label(person).map(Cow::into_owned)).collect()
    }

    #[test]
    fn a_person_has_one_number_across_kinds() {
        let mut dataset = dataset();
        assert!(dataset.people().is_empty());
        dataset.insert(vec![approve(who("zoe", None)), approve(who("bob", None))]).unwrap();
        assert_eq!(dataset.people().columns(), []);
        dataset.insert(vec![compare(who("ann", None)), compare(who("zoe", None))]).unwrap();
        let people = dataset.people();
        assert_eq!(people.ids(), ["ann".into(), "bob".into(), "zoe".into()]);
        assert_eq!(people.index(&"zoe".into()), Some(PersonIndex(2)));
        assert_eq!(people.index(&"eve".into()), None);
        assert_eq!(people.id(PersonIndex(1)), &"bob".into());
    }

    #[test]
    fn the_group_of_a_person_is_the_only_one_that_records_name() {
        let mut dataset = dataset();
        dataset
            .insert(vec![
                approve(who("one", Some("x"))),
                approve(who("one", None)),
                approve(who("two", Some("x"))),
                approve(who("none", None)),
            ])
            .unwrap();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(labels(dataset.people(), "group"), [None, some("x"), some("x")]);
        // Kinds are looked at together.
        dataset.insert(vec![compare(who("two", Some("y")))]).unwrap();
        assert_eq!(labels(dataset.people(), "group"), [None, some("x"), None]);
    }

    #[test]
    fn labels_are_sorted_as_what_they_are() {
        let column = |values| PersonColumn { name: "c".into(), values };
        let numbers = column(PersonValues::Number(vec![Some(10.0), None, Some(2.5), Some(10.0)]));
        assert_eq!(numbers.labels(), ["2.5", "10"]);
        assert_eq!(numbers.known(), 3);
        assert_eq!(numbers.label(PersonIndex(0)).unwrap(), "10");
        let texts = column(PersonValues::Text(vec![Some("b".into()), Some("a".into()), None]));
        assert_eq!(texts.labels(), ["a", "b"]);
        assert_eq!(texts.label(PersonIndex(2)), None);
    }

    #[test]
    fn records_are_decoded_once_until_more_are_inserted() {
        let mut dataset = dataset();
        dataset.insert(vec![approve(who("ann", None))]).unwrap();
        let first = dataset.records::<Approval>().unwrap();
        let clone = dataset.clone();
        assert!(std::sync::Arc::ptr_eq(&first, &clone.records::<Approval>().unwrap()));
        dataset.insert(vec![approve(who("bob", None))]).unwrap();
        assert_eq!(dataset.records::<Approval>().unwrap().len(), 2);
        assert_eq!(clone.records::<Approval>().unwrap().len(), 1, "clones are apart again");
        assert_eq!(clone.people().len(), 1);
        assert!(dataset.records::<Comparison>().is_err(), "{}", Comparison::KIND);
    }
}
