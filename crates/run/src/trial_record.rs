//! What a finished trial of the tuning left, so that a run that is killed does not try it again.
//!
//! A record says which candidate it is of and how it hashes: one that is damaged, or of another
//! candidate, is as if it were not there, and the trial gives the same bits once more.

use crate::RunError;
use crate::halving::Trial;
use medley_report::write_whole;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

#[derive(Serialize, Deserialize)]
struct Record {
    hash: String,
    /// The values of the candidate and the statements that it was fitted to, as text.
    of: String,
    log_likelihoods: Option<Vec<f64>>,
    failed: Option<String>,
}

const FILE: &str = "trial.json";

/// What became of the trial `of` in this folder, if that is recorded.
pub(crate) fn read(folder: &Path, of: &str) -> Option<Trial> {
    let text = fs::read_to_string(folder.join(FILE)).ok()?;
    let record: Record = serde_json::from_str(&text).ok()?;
    if record.of != of || record.hash != hash(&record)? {
        return None;
    }
    match (record.log_likelihoods, record.failed) {
        (Some(values), None) => Some(Trial::Measured(values)),
        (None, Some(reason)) => Some(Trial::Failed(reason)),
        _ => None,
    }
}

/// Records what became of the trial `of`, and removes the checkpoints of its fits, which lie in
/// folders beside.
///
/// # Errors
/// If a file cannot be written or removed.
pub(crate) fn write(folder: &Path, of: &str, trial: &Trial) -> Result<(), RunError> {
    let (log_likelihoods, failed) = match trial {
        Trial::Measured(values) => (Some(values.clone()), None),
        Trial::Failed(reason) => (None, Some(reason.clone())),
    };
    let mut record = Record { hash: String::new(), of: of.to_owned(), log_likelihoods, failed };
    let broken = || RunError::Broken { what: "record of a trial", reason: "no JSON".to_owned() };
    record.hash = hash(&record).ok_or_else(broken)?;
    let text = serde_json::to_string(&record).map_err(|_| broken())?;
    write_whole(&folder.join(FILE), text.as_bytes())?;
    let fail = |error| RunError::io("empty", folder, error);
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            fs::remove_dir_all(path).map_err(fail)?;
        }
    }
    Ok(())
}

/// Of everything but the hash.
fn hash(record: &Record) -> Option<String> {
    let content = (&record.of, &record.log_likelihoods, &record.failed);
    let text = serde_json::to_string(&content).ok()?;
    Some(blake3::hash(text.as_bytes()).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_believed_by_its_own_candidate_while_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::create_dir_all(at.join("0/checkpoint-000003")).unwrap();
        let trial = Trial::Measured(vec![-0.1, -1.0 / 3.0, -2.5e-17]);
        assert_eq!(read(at, "a = 1"), None);
        write(at, "a = 1", &trial).unwrap();
        assert_eq!(read(at, "a = 1"), Some(trial));
        assert!(!at.join("0").exists());
        assert_eq!(read(at, "a = 2"), None);
        let text = fs::read_to_string(at.join(FILE)).unwrap();
        fs::write(at.join(FILE), text.replace("-2.5e-17", "-2.5e-16")).unwrap();
        assert_eq!(read(at, "a = 1"), None);
        let failed = Trial::Failed("diverged".to_owned());
        write(at, "a = 1", &failed).unwrap();
        assert_eq!(read(at, "a = 1"), Some(failed));
        fs::write(at.join(FILE), "{").unwrap();
        assert_eq!(read(at, "a = 1"), None);
    }
}
