//! The nine kinds of feedback, one adapter a file.

pub(crate) mod approval;
pub(crate) mod comparison;
pub(crate) mod correction;
pub(crate) mod critique;
pub(crate) mod demonstration;
pub(crate) mod description;
pub(crate) mod ranking;
pub(crate) mod rating;
pub(crate) mod stop;
