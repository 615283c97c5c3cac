//! Out of how many options does a stage choose, and which sets of them could come next?
//!
//! Stages of one shape are computed together, which needs neither masks nor padded orders. A long ranking
//! has as many shapes as it has stages, and an operation for each would take longer than what it
//! computes: stages of many options are computed together if they are nearly as many, the shorter padded.

use super::options::TiedRanks;
use super::stages::Stage;
use crate::Scorer;
use burn::tensor::Tensor;
use medley_likelihood::choice::boltzmann;
use medley_likelihood::log_space::log_sum_exp;

/// The outcomes of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub options: usize,
    /// How many come next, where that is taken as given. If not, any number may.
    pub tied: Option<usize>,
}

impl Shape {
    pub fn of(stage: &Stage, ties: TiedRanks) -> Self {
        let tied = match ties {
            TiedRanks::UnobservedOrder => Some(stage.chosen.len()),
            TiedRanks::DavidsonLuce => None,
        };
        Self { options: stage.options.len(), tied }
    }

    /// The shape of the stages that this one is computed with: no other than its own, unless one of many
    /// comes next.
    pub fn together(self) -> Self {
        match self.tied {
            Some(1) if self.options > MANY => {
                Self { options: self.options.next_multiple_of(MANY), ..self }
            }
            _ => self,
        }
    }

    /// Number of sets that could come next.
    pub fn outcomes(self) -> usize {
        match self.tied {
            Some(1) => self.options,
            Some(tied) => subsets(self.options, tied).len(),
            None => (1 << self.options) - 1,
        }
    }

    /// 1 for the set that came next, 0 for the others.
    pub fn shares(self, chosen: &[usize]) -> Vec<f32> {
        let share = |is_chosen| if is_chosen { 1.0 } else { 0.0 };
        match self.tied {
            Some(1) => (0..self.options).map(|option| share(chosen == [option])).collect(),
            Some(tied) => subsets(self.options, tied).iter().map(|s| share(s == chosen)).collect(),
            None => {
                let bits: usize = chosen.iter().map(|option| 1 << option).sum();
                (0..self.outcomes()).map(|set| share(set + 1 == bits)).collect()
            }
        }
    }
}

/// Stages of up to so many options are not padded, so that rankings of any usual length are computed as
/// they are.
const MANY: usize = 64;

/// Log-probability that each set of `tied` options comes next, in the order of [`subsets`].
///
/// # Shapes
/// - `returns`: `[member, batch, option]`
/// - `mask`: `[batch, option]`, 0 for padding, of which there is none unless `tied` is 1
/// - output: `[member, batch, set]`
pub(super) fn next_set(
    scorer: &Scorer<'_>,
    returns: Tensor<3>,
    mask: Tensor<2>,
    tied: usize,
) -> Tensor<3> {
    let [member, batch, n] = returns.dims();
    if tied == 1 {
        return boltzmann(returns, mask);
    }
    let ones = |rows: usize, options: usize| {
        scorer.place.tensor(vec![1.0; rows * options], [rows, options])
    };
    let sets = subsets(n, tied);
    let within: usize = (1..=tied).product();
    let index: Vec<i32> = sets
        .iter()
        .flat_map(|set| permutations(set))
        .flat_map(|first| {
            let rest: Vec<usize> = (0..n).filter(|option| !first.contains(option)).collect();
            first.into_iter().chain(rest)
        })
        .map(|option| option as i32)
        .collect();
    let rows = batch * sets.len() * within;
    let arranged = returns.select(2, scorer.place.indices(index)).reshape([member, rows, n]);
    let stages = (0..tied).map(|place| {
        let rest = n - place;
        boltzmann(arranged.clone().narrow(2, place, rest), ones(rows, rest)).narrow(2, 0, 1)
    });
    let each = Tensor::cat(stages.collect(), 2).sum_dim(2); // [member, batch * set * order, 1]
    let each = each.reshape([member, batch, sets.len(), within]);
    log_sum_exp(each, 3).reshape([member, batch, sets.len()])
}

/// Sets of `size` out of `0..n`, each rising, in lexicographic order.
fn subsets(n: usize, size: usize) -> Vec<Vec<usize>> {
    (0..size).fold(vec![Vec::new()], |sets, _| {
        sets.iter()
            .flat_map(|set: &Vec<usize>| {
                let from = set.last().map_or(0, |last| last + 1);
                (from..n).map(move |next| [&set[..], &[next]].concat())
            })
            .collect()
    })
}

fn permutations(set: &[usize]) -> Vec<Vec<usize>> {
    set.iter().fold(vec![Vec::new()], |orders, _| {
        orders
            .iter()
            .flat_map(|order: &Vec<usize>| {
                let rest = set.iter().filter(|option| !order.contains(option));
                rest.map(move |&next| [&order[..], &[next]].concat()).collect::<Vec<_>>()
            })
            .collect()
    })
}
