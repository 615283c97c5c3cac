//! The matrix `I - discount P` of a policy, factorized.
//!
//! Each row's diagonal is larger than the rest of the row together, so that elimination needs no
//! pivots: it divides by nothing near 0, and entries at most double (Golub and Van Loan, *Matrix
//! Computations*, 4.1). Without pivots nothing leaves the band in which the transitions lie, which is
//! narrow where states are numbered along a map: a grid of side `k` has `k^2` states and a band of `k`
//! on each side, and takes `2 k^4` operations where a full matrix takes `k^6 / 3`. A process in which
//! any state follows any other has the whole matrix for a band.

use super::TabularPolicy;
use medley_world::Mdp;

/// `L U = I - discount P`, with a unit diagonal in `L`.
#[derive(Clone, Debug)]
pub(super) struct System {
    states: usize,
    /// How far below the diagonal, and above it, there is anything.
    below: usize,
    above: usize,
    /// By rows, of `below + 1 + above` places each: `L` below the diagonal, `U` from it on.
    band: Vec<f64>,
}

/// How far from the diagonal there is anything.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    below: usize,
    above: usize,
}

impl Reach {
    /// Of whatever can be done.
    pub(super) fn of(mdp: &Mdp) -> Self {
        let mut reach = Self::default();
        for state in (0..mdp.states()).filter(|&state| !mdp.is_terminal(state)) {
            let next = (0..mdp.actions()).flat_map(|action| mdp.row(state, action));
            next.for_each(|(next, _)| reach.include(state, next));
        }
        reach
    }

    fn include(&mut self, from: usize, to: usize) {
        self.below = self.below.max(from.saturating_sub(to));
        self.above = self.above.max(to.saturating_sub(from));
    }
}

impl System {
    pub(super) fn of(mdp: &Mdp, policy: &TabularPolicy) -> Self {
        Self::within(mdp, policy, Reach::of(mdp))
    }

    /// Of a policy that does nothing beyond `reach`.
    pub(super) fn within(mdp: &Mdp, policy: &TabularPolicy, reach: Reach) -> Self {
        let (states, Reach { below, above }) = (mdp.states(), reach);
        let mut system = Self { states, below, above, band: Vec::new() };
        let mut band = vec![0.0; states * system.width()];
        (0..states).for_each(|state| band[system.place(state, state)] = 1.0);
        entries(mdp, policy, |from, to, weight| {
            band[system.place(from, to)] -= mdp.discount() * weight;
        });
        system.band = band;
        system.factorize();
        system
    }

    fn width(&self) -> usize {
        self.below + 1 + self.above
    }

    fn place(&self, row: usize, column: usize) -> usize {
        row * self.width() + self.below + column - row
    }

    /// Of a row of `U`, what is right of the diagonal.
    fn right_of(&self, row: usize) -> std::ops::Range<usize> {
        let start = self.place(row, row) + 1;
        start..start + self.above.min(self.states - 1 - row)
    }

    /// Rows that an entry of a column of `L` may stand in.
    fn rows_below(&self, row: usize) -> std::ops::RangeInclusive<usize> {
        row + 1..=(row + self.below).min(self.states - 1)
    }

    fn factorize(&mut self) {
        for pivot in 0..self.states {
            let over = self.right_of(pivot);
            let inverse = self.band[self.place(pivot, pivot)].recip();
            for row in self.rows_below(pivot) {
                let place = self.place(row, pivot);
                let factor = self.band[place] * inverse;
                if factor == 0.0 {
                    continue;
                }
                self.band[place] = factor;
                let (before, at) = self.band.split_at_mut(place + 1);
                let eliminated = &before[over.clone()];
                at.iter_mut().zip(eliminated).for_each(|(entry, other)| *entry -= factor * other);
            }
        }
    }

    /// Solves for several right sides at once, in place.
    ///
    /// `sides`: `[state, side]`, by rows.
    pub(super) fn solve(&self, sides: &mut [f64]) {
        let count = sides.len() / self.states;
        for row in 0..self.states {
            for before in row.saturating_sub(self.below)..row {
                subtract(sides, count, row, before, self.band[self.place(row, before)]);
            }
        }
        for row in (0..self.states).rev() {
            for (after, place) in (row + 1..).zip(self.right_of(row)) {
                subtract(sides, count, row, after, self.band[place]);
            }
            let diagonal = self.band[self.place(row, row)];
            sides[row * count..][..count].iter_mut().for_each(|side| *side /= diagonal);
        }
    }

