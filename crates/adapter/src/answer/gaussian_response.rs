//! Numbers with normal errors around an affine function of the return.
//!
//! ```text
//! y ~ Normal(beta R + offset + offset_a, sd)
//! ```
//!
//! The squared error of multi-type-feedback (MTF, ICLR 2025) with the scale and the origin of the
//! answers learned instead of left to the reward; see [`medley_likelihood::gaussian`].

use crate::objective::choice::host;
use crate::{
    BindError, LearnedOr, Origin, ParameterRole, ParameterScale, Response, ResponseParameter,
    Scorer, Selection, Sharing, Speakers,
};
use burn::tensor::Tensor;
use medley_likelihood::gaussian::log_density;
use medley_random::normal;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What people said in numbers.
#[derive(Clone, Debug)]
pub struct SaidNumbers<'a> {
    /// Of each statement, in order: its class and the number.
    pub answers: Vec<(usize, f64)>,
    /// Number of classes.
    pub classes: usize,
    /// Where each statement comes from, in order.
    pub origins: &'a [Origin],
    /// Worst and best number that could be said, where the scale is known.
    pub scale: Option<(f64, f64)>,
}

/// Answers that are numbers, in classes that each have an offset and a standard deviation.
#[derive(Clone, Debug)]
pub struct GaussianResponse {
    sd: LearnedOr,
    /// Of each statement, in order.
    answers: Vec<(usize, f64)>, // (class, value)
    classes: usize,
    /// Standard deviation to expect of answers that are too few or too equal to show one.
    usual_sd: f64,
    /// Who deviates from the shared offset.
    speakers: Option<Speakers>,
}

const OFFSET: &str = "offset";
const DEVIATION: &str = "annotator-offset";
const LOG_SD: &str = "log-sd";

impl GaussianResponse {
    /// The response model of what was said, with a deviation `sd` and, if `offset` is by annotator,
    /// a number that each person adds.
    ///
    /// # Errors
    /// If a fixed deviation is not positive; all values that may be fitted are equal while it is
    /// learned; or offsets are to be by annotator and nobody is named.
    pub fn new(
        selection: &Selection<'_>,
        sd: LearnedOr,
        offset: Sharing,
        said: SaidNumbers<'_>,
    ) -> Result<Self, BindError> {
        check_sd(selection, sd, &said.answers, said.origins)?;
        Self::unanswered(selection, sd, offset, said)
    }

    /// The response model of numbers that nobody has said yet: those of `said` may be equal.
    ///
    /// # Errors
    /// If a fixed deviation is not positive; or offsets are to be by annotator and nobody is named.
    pub fn unanswered(
        selection: &Selection<'_>,
        sd: LearnedOr,
        offset: Sharing,
        said: SaidNumbers<'_>,
    ) -> Result<Self, BindError> {
        let SaidNumbers { answers, classes, origins, scale } = said;
        check_sd(selection, sd, &[], &[])?;
        let speakers = match offset {
            Sharing::Shared => None,
            Sharing::PerAnnotator => {
                let speakers = Speakers::new(origins);
                speakers.check(selection, offset, "offset")?;
                Some(speakers)
            }
        };
        // Of numbers drawn evenly from the scale.
        let usual_sd = scale.map_or(1.0, |(low, high)| (high - low) / 12.0f64.sqrt());
        Ok(Self { sd, answers, classes, usual_sd, speakers })
    }

    /// What was said.
    pub fn value(&self, statement: usize) -> f64 {
        self.answers[statement].1
    }

    /// The class that a statement is of.
    pub fn class(&self, statement: usize) -> usize {
        self.answers[statement].0
    }

    /// Gives each statement the number of the one that `from` says.
    pub fn exchange(&mut self, from: &[usize]) {
        let said: Vec<f64> = from.iter().map(|&giver| self.value(giver)).collect();
        self.answers.iter_mut().zip(said).for_each(|(answer, value)| answer.1 = value);
    }

