//! How often can one reward be right about people who disagree?
//!
//! Exact arithmetic on kinds of pairs: of each, how often it is asked and which share of people prefers its
//! first. A reward without ties to persons says the same to all, so at best it is right about the larger
//! share: `C = sum_k n_k max(p_k, 1 - p_k) / sum_k n_k`. Somebody who knows each person is right about all.
//!
//! Two published populations: [`pets`] (Poddar et al. 2024), whose ten pairs of animals two equally likely
//! users agree on half of, and [`length_ceilings`] (Li et al. 2024, P-RLHF), ten workers of whom
//! seven like longer summaries and three shorter ones.

use serde::Serialize;

/// Pairs that people are divided on in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairKind {
    /// How often they are asked; any unit.
    pub weight: f64,
    /// Share of people who prefer the first.
    pub share: f64,
}

/// How often rewards can be right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairCeilings {
    /// The best single reward on all pairs.
    pub full: f64,
    /// The best single reward on pairs that people are divided on; none if there are none.
    pub controversial: Option<f64>,
    /// A reward of each person's own.
    pub oracle: f64,
}

/// Ceilings over kinds of pairs.
///
/// # Errors
/// A share outside of [0, 1], a weight below 0, nothing asked.
pub fn pair_ceilings(kinds: &[PairKind]) -> Result<PairCeilings, PairKindError> {
    for (number, kind) in kinds.iter().enumerate() {
        let weight = kind.weight >= 0.0 && kind.weight.is_finite();
        if !(weight && (0.0..=1.0).contains(&kind.share)) {
            return Err(PairKindError::Range { number, kind: *kind });
        }
    }
    let full = ceiling(kinds).ok_or(PairKindError::Nothing)?;
    let divided = |kind: &&PairKind| kind.share > 0.0 && kind.share < 1.0;
    let divided: Vec<PairKind> = kinds.iter().filter(divided).copied().collect();
    Ok(PairCeilings { full, controversial: ceiling(&divided), oracle: 1.0 })
}

fn ceiling(kinds: &[PairKind]) -> Option<f64> {
    let all: f64 = kinds.iter().map(|kind| kind.weight).sum();
    let right = |kind: &PairKind| kind.weight * kind.share.max(1.0 - kind.share);
    (all > 0.0).then(|| kinds.iter().map(right).sum::<f64>() / all)
}

/// Why there is no ceiling.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PairKindError {
    /// A number is out of range.
    #[error(
        "pair kind {number}: a weight of at least 0 and a share in [0, 1] are needed: {kind:?}"
    )]
    Range {
        /// Which, from 0.
        number: usize,
        /// As given.
        kind: PairKind,
    },
    /// No pair is ever asked.
    #[error("at least one pair that is asked is needed, found none")]
    Nothing,
}

/// The population of pets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pets {
    /// Ceilings by arithmetic.
    pub ceilings: PairCeilings,
    /// What the best of all orders of five animals reaches: a single reward attains the ceiling.
    pub best_order: f64,
    /// How many orders reach it.
    pub best_orders: usize,
}

/// Five animals, whose ten pairs are asked equally often, and two users of equal number who disagree on five
/// of them: one orders 0 > 1 > 2 > 3 > 4, the other 2 > 3 > 0 > 4 > 1.
pub fn pets() -> Pets {
    const USERS: [[usize; 5]; 2] = [[0, 1, 2, 3, 4], [2, 3, 0, 4, 1]];
    let share =
        |i: usize, j: usize| 0.5 * USERS.iter().map(|user| prefers(user, i, j)).sum::<f64>();
    let pairs = || (0..5).flat_map(|i| (i + 1..5).map(move |j| (i, j)));
    let kinds: Vec<PairKind> =
        pairs().map(|(i, j)| PairKind { weight: 1.0, share: share(i, j) }).collect();
    // Shares are 0, 1/2 or 1 and weights 1, so this can only fail by a mistake of ours.
    let ceilings = pair_ceilings(&kinds).expect("shares of two users are in [0, 1]");
    let right = |order: &[usize]| {
        let of = |(i, j)| {
            let first = prefers(order, i, j);
            first * share(i, j) + (1.0 - first) * (1.0 - share(i, j))
        };
        pairs().map(of).sum::<f64>() / 10.0
    };
    let all: Vec<f64> = orders(5).iter().map(|order| right(order)).collect();
    let best_order = all.iter().copied().fold(0.0, f64::max);
    let best_orders = all.iter().filter(|found| (**found - best_order).abs() < 1e-12).count();
    Pets { ceilings, best_order, best_orders }
}

