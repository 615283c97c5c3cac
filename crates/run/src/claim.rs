//! Who carries out a run: `claim.json`, held by one process at a time.
//!
//! Processes that work on one folder share its runs. A claim is a file with a lock that the system
//! takes away from a process that ends, however it ends. Locks do not reach every other host, so a
//! claim also says whose it is, and its holder touches it ([`Claim::beat`]): one from another host
//! that nobody has touched for a minute is taken over. The minute is one that we have watched: clocks
//! of two machines differ, so the time of a file says that it was touched and not how long ago.

use crate::RunError;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Name of the file in the folder of a run.
pub(crate) const CLAIM: &str = "claim.json";

/// How often a holder touches its claims.
pub(crate) const BEAT: Duration = Duration::from_secs(10);

/// When a claim of another host counts as abandoned.
const STALE: Duration = Duration::from_secs(60);

/// Whose claim it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// Name of the machine.
    pub host: String,
    /// Process on it.
    pub pid: u32,
    /// When it took the run, in seconds since 1970. When it last touched it is the file's time.
    pub since: u64,
}

/// A run that is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    file: File,
    path: PathBuf,
}

/// Claims of other hosts as this process has seen them.
#[derive(Debug, Default)]
pub(crate) struct Watch(HashMap<PathBuf, Seen>);

/// A claim as it was at one look.
#[derive(Debug)]
struct Seen {
    text: String,
    touched: SystemTime,
    /// The first look at which it was so, by our own clock.
    since: Instant,
}

impl Watch {
    /// How long the claim at `path` has been as it is now, as far as we have watched.
    fn silent(&mut self, path: &Path, found: Seen) -> Duration {
        match self.0.get(path) {
            Some(seen) if (&seen.text, seen.touched) == (&found.text, found.touched) => {
                found.since.saturating_duration_since(seen.since)
            }
            _ => {
                self.0.insert(path.to_owned(), found);
                Duration::ZERO
            }
        }
    }
}

impl Claim {
    /// Takes the run in `folder`, which exists; none if another process has it. `watch` remembers
    /// what earlier looks have seen.
    ///
    /// # Errors
    /// If the file cannot be made or locked.
    pub fn take(folder: &Path, watch: &mut Watch) -> Result<Option<Self>, RunError> {
        Self::take_at(folder, watch, Instant::now())
    }

    fn take_at(folder: &Path, watch: &mut Watch, now: Instant) -> Result<Option<Self>, RunError> {
        let path = folder.join(CLAIM);
        let fail = |error: std::io::Error| RunError::io("claim", &path, error);
        let fresh = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let is_new = fresh.is_ok();
        let mut file = match fresh {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let found = OpenOptions::new().read(true).write(true).open(&path);
                match found {
                    // It was given back between the two looks; the caller will look again.
                    Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                    other => other.map_err(fail)?,
                }
            }
            other => other.map_err(fail)?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(fail(error)),
        }
        // Whoever had it may have removed it between our opening and our locking: we then hold a
        // file that nobody else will ever find.
        if !is_at(&file, &path).map_err(fail)? {
            return Ok(None);
        }
        if !is_new && is_held_elsewhere(&mut file, &path, watch, now).map_err(fail)? {
            return Ok(None);
        }
        write_holder(&mut file, &Holder::me()).map_err(fail)?;
        Ok(Some(Self { file, path }))
    }

    /// Says that the holder is alive.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn beat(&self) -> std::io::Result<()> {
        self.file.set_modified(SystemTime::now())
    }

    /// A second handle, for whoever beats.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn share(&self) -> Result<Self, RunError> {
        let file =
            self.file.try_clone().map_err(|error| RunError::io("claim", &self.path, error))?;
        Ok(Self { file, path: self.path.clone() })
    }

    /// Removes the claim of a run that is done; nobody needs it any more. Another process that found
    /// the run done may have removed it.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove(self) -> Result<(), RunError> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(RunError::io("remove", &self.path, error))
            }
            _ => Ok(()),
        }
    }

    /// Gives back the claim of a run that is not done: the file stays, and names nobody.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn give_back(self) -> Result<(), RunError> {
        self.file.set_len(0).map_err(|error| RunError::io("write", &self.path, error))
    }
}

/// What a claim says to somebody who does not want the run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    /// Nobody.
    Free,
    /// A process that is at it, as far as can be seen from here.
    By(Holder),
    /// A process that is not there any more, or was not heard of for longer than a minute.
    Abandoned(Holder),
}

/// Who holds the run in `folder`. Of another host the time of its last touch tells, by two clocks.
pub(crate) fn look(folder: &Path) -> Held {
    let path = folder.join(CLAIM);
    let Ok(mut file) = File::open(&path) else { return Held::Free };
    let mut text = String::new();
    let read = file.read_to_string(&mut text);
    let Ok(holder) = serde_json::from_str::<Holder>(&text) else { return Held::Free };
    if read.is_err() {
        return Held::Free;
    }
    let is_alive = match holder.host == host() {
        // Shared, so that somebody who takes the run meanwhile is at most refused for a moment.
        true => matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)),
        false => {
            let touched = file.metadata().and_then(|data| data.modified());
            let silent = touched.ok().and_then(|touched| touched.elapsed().ok());
            silent.is_none_or(|silent| silent < STALE)
        }
    };
    if is_alive { Held::By(holder) } else { Held::Abandoned(holder) }
}

