//! Items that many people labelled each, with who they are.

mod crehate;
mod crowd_kit_labels;
mod crowd_kit_pairwise;
mod dices;

pub use crehate::Crehate;
pub use crowd_kit_labels::{CrowdKitLabels, LabelKind};
pub use crowd_kit_pairwise::CrowdKitPairwise;
pub use dices::Dices;
