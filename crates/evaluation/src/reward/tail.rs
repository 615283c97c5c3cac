//! Is a proxy right about the best, which are all that optimization will look at?
//!
//! Accuracy over all pairs can be high while the order of the top, where best-of-n and a trained policy
//! end, is chance. The tail is cut among the items of a prompt by the proxy, since it is the proxy
//! that is optimized; by gold it would be unknown when it matters.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::interval::{Bootstrap, ClusterSets, Estimate};

/// Something scored by both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailItem {
    /// What is optimized.
    pub proxy: f64,
    /// What is meant.
    pub gold: f64,
    /// Only items of one prompt are compared with each other; one number for all where there are none.
    pub prompt: u32,
    /// What is drawn together: the prompt, or the episode where all have one prompt.
    pub cluster: u32,
}

/// How often the proxy orders a pair from the tail as gold does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TailAccuracy {
    /// The share of each prompt's items that is looked at, in (0, 1].
    pub share: f64,
    /// In [0, 1], 1/2 for chance; equal proxies count half, pairs of equal gold are left out. `n` is the
    /// number of pairs. None where there is no pair.
    pub accuracy: Option<Estimate>,
    /// Items in the tail.
    pub items: usize,
    /// Pairs in the tail that gold does not order.
    pub tied: usize,
}

/// Most pairs that are compared at one share: each takes part in every resample.
const MOST_PAIRS: usize = 2_000_000;

/// [`TailAccuracy`] at each share `q`.
///
/// ```text
/// accuracy(q) = mean over pairs of one prompt's top q of [proxy and gold agree]
/// ```
///
/// The top q of m items are the `ceil(q m)` of highest proxy, with all that tie with the last of them,
/// so that the order of rows cannot matter. All pairs count alike, so that a prompt counts by its
/// pairs. Intervals draw clusters, a pair by both of its own, and keep the tail as it is.
///
/// ```
/// use medley_evaluation::{Bootstrap, TailItem, tail_accuracy};
/// let item = |(proxy, gold)| TailItem { proxy, gold, prompt: 0, cluster: 0 };
/// let items = [(1.0, 1.0), (2.0, 2.0), (3.0, 4.0), (4.0, 3.0)].map(item);
/// let shares = tail_accuracy(&items, &[1.0, 0.5], &Bootstrap::default()).unwrap();
/// let values = shares.iter().map(|of| of.accuracy.unwrap().value).collect::<Vec<_>>();
/// assert_eq!(values, [5.0 / 6.0, 0.0]);
/// ```
///
/// # Errors
/// A score is NaN or infinite, a share is outside of (0, 1], or there are more than two million pairs.
pub fn tail_accuracy(
    items: &[TailItem],
    shares: &[f64],
    bootstrap: &Bootstrap,
) -> Result<Vec<TailAccuracy>, TailError> {
    for (index, item) in items.iter().enumerate() {
        for (name, value) in [("proxy", item.proxy), ("gold", item.gold)] {
            if !value.is_finite() {
                return Err(TailError::NotFinite { name, index, value });
            }
        }
    }
    let mut prompts: BTreeMap<u32, Vec<&TailItem>> = BTreeMap::new();
    items.iter().for_each(|item| prompts.entry(item.prompt).or_default().push(item));
    for of_prompt in prompts.values_mut() {
        // By all fields, so that sums have one order whatever that of the rows.
        of_prompt.sort_by(|a, b| {
            let by_proxy = b.proxy.total_cmp(&a.proxy);
            by_proxy.then(b.gold.total_cmp(&a.gold)).then(a.cluster.cmp(&b.cluster))
        });
    }
    shares.iter().map(|share| at_share(&prompts, *share, bootstrap)).collect()
}

fn at_share(
    prompts: &BTreeMap<u32, Vec<&TailItem>>,
    share: f64,
    bootstrap: &Bootstrap,
) -> Result<TailAccuracy, TailError> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(TailError::Share { share });
    }
    let tails: Vec<&[&TailItem]> = prompts.values().map(|items| tail(items, share)).collect();
    let pairs = tails.iter().map(|tail| tail.len() * (tail.len() - 1) / 2).sum();
    if pairs > MOST_PAIRS {
        return Err(TailError::TooMany { share, pairs });
    }
    let (mut tied, mut clusters, mut parts) = (0, Vec::new(), Vec::new());
    for tail in &tails {
        for (place, a) in tail.iter().enumerate() {
            for b in &tail[..place] {
                if a.gold == b.gold {
                    tied += 1;
                    continue;
                }
                // `b` comes first, so its proxy is not below.
                let right =
                    if a.proxy == b.proxy { 0.5 } else { f64::from(u8::from(b.gold > a.gold)) };
                clusters.push(vec![a.cluster, b.cluster]);
                parts.push((right, 1.0));
            }
        }
    }
    let accuracy = bootstrap.share(&ClusterSets::new(clusters), &parts);
    let items = tails.iter().map(|tail| tail.len()).sum();
    Ok(TailAccuracy { share, accuracy, items, tied })
}

/// The first `ceil(share m)` of items in falling order of proxy, and those that tie with the last.
fn tail<'a>(items: &'a [&'a TailItem], share: f64) -> &'a [&'a TailItem] {
    let count = ((share * items.len() as f64).ceil() as usize).clamp(1, items.len());
    let last = items[count - 1].proxy;
    let ties = items[count..].iter().take_while(|item| item.proxy == last).count();
    &items[..count + ties]
}

/// Why there is no accuracy in the tail.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum TailError {
    /// A score is NaN or infinite.
    #[error("the {name} score of item {index} is {value}")]
    NotFinite {
        /// `proxy` or `gold`.
        name: &'static str,
        /// From 0.
        index: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A share is none.
    #[error("a tail is a share in (0, 1] of the items, found {share}")]
    Share {
        /// Given.
        share: f64,
    },
    /// Comparing all would take too long.
    #[error(
        "the top {share} has {pairs} pairs, and at most 2000000 are compared: take fewer items, or give them prompts"
    )]
    TooMany {
        /// Of the items.
        share: f64,
        /// Pairs.
        pairs: usize,
    },
}

#[cfg(test)]
#[path = "tail_tests.rs"]
mod tests;
