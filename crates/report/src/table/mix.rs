//! In which order do mixes and sources stand in every table and figure?
//!
//! Sources keep the order in which the measurements first name them. A plan judges them by name, so
//! that this order is alphabetical, whatever the order of the TOML file. Mixes stand by their number of sources, then by the sources.

use crate::MeasurementRow;
use std::collections::{BTreeMap, HashSet};

/// Ends the label of a tuned mix, whatever the way.
pub const TUNED: &str = " (tuned)";

/// Whether a label is that of a tuned mix.
pub(crate) fn is_tuned(label: &str) -> bool {
    label.ends_with(TUNED)
}

/// A mix of feedback sources that a model was trained on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Its label.
    pub label: String,
    /// Its sources.
    pub sources: Vec<String>,
}

/// The sources that mixes are made of, in order of first mention.
pub(crate) fn mixed_sources(rows: &[MeasurementRow]) -> Vec<String> {
    let singles = rows.iter().filter(|row| row.sources.len() == 1);
    distinct(singles.chain(rows).flat_map(|row| &row.sources))
}

/// The held-out sources that are judged: first those that can be mixed in, then the others.
pub(crate) fn judged_sources(rows: &[MeasurementRow]) -> Vec<String> {
    let judged = distinct(rows.iter().map(|row| &row.source));
    let mixed = mixed_sources(rows);
    let (mut first, other): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|source| mixed.contains(source));
    first.sort_by_key(|source| position(&mixed, source));
    first.extend(other);
    first
}

/// The mixes in order. Rows without sources, of baselines that no mix changes, are none.
pub(crate) fn mixes(rows: &[MeasurementRow]) -> Vec<Mix> {
    let order = mixed_sources(rows);
    let mut mixes: Vec<Mix> = Vec::new();
    for row in rows {
        if !row.sources.is_empty() && !mixes.iter().any(|mix| mix.label == row.mix) {
            mixes.push(Mix { label: row.mix.clone(), sources: row.sources.clone() });
        }
    }
    mixes.sort_by_key(|mix| {
        let mut places: Vec<usize> =
            mix.sources.iter().map(|source| position(&order, source)).collect();
        places.sort_unstable();
        (mix.sources.len(), places)
    });
    mixes
}

/// The mix with every source, when exactly one mix has the most.
pub(crate) fn full(mixes: &[Mix]) -> Option<&Mix> {
    let most = mixes.iter().map(|mix| mix.sources.len()).max()?;
    let mut largest = mixes.iter().filter(|mix| mix.sources.len() == most);
    largest.next().filter(|_| largest.next().is_none())
}

/// Mixes that can all have a colour of their own.
const COLOURS: usize = 7;

/// The place of the colour of each mix, by its label, the same in every figure of an experiment: 0 for
/// the mix of every source, then one for each source, which the mix of it alone has, then the others
/// where they are few. Others have none.
pub(crate) fn looks(mixes: &[Mix]) -> BTreeMap<String, usize> {
    let mut looks = BTreeMap::new();
    looks.extend(full(mixes).map(|mix| (mix.label.clone(), 0)));
    let mut next = 1;
    for source in distinct(mixes.iter().flat_map(|mix| &mix.sources)) {
        let is_own =
            |mix: &&Mix| mix.sources == [source.as_str()] && !looks.contains_key(&mix.label);
        if let Some(own) = mixes.iter().find(is_own) {
            looks.insert(own.label.clone(), next);
            next += 1;
        }
    }
    for mix in mixes.iter().filter(|_| mixes.len() <= COLOURS) {
        if !looks.contains_key(&mix.label) {
            looks.insert(mix.label.clone(), next);
            next += 1;
        }
    }
    looks
}

/// Values in order of first appearance.
pub(crate) fn distinct<'a>(values: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut known: HashSet<&String> = HashSet::new();
    values.filter(|value| known.insert(value)).cloned().collect()
}

fn position(order: &[String], source: &str) -> usize {
    order.iter().position(|other| other == source).unwrap_or(order.len())
}
