//! What are text files called as columns?

use super::kind::parts;
use super::pieces::Piece;
use std::collections::BTreeSet;

/// A file, and the column that its lines are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFile {
    /// Name of the column.
    pub column: String,
    /// Path of the file in the folder or archive.
    pub name: String,
}

/// Each file by the part of its name that no other has: `dev.src` is `src`.
pub(super) fn named(pieces: &[Piece]) -> Vec<LineFile> {
    let all: Vec<Vec<&str>> = pieces.iter().map(|piece| parts(&piece.name)).collect();
    let last = |parts: &Vec<&str>| parts.last().copied().unwrap_or_default().to_owned();
    let begin = shared(all.iter().cloned());
    let end = shared(
        all.iter().map(|parts| parts[begin.min(parts.len())..].iter().rev().copied().collect()),
    );
    let middle = |parts: &Vec<&str>| parts[begin..parts.len() - end].join("_");
    let whole = |piece: &Piece| piece.name.replace(['/', '.'], "_");
    let candidates: [Vec<String>; 3] = [
        all.iter().map(last).collect(),
        all.iter().map(middle).collect(),
        pieces.iter().map(whole).collect(),
    ];
    let differ = |names: &&Vec<String>| {
        let different: BTreeSet<&String> = names.iter().collect();
        different.len() == names.len() && !different.contains(&String::new())
    };
    // Names that differ by a point and a dash alone are told apart by their place.
    let numbered = || (1..=pieces.len()).map(|number| format!("file_{number}")).collect();
    let columns = candidates.iter().find(differ).cloned().unwrap_or_else(numbered);
    let plain = |column: String| column.replace(['[', ']'], "_");
    let file = |(column, piece): (String, &Piece)| LineFile {
        column: plain(column),
        name: piece.name.clone(),
    };
    columns.into_iter().zip(pieces).map(file).collect()
}

/// How many parts all begin with.
fn shared<'a>(all: impl Iterator<Item = Vec<&'a str>>) -> usize {
    let common = all.reduce(|mut common, other| {
        let length = common.iter().zip(&other).take_while(|(one, other)| one == other).count();
        common.truncate(length);
        common
    });
    common.map_or(0, |common| common.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(name: &str) -> Piece {
        Piece { name: name.to_owned(), file: name.into(), member: None }
    }

    #[test]
    fn columns_are_called_by_what_tells_files_apart() {
        let check = |files: &[&str], expect: &[&str]| {
            let pieces: Vec<Piece> = files.iter().map(|name| piece(name)).collect();
            let columns: Vec<String> = named(&pieces).into_iter().map(|file| file.column).collect();
            assert_eq!(columns, expect, "{files:?}");
        };
        check(&["dev.src", "dev.mt", "dev.tags.gz"], &["src", "mt", "tags"]);
        check(&["d/dev.src", "d/dev.src-mt.alignments"], &["src", "alignments"]);
        check(&["source.txt", "mt.txt"], &["source", "mt"]);
        check(&["train.en.txt", "train.de.txt"], &["en", "de"]);
        check(&["a/x.txt", "b/x.txt"], &["a_x_txt", "b_x_txt"]);
        check(&["x", "x.x"], &["x", "x_x"]);
        check(&["a/x", "a_x"], &["x", "a_x"]);
    }
}
