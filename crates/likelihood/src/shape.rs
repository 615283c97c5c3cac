//! Which shapes may be combined in one likelihood?
//!
//! Broadcasting is refused here rather than left to the tensor library: `[batch]` against
//! `[batch, 1]` gives `[batch, batch]`, which mixes records and still trains.

use burn::tensor::{Bool, Tensor};

/// Panics unless a response-model parameter is shared (`[member, 1]`) or per record
/// (`[member, batch]`).
pub(crate) fn assert_parameter(name: &str, parameter: [usize; 2], returns: [usize; 2]) {
    let [member, batch] = returns;
    assert!(
        parameter == [member, 1] || parameter == [member, batch],
        "{name} has shape {parameter:?}, but returns of shape {returns:?} need \
         [{member}, 1] or [{member}, {batch}]"
    );
}

/// Panics unless two shapes are the same.
pub(crate) fn assert_same<const D: usize>(name: &str, found: [usize; D], expected: [usize; D]) {
    assert!(found == expected, "{name} has shape {found:?}, but the returns need {expected:?}");
}

/// Where a `[batch, option]` mask marks an option as absent, for every member.
///
/// # Shapes
///
/// `[batch, option]` to `[member, batch, option]`.
pub(crate) fn absent(mask: Tensor<2>, returns: [usize; 3]) -> Tensor<3, Bool> {
    let [_, batch, option] = returns;
    assert_same("mask", mask.dims(), [batch, option]);
    mask.lower_elem(0.5).unsqueeze_dim::<3>(0).expand(returns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_and_per_record_parameters_are_accepted() {
        assert_parameter("log_nu", [3, 1], [3, 5]);
        assert_parameter("log_nu", [3, 5], [3, 5]);
    }

    #[test]
    #[should_panic(expected = "log_nu has shape [5, 1], but returns of shape [3, 5]")]
    fn a_column_of_the_batch_is_refused() {
        assert_parameter("log_nu", [5, 1], [3, 5]);
    }
}
