//! One number that is known of a reward because the true one is.

use medley_evaluation::{Direction, Estimate};

/// A measure of a reward.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    /// What it is about, after [`TRUE_REWARD`](medley_report::TRUE_REWARD): a shifted world, a column of
    /// metadata, or nothing.
    pub about: Option<String>,
    pub metric: &'static str,
    pub unit: &'static str,
    pub direction: Direction,
    pub estimate: Estimate,
    /// What a reader has to know.
    pub note: Option<String>,
}

impl Measure {
    /// A number that has no interval of its own: it is computed and not estimated.
    pub fn exact(
        metric: &'static str,
        unit: &'static str,
        direction: Direction,
        value: f64,
    ) -> Self {
        let (low, high) = (f64::NAN, f64::NAN);
        let estimate = Estimate { value, low, high, n: 0, clusters: 0 };
        Self { about: None, metric, unit, direction, estimate, note: None }
    }
}
