//! Who acts in the world that people see?

use crate::SimulationError;
use crate::distortions::range::share;
use crate::given::none_given;
use crate::segments::Segments;
use crate::untaken::Untaken;
use medley_behaviour::{LearnedWorld, PlanningPolicy};
use medley_policy::tabular::{TabularPolicy, boltzmann, optimal, soft_optimal};
use medley_ppo::{LearnedPolicy, PpoError, PpoOptions, Task, TrueReward, train};
use medley_toml_file::{Problem, Tagged, above_zero, at_least, not_negative};
use medley_world::{
    Action, Cut, Episode, Hold, Mdp, NowAndThen, Policy, Seen, Uniform, World, to_dataset,
};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// A policy of the mixture, and how often it acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyPart {
    /// Which one.
    pub policy: PolicyName,
    /// Share of episodes, up to a common factor.
    #[serde(default = "one")]
    pub weight: f64,
    /// Share of steps at which any action is taken instead.
    #[serde(default)]
    pub explore: f64,
    /// For how many steps each action is kept.
    #[serde(default = "once")]
    pub hold: u32,
    /// Of `soft`: how much entropy is worth, in units of the reward.
    #[serde(default = "one")]
    pub temperature: f64,
    /// Of `boltzmann`: how closely actions follow their values.
    #[serde(default = "one")]
    pub rationality: f64,
    /// Of `boltzmann`, where the world is no table: how it is learned from the episodes of the policies
    /// before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_world: Option<LearnedWorld>,
    /// Beside `learned-world`: what a reward one step later is worth, in [0, 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<f64>,
    /// Of `ppo`: how it learns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ppo: Option<PpoOptions>,
    /// Name by which sources ask for its episodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Episodes that it lives through alone, beside those of the mixture of all policies without a
    /// number of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub episodes: Option<usize>,
    /// How these are cut, if not as the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<Segments>,
}

/// Policies by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyName {
    /// Every action alike.
    Uniform,
    /// The best one, of a world that is a table.
    Optimal,
    /// The best one if entropy is worth something too, of a world that is a table.
    Soft,
    /// Each action by the exponential of its value under best behaviour, of a world that is a table or that
    /// is learned from the episodes of the policies before.
    Boltzmann,
    /// What proximal policy optimization learns of the true reward, in any world.
    Ppo,
}

fn one() -> f64 {
    1.0
}

fn once() -> u32 {
    1
}

