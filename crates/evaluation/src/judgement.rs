//! What did a model say about a held-out statement, and what did the person say?
//!
//! A [`Judgement`] is the contract between adapters, which know a feedback type, and metrics,
//! which know none. Soft labels, ties and repeats survive in it, because the ceiling of a metric
//! is computed from exactly these.

use std::collections::BTreeMap;

use crate::candidates::Candidates;

/// What a person said in one statement: everything that ceilings and trivial models need.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What the bootstrap draws whole: the prompts or episodes of all that the statement is about,
    /// or the person where people are held out. At least one.
    pub clusters: Vec<u32>,
    /// Distribution over the response set (a soft label), sums to 1; empty for densities.
    pub observed: Vec<f64>,
    /// What was said on the scale of [`Judgement::predicted_value`], up to a monotone map; the same
    /// whatever the model and the response model are.
    pub value: Option<f64>,
    /// Values of a pair: `(d, 2q-1)` and its mirror `(-d, 1-2q)` are the same statement.
    pub antisymmetric: bool,
    /// Equal for statements about the same response set (repeats give a ceiling).
    pub item: Option<u64>,
    /// `(first, second)` segments, for the scalar-reward ceiling.
    pub pair: Option<(u32, u32)>,
    /// What it says of whole answers to one question, for metrics of choosing.
    pub candidates: Option<Candidates>,
}

/// What a model said about one held-out statement, and what the person said.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// What the person said.
    pub answer: Answer,
    /// Nats, of what was said (for a soft label: the expectation under it).
    pub log_likelihood: f64,
    /// Nats, over the response set; empty for densities.
    pub log_probabilities: Vec<f64>,
    /// For rank correlation: return difference, return or span return, without rationality and
    /// offsets, and larger for whatever makes the answer's value larger.
    pub predicted_value: Option<f64>,
}

/// What the positions of [`Answer::observed`] mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseSet {
    /// Outcomes have a fixed meaning across statements, known by their names.
    Labelled(Vec<String>),
    /// Outcomes of a comparison of two sides. Accuracy then counts the side, whatever its grade,
    /// and a tie counts half.
    Sides(Vec<Side>),
    /// Options have no meaning of their own (choice sets, improvement pairs).
    Exchangeable,
    /// Which of some options come first, several of them if they are tied: all nonempty sets of
    /// options, set `s` being those whose bits are set in `s + 1`. Options have no meaning of their
    /// own; how many are tied has ([`tied_options`]).
    TiedSets,
    /// A continuous response: `log_likelihood` is a log density.
    Density,
}

/// Number of options in an outcome of [`ResponseSet::TiedSets`].
pub fn tied_options(outcome: usize) -> usize {
    (outcome + 1).count_ones() as usize
}

impl ResponseSet {
    /// A two-sided comparison without grades: first, perhaps a tie, second.
    pub fn comparison(tie: bool) -> Self {
        let [first, second] = [Side::First { grade: 1 }, Side::Second { grade: 1 }];
        Self::Sides(if tie { vec![first, Side::Tie, second] } else { vec![first, second] })
    }

    /// Number of outcomes, if all statements have the same; 0 for densities.
    pub fn outcomes(&self) -> Option<usize> {
        match self {
            Self::Labelled(labels) => Some(labels.len()),
            Self::Sides(sides) => Some(sides.len()),
            Self::Exchangeable | Self::TiedSets => None,
            Self::Density => Some(0),
        }
    }

    /// The sides, if this is a comparison of two sides.
    pub(crate) fn sides(&self) -> Option<Sides> {
        match self {
            Self::Sides(of) => Some(Sides { of: of.clone() }),
            _ => None,
        }
    }
}

/// What an outcome of a two-sided comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first side is better, by so many grades (1 where there are none).
    First {
        /// From 1.
        grade: u32,
    },
    /// Neither side is better.
    Tie,
    /// The second side is better, by so many grades.
    Second {
        /// From 1.
        grade: u32,
    },
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::First { grade } => write!(f, "first by {grade}"),
            Self::Tie => f.write_str("tie"),
            Self::Second { grade } => write!(f, "second by {grade}"),
        }
    }
}

/// Which side each outcome of a two-sided comparison is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sides {
    pub of: Vec<Side>,
}