/// 1 if i comes before j.
fn prefers(order: &[usize], i: usize, j: usize) -> f64 {
    let place = |item| order.iter().position(|other| *other == item);
    f64::from(u8::from(place(i) < place(j)))
}

fn orders(items: usize) -> Vec<Vec<usize>> {
    if items == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(items - 1) {
        for place in 0..items {
            let mut order = shorter.clone();
            order.insert(place, items - 1);
            all.push(order);
        }
    }
    all
}

/// Comparisons by what their author likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LengthCounts {
    /// Comparisons of workers who like longer summaries.
    pub longer: u64,
    /// Comparisons of workers who like shorter ones.
    pub shorter: u64,
}

impl LengthCounts {
    /// Training comparisons of the published split, 7 workers and 3.
    pub const TRAIN: Self = Self { longer: 16_607, shorter: 6_692 };
    /// Evaluation comparisons of the published split.
    pub const EVAL: Self = Self { longer: 3_371, shorter: 1_550 };
}

/// Ceilings where the longer of two texts is preferred by some and the shorter by others, always.
///
/// # Errors
/// There are no comparisons.
pub fn length_ceilings(counts: LengthCounts) -> Result<PairCeilings, PairKindError> {
    let weight = (counts.longer + counts.shorter) as f64;
    if weight == 0.0 {
        return Err(PairKindError::Nothing);
    }
    pair_ceilings(&[PairKind { weight, share: counts.longer as f64 / weight }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pets_by_arithmetic_and_by_trying_all_orders() {
        let found = pets();
        let expect = PairCeilings { full: 0.75, controversial: Some(0.5), oracle: 1.0 };
        assert_eq!(found.ceilings, expect);
        assert_eq!(orders(5).len(), 120);
        assert!((found.best_order - 0.75).abs() < 1e-12 && found.best_orders >= 2, "{found:?}");
        assert!(found.best_orders < 120, "{found:?}");
    }

    #[test]
    fn users_of_length() {
        let train = length_ceilings(LengthCounts::TRAIN).unwrap();
        let eval = length_ceilings(LengthCounts::EVAL).unwrap();
        assert!((train.full - 0.713).abs() < 5e-4, "{train:?}");
        assert!((eval.full - 0.685).abs() < 5e-4, "{eval:?}");
        assert_eq!((train.controversial, train.oracle), (Some(train.full), 1.0));
    }

    #[test]
    fn agreement_and_mistakes() {
        let one = |weight, share| [PairKind { weight, share }];
        let agreed = pair_ceilings(&one(2.0, 1.0)).unwrap();
        assert_eq!((agreed.full, agreed.controversial), (1.0, None));
        assert_eq!(pair_ceilings(&[]), Err(PairKindError::Nothing));
        assert_eq!(pair_ceilings(&one(0.0, 1.0)), Err(PairKindError::Nothing));
        for kind in [one(1.0, 1.5)[0], one(-1.0, 0.5)[0], one(1.0, f64::NAN)[0]] {
            assert!(matches!(pair_ceilings(&[kind]), Err(PairKindError::Range { number: 0, .. })));
        }
        let none = length_ceilings(LengthCounts { longer: 0, shorter: 0 });
        assert_eq!(none, Err(PairKindError::Nothing));
    }
}
