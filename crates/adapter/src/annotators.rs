//! Response parameters that each person has of their own, around a value that all share.
//!
//! A person's parameter is a deviation with a zero-mean prior. Whoever is anonymous, or speaks
//! only outside the training part, stays at the shared value; a table of plain values would answer
//! for strangers with numbers that nobody fitted.

use crate::{BindError, Binding};
use burn::tensor::Tensor;
use medley_feedback::AnnotatorId;
use medley_reward_model::Placement;
use serde::{Deserialize, Serialize};

/// Whether people have parameters of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// One value for all.
    #[default]
    Shared,
    /// A deviation for each annotator, shrunk towards the shared value.
    PerAnnotator,
}

/// Refuses `per-annotator` where nobody is named.
pub(crate) fn check_named(
    binding: &Binding<'_>,
    sharing: Sharing,
    option: &str,
    annotators: &[AnnotatorId],
) -> Result<(), BindError> {
    if sharing == Sharing::PerAnnotator && annotators.is_empty() {
        return Err(binding.unfit(format!(
            "`{option} = \"per-annotator\"` needs annotators, but no record names one: use \"shared\""
        )));
    }
    Ok(())
}

/// The deviation of whoever made each statement; 0 for the anonymous.
///
/// # Shapes
/// `[member, annotator]` to `[member, batch]`
pub(crate) fn by_annotator(
    deviations: Tensor<2>,
    annotators: impl Iterator<Item = Option<usize>>,
    place: &Placement,
) -> Tensor<2> {
    let [_, known] = deviations.dims();
    let nobody = deviations.zeros_like().narrow(1, 0, 1);
    let index = annotators.map(|annotator| annotator.unwrap_or(known) as i32).collect();
    Tensor::cat(vec![deviations, nobody], 1).select(1, place.indices(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::host;
    use crate::fixture::place;

    #[test]
    fn the_anonymous_deviate_by_nothing() {
        let deviations = place().tensor(vec![1.0, 2.0, 10.0, 20.0], [2, 2]);
        let gathered = by_annotator(deviations, [Some(1), None, Some(0)].into_iter(), &place());
        assert_eq!(host(gathered), [2.0, 0.0, 1.0, 20.0, 0.0, 10.0]);
    }
}
