//! The TOML file of an import, with what was seen and why it is taken for what it is.

use super::line::{counted, inline, key, quoted, shown};
use super::plan::{Plan, Rows};
use super::seen::{head, reading};
use medley_formats::{Choice, FILL_IN, Fit, Line, RecordGuess};
use medley_toml_file::Linked;
use std::fmt::Write;

/// A mapping. `others` are importers that read the file as well.
pub(super) fn columns(plan: &Plan<'_>, rows: &Rows<'_>, others: &[(String, Fit)]) -> String {
    let guess = rows.guess;
    let mut text = head(plan, rows.sight);
    text += &reading(plan);
    let _ = writeln!(text, "[import.columns]");
    let _ = writeln!(text, "name = {}", quoted(&plan.name));
    text += "licence = \"\"         # of the data, for whoever reads the dataset\n";
    text += &lines(&guess.top);
    let is_known = guess.records.iter().any(|record| record.kind != FILL_IN);
    if guess.top.is_empty() && is_known {
        text += "# prompt = \"...\"      # none was found: each row is an item of its own\n";
    }
    text += &line_files(rows);
    guess.records.iter().for_each(|it| text += &record(it));
    text += &choices(&guess.choices);
    text += &left(rows);
    for (name, fit) in others {
        let rest = match fit.left.is_empty() {
            true => String::new(),
            false => format!(", without {}", shown(&fit.left.join(", "), 200)),
        };
        let _ = writeln!(text, "# `medley import {name}` reads these rows as well{rest}.");
    }
    text
}

/// A record under its title.
fn record(record: &RecordGuess) -> String {
    format!("\n# {}.\n{}", shown(&capital(&record.title), 600), fields(record))
}

fn fields(record: &RecordGuess) -> String {
    let why = match record.kind {
        FILL_IN => "put a kind here, and its fields below",
        _ => "",
    };
    let kind = Line { key: "kind", value: record.kind.into(), why: why.to_owned() };
    format!("[[import.columns.records]]\n{}", lines(&[&[kind], &record.lines[..]].concat()))
}

/// Whole mappings within comments. What stays one when a block's comment is taken off begins with `##`.
fn choices(choices: &[Choice]) -> String {
    if choices.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## No column says what people thought. Each block below would be a whole mapping: take the \"# \"\n\
         ## off all lines of the one that is meant (docs/DATA.md has all kinds and their fields).\n",
    );
    for choice in choices {
        let _ = writeln!(text, "\n## {}:", shown(&capital(&choice.record.title), 400));
        let block = lines(&choice.top) + &fields(&choice.record);
        block.lines().for_each(|line| _ = writeln!(text, "# {line}"));
    }
    text
}

/// The files whose lines are the columns; those that nothing names stand within comments.
fn line_files(rows: &Rows<'_>) -> String {
    if rows.files.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n# Their n-th lines are a row.\n[import.columns.lines]\n");
    for file in rows.files {
        let mark = if rows.guess.unused.contains(&file.column) { "# " } else { "" };
        let _ = writeln!(text, "{mark}{} = {}", key(&file.column), quoted(&file.name));
    }
    text
}

/// The options of an importer that reads the file as it is.
pub(super) fn named(
    plan: &Plan<'_>,
    rows: &Rows<'_>,
    linked: &Linked,
    fit: &Fit,
    others: &[String],
) -> String {
    let mut text = head(plan, rows.sight);
    let kept: Vec<String> =
        fit.kept.iter().map(|(kind, count)| counted(*count as u64, kind)).collect();
    let _ = writeln!(text, "# Guessed: the format `{}`: {}.", linked.name, linked.summary);
    let _ = writeln!(
        text,
        "# The first {} make {}.",
        counted(rows.sight.first.len() as u64, "row"),
        kept.join(", ")
    );
    if !fit.left.is_empty() {
        let _ = writeln!(text, "# Not imported: {}.", shown(&fit.left.join(", "), 400));
    }
    if !others.is_empty() {
        let _ = writeln!(text, "# These read the rows as well: {}.", others.join(", "));
    }
    text.push('\n');
    text += &reading(plan);
    let _ = writeln!(text, "[import.{}]", linked.name);
    if !linked.options.is_empty() {
        text += "# Options and their defaults:\n";
        linked.options.iter().for_each(|option| _ = writeln!(text, "# {}", shown(option, 200)));
    }
    text
}

fn lines(lines: &[Line]) -> String {
    let written: Vec<(String, &str)> = lines
        .iter()
        .map(|line| (format!("{} = {}", line.key, inline(&line.value)), line.why.as_str()))
        .collect();
    let commented = written.iter().filter(|(_, why)| !why.is_empty());
    let width = commented.map(|(line, _)| line.chars().count()).max().unwrap_or(0).min(40);
    let mut text = String::new();
    for (line, why) in &written {
        let _ = match why.is_empty() {
            true => writeln!(text, "{line}"),
            false => writeln!(text, "{line:<width$} # {}", shown(why, 600)),
        };
    }
    text
}

fn left(rows: &Rows<'_>) -> String {
    if rows.guess.unused.is_empty() {
        return "\n# Every column is used.\n".to_owned();
    }
    let mut text = String::from("\n# Not imported, since no line names them:\n");
    for path in &rows.guess.unused {
        let _ = writeln!(text, "#   {}", shown(path, 100));
    }
    text
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
