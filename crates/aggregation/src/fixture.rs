//! Societies for tests, as counts of voters and their orders.

use crate::{Society, one_each};

/// So many voters of each order, best first; utilities are places from below.
pub fn orders(profile: &[(usize, &[usize])]) -> Society {
    let utilities: Vec<Vec<f64>> = profile
        .iter()
        .flat_map(|&(count, order)| {
            let mut own = vec![0.0; order.len()];
            order
                .iter()
                .enumerate()
                .for_each(|(place, &option)| own[option] = (order.len() - 1 - place) as f64);
            std::iter::repeat_n(own, count)
        })
        .collect();
    let groups = vec![0; utilities.len()];
    Society::new(&utilities, &one_each(utilities.len()), &groups).unwrap()
}
