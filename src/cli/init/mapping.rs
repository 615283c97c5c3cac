//! The TOML file of an import, with what was seen and why it is taken for what it is.

use super::line::{counted, inline, quoted, shell, shown};
use super::plan::Plan;
use medley_formats::{Column, Fit, Line, Shape};
use medley_toml_file::Linked;
use std::fmt::Write;

/// A mapping. `others` are importers that read the file as well.
pub(super) fn columns(plan: &Plan<'_>, others: &[(String, Fit)]) -> String {
    let mut text = head(plan);
    text += &reading(plan);
    let _ = writeln!(text, "[import.columns]");
    let _ = writeln!(text, "name = {}", quoted(&plan.name));
    text += "licence = \"\"         # of the data, for whoever reads the dataset\n";
    text += &lines(&plan.guess.top);
    for record in &plan.guess.records {
        let _ = writeln!(text, "\n# {}.", shown(&capital(&record.title), 400));
        let _ = writeln!(text, "[[import.columns.records]]");
        let kind = Line { key: "kind", value: record.kind.into(), why: String::new() };
        text += &lines(&[&[kind], &record.lines[..]].concat());
    }
    text += &left(plan);
    for (name, fit) in others {
        let rest = match fit.left.is_empty() {
            true => String::new(),
            false => format!(", without {}", shown(&fit.left.join(", "), 200)),
        };
        let _ = writeln!(text, "# `medley import {name}` reads these rows as well{rest}.");
    }
    text
}

/// The options of an importer that reads the file as it is.
pub(super) fn named(plan: &Plan<'_>, linked: &Linked, fit: &Fit, others: &[String]) -> String {
    let mut text = head(plan);
    let kept: Vec<String> =
        fit.kept.iter().map(|(kind, count)| counted(*count as u64, kind)).collect();
    let _ = writeln!(text, "# Guessed: the format `{}`: {}.", linked.name, linked.summary);
    let _ = writeln!(
        text,
        "# The first {} make {}.",
        counted(plan.sight.first.len() as u64, "row"),
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

fn head(plan: &Plan<'_>) -> String {
    let Plan { source, sight, .. } = plan;
    let file = shown(&source.display().to_string(), 200);
    let mut text = format!(
        "# How {file} becomes a dataset, as `medley init` GUESSED it from names and values of its\n\
         # columns. Nothing is imported yet: read this, mend what is wrong, then\n#\n\
         #     medley import {} {} {}\n#\n",
        shell(&plan.mapping),
        shown(&shell(source), 400),
        shell(&plan.dataset)
    );
    let _ = writeln!(text, "# {}:", counted(sight.rows, "row"));
    if let Some(first) = &sight.first_bad {
        let _ = writeln!(
            text,
            "# {} more cannot be read, which stops an import (`--on-bad-row skip` leaves them out); the \
             first:\n#   {}",
            sight.bad_rows,
            shown(first, 300)
        );
    }
    for note in &sight.notes {
        let _ = writeln!(text, "# {}", shown(note, 300));
    }
    text.push_str("#\n");
    text += &table(&sight.columns);
    if sight.unnamed > 0 {
        let _ = writeln!(
            text,
            "# and {} fields too many, too deep, or of names that no path has",
            sight.unnamed
        );
    }
    text.push('\n');
    text
}

/// What was seen, as a table within comments.
fn table(columns: &[Column]) -> String {
    let header = ["column", "type", "missing", "distinct", "example"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(header).chain(columns.iter().map(row)).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        let line = format!("#   {}  {}", cells.join("  "), row[4]);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn row(column: &Column) -> [String; 5] {
    let missing = match column.missing() {
        0.0 => "0 %".to_owned(),
        share if share < 0.01 => "< 1 %".to_owned(),
        share => format!("{:.0} %", (100.0 * share).floor()),
    };
    let distinct = match column.has_more {
        true => format!("> {}", column.distinct),
        false => column.distinct.to_string(),
    };
    let shape = match (column.shape, column.length) {
        (Shape::List, Some(length)) => format!("list of {length}"),
        (Shape::List, None) => "list".to_owned(),
        (Shape::Text, _) => "text".to_owned(),
        (Shape::Number, _) if column.is_whole => "whole number".to_owned(),
        (Shape::Number, _) => "number".to_owned(),
        (Shape::Truth, _) => "true or false".to_owned(),
        (Shape::Chat, _) => "messages".to_owned(),
        (Shape::Empty, _) => "nothing".to_owned(),
    };
    [shown(&column.path, 60), shape, missing, distinct, shown(&column.example, 50)]
}

/// Options of reading, which the import needs as well.
fn reading(plan: &Plan<'_>) -> String {
    let options = plan.options;
    let mut text = String::new();
    if let Some(quoted) = options.quoted {
        let _ = writeln!(text, "quoted = {quoted}");
    }
    for (key, value) in [("member", &options.member), ("rows", &options.rows)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{key} = {}", quoted(value));
        }
    }
    if text.is_empty() { text } else { format!("[import]\n{text}") }
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

fn left(plan: &Plan<'_>) -> String {
    if plan.guess.unused.is_empty() {
        return "\n# Every column is used.\n".to_owned();
    }
    let mut text = String::from("\n# Not imported, since no line names them:\n");
    for path in &plan.guess.unused {
        let _ = writeln!(text, "#   {}", shown(path, 100));
    }
    text
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
