//! What lies at a path, before anybody has said what it means.
//!
//! One file is a table, or episodes in HDF5. Several files, a folder and an archive are one table in
//! pieces, or text files whose lines belong together; what is neither is told file by file, and no guess
//! is made of it.

mod column;
mod command;
mod episodes;
mod kind;
mod line_files;
mod line_names;
mod pieces;
mod seen;
mod table;
mod tokens;
mod unlike;
mod walk;

pub use column::{Column, Shape};
pub use episodes::Episodes;
pub use line_files::Lines;
pub use line_names::LineFile;
pub use seen::{Seen, look_at};
pub use table::{Sight, look};
pub use tokens::{Tags, Words};
