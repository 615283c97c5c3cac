use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::shapley::{SubsetValues, shapley_values};

const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Mean 0 and variance 1.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

#[test]
fn all_orders_give_the_exact_values() {
    let mut rng = rng(0);
    // By seed and subset; no source gives nothing.
    let mut values: Vec<Vec<f64>> = vec![(0..16).map(|_| normal(&mut rng)).collect(); 3];
    values.iter_mut().flatten().for_each(|value| *value += 0.1 * normal(&mut rng));
    let orders = draw_orders(4, 24, &mut rng);
    let mask = |subset: &[usize]| subset.iter().map(|source| 1 << source).sum::<usize>();
    let value = |subset: &[usize], seed: usize| Some(values[seed][mask(subset)]);
    let found = ordered_shapley(&NAMES[..4], &orders, 3, value).unwrap();
    let exact = |of_seed: &Vec<f64>| {
        let members = |mask: usize| -> Vec<&str> {
            (0..4).filter(|source| mask >> source & 1 == 1).map(|source| NAMES[source]).collect()
        };
        let table: Vec<_> = (0..16).map(|mask| (members(mask), of_seed[mask])).collect();
        shapley_values(&SubsetValues::new(&NAMES[..4], &table).unwrap())
    };
    let exact: Vec<Vec<f64>> = values.iter().map(exact).collect();
    for (source, found) in found.iter().enumerate() {
        let of_seeds: Vec<f64> = exact.iter().map(|of_seed| of_seed[source]).collect();
        let center = mean(&of_seeds);
        assert!((found.value - center).abs() < 1e-12, "{found:?}, not {center}");
        let squares: f64 = of_seeds.iter().map(|of| (of - center).powi(2)).sum();
        let error = found.error.unwrap();
        assert_eq!(error.orders, 0.0);
        assert!((error.seeds - (squares / 2.0 / 3.0).sqrt()).abs() < 1e-12, "{error:?}");
    }
}

#[test]
fn errors_by_hand() {
    // a, then b, then c; and b, then a, then c: two of six orders. Alone, b is worth 1 more under the
    // second seed, a 2; both 3 and 5; c adds nothing.
    let table = BTreeMap::from([
        (vec![], [0.0, 0.0]),
        (vec![0], [2.0, 2.0]),
        (vec![1], [2.0, 3.0]),
        (vec![0, 1], [3.0, 6.0]),
        (vec![0, 1, 2], [3.0, 6.0]),
    ]);
    let value = |subset: &[usize], seed: usize| Some(table.get(subset)?[seed]);
    let orders = [vec![0, 1, 2], vec![1, 0, 2]];
    let found = ordered_shapley(&NAMES[..3], &orders, 2, value).unwrap();
    // Gains of a: 2 and 1 under the first seed, 2 and 3 under the second. Means of seeds 1.5 and 2.5, of
    // orders 2 and 2; what neither explains is 0.5 each, a mean square of 4 * 0.25.
    assert_eq!(found[0].value, 2.0);
    let error = found[0].error.unwrap();
    assert!((error.seeds - 0.5).abs() < 1e-12 && error.orders == 0.0, "{error:?}");
    // Gains of b: 1 and 2, then 4 and 3. Means of seeds 1.5 and 3.5, of orders 2.5 and 2.5.
    assert_eq!((found[1].value, found[1].error.unwrap().seeds), (2.5, 1.0));
    assert_eq!((found[2].value, found[2].error.unwrap().both()), (0.0, 0.0));
    // Without the second seed's difference a has 2 and 1 under both: orders 2 and 1, with a variance of
    // 0.5 over two orders, of which four of six are left.
    let same = |subset: &[usize], _: usize| Some(table.get(subset)?[0]);
    let error = ordered_shapley(&NAMES[..3], &orders, 2, same).unwrap()[0].error.unwrap();
    assert!((error.orders - (0.5_f64 / 2.0 * 4.0 / 6.0).sqrt()).abs() < 1e-12, "{error:?}");
    assert_eq!((error.seeds, error.both()), (0.0, error.orders));
}

/// Ten players: what each adds to whatever is there, and what each pair adds besides. Under a seed both
/// move, and each subset that is trained has a noise of its own.
struct Game {
    alone: Vec<f64>,
    /// `[i][j]` with `i < j`.
    pairs: Vec<Vec<f64>>,
    of_seed: f64,
    of_run: f64,
}

impl Game {
    fn new(pairs: f64, rng: &mut ChaCha8Rng) -> Self {
        let count = NAMES.len();
        let alone = (0..count).map(|_| normal(rng)).collect();
        let of = |_| (0..count).map(|_| pairs * normal(rng)).collect();
        Self { alone, pairs: (0..count).map(of).collect(), of_seed: 0.3, of_run: 0.3 }
    }

    /// A pair is shared by its two.
    fn exact(&self, player: usize) -> f64 {
        let pair = |other: usize| self.pairs[player.min(other)][player.max(other)];
        let others = (0..NAMES.len()).filter(|&other| other != player);
        self.alone[player] + others.map(pair).sum::<f64>() / 2.0
    }

