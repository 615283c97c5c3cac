//! Which records an adapter is bound to: those of one source, in all parts of the split at once.

use crate::objective::origin::{Counts, Origin, Statements};
use crate::{BindError, Select};
use medley_dataset::{Dataset, Domain, Partition, PersonIndex, SplitBy};
use medley_encoder::{Features, Standardizer};
use medley_evaluation::Question;
use medley_feedback::{Checked, Record};
use medley_reward_model::HeadLayout;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The data that an adapter may see.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// Name of the feedback source in TOML.
    pub source: &'a str,
    /// The dataset.
    pub dataset: &'a Dataset,
    /// Features of every step, as the model will see them.
    pub features: &'a Features,
    /// What brought stored features to the scale of `features`; none if they are as stored.
    pub standardizer: Option<&'a Standardizer>,
    /// Which records are meant.
    pub select: &'a Select,
    /// The split: it gives each statement its part and what the bootstrap draws whole.
    pub partition: Option<&'a Partition>,
    /// Heads of the model.
    pub layout: &'a HeadLayout,
    /// Seed for choice sets that are sampled.
    pub seed: u64,
}

/// The selected records of a kind with their origins, in the dataset's order.
#[derive(Clone, Debug)]
pub struct Records<R: Record> {
    all: Arc<[Checked<R>]>,
    origins: Vec<Origin>,
    /// Records left out, by reason.
    pub dropped: Counts,
}

impl<R: Record> Records<R> {
    /// Number of records, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a selection without records is an error")]
    pub fn len(&self) -> usize {
        self.origins.len()
    }

    /// Each record and its origin. [`Origin::segments`] are those of [`Record::segments`], in their
    /// order.
    pub fn iter(&self) -> impl Iterator<Item = (&Checked<R>, &Origin)> {
        self.origins.iter().map(|origin| (&self.all[origin.record as usize], origin))
    }

    /// The records that may be fitted on: those of the training part, or all without a split.
    pub fn fitted(&self) -> impl Iterator<Item = &Checked<R>> {
        self.iter().filter(|(_, origin)| origin.may_be_fitted()).map(|(record, _)| record)
    }

    /// One statement for each record.
    pub fn into_statements(self) -> Statements {
        Statements { origins: self.origins, dropped: self.dropped, notes: Counts::new() }
    }
}

