//! What holds of any bytes: the same as the tests have, driven by coverage.

#[path = "../tests/command/fuzz/bytes/conversations.rs"]
pub mod conversations;
#[path = "../tests/command/fuzz/bytes/files.rs"]
pub mod files;
#[path = "../tests/command/fuzz/bytes/mappings.rs"]
pub mod mappings;
#[cfg(feature = "models")]
#[path = "../tests/command/fuzz/bytes/models.rs"]
pub mod models;
#[cfg(feature = "models")]
#[path = "../tests/command/fuzz/bytes/specs.rs"]
pub mod specs;

/// Lets a panic that is caught go by, where libFuzzer's own hook would end the process: decoders of Parquet
/// and HDF5 panic on some damaged files, which the readers turn into errors.
pub fn without_abort() {
    std::panic::set_hook(Box::new(|told| {
        if std::env::var_os("MEDLEY_FUZZ_TELL").is_some() {
            eprintln!("{told}");
        }
    }));
}
