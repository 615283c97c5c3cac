//! Small simulated panels for tests beside the code.

use crate::{Binary, Panel, PanelParts, Predictor, Statement};
use rand::RngExt;
use std::sync::Arc;

/// So many items at random in the plane.
pub fn cloud(items: usize) -> Vec<Vec<f64>> {
    let mut rng = medley_random::stream(11, "items");
    (0..items)
        .map(|_| vec![medley_random::normal(&mut rng), medley_random::normal(&mut rng)])
        .collect()
}

/// Random comparisons, each person so many; `chance` of the first given person and features.
pub fn comparisons(
    items: Vec<Vec<f64>>,
    people: usize,
    each: usize,
    seed: u64,
    chance: impl Fn(usize, &[f64], &[f64]) -> f64,
) -> Panel {
    let mut rng = medley_random::stream(seed, "comparisons");
    let mut statements = Vec::new();
    for person in 0..people {
        for _ in 0..each {
            let first = rng.random_range(0..items.len());
            let second = (first + rng.random_range(1..items.len())) % items.len();
            let is_first = rng.random::<f64>() < chance(person, &items[first], &items[second]);
            let answer = Arc::new(Binary { yes: f64::from(u8::from(is_first)) });
            let predictors = vec![Predictor::difference(first, second)];
            statements.push(Statement { person, predictors, answer });
        }
    }
    let features = (0..items[0].len()).map(|i| format!("x{i}")).collect();
    let parts = PanelParts { features, items, people, statements, ..PanelParts::default() };
    Panel::new(parts).unwrap()
}
