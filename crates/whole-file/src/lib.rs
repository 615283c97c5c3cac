//! How does a file come to its place without a reader ever seeing half of it, and how is one read that
//! may be anything?
//!
//! It is written under another name beside its place, synced, renamed into place, and then the
//! folder is synced, so that after a power cut the old file or the new one is there, and a file that
//! was written later never without one that was written before. The name beside holds a number of the
//! process ([`process`]) and a counter: two processes, or two threads, that write the same file never write into each
//! other's, and the last one to rename wins.
//!
//! The file gets the mode that any new file gets (0666 without the umask), unlike one of the
//! `tempfile` crate, which only its owner can read. What is not done: no lock. What a killed process
//! left beside goes when whoever owns the folder asks for it ([`sweep`]).
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod exchange;
mod read;

pub use exchange::exchange;
pub use read::{SETTINGS, check_regular, read, read_text};

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Writes `bytes` to `path`, and makes the folder if there is none. After an error the old file is as
/// it was, and nothing of the new one is left; unless the error is that the folder cannot be synced,
/// when the new file is in its place and may be lost with the power.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("new/notes.txt");
/// medley_whole_file::write(&path, b"one")?;
/// medley_whole_file::write(&path, b"two")?;
/// assert_eq!(std::fs::read(&path)?, b"two");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// The file system refuses. The error is of the same kind as the system's, and its text names what
/// was tried and the file or folder at fault.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// [`write()`] for a file that need not fit in memory: `fill` writes it piece by piece.
///
/// # Errors
/// Those of [`write()`], and those of `fill`.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(cannot("make folder", folder))?;
    let beside = beside(path);
    let written = fill_and_sync(&beside, fill).map_err(cannot("write", path)).and_then(|()| {
        fs::rename(&beside, path).map_err(cannot("rename the new file to it", path))
    });
    if let Err(error) = written {
        // Best effort: the first error is the one to report.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    sync_folder(folder)
}

/// [`write()`] for a path that somebody names at the command line, which may be more than the place of
/// a file: a link is followed, and what is no plain file (a FIFO, a terminal, a link to nowhere) is
/// written into and not replaced.
///
/// # Errors
/// Those of [`write()`].
pub fn write_named(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {
            write(&fs::canonicalize(path).map_err(cannot("follow", path))?, bytes)
        }
        // Nothing lies there, not even a link.
        Err(_) if fs::symlink_metadata(path).is_err() => write(path, bytes),
        _ => File::create(path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(cannot("write", path)),
    }
}

/// Removes what processes that were killed left beside files of `folder`. For a folder that nobody
/// else writes to at the time: one whose lock is ours. What the system refuses to remove stays, and
/// does no other harm.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if is_partial(&entry.file_name().to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a name is of the form that [`write()`] gives a file on its way.
fn is_partial(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let numbers = || {
        let (rest, count) = name.strip_prefix('.')?.strip_suffix(".partial")?.rsplit_once('.')?;
        let (whole, process) = rest.rsplit_once('.')?;
        Some(!whole.is_empty() && is_number(process) && is_number(count))
    };
    numbers().unwrap_or(false)
}

/// A name beside `path` that no other writer uses.
fn beside(path: &Path) -> PathBuf {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    let count = WRITTEN.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}.{count}.partial", process()));
    path.with_file_name(name)
}

/// A number that no other process has, on this machine or on another that shares a folder with it: those
/// of two machines, or of two containers, often have the same id. It is in decimal digits: the process id
/// and the nanosecond at which it was first asked for.
pub fn process() -> &'static str {
    static NUMBER: OnceLock<String> = OnceLock::new();
    NUMBER.get_or_init(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        format!("{}{:09}", std::process::id(), since.subsec_nanos())
    })
}

/// The bytes are on the disk before the file is renamed: some file systems report a full disk late.
fn fill_and_sync(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut file =
        BufWriter::new(OpenOptions::new().write(true).create(true).truncate(true).open(path)?);
    fill(&mut file)?;
    file.flush()?;
    file.get_ref().sync_all()
}

/// Sees to it that the names in a folder are on the disk, after files came to it or went from it
/// otherwise than by [`write()`]: what is renamed later is then never there without them. Done where
/// the system lets us: a folder that we may write and not read cannot be opened, and some network
/// file systems sync no folder.
///
/// # Errors
/// The file system refuses, with a text as that of [`write()`].
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), InvalidInput | PermissionDenied | Unsupported) => {
            Ok(())
        }
        synced => synced.map_err(cannot("sync folder", folder)),
    }
}

