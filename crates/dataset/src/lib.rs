//! Segments and feedback records on disk and in memory.
//!
//! A [`Dataset`] holds a table of steps, segments as windows into it, the groups (prompts or
//! episodes) that segments belong to, and a table of records for each kind of feedback. Kinds are
//! not listed anywhere here: a record states its columns, and rows stay plain maps until someone
//! asks for them by type.
//!
//! Wrong data is an error that names file, row and field. Nothing is dropped in silence: an
//! [`Importer`] reports what it kept and what it dropped, by reason.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adroit_door;
mod builder;
mod card;
mod dataset;
mod edit;
mod encoder;
mod error;
mod features;
mod fit;
mod group;
mod hashed_ngrams;
mod import;
mod length;
mod open;
mod overlap;
mod parquet;
mod qa_feedback;
mod rows;
mod segment;
mod sentence;
mod source;
mod split;
mod standardizer;
mod steps;
mod table;
mod words;
mod write;

pub use adroit_door::AdroitDoor;
pub use builder::DatasetBuilder;
pub use card::{Card, Domain, ImportReport};
pub use dataset::Dataset;
pub use encoder::{EncodeError, Encoder, StoredSteps};
pub use error::DatasetError;
pub use features::{FeatureError, Features};
pub use group::Groups;
pub use hashed_ngrams::HashedNgrams;
pub use import::{ImportError, Imported, Importer};
pub use length::length_features;
pub use qa_feedback::QaFeedback;
pub use segment::Segments;
pub use sentence::{Sentence, sentences};
pub use split::{Part, Partition, Split, SplitBy, SplitError};
pub use standardizer::Standardizer;
