//! Lines, letters and colours: how a figure comes onto paper.

pub(crate) mod alt;
pub(crate) mod axis;
pub(crate) mod bar;
pub(crate) mod canvas;
pub(crate) mod cell;
mod figure;
pub(crate) mod header;
pub(crate) mod legend;
pub(crate) mod marker;
pub(crate) mod palette;
pub(crate) mod pdf;
pub(crate) mod png;
pub(crate) mod text;

pub use figure::Figure;
pub use pdf::{svg_to_pdf, write_pdfs};