    /// Offset and, if learned, logarithm of the deviation, one for each class, from the moments of
    /// `fitted_on`, and what people add. Where those are constant the scale gives the deviation,
    /// or 1 does, and never another part: what is held out would decide what is learned.
    pub fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let fitted: Vec<(usize, f64)> = fitted_on.iter().map(|&i| self.answers[i]).collect();
        let all: Vec<f64> = fitted.iter().map(|(_, value)| *value).collect();
        let (mean, deviation) = moments(&all).unwrap_or((0.0, 0.0));
        let spread = if deviation > 0.0 { deviation } else { self.usual_sd };
        let start = |class| {
            let own: Vec<f64> =
                fitted.iter().filter(|(of, _)| *of == class).map(|(_, value)| *value).collect();
            let (mean, deviation) = moments(&own).unwrap_or((mean, spread));
            (mean as f32, deviation.max(0.1 * spread).ln() as f32)
        };
        let (offsets, log_sds): (Vec<f32>, Vec<f32>) = (0..self.classes).map(start).unzip();
        let spread = spread as f32;
        let offset = ResponseParameter::shrunk(OFFSET, offsets, mean as f32, 2.0 * spread)
            .meaning(ParameterRole::Offset, ParameterScale::Linear);
        let log_sd = ResponseParameter::shrunk(LOG_SD, log_sds, spread.ln(), 1.0)
            .meaning(ParameterRole::Spread, ParameterScale::Log);
        let personal = self.speakers.as_ref().map(|speakers| {
            speakers
                .parameter(DEVIATION, 0.5 * spread)
                .meaning(ParameterRole::Offset, ParameterScale::Linear)
        });
        let log_sd = (self.sd == LearnedOr::Learned).then_some(log_sd);
        std::iter::once(offset).chain(log_sd).chain(personal).collect()
    }

    /// Takes a number as what was said.
    pub fn say(&mut self, statement: usize, number: f64) {
        self.answers[statement].1 = number;
    }

    /// Numbers drawn around where they are expected, one for each of `statements`, members of an
    /// ensemble as one mixture.
    ///
    /// # Shapes
    /// `location` as in [`GaussianResponse::log_density`].
    pub fn drawn(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        location: Tensor<2>,
        statements: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Vec<f64> {
        let (location, log_sd) = self.expected(scorer, response, location, statements);
        let [members, batch] = location.dims();
        let log_sd = host(log_sd.expand([members, batch]));
        let location = host(location);
        let draw = |statement: usize| {
            let one = rng.random_range(0..members) * batch + statement;
            location[one] + log_sd[one].exp() * normal(rng)
        };
        (0..batch).map(draw).collect()
    }

    /// Log-density of the observed numbers, in nats per unit of the answer.
    ///
    /// # Shapes
    /// `location` is `[member, batch]`, the return times rationality, one column for each of
    /// `statements`; the same shape comes back.
    pub fn log_density(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        location: Tensor<2>,
        statements: &[usize],
    ) -> Tensor<2> {
        let place = scorer.place;
        let (location, log_sd) = self.expected(scorer, response, location, statements);
        let numbers: Vec<f32> = statements.iter().map(|&i| self.value(i) as f32).collect();
        let count = numbers.len();
        log_density(location, place.tensor(numbers, [count]), log_sd)
    }

    /// Where the numbers of statements are expected, and the logarithm of their deviation.
    fn expected(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        location: Tensor<2>,
        statements: &[usize],
    ) -> (Tensor<2>, Tensor<2>) {
        let place = scorer.place;
        let class = statements.iter().map(|&statement| self.class(statement) as i32);
        let class = place.indices(class.collect());
        let offset = response.get(OFFSET).select(1, class.clone());
        let log_sd = match self.sd {
            LearnedOr::Learned => response.get(LOG_SD).select(1, class),
            LearnedOr::Fixed(sd) => offset.zeros_like().add_scalar(sd.ln()),
        };
        let mut location = location + offset;
        if let Some(speakers) = &self.speakers {
            location = location + speakers.deviation(response, DEVIATION, statements, place);
        }
        (location, log_sd)
    }
}