impl Sides {
    /// Observed mass of `[first, second, tie]`.
    pub(crate) fn masses(&self, observed: &[f64]) -> [f64; 3] {
        assert_eq!(self.of.len(), observed.len(), "outcomes of the response set and of a label");
        let mut masses = [0.0; 3];
        for (side, mass) in self.of.iter().zip(observed) {
            masses[match side {
                Side::First { .. } => 0,
                Side::Second { .. } => 1,
                Side::Tie => 2,
            }] += mass;
        }
        masses
    }
}

/// What people said in one feedback source, without any model.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// Shared by all answers.
    pub responses: ResponseSet,
    /// One per statement.
    pub list: Vec<Answer>,
}

/// The judgements of one model on one feedback source.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// Shared by all judgements.
    pub responses: ResponseSet,
    /// One per held-out statement.
    pub judgements: Vec<Judgement>,
    /// Return of each [candidate](crate::Candidates), by segment, under the one reward that all
    /// share; empty for a model without rewards, which then chooses nothing.
    pub returns: BTreeMap<u32, f64>,
}

impl Scored {
    /// What people said.
    pub fn answers(&self) -> Answers {
        let list = self.judgements.iter().map(|judgement| judgement.answer.clone()).collect();
        Answers { responses: self.responses.clone(), list }
    }

    /// Checks what the metrics rely on, and names the first judgement that breaks it.
    ///
    /// Metrics do not call it. A NaN that gets past it shows up as a NaN metric, never as a
    /// plausible number. For judgements built by hand or read from a file, call this first.
    ///
    /// # Errors
    /// The label and prediction differ in length, `observed` is no distribution, or the model's
    /// numbers are NaN or its probabilities do not sum to 1 (tolerance 1e-4, as models use f32).
    pub fn check(&self) -> Result<(), JudgementError> {
        let labels = self.responses.outcomes();
        for (index, judgement) in self.judgements.iter().enumerate() {
            judgement.check(index, labels)?;
        }
        match self.returns.iter().find(|(_, value)| value.is_nan()) {
            Some((&segment, _)) => Err(JudgementError::Return { segment }),
            None => Ok(()),
        }
    }
}

impl Judgement {
    fn check(&self, index: usize, expected: Option<usize>) -> Result<(), JudgementError> {
        if self.answer.clusters.is_empty() {
            return Err(JudgementError::NoCluster { index });
        }
        let (observed, predicted) = (self.answer.observed.len(), self.log_probabilities.len());
        let expected = expected.unwrap_or(observed);
        if observed != expected || predicted != expected {
            return Err(JudgementError::Length { index, expected, observed, predicted });
        }
        let values = [Some(self.log_likelihood), self.predicted_value, self.answer.value];
        if values.into_iter().flatten().any(f64::is_nan) {
            return Err(JudgementError::NotANumber { index });
        }
        let label: f64 = self.answer.observed.iter().sum();
        let masses = self.answer.observed.iter().all(|q| *q >= 0.0);
        let sums_to_1 = |sum: f64, tolerance: f64| (sum - 1.0).abs() <= tolerance;
        if expected > 0 && !(masses && sums_to_1(label, 1e-6)) {
            return Err(JudgementError::Label { index, sum: label });
        }
        let sum: f64 = self.log_probabilities.iter().map(|l| l.exp()).sum();
        if expected > 0 && !sums_to_1(sum, 1e-4) {
            return Err(JudgementError::Probabilities { index, sum });
        }
        Ok(())
    }
}

