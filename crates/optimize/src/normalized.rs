//! Where is a value between that of chance and the best?

use medley_evaluation::ReferenceValues;

/// `100 (value - uniform) / (best - uniform)`; none where best is not above uniform.
pub(crate) fn normalized(value: f64, best: f64, uniform: f64) -> Option<f64> {
    let scale = ReferenceValues::new(uniform, best).ok()?;
    scale.normalized(value).ok().map(|normalized| 100.0 * normalized)
}
