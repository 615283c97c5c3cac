//! An open file of episodes.

use crate::hdf5::Group;
use std::path::Path;

/// An open file.
pub(super) struct Source<'a> {
    pub file: &'a Path,
    pub root: &'a Group,
}
