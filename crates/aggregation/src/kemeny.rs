//! `aggregation.kemeny`: the order that contradicts people least.

use crate::{AggregationError, Decision, Rule, Society};
use serde::{Deserialize, Serialize};

/// The order of all options that agrees with most pairwise wishes: the largest sum of margins of those
/// above over those below (Kemeny 1959), exact by dynamic programming over subsets. Of several best orders
/// the one that begins with the first option is taken.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Kemeny {}

/// Options beyond which subsets are too many: 2^16 of them, sixteen numbers each.
const MOST: usize = 16;

#[typetag::serde(name = "kemeny")]
impl Rule for Kemeny {
    fn summary(&self) -> &'static str {
        "the order that contradicts least of what people want, pair by pair"
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let options = society.options();
        if options > MOST {
            return Err(AggregationError::TooMany { rule: "kemeny", most: MOST, found: options });
        }
        society.check_pairs("kemeny")?;
        let order = best_order(society);
        let mut scores = vec![0.0; options];
        for (place, &option) in order.iter().enumerate() {
            scores[option] = (options - 1 - place) as f64;
        }
        Ok(Decision::of_scores(scores))
    }
}

/// Options from the best to the worst.
fn best_order(society: &Society) -> Vec<usize> {
    let options = society.options();
    let all = (1_usize << options) - 1;
    // Of each set of options, the most that an order of it can agree, and which of it comes first.
    let mut best = vec![(f64::NEG_INFINITY, 0); all + 1];
    best[0].0 = 0.0;
    for set in 1..=all {
        for first in members(set, options) {
            let rest = set & !(1 << first);
            let over: f64 = members(rest, options).map(|next| society.margin(first, next)).sum();
            let agreed = best[rest].0 + over;
            if agreed > best[set].0 + 1e-12 {
                best[set] = (agreed, first);
            }
        }
    }
    let mut left = all;
    std::iter::from_fn(|| {
        let first = (left > 0).then(|| best[left].1)?;
        left &= !(1 << first);
        Some(first)
    })
    .collect()
}

fn members(set: usize, options: usize) -> impl Iterator<Item = usize> {
    (0..options).filter(move |option| set & (1 << option) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_broken_where_it_is_weakest() {
        // 0 over 1 by 30, 1 over 2 by 50, 2 over 0 by 20.
        let profile: [(usize, &[usize]); 3] =
            [(40, &[0, 1, 2]), (35, &[1, 2, 0]), (25, &[2, 0, 1])];
        let society = Society::of_orders(&profile).unwrap();
        assert_eq!(best_order(&society), [0, 1, 2]);
    }

    #[test]
    fn it_is_the_best_of_all_orders() {
        let society = Society::of_orders(&[
            (3, &[3, 1, 0, 2]),
            (4, &[0, 2, 3, 1]),
            (2, &[1, 3, 2, 0]),
            (4, &[2, 1, 0, 3]),
        ])
        .unwrap();
        let agreed = |order: &[usize]| -> f64 {
            let pairs = (0..4).flat_map(|i| (i + 1..4).map(move |j| (i, j)));
            pairs.map(|(i, j)| society.margin(order[i], order[j])).sum()
        };
        let found = agreed(&best_order(&society));
        for code in 0..256_usize {
            let order: Vec<usize> = (0..4).map(|place| code >> (2 * place) & 3).collect();
            let distinct = (0..4).all(|option| order.contains(&option));
            assert!(!distinct || agreed(&order) <= found + 1e-12, "{order:?}");
        }
    }
}
