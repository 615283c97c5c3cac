//! A dataset as a folder: how it is opened, and how it is written, whole or in shards.

mod carry;
mod columns;
mod open;
mod outline;
mod own;
mod people;
mod place;
mod segment_metadata;
mod stage;
mod text_rows;
mod write_shards;
mod write_whole;

pub use open::Budget;
pub(crate) use open::read_card;
pub(crate) use write_shards::CheckRecords;
pub use write_shards::{DatasetWriter, ShardSize};
