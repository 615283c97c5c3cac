//! The no-U-turn sampler: one transition, and what is adapted while a chain warms up.

mod metric;
mod phase;
mod step_size;
mod transition;
mod warmup;

pub use metric::{Metric, Moments};
pub use phase::Point;
pub use step_size::{StepSize, first_step};
pub use transition::{Trajectory, Transition};
pub use warmup::Warmup;
