//! A finding: one line of the report.

use medley_evaluation::Estimate;
use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing to do.
    Fine,
    /// Look into it, and mention it with the results.
    Warning,
    /// Numbers from this dataset would be wrong, or there is nothing to learn.
    Error,
}

/// A count out of something, with what follows from it. The names of the fields are those of the
/// JSON and stay.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Which check, such as `comparison.side-bias`.
    pub check: &'static str,
    /// Which part of the data, such as `rating helpfulness [0, 4]`; empty for all that the check
    /// looks at.
    pub subject: String,
    /// The group of records that the finding is limited to.
    pub group: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// How many.
    pub count: usize,
    /// Out of how many.
    pub of: usize,
    /// What is counted.
    pub unit: &'static str,
    /// `count / of`; none out of none, and where `value` is the number.
    pub share: Option<f64>,
    /// A number that is no share, such as an alpha or a median.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval of `value`, else of `share`.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Prompts or episodes that the interval resamples.
    pub clusters: Option<usize>,
    /// What it means here.
    pub note: String,
    /// The first three, by id.
    pub examples: Vec<String>,
}

impl Finding {
    /// `count` of `of` things called `unit`; severity is fine unless raised.
    pub(crate) fn new(check: &'static str, count: usize, of: usize, unit: &'static str) -> Self {
        Self {
            check,
            subject: String::new(),
            group: None,
            severity: Severity::Fine,
            count,
            of,
            unit,
            share: (of > 0).then(|| count as f64 / of as f64),
            value: None,
            low: None,
            high: None,
            clusters: None,
            note: String::new(),
            examples: Vec::new(),
        }
    }

    pub(crate) fn about(self, subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..self }
    }

    pub(crate) fn within(self, group: Option<&str>) -> Self {
        Self { group: group.map(str::to_owned), ..self }
    }

    pub(crate) fn warn_if(self, bad: bool) -> Self {
        self.at_least(Severity::Warning, bad)
    }

    pub(crate) fn error_if(self, bad: bool) -> Self {
        self.at_least(Severity::Error, bad)
    }

    fn at_least(self, severity: Severity, bad: bool) -> Self {
        Self { severity: if bad { self.severity.max(severity) } else { self.severity }, ..self }
    }

    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    pub(crate) fn examples(self, examples: Examples) -> Self {
        Self { examples: examples.0, ..self }
    }

    /// The interval of the share.
    pub(crate) fn interval(self, estimate: Option<Estimate>) -> Self {
        let Some(estimate) = estimate else { return self };
        let ends = estimate.has_interval();
        Self {
            low: ends.then_some(estimate.low),
            high: ends.then_some(estimate.high),
            clusters: Some(estimate.clusters),
            ..self
        }
    }

    /// The interval of a value that is no statistic of shares.
    pub(crate) fn ends(self, ends: Option<(f64, f64)>) -> Self {
        Self { low: ends.map(|it| it.0), high: ends.map(|it| it.1), ..self }
    }

    /// A value that is no share, with its interval.
    pub(crate) fn estimate(self, estimate: Option<Estimate>) -> Self {
        self.value(estimate.map(|estimate| estimate.value)).interval(estimate)
    }

    /// A value that is not a share. The share is removed, so it is not mistaken for one.
    pub(crate) fn value(self, value: Option<f64>) -> Self {
        Self { value, share: None, ..self }
    }
}

/// The first three of many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Examples(Vec<String>);

impl Examples {
    /// Keeps an example while there is room; it is only written if it is kept.
    pub(crate) fn add(&mut self, example: impl FnOnce() -> String) {
        if self.0.len() < 3 {
            self.0.push(example());
        }
    }
}
