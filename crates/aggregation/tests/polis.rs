//! The group-informed consensus that Polis released, on all 371 statements of a real conversation.
#![allow(clippy::unwrap_used)]

use flate2::read::GzDecoder;
use medley_aggregation::{BridgingForm, BridgingOptions, Vote, bridging, group_informed_consensus};
use medley_evaluation::spearman;
use std::collections::BTreeMap;
use std::fs::File;

fn table(file: &str) -> csv::Reader<GzDecoder<File>> {
    let path = format!("{}/../../datasets/polis/source/{file}", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()))
}

/// Votes of a conversation, `[person][statement]`, the groups of people, and names of statements.
struct Conversation {
    votes: Vec<Vec<Option<Vote>>>,
    groups: Vec<Option<usize>>,
    statements: Vec<String>,
}

fn conversation() -> Conversation {
    let mut people = table("bg2050.participants-votes.csv.gz");
    let headers = people.headers().unwrap().clone();
    let statements = headers.iter().skip(7).map(str::to_owned).collect();
    let vote = |cell: &str| match cell {
        "1" => Some(Vote::Agree),
        "0" => Some(Vote::Pass),
        "-1" => Some(Vote::Disagree),
        "" => None,
        other => panic!("a vote of {other}"),
    };
    let (mut votes, mut groups) = (Vec::new(), Vec::new());
    for row in people.records() {
        let row = row.unwrap();
        groups.push(row[2].parse::<usize>().ok());
        votes.push(row.iter().skip(7).map(vote).collect::<Vec<_>>());
    }
    Conversation { votes, groups, statements }
}

#[test]
fn consensus_is_as_released() {
    let Conversation { votes, groups, statements } = conversation();
    assert_eq!((votes.len(), statements.len()), (126, 371));
    let of = |group| groups.iter().filter(|of| **of == group).count();
    assert_eq!((of(Some(0)), of(Some(1)), of(None)), (100, 8, 18));

    let mut released = BTreeMap::new();
    let mut comments = table("bg2050.comments.csv.gz");
    let headers = comments.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|of| of == name).unwrap();
    let (id, consensus) = (column("comment-id"), column("group-informed-consensus"));
    for row in comments.records() {
        let row = row.unwrap();
        released.insert(row[id].to_owned(), row[consensus].parse::<f64>().unwrap());
    }
    let found = group_informed_consensus(&votes, &groups).unwrap();
    assert_eq!(released.len(), found.len());
    for (statement, found) in statements.iter().zip(found) {
        let expect = released[statement];
        assert!((found - expect).abs() <= 1e-12, "{statement}: {found} {expect}");
    }
}

/// Votes held out, mean negative log-likelihood of these and accuracy, by the logistic form. Passes are no
/// votes there, but count where people with fewer than ten and statements with fewer than five are left out.
fn held_out(factors: usize) -> (usize, f64, f64) {
    let Conversation { votes, statements, .. } = conversation();
    let says = |own: &[Option<Vote>]| own.iter().flatten().count() >= 10;
    let on = |statement: usize| votes.iter().filter(|own| own[statement].is_some()).count() >= 5;
    let on: Vec<bool> = (0..statements.len()).map(on).collect();
    let is_in = |person: usize, statement: usize| says(&votes[person]) && on[statement];
    let is_test =
        |person: usize, statement: usize| (7919 * person + 104_729 * statement).is_multiple_of(10);
    let learned = |person: usize, statement: usize| {
        let vote = votes[person][statement];
        vote.filter(|_| is_in(person, statement) && !is_test(person, statement))
    };
    let cells = 0..statements.len();
    let train: Vec<Vec<Option<Vote>>> = (0..votes.len())
        .map(|person| cells.clone().map(|statement| learned(person, statement)).collect())
        .collect();
    let form = BridgingForm::Logistic;
    let options =
        BridgingOptions { form, factors, votes_of_person: 0, votes_on_statement: 0, seed: 1 };
    let found = bridging(&train, &options);
    let (mut loss, mut right, mut count) = (0.0, 0, 0);
    for (person, own) in votes.iter().enumerate() {
        for (statement, vote) in own.iter().enumerate() {
            let agreed = match vote {
                Some(Vote::Agree) => true,
                Some(Vote::Disagree) => false,
                _ => continue,
            };
            if is_test(person, statement) && is_in(person, statement) {
                let p = found.expected(person, statement).unwrap();
                loss -= if agreed { p.ln() } else { (1.0 - p).ln() };
                right += usize::from((p > 0.5) == agreed);
                count += 1;
            }
        }
    }
    (count, loss / count as f64, right as f64 / count as f64)
}

/// Against numbers that a program of another kind (Adam) found for the same objective and split.
#[test]
fn bridging_is_as_computed_elsewhere() {
    let Conversation { votes, groups, .. } = conversation();
    let of = |seed| bridging(&votes, &BridgingOptions { seed, ..BridgingOptions::default() });
    let (one, two) = (of(1), of(2));
    assert!((one.objective - 0.10952).abs() < 5e-6, "{}", one.objective);
    assert!((one.objective - two.objective).abs() < 1e-9, "{}", two.objective);
    let consensus = group_informed_consensus(&votes, &groups).unwrap();
    let (intercepts, consensus): (Vec<f64>, Vec<f64>) = one
        .statements
        .iter()
        .zip(&consensus)
        .filter_map(|(standing, consensus)| Some((standing.as_ref()?.intercept, *consensus)))
        .unzip();
    let rho = spearman(&intercepts, &consensus).unwrap();
    println!("{} sweeps, rho {rho}", one.sweeps);
    assert!((rho - 0.880).abs() < 0.005, "{rho}");
    // One conversation of 126 people, in which no factor helps to predict.
    for (factors, expect) in [(0, 0.2854), (1, 0.3199), (2, 0.3423), (3, 0.3532)] {
        let (count, loss, right) = held_out(factors);
        println!("{factors} factors: {loss}, {right}");
        assert_eq!(count, 1158);
        assert!((loss - expect).abs() < 0.02, "{factors} factors: {loss}, {right}");
    }
}
