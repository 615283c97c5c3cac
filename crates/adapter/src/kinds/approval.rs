//! Adapter `approval`: thumbs up or down, a scale of two levels.
//!
//! `P(up) = sigmoid(beta R - threshold)`. The threshold is what a person expects of a segment;
//! without it the reward would have to be 0 at the boundary, for every person at the same place.

use crate::answer::one_value::one_value;
use crate::objective::linear::columns_of;
use crate::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, LinearPredictor,
    LinearSource, LinearSpan, LinearStatement, Objective, Origin, Outcomes, ParameterRole,
    ParameterScale, Prediction, Rationality, Records, Reply, Respondent, Response,
    ResponseParameter, Scorer, Selection, Sharing, Speakers, item,
};
use medley_evaluation::{ResponseSet, Said};
use medley_feedback as feedback;
use medley_likelihood::ordinal::approval;
use serde::{Deserialize, Serialize};

/// Options: how an approval is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Approval {
    /// Whether people have thresholds of their own, in nats around the shared one.
    pub threshold: Sharing,
    /// Whether people differ in how closely their answers follow returns.
    pub rationality: Sharing,
}

#[typetag::serde(name = "approval")]
impl Adapter for Approval {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Approval>()?;
        check_both(selection, &records)?;
        let votes = records.iter().map(|(record, origin)| Vote {
            segment: origin.segments[0] as usize,
            up: record.approval,
        });
        let votes = votes.collect();
        let statements = records.into_statements();
        let kind = self.bound(selection, &statements.origins, votes)?;
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let origins = asking.origins(1..=1)?;
        let votes = origins.iter().map(|one| Vote { segment: one.segments[0] as usize, up: 0.0 });
        let kind = self.bound(&asking.selection, &origins, votes.collect())?;
        let replies = asking.replies(&kind, respondent, |_| Outcomes::Levels)?;
        let records = asking.queries.iter().zip(replies).map(|(query, reply)| {
            let Reply::Outcome(up) = reply else { return None };
            Some(feedback::Approval {
                segment: asking.id(query, 0),
                approval: up as f64,
                reason: None,
                provenance: query.provenance.clone(),
            })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "thumbs up or down: logistic in the return, with a shared or annotator-specific threshold"
    }
}

impl Approval {
    fn bound(
        &self,
        selection: &Selection<'_>,
        origins: &[Origin],
        votes: Vec<Vote>,
    ) -> Result<BoundApproval, BindError> {
        let speakers = Speakers::new(origins);
        speakers.check(selection, self.threshold, "threshold")?;
        let rationality = Rationality::new(selection, self.rationality, origins)?;
        Ok(BoundApproval { options: self.clone(), votes, speakers, rationality })
    }
}

/// Approvals that are all the same say nothing of one segment that they do not say of every other.
fn check_both(
    selection: &Selection<'_>,
    records: &Records<feedback::Approval>,
) -> Result<(), BindError> {
    let count = records.fitted().count();
    match one_value(records.fitted().map(|record| record.approval)) {
        None => Ok(()),
        Some(value) => {
            let said = match value {
                1.0 => "up".to_owned(),
                0.0 => "down".to_owned(),
                share => format!("{share} up"),
            };
            Err(selection.unfit(format!(
                "all {count} approvals to learn from are {said}: with nothing to contrast them with, \
                 they say nothing about the reward"
            )))
        }
    }
}

struct Vote {
    segment: usize,
    up: f64,
}

struct BoundApproval {
    options: Approval,
    votes: Vec<Vote>,
    speakers: Speakers,
    rationality: Rationality,
}

const THRESHOLD: &str = "threshold";
const DEVIATION: &str = "annotator-threshold";

impl FiniteChoice for BoundApproval {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let count = fitted_on.len() as f64;
        let up: f64 = fitted_on.iter().map(|&statement| self.votes[statement].up).sum();
        // The optimum at a reward of 0, with half an answer added to either side.
        let start = -((up + 0.5) / (count - up + 0.5)).ln() as f32;
        let mut parameters = self.rationality.parameters();
        parameters.push(
            ResponseParameter::shrunk(THRESHOLD, vec![start], 0.0, 3.0)
                .meaning(ParameterRole::Threshold, ParameterScale::Linear),
        );
        if self.options.threshold == Sharing::PerAnnotator {
            let deviation = self.speakers.parameter(DEVIATION, 1.0);
            parameters.push(deviation.meaning(ParameterRole::Threshold, ParameterScale::Linear));
        }
        parameters
    }

