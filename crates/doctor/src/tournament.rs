//! Who beats whom among the labels of a column of metadata, such as the models that wrote the answers.
//!
//! Comparisons, and the pairs that rankings imply, of segments with different labels are games, in
//! clusters by prompt. A column of more labels than [`MOST`] is no field of players.

use crate::{Case, Finding};
use medley_dataset::MetadataColumn;
use medley_report::Rung;
use medley_theory::{Game, Strengths};
use std::collections::BTreeMap;

/// Labels of a column, at most.
const MOST: usize = 200;
/// Standard errors to each end of a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// The games of one column.
pub(crate) struct Tournament<'a> {
    column: &'a MetadataColumn,
    labels: &'a [String],
    games: Vec<Game>,
}

/// Games between two labels, as the first of them sees it.
#[derive(Clone, Copy, Default)]
struct Tally {
    won: usize,
    tied: usize,
    lost: usize,
}

impl Tally {
    fn add(&mut self, score: f64) {
        match score.partial_cmp(&0.5) {
            Some(std::cmp::Ordering::Greater) => self.won += 1,
            Some(std::cmp::Ordering::Less) => self.lost += 1,
            _ => self.tied += 1,
        }
    }

    fn games(self) -> usize {
        self.won + self.tied + self.lost
    }
}

/// `tournament.strength`: for each label its Bradley-Terry strength in log-odds (mean 0) among those
/// of whom each beats each, directly or through others; counted are the games it won.
/// `tournament.pair`: for each two labels the games that the stronger one won.
pub(crate) fn tournament(case: &Case<'_>) -> Vec<Finding> {
    let of = |tournament: Tournament<'_>| {
        let strengths = tournament.strengths();
        let mut findings = tournament.players(strengths.as_ref());
        findings.extend(tournament.pairs(case, strengths.as_ref()));
        findings
    };
    tournaments(case).into_iter().flat_map(of).collect()
}

/// Those of all columns of texts in which two labels met.
pub(crate) fn tournaments<'a>(case: &'a Case<'_>) -> Vec<Tournament<'a>> {
    let columns = case.dataset.segments().metadata().columns().iter();
    let of = |column: &'a MetadataColumn| {
        let labels = column.labels().filter(|labels| (2..=MOST).contains(&labels.len()))?;
        let games = games(case, column);
        (!games.is_empty()).then_some(Tournament { column, labels, games })
    };
    columns.filter_map(of).collect()
}

fn games(case: &Case<'_>, column: &MetadataColumn) -> Vec<Game> {
    let mut games = Vec::new();
    let mut add = |sides: [usize; 2], score: f64| {
        let [Some(first), Some(second)] = sides.map(|segment| column.code(segment)) else { return };
        if let (true, Some(&cluster)) = (first != second, case.clusters(&sides).first()) {
            games.push(Game { first, second, score, cluster });
        }
    };
    for answer in &case.answers {
        let [first, tie, _] = answer.distribution();
        add([answer.first, answer.second], first + tie / 2.0);
    }
    for ranking in case.records.rankings.iter() {
        let places = ranking.segments.iter().map(|id| case.segment(id)).zip(&ranking.ranks);
        let places: Vec<(usize, u32)> = places.map(|(segment, rank)| (segment, *rank)).collect();
        for (i, (first, rank)) in places.iter().enumerate() {
            for (second, other) in &places[i + 1..] {
                let score = match rank.cmp(other) {
                    std::cmp::Ordering::Less => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Greater => 0.0,
                };
                add([*first, *second], score);
            }
        }
    }
    games
}

impl Tournament<'_> {
    pub fn column(&self) -> &str {
        self.column.name()
    }

    pub fn games(&self) -> usize {
        self.games.len()
    }

    pub fn strengths(&self) -> Option<Strengths> {
        medley_theory::tournament(self.labels.len(), &self.games)
    }

    /// What a figure shows, from strong to weak.
    pub fn ladder(&self) -> Vec<Rung> {
        let rung = |(item, (value, interval)): (usize, (f64, _))| {
            let label = self.labels[item].clone();
            Rung { label, value, interval }
        };
        let mut ladder: Vec<Rung> =
            scores(self.strengths().as_ref()).into_iter().map(rung).collect();
        ladder.sort_by(|a, b| b.value.total_cmp(&a.value));
        ladder
    }

    fn players(&self, strengths: Option<&Strengths>) -> Vec<Finding> {
        let mut tallies = vec![Tally::default(); self.labels.len()];
        for game in &self.games {
            tallies[game.first as usize].add(game.score);
            tallies[game.second as usize].add(1.0 - game.score);
        }
        let scores = scores(strengths);
        let mut order: Vec<usize> =
            (0..self.labels.len()).filter(|&label| tallies[label].games() > 0).collect();
        // From strong to weak, then those without a strength.
        let key = |label: usize| scores.get(&label).map_or(f64::INFINITY, |(score, _)| -score);
        order.sort_by(|&a, &b| key(a).total_cmp(&key(b)));
        let finding = |label: usize| {
            let Tally { won, tied, lost } = tallies[label];
            let total = tallies[label].games();
            let found = Finding::new("tournament.strength", won, total, "comparisons");
            let found = found.about(format!("{} {}", self.column(), self.labels[label]));
            let results = format!("won {won}, tied {tied}, lost {lost}");
            match scores.get(&label) {
                Some((score, ends)) => found.value(Some(*score)).ends(*ends).note(results),
                None => found.note(format!(
                    "{results}; no finite strength: it does not both win and lose against others, \
                     directly or through others"
                )),
            }
        };
        order.into_iter().map(finding).collect()
    }

    fn pairs(&self, case: &Case<'_>, strengths: Option<&Strengths>) -> Vec<Finding> {
        let scores = scores(strengths);
        let strong = |label: usize| scores.get(&label).map_or(f64::NEG_INFINITY, |it| it.0);
        let mut pairs: BTreeMap<(usize, usize), Vec<(f64, u32)>> = BTreeMap::new();
        for game in &self.games {
            let (first, second) = (game.first as usize, game.second as usize);
            // The stronger one first, and of equals the first by name.
            let is_swapped = (strong(second), first) > (strong(first), second);
            let (pair, score) = match is_swapped {
                true => ((second, first), 1.0 - game.score),
                false => ((first, second), game.score),
            };
            pairs.entry(pair).or_default().push((score, game.cluster));
        }
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_by_key(|(_, games)| std::cmp::Reverse(games.len()));
        let finding = |((one, other), games): ((usize, usize), Vec<(f64, u32)>)| {
            let mut tally = Tally::default();
            games.iter().for_each(|(score, _)| tally.add(*score));
            let sets = medley_evaluation::ClusterSets::new(games.iter().map(|it| vec![it.1]));
            let parts: Vec<(f64, f64)> =
                games.iter().map(|(score, _)| (f64::from(u8::from(*score > 0.5)), 1.0)).collect();
            let Tally { won, tied, lost } = tally;
            Finding::new("tournament.pair", won, tally.games(), "comparisons")
                .about(format!(
                    "{} {} against {}",
                    self.column(),
                    self.labels[one],
                    self.labels[other]
                ))
                .interval(case.options.bootstrap.share(&sets, &parts))
                .note(format!("won {won}, tied {tied}, lost {lost}"))
        };
        pairs.into_iter().map(finding).collect()
    }
}

