//! What a finished round left, so that a run that is killed does not fit it again.
//!
//! A record says what was asked before the round and how it hashes: one that is damaged, or of another
//! beginning, is as if it were not there, and the round gives the same bits once more.

use crate::RunError;
use medley_report::{Direction, write_whole};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// What came out of a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Round {
    /// What the model measured before asking.
    pub values: Vec<Value>,
    /// What was asked then, by place in the pool.
    pub chosen: Vec<usize>,
}

/// A number that a round measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Value {
    pub source: String,
    pub metric: String,
    pub unit: String,
    pub direction: Direction,
    /// The bits of the number: it is read as it was written, also if it is infinite.
    bits: u64,
}

impl Value {
    pub fn new(
        source: &str,
        metric: &str,
        unit: &str,
        (direction, value): (Direction, f64),
    ) -> Self {
        Self {
            source: source.to_owned(),
            metric: metric.to_owned(),
            unit: unit.to_owned(),
            direction,
            bits: value.to_bits(),
        }
    }

    pub fn value(&self) -> f64 {
        f64::from_bits(self.bits)
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    hash: String,
    /// What was asked before, by place in the pool.
    asked: Vec<usize>,
    round: Round,
}

const FILE: &str = "round.json";

/// What came out of the round in this folder after `asked`, if that is recorded.
pub(super) fn read(folder: &Path, asked: &[usize]) -> Option<Round> {
    let text = fs::read_to_string(folder.join(FILE)).ok()?;
    let record: Record = serde_json::from_str(&text).ok()?;
    let is_whole = record.asked == asked && record.hash == hash(asked, &record.round)?;
    is_whole.then_some(record.round)
}

/// Records what came out of the round after `asked`, and removes the checkpoints of its fits, which lie
/// in folders beside.
///
/// # Errors
/// If a file cannot be written or removed.
pub(super) fn write(folder: &Path, asked: &[usize], round: &Round) -> Result<(), RunError> {
    let broken = || RunError::Broken { what: "record of a round", reason: "no JSON".to_owned() };
    let hash = hash(asked, round).ok_or_else(broken)?;
    let record = Record { hash, asked: asked.to_vec(), round: round.clone() };
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

fn hash(asked: &[usize], round: &Round) -> Option<String> {
    let text = serde_json::to_string(&(asked, round)).ok()?;
    Some(blake3::hash(text.as_bytes()).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_believed_after_its_own_beginning_while_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::create_dir_all(at.join("0/checkpoint-000003")).unwrap();
        let value = |of| Value::new("votes", "accuracy", "share", of);
        let values = vec![
            value((Direction::Lower, -1.0 / 3.0)),
            value((Direction::Nominal, f64::NEG_INFINITY)),
        ];
        let round = Round { values, chosen: vec![4, 2] };
        assert_eq!(read(at, &[1]), None);
        write(at, &[1], &round).unwrap();
        assert!(!at.join("0").exists());
        assert_eq!(read(at, &[1]), Some(round));
        assert_eq!(read(at, &[1, 3]), None);
        let text = fs::read_to_string(at.join(FILE)).unwrap();
        fs::write(at.join(FILE), text.replace("[4,2]", "[4,3]")).unwrap();
        assert_eq!(read(at, &[1]), None);
        fs::write(at.join(FILE), "{").unwrap();
        assert_eq!(read(at, &[1]), None);
    }
}
