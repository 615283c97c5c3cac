//! Who carries out a run: `claim.json`, held by one process at a time.
//!
//! Processes that work on one folder share its runs, also from several machines. A claim is a file
//! that is made only if there is none (the one thing that every shared file system does for one of
//! several that try at once), and it is never made over: who takes a run over makes the next of its
//! claims, `claim.1.json` after `claim.json`, so that two that find the same one abandoned cannot
//! both have it. The newest counts.
//!
//! Its holder locks it, and the system takes the lock away from a process that ends, however it
//! ends: on the machine of the holder that says at once that it is dead. Locks do not reach every
//! other machine, so a claim also says whose it is, and its holder touches it ([`Claim::beat`]): one
//! from another machine that nobody has touched for a minute is taken over. The minute is one that we
//! have watched: clocks of two machines differ, so the time of a file says that it was touched and
//! not how long ago.
//!
//! What this does not do: stop a holder that was held up for more than that minute and goes on. It
//! and its successor then write the same bits.

use crate::RunError;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Name of the first claim in the folder of a run.
pub(crate) const CLAIM: &str = "claim.json";

/// How often a holder touches its claims.
pub(crate) const BEAT: Duration = Duration::from_secs(10);

/// When a claim of another machine counts as abandoned.
pub(crate) const STALE: Duration = Duration::from_secs(60);

/// Whose claim it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// Name of the machine, for people.
    pub host: String,
    /// Which start of which machine: names are not always of one machine only.
    #[serde(default)]
    pub boot: String,
    /// Process on it.
    pub pid: u32,
    /// When it took the run, in seconds since 1970. When it last touched it is the file's time.
    pub since: u64,
    /// Whether it gave the run back before it was done.
    #[serde(default)]
    pub released: bool,
}

/// What came of asking for a run.
#[derive(Debug)]
pub(crate) enum Taken {
    /// It is ours.
    Ours(Claim),
    /// A process that lives has it.
    Alive,
    /// Somebody has it; whether they live has not been seen in the time that we have watched.
    Silent(Duration),
}

/// A run that is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    file: File,
    path: PathBuf,
}

/// Claims of others as this process has seen them, by the folder of the run.
#[derive(Debug, Default)]
pub(crate) struct Watch(HashMap<PathBuf, Seen>);

/// The claims of a run as we have seen them.
#[derive(Debug)]
struct Seen {
    look: Look,
    /// The first look at which it was so, by our own clock.
    since: Instant,
    /// The first look at all.
    first: Instant,
    /// Whether somebody has touched it while we watched.
    moved: bool,
}

/// The newest claim of a run at one look.
#[derive(Debug, PartialEq)]
struct Look {
    number: u64,
    text: String,
    touched: SystemTime,
}

impl Watch {
    /// How long the newest claim of a run has been as it is now, as far as we have watched.
    fn silent(&mut self, folder: &Path, look: Look, now: Instant) -> &Seen {
        let fresh = Seen { look, since: now, first: now, moved: false };
        match self.0.entry(folder.to_owned()) {
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(fresh),
            std::collections::hash_map::Entry::Occupied(entry) => {
                let seen = entry.into_mut();
                if seen.look != fresh.look {
                    *seen = Seen { first: seen.first, moved: true, ..fresh };
                }
                seen
            }
        }
    }
}

impl Claim {
    /// Takes the run in `folder`, which exists. `watch` remembers what earlier looks have seen.
    ///
    /// # Errors
    /// If the file cannot be made, written or locked.
    pub fn take(folder: &Path, watch: &mut Watch) -> Result<Taken, RunError> {
        Self::take_at(folder, watch, Instant::now())
    }

    fn take_at(folder: &Path, watch: &mut Watch, now: Instant) -> Result<Taken, RunError> {
        match Self::try_take(folder, watch, now) {
            Ok(taken) => Ok(taken),
            // It was removed while we looked: the run is done, and the caller will see.
            Err(error) if is_gone(&error) => Ok(Taken::Silent(Duration::ZERO)),
            Err(error) => Err(RunError::io("claim a run in", folder, error)),
        }
    }

    fn try_take(folder: &Path, watch: &mut Watch, now: Instant) -> io::Result<Taken> {
        let Some((number, path)) = newest(folder)? else {
            return Self::make(folder, 0);
        };
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        let lock = Lock::of(&file)?;
        let (holder, look) = read(&mut file, number)?;
        let is_here = holder.as_ref().is_some_and(Holder::is_here);
        if lock == Lock::Held && is_here {
            return Ok(Taken::Alive);
        }
        let is_dead = lock == Lock::Free && is_here;
        if !is_dead && !holder.is_some_and(|holder| holder.released) {
            let seen = watch.silent(folder, look, now);
            let silent = now.saturating_duration_since(seen.since);
            if lock == Lock::Held || silent < STALE {
                let watched = now.saturating_duration_since(seen.first);
                return Ok(if seen.moved { Taken::Alive } else { Taken::Silent(watched) });
            }
        }
        Self::make(folder, number + 1)
    }

