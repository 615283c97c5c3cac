//! How does a policy get better, rollout by rollout?

use crate::curve::Tally;
use crate::gae::{Lived, advantages};
use crate::loss::gradient;
use crate::minibatch::Minibatch;
use crate::moments::Moments;
use crate::network::Network;
use crate::rollout::{At, Rollout, Scene, Worlds};
use crate::stage::{Kept, is_stage};
use crate::{Acting, CurvePoint, LearnedPolicy, PpoError, PpoOptions, RewardSource, Stage, Steps};
use medley_random::stream;
use medley_reward_model::{AdamW, AdamWOptions};
use medley_world::{World, WorldError};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

/// What is to be learned.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// Where.
    pub world: &'a dyn World,
    /// For which reward.
    pub reward: &'a dyn RewardSource,
    /// How.
    pub options: &'a PpoOptions,
    /// What the penalty `kl` and the divergence in curves are from; none: the first policy of the
    /// seed, which is nearly indifferent.
    pub reference: Option<&'a LearnedPolicy>,
    /// Names the random streams.
    pub seed: u64,
}

/// Everything that changes while a policy learns, and so all that a checkpoint holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Updates so far.
    pub updates: u64,
    pub parameters: Vec<f32>,
    /// Of Adam: moments, and steps so far.
    pub moments: [Vec<f32>; 2],
    pub gradient_steps: u64,
    pub worlds: Worlds,
    /// Of observations.
    pub eyes: Moments,
    /// Of discounted returns, and the returns of each world so far.
    pub returns: Moments,
    pub discounted: Vec<f64>,
    pub tally: Tally,
    /// The policy as it was on the way, in the order of updates.
    pub kept: Vec<Kept>,
}

/// A policy that learns.
pub struct Learner<'a> {
    task: Task<'a>,
    network: Network,
    /// What `kl` is from.
    reference: LearnedPolicy,
    optimizer: AdamW,
    limit: u32,
    pub(crate) state: State,
}

impl<'a> Learner<'a> {
    /// Before the first step.
    ///
    /// # Errors
    /// Options are out of range, the world refuses its rules, it has no limit of steps, or the
    /// reference policy is of another world.
    pub fn new(task: Task<'a>) -> Result<Self, PpoError> {
        task.options.check()?;
        task.world.check().map_err(WorldError::from)?;
        let world = || task.world.typetag_name().to_owned();
        let limit = task.world.steps().ok_or_else(|| WorldError::Endless { world: world() })?;
        let network = Network::new(task.world, task.options);
        let parameters = network.initial(task.seed);
        let eyes = Moments::new(network.inputs);
        let first = || LearnedPolicy {
            network: network.clone(),
            parameters: parameters.clone(),
            eyes: eyes.clone(),
            acting: Acting::Drawn,
        };
        let reference = task.reference.cloned().unwrap_or_else(first);
        if (reference.network.inputs, &reference.network.head) != (network.inputs, &network.head) {
            let message = "the reference policy sees or does other things than this world has";
            return Err(medley_toml_file::Problem::new("reference", message).into());
        }
        // As in the reference implementations of PPO, for which its defaults were found.
        let adam = AdamWOptions { epsilon: 1e-5, weight_decay: 0.0, ..Default::default() };
        let optimizer = AdamW::new(parameters.len(), &adam);
        let worlds = task.options.worlds;
        let state = State {
            updates: 0,
            moments: optimizer.moments().map(<[f32]>::to_vec),
            parameters,
            gradient_steps: 0,
            worlds: Worlds::new(task.world, worlds, task.seed),
            eyes,
            returns: Moments::new(1),
            discounted: vec![0.0; worlds],
            tally: Tally::new(worlds),
            kept: Vec::new(),
        };
        Ok(Self { task, network, reference, optimizer, limit, state })
    }

