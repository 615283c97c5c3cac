//! What are episodes worth: by the reward that is optimized, by each of its members, by what the world paid?

use crate::OptimizeError;
use crate::reward::NamedReward;
use crate::spread::mean_and_sd;
use medley_ppo::Steps;
use medley_world::{Episode, World};

/// Episodes as a reward reads them.
pub(crate) struct Lived {
    features: Vec<f32>,
    width: usize,
    true_rewards: Vec<f64>,
    lengths: Vec<usize>,
}

/// What each of several episodes is worth, `[episode]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scored {
    /// Return by the reward that is optimized.
    pub proxy: Vec<f64>,
    /// Return by what the world paid.
    pub gold: Vec<f64>,
    /// Standard deviation of the returns of members; none of one member.
    pub uncertainty: Option<Vec<f64>>,
    /// Mean distance of its steps from the data that the reward was learned from, if that is known.
    pub from_data: Option<Vec<f64>>,
}

/// Of what members become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// Of each step, since steps are rewarded.
    Steps,
    /// Of the return of an episode, since episodes are chosen.
    Episodes,
}

impl Lived {
    /// All steps of these episodes, in a row.
    pub fn of(world: &dyn World, episodes: &[Episode]) -> Self {
        let (actions, width) = (world.actions(), world.feature_names().len());
        let mut features = Vec::new();
        let mut row = vec![0.0; width];
        for episode in episodes {
            for step in 0..episode.len() {
                world.features(episode.state(step), episode.action(step, &actions), &mut row);
                features.extend_from_slice(&row);
            }
        }
        let true_rewards = episodes.iter().flat_map(|it| &it.rewards).copied().collect();
        Self { features, width, true_rewards, lengths: episodes.iter().map(Episode::len).collect() }
    }

    pub fn steps(&self) -> Steps<'_> {
        Steps { features: &self.features, width: self.width, true_rewards: &self.true_rewards }
    }

    /// Sums over the steps of each episode.
    pub fn sums(&self, steps: &[f64]) -> Vec<f64> {
        let mut rest = steps;
        let sum = |&length: &usize| {
            let (own, others) = rest.split_at(length);
            rest = others;
            own.iter().sum()
        };
        self.lengths.iter().map(sum).collect()
    }

    /// What each episode is worth.
    pub fn scored(&self, reward: &NamedReward, of: Of) -> Result<Scored, OptimizeError> {
        let refused = |reason| OptimizeError::Reward { reward: reward.name.clone(), reason };
        let unequal = |source| OptimizeError::Members { reward: reward.name.clone(), source };
        let steps = self.steps();
        let members = reward.source.members(&steps).map_err(refused)?;
        if let Some(wrong) = members.iter().flatten().find(|reward| !reward.is_finite()) {
            let reason = format!("the reward of a step should be a finite number and is {wrong}");
            return Err(refused(reason));
        }
        let pessimism = reward.source.pessimism();
        let returns: Vec<Vec<f64>> = members.iter().map(|rewards| self.sums(rewards)).collect();
        let proxy = match of {
            Of::Episodes => pessimism.scores(&returns).map_err(unequal)?,
            Of::Steps => self.sums(&pessimism.scores(&members).map_err(unequal)?),
        };
        let distances = reward.source.data_distances(&steps).map_err(refused)?;
        let mean = |distances: Vec<f64>| {
            let sums = self.sums(&distances).into_iter().zip(&self.lengths);
            sums.map(|(sum, length)| sum / *length as f64).collect()
        };
        Ok(Scored {
            proxy,
            gold: self.sums(&self.true_rewards),
            uncertainty: (returns.len() > 1).then(|| spreads(&returns)),
            from_data: distances.map(mean),
        })
    }
}

/// Standard deviation over members, of each episode.
fn spreads(returns: &[Vec<f64>]) -> Vec<f64> {
    let of = |episode: usize| {
        let members: Vec<f64> = returns.iter().map(|member| member[episode]).collect();
        mean_and_sd(&members).1
    };
    (0..returns[0].len()).map(of).collect()
}
