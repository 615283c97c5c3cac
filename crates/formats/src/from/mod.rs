//! Importers: one file or folder a format, by what people were asked.

mod chat;
mod control;
mod crowd;
mod scores;
mod tools;

pub use chat::{Arena, HhRlhf, MultiPref, Nectar, Oasst, Prism, Shp};
pub use control::{AdroitDoor, D4rl, Overcooked};
pub use crowd::{Crehate, CrowdKitLabels, CrowdKitPairwise, Dices, LabelKind};
pub use scores::{
    Defacto, HelpSteer, HelpSteer2Preference, HelpSteer3, Prm800k, QaFeedback,
    SummarizeFromFeedback, UltraFeedback, UltraFeedbackBinarized, WmtMqm,
};
pub(crate) use tools::CellPath;
pub use tools::{
    Columns, Halos, NemoAligner, NemoRl, StepLabels, Tables, TrlPreference, TrlStepwise,
    TrlUnpaired,
};
