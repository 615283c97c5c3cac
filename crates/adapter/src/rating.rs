//! Adapter `rating`: scores of one segment, as ordered levels or as numbers.
//!
//! The default takes levels for what they are, answers in an order, with learned cutpoints
//! (`medley_likelihood::ordinal`). The Gaussian is the squared error of multi-type-feedback: it
//! takes the scale to be even, and is there as the baseline and for continuous scales.

use crate::annotators::{by_annotator, check_named};
use crate::aspects::aspect_returns;
use crate::gaussian_response::GaussianResponse;
use crate::ordinal_classes::OrdinalClasses;
use crate::rating_statements::{Statement, Statements, aspect_names};
use crate::{
    Adapter, BindError, Binding, ChoiceObjective, Density, DensityObjective, DensityPrediction,
    FiniteChoice, LearnedOr, Objective, Prediction, Response, ResponseParameter, Scorer,
    SegmentSpan, Sharing,
};
use burn::tensor::Tensor;
use medley_evaluation::{Judgement, ResponseSet};
use medley_likelihood::ordinal::cumulative_logit;
use medley_reward_model::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options: how a rating is understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rating {
    /// What relates the return to the answer.
    pub model: RatingModel,
    /// Whether people use the scale in ways of their own: cutpoints `l_a + exp(s_a) c_k` for
    /// annotator `a`, with `l_a` in nats. Of the cumulative logit only.
    pub cutpoints: Sharing,
    /// Standard deviation of the Gaussian, in points of the scale.
    pub sd: LearnedOr,
    /// Use only the ratings of this aspect; none: only those of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    /// Whether each aspect addresses a head of its own, the whole the sum of all heads.
    pub aspect_heads: bool,
}

/// What relates the return to the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RatingModel {
    /// `P(y <= k) = sigmoid(c_k - beta R)` (McCullagh 1980).
    #[default]
    CumulativeLogit,
    /// `y ~ Normal(beta R + offset, sd)`: squared error.
    Gaussian,
}

#[typetag::serde(name = "rating")]
impl Adapter for Rating {
    fn bind(&self, binding: &Binding<'_>) -> Result<Box<dyn Objective>, BindError> {
        let statements = Statements::collect(self, binding)?;
        match self.model {
            RatingModel::CumulativeLogit => {
                let levels = statements.levels(binding)?;
                let mass = statements.mass(levels);
                Ok(Box::new(ChoiceObjective(Levels {
                    sharing: self.cutpoints,
                    cutpoints: OrdinalClasses::new(statements.class_names(), &mass),
                    levels,
                    statements,
                })))
            }
            RatingModel::Gaussian => {
                let values: Vec<(usize, f64)> =
                    statements.list.iter().map(|s| (s.class, s.value)).collect();
                let classes = statements.classes.len();
                let answers = GaussianResponse::new(
                    binding,
                    self.sd,
                    classes,
                    &values,
                    &statements.everywhere,
                )?;
                Ok(Box::new(DensityObjective(Numbers { answers, statements })))
            }
        }
    }

    fn aspects(&self, binding: &Binding<'_>) -> Result<Vec<String>, BindError> {
        if self.aspect_heads { aspect_names(binding) } else { Ok(Vec::new()) }
    }

    fn summary(&self) -> &'static str {
        "scores of a segment: cumulative logit with shared or personal cutpoints, or Gaussian"
    }
}

impl Rating {
    /// Refuses options that contradict each other.
    pub(crate) fn check(
        &self,
        binding: &Binding<'_>,
        annotators: &[medley_feedback::AnnotatorId],
    ) -> Result<(), BindError> {
        let gaussian = self.model == RatingModel::Gaussian;
        if self.aspect_heads && self.aspect.is_some() {
            return Err(binding.unfit(
                "`aspect-heads = true` uses all aspects and `aspect` only one: give one of them",
            ));
        }
        if gaussian && self.cutpoints == Sharing::PerAnnotator {
            return Err(binding.unfit(
                "`cutpoints = \"per-annotator\"` needs `model = \"cumulative-logit\"`: a Gaussian has no cutpoints",
            ));
        }
        if !gaussian && self.sd != LearnedOr::Learned {
            return Err(binding.unfit("`sd` needs `model = \"gaussian\"`"));
        }
        check_named(binding, self.cutpoints, "cutpoints", annotators)
    }
}

struct Levels {
    sharing: Sharing,
    cutpoints: OrdinalClasses,
    levels: usize,
    statements: Statements,
}

const LOCATION: &str = "annotator-location";
const LOG_SCALE: &str = "annotator-log-scale";

impl FiniteChoice for Levels {
    fn statements(&self) -> usize {
        self.statements.list.len()
    }

    fn clusters(&self, statement: usize) -> Vec<u32> {
        self.statements.list[statement].clusters.clone()
    }

