//! From records to a likelihood: what TOML names, what it is bound to, and what it is asked.

pub(crate) mod adapter;
pub(crate) mod asking;
pub(crate) mod bind_error;
pub(crate) mod candidates;
pub(crate) mod choice;
pub(crate) mod deal;
pub(crate) mod density;
pub(crate) mod draw;
pub(crate) mod elicit;
pub(crate) mod excerpt;
pub(crate) mod gather;
pub(crate) mod linear;
pub(crate) mod origin;
pub(crate) mod perspective;
pub(crate) mod reads;
pub(crate) mod response;
pub(crate) mod scorer;
pub(crate) mod select;
pub(crate) mod selection;
pub(crate) mod views;
