//! An order as choices, one after the other: which of the remaining segments come next.

use super::options::TiedRanks;
use super::orders::Order;
use medley_likelihood::davidson_luce::OPTIONS_LIMIT;
use medley_likelihood::tie_orders::ORDERS_LIMIT;
use std::collections::BTreeMap;

/// Which of the remaining segments come next.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stage {
    pub options: Vec<usize>, // segments, sorted, so that repeats of a choice set are equal
    pub chosen: Vec<usize>,  // positions in `options`, rising
    pub number: usize,       // from 0
    pub last: bool,          // what remains after it is tied, or one
}

/// The stages of an order: of as many ranks as there are, but where nothing is left to be said.
///
/// # Errors
/// Why the order cannot be read, as a clause about its records.
pub(super) fn stages_of(order: &Order, ties: TiedRanks) -> Result<Vec<Stage>, &'static str> {
    let mut by_rank = BTreeMap::<u32, Vec<usize>>::new();
    for (&segment, &rank) in order.origin.segments.iter().zip(&order.ranks) {
        by_rank.entry(rank).or_default().push(segment as usize);
    }
    let mut options: Vec<usize> = order.origin.segments.iter().map(|&s| s as usize).collect();
    options.sort_unstable();
    if ties == TiedRanks::DavidsonLuce && options.len() > OPTIONS_LIMIT {
        return Err(
            "rank more than 12 segments, whose ties of every size are too many to sum over",
        );
    }
    let mut stages = Vec::new();
    let ranks: Vec<&Vec<usize>> = by_rank.values().collect();
    for (number, next) in ranks.iter().enumerate() {
        if is_certain(options.len(), next.len(), ties) {
            break;
        }
        if ties == TiedRanks::UnobservedOrder
            && next.len() > 1
            && arrangements(options.len(), next.len()) > ORDERS_LIMIT
        {
            return Err("tie so many segments that their orders cannot be summed over");
        }
        let chosen = (0..options.len()).filter(|&i| next.contains(&options[i])).collect();
        let remain = options.len() - next.len();
        let last = ranks.get(number + 1).is_some_and(|then| is_certain(remain, then.len(), ties));
        stages.push(Stage { options: options.clone(), chosen, number, last });
        options.retain(|segment| !next.contains(segment));
    }
    if stages.is_empty() { Err("rank all segments the same") } else { Ok(stages) }
}

/// Whether a stage has probability 1: one segment is left, or all that are left are tied where the
/// number of the tied is taken as given.
fn is_certain(options: usize, next: usize, ties: TiedRanks) -> bool {
    match ties {
        TiedRanks::UnobservedOrder => next == options,
        TiedRanks::DavidsonLuce => options == 1,
    }
}

/// Number of ordered choices of `chosen` out of `options`.
fn arrangements(options: usize, chosen: usize) -> usize {
    (options - chosen + 1..=options).fold(1, usize::saturating_mul)
}
