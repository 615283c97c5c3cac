use super::*;
use crate::candidates::Question;
use crate::judgement::tests::{comparison, judged};
use crate::{Bootstrap, Estimate, Judgement, Options, measure};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// About a question that is a cluster of its own.
fn about(question: u32, said: Said) -> Judgement {
    let mut judgement = judged(question, &[0.5, 0.5], &[1.0, 0.0]);
    let question = Question { id: question, cluster: question };
    judgement.answer.candidates = Some(Candidates { question, said });
    judgement
}

fn vote(question: u32, first: u32, second: u32, share: f64) -> Judgement {
    about(question, Said::Votes(vec![Vote { pair: (first, second), share }]))
}

fn rating(question: u32, candidate: u32, aspect: u32, value: f64) -> Judgement {
    about(question, Said::Rating { candidate, aspect, value })
}

fn scored(judgements: &[Judgement], returns: &[(u32, f64)]) -> Scored {
    Scored { returns: returns.iter().copied().collect(), ..comparison(judgements.to_vec()) }
}

fn estimate(scored: &Scored, metric: Metric) -> Option<Estimate> {
    let options = Options { bootstrap: Bootstrap { replicates: 300, seed: 0 }, bins: 10 };
    measure(scored, &options).into_iter().find(|m| m.metric == metric).map(|m| m.estimate)
}

fn best_of(judgements: &[Judgement], returns: &[(u32, f64)]) -> Option<f64> {
    estimate(&scored(judgements, returns), Metric::BestOfCandidates).map(|found| found.value)
}

fn bounds(judgements: &[Judgement], metric: Metric) -> Option<ChoiceBounds> {
    choice_bounds(&scored(judgements, &[]).answers(), metric)
}

#[test]
fn three_candidates_by_hand() {
    // 1 beats 2 and 3, which tie: scores 1, 1/4 and 1/4.
    let said = [vote(0, 1, 2, 1.0), vote(0, 3, 1, 0.0), vote(0, 2, 3, 0.5)];
    let check = |returns: [f64; 3], expect| {
        let returns: Vec<(u32, f64)> = (1..).zip(returns).collect();
        assert_eq!(best_of(&said, &returns), Some(expect), "{returns:?}");
    };
    check([2.0, 1.0, -1.0], 1.0);
    check([-2.0, 1.0, -1.0], 0.25);
    check([2.0, 1.0, 2.0], 0.625);
    check([0.0, 0.0, 0.0], 0.5);
    let found = bounds(&said, Metric::BestOfCandidates);
    assert_eq!(found, Some(ChoiceBounds { chance: 0.5, best: 1.0, sets: 1, questions: 1 }));
    assert_eq!(bounds(&said, Metric::ChosenRating), None);
    assert_eq!(bounds(&said, Metric::Accuracy), None);
}

#[test]
fn an_opponent_counts_once_however_often_it_was_met() {
    // Two of three votes against 2, none against 3: (2/3 + 0) / 2, where all votes pooled say 1/2.
    let said = [vote(0, 1, 2, 1.0), vote(0, 1, 2, 1.0), vote(0, 2, 1, 1.0), vote(0, 1, 3, 0.0)];
    let value = best_of(&said, &[(1, 1.0), (2, 0.0), (3, 0.0)]).unwrap();
    assert!((value - 1.0 / 3.0).abs() < 1e-15, "{value}");
}

#[test]
fn two_annotators_who_disagree_leave_half() {
    let said = [vote(0, 1, 2, 1.0), vote(0, 2, 1, 1.0)];
    assert_eq!(best_of(&said, &[(1, 1.0), (2, 0.0)]), Some(0.5));
    assert_eq!(bounds(&said, Metric::BestOfCandidates).unwrap().best, 0.5);
}

#[test]
fn a_cycle_has_no_best() {
    let said = [vote(0, 1, 2, 1.0), vote(0, 2, 3, 1.0), vote(0, 3, 1, 1.0)];
    assert_eq!(best_of(&said, &[(1, 0.0), (2, 1.0), (3, 2.0)]), Some(0.5));
    let found = bounds(&said, Metric::BestOfCandidates).unwrap();
    assert_eq!((found.chance, found.best), (0.5, 0.5));
}

#[test]
fn candidates_that_no_comparison_joins_are_apart() {
    // 1 and 2 were never held against 3 and 4: the lower of the first pair is taken, the upper of
    // the second, though both returns of the second are higher.
    let said = [vote(0, 1, 2, 1.0), vote(0, 3, 4, 1.0)];
    let returns = [(1, 0.0), (2, 1.0), (3, 5.0), (4, 4.0)];
    let found = estimate(&scored(&said, &returns), Metric::BestOfCandidates).unwrap();
    assert_eq!((found.value, found.n, found.clusters), (0.5, 2, 1));
    assert!(!found.has_interval());
    let joined = [&said[..], &[vote(0, 2, 3, 0.5)]].concat();
    // 3 is chosen of four: half of 2, all of 4.
    assert_eq!(best_of(&joined, &returns), Some(0.75));
}

