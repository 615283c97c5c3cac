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

mod adroit_door;
mod arena;
mod columns;
mod content;
#[cfg(test)]
mod content_tests;
mod crehate;
mod crowd_kit_labels;
mod crowd_kit_pairwise;
mod d4rl;
mod defacto;
mod delimited;
mod dices;
mod draft;
mod error;
mod export;
mod export_crowd_kit_labels;
mod export_crowd_kit_pairwise;
mod export_halos;
mod export_nemo_rl;
mod export_trl_preference;
mod export_trl_unpaired;
mod exporter;
mod fields;
#[cfg(test)]
mod fixture;
mod halos;
mod hdf5;
mod helpsteer;
mod helpsteer2_preference;
mod helpsteer3;
mod hh_rlhf;
mod import;
mod importer;
mod json_rows;
mod kitchen;
mod leftover;
mod messages;
mod multipref;
mod named_fields;
mod nectar;
mod nemo_aligner;
mod nemo_rl;
mod oasst;
mod overcooked;
mod pairs;
mod parquet_rows;
mod people;
mod place;
mod prism;
mod python_literal;
mod qa_feedback;
mod reading;
#[cfg(test)]
mod round_trip;
mod rows;
mod shared_beginning;
mod shp;
mod signed_preference;
mod summarize_from_feedback;
mod tables;
mod trl_preference;
mod trl_stepwise;
mod trl_unpaired;
mod turns;
mod ultrafeedback;
mod ultrafeedback_binarized;
mod uni_rlhf;
mod wmt_mqm;

pub use adroit_door::AdroitDoor;
pub use arena::Arena;
pub use columns::Columns;
pub use crehate::Crehate;
pub use crowd_kit_labels::{CrowdKitLabels, LabelKind};
pub use crowd_kit_pairwise::CrowdKitPairwise;
pub use d4rl::D4rl;
pub use defacto::Defacto;
pub use dices::Dices;
pub use draft::{Draft, steps_of_chars};
pub use error::ImportError;
pub use export_crowd_kit_labels::ExportCrowdKitLabels;
pub use export_crowd_kit_pairwise::ExportCrowdKitPairwise;
pub use export_halos::ExportHalos;
pub use export_nemo_rl::ExportNemoRl;
pub use export_trl_preference::ExportTrlPreference;
pub use export_trl_unpaired::ExportTrlUnpaired;
pub use exporter::{ExportError, ExportReport, Exporter};
pub use fields::{filled, number, optional_number, optional_text, text_list, truth};
pub use halos::Halos;
pub use helpsteer::HelpSteer;
pub use helpsteer2_preference::HelpSteer2Preference;
pub use helpsteer3::HelpSteer3;
pub use hh_rlhf::HhRlhf;
pub use import::{Import, Imported};
pub use importer::Importer;
pub use multipref::MultiPref;
pub use nectar::Nectar;
pub use nemo_aligner::NemoAligner;
pub use nemo_rl::NemoRl;
pub use oasst::Oasst;
pub use overcooked::Overcooked;
pub use place::{Place, Row};
pub use prism::Prism;
pub use qa_feedback::QaFeedback;
pub use reading::{BadRows, Reading};
pub use rows::{Dialect, each_row};
pub use shp::Shp;
pub use summarize_from_feedback::SummarizeFromFeedback;
pub use tables::Tables;
pub use trl_preference::TrlPreference;
pub use trl_stepwise::TrlStepwise;
pub use trl_unpaired::TrlUnpaired;
pub use ultrafeedback::UltraFeedback;
pub use ultrafeedback_binarized::UltraFeedbackBinarized;
pub use wmt_mqm::WmtMqm;
