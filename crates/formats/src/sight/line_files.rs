//! Text files whose n-th lines belong together: which columns they are, and what stands in these.

use super::command::command;
use super::kind::parts;
use super::line_names::{LineFile, named};
use super::pieces::{Piece, Pieces};
use super::table::{Looking, Sight};
use super::tokens::{Tags, Tokens, Words};
use crate::rows::content::{damaged, open_lines};
use crate::rows::refusal::unfit;
use crate::rows::{Found, lines};
use crate::{ImportError, Reading};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::PathBuf;

/// Files that are looked at together; each is compared to each.
const MOST: usize = 40;

/// Text files whose n-th lines belong together.
#[derive(Clone, Debug)]
pub struct Lines {
    /// The folder or the archive that they are in.
    pub root: PathBuf,
    /// The files, in the order of their names, or as they were named.
    pub files: Vec<LineFile>,
    /// Their lines as a table.
    pub sight: Sight,
    /// Which of them may be tags for the words of which others.
    pub tags: Vec<Tags>,
    /// The words of each column.
    pub words: BTreeMap<String, Words>,
}

/// Looks at text files whose n-th lines belong together.
///
/// # Errors
/// They do not have the same number of lines, cannot be read to their end, or have no line.
pub(super) fn look_at_lines(pieces: &Pieces, reading: &Reading<'_>) -> Result<Lines, ImportError> {
    if pieces.files.len() > MOST {
        let found = format!("{}; name those that belong together", pieces.files.len());
        return Err(unfit(&pieces.root, &format!("at most {MOST} text files"), &found));
    }
    refuse_uneven(pieces, reading)?;
    let files = named(&pieces.files);
    let by_column: BTreeMap<String, String> =
        files.iter().map(|file| (file.column.clone(), file.name.clone())).collect();
    let mut looking = Looking::default();
    let mut tokens = Tokens::new(files.iter().map(|file| file.column.clone()).collect());
    lines::rows(&pieces.root, &by_column, reading, &mut |found| {
        if let Found::Row(Ok(row)) = &found {
            let text = |file: &LineFile| row.fields.get(&file.column).and_then(Value::as_str);
            let texts: Vec<&str> = files.iter().map(|it| text(it).unwrap_or_default()).collect();
            tokens.line(row.place.number, &texts);
        }
        looking.take(found, reading)
    })?;
    let (tags, words) = tokens.finish();
    let mut sight = looking.finish(&pieces.root)?;
    let place = |path: &str| {
        let is_at = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        files.iter().position(|file| path.strip_prefix(file.column.as_str()).is_some_and(is_at))
    };
    sight.columns.sort_by_key(|column| place(&column.path));
    Ok(Lines { root: pieces.root.clone(), files, sight, tags, words })
}

/// # Errors
/// The files do not have the same number of lines: those of each, and which of them belong together.
fn refuse_uneven(pieces: &Pieces, reading: &Reading<'_>) -> Result<(), ImportError> {
    let mut counts = Vec::new();
    for piece in &pieces.files {
        counts.push((count(piece, &piece.reading(reading))?, piece));
    }
    if counts.iter().all(|(count, _)| *count == 0) {
        let names: Vec<String> =
            pieces.files.iter().map(|piece| format!("`{}`", piece.name)).collect();
        return Err(unfit(&pieces.root, "lines of text", &format!("none in {}", names.join(", "))));
    }
    let sets = sets(&counts);
    let is_even = counts.windows(2).all(|both| both[0].0 == both[1].0);
    if is_even && (pieces.are_named || sets.len() < 2) {
        return Ok(());
    }
    if is_even {
        let found = format!("{}, by their names:{}", sets.len(), advice(pieces, &sets));
        return Err(unfit(&pieces.root, "one set of files whose lines belong together", &found));
    }
    let told: Vec<String> =
        counts.iter().map(|(count, piece)| format!("{count} in `{}`", piece.name)).collect();
    let mut found = told.join(", ");
    if !sets.is_empty() {
        found += &format!("; by names and numbers these belong together:{}", advice(pieces, &sets));
    }
    Err(unfit(&pieces.root, "the same number of lines in each file", &found))
}

/// Files that begin with the same name and have the same number of lines: those of training and of test
/// side by side.
fn sets<'a>(counts: &[(u64, &'a Piece)]) -> Vec<Vec<&'a Piece>> {
    let mut sets: BTreeMap<(String, u64), Vec<&Piece>> = BTreeMap::new();
    for (count, piece) in counts {
        let folder = piece.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let first = parts(&piece.name).first().copied().unwrap_or_default();
        sets.entry((format!("{folder}/{first}"), *count)).or_default().push(piece);
    }
    sets.into_values().filter(|set| set.len() > 1).collect()
}

/// What looks at each set; members of an archive cannot be named.
fn advice(pieces: &Pieces, sets: &[Vec<&Piece>]) -> String {
    let set = |set: &Vec<&Piece>| match pieces.is_archive {
        true => set.iter().map(|piece| piece.name.clone()).collect::<Vec<_>>().join(" "),
        false => command(&set.iter().map(|piece| piece.file.clone()).collect::<Vec<_>>()),
    };
    let end = if pieces.is_archive { "\nUnpack the archive to look at them" } else { "" };
    sets.iter().map(|it| format!("\n    {}", set(it))).collect::<String>() + end
}

fn count(piece: &Piece, reading: &Reading<'_>) -> Result<u64, ImportError> {
    let mut reader = open_lines(&piece.file, reading)?;
    let mut count = 0;
    let broken = |error| damaged(&piece.file, &error);
    loop {
        let bytes = reader.fill_buf().map_err(broken)?;
        if bytes.is_empty() {
            return Ok(count);
        }
        let used = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        let is_end = bytes[used - 1] == b'\n';
        reader.consume(used);
        // The last line may end with the file.
        count += u64::from(is_end || at_end(&mut reader).map_err(broken)?);
    }
}

fn at_end(reader: &mut impl BufRead) -> std::io::Result<bool> {
    Ok(reader.fill_buf()?.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_they_are_read() {
        let check = |content: &str, expect: u64| {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a");
            std::fs::write(&file, content).unwrap();
            let piece = Piece { name: "a".to_owned(), file, member: None };
            assert_eq!(count(&piece, &Reading::default()).unwrap(), expect, "{content:?}");
        };
        check("", 0);
        check("\n", 1);
        check("a\nb", 2);
        check("a\n\nb\n", 3);
        check(&"x".repeat(100_000), 1);
    }
}
