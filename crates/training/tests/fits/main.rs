//! Fits from outside of the crate.
#![allow(clippy::unwrap_used)]

mod calibration;
mod joint;
mod lab;
mod laplace;
mod last_layer;
mod nuts;
mod post_hoc;
mod projected;
mod related;
mod separate;
mod setting;
mod variational;
