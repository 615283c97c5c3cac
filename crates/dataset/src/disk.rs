//! A dataset as a folder: how it is opened, and how it is written, whole or in shards.

mod carry;
mod columns;
mod open;
mod own;
mod people;
mod place;
mod stage;
mod write_shards;
mod write_whole;

pub use open::Budget;
pub(crate) use open::read_card;
pub use write_shards::{DatasetWriter, ShardSize};
