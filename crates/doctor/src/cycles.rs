//! Intransitive triples: responses that the majority orders in a cycle.

use crate::finding::Examples;
use crate::{Answer, Case, Finding};
use std::collections::BTreeMap;

/// With coin flips a quarter of all triples are cycles.
const MANY: f64 = 0.1;

/// `comparison.cycles`: of the triples whose three pairs each have a majority, those where a beats
/// b, b beats c and c beats a. A reward per segment gets at least one pair of each wrong.
///
/// A pair's majority is the sign of its summed answers; ties and even pairs have none. Triples are
/// listed by the degree of their corners (Chiba and Nishizeki 1985), which takes the number of
/// pairs to the power 1.5 at worst and is linear where prompts have few responses.
pub(crate) fn cycles(case: &Case<'_>) -> Vec<Finding> {
    if case.answers.is_empty() {
        return Vec::new();
    }
    let graph = Graph::of_majorities(case);
    let (mut cyclic, mut total, mut examples) = (0, 0, Examples::default());
    // Hits and triples by the clusters of the three corners.
    let mut sums: BTreeMap<Vec<u32>, (f64, f64)> = BTreeMap::new();
    graph.each_triple(|corners, is_cycle| {
        total += 1;
        let mut clusters = case.clusters(&corners);
        clusters.sort_unstable();
        clusters.dedup();
        let sum = sums.entry(clusters).or_default();
        sum.1 += 1.0;
        if is_cycle {
            cyclic += 1;
            sum.0 += 1.0;
            examples.add(|| {
                let mut corners = corners;
                corners.sort_unstable();
                let [a, b, c] = corners.map(|corner| case.dataset.segments().id(corner));
                format!("({a}, {b}, {c})")
            });
        }
    });
    let sets = medley_evaluation::ClusterSets::new(sums.keys().cloned());
    let parts: Vec<(f64, f64)> = sums.values().copied().collect();
    let share = case.options.bootstrap.share(&sets, &parts);
    let finding = Finding::new("comparison.cycles", cyclic, total, "triples");
    let note = match total {
        0 => "no three responses are all compared to each other",
        _ => "the majority orders these three in a cycle; with coin flips 0.25 of triples would be",
    };
    let note = if total > 0 && cyclic == 0 { "" } else { note };
    let many = cyclic as f64 > MANY * total as f64;
    vec![finding.interval(share).warn_if(many).note(note).examples(examples)]
}

/// Who beats whom: arcs from the corner of lower rank to that of higher rank.
struct Graph {
    /// Corners of higher rank, rising for each rank, and whether the corner loses; one list behind the
    /// other.
    arcs: Vec<(u32, bool)>,
    /// Where the arcs of each rank begin, and where the last end.
    starts: Vec<usize>,
    /// Segment of each rank.
    segments: Vec<u32>,
}

impl Graph {
    fn of_majorities(case: &Case<'_>) -> Self {
        let majorities = majorities(case);
        let mut degrees = vec![0_u32; case.dataset.segments().len()];
        for ((a, b), _) in &majorities {
            degrees[*a as usize] += 1;
            degrees[*b as usize] += 1;
        }
        let corners = (0..).zip(&degrees).filter(|(_, degree)| **degree > 0);
        let mut segments: Vec<u32> = corners.map(|(corner, _)| corner).collect();
        segments.sort_unstable_by_key(|&corner| (degrees[corner as usize], corner));
        let mut ranks = degrees;
        (0..).zip(&segments).for_each(|(rank, corner)| ranks[*corner as usize] = rank);
        let mut arcs: Vec<(u32, u32, bool)> = Vec::with_capacity(majorities.len());
        for ((a, b), lower_wins) in majorities {
            let (a, b) = (ranks[a as usize], ranks[b as usize]);
            arcs.push(if a < b { (a, b, lower_wins) } else { (b, a, !lower_wins) });
        }
        arcs.sort_unstable();
        let mut starts = vec![0; segments.len() + 1];
        arcs.iter().for_each(|(from, ..)| starts[*from as usize + 1] += 1);
        (0..segments.len()).for_each(|rank| starts[rank + 1] += starts[rank]);
        let arcs = arcs.into_iter().map(|(_, to, wins)| (to, wins)).collect();
        Self { arcs, starts, segments }
    }

