//! Which true rewards are optimized so that every other has one to be measured against?
//!
//! A policy that pays for its divergence is held against the best one that pays as much: against a free one
//! the price would look like a fault of the reward, and against a dearer one a bad reward like a good one.

use crate::reward::{NamedReward, true_reward};

/// The true reward at each price at which something is optimized, in the order of prices; not those that are
/// there already.
pub(crate) fn missing(rewards: &[NamedReward]) -> Vec<NamedReward> {
    let prices = prices(rewards);
    let is_there = |price: f64| rewards.iter().any(|reward| is_best_at(reward, price));
    let new = prices.iter().filter(|price| !is_there(**price));
    let named = |&price: &f64| {
        let several = if prices.len() > 1 { format!(", kl {price}") } else { String::new() };
        let mut label = format!("true{several}");
        while rewards.iter().any(|reward| reward.label == label) {
            label += " (best)";
        }
        NamedReward { label, ..true_reward(price) }
    };
    new.map(named).collect()
}

/// Whether it is the true reward at this price.
pub(crate) fn is_best_at(reward: &NamedReward, price: f64) -> bool {
    reward.name == true_reward(price).name && reward.price == price
}

fn prices(rewards: &[NamedReward]) -> Vec<f64> {
    let mut prices: Vec<f64> = rewards.iter().map(|reward| reward.price).collect();
    prices.sort_by(f64::total_cmp);
    prices.dedup();
    prices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_has_one_true_reward() {
        let learned = |label: &str, price| NamedReward {
            label: label.to_owned(),
            name: "runs/a".to_owned(),
            ..true_reward(price)
        };
        let check = |rewards: &[NamedReward], expect: &[(&str, f64)]| {
            let found = missing(rewards);
            assert!(found.iter().all(|reward| reward.name == "true"));
            let found: Vec<(&str, f64)> =
                found.iter().map(|reward| (reward.label.as_str(), reward.price)).collect();
            assert_eq!(found, expect);
        };
        check(&[learned("a", 0.5)], &[("true", 0.5)]);
        check(&[true_reward(0.5), learned("a", 0.5)], &[]);
        check(&[true_reward(0.5), learned("a", 2.0)], &[("true, kl 2", 2.0)]);
        check(&[learned("a", 2.0), learned("b", 0.0)], &[("true, kl 0", 0.0), ("true, kl 2", 2.0)]);
        // Nothing that was asked for shares a label with what is added.
        check(&[learned("true", 0.5)], &[("true (best)", 0.5)]);
        check(&[], &[]);
    }
}
