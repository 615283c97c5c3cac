//! The beginning of the TOML file of an import: what was seen, as comments.

use super::line::{counted, quoted, shell, shown};
use super::plan::Plan;
use medley_formats::{Column, Shape, Sight};
use std::fmt::Write;

/// What a file is for, and what to do with it.
pub(super) fn begun(plan: &Plan<'_>, by: &str) -> String {
    let sources: Vec<String> = plan.sources.iter().map(|source| shell(source)).collect();
    format!(
        "# How {} becomes a dataset, as `medley init` GUESSED it {by}. Nothing is imported yet: \
         read this, mend what is wrong, then\n#\n#     medley import {} {} {}\n#\n",
        shown(&plan.shown(), 200),
        shell(&plan.mapping),
        shown(&sources.join(" "), 400),
        shell(&plan.dataset)
    )
}

/// What was seen, and what to do.
pub(super) fn head(plan: &Plan<'_>, sight: &Sight) -> String {
    let mut text = begun(plan, "from names and values of its\n# columns");
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
pub(super) fn reading(plan: &Plan<'_>) -> String {
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
