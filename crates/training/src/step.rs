//! The losses of one step: what every likelihood says of its statements under one forward pass.

use crate::response::ResponseTensors;
use crate::{Source, Step, Task, Term};
use burn::tensor::Tensor;
use medley_adapter::{Scorer, SegmentSpan};
use medley_reward_model::Span;

/// Statements of a step: the number of a source in the task, and which of its statements.
pub(crate) type Batch<'a> = (usize, &'a [usize]);

impl<'a> Step<'a> {
    /// The losses of `batches`, each statement weighed once, under one scorer for all or one for each
    /// of them.
    pub(crate) fn of(
        task: &'a Task<'a>,
        scorers: &[Scorer<'_>],
        people: &'a ResponseTensors,
        batches: &[Batch<'_>],
    ) -> Self {
        let term = |(&(number, batch), scorer): (&Batch<'_>, &Scorer<'_>)| {
            let Source { name, objective, train, .. } = &task.sources[number];
            let heads = task.further_heads(name);
            let seen = Task::seen(scorer, &heads);
            Term {
                source: name,
                loss: objective.losses(&seen, &people.of_source[number], batch),
                statements: train.len(),
                deviation: deviation(scorer, &heads, &task.sources[number], batch),
            }
        };
        Self {
            terms: batches.iter().zip(scorers.iter().cycle()).map(term).collect(),
            own: &people.of_source[task.sources.len()],
            statements: task.sources.iter().map(|source| source.train.len()).sum(),
            sources: task.sources.len(),
        }
    }
}

/// Returns under the head of a source alone of the segments that a batch is about.
/// `[member, segment]`
fn deviation(
    scorer: &Scorer<'_>,
    heads: &[usize],
    source: &Source,
    batch: &[usize],
) -> Option<Tensor<2>> {
    let &head = heads.first()?;
    let origins = &source.objective.statements().origins;
    let segments = batch.iter().flat_map(|&statement| &origins[statement].segments);
    let whole = |&segment: &u32| SegmentSpan { segment: segment as usize, span: Span::Whole };
    let spans: Vec<_> = segments.map(whole).collect();
    Some(scorer.head_span_returns(&spans, &vec![head; spans.len()]))
}
