//! What is each source worth, where every subset was tried?

use serde::{Deserialize, Serialize};

use super::subsets::SubsetValues;

/// The Shapley value of each source, in the order of [`SubsetValues::sources`] and the unit of the
/// values: the sum over subsets `S` without it of `|S|! (K - |S| - 1)! / K! (v(S + i) - v(S))`
/// (Shapley 1953). They sum to `v(all) - v(none)`.
///
/// ```
/// use medley_evaluation::{SubsetValues, shapley_values};
/// // Either source alone is as good as both.
/// let table = [(vec![], 0.5), (vec!["a"], 0.9), (vec!["b"], 0.9), (vec!["a", "b"], 0.9)];
/// let worth = shapley_values(&SubsetValues::new(&["a", "b"], &table).unwrap());
/// assert!(worth.iter().all(|worth| (worth - 0.2).abs() < 1e-12));
/// ```
pub fn shapley_values(values: &SubsetValues) -> Vec<f64> {
    let sources = values.sources().len();
    // weight[|S|] = 1 / (K (K - 1 choose |S|)).
    let mut weight = vec![1.0 / sources as f64];
    for size in 1..sources {
        weight.push(weight[size - 1] * size as f64 / (sources - size) as f64);
    }
    let worth = |source: usize| {
        let without = (0..1_usize << sources).filter(|subset| subset >> source & 1 == 0);
        let gain = |subset: usize| values.of(subset | 1 << source) - values.of(subset);
        without.map(|subset| weight[subset.count_ones() as usize] * gain(subset)).sum()
    };
    (0..sources).map(worth).collect()
}

/// What two sources give together beyond what each gives alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Synergy {
    /// The one that comes first in [`SubsetValues::sources`].
    pub first: String,
    /// The other.
    pub second: String,
    /// `v(ij) - v(i) - v(j) + v()`, in the unit of the values: above 0 where they complement each other,
    /// below where they say the same.
    pub value: f64,
}

/// The synergy of each pair of sources, without any third one.
pub fn synergies(values: &SubsetValues) -> Vec<Synergy> {
    let sources = values.sources();
    let pairs = (0..sources.len()).flat_map(|i| (i + 1..sources.len()).map(move |j| (i, j)));
    let synergy = |(i, j): (usize, usize)| Synergy {
        first: sources[i].clone(),
        second: sources[j].clone(),
        value: values.of(1 << i | 1 << j) - values.of(1 << i) - values.of(1 << j) + values.of(0),
    };
    pairs.map(synergy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

    fn table(sources: usize, value: impl Fn(usize) -> f64) -> SubsetValues {
        let subset = |mask: usize| {
            (0..sources).filter(|i| mask >> i & 1 == 1).map(|i| NAMES[i]).collect::<Vec<_>>()
        };
        let all: Vec<_> = (0..1 << sources).map(|mask| (subset(mask), value(mask))).collect();
        SubsetValues::new(&NAMES[..sources], &all).unwrap()
    }

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
        }
    }

    #[test]
    fn gloves_by_hand() {
        // One left glove (a), two right ones (b, c); a pair is worth 1. Of the six orders, a completes
        // a pair in four (bac, bca, cab, cba), b in one (abc), c in one (acb).
        let pair = |mask: usize| f64::from(u8::from(mask & 1 == 1 && mask > 1));
        let gloves = table(3, pair);
        close(&shapley_values(&gloves), &[4.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0]);
        let found: Vec<f64> = synergies(&gloves).iter().map(|synergy| synergy.value).collect();
        assert_eq!(found, [1.0, 1.0, 0.0]);
        assert_eq!(
            (&synergies(&gloves)[2].first[..], &synergies(&gloves)[2].second[..]),
            ("b", "c")
        );
    }

    #[test]
    fn one_source_is_worth_the_whole_gain() {
        close(&shapley_values(&table(1, |mask| 0.5 + 0.25 * mask as f64)), &[0.25]);
        assert!(synergies(&table(1, |_| 0.0)).is_empty());
    }

    fn games() -> impl Strategy<Value = (usize, Vec<f64>, Vec<f64>)> {
        (1..=8_usize).prop_flat_map(|sources| {
            let values = || prop::collection::vec(-1.0..1.0_f64, 1 << sources);
            (Just(sources), values(), values())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn efficiency((sources, values, _) in games()) {
            let worth = shapley_values(&table(sources, |mask| values[mask]));
            let gain = values[values.len() - 1] - values[0];
            prop_assert!((worth.iter().sum::<f64>() - gain).abs() < 1e-12);
        }

        #[test]
        fn additivity((sources, u, v) in games()) {
            let both = shapley_values(&table(sources, |mask| u[mask] + v[mask]));
            let (u, v) = (table(sources, |mask| u[mask]), table(sources, |mask| v[mask]));
            for (both, (u, v)) in both.iter().zip(shapley_values(&u).iter().zip(shapley_values(&v))) {
                prop_assert!((both - u - v).abs() < 1e-12);
            }
        }

        #[test]
        fn dummy((sources, values, _) in games(), gain in -1.0..1.0_f64) {
            // The first source adds the same to whatever is there.
            let game = |mask: usize| values[mask & !1] + gain * (mask & 1) as f64;
            prop_assert!((shapley_values(&table(sources, game))[0] - gain).abs() < 1e-12);
        }

        #[test]
        fn symmetry((sources, values, _) in games()) {
            prop_assume!(sources >= 2);
            // Only how many of the first two are there matters.
            let game = |mask: usize| values[if mask & 3 == 2 { mask ^ 3 } else { mask }];
            let worth = shapley_values(&table(sources, game));
            prop_assert!((worth[0] - worth[1]).abs() < 1e-12);
        }

        #[test]
        fn a_constant_changes_nothing((sources, values, _) in games(), by in -9.0..9.0_f64) {
            let worth = shapley_values(&table(sources, |mask| values[mask]));
            let moved = shapley_values(&table(sources, |mask| values[mask] + by));
            for (worth, moved) in worth.iter().zip(moved) {
                prop_assert!((worth - moved).abs() < 1e-12);
            }
        }
    }
}
