//! How are episodes cut into segments?

use medley_toml_file::{Problem, at_least};
use medley_world::Cut;
use serde::{Deserialize, Serialize};

/// How episodes are cut into segments, which never cross the end of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Segments {
    /// Steps of each; none: episodes are whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// Steps from the start of one to that of the next; none: they follow each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stride: Option<usize>,
    /// How many are drawn out of all that are possible, in place of a stride; less those drawn twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

impl Segments {
    pub(crate) fn check(&self) -> Result<(), Problem> {
        at_least("length", self.length.unwrap_or(1) as u64, 1)?;
        at_least("stride", self.stride.unwrap_or(1) as u64, 1)?;
        at_least("count", self.count.unwrap_or(1) as u64, 1)?;
        let found = match (self.length, self.stride, self.count) {
            (None, Some(_), _) => "stride",
            (None, _, Some(_)) => "count",
            (Some(_), Some(_), Some(_)) => {
                return Err(Problem::new("count", "either it or `stride` is needed, found both"));
            }
            _ => return Ok(()),
        };
        Err(Problem::new(found, "a `length` beside it is needed, found none: episodes are whole"))
    }

    pub(crate) fn cut(self, seed: u64) -> Cut {
        match (self.length, self.count) {
            (None, _) => Cut::Whole,
            (Some(length), None) => Cut::Every { length, stride: self.stride.unwrap_or(length) },
            (Some(length), Some(draws)) => Cut::Random { length, draws, seed },
        }
    }
}
