//! A dataset in memory: segments, groups and feedback of any kind.

use crate::feedback::{Feedback, Shard};
use crate::fit::{self, Lengths, Misfit};
use crate::parse::parse;
use crate::people::NamedGroup;
use crate::person_rows::PersonRows;
use crate::segment_row::SegmentRow;
use crate::steps::Steps;
use crate::table::Table;
use crate::{Card, DatasetError, Domain, Groups, Metadata, People, PersonValue, Segments};
use medley_feedback::{AnnotatorId, Checked, Record};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Segments, their groups, people and what they said about segments. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// What the dataset is.
    pub card: Card,
    pub(crate) groups: Arc<Groups>,
    pub(crate) segments: Arc<Segments>,
    feedback: BTreeMap<String, Feedback>,
    /// What the table of people says.
    listed: Arc<People>,
    /// The same, joined by all whom records name.
    people: Arc<People>,
    units: Units,
}

/// What a split by prompt keeps together, once somebody asked. Clones share it. It says nothing that
/// groups and segments do not say, so it is equal to any other.
#[derive(Clone, Debug, Default)]
struct Units(Arc<OnceLock<Vec<u32>>>);

impl PartialEq for Units {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Calls `take` for the records of some tables, each checked against segments and a number of
/// features.
pub(crate) fn each_record<R: Record>(
    shards: &[Shard],
    segments: &dyn Lengths,
    features: usize,
    mut take: impl FnMut(Checked<R>) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    for shard in shards {
        let table = shard.load()?;
        parse::<R>(&table, |row, record| {
            let place = || table.place.clone();
            let checked = Checked::new(record).map_err(|source| DatasetError::Record {
                place: place(),
                row,
                source,
            })?;
            fit::check(segments, features, &*checked)
                .map_err(|misfit| misfit.at(&table.place, row))?;
            take(checked)
        })?;
    }
    Ok(())
}

impl Dataset {
    /// The one place where parts become a dataset without feedback.
    pub(crate) fn new(
        card: Card,
        groups: Groups,
        rows: Vec<SegmentRow>,
        steps: Steps,
    ) -> Result<Self, DatasetError> {
        if card.domain == Domain::Text && !card.features.is_empty() {
            return Err(DatasetError::Steps {
                what: "features of the card",
                expected: "none for text, whose features come from an encoder".into(),
                found: card.features.join(", "),
            });
        }
        let segments = Segments::new(rows, steps, &groups)?;
        let (groups, segments) = (Arc::new(groups), Arc::new(segments));
        let (listed, people) = (Arc::default(), Arc::default());
        let units = Units::default();
        Ok(Self { card, groups, segments, feedback: BTreeMap::new(), listed, people, units })
    }

    /// The segments.
    pub fn segments(&self) -> &Segments {
        &self.segments
    }

    /// Sets what is known of segments beside their content.
    pub(crate) fn set_metadata(&mut self, metadata: Metadata) {
        Arc::make_mut(&mut self.segments).set_metadata(metadata);
    }

    /// The prompts or episodes.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// For each group the first that a split by prompt keeps it together with.
    pub(crate) fn units(&self) -> &[u32] {
        self.units.0.get_or_init(|| self.together())
    }

    /// Everybody who gave feedback, of whatever kind, or is in the table of people.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Kinds of feedback, in alphabetic order.
    pub fn kinds(&self) -> Vec<&str> {
        self.feedback.keys().map(String::as_str).collect()
    }

    /// Number of records of a kind; 0 if there is none.
    pub fn count(&self, kind: &str) -> usize {
        self.feedback.get(kind).map_or(0, Feedback::rows)
    }

    /// Adds records behind those of the same kind.
    ///
    /// # Errors
    /// A record names a segment, step or character that the dataset lacks; then none is added.
    pub fn insert<R: Record>(&mut self, records: Vec<Checked<R>>) -> Result<(), DatasetError> {
        let place = format!("{} records", R::KIND);
        for (row, record) in records.iter().enumerate() {
            self.fits(&**record).map_err(|misfit| misfit.at(&place, row))?;
        }
        let mut all =
            if self.feedback.contains_key(R::KIND) { self.decode::<R>()? } else { Vec::new() };
        all.extend(records);
        let table = Shard::Loaded(Arc::new(Table::from_records(&all)?));
        let mut feedback = self.feedback.clone();
        feedback.insert(R::KIND.to_owned(), Feedback::new(vec![table])?);
        self.set_feedback(feedback);
        Ok(())
    }

