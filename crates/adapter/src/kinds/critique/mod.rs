//! Adapter `critique`: remarks on steps, spans and whole segments, and the silence between them.
//!
//! One ordinal likelihood for all of them. A statement is a unit of a reviewed segment, and its
//! answer a level from blame over nothing to praise: `P(y <= k) = sigmoid(c_k - beta R(unit))`.
//! With steps as units this is the tagging of fine-grained reward models, but with the reward as
//! its only score. What is unmarked in a reviewed segment is an answer as well; without it, data
//! that only blame would be fitted best by a reward of minus infinity.
//!
//! Which remarks make which statements is in `statements.rs`.

mod options;
mod statements;

pub use options::{Critique, Silence, Unit};

use crate::answer::ordinal_classes::OrdinalClasses;
use crate::answer::speakers::Speakers;
use crate::objective::linear::columns_of;
use crate::{
    About, Adapter, Asked, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice,
    LinearPredictor, LinearSource, LinearStatement, Objective, Origin, Outcomes, ParameterRole,
    ParameterScale, Prediction, Rationality, Reply, Respondent, Response, ResponseParameter,
    Scorer, SegmentSpan, Selection, Sharing, aspect_returns, item,
};
use medley_evaluation::ResponseSet;
use medley_likelihood::ordinal::cumulative_logit;
use medley_reward_model::Span;
use statements::{Statement, Survey, level_name};

#[typetag::serde(name = "critique")]
impl Adapter for Critique {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let survey = Survey::of(self, selection)?;
        let (list, statements) = survey.statements(selection)?;
        let fitted = list.iter().zip(&statements.origins);
        let fitted = fitted.filter(|(_, origin)| origin.may_be_fitted());
        survey.check_contrast(selection, fitted.map(|(statement, _)| statement))?;
        let kind = self.bound(selection, survey, list, &statements.origins)?;
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    /// A review of each segment: every step is looked at, and those that are blamed or praised are
    /// marked.
    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let (survey, list, origins) = Survey::asked(self, asking)?;
        let levels = survey.levels.clone();
        let of: Vec<usize> = origins.iter().map(|origin| origin.record as usize).collect();
        let steps: Vec<u32> =
            list.iter().map(|one| one.steps.as_ref().map_or(0, |s| s[0])).collect();
        let kind = self.bound(&asking.selection, survey, list, &origins)?;
        let response = asking.response(&kind, steps.len(), respondent)?;
        // None: not reviewed. Silence about a step would say that nothing is wrong with it.
        let mut reviews: Vec<Option<Vec<(u32, i8)>>> = vec![Some(Vec::new()); asking.queries.len()];
        let all: Vec<usize> = (0..steps.len()).collect();
        asking.shown(&kind, &response, &all, |statement, log_probabilities| {
            let query = of[statement];
            let outcomes = Outcomes::Levels;
            let reply = respondent.choose(&Asked { query, log_probabilities, outcomes });
            match (reply, &mut reviews[query]) {
                (Reply::Outcome(level), Some(said)) => said.push((steps[statement], levels[level])),
                (_, review) => *review = None,
            }
        });
        let mut records = Vec::new();
        for (query, said) in asking.queries.iter().zip(&reviews) {
            let said =
                said.iter().flat_map(|said| statements::review(asking, query, self.severity, said));
            records.extend(said);
        }
        let unanswered = reviews.iter().filter(|said| said.is_none()).count();
        Ok(Elicited::several(records, unanswered)?)
    }

    fn aspects(&self, selection: &Selection<'_>) -> Result<Vec<String>, BindError> {
        if self.aspect_heads {
            Survey::of(self, selection).map(|survey| survey.aspects())
        } else {
            Ok(Vec::new())
        }
    }

    fn summary(&self) -> &'static str {
        "remarks on steps, spans and segments: cumulative logit, silence included, heads by aspect"
    }
}

