//! Segments and feedback records on disk and in memory.
//!
//! A [`Dataset`] holds a table of steps, segments as windows into it, the groups (prompts or
//! episodes) that segments belong to, the [`People`] who gave feedback, and a table of records for
//! each kind of it. Kinds are not listed anywhere here: a record states its columns, and rows stay
//! plain maps until someone asks for them by type; the records are then kept for the next who asks.
//!
//! Wrong data is an error that names file, row and field. How files of other projects become a
//! dataset is not decided here: see `medley-formats`; nor how steps become features: see
//! `medley-encoder`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod always;
mod builder;
mod card;
mod content_hash;
mod dataset;
mod decoded;
mod disk;
mod edit;
mod error;
mod feedback;
mod fit;
mod flat_fields;
mod group;
mod hash;
mod is_there;
mod merge;
mod metadata;
mod name_index;
mod names;
pub mod parquet;
mod parse;
mod people;
mod person_rows;
mod question;
mod record_writer;
mod row_reader;
mod rows;
mod segment;
mod segment_row;
mod sentence;
mod shard;
mod split;
mod steps;
mod table;
mod table_column;
mod texts;
mod values;

pub use builder::DatasetBuilder;
pub use card::{Card, Domain, ImportReport};
pub use dataset::Dataset;
pub use disk::{Budget, DatasetWriter, ShardSize};
pub use edit::changed_sentences;
pub use error::DatasetError;
pub use group::Groups;
pub use merge::{Kind, Merge, MergeError, SameName};
pub use metadata::{Metadata, MetadataColumn, MetadataValue};
pub use names::Names;
pub use people::{People, PersonColumn, PersonIndex, PersonValues};
pub use person_rows::PersonValue;
pub use segment::Segments;
pub use sentence::{Sentence, sentences};
pub use split::{Part, Partition, Split, SplitBy, SplitError};
pub use texts::Texts;
pub use values::{Values, ValuesWriter, read_at};
