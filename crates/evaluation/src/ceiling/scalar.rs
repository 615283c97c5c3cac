//! How accurate could any reward be that gives each segment one number?
//!
//! One number per segment is an order, and an order cannot agree with people who prefer a to b, b
//! to c and c to a, or who answer the same pair both ways. Equal rewards earn half of each label,
//! which some strict order always matches, so orders are all we need to search.
//!
//! Only orders are searched, so this is no ceiling for a model that also knows the sides: one with
//! a learned offset for the side shown first can prefer a to b and b to a, each when shown first,
//! and exceed it.
//!
//! Segments that beat each other only one way never conflict, so the search is per strongly
//! connected component of the "wins more often than it loses" graph: the best order in each,
//! components in topological order. That is exact however many segments there are, as long as no
//! cycle of majorities is larger than [`EXACT_SEGMENTS`]; beyond that we report a bound and say so.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::ceiling::graph::{Arcs, components};
use crate::ceiling::{Ceiling, CeilingKind};
use crate::judgement::{Answer, Answers, ResponseSet, Sides};

/// Largest component whose best order is searched: 2^12 subsets, under a millisecond.
const EXACT_SEGMENTS: usize = 12;

/// The best [accuracy](crate::Metric::Accuracy) that any reward per segment can have on the
/// comparisons that name their [`pair`](crate::Answer::pair), without an offset for the side.
///
/// Applies to two-sided comparisons and to exchangeable sets of two. `None` without such pairs.
pub fn scalar_reward_ceiling(answers: &Answers) -> Option<Ceiling> {
    let sides = answers.responses.sides();
    let masses = |answer: &Answer| masses(&answer.observed, &answers.responses, sides.as_ref());
    let pairs = answers.list.iter().filter_map(|answer| answer.pair.zip(masses(answer)));
    scalar_reward_ceiling_of_pairs(pairs)
}

/// As [`scalar_reward_ceiling`], of pairs of segments and the shares of answers for the first, for the
/// second and for a tie. Each is read once: an [`Answer`] for each of a million takes several times
/// what the search itself does.
///
/// ```
/// use medley_evaluation::scalar_reward_ceiling_of_pairs;
/// // 1 beats 2 in two of three answers.
/// let said = [((1, 2), [1.0, 0.0, 0.0]), ((2, 1), [0.0, 1.0, 0.0]), ((1, 2), [0.0, 1.0, 0.0])];
/// let ceiling = scalar_reward_ceiling_of_pairs(said).unwrap();
/// assert!((ceiling.value - 2.0 / 3.0).abs() < 1e-12);
/// ```
pub fn scalar_reward_ceiling_of_pairs(
    pairs: impl IntoIterator<Item = ((u32, u32), [f64; 3])>,
) -> Option<Ceiling> {
    let votes = Votes::count(pairs)?;
    let component = components(&votes.majorities());
    let component = |segment: u32| component[segment as usize];
    let mut within: BTreeMap<u32, Vec<&Edge>> = BTreeMap::new();
    let mut credit = votes.fixed;
    for edge in &votes.edges {
        if component(edge.low) == component(edge.high) {
            within.entry(component(edge.low)).or_default().push(edge);
        } else {
            credit += edge.pooled();
        }
    }
    let mut exact = true;
    for edges in within.values() {
        match best_order(edges) {
            Some(best) => credit += best,
            None => {
                exact = false;
                credit += edges.iter().map(|edge| edge.pooled()).sum::<f64>();
            }
        }
    }
    Some(Ceiling {
        value: credit / votes.statements as f64,
        kind: CeilingKind::ScalarReward,
        exact,
        statements: votes.statements,
        repeated: votes.edges.iter().filter(|edge| edge.count > 1).count(),
    })
}

/// What all statements about two segments earn, by which of them has the larger reward.
struct Edge {
    low: u32,
    high: u32,
    if_low: f64,
    if_high: f64,
    count: u32,
}

impl Edge {
    fn pooled(&self) -> f64 {
        self.if_low.max(self.if_high)
    }
}

/// Of two segments, the lower first, what one statement says for the lower and for the higher.
type Share = ((u32, u32), f64, f64);

struct Votes {
    segments: usize,
    edges: Vec<Edge>,
    /// Credit that does not depend on the reward: half of every tie.
    fixed: f64,
    statements: usize,
}

