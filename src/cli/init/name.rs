//! What are the dataset and the experiment of some files called?

use std::path::{Path, PathBuf};

/// The name of a file or folder without its endings, or what those of several begin with, in characters
/// that names of experiments have.
pub(super) fn name(sources: &[PathBuf]) -> String {
    let stems: Vec<String> = sources.iter().map(|source| stem(source)).collect();
    let stem = match stems.first() {
        Some(first) if stems.iter().all(|stem| stem == first) => first.clone(),
        _ => folder(sources),
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = stem.chars().map(plain).take(60).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "data".to_owned() } else { name.to_owned() }
}

fn stem(source: &Path) -> String {
    let file = source.canonicalize().unwrap_or_else(|_| source.to_owned());
    let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    file.trim_start_matches('.').split('.').next().unwrap_or_default().to_owned()
}

/// The name of the folder of the first file, if one is said, or else its own.
fn folder(sources: &[PathBuf]) -> String {
    let Some(first) = sources.first() else { return String::new() };
    let parent = first.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
    parent.map_or_else(|| stem(first), |name| name.split('.').next().unwrap_or_default().to_owned())
}
