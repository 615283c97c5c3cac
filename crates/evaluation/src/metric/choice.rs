//! What do people say of the answer that a reward would choose?
//!
//! This is what a reward is for: of several answers to a question, take the one with the highest
//! return. Best-of-n sampling asks what that earns (Gao, Schulman and Hilton 2023, "Scaling laws for
//! reward model overoptimization"; `medley-theory` has their estimator) and needs a gold reward for
//! fresh answers. Here the answers are those that people judged, so nothing is extrapolated; nor
//! does it say what happens with more or other answers.
//!
//! A *set* is all candidates of a question that people's statements join: without a chain of
//! comparisons between them, neither votes nor a choice put two answers in an order. The human score
//! of a candidate is
//!
//! ```text
//! votes:    mean over opponents of the share of votes that it won against them, ties half
//! ratings:  mean rating
//! ```
//!
//! An opponent counts once however often the two were compared, so that a pair that was repeated to
//! measure agreement does not outweigh the others. In rankings of one set this is the mean position,
//! from 0 for the last to 1 for the first. Where not all pairs were compared, a score also depends
//! on which opponents a candidate met.
//!
//! Only the order of returns within a set matters, and returns are those of the one reward: neither
//! the response model, with its offset of sides and its rationality, nor who was asked has a part in
//! the choice. Returns are looked up and not solved for from predicted differences: that would break
//! ties by rounding.

use std::collections::{BTreeMap, BTreeSet};

use crate::candidates::{Candidates, Said, Vote};
use crate::judgement::{Answer, Answers, Scored};
use crate::metric::Metric;

/// What any way of choosing is read against, for one metric of one source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChoiceBounds {
    /// What a choice at random gets in expectation.
    pub chance: f64,
    /// What the choice of the highest human score gets, known from the same statements: no reward
    /// gets more, and with few votes for each candidate it is partly luck.
    pub best: f64,
    /// Sets of at least two candidates.
    pub sets: usize,
    /// Independent questions among them.
    pub questions: usize,
}

/// Chance and the best possible of a metric of choosing; `None` for any other metric, and where no
/// question has two candidates.
///
/// ```
/// use medley_evaluation::{
///     Answer, Answers, Candidates, Metric, Question, ResponseSet, Said, Vote, choice_bounds,
/// };
/// // 1 beat 2, and 2 beat 3.
/// let vote = |first, second| Answer {
///     clusters: vec![0],
///     observed: vec![1.0, 0.0],
///     value: Some(1.0),
///     antisymmetric: true,
///     item: None,
///     pair: Some((first, second)),
///     candidates: Some(Candidates {
///         question: Question { id: 0, cluster: 0 },
///         said: Said::Votes(vec![Vote { pair: (first, second), share: 1.0 }]),
///     }),
/// };
/// let responses = ResponseSet::comparison(false);
/// let answers = Answers { responses, list: vec![vote(1, 2), vote(2, 3)] };
/// let bounds = choice_bounds(&answers, Metric::BestOfCandidates).unwrap();
/// assert_eq!((bounds.chance, bounds.best), (0.5, 1.0));
/// ```
pub fn choice_bounds(answers: &Answers, metric: Metric) -> Option<ChoiceBounds> {
    let sets = sets(answers.list.iter(), metric);
    if sets.is_empty() {
        return None;
    }
    let mean = |of: fn(&Set) -> f64| {
        let values = sets.iter().map(|set| set.value(metric, of(set)));
        values.sum::<f64>() / sets.len() as f64
    };
    let questions: BTreeSet<u32> = sets.iter().map(|set| set.cluster).collect();
    Some(ChoiceBounds {
        chance: mean(Set::chance),
        best: mean(Set::best),
        sets: sets.len(),
        questions: questions.len(),
    })
}

/// What the choice in each set gets under a metric of choosing, with the set's cluster. None for any
/// other metric, and no set with a candidate of unknown return.
pub(crate) fn chosen(scored: &Scored, metric: Metric) -> Vec<(u32, f64)> {
    let answers = scored.judgements.iter().map(|judgement| &judgement.answer);
    let sets = sets(answers, metric);
    let of_set = |set: &Set| {
        let score = set.of_the_highest(&scored.returns)?;
        Some((set.cluster, set.value(metric, score)))
    };
    sets.iter().filter_map(of_set).collect()
}

/// The candidates of a question among whom there is a choice: at least two.
struct Set {
    cluster: u32,
    /// Segment and human score.
    scores: Vec<(u32, f64)>,
}

