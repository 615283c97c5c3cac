//! What people said of pairs of items, whatever kind it was said in.

use crate::said::{SaidPair, Told};
use medley_people::Predictor;
use medley_theory::{PreferenceError, Preferences};
use std::collections::BTreeMap;

/// One decision between two items by one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Number of the statement.
    pub statement: usize,
    /// Who said it.
    pub person: usize,
    /// The items, the smaller number first.
    pub items: [usize; 2],
    /// Share of the first; half for a tie.
    pub share: f64,
    /// Whether the one that the statement names first is the second here.
    pub flipped: bool,
    /// Whether people saw one as the first and one as the second.
    pub sides: bool,
}

/// All decisions between two items: comparisons and edits, and of a choice out of several what was chosen
/// against each other option. Ratings, thumbs and answers about parts of segments decide between none.
pub fn pairs(told: &Told) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (number, statement) in told.panel.statements().iter().enumerate() {
        let mut add = |of: SaidPair| {
            let [first, second] = of.items;
            let flipped = first > second;
            let (items, share) = match flipped {
                false => ([first, second], of.first),
                true => ([second, first], 1.0 - of.first),
            };
            let (statement, person) = (number, statement.person);
            if first != second {
                pairs.push(Pair { statement, person, items, share, flipped, sides: of.sides });
            }
        };
        if let Some(said) = told.pairs[number] {
            add(said);
            continue;
        }
        let observed = statement.answer.observed();
        let options: Option<Vec<usize>> = statement.predictors.iter().map(single).collect();
        let chosen = observed.iter().position(|share| *share == 1.0);
        if let (Some(options), Some(chosen)) = (options, chosen)
            && options.len() == observed.len()
        {
            let others = options.iter().enumerate().filter(|(place, _)| *place != chosen);
            others.for_each(|(_, &other)| {
                add(SaidPair { items: [options[chosen], other], first: 1.0, sides: false });
            });
        }
    }
    pairs
}

fn single(predictor: &Predictor) -> Option<usize> {
    match (predictor.items.as_slice(), predictor.columns.is_empty()) {
        (&[(item, 1.0)], true) => Some(item),
        _ => None,
    }
}

/// How often each person decided about each pair of items.
pub fn repeats(pairs: &[Pair]) -> BTreeMap<(usize, [usize; 2]), f64> {
    let mut again = BTreeMap::new();
    pairs.iter().for_each(|pair| *again.entry((pair.person, pair.items)).or_default() += 1.0);
    again
}

/// What one decision counts for in a society.
#[derive(Clone, Copy, Debug)]
pub struct Ballot {
    /// Place of the person among those who count.
    pub voter: usize,
    /// Places of two options.
    pub options: [usize; 2],
    /// Share of the first; half for a tie.
    pub share: f64,
    /// Among how many decisions the weight of the person is divided.
    pub among: f64,
}

/// How often each of so many options is preferred to each other one, where people count for `weights`.
///
/// # Errors
/// Never, as long as shares lie in 0 to 1 and weights are finite.
pub fn preferences(
    ballots: &[Ballot],
    options: usize,
    weights: &[f64],
) -> Result<Preferences, PreferenceError> {
    let mut won = vec![vec![0.0; options]; options];
    let mut asked = vec![vec![0.0; options]; options];
    for &Ballot { voter, options: [i, j], share, among } in ballots {
        let weight = weights[voter] / among;
        won[i][j] += weight * share;
        won[j][i] += weight * (1.0 - share);
        asked[i][j] += weight;
        asked[j][i] = asked[i][j];
    }
    for i in 0..options {
        for j in 0..i {
            won[j][i] =
                if asked[i][j] > 0.0 { (won[j][i] / asked[j][i]).clamp(0.0, 1.0) } else { 0.5 };
            // What rounding leaves is taken from one of both directions.
            won[i][j] = 1.0 - won[j][i];
        }
    }
    Preferences::weighted(won, asked)
}
