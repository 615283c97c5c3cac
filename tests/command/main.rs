//! The `medley` command as a user meets it.
#![allow(clippy::unwrap_used)]

mod agreement;
mod audit;
mod bad_input;
mod blocks;
mod clusters;
mod descriptions;
mod doctor;
mod encoder_files;
mod field_guard;
mod field_tables;
mod fuzz;
mod harness;
mod init;
mod init_files;
mod interruption;
mod manners;
mod merge;
mod metadata;
mod mixing;
mod optimize;
mod people;
mod printed;
mod regression;
mod report;
mod reproduction;
mod sharing;
mod simulate;
mod sweep;
mod truth;
mod tuning;
mod verbs;
