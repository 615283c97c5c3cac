//! Who acts in the world that people see?

use crate::SimulationError;
use crate::distortions::range::share;
use crate::given::none_given;
use crate::segments::Segments;
use medley_policy::tabular::{TabularPolicy, boltzmann, optimal, soft_optimal};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use medley_world::{Action, Hold, Mdp, NowAndThen, Policy, Seen, Uniform, World};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

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
    /// Each action by the exponential of its value under best behaviour, of a world that is a table.
    Boltzmann,
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

    /// Refuses options of other policies, and a share of a mixture that it is no part of.
    fn check_used(&self) -> Result<(), Problem> {
        let given = |value: f64| value != one();
        let message = if given(self.temperature) && self.policy != PolicyName::Soft {
            ("temperature", "it is of policy `soft`, and means nothing to others")
        } else if given(self.rationality) && self.policy != PolicyName::Boltzmann {
            ("rationality", "it is of policy `boltzmann`, and means nothing to others")
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
        ];
        none_given(
            given,
            "an expert acts from where a segment begins, and this means nothing there",
        )
    }

    /// The policy in `world`.
    pub(crate) fn acting(&self, world: &dyn World) -> Result<Box<dyn Policy>, SimulationError> {
        let uniform = Uniform::of(world);
        let mostly = match self.policy {
            PolicyName::Uniform => Acting::Uniform(uniform.clone()),
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
        };
        let policy = NowAndThen { mostly, sometimes: uniform, share: self.explore };
        Ok(Box::new(Hold { policy, steps: self.hold }))
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
        failed(format!("`world.{name}` is no table: expected `uniform`, or a world such as `grid`"))
    })?;
    solve(&mdp).map_err(failed)
}

#[derive(Debug)]
enum Acting {
    Uniform(Uniform),
    Table(TabularPolicy),
}

impl Policy for Acting {
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, room: &'a mut [f64]) -> Action<'a> {
        match self {
            Self::Uniform(uniform) => uniform.act(seen, rng, room),
            Self::Table(table) => table.act(seen, rng, room),
        }
    }
}
