//! Errors of a file as a whole.

use crate::ImportError;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

pub(crate) fn unfit(file: &Path, expected: &str, found: &str) -> ImportError {
    ImportError::File {
        file: file.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

/// Runs a decoder that panics on some damaged files; that is caught here and in [`Caught`].
pub(crate) fn guarded<T>(
    file: &Path,
    what: &'static str,
    decode: impl FnOnce() -> T,
) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| ImportError::Damaged {
        file: file.to_owned(),
        what,
        message: GAVE_UP.to_owned(),
    })
}

const GAVE_UP: &str = "the decoder gave up";

/// A decoder that may panic on damaged input.
pub(crate) struct Caught<R>(pub R);

impl<R: io::Read> io::Read for Caught<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        catch_unwind(AssertUnwindSafe(|| self.0.read(buffer)))
            .unwrap_or_else(|_| Err(io::Error::other(GAVE_UP)))
    }
}

/// An error while reading: of the file system, or of what the file is packed as.
pub(crate) fn damaged(file: &Path, error: &io::Error) -> ImportError {
    ImportError::Damaged {
        file: file.to_owned(),
        what: "file",
        message: match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends in the middle".to_owned(),
            _ => error.to_string(),
        },
    }
}