impl Critique {
    fn bound(
        &self,
        selection: &Selection<'_>,
        survey: Survey,
        list: Vec<Statement>,
        origins: &[Origin],
    ) -> Result<BoundCritique, BindError> {
        let heads = survey.heads(selection)?;
        let cutpoints = OrdinalClasses::new(survey.class_names());
        let levels = survey.levels.iter().map(|&level| level_name(level, self.severity)).collect();
        let speakers = Speakers::new(origins);
        speakers.check(selection, self.cutpoints, "cutpoints")?;
        let rationality = Rationality::new(selection, self.rationality, origins)?;
        let sharing = self.cutpoints;
        Ok(BoundCritique { survey, heads, cutpoints, levels, list, sharing, speakers, rationality })
    }
}

struct BoundCritique {
    survey: Survey,
    heads: Vec<Option<usize>>, // of each class; none is the sum of all heads
    cutpoints: OrdinalClasses,
    levels: Vec<String>,
    list: Vec<Statement>,
    sharing: Sharing,
    speakers: Speakers,
    rationality: Rationality,
}

const LOCATION: &str = "annotator-location";

impl FiniteChoice for BoundCritique {
    fn is_asked(&self) -> bool {
        self.survey.is_about_everything()
    }

    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mass = self.survey.mass(fitted_on.iter().map(|&statement| &self.list[statement]));
        let mut parameters = self.rationality.parameters();
        parameters.extend(self.cutpoints.parameters(&mass));
        if self.sharing == Sharing::PerAnnotator {
            let location = self.speakers.parameter(LOCATION, 1.0);
            parameters.push(location.meaning(ParameterRole::Cutpoints, ParameterScale::Linear));
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Labelled(self.levels.clone())
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        self.list[statement].shares.iter().map(|&share| share as f32).collect()
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let picked = || statements.iter().map(|&i| &self.list[i]);
        let spans: Vec<SegmentSpan<'_>> = picked()
            .map(|statement| SegmentSpan {
                segment: statement.segment,
                span: statement.steps.as_deref().map_or(Span::Whole, Span::Alone),
            })
            .collect();
        let heads: Vec<_> = picked().map(|statement| self.heads[statement.class]).collect();
        let value = aspect_returns(scorer, &spans, &heads);
        let classes = picked().map(|statement| statement.class);
        let mut cutpoints = self.cutpoints.cutpoints(response, classes, scorer.place);
        if self.sharing == Sharing::PerAnnotator {
            let location = self.speakers.deviation(response, LOCATION, statements, scorer.place);
            cutpoints = cutpoints.shift(location.unsqueeze_dim::<3>(2));
        }
        let location = value.clone() * self.rationality.of(response, statements, scorer.place);
        Prediction { log_probabilities: cumulative_logit(location, cutpoints), value }
    }

    fn linear(&self, fitted_on: &[usize]) -> Option<LinearSource> {
        let mass = self.survey.mass(fitted_on.iter().map(|&statement| &self.list[statement]));
        let columns = self.cutpoints.parameters(&mass);
        let columns = columns.iter().flat_map(|of| columns_of(of, None)).collect();
        let of = |statement: &Statement| {
            // A head of an aspect is another reward.
            self.heads[statement.class].is_none().then_some(())?;
            let span = statement.steps.as_deref().map_or(Span::Whole, Span::Alone);
            let location = LinearPredictor::of(&SegmentSpan { segment: statement.segment, span });
            let first = statement.class * (self.levels.len() - 1);
            Some(LinearStatement::ordered(location, first, &statement.shares))
        };
        let statements = self.list.iter().map(of).collect::<Option<_>>()?;
        Some(LinearSource { columns, statements })
    }

    fn about(&self, statement: usize) -> About {
        let Statement { segment, steps, class, shares } = &self.list[statement];
        let mean = shares.iter().enumerate().map(|(level, share)| level as f64 * share).sum();
        let steps = steps.iter().flatten().map(|&step| step as usize);
        let item = item([*segment, *class].into_iter().chain(steps));
        About { value: Some(mean), item: Some(item), ..About::default() }
    }

