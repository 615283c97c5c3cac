//! What is each source worth, where some orders of adding sources were tried under several seeds?
//!
//! Orders and seeds are crossed: every order is tried under every seed. Of a source, `g[m, s]` is what
//! it added when it joined in order `m` under seed `s`, and its value is the mean over all `M` orders and
//! `S` seeds. Given the orders, seeds are independent, whatever orders share of a seed: the same runs,
//! and a split that is hard. Over the orders, which are drawn without replacement from `N`, the rest
//! varies. By the law of total variance, and with the mean squares of a two-way layout without replication
//! (Cornfield and Tukey 1956),
//!
//! ```text
//! var = s_S^2 / S  +  max(0, s_M^2 - s_MS^2 / S) / M * (1 - M / N)
//! ```
//!
//! where `s_S^2` and `s_M^2` are the sample variances of the means of seeds and of orders, and `s_MS^2`
//! is that of what neither explains. With all `N` orders the second part is none, and the value is exact.

use std::collections::BTreeSet;

use rand::Rng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::subsets::{ShapleyError, distinct};
use crate::runs::stratified::mean;

/// The Shapley value of one source, from orders and seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderedValue {
    /// Its name.
    pub source: String,
    /// Mean gain over orders and seeds, in the unit of the values. Over sources they sum to the mean of
    /// `v(all) - v(none)` over seeds, as exact ones do.
    pub value: f64,
    /// How far off it may be; none for one seed, and for one order where there are others.
    pub error: Option<OrderedError>,
}

/// Standard errors of a value, in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderedError {
    /// Over other orders.
    pub orders: f64,
    /// Over other seeds.
    pub seeds: f64,
}

impl OrderedError {
    /// Over other orders and other seeds.
    pub fn both(&self) -> f64 {
        self.orders.hypot(self.seeds)
    }
}

/// The Shapley value of each source, in the order of `sources`, from some orders under some seeds.
///
/// `value` gets a subset as rising positions in `sources` and the place of a seed, and is called once for
/// each of these; `None` says that there is no value.
///
/// # Shapes
/// `orders`: `[order][place]`, positions in `sources`, drawn as by [`draw_orders`].
///
/// ```
/// use medley_evaluation::ordered_shapley;
/// // Either source alone is as good as both; under the second seed everything is harder.
/// let value = |subset: &[usize], seed| Some(if subset.is_empty() { 0.5 } else { 0.9 - 0.2 * seed as f64 });
/// let worth = ordered_shapley(&["a", "b"], &[vec![1, 0], vec![0, 1]], 2, value).unwrap();
/// // 0.4 or 0, and 0.2 or 0.
/// assert!((worth[0].value - 0.15).abs() < 1e-12);
/// // These are all orders, so that only seeds vary: 0.2 and 0.1, with sd 0.1 / sqrt(2).
/// let error = worth[0].error.unwrap();
/// assert!(error.orders == 0.0 && (error.seeds - 0.05).abs() < 1e-12);
/// ```
///
/// # Errors
/// There is no source, no order or no seed, a source is named twice, an order lacks a source or is there
/// twice, or a subset has no value, or one that is NaN or infinite.
pub fn ordered_shapley<S: AsRef<str>>(
    sources: &[S],
    orders: &[Vec<usize>],
    seeds: usize,
    mut value: impl FnMut(&[usize], usize) -> Option<f64>,
) -> Result<Vec<OrderedValue>, ShapleyError> {
    let names = distinct(sources)?;
    check(orders, names.len())?;
    if seeds == 0 {
        return Err(ShapleyError::NoSeeds);
    }
    // gains[source][seed][order]
    let mut gains = vec![vec![Vec::with_capacity(orders.len()); seeds]; names.len()];
    for seed in 0..seeds {
        let mut asked = Asked::new(&names, |subset| value(subset, seed));
        for order in orders {
            for (gains, gain) in gains.iter_mut().zip(asked.gains(order)?) {
                gains[seed].push(gain);
            }
        }
    }
    let drawn = orders.len() as f64 / order_count(names.len()) as f64;
    let of = |(source, gains): (&String, &Vec<Vec<f64>>)| {
        let crossed = Crossed::new(gains);
        OrderedValue { source: source.clone(), value: crossed.mean, error: crossed.error(drawn) }
    };
    Ok(names.iter().zip(&gains).map(of).collect())
}