    fn parameters(&self) -> Vec<ResponseParameter> {
        let mut parameters = vec![ResponseParameter::rationality()];
        parameters.extend(self.cutpoints.parameters());
        if self.sharing == Sharing::PerAnnotator {
            let zeros = || vec![0.0; self.statements.annotators];
            parameters.push(ResponseParameter::shrunk(LOCATION, zeros(), 0.0, 1.0));
            parameters.push(ResponseParameter::shrunk(LOG_SCALE, zeros(), 0.0, 0.5));
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        let scale = self.statements.scale;
        let step = (scale.high - scale.low) / (self.levels - 1) as f64;
        let names = (0..self.levels).map(|level| (scale.low + level as f64 * step).to_string());
        ResponseSet::Labelled(names.collect())
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let mut shares = vec![0.0; self.levels];
        shares[self.statements.level(&self.statements.list[statement])] = 1.0;
        shares
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let value = self.statements.returns(scorer, statements);
        let picked = || statements.iter().map(|&i| &self.statements.list[i]);
        let classes = picked().map(|statement| statement.class);
        let mut cutpoints = self.cutpoints.cutpoints(response, classes, scorer.place);
        if self.sharing == Sharing::PerAnnotator {
            let of = |name: &str| {
                let annotators = picked().map(|statement| statement.annotator);
                by_annotator(response.get(name), annotators, scorer.place).unsqueeze_dim::<3>(2)
            };
            cutpoints = cutpoints.scale(of(LOG_SCALE).exp()).shift(of(LOCATION));
        }
        let location = value.clone() * response.rationality();
        Prediction { log_probabilities: cumulative_logit(location, cutpoints), value }
    }

    fn describe(&self, statement: usize, judgement: &mut Judgement) {
        let statement = &self.statements.list[statement];
        judgement.observed_value = Some(statement.value);
        judgement.item = Some(statement.item());
    }

    fn dropped(&self) -> &BTreeMap<String, usize> {
        &self.statements.dropped
    }
}

struct Numbers {
    answers: GaussianResponse,
    statements: Statements,
}

impl Density for Numbers {
    fn statements(&self) -> usize {
        self.statements.list.len()
    }

    fn clusters(&self, statement: usize) -> Vec<u32> {
        self.statements.list[statement].clusters.clone()
    }

    fn parameters(&self) -> Vec<ResponseParameter> {
        let mut parameters = vec![ResponseParameter::rationality()];
        parameters.extend(self.answers.parameters());
        parameters
    }

    fn observed(&self, statement: usize) -> f64 {
        self.statements.list[statement].value
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> DensityPrediction {
        let value = self.statements.returns(scorer, statements);
        let picked = statements.iter().map(|&i| &self.statements.list[i]);
        let observed: Vec<(usize, f64)> = picked.map(|s| (s.class, s.value)).collect();
        let log_density = self.answers.log_density(scorer, response, value.clone(), &observed);
        DensityPrediction { log_density, value }
    }

    fn item(&self, statement: usize) -> Option<u64> {
        Some(self.statements.list[statement].item())
    }

    fn dropped(&self) -> &BTreeMap<String, usize> {
        &self.statements.dropped
    }
}

impl Statements {
    /// Returns of what was rated, `[member, batch]`.
    fn returns(&self, scorer: &Scorer<'_>, statements: &[usize]) -> Tensor<2> {
        let picked = || statements.iter().map(|&i| &self.list[i]);
        let span =
            |statement: &Statement| SegmentSpan { segment: statement.segment, span: Span::Whole };
        let spans: Vec<_> = picked().map(span).collect();
        let heads: Vec<_> = picked().map(|statement| self.heads[statement.class]).collect();
        aspect_returns(scorer, &spans, &heads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, by, checked, control, surprise};
    use crate::rating_statements::tests::{rated, world};

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
        assert_eq!(judgement.observed, [0.0, 0.0, 1.0]);
        assert_eq!((judgement.predicted_value, judgement.observed_value), (Some(1.5), Some(3.0)));
    }

    #[test]
    fn personal_cutpoints_by_hand() {
        let personal = |segment, value, name| feedback_of(segment, value, name);
        let world = world(vec![personal("a", 3.0, "ann"), personal("a", 3.0, "bob")]);
        let options = Rating { cutpoints: Sharing::PerAnnotator, ..Rating::default() };
        let objective = world.bind(&options);
        let double = std::f32::consts::LN_2;
        let set: [(&str, &[f32]); 3] = [
            ("cutpoints", &CUTPOINTS),
            ("annotator-location", &[0.5, 0.0]),
            ("annotator-log-scale", &[0.0, double]),
        ];
        // Upper cutpoints 1 + 0.5 for ann and 2 * 1 for bob; the return is 1.5.
        let response = world.response(&*objective, &set);
        let expected = [surprise(0.0), surprise(-0.5)];
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
        assert_eq!(learned.parameters()[1].initial, [2.0]);
        assert_eq!(learned.parameters()[2].initial, [0.0]);
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
        world.aspects = options.aspects(&world.binding()).unwrap();
        assert_eq!(world.aspects, ["fact", "style"]);
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
            (gaussian, "all answers are 3, so no deviation can be learned"),
            (Rating { sd: LearnedOr::Fixed(1.0), ..Rating::default() }, "`sd` needs `model"),
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
        assert_eq!(world.bind(&gaussian).statements(), 2);
    }
}
