#![no_main]

use libfuzzer_sys::fuzz_target;
use medley_dataset::Dataset;
use medley_fuzz::{models, without_abort};
use std::path::PathBuf;
use std::sync::LazyLock;

/// A trained model, and what it scores.
static SOUND: LazyLock<(PathBuf, Dataset)> = LazyLock::new(|| {
    let folder =
        |name| PathBuf::from(std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")));
    (folder("MEDLEY_FUZZ_MODEL"), Dataset::open(&folder("MEDLEY_FUZZ_DATASET")).unwrap())
});

fuzz_target!(init: without_abort(), |bytes: &[u8]| models::model(bytes, &SOUND.0, &SOUND.1));
