//! A simulation as TOML has it.

use crate::Population;
use crate::policies::PolicyPart;
use crate::segments::Segments;
use crate::source::Source;
use crate::texts::Texts;
use medley_reward_model::Returns;
use medley_toml_file::{Problem, Tagged, at_least};
use medley_world::World;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// People who answer questions about segments of a world, of a dataset with true rewards, or of texts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Simulation {
    /// The world; none if segments are those of a dataset, or texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<Tagged<dyn World>>,
    /// Folder of a dataset with true rewards, whose segments are asked about in place of a world's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<PathBuf>,
    /// Texts whose worth depends on a hidden context of people, in place of a world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Texts>,
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
        self.check_place()?;
        at_least("episodes", self.episodes as u64, 1)?;
        at_least("rounds", self.rounds as u64, 1)?;
        let mut names = BTreeSet::new();
        for (place, part) in self.policies.iter().enumerate() {
            let within = |problem: Problem| problem.within(&place.to_string()).within("policies");
            part.check().map_err(within)?;
            let mut others = self.policies.iter().enumerate();
            let has_before = others.any(|(other, it)| other < place || it.episodes.is_none());
            if part.learned_world.is_some() && !has_before {
                let message =
                    "it is learned from the episodes of the policies before, and there is none";
                return Err(within(Problem::new("learned-world", message)));
            }
            if let Some(name) = part.name.as_ref().filter(|name| !names.insert(*name)) {
                let message = format!("two policies are called `{name}`");
                return Err(within(Problem::new("name", message)));
            }
        }
        if self.rounds > 1 && self.policies.iter().any(|part| part.episodes.is_some()) {
            let message = "rounds are of episodes in the order in which they were lived through, which those of \
                           policies with `episodes` of their own have none of: expected 1, or no such policy";
            return Err(Problem::new("rounds", message));
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

    /// Refuses no place or several, and what means nothing there.
    fn check_place(&self) -> Result<(), Problem> {
        let (message, key) = match (&self.world, &self.dataset, &self.texts) {
            (None, None, None) => return Err(nothing()),
            (Some(world), None, None) => {
                let checked = world.check();
                return checked
                    .map_err(|problem| problem.within(world.typetag_name()).within("world"));
            }
            (Some(_), Some(_), _) => ("either it or `world` is needed, found both", "dataset"),
            (Some(_), _, Some(_)) => ("either it or `world` is needed, found both", "texts"),
            (_, Some(_), Some(_)) => ("either it or `dataset` is needed, found both", "texts"),
            (None, Some(_), None) if self.acts() => (
                "a dataset has its segments already: `segments`, `policies`, `episodes` and `limit` need a \
                 `world`",
                "dataset",
            ),
            (None, None, Some(_)) if self.acts() => (
                "answers are whole and nobody acts: `segments`, `policies`, `episodes` and `limit` need a \
                 `world`",
                "texts",
            ),
            (None, Some(_), None) => return Ok(()),
            (None, None, Some(texts)) => {
                return texts.check().map_err(|problem| problem.within("texts"));
            }
        };
        Err(Problem::new(key, message))
    }

    /// Whether anything is said of who acts, for how long, and how that is cut.
    fn acts(&self) -> bool {
        let cuts = self.segments != Segments::default() || self.limit.is_some();
        cuts || self.episodes != hundred() || !self.policies.is_empty()
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

/// What is missing without a world, a dataset and texts.
pub(crate) fn nothing() -> Problem {
    Problem::new("world", "a world, `dataset` or `texts` is needed, found none of them")
}
