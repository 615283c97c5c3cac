//! Aspects with a head of their own: which head, and the return under it.

use crate::{BindError, Scorer, SegmentSpan, Selection};
use burn::tensor::Tensor;

/// The head that scores `aspect`, by its position; none for the reward that all share.
///
/// # Errors
/// If the model has no head for it.
pub fn head_of(
    selection: &Selection<'_>,
    aspect: Option<&str>,
) -> Result<Option<usize>, BindError> {
    let Some(aspect) = aspect else { return Ok(None) };
    let head = selection.layout.aspect(aspect);
    let known = || match &selection.layout.aspects()[..] {
        [] => "none".to_owned(),
        aspects => aspects.join(", "),
    };
    head.map(Some).ok_or_else(|| {
        selection
            .unfit(format!("aspect `{aspect}` has no head; the model has heads for: {}", known()))
    })
}

/// Returns of spans, each under its head or, without one, under the view of the scorer.
///
/// # Shapes
/// `[member, span]`
pub fn aspect_returns(
    scorer: &Scorer<'_>,
    spans: &[SegmentSpan<'_>],
    heads: &[Option<usize>],
) -> Tensor<2> {
    let (headed, total): (Vec<usize>, Vec<usize>) =
        (0..spans.len()).partition(|&i| heads[i].is_some());
    if headed.is_empty() {
        return scorer.span_returns(spans);
    }
    let at = |positions: &[usize]| -> Vec<SegmentSpan<'_>> {
        positions.iter().map(|&i| spans[i].clone()).collect()
    };
    let of_heads: Vec<usize> = heads.iter().copied().flatten().collect();
    let under_heads = scorer.head_span_returns(&at(&headed), &of_heads);
    if total.is_empty() {
        return under_heads;
    }
    let both = Tensor::cat(vec![under_heads, scorer.span_returns(&at(&total))], 1);
    let mut place_of = vec![0; spans.len()];
    for (place, &i) in headed.iter().chain(&total).enumerate() {
        place_of[i] = place as i32;
    }
    both.select(1, scorer.place.indices(place_of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, control};
    use crate::objective::choice::host;
    use medley_reward_model::Span;

    #[test]
    fn heads_and_totals_keep_their_places() {
        let mut world = World::new(control(&[("a", "e", &[1.0, 2.0]), ("b", "e", &[5.0])]));
        let aspects = ["fact", "style"].map(str::to_owned).to_vec();
        world.layout = medley_reward_model::HeadLayout::with_aspects(aspects);
        let world = world.with_heads(&[1.0, 10.0, 100.0]);
        let span = |segment| SegmentSpan { segment, span: Span::Whole };
        let spans = [span(0), span(1), span(0), span(1)];
        let returns = aspect_returns(&world.scorer(), &spans, &[None, Some(2), Some(1), None]);
        assert_eq!(host(returns), [3.0 * 111.0, 500.0, 30.0, 555.0]);
    }
}
