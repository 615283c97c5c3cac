//! The returns by which a reward chooses among answers to a question.

use crate::Scorer;
use crate::objective::choice::host;
use medley_evaluation::Answer;
use std::collections::{BTreeMap, BTreeSet};

/// Segments scored in one batch: bounds memory.
const SCORED_AT_ONCE: usize = 1024;

/// Returns of all candidates that answers name, by segment, means over members.
///
/// They are those of the reward that the scorer is for, whoever answered: where people see it under
/// views of their own, it still chooses one answer.
pub fn candidate_returns<'a>(
    scorer: &Scorer<'_>,
    answers: impl IntoIterator<Item = &'a Answer>,
) -> BTreeMap<u32, f64> {
    let named = answers.into_iter().filter_map(|answer| answer.candidates.as_ref());
    let segments: BTreeSet<u32> = named.flat_map(|named| named.said.candidates()).collect();
    let segments: Vec<u32> = segments.into_iter().collect();
    let mut returns = BTreeMap::new();
    for batch in segments.chunks(SCORED_AT_ONCE) {
        let asked: Vec<usize> = batch.iter().map(|&segment| segment as usize).collect();
        let mean = host(scorer.returns(&asked).mean_dim(0)); // [1, segment]
        returns.extend(batch.iter().copied().zip(mean));
    }
    returns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, by, checked};
    use crate::{
        Adapter, Approval, Comparison, Correction, Objective, Ranking, Rating, RatingModel,
    };
    use medley_dataset::{Card, DatasetBuilder, Domain};
    use medley_evaluation::{
        Candidates, Metric, Question, Said, Scored, Vote, choice_bounds, measure,
    };
    use medley_feedback::{self as feedback, Provenance, Scale};

    /// Answers `a`, `b`, `c` to one question and `d` to another, of returns 2, 3, 1 and 9.
    fn world(insert: impl FnOnce(&mut DatasetBuilder)) -> World {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("p", Some("Why?"), Some("Because."));
        builder.add_group("q", Some("Why?"), Some("Because."));
        [("a", "q"), ("b", "q"), ("c", "q"), ("d", "p")]
            .iter()
            .for_each(|(id, group)| builder.add_text(id, group, "One."));
        insert(&mut builder);
        World::with_features(builder.build().unwrap(), vec![2.0, 3.0, 1.0, 9.0])
    }

    fn said(objective: &dyn Objective) -> Vec<Option<Candidates>> {
        let all: Vec<usize> = (0..objective.statements().len()).collect();
        objective.answers(&all).list.into_iter().map(|answer| answer.candidates).collect()
    }

    /// Question `q`, which is the same as `p`.
    fn of_q(said: Said) -> Option<Candidates> {
        Some(Candidates { question: Question { id: 1, cluster: 0 }, said })
    }

    fn votes(votes: &[(u32, u32, f64)]) -> Option<Candidates> {
        let vote = |&(first, second, share)| Vote { pair: (first, second), share };
        of_q(Said::Votes(votes.iter().map(vote).collect()))
    }

    fn scored(world: &World, adapter: &dyn Adapter) -> Scored {
        let objective = world.bind(adapter);
        let judgements = world.judgements(&*objective, &world.response(&*objective, &[]));
        let answers = judgements.iter().map(|judgement| &judgement.answer);
        let returns = candidate_returns(&world.scorer(), answers);
        Scored { responses: objective.responses(), judgements, returns }
    }

    fn value(scored: &Scored, metric: Metric) -> Option<f64> {
        let measured = measure(scored, &Default::default());
        measured.into_iter().find(|m| m.metric == metric).map(|m| m.estimate.value)
    }

    /// Who was asked, and what is learned of how they answer, has no part in the choice.
    #[test]
    fn comparisons_by_hand() {
        let one = |first: &str, second: &str, preference, who| feedback::Comparison {
            provenance: by(who),
            ..feedback::Comparison::new(first.into(), second.into(), preference)
        };
        let world = world(|builder| {
            builder.insert(checked(vec![
                one("a", "b", 1.0, "ann"),
                one("b", "a", 0.25, "bob"),
                one("c", "b", 1.0, "ann"),
                one("d", "a", 1.0, "bob"),
            ]));
        });
        let world = world.with_members(2);
        let objective = world.bind(&Comparison::default());
        let expect = [
            votes(&[(0, 1, 1.0)]),
            votes(&[(1, 0, 0.25)]),
            votes(&[(2, 1, 1.0)]),
            None, // of two questions
        ];
        assert_eq!(said(&*objective), expect);
        let scored = scored(&world, &Comparison::default());
        assert_eq!(scored.returns, BTreeMap::from([(0, 2.0), (1, 3.0), (2, 1.0)]));
        // b is chosen: a quarter of half of the votes against a, none against c.
        assert_eq!(value(&scored, Metric::BestOfCandidates), Some(0.0625));
        let bounds = choice_bounds(&scored.answers(), Metric::BestOfCandidates).unwrap();
        assert_eq!((bounds.best, bounds.sets), (1.0, 1));
        assert!((bounds.chance - (0.875 + 0.0625 + 1.0) / 3.0).abs() < 1e-12, "{bounds:?}");
    }

    #[test]
    fn a_ranking_is_all_of_its_pairs() {
        let ranking = |ranks: [u32; 3]| feedback::Ranking {
            segments: ["c", "a", "b"].map(Into::into).to_vec(),
            ranks: ranks.to_vec(),
            reason: None,
            provenance: Provenance::default(),
        };
        let world = world(|builder| {
            builder.insert(checked(vec![
                ranking([2, 1, 3]),
                ranking([2, 2, 1]),
                ranking([1, 1, 2]),
            ]));
        });
        let expect = [
            votes(&[(0, 1, 1.0), (0, 2, 1.0)]),
            votes(&[(1, 2, 0.0)]),
            // b first, and what remains is tied.
            votes(&[(0, 1, 0.0), (0, 2, 0.5), (1, 2, 1.0)]),
            votes(&[(0, 1, 1.0), (0, 2, 0.5), (1, 2, 0.0)]),
        ];
        assert_eq!(said(&*world.bind(&Ranking::default())), expect);
        // Positions of b, from 0 for the last to 1: 0, 1 and 0.
        let found = value(&scored(&world, &Ranking::default()), Metric::BestOfCandidates).unwrap();
        assert!((found - 1.0 / 3.0).abs() < 1e-12, "{found}");
    }

    #[test]
    fn ratings_and_approvals_by_hand() {
        let rating = |segment: &str, value, who| feedback::Rating {
            segment: segment.into(),
            value,
            scale: Scale { low: 1.0, high: 5.0, levels: Some(5) },
            aspect: None,
            reason: None,
            provenance: by(who),
        };
        let approval = |segment: &str, approval| feedback::Approval {
            segment: segment.into(),
            approval,
            reason: None,
            provenance: Provenance::default(),
        };
        let world = world(|builder| {
            let ratings =
                [("a", 5.0, "ann"), ("b", 2.0, "ann"), ("b", 5.0, "bob"), ("d", 1.0, "bob")];
            builder.insert(checked(ratings.map(|(s, value, who)| rating(s, value, who)).to_vec()));
            builder.insert(checked(vec![approval("a", 1.0), approval("b", 0.0)]));
        });
        let rated = |candidate, value| of_q(Said::Rating { candidate, aspect: 0, value });
        let gaussian = Rating { model: RatingModel::Gaussian, ..Rating::default() };
        for adapter in [Rating::default(), gaussian] {
            let expect = [rated(0, 5.0), rated(1, 2.0), rated(1, 5.0)];
            assert_eq!(said(&*world.bind(&adapter))[..3], expect);
            let scored = scored(&world, &adapter);
            assert_eq!(value(&scored, Metric::ChosenRating), Some(3.5));
            assert_eq!(value(&scored, Metric::RatingRegret), Some(1.5));
        }
        assert_eq!(value(&scored(&world, &Approval::default()), Metric::ChosenRating), Some(0.0));
    }

    /// An edit says which of two is better because it was made from the other.
    #[test]
    fn an_edit_is_no_vote() {
        let edit = feedback::Correction {
            original: "a".into(),
            corrected: "b".into(),
            changed_original: None,
            changed_corrected: None,
            reason: None,
            provenance: Provenance::default(),
        };
        let world = world(|builder| builder.insert(checked(vec![edit])));
        let whole = Correction { steps: crate::CorrectedSteps::All, ..Correction::default() };
        assert_eq!(said(&*world.bind(&whole)), [None]);
    }
}
