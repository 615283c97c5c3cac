//! A case: a dataset laid out once for all checks.
//!
//! It knows which segments have the same content, how long each is, and every comparison as an answer
//! about two contents; records of other kinds are kept as they are.

use crate::records::{self, Records};
use crate::said::{self, AllSaid, Said};
use medley_dataset::{Dataset, Domain, PersonIndex, Segments, SplitBy};
use medley_evaluation::{Bootstrap, ClusterSets};
use medley_feedback::{Comparison, Provenance, SegmentId};
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

/// A kind of feedback that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Unreadable {
    /// Its name.
    pub kind: &'static str,
    /// The reader's message, with file, row and field.
    pub message: String,
}

/// The side of a pair that an answer is for. Sides are in the order of the segments' content, not
/// of presentation, so answers to a swapped pair can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The segment whose content comes first in the dataset.
    Lower,
    /// No side has the most votes.
    Undecided,
    /// The other one.
    Upper,
}

/// A comparison as the checks see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// Position of the segment shown first.
    pub first: usize,
    /// Position of the segment shown second.
    pub second: usize,
    /// The contents of the two, the smaller first; equal where the two sides are identical.
    pub pair: (u32, u32),
    /// Whether the side shown first is the lower content, or the two are identical.
    pub first_is_lower: bool,
    /// Shares of votes for the lower content, a tie, and the upper content.
    pub shares: [f64; 3],
    /// Which side has the most votes.
    pub outcome: Outcome,
    /// Whether that is the side shown first; none if undecided.
    pub first_wins: Option<bool>,
    /// Whose it is, among the people of the dataset.
    pub annotator: Option<PersonIndex>,
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

impl Answer {
    /// Positions of the segments shown first and second.
    pub fn sides(&self) -> [usize; 2] {
        [self.first, self.second]
    }

    /// Shares of votes for the side shown first, a tie, and the side shown second.
    pub fn distribution(&self) -> [f64; 3] {
        let [lower, tie, upper] = self.shares;
        if self.first_is_lower { [lower, tie, upper] } else { [upper, tie, lower] }
    }
}

fn answer(record: &Comparison, said: Said<'_>, contents: &[u32]) -> Answer {
    let &[first, second] = said.segments else { panic!("a comparison is of two segments") };
    let (first, second) = (first as usize, second as usize);
    let [for_first, tie, for_second] = record.distribution();
    let (a, b) = (contents[first], contents[second]);
    let first_is_lower = a <= b;
    let (pair, shares) = match first_is_lower {
        true => ((a, b), [for_first, tie, for_second]),
        false => ((b, a), [for_second, tie, for_first]),
    };
    let outcome = outcome(shares);
    let first_wins = match outcome {
        Outcome::Undecided => None,
        Outcome::Lower => Some(first_is_lower),
        Outcome::Upper => Some(!first_is_lower),
    };
    let annotator = said.person;
    Answer { first, second, pair, first_is_lower, shares, outcome, first_wins, annotator }
}

/// The side with more votes than the other and than the tie, as `decided-accuracy` has it.
fn outcome([lower, tie, upper]: [f64; 3]) -> Outcome {
    if lower > tie && lower > upper {
        Outcome::Lower
    } else if upper > tie && upper > lower {
        Outcome::Upper
    } else {
        Outcome::Undecided
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
    fn the_largest_share_decides() {
        let check = |shares, expect| assert_eq!(outcome(shares), expect, "{shares:?}");
        check([1.0, 0.0, 0.0], Outcome::Lower);
        check([0.2, 0.3, 0.5], Outcome::Upper);
        check([0.5, 0.0, 0.5], Outcome::Undecided);
        check([0.3, 0.4, 0.3], Outcome::Undecided);
        check([0.4, 0.4, 0.2], Outcome::Undecided);
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