impl Votes {
    fn count(pairs: impl IntoIterator<Item = ((u32, u32), [f64; 3])>) -> Option<Self> {
        let mut shares: Vec<Share> = Vec::new();
        let (mut fixed, mut statements) = (0.0, 0);
        for ((a, b), [for_a, for_b, tie]) in pairs {
            statements += 1;
            fixed += 0.5 * tie;
            match a.cmp(&b) {
                Ordering::Less => shares.push(((a, b), for_a, for_b)),
                Ordering::Equal => fixed += 0.5 * (for_a + for_b),
                Ordering::Greater => shares.push(((b, a), for_b, for_a)),
            }
        }
        (statements > 0).then(|| Votes::indexed(shares, fixed, statements))
    }

    fn indexed(mut shares: Vec<Share>, fixed: f64, statements: usize) -> Self {
        // Stable: the shares of a pair are summed in the order of statements.
        shares.sort_by_key(|share| share.0);
        let mut names: Vec<u32> = shares.iter().flat_map(|((a, b), ..)| [*a, *b]).collect();
        names.sort_unstable();
        names.dedup();
        let number = |name: u32| names.partition_point(|other| *other < name) as u32;
        let edge = |shares: &[Share]| {
            let (low, high) = shares[0].0;
            let sum =
                |(low, high): (f64, f64), (_, more, other): &Share| (low + more, high + other);
            let (if_low, if_high) = shares.iter().fold((0.0, 0.0), sum);
            let (low, high, count) = (number(low), number(high), shares.len() as u32);
            Edge { low, high, if_low, if_high, count }
        };
        let edges = shares.chunk_by(|one, next| one.0 == next.0).map(edge).collect();
        Votes { segments: names.len(), edges, fixed, statements }
    }

    /// Arcs from the segment that wins more often to the other; none for a draw.
    fn majorities(&self) -> Arcs {
        let arc = |edge: &Edge| match edge.if_low.partial_cmp(&edge.if_high) {
            Some(Ordering::Greater) => Some((edge.low, edge.high)),
            Some(Ordering::Less) => Some((edge.high, edge.low)),
            _ => None,
        };
        Arcs::new(self.segments, self.edges.iter().filter_map(arc))
    }
}

/// Observed mass of `[first, second, tie]`; `None` if this is no choice between two.
fn masses(observed: &[f64], responses: &ResponseSet, sides: Option<&Sides>) -> Option<[f64; 3]> {
    match (responses, observed, sides) {
        (ResponseSet::Exchangeable, &[first, second], _) => Some([first, second, 0.0]),
        (ResponseSet::TiedSets, &[first, second, both], _) => Some([first, second, both]),
        (_, _, Some(sides)) if sides.of.len() == observed.len() => Some(sides.masses(observed)),
        _ => None,
    }
}

/// The credit of the best order of the segments that these edges name, by dynamic programming
/// over the set of segments on top (Held and Karp 1962); `None` for too many segments.
fn best_order(edges: &[&Edge]) -> Option<f64> {
    let mut names: Vec<u32> = edges.iter().flat_map(|edge| [edge.low, edge.high]).collect();
    names.sort_unstable();
    names.dedup();
    let segments = names.len();
    if segments > EXACT_SEGMENTS {
        return None;
    }
    let mut gain = vec![vec![0.0; segments]; segments]; // [upper][lower]
    for edge in edges {
        let number = |name: u32| names.partition_point(|other| *other < name);
        let (low, high) = (number(edge.low), number(edge.high));
        gain[low][high] = edge.if_low;
        gain[high][low] = edge.if_high;
    }
    let mut best = vec![0.0_f64; 1 << segments];
    for on_top in 1..best.len() {
        let members = || (0..segments).filter(|i| on_top >> i & 1 == 1);
        let with_lowest = |lowest: usize| {
            let others = on_top & !(1 << lowest);
            best[others] + members().map(|upper| gain[upper][lowest]).sum::<f64>()
        };
        best[on_top] = members().map(with_lowest).fold(f64::NEG_INFINITY, f64::max);
    }
    best.last().copied()
}

#[cfg(test)]
#[path = "scalar_tests.rs"]
mod tests;
