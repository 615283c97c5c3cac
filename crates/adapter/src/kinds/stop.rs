//! Adapter `stop`: when a person who watched a segment stopped it, if ever.
//!
//! The stopping model of MAVRL (ICML 2026) has the regret of a step as `max_a Q - Q`. There is no
//! value function here, so the regret of a step is its shortfall against the reward that the
//! person expects of a step:
//!
//! ```text
//! g_t = softplus(reference - beta r_t),   G_t = discount G_(t-1) + g_t,   h_t = 1 - exp(-lambda G_t)
//! ```
//!
//! A smooth hinge keeps regret positive: what goes well does not undo what went badly. The
//! likelihood is [`medley_likelihood::stop`], with never stopping as an outcome.

use crate::objective::choice::host;
use crate::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, LearnedOr,
    Objective, Origin, ParameterRole, ParameterScale, Prediction, Rationality, Respondent,
    Response, ResponseParameter, Scorer, Selection, Sharing, Speakers, Watched, WatchedSegments,
    stop_records,
};
use burn::tensor::activation::softplus_with_threshold;
use medley_evaluation::ResponseSet;
use medley_feedback as feedback;
use medley_likelihood::stop::{discounted_regret, never_first, stop};
use serde::{Deserialize, Serialize};

/// Options: how a stop is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stop {
    /// Share of the regret that is still felt a step later, in [0, 1].
    pub discount: f64,
    /// Reward that is expected of a step, in nats (times beta): a number or `"learned"`.
    pub reference: LearnedOr,
    /// Whether people differ in how closely their stops follow rewards.
    pub rationality: Sharing,
    /// Whether people differ in impatience, in nats of its logarithm around the shared one.
    pub impatience: Sharing,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            discount: 0.9,
            reference: LearnedOr::Learned,
            rationality: Sharing::Shared,
            impatience: Sharing::Shared,
        }
    }
}

#[typetag::serde(name = "stop")]
impl Adapter for Stop {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        self.check(selection)?;
        let records = selection.records::<feedback::Stop>()?;
        let fitted = || records.fitted();
        if fitted().count() > 0 && fitted().all(|record| record.step.is_none()) {
            return Err(selection.unfit(format!(
                "nobody stopped any of the {} segments to learn from: rewards would rise without \
                 bound",
                fitted().count()
            )));
        }
        let watched = records.iter().map(|(record, origin)| {
            let (segment, steps) = steps(selection, origin)?;
            Watched::new(selection, record, segment, steps)
        });
        let watched = WatchedSegments::new(watched.collect::<Result<_, _>>()?);
        let statements = records.into_statements();
        let speakers = Speakers::new(&statements.origins);
        speakers.check(selection, self.impatience, "impatience")?;
        let rationality = Rationality::new(selection, self.rationality, &statements.origins)?;
        let kind = BoundStop { options: self.clone(), watched, speakers, rationality };
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let selection = &asking.selection;
        self.check(selection)?;
        let origins = asking.origins(1..=1)?;
        let watched = origins.iter().map(|origin| {
            let (segment, steps) = steps(selection, origin)?;
            Ok(Watched { segment, steps, step: None })
        });
        let watched = WatchedSegments::new(watched.collect::<Result<_, BindError>>()?);
        let speakers = Speakers::new(&origins);
        speakers.check(selection, self.impatience, "impatience")?;
        let rationality = Rationality::new(selection, self.rationality, &origins)?;
        let kind = BoundStop { options: self.clone(), watched, speakers, rationality };
        // What is expected is expected of a step.
        let rewards = || step_rewards(asking);
        let response = asking.response_by(&kind, respondent, &rewards)?;
        let outcomes = |query: usize| kind.watched.outcomes(query);
        let replies = asking.replies_under(&kind, &response, respondent, outcomes);
        Ok(Elicited::new(stop_records(asking, replies))?)
    }

    fn summary(&self) -> &'static str {
        "when a segment was stopped: a hazard that grows with discounted regret"
    }
}

/// Rewards of all steps that are watched.
fn step_rewards(asking: &Asking<'_>) -> Vec<f64> {
    let segments = asking.queries.iter().map(|query| query.segments[0] as usize);
    let segments: Vec<usize> = segments.collect();
    let mut rewards = Vec::new();
    for some in segments.chunks(1024) {
        let (values, batch) = asking.scorer.rewards(some);
        let mask = host(batch.mask());
        rewards
            .extend(host(values).into_iter().zip(mask).filter(|(_, m)| *m > 0.0).map(|(r, _)| r));
    }
    rewards
}

