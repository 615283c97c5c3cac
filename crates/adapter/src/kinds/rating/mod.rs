//! Adapter `rating`: scores of one segment, as ordered levels or as numbers.
//!
//! The default takes levels for what they are, answers in an order, with learned cutpoints
//! (`medley_likelihood::ordinal`). The Gaussian is the squared error of multi-type-feedback: it
//! takes the scale to be even, and is there as the baseline and for continuous scales.

mod options;
mod statements;

pub use options::{Rating, RatingModel};

use crate::answer::gaussian_response::{GaussianResponse, SaidNumbers};
use crate::answer::ordinal_classes::OrdinalClasses;
use crate::answer::speakers::Speakers;
use crate::objective::linear::columns_of;
use crate::{
    About, Adapter, Asking, BindError, ChoiceObjective, Density, DensityObjective,
    DensityPrediction, Elicited, FiniteChoice, LearnedOr, LinearPredictor, LinearSource,
    LinearSpan, LinearStatement, Objective, Origin, Outcomes, ParameterRole, ParameterScale,
    Prediction, Rationality, Reply, Respondent, Response, ResponseParameter, Scorer, SegmentSpan,
    Selection, Sharing, aspect_returns, item,
};
use burn::tensor::Tensor;
use medley_evaluation::{ResponseSet, Said};
use medley_feedback::Scale;
use medley_likelihood::ordinal::cumulative_logit;
use medley_reward_model::Span;
use rand_chacha::ChaCha8Rng;
use statements::{Rated, Ratings, aspect_names};

#[typetag::serde(name = "rating")]
impl Adapter for Rating {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let (ratings, statements) = Ratings::collect(self, selection)?;
        match self.model {
            RatingModel::CumulativeLogit => {
                let levels = ratings.levels(selection)?;
                ratings.check_contrast(selection, &statements)?;
                let kind = self.levels(selection, &statements.origins, levels, ratings)?;
                Ok(Box::new(ChoiceObjective::new(statements, kind)))
            }
            RatingModel::Gaussian => {
                let said = SaidNumbers {
                    answers: ratings.list.iter().map(|one| (one.class, one.value)).collect(),
                    classes: ratings.classes.len(),
                    origins: &statements.origins,
                    scale: Some((ratings.scale.low, ratings.scale.high)),
                };
                let answers = GaussianResponse::new(selection, self.sd, self.offset, said)?;
                ratings.check_contrast(selection, &statements)?;
                let origins = &statements.origins;
                let rationality = Rationality::new(selection, self.rationality, origins)?;
                let kind = Numbers { answers, ratings, rationality };
                Ok(Box::new(DensityObjective::new(statements, kind)))
            }
        }
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let (ratings, origins) = Ratings::asked(self, asking)?;
        let scale = ratings.scale;
        let aspect = ratings.classes[0].clone();
        let values: Vec<Option<f64>> = match self.model {
            RatingModel::CumulativeLogit => {
                let levels = ratings.levels(&asking.selection)?;
                let kind = self.levels(&asking.selection, &origins, levels, ratings)?;
                let replies = asking.replies(&kind, respondent, |_| Outcomes::Levels)?;
                let value = |reply| match reply {
                    Reply::Outcome(level) => kind.value_of(0, level),
                    Reply::Even | Reply::Unanswered => None,
                };
                replies.into_iter().map(value).collect()
            }
            RatingModel::Gaussian => {
                let said = SaidNumbers {
                    answers: vec![(0, scale.low); origins.len()],
                    classes: 1,
                    origins: &origins,
                    scale: Some((scale.low, scale.high)),
                };
                let (sd, offset) = (self.sd, self.offset);
                let answers = GaussianResponse::unanswered(&asking.selection, sd, offset, said)?;
                let rationality = Rationality::new(&asking.selection, self.rationality, &origins)?;
                let numbers =
                    asking.numbers(&Numbers { answers, ratings, rationality }, respondent)?;
                numbers.into_iter().map(|said| Some(on_scale(scale, said?))).collect()
            }
        };
        let records = asking.queries.iter().zip(values).map(|(query, value)| {
            Some(medley_feedback::Rating {
                segment: asking.id(query, 0),
                value: value?,
                scale,
                aspect: aspect.clone(),
                reason: None,
                provenance: query.provenance.clone(),
            })
        });
        Ok(Elicited::new(records)?)
    }

    fn aspects(&self, selection: &Selection<'_>) -> Result<Vec<String>, BindError> {
        if self.aspect_heads { aspect_names(selection) } else { Ok(Vec::new()) }
    }

    fn summary(&self) -> &'static str {
        "scores of a segment: cumulative logit with shared or annotator-specific cutpoints, or Gaussian"
    }
}

