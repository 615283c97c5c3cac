//! What every record has, whatever its kind: who answered, when, and about what.
//!
//! A record names segments, people, groups and sources by text, and most checks only ask which are the
//! same. So each is looked up once and kept as a place: 48 bytes a record, which is a fifth of what
//! the record takes, and no check looks a name up again.

use medley_dataset::{Dataset, Names, PersonIndex};
use medley_feedback::{Provenance, Record, SegmentId};
use std::num::NonZeroU32;
use std::ops::Range;

/// What a record says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said<'a> {
    /// Kind of the record.
    pub kind: &'static str,
    /// Row of its table, from 0.
    pub row: usize,
    /// Who answered, among the people of the dataset.
    pub person: Option<PersonIndex>,
    /// The group of a record: the one that it names, else the one that its person is known to be in.
    /// `select` in TOML takes records by the same.
    pub group: Option<&'a str>,
    /// Where it comes from.
    pub source: Option<&'a str>,
    /// Time that the answer took, in seconds.
    pub seconds: Option<f64>,
    /// Whether it is the answer of one, as far as is known: not of several votes.
    pub is_of_one: bool,
    /// Positions of the segments that it is about.
    pub segments: &'a [u32],
}

/// The records of a dataset by kind, in the order of their tables.
#[derive(Clone, Debug, Default)]
pub struct AllSaid {
    /// Rows of each kind.
    kinds: Vec<(&'static str, Range<usize>)>,
    rows: Vec<Row>,
    segments: Vec<u32>,
    /// Groups and sources.
    names: Names,
}

/// One record.
#[derive(Clone, Copy, Debug)]
struct Row {
    person: Option<Place>,
    group: Option<Place>,
    source: Option<Place>,
    is_of_one: bool,
    seconds: Option<f64>,
    /// Where its segments end.
    end: usize,
}

/// A place in a list, counted from 1, so that none takes no more room.
#[derive(Clone, Copy, Debug)]
struct Place(NonZeroU32);

impl Place {
    fn new(place: usize) -> Option<Self> {
        NonZeroU32::new(place as u32 + 1).map(Self)
    }

    fn get(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl AllSaid {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All records, in alphabetic order of kinds and the order of tables.
    pub fn iter(&self) -> impl Iterator<Item = Said<'_>> {
        let of_kind = move |(kind, rows): &(&'static str, Range<usize>)| {
            let (kind, first) = (*kind, rows.start);
            rows.clone().map(move |i| self.said(kind, i - first, i))
        };
        self.kinds.iter().flat_map(of_kind)
    }

    /// The records of a kind.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = Said<'_>> {
        let found = self.kinds.iter().find(|(of, _)| *of == kind);
        let rows = found.map_or(0..0, |(_, rows)| rows.clone());
        let (kind, first) = (found.map_or("", |(kind, _)| *kind), rows.start);
        rows.map(move |i| self.said(kind, i - first, i))
    }

    fn said(&self, kind: &'static str, row: usize, i: usize) -> Said<'_> {
        let Row { person, group, source, is_of_one, seconds, end } = self.rows[i];
        let start = if i == 0 { 0 } else { self.rows[i - 1].end };
        let name = |place: Place| self.names.get(place.get());
        Said {
            kind,
            row,
            person: person.map(|place| PersonIndex(place.get() as u32)),
            group: group.map(name),
            source: source.map(name),
            seconds,
            is_of_one,
            segments: &self.segments[start..end],
        }
    }

    /// A kind, whose records come next.
    pub(crate) fn begin(&mut self, kind: &'static str) {
        self.kinds.push((kind, self.rows.len()..self.rows.len()));
    }

    /// Adds a record of the kind that was begun last, and returns what it says; it has been checked against
    /// the dataset.
    pub(crate) fn push<R: Record>(&mut self, dataset: &Dataset, record: &R) -> Said<'_> {
        let Provenance { annotator, group, seconds, votes, source, role: _ } = record.provenance();
        let person = annotator.as_ref().and_then(|name| dataset.people().index(name));
        let known = || dataset.people().column("group")?.label(person?);
        let group = match group {
            Some(group) => self.name(group),
            None => known().and_then(|group| self.name(&group)),
        };
        let source = source.as_deref().and_then(|source| self.name(source));
        let segments = record.segments().into_iter().map(|id| position(dataset, id));
        self.segments.extend(segments);
        self.rows.push(Row {
            person: person.and_then(|person| Place::new(person.0 as usize)),
            group,
            source,
            is_of_one: votes.is_none_or(|votes| votes == 1),
            seconds: *seconds,
            end: self.segments.len(),
        });
        let (place, mut first) = (self.rows.len() - 1, 0);
        if let Some((_, rows)) = self.kinds.last_mut() {
            rows.end = self.rows.len();
            first = rows.start;
        }
        self.said(R::KIND, place - first, place)
    }

