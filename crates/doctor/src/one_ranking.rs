//! Rankings told as pairs: answers that are no independent statements.

use crate::finding::Examples;
use crate::{Case, Finding, Said};
use medley_dataset::PersonIndex;
use medley_feedback::{Comparison, Record, RoundRobin, Triples, one_answer};
use std::collections::BTreeMap;

/// Fewest decided triples: coin flips have no cycle among 24 of them once in 1,000 times.
const FEWEST: usize = 24;

/// Of the cycles that coin flips would make, the tenth part is far fewer.
const FAR_FEWER: f64 = 0.1;

/// Share of cyclic triples under coin flips (Kendall and Babington Smith 1940).
const BY_CHANCE: f64 = 0.25;

/// `comparison.one-ranking`: comparisons that are parts of a ranking, of the comparisons of a source.
///
/// What one person said about the responses to one prompt is a round robin if at least three
/// responses are compared in all their pairs, of which a sixth may be missing. If the round robins of
/// a source have far fewer cycles than coin flips would make, each is one ranking, told as pairs.
/// Whoever is unnamed is taken to be one person in a source and prompt, as long as no pair is
/// answered twice.
///
/// A source that is not like that has no finding.
pub(crate) fn one_ranking(case: &Case<'_>) -> Vec<Finding> {
    let mut asked: Vec<Asked<'_>> = Vec::new();
    let mut of_source: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for said in case.said.of_kind(Comparison::KIND) {
        *of_source.entry(said.source).or_default() += 1;
        asked.extend(Asked::of(case, said));
    }
    asked.sort_unstable_by_key(|asked| (asked.together(), asked.row));
    let mut told: BTreeMap<Option<&str>, Told> = BTreeMap::new();
    for together in asked.chunk_by(|one, next| one.together() == next.together()) {
        // Three responses are compared in at least three pairs.
        if together.len() > 2
            && let Some(round_robin) = round_robin(case, together)
        {
            told.entry(together[0].source).or_default().add(case, together[0].row, &round_robin);
        }
    }
    let rankings = told.into_iter().filter(|(_, told)| told.is_ranked());
    rankings.map(|(source, told)| told.finding(source, of_source[&source])).collect()
}

/// A comparison, and with which others it was asked of one person at once.
struct Asked<'a> {
    source: Option<&'a str>,
    person: Option<PersonIndex>,
    groups: &'a [u32],
    row: usize,
}

impl<'a> Asked<'a> {
    /// None for the answer of several people, and where the two sides are of different prompts.
    fn of(case: &'a Case<'_>, said: Said<'a>) -> Option<Self> {
        let Said { row, source, person, is_of_one, .. } = said;
        let answer = &case.answers[row];
        let segments = case.dataset.segments();
        let [groups, others] = [answer.first, answer.second].map(|side| segments.groups(side));
        let is_one = is_of_one && one_answer(answer.shares).is_some();
        (is_one && groups == others).then_some(Self { source, person, groups, row })
    }

    /// Equal for comparisons that were asked together.
    fn together(&self) -> (Option<&'a str>, Option<PersonIndex>, &'a [u32]) {
        (self.source, self.person, self.groups)
    }
}

fn round_robin(case: &Case<'_>, together: &[Asked<'_>]) -> Option<RoundRobin> {
    let pairs = together.iter().filter_map(|asked| {
        let answer = &case.answers[asked.row];
        let (lower, upper) = answer.pair;
        Some((lower as usize, upper as usize, one_answer(answer.shares)?))
    });
    let found = RoundRobin::new(pairs)?;
    let enough = 6 * found.answered() >= 5 * found.pairs();
    (found.candidates().len() > 2 && enough).then_some(found)
}

/// The round robins of a source.
#[derive(Default)]
struct Told {
    groups: usize,
    pairs: usize,
    orders: usize, // that are orders with ties, none of their pairs missing
    triples: Triples,
    examples: Examples,
}

impl Told {
    fn add(&mut self, case: &Case<'_>, first_row: usize, round_robin: &RoundRobin) {
        let Triples { decided, cyclic } = round_robin.triples();
        self.groups += 1;
        self.pairs += round_robin.answered();
        self.orders += usize::from(round_robin.ranks().is_some());
        self.triples.decided += decided;
        self.triples.cyclic += cyclic;
        self.examples.add(|| format!("from {}", case.name_comparison(first_row)));
    }

    fn is_ranked(&self) -> bool {
        let Triples { decided, cyclic } = self.triples;
        decided >= FEWEST && cyclic as f64 <= FAR_FEWER * BY_CHANCE * decided as f64
    }

