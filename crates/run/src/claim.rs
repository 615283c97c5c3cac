//! Who carries out a run: `claim.json`, held by one process at a time.
//!
//! Processes that work on one folder share its runs. A claim is a file with a lock that the system
//! takes away from a process that ends, however it ends. Locks do not reach every other host, so a
//! claim also says whose it is, and its holder touches it ([`Claim::beat`]): one from another host
//! that nobody has touched for a minute is taken over.

use crate::RunError;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

impl Claim {
    /// Takes the run in `folder`, which exists; none if another process has it.
    ///
    /// # Errors
    /// If the file cannot be made or locked.
    pub fn take(folder: &Path) -> Result<Option<Self>, RunError> {
        let path = folder.join(CLAIM);
        let fail = |error: std::io::Error| RunError::io("claim", &path, error);
        let fresh = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let is_new = fresh.is_ok();
        let mut file = match fresh {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                let found = OpenOptions::new().read(true).write(true).open(&path);
                match found {
                    // It was given back between the two looks; the caller will look again.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
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
        if !is_new && is_held_elsewhere(&mut file, SystemTime::now()).map_err(fail)? {
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

    /// Removes the claim of a run that is done; nobody needs it any more.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove(self) -> Result<(), RunError> {
        fs::remove_file(&self.path).map_err(|error| RunError::io("remove", &self.path, error))
    }

    /// Gives back the claim of a run that is not done: the file stays, and names nobody.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn give_back(self) -> Result<(), RunError> {
        self.file.set_len(0).map_err(|error| RunError::io("write", &self.path, error))
    }
}

impl Holder {
    fn me() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { host: host(), pid: std::process::id(), since }
    }
}

/// The lock is ours, so whoever wrote the claim is dead if it was on this host. On another host the
/// lock may not be seen, and only time tells.
fn is_held_elsewhere(file: &mut File, now: SystemTime) -> std::io::Result<bool> {
    let mut text = String::new();
    file.rewind()?;
    file.read_to_string(&mut text)?;
    let Ok(holder) = serde_json::from_str::<Holder>(&text) else { return Ok(false) };
    let touched = file.metadata()?.modified()?;
    let silent = now.duration_since(touched).unwrap_or_default();
    Ok(holder.host != host() && silent < STALE)
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

    fn written(folder: &Path, host: &str, silent: Duration) {
        let mut file = File::create(folder.join(CLAIM)).unwrap();
        write_holder(&mut file, &Holder { host: host.to_owned(), pid: 1, since: 0 }).unwrap();
        file.set_modified(SystemTime::now() - silent).unwrap();
    }

    #[test]
    fn one_holder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Claim::take(folder.path()).unwrap().unwrap();
        assert!(Claim::take(folder.path()).unwrap().is_none());
        let text = fs::read_to_string(folder.path().join(CLAIM)).unwrap();
        let holder: Holder = serde_json::from_str(&text).unwrap();
        assert_eq!((holder.host, holder.pid), (host(), std::process::id()));
        first.give_back().unwrap();
        let second = Claim::take(folder.path()).unwrap().unwrap();
        second.remove().unwrap();
        assert!(!folder.path().join(CLAIM).exists());
    }

    #[test]
    fn a_claim_of_a_dead_process_of_this_host_is_taken_over_at_once() {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), &host(), Duration::ZERO);
        assert!(Claim::take(folder.path()).unwrap().is_some());
        // Killed between making the file and writing it.
        let folder = tempfile::tempdir().unwrap();
        File::create(folder.path().join(CLAIM)).unwrap();
        assert!(Claim::take(folder.path()).unwrap().is_some());
    }

    #[test]
    fn a_claim_of_another_host_is_taken_over_when_it_is_silent() {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), "another-host", Duration::from_secs(30));
        assert!(Claim::take(folder.path()).unwrap().is_none());
        written(folder.path(), "another-host", Duration::from_secs(90));
        assert!(Claim::take(folder.path()).unwrap().is_some());
    }
}