impl PolicyPart {
    /// Acts at random, always.
    pub(crate) fn uniform() -> Self {
        let policy = PolicyName::Uniform;
        Self {
            policy,
            weight: 1.0,
            explore: 0.0,
            hold: 1,
            temperature: 1.0,
            rationality: 1.0,
            learned_world: None,
            discount: None,
            ppo: None,
            name: None,
            episodes: None,
            segments: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Problem> {
        not_negative("weight", self.weight)?;
        share("explore", self.explore)?;
        at_least("hold", u64::from(self.hold), 1)?;
        above_zero("temperature", self.temperature)?;
        not_negative("rationality", self.rationality)?;
        self.check_used()?;
        self.check_learned()?;
        let options = self.ppo.as_ref().map_or(Ok(()), PpoOptions::check);
        options.map_err(|problem| problem.within("ppo"))?;
        match (self.episodes, &self.segments) {
            (None, Some(_)) => {
                let message = "a number of `episodes` beside it is needed, found none";
                Err(Problem::new("segments", message))
            }
            (episodes, segments) => {
                at_least("episodes", episodes.unwrap_or(1) as u64, 1)?;
                let checked = segments.as_ref().map_or(Ok(()), Segments::check);
                checked.map_err(|problem| problem.within("segments"))
            }
        }
    }

    /// Refuses a world that is learned by whom it means nothing to, or from nothing.
    fn check_learned(&self) -> Result<(), Problem> {
        let problem = |key: &str, message: &str| Err(Problem::new(key, message));
        match (&self.learned_world, self.discount) {
            (None, None) => Ok(()),
            (None, Some(_)) => {
                problem("discount", "it is of `learned-world`, found none beside it")
            }
            (Some(_), _) if self.policy != PolicyName::Boltzmann => {
                problem("learned-world", "it is of policy `boltzmann`, and means nothing to others")
            }
            (Some(_), _) if self.episodes.is_none() => problem(
                "learned-world",
                "a number of `episodes` beside it is needed, as it is learned from those of the policies \
                 before; found none",
            ),
            (Some(_), None) => {
                problem("learned-world", "`discount` beside it is needed, found none")
            }
            (Some(options), Some(_)) => {
                options.check().map_err(|problem| problem.within("learned-world"))
            }
        }
    }

    /// Refuses options of other policies, and a share of a mixture that it is no part of.
    fn check_used(&self) -> Result<(), Problem> {
        let given = |value: f64| value != one();
        let message = if given(self.temperature) && self.policy != PolicyName::Soft {
            ("temperature", "it is of policy `soft`, and means nothing to others")
        } else if given(self.rationality) && self.policy != PolicyName::Boltzmann {
            ("rationality", "it is of policy `boltzmann`, and means nothing to others")
        } else if self.ppo.is_some() && self.policy != PolicyName::Ppo {
            ("ppo", "it is of policy `ppo`, and means nothing to others")
        } else if given(self.weight) && self.episodes.is_some() {
            ("weight", "it is of the mixture of policies without `episodes`, found both")
        } else {
            return Ok(());
        };
        Err(Problem::new(message.0, message.1))
    }

    /// The same of an expert, who acts alone from where a segment begins.
    pub(crate) fn check_expert(&self) -> Result<(), Problem> {
        self.check()?;
        let given = [
            ("name", self.name.is_some()),
            ("episodes", self.episodes.is_some()),
            ("weight", self.weight != one()),
            ("learned-world", self.learned_world.is_some()),
        ];
        none_given(
            given,
            "an expert acts from where a segment begins, and this means nothing there",
        )
    }

    /// The policy in `world`; what is learned stands in `learned`, and is looked for there before.
    pub(crate) fn acting(
        &self,
        world: &dyn World,
        seed: u64,
        learned: &mut Learned,
    ) -> Result<Box<dyn Policy>, SimulationError> {
        let mostly = match self.policy {
            PolicyName::Uniform => Acting::Uniform(Uniform::of(world)),
            PolicyName::Optimal => Acting::Table(table("optimal", world, |mdp| {
                optimal(mdp).map(|best| best.policy).map_err(|error| error.to_string())
            })?),
            PolicyName::Soft => Acting::Table(table("soft", world, |mdp| {
                let best = soft_optimal(mdp, self.temperature, 1e-9);
                best.map(|best| best.policy).map_err(|error| error.to_string())
            })?),
            PolicyName::Boltzmann => Acting::Table(table("boltzmann", world, |mdp| {
                let values = optimal(mdp).map(|best| best.values.actions);
                let policy = values.and_then(|values| boltzmann(mdp, &values, self.rationality));
                policy.map_err(|error| error.to_string())
            })?),
            PolicyName::Ppo => {
                let options = self.ppo.clone().unwrap_or_default();
                Acting::Learned(learned.policy(world, options, seed)?)
            }
        };
        Ok(self.now_and_then(mostly, world))
    }

    /// The policy `boltzmann` in a world that is learned from `episodes`.
    pub(crate) fn planning(
        &self,
        world: &Tagged<dyn World>,
        episodes: &[Episode],
        seed: u64,
    ) -> Result<Box<dyn Policy>, SimulationError> {
        let failed = |problem: String| SimulationError::Policy { policy: "boltzmann", problem };
        let untaken = Untaken::of(world, episodes, seed);
        let untaken = untaken.ok_or_else(|| {
            failed(format!(
                "expected `learned-world` of a world with discrete actions that is no table, found `world.{}`",
                world.typetag_name()
            ))
        })?;
        let seen = to_dataset(world.as_ref(), episodes, Cut::Whole, "seen")?;
        let options = self.learned_world.clone().unwrap_or_default();
        let numbers = [self.discount.unwrap_or_default(), self.rationality];
        let reward = |point: &[f32]| untaken.reward(point);
        let policy = PlanningPolicy::new(world, &seen, &options, numbers, &reward);
        Ok(self.now_and_then(Acting::Planning(policy.map_err(failed)?), world.as_ref()))
    }

    fn now_and_then(&self, mostly: Acting, world: &dyn World) -> Box<dyn Policy> {
        let policy = NowAndThen { mostly, sometimes: Uniform::of(world), share: self.explore };
        Box::new(Hold { policy, steps: self.hold })
    }
}

/// All of these in `world`, as [`PolicyPart::acting`].
pub(crate) fn all_acting(
    parts: &[PolicyPart],
    world: &dyn World,
    seed: u64,
) -> Result<Vec<Box<dyn Policy>>, SimulationError> {
    let mut learned = Learned::default();
    parts.iter().map(|part| part.acting(world, seed, &mut learned)).collect()
}

/// Policies that were learned, each once, by their options.
#[derive(Default)]
pub(crate) struct Learned(Vec<(PpoOptions, LearnedPolicy)>);

impl Learned {
    fn policy(
        &mut self,
        world: &dyn World,
        options: PpoOptions,
        seed: u64,
    ) -> Result<LearnedPolicy, SimulationError> {
        if let Some((_, policy)) = self.0.iter().find(|(known, _)| *known == options) {
            return Ok(policy.clone());
        }
        let task = Task { world, reward: &TrueReward, options: &options, reference: None, seed };
        let trained = train(task, None, &|_| ControlFlow::Continue(()));
        let failed =
            |error: PpoError| SimulationError::Policy { policy: "ppo", problem: error.to_string() };
        let policy = trained.map_err(failed)?.policy;
        self.0.push((options, policy.clone()));
        Ok(policy)
    }
}

fn table(
    policy: &'static str,
    world: &dyn World,
    solve: impl Fn(&Mdp) -> Result<TabularPolicy, String>,
) -> Result<TabularPolicy, SimulationError> {
    let failed = |problem: String| SimulationError::Policy { policy, problem };
    let name = world.typetag_name();
    let mdp = world.mdp().ok_or_else(|| {
        failed(format!(
            "`world.{name}` is no table: expected `uniform` or `ppo`, `boltzmann` with \
             `learned-world`, or a world such as `grid`"
        ))
    })?;
    solve(&mdp).map_err(failed)
}

#[derive(Debug)]
enum Acting {
    Uniform(Uniform),
    Table(TabularPolicy),
    Learned(LearnedPolicy),
    Planning(PlanningPolicy),
}

impl Policy for Acting {
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, room: &'a mut [f64]) -> Action<'a> {
        match self {
            Self::Uniform(uniform) => uniform.act(seen, rng, room),
            Self::Table(table) => table.act(seen, rng, room),
            Self::Learned(policy) => policy.act(seen, rng, room),
            Self::Planning(policy) => policy.act(seen, rng, room),
        }
    }
}
