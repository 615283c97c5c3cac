//! From text to runs, as pure functions.

mod identity;
mod listing;
mod ranges;
mod sweep;
mod text;
mod tuning;
mod variants;

use crate::{Content, ExperimentSpec, PlanError, RunPlan};
use std::path::Path;

/// Three sources, of which `b` and `c` are judged.
const SOUND: &str = r#"name = "x"
seeds = [0, 1]
[dataset]
path = "data"
encoder.hashed-ngrams = {}
[feedback.a]
adapter.comparison = {}
[feedback.b]
adapter.critique = {}
[feedback.c]
adapter.rating = {}
[mixing]
joint = {}
[training]
epochs = 7
[ablation]
protocol = "fixed"
[evaluation]
sources = ["b", "c"]
agreement = false
"#;

fn spec(text: &str) -> Result<ExperimentSpec, PlanError> {
    let file = Path::new("x.toml");
    let spec = ExperimentSpec::read(file, text)?;
    spec.check().map_err(|error| error.located(file, text))?;
    Ok(spec)
}

fn content() -> Content {
    Content {
        dataset_hash: Some("0123456789ab".to_owned()),
        encoder_fingerprint: None,
        generator_fingerprints: Default::default(),
    }
}

fn runs(text: &str) -> Vec<RunPlan> {
    spec(text).unwrap().runs(&content()).unwrap()
}

/// `SOUND` with one text in place of another, which it must hold.
fn with(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "`{from}` is not in the sound file");
    SOUND.replace(from, to)
}
