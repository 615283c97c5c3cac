//! How did returns change while a policy learned?

use serde::{Deserialize, Serialize};

/// Points of a curve, at most.
const POINTS: u64 = 100;

/// What a policy was like over some rollouts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Steps of all worlds so far.
    pub steps: u64,
    /// Episodes that ended since the point before.
    pub episodes: u64,
    /// Mean return of these by the reward that is optimized; none if no episode ended.
    pub proxy: Option<f64>,
    /// Mean return of these by what the world paid.
    pub gold: Option<f64>,
    /// `KL(policy || reference)` in the states of the last rollout, mean over states, nats.
    pub kl: f64,
}

/// Returns of episodes, as they end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// Returns of the episodes under way, proxy and gold, `[world]`.
    under_way: Vec<[f64; 2]>,
    sums: [f64; 2],
    episodes: u64,
    pub curve: Vec<CurvePoint>,
}

impl Tally {
    pub fn new(worlds: usize) -> Self {
        Self { under_way: vec![[0.0; 2]; worlds], ..Self::default() }
    }

    /// Counts a step of a world.
    pub fn add(&mut self, world: usize, rewards: [f64; 2], ended: bool) {
        let sums = &mut self.under_way[world];
        sums.iter_mut().zip(rewards).for_each(|(sum, reward)| *sum += reward);
        if ended {
            let told = std::mem::take(sums);
            self.sums.iter_mut().zip(told).for_each(|(sum, told)| *sum += told);
            self.episodes += 1;
        }
    }

    /// Whether a point is due after so many of all updates.
    pub fn is_due(done: u64, of: u64) -> bool {
        done * POINTS / of != (done - 1) * POINTS / of || done == of
    }

    /// Makes a point of the episodes since the last.
    pub fn point(&mut self, steps: u64, kl: f64) {
        let mean = |sum: f64| (self.episodes > 0).then(|| sum / self.episodes as f64);
        let [proxy, gold] = self.sums.map(mean);
        self.curve.push(CurvePoint { steps, episodes: self.episodes, proxy, gold, kl });
        (self.sums, self.episodes) = ([0.0; 2], 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn episodes_are_counted_where_they_end() {
        let mut tally = Tally::new(2);
        tally.add(0, [1.0, 10.0], false);
        tally.add(1, [5.0, 50.0], false);
        tally.add(0, [2.0, 20.0], true);
        tally.point(3, 0.5);
        tally.add(1, [1.0, 1.0], true);
        tally.point(4, 0.6);
        tally.point(5, 0.7);
        let means: Vec<_> = tally.curve.iter().map(|p| (p.episodes, p.proxy, p.gold)).collect();
        let expected = [(1, Some(3.0), Some(30.0)), (1, Some(6.0), Some(51.0)), (0, None, None)];
        assert_eq!(means, expected);
    }

    #[test]
    fn there_are_a_hundred_points_or_one_an_update() {
        let check = |updates: u64, expect: usize| {
            let due = (1..=updates).filter(|done| Tally::is_due(*done, updates)).count();
            assert_eq!(due, expect, "{updates}");
        };
        check(7, 7);
        check(100, 100);
        check(12_345, 100);
    }
}