    pub(crate) fn task(&self) -> &Task<'a> {
        &self.task
    }

    /// Goes on from what a checkpoint holds.
    pub(crate) fn set(&mut self, state: State) {
        self.optimizer.resume(state.moments.clone(), state.gradient_steps);
        self.state = state;
    }

    /// Whether all steps are done.
    pub fn is_done(&self) -> bool {
        self.state.updates >= self.task.options.updates()
    }

    /// Updates so far.
    pub fn updates(&self) -> u64 {
        self.state.updates
    }

    /// Returns so far, over steps.
    pub fn curve(&self) -> &[CurvePoint] {
        &self.state.tally.curve
    }

    /// The policy as it is now; it acts by chance.
    pub fn policy(&self) -> LearnedPolicy {
        self.with(&self.state.parameters, &self.state.eyes)
    }

    /// What divergence is counted from.
    pub fn reference(&self) -> &LearnedPolicy {
        &self.reference
    }

    /// The policy as it was on the way, up to `options.stages` times.
    pub fn stages(&self) -> Vec<Stage> {
        let steps = self.task.options.rollout_steps() as u64;
        let stage = |kept: &Kept| Stage {
            steps: kept.updates * steps,
            policy: self.with(&kept.parameters, &kept.eyes),
        };
        self.state.kept.iter().map(stage).collect()
    }

    fn with(&self, parameters: &[f32], eyes: &Moments) -> LearnedPolicy {
        LearnedPolicy {
            network: self.network.clone(),
            parameters: parameters.to_vec(),
            eyes: eyes.clone(),
            acting: Acting::Drawn,
        }
    }

    /// Lives through one rollout and learns from it.
    ///
    /// # Errors
    /// A number that is not finite, an action that the world refuses, or a reward that cannot be had.
    /// Then nothing was learned from this rollout.
    pub fn update(&mut self) -> Result<(), PpoError> {
        let before = self.state.clone();
        self.live_and_learn().inspect_err(|_| self.state = before)
    }

    fn live_and_learn(&mut self) -> Result<(), PpoError> {
        let options = self.task.options;
        let mut worlds = self.state.worlds.clone();
        let rollout = self.scene().live(&mut worlds, options.rollout)?;
        let mut rewards = self.rewards(&rollout)?;
        self.count(&rollout, &rewards);
        let log_ratios = self.log_ratios(&rollout);
        let penalty = rewards.iter_mut().zip(&log_ratios);
        penalty.for_each(|(reward, log_ratio)| *reward -= options.kl * log_ratio);
        self.scale(&mut rewards, &rollout.ended);
        let lived = Lived {
            worlds: options.worlds,
            rewards: &rewards,
            values: &rollout.values,
            next_values: &rollout.next_values,
            ended: &rollout.ended,
        };
        let advantages = advantages(&lived, options.discount, options.lambda);
        self.learn(&rollout, &advantages)?;
        if options.normalize_observations {
            for row in rollout.observations.chunks_exact(self.network.inputs) {
                self.state.eyes.add(row.iter().map(|value| f64::from(*value)));
            }
        }
        self.state.worlds = worlds;
        self.state.updates += 1;
        if Tally::is_due(self.state.updates, options.updates()) {
            let kl = self.divergence(&rollout);
            let steps = self.state.updates * options.rollout_steps() as u64;
            self.state.tally.point(steps, kl);
        }
        if is_stage(self.state.updates, options.updates(), options.stages) {
            self.state.kept.push(Kept {
                updates: self.state.updates,
                parameters: self.state.parameters.clone(),
                eyes: self.state.eyes.clone(),
            });
        }
        Ok(())
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            world: self.task.world,
            network: &self.network,
            parameters: &self.state.parameters,
            eyes: &self.state.eyes,
            limit: self.limit,
            seed: self.task.seed,
            update: self.state.updates,
            before: self.state.updates * self.task.options.rollout as u64,
        }
    }

    /// What is optimized, of each step.
    fn rewards(&self, rollout: &Rollout) -> Result<Vec<f64>, PpoError> {
        let (features, true_rewards) = (&rollout.features[..], &rollout.true_rewards[..]);
        let width = features.len() / true_rewards.len();
        let steps = self.task.options.rollout as u64;
        let from = self.state.updates * steps;
        let reward = |reason| PpoError::Reward { from, to: from + steps - 1, reason };
        let asked = Steps { features, width, true_rewards };
        let rewards = self.task.reward.rewards(&asked).map_err(reward)?;
        if rewards.len() != true_rewards.len() {
            let (found, expected) = (rewards.len(), true_rewards.len());
            return Err(reward(format!("expected {expected} numbers, found {found}")));
        }
        let worlds = self.task.options.worlds;
        for (row, value) in rewards.iter().enumerate() {
            let at = At { world: row % worlds, step: from + (row / worlds) as u64 };
            at.finite("the reward that is optimized", *value)?;
        }
        Ok(rewards)
    }

    fn count(&mut self, rollout: &Rollout, rewards: &[f64]) {
        for (row, proxy) in rewards.iter().enumerate() {
            let rewards = [*proxy, rollout.true_rewards[row]];
            let world = row % self.task.options.worlds;
            self.state.tally.add(world, rewards, rollout.ended[row]);
        }
    }

    /// `ln policy(action) - ln reference(action)` of each step; nothing is asked where it costs nothing.
    fn log_ratios(&self, rollout: &Rollout) -> Vec<f64> {
        if self.task.options.kl == 0.0 {
            return vec![0.0; rollout.values.len()];
        }
        let choices = rollout.choices.chunks_exact(self.network.head.width());
        let of_reference = self.reference.distributions(&rollout.observations);
        let of_reference =
            of_reference.iter().zip(choices).map(|(of, choice)| of.log_probability(choice));
        let pairs = rollout.log_probabilities.iter().zip(of_reference);
        pairs.map(|(own, reference)| f64::from(own - reference)).collect()
    }

    /// `KL(policy || reference)`, mean over the states of a rollout.
    fn divergence(&self, rollout: &Rollout) -> f64 {
        let each = self.policy().divergences(&self.reference, &rollout.observations);
        each.iter().sum::<f64>() / each.len() as f64
    }

    /// Brings rewards to the scale of returns so far, where that is wanted.
    fn scale(&mut self, rewards: &mut [f64], ended: &[bool]) {
        let options = self.task.options;
        if !options.normalize_rewards {
            return;
        }
        for (row, reward) in rewards.iter().enumerate() {
            let sum = &mut self.state.discounted[row % options.worlds];
            *sum = *sum * options.discount + reward;
            self.state.returns.add([*sum]);
            if ended[row] {
                *sum = 0.0;
            }
        }
        let sd = self.state.returns.sd(0);
        rewards.iter_mut().for_each(|reward| *reward = (*reward / sd).clamp(-10.0, 10.0));
    }

    fn learn(&mut self, rollout: &Rollout, advantages: &[f64]) -> Result<(), PpoError> {
        let options = self.task.options;
        let update = self.state.updates;
        let left = 1.0 - update as f64 / options.updates() as f64;
        let rate = options.rate * if options.anneal { left } else { 1.0 };
        let rng = &mut stream(self.task.seed, &format!("ppo order {update}"));
        let mut order: Vec<usize> = (0..advantages.len()).collect();
        // After an error the policy is as it was before the rollout.
        let (mut parameters, mut optimizer) =
            (self.state.parameters.clone(), self.optimizer.clone());
        for _ in 0..options.epochs {
            order.shuffle(rng);
            for rows in order.chunks(options.batch) {
                let batch = Minibatch::of(&self.network, rollout, advantages, rows);
                let mut slope = gradient(&self.network, &parameters, &batch, options);
                let squares: f64 = slope.iter().map(|slope| f64::from(*slope).powi(2)).sum();
                if !squares.is_finite() {
                    return Err(PpoError::Diverged { update });
                }
                let shrink =
                    (options.max_gradient_norm / squares.sqrt().max(1e-12)).min(1.0) as f32;
                slope.iter_mut().for_each(|slope| *slope *= shrink);
                optimizer.step(&mut parameters, &slope, rate);
                self.state.gradient_steps += 1;
            }
        }
        self.state.moments = optimizer.moments().map(<[f32]>::to_vec);
        (self.state.parameters, self.optimizer) = (parameters, optimizer);
        Ok(())
    }
}
