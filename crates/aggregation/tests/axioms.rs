//! Which rule keeps which axiom: over random profiles where it must hold, by a profile where it must not.
#![allow(clippy::unwrap_used)]

use medley_aggregation::{
    Borda, BradleyTerry, Copeland, Kemeny, Leximin, MaximalLottery, Nash, Over, Quantile,
    RandomDictator, Rule, Scale, Society, Utilitarian, one_each,
};
use proptest::prelude::*;

fn society(people: &[Vec<f64>]) -> Society {
    Society::new(people, &one_each(people.len()), &vec![0; people.len()]).unwrap()
}

fn every_rule() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(Borda {}),
        Box::new(BradleyTerry {}),
        Box::new(Copeland {}),
        Box::new(Kemeny {}),
        Box::new(MaximalLottery {}),
        Box::new(Utilitarian::default()),
        Box::new(Utilitarian { scale: Scale::Range }),
        Box::new(Leximin { over: Over::People, scale: Scale::None }),
        Box::new(Quantile::default()),
        Box::new(Nash::default()),
        Box::new(RandomDictator {}),
    ]
}

/// Utilities without ties of 3 to 9 people and 2 to 5 options.
fn profiles() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (2_usize..=5, 3_usize..=9).prop_flat_map(|(options, people)| {
        let own = Just((0..options).collect::<Vec<_>>()).prop_shuffle().prop_flat_map(|places| {
            let steps = prop::collection::vec(0.01_f64..1.0, places.len());
            steps.prop_map(move |steps| {
                let height = |place: usize| steps[..=place].iter().sum::<f64>();
                places.iter().map(|&place| height(place)).collect::<Vec<f64>>()
            })
        });
        prop::collection::vec(own, people)
    })
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
}

/// The option that beats every other by majority, if there is one.
fn condorcet(society: &Society) -> Option<usize> {
    let options = society.options();
    (0..options).find(|&i| (0..options).all(|j| i == j || society.margin(i, j) > 1e-9))
}

