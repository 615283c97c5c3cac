//! Measures of people on five classic studies, against numbers that throw-away Python scripts found.
#![allow(clippy::unwrap_used)]

use flate2::read::GzDecoder;
use medley_evaluation::Bootstrap;
use medley_evaluation::people::{
    AssociationSettings, Level, PairVote, Rated, Reliability, Repeated, group_associations,
    repeat_agreement, share_calibration, single_reward_ceiling,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let path =
        format!("{}/../../datasets/paired_people/source/{file}.csv.gz", env!("CARGO_MANIFEST_DIR"));
    let mut table = csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()));
    table.deserialize().map(|row| row.unwrap()).collect()
}

/// A study: its items as listed, and what each person said about each pair of them, in the order of the list.
struct Study {
    males: Vec<bool>,
    /// Person, pair, share for the item that is listed first.
    votes: Vec<PairVote>,
}

fn study(name: &str, items: &[&str]) -> Study {
    let respondents = rows(&format!("{name}.respondents"));
    let person: BTreeMap<&str, u32> =
        respondents.iter().zip(0..).map(|(row, i)| (row["respondent"].as_str(), i)).collect();
    let place = |item: &str| items.iter().position(|other| *other == item).unwrap();
    let comparisons = rows(&format!("{name}.comparisons"));
    let vote = |row: &BTreeMap<String, String>| {
        let (one, two) = (place(&row["first"]), place(&row["second"]));
        let share = match row["choice"].as_str() {
            "first" => 1.0,
            "second" => 0.0,
            _ => 0.5,
        };
        let (low, high) = (one.min(two), one.max(two));
        PairVote {
            person: person[row["respondent"].as_str()],
            pair: (low * items.len() + high) as u32,
            first: if one < two { share } else { 1.0 - share },
        }
    };
    Study {
        males: respondents.iter().map(|row| row["gender"] == "male").collect(),
        votes: comparisons.iter().map(vote).collect(),
    }
}

const STUDIES: [(&str, [&str; 6]); 4] = [
    ("topmodel2007", ["Barbara", "Anni", "Hana", "Fiona", "Mandy", "Anja"]),
    ("german_parties2009", ["none", "Linke", "Gruene", "SPD", "CDU/CSU", "FDP"]),
    ("first_names", ["Tim", "Lucas", "Michael", "Robin", "Benedikt", "Julius"]),
    ("cems_choice", ["London", "Paris", "Milano", "StGallen", "Barcelona", "Stockholm"]),
];

fn near(found: f64, expect: f64) {
    assert!((found - expect).abs() < 6e-5, "{found}, expected {expect}");
}

/// Of all statements, without ties; and that of the majority of other people below.
#[test]
fn ceilings_of_one_reward() {
    let expect = [(0.6076, 0.6632), (0.6913, 0.5919), (0.6146, 0.6551), (0.6625, 0.6130)];
    for ((name, items), (accuracy, entropy)) in STUDIES.iter().zip(expect) {
        let mut votes = study(name, items).votes;
        votes.retain(|vote| vote.first != 0.5);
        let found = single_reward_ceiling(&votes).unwrap();
        println!("{name} {found:?}");
        near(found.accuracy.value, accuracy);
        near(found.nll.value, entropy);
        assert_eq!(found.pairs, 15);
        assert!(found.held_out <= found.accuracy.value && found.held_out > accuracy - 0.015);
        assert!(found.nll.corrected > found.nll.value && found.nll.corrected < entropy + 0.005);
        assert!(found.accuracy.se > 0.002 && found.accuracy.se < 0.02);
    }
}

fn alpha(answers: &[Rated], is_in: impl Fn(u32) -> bool) -> f64 {
    let mut units: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| is_in(answer.person)) {
        units.entry(answer.item).or_default().push(answer.value);
    }
    Reliability::new(units.values().map(Vec::as_slice)).alpha(Level::Nominal).unwrap()
}

/// 1 if the item that is listed earlier wins; a tie is a third value.
#[test]
fn agreement_of_men_and_women() {
    let expect = [
        (0.0296, [0.0386, 0.0283], 0.0258, [1.495, 1.094]),
        (0.1750, [0.1426, 0.2068], 0.1752, [0.814, 1.181]),
        (0.0371, [0.0584, 0.0224], 0.0340, [1.720, 0.658]),
        (0.0450, [0.0596, 0.0369], 0.0425, [1.401, 0.868]),
    ];
    for ((name, items), (all, irr, xrr, gai)) in STUDIES.iter().zip(expect) {
        let Study { males, votes } = study(name, items);
        let rated =
            |vote: &PairVote| Rated { person: vote.person, item: vote.pair, value: vote.first };
        let answers: Vec<Rated> = votes.iter().map(rated).collect();
        near(alpha(&answers, |_| true), all);
        let groups = [males.clone(), males.iter().map(|male| !male).collect()];
        let settings = AssociationSettings { permutations: 199, seed: 0 };
        let found = group_associations(&answers, &groups, Level::Nominal, &settings).unwrap();
        for (group, found) in found.iter().enumerate() {
            let found = found.shown().unwrap();
            println!("{name} {found:?}");
            near(found.irr.value, irr[group]);
            near(found.xrr.value, xrr);
            assert!((found.gai.unwrap() - gai[group]).abs() < 6e-4, "{found:?}");
            near(alpha(&answers, |person| males[person as usize] == (group == 0)), irr[group]);
        }
    }
}

