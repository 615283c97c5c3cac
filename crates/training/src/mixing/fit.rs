//! Which sources does one model learn from?

use serde::{Deserialize, Serialize};
use std::fmt;

/// Some sources that one model is fitted to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// Its name, unique in the mixing.
    pub name: String,
    /// Its sources, at least one.
    pub sources: Vec<String>,
}

impl Fit {
    /// One fit for all of these sources.
    pub fn of(sources: &[&str]) -> Self {
        let sources = sources.iter().map(|&source| source.to_owned()).collect();
        Self { name: "all".to_owned(), sources }
    }

    /// A fit for one source, with its name.
    pub fn alone(source: &str) -> Self {
        Self { name: source.to_owned(), sources: vec![source.to_owned()] }
    }
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of {}", self.name, self.sources.join(" + "))
    }
}
