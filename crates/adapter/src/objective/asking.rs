//! Questions without answers, who answers them, and the records that come of it.
//!
//! A [`Query`] is what a record is about; an adapter makes a record of it once somebody has answered
//! ([`Adapter::elicit`](crate::Adapter::elicit)). Who answers is a [`Respondent`]: it is shown the
//! probabilities that the adapter's own likelihood predicts, and may answer by them or by others. A
//! second description of how people answer could disagree with the one that is fitted, so there is none.

use crate::objective::origin::Origin;
use crate::{BindError, Response, ResponseParameter, Scorer, Selection};
use medley_dataset::{Dataset, DatasetError};
use medley_feedback::{AnnotatorId, Checked, Provenance, Record, RecordError, Scale, SegmentId};
use medley_reward_model::Placement;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// One question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The segments that it is about, by index in the dataset, in the order shown. Of a correction: as
    /// it was, and what it could become.
    pub segments: Vec<u32>,
    /// A point of feature space, of a question about one; else empty.
    pub point: Vec<f64>,
    /// Who is asked, and what else a record of it will say.
    pub provenance: Provenance,
}

/// How questions may be answered, where a kind leaves that open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Form {
    /// The scale of ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Grades of strength on either side of a comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grades: Option<u32>,
    /// The aspect that is asked about; none for the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
}

/// Questions and the reward by which they are answered.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The segments. Records of the dataset are not read.
    pub selection: Selection<'a>,
    /// Of one member: the reward that people answer by.
    pub scorer: Scorer<'a>,
    /// How questions may be answered.
    pub form: &'a Form,
    /// The questions.
    pub queries: &'a [Query],
}

/// Who answers.
pub trait Respondent {
    /// Values of these response parameters, `[1, value]` each. `values` gives what answers grow with,
    /// in units of the reward: for where a scale is divided that is as wide as they are.
    ///
    /// # Errors
    /// Why there are none, as a sentence.
    fn parameters(
        &mut self,
        wanted: &[ResponseParameter],
        values: &dyn Fn() -> Vec<f64>,
        place: &Placement,
    ) -> Result<Response, String>;

    /// Chooses among outcomes. A kind that asks several times about one question makes no record of it
    /// where one of these is not answered.
    fn choose(&mut self, asked: &Asked<'_>) -> Reply;

    /// Says a number, of which `expected` was drawn from the likelihood; none for no answer.
    fn say(&mut self, query: usize, expected: f64) -> Option<f64>;

    /// The stream that numbers are drawn from.
    fn rng(&mut self) -> &mut ChaCha8Rng;
}

/// What somebody who chooses among outcomes is shown.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Number of the question in [`Asking::queries`].
    pub query: usize,
    /// Of the likelihood, in nats; they sum to 1.
    pub log_probabilities: &'a [f64],
    /// What the outcomes are.
    pub outcomes: Outcomes<'a>,
}

/// What the outcomes of a question are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcomes<'a> {
    /// For each outcome how far it is for the side shown first: from 1 over 0 for a tie to -1.
    Sides(&'a [f64]),
    /// Levels, from the worst to the best.
    Levels,
    /// For each outcome the place in [`Query::segments`] of the segment that is chosen.
    Options(&'a [usize]),
    /// All nonempty sets of what is left of [`Query::segments`], as in
    /// [`ResponseSet::TiedSets`](medley_evaluation::ResponseSet::TiedSets).
    Sets,
    /// Never, and each of so many steps. Outcomes beyond these are impossible.
    Steps(usize),
    /// Left as it was, or changed.
    Change,
    /// Others, of which none is nearer to one than to another.
    Unordered,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// One of the outcomes.
    Outcome(usize),
    /// That two sides are even, where that is none of the outcomes of the likelihood.
    Even,
    /// Nothing.
    Unanswered,
}

impl Asking<'_> {
    /// Where the statement of each query comes from, one each.
    ///
    /// # Errors
    /// A query is not about as many segments as `count` says, about one that the dataset lacks, or
    /// about one twice.
    pub fn origins(&self, count: RangeInclusive<usize>) -> Result<Vec<Origin>, BindError> {
        let known = self.selection.dataset.segments().len();
        let origin = |(number, query): (usize, &Query)| {
            let Query { segments, provenance, .. } = query;
            let found = segments.len();
            let mut sorted = segments.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let is_fit = count.contains(&found)
                && sorted.len() == found
                && sorted.last().is_none_or(|&last| (last as usize) < known);
            if !is_fit {
                let (low, high) = (count.start(), count.end());
                let expected = match high {
                    &usize::MAX => format!("at least {low}"),
                    high if high == low => low.to_string(),
                    high => format!("{low} to {high}"),
                };
                return Err(self.selection.unfit(format!(
                    "question {number}: expected {expected} different segments out of {known}, found \
                     {segments:?}"
                )));
            }
            let people = self.selection.dataset.people();
            let person = provenance.annotator.as_ref().and_then(|id| people.index(id));
            Ok(Origin {
                record: number as u32,
                clusters: vec![number as u32],
                person,
                segments: segments.clone(),
                question: None,
                seconds: None,
                part: None,
                role: provenance.role,
            })
        };
        self.queries.iter().enumerate().map(origin).collect()
    }

    /// Id of the segment at a place of a query.
    pub fn id(&self, query: &Query, place: usize) -> SegmentId {
        self.selection.dataset.segments().id(query.segments[place] as usize).clone()
    }

    /// An error about the form of the questions.
    pub fn unfit(&self, problem: impl Into<String>) -> BindError {
        self.selection.unfit(problem)
    }
}

