//! What is each sentence worth, in each context and on the mean over them?

use super::context::{Context, shares};
use super::lexicon::Phrase;

/// Worth of the sentences of a lexicon.
pub(super) struct Utilities {
    /// Of each context, for each sentence.
    pub by_context: Vec<Vec<f64>>,
    /// On the mean over contexts, by their shares.
    pub mean: Vec<f64>,
}

impl Utilities {
    pub fn of(contexts: &[Context], phrases: &[Phrase]) -> Self {
        let of = |context: &Context| phrases.iter().map(|phrase| context.worth(phrase)).collect();
        let by_context: Vec<Vec<f64>> = contexts.iter().map(of).collect();
        let shares = shares(contexts);
        let mean = |phrase: usize| {
            let each = by_context.iter().zip(&shares);
            each.map(|(worth, share)| share * worth[phrase]).sum()
        };
        let mean = (0..phrases.len()).map(mean).collect();
        Self { by_context, mean }
    }
}
