//! The orders of a source, as rankings or told pair by pair.
//!
//! Comparisons are put together by who made them, in which collection, about the segments of which
//! prompt or episode. What is put together is an order only if it says so by itself: nothing is
//! completed, and no answer is overruled by others. Comparisons that are no order stay as they are,
//! each an order of two, and are counted by why.

use super::options::RankedBy;
use crate::{BindError, Counts, Origin, Selection};
use medley_dataset::PersonIndex;
use medley_feedback::{Comparison, Ranking, RoundRobin, one_answer};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Orders with ties, in the order of their first records.
#[derive(Default)]
pub(super) struct Orders {
    pub list: Vec<Order>,
    /// Records left out, by reason.
    pub dropped: Counts,
    /// Records that are read in another way than was asked, by what was done.
    pub notes: Counts,
}

/// An order with ties of the segments of its origin.
pub(super) struct Order {
    pub ranks: Vec<u32>, // 1 is best
    pub origin: Origin,
    pub records: usize, // that it is made of
}

impl Orders {
    /// The orders of the selected records.
    ///
    /// # Errors
    /// If there are no such records.
    pub fn of(selection: &Selection<'_>, from: RankedBy) -> Result<Self, BindError> {
        match from {
            RankedBy::Rankings => Self::ranked(selection),
            RankedBy::Comparisons => Self::compared(selection),
        }
    }

    fn ranked(selection: &Selection<'_>) -> Result<Self, BindError> {
        let records = selection.records::<Ranking>()?;
        let order = |(record, origin): (&_, &Origin)| {
            let Ranking { ranks, .. }: &Ranking = record;
            Order { ranks: ranks.clone(), origin: origin.clone(), records: 1 }
        };
        let list = records.iter().map(|(record, origin)| order((&**record, origin))).collect();
        Ok(Self { list, dropped: records.dropped, notes: Counts::new() })
    }

    fn compared(selection: &Selection<'_>) -> Result<Self, BindError> {
        let records = selection.records::<Comparison>()?;
        let mut orders = Self { dropped: records.dropped.clone(), ..Self::default() };
        let mut asked: BTreeMap<Asked, Vec<Pair>> = BTreeMap::new();
        for (record, origin) in records.iter() {
            match answer(record) {
                Some(said) => {
                    let asked = asked.entry(Asked::of(selection, record, origin)).or_default();
                    asked.push(Pair { said, origin: origin.clone() });
                }
                None => *orders.dropped.entry(SHARES.to_owned()).or_default() += 1,
            }
        }
        for pairs in asked.into_values() {
            orders.put_together(pairs);
        }
        orders.list.sort_by_key(|order| order.origin.record);
        Ok(orders)
    }

    /// One order out of what was asked together, or one of each pair.
    fn put_together(&mut self, pairs: Vec<Pair>) {
        match one_order(&pairs) {
            Ok(order) => self.list.push(order),
            Err(reason) => {
                if let Some(note) = reason {
                    *self.notes.entry(note.to_owned()).or_default() += pairs.len();
                }
                self.list.extend(pairs.into_iter().map(Pair::alone));
            }
        }
    }
}

const SHARES: &str = "are shares of several answers, which are no one person's order";
const TWICE: &str = "compare a pair twice and are read as pairs";
const MISSING: &str = "leave out a pair of their segments and are read as pairs";
const NO_ORDER: &str = "are no order with ties, taken together, and are read as pairs";

/// What is asked together: in one collection, of one person or of somebody unnamed, about the
/// segments of the same prompts or episodes.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    source: Option<String>,
    person: Option<PersonIndex>,
    groups: Vec<u32>,
}

impl Asked {
    fn of(selection: &Selection<'_>, record: &Comparison, origin: &Origin) -> Self {
        let table = selection.dataset.segments();
        let of_segments = origin.segments.iter().flat_map(|&s| table.groups(s as usize));
        let mut groups: Vec<u32> = of_segments.copied().collect();
        groups.sort_unstable();
        groups.dedup();
        Self { source: record.provenance.source.clone(), person: origin.person, groups }
    }
}

/// How the first of two segments compares to the second.
struct Pair {
    said: Ordering,
    origin: Origin,
}

impl Pair {
    fn alone(self) -> Order {
        let ranks = match self.said {
            Ordering::Greater => vec![1, 2],
            Ordering::Equal => vec![1, 1],
            Ordering::Less => vec![2, 1],
        };
        Order { ranks, origin: self.origin, records: 1 }
    }
}

/// What one person said; none for the shares of several.
fn answer(record: &Comparison) -> Option<Ordering> {
    one_answer(record.distribution()).filter(|_| record.is_of_one())
}

/// The order that the pairs are; else why they are none, if they are about more than two segments.
fn one_order(pairs: &[Pair]) -> Result<Order, Option<&'static str>> {
    let sides = |pair: &Pair| [0, 1].map(|side| pair.origin.segments[side] as usize);
    let mut segments: Vec<usize> = pairs.iter().flat_map(sides).collect();
    segments.sort_unstable();
    segments.dedup();
    let because = |reason| (segments.len() > 2).then_some(reason);
    let said = pairs.iter().map(|pair| {
        let [first, second] = sides(pair);
        (first, second, pair.said)
    });
    let told = RoundRobin::new(said).ok_or(because(TWICE))?;
    let is_whole = told.answered() == told.pairs();
    let ranks = told.ranks().ok_or(because(if is_whole { NO_ORDER } else { MISSING }))?;
    let first = pairs.iter().map(|pair| &pair.origin).min_by_key(|origin| origin.record);
    let first = first.ok_or(None)?;
    // Who is asked together is of one part and about the same clusters.
    let origin = Origin {
        segments: told.candidates().iter().map(|&segment| segment as u32).collect(),
        seconds: pairs.iter().map(|pair| pair.origin.seconds).sum(),
        ..first.clone()
    };
    Ok(Order { ranks, origin, records: pairs.len() })
}
