//! `aggregation.random-dictator`: somebody drawn at random decides.

use crate::{AggregationError, Decision, Rule, Society};
use serde::{Deserialize, Serialize};

/// Each option has the probability of the people who like it best, by weight; who likes several best shares
/// their weight among them. Nobody gains by saying what is not so, and a minority gets its way as often as
/// it is large.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RandomDictator {}

#[typetag::serde(name = "random-dictator")]
impl Rule for RandomDictator {
    fn summary(&self) -> &'static str {
        "each option as often as it is somebody's favourite"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let people = society.need_people("random-dictator")?;
        let mut lottery = vec![0.0; people.options()];
        for person in 0..people.count() {
            let own = people.utilities(person);
            let best = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let favourites = own.iter().filter(|&&utility| utility == best).count() as f64;
            for (chance, &utility) in lottery.iter_mut().zip(own) {
                if utility == best {
                    *chance += people.weight(person) / favourites;
                }
            }
        }
        Ok(Decision::of_lottery(lottery))
    }
}