/// Why judgements cannot be measured.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum JudgementError {
    /// Label and prediction are not over the same response set.
    #[error(
        "judgement {index}: the response set has {expected} outcomes, the label {observed}, the prediction {predicted}"
    )]
    Length {
        /// Position in [`Scored::judgements`].
        index: usize,
        /// Outcomes of the response set.
        expected: usize,
        /// Outcomes of the label.
        observed: usize,
        /// Outcomes of the prediction.
        predicted: usize,
    },
    /// The statement would count the same in every resample.
    #[error("judgement {index} belongs to no cluster")]
    NoCluster {
        /// Position in [`Scored::judgements`].
        index: usize,
    },
    /// The log-likelihood, the predicted or the observed value is NaN.
    #[error("judgement {index}: the log-likelihood or a value is not a number")]
    NotANumber {
        /// Position in [`Scored::judgements`].
        index: usize,
    },
    /// A candidate has no place in any order.
    #[error("the return of segment {segment}, a candidate, is not a number")]
    Return {
        /// Index of the segment.
        segment: u32,
    },
    /// The label is no distribution.
    #[error("judgement {index}: the label must be non-negative and sum to 1, its sum is {sum}")]
    Label {
        /// Position in [`Scored::judgements`].
        index: usize,
        /// Sum over the response set.
        sum: f64,
    },
    /// The prediction is no distribution.
    #[error("judgement {index}: the predicted probabilities sum to {sum}, not to 1")]
    Probabilities {
        /// Position in [`Scored::judgements`].
        index: usize,
        /// Sum over the response set.
        sum: f64,
    },
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A judgement over a finite set in its own cluster.
    pub(crate) fn judged(cluster: u32, probabilities: &[f64], observed: &[f64]) -> Judgement {
        let log_likelihood = probabilities
            .iter()
            .zip(observed)
            .filter(|(_, q)| **q > 0.0)
            .map(|(p, q)| q * p.ln())
            .sum();
        let answer = Answer {
            clusters: vec![cluster],
            observed: observed.to_vec(),
            value: None,
            antisymmetric: false,
            item: None,
            pair: None,
            candidates: None,
        };
        Judgement {
            answer,
            log_likelihood,
            log_probabilities: probabilities.iter().map(|p| p.ln()).collect(),
            predicted_value: None,
        }
    }

    /// Judgements of a comparison: first, tie, second, or without the tie.
    pub(crate) fn comparison(judgements: Vec<Judgement>) -> Scored {
        let responses = ResponseSet::comparison(judgements[0].answer.observed.len() == 3);
        Scored { responses, judgements, returns: BTreeMap::new() }
    }

    #[test]
    fn sides_are_typed_and_not_read_from_names() {
        let named = ["first", "tie", "second"].map(String::from).to_vec();
        assert_eq!(ResponseSet::Labelled(named).sides(), None);
        assert_eq!(ResponseSet::Exchangeable.sides(), None);
        assert_eq!(ResponseSet::TiedSets.sides(), None);
        let graded = ResponseSet::Sides(vec![
            Side::Second { grade: 2 },
            Side::Second { grade: 1 },
            Side::Tie,
            Side::First { grade: 1 },
            Side::First { grade: 2 },
        ]);
        assert_eq!(graded.outcomes(), Some(5));
        let masses = graded.sides().unwrap().masses(&[0.1, 0.2, 0.3, 0.25, 0.15]);
        assert!((masses[0] - 0.4).abs() < 1e-12 && (masses[1] - 0.3).abs() < 1e-12);
        assert_eq!(masses[2], 0.3);
    }

    #[test]
    fn wrong_judgements_are_named() {
        let good = judged(0, &[0.6, 0.4], &[1.0, 0.0]);
        let check = |judgement: Judgement| comparison(vec![good.clone(), judgement]).check();
        assert_eq!(check(good.clone()), Ok(()));
        let mut nowhere = good.clone();
        nowhere.answer.clusters.clear();
        assert_eq!(check(nowhere), Err(JudgementError::NoCluster { index: 1 }));
        let mut short = good.clone();
        short.answer.observed.pop();
        assert!(matches!(check(short), Err(JudgementError::Length { index: 1, .. })));
        let label = judged(0, &[0.6, 0.4], &[1.0, 0.5]);
        assert_eq!(check(label), Err(JudgementError::Label { index: 1, sum: 1.5 }));
        let loud = judged(0, &[0.6, 0.6], &[1.0, 0.0]);
        assert!(matches!(check(loud), Err(JudgementError::Probabilities { index: 1, .. })));
        let nan = Some(f64::NAN);
        for judgement in [
            Judgement { log_likelihood: f64::NAN, ..good.clone() },
            Judgement { predicted_value: nan, ..good.clone() },
            Judgement { answer: Answer { value: nan, ..good.answer.clone() }, ..good.clone() },
        ] {
            assert_eq!(check(judgement), Err(JudgementError::NotANumber { index: 1 }));
        }
        let returns = BTreeMap::from([(3, 0.5), (8, f64::NAN)]);
        let diverged = Scored { returns, ..comparison(vec![good.clone()]) };
        assert_eq!(diverged.check(), Err(JudgementError::Return { segment: 8 }));
    }
}
