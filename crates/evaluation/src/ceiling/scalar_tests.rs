use super::*;
use crate::judgement::Side;
use crate::judgement::tests::{comparison, judged};
use crate::{Judgement, Scored};
use proptest::prelude::*;

fn vote(first: u32, second: u32, observed: &[f64]) -> Judgement {
    let mut judgement = judged(0, &vec![1.0 / observed.len() as f64; observed.len()], observed);
    judgement.answer.pair = Some((first, second));
    judgement
}

#[test]
fn a_cycle_of_three_costs_one_of_three() {
    let won = |a, b| vote(a, b, &[1.0, 0.0]);
    let cycle = comparison(vec![won(1, 2), won(2, 3), won(3, 1)]);
    let ceiling = scalar_reward_ceiling(&cycle.answers()).unwrap();
    assert!((ceiling.value - 2.0 / 3.0).abs() < 1e-12 && ceiling.exact);
    let chain = comparison(vec![won(1, 2), won(2, 3), won(1, 3)]);
    assert_eq!(scalar_reward_ceiling(&chain.answers()).unwrap().value, 1.0);
}

#[test]
fn swapped_repeats_and_ties_by_hand() {
    // Pair (1, 2): two votes for 1 (once shown second), one for 2, one tie: 2.5 of 4.
    let scored = comparison(vec![
        vote(1, 2, &[1.0, 0.0, 0.0]),
        vote(2, 1, &[0.0, 0.0, 1.0]),
        vote(1, 2, &[0.0, 0.0, 1.0]),
        vote(2, 1, &[0.0, 1.0, 0.0]),
        vote(5, 5, &[1.0, 0.0, 0.0]),
    ]);
    let ceiling = scalar_reward_ceiling(&scored.answers()).unwrap();
    assert!((ceiling.value - 3.0 / 5.0).abs() < 1e-12, "{ceiling:?}");
    assert_eq!((ceiling.repeated, ceiling.statements), (1, 5));
}

#[test]
fn a_large_cycle_is_a_bound_and_a_large_order_is_exact() {
    let won = |a, b| vote(a, b, &[1.0, 0.0]);
    let mut chain: Vec<Judgement> = (0..40).map(|i| won(i, i + 1)).collect();
    let ordered = scalar_reward_ceiling(&comparison(chain.clone()).answers()).unwrap();
    assert!(ordered.exact && ordered.value == 1.0);
    chain.push(won(40, 0));
    let cyclic = scalar_reward_ceiling(&comparison(chain).answers()).unwrap();
    assert!(!cyclic.exact && cyclic.value == 1.0);
}

#[test]
fn strengths_of_a_side_count_together() {
    let [second, first] = [|grade| Side::Second { grade }, |grade| Side::First { grade }];
    let sides = vec![second(2), second(1), Side::Tie, first(1), first(2)];
    let judgements = vec![
        vote(1, 2, &[0.0, 0.0, 0.0, 0.0, 1.0]),
        vote(1, 2, &[0.0, 0.0, 0.0, 1.0, 0.0]),
        vote(2, 1, &[0.0, 0.0, 0.0, 1.0, 0.0]),
        vote(1, 2, &[0.0, 0.0, 1.0, 0.0, 0.0]),
    ];
    let responses = ResponseSet::Sides(sides);
    let scored = Scored { responses, judgements, returns: BTreeMap::new() };
    let ceiling = scalar_reward_ceiling(&scored.answers()).unwrap();
    assert!((ceiling.value - 2.5 / 4.0).abs() < 1e-12, "{ceiling:?}");
}

#[test]
fn a_label_of_another_length_is_no_comparison() {
    let mut scored = comparison(vec![vote(1, 2, &[1.0, 0.0, 0.0])]);
    scored.judgements.push(vote(1, 2, &[0.0, 1.0]));
    assert_eq!(scalar_reward_ceiling(&scored.answers()).unwrap().statements, 1);
}

#[test]
fn a_side_offset_is_no_order() {
    // Whoever is shown first wins: an offset is right about all, an order about half.
    let mut scored = comparison(vec![vote(1, 2, &[1.0, 0.0]), vote(2, 1, &[1.0, 0.0])]);
    for judgement in &mut scored.judgements {
        judgement.log_probabilities = vec![0.9_f64.ln(), 0.1_f64.ln()];
    }
    assert_eq!(crate::measure(&scored, &crate::Options::default())[1].estimate.value, 1.0);
    assert_eq!(scalar_reward_ceiling(&scored.answers()).unwrap().value, 0.5);
}

#[test]
fn nothing_without_pairs() {
    assert_eq!(
        scalar_reward_ceiling(&comparison(vec![judged(0, &[0.5, 0.5], &[1.0, 0.0])]).answers()),
        None
    );
}

/// The best accuracy over all orders of `left`, with `order` already on top.
fn over_all_orders(order: &mut Vec<u32>, left: &mut Vec<u32>, scored: &Scored) -> f64 {
    if left.is_empty() {
        let place = |s: u32| order.iter().position(|other| *other == s).unwrap();
        let credit = |j: &Judgement| {
            let (a, b) = j.answer.pair.unwrap();
            match place(a).cmp(&place(b)) {
                std::cmp::Ordering::Less => j.answer.observed[0],
                std::cmp::Ordering::Greater => j.answer.observed[1],
                std::cmp::Ordering::Equal => 0.5,
            }
        };
        return scored.judgements.iter().map(credit).sum::<f64>() / scored.judgements.len() as f64;
    }
    let mut best = 0.0_f64;
    for index in 0..left.len() {
        order.push(left.swap_remove(index));
        best = best.max(over_all_orders(order, left, scored));
        let Some(taken) = order.pop() else { unreachable!() };
        left.push(taken);
        let last = left.len() - 1;
        left.swap(index, last);
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn equals_the_best_of_all_orders(
        votes in prop::collection::vec((0_u32..6, 0_u32..6, 0_u8..5), 1..25),
    ) {
        let judgements = votes.iter().map(|(a, b, q)| {
            let q = f64::from(*q) / 4.0;
            vote(*a, *b, &[q, 1.0 - q])
        });
        let scored = comparison(judgements.collect());
        let ceiling = scalar_reward_ceiling(&scored.answers()).unwrap();
        let best = over_all_orders(&mut Vec::new(), &mut (0..6).collect(), &scored);
        prop_assert!(ceiling.exact);
        prop_assert!((ceiling.value - best).abs() < 1e-12, "{} {}", ceiling.value, best);
    }
}
