//! What holds of any bytes, one module for what is read; libFuzzer drives the same (`fuzz/`).

pub mod conversations;
pub mod files;
pub mod mappings;
pub mod models;
pub mod specs;
