//! Exporters: one file a format.

mod crowd_kit_labels;
mod crowd_kit_pairwise;
mod export;
mod exporter;
mod halos;
mod nemo_rl;
mod trl_preference;
mod trl_unpaired;

pub use crowd_kit_labels::ExportCrowdKitLabels;
pub use crowd_kit_pairwise::ExportCrowdKitPairwise;
pub use exporter::{ExportError, ExportReport, Exporter};
pub use halos::ExportHalos;
pub use nemo_rl::ExportNemoRl;
pub use trl_preference::ExportTrlPreference;
pub use trl_unpaired::ExportTrlUnpaired;