    fn finding(self, source: Option<&str>, comparisons: usize) -> Finding {
        let Triples { decided, cyclic } = self.triples;
        let note = format!(
            "{} times somebody compared all of several responses to a prompt with each other: {cyclic} \
             of {decided} decided triples are cycles, {} with coin flips, and {} times the pairs are \
             exactly an order with ties. These are rankings: as comparisons, each counts as {:.1} \
             independent answers. Read them with `adapter.ranking = {{ from = \"comparisons\", ties = \
             \"davidson-luce\" }}`",
            self.groups,
            BY_CHANCE * decided as f64,
            self.orders,
            self.pairs as f64 / self.groups as f64,
        );
        Finding::new("comparison.one-ranking", self.pairs, comparisons, "comparisons")
            .about(source.unwrap_or_default())
            .warn_if(true)
            .note(note)
            .examples(self.examples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, changed, compare, counts, found, one, prompts, tie};
    use medley_dataset::DatasetBuilder;
    use medley_feedback::{Checked, Comparison};

    /// Numbers that follow from their place alone, in [0, 1).
    fn scattered(place: usize) -> f64 {
        let mixed = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 32)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// All pairs of four responses to each of some prompts, answered by `prefers(prompt, pair)`.
    fn pairs_of_four(
        count: usize,
        prefers: impl Fn(usize, [usize; 2]) -> Checked<Comparison>,
    ) -> DatasetBuilder {
        let mut builder = prompts(count, 4);
        let pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]];
        let all = (0..count).flat_map(|prompt| pairs.map(|pair| (prompt, pair)));
        builder.insert(all.map(|(prompt, pair)| prefers(prompt, pair)).collect());
        builder
    }

    fn ids(prompt: usize, [a, b]: [usize; 2]) -> [String; 2] {
        [a, b].map(|response| format!("{prompt}/{response}"))
    }

    fn ranked(prompt: usize, pair: [usize; 2]) -> Checked<Comparison> {
        let [a, b] = ids(prompt, pair);
        let score = |response: usize| scattered(4 * prompt + response);
        compare(&a, &b, f64::from(u8::from(score(pair[0]) > score(pair[1]))))
    }

    /// A coin for each pair.
    fn flipped(prompt: usize, pair: [usize; 2]) -> Checked<Comparison> {
        let [a, b] = ids(prompt, pair);
        let coin = scattered(100_000 + 16 * prompt + 4 * pair[0] + pair[1]) > 0.5;
        compare(&a, &b, f64::from(u8::from(coin)))
    }

    #[test]
    fn rankings_told_as_pairs_are_found() {
        let findings = found(pairs_of_four(6, ranked), one_ranking);
        assert_eq!(counts(&findings, "comparison.one-ranking", ""), (36, 36));
        let note = &one(&findings, "comparison.one-ranking", "").note;
        assert!(note.contains("6 times somebody"), "{note}");
        assert!(note.contains("0 of 24 decided triples are cycles, 6 with coin flips"), "{note}");
        assert!(note.contains("6 times the pairs are exactly an order"), "{note}");
        assert!(note.contains("as 6.0 independent answers"), "{note}");
        assert_eq!(findings[0].examples[0], "from row 0 (0/0, 0/1)");
        // 20 triples could be without a cycle by chance.
        assert_eq!(found(pairs_of_four(5, ranked), one_ranking), []);
    }

    #[test]
    fn independent_answers_are_no_rankings() {
        assert_eq!(found(pairs_of_four(200, flipped), one_ranking), []);
        // Of 800 triples, coins make 200 cycles, of which the tenth part is the limit.
        let some = |coins: usize| {
            pairs_of_four(200, move |prompt, pair| match prompt % 100 < coins {
                true => flipped(prompt, pair),
                false => ranked(prompt, pair),
            })
        };
        assert_eq!(found(some(3), one_ranking).len(), 1);
        assert_eq!(found(some(40), one_ranking), []);
        // One response against each of the others is no round robin.
        let mut builder = prompts(200, 4);
        let star = [[0, 1], [0, 2], [0, 3]];
        builder.insert((0..200).flat_map(|prompt| star.map(|pair| ranked(prompt, pair))).collect());
        assert_eq!(found(builder, one_ranking), []);
    }

    #[test]
    fn one_pair_of_six_may_be_missing_and_ties_leave_triples_out() {
        let mut builder = prompts(30, 4);
        let pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3]];
        builder.insert((0..30).flat_map(|prompt| pairs.map(|pair| ranked(prompt, pair))).collect());
        let findings = found(builder, one_ranking);
        assert_eq!(counts(&findings, "comparison.one-ranking", ""), (150, 150));
        let note = &findings[0].note;
        assert!(
            note.contains("0 of 60 decided") && note.contains("and 0 times the pairs"),
            "{note}"
        );
        let tied = pairs_of_four(30, |prompt, pair| match pair {
            [0, 1] => {
                let [a, b] = ids(prompt, pair);
                tie(&a, &b)
            }
            _ => ranked(prompt, pair),
        });
        assert!(found(tied, one_ranking)[0].note.contains("0 of 60 decided"));
    }

    /// Two named people about the same prompts; pooled votes and a second answer are no one's ranking.
    #[test]
    fn people_and_sources_are_told_apart() {
        let mut builder = pairs_of_four(12, |prompt, pair| {
            let [a, b] = ids(prompt, pair);
            let wins = scattered(4 * prompt + pair[0]) > scattered(4 * prompt + pair[1]);
            by("ann", &a, &b, f64::from(u8::from(wins)))
        });
        let mut more = Vec::new();
        for prompt in 0..12 {
            for pair in [[0, 1], [0, 2], [1, 2]] {
                let [a, b] = ids(prompt, pair);
                more.push(by("bob", &b, &a, 1.0)); // the last is the best
                more.push(changed(flipped(prompt, pair), |it| it.provenance.votes = Some(3)));
                let twice = || compare(&a, &b, 1.0);
                let elsewhere = |it: &mut Comparison| it.provenance.source = Some("x".into());
                more.extend([changed(twice(), elsewhere), changed(twice(), elsewhere)]);
            }
        }
        builder.insert(more);
        let findings = found(builder, one_ranking);
        // 72 of ann and 36 of bob, of these and 36 pooled ones; of source x there is nothing.
        assert_eq!(counts(&findings, "comparison.one-ranking", ""), (108, 144));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].note.contains("24 times") && findings[0].note.contains("0 of 60"));
    }
}
