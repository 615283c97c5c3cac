//! Adapter `correction`: what a person made of a segment, against what it was.
//!
//! `P(corrected) = sigmoid(beta (R_corrected - R_original) - margin * share)`. By default the
//! difference is carried by the steps that the edit changed: an edit says nothing about what it
//! left alone, and with mean returns a whole-segment difference would blame those steps for the
//! change of length.

use crate::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, LinearPredictor,
    LinearSource, LinearSpan, LinearStatement, LinearSteps, Objective, Origin, Outcomes,
    Prediction, Rationality, Reply, Respondent, Response, ResponseParameter, Scorer, SegmentSpan,
    Selection, Sharing, Statements, item,
};
use medley_evaluation::ResponseSet;
use medley_feedback as feedback;
use medley_likelihood::improvement::improvement;
use medley_reward_model::Span;
use serde::{Deserialize, Serialize};

/// Options: how a correction is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Correction {
    /// Which steps carry the difference. Corrections without recorded changes are compared as
    /// whole segments, and noted.
    pub steps: CorrectedSteps,
    /// What an edit has to gain before it is made, in nats for an edit of everything. An edit of
    /// a share of the steps (those changed on both sides, of all steps on both sides) has to gain
    /// that share of it.
    pub margin: f64,
    /// Whether people differ in how closely their edits follow returns.
    pub rationality: Sharing,
}

/// Which steps carry the difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectedSteps {
    /// Those that the edit removed, added or rewrote, with the weights of the whole return.
    #[default]
    Changed,
    /// All of them.
    All,
}

#[typetag::serde(name = "correction")]
impl Adapter for Correction {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        if !self.margin.is_finite() || self.margin < 0.0 {
            let found = self.margin;
            return Err(selection.unfit(format!("`margin` must be at least 0 nats, found {found}")));
        }
        let records = selection.records::<feedback::Correction>()?;
        let mut statements =
            Statements { dropped: records.dropped.clone(), ..Statements::default() };
        let mut edits = Vec::new();
        for (record, origin) in records.iter() {
            match Edit::new(selection, record, origin) {
                Some(edit) => {
                    edits.push(edit);
                    statements.origins.push(origin.clone());
                }
                None => statements.drop("change no step"),
            }
        }
        if edits.is_empty() {
            return Err(selection.empty::<feedback::Correction>(&statements.dropped));
        }
        if self.steps == CorrectedSteps::Changed {
            check_changes(selection, &edits)?;
            let whole = edits.iter().filter(|edit| edit.changed.is_none()).count();
            if whole > 0 {
                let note = "record no changed steps and are compared as wholes".to_owned();
                statements.notes.insert(note, whole);
            }
        }
        let rationality = Rationality::new(selection, self.rationality, &statements.origins)?;
        let kind = BoundCorrection { options: self.clone(), edits, rationality };
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn segments_asked(&self) -> usize {
        2
    }

