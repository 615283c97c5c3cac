//! How texts are read: messages and turns, where a prompt ends, fields by name.

pub(crate) mod leftover;
pub(crate) mod lists;
pub(crate) mod messages;
pub(crate) mod named_fields;
pub(crate) mod pairs;
pub(crate) mod python_literal;
pub(crate) mod shared_beginning;
pub(crate) mod signed_preference;
pub(crate) mod turns;
