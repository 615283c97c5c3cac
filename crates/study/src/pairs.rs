//! What people said of pairs of options, whatever kind it was said in.

use crate::said::Told;
use medley_people::Predictor;
use medley_theory::{PreferenceError, Preferences};

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
}

/// All decisions between two items: comparisons, and of a choice out of several what was chosen against each
/// other option. Ratings, thumbs and answers about parts of segments decide between none.
pub fn pairs(told: &Told) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (number, statement) in told.panel.statements().iter().enumerate() {
        let observed = statement.answer.observed();
        let mut add = |first: usize, second: usize, share: f64| {
            let (items, share) = match first < second {
                true => ([first, second], share),
                false => ([second, first], 1.0 - share),
            };
            if first != second {
                let (person, flipped) = (statement.person, first > second);
                pairs.push(Pair { statement: number, person, items, share, flipped });
            }
        };
        match statement.predictors.as_slice() {
            [one] if observed.len() == 2 => {
                if let Some([first, second]) = opposed(one) {
                    add(first, second, observed[0]);
                }
            }
            // First, tie, second, by half differences.
            [ahead, _, _] if opposed(ahead).is_some() => {
                if let Some([first, second]) = opposed(ahead) {
                    add(first, second, observed[0] + 0.5 * observed[1]);
                }
            }
            options => {
                let items: Option<Vec<usize>> = options.iter().map(single).collect();
                let chosen = observed.iter().position(|share| *share == 1.0);
                if let (Some(items), Some(chosen)) = (items, chosen)
                    && items.len() == observed.len()
                {
                    let others = items.iter().enumerate().filter(|(place, _)| *place != chosen);
                    others.for_each(|(_, &other)| add(items[chosen], other, 1.0));
                }
            }
        }
    }
    pairs
}

/// The items of a difference, the one that counts for more than nothing first.
fn opposed(predictor: &Predictor) -> Option<[usize; 2]> {
    match predictor.items.as_slice() {
        &[(first, up), (second, down)] if up > 0.0 && up == -down => Some([first, second]),
        _ => None,
    }
}

fn single(predictor: &Predictor) -> Option<usize> {
    match predictor.items.as_slice() {
        &[(item, 1.0)] => Some(item),
        _ => None,
    }
}

/// How often each option is preferred to each other one, where each decision counts for `weight`.
///
/// # Errors
/// Never, as long as shares lie in 0 to 1 and weights are finite.
pub fn preferences(
    pairs: &[Pair],
    options: &[usize],
    weight: impl Fn(&Pair) -> f64,
) -> Result<Preferences, PreferenceError> {
    let count = options.len();
    let mut won = vec![vec![0.0; count]; count];
    let mut asked = vec![vec![0.0; count]; count];
    for pair in pairs {
        let place = |item: usize| options.iter().position(|option| *option == item);
        let [Some(i), Some(j)] = pair.items.map(place) else { continue };
        let weight = weight(pair);
        won[i][j] += weight * pair.share;
        won[j][i] += weight * (1.0 - pair.share);
        asked[i][j] += weight;
        asked[j][i] = asked[i][j];
    }
    for i in 0..count {
        for j in 0..count {
            won[i][j] = if asked[i][j] > 0.0 { won[i][j] / asked[i][j] } else { 0.5 };
        }
    }
    // Both directions come from one division each; what rounding leaves is taken from the second.
    for i in 0..count {
        for j in 0..i {
            won[i][j] = 1.0 - won[j][i];
        }
    }
    Preferences::weighted(won, asked)
}
