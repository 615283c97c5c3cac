//! The report page of an experiment: one HTML file that says what was asked, found and not found.
//!
//! [`Cover`] is what the tables do not hold (question, plan, data, machine); [`paper`] makes a [`Paper`] of it
//! and of tables, [`paper_of_text`] of it and of a summary as studies write one. Tables on the page are
//! [`Grid`]s, which are written as HTML, LaTeX and CSV alike, so that the three cannot disagree. The page asks
//! nothing of the network, and reads without its script.

mod behind;
mod bibliography;
mod cover;
mod disclosure;
mod document;
mod failures;
mod grid;
mod grid_html;
mod grid_text;
mod headline;
mod markdown;
mod method;
mod paper;
mod paper_of_text;
mod picture;
mod results;
mod runs;
mod sections;
mod study_rows;

pub use cover::{Cover, DataCard, Fact, Resampled};
pub use grid::{Column, Grid, Item, Line};
pub use method::{Citation, Method};
pub use paper::{Paper, paper};
pub use paper_of_text::paper_of_text;
pub use picture::Picture;
pub use study_rows::study_rows;
