//! Whom decisions serve, and how firm they are: profiles by hand, and the people of real studies.
#![allow(clippy::unwrap_used)]

use flate2::read::GzDecoder;
use medley_aggregation::{
    AggregationError, Borda, Copeland, Decision, Leximin, MaximalLottery, Nash, Quantile,
    RandomDictator, Rule, Scale, Society, Utilitarian, flip_point, masking_ratio, misreport,
    one_each, served, ternary_grid, winner_path,
};
use medley_theory::Preferences;
use std::collections::BTreeMap;
use std::fs::File;

fn near(found: f64, expect: f64) {
    assert!((found - expect).abs() < 1e-9, "{found}, expected {expect}");
}

/// 51 of 100 like 0 best, all like 1 better than 2; the 49 are a group of their own.
fn majority() -> Society {
    let own = |person: usize| if person < 51 { vec![2.0, 1.0, 0.0] } else { vec![0.0, 2.0, 1.0] };
    let utilities: Vec<Vec<f64>> = (0..100).map(own).collect();
    let groups: Vec<usize> = (0..100).map(|person| 3 + usize::from(person >= 51)).collect();
    Society::new(&utilities, &one_each(100), &groups).unwrap()
}

fn of(rule: &dyn Rule, society: &Society) -> medley_aggregation::Served {
    served(society, &rule.decide(society).unwrap(), Scale::None).unwrap()
}

#[test]
fn borda_meets_the_wish_of_49_in_100() {
    let borda = of(&Borda {}, &majority());
    near(borda.favourite, 0.49);
    near(borda.weakest_pair, 0.49);
    near(borda.pairs, (0.49 + 1.0) / 2.0);
    // Group 3 gets 1 of 2, group 4 all.
    near(borda.gap, 0.5);
    assert_eq!((borda.worst, borda.groups[0].people, borda.groups[1].gap()), (3, 51, 0.0));
    near(borda.tenth, 1.0);
    let copeland = of(&Copeland {}, &majority());
    near(copeland.favourite, 0.51);
    near(copeland.weakest_pair, 0.51);
    assert_eq!((copeland.worst, copeland.gap, copeland.tenth), (4, 1.0, 0.0));
}

#[test]
fn lotteries_serve_in_expectation() {
    let lottery = of(&RandomDictator {}, &majority());
    // 0 with 0.51 and 1 with 0.49.
    near(lottery.favourite, 0.51 * 0.51 + 0.49 * 0.49);
    near(lottery.groups[0].chosen, 2.0 * 0.51 + 0.49);
    near(lottery.groups[1].chosen, 2.0 * 0.49);
    // Against 0, the rest of the lottery is 1: 49 of 100; against 1 it is 0; against 2 people prefer 0 by 51 and 1 by all.
    near(lottery.weakest_pair, 0.49);
    near(lottery.pairs, (0.49 + 0.51 + 0.51 * 0.51 + 0.49) / 3.0);
    let ranged = served(&majority(), &RandomDictator {}.decide(&majority()).unwrap(), Scale::Range);
    near(ranged.unwrap().groups[0].chosen, 0.51 + 0.49 / 2.0);
}

#[test]
fn groups_of_one_and_people_who_want_nothing() {
    let alike = Society::new(&[vec![1.0, 1.0], vec![1.0, 1.0]], &[1.0, 3.0], &[0, 1]).unwrap();
    for rule in [&Borda {} as &dyn Rule, &Copeland {}, &Utilitarian::default(), &RandomDictator {}]
    {
        let found = of(rule, &alike);
        assert_eq!(
            (found.gap, found.worst, found.favourite, found.pairs),
            (0.0, 0, 1.0, 0.5),
            "{rule:?}"
        );
    }
    assert_eq!(flip_point(&Borda {}, &alike, 0, 10).unwrap(), None);
    let one = Society::new(&[vec![5.0]], &[0.2], &[7]).unwrap();
    let found = of(&Borda {}, &one);
    assert_eq!((found.pairs, found.weakest_pair, found.tenth), (1.0, 1.0, 5.0));
    let error = flip_point(&Utilitarian::default(), &one, 7, 10).unwrap_err();
    assert_eq!(error, AggregationError::NobodyBut { group: 7 });
    assert_eq!(
        winner_path(&Borda {}, &one, 1, 2).unwrap_err(),
        AggregationError::NobodyOf { group: 1 }
    );
}

/// Weights count by their shares, whatever they sum to.
#[test]
fn weights_are_brought_to_a_sum_of_one() {
    let utilities = [vec![1.0, 0.0], vec![0.0, 3.0]];
    let [small, large] = [[0.1, 0.3], [10.0, 30.0]].map(|weights| {
        of(&Utilitarian::default(), &Society::new(&utilities, &weights, &[0, 1]).unwrap())
    });
    near(small.groups[0].weight, 0.25);
    near(large.groups[0].weight, small.groups[0].weight);
    near(large.favourite, small.favourite);
}

