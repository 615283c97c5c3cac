//! How well does a model do that has not looked at the segments?
//!
//! A trained reward model has to beat it, and sometimes does not. The trivial model answers every
//! statement alike, so its judgements go through the same metrics as any other model's.

use std::collections::BTreeMap;

use crate::judgement::{Answer, Answers, Judgement, ResponseSet, Scored, tied_options};

/// What the trivial model says about the statements of `test`, having seen the labels of `train`.
///
/// - Labelled: the marginal distribution of the training labels, with one added to each outcome
///   (Laplace), as an unseen outcome must not have probability 0. In a comparison this is the
///   side bias and the share of ties.
/// - Exchangeable: uniform over the options.
/// - Tied sets: how many were tied in training among as many options, with one added to each number,
///   and uniform over the sets of that many.
/// - Density: a Gaussian with mean and standard deviation of the training values. Its
///   log-likelihood is per unit of `observed_value`, so compare it with a model's only if the
///   model's density is over the same quantity.
///
/// It has no predicted values and no returns, hence no rank correlation, and it chooses nothing.
///
/// # Errors
/// The response sets differ, there is nothing to learn from, or a density has constant values.
pub fn majority(train: &Answers, test: &Answers) -> Result<Scored, BaselineError> {
    let judge: Box<dyn Fn(&Answer) -> Judgement> = match (&train.responses, &test.responses) {
        (
            ResponseSet::Labelled(_) | ResponseSet::Sides(_),
            ResponseSet::Labelled(_) | ResponseSet::Sides(_),
        ) if train.responses == test.responses => {
            let outcomes = train.responses.outcomes().unwrap_or(0);
            check_outcomes(train, outcomes)?;
            check_outcomes(test, outcomes)?;
            let marginal = smoothed_marginal(train, outcomes)?;
            Box::new(move |answer| with_distribution(answer, &marginal))
        }
        (ResponseSet::Exchangeable, ResponseSet::Exchangeable) => {
            check_choices(test)?;
            Box::new(|answer| {
                let options = answer.observed.len();
                with_distribution(answer, &vec![1.0 / options as f64; options])
            })
        }
        (ResponseSet::TiedSets, ResponseSet::TiedSets) => {
            check_sets(train)?;
            check_sets(test)?;
            let sizes = TieSizes::of(train)?;
            Box::new(move |answer| with_distribution(answer, &sizes.over(answer.observed.len())))
        }
        (ResponseSet::Density, ResponseSet::Density) => {
            check_values(test)?;
            let gaussian = Gaussian::fit(train)?;
            Box::new(move |answer| with_density(answer, &gaussian))
        }
        _ => return Err(BaselineError::Responses),
    };
    Ok(Scored {
        responses: test.responses.clone(),
        judgements: test.list.iter().map(judge).collect(),
        returns: BTreeMap::new(),
    })
}

/// Why there is no trivial model.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum BaselineError {
    /// Training and test statements are over different response sets.
    #[error("training and test statements have different response sets")]
    Responses,
    /// No training statement to learn from.
    #[error("there are no training statements with labels or values")]
    NoTraining,
    /// A label has another number of outcomes than the response set.
    #[error("judgement {index} has {found} outcomes, the response set {expected}")]
    Length {
        /// Position in [`Scored::judgements`].
        index: usize,
        /// Outcomes of the response set.
        expected: usize,
        /// Outcomes of the label.
        found: usize,
    },
    /// A test statement has no options to be uniform over.
    #[error("test judgement {index} has an empty response set")]
    Empty {
        /// Position in [`Scored::judgements`].
        index: usize,
    },
    /// A test statement over a density has no value to have a density at.
    #[error("test judgement {index} has no observed value")]
    NoValue {
        /// Position in [`Scored::judgements`].
        index: usize,
    },
    /// All training values are equal, so no Gaussian fits.
    #[error("all training values are {value}: a Gaussian has no width to fit")]
    Constant {
        /// The value.
        value: f64,
    },
}

fn check_outcomes(answers: &Answers, expected: usize) -> Result<(), BaselineError> {
    let lengths = answers.list.iter().map(|answer| answer.observed.len());
    match lengths.enumerate().find(|(_, found)| *found != expected) {
        Some((index, found)) => Err(BaselineError::Length { index, expected, found }),
        None => Ok(()),
    }
}

