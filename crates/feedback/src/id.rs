//! Names of segments and of people.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Names one piece of behaviour within a dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SegmentId(pub String);

/// Names the person (or group account) who gave feedback.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnnotatorId(pub String);

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AnnotatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for SegmentId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<&str> for AnnotatorId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}
