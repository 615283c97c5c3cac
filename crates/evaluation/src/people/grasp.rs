//! Does a group of people have a view of its own? Group associations (GRASP, Prabhakaran et al. 2024).
//!
//! ```text
//! IRR(g) = Krippendorff's alpha of the people of g
//! XRR(g) = 1 - d_o / d_e        GAI(g) = IRR(g) / XRR(g)
//! ```
//!
//! `d_o` is the mean difference of two answers to one item, one of `g` and one of the rest, over all such pairs (items
//! count by their number of pairs; Wong et al. 2021), `d_e` the same over all pairs whatever the items. A GAI above
//! 1 says that the group agrees more with itself than with others.
//!
//! The ratio is unstable where XRR is near 0, and has no meaning below: what is tested is the difference
//! `IRR - XRR`, which is 0 where the ratio is 1. Whoever is of which groups is permuted among people, all groups of
//! a person together, so that what people answered, and how groups overlap, stays as it is. The published test takes the
//! side on which the value lies as given; here p is two-sided, and counts the value itself as one of the permutations.
//!
//! The value of a comparison depends on which item is called the first: `d_e` does, and with it all three
//! numbers. Give each comparison in both orders, as two items with mirrored answers, for numbers that do not.

use super::agreement::{Level, Reliability};
use super::error::{MeasureError, check, some};
use super::groups::{Cell, MINIMUM};
use crate::runs::benjamini_hochberg;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An answer of a person about an item.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    /// Number of the person.
    pub person: u32,
    /// Number of the item.
    pub item: u32,
    /// What was said.
    pub value: f64,
}

/// How associations are tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AssociationSettings {
    /// Number of permutations; 0 gives p values of 1.
    pub permutations: usize,
    /// Seed of the permutations.
    pub seed: u64,
}

impl Default for AssociationSettings {
    fn default() -> Self {
        Self { permutations: 1000, seed: 0 }
    }
}

/// How far a group has a view of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Association {
    /// People of the group who answered.
    pub people: usize,
    /// Agreement within the group.
    pub irr: Tested,
    /// Agreement of the group with the rest.
    pub xrr: Tested,
    /// `IRR - XRR`.
    pub difference: Tested,
    /// `IRR / XRR`. `None` where the group and the rest agree no more than by chance.
    pub gai: Option<f64>,
    /// p of the difference, adjusted over all groups that are shown (Benjamini and Hochberg 1995).
    pub adjusted: f64,
}

/// A number, and how often permutations come to one as extreme.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The number; NaN where disagreement is impossible.
    pub value: f64,
    /// Two-sided: `min(1, 2 (1 + fewer of those above and below) / (1 + permutations))`.
    pub p: f64,
}

/// Associations of groups, which may overlap: intersections are groups like others. Hidden is a group of which, or of
/// whose rest, fewer than [`MINIMUM`] people answered.
///
/// # Shapes
/// `groups` `[group][person]`, whether the person is of the group; output `[group]`
///
/// # Errors
/// No answers or groups, a value that is not finite or that the level cannot compare, a group of another number of
/// people, or an answer by nobody of them.
pub fn group_associations(
    answers: &[Rated],
    groups: &[Vec<bool>],
    level: Level,
    settings: &AssociationSettings,
) -> Result<Vec<Cell<Association>>, MeasureError> {
    some("answers", answers)?;
    some("groups", groups)?;
    let people = groups[0].len();
    if let Some(index) = groups.iter().position(|group| group.len() != people) {
        let found = groups[index].len();
        return Err(MeasureError::Length { what: "group", index, expected: people, found });
    }
    if let Some(answer) = answers.iter().find(|answer| answer.person as usize >= people) {
        let found = answer.person as usize;
        return Err(MeasureError::Unknown { what: "person", count: people, found });
    }
    let expected = if level == Level::Ratio { "a number of at least 0" } else { "a finite number" };
    let fits = |value: f64| value.is_finite() && (level != Level::Ratio || value >= 0.0);
    check("answer", expected, answers.iter().map(|answer| answer.value), fits)?;
    let table = Table::new(answers, level);
    let mut answered = vec![false; people];
    answers.iter().for_each(|answer| answered[answer.person as usize] = true);
    // Who said nothing has no label to give away.
    let present: Vec<usize> = (0..people).filter(|&person| answered[person]).collect();
    let count = |group: &[bool]| present.iter().filter(|&&person| group[person]).count();
    let shown: Vec<usize> = (0..groups.len())
        .filter(|&g| count(&groups[g]).min(present.len() - count(&groups[g])) >= MINIMUM)
        .collect();
    let observed: Vec<[f64; 3]> = shown.iter().map(|&g| table.numbers(&groups[g])).collect();
    let tails = tails(&table, groups, &shown, &present, &observed, settings);
    let p: Vec<[f64; 3]> =
        tails.iter().map(|own| own.map(|it| it.p(settings.permutations))).collect();
    let of_difference: Vec<f64> = p.iter().map(|own| own[2]).collect();
    let adjusted = benjamini_hochberg(&of_difference).unwrap_or(of_difference);
    let hidden = |group: &Vec<bool>| Cell::Hidden { people: count(group) };
    let mut cells: Vec<Cell<Association>> = groups.iter().map(hidden).collect();
    for (at, &g) in shown.iter().enumerate() {
        let tested = |k: usize| Tested { value: observed[at][k], p: p[at][k] };
        let [irr, xrr, difference] = [0, 1, 2].map(tested);
        let gai = (xrr.value > 0.0 && irr.value.is_finite()).then(|| irr.value / xrr.value);
        let (people, adjusted) = (count(&groups[g]), adjusted[at]);
        cells[g] = Cell::Shown(Association { people, irr, xrr, difference, gai, adjusted });
    }
    Ok(cells)
}

