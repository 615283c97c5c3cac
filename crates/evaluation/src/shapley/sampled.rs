//! What is each source worth, where there are too many subsets to try?
//!
//! A Shapley value is a mean over orders of adding sources, so that a sample of orders estimates it
//! without bias (Castro, Gómez and Tejada 2009), and how the gains vary over them says how far off it
//! is. Values of subsets are asked for once each: they are trainings.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::subsets::{ShapleyError, distinct};
use crate::interval::bootstrap::Bootstrap;
use crate::runs::ResampledInterval;
use crate::runs::stratified::mean;

/// Which orders are sampled, and how the interval over them is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    /// How many orders are drawn.
    pub count: usize,
    /// Seed of the orders.
    pub seed: u64,
    /// Resamples of the orders.
    pub bootstrap: Bootstrap,
}

/// Estimated Shapley values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampledShapley {
    /// In the order of the sources.
    pub values: Vec<SampledValue>,
    /// Distinct subsets whose value was asked for.
    pub subsets: usize,
}

/// The estimated Shapley value of one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampledValue {
    /// Its name.
    pub source: String,
    /// Mean gain over the orders, in the unit of the values. Over sources they sum to
    /// `v(all) - v(none)`, as exact ones do.
    pub value: f64,
    /// Over other orders; the values of subsets are taken as they are.
    pub interval: ResampledInterval,
}

/// Estimates the Shapley value of each source from sampled orders.
///
/// `value` gets a subset as rising positions in `sources` and is called once for each, first for the
/// empty one; `None` says that it has no value, as where its run failed.
///
/// ```
/// use medley_evaluation::{Bootstrap, Orders, sampled_shapley};
/// let orders = Orders { count: 200, seed: 0, bootstrap: Bootstrap::OF_RUNS };
/// // What counts is how many sources there are, less and less.
/// let value = |subset: &[usize]| Some((subset.len() as f64).sqrt());
/// let worth = sampled_shapley(&["a", "b", "c", "d"], value, &orders).unwrap();
/// let (low, high) = worth.values[0].interval.ends().unwrap();
/// assert!(low < 0.5 && 0.5 < high && worth.subsets == 16);
/// ```
///
/// # Errors
/// There is no source or no order, a source is named twice, or a subset has no value, or one that is
/// NaN or infinite.
pub fn sampled_shapley<S: AsRef<str>>(
    sources: &[S],
    value: impl FnMut(&[usize]) -> Option<f64>,
    orders: &Orders,
) -> Result<SampledShapley, ShapleyError> {
    let names = distinct(sources)?;
    if orders.count == 0 {
        return Err(ShapleyError::NoOrders);
    }
    let mut asked = Asked::new(&names, value);
    let mut rng = ChaCha8Rng::seed_from_u64(orders.seed);
    let mut order: Vec<usize> = (0..names.len()).collect();
    let mut gains = vec![Vec::with_capacity(orders.count); names.len()];
    for _ in 0..orders.count {
        order.shuffle(&mut rng);
        for (gains, gain) in gains.iter_mut().zip(asked.gains(&order)?) {
            gains.push(gain);
        }
    }
    let subsets = asked.count();
    let values = names.iter().zip(&gains).map(|(name, gains)| SampledValue {
        source: name.clone(),
        value: mean(gains),
        interval: interval(gains, &orders.bootstrap),
    });
    Ok(SampledShapley { values: values.collect(), subsets })
}

fn interval(gains: &[f64], bootstrap: &Bootstrap) -> ResampledInterval {
    let mut rising = gains.to_vec();
    rising.sort_by(f64::total_cmp);
    let mut replicates = Vec::with_capacity(bootstrap.replicates);
    bootstrap.visit_resamples(&[&rising], |drawn| replicates.push(mean(&drawn[0])));
    bootstrap.interval_over(&[&rising], replicates)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

    fn orders(count: usize) -> Orders {
        Orders { count, seed: 0, bootstrap: Bootstrap { replicates: 1000, seed: 0 } }
    }

    /// An airport game: a subset costs what its longest runway does, source `i` needing `i + 1`.
    fn runways(subset: &[usize]) -> Option<f64> {
        Some(subset.last().map_or(0.0, |longest| (longest + 1) as f64))
    }

    #[test]
    fn intervals_hold_the_exact_values_of_the_airport_game() {
        // Littlechild and Owen 1973: each metre is shared by those that need it.
        let found = sampled_shapley(&NAMES, runways, &orders(2000)).unwrap();
        let (mut exact, mut inside, mut sum) = (0.0, 0, 0.0);
        for (i, value) in found.values.iter().enumerate() {
            exact += 1.0 / (NAMES.len() - i) as f64;
            let (low, high) = value.interval.ends().unwrap();
            inside += u8::from(low <= exact && exact <= high);
            assert!(high - low < 0.4 && (value.value - exact).abs() < 0.2, "{value:?} {exact}");
            sum += value.value;
        }
        assert!(inside >= 10, "{inside} of 12");
        assert!((sum - 12.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn equal_seeds_give_equal_values_and_subsets_are_asked_for_once() {
        let mut asked = Vec::new();
        let found = sampled_shapley(
            &NAMES[..4],
            |subset| {
                asked.push(subset.to_vec());
                runways(subset)
            },
            &orders(200),
        );
        assert_eq!(found, sampled_shapley(&NAMES[..4], runways, &orders(200)));
        assert_eq!((found.unwrap().subsets, asked.len()), (16, 16));
        assert!(asked[0].is_empty() && asked.iter().all(|subset| subset.is_sorted()));
        let other = Orders { seed: 1, ..orders(200) };
        assert_ne!(
            sampled_shapley(&NAMES, runways, &other),
            sampled_shapley(&NAMES, runways, &orders(200))
        );
    }

    #[test]
    fn gains_that_do_not_depend_on_the_order_have_no_interval() {
        let found =
            sampled_shapley(&NAMES, |subset| Some(subset.len() as f64), &orders(10)).unwrap();
        for value in found.values {
            assert_eq!((value.value, value.interval), (1.0, ResampledInterval::Constant));
        }
        let one = sampled_shapley(&NAMES, runways, &orders(1)).unwrap();
        assert_eq!(one.values[0].interval, ResampledInterval::TooFew { count: 1 });
    }

    #[test]
    fn a_subset_without_a_value_is_named() {
        let failed = |subset: &[usize]| (subset != [0, 1]).then_some(0.0);
        let error = |value: &dyn Fn(&[usize]) -> Option<f64>, count| {
            sampled_shapley(&NAMES[..2], value, &orders(count)).unwrap_err().to_string()
        };
        assert_eq!(error(&failed, 3), "no value of the subset {a, b}");
        assert_eq!(error(&|_| Some(f64::NAN), 3), "the value of the subset {} is NaN");
        assert_eq!(error(&failed, 0), "no orders to sample");
    }
}
