//! What people can say about behaviour: records, ids and provenance, checked on construction.
//!
//! A record is a plain serde struct with public fields; it becomes usable by the rest of Medley
//! only as [`Checked`], which is made in one place and upholds every invariant of the record.
//! The alternative, private fields with getters on nine structs, hides the data that researchers
//! want to read and write.
//!
//! This crate knows neither tensors nor tables: a record states its own [`Column`]s, and the
//! dataset crate moves it to and from Parquet without knowing its kind.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod approval;
mod column;
mod comparison;
mod correction;
mod critique;
mod demonstration;
mod description;
mod id;
mod provenance;
mod ranking;
mod rating;
mod record;
mod record_error;
mod round_robin;
mod stop;

pub use approval::Approval;
pub use column::{Column, ColumnType};
pub use comparison::{Comparison, Strength, one_answer};
pub use correction::Correction;
pub use critique::{Critique, Polarity, Severity};
pub use demonstration::Demonstration;
pub use description::Description;
pub use id::{AnnotatorId, SegmentId};
pub use provenance::{Provenance, Role};
pub use ranking::Ranking;
pub use rating::{Rating, Scale};
pub use record::{Checked, Record};
pub use record_error::RecordError;
pub use round_robin::{RoundRobin, Triples};
pub use stop::Stop;

/// Version of the schema of dataset folders and of the records that [`Record::columns`] describes,
/// written into every card. Version 2 has a table of people; that of a folder of version 1 is
/// derived from its records.
pub const SCHEMA_VERSION: u32 = 2;
