//! `medley merge`: several dataset folders become one.

use super::arguments::SameName;
use super::said::Said;
use super::simulate::wrote;
use medley_dataset::{Kind, Merge};
use medley_feedback::{
    Approval, Comparison, Correction, Critique, Demonstration, Description, Ranking, Rating, Stop,
};
use std::path::{Path, PathBuf};

/// Writes the merged dataset; returns the report.
pub(super) fn merge(
    folder: &Path,
    datasets: &[PathBuf],
    people: Option<SameName>,
) -> anyhow::Result<Said> {
    let kinds = [
        Kind::of::<Approval>(),
        Kind::of::<Comparison>(),
        Kind::of::<Correction>(),
        Kind::of::<Critique>(),
        Kind::of::<Demonstration>(),
        Kind::of::<Description>(),
        Kind::of::<Ranking>(),
        Kind::of::<Rating>(),
        Kind::of::<Stop>(),
    ];
    let same_name = people.map(|people| match people {
        SameName::Same => medley_dataset::SameName::One,
        SameName::Apart => medley_dataset::SameName::Two,
    });
    let merge = Merge { same_name, person: medley_formats::person, kinds: &kinds };
    let report = merge.merge(folder, datasets)?;
    Ok(wrote(&report, folder))
}
