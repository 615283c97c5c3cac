//! Two answers side by side, and which of them was preferred.

use super::sides::{self, Side};
use super::table::{Table, is_prose, is_text};
use super::told::{FILL_IN, Line, RecordGuess};
use super::words::{self, CHOSEN, REJECTED, RESPONSE, WINNER};
use crate::{Column, Shape};
use serde_json::json;

/// Two columns of texts.
struct Pair<'a> {
    first: &'a Column,
    second: &'a Column,
    /// The words that tell them apart, unless the one is said to be the better.
    sides: Option<[&'static str; 2]>,
}

/// Comparisons, if two columns hold answers side by side.
pub(super) fn records(table: &Table<'_>) -> Vec<RecordGuess> {
    match ranked_pair(table).or_else(|| pair(table)) {
        None => Vec::new(),
        Some(pair @ Pair { sides: None, .. }) => {
            let mut record = started(table, &pair);
            let why = "guessed from the names: the first is the better";
            record.lines.push(Line::new("preference", json!({ "constant": "first" }), why));
            table.add_who(&mut record, None);
            vec![record]
        }
        Some(pair @ Pair { sides: Some(sides), .. }) => decided(table, &pair, sides),
    }
}

/// Two texts of which the names say which is the better.
fn ranked_pair<'a>(table: &Table<'a>) -> Option<Pair<'a>> {
    let texts: Vec<&Column> = table.texts().filter(|it| !words::is_meta(it.name())).collect();
    let rest = |column: &Column, known: &[&str]| {
        let words = words::words(column.name());
        let at = words.iter().position(|word| known.contains(&word.as_str()))?;
        let rest = words.iter().enumerate().filter(|(place, _)| *place != at);
        Some(rest.map(|(_, word)| word.clone()).collect::<Vec<_>>())
    };
    for first in &texts {
        let Some(shared) = rest(first, CHOSEN) else { continue };
        let is_other = |it: &&&Column| rest(it, REJECTED).is_some_and(|other| other == shared);
        if let Some(second) = texts.iter().find(is_other) {
            return Some(Pair { first, second, sides: None });
        }
    }
    // ms-swift: the conversation ends with the better answer.
    let second = texts.iter().find(|it| rest(it, REJECTED).is_some())?;
    let ends = |it: &&&Column| it.turns.is_some_and(|(turns, ends)| turns > 1 && ends);
    let first = texts.iter().find(|it| it.path != second.path && ends(it))?;
    Some(Pair { first, second, sides: None })
}

/// Two texts whose names differ by a word such as `a` and `b`: those that are called answers before
/// others, and the longer ones.
fn pair<'a>(table: &Table<'a>) -> Option<Pair<'a>> {
    let texts: Vec<&Column> = table.texts().filter(|it| !words::is_meta(it.name())).collect();
    let mut found: Vec<(usize, Pair<'a>)> = Vec::new();
    for first in &texts {
        for second in &texts {
            let Some((sides, shared)) = sides::sides(first.name(), second.name()) else { continue };
            if parent(&first.path) != parent(&second.path) {
                continue;
            }
            let name = shared.join("_");
            let rank = words::rank(&name, RESPONSE).unwrap_or(1000);
            let is_answer = rank < 1000 || is_prose(first) || shared.is_empty();
            if is_answer && !words::says(&name, WINNER_ONLY) {
                found.push((rank, Pair { first, second, sides: Some(sides) }));
            }
        }
    }
    found.into_iter().min_by_key(|(rank, _)| *rank).map(|(_, pair)| pair)
}

/// Words of columns that hold decisions, however their names differ.
const WINNER_ONLY: &[&str] = &["label", "vote", "annotator", "rater", "worker", "judge", "choice"];

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// A comparison of the pair; of whole conversations, their last turns are what is compared.
fn started(table: &Table<'_>, pair: &Pair<'_>) -> RecordGuess {
    let (one, other) = (&pair.first.path, &pair.second.path);
    let mut record =
        RecordGuess::new("comparison", format!("comparisons of `{one}` and `{other}`"));
    let taken = [one.as_str(), other.as_str()];
    let has_prompt = table.prompt(&taken).is_some();
    for (key, column) in [("first", pair.first), ("second", pair.second)] {
        match column.turns {
            Some((2.., _)) if !has_prompt => {
                record.text(key, &format!("{}[-1]", column.path), "the last turn");
                record.asked.get_or_insert_with(|| format!("{}[:-1]", column.path));
            }
            _ => record.text(key, &column.path, ""),
        }
    }
    record
}