    /// Forgets the kind that was begun last, of which a record is wrong.
    pub(crate) fn forget(&mut self) {
        if let Some((_, rows)) = self.kinds.pop() {
            self.rows.truncate(rows.start);
            self.segments.truncate(self.rows.last().map_or(0, |row| row.end));
        }
    }

    fn name(&mut self, name: &str) -> Option<Place> {
        Place::new(match self.names.add(name) {
            Ok(place) | Err(place) => place,
        })
    }
}

/// Position of a segment of a checked record, which is therefore there.
pub(crate) fn position(dataset: &Dataset, id: &SegmentId) -> u32 {
    let place = dataset.segments().index(id);
    place.unwrap_or_else(|| panic!("segment {id} of a checked record is not in the dataset")) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, changed, compare, prompts, thumb};
    use medley_feedback::{Approval, Comparison};

    fn dataset() -> Dataset {
        let mut builder = prompts(2, 2);
        builder.add_person("ann", &[("group", "x".into())]);
        let pooled = changed(by("bob", "1/0", "1/1", 0.5), |it| {
            it.provenance.votes = Some(3);
            it.provenance.group = Some("y".into());
            it.provenance.source = Some("s".into());
            it.provenance.seconds = Some(0.0);
        });
        builder.insert(vec![by("ann", "0/1", "0/0", 1.0), pooled, compare("1/1", "0/0", 0.0)]);
        builder.insert(vec![thumb("bob", "1/1", 1.0)]);
        builder.build().unwrap()
    }

    /// Pushes the records of a kind that the dataset holds.
    fn take<R: Record>(all: &mut AllSaid, dataset: &Dataset) {
        all.begin(R::KIND);
        let records = dataset.records::<R>().unwrap();
        for record in records.iter() {
            all.push(dataset, &**record);
        }
    }

    #[test]
    fn a_record_is_the_places_of_what_it_names() {
        let (dataset, mut all) = (dataset(), AllSaid::default());
        take::<Approval>(&mut all, &dataset);
        take::<Comparison>(&mut all, &dataset);
        let nobody = Said {
            kind: "comparison",
            row: 2,
            person: None,
            group: None,
            source: None,
            seconds: None,
            is_of_one: true,
            segments: &[3, 0],
        };
        let (ann, bob) = (Some(PersonIndex(0)), Some(PersonIndex(1)));
        // A record without a group has that of its person.
        let of_ann = Said { row: 0, person: ann, group: Some("x"), segments: &[1, 0], ..nobody };
        let of_bob = Said {
            row: 1,
            person: bob,
            group: Some("y"),
            source: Some("s"),
            seconds: Some(0.0),
            is_of_one: false,
            segments: &[2, 3],
            ..nobody
        };
        assert_eq!(all.of_kind("comparison").collect::<Vec<_>>(), [of_ann, of_bob, nobody]);
        // Bob's only group among records is y, so that the table of people has it.
        let approval = Said { kind: "approval", segments: &[3], seconds: None, ..of_bob };
        let approval = Said { row: 0, source: None, is_of_one: true, ..approval };
        assert_eq!(all.iter().collect::<Vec<_>>(), [approval, of_ann, of_bob, nobody]);
        assert_eq!(all.of_kind("rating").count(), 0);
    }

    #[test]
    fn a_kind_that_is_forgotten_leaves_the_others() {
        let (dataset, mut all) = (dataset(), AllSaid::default());
        take::<Approval>(&mut all, &dataset);
        let before: Vec<String> = all.iter().map(|said| format!("{said:?}")).collect();
        take::<Comparison>(&mut all, &dataset);
        all.forget();
        take::<Approval>(&mut all, &dataset);
        let after: Vec<String> = all.iter().map(|said| format!("{said:?}")).collect();
        assert_eq!((all.len(), &after[..1], &after[1..]), (2, &before[..], &before[..]));
    }
}
