//! A source as models of people see it: each statement a choice that depends on a few sums of returns.
//!
//! A model of people (`medley-people`) has one reward for each person and fits thousands of them, in double
//! precision and by second derivatives, for which tensors are the wrong tool. What it needs of a kind is how
//! its log-probabilities follow from returns and from the numbers of the response model, both of which enter
//! linearly in most kinds. How people differ is what those models say, so that options such as
//! `cutpoints = "per-annotator"` and rationality (the scale of a person's reward) are left out here.

use crate::{ResponseParameter, SegmentSpan};
use medley_encoder::Features;
use medley_people::{Answer, Binary, Chosen, Column, Ordered, OrderedShares};
use medley_reward_model::{Returns, Span};
use std::sync::Arc;

/// A source, all of its statements in order.
#[derive(Clone, Debug, Default)]
pub struct LinearSource {
    /// Numbers of how people answer; predictors name them by place.
    pub columns: Vec<Column>,
    /// One for each statement.
    pub statements: Vec<LinearStatement>,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct LinearStatement {
    /// As many as the answer has predictors.
    pub predictors: Vec<LinearPredictor>,
    /// What was said.
    pub answer: Arc<dyn Answer>,
    /// What was said of two whole segments against each other, if that is what the statement says.
    pub pair: Option<LinearPair>,
}

/// Two segments, and the share of what was said that is for the first; half for a tie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearPair {
    /// Indices of the segments, first and second.
    pub segments: [usize; 2],
    /// In [0, 1].
    pub first: f64,
    /// Whether somebody saw both, one as the first and one as the second: of a choice or an edit nobody did.
    pub sides: bool,
}

/// A sum of returns and columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinearPredictor {
    /// What has a return, and what it counts for.
    pub returns: Vec<(LinearSpan, f64)>,
    /// Places of columns, and what each counts for.
    pub columns: Vec<(usize, f64)>,
}

/// Some steps of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinearSpan {
    /// Index of the segment in the dataset.
    pub segment: usize,
    /// Which of its steps.
    pub steps: LinearSteps,
}

/// Which steps of a segment, as [`Span`] has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinearSteps {
    /// All.
    Whole,
    /// What these add to the return of the whole.
    Part(Vec<u32>),
    /// The return of these, by themselves.
    Alone(Vec<u32>),
}

impl LinearSpan {
    /// A whole segment.
    pub fn whole(segment: usize) -> Self {
        Self { segment, steps: LinearSteps::Whole }
    }

    /// Features whose product with weights is the return of the span under a reward that is linear in the
    /// features of steps.
    pub fn features(&self, features: &Features, returns: Returns) -> Vec<f64> {
        let width = features.feature_count();
        let values = features.segment(self.segment);
        let steps = values.len() / width.max(1);
        let chosen: Vec<usize> = match &self.steps {
            LinearSteps::Whole => (0..steps).collect(),
            LinearSteps::Part(some) | LinearSteps::Alone(some) => {
                some.iter().map(|&step| step as usize).collect()
            }
        };
        // A part of a whole is weighed as it is there, what stands alone as if it were all.
        let (of, first) = match &self.steps {
            LinearSteps::Alone(_) => (chosen.len(), chosen.first().copied().unwrap_or(0)),
            _ => (steps, 0),
        };
        let mut row = vec![0.0; width];
        for step in chosen {
            let weight = match returns {
                Returns::Mean => 1.0 / of.max(1) as f64,
                Returns::Sum => 1.0,
                Returns::Discounted(gamma) => gamma.powi((step - first) as i32),
            };
            let own = &values[step * width..][..width];
            row.iter_mut().zip(own).for_each(|(sum, &x)| *sum += weight * f64::from(x));
        }
        row
    }
}

impl From<&SegmentSpan<'_>> for LinearSpan {
    fn from(span: &SegmentSpan<'_>) -> Self {
        let steps = match &span.span {
            Span::Whole => LinearSteps::Whole,
            Span::Part(steps) => LinearSteps::Part(steps.to_vec()),
            Span::Alone(steps) => LinearSteps::Alone(steps.to_vec()),
        };
        Self { segment: span.segment, steps }
    }
}

impl LinearPredictor {
    /// The return of a span.
    pub fn of(span: impl Into<LinearSpan>) -> Self {
        Self { returns: vec![(span.into(), 1.0)], columns: Vec::new() }
    }

    /// So many times the return of one span less that of another.
    pub fn difference(
        first: impl Into<LinearSpan>,
        second: impl Into<LinearSpan>,
        weight: f64,
    ) -> Self {
        let returns = vec![(first.into(), weight), (second.into(), -weight)];
        Self { returns, columns: Vec::new() }
    }

    /// A column alone.
    pub fn column(place: usize) -> Self {
        Self::default().and(place, 1.0)
    }

    /// The same and a column.
    pub fn and(mut self, place: usize, weight: f64) -> Self {
        self.columns.push((place, weight));
        self
    }
}

impl LinearStatement {
    /// One of two, by the log-odds of the first.
    pub fn binary(odds: LinearPredictor, first: f64) -> Self {
        Self { predictors: vec![odds], answer: Arc::new(Binary { yes: first }), pair: None }
    }

    /// The same, which says so much of two segments.
    pub fn about(self, segments: [usize; 2], first: f64, sides: bool) -> Self {
        Self { pair: Some(LinearPair { segments, first, sides }), ..self }
    }

    /// One of several whole segments.
    pub fn chosen(options: &[usize], chosen: usize) -> Self {
        let of = |&segment: &usize| LinearPredictor::of(LinearSpan::whole(segment));
        let answer = Arc::new(Chosen::one(chosen, options.len()));
        Self { predictors: options.iter().map(of).collect(), answer, pair: None }
    }

    /// A level, or shares of levels, given the place of the first of the cutpoints among columns.
    pub fn ordered(location: LinearPredictor, first_cutpoint: usize, shares: &[f64]) -> Self {
        let levels = shares.len();
        let answer: Arc<dyn Answer> = match shares.iter().position(|share| *share == 1.0) {
            Some(level) => Arc::new(Ordered { level, levels }),
            None => Arc::new(OrderedShares { shares: shares.to_vec() }),
        };
        let cutpoints = (0..levels - 1).map(|k| LinearPredictor::column(first_cutpoint + k));
        let predictors = std::iter::once(location).chain(cutpoints).collect();
        Self { predictors, answer, pair: None }
    }
}

/// Columns of a parameter where it starts, one for each of its values in natural units.
pub(crate) fn columns_of(parameter: &ResponseParameter, spread: Option<f64>) -> Vec<Column> {
    let free: Vec<f64> = parameter.initial.iter().map(|&value| f64::from(value)).collect();
    let natural = parameter.scale.natural(&free);
    let several = natural.len() > 1;
    let column = |(place, start): (usize, f64)| Column {
        name: match several {
            true => format!("{} {}", parameter.name, place + 1),
            false => parameter.name.clone(),
        },
        start,
        spread,
    };
    natural.into_iter().enumerate().map(column).collect()
}
