//! `medley compare`: two experiments, two versions of one, or two settings, by pairs of runs.

use super::arguments::Compare;
use super::said::Said;
use super::{listing, settings};
use anyhow::{Context, bail};
use medley_report::{
    Comparison, Side, Tables, compare as compared, comparison_figures, comparison_summary,
    write_differences, write_pairs, write_whole,
};
use medley_run::test_part;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What the two differ by, as text.
pub(super) fn compare(arguments: &Compare) -> anyhow::Result<Said> {
    let Compare { first, second, setting, against, runs, out } = arguments;
    let one = folder(first, runs)?;
    let other = second.as_deref().map(|second| folder(second, runs)).transpose()?;
    if other.is_none() && (setting.is_none() || against.is_none()) {
        bail!(
            "expected two experiments, or one with `--setting` and `--against`; found one experiment"
        );
    }
    let second_folder = other.as_ref().unwrap_or(&one);
    let mut sides = [side(&one, setting.as_deref())?, side(second_folder, against.as_deref())?];
    if sides[0].name == sides[1].name {
        let [a, b] = [&one, second_folder].map(|folder| folder.display().to_string());
        if a == b {
            bail!(
                "both sides are the same runs, {}: expected two experiments or two settings",
                sides[0].name
            );
        }
        [sides[0].name, sides[1].name] = [a, b];
    }
    let found = compared(&sides[0], &sides[1])?;
    if found.pairs.is_empty() {
        let reasons = found
            .unpaired
            .iter()
            .map(|one| format!("{} ({} and {} numbers)", one.reason, one.first, one.second));
        bail!("there is no pair of runs to compare: {}", reasons.collect::<Vec<_>>().join("; "));
    }
    let text = comparison_summary(&found);
    let files = match out {
        None => Vec::new(),
        Some(out) => written(&found, &text, out)?,
    };
    let json = json!({ "summary": text, "files": files });
    let listed = if files.is_empty() { String::new() } else { listing::written(&files) };
    let between = if files.is_empty() { "" } else { "\n" };
    Ok(Said::new(format!("{text}{between}{listed}"), json))
}

/// The folder of results that a TOML file or a folder stands for.
fn folder(path: &Path, runs: &Path) -> anyhow::Result<PathBuf> {
    if path.is_dir() {
        return Ok(path.to_owned());
    }
    let text = settings::read(path)?;
    let table: toml::Table =
        text.parse().with_context(|| format!("{} is no TOML file", path.display()))?;
    let name = table.get("name").and_then(toml::Value::as_str);
    let name = name.with_context(|| format!("{} has no `name`", path.display()))?;
    let folder = runs.join(name);
    if !folder.is_dir() {
        bail!(
            "there are no results of {} in {}: `medley run` makes them",
            path.display(),
            folder.display()
        );
    }
    Ok(folder)
}

fn side(folder: &Path, setting: Option<&str>) -> anyhow::Result<Side> {
    let tables = folder.join("tables");
    if !tables.join(Tables::FILES[0]).exists() {
        bail!(
            "{} has no tables of runs: expected {}; `medley run` or `medley plot` makes them of an experiment on data",
            folder.display(),
            tables.join(Tables::FILES[0]).display()
        );
    }
    let tables = Tables::read(&tables)?;
    let name = folder
        .file_name()
        .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned());
    if let Some(setting) = setting {
        let known: BTreeSet<&str> =
            tables.measurements.iter().map(|row| row.setting.as_str()).collect();
        if !known.contains(setting) {
            let known: Vec<String> =
                known.iter().take(20).map(|known| format!("`{known}`")).collect();
            bail!(
                "{} has no setting `{setting}`: expected one of {}",
                folder.display(),
                known.join("; ")
            );
        }
    }
    let ids: BTreeSet<&str> = tables.measurements.iter().map(|row| row.run.as_str()).collect();
    let parts = ids.into_iter().map(|run| (run.to_owned(), test_part(folder, run))).collect();
    let name = setting.map_or(name.clone(), |setting| match setting {
        "" => format!("{name} as written"),
        setting => format!("{name} ({setting})"),
    });
    Ok(Side { name, setting: setting.map(str::to_owned), parts, tables })
}

/// `comparison.md`, the two tables and a figure for each metric.
fn written(found: &Comparison, text: &str, out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let [summary, differences, pairs] =
        ["comparison.md", "differences.parquet", "pairs.parquet"].map(|name| out.join(name));
    write_whole(&summary, text.as_bytes())?;
    write_differences(&differences, &found.differences)?;
    write_pairs(&pairs, &found.pairs)?;
    let mut files = vec![summary, differences, pairs];
    for figure in comparison_figures(found)? {
        files.extend(figure.save(out)?);
    }
    Ok(files)
}
