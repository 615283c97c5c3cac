//! Data that several plans or runs share, bound once.

use crate::{Prepared, RunError};
use medley_plan::{Plan, RunSpec};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// What was bound so far, by the text of what it is.
#[derive(Default)]
pub struct BoundData(HashMap<String, Arc<Prepared>>);

impl BoundData {
    /// The data that a spec of `plan` names, once it is known to be enough for the plan.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub fn checked(&mut self, plan: &Plan, spec: &RunSpec) -> Result<Arc<Prepared>, RunError> {
        let (data, is_fresh) = self.found(plan, spec)?;
        if !is_fresh {
            data.check_plan(plan, spec.dataset.split_seed)?;
        }
        Ok(data)
    }

    /// The data that a spec of a plan names that was checked.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub(crate) fn of(&mut self, plan: &Plan, spec: &RunSpec) -> Result<Arc<Prepared>, RunError> {
        self.found(plan, spec).map(|(data, _)| data)
    }

    /// Whether it was bound just now is known too: [`Prepared::new`] has then checked the plan.
    fn found(&mut self, plan: &Plan, spec: &RunSpec) -> Result<(Arc<Prepared>, bool), RunError> {
        match self.0.entry(spec.data()?) {
            Entry::Occupied(found) => Ok((found.get().clone(), false)),
            Entry::Vacant(place) => {
                let fresh = Arc::new(Prepared::new(plan, spec)?);
                Ok((place.insert(fresh).clone(), true))
            }
        }
    }

    /// Lets go of all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
