//! Records of one kind in memory, decoded and checked once and shared by all who ask.

use crate::DatasetError;
use medley_feedback::{Checked, Record};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What was decoded before, by the type of the record: a crate may read a kind as a type of its own.
///
/// Clones share it. It says nothing that the rows do not say, so it is equal to any other.
#[derive(Clone, Default)]
pub(crate) struct Decoded(Arc<Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>>);

impl Decoded {
    /// The records, decoded now if nobody asked before. Whoever asks meanwhile waits, since
    /// decoding is slow and its result the same.
    pub fn get_or<R: Record>(
        &self,
        decode: impl FnOnce() -> Result<Vec<Checked<R>>, DatasetError>,
    ) -> Result<Arc<[Checked<R>]>, DatasetError> {
        // A panic inside `decode` leaves the map as it was.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&TypeId::of::<R>()).and_then(|any| any.downcast_ref());
        if let Some(records) = found {
            return Ok(Arc::clone(records));
        }
        let records: Arc<[Checked<R>]> = decode()?.into();
        known.insert(TypeId::of::<R>(), Box::new(Arc::clone(&records)));
        Ok(records)
    }
}

impl PartialEq for Decoded {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoded")
    }
}