    fn arcs(&self, rank: usize) -> &[(u32, bool)] {
        &self.arcs[self.starts[rank]..self.starts[rank + 1]]
    }

    /// Calls `visit` with each triple whose three pairs have an arc, and whether it is a cycle.
    fn each_triple(&self, mut visit: impl FnMut([usize; 3], bool)) {
        // Whether the corner of the outer loop beats each neighbour.
        let mut beats: Vec<Option<bool>> = vec![None; self.segments.len()];
        for a in 0..self.segments.len() {
            self.arcs(a).iter().for_each(|&(b, wins)| beats[b as usize] = Some(wins));
            for &(b, a_beats_b) in self.arcs(a) {
                for &(c, b_beats_c) in self.arcs(b as usize) {
                    if let Some(a_beats_c) = beats[c as usize] {
                        let is_cycle = a_beats_b == b_beats_c && a_beats_b != a_beats_c;
                        let corners = [a, b as usize, c as usize];
                        visit(corners.map(|rank| self.segments[rank] as usize), is_cycle);
                    }
                }
            }
            self.arcs(a).iter().for_each(|&(b, _)| beats[b as usize] = None);
        }
    }
}

/// The pairs that have a majority, rising, and whether it is for the lower content.
fn majorities(case: &Case<'_>) -> Vec<((u32, u32), bool)> {
    let apart = case.answers.iter().filter(|answer| answer.pair.0 != answer.pair.1);
    let margin = |answer: &Answer| (answer.pair, answer.shares[0] - answer.shares[2]);
    let mut margins: Vec<((u32, u32), f64)> = apart.map(margin).collect();
    // Stable: the answers about a pair are summed in the order of records.
    margins.sort_by_key(|(pair, _)| *pair);
    let of_pair = |answers: &[((u32, u32), f64)]| {
        let margin: f64 = answers.iter().fold(0.0, |sum, (_, margin)| sum + margin);
        (margin.abs() > 1e-9).then_some((answers[0].0, margin > 0.0))
    };
    margins.chunk_by(|one, next| one.0 == next.0).filter_map(of_pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compare, counts, found, prompts, tie};

    #[test]
    fn cycles_are_counted_among_whole_triples() {
        let mut builder = prompts(3, 4);
        builder.insert(vec![
            // Four responses, all six pairs: 0 > 1 > 2 > 0 is a cycle, 3 loses to all.
            compare("0/0", "0/1", 1.0),
            compare("0/2", "0/1", 0.0),
            compare("0/2", "0/0", 1.0),
            compare("0/0", "0/3", 1.0),
            compare("0/1", "0/3", 1.0),
            compare("0/2", "0/3", 1.0),
            // A tie leaves no triple.
            compare("1/0", "1/1", 1.0),
            compare("1/1", "1/2", 1.0),
            tie("1/2", "1/0"),
            // Two of three for the order make a majority.
            compare("2/0", "2/1", 1.0),
            compare("2/1", "2/2", 1.0),
            compare("2/0", "2/2", 1.0),
            compare("2/2", "2/0", 1.0),
            compare("2/0", "2/2", 0.8),
        ]);
        let findings = found(builder, cycles);
        assert_eq!(counts(&findings, "comparison.cycles", ""), (1, 5));
        assert_eq!(findings[0].examples, ["(0/0, 0/1, 0/2)"]);
    }

    #[test]
    fn a_tournament_has_as_many_cycles_as_its_scores_imply() {
        // Of C(n, 3) triples, those with a winner: the sum over corners of C(wins, 2) (Kendall and
        // Babington Smith 1940). 12 corners, pair (a, b) decided by a fixed rule.
        let a_wins = |a: usize, b: usize| (a * a + 3 * b + a * b) % 7 < 4;
        let mut builder = prompts(1, 12);
        let (mut records, mut wins) = (Vec::new(), [0_usize; 12]);
        for b in 1..12 {
            for a in 0..b {
                let preference = f64::from(u8::from(a_wins(a, b)));
                records.push(compare(&format!("0/{a}"), &format!("0/{b}"), preference));
                wins[if a_wins(a, b) { a } else { b }] += 1;
            }
        }
        builder.insert(records);
        let transitive: usize = wins.iter().map(|wins| wins * wins.saturating_sub(1) / 2).sum();
        let findings = found(builder, cycles);
        assert_eq!(counts(&findings, "comparison.cycles", ""), (220 - transitive, 220));
    }
}
