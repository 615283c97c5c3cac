//! Many people want different things: what is chosen for all of them, and who is served by it?
//!
//! A [`Rule`] turns a [`Society`] (what each person thinks of each option, and what each person counts
//! for) into a [`Decision`]: a score of each option, and a lottery where the rule gives one. Rules are
//! named in TOML, know no dataset and no model, and each states what it needs: orders alone, utilities
//! that can be compared between people, groups, or what people have now.
//!
//! No rule is right. Which axioms each keeps and which it breaks is a table of tests
//! (`tests/axioms.rs`), whose failures are profiles and not opinions.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod borda;
mod bradley_terry;
mod bridging;
mod consensus;
mod copeland;
mod decision;
mod error;
mod jury;
mod kemeny;
mod leximax_copeland;
mod maximal_lottery;
mod maximin;
mod nash;
mod quantile;
mod random_dictator;
mod reweighting;
mod rule;
mod served;
mod society;
mod utilitarian;
mod utilities;
mod weights;

pub use borda::Borda;
pub use bradley_terry::BradleyTerry;
pub use bridging::{
    Ballot, Bridging, BridgingForm, BridgingOptions, Standing, bridging, bridging_of_ballots,
};
pub use consensus::{Vote, VoteError, group_informed_consensus};
pub use copeland::Copeland;
pub use decision::Decision;
pub use error::AggregationError;
pub use jury::Jury;
pub use kemeny::Kemeny;
pub use leximax_copeland::LeximaxCopeland;
pub use maximal_lottery::MaximalLottery;
pub use maximin::{Leximin, Over};
pub use nash::Nash;
pub use quantile::Quantile;
pub use random_dictator::RandomDictator;
pub use reweighting::{
    FlipPoint, Misreport, Mixed, Reweighted, change_between, flip_point, misreport, ternary_grid,
    winner_path,
};
pub use rule::Rule;
pub use served::{GroupServed, Served, masking_ratio, served};
pub use society::{People, Society, SocietyError};
pub use utilitarian::Utilitarian;
pub use utilities::Scale;
pub use weights::{WeightError, by_labels, by_shares, one_each};