/// Refuses a deviation that is none, or that nothing to learn from shows.
fn check_sd(
    selection: &Selection<'_>,
    sd: LearnedOr,
    answers: &[(usize, f64)],
    origins: &[Origin],
) -> Result<(), BindError> {
    let fitted = answers.iter().zip(origins).filter(|(_, origin)| origin.may_be_fitted());
    let fitted: Vec<f64> = fitted.map(|((_, value), _)| *value).collect();
    match (sd, moments(&fitted)) {
        (LearnedOr::Fixed(sd), _) if !(sd > 0.0 && sd.is_finite()) => {
            Err(selection.unfit(format!("`sd` must be positive, found {sd}")))
        }
        (LearnedOr::Learned, Some((mean, 0.0))) => Err(selection.unfit(format!(
            "all answers to learn from are {mean}, so no deviation can be learned: give `sd` as a \
             number"
        ))),
        _ => Ok(()),
    }
}

/// Mean and population standard deviation; none without values. The deviation of equal values is
/// 0 and not the rounding of their mean, whose logarithm would be a start like any other.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()?;
    if values.iter().all(|value| *value == first) {
        return Some((first, 0.0));
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    Some((mean, variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, control};
    use medley_dataset::Part;

    /// In one class of two.
    fn bound(parts: &[Option<Part>], values: &[f64]) -> Result<GaussianResponse, String> {
        let world = World::new(control(&[("a", "e", &[1.0])]));
        let origin = |&part: &Option<Part>| Origin {
            record: 0,
            clusters: vec![0],
            person: None,
            segments: vec![0],
            question: None,
            seconds: None,
            part,
            role: medley_feedback::Role::Evidence,
        };
        let origins: Vec<Origin> = parts.iter().map(origin).collect();
        let said = SaidNumbers {
            answers: values.iter().map(|&value| (0, value)).collect(),
            classes: 2,
            origins: &origins,
            scale: Some((0.0, 12.0)),
        };
        GaussianResponse::new(&world.selection(), LearnedOr::Learned, Sharing::Shared, said)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_deviation_is_that_of_what_is_fitted() {
        let answers = bound(&[None; 4], &[3.0, 3.0, 7.0, 7.0]).unwrap();
        let parameters = answers.parameters(&[0, 1, 2, 3]);
        assert_eq!(parameters[0].initial, [5.0, 5.0]);
        // Class 1 is absent: it starts where all do.
        assert_eq!(parameters[1].initial, [2.0f32.ln(), 2.0f32.ln()]);
    }

    #[test]
    fn constant_answers_borrow_from_the_scale_and_from_no_other_part() {
        let starts = |others: f64| {
            let answers = bound(&[None; 4], &[3.0, 3.0, others, 7.0]).unwrap();
            let parameters = answers.parameters(&[0, 1]);
            parameters.into_iter().map(|p| (p.initial, p.prior.unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(starts(7.0), starts(1e12));
        // A width of 12 has the deviation sqrt(12): a tenth of it where all answers are equal.
        let expected = 12.0f64.sqrt();
        let [offset, log_sd] = &starts(7.0)[..] else { panic!() };
        assert_eq!(offset.0, [3.0, 3.0]);
        assert_eq!(log_sd.0, [(0.1 * expected).ln() as f32, expected.ln() as f32]);
        assert_eq!(offset.1.sd, 2.0 * expected as f32);
    }

    #[test]
    fn equal_answers_in_training_show_no_deviation_whatever_is_held_out() {
        let (train, test) = (Some(Part::Train), Some(Part::Test));
        let refused = |parts: &[Option<Part>], values: &[f64]| {
            let error = bound(parts, values).unwrap_err();
            assert!(error.contains("all answers to learn from are 3"), "{error}");
        };
        refused(&[None; 2], &[3.0, 3.0]);
        // The mean of three times 0.1 is not 0.1.
        assert!(bound(&[None; 3], &[0.1; 3]).is_err());
        refused(&[train, train, test], &[3.0, 3.0, 1e12]);
        bound(&[train, train, test], &[3.0, 4.0, 3.0]).unwrap();
        bound(&[test, test], &[3.0, 3.0]).unwrap(); // nothing is learned from it
    }
}