#[test]
fn without_people_nobody_is_served() {
    let pairs = Preferences::uniform(vec![vec![0.5, 0.7], vec![0.3, 0.5]]).unwrap();
    let society = Society::of_pairs(pairs);
    let decision = Borda {}.decide(&society).unwrap();
    let error = served(&society, &decision, Scale::None).unwrap_err();
    assert_eq!(error, AggregationError::NeedsPeople { rule: "served" });
    let other = Decision::of_scores(vec![1.0]);
    let error = served(&majority(), &other, Scale::None).unwrap_err();
    assert_eq!(error, AggregationError::Options { expected: 3, found: 1 });
}

/// Nobody compared a pair, or majorities go in a circle.
#[test]
fn empty_and_cyclic_margins() {
    let empty = Preferences::weighted(vec![vec![0.5; 2]; 2], vec![vec![0.0; 2]; 2]).unwrap();
    for rule in [&Copeland {} as &dyn Rule, &MaximalLottery {}] {
        let error = rule.decide(&Society::of_pairs(empty.clone())).unwrap_err();
        assert!(matches!(error, AggregationError::MissingPair { .. }), "{rule:?} {error}");
    }
    let cycle =
        Society::of_orders(&[(1, &[0, 1, 2, 3]), (1, &[1, 2, 0, 3]), (1, &[2, 0, 1, 3])]).unwrap();
    let found = MaximalLottery {}.decide(&cycle).unwrap().chances();
    found.iter().zip([1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, 0.0]).for_each(|(a, b)| near(*a, b));
    let found = of(&MaximalLottery {}, &cycle);
    near(found.favourite, 1.0 / 3.0);
}

/// Shares of 51 and 49 in 100: majorities change at a half, Borda where 0 wins as often as 1.
#[test]
fn flip_points_by_hand() {
    let flip = flip_point(&Copeland {}, &majority(), 4, 40).unwrap().unwrap();
    assert!((flip.before - 0.49).abs() < 1e-12 && (flip.share - 0.5).abs() < 1e-8, "{flip:?}");
    assert!((flip.factor() - 51.0 / 49.0).abs() < 1e-6);
    // With s for group 3: option 0 has 2 s, option 1 has 2 (1 - s) + s: equal at 2/3.
    let flip = flip_point(&Utilitarian::default(), &majority(), 3, 40).unwrap().unwrap();
    assert!((flip.share - 2.0 / 3.0).abs() < 1e-7 && flip.winners.contains(&0), "{flip:?}");
    let flip = flip_point(&Borda {}, &majority(), 3, 40).unwrap().unwrap();
    assert!((flip.share - 2.0 / 3.0).abs() < 1e-7, "{flip:?}");
    // How many they are plays no part in leximin, but that they are there does.
    let leximin = flip_point(&Leximin::default(), &majority(), 3, 40).unwrap().unwrap();
    assert_eq!((leximin.share, leximin.winners), (1.0, vec![0]));
    let path = winner_path(&Utilitarian::default(), &majority(), 3, 10).unwrap();
    let winners: Vec<Vec<usize>> =
        path.iter().map(|it| it.decision.as_ref().unwrap().winners()).collect();
    assert_eq!((path.len(), path[3].share), (11, 0.3));
    assert!(winners[..7].iter().all(|it| it == &[1]) && winners[7..].iter().all(|it| it == &[0]));
}

#[test]
fn three_groups_fill_a_triangle() {
    let own = |person: usize| (0..3).map(|option| f64::from(u8::from(option == person))).collect();
    let utilities: Vec<Vec<f64>> = (0..3).map(own).collect();
    let society = Society::new(&utilities, &[5.0, 1.0, 1.0], &[0, 4, 9]).unwrap();
    let grid = ternary_grid(&Utilitarian::default(), &society, 4).unwrap();
    assert_eq!(grid.len(), 15);
    for point in &grid {
        let scores = &point.decision.as_ref().unwrap().scores;
        scores.iter().zip(point.shares).for_each(|(score, share)| near(*score, share));
        near(point.shares.iter().sum(), 1.0);
    }
    let error = ternary_grid(&Borda {}, &majority(), 4).unwrap_err();
    assert_eq!(error, AggregationError::Options { expected: 3, found: 2 });
}