    /// Solves for one right side, in place. `side`: `[state]`
    pub(super) fn solve_one(&self, side: &mut [f64]) {
        for row in 0..self.states {
            let first = row.saturating_sub(self.below);
            let left = &self.band[self.place(row, first)..self.place(row, row)];
            let known: f64 = left.iter().zip(&side[first..row]).map(|(l, x)| l * x).sum();
            side[row] -= known;
        }
        for row in (0..self.states).rev() {
            let right = &self.band[self.right_of(row)];
            let known: f64 = right.iter().zip(&side[row + 1..]).map(|(u, x)| u * x).sum();
            side[row] = (side[row] - known) / self.band[self.place(row, row)];
        }
    }

    /// Solves the transposed system for one right side, in place.
    ///
    /// `side`: `[state]`
    pub(super) fn solve_transposed(&self, side: &mut [f64]) {
        for row in 0..self.states {
            side[row] /= self.band[self.place(row, row)];
            for (after, place) in (row + 1..).zip(self.right_of(row)) {
                side[after] -= self.band[place] * side[row];
            }
        }
        for row in (0..self.states).rev() {
            for before in row.saturating_sub(self.below)..row {
                side[before] -= self.band[self.place(row, before)] * side[row];
            }
        }
    }
}

/// Row `row` less `factor` times row `other`.
fn subtract(sides: &mut [f64], count: usize, row: usize, other: usize, factor: f64) {
    if factor == 0.0 {
        return;
    }
    let (low, high) = (row.min(other), row.max(other));
    let (first, second) = sides.split_at_mut(high * count);
    let (low, high) = (&mut first[low * count..][..count], &mut second[..count]);
    let (into, from) = if row < other { (low, high) } else { (high, low) };
    into.iter_mut().zip(from).for_each(|(into, from)| *into -= factor * *from);
}

/// Each step that the policy may take: from where, to where, and with which probability.
fn entries(mdp: &Mdp, policy: &TabularPolicy, mut entry: impl FnMut(usize, usize, f64)) {
    for state in (0..mdp.states()).filter(|&state| !mdp.is_terminal(state)) {
        for (action, chosen) in policy.row(state).iter().enumerate().filter(|(_, p)| **p > 0.0) {
            for (next, probability) in mdp.row(state, action) {
                entry(state, next, chosen * probability);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::{chain, random, random_policy};
    use proptest::prelude::*;

    /// `(I - discount P) values`, or with the matrix transposed.
    fn times(mdp: &Mdp, policy: &TabularPolicy, values: &[f64], transposed: bool) -> Vec<f64> {
        let mut product = values.to_vec();
        entries(mdp, policy, |from, to, weight| {
            let (row, column) = if transposed { (to, from) } else { (from, to) };
            product[row] -= mdp.discount() * weight * values[column];
        });
        product
    }

    fn near(a: &[f64], b: &[f64]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    proptest! {
        #[test]
        fn solutions_solve(seed: u64, discount in 0.0_f64..0.999) {
            let mdp = random(seed, discount);
            let policy = random_policy(&mdp, seed);
            let system = System::of(&mdp, &policy);
            let sides: Vec<f64> =
                (0..mdp.states() * 3).map(|place| (place as f64 * 0.7).sin()).collect();
            let mut solved = sides.clone();
            system.solve(&mut solved);
            for side in 0..3 {
                let of = |all: &[f64]| all.iter().copied().skip(side).step_by(3).collect::<Vec<_>>();
                prop_assert!(near(&times(&mdp, &policy, &of(&solved), false), &of(&sides)));
            }
            let side = &sides[..mdp.states()];
            let mut solved = side.to_vec();
            system.solve_one(&mut solved);
            prop_assert!(near(&times(&mdp, &policy, &solved, false), side));
            let mut solved = side.to_vec();
            system.solve_transposed(&mut solved);
            prop_assert!(near(&times(&mdp, &policy, &solved, true), side));
        }
    }

    #[test]
    fn a_chain_has_a_narrow_band() {
        let mdp = chain(50, 0.9);
        let system = System::of(&mdp, &TabularPolicy::uniform(&mdp));
        assert_eq!((system.below, system.above, system.band.len()), (0, 1, 100));
    }
}
