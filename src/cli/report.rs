//! `medley report`: the page of an experiment.

use super::cover::{cover, data_card, machine, of_sweep};
use anyhow::{Context, bail};
use medley_exact::{ExactSpec, plot_exact};
use medley_plan::Sweep;
use medley_report::{Fact, Paper, Picture, RunRow, Tables, paper, paper_of_text, study_rows};
use medley_run::{Collected, Owner, collect, fingerprint};
use medley_study::StudySpec;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The page of an experiment on data. Tables and figures are written again first, so that the page and the
/// files that it names are of the same runs.
pub(super) fn of_data(
    sweep: &Sweep,
    file: &Path,
    text: &str,
    folder: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let collected = collect(sweep, folder)?;
    let mut cover = of_sweep(sweep, file, text);
    cover.missing = collected.missing;
    cover.broken.clone_from(&collected.broken);
    cover.tables = Tables::FILES.iter().map(|name| format!("tables/{name}")).collect();
    cover.tables.extend((!sweep.keys.is_empty()).then(|| "tables/sweep.parquet".to_owned()));
    cover.provenance = provenance(sweep, folder, &collected);
    let Collected { tables, drawn, .. } = collected;
    written(&paper(&cover, &tables, &drawn)?, folder)
}

fn provenance(sweep: &Sweep, folder: &Path, collected: &Collected) -> Vec<Fact> {
    let mut facts = machine();
    let plan = sweep.first();
    let versions: BTreeSet<&str> = sweep.runs().map(|(_, run)| run.spec.medley.as_str()).collect();
    facts
        .push(Fact::new("Runs are of Medley", versions.into_iter().collect::<Vec<_>>().join(", ")));
    let seeds: Vec<String> = plan.spec.seeds.iter().map(u64::to_string).collect();
    facts.push(Fact::new("Seeds", seeds.join(", ")));
    if let Some(hash) = &plan.content.dataset_hash {
        facts.push(Fact::new("Hash of the dataset (BLAKE3)", hash));
    }
    if let Some(hash) = &plan.content.encoder_fingerprint {
        facts.push(Fact::new("Hash of the encoder's files (BLAKE3)", hash));
    }
    facts.push(Fact::new(
        "Hash of all finished runs (BLAKE3)",
        fingerprint(sweep.runs().map(|(_, run)| run), folder),
    ));
    facts.push(Fact::new("Time of the runs", durations(&collected.tables.runs)));
    facts.push(Fact::new("Folder", folder.display().to_string()));
    facts
}

/// How long runs took, each counted once.
fn durations(rows: &[RunRow]) -> String {
    let mut known = BTreeSet::new();
    let once = rows.iter().filter(|row| row.seconds > 0.0 && known.insert(&row.run));
    let seconds: Vec<f64> = once.map(|row| row.seconds).collect();
    if seconds.is_empty() {
        return "not recorded".to_owned();
    }
    let most = seconds.iter().copied().fold(0.0, f64::max);
    format!(
        "{:.1} s in all over {} runs that say so, one thread each; the longest {most:.1} s",
        seconds.iter().sum::<f64>(),
        seconds.len()
    )
}

/// The page of an exact experiment, drawn again from the result that is kept.
pub(super) fn of_exact(
    spec: &ExactSpec,
    file: &Path,
    text: &str,
    folder: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let (summary, _) = plot_exact(spec, folder)?;
    let mut cover = cover(&spec.name, file, text);
    cover.plan = vec![
        Fact::new("Name", spec.name.as_str()),
        Fact::new("Exact experiment", spec.exact.typetag_name()),
    ];
    cover.chosen = vec![
        "Nothing: an exact experiment is computed from its options, and has no data that could be looked at.".to_owned(),
    ];
    cover.provenance = machine();
    cover.provenance.push(Fact::new("Result", folder.join("result.toml").display().to_string()));
    written(&paper_of_text(&cover, &summary, pictures(folder)?, Vec::new()), folder)
}

/// The page of a study of people, from the summary, tables and figures that it left.
pub(super) fn of_study(
    spec: &StudySpec,
    file: &Path,
    text: &str,
    folder: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let summary = folder.join("summary.md");
    let found = medley_whole_file::read_text(&summary, medley_whole_file::SETTINGS);
    let found = found.with_context(|| {
        format!(
            "this study has no results in {}: `medley run {}` makes them",
            folder.display(),
            file.display()
        )
    })?;
    if !Owner::new(file, [text.to_owned()]).is_current(folder) {
        bail!(
            "the results in {} are of another text of {}: `medley run {}` makes them anew",
            folder.display(),
            file.display(),
            file.display()
        );
    }
    let mut cover = cover(&spec.name, file, text);
    let models: Vec<&str> = spec.people.keys().map(String::as_str).collect();
    let rules: Vec<&str> = spec.aggregation.rules.keys().map(String::as_str).collect();
    cover.plan = vec![
        Fact::new("Name", spec.name.as_str()),
        Fact::new("Study of people in", spec.study.dataset.display().to_string()),
        Fact::new("Models of people", models.join(", ")),
        Fact::new("Rules of aggregation", rules.join(", ")),
        Fact::new("Seed", spec.seed.to_string()),
    ];
    cover.cards = vec![data_card(&spec.study.dataset)];
    cover.chosen = vec![
        "What the study itself discloses of its choices stands at the end of its results."
            .to_owned(),
    ];
    cover.provenance = machine();
    let rows = study_rows(folder)?;
    cover.tables = rows.iter().map(|rows| format!("{}.parquet", rows.name)).collect();
    written(&paper_of_text(&cover, &found, pictures(folder)?, rows), folder)
}

/// The figures in a folder of results, in the order of their names.
fn pictures(folder: &Path) -> anyhow::Result<Vec<Picture>> {
    let folder = folder.join("figures");
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => return Ok(Vec::new()),
    };
    files.retain(|file| file.extension().is_some_and(|ending| ending == "svg"));
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = medley_whole_file::read_text(&file, medley_whole_file::SETTINGS);
        let text = text.with_context(|| format!("cannot read {}", file.display()))?;
        let name =
            file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        found.extend(Picture::read(&name, &text));
    }
    Ok(found)
}

fn written(paper: &Paper, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    Ok(paper.write(folder)?)
}

/// The files, tables by their number only.
pub(super) fn told(files: &[PathBuf]) -> String {
    let is_table =
        |file: &&PathBuf| file.extension().is_some_and(|ending| ending == "csv" || ending == "tex");
    let (tables, others): (Vec<&PathBuf>, Vec<&PathBuf>) = files.iter().partition(is_table);
    let mut text: String =
        others.iter().map(|file| format!("wrote {}\n", file.display())).collect();
    if let Some(folder) = tables.first().and_then(|table| table.parent()) {
        text += &format!(
            "wrote {} tables as CSV and LaTeX into {}\n",
            tables.len() / 2,
            folder.display()
        );
    }
    text
}
