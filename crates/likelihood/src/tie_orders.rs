//! Which strict orders does a ranking with ties allow?
//!
//! Enumerated on the host when records are collated, since it depends on the ranks alone. A tie of
//! n items allows n! orders, so there is a limit, beyond which it is an error: a sample of the
//! orders would be another likelihood.

use burn::tensor::{Device, Int, Tensor, TensorData};

/// Most orders one record may allow: those of a tie of six.
pub const ORDERS_LIMIT: usize = 720;

/// Why ranks cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TieError {
    /// The ties of a record allow too many orders.
    #[error("ranking {record} allows {orders} orders, more than the {limit} that are summed")]
    TooManyOrders {
        /// Position of the record in the batch.
        record: usize,
        /// Number of orders that its ties allow, capped at the largest integer.
        orders: usize,
        /// [`ORDERS_LIMIT`].
        limit: usize,
    },
    /// A record ranks more things than the returns have places for.
    #[error("ranking {record} has {found} items, but the batch holds {limit}")]
    TooManyItems {
        /// Position of the record in the batch.
        record: usize,
        /// Number of items of the record.
        found: usize,
        /// Number of items that the batch holds.
        limit: usize,
    },
}

/// The strict orders that each record of a batch allows, padded to the largest number.
#[derive(Debug, Clone)]
pub struct TieOrders {
    /// `[batch, order, item]`: which item stands at each place, best first. Items past those
    /// of a record stay at their own place.
    pub index: Tensor<3, Int>,
    /// `[batch, order]`: 1 for an order of the record, 0 for padding.
    pub mask: Tensor<2>,
}

impl TieOrders {
    /// Expands ranks (1 is best, equal is tied; gaps do not matter) into orders.
    ///
    /// `items` is the size of the item axis of the returns.
    ///
    /// # Errors
    ///
    /// If a record allows more than [`ORDERS_LIMIT`] orders or has more than `items` items.
    pub fn new(ranks: &[Vec<u32>], items: usize, device: &Device) -> Result<Self, TieError> {
        let orders = ranks
            .iter()
            .enumerate()
            .map(|(record, ranks)| checked_orders(record, ranks, items))
            .collect::<Result<Vec<_>, _>>()?;
        let most = orders.iter().map(Vec::len).max().unwrap_or(0);
        let mut index = Vec::with_capacity(ranks.len() * most * items);
        let mut mask = Vec::with_capacity(ranks.len() * most);
        for record in &orders {
            for slot in 0..most {
                let order = record.get(slot);
                mask.push(f32::from(order.is_some()));
                index.extend(padded(order.map_or(&[], Vec::as_slice), items));
            }
        }
        let index = TensorData::new(index, [ranks.len(), most, items]);
        let mask = TensorData::new(mask, [ranks.len(), most]);
        Ok(Self { index: Tensor::from_data(index, device), mask: Tensor::from_data(mask, device) })
    }
}

/// All orders that ranks allow, each as the items from best to worst.
///
/// `None` if there are more than [`ORDERS_LIMIT`].
pub fn consistent_orders(ranks: &[u32]) -> Option<Vec<Vec<usize>>> {
    let groups = groups(ranks);
    if count(&groups) > ORDERS_LIMIT {
        return None;
    }
    Some(groups.iter().fold(vec![Vec::new()], |orders, group| {
        let endings = permutations(group);
        orders
            .iter()
            .flat_map(|order| endings.iter().map(|end| [&order[..], end].concat()))
            .collect()
    }))
}

fn checked_orders(record: usize, ranks: &[u32], items: usize) -> Result<Vec<Vec<usize>>, TieError> {
    if ranks.len() > items {
        return Err(TieError::TooManyItems { record, found: ranks.len(), limit: items });
    }
    consistent_orders(ranks).ok_or_else(|| TieError::TooManyOrders {
        record,
        orders: count(&groups(ranks)),
        limit: ORDERS_LIMIT,
    })
}

/// Items by rank, best first.
fn groups(ranks: &[u32]) -> Vec<Vec<usize>> {
    let mut by_rank = std::collections::BTreeMap::<u32, Vec<usize>>::new();
    for (item, &rank) in ranks.iter().enumerate() {
        by_rank.entry(rank).or_default().push(item);
    }
    by_rank.into_values().collect()
}

fn count(groups: &[Vec<usize>]) -> usize {
    groups.iter().flat_map(|group| 1..=group.len()).fold(1, usize::saturating_mul)
}

fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    (0..items.len())
        .flat_map(|chosen| {
            let mut rest = items.to_vec();
            let first = rest.remove(chosen);
            permutations(&rest).into_iter().map(move |end| [&[first], &end[..]].concat())
        })
        .collect()
}

fn padded(order: &[usize], items: usize) -> impl Iterator<Item = i64> {
    let ranked = order.len();
    order.iter().copied().chain(ranked..items).map(|item| item as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_hand() {
        let orders = consistent_orders(&[2, 1, 2]).unwrap();
        assert_eq!(orders, [[1, 0, 2], [1, 2, 0]]);
        assert_eq!(consistent_orders(&[7, 3]).unwrap(), [[1, 0]]);
        assert_eq!(consistent_orders(&[]).unwrap(), [[0usize; 0]]);
    }

    #[test]
    fn ties_multiply() {
        // 3! * 2! orders, all different.
        let mut orders = consistent_orders(&[1, 1, 1, 2, 2]).unwrap();
        orders.sort();
        orders.dedup();
        assert_eq!(orders.len(), 12);
    }

    #[test]
    fn bound_is_a_tie_of_six() {
        assert_eq!(consistent_orders(&[1; 6]).unwrap().len(), 720);
        let error = TieOrders::new(&[vec![1], vec![1; 7]], 7, &Device::flex()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "ranking 1 allows 5040 orders, more than the 720 that are summed"
        );
        assert_eq!(consistent_orders(&[1; 64]), None);
    }

    #[test]
    fn items_beyond_the_batch_are_refused() {
        let error = TieOrders::new(&[vec![1, 2, 3]], 2, &Device::flex()).unwrap_err();
        assert_eq!(error.to_string(), "ranking 0 has 3 items, but the batch holds 2");
    }

    #[test]
    fn padding_keeps_its_place() {
        let ranks = [vec![1, 1], vec![2, 1, 3]];
        let orders = TieOrders::new(&ranks, 3, &Device::flex()).unwrap();
        let index = orders.index.into_data().convert::<i64>();
        let index: Vec<i64> = index.try_to_vec().unwrap();
        assert_eq!(index, [0, 1, 2, 1, 0, 2, 1, 0, 2, 0, 1, 2]);
        let mask: Vec<f32> = orders.mask.into_data().try_to_vec().unwrap();
        assert_eq!(mask, [1.0, 1.0, 1.0, 0.0]);
    }
}
