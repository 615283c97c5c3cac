//! How do the files of a report come to their place?

use std::path::Path;

use crate::ReportError;

/// Writes a file whole, or leaves what was there: [`medley_whole_file::write`].
///
/// # Errors
/// The file system refuses.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    medley_whole_file::write(path, bytes).map_err(ReportError::Write)
}