/// Whether somebody is unanimously preferred over an option.
fn is_dominated(people: &[Vec<f64>], option: usize) -> bool {
    (0..people[0].len()).any(|other| people.iter().all(|own| own[other] > own[option]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Who a person is plays no part.
    #[test]
    fn anonymity(people in profiles()) {
        let turned: Vec<Vec<f64>> = people.iter().rev().cloned().collect();
        for rule in every_rule() {
            let (one, other) = (rule.decide(&society(&people)), rule.decide(&society(&turned)));
            match (one, other) {
                (Ok(one), Ok(other)) => prop_assert!(near(&one.chances(), &other.chances()), "{rule:?}"),
                (one, other) => prop_assert_eq!(one.is_ok(), other.is_ok(), "{:?}", rule),
            }
        }
    }

    /// What an option is called plays no part. (Nash has a status quo, and Kemeny takes one of several
    /// best orders.)
    #[test]
    fn neutrality(people in profiles()) {
        let turned: Vec<Vec<f64>> =
            people.iter().map(|own| own.iter().rev().copied().collect()).collect();
        for rule in every_rule() {
            let name = format!("{rule:?}");
            if name.starts_with("Nash") || name.starts_with("Kemeny") {
                continue;
            }
            let (one, other) = (rule.decide(&society(&people)), rule.decide(&society(&turned)));
            let (Ok(one), Ok(other)) = (one, other) else { continue };
            let back: Vec<f64> = other.chances().into_iter().rev().collect();
            prop_assert!(near(&one.chances(), &back), "{} {:?} {:?}", name, one, back);
        }
    }

    /// An option to which all prefer another is not chosen.
    #[test]
    fn pareto(people in profiles()) {
        for rule in every_rule() {
            let Ok(decision) = rule.decide(&society(&people)) else { continue };
            for (option, chance) in decision.chances().into_iter().enumerate() {
                let none = chance < 1e-4 || !is_dominated(&people, option);
                prop_assert!(none, "{:?} {} {}", rule, option, chance);
            }
        }
    }

    /// Who beats every other is chosen by the rules of majorities.
    #[test]
    fn condorcet_consistency(people in profiles()) {
        let society = society(&people);
        if let Some(winner) = condorcet(&society) {
            for rule in [&Copeland {} as &dyn Rule, &Kemeny {}, &MaximalLottery {}] {
                let chances = rule.decide(&society).unwrap().chances();
                prop_assert!(chances[winner] > 1.0 - 1e-6, "{:?} {:?}", rule, chances);
            }
        }
    }

    /// The maximal lottery is beaten by no option, and does not change when an option is copied.
    #[test]
    fn maximal_lotteries(people in profiles()) {
        let society = society(&people);
        let chances = MaximalLottery {}.decide(&society).unwrap().chances();
        prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        for other in 0..society.options() {
            let margin: f64 =
                chances.iter().enumerate().map(|(i, p)| p * society.margin(i, other)).sum();
            prop_assert!(margin > -1e-7, "{:?} {} {}", chances, other, margin);
        }
        // Just under option 0 in everybody's eyes: 0 beats it, and all others treat the two alike.
        let gap = 1e-6;
        let cloned: Vec<Vec<f64>> = people
            .iter()
            .map(|own| own.iter().copied().chain([own[0] - gap]).collect())
            .collect();
        if people.len() % 2 == 1 {
            let after = MaximalLottery {}.decide(&self::society(&cloned)).unwrap().chances();
            prop_assert!(near(&chances, &after[..chances.len()]), "{:?} {:?}", chances, after);
        }
    }

    /// Under Nash's welfare and ranges, the unit of a person's utilities plays no part.
    #[test]
    fn units(people in profiles(), factor in 0.1_f64..10.0) {
        let mut changed = people.clone();
        changed[0].iter_mut().for_each(|utility| *utility = *utility * factor + 3.0);
        for rule in [&Nash::default() as &dyn Rule, &Utilitarian { scale: Scale::Range }] {
            let (one, other) = (rule.decide(&society(&people)), rule.decide(&society(&changed)));
            if let (Ok(one), Ok(other)) = (one, other) {
                prop_assert!(near(&one.scores, &other.scores), "{:?} {:?} {:?}", rule, one, other);
            }
        }
    }

    /// Somebody who joins and likes the chosen option best does not undo the choice (participation, in its
    /// weakest form).
    #[test]
    fn a_friend_who_joins_undoes_nothing(people in profiles()) {
        for rule in [&Borda {} as &dyn Rule, &Utilitarian::default(), &Copeland {}] {
            let winners = rule.decide(&society(&people)).unwrap().winners();
            let own = (0..people[0].len()).map(|option| f64::from(u8::from(option == winners[0])));
            let joined: Vec<Vec<f64>> = people.iter().cloned().chain([own.collect()]).collect();
            let after = rule.decide(&society(&joined)).unwrap().winners();
            prop_assert!(after.contains(&winners[0]), "{rule:?}");
        }
    }
}

/// Four people of five like option 0 best, and the sum of utilities and Borda choose another.
#[test]
fn the_majority_may_lose_by_sums() {
    let people = [
        vec![1.0, 0.9, 0.0],
        vec![1.0, 0.9, 0.0],
        vec![1.0, 0.9, 0.0],
        vec![0.0, 5.0, 0.1],
        vec![0.0, 5.0, 0.1],
    ];
    let society = society(&people);
    assert_eq!(condorcet(&society), Some(0));
    for rule in [&Utilitarian::default() as &dyn Rule, &Borda {}, &BradleyTerry {}] {
        assert_ne!(rule.decide(&society).ok().map(|of| of.winners()), Some(vec![0]), "{rule:?}");
    }
}

/// Moulin's paradox (1988): from four options on, a rule that chooses whoever beats all others can give
/// people less for joining than for staying away.
#[test]
fn participation_fails_by_majorities() {
    let check = |rule: &dyn Rule, before: &[(usize, &[usize])], joining: (usize, &[usize])| {
        let winner = |profile: &[(usize, &[usize])]| {
            rule.decide(&Society::of_orders(profile).unwrap()).unwrap().winners()
        };
        let after: Vec<_> = before.iter().copied().chain([joining]).collect();
        let (Ok([before]), Ok([after])) =
            (<[usize; 1]>::try_from(winner(before)), <[usize; 1]>::try_from(winner(&after)))
        else {
            panic!("{rule:?} has several winners");
        };
        let place = |option| joining.1.iter().position(|&of| of == option);
        assert!(place(after) > place(before), "{rule:?} {before} {after}");
    };
    let profile: [(usize, &[usize]); 4] =
        [(1, &[1, 0, 3, 2]), (3, &[2, 0, 1, 3]), (2, &[3, 2, 0, 1]), (2, &[3, 2, 1, 0])];
    check(&Kemeny {}, &profile, (3, &[0, 1, 3, 2]));
    let profile: [(usize, &[usize]); 4] =
        [(2, &[3, 0, 2, 1]), (1, &[1, 3, 2, 0]), (1, &[2, 0, 1, 3]), (3, &[1, 3, 2, 0])];
    check(&Copeland {}, &profile, (3, &[0, 2, 1, 3]));
}
