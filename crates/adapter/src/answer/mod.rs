//! What kinds of feedback share: how an answer follows from a return, and what it was about.

pub(crate) mod aspects;
pub(crate) mod choice_set;
pub(crate) mod gaussian_response;
pub(crate) mod item;
pub(crate) mod learned_or;
pub(crate) mod one_value;
pub(crate) mod ordinal_classes;
pub(crate) mod rationality;
pub(crate) mod speakers;
pub(crate) mod watched;
