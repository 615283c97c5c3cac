//! Best-worst scaling: a person sees several segments and names the best and the worst of them.
//!
//! Medley has no such kind. This crate adds it with one record file and one adapter file, an importer
//! for its survey files in a third, and a way of mixing sources in a fourth.
//! `src/main.rs` is the whole command line with it. Nothing in Medley is edited.

mod adapter;
mod importer;
mod mixing;
mod record;

pub use adapter::BestWorstAdapter;
pub use importer::BestWorstSurvey;
pub use mixing::EqualSources;
pub use record::BestWorst;