    fn value_of(&self, _statement: usize, level: usize) -> Option<f64> {
        Some(level as f64)
    }

    fn alike(&self, statement: usize) -> usize {
        self.list[statement].class
    }
}

#[cfg(test)]
mod tests {
    use super::statements::tests::{blame, spanned, world};
    use super::*;
    use crate::fixture::{assert_close, surprise};
    use medley_feedback::{Critique as Record, Polarity};

    #[test]
    fn tagging_by_hand() {
        // a has x = 0.5, -1, 2; step 1 is blamed. b has x = 1 and was found good.
        let neutral = Record::new("b".into(), Polarity::Neutral);
        let world = world(vec![spanned(blame("a"), 1, 2), neutral]).with_members(2);
        let objective = world.bind(&Critique::default());
        let names = ["negative", "neutral"].map(str::to_owned).to_vec();
        assert_eq!(objective.responses(), ResponseSet::Labelled(names));
        // One and a half of five (half an answer added on both sides) are negative.
        let initial = objective.parameters(&[0, 1, 2, 3])[1].initial[0];
        assert_close(&[f64::from(initial)], &[(1.5f64 / 3.5).ln()]);
        let response = world.response(&*objective, &[("cutpoints", &[-0.5])]);
        // P(negative) = sigmoid(-0.5 - x).
        let expected = [surprise(1.0), surprise(0.5), surprise(2.5), surprise(1.5)];
        assert_close(&world.losses(&*objective, &response), &expected);
        let judgements = world.judgements(&*objective, &response);
        assert_eq!(judgements[1].answer.observed, [1.0, 0.0]);
        assert_eq!(judgements[2].predicted_value, Some(2.0));
        assert_eq!(judgements[2].answer.value, Some(1.0));
    }

    #[test]
    fn whole_segments_have_cutpoints_of_their_own() {
        // An omission on a (return 1.5) and a blamed step; b was blamed in a step and is whole.
        let world = world(vec![blame("a"), spanned(blame("a"), 1, 2), spanned(blame("b"), 0, 1)]);
        let objective = world.bind(&Critique::default());
        let set: [(&str, &[f32]); 2] =
            [("cutpoints of steps", &[0.0]), ("cutpoints of segments", &[-1.0])];
        let response = world.response(&*objective, &set);
        let expected = [
            surprise(0.5),
            surprise(1.0),
            surprise(2.0),  // steps of a
            surprise(-2.5), // a as a whole: sigmoid(-1 - 1.5)
            surprise(-1.0), // step of b: sigmoid(-1)
            surprise(2.0),  // b as a whole, where nobody saw an omission
        ];
        assert_close(&world.losses(&*objective, &response), &expected);
    }

    #[test]
    fn aspects_address_their_heads() {
        let of = |aspect: &str, first, end| Record {
            aspect: Some(aspect.to_owned()),
            ..spanned(blame("a"), first, end)
        };
        let mut world = world(vec![of("style", 0, 1), of("fact", 1, 2)]);
        let options = Critique { aspect_heads: true, ..Critique::default() };
        let error = world.refusal(&options);
        assert!(error.contains("aspect `fact` has no head"), "{error}");
        let aspects = options.aspects(&world.selection()).unwrap();
        assert_eq!(aspects, ["fact", "style"]);
        world.layout = medley_reward_model::HeadLayout::with_aspects(aspects);
        let world = world.with_heads(&[9.0, 1.0, 2.0]);
        let objective = world.bind(&options);
        let set: [(&str, &[f32]); 2] =
            [("cutpoints of steps (fact)", &[0.0]), ("cutpoints of steps (style)", &[0.5])];
        let response = world.response(&*objective, &set);
        let expected = [
            surprise(0.5),
            surprise(1.0),
            surprise(2.0), // fact: x under head 1
            surprise(-0.5),
            surprise(-2.5),
            surprise(3.5), // style: 2 x under head 2
        ];
        assert_close(&world.losses(&*objective, &response), &expected);
    }
}
