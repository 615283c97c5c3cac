//! Fits from outside of the crate.
#![allow(clippy::unwrap_used)]

mod calibration;
mod joint;
mod laplace;
mod projected;
mod related;
mod separate;
mod setting;
