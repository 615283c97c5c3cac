//! Text files whose lines nearly belong together, with tags that nearly fit.

use super::mappings::is_mapping;
use super::{Outcome, fuzz};
use medley_formats::{Reading, Seen, guess_lines, look_at};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Files by name.
type Files = Vec<(String, Vec<u8>)>;

/// A line of a few words.
fn words() -> impl Strategy<Value = String> {
    let word =
        prop::sample::select(vec!["a", "Ä", "OK", "0", "[x", "{\"b\":", "\"q", "c,d", "🙂", "-1"]);
    prop::collection::vec(word, 0..5).prop_map(|words| words.join(" "))
}

/// Tags for a line: as many as words, or with gaps, or a few too many.
fn tags(line: &str, scheme: usize, tag: &[usize]) -> String {
    let count = line.split_whitespace().count();
    let count = match scheme {
        0 => count,
        1 => 2 * count + 1,
        other => count + other,
    };
    const TAGS: [[&str; 2]; 3] = [["OK", "BAD"], ["0", "1"], ["GOOD", "minor"]];
    let pair = TAGS[tag.first().copied().unwrap_or(0) % 3];
    let tags = (0..count).map(|at| pair[tag.get(at).copied().unwrap_or(0) % 2]);
    tags.collect::<Vec<_>>().join(" ")
}

fn files() -> impl Strategy<Value = Files> {
    let lines = prop::collection::vec((words(), words()), 0..5);
    let names = prop::sample::select(vec![
        ["dev.src", "dev.mt", "dev.tags", "dev.pe"],
        ["x.de", "x.en", "x.labels", "x.y"],
        ["source.txt", "mt.txt", "tags.txt", "da.txt"],
        ["a", "b", "c", "d"],
    ]);
    let scheme = prop::sample::select(vec![0, 0, 0, 1, 1, 1, 2, 5]);
    let tag = prop::collection::vec(0..6_usize, 0..9);
    let flaw = prop::sample::select(vec!["", "", "", "", "line", "empty", "bytes", "mark"]);
    (lines, names, scheme, tag, flaw, any::<bool>()).prop_map(
        |(lines, names, scheme, tag, flaw, has_edits)| {
            let joined = |of: &dyn Fn(&(String, String)) -> String| {
                lines.iter().map(|line| of(line) + "\n").collect::<String>().into_bytes()
            };
            let mut files = vec![
                (names[0].to_owned(), joined(&|line| line.0.clone())),
                (names[1].to_owned(), joined(&|line| line.1.clone())),
                (names[2].to_owned(), joined(&|line| tags(&line.1, scheme, &tag))),
            ];
            if has_edits {
                files.push((names[3].to_owned(), joined(&|line| format!("{} z", line.1))));
            }
            let last = &mut files[2].1;
            match flaw {
                "line" => last.extend(b"OK\n"),
                "empty" => last.clear(),
                "bytes" => last.extend([0xff, 0xfe, b'\n']),
                "mark" => last.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
                _ => {}
            }
            files
        },
    )
}

/// What is guessed is a mapping that imports, also where what tags mean is then filled in.
fn is_guessed(files: Files) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("in");
    std::fs::create_dir(&source).unwrap();
    files.iter().for_each(|(name, bytes)| std::fs::write(source.join(name), bytes).unwrap());
    let seen = match look_at(std::slice::from_ref(&source), &Reading::default()) {
        Ok(seen) => seen,
        Err(error) => {
            prop_assert!(error.to_string().len() > 10, "{}", error);
            return Ok(());
        }
    };
    let Seen::Lines(lines) = seen else { return Ok(()) };
    let Ok(mut guess) = guess_lines(&lines) else { return Ok(()) };
    let critiques = guess.records.iter_mut().filter(|record| record.kind == "critique");
    for line in critiques.flat_map(|record| &mut record.lines) {
        if let ("values", Value::Object(values)) = (line.key, &mut line.value) {
            let open = values.values_mut().filter(|value| **value == json!("FILL IN"));
            open.for_each(|value| *value = json!("negative"));
        }
    }
    let named = lines.files.iter().map(|file| (file.column.clone(), json!(file.name)));
    let more = Map::from_iter([("lines".to_owned(), Value::Object(named.collect()))]);
    let each = |top: &[_], records: &[_]| is_mapping(&source, top, records, &more);
    if !guess.records.is_empty() {
        return each(&guess.top, &guess.records);
    }
    let choices = &guess.choices;
    choices.iter().try_for_each(|it| each(&it.top, std::slice::from_ref(&it.record)))
}

#[test]
fn what_is_guessed_of_files_of_lines_is_a_mapping() {
    fuzz("files of lines", 150, files(), is_guessed);
}
