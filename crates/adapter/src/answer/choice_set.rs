//! Sets of segments out of which some were chosen: their returns, padded to one shape.

use crate::Scorer;
use burn::tensor::Tensor;

/// Returns of the options of each set. Sets shorter than the longest are padded.
pub struct OptionReturns {
    /// `[member, batch, option]`, without rationality.
    pub returns: Tensor<3>,
    /// `[batch, option]`, 1 for an option, 0 for padding.
    pub mask: Tensor<2>,
}

/// Scores the options; a segment in several sets is scored once.
pub fn option_returns(scorer: &Scorer<'_>, sets: &[&[usize]]) -> OptionReturns {
    let (batch, longest) = (sets.len(), sets.iter().map(|set| set.len()).max().unwrap_or(0));
    let mut segments = Vec::with_capacity(batch * longest);
    let mut mask = Vec::with_capacity(batch * longest);
    for set in sets {
        // The padding repeats an option, so that it costs no further segment.
        segments.extend((0..longest).map(|option| *set.get(option).unwrap_or(&set[0])));
        mask.extend((0..longest).map(|option| if option < set.len() { 1.0 } else { 0.0 }));
    }
    let returns = scorer.returns(&segments);
    let [member, _] = returns.dims();
    OptionReturns {
        returns: returns.reshape([member, batch, longest]),
        mask: scorer.place.tensor(mask, [batch, longest]),
    }
}

/// Mean return of the chosen options minus that of the others, if there are any.
///
/// # Shapes
/// `returns` `[member, batch, option]`, one set size and one list of chosen positions for each
/// column; `[member, batch]`
pub fn advantage(scorer: &Scorer<'_>, returns: Tensor<3>, sets: &[(usize, &[usize])]) -> Tensor<2> {
    let [member, batch, longest] = returns.dims();
    let mut weights = vec![0.0; batch * longest];
    for (row, (size, chosen)) in weights.chunks_mut(longest).zip(sets) {
        row[..*size].fill(-1.0 / (size - chosen.len()).max(1) as f32);
        chosen.iter().for_each(|&option| row[option] = 1.0 / chosen.len() as f32);
    }
    let weights = scorer.place.tensor(weights, [1, batch, longest]);
    (returns * weights).sum_dim(2).reshape([member, batch])
}
