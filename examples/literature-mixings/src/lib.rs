//! Ways of mixing sources that were published for many tasks, each in one file, for TOML:
//! `mixing.uncertainty-weighted`, `mixing.gradient-projection`, `mixing.type-embedding`.
//!
//! Medley has none of them: they are baselines. Nothing in Medley is edited.

mod gradient_projection;
mod type_embedding;
mod uncertainty_weighted;

pub use gradient_projection::GradientProjection;
pub use type_embedding::TypeEmbedding;
pub use uncertainty_weighted::UncertaintyWeighted;

use burn::tensor::Tensor;
use medley::training::Step;

/// The losses of all sources in a step. `[1]`
fn sum(step: &Step<'_>) -> Tensor<1> {
    let each = step.terms.iter().map(|term| term.loss.clone().sum());
    each.reduce(|total, loss| total + loss).expect("a step has at least one source")
}
