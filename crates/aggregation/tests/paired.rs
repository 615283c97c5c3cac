//! What rules choose for the people of five classic studies, against numbers that other programs found.
#![allow(clippy::unwrap_used)]

use flate2::read::GzDecoder;
use medley_aggregation::{Borda, BradleyTerry, Copeland, Kemeny, MaximalLottery, Rule, Society};
use medley_theory::Preferences;
use std::collections::BTreeMap;
use std::fs::File;

fn table(file: &str) -> csv::Reader<GzDecoder<File>> {
    let path =
        format!("{}/../../datasets/paired_people/source/{file}.csv.gz", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()))
}

/// Comparisons of a study by the people of whom something holds, ties as half, pooled.
fn pooled(study: &str, items: &[&str], column: &str, is_in: &dyn Fn(&str) -> bool) -> Society {
    let mut people = table(&format!("{study}.respondents"));
    let headers = people.headers().unwrap().clone();
    let place = headers.iter().position(|name| name == column).unwrap();
    let known: BTreeMap<String, String> = people
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[0].to_owned(), row[place].to_owned()))
        .collect();
    let mut wins = vec![vec![0.0; items.len()]; items.len()];
    let item = |name: &str| items.iter().position(|item| *item == name).unwrap();
    for row in table(&format!("{study}.comparisons")).records() {
        let row = row.unwrap();
        if !is_in(&known[&row[0]]) {
            continue;
        }
        let (first, second) = (item(&row[1]), item(&row[2]));
        let share = match &row[3] {
            "first" => 1.0,
            "second" => 0.0,
            "tie" => 0.5,
            other => panic!("{other}"),
        };
        wins[first][second] += share;
        wins[second][first] += 1.0 - share;
    }
    let weight = |a: usize, b: usize| if a == b { 0.0 } else { wins[a][b] + wins[b][a] };
    let share = |a: usize, b: usize| if a == b { 0.5 } else { wins[a][b] / weight(a, b) };
    let all = |of: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
        (0..items.len()).map(|a| (0..items.len()).map(|b| of(a, b)).collect()).collect()
    };
    Society::of_pairs(Preferences::weighted(all(&share), all(&weight)).unwrap())
}

fn scores(rule: &dyn Rule, society: &Society) -> Vec<f64> {
    rule.decide(society).unwrap().scores
}

fn near(found: &[f64], expect: &[f64], within: f64) {
    let fits = found.iter().zip(expect).all(|(a, b)| (a - b).abs() <= within);
    assert!(fits && found.len() == expect.len(), "{found:?}, expected {expect:?}");
}

const FACES: [&str; 6] = ["Barbara", "Anni", "Hana", "Fiona", "Mandy", "Anja"];

#[test]
fn pooled_bradley_terry_is_as_published_software_has_it() {
    let check = |study: &str, items: &[&str], worths: &[f64], expect: f64| {
        let society = pooled(study, items, "gender", &|_| true);
        let scores = scores(&BradleyTerry {}, &society);
        let sum: f64 = scores.iter().map(|score| score.exp()).sum();
        let found: Vec<f64> = scores.iter().map(|score| score.exp() / sum).collect();
        near(&found, worths, 6e-5);
        let pairs = society.preferences();
        let mut log_likelihood = 0.0;
        for a in 0..items.len() {
            for b in (0..items.len()).filter(|b| *b != a) {
                let wins = pairs.wins(a, b) * pairs.weight(a, b);
                log_likelihood -= wins * (scores[b] - scores[a]).exp().ln_1p();
            }
        }
        assert!((log_likelihood - expect).abs() < 6e-5, "{study}: {log_likelihood}");
    };
    let worths = [0.2216, 0.1441, 0.2307, 0.1903, 0.1009, 0.1124];
    check("topmodel2007", &FACES, &worths, -1912.0548);
    let items = ["London", "Paris", "Milano", "StGallen", "Barcelona", "Stockholm"];
    let worths = [0.3717, 0.1862, 0.1109, 0.1272, 0.1288, 0.0752];
    check("cems_choice", &items, &worths, -2802.1955);
    let items = ["none", "Linke", "Gruene", "SPD", "CDU/CSU", "FDP"];
    let worths = [0.0768, 0.0604, 0.3658, 0.2520, 0.1332, 0.1118];
    check("german_parties2009", &items, &worths, -1716.8073);
    let items = ["Tim", "Lucas", "Michael", "Robin", "Benedikt", "Julius"];
    let worths = [0.2124, 0.2538, 0.1728, 0.1349, 0.0801, 0.1460];
    check("first_names", &items, &worths, -1888.8833);
}

/// Majorities have Barbara before Hana; Borda and Bradley-Terry have it the other way around.
#[test]
fn rules_differ_about_six_faces() {
    let society = pooled("topmodel2007", &FACES, "gender", &|_| true);
    let borda: Vec<f64> = scores(&Borda {}, &society).iter().map(|mean| 5.0 * mean).collect();
    near(&borda, &[2.984, 2.359, 3.042, 2.766, 1.849, 2.000], 6e-4);
    near(&scores(&Copeland {}, &society), &[5.0, -1.0, 3.0, 1.0, -5.0, -3.0], 0.0);
    let kemeny = scores(&Kemeny {}, &society);
    let mut order: Vec<usize> = (0..6).collect();
    order.sort_by(|a, b| kemeny[*b].total_cmp(&kemeny[*a]));
    assert_eq!(order.map_to(&FACES), ["Barbara", "Hana", "Fiona", "Anni", "Anja", "Mandy"]);
    near(&scores(&MaximalLottery {}, &society), &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 1e-9);
    for (gender, winner) in [("male", "Hana"), ("female", "Barbara")] {
        let society = pooled("topmodel2007", &FACES, "gender", &|own| own == gender);
        let winners = MaximalLottery {}.decide(&society).unwrap().winners();
        assert_eq!(winners.map_to(&FACES), [winner], "{gender}");
    }
}

/// Men have a cycle of three names, and no name that beats the others.
#[test]
fn a_cycle_of_real_people_has_a_lottery() {
    let names = ["Tim", "Lucas", "Michael", "Robin", "Benedikt", "Julius"];
    let men = pooled("first_names", &names, "gender", &|own| own == "male");
    let lottery = scores(&MaximalLottery {}, &men);
    near(&lottery, &[1.0 / 2.0, 1.0 / 6.0, 1.0 / 3.0, 0.0, 0.0, 0.0], 1e-9);
    let all = pooled("first_names", &names, "gender", &|_| true);
    assert_eq!(Copeland {}.decide(&all).unwrap().winners().map_to(&names), ["Lucas"]);
}

trait MapTo {
    fn map_to<'n>(&self, names: &[&'n str]) -> Vec<&'n str>;
}

impl MapTo for Vec<usize> {
    fn map_to<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        self.iter().map(|&place| names[place]).collect()
    }
}
