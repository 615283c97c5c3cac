//! The group-informed consensus that Polis released, on all 371 statements of a real conversation.
#![allow(clippy::unwrap_used)]

use flate2::read::GzDecoder;
use medley_aggregation::{Vote, group_informed_consensus};
use std::collections::BTreeMap;
use std::fs::File;

fn table(file: &str) -> csv::Reader<GzDecoder<File>> {
    let path = format!("{}/../../datasets/polis/{file}", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()))
}

#[test]
fn consensus_is_as_released() {
    let mut people = table("bg2050.participants-votes.csv.gz");
    let headers = people.headers().unwrap().clone();
    let statements: Vec<&str> = headers.iter().skip(7).collect();
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
        let expect = released[*statement];
        assert!((found - expect).abs() <= 1e-12, "{statement}: {found} {expect}");
    }
}
