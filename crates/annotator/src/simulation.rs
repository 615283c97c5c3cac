//! A simulation as TOML has it.

use crate::Population;
use crate::policies::PolicyPart;
use crate::segments::Segments;
use crate::source::Source;
use medley_reward_model::Returns;
use medley_toml_file::{Problem, Tagged, at_least};
use medley_world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// People who answer questions about segments of a world, or of a dataset with true rewards.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Simulation {
    /// The world; none if segments are those of a dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<Tagged<dyn World>>,
    /// Folder of a dataset with true rewards, whose segments are asked about in place of a world's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<PathBuf>,
    /// Who acts in the world; none: every action alike.
    #[serde(default)]
    pub policies: Vec<PolicyPart>,
    /// Episodes of the world.
    #[serde(default = "hundred")]
    pub episodes: usize,
    /// Steps after which episodes are cut off; none: as usual for the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How episodes are cut into segments.
    #[serde(default)]
    pub segments: Segments,
    /// How rewards add up for those who answer.
    #[serde(default = "sum")]
    pub returns: Returns,
    /// Rounds of questions: those of the first are about the first episodes alone, and means of returns,
    /// by which thresholds of B-Pref are set, are taken anew in each.
    #[serde(default = "once")]
    pub rounds: usize,
    /// Who answers, unless a source has people of its own.
    #[serde(default)]
    pub people: Population,
    /// What is asked.
    pub sources: BTreeMap<String, Source>,
}

fn hundred() -> usize {
    100
}

fn once() -> usize {
    1
}

fn sum() -> Returns {
    Returns::Sum
}

impl Simulation {
    /// Refuses options that are out of range or do not go together.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    pub fn check(&self) -> Result<(), Problem> {
        match (&self.world, &self.dataset) {
            (None, None) => {
                return Err(nothing());
            }
            (Some(_), Some(_)) => {
                return Err(Problem::new("dataset", "either it or `world` is needed, found both"));
            }
            (Some(world), None) => world
                .check()
                .map_err(|problem| problem.within(world.typetag_name()).within("world"))?,
            (None, Some(_))
                if self.segments != Segments::default() || !self.policies.is_empty() =>
            {
                let message =
                    "a dataset has its segments already: `segments` and `policies` need a `world`";
                return Err(Problem::new("dataset", message));
            }
            (None, Some(_)) => {}
        }
        at_least("episodes", self.episodes as u64, 1)?;
        at_least("rounds", self.rounds as u64, 1)?;
        for (place, part) in self.policies.iter().enumerate() {
            let within = |problem: Problem| problem.within(&place.to_string()).within("policies");
            part.check().map_err(within)?;
        }
        self.segments.check().map_err(|problem| problem.within("segments"))?;
        self.people.check().map_err(|problem| problem.within("people"))?;
        if self.sources.is_empty() {
            return Err(Problem::new("sources", "at least one source is needed, found none"));
        }
        self.sources.iter().try_for_each(|(name, source)| {
            let checked = source.check(&self.people).and_then(|()| self.check_policy(source));
            checked.map_err(|problem| problem.within(name).within("sources"))
        })
    }

    /// The policy whose episodes a source asks about; none for all.
    pub(crate) fn policy_of(&self, source: &Source) -> Option<usize> {
        let wanted = source.policy.as_ref()?;
        self.policies.iter().position(|part| part.name.as_ref() == Some(wanted))
    }

    /// Refuses a source that asks about episodes of a policy that there is not.
    fn check_policy(&self, source: &Source) -> Result<(), Problem> {
        let Some(wanted) = &source.policy else { return Ok(()) };
        if self.policy_of(source).is_some() {
            return Ok(());
        }
        let names: Vec<&str> =
            self.policies.iter().filter_map(|part| part.name.as_deref()).collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let message = format!("no policy is named `{wanted}`; there are: {known}");
        Err(Problem::new("policy", message))
    }
}

/// What is missing without a world and a dataset.
pub(crate) fn nothing() -> Problem {
    Problem::new("world", "a world or `dataset` is needed, found neither")
}