    /// Estimates from so many orders and seeds.
    fn play(&self, orders: usize, seeds: usize, rng: &mut ChaCha8Rng) -> Vec<OrderedValue> {
        let orders = draw_orders(NAMES.len(), orders, rng);
        let moved: Vec<Vec<f64>> = (0..seeds)
            .map(|_| self.alone.iter().map(|of| of + self.of_seed * normal(rng)).collect())
            .collect();
        let value = |subset: &[usize], seed: usize| {
            if subset.is_empty() {
                return Some(0.0);
            }
            let alone: f64 = subset.iter().map(|&player| moved[seed][player]).sum();
            let pair = |(at, &i): (usize, &usize)| -> f64 {
                subset[at + 1..].iter().map(|&j| self.pairs[i][j]).sum()
            };
            let pairs: f64 = subset.iter().enumerate().map(pair).sum();
            Some(alone + pairs + self.of_run * normal(rng))
        };
        ordered_shapley(&NAMES, &orders, seeds, value).unwrap()
    }
}

/// Of two standard errors over all games and players: coverage with both, coverage with those of seeds
/// alone, and the mean estimated variance over the mean squared error.
fn calibration(pairs: f64, orders: usize, seed_count: usize) -> (f64, f64, f64) {
    let mut rng = rng(5);
    let (mut both, mut seeds, mut count) = (0.0, 0.0, 0.0);
    let (mut estimated, mut squared) = (0.0, 0.0);
    for _ in 0..300 {
        let game = Game::new(pairs, &mut rng);
        for (player, found) in game.play(orders, seed_count, &mut rng).iter().enumerate() {
            let off = (found.value - game.exact(player)).abs();
            let error = found.error.unwrap();
            both += f64::from(u8::from(off <= 2.0 * error.both()));
            seeds += f64::from(u8::from(off <= 2.0 * error.seeds));
            count += 1.0;
            estimated += error.both().powi(2);
            squared += off.powi(2);
        }
    }
    (both / count, seeds / count, estimated / squared)
}

#[test]
fn two_standard_errors_count_orders_and_seeds() {
    // Nothing depends on the order but the noise of runs, which the variance of seeds has.
    let (both, seeds, ratio) = calibration(0.0, 20, 8);
    println!("additive: {both} {seeds} {ratio}");
    assert!((0.90..0.97).contains(&both), "{both}");
    assert!((0.88..1.0).contains(&(seeds / both)), "{seeds} of {both}");
    assert!((0.85..1.2).contains(&ratio), "{ratio}");
    // Pairs add as much as players alone.
    let (both, seeds, ratio) = calibration(1.0, 20, 8);
    println!("pairs: {both} {seeds} {ratio}");
    assert!((0.90..0.97).contains(&both), "{both}");
    assert!(seeds < 0.6, "seeds alone would do: {seeds}");
    assert!((0.85..1.2).contains(&ratio), "{ratio}");
    // Of few, two standard errors are too narrow.
    let (both, _, ratio) = calibration(1.0, 5, 3);
    println!("pairs, 5 orders and 3 seeds: {both} {ratio}");
    assert!((0.80..0.92).contains(&both), "{both}");
    assert!((0.85..1.2).contains(&ratio), "{ratio}");
}

#[test]
fn values_add_up_and_one_seed_or_order_has_no_error() {
    let mut rng = rng(1);
    let game = Game::new(1.0, &mut rng);
    for (orders, seeds) in [(1, 4), (4, 1)] {
        let game = Game { of_run: 0.0, of_seed: 0.0, ..Game::new(1.0, &mut rng) };
        let found = game.play(orders, seeds, &mut rng);
        let sum: f64 = found.iter().map(|of| of.value).sum();
        let all: f64 = (0..NAMES.len()).map(|player| game.exact(player)).sum();
        assert!((sum - all).abs() < 1e-9, "{sum}, not {all}");
        assert!(found.iter().all(|of| of.error.is_none()));
    }
    assert!(game.play(2, 2, &mut rng).iter().all(|of| of.error.is_some()));
    // One source has one order.
    let one = ordered_shapley(&["a"], &[vec![0]], 2, |subset, seed| {
        Some((subset.len() * (seed + 1)) as f64)
    });
    let expect = OrderedError { orders: 0.0, seeds: 0.5 };
    assert_eq!((one.as_ref().unwrap()[0].value, one.unwrap()[0].error), (1.5, Some(expect)));
}

#[test]
fn drawn_orders_differ_and_more_begin_with_the_same() {
    let few = draw_orders(9, 30, &mut rng(3));
    assert_eq!(draw_orders(9, 60, &mut rng(3))[..30], few);
    assert_ne!(draw_orders(9, 30, &mut rng(4)), few);
    let all = draw_orders(4, 1000, &mut rng(3));
    assert_eq!(all.len(), order_count(4));
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 24);
    assert_eq!((order_count(0), order_count(3), order_count(40)), (1, 6, usize::MAX));
}

#[test]
fn what_is_no_order_is_refused() {
    let error = |orders: &[Vec<usize>], seeds| {
        let found =
            ordered_shapley(&["a", "b"], orders, seeds, |subset, _| (subset != [1]).then_some(0.0));
        found.unwrap_err().to_string()
    };
    assert_eq!(error(&[], 1), "no orders to sample");
    assert_eq!(error(&[vec![0, 1]], 0), "no seeds");
    for order in [vec![0], vec![0, 0], vec![0, 2], vec![0, 1, 2]] {
        let expect = "order 1 does not have each of the 2 sources once";
        assert_eq!(error(&[vec![0, 1], order], 1), expect);
    }
    assert_eq!(error(&[vec![0, 1], vec![0, 1]], 1), "order 1 is there twice");
    assert_eq!(error(&[vec![1, 0]], 1), "no value of the subset {b}");
}