/// A record for each column that says who won.
fn decided(table: &Table<'_>, pair: &Pair<'_>, sides: [&'static str; 2]) -> Vec<RecordGuess> {
    let winners = winners(table, pair, sides);
    if winners.is_empty() {
        let mut record = started(table, pair);
        let why = "the column that says which is better, with `values` that say what it means";
        record.lines.push(Line::open("preference", why));
        table.add_who(&mut record, None);
        return vec![record];
    }
    let several = winners.len() > 1;
    let record = |winner: &&Column| {
        let mut record = started(table, pair);
        record.title = format!("{}, decided by `{}`", record.title, winner.path);
        preference(&mut record, winner, sides);
        if several {
            named_apart(&mut record, winner);
        }
        table.add_who(&mut record, Some(winner));
        record
    };
    winners.iter().map(record).collect()
}

fn preference(record: &mut RecordGuess, winner: &Column, sides: [&'static str; 2]) {
    if winner.values.is_empty() || is_share(winner) {
        record.lines.push(Line::column("share", &winner.path, "numbers, not one of a few answers"));
        let scale = json!({ "first": FILL_IN, "second": FILL_IN });
        let (low, high) = winner.range.unwrap_or_default();
        let why = format!(
            "found {low} to {high}: the number that says all for `{}`, and that for the other",
            record.texts[0]
        );
        record.lines.push(Line::new("share_scale", scale, why));
        return;
    }
    let meanings = sides::meanings(&winner.values, sides);
    let is_open = meanings.iter().any(|(_, side)| side.is_none());
    let counts: Vec<String> =
        winner.values.iter().map(|(value, count)| format!("{value:?} {count}")).collect();
    let why = match is_open {
        true => format!(
            "put \"first\" (`{}`), \"second\", \"tie\" or \"skip\" for each; found {}",
            record.texts[0],
            counts.join(", ")
        ),
        false => format!("guessed; found {}", counts.join(", ")),
    };
    record.lines.push(Line::column("preference", &winner.path, ""));
    record.lines.push(Line::new("values", sides::table(&meanings, FILL_IN), why));
}

/// Numbers that are shares or grades, and not one of two or three answers.
fn is_share(winner: &Column) -> bool {
    winner.shape == Shape::Number && (!winner.is_whole || winner.values.len() > 3)
}

/// Several columns decide: each is another person's, or about another aspect.
fn named_apart(record: &mut RecordGuess, winner: &Column) {
    let name = json!({ "constant": winner.name() });
    let line = match words::is_numbered_annotator(winner.name()) {
        true => Line::new("annotator", name, "guessed: each column is another person's"),
        false => Line::new("source", name, "guessed: each column is about something else"),
    };
    record.lines.push(line);
}

/// Columns that say who won: those whose values all name a side, of these those that are called so.
fn winners<'a>(table: &Table<'a>, pair: &Pair<'_>, sides: [&'static str; 2]) -> Vec<&'a Column> {
    let is_pair =
        |column: &Column| [pair.first, pair.second].iter().any(|it| it.path == column.path);
    let mut ranked: Vec<(u8, &Column)> = Vec::new();
    for column in table.columns().filter(|it| !is_pair(it)) {
        let name = column.name();
        let is_other = words::is_id(name) || words::time(name).is_some();
        if is_other || words::is_annotator(name) && !words::is_numbered_annotator(name) {
            continue;
        }
        let is_named = words::says(name, WINNER) && !(is_text(column) && is_prose(column));
        let means = sides::meanings(&column.values, sides);
        let sided = |side: Side| means.iter().any(|(_, found)| *found == Some(side));
        let is_told = !means.is_empty() && means.iter().all(|(_, side)| side.is_some());
        let is_decision =
            is_told && (sided(Side::First) || sided(Side::Second) || sided(Side::Tie));
        let is_number = column.shape == Shape::Number;
        let rank = match (is_decision, is_named) {
            (true, true) => 0,
            (true, false) if sided(Side::First) && sided(Side::Second) => 1,
            (false, true) if !column.values.is_empty() || is_number => 2,
            _ => continue,
        };
        // The model that wrote a side is no decision about it.
        if words::is_meta(name) || sides_of_pair(name, pair) {
            continue;
        }
        ranked.push((rank, column));
    }
    let best = ranked.iter().map(|(rank, _)| *rank).min();
    ranked.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, column)| column).collect()
}

/// Whether a column is about one side only, as `score_a` is.
fn sides_of_pair(name: &str, pair: &Pair<'_>) -> bool {
    let side = |column: &Column| {
        let [one, other] = [words::words(column.name()), words::words(name)];
        let last = |words: &[String]| words.last().cloned();
        last(&one) == last(&other) && one.len() > 1
    };
    let numbered = words::is_numbered_annotator(name);
    !numbered && (side(pair.first) || side(pair.second))
}
