//! How much of what a person says would they say again, and how much of that do people share?
//!
//! Where the same people were asked the same questions again, two answers of one person agree with
//! chance `A_w`, and two of different people with `A_b`; pairs of answers are pooled over questions. Let
//! `p` be the chance of a person's yes to a question. Then
//!
//! ```text
//! 2 A_w - 1 = E (2 p - 1)^2          2 A_b - 1 = E_question (E_person (2 p - 1))^2
//! ```
//!
//! so that `(2 A_b - 1) / (2 A_w - 1)` is the share of what is repeatable that people have in common, and
//! no model of persons can be right more often than `(1 + sqrt(2 A_w - 1)) / 2` in expectation. Memory of the
//! first answer, or a change of mind between both, is part of `A_w` and cannot be told from it.

use super::error::{MeasureError, some};
use crate::interval::{Bootstrap, ClusterSets, Estimate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One answer of a person to a question that may have been asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// Number of the person.
    pub person: u32,
    /// Number of the question, the same however it was put.
    pub question: u32,
    /// One of two answers, in an order that is common to all who were asked.
    pub yes: bool,
}

/// How far answers are repeatable, and shared.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RepeatAgreement {
    /// Share of pairs of answers of one person to one question that agree.
    pub within: Estimate,
    /// Share of pairs of answers of two people to one question that agree.
    pub between: Estimate,
    /// `(2 between - 1) / (2 within - 1)`. `None` where nothing is repeatable.
    pub shared: Option<Estimate>,
    /// `(1 + sqrt(2 within - 1)) / 2`: what no model of persons exceeds in expectation. `None` where answers of one person agree less
    /// often than by chance.
    pub bound: Option<f64>,
    /// People and questions with at least two answers.
    pub cells: usize,
}

/// Agreement within and between people, intervals over people.
///
/// # Errors
/// No answers, nobody who answered a question twice, or no question that two people answered.
pub fn repeat_agreement(
    answers: &[Repeated],
    settings: &Bootstrap,
) -> Result<RepeatAgreement, MeasureError> {
    some("answers", answers)?;
    let cells = cells(answers);
    let people = ClusterSets::new(cells.iter().map(|cell| [cell.person]));
    let of_cell = people.of();
    let within = |weights: &[f64]| {
        ratio(cells.iter().zip(of_cell).fold((0.0, 0.0), |sum, (cell, &set)| {
            let (agreeing, all) = cell.pairs();
            (sum.0 + weights[set] * agreeing, sum.1 + weights[set] * all)
        }))
    };
    let between = |weights: &[f64]| between(&cells, of_cell, weights);
    let chance_corrected = |share: f64| 2.0 * share - 1.0;
    let shared = |weights: &[f64]| {
        let (one, two) = (chance_corrected(within(weights)?), chance_corrected(between(weights)?));
        (one > 0.0).then(|| two / one)
    };
    let empty = |what| MeasureError::Empty { what };
    let within = settings
        .estimate(&people, within)
        .ok_or_else(|| empty("questions that somebody answered twice"))?;
    Ok(RepeatAgreement {
        within,
        between: settings
            .estimate(&people, between)
            .ok_or_else(|| empty("questions that two people answered"))?,
        shared: settings.estimate(&people, shared),
        bound: Some(chance_corrected(within.value))
            .filter(|it| *it >= 0.0)
            .map(|it| (1.0 + it.sqrt()) / 2.0),
        cells: cells.iter().filter(|cell| cell.count > 1.0).count(),
    })
}

/// Answers of one person to one question.
struct Cell {
    question: u32,
    person: u32,
    count: f64,
    /// Yes less no.
    lead: f64,
}

impl Cell {
    /// Pairs of answers that agree, and all pairs.
    fn pairs(&self) -> (f64, f64) {
        let all = self.count * (self.count - 1.0) / 2.0;
        // Of +1 and -1, the sum of products over pairs is agreeing less disagreeing ones.
        let net = (self.lead * self.lead - self.count) / 2.0;
        ((all + net) / 2.0, all)
    }
}

/// By question, then person.
fn cells(answers: &[Repeated]) -> Vec<Cell> {
    let mut cells: BTreeMap<(u32, u32), Cell> = BTreeMap::new();
    for &Repeated { person, question, yes } in answers {
        let empty = Cell { question, person, count: 0.0, lead: 0.0 };
        let cell = cells.entry((question, person)).or_insert(empty);
        cell.count += 1.0;
        cell.lead += if yes { 1.0 } else { -1.0 };
    }
    cells.into_values().collect()
}

