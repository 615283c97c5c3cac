//! The inputs in `fuzz/corpus`, one folder a target: by which libFuzzer reached what it reached, and which it
//! goes on from.

use super::bytes::{conversations, files, mappings, models, specs};
use crate::harness::Desk;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Calls `property` on each input of a target.
fn replay(target: &str, property: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut inputs: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    assert!(inputs.len() > 9, "{} has {} inputs", folder.display(), inputs.len());
    for input in inputs {
        let bytes = std::fs::read(&input).unwrap();
        let outcome = catch_unwind(AssertUnwindSafe(|| property(&bytes)));
        assert!(outcome.is_ok(), "{} fails", input.display());
    }
}

#[test]
fn inputs_of_the_corpora_are_read_soundly_or_refused_by_name() {
    replay("tables", files::table);
    replay("packed", files::packed);
    replay("hdf5", files::hdf5);
    replay("conversations", conversations::conversations);
    replay("mappings", mappings::mapping);
    replay("specs", |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            specs::spec(text);
        }
    });
    let desk = Desk::new();
    let (run, dataset) = (super::models::trained(&desk), super::models::dataset(&desk));
    replay("models", |bytes| models::model(bytes, &run, &dataset));
}