fn check_choices(test: &Answers) -> Result<(), BaselineError> {
    match test.list.iter().position(|answer| answer.observed.is_empty()) {
        Some(index) => Err(BaselineError::Empty { index }),
        None => Ok(()),
    }
}

fn check_sets(answers: &Answers) -> Result<(), BaselineError> {
    check_choices(answers)?;
    let lengths = answers.list.iter().map(|answer| answer.observed.len());
    match lengths.enumerate().find(|(_, found)| !(found + 1).is_power_of_two()) {
        Some((index, found)) => {
            let expected = (found + 1).next_power_of_two() - 1;
            Err(BaselineError::Length { index, expected, found })
        }
        None => Ok(()),
    }
}

/// For each number of sets, the mass on sets of 1, 2 and so on options, one added to each.
struct TieSizes(BTreeMap<usize, Vec<f64>>);

impl TieSizes {
    fn of(train: &Answers) -> Result<Self, BaselineError> {
        if train.list.is_empty() {
            return Err(BaselineError::NoTraining);
        }
        let mut sizes = BTreeMap::new();
        for answer in &train.list {
            let sets = answer.observed.len();
            let mass = sizes.entry(sets).or_insert_with(|| vec![1.0; tied_options(sets - 1)]);
            for (set, share) in answer.observed.iter().enumerate() {
                mass[tied_options(set) - 1] += share;
            }
        }
        Ok(Self(sizes))
    }

    /// The distribution over so many sets. The last of them has all options.
    fn over(&self, sets: usize) -> Vec<f64> {
        let options = tied_options(sets - 1);
        let mass = self.0.get(&sets).cloned().unwrap_or_else(|| vec![1.0; options]);
        let total: f64 = mass.iter().sum();
        let mut alike = vec![0.0; options];
        (0..sets).for_each(|set| alike[tied_options(set) - 1] += 1.0);
        let share = |size: usize| mass[size] / total / alike[size];
        (0..sets).map(|set| share(tied_options(set) - 1)).collect()
    }
}

fn smoothed_marginal(train: &Answers, outcomes: usize) -> Result<Vec<f64>, BaselineError> {
    let mut mass = vec![1.0; outcomes];
    for answer in &train.list {
        let terms = mass.iter_mut().zip(&answer.observed);
        terms.for_each(|(sum, q)| *sum += q);
    }
    if train.list.is_empty() {
        return Err(BaselineError::NoTraining);
    }
    let total: f64 = mass.iter().sum();
    Ok(mass.into_iter().map(|sum| sum / total).collect())
}

fn with_distribution(answer: &Answer, distribution: &[f64]) -> Judgement {
    let log_probabilities: Vec<f64> = distribution.iter().map(|p| p.ln()).collect();
    let terms = answer.observed.iter().zip(&log_probabilities);
    Judgement {
        log_likelihood: terms.map(|(q, log_p)| q * log_p).sum(),
        answer: answer.clone(),
        log_probabilities,
        predicted_value: None,
    }
}

struct Gaussian {
    mean: f64,
    deviation: f64,
}

impl Gaussian {
    fn fit(train: &Answers) -> Result<Self, BaselineError> {
        let values: Vec<f64> = train.list.iter().filter_map(|answer| answer.value).collect();
        if values.is_empty() {
            return Err(BaselineError::NoTraining);
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        if values.iter().all(|value| *value == values[0]) {
            return Err(BaselineError::Constant { value: values[0] });
        }
        Ok(Gaussian { mean, deviation: variance.sqrt() })
    }

    fn log_density(&self, value: f64) -> f64 {
        let z = (value - self.mean) / self.deviation;
        -0.5 * z * z - self.deviation.ln() - 0.5 * std::f64::consts::TAU.ln()
    }
}

fn check_values(test: &Answers) -> Result<(), BaselineError> {
    match test.list.iter().position(|answer| answer.value.is_none()) {
        Some(index) => Err(BaselineError::NoValue { index }),
        None => Ok(()),
    }
}

fn with_density(answer: &Answer, gaussian: &Gaussian) -> Judgement {
    // `check_values` has seen a value everywhere.
    let value = answer.value.unwrap_or(f64::NAN);
    Judgement {
        answer: answer.clone(),
        log_likelihood: gaussian.log_density(value),
        log_probabilities: Vec::new(),
        predicted_value: None,
    }
}

#[cfg(test)]
#[path = "baseline_tests.rs"]
mod tests;
