//! How is a file read that somebody else may have put there?
//!
//! Only a regular file is: a FIFO waits for ever for a writer, and a device like `/dev/zero` never
//! ends. What is read as text to be understood at once, such as a TOML file, has a limit beside.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Bytes that a file of settings may have: a TOML file, a card, a state in JSON.
pub const SETTINGS: u64 = 16 << 20;

/// Refuses what is there and is no regular file. Links are followed.
///
/// # Errors
/// Nothing is there, or it is something else; the error says what.
pub fn check_regular(path: &Path) -> io::Result<()> {
    let found = fs::metadata(path)?.file_type();
    match (found.is_file(), found.is_dir()) {
        (true, _) => Ok(()),
        (_, true) => Err(refused("expected a file, found a folder".to_owned())),
        _ => Err(refused("expected a regular file, found a device, a pipe or a socket".to_owned())),
    }
}

/// Bytes of a regular file.
///
/// # Errors
/// It is none, or cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    check_regular(path)?;
    fs::read(path)
}

/// Text of a regular file of at most `most` bytes.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("settings.toml");
/// std::fs::write(&path, "a = 1")?;
/// assert_eq!(medley_whole_file::read_text(&path, 5)?, "a = 1");
/// assert!(medley_whole_file::read_text(&path, 4).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// It is no regular file, is larger, is not UTF-8, or cannot be read.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    check_regular(path)?;
    let mut text = String::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_string(&mut text)?;
    match text.len() as u64 > most {
        true => Err(refused(format!("expected at most {most} bytes, found more"))),
        false => Ok(text),
    }
}

fn refused(message: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Audit D8: `/dev/zero` filled the memory, and a FIFO hung.
    #[cfg(unix)]
    #[test]
    fn audit_d8_only_a_regular_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let said = |path: &Path| {
            let [text, bytes] = [read_text(path, 9).unwrap_err(), read(path).unwrap_err()];
            assert_eq!(text.to_string(), bytes.to_string());
            text.to_string()
        };
        let device = "expected a regular file, found a device, a pipe or a socket";
        assert_eq!(said(Path::new("/dev/zero")), device);
        assert_eq!(said(folder.path()), "expected a file, found a folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        assert_eq!(said(&link), device);
        let fifo = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        if made.is_ok_and(|status| status.success()) {
            assert_eq!(said(&fifo), device);
        }
        assert_eq!(read(&folder.path().join("gone")).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
