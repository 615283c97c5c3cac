//! How likely is an order of several items?
//!
//! ```text
//! P(order) = product over places k of exp(R_(k)) / sum over j >= k of exp(R_(j))
//! ```
//!
//! Plackett (1975), *The analysis of permutations*, and Luce (1959): choose the best, then the
//! best of the rest. Treating all pairs of a ranking as separate comparisons would count one
//! answer many times.
//!
//! Tied ranks leave the order inside the tie unobserved, so their likelihood is the sum over
//! the orders they allow ([`crate::tie_orders`]). The orders are too many to return as a
//! response set; these functions give the log-likelihood of the observed one.

use crate::log_space::{STRUCTURAL_ZERO, log_sum_exp};
use crate::shape::{absent, assert_same};
use crate::tie_orders::TieOrders;
use burn::tensor::{Bool, Device, Int, Tensor, TensorData, activation::log_softmax};

/// Log-likelihood of the full order, in nats. Over the orders of one set it sums to 1.
///
/// # Shapes
///
/// - `returns`: `[member, batch, item]`, best first
/// - `mask`: `[batch, item]`, 1 where there is an item, 0 for padding
/// - output: `[member, batch]`
pub fn plackett_luce(returns: Tensor<3>, mask: Tensor<2>) -> Tensor<2> {
    let [member, batch, item] = returns.dims();
    let shape = [member, batch, item, item]; // [member, batch, place, item]
    let absent = absent(mask, [member, batch, item]).unsqueeze_dim::<4>(2).expand(shape);
    let device = returns.device();
    let placed = pairs(item, &device, |place, item| item < place).expand(shape);
    let other = pairs(item, &device, |place, item| item != place).expand(shape);

    let remaining = returns
        .unsqueeze_dim::<4>(2)
        .expand(shape)
        .mask_fill(placed.bool_or(absent.clone()), STRUCTURAL_ZERO);
    log_softmax(remaining, 3)
        .mask_fill(other.bool_or(absent), 0.0)
        .sum_dim(3)
        .sum_dim(2)
        .reshape([member, batch])
}

/// Log-likelihood of ranks with ties, in nats: `log sum over allowed orders of P(order)`.
///
/// # Shapes
///
/// - `returns`: `[member, batch, item]`, in the order in which `orders` was built
/// - `mask`: `[batch, item]`, 1 where there is an item, 0 for padding
/// - `orders`: the orders that the ranks allow
/// - output: `[member, batch]`
pub fn plackett_luce_ties(returns: Tensor<3>, mask: Tensor<2>, orders: &TieOrders) -> Tensor<2> {
    let [member, batch, item] = returns.dims();
    let [_, order, _] = orders.index.dims();
    assert_same("mask", mask.dims(), [batch, item]);
    assert_same("tie orders", orders.index.dims(), [batch, order, item]);

    let rows = [member, batch * order, item];
    let sorted = arrange(returns, &orders.index).reshape(rows);
    let mask = arrange(mask.unsqueeze_dim(0), &orders.index).reshape([batch * order, item]);
    let each = plackett_luce(sorted, mask).reshape([member, batch, order]);
    let unused = crate::shape::absent(orders.mask.clone(), [member, batch, order]);
    log_sum_exp(each.mask_fill(unused, STRUCTURAL_ZERO), 2).squeeze_dim(2)
}

/// A predicate of (place, item) as `[1, 1, place, item]`.
fn pairs(size: usize, device: &Device, fact: impl Fn(usize, usize) -> bool) -> Tensor<4, Bool> {
    let facts: Vec<bool> = (0..size * size).map(|i| fact(i / size, i % size)).collect();
    Tensor::from_data(TensorData::new(facts, [1, 1, size, size]), device)
}

/// `[member, batch, item]` in every order of `index`: `[member, batch, order, item]`.
fn arrange(x: Tensor<3>, index: &Tensor<3, Int>) -> Tensor<4> {
    let [member, batch, item] = x.dims();
    let [_, order, _] = index.dims();
    let shape = [member, batch, order, item];
    let index = index.clone().unsqueeze_dim::<4>(0).expand(shape);
    x.unsqueeze_dim::<4>(2).expand(shape).gather(3, index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::bradley_terry;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};

    const WEIGHTS: [f64; 3] = [3.0, 2.0, 1.0];

    fn returns() -> Tensor<3> {
        tensor(&WEIGHTS.map(f64::ln), [1, 1, 3])
    }

    fn ranked(ranks: &[u32]) -> Tensor<2> {
        let orders = TieOrders::new(&[ranks.to_vec()], 3, &Device::flex()).unwrap();
        plackett_luce_ties(returns(), tensor(&[1.0; 3], [1, 3]), &orders)
    }

    #[test]
    fn plackett_luce_by_hand() {
        // 3/6 * 2/3 * 1/1 = 1/3
        let log = plackett_luce(returns(), tensor(&[1.0; 3], [1, 3]));
        assert_probabilities(log, &[1.0 / 3.0]);
    }

    #[test]
    fn two_items_are_bradley_terry() {
        let log = plackett_luce(tensor(&[0.9, 0.2], [1, 1, 2]), tensor(&[1.0; 2], [1, 2]));
        let pair = values(bradley_terry(tensor(&[0.7], [1, 1])));
        assert_close(log, &pair[..1], 1e-12);
    }

    #[test]
    fn padding_does_not_change_the_order() {
        let padded = [3f64.ln(), 1e4, 2f64.ln(), 0.0];
        let mask = tensor(&[1.0, 0.0, 1.0, 1.0], [1, 4]);
        let log = plackett_luce(tensor(&padded, [1, 1, 4]), mask);
        assert_probabilities(log, &[1.0 / 3.0]);
    }

    #[test]
    fn tie_by_hand() {
        // (3, 2, 1): 1/3. (2, 3, 1): 2/6 * 3/4 = 1/4. Together 7/12.
        assert_probabilities(ranked(&[1, 1, 2]), &[7.0 / 12.0]);
        // Without a tie, the ranks only permute: (1, 2, 3) is 1/6 * 2/5.
        assert_probabilities(ranked(&[3, 2, 1]), &[1.0 / 15.0]);
        // A tie of all carries no information.
        assert_probabilities(ranked(&[1, 1, 1]), &[1.0]);
    }

    #[test]
    fn records_with_fewer_orders_and_items_fit_in_one_batch() {
        let ranks = [vec![1, 1, 2], vec![2, 1]];
        let orders = TieOrders::new(&ranks, 3, &Device::flex()).unwrap();
        let returns = [3.0, 2.0, 1.0, 1.0, 4.0, 9.0].map(f64::ln);
        let mask = tensor(&[1.0, 1.0, 1.0, 1.0, 1.0, 0.0], [2, 3]);
        let log = plackett_luce_ties(tensor(&returns, [1, 2, 3]), mask, &orders);
        assert_probabilities(log, &[7.0 / 12.0, 0.8]);
    }
}
