//! Files that other training tools read, and tables whose columns the user names.

mod columns;
mod halos;
mod nemo_aligner;
mod nemo_rl;
mod tables;
mod trl_preference;
mod trl_stepwise;
mod trl_unpaired;

pub(crate) use columns::CellPath;
pub use columns::Columns;
pub use halos::Halos;
pub use nemo_aligner::NemoAligner;
pub use nemo_rl::NemoRl;
pub use tables::Tables;
pub use trl_preference::TrlPreference;
pub use trl_stepwise::{StepLabels, TrlStepwise};
pub use trl_unpaired::TrlUnpaired;