fn check(orders: &[Vec<usize>], sources: usize) -> Result<(), ShapleyError> {
    if orders.is_empty() {
        return Err(ShapleyError::NoOrders);
    }
    let mut seen = BTreeSet::new();
    for (place, order) in orders.iter().enumerate() {
        let mut rising = order.clone();
        rising.sort_unstable();
        if !rising.iter().copied().eq(0..sources) {
            return Err(ShapleyError::NotAnOrder { order: place, sources });
        }
        if !seen.insert(order) {
            return Err(ShapleyError::RepeatedOrder { order: place });
        }
    }
    Ok(())
}

/// Numbers by seed and order, and their means.
struct Crossed<'a> {
    /// `[seed][order]`
    numbers: &'a [Vec<f64>],
    of_seeds: Vec<f64>,
    of_orders: Vec<f64>,
    mean: f64,
}

impl<'a> Crossed<'a> {
    fn new(numbers: &'a [Vec<f64>]) -> Self {
        let of_seeds: Vec<f64> = numbers.iter().map(|of_seed| mean(of_seed)).collect();
        let column = |order: usize| numbers.iter().map(|of_seed| of_seed[order]).collect();
        let columns = (0..numbers[0].len()).map(column);
        let of_orders = columns.map(|of_order: Vec<f64>| mean(&of_order)).collect();
        let mean = mean(&of_seeds);
        Self { numbers, of_seeds, of_orders, mean }
    }

    /// `drawn` is the share of all orders.
    fn error(&self, drawn: f64) -> Option<OrderedError> {
        let (seeds, orders) = (self.of_seeds.len() as f64, self.of_orders.len() as f64);
        let others = 1.0 - drawn;
        if self.of_seeds.len() < 2 || (self.of_orders.len() < 2 && others > 0.0) {
            return None;
        }
        let around = |means: &[f64]| -> f64 {
            means.iter().map(|of| (of - self.mean).powi(2)).sum::<f64>()
                / (means.len() as f64 - 1.0)
        };
        let of_orders = match others > 0.0 {
            true => {
                (around(&self.of_orders) - self.unexplained() / seeds).max(0.0) / orders * others
            }
            false => 0.0,
        };
        let of_seeds = around(&self.of_seeds) / seeds;
        Some(OrderedError { orders: of_orders.sqrt(), seeds: of_seeds.sqrt() })
    }

    /// Mean square of what neither seed nor order explains.
    fn unexplained(&self) -> f64 {
        let mut squares = 0.0;
        for (numbers, of_seed) in self.numbers.iter().zip(&self.of_seeds) {
            for (number, of_order) in numbers.iter().zip(&self.of_orders) {
                squares += (number - of_seed - of_order + self.mean).powi(2);
            }
        }
        squares / ((self.of_seeds.len() - 1) * (self.of_orders.len() - 1)) as f64
    }
}

/// How many orders of so many sources there are, or the largest number where that is more.
pub fn order_count(sources: usize) -> usize {
    (1..=sources).fold(1, usize::saturating_mul)
}

/// Different orders of so many sources, each as likely as any other: `count`, or all if there are no
/// more. More of them begin with the same ones.
///
/// # Shapes
/// `[order][place]`, positions from 0.
pub fn draw_orders(sources: usize, count: usize, rng: &mut impl Rng) -> Vec<Vec<usize>> {
    let count = count.min(order_count(sources));
    let (mut drawn, mut seen) = (Vec::with_capacity(count), BTreeSet::new());
    let mut order: Vec<usize> = (0..sources).collect();
    while drawn.len() < count {
        order.shuffle(rng);
        if seen.insert(order.clone()) {
            drawn.push(order.clone());
        }
    }
    drawn
}

#[cfg(test)]
#[path = "ordered_tests.rs"]
mod tests;
