//! Which records an adapter is bound to: those of one source and one part of the split.

use crate::BindError;
use medley_dataset::{Dataset, Part, Partition, SplitBy};
use medley_encoder::{Features, Standardizer};
use medley_feedback::{AnnotatorId, Checked, Record};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The data that an adapter may see.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// Name of the feedback source in TOML.
    pub source: &'a str,
    /// The dataset.
    pub dataset: &'a Dataset,
    /// Features of every step, as the model will see them.
    pub features: &'a Features,
    /// What brought stored features to the scale of `features`; none if they are as stored.
    pub standardizer: Option<&'a Standardizer>,
    /// Keep only records whose provenance names this source.
    pub select: Option<&'a str>,
    /// Keep only records of this part; everything if there is no split.
    pub part: Option<(&'a Partition, Part)>,
    /// Names of the aspect heads: head `k + 1` of the model is `aspects[k]`.
    pub aspects: &'a [String],
    /// Seed for choice sets that are sampled.
    pub seed: u64,
}

/// A record with what every adapter needs to know about it.
#[derive(Clone, Debug)]
pub struct BoundRecord<R: Record> {
    /// The record.
    pub record: Checked<R>,
    /// Its segments as indices into the dataset, in the order of [`Record::segments`].
    pub segments: Vec<usize>,
    /// What the bootstrap draws whole: all that the split keeps whole and the record is about. That
    /// is its annotator in a split by annotator, and else the prompts or episodes of all of its
    /// segments (prompts if there is no split). A record without segments is a cluster of its own.
    pub clusters: Vec<u32>,
    /// Position of its annotator in [`Bound::annotators`].
    pub annotator: Option<usize>,
}

/// The records of a binding.
#[derive(Clone, Debug)]
pub struct Bound<R: Record> {
    /// Selected records, in the dataset's order.
    pub records: Vec<BoundRecord<R>>,
    /// Everybody who speaks in any part, sorted, so that parts agree on the positions.
    pub annotators: Vec<AnnotatorId>,
    /// Records left out, by reason.
    pub dropped: BTreeMap<String, usize>,
}

impl Binding<'_> {
    /// The selected records of kind `R`.
    ///
    /// # Errors
    /// If the dataset has none, or none is selected.
    pub fn records<R: Record>(&self) -> Result<Bound<R>, BindError> {
        let all = self.dataset.records::<R>()?;
        let named: BTreeSet<&AnnotatorId> =
            all.iter().filter_map(|record| record.provenance().annotator.as_ref()).collect();
        let annotators: Vec<AnnotatorId> = named.into_iter().cloned().collect();
        let units = self.units(annotators.len());
        let mut bound = Bound { records: Vec::new(), annotators, dropped: BTreeMap::new() };
        for (number, record) in all.into_iter().enumerate() {
            match self.place(&record) {
                Place::Here { segments } => {
                    let annotator = record.provenance().annotator.as_ref();
                    let annotator =
                        annotator.and_then(|id| bound.annotators.binary_search(id).ok());
                    let mut clusters = units.of(self.dataset, &segments, annotator);
                    if clusters.is_empty() {
                        clusters.push((units.count() + number) as u32);
                    }
                    bound.records.push(BoundRecord { record, segments, clusters, annotator });
                }
                Place::Elsewhere => {}
                Place::Nowhere(reason) => *bound.dropped.entry(reason.to_owned()).or_default() += 1,
            }
        }
        if bound.records.is_empty() {
            return Err(self.empty::<R>(&bound.dropped));
        }
        Ok(bound)
    }

    /// The same binding over all parts. What the parts have to agree on, such as the levels of a
    /// scale, is decided from it; values are never fitted to it.
    pub fn everywhere(&self) -> Self {
        Self { part: None, ..*self }
    }

    /// Feedback about single steps of a segment needs features of each of them. `otherwise` says
    /// what else the user can do.
    ///
    /// # Errors
    /// The encoder gives one vector for the whole segment, which has several steps.
    pub fn check_steps(&self, segment: usize, otherwise: &str) -> Result<(), BindError> {
        let segments = self.dataset.segments();
        let (steps, rows) = (segments.steps(segment).len(), self.features.steps(segment));
        if steps == rows {
            return Ok(());
        }
        Err(self.unfit(format!(
            "a record is about single steps of segment `{}`, which has {steps}, but the encoder \
             gives {rows} row(s) of features for it: choose an encoder with features of each step, or \
             {otherwise}",
            segments.id(segment)
        )))
    }

    /// An error for records that do not fit the adapter's options.
    pub fn unfit(&self, problem: impl Into<String>) -> BindError {
        BindError::Unfit { source_name: self.source.to_owned(), problem: problem.into() }
    }

    /// The error for a source of which nothing is left.
    pub fn empty<R: Record>(&self, dropped: &BTreeMap<String, usize>) -> BindError {
        let mut reasons: Vec<String> =
            dropped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        if let Some(select) = self.select {
            reasons.push(format!("only provenance source `{select}` is selected"));
        }
        if let Some((_, part)) = self.part {
            reasons.push(format!("only the {part:?} part is selected"));
        }
        BindError::Empty {
            source_name: self.source.to_owned(),
            kind: R::KIND,
            reason: reasons.join("; "),
        }
    }

    fn place<R: Record>(&self, record: &Checked<R>) -> Place {
        let select_matches =
            self.select.is_none_or(|select| record.provenance().source.as_deref() == Some(select));
        if !select_matches {
            return Place::Elsewhere;
        }
        let table = self.dataset.segments();
        let segments: Option<Vec<usize>> =
            record.segments().into_iter().map(|id| table.index(id)).collect();
        let Some(segments) = segments else {
            return Place::Nowhere("name a segment that the dataset lacks");
        };
        let Some((partition, part)) = self.part else { return Place::Here { segments } };
        match partition.of_record(self.dataset, &**record) {
            Some(found) if found == part => Place::Here { segments },
            Some(_) => Place::Elsewhere,
            None => Place::Nowhere("belong to no part of the split, or to two"),
        }
    }

    fn units(&self, people: usize) -> Units<'_> {
        match self.part {
            Some((Partition::Annotators(_), _)) => Units::People(people),
            Some((Partition::Groups { units, .. }, _)) => Units::Groups(Cow::Borrowed(units)),
            None => Units::Groups(Cow::Owned(SplitBy::Prompt.units(self.dataset.groups()))),
        }
    }
}