/// The nearest number that the scale has. A scale is an interval, a normal distribution is not: what is
/// said beyond an end is that end.
fn on_scale(scale: Scale, number: f64) -> f64 {
    let Scale { low, high, levels } = scale;
    let within = number.clamp(low, high);
    match levels {
        None => within,
        Some(levels) => {
            let step = (high - low) / f64::from(levels - 1);
            (low + ((within - low) / step).round() * step).clamp(low, high)
        }
    }
}

impl Rating {
    fn levels(
        &self,
        selection: &Selection<'_>,
        origins: &[Origin],
        levels: usize,
        ratings: Ratings,
    ) -> Result<Levels, BindError> {
        let speakers = Speakers::new(origins);
        speakers.check(selection, self.cutpoints, "cutpoints")?;
        let cutpoints = OrdinalClasses::new(ratings.class_names());
        let rationality = Rationality::new(selection, self.rationality, origins)?;
        let sharing = self.cutpoints;
        Ok(Levels { sharing, cutpoints, levels, ratings, speakers, rationality })
    }

    /// Refuses options that contradict each other.
    fn check(&self, selection: &Selection<'_>) -> Result<(), BindError> {
        let gaussian = self.model == RatingModel::Gaussian;
        if self.aspect_heads && self.aspect.is_some() {
            return Err(selection.unfit(
                "`aspect-heads = true` uses all aspects and `aspect` only one: give one of them",
            ));
        }
        if gaussian && self.cutpoints == Sharing::PerAnnotator {
            return Err(selection.unfit(
                "`cutpoints = \"per-annotator\"` needs `model = \"cumulative-logit\"`: a Gaussian has no cutpoints",
            ));
        }
        if !gaussian && self.offset == Sharing::PerAnnotator {
            return Err(selection.unfit(
                "`offset = \"per-annotator\"` needs `model = \"gaussian\"`: for levels, use \
                 `cutpoints = \"per-annotator\"`",
            ));
        }
        if !gaussian && self.sd != LearnedOr::Learned {
            return Err(selection.unfit("`sd` needs `model = \"gaussian\"`"));
        }
        Ok(())
    }
}

struct Levels {
    sharing: Sharing,
    cutpoints: OrdinalClasses,
    levels: usize,
    ratings: Ratings,
    speakers: Speakers,
    rationality: Rationality,
}

const LOCATION: &str = "annotator-location";
const LOG_SCALE: &str = "annotator-log-scale";

impl FiniteChoice for Levels {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mut parameters = self.rationality.parameters();
        parameters.extend(self.cutpoints.parameters(&self.ratings.mass(self.levels, fitted_on)));
        if self.sharing == Sharing::PerAnnotator {
            let location = self.speakers.parameter(LOCATION, 1.0);
            parameters.push(location.meaning(ParameterRole::Cutpoints, ParameterScale::Linear));
            let scale = self.speakers.parameter(LOG_SCALE, 0.5);
            parameters.push(scale.meaning(ParameterRole::Cutpoints, ParameterScale::Log));
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        let scale = self.ratings.scale;
        let step = (scale.high - scale.low) / (self.levels - 1) as f64;
        let names = (0..self.levels).map(|level| (scale.low + level as f64 * step).to_string());
        ResponseSet::Labelled(names.collect())
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let mut shares = vec![0.0; self.levels];
        shares[self.ratings.level(statement)] = 1.0;
        shares
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let value = self.ratings.returns(scorer, statements);
        let classes = statements.iter().map(|&statement| self.ratings.list[statement].class);
        let mut cutpoints = self.cutpoints.cutpoints(response, classes, scorer.place);
        if self.sharing == Sharing::PerAnnotator {
            let of = |name: &str| {
                let deviation = self.speakers.deviation(response, name, statements, scorer.place);
                deviation.unsqueeze_dim::<3>(2)
            };
            cutpoints = cutpoints.scale(of(LOG_SCALE).exp()).shift(of(LOCATION));
        }
        let location = value.clone() * self.rationality.of(response, statements, scorer.place);
        Prediction { log_probabilities: cumulative_logit(location, cutpoints), value }
    }

