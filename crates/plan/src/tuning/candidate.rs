//! What a tuned run tries: values of some options.

use super::fit_spec::FitSpec;
use crate::Setting;
use serde::Serialize;

/// A choice of values, and what they make of the file's options.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Candidate {
    /// Values by dotted key, of those keys that the mix depends on.
    pub setting: Setting,
    /// The options with these values.
    #[serde(skip)]
    pub fit: FitSpec,
}