/// Somebody who was drawn twice is not two people.
fn between(cells: &[Cell], people: &[usize], weights: &[f64]) -> Option<f64> {
    let (mut net, mut all) = (0.0, 0.0);
    let mut place = 0;
    for question in cells.chunk_by(|a, b| a.question == b.question) {
        let (mut count, mut lead, mut own_count, mut own_lead) = (0.0, 0.0, 0.0, 0.0);
        for cell in question {
            let weight = weights[people[place]];
            place += 1;
            count += weight * cell.count;
            lead += weight * cell.lead;
            own_count += (weight * cell.count).powi(2);
            own_lead += (weight * cell.lead).powi(2);
        }
        net += (lead * lead - own_lead) / 2.0;
        all += (count * count - own_count) / 2.0;
    }
    ratio(((all + net) / 2.0, all))
}

fn ratio((part, all): (f64, f64)) -> Option<f64> {
    (all > 0.5).then(|| part / all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    fn answers(table: &[(u32, u32, &str)]) -> Vec<Repeated> {
        let each = table.iter().flat_map(|&(person, question, said)| {
            said.chars().map(move |c| Repeated { person, question, yes: c == 'y' })
        });
        each.collect()
    }

    #[test]
    fn by_hand() {
        let list = answers(&[(0, 0, "yyn"), (1, 0, "yy"), (0, 1, "n"), (1, 1, "n")]);
        let found = repeat_agreement(&list, &Bootstrap::default()).unwrap();
        // Within: 1 of 3 and 1 of 1; between: 4 of 6 and 1 of 1.
        assert_eq!((found.within.value, found.cells), (0.5, 2));
        assert!((found.between.value - 5.0 / 7.0).abs() < 1e-12);
        assert_eq!((found.shared, found.bound), (None, Some(0.5)));
    }

    /// p = s(v + own), so that both expectations are known from the draws.
    #[test]
    fn what_is_shared_is_found_again() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let (people, questions) = (60, 200);
        let (mut list, mut within, mut shared) = (Vec::new(), 0.0, 0.0);
        for question in 0..questions {
            let common = rng.random::<f64>() - 0.5;
            let mut mean = 0.0;
            for person in 0..people {
                let p = 0.5 + 0.5 * common + 0.4 * (rng.random::<f64>() - 0.5);
                within += (2.0 * p - 1.0).powi(2);
                mean += (2.0 * p - 1.0) / f64::from(people);
                list.extend((0..3).map(|_| Repeated {
                    person,
                    question,
                    yes: rng.random::<f64>() < p,
                }));
            }
            shared += mean * mean * f64::from(people);
        }
        let found = repeat_agreement(&list, &Bootstrap::default()).unwrap();
        let shared = shared / within;
        assert!((found.shared.unwrap().value - shared).abs() < 0.1, "{found:?} {shared}");
        let all = f64::from(people * questions);
        assert!((2.0 * found.within.value - 1.0 - within / all).abs() < 0.02, "{found:?}");
    }

    #[test]
    fn edges() {
        let check = |list: &[Repeated], expect: &str| {
            let error = repeat_agreement(list, &Bootstrap::default()).unwrap_err();
            assert_eq!(error.to_string(), expect);
        };
        check(&[], "expected at least one of answers, found none");
        let once = answers(&[(0, 0, "y"), (1, 0, "y")]);
        check(&once, "expected at least one of questions that somebody answered twice, found none");
        let alone = answers(&[(0, 0, "yy")]);
        check(&alone, "expected at least one of questions that two people answered, found none");
        let opposed = answers(&[(0, 0, "yn"), (1, 0, "yn")]);
        let found = repeat_agreement(&opposed, &Bootstrap::default()).unwrap();
        assert_eq!((found.within.value, found.shared, found.bound), (0.0, None, None));
        let alike = answers(&[(0, 0, "yy"), (1, 0, "yy")]);
        let found = repeat_agreement(&alike, &Bootstrap::default()).unwrap();
        assert_eq!((found.shared.unwrap().value, found.bound), (1.0, Some(1.0)));
    }
}