    fn linear(&self, fitted_on: &[usize]) -> Option<LinearSource> {
        let parameters = self.parameters(fitted_on);
        let threshold = parameters.iter().find(|parameter| parameter.name == THRESHOLD)?;
        let of = |vote: &Vote| {
            let above = LinearPredictor::of(LinearSpan::whole(vote.segment)).and(0, -1.0);
            LinearStatement::binary(above, vote.up)
        };
        let columns = columns_of(threshold, None);
        Some(LinearSource { columns, statements: self.votes.iter().map(of).collect() })
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Labelled(vec!["down".to_owned(), "up".to_owned()])
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let up = self.votes[statement].up;
        vec![(1.0 - up) as f32, up as f32]
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let segments: Vec<usize> = statements.iter().map(|&s| self.votes[s].segment).collect();
        let value = scorer.returns(&segments);
        let location = value.clone() * self.rationality.of(response, statements, scorer.place);
        let shared = response.get(THRESHOLD);
        let threshold = match self.options.threshold {
            Sharing::Shared => shared,
            Sharing::PerAnnotator => {
                shared + self.speakers.deviation(response, DEVIATION, statements, scorer.place)
            }
        };
        Prediction { log_probabilities: approval(location, threshold), value }
    }

    fn about(&self, statement: usize) -> About {
        let Vote { segment, up } = self.votes[statement];
        About { value: Some(up), item: Some(item([segment])), ..About::default() }
    }

    fn value_of(&self, _statement: usize, outcome: usize) -> Option<f64> {
        Some(outcome as f64)
    }

    fn said(&self, statement: usize) -> Option<Said> {
        let Vote { segment, up } = self.votes[statement];
        Some(Said::Rating { candidate: segment as u32, aspect: 0, value: up })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, by, checked, control, surprise};
    use medley_feedback::Provenance;

    fn vote(segment: &str, approval: f64, provenance: Provenance) -> feedback::Approval {
        feedback::Approval { segment: segment.into(), approval, reason: None, provenance }
    }

    fn world(votes: Vec<feedback::Approval>) -> World {
        let mut builder = control(&[("a", "e", &[0.5, 1.0]), ("b", "f", &[-1.0])]);
        builder.insert(checked(votes));
        World::new(builder)
    }

    #[test]
    fn shared_threshold_by_hand() {
        let anonymous = Provenance::default;
        let votes = vec![vote("a", 1.0, anonymous()), vote("b", 0.25, anonymous())];
        let world = world(votes);
        let objective = world.bind(&Approval::default());
        // 1.25 of 2 votes are up.
        let initial = objective.parameters(&[0, 1])[1].initial[0];
        assert!((f64::from(initial) + (1.75f64 / 1.25).ln()).abs() < 1e-6, "{initial}");
        // Returns 1.5 and -1, threshold 0.5.
        let response = world.response(&*objective, &[("threshold", &[0.5])]);
        let soft = 0.25 * surprise(-1.5) + 0.75 * surprise(1.5);
        assert_close(&world.losses(&*objective, &response), &[surprise(1.0), soft]);
        let judgement = &world.judgements(&*objective, &response)[1];
        assert_eq!(judgement.answer.observed, [0.75, 0.25]);
        assert_eq!((judgement.predicted_value, judgement.answer.value), (Some(-1.0), Some(0.25)));
    }

    #[test]
    fn personal_thresholds_by_hand() {
        let votes =
            vec![vote("a", 1.0, by("zoe")), vote("a", 0.0, by("ann")), vote("b", 1.0, by("zoe"))];
        let world = world(votes).with_members(2);
        let objective =
            world.bind(&Approval { threshold: Sharing::PerAnnotator, ..Approval::default() });
        // ann has 2 + 0.5, zoe -1 + 0.5, in the order of names.
        let set: [(&str, &[f32]); 2] =
            [("threshold", &[0.5]), ("annotator-threshold", &[2.0, -1.0])];
        let response = world.response(&*objective, &set);
        let expected = [surprise(2.0), surprise(1.0), surprise(-0.5)];
        assert_close(&world.losses(&*objective, &response), &expected);
    }

    /// After TRL pull request 1724.
    #[test]
    fn approvals_of_one_kind_are_refused() {
        let all = |approval| {
            let anonymous = Provenance::default;
            let votes = vec![vote("a", approval, anonymous()), vote("b", approval, anonymous())];
            world(votes).refusal(&Approval::default())
        };
        assert!(all(1.0).contains("all 2 approvals to learn from are up"), "{}", all(1.0));
        assert!(all(0.0).contains("all 2 approvals to learn from are down"), "{}", all(0.0));
        assert!(all(0.5).contains("are 0.5 up"), "{}", all(0.5));
    }

    #[test]
    fn personal_thresholds_need_people() {
        let world = world(vec![vote("a", 1.0, Provenance::default())]);
        let error =
            world.refusal(&Approval { threshold: Sharing::PerAnnotator, ..Approval::default() });
        assert!(error.contains("`threshold = \"per-annotator\"` needs annotators"), "{error}");
    }
}
