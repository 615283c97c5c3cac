//! One transition: a trajectory that is doubled until it turns back, and a draw from its points.
//!
//! States are weighed by their density (multinomial sampling) and the U-turn is that of the sum of
//! momenta, also across the seam of two halves (Betancourt 2017, appendix A; as Stan's `base_nuts`).

use super::Metric;
use super::phase::{Moving, Point};
use crate::LogDensity;
use medley_random::normals;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Rise of the energy, in nats, at which a trajectory counts as diverged (as in Stan).
const DIVERGED: f64 = 1000.0;

/// What a transition was like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Mean probability of acceptance along the trajectory.
    pub acceptance: f64,
    /// Doublings.
    pub depth: u32,
    /// Gradients computed.
    pub leapfrogs: u64,
    /// Whether the energy was lost, or there was no density: the trajectory ends there.
    pub diverged: bool,
    /// Whether the trajectory was as long as is allowed before it turned back.
    pub cut: bool,
    /// Energy of its first point with the momentum drawn, in nats.
    pub energy: f64,
}

/// How trajectories are followed.
pub struct Trajectory<'a, D> {
    pub density: &'a mut D,
    pub metric: &'a Metric,
    pub step: f64,
    pub max_depth: u32,
    pub rng: ChaCha8Rng,
}

/// Part of a trajectory, in the order in which it was followed.
struct Branch {
    first: Vec<f64>,
    last: Vec<f64>,
    momenta: Vec<f64>,
    log_weight: f64,
    chosen: Point,
}

/// What is counted along the way.
#[derive(Default)]
struct Count {
    leapfrogs: u64,
    acceptance: f64,
    diverged: bool,
}

impl<D: LogDensity> Trajectory<'_, D> {
    /// Moves `point` to a draw of the trajectory through it.
    pub fn draw(&mut self, point: &mut Point) -> Transition {
        let mut normal = vec![0.0; point.position.len()];
        normals(&mut self.rng, &mut normal);
        let momentum = self.metric.momentum(normal);
        let start = Moving { point: point.clone(), momentum: momentum.clone() };
        let energy = start.energy(self.metric);
        let mut ends = [start.clone(), start];
        let mut whole = Branch {
            first: momentum.clone(),
            last: momentum.clone(),
            momenta: momentum,
            log_weight: 0.0,
            chosen: point.clone(),
        };
        let (mut count, mut depth, mut turned) = (Count::default(), 0, false);
        while depth < self.max_depth && !turned {
            let forward = self.rng.random::<bool>();
            let sign = if forward { 1.0 } else { -1.0 };
            let end = &mut ends[usize::from(forward)];
            let Some(branch) = self.grow(end, depth, sign, energy, &mut count) else { break };
            depth += 1;
            if !forward {
                std::mem::swap(&mut whole.first, &mut whole.last);
            }
            // The newer half is preferred, which moves farther (biased progressive sampling).
            let share = branch.log_weight - whole.log_weight;
            turned = !self.join(&mut whole, branch, share);
            if !forward {
                std::mem::swap(&mut whole.first, &mut whole.last);
            }
        }
        *point = whole.chosen;
        let acceptance = count.acceptance / count.leapfrogs.max(1) as f64;
        Transition {
            acceptance,
            depth,
            leapfrogs: count.leapfrogs,
            diverged: count.diverged,
            cut: depth == self.max_depth && !turned,
            energy,
        }
    }

    /// Follows `2^depth` steps from `end`; none if they turn back or diverge.
    fn grow(
        &mut self,
        end: &mut Moving,
        depth: u32,
        sign: f64,
        start: f64,
        count: &mut Count,
    ) -> Option<Branch> {
        if depth == 0 {
            return self.leaf(end, sign, start, count);
        }
        let mut inner = self.grow(end, depth - 1, sign, start, count)?;
        let outer = self.grow(end, depth - 1, sign, start, count)?;
        let share = outer.log_weight - log_sum(inner.log_weight, outer.log_weight);
        self.join(&mut inner, outer, share).then_some(inner)
    }

    fn leaf(
        &mut self,
        end: &mut Moving,
        sign: f64,
        start: f64,
        count: &mut Count,
    ) -> Option<Branch> {
        end.leap(self.density, self.metric, sign * self.step);
        let log_weight = start - end.energy(self.metric);
        count.leapfrogs += 1;
        count.acceptance += log_weight.exp().min(1.0);
        if log_weight < -DIVERGED {
            count.diverged = true;
            return None;
        }
        let momentum = || end.momentum.clone();
        let chosen = end.point.clone();
        Some(Branch {
            first: momentum(),
            last: momentum(),
            momenta: momentum(),
            log_weight,
            chosen,
        })
    }

    /// Puts `outer` behind `inner`, whose point is exchanged with probability `exp(share)`; whether the
    /// whole goes on, which it does not once it turns back.
    fn join(&mut self, inner: &mut Branch, outer: Branch, share: f64) -> bool {
        if self.rng.random::<f64>().ln() < share {
            inner.chosen = outer.chosen;
        }
        inner.log_weight = log_sum(inner.log_weight, outer.log_weight);
        let at_seam = self.goes_on(&inner.first, &outer.first, &inner.momenta, Some(&outer.first))
            && self.goes_on(&inner.last, &outer.last, &outer.momenta, Some(&inner.last));
        inner.momenta.iter_mut().zip(&outer.momenta).for_each(|(sum, p)| *sum += p);
        inner.last = outer.last;
        at_seam && self.goes_on(&inner.first, &inner.last, &inner.momenta, None)
    }

    /// Whether both ends still move along the sum of momenta, to which those `beside` belong.
    fn goes_on(&self, a: &[f64], b: &[f64], momenta: &[f64], beside: Option<&[f64]>) -> bool {
        let (mut of_a, mut of_b) = (0.0, 0.0);
        for (i, (variance, sum)) in self.metric.variances().iter().zip(momenta).enumerate() {
            let along = variance * (sum + beside.map_or(0.0, |beside| beside[i]));
            of_a += a[i] * along;
            of_b += b[i] * along;
        }
        of_a > 0.0 && of_b > 0.0
    }
}

/// `log(exp(a) + exp(b))`.
fn log_sum(a: f64, b: f64) -> f64 {
    let high = a.max(b);
    match high == f64::NEG_INFINITY {
        true => high,
        false => high + (a.min(b) - high).exp().ln_1p(),
    }
}
