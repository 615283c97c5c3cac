//! Which of several come first, if some may be tied?
//!
//! The first rank of an order with ties is a set of options. It is modelled as a choice out of all
//! nonempty sets of what is there, and an order as such choices one after the other, each out of
//! what the earlier ones left: probabilities of all orders with ties sum to 1. Summing over the orders
//! that a tie allows ([`crate::ranking`]) takes the sizes of ties as given instead, so that a tie says
//! nothing of how close two returns are.

use burn::tensor::{Int, Tensor, TensorData, activation::log_softmax};

/// Most options, for which there are 4,095 sets.
pub const OPTIONS_LIMIT: usize = 12;

/// Log-probability that each set of options comes first, in nats, by Davidson and Luce.
///
/// ```text
/// P(S) = delta_|S| (prod_{i in S} e^R_i)^(1/|S|) / sum over nonempty sets T of the same,
/// delta_1 = 1
/// ```
///
/// Firth, Kosmidis and Turner (2019), *Davidson-Luce model for multi-item choice with ties*, with all
/// sizes of ties possible. Of two options it is Davidson's model of a comparison with
/// `nu = delta_2` ([`crate::ties::davidson`]); where ties become rare, Luce's choice.
///
/// Set `s` of the outcomes holds the options whose bits are set in `s + 1`: of two options the
/// outcomes are first, second and both.
///
/// # Shapes
///
/// - `returns`: `[member, batch, option]`, at most [`OPTIONS_LIMIT`] options
/// - `log_delta`: `[member, size]`, of ties of 2, 3 and so on; as many sizes as there are options,
///   less one, or more
/// - output: `[member, batch, 2^option - 1]`
pub fn davidson_luce(returns: Tensor<3>, log_delta: Tensor<2>) -> Tensor<3> {
    let [member, batch, option] = returns.dims();
    let [members, sizes] = log_delta.dims();
    assert!(
        members == member && sizes + 1 >= option && (1..=OPTIONS_LIMIT).contains(&option),
        "log_delta has shape [{members}, {sizes}], but returns are [{member}, {batch}, {option}]"
    );
    let sets = (1 << option) - 1;
    let size = |set: usize| (set + 1).count_ones();
    let share = |(option, set): (usize, usize)| match (set + 1) >> option & 1 {
        1 => 1.0 / f64::from(size(set)),
        _ => 0.0,
    };
    let shares: Vec<f64> =
        (0..option).flat_map(|option| (0..sets).map(move |set| (option, set))).map(share).collect();
    let device = returns.device();
    let shares = TensorData::new(shares, [1, option, sets]);
    let shares = Tensor::<3>::from_data(shares, (&device, returns.dtype()));
    let sized: Vec<i32> = (0..sets).map(|set| size(set) as i32 - 1).collect();
    let sized = Tensor::<1, Int>::from_data(TensorData::new(sized, [sets]), &device);
    let alone = log_delta.zeros_like().narrow(1, 0, 1);
    let deltas = Tensor::cat(vec![alone, log_delta], 1).select(1, sized); // [member, set]
    let means = returns.matmul(shares.expand([member, option, sets]));
    log_softmax(means + deltas.unsqueeze_dim::<3>(1), 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::boltzmann;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};
    use crate::ties::davidson;

    #[test]
    fn three_options_by_hand() {
        // Weights 4, 1 and 16; delta_2 = 1/2, delta_3 = 3/4. In the order of bits: {0} 4, {1} 1,
        // {0,1} 2/2, {2} 16, {0,2} 8/2, {1,2} 4/2, {0,1,2} 64^(1/3) * 3/4 = 3.
        let returns = tensor(&[4.0, 1.0, 16.0].map(f64::ln), [1, 1, 3]);
        let log = davidson_luce(returns, tensor(&[0.5, 0.75].map(f64::ln), [1, 2]));
        assert_probabilities(log, &[4.0, 1.0, 1.0, 16.0, 4.0, 2.0, 3.0].map(|w| w / 31.0));
    }

    #[test]
    fn two_options_are_davidson() {
        let returns = tensor(&[0.9, 0.2, -1.0, 0.5], [2, 1, 2]);
        let log_nu = tensor(&[-0.4, 0.3], [2, 1]);
        let pair = values(davidson(tensor(&[0.7, -1.5], [2, 1]), log_nu.clone()));
        let expected = [pair[0], pair[2], pair[1], pair[3], pair[5], pair[4]];
        assert_close(davidson_luce(returns, log_nu), &expected, 1e-12);
    }

    #[test]
    fn rare_ties_give_luce() {
        let returns = tensor(&[0.3, -0.4, 1.2], [1, 1, 3]);
        let log = values(davidson_luce(returns.clone(), tensor(&[-80.0; 2], [1, 2])));
        let luce = values(boltzmann(returns, tensor(&[1.0; 3], [1, 3])));
        assert_close(tensor(&[log[0], log[1], log[3]], [3]), &luce, 1e-12);
    }

    #[test]
    #[should_panic(expected = "log_delta has shape [1, 1], but returns are [1, 1, 3]")]
    fn sizes_of_all_ties_are_needed() {
        davidson_luce(tensor(&[0.0; 3], [1, 1, 3]), tensor(&[0.0], [1, 1]));
    }
}
