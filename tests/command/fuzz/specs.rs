//! Experiments with a slip of the pen: accepted as what they say, or refused at their line.

use super::bytes::specs::spec;
use super::edits::{Edit, edit, edited};
use super::fuzz;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn carried(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            carried(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
}

/// Texts of the experiments that come with Medley.
fn seeds() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("docs/default.toml")];
    carried(&root.join("experiments"), &mut files);
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// A change of a line.
#[derive(Clone, Debug)]
enum Slip {
    Without(u16),
    Twice(u16),
    Swapped(u16, u16),
    /// The value behind `=` is another.
    Value(u16, &'static str),
    /// A line of another experiment is put in.
    From(u16, usize, u16),
    /// A commented line is said.
    Said(u16),
}

const VALUES: [&str; 24] = [
    "0",
    "-1",
    "1",
    "2.5",
    "1e400",
    "nan",
    "inf",
    "-0.0",
    "99999999999999999999",
    "9223372036854775807",
    "\"\"",
    "\"x\"",
    "\"comparisons\"",
    "[]",
    "[0, 0]",
    "[1e-3, \"x\"]",
    "{}",
    "{ x = 1 }",
    "true",
    "{ joint = {} }",
    "\"\\u0000\"",
    "{ separate = {}, joint = {} }",
    "1979-05-27",
    "{ orders = 3 }",
];

fn slip(count: usize) -> impl Strategy<Value = Slip> {
    let at = || any::<u16>();
    prop_oneof![
        1 => at().prop_map(Slip::Without),
        1 => at().prop_map(Slip::Twice),
        1 => (at(), at()).prop_map(|(one, other)| Slip::Swapped(one, other)),
        4 => (at(), prop::sample::select(VALUES.to_vec())).prop_map(|(at, value)| Slip::Value(at, value)),
        2 => (at(), 0..count, at()).prop_map(|(at, file, line)| Slip::From(at, file, line)),
        2 => at().prop_map(Slip::Said),
    ]
}

fn slipped(text: &str, slips: &[Slip], seeds: &[String]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for slip in slips {
        let place =
            |at: u16, count: usize| (count * at as usize / 65536).min(count.saturating_sub(1));
        let count = lines.len();
        if count == 0 {
            break;
        }
        match slip {
            Slip::Without(at) => _ = lines.remove(place(*at, count)),
            Slip::Twice(at) => {
                let line = lines[place(*at, count)].clone();
                lines.insert(place(*at, count), line);
            }
            Slip::Swapped(one, other) => lines.swap(place(*one, count), place(*other, count)),
            Slip::Value(at, value) => {
                let having: Vec<usize> =
                    (0..count).filter(|&it| lines[it].contains(" = ")).collect();
                if let Some(&line) = having.get(place(*at, having.len())) {
                    let key = lines[line].split(" = ").next().unwrap_or_default().to_owned();
                    lines[line] = format!("{key} = {value}");
                }
            }
            Slip::From(at, file, line) => {
                let others: Vec<&str> = seeds[*file].lines().collect();
                lines.insert(place(*at, count), others[place(*line, others.len())].to_owned());
            }
            Slip::Said(at) => {
                let silent: Vec<usize> =
                    (0..count).filter(|&it| lines[it].starts_with("# ")).collect();
                if let Some(&line) = silent.get(place(*at, silent.len())) {
                    lines[line] = lines[line].trim_start_matches(['#', ' ']).to_owned();
                }
            }
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn experiments_with_slips_are_read_or_refused_at_their_line() {
    let seeds = seeds();
    let inputs = (
        prop::sample::select(seeds.clone()),
        prop::collection::vec(slip(seeds.len()), 0..4),
        prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(edit(MARKS), 1..3)],
    );
    fuzz("experiments", 2500, inputs, |(text, slips, edits): (String, Vec<Slip>, Vec<Edit>)| {
        let bytes = edited(slipped(&text, &slips, &seeds).into_bytes(), &edits);
        if let Ok(text) = String::from_utf8(bytes) {
            spec(&text);
        }
        Ok(())
    });
}

const MARKS: &[&[u8]] = &[
    b"\"", b"[", b"]", b"{", b"}", b"=", b".", b"\n", b"#", b"'''", b"\"\"\"", b"\\u", b"-", b"e",
];