impl Selection<'_> {
    /// The selected records of kind `R`.
    ///
    /// # Errors
    /// If the dataset has none, none is selected, or the selection names what no record has.
    pub fn records<R: Record>(&self) -> Result<Records<R>, BindError> {
        let all = self.dataset.records::<R>()?;
        let provenances = all.iter().map(|record| record.provenance());
        if let Some(problem) = self.select.unknown(self.dataset, provenances) {
            return Err(self.unfit(format!("`select`: {problem}")));
        }
        let units = self.units();
        let prompts = SplitBy::Prompt.units(self.dataset);
        let mut records = Records { all: all.clone(), origins: Vec::new(), dropped: Counts::new() };
        for (number, record) in all.iter().enumerate() {
            if !self.select.takes(self.dataset, record.provenance()) {
                continue;
            }
            match self.origin(number, record, (&units, &prompts)) {
                Ok(origin) => records.origins.push(origin),
                Err(reason) => *records.dropped.entry(reason.to_owned()).or_default() += 1,
            }
        }
        if records.origins.is_empty() {
            return Err(self.empty::<R>(&records.dropped));
        }
        Ok(records)
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
    pub fn empty<R: Record>(&self, dropped: &Counts) -> BindError {
        let mut reasons: Vec<String> =
            dropped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        if !self.select.is_all() {
            reasons.push(format!("only records of {} are selected", self.select));
        }
        BindError::Empty {
            source_name: self.source.to_owned(),
            kind: R::KIND,
            reason: reasons.join("; "),
        }
    }

    fn origin<R: Record>(
        &self,
        number: usize,
        record: &Checked<R>,
        (units, prompts): (&Units<'_>, &[u32]),
    ) -> Result<Origin, &'static str> {
        let table = self.dataset.segments();
        let segments = record.segments().into_iter().map(|id| table.index(id));
        let segments: Option<Vec<u32>> = segments.map(|found| Some(found? as u32)).collect();
        let segments = segments.ok_or("name a segment that the dataset lacks")?;
        let part = match self.partition {
            None => None,
            Some(partition) => Some(
                partition
                    .of_record(self.dataset, &**record)
                    .ok_or("belong to no part of the split, or to two")?,
            ),
        };
        let said = record.provenance();
        let person = said.annotator.as_ref().and_then(|id| self.dataset.people().index(id));
        let mut clusters = units.of(self.dataset, &segments, person);
        if clusters.is_empty() {
            clusters.push((units.count() + number) as u32);
        }
        let seconds = said.seconds.map(|seconds| seconds as f32);
        let question = self.question(&segments, prompts);
        let (record, role) = (number as u32, said.role);
        Ok(Origin { record, clusters, person, segments, question, seconds, part, role })
    }

    /// The group of segments, where that is a question and the same for all of them.
    fn question(&self, segments: &[u32], prompts: &[u32]) -> Option<Question> {
        if self.dataset.card.domain != Domain::Text {
            return None;
        }
        let table = self.dataset.segments();
        let mut groups = segments.iter().flat_map(|&segment| table.groups(segment as usize));
        let first = *groups.next()?;
        let alone = groups.all(|group| *group == first);
        alone.then(|| Question { id: first, cluster: prompts[first as usize] })
    }

    fn units(&self) -> Units<'_> {
        match self.partition {
            Some(Partition::Annotators(_)) => Units::People(self.dataset.people().len()),
            Some(Partition::Groups { units, .. }) => Units::Groups(Cow::Borrowed(units)),
            None => Units::Groups(Cow::Owned(SplitBy::Prompt.units(self.dataset))),
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
    fn of(&self, dataset: &Dataset, segments: &[u32], person: Option<PersonIndex>) -> Vec<u32> {
        match self {
            Self::People(_) => person.map(|person| person.0).into_iter().collect(),
            Self::Groups(units) => {
                let table = dataset.segments();
                let groups = segments.iter().flat_map(|&segment| table.groups(segment as usize));
                let found: BTreeSet<u32> = groups.map(|&group| units[group as usize]).collect();
                found.into_iter().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, by, checked};
    use medley_dataset::{Card, DatasetBuilder, Domain, Part, Split};
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

    fn clusters<R: Record>(selection: &Selection<'_>) -> Vec<Vec<u32>> {
        let records = selection.records::<R>().unwrap();
        records.iter().map(|(_, origin)| origin.clusters.clone()).collect()
    }

    #[test]
    fn clusters_are_what_the_split_keeps_whole() {
        let world = world();
        let check = |by, expect: [&[u32]; 3]| {
            let split = Split { by, validation: 0.0, test: 0.0 };
            let partition = split.partition(&world.dataset, 1).unwrap();
            let selection = Selection { partition: Some(&partition), ..world.selection() };
            let found = clusters::<Comparison>(&selection);
            let origins = selection.records::<Comparison>().unwrap();
            assert!(origins.iter().all(|(_, origin)| origin.part == Some(Part::Train)));
            assert_eq!(found, expect, "{by:?}");
        };
        check(SplitBy::Episode, [&[0], &[0, 1], &[1, 2]]);
        check(SplitBy::Prompt, [&[0], &[0], &[0, 2]]);
        check(SplitBy::Annotator, [&[1], &[0], &[1]]);
        assert_eq!(clusters::<Comparison>(&world.selection()), [vec![0], vec![0], vec![0, 2]]);
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
        assert_eq!(clusters::<Description>(&world.selection()), [[3], [4]]);
    }

    #[test]
    fn records_are_selected_by_person_group_and_source() {
        let world = world();
        let chosen = |select: Select| {
            let selection = Selection { select: &select, ..world.selection() };
            let records = selection.records::<Comparison>();
            records
                .map(|records| records.iter().map(|(_, origin)| origin.record).collect::<Vec<_>>())
        };
        let by = |name: &str| Select { annotator: vec![name.to_owned()], ..Select::default() };
        assert_eq!(chosen(by("y")).unwrap(), [0, 2]);
        let error = chosen(by("zoe")).unwrap_err().to_string();
        assert!(error.contains("no record has annotator `zoe`; there are: x, y"), "{error}");
        let error = chosen(Select::source("votes")).unwrap_err().to_string();
        assert!(error.contains("no record has source `votes`; there are: none"), "{error}");
    }
}