impl Set {
    fn chance(&self) -> f64 {
        self.scores.iter().map(|(_, score)| score).sum::<f64>() / self.scores.len() as f64
    }

    fn best(&self) -> f64 {
        self.scores.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Human score of the candidate of the highest return, averaged over exact ties; NaN if a return
    /// is, and `None` if one is missing.
    fn of_the_highest(&self, returns: &BTreeMap<u32, f64>) -> Option<f64> {
        let of = |(candidate, score): &(u32, f64)| Some((*returns.get(candidate)?, *score));
        let known: Vec<(f64, f64)> = self.scores.iter().map(of).collect::<Option<_>>()?;
        if known.iter().any(|(value, _)| value.is_nan()) {
            return Some(f64::NAN);
        }
        let highest = known.iter().map(|(value, _)| *value).fold(f64::NEG_INFINITY, f64::max);
        let chosen = known.iter().filter(|(value, _)| *value == highest);
        let mut mean = Mean::default();
        chosen.for_each(|(_, score)| mean.add(*score));
        Some(mean.value())
    }

    /// A metric where the chosen candidate has this score.
    fn value(&self, metric: Metric, score: f64) -> f64 {
        match metric {
            Metric::RatingRegret => self.best() - score,
            _ => score,
        }
    }
}

/// All that was said of the candidates of one question, under one aspect.
#[derive(Default)]
struct Heard {
    cluster: u32,
    /// Share of the votes that the first won against the second; each pair is here both ways.
    duels: BTreeMap<(u32, u32), Mean>,
    ratings: BTreeMap<u32, Mean>,
}

#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1.0;
    }

    fn value(self) -> f64 {
        self.sum / self.count
    }
}

/// The sets of a source, in the order of questions.
fn sets<'a>(answers: impl Iterator<Item = &'a Answer>, metric: Metric) -> Vec<Set> {
    let mut heard: BTreeMap<(u32, u32), Heard> = BTreeMap::new();
    for Candidates { question, said } in answers.filter_map(|answer| answer.candidates.as_ref()) {
        let Some(aspect) = aspect_under(metric, said) else { continue };
        let of = heard.entry((question.id, aspect)).or_default();
        of.cluster = question.cluster;
        match said {
            Said::Votes(votes) => of.count(votes),
            Said::Rating { candidate, value, .. } => {
                of.ratings.entry(*candidate).or_default().add(*value);
            }
        }
    }
    heard.into_values().flat_map(Heard::sets).collect()
}

/// Which aspect it is about; none if the metric is not about such statements.
fn aspect_under(metric: Metric, said: &Said) -> Option<u32> {
    match (metric, said) {
        (Metric::BestOfCandidates, Said::Votes(_)) => Some(0),
        (Metric::ChosenRating | Metric::RatingRegret, Said::Rating { aspect, .. }) => Some(*aspect),
        _ => None,
    }
}

impl Heard {
    fn count(&mut self, votes: &[Vote]) {
        for Vote { pair: (first, second), share } in votes {
            if first != second {
                self.duels.entry((*first, *second)).or_default().add(*share);
                self.duels.entry((*second, *first)).or_default().add(1.0 - share);
            }
        }
    }

    fn sets(self) -> Vec<Set> {
        let rated = self.ratings.iter().map(|(candidate, mean)| (*candidate, mean.value()));
        let mut groups = self.joined();
        groups.push(rated.collect());
        groups.retain(|scores| scores.len() > 1);
        groups.into_iter().map(|scores| Set { cluster: self.cluster, scores }).collect()
    }

    /// Scores by votes, of each group of candidates that comparisons join.
    fn joined(&self) -> Vec<Vec<(u32, f64)>> {
        let mut scores: BTreeMap<u32, Mean> = BTreeMap::new();
        for ((candidate, _), won) in &self.duels {
            scores.entry(*candidate).or_default().add(won.value());
        }
        let mut group: BTreeMap<u32, u32> = scores.keys().map(|&each| (each, each)).collect();
        for (one, other) in self.duels.keys() {
            let (kept, merged) = (group[one].min(group[other]), group[one].max(group[other]));
            group.values_mut().filter(|of| **of == merged).for_each(|of| *of = kept);
        }
        let mut groups: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
        for (candidate, mean) in scores {
            groups.entry(group[&candidate]).or_default().push((candidate, mean.value()));
        }
        groups.into_values().collect()
    }
}

#[cfg(test)]
#[path = "choice_tests.rs"]
mod tests;
