//! `medley init`: the files to begin with, for a file that it looked at.
//!
//! Nothing is imported. What is written is for a person to read, mend and keep, so it is text with
//! comments and not the output of a serializer, and a file that is there is never replaced.

mod episodes;
mod experiment;
mod format;
mod line;
mod mapping;
mod name;
pub(super) mod open;
mod plan;
mod seen;
mod told;

use super::arguments::ReadingOptions;
use super::progress::Counter;
use super::said::Said;
use anyhow::{Context, bail};
use format::Format;
use line::shell;
use medley_formats::{Guess, Reading, Seen, guess, guess_lines, look_at};
use plan::{Plan, Rows};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Writes the files to begin with into `out`; returns what to say.
pub(super) fn init(
    sources: &[PathBuf],
    out: &Path,
    options: &ReadingOptions,
) -> anyhow::Result<Said> {
    // Where the files lie is then said as one would say it.
    let out = if out == Path::new(".") { Path::new("") } else { out };
    if sources.is_empty() {
        return explained(out);
    }
    let mut plan = Plan::new(sources, out, name::name(sources), options);
    refuse_present(&[&plan.mapping, &plan.experiment])?;
    let text = match seen(sources, options)? {
        Seen::Table(sight) => {
            let guess = guess(&sight);
            write_rows(&plan, &Rows { sight: &sight, guess: &guess, files: &[] })?
        }
        Seen::Lines(lines) => {
            let guess = guess_lines(&lines)?;
            plan.sources = vec![lines.root.clone()];
            write_rows(&plan, &Rows { sight: &lines.sight, guess: &guess, files: &lines.files })?
        }
        Seen::Episodes(found) => {
            let text = episodes::text(&plan, &found);
            write(&plan.mapping, &text)?;
            write(&plan.experiment, &experiment::of_episodes(&plan, &episodes::kinds(&found)))?;
            told::episodes(&plan, &found, &open::lines(&text))
        }
    };
    Ok(said(text, &[&plan.mapping, &plan.experiment]))
}

fn said(text: String, files: &[&PathBuf]) -> Said {
    let json = json!({ "files": files, "text": text });
    Said::new(text, json)
}

fn write_rows(plan: &Plan<'_>, rows: &Rows<'_>) -> anyhow::Result<String> {
    let guess = rows.guess;
    let format = match rows.files {
        [] => format::choose(rows.sight, guess),
        // Only a mapping says which lines belong together.
        _ => Format::Mapping { others: Vec::new() },
    };
    let (text, kinds, chosen) = match &format {
        Format::Mapping { others } => {
            let chosen = guess.choices.iter().map(|choice| choice.record.kind).collect();
            (mapping::columns(plan, rows, others), kinds(guess), chosen)
        }
        Format::Named { linked, fit, others } => {
            let kinds = fit.kept.keys().map(String::as_str).collect();
            (mapping::named(plan, rows, linked, fit, others), kinds, Vec::new())
        }
    };
    write(&plan.mapping, &text)?;
    write(&plan.experiment, &experiment::of_texts(plan, &kinds, &chosen))?;
    Ok(told::rows(plan, rows, &format, &open::lines(&text)))
}

/// Every key of an experiment, on data that come with Medley.
fn explained(out: &Path) -> anyhow::Result<Said> {
    let file = out.join("experiment.toml");
    refuse_present(&[&file])?;
    write(&file, include_str!("../../../docs/default.toml"))?;
    let text = format!(
        "wrote {0}: every key of an experiment, explained, on the data in datasets/qa_feedback\n\
         next, in the folder that has them:\n    medley check {1}\n    medley run {1}\n",
        file.display(),
        shell(&file)
    );
    Ok(said(text, &[&file]))
}

fn seen(sources: &[PathBuf], options: &ReadingOptions) -> anyhow::Result<Seen> {
    let counter = Counter::new("rows read");
    let show = |rows| counter.show(rows);
    let reading = Reading {
        progress: &show,
        quoted: options.quoted,
        member: options.member.as_deref(),
        rows: options.rows.as_deref(),
        ..Reading::default()
    };
    let seen = look_at(sources, &reading);
    counter.finish();
    Ok(seen?)
}

/// What is there is somebody's.
fn refuse_present(files: &[&PathBuf]) -> anyhow::Result<()> {
    match files.iter().find(|file| file.symlink_metadata().is_ok()) {
        Some(file) => bail!(
            "{}: there is such a file already, which `medley init` leaves as it is; move it, or name \
             another folder by `--out`",
            file.display()
        ),
        None => Ok(()),
    }
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    medley_whole_file::write(file, text.as_bytes())
        .with_context(|| format!("cannot write {}", file.display()))
}

fn kinds(guess: &Guess) -> Vec<&str> {
    let mut kinds: Vec<&str> = guess.records.iter().map(|record| record.kind).collect();
    kinds.dedup();
    kinds
}