/// Records of one kind, that somebody has answered.
pub struct Elicited {
    records: Box<dyn AnyRecords>,
    /// Questions without an answer.
    pub unanswered: usize,
}

impl Elicited {
    /// Records, one for each query in their order; none where nothing was answered.
    ///
    /// # Errors
    /// A record breaks an invariant of its kind.
    pub fn new<R: Record>(
        records: impl IntoIterator<Item = Option<R>>,
    ) -> Result<Self, RecordError> {
        let (mut list, mut unanswered) = (Vec::new(), 0);
        for record in records {
            match record {
                Some(record) => list.push(Checked::new(record)?),
                None => unanswered += 1,
            }
        }
        Ok(Self { records: Box::new(List(list)), unanswered })
    }

    /// Records of which a query may have several; `unanswered` queries have none.
    ///
    /// # Errors
    /// As [`Elicited::new`].
    pub fn several<R: Record>(records: Vec<R>, unanswered: usize) -> Result<Self, RecordError> {
        let all = Self::new(records.into_iter().map(Some))?;
        Ok(Self { unanswered, ..all })
    }

    /// The kind of the records.
    pub fn kind(&self) -> &'static str {
        self.records.kind()
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What each record is about: its segments, each once and in the order of their ids, and who said it.
    pub(crate) fn about(&self) -> Vec<About> {
        self.records.about()
    }

    /// Adds others of the same kind; gives them back if they are of another.
    ///
    /// # Errors
    /// `others` are of another kind.
    pub fn join(&mut self, others: Self) -> Result<(), Self> {
        let Self { records, unanswered } = others;
        match self.records.join(records) {
            None => {
                self.unanswered += unanswered;
                Ok(())
            }
            Some(records) => Err(Self { records, unanswered }),
        }
    }

    /// Adds the records to a dataset.
    ///
    /// # Errors
    /// A record does not fit the dataset.
    pub fn insert_into(self, dataset: &mut Dataset) -> Result<(), DatasetError> {
        self.records.insert_into(dataset)
    }
}

impl std::fmt::Debug for Elicited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, kind) = (self.len(), self.kind());
        write!(f, "{count} {kind} records, {} questions unanswered", self.unanswered)
    }
}

/// What a record is about, and who said it.
pub(crate) type About = (BTreeSet<SegmentId>, Option<AnnotatorId>);

/// Records of one kind that is not known.
trait AnyRecords: Send {
    fn kind(&self) -> &'static str;
    fn len(&self) -> usize;
    fn about(&self) -> Vec<About>;
    /// Gives back what is of another kind.
    fn join(&mut self, others: Box<dyn AnyRecords>) -> Option<Box<dyn AnyRecords>>;
    fn insert_into(self: Box<Self>, dataset: &mut Dataset) -> Result<(), DatasetError>;
    fn any(self: Box<Self>) -> Box<dyn Any>;
}

struct List<R: Record>(Vec<Checked<R>>);

impl<R: Record> AnyRecords for List<R> {
    fn kind(&self) -> &'static str {
        R::KIND
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn about(&self) -> Vec<About> {
        let about = |record: &Checked<R>| {
            let segments = record.segments().into_iter().cloned().collect();
            (segments, record.provenance().annotator.clone())
        };
        self.0.iter().map(about).collect()
    }

    fn join(&mut self, others: Box<dyn AnyRecords>) -> Option<Box<dyn AnyRecords>> {
        if others.kind() != R::KIND {
            return Some(others);
        }
        match others.any().downcast::<Self>() {
            Ok(others) => {
                self.0.extend(others.0);
                None
            }
            Err(_) => panic!("two kinds of records are called `{}`", R::KIND),
        }
    }

    fn insert_into(self: Box<Self>, dataset: &mut Dataset) -> Result<(), DatasetError> {
        dataset.insert(self.0)
    }

    fn any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
