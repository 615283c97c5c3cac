//! Encoder `steps`: the features that a control dataset holds.

use crate::{EncodeError, Encoder, Features};
use medley_dataset::{Budget, Dataset};
use serde::{Deserialize, Serialize};

/// The features that a control dataset stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredSteps {}

#[typetag::serde(name = "steps")]
impl Encoder for StoredSteps {
    fn encode_within(&self, dataset: &Dataset, _: Budget) -> Result<Features, EncodeError> {
        match dataset.segments().stored_features() {
            Some((names, values)) => {
                Ok(Features::new(names.to_vec(), values.clone(), step_windows(dataset)))
            }
            None => Err(EncodeError::Domain {
                encoder: "steps",
                needed: "stored features",
                dataset: dataset.card.name.clone(),
                found: dataset.card.domain,
            }),
        }
    }

    fn summary(&self) -> &'static str {
        "the stored features of each step (control)"
    }
}

/// The windows of the segments into the step table.
pub(crate) fn step_windows(dataset: &Dataset) -> Vec<std::ops::Range<usize>> {
    (0..dataset.segments().len()).map(|i| dataset.segments().steps(i)).collect()
}
