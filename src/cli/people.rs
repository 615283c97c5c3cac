//! Studies of people: `medley run` on a file with a table `[study]`, and `medley people` on a dataset.

use super::said::Said;
use super::{listing, settings};
use anyhow::Context;
use medley_plan::PlanError;
use medley_run::Owner;
use medley_study::{Checked, StudyError, StudySpec, study};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What a study is about, without fitting anything.
pub(super) fn check(spec: &StudySpec, file: &Path, written: &str) -> anyhow::Result<Said> {
    let dataset = settings::dataset(&spec.study.dataset)?;
    let Checked { told, parts, .. } =
        medley_study::check(spec, dataset).map_err(|error| located(error, file, written))?;
    let (people, items) = (told.panel.people(), told.items.len());
    let statements = told.panel.statements().len();
    let (train, test) = (parts.train.len(), parts.test.len());
    let text = format!(
        "OK: {people} people, {items} items, {statements} statements; {train} to learn from, {test} held \
         out\n"
    );
    let json = json!({
        "name": spec.name, "kind": "study", "people": people, "items": items,
        "statements": statements, "train": train, "test": test,
    });
    Ok(Said::new(text, json))
}

/// What it would fit.
pub(super) fn planned(spec: &StudySpec) -> Said {
    let models: Vec<&str> = spec.people.keys().map(String::as_str).collect();
    let text = format!("{}: a study of people by {}\n", spec.name, models.join(", "));
    Said::new(text, json!({ "name": spec.name, "kind": "study", "models": models }))
}

/// Carries a study out and writes what it found.
pub(super) fn run(
    spec: &StudySpec,
    file: &Path,
    written: &str,
    folder: &Path,
) -> anyhow::Result<Said> {
    let owner = Owner::new(file, [written.to_owned()]);
    owner.check(folder).map_err(|error| error.located(file, written))?;
    let dataset = settings::dataset(&spec.study.dataset)?;
    let found = study(spec, dataset).map_err(|error| located(error, file, written))?;
    let (summary, files) = found.write(spec, folder)?;
    owner.keep(folder)?;
    Ok(finished(spec, folder, &summary, &files))
}

/// Draws again: a study is seconds or minutes of work, and its tables are what it is drawn from.
pub(super) fn plot(
    spec: &StudySpec,
    file: &Path,
    written: &str,
    folder: &Path,
) -> anyhow::Result<Said> {
    run(spec, file, written, folder).context("drawing a study again")
}

/// The usual study of a dataset. Its spec lies beside what it found, to be changed and run.
pub(super) fn of_dataset(
    path: &Path,
    groups: &[String],
    derived: &[String],
    out: &Path,
) -> anyhow::Result<Said> {
    let dataset = settings::dataset(path)?;
    let mut spec = StudySpec::of_dataset(path, &dataset);
    spec.study.groups = groups.to_vec();
    spec.study.derived = derived.to_vec();
    if spec.feedback.is_empty() {
        anyhow::bail!(
            "{}: expected feedback that names people (`annotator`), of a kind whose answers follow from \
             returns; found none",
            path.display()
        );
    }
    spec.check().map_err(PlanError::from)?;
    let folder = out.join(&spec.name);
    let file = folder.join("study.toml");
    let written = toml::to_string(&spec).context("writing the study")?;
    let owner = Owner::new(&file, [written.clone()]);
    owner.check(&folder)?;
    let found = study(&spec, dataset)?;
    let (summary, mut files) = found.write(&spec, &folder)?;
    medley_whole_file::write(&file, written.as_bytes())?;
    owner.keep(&folder)?;
    files.push(file);
    Ok(finished(&spec, &folder, &summary, &files))
}

fn finished(spec: &StudySpec, folder: &Path, summary: &str, files: &[PathBuf]) -> Said {
    let json = json!({
        "name": spec.name, "kind": "study", "folder": folder, "summary": summary, "files": files,
    });
    Said::new(format!("{summary}\n{}", listing::written(files)), json)
}

/// An error about a value of the file at its place.
fn located(error: StudyError, file: &Path, written: &str) -> anyhow::Error {
    match error {
        StudyError::Plan(plan) => PlanError::located(plan, file, written).into(),
        other => other.into(),
    }
}
