//! A case: a dataset laid out once for all checks.
//!
//! It knows which segments have the same content, how long each is, and every comparison as an answer
//! about two contents; records of other kinds are kept as they are.

use crate::answer::{Answer, answer};
use crate::records::{self, Records, Unreadable};
use crate::said::{self, AllSaid};
use medley_dataset::{Dataset, Domain, PersonIndex, Segments, SplitBy};
use medley_evaluation::{Bootstrap, ClusterSets};
use medley_feedback::{Provenance, SegmentId};
use rayon::prelude::*;
use std::collections::HashMap;
use unicode_segmentation::UnicodeSegmentation;

/// How a dataset is examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// An annotator with fewer labels than this has few.
    pub few_labels: usize,
    /// Of the intervals.
    pub bootstrap: Bootstrap,
}

impl Default for Options {
    fn default() -> Self {
        Self { few_labels: 5, bootstrap: Bootstrap::default() }
    }
}

/// A dataset, its records by kind, and what several checks need to know of it.
#[derive(Debug)]
pub struct Case<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// How it is examined.
    pub options: Options,
    /// All records that could be read, but for comparisons.
    pub records: Records,
    /// What all records have, whatever their kind.
    pub said: AllSaid,
    /// Kinds whose records are wrong.
    pub unreadable: Vec<Unreadable>,
    /// The comparisons, in the order of the table.
    pub answers: Vec<Answer>,
    /// Words of each segment; none for control.
    pub words: Option<Vec<usize>>,
    /// For each segment the first with the same content under the same question.
    contents: Vec<u32>,
    /// For each segment the first with the same content and the same metadata; none without metadata.
    identities: Option<Vec<u32>>,
    /// For each group the first that a split by prompt keeps it together with.
    units: Vec<u32>,
}

impl<'a> Case<'a> {
    /// Reads every kind of feedback.
    pub fn new(dataset: &'a Dataset, options: Options) -> Self {
        let contents = contents(dataset.segments(), &dataset.groups().questions());
        let identities = identities(dataset.segments(), &contents);
        let (records, read) =
            records::read(dataset, |record, said| answer(record, said, &contents));
        Self {
            dataset,
            options,
            records,
            said: read.said,
            unreadable: read.unreadable,
            answers: read.answers,
            words: words(dataset),
            contents,
            identities,
            units: SplitBy::Prompt.units(dataset),
        }
    }

    /// Position of a segment. Records have been checked against the dataset, so it is there.
    pub fn segment(&self, id: &SegmentId) -> usize {
        said::position(self.dataset, id) as usize
    }

    /// The first segment with the same content, under the same prompt and context: the same text, or
    /// the same window of steps.
    pub fn content(&self, segment: usize) -> u32 {
        self.contents[segment]
    }

    /// The first segment with the same content and, as far as is known, of the same origin: one text by
    /// two models is not the same answer.
    pub fn identity(&self, segment: usize) -> u32 {
        self.identities.as_ref().map_or(self.contents[segment], |of| of[segment])
    }

    /// The prompts or episodes that segments are in; what a split by prompt keeps together is one.
    pub fn clusters(&self, segments: &[usize]) -> Vec<u32> {
        let groups = segments.iter().flat_map(|&segment| self.dataset.segments().groups(segment));
        groups.map(|&group| self.units[group as usize]).collect()
    }

    /// The clusters of statements, each about two segments.
    pub fn cluster_sets(&self, sides: impl Iterator<Item = [usize; 2]>) -> ClusterSets {
        ClusterSets::new(sides.map(|sides| self.clusters(&sides)))
    }

    /// Who gave a record, among the people of the dataset.
    pub fn person(&self, provenance: &Provenance) -> Option<PersonIndex> {
        self.dataset.people().index(provenance.annotator.as_ref()?)
    }

    /// Name of a person.
    pub fn name(&self, person: PersonIndex) -> &'a str {
        &self.dataset.people().id(person).0
    }

    /// Number of records of each person of the dataset, of all kinds.
    pub(crate) fn labels(&self) -> Vec<usize> {
        let mut labels = vec![0; self.dataset.people().len()];
        for person in self.said.iter().filter_map(|said| said.person) {
            labels[person.0 as usize] += 1;
        }
        labels
    }

    /// How a comparison is named among examples.
    pub fn name_comparison(&self, row: usize) -> String {
        let Answer { first, second, .. } = self.answers[row];
        let [first, second] = [first, second].map(|side| self.dataset.segments().id(side));
        format!("row {row} ({first}, {second})")
    }
}

fn contents(segments: &Segments, questions: &[u32]) -> Vec<u32> {
    let mut texts = HashMap::new();
    let mut windows = HashMap::new();
    let content = |i: usize| match (segments.text(i), segments.groups(i).first()) {
        (Some(text), Some(&group)) => {
            *texts.entry((questions[group as usize], text)).or_insert(i as u32)
        }
        _ => *windows.entry(segments.steps(i)).or_insert(i as u32),
    };
    (0..segments.len()).map(content).collect()
}

fn identities(segments: &Segments, contents: &[u32]) -> Option<Vec<u32>> {
    let columns = segments.metadata().columns();
    let mut first = HashMap::new();
    let identity = |i: usize| {
        let labels: Vec<_> = columns.iter().map(|column| column.label(i)).collect();
        *first.entry((contents[i], labels)).or_insert(i as u32)
    };
    (!columns.is_empty()).then(|| (0..segments.len()).map(identity).collect())
}

/// Words of Unicode Standard Annex 29, which `length-only` counts too.
fn words(dataset: &Dataset) -> Option<Vec<usize>> {
    let segments = dataset.segments();
    let count = |i: usize| segments.text(i).map_or(0, |text| text.unicode_words().count());
    (dataset.card.domain == Domain::Text)
        .then(|| (0..segments.len()).into_par_iter().map(count).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;
    use crate::fixture::{compare, text};

    #[test]
    fn answers_to_a_swapped_pair_are_about_one_pair() {
        let mut builder = text(&[("q", "Why?", &["One.", "Two words.", "One."])]);
        builder.insert(vec![compare("q/0", "q/1", 1.0), compare("q/1", "q/2", 1.0)]);
        let dataset = builder.build().unwrap();
        let case = Case::new(&dataset, Options::default());
        let [one, other] = case.answers[..] else { panic!() };
        assert_eq!((one.pair, one.outcome, one.first_wins), ((0, 1), Outcome::Lower, Some(true)));
        assert_eq!((other.pair, other.outcome), ((0, 1), Outcome::Upper));
        assert_eq!(other.first_wins, Some(true));
        assert_eq!(case.words, Some(vec![1, 2, 1]));
    }

    #[test]
    fn groups_of_one_prompt_are_one_cluster() {
        let builder = text(&[("a", "Why?", &["x"]), ("b", "Why?", &["x"]), ("c", "How?", &["x"])]);
        let dataset = builder.build().unwrap();
        let case = Case::new(&dataset, Options::default());
        assert_eq!(case.clusters(&[0, 1, 2]), [0, 0, 2]);
        assert_eq!((case.content(1), case.content(2)), (0, 2));
    }
}
