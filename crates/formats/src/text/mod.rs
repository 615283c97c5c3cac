//! How texts are read: messages and turns, where a prompt ends, lists and objects in cells, fields by name.

pub(crate) mod asked;
#[cfg(test)]
mod conversation_tests;
pub(crate) mod leftover;
pub(crate) mod lists;
pub(crate) mod messages;
pub(crate) mod named_fields;
pub(crate) mod pairs;
pub(crate) mod python_literal;
pub(crate) mod rendered;
pub(crate) mod role;
pub(crate) mod said;
pub(crate) mod shared_beginning;
pub(crate) mod signed_preference;
pub(crate) mod spoken;
pub(crate) mod structured;
pub(crate) mod turns;