    /// Makes a claim that is not there; one of several that try.
    fn make(folder: &Path, number: u64) -> io::Result<Taken> {
        let path = folder.join(name(number));
        let made = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let file = match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Ok(Taken::Silent(Duration::ZERO));
            }
            other => other?,
        };
        let claim = Self { file, path };
        // Somebody who looks at it just now may have the lock for that long; the file is ours.
        let held = Lock::hold(&claim.file).and_then(|()| claim.write(&Holder::me()));
        if let Err(error) = held {
            // One that says nothing would hold the run for a minute.
            let _ = fs::remove_file(&claim.path);
            return Err(error);
        }
        Ok(Taken::Ours(claim))
    }

    /// Says that the holder is alive.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn beat(&self) -> io::Result<()> {
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

    /// Removes the claims of a run that is done; nobody needs them any more. Another process that found
    /// the run done may have removed them.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove(self) -> Result<(), RunError> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let listed = claims(folder).map_err(|error| RunError::io("list", folder, error))?;
        for (_, path) in listed {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(RunError::io("remove", &path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives back the claim of a run that is not done: the file stays, and says so.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn give_back(self) -> Result<(), RunError> {
        match self.write(&Holder { released: true, ..Holder::me() }) {
            Err(error) if !is_gone(&error) => Err(RunError::io("write", &self.path, error)),
            _ => Ok(()),
        }
    }

    /// Whether somebody has taken the run over: we were held up for so long that we seemed dead.
    pub fn is_lost(&self) -> bool {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        !matches!(newest(folder), Ok(Some((_, path))) if path == self.path)
    }

    /// Written through, so that other machines see it.
    fn write(&self, holder: &Holder) -> io::Result<()> {
        let text = serde_json::to_string(holder)?;
        let mut file = &self.file;
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}

/// What the lock of a claim says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    /// No process that shares locks with us has it.
    Free,
    /// A process that lives has it.
    Held,
    /// This file system has no locks.
    Absent,
}

impl Lock {
    /// By a shared lock, so that two who look do not take each other for the holder.
    fn of(file: &File) -> io::Result<Self> {
        match file.try_lock_shared() {
            Ok(()) => Ok(Self::Free),
            Err(TryLockError::WouldBlock) => Ok(Self::Held),
            Err(TryLockError::Error(error)) if is_unsupported(&error) => Ok(Self::Absent),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn hold(file: &File) -> io::Result<()> {
        match file.lock() {
            Err(error) if is_unsupported(&error) => Ok(()),
            other => other,
        }
    }
}

/// Whether a file is not there any more, also one that was opened: on a far file system the server knows.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::StaleNetworkFileHandle)
}

/// `flock` on a file system that has none: ENOSYS and EOPNOTSUPP.
fn is_unsupported(error: &io::Error) -> bool {
    error.kind() == ErrorKind::Unsupported
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

/// Who holds the run in `folder`, at one look. Of another machine the time of its last touch tells, by two
/// clocks: nothing is to be decided by it but whether to ask somebody to look again.
pub(crate) fn look(folder: &Path) -> Held {
    let seen = || -> io::Result<Held> {
        let Some((number, path)) = newest(folder)? else { return Ok(Held::Free) };
        let mut file = File::open(path)?;
        let lock = Lock::of(&file)?;
        let (holder, look) = read(&mut file, number)?;
        let Some(holder) = holder.filter(|holder| !holder.released) else { return Ok(Held::Free) };
        let is_dead = lock == Lock::Free && holder.is_here();
        let is_recent = look.touched.elapsed().map_or(true, |silent| silent < STALE);
        let is_alive = lock == Lock::Held || (is_recent && !is_dead);
        Ok(if is_alive { Held::By(holder) } else { Held::Abandoned(holder) })
    };
    seen().unwrap_or(Held::Free)
}

impl Holder {
    /// This process.
    pub fn me() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { host: host(), boot: boot(), pid: std::process::id(), since, released: false }
    }

    /// Whether it is of this machine, since it was last started: locks then tell who lives.
    fn is_here(&self) -> bool {
        (&self.host, &self.boot) == (&host(), &boot())
    }
}

/// Name of the claim of a run that was taken over so many times.
fn name(number: u64) -> String {
    if number == 0 { CLAIM.to_owned() } else { format!("claim.{number}.json") }
}

/// The number of a claim by its name; none if it is no claim's.
fn number_of(file: &str) -> Option<u64> {
    if file == CLAIM {
        return Some(0);
    }
    let number = file.strip_prefix("claim.")?.strip_suffix(".json")?.parse().ok()?;
    (file == name(number)).then_some(number)
}

/// The claims in the folder of a run, by number.
fn claims(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.file_name();
        found.extend(number_of(&file.to_string_lossy()).map(|number| (number, folder.join(&file))));
    }
    found.sort();
    Ok(found)
}

fn newest(folder: &Path) -> io::Result<Option<(u64, PathBuf)>> {
    Ok(claims(folder)?.pop())
}

/// What an open claim says; no holder if it says nothing that we understand, as one that is just
/// being made does.
fn read(file: &mut File, number: u64) -> io::Result<(Option<Holder>, Look)> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let touched = file.metadata()?.modified()?;
    Ok((serde_json::from_str(&text).ok(), Look { number, text, touched }))
}

/// Name of this machine; the empty text where there is none to be had.
fn host() -> String {
    let read = |path| fs::read_to_string(path).ok();
    let name = read("/proc/sys/kernel/hostname").or_else(|| read("/etc/hostname"));
    name.or_else(|| std::env::var("COMPUTERNAME").ok()).unwrap_or_default().trim().to_owned()
}

/// What Linux calls the time since it was started; the empty text elsewhere.
fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
#[path = "claim_tests.rs"]
mod tests;