/// What the split keeps whole.
enum Units<'a> {
    /// Prompts or episodes: for each group, the unit that it belongs to.
    Groups(Cow<'a, [u32]>),
    /// So many annotators.
    People(usize),
}

impl Units<'_> {
    /// No unit has this number or a higher one.
    fn count(&self) -> usize {
        match self {
            Self::Groups(units) => units.len(),
            Self::People(people) => *people,
        }
    }

    /// The units of a record, rising.
    fn of(&self, dataset: &Dataset, segments: &[usize], annotator: Option<usize>) -> Vec<u32> {
        match self {
            Self::People(_) => annotator.map(|person| person as u32).into_iter().collect(),
            Self::Groups(units) => {
                let table = dataset.segments();
                let groups = segments.iter().flat_map(|&segment| table.groups(segment));
                let found: BTreeSet<u32> = groups.map(|&group| units[group as usize]).collect();
                found.into_iter().collect()
            }
        }
    }
}

enum Place {
    Here { segments: Vec<usize> },
    Elsewhere,
    Nowhere(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, by, checked};
    use medley_dataset::{Card, DatasetBuilder, Domain, Split};
    use medley_feedback::{Comparison, Description};

    /// Three groups, the first two about the same prompt, and what x and y say about pairs.
    fn world() -> World {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        for (group, prompt) in [("e", "P"), ("f", "P"), ("g", "Q")] {
            builder.add_group(group, Some(prompt), None);
            builder.add_text(&format!("{group}/a"), group, "Yes.");
            builder.add_text(&format!("{group}/b"), group, "No.");
        }
        let say = |first: &str, second: &str, who| {
            let mut record = Comparison::new(first.into(), second.into(), 1.0);
            record.provenance = by(who);
            record
        };
        builder.insert(checked(vec![
            say("e/a", "e/b", "y"),
            say("f/a", "e/b", "x"),
            say("g/a", "f/a", "y"),
        ]));
        World::with_features(builder.build().unwrap(), vec![0.0; 6])
    }

    fn clusters<R: Record>(binding: &Binding<'_>) -> Vec<Vec<u32>> {
        let records = binding.records::<R>().unwrap().records;
        records.into_iter().map(|bound| bound.clusters).collect()
    }

    #[test]
    fn clusters_are_what_the_split_keeps_whole() {
        let world = world();
        let check = |by, expect: [&[u32]; 3]| {
            let split = Split { by, validation: 0.0, test: 0.0 };
            let partition = split.partition(&world.dataset, 1).unwrap();
            let part = Some((&partition, Part::Train));
            let found = clusters::<Comparison>(&Binding { part, ..world.binding() });
            assert_eq!(found, expect, "{by:?}");
        };
        check(SplitBy::Episode, [&[0], &[0, 1], &[1, 2]]);
        check(SplitBy::Prompt, [&[0], &[0], &[0, 2]]);
        check(SplitBy::Annotator, [&[1], &[0], &[1]]);
        assert_eq!(clusters::<Comparison>(&world.binding()), [vec![0], vec![0], vec![0, 2]]);
    }

    #[test]
    fn a_record_without_segments_stands_alone() {
        let mut world = world();
        let about = |center: f64| Description {
            center: vec![center],
            value: 1.0,
            text: None,
            provenance: by("x"),
        };
        world.dataset.insert(checked(vec![about(0.0), about(1.0)])).unwrap();
        assert_eq!(clusters::<Description>(&world.binding()), [[3], [4]]);
    }
}
