//! Files of other projects: how they become a dataset, and how a dataset becomes them.
//!
//! One file, one format. An [`Importer`] reads rows ([`Row`]: a JSON object with its place,
//! whatever the file was) and puts groups, segments and records into a [`Draft`]. A row counts
//! whole or not at all: a draft whose row turns out to be wrong is thrown away, so that nothing
//! half-read stays behind under `--on-bad-row skip`.
//!
//! Nothing is binarized and nothing is dropped in silence: annotators, groups, votes, ties,
//! strengths and reasons are kept, and what a dataset cannot hold is counted in the
//! [`ImportReport`](medley_dataset::ImportReport) by reason.
#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(test)]
mod field;
#[cfg(test)]
mod fixture;
mod from;
mod guess;
mod importer;
#[cfg(test)]
mod models;
#[cfg(test)]
mod round_trip;
mod rows;
mod sight;
mod text;
mod to;

pub use from::{
    AdroitDoor, Arena, Columns, Crehate, CrowdKitLabels, CrowdKitPairwise, D4rl, Defacto, Dices,
    Halos, HelpSteer, HelpSteer2Preference, HelpSteer3, HhRlhf, LabelKind, MultiPref, Nectar,
    NemoAligner, NemoRl, Oasst, Overcooked, Prism, Prm800k, QaFeedback, Shp, StepLabels,
    SummarizeFromFeedback, Tables, TrlPreference, TrlStepwise, TrlUnpaired, UltraFeedback,
    UltraFeedbackBinarized, WmtMqm,
};
pub use guess::{Choice, FILL_IN, Fit, Guess, Line, RecordGuess, fits, guess, guess_lines};
pub use importer::{
    BadRows, Draft, EmptyTexts, Import, ImportError, Imported, Importer, Reading, Written,
    steps_of_chars,
};
pub use rows::{
    Dialect, Fields, Place, Row, each_row, filled, number, optional_number, optional_text, person,
    truth,
};
pub use sight::{
    Column, Episodes, LineFile, Lines, Seen, Shape, Sight, Tags, Words, look, look_at,
};
pub use to::{
    ExportCrowdKitLabels, ExportCrowdKitPairwise, ExportError, ExportHalos, ExportNemoRl,
    ExportReport, ExportTrlPreference, ExportTrlUnpaired, Exporter,
};

// Short names within the crate, for every importer and exporter.
use importer::attribute;
use rows::{Aside, content, hdf5, is_missing, json_text, place, shards, truth_of};
use text::{
    asked, leftover, lists, messages, named_fields, pairs, python_literal, rendered, role, said,
    shared_beginning, signed_preference, spoken, structured, turns,
};
