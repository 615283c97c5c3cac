//! Saved models: scores that are numbers, or an error that says what is wrong.

use medley_dataset::Dataset;
use medley_saved_model::{SavedModel, SavedModelError, Score};
use std::fs;
use std::path::Path;

/// Files of a model.
pub const FILES: [&str; 3] = ["model.toml", "model.safetensors", "standardizer.json"];

/// Scores of the segments by the model in a folder.
pub fn score(folder: &Path, dataset: &Dataset) -> Result<Vec<Score>, SavedModelError> {
    SavedModel::score(folder, dataset, None, 16, medley_plan::device("flex").unwrap())
}

/// The model of one folder in another, with one of its files replaced, and the hash that `model.toml` has of
/// it made to fit, so that what is behind the hash is reached.
pub fn replace(from: &Path, to: &Path, name: &str, broken: &[u8], is_hashed: bool) {
    fs::create_dir_all(to).unwrap();
    for file in FILES {
        if from.join(file).exists() {
            fs::copy(from.join(file), to.join(file)).unwrap();
        }
    }
    let sound = fs::read(from.join(name)).unwrap();
    fs::write(to.join(name), broken).unwrap();
    if is_hashed && name != "model.toml" {
        let text = fs::read_to_string(to.join("model.toml")).unwrap();
        let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
        fs::write(to.join("model.toml"), text.replace(&hash(&sound), &hash(broken))).unwrap();
    }
}

/// A number for each segment, or an error. The first byte says which file of the model the others are.
pub fn model(bytes: &[u8], sound: &Path, dataset: &Dataset) {
    let Some((&file, broken)) = bytes.split_first() else { return };
    let name = FILES[usize::from(file) % FILES.len()];
    let folder = tempfile::tempdir().unwrap();
    replace(sound, folder.path(), name, broken, true);
    match score(folder.path(), dataset) {
        Ok(scores) => {
            assert_eq!(scores.len(), dataset.segments().len());
            assert!(scores.iter().all(|it| it.mean.is_finite() && it.sd.is_finite()), "{scores:?}");
        }
        Err(error) => assert!(error.to_string().len() > 10, "{error}"),
    }
}
