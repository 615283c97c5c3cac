//! The command that looks at some files, for advice.

use std::path::{Path, PathBuf};

/// `medley init` of these files, as a shell takes it.
pub(super) fn command(files: &[PathBuf]) -> String {
    let files: Vec<String> = files.iter().map(|file| shell(file)).collect();
    format!("medley init {}", files.join(" "))
}

fn shell(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
