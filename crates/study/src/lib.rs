//! Whose preferences does a dataset hold, who is like whom, and whom does one choice for all serve?
//!
//! A [`StudySpec`] names a dataset with people, their feedback of any kinds, models of people and rules
//! of aggregation; [`study`] fits, chooses and audits, and gives tables, figures and a text.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod audit;
mod choose;
mod error;
mod figures;
mod groups;
mod items;
mod measure;
mod pairs;
mod paths;
mod report;
mod said;
mod served;
mod spec;
mod split;
mod study;
mod tables;
mod tagged;
mod usual;

pub use audit::{Audit, GroupCalibration, ModelAudit, Subject};
pub use choose::{Choice, Electorate, Members};
pub use error::StudyError;
pub use groups::{Grouping, LEAST};
pub use measure::Outcome;
pub use paths::Path;
pub use said::{SaidPair, Told};
pub use served::Served;
pub use spec::{AggregationSpec, CellNumbers, Study, StudySpec, StudySplit, Voices, Weights};
pub use split::Parts;
pub use study::{Checked, Found, check, study};
