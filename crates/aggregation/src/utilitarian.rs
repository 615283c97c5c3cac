//! `aggregation.utilitarian`: the largest sum of what everybody gets.

use crate::{AggregationError, Decision, Rule, Scale, Society};
use serde::{Deserialize, Serialize};

/// Weighted mean of people's utilities. On which scale two people's utilities are the same is an option
/// and a value judgement.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Utilitarian {
    /// What is made alike between people before utilities are added up.
    pub scale: Scale,
}

#[typetag::serde(name = "utilitarian")]
impl Rule for Utilitarian {
    fn summary(&self) -> &'static str {
        "the option of the highest mean utility, on a stated scale"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let people = society.need_people("utilitarian")?;
        let mut scores = vec![0.0; people.options()];
        for person in 0..people.count() {
            let own = self.scale.of(people, person);
            let weight = people.weight(person);
            scores.iter_mut().zip(own).for_each(|(score, utility)| *score += weight * utility);
        }
        Ok(Decision::of_scores(scores))
    }
}
