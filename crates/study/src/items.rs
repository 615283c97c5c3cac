//! What people spoke of: items with their features, as they are first spoken of.

use crate::{StudyError, StudySpec};
use medley_adapter::{LinearSpan, LinearSteps};
use medley_dataset::Dataset;
use medley_encoder::Features;
use medley_reward_model::Returns;
use std::collections::BTreeMap;

/// Items by number: one for all spans with the same features. Without models and encoder an item is a span,
/// and has no features.
pub struct Items<'a> {
    features: Vec<String>,
    rows: Vec<Vec<f64>>,
    names: Vec<String>,
    segments: Vec<usize>,
    of_span: BTreeMap<LinearSpan, usize>,
    of_row: BTreeMap<Vec<u64>, usize>,
    source: Source<'a>,
    dataset: &'a Dataset,
    /// The feature that is left out.
    dropped: Option<usize>,
    /// Its name.
    reference: Option<String>,
}

enum Source<'a> {
    Encoded(&'a Features, Returns),
    /// Place of each segment among features; none of the reference.
    Segments(Vec<Option<usize>>),
    /// Nobody asks for features.
    Nameless,
}

impl<'a> Items<'a> {
    /// None yet. Segments that have no features have a reference only if nobody judges one by itself, or
    /// if one is named.
    ///
    /// # Errors
    /// The reference is no feature.
    pub fn new(
        spec: &StudySpec,
        dataset: &'a Dataset,
        features: Option<&'a Features>,
        (returns, is_compared): (Returns, bool),
    ) -> Result<Self, StudyError> {
        let reference = spec.study.reference.as_deref();
        let (names, dropped, source) = match features {
            Some(features) => {
                let names = features.names.clone();
                let dropped = reference.map(|wanted| find(wanted, &names)).transpose()?;
                (names, dropped, Source::Encoded(features, returns))
            }
            None if spec.people.is_empty() => (Vec::new(), None, Source::Nameless),
            None => {
                let segments = dataset.segments();
                let mut names: Vec<String> =
                    (0..segments.len()).map(|i| segments.id(i).0.clone()).collect();
                names.sort();
                let first = names.first().filter(|_| is_compared).map(String::as_str);
                let dropped = reference.or(first).map(|wanted| find(wanted, &names)).transpose()?;
                let place = |i: usize| {
                    let at = names.binary_search(&segments.id(i).0).ok()?;
                    let is_behind = dropped.is_some_and(|dropped| at > dropped);
                    (Some(at) != dropped).then(|| at - usize::from(is_behind))
                };
                let places = (0..segments.len()).map(place).collect();
                (names, dropped, Source::Segments(places))
            }
        };
        let reference = dropped.map(|at| names[at].clone());
        let kept = names.into_iter().enumerate().filter(|(i, _)| Some(*i) != dropped);
        Ok(Self {
            features: kept.map(|(_, name)| name).collect(),
            rows: Vec::new(),
            names: Vec::new(),
            segments: Vec::new(),
            of_span: BTreeMap::new(),
            of_row: BTreeMap::new(),
            source,
            dataset,
            dropped,
            reference,
        })
    }

    /// Names of features, rows, names of items, and the segment by which each was first spoken of.
    pub fn into_parts(self) -> (Vec<String>, Vec<Vec<f64>>, Vec<String>, Vec<usize>) {
        (self.features, self.rows, self.names, self.segments)
    }

    /// Number of the item that a span is.
    ///
    /// # Errors
    /// Steps are spoken of, and have no features.
    pub fn place(&mut self, span: &LinearSpan) -> Result<usize, StudyError> {
        if let Some(&place) = self.of_span.get(span) {
            return Ok(place);
        }
        let row = self.row(span)?;
        let next = self.rows.len();
        let place = match self.source {
            Source::Nameless => next,
            _ => *self.of_row.entry(key(&row)).or_insert(next),
        };
        if place == next {
            self.names.push(self.name(span, &row));
            self.segments.push(span.segment);
            self.rows.push(row);
        }
        self.of_span.insert(span.clone(), place);
        Ok(place)
    }

    fn row(&self, span: &LinearSpan) -> Result<Vec<f64>, StudyError> {
        match &self.source {
            Source::Nameless => Ok(Vec::new()),
            Source::Segments(places) => {
                if span.steps != LinearSteps::Whole {
                    let message =
                        "feedback about single steps needs features of steps, so an encoder";
                    return Err(StudyError::spec(&["study", "encoder"], message));
                }
                let mut row = vec![0.0; self.features.len()];
                if let Some(place) = places[span.segment] {
                    row[place] = 1.0;
                }
                Ok(row)
            }
            Source::Encoded(features, returns) => {
                let mut row = span.features(features, *returns);
                if let Some(dropped) = self.dropped {
                    row.remove(dropped);
                }
                Ok(row)
            }
        }
    }

    /// Of a row with a single 1, the name of its feature; of zeros that of the reference; else the segment's.
    fn name(&self, span: &LinearSpan, row: &[f64]) -> String {
        let ones: Vec<usize> = (0..row.len()).filter(|&i| row[i] != 0.0).collect();
        match (ones[..].as_ref(), &self.reference) {
            ([], Some(reference)) => reference.clone(),
            ([one], _) if row[*one] == 1.0 => self.features[*one].clone(),
            _ => self.dataset.segments().id(span.segment).0.clone(),
        }
    }
}

/// What rows that are equal have in common: their numbers other than 0, with their places.
fn key(row: &[f64]) -> Vec<u64> {
    let others = row.iter().enumerate().filter(|(_, x)| **x != 0.0);
    others.flat_map(|(i, x)| [i as u64, x.to_bits()]).collect()
}

fn find(wanted: &str, names: &[String]) -> Result<usize, StudyError> {
    names.iter().position(|name| name == wanted).ok_or_else(|| {
        let some: Vec<&str> = names.iter().take(12).map(String::as_str).collect();
        let message = format!("expected one of {}, found `{wanted}`", some.join(", "));
        StudyError::spec(&["study", "reference"], message)
    })
}