/// Exaggeration pays where utilities are added up, and not where orders or ranges count.
#[test]
fn who_gains_by_exaggerating() {
    let society = Society::new(
        &[vec![1.0, 0.0, 0.7], vec![1.0, 0.0, 0.7], vec![0.0, 1.5, 0.7]],
        &[1.0; 3],
        &[0, 0, 1],
    )
    .unwrap();
    let gain = |rule: &dyn Rule, group: usize, factor: f64| {
        misreport(rule, &society, group, factor, Scale::None).unwrap()
    };
    // Sums: 2, 1.5, 2.1: everybody gets 0.7. With 10 times as much, group 1 gets its way.
    let told = gain(&Utilitarian::default(), 1, 10.0);
    near(told.honest, 0.7);
    near(told.gain(), 0.8);
    near(told.others, -0.7);
    assert_eq!(gain(&Utilitarian { scale: Scale::Range }, 1, 10.0).gain(), 0.0);
    for rule in [&Borda {} as &dyn Rule, &Copeland {}, &RandomDictator {}, &MaximalLottery {}] {
        assert_eq!(gain(rule, 1, 10.0).gain(), 0.0, "{rule:?}");
    }
    // The random dictator is never to be fooled: the opposite of what they want is worse.
    assert!(gain(&RandomDictator {}, 1, -1.0).gain() < 0.0);
    let error = misreport(&Borda {}, &society, 5, 2.0, Scale::None).unwrap_err();
    assert_eq!(error, AggregationError::NobodyOf { group: 5 });
    assert!(misreport(&Borda {}, &society, 1, f64::NAN, Scale::None).is_err());
    let nash = Nash { status_quo: 1 };
    assert!(matches!(
        misreport(&nash, &society, 0, 2.0, Scale::None).unwrap_err(),
        AggregationError::NobodyGains { .. }
    ));
}

/// Two opposed groups, one prediction between them.
#[test]
fn masking() {
    // Shares 0.9 and 0.1 with weights 1 and 1: within ((0.4)^2 + 0.5 ...) by hand.
    let found = masking_ratio(&[0.6], &[vec![0.9], vec![0.1]], &[2.0, 2.0]).unwrap().unwrap();
    near(found, (0.5 * 0.09 + 0.5 * 0.25) / 0.01);
    assert_eq!(masking_ratio(&[0.5], &[vec![0.9], vec![0.1]], &[1.0, 1.0]).unwrap(), None);
    assert!(masking_ratio(&[0.5], &[vec![0.9, 1.0]], &[1.0]).is_err());
    assert!(masking_ratio(&[0.5], &[vec![0.9]], &[0.0]).is_err());
    assert!(masking_ratio(&[], &[], &[]).is_err());
}

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let path =
        format!("{}/../../datasets/paired_people/source/{file}.csv.gz", env!("CARGO_MANIFEST_DIR"));
    let mut table = csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()));
    table.deserialize().map(|row| row.unwrap()).collect()
}

/// People by how many of the other five each thinks better of, men 0 and women 1.
fn six(study: &str, items: &[&str]) -> Society {
    let people = rows(&format!("{study}.respondents"));
    let place: BTreeMap<&str, usize> =
        people.iter().enumerate().map(|(i, row)| (row["respondent"].as_str(), i)).collect();
    let mut wins = vec![vec![0.0; items.len()]; people.len()];
    for row in rows(&format!("{study}.comparisons")) {
        let winner = &row[row["choice"].as_str()];
        let item = items.iter().position(|item| item == winner).unwrap();
        wins[place[row["respondent"].as_str()]][item] += 1.0;
    }
    let groups: Vec<usize> =
        people.iter().map(|row| usize::from(row["gender"] != "male")).collect();
    Society::new(&wins, &one_each(people.len()), &groups).unwrap()
}

/// Hana wins by Borda; women have it that Barbara is best, and do so for all if they count for somewhat more.
#[test]
fn a_face_that_is_one_reweighting_away() {
    let faces = ["Barbara", "Anni", "Hana", "Fiona", "Mandy", "Anja"];
    let society = six("topmodel2007", &faces);
    let decision = Utilitarian::default().decide(&society).unwrap();
    let expect = [2.984, 2.359, 3.042, 2.766, 1.849, 2.000];
    for (found, expect) in decision.scores.iter().zip(expect) {
        assert!((found - expect).abs() < 6e-4, "{:?}", decision.scores);
    }
    let found = served(&society, &decision, Scale::None).unwrap();
    println!("{found:?}");
    assert_eq!((found.worst, found.groups[0].gap()), (1, 0.0));
    // Women: Barbara 3.312 is their best.
    assert!((found.groups[1].best - 3.312).abs() < 6e-4);
    let flip = flip_point(&Utilitarian::default(), &society, 1, 100).unwrap().unwrap();
    println!("{flip:?} {}", flip.factor());
    assert!(flip.winners.contains(&0) && flip.share > flip.before && flip.share < 0.65);
    // The quantile rule reads persons and has a winner, too.
    let median = served(&society, &Quantile::default().decide(&society).unwrap(), Scale::None);
    assert!(median.unwrap().gap >= 0.0);
}
