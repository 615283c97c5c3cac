//! `medley init`: the files to begin with, for a file that it looked at.
//!
//! Nothing is imported. What is written is for a person to read, mend and keep, so it is text with
//! comments and not the output of a serializer, and a file that is there is never replaced.

mod experiment;
mod format;
mod line;
mod mapping;
pub(super) mod open;
mod plan;

use super::arguments::ReadingOptions;
use super::progress::Counter;
use anyhow::{Context, bail};
use format::Format;
use line::shell;
use medley_formats::{Guess, Reading, Sight, guess, look};
use plan::Plan;
use std::path::{Path, PathBuf};

/// Writes the files to begin with into `out`; returns what to say.
pub(super) fn init(
    source: Option<&Path>,
    out: &Path,
    options: &ReadingOptions,
) -> anyhow::Result<String> {
    // Where the files lie is then said as one would say it.
    let out = if out == Path::new(".") { Path::new("") } else { out };
    let Some(source) = source else { return explained(out) };
    let name = name(source);
    let mapping = out.join(format!("{name}.import.toml"));
    let experiment = out.join(format!("{name}.experiment.toml"));
    refuse_present(&[&mapping, &experiment])?;
    let sight = seen(source, options)?;
    let guess = guess(&sight);
    let dataset = out.join("datasets").join(&name);
    let plan =
        Plan { source, options, sight: &sight, guess: &guess, name, mapping, experiment, dataset };
    let format = format::choose(&sight, &guess);
    let (text, kinds) = match &format {
        Format::Mapping { others } => (mapping::columns(&plan, others), kinds(&guess)),
        Format::Named { linked, fit, others } => {
            let kinds = fit.kept.keys().map(String::as_str).collect();
            (mapping::named(&plan, linked, fit, others), kinds)
        }
    };
    let open = open::lines(&text);
    write(&plan.mapping, &text)?;
    write(&plan.experiment, &experiment::text(&plan, &kinds))?;
    Ok(told(&plan, &format, &open))
}

/// Every key of an experiment, on data that come with Medley.
fn explained(out: &Path) -> anyhow::Result<String> {
    let file = out.join("experiment.toml");
    refuse_present(&[&file])?;
    write(&file, include_str!("../../../docs/default.toml"))?;
    Ok(format!(
        "wrote {0}: every key of an experiment, explained, on the data in datasets/qa_feedback\n\
         next, in the folder that has them:\n    medley check {1}\n    medley run {1}\n",
        file.display(),
        shell(&file)
    ))
}

fn seen(source: &Path, options: &ReadingOptions) -> anyhow::Result<Sight> {
    let counter = Counter::new("rows read");
    let show = |rows| counter.show(rows);
    let reading = Reading {
        progress: &show,
        quoted: options.quoted,
        member: options.member.as_deref(),
        rows: options.rows.as_deref(),
        ..Reading::default()
    };
    let sight = look(source, &reading);
    counter.finish();
    Ok(sight?)
}

/// The name of a file without its endings, of characters that names of experiments have.
fn name(source: &Path) -> String {
    let file = source.canonicalize().unwrap_or_else(|_| source.to_owned());
    let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = file.trim_start_matches('.').split('.').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = stem.chars().map(plain).take(60).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "data".to_owned() } else { name.to_owned() }
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

fn told(plan: &Plan<'_>, format: &Format, open: &[usize]) -> String {
    let Plan { source, sight, mapping, experiment, dataset, .. } = plan;
    let mut text = format!(
        "looked at {}: {}, {}\n",
        source.display(),
        line::counted(sight.rows, "row"),
        line::counted(sight.columns.len() as u64, "column")
    );
    if let Some(first) = &sight.first_bad {
        text += &format!("  {} more cannot be read; the first: {first}\n", sight.bad_rows);
    }
    match format {
        Format::Named { linked, .. } => {
            text += &format!("guessed: format `{}`, {}\n", linked.name, linked.summary);
        }
        Format::Mapping { .. } => {
            for record in &plan.guess.records {
                text += &format!("guessed: {}\n", record.title);
            }
        }
    }
    text += &format!("wrote {} and {}\n", mapping.display(), experiment.display());
    let lines: Vec<String> = open.iter().map(ToString::to_string).collect();
    text += &match lines.len() {
        0 => format!("nothing is imported yet: read {}, then\n", mapping.display()),
        1 => format!(
            "nothing is imported yet: fill in line {} of {}, then\n",
            lines[0],
            mapping.display()
        ),
        _ => format!(
            "nothing is imported yet: fill in lines {} of {}, then\n",
            lines.join(", "),
            mapping.display()
        ),
    };
    text + &format!(
        "    medley import {} {} {}\n    medley run {}\n",
        shell(mapping),
        shell(source),
        shell(dataset),
        shell(experiment)
    )
}