#[test]
fn without_a_choice_nothing_is_measured() {
    let alone = [vote(0, 1, 1, 1.0), rating(1, 2, 0, 5.0)];
    let returns = [(1, 0.0), (2, 1.0)];
    assert_eq!(best_of(&alone, &returns), None);
    assert_eq!(bounds(&alone, Metric::BestOfCandidates), None);
    assert_eq!(estimate(&scored(&alone, &returns), Metric::ChosenRating), None);
    // A model without returns chooses nothing, and one of unknown return could be the choice.
    let said = [vote(0, 1, 2, 1.0), vote(1, 3, 4, 1.0)];
    assert_eq!(best_of(&said, &[]), None);
    assert_eq!(best_of(&said, &[(1, 0.0), (3, 1.0), (4, 0.0)]), Some(1.0));
    assert!(best_of(&said, &[(1, f64::NAN), (2, 0.0), (3, 1.0), (4, 0.0)]).unwrap().is_nan());
}

#[test]
fn ratings_by_hand() {
    // Means 4, 3 and 1 by two annotators, of whom one rated all three.
    let said = [
        rating(0, 1, 0, 3.0),
        rating(0, 1, 0, 5.0),
        rating(0, 2, 0, 3.0),
        rating(0, 3, 0, 1.0),
        rating(7, 9, 0, 5.0),
    ];
    let of = |returns: &[(u32, f64)], metric| estimate(&scored(&said, returns), metric).unwrap();
    let second = [(1, 0.0), (2, 1.0), (3, -1.0), (9, 0.0)];
    assert_eq!(of(&second, Metric::ChosenRating).value, 3.0);
    assert_eq!(of(&second, Metric::RatingRegret).value, 1.0);
    let tied = [(1, 1.0), (2, 1.0), (3, -1.0), (9, 0.0)];
    assert_eq!(of(&tied, Metric::ChosenRating).value, 3.5);
    assert_eq!(best_of(&said, &second), None);
    let chosen = bounds(&said, Metric::ChosenRating).unwrap();
    assert!((chosen.chance - 8.0 / 3.0).abs() < 1e-15 && chosen.best == 4.0, "{chosen:?}");
    let regret = bounds(&said, Metric::RatingRegret).unwrap();
    assert!((regret.chance - 4.0 / 3.0).abs() < 1e-15 && regret.best == 0.0, "{regret:?}");
}

#[test]
fn aspects_are_not_pooled() {
    // Under aspect 0 answer 1 is better by 2, under aspect 1 answer 2 by 4.
    let said =
        [rating(0, 1, 0, 5.0), rating(0, 2, 0, 3.0), rating(0, 1, 1, 1.0), rating(0, 2, 1, 5.0)];
    let scored = scored(&said, &[(1, 1.0), (2, 0.0)]);
    let found = estimate(&scored, Metric::ChosenRating).unwrap();
    assert_eq!((found.value, found.n, found.clusters), (3.0, 2, 1));
    assert_eq!(estimate(&scored, Metric::RatingRegret).unwrap().value, 2.0);
}

/// Whoever is shown first wins, and the model knows it: right about all, and no choice at all.
#[test]
fn an_offset_of_sides_chooses_nothing() {
    let mut said = [vote(0, 1, 2, 1.0), vote(0, 2, 1, 1.0)];
    for judgement in &mut said {
        judgement.log_probabilities = vec![0.9_f64.ln(), 0.1_f64.ln()];
        judgement.predicted_value = Some(3.0);
    }
    let scored = scored(&said, &[(1, 0.2), (2, 0.1)]);
    assert_eq!(estimate(&scored, Metric::Accuracy).unwrap().value, 1.0);
    assert_eq!(estimate(&scored, Metric::BestOfCandidates).unwrap().value, 0.5);
}

#[test]
fn questions_of_one_prompt_are_drawn_together() {
    let mut said: Vec<Judgement> = (0..6).map(|q| vote(q, 2 * q, 2 * q + 1, 1.0)).collect();
    let returns: Vec<(u32, f64)> = (0..12).map(|s| (s, f64::from(s % 4))).collect();
    let apart = estimate(&scored(&said, &returns), Metric::BestOfCandidates).unwrap();
    assert_eq!((apart.n, apart.clusters), (6, 6));
    for judgement in &mut said {
        let candidates = judgement.answer.candidates.as_mut().unwrap();
        candidates.question.cluster /= 3;
    }
    let together = estimate(&scored(&said, &returns), Metric::BestOfCandidates).unwrap();
    assert_eq!((together.n, together.clusters, together.value), (6, 2, apart.value));
}

/// Always right in a few questions is not certain.
#[test]
fn a_share_of_all_has_wilsons_interval() {
    let said: Vec<Judgement> = (0..5).map(|q| vote(q, 2 * q, 2 * q + 1, 1.0)).collect();
    let returns: Vec<(u32, f64)> = (0..10).map(|s| (s, -f64::from(s % 2))).collect();
    let found = estimate(&scored(&said, &returns), Metric::BestOfCandidates).unwrap();
    assert!(found.value == 1.0 && found.high == 1.0 && (found.low - 0.5655).abs() < 1e-4);
}

