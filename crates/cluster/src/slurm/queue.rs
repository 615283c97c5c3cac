//! Which runs are waiting in Slurm's queue, or under way there?
//!
//! Arrays are known by their names, which are made from the manifest of their submission: one whose job
//! ids were never recorded, because the process was killed in between, is found as well. What
//! the queue has forgotten is not in it, and is submitted again; nothing is asked of accounting, which
//! many clusters do not keep.

use super::submission::{MANIFEST, prefix_of, submissions};
use crate::command::said;
use crate::{CommandError, Manifest};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Elements of an experiment in the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Elements that wait.
    pub pending: usize,
    /// Elements under way.
    pub running: usize,
    /// Runs of all of these.
    pub runs: BTreeSet<String>,
    /// Manifests that cannot be read, and why: of their elements it is not known which runs they are.
    pub unread: Vec<String>,
}

/// What the queue has of the submissions below `folder`, the folder of an experiment. Slurm is not asked
/// where there are none.
///
/// # Errors
/// `squeue` is absent or refuses, as it does while the controller is down.
pub fn queue(folder: &Path) -> Result<Queue, CommandError> {
    let submitted = submissions(folder);
    if submitted.is_empty() {
        return Ok(Queue::default());
    }
    let listed = said("squeue", &["--me", "--noheader", "--array", "--format=%j|%K|%t"])?;
    let elements = elements(&listed);
    let mut found = Queue::default();
    for path in submitted {
        match Manifest::read_of_any_version(&path.join(MANIFEST)) {
            Ok(manifest) => found.add(&manifest, &prefix_of(&manifest, &path), &elements),
            Err(error) => found.unread.push(error.to_string()),
        }
    }
    Ok(found)
}

impl Queue {
    /// Adds the elements of a submission, whose arrays have names that begin with `prefix`.
    fn add(&mut self, manifest: &Manifest, prefix: &str, elements: &Elements) {
        for (name, states) in elements {
            let Some(Ok(first)) = name.strip_prefix(prefix).map(str::parse::<usize>) else {
                continue;
            };
            for (index, state) in states {
                match WAITING.contains(&state.as_str()) {
                    true => self.pending += 1,
                    false => self.running += 1,
                }
                let element = manifest.elements.get(first.saturating_add(*index));
                self.runs.extend(element.into_iter().flatten().cloned());
            }
        }
    }
}

/// Pending, and the states in which an element is queued again or held.
const WAITING: [&str; 5] = ["PD", "RQ", "RH", "SE", "RF"];

/// Index and state of the elements of each array, by its name.
type Elements = BTreeMap<String, Vec<(usize, String)>>;

/// Lines `name|index|state`; what is no element of an array has no index.
fn elements(listed: &str) -> Elements {
    let mut found = Elements::new();
    for line in listed.lines() {
        let mut parts = line.trim().rsplitn(3, '|');
        let (state, index, name) = (parts.next(), parts.next(), parts.next());
        let (Some(state), Some(Ok(index)), Some(name)) = (state, index.map(str::parse), name)
        else {
            continue;
        };
        found.entry(name.to_owned()).or_default().push((index, state.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_by_name_index_and_state() {
        let listed = "a.1.0|3|R\na.1.0|4|PD\nb|N/A|R\n  c|d|0|CG\nhalf a line\n";
        let found = elements(listed);
        assert_eq!(found["a.1.0"], [(3, "R".to_owned()), (4, "PD".to_owned())]);
        assert_eq!(found["c|d"], [(0, "CG".to_owned())]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_folder_without_submissions_has_nothing_queued() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(queue(folder.path()), Ok(Queue::default()));
    }
}