    fn linear(&self, fitted_on: &[usize]) -> Option<LinearSource> {
        let mass = self.ratings.mass(self.levels, fitted_on);
        let cutpoints = self.cutpoints.parameters(&mass);
        let of = |(statement, rated): (usize, &Rated)| {
            let shares: Vec<f64> = self.observed(statement).into_iter().map(f64::from).collect();
            // A head of an aspect is another reward.
            self.ratings.heads[rated.class].is_none().then_some(())?;
            let location = LinearPredictor::of(LinearSpan::whole(rated.segment));
            let first = rated.class * (self.levels - 1);
            Some(LinearStatement::ordered(location, first, &shares))
        };
        let statements = self.ratings.list.iter().enumerate().map(of).collect::<Option<_>>()?;
        let columns = cutpoints.iter().flat_map(|of| columns_of(of, None)).collect();
        Some(LinearSource { columns, statements })
    }

    fn about(&self, statement: usize) -> About {
        let Rated { segment, value, class } = self.ratings.list[statement];
        About { value: Some(value), item: Some(item([segment, class])), ..About::default() }
    }

    fn said(&self, statement: usize) -> Option<Said> {
        Some(self.ratings.said(statement))
    }

    fn value_of(&self, _statement: usize, level: usize) -> Option<f64> {
        let medley_feedback::Scale { low, high, .. } = self.ratings.scale;
        Some(low + (high - low) * level as f64 / (self.levels - 1) as f64)
    }

    fn alike(&self, statement: usize) -> usize {
        self.ratings.list[statement].class
    }
}

struct Numbers {
    answers: GaussianResponse,
    ratings: Ratings,
    rationality: Rationality,
}

