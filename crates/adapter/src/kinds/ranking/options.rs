//! Options of `adapter.ranking`.

use crate::Sharing;
use serde::{Deserialize, Serialize};

/// How an order is read, and out of which records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ranking {
    /// Which records are orders.
    pub from: RankedBy,
    /// What equal ranks are.
    pub ties: TiedRanks,
    /// Whether people differ in how closely their orders follow returns.
    pub rationality: Sharing,
    /// Whether the first choice may be made with more care than the later ones: a deviation of the
    /// rationality at each stage but the first, in nats of its logarithm, and perhaps one of each
    /// person at all of them.
    pub stages: Stages,
}

/// Which records are orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankedBy {
    /// Rankings.
    #[default]
    Rankings,
    /// Comparisons: all that one person said about the segments of one prompt or episode, if every
    /// two of them are compared once and the answers are an order. Otherwise each of them is an
    /// order of two.
    Comparisons,
}

/// What equal ranks are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TiedRanks {
    /// An order that was not observed: how many are tied is taken as given, and says nothing.
    #[default]
    UnobservedOrder,
    /// An answer like any other, likelier if returns are close (Firth, Kosmidis and Turner 2019). Of
    /// two segments it is Davidson's tie.
    DavidsonLuce,
}

/// Whether stages of a ranking differ in rationality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stages {
    /// All are made alike, as Plackett and Luce have it.
    #[default]
    Alike,
    /// Each stage deviates, shrunk towards the first.
    Differ,
    /// So it does, and each annotator deviates from that at all stages but the first, by one
    /// number: how care fades differs between people more than where it does.
    PerAnnotator,
}