    /// What somebody settles on is the corrected segment, and the other one what it was: with no margin
    /// a text that is left as it is says of the proposal what a proposal says of the text.
    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        if self.margin != 0.0 {
            return Err(asking.unfit(format!(
                "`margin = {}` cannot be simulated: a segment that is left as it is for the effort makes \
                 no record, so that the records would not be what the likelihood says. Use `margin = 0`",
                self.margin
            )));
        }
        let origins = asking.origins(2..=2)?;
        let edit = |origin: &Origin| {
            let segments = [origin.segments[0] as usize, origin.segments[1] as usize];
            Edit { segments, changed: None, share: 1.0 }
        };
        let edits = origins.iter().map(edit).collect();
        let rationality = Rationality::new(&asking.selection, self.rationality, &origins)?;
        let kind = BoundCorrection { options: self.clone(), edits, rationality };
        let replies = asking.replies(&kind, respondent, |_| Outcomes::Change)?;
        let records = asking.queries.iter().zip(replies).map(|(query, reply)| {
            let Reply::Outcome(settled) = reply else { return None };
            Some(feedback::Correction {
                original: asking.id(query, 1 - settled),
                corrected: asking.id(query, settled),
                changed_original: None,
                changed_corrected: None,
                reason: None,
                provenance: query.provenance.clone(),
            })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "edits against the original: improvement on the changed steps, with a margin for effort"
    }
}

fn check_changes(selection: &Selection<'_>, edits: &[Edit]) -> Result<(), BindError> {
    let changed = edits.iter().filter(|edit| edit.changed.is_some());
    changed
        .flat_map(|edit| edit.segments)
        .try_for_each(|segment| selection.check_steps(segment, "use `steps = \"all\"`"))
}

/// One correction; arrays are `[original, corrected]`.
struct Edit {
    segments: [usize; 2],
    changed: Option<[Vec<u32>; 2]>,
    share: f64, // of the steps of both sides that changed
}

impl Edit {
    /// None if the edit is known to change nothing.
    fn new(
        selection: &Selection<'_>,
        record: &feedback::Correction,
        origin: &Origin,
    ) -> Option<Self> {
        let segments = [origin.segments[0] as usize, origin.segments[1] as usize];
        let changed = record.changed_original.clone().zip(record.changed_corrected.clone());
        let changed = changed.map(|(original, corrected)| [original, corrected]);
        let share = match &changed {
            None => 1.0,
            Some([original, corrected]) => {
                let steps = |segment| selection.dataset.segments().steps(segment).len();
                let all = steps(segments[0]) + steps(segments[1]);
                (original.len() + corrected.len()) as f64 / all as f64
            }
        };
        (share > 0.0).then_some(Self { segments, changed, share })
    }

    fn span(&self, side: usize, steps: CorrectedSteps) -> SegmentSpan<'_> {
        let span = match (&self.changed, steps) {
            (Some(changed), CorrectedSteps::Changed) => Span::Part(&changed[side]),
            _ => Span::Whole,
        };
        SegmentSpan { segment: self.segments[side], span }
    }
}

struct BoundCorrection {
    options: Correction,
    edits: Vec<Edit>,
    rationality: Rationality,
}

impl FiniteChoice for BoundCorrection {
    fn is_asked(&self) -> bool {
        false
    }