impl Holder {
    /// This process.
    pub fn me() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { host: host(), pid: std::process::id(), since }
    }
}

/// Whether `file` is the one that lies at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere an open file cannot be removed, or keeps its name until it is closed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> std::io::Result<bool> {
    Ok(true)
}

/// The lock is ours, so whoever wrote the claim is dead if it was on this host. On another host the
/// lock may not be seen, and only time tells.
fn is_held_elsewhere(
    file: &mut File,
    path: &Path,
    watch: &mut Watch,
    now: Instant,
) -> std::io::Result<bool> {
    let mut text = String::new();
    file.rewind()?;
    file.read_to_string(&mut text)?;
    let Ok(holder) = serde_json::from_str::<Holder>(&text) else { return Ok(false) };
    if holder.host == host() {
        return Ok(false);
    }
    let touched = file.metadata()?.modified()?;
    Ok(watch.silent(path, Seen { text, touched, since: now }) < STALE)
}

fn write_holder(file: &mut File, holder: &Holder) -> std::io::Result<()> {
    let text = serde_json::to_string(holder)?;
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())
}

/// Name of this machine; the empty text where there is none to be had.
fn host() -> String {
    let read = |path| fs::read_to_string(path).ok();
    let name = read("/proc/sys/kernel/hostname").or_else(|| read("/etc/hostname"));
    name.or_else(|| std::env::var("COMPUTERNAME").ok()).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(folder: &Path) -> Option<Claim> {
        Claim::take(folder, &mut Watch::default()).unwrap()
    }

    /// A claim of `host`, last touched at `touched` by its clock.
    fn written(folder: &Path, host: &str, touched: SystemTime) {
        let mut file = File::create(folder.join(CLAIM)).unwrap();
        write_holder(&mut file, &Holder { host: host.to_owned(), pid: 1, since: 0 }).unwrap();
        file.set_modified(touched).unwrap();
    }

    #[test]
    fn one_holder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path()).unwrap();
        assert!(take(folder.path()).is_none());
        let text = fs::read_to_string(folder.path().join(CLAIM)).unwrap();
        let holder: Holder = serde_json::from_str(&text).unwrap();
        assert_eq!((holder.host, holder.pid), (host(), std::process::id()));
        first.give_back().unwrap();
        let second = take(folder.path()).unwrap();
        second.remove().unwrap();
        assert!(!folder.path().join(CLAIM).exists());
    }

    #[test]
    fn whoever_looks_sees_who_is_at_it_and_takes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(look(folder.path()), Held::Free);
        let claim = take(folder.path()).unwrap();
        assert!(matches!(look(folder.path()), Held::By(holder) if holder.host == host()));
        drop(claim);
        assert!(matches!(look(folder.path()), Held::Abandoned(_)));
        take(folder.path()).unwrap().give_back().unwrap();
        assert_eq!(look(folder.path()), Held::Free);
        let hour = Duration::from_secs(3600);
        written(folder.path(), "another-host", SystemTime::now() - hour);
        assert!(
            matches!(look(folder.path()), Held::Abandoned(holder) if holder.host == "another-host")
        );
        written(folder.path(), "another-host", SystemTime::now() + hour);
        assert!(matches!(look(folder.path()), Held::By(_)));
    }

    #[test]
    fn a_claim_that_another_process_has_removed_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let claim = take(folder.path()).unwrap();
        fs::remove_file(folder.path().join(CLAIM)).unwrap();
        claim.remove().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_removed_after_it_was_opened_is_no_claim() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(CLAIM);
        let opened = File::create(&path).unwrap();
        assert!(is_at(&opened, &path).unwrap());
        fs::remove_file(&path).unwrap();
        assert!(!is_at(&opened, &path).unwrap());
        let claim = take(folder.path()).unwrap();
        assert!(!is_at(&opened, &path).unwrap() && is_at(&claim.file, &path).unwrap());
    }

    #[test]
    fn a_claim_of_a_dead_process_of_this_host_is_taken_over_at_once() {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), &host(), SystemTime::now());
        assert!(take(folder.path()).is_some());
        // Killed between making the file and writing it.
        let folder = tempfile::tempdir().unwrap();
        File::create(folder.path().join(CLAIM)).unwrap();
        assert!(take(folder.path()).is_some());
    }

    /// The times of two machines were compared: with a clock two minutes ahead of ours, every claim
    /// of its was taken over at once, and with one behind none ever.
    #[test]
    fn a_claim_of_another_host_is_taken_over_after_a_minute_without_a_touch_that_we_watched() {
        let hour = Duration::from_secs(3600);
        for clock in [SystemTime::now() - hour, SystemTime::now() + hour] {
            let folder = tempfile::tempdir().unwrap();
            let (mut watch, start) = (Watch::default(), Instant::now());
            let mut take = |secs: u64| {
                let now = start + Duration::from_secs(secs);
                Claim::take_at(folder.path(), &mut watch, now).unwrap()
            };
            written(folder.path(), "another-host", clock);
            assert!(take(0).is_none());
            assert!(take(59).is_none());
            written(folder.path(), "another-host", clock + BEAT);
            assert!(take(61).is_none());
            assert!(take(120).is_none());
            assert!(take(121).is_some());
        }
    }
}
