//! A kind about steps of one page: blame or praise of a marked span, sound or with one defect.

use medley_adapter::{
    About, Adapter, BindError, ChoiceObjective, FiniteChoice, Objective, Prediction, Response,
    ResponseParameter, Scorer, SegmentSpan, Selection, item,
};
use medley_evaluation::ResponseSet;
use medley_feedback::{Critique, Polarity};
use medley_likelihood::ordinal::approval;
use medley_reward_model::Span;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Marked {
    Sound,
    /// Reads the first step of the span and no other.
    FirstStepOnly,
    /// Reads the whole segment and not the span.
    WholeSegment,
}

#[typetag::serde(name = "marked")]
impl Adapter for Marked {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<Critique>()?;
        let marks = records.iter().map(|(record, origin)| {
            let steps = record.steps().unwrap_or_default().map(|step| step as u32).collect();
            let praised = record.polarity == Polarity::Positive;
            Mark { segment: origin.segments[0] as usize, steps, praised }
        });
        let kind = Bound { defect: *self, marks: marks.collect() };
        Ok(Box::new(ChoiceObjective::new(records.into_statements(), kind)))
    }

    fn summary(&self) -> &'static str {
        "marked spans under test"
    }
}

struct Mark {
    segment: usize,
    steps: Vec<u32>,
    praised: bool,
}

struct Bound {
    defect: Marked,
    marks: Vec<Mark>,
}

impl FiniteChoice for Bound {
    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        vec![ResponseParameter::rationality()]
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Labelled(["blame", "praise"].map(str::to_owned).to_vec())
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        if self.marks[statement].praised { vec![0.0, 1.0] } else { vec![1.0, 0.0] }
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let span = |&statement: &usize| {
            let Mark { segment, steps, .. } = &self.marks[statement];
            let span = match self.defect {
                Marked::Sound => Span::Alone(steps),
                Marked::FirstStepOnly => Span::Alone(&steps[..1]),
                Marked::WholeSegment => Span::Whole,
            };
            SegmentSpan { segment: *segment, span }
        };
        let value = scorer.span_returns(&statements.iter().map(span).collect::<Vec<_>>());
        let location = value.clone() * response.rationality();
        let threshold = response.rationality().zeros_like();
        Prediction { log_probabilities: approval(location, threshold), value }
    }

    fn value_of(&self, _statement: usize, outcome: usize) -> Option<f64> {
        Some(outcome as f64)
    }

    fn about(&self, statement: usize) -> About {
        let Mark { segment, steps, praised } = &self.marks[statement];
        let of = std::iter::once(*segment).chain(steps.iter().map(|&step| step as usize));
        About {
            value: Some(f64::from(u8::from(*praised))),
            item: Some(item(of)),
            ..About::default()
        }
    }
}
