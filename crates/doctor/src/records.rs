//! The records of a dataset, read once for all checks.
//!
//! Reading is the slowest part. A kind that cannot be read is kept as the message of the reader, and
//! the other kinds are still looked into. Comparisons are the kind that there may be millions of:
//! they are read one by one, and only what the checks ask of them is kept ([`Answer`], [`AllSaid`]).

use crate::answer::Answer;
use crate::said::{AllSaid, Said};
use medley_dataset::{Dataset, DatasetError};
use medley_feedback::{
    Approval, Checked, Comparison, Correction, Critique, Demonstration, Description, Ranking,
    Rating, Record, Stop,
};
use std::sync::Arc;

/// The records of a dataset by kind, but for comparisons; a kind that is not there is empty.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Records {
    pub approvals: Arc<[Checked<Approval>]>,
    pub corrections: Arc<[Checked<Correction>]>,
    pub critiques: Arc<[Checked<Critique>]>,
    pub demonstrations: Arc<[Checked<Demonstration>]>,
    pub descriptions: Arc<[Checked<Description>]>,
    pub rankings: Arc<[Checked<Ranking>]>,
    pub ratings: Arc<[Checked<Rating>]>,
    pub stops: Arc<[Checked<Stop>]>,
}

/// A kind of feedback that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Unreadable {
    /// Its name.
    pub kind: &'static str,
    /// The reader's message, with file, row and field.
    pub message: String,
}

/// What reading comes to.
pub(crate) struct Read<'a> {
    dataset: &'a Dataset,
    /// What all records have.
    pub said: AllSaid,
    /// The comparisons, in the order of the table.
    pub answers: Vec<Answer>,
    /// Kinds whose records are wrong.
    pub unreadable: Vec<Unreadable>,
}

/// Reads all kinds, in alphabetic order; `answer` is what the checks ask of a comparison.
pub(crate) fn read<'a>(
    dataset: &'a Dataset,
    answer: impl Fn(&Comparison, Said<'_>) -> Answer,
) -> (Records, Read<'a>) {
    let (said, answers, unreadable) = Default::default();
    let mut read = Read { dataset, said, answers, unreadable };
    let approvals = read.whole();
    read.comparisons(answer);
    let records = Records {
        approvals,
        corrections: read.whole(),
        critiques: read.whole(),
        demonstrations: read.whole(),
        descriptions: read.whole(),
        rankings: read.whole(),
        ratings: read.whole(),
        stops: read.whole(),
    };
    (records, read)
}

impl Read<'_> {
    /// A kind whose records are kept.
    fn whole<R: Record>(&mut self) -> Arc<[Checked<R>]> {
        if !self.has::<R>() {
            return Arc::default();
        }
        let records = self.dataset.records::<R>().unwrap_or_else(|error| {
            self.fail::<R>(&error);
            Arc::default()
        });
        self.said.begin(R::KIND);
        for record in records.iter() {
            self.said.push(self.dataset, &**record);
        }
        records
    }

    fn comparisons(&mut self, answer: impl Fn(&Comparison, Said<'_>) -> Answer) {
        if !self.has::<Comparison>() {
            return;
        }
        self.said.begin(Comparison::KIND);
        let Self { dataset, said, answers, .. } = self;
        let read = dataset.each_record::<Comparison>(|record| {
            answers.push(answer(&record, said.push(dataset, &*record)));
            Ok(())
        });
        if let Err(error) = read {
            self.said.forget();
            self.answers.clear();
            self.fail::<Comparison>(&error);
        }
    }

    fn has<R: Record>(&self) -> bool {
        self.dataset.kinds().contains(&R::KIND)
    }

    fn fail<R: Record>(&mut self, error: &DatasetError) {
        self.unreadable.push(Unreadable { kind: R::KIND, message: error.to_string() });
    }
}
