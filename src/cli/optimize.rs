//! `medley optimize`: from a learned reward to behaviour, and what that is truly worth.

use super::arguments::{Method, Optimize};
use super::said::{Said, note};
use super::{interrupt, listing, settings};
use anyhow::{anyhow, bail};
use burn::tensor::Device;
use medley_optimize::{
    NamedReward, OptimizeError, OptimizeSpec, Optimized, Overoptimization, Request, compared,
    figure, named_reward, optimize as optimized, overoptimization, overoptimization_summary,
    picture, summary,
};
use medley_plan::device;
use medley_report::{
    OptimizedRow, write_courses, write_optimization, write_optimized, write_overoptimization,
    write_overoptimization_runs,
};
use medley_toml_file::{Problem, SpecError, Tagged, linked, nearest, parse};
use medley_training::is_interrupted;
use medley_world::World;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Optimizes each reward and writes tables and figure, unless somebody asked to stop before the end.
pub(super) fn optimize(arguments: &Optimize) -> anyhow::Result<Said> {
    let spec = spec(arguments)?;
    let device = device(&arguments.device)?;
    let rewards = rewards(arguments, &spec, &device)?;
    if let Some(twice) = twice(&rewards) {
        bail!("`{twice}` is named twice; each reward once is expected");
    }
    if rewards.is_empty() {
        bail!(
            "no reward to optimize: expected folders of models, or `true`, before the world, or \
             `[[rewards]]` in its file"
        );
    }
    interrupt::listen()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let request = Request {
        spec: &spec,
        rewards: &rewards,
        folder: &arguments.out,
        jobs: arguments.jobs.map_or(cores, |jobs| jobs as usize),
        stops: &is_interrupted,
        tell: &|done| note(done),
    };
    let Some(found) = optimized(&request)? else {
        let code = interrupt::ended().unwrap_or(1);
        return Ok(Said::new("", told(&[], &[], true)).ending(code));
    };
    let over = overoptimization(&found);
    let files = write(&found, &over, &arguments.out)?;
    let text = summary(&found) + &overoptimization_summary(&over);
    Ok(Said::new(text + &listing::written(&files), told(&found.rows, &files, false)))
}

fn told(rows: &[OptimizedRow], files: &[PathBuf], is_interrupted: bool) -> Value {
    let policy = |row: &OptimizedRow| {
        json!({
            "world": row.world, "method": row.method, "label": row.label, "reward": row.reward,
            "seed": row.seed, "value": row.value, "best": row.best, "uniform": row.uniform,
            "normalized": row.normalized, "proxy": row.proxy,
        })
    };
    let policies: Vec<Value> = rows.iter().map(policy).collect();
    json!({ "policies": policies, "files": files, "interrupted": is_interrupted })
}

/// Those of the command line, then those of the file.
fn rewards(
    arguments: &Optimize,
    spec: &OptimizeSpec,
    device: &Device,
) -> Result<Vec<NamedReward>, OptimizeError> {
    let source = arguments.source.as_deref();
    let mut rewards = Vec::new();
    for folder in &arguments.rewards {
        rewards.push(named_reward(folder, source, spec, device)?);
    }
    for of in &spec.rewards {
        rewards.extend(compared(of, spec, device)?);
    }
    Ok(rewards)
}

/// A label and a model that are there twice.
fn twice(rewards: &[NamedReward]) -> Option<&str> {
    let same = |a: &NamedReward, b: &NamedReward| (&a.label, &a.name) == (&b.label, &b.name);
    let is_again = |place: usize| rewards[..place].iter().any(|other| same(other, &rewards[place]));
    (0..rewards.len()).find(|place| is_again(*place)).map(|place| rewards[place].label.as_str())
}

fn write(found: &Optimized, over: &Overoptimization, out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = vec![out.join("optimized.parquet")];
    write_optimized(&files[0], &found.rows)?;
    if let Some(figure) = figure(found)? {
        let curves = out.join("optimization.parquet");
        write_optimization(&curves, &found.curves)?;
        files.push(curves);
        files.extend(figure.save(out)?);
    }
    if !over.courses.is_empty() {
        let tables =
            ["courses.parquet", "overoptimization-runs.parquet", "overoptimization.parquet"];
        let [courses, runs, labels] = tables.map(|name| out.join(name));
        write_courses(&courses, &over.courses)?;
        write_overoptimization_runs(&runs, &over.runs)?;
        write_overoptimization(&labels, &over.labels)?;
        files.extend([courses, runs, labels]);
    }
    if let Some(figure) = picture(over)? {
        files.extend(figure.save(out)?);
    }
    Ok(files)
}

/// What the file says, or defaults in the world of that name, with what the command line sets.
fn spec(arguments: &Optimize) -> anyhow::Result<OptimizeSpec> {
    let world = &arguments.world;
    let (mut spec, text) = match world.ends_with(".toml") {
        true => {
            let text = settings::read(Path::new(world))?;
            (parse::<OptimizeSpec>(Path::new(world), &text)?, Some(text))
        }
        false => (OptimizeSpec::of(named(world)?), None),
    };
    if let Some(method) = arguments.method {
        spec.method = Some(match method {
            Method::Tabular => medley_optimize::Method::Tabular,
            Method::Ppo => medley_optimize::Method::Ppo,
            Method::BestOfN => medley_optimize::Method::BestOfN,
        });
    }
    if let Some(kl) = arguments.kl {
        spec.kl = kl;
    }
    if let Some(count) = arguments.seeds {
        spec.seeds.truncate(count as usize);
    }
    let located = |problem: Problem| -> anyhow::Error {
        let Some(text) = &text else { return problem.into() };
        let keys: Vec<&str> = problem.path.iter().map(String::as_str).collect();
        Box::new(SpecError::at(Path::new(world), text, &keys, problem.to_string())).into()
    };
    spec.check().map_err(located)?;
    Ok(spec)
}

/// The world of a name, with its defaults.
fn named(name: &str) -> anyhow::Result<Tagged<dyn World>> {
    let known = linked::<Box<dyn World>>(|it| it.summary());
    if !known.iter().any(|linked| linked.name == name) {
        let names: Vec<&str> = known.iter().map(|linked| linked.name.as_str()).collect();
        let meant = nearest(name, names.iter().copied());
        let meant = meant.map_or(String::new(), |meant| format!(" (did you mean `{meant}`?)"));
        bail!(
            "unknown world `{name}`{meant}, expected a TOML file with `[world.<name>]`, or one of {}",
            names.join(", ")
        );
    }
    serde_json::from_value(serde_json::json!({ name: {} })).map_err(|error| {
        anyhow!(
            "world `{name}` has required options: set them in a TOML file under `[world.{name}]` ({error})"
        )
    })
}