/// 40 questions of four answers, all pairs compared once by a person who follows the quality of
/// answers as a Bradley-Terry model does; the reward is quality and as much noise.
fn simulated(seed: u64) -> Scored {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut said, mut returns) = (Vec::new(), Vec::new());
    for question in 0..40_u32 {
        let qualities: Vec<f64> = (0..4).map(|_| 4.0 * rng.random::<f64>()).collect();
        let segment = |answer: usize| 4 * question + answer as u32;
        for first in 0..4 {
            returns.push((segment(first), qualities[first] + 4.0 * rng.random::<f64>()));
            for second in 0..first {
                let p = 1.0 / (1.0 + (qualities[second] - qualities[first]).exp());
                let won = f64::from(u8::from(rng.random::<f64>() < p));
                said.push(vote(question, segment(first), segment(second), won));
            }
        }
    }
    scored(&said, &returns)
}

#[test]
fn the_interval_covers_the_mean_over_other_questions() {
    let found: Vec<Estimate> = (0..200)
        .map(|seed| estimate(&simulated(seed), Metric::BestOfCandidates).unwrap())
        .collect();
    // Known to a standard error of a fourteenth of that of one data set.
    let truth = found.iter().map(|estimate| estimate.value).sum::<f64>() / 200.0;
    assert!((0.55..0.75).contains(&truth), "{truth}");
    let covers = |estimate: &&Estimate| estimate.low <= truth && truth <= estimate.high;
    let covered = found.iter().filter(covers).count() as f64 / 200.0;
    assert!((0.90..=0.985).contains(&covered), "{covered}");
}

/// Votes among five answers to each of three questions, and a whole number for each answer.
fn any() -> impl Strategy<Value = (Vec<Judgement>, Vec<(u32, f64)>)> {
    let votes = prop::collection::vec((0_u32..3, 0_u32..5, 0_u32..5, 0_u8..=4), 1..40);
    let said = votes.prop_map(|votes| {
        let one = |(question, first, second, share): (u32, u32, u32, u8)| {
            vote(question, 5 * question + first, 5 * question + second, f64::from(share) / 4.0)
        };
        votes.into_iter().map(one).collect()
    });
    let returns = prop::collection::vec(-3_i8..=3, 15)
        .prop_map(|returns| (0..).zip(returns.into_iter().map(f64::from)).collect());
    (said, returns)
}

proptest! {
    #[test]
    fn only_the_order_within_a_question_matters((said, returns) in any()) {
        let before = best_of(&said, &returns);
        let of = |change: &dyn Fn(u32, f64) -> f64| {
            let changed: Vec<(u32, f64)> = returns.iter().map(|&(s, r)| (s, change(s, r))).collect();
            best_of(&said, &changed)
        };
        prop_assert_eq!(of(&|_, r| (2.0 * r).exp() - 7.0), before);
        prop_assert_eq!(of(&|_, r| r.powi(3)), before);
        // A number for each question.
        prop_assert_eq!(of(&|s, r| r + [100.0, -3.0, 8.0][s as usize / 5]), before);
    }

    #[test]
    fn sides_and_order_of_statements_change_nothing((said, returns) in any()) {
        let mirrored = said.iter().rev().map(|judgement| {
            let mut judgement = judgement.clone();
            if let Some(Candidates { said: Said::Votes(votes), .. }) = &mut judgement.answer.candidates {
                for Vote { pair, share } in votes {
                    (*pair, *share) = ((pair.1, pair.0), 1.0 - *share);
                }
            }
            judgement
        });
        let mirrored: Vec<Judgement> = mirrored.collect();
        prop_assert_eq!(best_of(&mirrored, &returns), best_of(&said, &returns));
    }

    #[test]
    fn the_bounds_hold_and_are_reached((said, returns) in any()) {
        let metric = Metric::BestOfCandidates;
        let Some(ChoiceBounds { chance, best, .. }) = bounds(&said, metric) else {
            prop_assert_eq!(best_of(&said, &returns), None);
            return Ok(());
        };
        let value = best_of(&said, &returns).unwrap();
        prop_assert!(value <= best + 1e-12 && chance <= best + 1e-12, "{value} {chance} {best}");
        let equal: Vec<(u32, f64)> = returns.iter().map(|&(s, _)| (s, 0.0)).collect();
        prop_assert!((best_of(&said, &equal).unwrap() - chance).abs() < 1e-12);
        let answers = scored(&said, &[]).answers();
        let sets = sets(answers.list.iter(), metric);
        let votes: Vec<(u32, f64)> = sets.into_iter().flat_map(|set| set.scores).collect();
        prop_assert!((best_of(&said, &votes).unwrap() - best).abs() < 1e-12);
    }
}
