//! Differences of runs that belong together: the same mix and seed, judged on the same statements.

mod comparison;
mod difference_row;
mod paired;
mod side;
mod told;

pub use comparison::{Comparison, Unpaired, compare};
pub use difference_row::{DifferenceRow, PairRow, write_differences, write_pairs};
pub use paired::{Paired, PairedInterval, paired};
pub use side::{Side, TestPart};
pub use told::{comparison_figures, comparison_summary};