impl Density for Numbers {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mut parameters = self.rationality.parameters();
        parameters.extend(self.answers.parameters(fitted_on));
        parameters
    }

    fn observed(&self, statement: usize) -> f64 {
        self.answers.value(statement)
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> DensityPrediction {
        let value = self.ratings.returns(scorer, statements);
        let location = value.clone() * self.rationality.of(response, statements, scorer.place);
        let log_density = self.answers.log_density(scorer, response, location, statements);
        DensityPrediction { log_density, value }
    }

    fn item(&self, statement: usize) -> Option<u64> {
        let Rated { segment, class, .. } = self.ratings.list[statement];
        Some(item([segment, class]))
    }

    fn said(&self, statement: usize) -> Option<Said> {
        Some(self.ratings.said(statement))
    }

    fn alike(&self, statement: usize) -> usize {
        self.answers.class(statement)
    }

    fn drawn(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Option<Vec<f64>> {
        let location = self.ratings.returns(scorer, statements)
            * self.rationality.of(response, statements, scorer.place);
        Some(self.answers.drawn(scorer, response, location, statements, rng))
    }

    fn say(&mut self, statement: usize, number: f64) {
        self.answers.say(statement, number);
    }

    fn exchange(&mut self, from: &[usize]) -> bool {
        self.answers.exchange(from);
        true
    }
}

impl Ratings {
    /// Returns of what was rated, `[member, batch]`.
    fn returns(&self, scorer: &Scorer<'_>, statements: &[usize]) -> Tensor<2> {
        let picked = || statements.iter().map(|&i| &self.list[i]);
        let span = |rated: &Rated| SegmentSpan { segment: rated.segment, span: Span::Whole };
        let spans: Vec<_> = picked().map(span).collect();
        let heads: Vec<_> = picked().map(|rated| self.heads[rated.class]).collect();
        aspect_returns(scorer, &spans, &heads)
    }

    fn said(&self, statement: usize) -> Said {
        let Rated { segment, value, class } = self.list[statement];
        Said::Rating { candidate: segment as u32, aspect: class as u32, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, by, checked, control, surprise};
    use crate::kinds::rating::statements::tests::{rated, world};

    /// Cutpoints -1 and 1 as free parameters: the gap is softplus(ln(e^2 - 1)) = 2.
    const CUTPOINTS: [f32; 2] = [-1.0, 1.854_586_5];

    #[test]
    fn levels_by_hand() {
        let world = world(vec![rated("a", 3.0), rated("b", 1.0), rated("b", 2.0)]);
        let objective = world.bind(&Rating::default());
        let names = ["1", "2", "3"].map(str::to_owned).to_vec();
        assert_eq!(objective.responses(), ResponseSet::Labelled(names));
        // Returns 1.5 and -1.
        let response = world.response(&*objective, &[("cutpoints", &CUTPOINTS)]);
        let middle = 1.0 / (1.0 + (-2.0f64).exp()) - 0.5;
        let expected = [surprise(0.5), surprise(0.0), -middle.ln()];
        assert_close(&world.losses(&*objective, &response), &expected);
        let judgement = &world.judgements(&*objective, &response)[0];
        assert_eq!(judgement.answer.observed, [0.0, 0.0, 1.0]);
        assert_eq!((judgement.predicted_value, judgement.answer.value), (Some(1.5), Some(3.0)));
    }

    #[test]
    fn personal_cutpoints_by_hand() {
        let personal = |segment, value, name| feedback_of(segment, value, name);
        let world = world(vec![
            personal("a", 3.0, "ann"),
            personal("a", 3.0, "bob"),
            personal("b", 1.0, "ann"),
        ]);
        let options = Rating { cutpoints: Sharing::PerAnnotator, ..Rating::default() };
        let objective = world.bind(&options);
        let double = std::f32::consts::LN_2;
        let set: [(&str, &[f32]); 3] = [
            ("cutpoints", &CUTPOINTS),
            ("annotator-location", &[0.5, 0.0]),
            ("annotator-log-scale", &[0.0, double]),
        ];
        // Upper cutpoints 1 + 0.5 for ann and 2 * 1 for bob, and the return is 1.5; the lower one of ann
        // is -1 + 0.5, and the return -1.
        let response = world.response(&*objective, &set);
        let expected = [surprise(0.0), surprise(-0.5), surprise(0.5)];
        assert_close(&world.losses(&*objective, &response), &expected);
    }

    fn feedback_of(segment: &str, value: f64, name: &str) -> medley_feedback::Rating {
        medley_feedback::Rating { provenance: by(name), ..rated(segment, value) }
    }

    #[test]
    fn gaussian_by_hand() {
        let world = world(vec![rated("a", 3.0), rated("b", 1.0)]).with_members(2);
        let model = RatingModel::Gaussian;
        let fixed = Rating { model, sd: LearnedOr::Fixed(2.0), ..Rating::default() };
        let objective = world.bind(&fixed);
        let constant = 2.0f64.ln() + 0.5 * std::f64::consts::TAU.ln();
        // Locations 1.5 + 1 and -1 + 1, errors 0.5 and 1: squared error over 2 sd^2.
        let response = world.response(&*objective, &[("offset", &[1.0])]);
        let expected = [constant + 0.25 / 8.0, constant + 1.0 / 8.0];
        assert_close(&world.losses(&*objective, &response), &expected);

        let learned = world.bind(&Rating { model, ..Rating::default() });
        let set: [(&str, &[f32]); 2] = [("offset", &[1.0]), ("log-sd", &[std::f32::consts::LN_2])];
        let response = world.response(&*learned, &set);
        assert_close(&world.losses(&*learned, &response), &expected);
        // Moments of 3 and 1.
        assert_eq!(learned.parameters(&[0, 1])[1].initial, [2.0]);
        assert_eq!(learned.parameters(&[0, 1])[2].initial, [0.0]);
    }

    #[test]
    fn personal_offsets_by_hand() {
        let world = world(vec![
            feedback_of("a", 3.0, "ann"),
            feedback_of("a", 3.0, "bob"),
            rated("a", 2.0),
        ]);
        let (model, offset) = (RatingModel::Gaussian, Sharing::PerAnnotator);
        let sd = LearnedOr::Fixed(1.0);
        let objective = world.bind(&Rating { model, sd, offset, ..Rating::default() });
        let set: [(&str, &[f32]); 2] = [("offset", &[1.0]), ("annotator-offset", &[0.5, -1.0])];
        let losses = world.losses(&*objective, &world.response(&*objective, &set));
        // The return is 1.5: locations 3, 1.5 and 2.5.
        let constant = 0.5 * std::f64::consts::TAU.ln();
        assert_close(&losses, &[constant, constant + 1.5 * 1.5 / 2.0, constant + 0.125]);
        let nobody = super::statements::tests::world(vec![rated("a", 3.0)]);
        let error = nobody.refusal(&Rating { model, sd, offset, ..Rating::default() });
        assert!(error.contains("`offset = \"per-annotator\"` needs annotators"), "{error}");
    }

    #[test]
    fn aspects_address_their_heads() {
        let of = |aspect: &str, value| medley_feedback::Rating {
            aspect: Some(aspect.to_owned()),
            ..rated("a", value)
        };
        let mut world = world(vec![of("style", 3.0), rated("a", 3.0), of("fact", 1.0)]);
        let options = Rating { aspect_heads: true, ..Rating::default() };
        let error = world.refusal(&options);
        assert!(error.contains("aspect `fact` has no head"), "{error}");
        let aspects = options.aspects(&world.selection()).unwrap();
        assert_eq!(aspects, ["fact", "style"]);
        world.layout = medley_reward_model::HeadLayout::with_aspects(aspects);
        let world = world.with_heads(&[0.0, 1.0, 2.0]); // x sums to 1.5
        let objective = world.bind(&options);
        let set: [(&str, &[f32]); 3] = [
            ("cutpoints of overall", &CUTPOINTS),
            ("cutpoints of fact", &CUTPOINTS),
            ("cutpoints of style", &CUTPOINTS),
        ];
        let response = world.response(&*objective, &set);
        let expected = [surprise(3.0 - 1.0), surprise(4.5 - 1.0), surprise(-1.0 - 1.5)];
        assert_close(&world.losses(&*objective, &response), &expected);
    }

    #[test]
    fn contradictory_options_are_refused() {
        let world = world(vec![rated("a", 3.0)]);
        let gaussian = Rating { model: RatingModel::Gaussian, ..Rating::default() };
        for (options, message) in [
            (Rating { cutpoints: Sharing::PerAnnotator, ..gaussian.clone() }, "has no cutpoints"),
            (Rating { sd: LearnedOr::Fixed(0.0), ..gaussian.clone() }, "`sd` must be positive"),
            (gaussian, "all answers to learn from are 3, so no deviation can be learned"),
            (Rating { sd: LearnedOr::Fixed(1.0), ..Rating::default() }, "`sd` needs `model"),
            (Rating { offset: Sharing::PerAnnotator, ..Rating::default() }, "for levels, use"),
            (
                Rating { aspect: Some("a".into()), aspect_heads: true, ..Rating::default() },
                "give one of them",
            ),
            (Rating { cutpoints: Sharing::PerAnnotator, ..Rating::default() }, "needs annotators"),
        ] {
            let error = world.refusal(&options);
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn continuous_scales_need_the_gaussian() {
        let mut builder = control(&[("a", "e", &[1.0])]);
        let continuous = medley_feedback::Scale { low: 1.0, high: 3.0, levels: None };
        let rating = |value| medley_feedback::Rating { scale: continuous, ..rated("a", value) };
        builder.insert(checked(vec![rating(1.5), rating(2.5)]));
        let world = World::new(builder);
        let error = world.refusal(&Rating::default());
        assert!(error.contains("`model = \"gaussian\"`"), "{error}");
        let gaussian = Rating { model: RatingModel::Gaussian, ..Rating::default() };
        assert_eq!(world.bind(&gaussian).statements().len(), 2);
    }
}
