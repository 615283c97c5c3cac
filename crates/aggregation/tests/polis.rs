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

fn conversation(name: &str) -> Conversation {
    let mut people = table(&format!("{name}.participants-votes.csv.gz"));
    let headers = people.headers().unwrap().clone();
    let first = headers.iter().position(|column| column.parse::<u32>().is_ok()).unwrap();
    let group = headers.iter().position(|column| column == "group-id").unwrap();
    let statements = headers.iter().skip(first).map(str::to_owned).collect();
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
        groups.push(row[group].parse::<usize>().ok());
        votes.push(row.iter().skip(first).map(vote).collect::<Vec<_>>());
    }
    Conversation { votes, groups, statements }
}

#[test]
fn consensus_is_as_released() {
    let Conversation { votes, groups, statements } = conversation("bg2050");
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
fn held_out(conversation: &Conversation, factors: usize) -> (usize, f64, f64) {
    let Conversation { votes, statements, .. } = conversation;
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
    let options = BridgingOptions {
        form,
        factors,
        factor_sd: 1.0,
        people: true,
        votes_of_person: 0,
        votes_on_statement: 0,
        seed: 1,
    };
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

/// Against numbers that a program of another kind (Adam) found for the same objective and split: objective,
/// rank correlation of intercepts with consensus, and held-out loss with 0 to 3 factors.
fn check(name: &str, objective: f64, rho: f64, losses: &[f64]) {
    let conversation = conversation(name);
    let Conversation { votes, groups, .. } = &conversation;
    let start = std::time::Instant::now();
    let of = |seed| bridging(votes, &BridgingOptions { seed, ..BridgingOptions::default() });
    let one = of(1);
    println!("{name}: {} in {} sweeps, {:?}", one.objective, one.sweeps, start.elapsed());
    assert!((one.objective - objective).abs() < 6e-6, "{}", one.objective);
    let consensus = group_informed_consensus(votes, groups).unwrap();
    let standings = one.statements.iter().zip(&consensus);
    let (intercepts, consensus): (Vec<f64>, Vec<f64>) =
        standings.filter_map(|(of, consensus)| Some((of.as_ref()?.intercept, *consensus))).unzip();
    let found = spearman(&intercepts, &consensus).unwrap();
    println!("rho {found}, expected {rho}");
    assert!((found - rho).abs() < 0.005, "{found}");
    for (factors, expect) in losses.iter().enumerate() {
        let start = std::time::Instant::now();
        let (count, loss, right) = held_out(&conversation, factors);
        println!(
            "{factors} factors: {count} {loss:.4} {right:.4}, expected {expect}, {:?}",
            start.elapsed()
        );
        // With factors there are several optima.
        let within = if factors == 0 { 0.0006 } else { 0.03 };
        assert!((loss - expect).abs() < within, "{factors} factors: {loss}, {right}");
    }
}

#[test]
fn bridging_is_as_computed_elsewhere() {
    check("bg2050", 0.10952, 0.880, &[0.2854, 0.3199, 0.3423, 0.3532]);
}

#[test]
fn bridging_of_a_long_conversation() {
    check("vtaiwan_uberx", 0.13257, 0.964, &[0.4736, 0.3403, 0.3510, 0.3660]);
}

#[test]
fn bridging_of_a_large_conversation() {
    check("bowling_green", 0.12108, 0.909, &[0.4378, 0.3796]);
}

/// 0.3744 and 0.3659 after some 20 s.
#[test]
#[ignore = "half a minute"]
fn bridging_of_a_large_conversation_by_more_factors() {
    check("bowling_green", 0.12108, 0.909, &[0.4378, 0.3796, 0.3708, 0.3658]);
}
