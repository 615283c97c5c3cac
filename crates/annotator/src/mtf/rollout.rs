//! Segments that are made for a type of feedback: what experts do from a state, and single steps.

use crate::SimulationError;
use crate::mtf::clusters::clusters;
use crate::mtf::noise::noisy;
use crate::mtf::options::{Mtf, MtfType};
use crate::policies::{PolicyName, PolicyPart, all_acting};
use medley_random::stream;
use medley_toml_file::Problem;
use medley_world::{End, Episode, Policy, Seen, Window, World};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Segments of a source, by name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Made {
    /// A segment, and what the best of the experts did in its place.
    Rollouts(Vec<[String; 2]>),
    /// The step nearest to the centre of each cluster, and the cluster's mean reward.
    Steps(Vec<(String, f64)>),
}

/// The world, what has been lived through in it, and the segments of that.
pub(crate) struct Making<'a> {
    pub world: &'a dyn World,
    pub episodes: Vec<Episode>,
    pub windows: Vec<(String, Window)>,
    /// Segments that are asked about by all others: the first ones.
    pub ordinary: usize,
    /// Episodes that were lived through: the first ones. Others are made for some source.
    pub lived: usize,
    /// Noise on the features of episodes, by number: its level, and where it is drawn from.
    pub noise: BTreeMap<usize, (f64, String)>,
    pub seed: u64,
}

impl Making<'_> {
    /// Makes the segments of a source of so many questions.
    pub fn make(
        &mut self,
        name: &str,
        mtf: &Mtf,
        questions: usize,
    ) -> Result<Made, SimulationError> {
        match mtf.kind {
            MtfType::DescriptivePreference => Ok(self.steps(name, mtf, questions)),
            MtfType::Corrective => self.rollouts(name, mtf, questions + questions.div_ceil(2)),
            _ => self.rollouts(name, mtf, questions),
        }
    }

    fn rollouts(&mut self, name: &str, mtf: &Mtf, count: usize) -> Result<Made, SimulationError> {
        let rng = &mut stream(self.seed, &format!("rollouts of {name}"));
        let best = PolicyPart { policy: PolicyName::Optimal, ..PolicyPart::uniform() };
        let parts = if mtf.experts.is_empty() { vec![best] } else { mtf.experts.clone() };
        let experts = all_acting(&parts, self.world, self.seed)?;
        let mut made = Vec::with_capacity(count);
        for number in 0..count {
            let (id, window) = self.windows[rng.random_range(0..self.ordinary)].clone();
            let length = window.end - window.start;
            let state = self.episodes[window.episode].state(window.start).to_vec();
            let mut best: Option<(f64, Episode)> = None;
            for expert in &experts {
                let rollout = self.rollout(&**expert, state.clone(), length, rng)?;
                let worth = discounted(&rollout.rewards, mtf.discount);
                if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                    best = Some((worth, rollout));
                }
            }
            let Some((_, rollout)) = best else { break };
            let episode = self.episodes.len();
            let shown = format!("{name}/{number}");
            if mtf.kind == MtfType::Demonstrative && mtf.noise > 0.0 {
                self.noise.insert(episode, (mtf.noise, format!("noise of {shown}")));
            }
            self.windows.push((shown.clone(), Window { episode, start: 0, end: rollout.len() }));
            self.episodes.push(rollout);
            let against = match mtf.kind {
                // Some segment, not that whose state it began in.
                MtfType::Demonstrative => {
                    self.windows[rng.random_range(0..self.ordinary)].0.clone()
                }
                _ => id,
            };
            made.push([against, shown]);
        }
        Ok(Made::Rollouts(made))
    }

    /// What a policy does from a state.
    fn rollout(
        &self,
        policy: &dyn Policy,
        mut state: Vec<f64>,
        length: usize,
        rng: &mut ChaCha8Rng,
    ) -> Result<Episode, SimulationError> {
        let actions = self.world.actions();
        let mut seen = vec![0.0; self.world.observation_names().len()];
        let (mut room, mut before) = (vec![0.0; actions.width()], vec![0.0; actions.width()]);
        let mut episode = Episode {
            states: state.clone(),
            actions: Vec::new(),
            rewards: Vec::new(),
            end: End::Truncated,
            policy: 0,
        };
        for step in 0..length as u32 {
            self.world.observe(&state, &mut seen);
            let last = (step > 0).then(|| actions.load(&before));
            let now = Seen { observation: &seen, state: &state, step, before: last };
            let action = policy.act(&now, rng, &mut room);
            action.store(&mut before);
            let taken = self.world.step(&mut state, action, rng)?;
            let numbers = std::iter::once(&taken.reward).chain(&state);
            if let Some(value) = numbers.copied().find(|value| !value.is_finite()) {
                let message =
                    format!("a step of an expert came to {value}, expected finite numbers");
                return Err(Problem::new("world", message).into());
            }
            episode.actions.extend_from_slice(&before);
            episode.rewards.push(taken.reward);
            episode.states.extend_from_slice(&state);
            if taken.terminated {
                episode.end = End::Terminated;
                break;
            }
        }
        Ok(episode)
    }

    fn steps(&mut self, name: &str, mtf: &Mtf, questions: usize) -> Made {
        let (world, actions) = (self.world, self.world.actions());
        let width = world.feature_names().len();
        let (mut rows, mut places) = (Vec::new(), Vec::new());
        let mut row = vec![0.0; width];
        for (number, episode) in self.episodes[..self.lived].iter().enumerate() {
            for step in 0..episode.len() {
                world.features(episode.state(step), episode.action(step, &actions), &mut row);
                rows.extend_from_slice(&row);
                places.push((number, step));
            }
        }
        let rng = &mut stream(self.seed, &format!("clusters of {name}"));
        let found = clusters(&rows, width, mtf.clusters.unwrap_or(questions), rng);
        let mut made = Vec::with_capacity(found.len());
        for (number, cluster) in found.iter().enumerate() {
            let reward = |&place: &usize| {
                let (episode, step): (usize, usize) = places[place];
                self.episodes[episode].rewards[step]
            };
            let mean = cluster.points.iter().map(reward).sum::<f64>() / cluster.points.len() as f64;
            let (episode, start) = places[cluster.nearest];
            let id = format!("{name}/{number}");
            self.windows.push((id.clone(), Window { episode, start, end: start + 1 }));
            made.push((id, mean));
        }
        Made::Steps(made)
    }

    /// Adds noise to the features of an episode that has some, `[steps, feature]`.
    pub fn disturb(
        noise: &BTreeMap<usize, (f64, String)>,
        seed: u64,
        episode: usize,
        width: usize,
        rows: &mut [f32],
    ) {
        let Some((level, purpose)) = noise.get(&episode) else { return };
        let rng = &mut stream(seed, purpose);
        let steps = (rows.len() / width.max(1)) as f64;
        for feature in 0..width {
            let values = || rows.iter().skip(feature).step_by(width).map(|x| f64::from(*x));
            let mean = values().sum::<f64>() / steps;
            let sd = (values().map(|x| (x - mean).powi(2)).sum::<f64>() / steps).sqrt();
            let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
            for x in rows.iter_mut().skip(feature).step_by(width) {
                *x = noisy(f64::from(*x), level * sd, everywhere, rng) as f32;
            }
        }
    }
}

/// `sum_t discount^t r_t`
pub(crate) fn discounted(rewards: &[f64], discount: f64) -> f64 {
    rewards.iter().rev().fold(0.0, |later, reward| reward + discount * later)
}
