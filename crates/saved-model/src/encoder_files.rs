//! Whether the files that an encoder reads are still the ones that a run was named by.

use crate::SavedModelError;
use medley_encoder::Encoder;

/// Compares the encoder's files with what they were when `since`.
///
/// # Errors
/// They differ, or cannot be read.
pub fn check_files(
    encoder: &dyn Encoder,
    expected: Option<&str>,
    since: &str,
) -> Result<(), SavedModelError> {
    let found = encoder.fingerprint()?;
    if found.as_deref() == expected {
        return Ok(());
    }
    let (expected, found) = (expected.unwrap_or("none"), found.as_deref().unwrap_or("none"));
    Err(SavedModelError::Broken {
        what: "encoder",
        reason: format!(
            "its files have changed since {since}; expected fingerprint {expected}, found {found}"
        ),
    })
}
