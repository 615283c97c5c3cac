//! What is wrong with a dataset, before anything is trained on it?
//!
//! A [`Case`] prepares a dataset once; each check is a function from it to [`Finding`]s, in a
//! separate file; [`examine`] calls them all. A finding is a count out of a total, with a share or
//! another value, an interval where the number is a statistic, and examples by id.
//! `docs/DOCTOR.md` explains each line, with its formula.
//!
//! Findings are plain rows, not one struct per check, so the table, the JSON and the figures need
//! not know the checks. Nothing here changes a dataset, and nothing is guessed: where annotators
//! are not named, agreement has no number.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod agreement;
mod annotators;
mod answer;
mod approvals;
mod attributes;
mod case;
mod ceilings;
mod contradictions;
mod corrections;
mod critiques;
mod cycles;
mod derived;
mod duplicates;
mod examine;
mod figures;
mod finding;
#[cfg(test)]
mod fixture;
mod identical;
mod length;
mod metadata;
mod normalize;
mod one_ranking;
mod prompts;
mod ratings;
mod records;
mod report;
mod said;
mod seconds;
mod segments;
mod side_bias;
mod sources;
mod splits;
mod ties;
mod tournament;

pub use answer::{Answer, Outcome};
pub use case::{Case, Options};
pub use examine::examine;
pub use figures::{Drawn, figures};
pub use finding::{Finding, Severity};
pub use medley_evaluation::people::{Level, Reliability};
pub use records::{Records, Unreadable};
pub use report::Report;
pub use said::{AllSaid, Said};
