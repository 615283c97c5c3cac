//! What does an action lead to? Locally weighted linear regression over recorded steps (Atkeson, Moore
//! and Schaal 1997).

use super::nearby::Cloud;
use super::recorded::{Recorded, Then};
use nalgebra::{DMatrix, DVector};

/// What an action leads to.
pub(super) struct Effect {
    /// The next state, if there is one, in units of standard deviations.
    pub next: Vec<f64>,
    /// Probability that the world ends the episode.
    pub ends: f64,
}

/// Recorded steps by one action.
#[derive(Clone, Debug)]
pub(super) struct Samples {
    /// Rows that another followed.
    followed: Vec<usize>,
    /// These, and rows with which an episode ended; and for how many of their kind each of them stands,
    /// itself among them.
    all: Vec<(usize, usize)>,
}

/// Weight of a slope of the regression against that of all neighbours, in squares of their distance:
/// what few neighbours in a row do not show is taken to be flat.
const RIDGE: f64 = 1e-3;

impl Samples {
    /// Up to `count` that lie far apart, out of `rows` by one action: of those with which an episode ended,
    /// which are few and tell most, a quarter at most. So that this makes no end more likely than it was, each
    /// counts as often as it stands for others.
    ///
    /// None if no row was followed.
    pub fn choose(recorded: &Recorded, rows: &[usize], count: usize) -> Option<Self> {
        let cloud = Cloud { point: &|row| recorded.state(row) };
        let of = |then: Then| -> Vec<usize> {
            rows.iter().copied().filter(|&row| recorded.then(row) == then).collect()
        };
        let ended = cloud.far_apart(&of(Then::Ended), count.div_ceil(4));
        let followed = cloud.far_apart(&of(Then::Followed), (count - ended.len()).max(1));
        let all: Vec<(usize, usize)> = followed.iter().chain(&ended).copied().collect();
        let followed: Vec<usize> = followed.into_iter().map(|(row, _)| row).collect();
        (!followed.is_empty()).then_some(Self { followed, all })
    }

    /// Rows that another followed.
    pub fn followed(&self) -> &[usize] {
        &self.followed
    }

    /// From `state`, by the nearest `neighbours`.
    pub fn effect(&self, recorded: &Recorded, state: &[f32], neighbours: usize) -> Effect {
        let cloud = Cloud { point: &|row| recorded.state(row) };
        let near = cloud.nearest(state, self.followed.iter().copied(), neighbours);
        let each = weights(recorded, state, &near, &vec![1; near.len()]);
        let near: Vec<(usize, f64)> = near.into_iter().map(|(row, _)| row).zip(each).collect();
        let moved = |row: usize, axis: usize| {
            f64::from(recorded.state(row + 1)[axis]) - f64::from(recorded.state(row)[axis])
        };
        let next = state.iter().enumerate().map(|(axis, &here)| {
            let all = || near.iter().map(|&(row, weight)| (moved(row, axis), weight));
            let mean: f64 = all().map(|(by, weight)| by * weight).sum();
            let (least, most) = all()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), (by, _)| {
                    (by.min(least), by.max(most))
                });
            // A plane through neighbours may lead beyond anything that one of them did.
            f64::from(here) + mean.clamp(least, most)
        });
        let next = next.collect();
        Effect { next, ends: self.ends(recorded, state, neighbours) }
    }

    /// Probability of an end.
    fn ends(&self, recorded: &Recorded, state: &[f32], neighbours: usize) -> f64 {
        let cloud = Cloud { point: &|place| recorded.state(self.all[place].0) };
        let near = cloud.nearest(state, 0..self.all.len(), neighbours);
        let (near, counts): (Vec<(usize, f64)>, Vec<usize>) = near
            .into_iter()
            .map(|(place, squared)| ((self.all[place].0, squared), self.all[place].1))
            .unzip();
        let weights = weights(recorded, state, &near, &counts);
        let has_ended = |row: usize| recorded.then(row) == Then::Ended;
        let ended = near.iter().zip(weights).filter(|((row, _), _)| has_ended(*row));
        ended.map(|(_, weight)| weight).sum::<f64>().clamp(0.0, 1.0)
    }
}

/// How much each neighbour counts in what a plane through them says at `state`: they sum to 1, and reproduce
/// whatever is linear up to the ridge. Each stands for `counts` of its kind.
fn weights(
    recorded: &Recorded,
    state: &[f32],
    near: &[(usize, f64)],
    counts: &[usize],
) -> Vec<f64> {
    let furthest = near.last().map_or(0.0, |(_, squared)| squared.sqrt()) * 1.1;
    if furthest == 0.0 {
        let total = counts.iter().sum::<usize>().max(1) as f64;
        return counts.iter().map(|&count| count as f64 / total).collect();
    }
    // Tricube weights, by which the furthest hardly counts.
    let tricube = |squared: f64| (1.0 - (squared.sqrt() / furthest).powi(3)).powi(3);
    let counted = near.iter().zip(counts);
    let kernel: Vec<f64> =
        counted.map(|(&(_, squared), &count)| tricube(squared) * count as f64).collect();
    let width = state.len() + 1;
    let design = DMatrix::from_fn(near.len(), width, |place, column| match column {
        0 => 1.0,
        _ => {
            let there = recorded.state(near[place].0)[column - 1];
            f64::from(there - state[column - 1]) / furthest
        }
    });
    let weighed = DMatrix::from_fn(near.len(), width, |place, column| {
        design[(place, column)] * kernel[place]
    });
    let mut normal = design.transpose() * &weighed;
    let total: f64 = kernel.iter().sum();
    (1..width).for_each(|column| normal[(column, column)] += RIDGE * total);
    let mut first = DVector::zeros(width);
    first[0] = 1.0;
    match normal.cholesky() {
        Some(factors) => (weighed * factors.solve(&first)).iter().copied().collect(),
        // Not reached with a ridge; an average is right at least for what is flat.
        None => kernel.iter().map(|weight| weight / total).collect(),
    }
}
