//! What is said at the end: what was looked at, what it was taken for, and what to do next.

use super::format::Format;
use super::line::{counted, shell};
use super::plan::{Plan, Rows};
use medley_formats::Episodes;

/// Of a table, or of text files whose lines belong together.
pub(super) fn rows(plan: &Plan<'_>, rows: &Rows<'_>, format: &Format, open: &[usize]) -> String {
    let sight = rows.sight;
    let what = match rows.files {
        [] => format!(
            "{}, {}",
            counted(sight.rows, "row"),
            counted(sight.columns.len() as u64, "column")
        ),
        files => {
            let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
            format!("{} lines in each of {}", sight.rows, names.join(", "))
        }
    };
    let mut text = format!("looked at {}: {what}\n", plan.shown());
    if let Some(first) = &sight.first_bad {
        text += &format!("  {} more cannot be read; the first: {first}\n", sight.bad_rows);
    }
    match format {
        Format::Named { linked, .. } => {
            text += &format!("guessed: format `{}`, {}\n", linked.name, linked.summary);
        }
        Format::Mapping { .. } => text += &guessed(rows),
    }
    let is_known = rows.guess.choices.is_empty() || matches!(format, Format::Named { .. });
    text + &next(plan, open, is_known)
}

fn guessed(rows: &Rows<'_>) -> String {
    let guess = rows.guess;
    let mut text = String::new();
    if !rows.files.is_empty() {
        for line in &guess.top {
            let column = line.value.as_str().unwrap_or_default();
            let why = line.why.trim_start_matches("guessed: ").trim_start_matches("guessed ");
            text += &format!("guessed: {} `{column}`, {why}\n", line.key);
        }
    }
    for record in &guess.records {
        text += &format!("guessed: {}\n", record.title);
    }
    if !guess.choices.is_empty() {
        text += "no column says what people thought; it may be:\n";
        guess.choices.iter().for_each(|it| text += &format!("    {}\n", it.record.title));
    }
    text
}

/// Of episodes.
pub(super) fn episodes(plan: &Plan<'_>, found: &Episodes, open: &[usize]) -> String {
    let kept: Vec<String> =
        found.report.kept.iter().map(|(what, count)| format!("{count} {what}")).collect();
    let text = format!(
        "looked at {}: HDF5, {}\nguessed: format `d4rl`: {}\n",
        plan.shown(),
        counted(found.count as u64, "array"),
        kept.join("; ")
    );
    text + &next(plan, open, true)
}

fn next(plan: &Plan<'_>, open: &[usize], is_known: bool) -> String {
    let Plan { sources, mapping, experiment, dataset, .. } = plan;
    let file = mapping.display();
    let lines: Vec<String> = open.iter().map(ToString::to_string).collect();
    let first = match lines.len() {
        _ if !is_known => {
            format!("choose one of the blocks in {file}, from line {}", lines.concat())
        }
        0 => format!("read {file}"),
        1 => format!("fill in line {} of {file}", lines[0]),
        _ => format!("fill in lines {} of {file}", lines.join(", ")),
    };
    let sources: Vec<String> = sources.iter().map(|source| shell(source)).collect();
    format!(
        "wrote {file} and {}\nnothing is imported yet: {first}, then\n    medley import {} {} {}\n    \
         medley run {}\n",
        experiment.display(),
        shell(mapping),
        sources.join(" "),
        shell(dataset),
        shell(experiment)
    )
}
