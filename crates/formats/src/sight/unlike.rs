//! The error of files that are neither one table nor have lines that belong together: what is there, and
//! what can be done with it.

use super::command::command;
use super::kind::Kind;
use super::pieces::{Piece, Pieces};
use crate::ImportError;
use crate::rows::place::shortened;
use crate::rows::refusal::unfit;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Files, and columns of each, that are told of.
const SHOWN: usize = 30;

const EXPECTED: &str =
    "one table (also in pieces with the same columns), or text files whose lines belong together";

/// Tells what each file is, and what can be done.
pub(super) fn unlike(pieces: &Pieces, kinds: &[Kind]) -> ImportError {
    let count = pieces.files.len() + pieces.folders.len();
    let mut found = if count == 1 { "this:".to_owned() } else { format!("these {count}:") };
    for (piece, kind) in pieces.files.iter().zip(kinds).take(SHOWN) {
        let _ = write!(found, "\n    {}: {}", piece.name, told(kind));
    }
    for name in pieces.folders.iter().take(SHOWN) {
        let _ = write!(found, "\n    {name}: a folder");
    }
    let shown = pieces.files.len().min(SHOWN) + pieces.folders.len().min(SHOWN);
    if count > shown {
        let _ = write!(found, "\n    and {} more", count - shown);
    }
    for advice in advice(pieces, kinds) {
        let _ = write!(found, "\n{advice}");
    }
    unfit(&pieces.root, EXPECTED, &found)
}

fn told(kind: &Kind) -> String {
    match kind {
        Kind::Lines(first) => format!("text in lines, the first: {}", shortened(first)),
        Kind::Table(columns) => {
            let more = columns.len().saturating_sub(SHOWN);
            let shown: Vec<String> =
                columns.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("a table with {}{more}", shown.join(", "))
        }
        Kind::Hdf5 => "HDF5".to_owned(),
        Kind::Other(found) => found.clone(),
    }
}

fn advice(pieces: &Pieces, kinds: &[Kind]) -> Vec<String> {
    let of = |is_it: fn(&Kind) -> bool| -> Vec<&Piece> {
        let both = pieces.files.iter().zip(kinds).filter(|(_, kind)| is_it(kind));
        both.map(|(piece, _)| piece).collect()
    };
    let root = pieces.root.display();
    let lone = of(|kind| !matches!(kind, Kind::Lines(_) | Kind::Other(_)));
    let lines = of(|kind| matches!(kind, Kind::Lines(_)));
    let mut advice = Vec::new();
    if pieces.root.join("dataset.toml").is_file() {
        advice.push(format!("It is a dataset of Medley: `medley doctor {root}` examines it"));
        return advice;
    }
    let has_segments = |piece: &&&Piece| piece.name.starts_with("segments.");
    if !pieces.is_archive && lone.iter().any(|piece| has_segments(&piece)) {
        advice.push(format!(
            "`medley import tables {root} <folder>` reads tables of segments and feedback"
        ));
    }
    if let Some(piece) = lone.first() {
        advice.push(format!("`{}` looks at one of them", looking(pieces, &[piece])));
    }
    if let Some((one, other, column)) = shared(pieces, kinds) {
        advice.push(format!(
            "`{one}` and `{other}` both have `{column}`: if that is a key, `[import.columns.join]` in a \
             mapping of the one brings the columns of the other (docs/DATA.md)"
        ));
    }
    let has_others = lines.len() < pieces.files.len() || !pieces.folders.is_empty();
    if lines.len() > 1 && has_others && !pieces.is_archive {
        advice.push(format!(
            "`{}` looks at texts whose lines belong together",
            looking(pieces, &lines)
        ));
    }
    if let Some(folder) = pieces.folders.first() {
        let path = pieces.root.join(folder);
        advice.push(format!("`{}` looks at that folder", command(&[path])));
    }
    if !pieces.is_archive {
        advice.push(
            "An importer may read the folder as it was released: `medley list importers`"
                .to_owned(),
        );
    }
    advice
}

fn looking(pieces: &Pieces, files: &[&Piece]) -> String {
    if pieces.is_archive {
        let member = files.first().map_or("", |piece| piece.name.as_str());
        return format!("{} --member {member}", command(std::slice::from_ref(&pieces.root)));
    }
    command(&files.iter().map(|piece| piece.file.clone()).collect::<Vec<_>>())
}

/// Two tables that have a column in common and others of their own.
fn shared<'a>(pieces: &'a Pieces, kinds: &'a [Kind]) -> Option<(&'a str, &'a str, &'a str)> {
    let tables: Vec<(&str, &BTreeSet<String>)> = pieces
        .files
        .iter()
        .zip(kinds)
        .filter_map(|(piece, kind)| match kind {
            Kind::Table(columns) if !pieces.is_archive => Some((piece.name.as_str(), columns)),
            _ => None,
        })
        .collect();
    tables.iter().enumerate().find_map(|(place, (one, columns))| {
        tables[place + 1..].iter().find_map(|(other, others)| {
            let column = columns.intersection(others).next()?;
            Some((*one, *other, column.as_str()))
        })
    })
}