/// Which item of a pair is called the first moves alpha, and no longer does where both orders are given.
#[test]
fn alpha_of_comparisons_depends_on_the_order_of_the_list() {
    let (name, items) = STUDIES[0];
    let mut sorted = items;
    sorted.sort_unstable();
    let of = |items: &[&str], mirrored: bool| {
        let mut answers = Vec::new();
        for vote in study(name, items).votes {
            let PairVote { person, pair, first } = vote;
            answers.push(Rated { person, item: pair, value: first });
            if mirrored {
                answers.push(Rated { person, item: 1000 + pair, value: 1.0 - first });
            }
        }
        alpha(&answers, |_| true)
    };
    near(of(&items, false), 0.0296);
    near(of(&sorted, false), 0.0534);
    assert!((of(&items, true) - of(&sorted, true)).abs() < 1e-12);
    println!("both orders: {}", of(&items, true));
}

/// 40 listeners who judged the same two recordings two or three times.
#[test]
fn what_listeners_say_again() {
    let all = rows("sound_quality.comparisons");
    let number = |of: &dyn Fn(&BTreeMap<String, String>) -> String| -> Vec<u32> {
        let names: BTreeSet<String> = all.iter().map(of).collect();
        let names: Vec<String> = names.into_iter().collect();
        all.iter().map(|row| names.binary_search(&of(row)).unwrap() as u32).collect()
    };
    let sides = |row: &BTreeMap<String, String>| {
        let (one, two) = (row["first"].clone(), row["second"].clone());
        if one < two { (one, two, false) } else { (two, one, true) }
    };
    let people = number(&|row| row["listener"].clone());
    let questions = number(&|row| {
        let (one, two, _) = sides(row);
        format!("{} {} {one} {two}", row["time"], row["program"])
    });
    let yes: Vec<bool> = all.iter().map(|row| (row["choice"] == "first") != sides(row).2).collect();
    let answer = |i: usize| Repeated { person: people[i], question: questions[i], yes: yes[i] };
    let answers: Vec<Repeated> = (0..all.len()).map(answer).collect();
    let settings = Bootstrap { replicates: 200, seed: 0 };
    let found = repeat_agreement(&answers, &settings).unwrap();
    println!("{found:?}");
    near(found.within.value, 0.6923);
    near(found.between.value, 0.6459);
    let shared = found.shared.unwrap();
    assert!((shared.value - 0.76).abs() < 0.002 && shared.low < 0.76 && shared.high > 0.76);
    assert!((found.bound.unwrap() - 0.81).abs() < 0.001);
    assert_eq!((found.cells, found.within.clusters), (8764, 40));
    for (time, expect) in [("before", 0.6949), ("after", 0.6845)] {
        let some: Vec<Repeated> =
            (0..all.len()).filter(|i| all[*i]["time"] == time).map(answer).collect();
        near(repeat_agreement(&some, &settings).unwrap().within.value, expect);
    }
    let votes: Vec<PairVote> = answers
        .iter()
        .map(|it| PairVote {
            person: it.person,
            pair: it.question,
            first: f64::from(u8::from(it.yes)),
        })
        .collect();
    near(single_reward_ceiling(&votes).unwrap().accuracy.value, 0.7262);
}

/// Shares of women are predicted by those of men: what is left of the error is how far apart both are.
#[test]
fn shares_of_women_by_those_of_men() {
    let (name, items) = STUDIES[0];
    let Study { males, votes } = study(name, &items);
    let mut men = vec![(0.0, 0.0); 36];
    for vote in votes.iter().filter(|vote| males[vote.person as usize]) {
        men[vote.pair as usize].0 += vote.first;
        men[vote.pair as usize].1 += 1.0;
    }
    let predicted: Vec<f64> =
        men.iter().map(|(yes, all)| if *all > 0.0 { yes / all } else { 0.5 }).collect();
    let women: Vec<PairVote> =
        votes.into_iter().filter(|vote| !males[vote.person as usize]).collect();
    let found = share_calibration(&women, &predicted).unwrap();
    println!("{found:?}");
    assert_eq!((found.pairs, found.left_out), (15, 0));
    assert!((found.raw - found.noise - found.error.value).abs() < 1e-12);
    assert!(found.raw > found.noise && found.error.se > 0.0);
}