/// Nothing: elsewhere a folder cannot be opened as a file.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Says what was tried, and with which file.
fn cannot(action: &str, path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    move |error| {
        io::Error::new(error.kind(), format!("{}: cannot {action}: {error}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        fs::read_dir(folder).unwrap().map(|e| name(e).into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_a_failure_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/file.txt");
        write(&file, b"one").unwrap();
        write(&file, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        let taken = folder.path().join("new"); // a folder that is not empty cannot be replaced
        let error = write(&taken, b"three").unwrap_err();
        let text = format!("{}: cannot rename the new file to it: ", taken.display());
        assert!(error.to_string().starts_with(&text), "{error}");
        assert_eq!(names(folder.path()), ["new"]);
        assert_eq!(names(&taken), ["file.txt"]);
    }

    #[test]
    fn the_first_error_is_reported_with_its_kind_and_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.txt");
        write(&file, b"old").unwrap();
        let failed = write_with(&file, |file| {
            file.write_all(b"half")?;
            Err(io::Error::new(io::ErrorKind::StorageFull, "full"))
        });
        let error = failed.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(error.to_string(), format!("{}: cannot write: full", file.display()));
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["file.txt"]);
        let under = file.join("child.txt"); // a file is no folder
        let error = write(&under, b"").unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: cannot make folder: ", file.display())), "{error}");
    }

    /// Audit D9: what a killed process left stayed for ever.
    #[test]
    fn audit_d9_what_was_left_beside_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let left = beside(&folder.path().join("runs.parquet"));
        let users =
            [".a.b.c.partial", ".notes.partial", "runs.parquet", "runs.parquet.1.2.partial"];
        fs::write(&left, b"half").unwrap();
        users.iter().for_each(|name| fs::write(folder.path().join(name), b"").unwrap());
        sweep(folder.path());
        let mut found = names(folder.path());
        found.sort();
        assert_eq!(found, users);
        sweep(&folder.path().join("gone"));
    }

    #[test]
    fn a_folder_that_is_not_there_cannot_be_synced() {
        let folder = tempfile::tempdir().unwrap();
        sync_folder(folder.path()).unwrap();
        let gone = folder.path().join("gone");
        let expect = format!("{}: cannot sync folder: ", gone.display());
        let synced = sync_folder(&gone);
        assert!(cfg!(not(unix)) || synced.unwrap_err().to_string().starts_with(&expect));
    }

    #[test]
    fn writers_of_one_file_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.txt");
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                let file = &file;
                scope.spawn(move || (0..20).for_each(|_| write(file, &[thread; 9999]).unwrap()));
            }
        });
        let bytes = fs::read(&file).unwrap();
        assert_eq!(bytes.len(), 9999);
        assert!(bytes.iter().all(|byte| *byte == bytes[0]));
        assert_eq!(names(folder.path()), ["file.txt"]);
    }

    /// A link was replaced by a plain file, and a FIFO that a reader waited at too.
    #[cfg(unix)]
    #[test]
    fn a_named_path_is_followed_and_written_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let is_link = |name: &str| fs::symlink_metadata(at(name)).unwrap().is_symlink();
        fs::write(at("target.csv"), "old").unwrap();
        std::os::unix::fs::symlink("target.csv", at("link.csv")).unwrap();
        write_named(&at("link.csv"), b"new").unwrap();
        assert!(is_link("link.csv"));
        assert_eq!(fs::read(at("target.csv")).unwrap(), b"new");
        // A link to what is not there yet.
        std::os::unix::fs::symlink("later.csv", at("early.csv")).unwrap();
        write_named(&at("early.csv"), b"first").unwrap();
        assert!(is_link("early.csv"));
        assert_eq!(fs::read(at("later.csv")).unwrap(), b"first");
        // As any other file where there is none, in a folder that is made.
        write_named(&at("more/file.csv"), b"one").unwrap();
        write_named(&at("more/file.csv"), b"two").unwrap();
        assert_eq!(fs::read(at("more/file.csv")).unwrap(), b"two");
        assert_eq!(names(&at("more")), ["file.csv"]);
        let error = write_named(&at("more"), b"").unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: cannot write: ", at("more").display())), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_is_written_into() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        if !made.is_ok_and(|status| status.success()) {
            return; // a system without FIFOs
        }
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| fs::read(&path).unwrap());
            write_named(&path, b"bytes").unwrap();
            assert_eq!(reader.join().unwrap(), b"bytes");
        });
        assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_is_that_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, b"").unwrap();
        fs::write(&plain, b"").unwrap(); // 0644 under umask 022
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&ours), mode(&plain));
    }
}
