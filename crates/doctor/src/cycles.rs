//! Intransitive triples: responses that the majority orders in a cycle.

use crate::finding::Examples;
use crate::{Case, Finding};
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
    /// For each rank its neighbours of higher rank, rising, and whether the neighbour loses.
    arcs: Vec<Vec<(u32, bool)>>,
    /// Segment of each rank.
    segments: Vec<usize>,
}

impl Graph {
    fn of_majorities(case: &Case<'_>) -> Self {
        let mut margins: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for answer in case.answers.iter().filter(|answer| answer.pair.0 != answer.pair.1) {
            *margins.entry(answer.pair).or_default() += answer.shares[0] - answer.shares[2];
        }
        margins.retain(|_, margin| margin.abs() > 1e-9);
        let mut degrees: BTreeMap<u32, usize> = BTreeMap::new();
        for (a, b) in margins.keys() {
            *degrees.entry(*a).or_default() += 1;
            *degrees.entry(*b).or_default() += 1;
        }
        let mut order: Vec<(usize, u32)> = degrees.into_iter().map(|(a, d)| (d, a)).collect();
        order.sort_unstable();
        let ranks: BTreeMap<u32, u32> =
            order.iter().enumerate().map(|(rank, (_, corner))| (*corner, rank as u32)).collect();
        let mut arcs = vec![Vec::new(); order.len()];
        for ((a, b), margin) in &margins {
            let (a, b) = (ranks[a], ranks[b]);
            let lower_wins = *margin > 0.0;
            let (from, to, wins) = if a < b { (a, b, lower_wins) } else { (b, a, !lower_wins) };
            arcs[from as usize].push((to, wins));
        }
        arcs.iter_mut().for_each(|arcs| arcs.sort_unstable());
        Self { arcs, segments: order.iter().map(|(_, corner)| *corner as usize).collect() }
    }

    /// Calls `visit` with each triple whose three pairs have an arc, and whether it is a cycle.
    fn each_triple(&self, mut visit: impl FnMut([usize; 3], bool)) {
        // Whether the corner of the outer loop beats each neighbour.
        let mut beats: Vec<Option<bool>> = vec![None; self.arcs.len()];
        for (a, arcs) in self.arcs.iter().enumerate() {
            arcs.iter().for_each(|&(b, wins)| beats[b as usize] = Some(wins));
            for &(b, a_beats_b) in arcs {
                for &(c, b_beats_c) in &self.arcs[b as usize] {
                    if let Some(a_beats_c) = beats[c as usize] {
                        let is_cycle = a_beats_b == b_beats_c && a_beats_b != a_beats_c;
                        let corners = [a, b as usize, c as usize];
                        visit(corners.map(|rank| self.segments[rank]), is_cycle);
                    }
                }
            }
            arcs.iter().for_each(|&(b, _)| beats[b as usize] = None);
        }
    }
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
