//! Statements under the views of whoever made them.
//!
//! A person or a group may see the reward under a view: other heads, or other weights of them.
//! Adapters know nothing of it. They predict for statements that share one view, and this is where
//! statements are sorted by it and put back into their order.

use crate::{Origin, Scorer};
use burn::tensor::Tensor;
use std::collections::BTreeMap;

/// `compute` for the statements of each view, in the order of `statements`.
///
/// # Shapes
/// `[member, batch]`
pub(crate) fn by_view(
    scorer: &Scorer<'_>,
    origins: &[Origin],
    statements: &[usize],
    compute: impl Fn(&Scorer<'_>, &[usize]) -> Tensor<2>,
) -> Tensor<2> {
    let Some(groups) = grouped(scorer, origins, statements) else {
        return compute(scorer, statements);
    };
    let mut order = vec![0; statements.len()];
    let mut columns = 0;
    let mut parts = Vec::with_capacity(groups.len());
    for Group { scorer, statements, positions } in groups {
        parts.push(compute(&scorer, &statements));
        for position in positions {
            order[position] = columns;
            columns += 1;
        }
    }
    Tensor::cat(parts, 1).select(1, scorer.place.indices(order))
}

/// Statements judged in one batch: bounds memory, and never changes a number by more than rounding.
const JUDGED_AT_ONCE: usize = 1024;

/// The same for results that are no tensor, in batches.
pub(crate) fn each_by_view<T>(
    scorer: &Scorer<'_>,
    origins: &[Origin],
    statements: &[usize],
    compute: impl Fn(&Scorer<'_>, &[usize]) -> Vec<T>,
) -> Vec<T> {
    let in_batches = |scorer: &Scorer<'_>, statements: &[usize]| -> Vec<T> {
        statements.chunks(JUDGED_AT_ONCE).flat_map(|batch| compute(scorer, batch)).collect()
    };
    let Some(groups) = grouped(scorer, origins, statements) else {
        return in_batches(scorer, statements);
    };
    let mut placed: Vec<(usize, T)> = Vec::with_capacity(statements.len());
    for Group { scorer, statements, positions } in groups {
        placed.extend(positions.into_iter().zip(in_batches(&scorer, &statements)));
    }
    placed.sort_by_key(|(position, _)| *position);
    placed.into_iter().map(|(_, result)| result).collect()
}

/// Statements of one view, and their positions among those asked for.
struct Group<'a> {
    scorer: Scorer<'a>,
    statements: Vec<usize>,
    positions: Vec<usize>,
}

/// None if all are seen alike.
fn grouped<'a>(
    scorer: &Scorer<'a>,
    origins: &[Origin],
    statements: &[usize],
) -> Option<Vec<Group<'a>>> {
    let perspective = scorer.perspective()?;
    let mut views: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, &statement) in statements.iter().enumerate() {
        views.entry(perspective.key(&origins[statement])).or_default().push(position);
    }
    let group = |(key, positions): (usize, Vec<usize>)| Group {
        scorer: scorer.seen_by(perspective.view(key)),
        statements: positions.iter().map(|&position| statements[position]).collect(),
        positions,
    };
    Some(views.into_iter().map(group).collect())
}
