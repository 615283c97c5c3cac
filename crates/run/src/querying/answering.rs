//! Who answers when asked: how that is drawn, and what a run that asks makes of what it saw.
//!
//! Whether a question is answered follows from the seed and the person, so that all strategies meet the same
//! silence. The run does not know how likely it is; it counts.

use crate::querying::entry::Entry;
use medley_dataset::{People, PersonIndex};
use medley_plan::Answered;
use medley_querying::Kind;
use medley_random::{normal, stream};
use rand::RngExt;
use std::collections::BTreeMap;

/// Whether questions of a source are answered.
pub(super) struct Silence<'a> {
    source: &'a str,
    seed: u64,
    /// Of somebody in the middle.
    logit: f64,
    /// What each person adds.
    deviations: Vec<f64>,
}

impl<'a> Silence<'a> {
    pub fn new(answered: Answered, people: &People, source: &'a str, seed: u64) -> Self {
        let deviations = people.ids().iter().map(|id| {
            let rng = &mut stream(seed, &format!("querying/person/{source}/{id}"));
            answered.spread * normal(rng)
        });
        Self {
            source,
            seed,
            logit: (answered.share / (1.0 - answered.share)).ln(),
            deviations: deviations.collect(),
        }
    }

    /// Whether the person makes this record when asked for it.
    pub fn is_broken(&self, record: u32, person: Option<PersonIndex>) -> bool {
        let deviation = person.map_or(0.0, |person| self.deviations[person.0 as usize]);
        let chance = 1.0 / (1.0 + (-self.logit - deviation).exp());
        let purpose = format!("querying/answered/{}/{record}", self.source);
        stream(self.seed, &purpose).random::<f64>() < chance
    }
}

/// How many were asked, and how many of them answered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Count {
    asked: usize,
    answered: usize,
}

/// What was seen of who answers.
pub(super) struct Answering {
    of_source: Vec<Count>,
    of_person: BTreeMap<(usize, Option<PersonIndex>), Count>,
    is_doubted: Vec<bool>,
}

impl Answering {
    /// Of what was asked; `is_doubted` says of each source whether its questions may stay open.
    pub fn seen<'a>(is_doubted: &[bool], asked: impl Iterator<Item = &'a Entry>) -> Self {
        let mut of_source = vec![Count::default(); is_doubted.len()];
        let mut of_person: BTreeMap<_, Count> = BTreeMap::new();
        for entry in asked {
            let source = entry.question.source;
            for count in
                [&mut of_source[source], of_person.entry((source, entry.person)).or_default()]
            {
                count.asked += 1;
                count.answered += usize::from(entry.is_answered);
            }
        }
        Self { of_source, of_person, is_doubted: is_doubted.to_vec() }
    }

    /// The probability that a person answers a question of a source: Laplace's rule of succession for all
    /// people, which then counts as two questions to this one. 1 where nobody stays silent.
    pub fn chance(&self, source: usize, person: Option<PersonIndex>) -> f64 {
        if !self.is_doubted[source] {
            return 1.0;
        }
        let Count { asked, answered } = self.of_source[source];
        let share = (answered as f64 + 1.0) / (asked as f64 + 2.0);
        let own = person.and_then(|_| self.of_person.get(&(source, person)));
        let Count { asked, answered } = own.copied().unwrap_or_default();
        (answered as f64 + 2.0 * share) / (asked as f64 + 2.0)
    }

    /// What came of each source, without how surprising it was.
    pub fn kinds(&self) -> Vec<Kind> {
        let of = |&Count { asked, answered }: &Count| Kind { asked, answered, surprise: None };
        self.of_source.iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_querying::Question;

    fn entry(source: usize, person: Option<PersonIndex>, is_answered: bool) -> Entry {
        let question = Question { source, ..Question::default() };
        let (units, seconds) = (1, None);
        Entry { statements: Vec::new(), question, person, units, seconds, is_answered }
    }

    #[test]
    fn chances_by_hand() {
        let [ann, bob] = [0, 1].map(|index| Some(PersonIndex(index)));
        let asked = [
            entry(0, ann, true),
            entry(0, ann, true),
            entry(0, bob, false),
            entry(0, None, true),
            entry(1, bob, false),
        ];
        let seen = Answering::seen(&[true, false], asked.iter());
        // Of four three were answered: 4 / 6.
        let check = |source, person, expect: f64| {
            let found = seen.chance(source, person);
            assert!((found - expect).abs() < 1e-12, "{source} {person:?}: {found}");
        };
        let share = 4.0 / 6.0;
        check(0, ann, (2.0 + 2.0 * share) / 4.0);
        check(0, bob, (2.0 * share) / 3.0);
        check(0, None, share);
        check(1, bob, 1.0);
        let counts: Vec<_> = seen.kinds().iter().map(|kind| (kind.asked, kind.answered)).collect();
        assert_eq!(counts, [(4, 3), (1, 0)]);
    }
}