/// Strength and 95 % interval by label.
fn scores(strengths: Option<&Strengths>) -> BTreeMap<usize, (f64, Option<(f64, f64)>)> {
    let Some(Strengths { items, scores, errors }) = strengths else { return BTreeMap::new() };
    let ends = |at: usize| {
        let error = errors.as_ref()?[at];
        Some((scores[at] - Z * error, scores[at] + Z * error))
    };
    items.iter().enumerate().map(|(at, &item)| (item, (scores[at], ends(at)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compare, counts, found, one, prompts, tie};
    use medley_dataset::DatasetBuilder;
    use medley_feedback::{Checked, Ranking};

    /// `count` prompts, each answered by models a, b and c in this order.
    fn models(count: usize) -> DatasetBuilder {
        let mut builder = prompts(count, 3);
        for group in 0..count {
            for (i, model) in ["a", "b", "c"].iter().enumerate() {
                builder.add_metadata(&format!("{group}/{i}"), &[("model", (*model).into())]);
            }
        }
        builder
    }

    #[test]
    fn strengths_and_pairs_are_by_hand() {
        let mut builder = models(12);
        let mut records = Vec::new();
        for group in 0..12 {
            let id = |i: usize| format!("{group}/{i}");
            // a beats b in 9 of 12; b against c: 4 ties, 4 wins, 4 losses.
            records.push(compare(&id(0), &id(1), f64::from(u8::from(group < 9))));
            records.push(match group % 3 {
                0 => tie(&id(1), &id(2)),
                1 => compare(&id(2), &id(1), 1.0),
                _ => compare(&id(1), &id(2), 1.0),
            });
        }
        builder.insert(records);
        let findings = found(builder, tournament);
        let strength = |label: &str| one(&findings, "tournament.strength", label);
        // ln 3 between a and b, 0 between b and c, mean 0.
        let ln3 = 3f64.ln();
        for (label, expect) in [("model a", 2.0 * ln3 / 3.0), ("model b", -ln3 / 3.0)] {
            let found = strength(label);
            assert!((found.value.unwrap() - expect).abs() < 1e-6, "{found:?}");
            assert!(found.low.unwrap() < expect && expect < found.high.unwrap(), "{found:?}");
        }
        assert_eq!(counts(&findings, "tournament.strength", "model b"), (7, 24));
        assert_eq!(strength("model b").note, "won 7, tied 4, lost 13");
        assert_eq!(counts(&findings, "tournament.pair", "model a against b"), (9, 12));
        let pair = one(&findings, "tournament.pair", "model b against c");
        assert_eq!((pair.count, pair.note.as_str()), (4, "won 4, tied 4, lost 4"));
        assert!(pair.low.unwrap() < 1.0 / 3.0 && pair.high.unwrap() > 1.0 / 3.0);
    }

    #[test]
    fn who_never_loses_has_no_strength_and_rankings_are_games() {
        let mut builder = models(2);
        let rank = |group: usize, ranks: [u32; 3]| {
            let segments = (0..3).map(|i| format!("{group}/{i}").as_str().into()).collect();
            let (reason, provenance) = (None, medley_feedback::Provenance::default());
            Checked::new(Ranking { segments, ranks: ranks.to_vec(), reason, provenance }).unwrap()
        };
        builder.insert(vec![rank(0, [1, 2, 3]), rank(1, [1, 3, 2])]);
        let findings = found(builder, tournament);
        assert_eq!(counts(&findings, "tournament.pair", "model b against c"), (1, 2));
        let best = one(&findings, "tournament.strength", "model a");
        assert_eq!((best.count, best.of, best.value), (4, 4, None));
        assert!(best.note.contains("no finite strength"), "{}", best.note);
        assert_eq!(one(&findings, "tournament.strength", "model c").value, Some(0.0));
    }

    #[test]
    fn without_metadata_there_is_no_tournament() {
        let mut builder = prompts(1, 2);
        builder.insert(vec![compare("0/0", "0/1", 1.0)]);
        assert!(found(builder, tournament).is_empty());
    }
}
