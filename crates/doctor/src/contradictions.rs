//! Opposite answers about one pair.

use crate::finding::Examples;
use crate::{Case, Finding, Outcome};
use medley_dataset::PersonIndex;

/// A larger share of pairs on which people are opposed than this is worth a warning.
const MANY: f64 = 0.25;

/// `comparison.contradictions`: decided answers for both sides of one pair, in either order of
/// presentation. By one annotator: of the pairs that somebody answered twice. Across annotators:
/// of the pairs that two answered, those where one is for one side and another for the other.
/// Where no annotator is named: of the pairs with two such records.
pub(crate) fn contradictions(case: &Case<'_>) -> Vec<Finding> {
    if case.answers.is_empty() {
        return Vec::new();
    }
    let (mut within, mut across, mut nobody) =
        (Tally::default(), Tally::default(), Tally::default());
    for answers in answers_by_pair(case).chunk_by(|one, next| one.pair == next.pair) {
        let pair = answers[0].pair;
        let example = || format!("({}, {})", name(case, pair.0), name(case, pair.1));
        let unnamed = answers.iter().find(|said| said.who.is_none());
        let of_nobody = unnamed.map(|said| said.votes).unwrap_or_default();
        nobody.add(of_nobody.total() > 1, of_nobody.both(), example);
        let named = || answers.iter().filter(|said| said.who.is_some());
        for Said { who, votes, .. } in named() {
            let who = who.map_or("", |who| case.name(who));
            within.add(votes.total() > 1, votes.both(), || format!("{who}: {}", example()));
        }
        across.add(named().count() > 1, opposed(named().map(|said| said.votes)), example);
    }
    let [within_bad, across_bad, nobody_bad] =
        [within.bad > 0, across.share() > MANY, nobody.share() > MANY];
    let anonymous = case.answers.iter().any(|answer| answer.annotator.is_none());
    let named = case.answers.iter().any(|answer| answer.annotator.is_some());
    let mut findings = Vec::new();
    if named {
        let own = within.finding("annotator-pairs", "one person answered the pair both ways");
        findings.push(own.about("within annotators").warn_if(within_bad));
        let others = across.finding("pairs", "two people prefer opposite sides");
        findings.push(others.about("across annotators").warn_if(across_bad));
    }
    if anonymous {
        let found = nobody
            .finding("pairs", "the pair was answered both ways, possibly by different people");
        findings.push(found.about("no annotator named").warn_if(nobody_bad));
    }
    findings
}

/// Decided answers for each side of a pair.
#[derive(Clone, Copy, Default)]
struct Votes {
    lower: usize,
    upper: usize,
}

impl Votes {
    fn total(self) -> usize {
        self.lower + self.upper
    }

    fn both(self) -> bool {
        self.lower > 0 && self.upper > 0
    }
}

/// Whether two different people are for different sides.
fn opposed(people: impl Iterator<Item = Votes>) -> bool {
    let (mut lower, mut upper, mut either) = (0, 0, 0);
    for votes in people {
        lower += usize::from(votes.lower > 0);
        upper += usize::from(votes.upper > 0);
        either += 1;
    }
    // One person who said both needs a second person to be opposed to.
    lower > 0 && upper > 0 && either > 1
}

type Pair = (u32, u32);

/// What one person said of a pair.
struct Said {
    pair: Pair,
    who: Option<PersonIndex>,
    votes: Votes,
}

/// By pair and then by person: a list, since most pairs are answered once and a map for each of a million
/// would be most of what the report takes in memory.
fn answers_by_pair(case: &Case<'_>) -> Vec<Said> {
    let mut pairs: Vec<Said> = Vec::new();
    for answer in case.answers.iter().filter(|answer| answer.pair.0 != answer.pair.1) {
        let votes = match answer.outcome {
            Outcome::Lower => Votes { lower: 1, upper: 0 },
            Outcome::Upper => Votes { lower: 0, upper: 1 },
            Outcome::Undecided => continue,
        };
        pairs.push(Said { pair: answer.pair, who: answer.annotator, votes });
    }
    pairs.sort_by_key(|said| (said.pair, said.who));
    pairs.dedup_by(|next, said| {
        let is_same = (next.pair, next.who) == (said.pair, said.who);
        if is_same {
            said.votes.lower += next.votes.lower;
            said.votes.upper += next.votes.upper;
        }
        is_same
    });
    pairs
}

fn name<'c>(case: &'c Case<'_>, content: u32) -> &'c str {
    &case.dataset.segments().id(content as usize).0
}

#[derive(Default)]
struct Tally {
    bad: usize,
    of: usize,
    examples: Examples,
}

impl Tally {
    fn add(&mut self, applies: bool, bad: bool, example: impl FnOnce() -> String) {
        self.of += usize::from(applies);
        if applies && bad {
            self.bad += 1;
            self.examples.add(example);
        }
    }

    fn share(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.bad as f64 / self.of as f64 }
    }

    fn finding(self, unit: &'static str, note: &str) -> Finding {
        let note = match (self.of, self.bad) {
            (0, _) => "no pair was answered twice",
            (_, 0) => "",
            _ => note,
        };
        Finding::new("comparison.contradictions", self.bad, self.of, unit)
            .note(note)
            .examples(self.examples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, compare, counts, found, prompts, tie};

    #[test]
    fn within_across_and_unnamed_are_apart() {
        let mut builder = prompts(4, 2);
        builder.insert(vec![
            // Ann contradicts herself, in swapped order; Bob is opposed to one of her answers.
            by("ann", "0/0", "0/1", 1.0),
            by("ann", "0/1", "0/0", 1.0),
            by("bob", "0/0", "0/1", 1.0),
            // Two people agree; one of them twice.
            by("ann", "1/0", "1/1", 1.0),
            by("bob", "1/0", "1/1", 0.7),
            by("bob", "1/1", "1/0", 0.0),
            // One person only, both ways: nobody else is opposed.
            by("cyd", "2/0", "2/1", 1.0),
            by("cyd", "2/0", "2/1", 0.0),
            // Nobody is named; ties say nothing.
            compare("3/0", "3/1", 1.0),
            compare("3/0", "3/1", 0.0),
            tie("3/0", "3/1"),
        ]);
        let findings = found(builder, contradictions);
        let check = "comparison.contradictions";
        // Ann on 0, Bob on 1, Cyd on 2 answered twice.
        assert_eq!(counts(&findings, check, "within annotators"), (2, 3));
        assert_eq!(counts(&findings, check, "across annotators"), (1, 2));
        assert_eq!(counts(&findings, check, "no annotator named"), (1, 1));
        assert_eq!(findings[0].examples, ["ann: (0/0, 0/1)", "cyd: (2/0, 2/1)"]);
    }
}
