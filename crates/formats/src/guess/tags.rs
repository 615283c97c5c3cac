//! Text files whose lines belong together: which of them are tags for the words of which text, and what the
//! rest is.
//!
//! Tags are told by their numbers: in each line as many as the text has words, or twice as many and one
//! more where gaps are tagged too. What a tag means is told by its name only.

use super::mapping::{Guess, guess};
use super::table::{Table, is_prose};
use super::told::{FILL_IN, Line, RecordGuess};
use super::top::top;
use super::unused::unused;
use super::words::{self, PROMPT, RESPONSE};
use crate::rows::refusal::unfit;
use crate::{ImportError, Lines, Sight, Tags, Words};
use serde_json::{Map, Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Names of files of tags.
const TAGS: &[&str] = &["tag", "label", "annotation"];
const GOOD: &[&str] = &["ok", "good", "correct", "right", "none", "keep"];
const BAD: &[&str] = &["bad", "err", "error", "wrong", "incorrect"];
/// How often a tag occurs at least, on average; words of a text do not.
const REPEATED: u64 = 4;

/// Guesses a mapping for text files whose lines belong together.
///
/// # Errors
/// A file of tags fits the words of no other file in half of the lines.
pub fn guess_lines(lines: &Lines) -> Result<Guess, ImportError> {
    let mut found = Vec::new();
    for (column, words) in &lines.words {
        found.extend(tagged(lines, column, words)?);
    }
    let place = |column: &str| lines.files.iter().position(|file| file.column == column);
    found.sort_by_key(|tags| place(&tags.tags));
    let is_tag = |path: &str| found.iter().any(|tags| tags.tags == path);
    let rest = Sight {
        rows: lines.sight.rows,
        columns: lines.sight.columns.iter().filter(|it| !is_tag(&it.path)).cloned().collect(),
        ..Sight::default()
    };
    let table = Table::new(&rest);
    // Tags of what was asked say nothing about an answer.
    let texts = table.texts().filter(|column| is_prose(column)).count();
    let is_of_answer = |tags: &&Tags| {
        texts == 1 || !words::says(&tags.text, PROMPT) || words::says(&tags.text, RESPONSE)
    };
    let of_answers: Vec<&Tags> = found.iter().filter(is_of_answer).collect();
    if of_answers.is_empty() {
        let tags = found.iter().map(|tags| tags.tags.clone());
        let mut guess = guess(&rest);
        guess.unused.extend(tags);
        return Ok(guess);
    }
    let several = of_answers.len() > 1;
    let mut records: Vec<RecordGuess> =
        of_answers.iter().map(|tags| critique(lines, &table, tags, several)).collect();
    let is_sure = |record: &RecordGuess| {
        !matches!(record.kind, FILL_IN | "demonstration" | "comparison")
            && !record.lines.iter().any(Line::is_open)
            && record.texts.iter().any(|text| of_answers.iter().any(|tags| tags.text == *text))
    };
    records.extend(guess(&rest).records.into_iter().filter(is_sure));
    let top = match asked(&table, &records) {
        Some(line) => vec![line],
        None => top(&table, &records),
    };
    let unused = unused(&lines.sight, &top, &records);
    Ok(Guess { top, records, unused, choices: Vec::new() })
}

/// The one text that is left, if no name tells the prompt.
fn asked(table: &Table<'_>, records: &[RecordGuess]) -> Option<Line> {
    let taken: Vec<&str> =
        records.iter().flat_map(|record| &record.texts).map(String::as_str).collect();
    let mut others = table.texts().filter(|it| is_prose(it) && !taken.contains(&it.path.as_str()));
    let (only, another) = (others.next()?, others.next());
    let is_named = table.prompt(&taken).is_some();
    (another.is_none() && !is_named)
        .then(|| Line::column("prompt", &only.path, "guessed: the only other text"))
}

/// Whether and how a column is tags for the words of another.
fn tagged(lines: &Lines, column: &str, words: &Words) -> Result<Option<Tags>, ImportError> {
    let Some(counts) = &words.counts else { return Ok(None) };
    let is_named = is_named(column, words);
    if !is_named && words.all < REPEATED * counts.len() as u64 {
        return Ok(None);
    }
    // A text has more different words than there are tags.
    let is_text = |text: &str| {
        let Some(other) = lines.words.get(text) else { return false };
        let is_varied = other.counts.as_ref().is_none_or(|other| other.len() > counts.len());
        !self::is_named(text, other) && (is_varied || is_named)
    };
    let of_it = lines.tags.iter().filter(|tags| tags.tags == column && is_text(&tags.text));
    let best = of_it.max_by_key(|tags| {
        let names = (shared(column, &tags.text), !words::says(&tags.text, PROMPT));
        (tags.fitting, names, Reverse(words::rank(&tags.text, RESPONSE).unwrap_or(1000)))
    });
    let Some(best) = best else { return Ok(None) };
    match best.fitting > 0 && 2 * best.fitting >= with_words(lines, &best.text) {
        true => Ok(Some(best.clone())),
        false if is_named => Err(refused(lines, column)),
        false => Ok(None),
    }
}

/// Whether a column is called tags, or holds nothing else than tags that are known; in some line several.
fn is_named(column: &str, words: &Words) -> bool {
    let is_known = |counts: &BTreeMap<String, u64>| {
        !counts.is_empty() && counts.keys().all(|tag| meaning(tag).is_some())
    };
    let is_of_few = words.counts.is_some();
    let is_known = words.counts.as_ref().is_some_and(is_known);
    (is_of_few && words::says(column, TAGS) || is_known) && words.all > words.lines
}

/// How many words two names have in common: `src_tags` are those of `src`, `source_tags` too.
fn shared(one: &str, other: &str) -> usize {
    let (one, other) = (words::words(one), words::words(other));
    let is_prompt = |words: &[String]| words.iter().any(|word| PROMPT.contains(&word.as_str()));
    let both = usize::from(is_prompt(&one) && is_prompt(&other));
    one.iter().filter(|word| other.contains(word)).count() + both
}

/// The error of tags that fit no text.
fn refused(lines: &Lines, column: &str) -> ImportError {
    let name = |column: &str| {
        let file = lines.files.iter().find(|file| file.column == column);
        file.map_or_else(|| column.to_owned(), |file| file.name.clone())
    };
    let is_text = |text: &str| lines.words.get(text).is_some_and(|it| !is_named(text, it));
    let of_it = lines.tags.iter().filter(|tags| tags.tags == column && !tags.with_gaps);
    let told = of_it.filter(|tags| is_text(&tags.text)).filter_map(|tags| {
        let [line, found, words] = tags.first_off?;
        let text = name(&tags.text);
        Some(format!("{found} for the {words} of `{text}` in line {line}"))
    });
    let told: Vec<String> = told.collect();
    let expected = format!(
        "as many tags in `{}` as one of the texts has words between white space (n), or words and gaps \
         (2n + 1)",
        name(column)
    );
    unfit(&lines.root, &expected, &told.join(", "))
}

fn critique(lines: &Lines, table: &Table<'_>, tags: &Tags, several: bool) -> RecordGuess {
    let Tags { tags: column, text, with_gaps, fitting, first_off } = tags;
    let mut record = RecordGuess::new("critique", title(lines, tags));
    if let (true, Some([line, found, words])) = (*fitting < with_words(lines, text), first_off) {
        record.title += &format!(
            "; another number stops an import (`--on-bad-row skip` leaves such lines out): line {line} has \
             {found} tags for {words} words"
        );
    }
    record.text("segment", text, "");
    record.lines.push(Line::new("polarity", json!({ "column": column, "split": " " }), ""));
    record.lines.push(values(lines.words.get(column)));
    record.lines.push(match with_gaps {
        false => Line::new("tags", json!("words"), "guessed: a tag for each word"),
        true => {
            let why = "guessed: 2n + 1 tags for n words; those of gaps are counted and left out, or with \
                       gaps = \"whole\" critiques of the whole text";
            Line::new("tags", json!("words-and-gaps"), why)
        }
    });
    let why = "guessed: who marks no word finds the text neither good nor bad; else \"skip\"";
    record.lines.push(Line::new("unmarked", json!("neutral"), why));
    if several {
        let why = "guessed: each file is another question; or annotator = ...";
        record.lines.push(Line::new("source", json!({ "constant": column }), why));
    }
    table.add_who(&mut record, None);
    record
}

fn title(lines: &Lines, tags: &Tags) -> String {
    let Tags { tags: column, text, with_gaps, fitting, .. } = tags;
    let number = match with_gaps {
        true => "2n + 1 tags for its n words, of gaps too,",
        false => "a tag for each of its words",
    };
    let all = with_words(lines, text);
    let share = if *fitting == all { "each".to_owned() } else { fitting.to_string() };
    format!("critiques of the words of `{text}`: `{column}` has {number} in {share} of {all} lines")
}

/// Lines in which the text has words.
fn with_words(lines: &Lines, text: &str) -> u64 {
    lines.words.get(text).map_or(0, |words| words.lines)
}

/// What each tag says of its word.
fn values(words: Option<&Words>) -> Line {
    let none = BTreeMap::new();
    let counts = words.and_then(|words| words.counts.as_ref()).unwrap_or(&none);
    let meant = |tag: &String| (tag.clone(), json!(meaning(tag).unwrap_or(FILL_IN)));
    let values: Map<String, Value> = counts.keys().map(meant).collect();
    let found: Vec<String> = counts.iter().map(|(tag, count)| format!("{tag:?} {count}")).collect();
    let is_open = counts.keys().any(|tag| meaning(tag).is_none());
    let why = match is_open {
        true => {
            "put \"negative\" for the tag of a wrong word, \"skip\" for one that marks nothing, or \
                 \"neutral\" or \"positive\""
        }
        false => "guessed; \"skip\" marks nothing",
    };
    Line::new("values", Value::Object(values), format!("{why}; found {}", found.join(", ")))
}

fn meaning(tag: &str) -> Option<&'static str> {
    let small = tag.to_lowercase();
    match () {
        () if GOOD.contains(&small.as_str()) => Some("skip"),
        () if BAD.contains(&small.as_str()) => Some("negative"),
        () => None,
    }
}