    fn linear(&self, _fitted_on: &[usize]) -> Option<LinearSource> {
        // A margin is a number that nobody fits.
        let of = |edit: &Edit| {
            let [original, corrected] =
                [0, 1].map(|side| LinearSpan::from(&edit.span(side, self.options.steps)));
            let gain = LinearPredictor::difference(corrected.clone(), original.clone(), 1.0);
            let told = LinearStatement::binary(gain, 1.0);
            match original.steps == LinearSteps::Whole && corrected.steps == LinearSteps::Whole {
                true => told.about([corrected.segment, original.segment], 1.0, false),
                false => told,
            }
        };
        let statements = || self.edits.iter().map(of).collect();
        (self.options.margin == 0.0)
            .then(|| LinearSource { columns: Vec::new(), statements: statements() })
    }

    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        self.rationality.parameters()
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Exchangeable
    }

    fn observed(&self, _statement: usize) -> Vec<f32> {
        vec![0.0, 1.0]
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let picked = || statements.iter().map(|&statement| &self.edits[statement]);
        let spans: Vec<SegmentSpan<'_>> = [0, 1]
            .into_iter()
            .flat_map(|side| picked().map(move |edit| edit.span(side, self.options.steps)))
            .collect();
        let returns = scorer.span_returns(&spans); // [member, 2 * batch]
        let batch = statements.len();
        let value = returns.clone().narrow(1, batch, batch) - returns.narrow(1, 0, batch);
        let margin = picked().map(|edit| (self.options.margin * edit.share) as f32).collect();
        let margin = scorer.place.tensor(margin, [1, batch]);
        let difference = value.clone() * self.rationality.of(response, statements, scorer.place);
        Prediction { log_probabilities: improvement(difference, margin), value }
    }

    fn about(&self, statement: usize) -> About {
        let [original, corrected] = self.edits[statement].segments;
        // A difference of changed steps is no difference of two numbers, one for each segment.
        let whole = self.options.steps == CorrectedSteps::All;
        About {
            value: Some(1.0),
            antisymmetric: true,
            item: Some(item([original, corrected])),
            pair: whole.then_some((original as u32, corrected as u32)),
        }
    }

    fn value_of(&self, _statement: usize, outcome: usize) -> Option<f64> {
        Some(2.0 * outcome as f64 - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, checked, control, surprise};
    use medley_feedback::Provenance;

    fn edit(changed: Option<(&[u32], &[u32])>) -> feedback::Correction {
        feedback::Correction {
            original: "a".into(),
            corrected: "b".into(),
            changed_original: changed.map(|(original, _)| original.to_vec()),
            changed_corrected: changed.map(|(_, corrected)| corrected.to_vec()),
            reason: None,
            provenance: Provenance::default(),
        }
    }

    /// Step 1 of a (-2) becomes steps 1 and 2 of b (0.5 and 1).
    fn world(edits: Vec<feedback::Correction>) -> World {
        let mut builder = control(&[("a", "e", &[3.0, -2.0]), ("b", "e", &[4.0, 0.5, 1.0])]);
        builder.insert(checked(edits));
        World::new(builder)
    }

    #[test]
    fn changed_steps_by_hand() {
        let edits = vec![edit(Some((&[1], &[1, 2]))), edit(Some((&[], &[2]))), edit(None)];
        let world = world(edits).with_members(2);
        let objective = world.bind(&Correction { margin: 1.0, ..Correction::default() });
        let response = world.response(&*objective, &[]);
        // Shares 3/5 and 1/5 of all steps, and everything.
        let expected = [surprise(3.5 - 0.6), surprise(1.0 - 0.2), surprise(4.5 - 1.0)];
        assert_close(&world.losses(&*objective, &response), &expected);
        let judgement = &world.judgements(&*objective, &response)[0];
        assert_eq!(judgement.answer.observed, [0.0, 1.0]);
        assert_eq!((judgement.predicted_value, judgement.answer.value), (Some(3.5), Some(1.0)));
        assert!(judgement.answer.antisymmetric && judgement.answer.pair.is_none());
        let note = "record no changed steps and are compared as wholes";
        assert_eq!(objective.statements().notes, [(note.to_owned(), 1)].into());
    }

    #[test]
    fn all_steps_by_hand() {
        let world = world(vec![edit(Some((&[1], &[1, 2])))]);
        let objective =
            world.bind(&Correction { steps: CorrectedSteps::All, ..Correction::default() });
        let set: [(&str, &[f32]); 1] = [(crate::RATIONALITY, &[std::f32::consts::LN_2])];
        let response = world.response(&*objective, &set);
        assert_close(&world.losses(&*objective, &response), &[surprise(9.0)]);
        assert_eq!(world.judgements(&*objective, &response)[0].answer.pair, Some((0, 1)));
        assert!(objective.statements().notes.is_empty());
    }

    #[test]
    fn edits_that_change_nothing_are_counted() {
        let nothing = || edit(Some((&[], &[])));
        let error = world(vec![nothing()]).refusal(&Correction::default());
        assert!(error.contains("1 change no step"), "{error}");
        let objective = world(vec![nothing(), edit(None)]).bind(&Correction::default());
        assert_eq!(
            (objective.statements().len(), objective.statements().dropped["change no step"]),
            (1, 1)
        );
    }

    #[test]
    fn negative_margins_are_refused() {
        let options = Correction { margin: -1.0, ..Correction::default() };
        let error = world(vec![edit(None)]).refusal(&options);
        assert!(error.contains("`margin` must be at least 0 nats, found -1"), "{error}");
    }
}