/// How many permutations came out at or beyond the observed number on each side.
#[derive(Clone, Copy, Debug, Default)]
struct Tail {
    above: usize,
    below: usize,
}

impl Tail {
    /// A permutation without a number counts on both sides.
    fn add(&mut self, permuted: f64, observed: f64) {
        let near = (permuted - observed).abs() <= 1e-12;
        let unknown = !(permuted - observed).is_finite();
        self.above += usize::from(permuted > observed || near || unknown);
        self.below += usize::from(permuted < observed || near || unknown);
    }

    fn p(&self, permutations: usize) -> f64 {
        let fewer = self.above.min(self.below);
        (2.0 * (1 + fewer) as f64 / (1 + permutations) as f64).min(1.0)
    }
}

fn tails(
    table: &Table,
    groups: &[Vec<bool>],
    shown: &[usize],
    present: &[usize],
    observed: &[[f64; 3]],
    settings: &AssociationSettings,
) -> Vec<[Tail; 3]> {
    let mut tails = vec![[Tail::default(); 3]; shown.len()];
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
    let mut order = present.to_vec();
    let mut permuted = vec![false; groups[0].len()];
    for _ in 0..settings.permutations {
        // Fisher and Yates.
        for last in (1..order.len()).rev() {
            order.swap(last, rng.random_range(0..=last));
        }
        for ((&g, own), observed) in shown.iter().zip(&mut tails).zip(observed) {
            present.iter().zip(&order).for_each(|(&one, &other)| permuted[one] = groups[g][other]);
            let numbers = table.numbers(&permuted);
            own.iter_mut().zip(numbers).zip(observed).for_each(|((tail, x), o)| tail.add(x, *o));
        }
    }
    tails
}

/// Answers by item, as places among the distinct values.
struct Table {
    /// Place of the value, and person, of each answer.
    answers: Vec<(usize, usize)>,
    /// Where each item begins, and where the last ends.
    starts: Vec<usize>,
    values: usize,
    /// `[value * values + value]`
    differences: Vec<f64>,
}

impl Table {
    fn new(answers: &[Rated], level: Level) -> Self {
        let mut values: Vec<f64> = answers.iter().map(|answer| answer.value).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let mut items: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
        for answer in answers {
            let place = values.partition_point(|value| *value < answer.value);
            items.entry(answer.item).or_default().push((place, answer.person as usize));
        }
        let differences =
            Reliability::differences(level, &values, answers.iter().map(|it| it.value));
        let (mut all, mut starts) = (Vec::new(), vec![0]);
        for item in items.into_values() {
            all.extend(item);
            starts.push(all.len());
        }
        Self { answers: all, starts, values: values.len(), differences }
    }

    /// IRR, XRR and their difference.
    fn numbers(&self, group: &[bool]) -> [f64; 3] {
        let k = self.values;
        let (mut within, mut across, mut crossings) = (0.0, 0.0, 0.0);
        // Of answers that have a partner in the group; of all answers of either side.
        let (mut paired, mut own_all, mut rest_all) = (vec![0.0; k], vec![0.0; k], vec![0.0; k]);
        let (mut own, mut rest) = (vec![0.0; k], vec![0.0; k]);
        for ends in self.starts.windows(2) {
            own.fill(0.0);
            rest.fill(0.0);
            for &(value, person) in &self.answers[ends[0]..ends[1]] {
                if group[person] { own[value] += 1.0 } else { rest[value] += 1.0 }
            }
            let (n, m): (f64, f64) = (own.iter().sum(), rest.iter().sum());
            if n > 1.0 {
                within += self.difference(&own, &own) / (n - 1.0);
                add(&mut paired, &own);
            }
            if n > 0.0 && m > 0.0 {
                across += self.difference(&own, &rest);
                crossings += n * m;
                add(&mut own_all, &own);
                add(&mut rest_all, &rest);
            }
        }
        let n: f64 = paired.iter().sum();
        let irr = 1.0 - (n - 1.0) * within / self.difference(&paired, &paired);
        let pairs = own_all.iter().sum::<f64>() * rest_all.iter().sum::<f64>();
        let xrr = 1.0 - across / crossings / (self.difference(&own_all, &rest_all) / pairs);
        let known = |x: f64| if x.is_finite() { x } else { f64::NAN };
        [known(irr), known(xrr), known(irr - xrr)]
    }

    /// `sum over c, k of a_c b_k delta^2(c, k)`.
    fn difference(&self, a: &[f64], b: &[f64]) -> f64 {
        let rows = a.iter().zip(self.differences.chunks(self.values));
        let row = |d: &[f64]| d.iter().zip(b).map(|(d, b)| d * b).sum::<f64>();
        rows.filter(|(a, _)| **a > 0.0).map(|(a, d)| a * row(d)).sum()
    }
}

fn add(to: &mut [f64], own: &[f64]) {
    to.iter_mut().zip(own).for_each(|(sum, one)| *sum += one);
}

#[cfg(test)]
#[path = "grasp_tests.rs"]
mod tests;