impl Stop {
    /// Refuses options that are out of range.
    fn check(&self, selection: &Selection<'_>) -> Result<(), BindError> {
        if !(0.0..=1.0).contains(&self.discount) {
            let found = self.discount;
            return Err(selection.unfit(format!("`discount` must be in [0, 1], found {found}")));
        }
        match self.reference {
            LearnedOr::Fixed(reference) if !reference.is_finite() => {
                Err(selection.unfit(format!("`reference` must be finite, found {reference}")))
            }
            _ => Ok(()),
        }
    }

    /// The optimum at a reward of 0, with half a stop added: stops per unit of discounted regret.
    fn initial_log_impatience<'a>(&self, watched: impl Iterator<Item = &'a Watched>) -> f32 {
        let reference = match self.reference {
            LearnedOr::Learned => 0.0,
            LearnedOr::Fixed(reference) => reference,
        };
        let regret = if reference > 30.0 { reference } else { reference.exp().ln_1p() };
        let (mut stops, mut exposure) = (0.5, 0.0);
        for one in watched {
            let seen = one.step.map_or(one.steps, |step| step + 1);
            let mut felt = 0.0;
            for _ in 0..seen {
                felt = self.discount * felt + regret;
                exposure += felt;
            }
            stops += f64::from(u8::from(one.step.is_some()));
        }
        (f64::ln(stops) - exposure.max(f64::MIN_POSITIVE).ln()) as f32
    }
}

/// The segment that was watched, and how many steps it has.
fn steps(selection: &Selection<'_>, origin: &Origin) -> Result<(usize, usize), BindError> {
    let segment = origin.segments[0] as usize;
    selection.check_steps(segment, "leave this source out")?;
    Ok((segment, selection.dataset.segments().steps(segment).len()))
}

struct BoundStop {
    options: Stop,
    watched: WatchedSegments,
    speakers: Speakers,
    rationality: Rationality,
}

const LOG_IMPATIENCE: &str = "log-impatience";
const DEVIATION: &str = "annotator-log-impatience";
const REFERENCE: &str = "reference";

impl FiniteChoice for BoundStop {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let fitted = fitted_on.iter().map(|&statement| self.watched.of(statement));
        let start = self.options.initial_log_impatience(fitted);
        let mut parameters = self.rationality.parameters();
        parameters.push(
            ResponseParameter::shrunk(LOG_IMPATIENCE, vec![start], start, 2.0)
                .meaning(ParameterRole::Other, ParameterScale::Log),
        );
        if self.options.impatience == Sharing::PerAnnotator {
            let deviation = self.speakers.parameter(DEVIATION, 0.5);
            parameters.push(deviation.meaning(ParameterRole::Other, ParameterScale::Log));
        }
        if self.options.reference == LearnedOr::Learned {
            parameters.push(
                ResponseParameter::shrunk(REFERENCE, vec![0.0], 0.0, 2.0)
                    .meaning(ParameterRole::Threshold, ParameterScale::Linear),
            );
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        self.watched.responses()
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        self.watched.observed(statement)
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let picked = statements.iter().map(|&statement| self.watched.of(statement).segment);
        let (rewards, batch) = scorer.rewards(&picked.collect::<Vec<_>>());
        let value = batch.returns(rewards.clone(), scorer.returns);
        let rationality = self.rationality.of(response, statements, scorer.place);
        let scaled = rewards * rationality.unsqueeze_dim::<3>(2);
        let shortfall = match self.options.reference {
            LearnedOr::Learned => response.get(REFERENCE).unsqueeze_dim::<3>(2) - scaled,
            LearnedOr::Fixed(reference) => scaled.neg().add_scalar(reference),
        };
        let regret = softplus_with_threshold(shortfall, 1.0, 40.0);
        let felt = discounted_regret(regret, batch.mask(), self.options.discount);
        let impatience = match self.options.impatience {
            Sharing::Shared => response.get(LOG_IMPATIENCE),
            Sharing::PerAnnotator => {
                response.get(LOG_IMPATIENCE)
                    + self.speakers.deviation(response, DEVIATION, statements, scorer.place)
            }
        };
        let outcomes = stop(felt, batch.mask(), impatience);
        Prediction { log_probabilities: never_first(outcomes, self.watched.longest()), value }
    }

    fn about(&self, statement: usize) -> About {
        self.watched.about(statement)
    }

    fn value_of(&self, statement: usize, outcome: usize) -> Option<f64> {
        self.watched.value_of(statement, outcome)
    }

    /// A segment cannot be stopped at a step that it does not have.
    fn alike(&self, statement: usize) -> usize {
        self.watched.of(statement).steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, checked, control};
    use medley_dataset::{Part, Partition};
    use medley_feedback::Provenance;