    /// The one place where feedback enters, so that nobody whom it names is missing among the
    /// people.
    /// The same segments, with no feedback and nobody to give any.
    pub fn without_feedback(&self) -> Self {
        let mut bare = self.clone();
        bare.feedback = BTreeMap::new();
        bare.set_people(People::default());
        bare
    }

    /// Says who the people are, in place of what was known of them; whoever gives feedback and is not
    /// among them is known by name alone.
    ///
    /// # Errors
    /// A person is there twice, or attributes are no column (docs/DATA.md).
    pub fn list_people<'p>(
        &mut self,
        people: impl IntoIterator<Item = (&'p str, Vec<(&'p str, PersonValue)>)>,
    ) -> Result<(), DatasetError> {
        let mut rows = PersonRows::default();
        people.into_iter().for_each(|(id, attributes)| rows.push(id, attributes));
        self.set_people(rows.finish()?);
        Ok(())
    }

    pub(crate) fn set_feedback(&mut self, feedback: BTreeMap<String, Feedback>) {
        self.feedback = feedback;
        self.people = Arc::new(self.listed.joined_by(&self.named()));
    }

    /// Sets what is known of people beside their records.
    pub(crate) fn set_people(&mut self, listed: People) {
        self.listed = Arc::new(listed);
        self.people = Arc::new(self.listed.joined_by(&self.named()));
    }

    /// Everybody whom records name, and the groups that these give them.
    fn named(&self) -> BTreeMap<String, NamedGroup> {
        let mut named: BTreeMap<String, NamedGroup> = BTreeMap::new();
        for (name, group) in self.feedback.values().flat_map(|kind| &kind.said().annotators) {
            named.entry(name.clone()).or_default().join(group);
        }
        named
    }

    /// What the table of people says, and records need not.
    pub(crate) fn listed(&self) -> &People {
        &self.listed
    }

    /// Whether more is known of people than records tell.
    pub(crate) fn more_is_known_of_people(&self) -> bool {
        *self.people != People::default().joined_by(&self.named())
    }

    /// Feedback by kind.
    pub(crate) fn feedback(&self) -> &BTreeMap<String, Feedback> {
        &self.feedback
    }

    /// The records of a kind, in the order of the table, each checked against the dataset.
    ///
    /// They are decoded once and then shared by all who ask this dataset or a clone of it, unless
    /// the feedback exceeds its [`crate::Budget`]: then it is read from disk each time.
    ///
    /// # Errors
    /// There is no feedback of this kind (the message lists the kinds there are), a row lacks a
    /// field or has one that is wrong, or names something that the dataset lacks.
    pub fn records<R: Record>(&self) -> Result<Arc<[Checked<R>]>, DatasetError> {
        match self.feedback.get(R::KIND).and_then(Feedback::decoded) {
            Some(decoded) => decoded.get_or(|| self.decode()),
            None => self.decode().map(Arc::from),
        }
    }

    fn decode<R: Record>(&self) -> Result<Vec<Checked<R>>, DatasetError> {
        let mut records = Vec::with_capacity(self.count(R::KIND));
        self.each_record(|record| {
            records.push(record);
            Ok(())
        })?;
        Ok(records)
    }

    /// Calls `take` for the records of a kind, in the order of the table. Of feedback on disk, one
    /// shard is in memory at a time.
    ///
    /// # Errors
    /// As [`Dataset::records`], or what `take` returns.
    pub fn each_record<R: Record>(
        &self,
        take: impl FnMut(Checked<R>) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        let feedback = self.feedback.get(R::KIND).ok_or_else(|| DatasetError::Kind {
            kind: R::KIND,
            dataset: self.card.name.clone(),
            known: self.feedback.keys().cloned().collect(),
        })?;
        each_record(feedback.shards(), &*self.segments, self.card.features.len(), take)
    }

    /// Whether all that a record names is here.
    fn fits<R: Record>(&self, record: &R) -> Result<(), Misfit> {
        fit::check(&*self.segments, self.card.features.len(), record)
    }

    /// Everyone who gave feedback, sorted, and the first record without an annotator as kind and
    /// row.
    pub(crate) fn annotators(&self) -> (Vec<AnnotatorId>, Option<(&str, usize)>) {
        let mut names = std::collections::BTreeSet::new();
        let mut anonymous = None;
        for (kind, feedback) in &self.feedback {
            names.extend(feedback.said().annotators.keys().map(|n| AnnotatorId(n.clone())));
            let first = feedback.said().anonymous.map(|row| (kind.as_str(), row));
            anonymous = anonymous.or(first);
        }
        (names.into_iter().collect(), anonymous)
    }
}
