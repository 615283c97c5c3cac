//! Who beats whom, and by how much: Bradley-Terry strengths of those who were compared, with standard
//! errors that know which games belong together.
//!
//! Only those can have finite strengths of whom each beats each, directly or through others (Ford 1957):
//! who never loses is better than all, by nobody knows how much. The strengths are of the largest such
//! set. There is no prior that would hide this.

use crate::bradley_terry::{curvature, fit_bradley_terry};
use crate::linear_system::solve;
use crate::sigmoid::sigmoid;
use crate::social_choice::Preferences;
use medley_evaluation::strongly_connected;
use std::collections::BTreeMap;

/// One comparison of two different items.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Game {
    /// One item.
    pub first: u32,
    /// The other.
    pub second: u32,
    /// Share of the answer for the first, with half of the tie, in [0, 1].
    pub score: f64,
    /// What the game belongs to, such as its prompt: games of one cluster are not independent.
    pub cluster: u32,
}

/// How strong items are.
#[derive(Clone, Debug, PartialEq)]
pub struct Strengths {
    /// Those that have a strength, rising.
    pub items: Vec<usize>,
    /// One for each, in log-odds, mean 0.
    pub scores: Vec<f64>,
    /// Standard error of each; none with fewer than five clusters, of which a spread cannot be told.
    pub errors: Option<Vec<f64>>,
}

/// Gradient norm at which scores are found.
const TOLERANCE: f64 = 1e-9;

/// As few as the bootstrap of `medley-evaluation` takes.
const LEAST_CLUSTERS: f64 = 5.0;

/// Strengths by maximum likelihood, `P(first wins) = s(r_first - r_second)` with s the logistic
/// function, ties as half a win for each (Bradley and Terry 1952). Standard errors are of the sandwich
/// `H^-1 (sum over clusters of g g') H^-1`, times clusters / (clusters - 1), with g the gradient of a
/// cluster (Liang and Zeger 1986).
///
/// None if no two items beat each other, directly or through others.
///
/// ```
/// use medley_theory::{Game, tournament};
/// let game = |cluster, score| Game { first: 0, second: 1, score, cluster };
/// let strengths = tournament(2, &[game(0, 1.0), game(1, 1.0), game(2, 0.0)]).expect("both win");
/// assert!((strengths.scores[0] - strengths.scores[1] - 2f64.ln()).abs() < 1e-9);
/// assert_eq!(tournament(2, &[game(0, 1.0)]), None);
/// ```
///
/// # Panics
/// If a game is of an item beyond `items`.
pub fn tournament(items: usize, games: &[Game]) -> Option<Strengths> {
    let members = largest_set(items, games);
    if members.len() < 2 {
        return None;
    }
    let mut place = vec![None; items];
    members.iter().enumerate().for_each(|(at, &item)| place[item] = Some(at as u32));
    let within = |game: &Game| {
        let (first, second) = (place[game.first as usize]?, place[game.second as usize]?);
        Some(Game { first, second, ..*game })
    };
    let games: Vec<Game> = games.iter().filter_map(within).collect();
    let preferences = preferences(members.len(), &games)?;
    let fit = fit_bradley_terry(&preferences, TOLERANCE).ok()?;
    let errors = errors(&preferences, &fit.scores, &games);
    Some(Strengths { items: members, scores: fit.scores, errors })
}

/// The most items of whom each beats each, directly or through others; the first such set where
/// several have as many.
fn largest_set(items: usize, games: &[Game]) -> Vec<usize> {
    let mut beats = vec![Vec::new(); items];
    for &Game { first, second, score, .. } in games {
        let (first, second) = (first as usize, second as usize);
        if score > 0.0 && !beats[first].contains(&second) {
            beats[first].push(second);
        }
        if score < 1.0 && !beats[second].contains(&first) {
            beats[second].push(first);
        }
    }
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, set) in strongly_connected(&beats).into_iter().enumerate() {
        sets.entry(set).or_default().push(item);
    }
    let larger = |best: Vec<usize>, set: Vec<usize>| {
        let is_larger = (set.len(), best.first()) > (best.len(), set.first());
        if is_larger { set } else { best }
    };
    sets.into_values().reduce(larger).unwrap_or_default()
}

/// None if an answer is no share.
fn preferences(items: usize, games: &[Game]) -> Option<Preferences> {
    let (mut won, mut weights) = (vec![vec![0.0; items]; items], vec![vec![0.0; items]; items]);
    for &Game { first, second, score, .. } in games {
        let (first, second) = (first as usize, second as usize);
        won[first][second] += score;
        won[second][first] += 1.0 - score;
        weights[first][second] += 1.0;
        weights[second][first] += 1.0;
    }
    for (row, of) in won.iter_mut().zip(&weights) {
        for (share, weight) in row.iter_mut().zip(of) {
            *share = if *weight > 0.0 { *share / weight } else { 0.5 };
        }
    }
    Preferences::weighted(won, weights).ok()
}

fn errors(preferences: &Preferences, scores: &[f64], games: &[Game]) -> Option<Vec<f64>> {
    let mut gradients: BTreeMap<u32, BTreeMap<usize, f64>> = BTreeMap::new();
    for &Game { first, second, score, cluster } in games {
        let (first, second) = (first as usize, second as usize);
        let surprise = score - sigmoid(scores[first] - scores[second]);
        let of_cluster = gradients.entry(cluster).or_default();
        *of_cluster.entry(first).or_default() += surprise;
        *of_cluster.entry(second).or_default() -= surprise;
    }
    let clusters = gradients.len() as f64;
    if clusters < LEAST_CLUSTERS {
        return None;
    }
    let unit = |item: usize| (0..scores.len()).map(|at| f64::from(u8::from(at == item))).collect();
    let curvature = curvature(preferences, scores);
    let inverse: Vec<Vec<f64>> = (0..scores.len())
        .map(|item| solve(curvature.clone(), unit(item)))
        .collect::<Option<_>>()?;
    let error = |row: &Vec<f64>| {
        let moved = |of: &BTreeMap<usize, f64>| of.iter().map(|(at, g)| row[*at] * g).sum::<f64>();
        let squares: f64 = gradients.values().map(|of| moved(of).powi(2)).sum();
        (squares * clusters / (clusters - 1.0)).sqrt()
    };
    Some(inverse.iter().map(error).collect())
}

#[cfg(test)]
#[path = "tournament_tests.rs"]
mod tests;