    fn world(stops: &[(&str, Option<u32>)]) -> World {
        let mut builder = control(&[("a", "e", &[0.5, -1.0, 2.0]), ("b", "f", &[1.0])]);
        let watched = |&(segment, step): &(&str, Option<u32>)| feedback::Stop {
            segment: segment.into(),
            step,
            provenance: Provenance::default(),
        };
        builder.insert(checked(stops.iter().map(watched).collect()));
        World::new(builder)
    }

    #[test]
    fn stops_by_hand() {
        let stops = [("a", Some(1)), ("b", None), ("a", None), ("a", Some(0))];
        let world = world(&stops).with_members(2);
        let objective = world.bind(&Stop { discount: 0.5, ..Stop::default() });
        let set: [(&str, &[f32]); 2] = [("log-impatience", &[-1.0]), ("reference", &[0.25])];
        let response = world.response(&*objective, &set);
        let regret = |reward: f64| (0.25 - reward).exp().ln_1p();
        let lambda = (-1.0f64).exp();
        let first = regret(0.5);
        let second = 0.5 * first + regret(-1.0);
        let third = 0.5 * second + regret(2.0);
        let hazard = |felt: f64| 1.0 - (-lambda * felt).exp();
        let expected = [
            lambda * first - hazard(second).ln(),
            lambda * regret(1.0),
            lambda * (first + second + third),
            -hazard(first).ln(),
        ];
        assert_close(&world.losses(&*objective, &response), &expected);
        let judgements = world.judgements(&*objective, &response);
        assert_eq!(judgements[0].answer.observed, [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(judgements[1].answer.observed, [1.0, 0.0, 0.0, 0.0]);
        assert_eq!(judgements[0].answer.value, Some(1.0 / 3.0));
        assert_eq!(judgements[2].predicted_value, Some(1.5));
        let labels = ["never", "step 0", "step 1", "step 2"].map(str::to_owned).to_vec();
        assert_eq!(objective.responses(), ResponseSet::Labelled(labels));
    }

    #[test]
    fn impatience_starts_at_stops_per_regret() {
        // A fixed reference of 0 has regret log 2 a step: log 2 and 1.5 log 2 until the stop at
        // step 1, log 2 for the segment of one step.
        let reference = LearnedOr::Fixed(0.0);
        let options = Stop { discount: 0.5, reference, ..Stop::default() };
        let objective = world(&[("a", Some(1)), ("b", None)]).bind(&options);
        let parameters = objective.parameters(&[0, 1]);
        assert_eq!(parameters.len(), 2);
        let expected = (1.5 / (3.5 * 2.0f64.ln())).ln();
        assert_close(&[f64::from(parameters[1].initial[0])], &[expected]);
    }

    #[test]
    fn bad_options_and_records_are_refused() {
        let stopped = world(&[("a", Some(1))]);
        let error = stopped.refusal(&Stop { discount: 1.5, ..Stop::default() });
        assert!(error.contains("`discount` must be in [0, 1], found 1.5"), "{error}");
        let infinite = LearnedOr::Fixed(f64::INFINITY);
        let error = stopped.refusal(&Stop { reference: infinite, ..Stop::default() });
        assert!(error.contains("`reference` must be finite"), "{error}");
        let error = world(&[("a", None)]).refusal(&Stop::default());
        assert!(error.contains("nobody stopped any of the 1 segments"), "{error}");
    }

    #[test]
    fn stops_that_are_held_out_bound_no_reward() {
        let world = world(&[("a", None), ("b", Some(0))]);
        let bound_with = |stopped| {
            let parts = if stopped { [Part::Test, Part::Train] } else { [Part::Train, Part::Test] };
            let partition = Partition::Groups { parts: parts.to_vec(), units: vec![0, 1] };
            let selection = Selection { partition: Some(&partition), ..world.selection() };
            Stop::default().bind(&selection).map(drop).map_err(|error| error.to_string())
        };
        let error = bound_with(false).unwrap_err();
        assert!(error.contains("nobody stopped any of the 1 segments to learn from"), "{error}");
        assert_eq!(bound_with(true), Ok(()));
    }

    /// A hazard per unit of regret is no return, and what is fitted of it is told as it is.
    #[test]
    fn only_the_reference_is_a_threshold() {
        let parameters = world(&[("a", Some(1))]).bind(&Stop::default()).parameters(&[0]);
        let roles: Vec<_> = parameters.iter().map(|p| (p.name.as_str(), p.role)).collect();
        let expected = [
            (crate::RATIONALITY, ParameterRole::Rationality),
            (LOG_IMPATIENCE, ParameterRole::Other),
            (REFERENCE, ParameterRole::Threshold),
        ];
        assert_eq!(roles, expected);
    }
}
