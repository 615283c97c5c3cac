//! What can be set about optimizing a reward?

use crate::compared_spec::Compared;
use medley_ppo::PpoOptions;
use medley_theory::Pessimism;
use medley_toml_file::{Problem, Tagged, at_least, not_negative};
use medley_world::World;
use serde::{Deserialize, Serialize};

/// A world, and how a reward is optimized in it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OptimizeSpec {
    /// Where: `world.grid = { preset = "trap" }`.
    pub world: Tagged<dyn World>,
    /// How; none: exactly if the world is a table, else by PPO.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// One policy for each reward and seed. A table needs none.
    #[serde(default = "seeds")]
    pub seeds: Vec<u64>,
    /// What is compared, besides the rewards that are named at the command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<Compared>,
    /// How members of an ensemble become one reward: of each step, or for best-of-n of each episode.
    #[serde(default = "mean")]
    pub pessimism: Pessimism,
    /// Whether each member is brought to one origin and unit first: mean 0 of a step and standard deviation
    /// 1 of a return, over episodes of the policy that takes all actions alike. Where episodes differ in
    /// length, the origin of a reward is a preference for length, and this takes it away.
    #[serde(default)]
    pub standardize: bool,
    /// Episodes by which a policy is valued.
    #[serde(default = "hundred")]
    pub episodes: usize,
    /// What a nat of divergence costs, in units of the reward that is optimized: from the policy that
    /// takes all actions alike in a table, from the first policy for PPO.
    #[serde(default)]
    pub kl: f64,
    /// Options of PPO; its `kl` is the one above.
    #[serde(default)]
    pub ppo: PpoOptions,
    /// Options of best-of-n.
    #[serde(default)]
    pub best_of_n: BestOfNOptions,
}

/// How a reward is optimized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Exactly, by value iteration. For worlds that are tables.
    Tabular,
    /// By proximal policy optimization.
    Ppo,
    /// As the best of n episodes of the policy that takes all actions alike.
    BestOfN,
}

impl Method {
    /// As TOML and tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tabular => "tabular",
            Self::Ppo => "ppo",
            Self::BestOfN => "best-of-n",
        }
    }
}

/// Options of best-of-n.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BestOfNOptions {
    /// Episodes to choose from.
    pub episodes: usize,
    /// Values of n; the largest is what is reported.
    pub sizes: Vec<usize>,
}

impl Default for BestOfNOptions {
    fn default() -> Self {
        Self { episodes: 2000, sizes: (0..9).map(|power| 1 << power).collect() }
    }
}

impl OptimizeSpec {
    /// In a world, with defaults for the rest.
    pub fn of(world: Tagged<dyn World>) -> Self {
        Self {
            world,
            method: None,
            seeds: seeds(),
            rewards: Vec::new(),
            pessimism: mean(),
            standardize: false,
            episodes: hundred(),
            kl: 0.0,
            ppo: PpoOptions::default(),
            best_of_n: BestOfNOptions::default(),
        }
    }

    /// How it is done, where nobody says.
    pub fn method(&self) -> Method {
        let usual = || if self.world.mdp().is_some() { Method::Tabular } else { Method::Ppo };
        self.method.unwrap_or_else(usual)
    }

    /// Whether its numbers are in range.
    ///
    /// # Errors
    /// The first that is not: its keys, what is expected and what was found.
    pub fn check(&self) -> Result<(), Problem> {
        self.world
            .check()
            .map_err(|problem| problem.within(self.world.typetag_name()).within("world"))?;
        at_least("seeds", self.seeds.len() as u64, 1)?;
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = self.seeds.iter().find(|seed| !seen.insert(**seed)) {
            return Err(Problem::new(
                "seeds",
                format!("each seed once is needed, found {twice} twice"),
            ));
        }
        at_least("episodes", self.episodes as u64, 1)?;
        not_negative("kl", self.kl)?;
        let mut labels = std::collections::BTreeSet::new();
        for (place, compared) in self.rewards.iter().enumerate() {
            let number = format!("{}", place + 1);
            let told = if compared.name.is_empty() { &number } else { &compared.name };
            let within = |problem: Problem| problem.within(told).within("rewards");
            compared.check().map_err(within)?;
            if !labels.insert(&compared.name) {
                return Err(within(Problem::new("name", "another one has this name too")));
            }
        }
        if self.ppo.kl != 0.0 {
            let message = "set `kl` outside of `ppo`, where it is for all methods".to_owned();
            return Err(Problem::new("kl", message).within("ppo"));
        }
        self.ppo.check().map_err(|problem| problem.within("ppo"))?;
        self.best_of_n.check().map_err(|problem| problem.within("best-of-n"))?;
        if self.method() == Method::Tabular && self.world.mdp().is_none() {
            let message = format!(
                "`tabular` needs a world that is a table, and `{}` is none; `ppo` and `best-of-n` do not",
                self.world.typetag_name()
            );
            return Err(Problem::new("method", message));
        }
        Ok(())
    }
}

impl BestOfNOptions {
    fn check(&self) -> Result<(), Problem> {
        at_least("episodes", self.episodes as u64, 1)?;
        at_least("sizes", self.sizes.len() as u64, 1)?;
        match self.sizes.iter().find(|n| !(1..=self.episodes).contains(n)) {
            None => Ok(()),
            Some(n) => {
                let message = format!(
                    "numbers from 1 to `episodes` = {} are needed, found {n}",
                    self.episodes
                );
                Err(Problem::new("sizes", message))
            }
        }
    }
}

fn seeds() -> Vec<u64> {
    (0..5).collect()
}

fn mean() -> Pessimism {
    Pessimism::Mean
}

fn hundred() -> usize {
    100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_named() {
        let check = |more: &str, expect: &str| {
            let text = format!("{more}\n[world.grid]\npreset = \"trap\"\n");
            let spec: OptimizeSpec = toml::from_str(&text).unwrap();
            let found = spec.check().err().map(|problem| problem.to_string());
            assert!(found.as_deref().unwrap_or("fine").contains(expect), "{found:?}");
        };
        check("", "fine");
        check("seeds = []", "`seeds`: at least 1 is needed");
        check("seeds = [1, 1]", "found 1 twice");
        check("episodes = 0", "`episodes`: at least 1");
        check("kl = -0.5", "`kl`: a number of at least 0");
        check("ppo.kl = 0.5", "`ppo.kl`: set `kl` outside");
        check("ppo.epochs = 0", "`ppo.epochs`");
        check("best-of-n.sizes = [0]", "`best-of-n.sizes`: numbers from 1 to");
        check("best-of-n = { episodes = 4, sizes = [8] }", "= 4 are needed, found 8");
        check("pessimism.mean-minus-sd.k = 1.0", "fine");
        check("rewards = [{ name = 'a', models = 'b' }]", "fine");
        check("rewards = [{ name = '', models = 'b' }]", "`rewards.1.name`: a name that");
        check("rewards = [{ name = 'a', models = 'b', kl = -1.0 }]", "`rewards.a.kl`: a number of");
        let twice = "rewards = [{ name = 'a', models = 'b' }, { name = 'a', models = 'c' }]";
        check(twice, "`rewards.a.name`: another one has this name too");
    }

    #[test]
    fn a_world_without_a_table_is_not_solved_as_one() {
        let text = "method = \"tabular\"\n[world.pendulum]\n";
        let spec: OptimizeSpec = toml::from_str(text).unwrap();
        let found = spec.check().unwrap_err().to_string();
        assert!(found.contains("and `pendulum` is none"), "{found}");
    }
}
