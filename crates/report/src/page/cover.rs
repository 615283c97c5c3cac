//! What does the page say that is in no table: question, plan, data, machine?

use std::collections::BTreeSet;

use crate::page::Method;

/// What the tables of an experiment do not hold. All texts are plain, unless they are said to be Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cover {
    /// Name of the experiment.
    pub name: String,
    /// What is asked: the comment at the head of its file, as it stands there.
    pub question: String,
    /// The file, for the reader: its name.
    pub file: String,
    /// The file, whole.
    pub text: String,
    /// Version of Medley that wrote the page.
    pub version: String,
    /// What was planned.
    pub plan: Vec<Fact>,
    /// The data.
    pub cards: Vec<DataCard>,
    /// What it takes to repeat it.
    pub provenance: Vec<Fact>,
    /// Runs of the plan, whatever became of them.
    pub planned: usize,
    /// Runs of the plan that are not there.
    pub missing: usize,
    /// Runs of which a file is not what was written: id and reason. They are in no number.
    pub broken: Vec<(String, String)>,
    /// How seeds differ.
    pub resampled: Resampled,
    /// What was chosen by looking at which part, in sentences of Markdown, beside tuning that tables hold.
    pub chosen: Vec<String>,
    /// Methods that the experiment uses, beside those that the page's own numbers come from.
    pub methods: BTreeSet<Method>,
    /// Names of the Parquet tables that numbers come from, within the folder of the experiment.
    pub tables: Vec<String>,
}

/// A name and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// What it is.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Fact { name: name.into(), value: value.into() }
    }
}

/// What is known of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataCard {
    /// Its name.
    pub name: String,
    /// Its licence, as its card says; empty if that does not say.
    pub licence: String,
    /// Whom to name.
    pub attribution: String,
    /// Where it was obtained.
    pub source: String,
    /// Counts, hash and the like.
    pub facts: Vec<Fact>,
    /// The page about it in its folder, as Markdown; empty without one.
    pub page: String,
    /// Files with the text of its licence: name and text.
    pub licences: Vec<(String, String)>,
}

/// What differs from seed to seed, and so what an interval over seeds is about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Resampled {
    /// Each seed splits the data anew; size of the test part over that of the training part.
    Splits {
        /// In whatever the split draws.
        test_over_train: f64,
    },
    /// All seeds have the same split and differ in what else they draw.
    #[default]
    OneSplit,
}
