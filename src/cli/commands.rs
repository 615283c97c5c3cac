//! What each verb does.

use super::arguments::{Arguments, Command, Elsewhere};
use super::elsewhere::{Given, Handed, hand_over};
use super::said::{Said, note};
use super::{
    compare::compare, doctor::doctor, export::export, found, import::import, init::init, interrupt,
    listing, man::man, merge::merge, names, optimize::optimize, people, progress::Bars, report,
    schema::schema, settings, simulate::simulate, status, tensorboard::Boards, worker::worker,
};
use anyhow::Context;
use clap::CommandFactory;
use medley_exact::{ExactSpec, plot_exact, run_exact};
use medley_plan::{PlanError, RunPlan, Subject, Sweep, device};
use medley_report::{aggregate_agreement, agreement_summary, write_pdfs};
use medley_run::{
    BoundData, Collected, Owner, Prepared, Progress, RunError, RunFolder, RunOptions, Tally,
    collect, run_all,
};
use medley_saved_model::{SavedModel, Score};
use medley_study::StudySpec;
use medley_toml_file::parse;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub(super) fn dispatch(arguments: &Arguments) -> anyhow::Result<Said> {
    match &arguments.command {
        Command::Init { files, out, reading } => init(files, out, reading),
        Command::Check { experiment, agreement } => check(experiment, *agreement),
        Command::Plan { experiment, estimate, out } => plan(experiment, *estimate, out),
        Command::Run { experiment, out, jobs, seeds, fail_fast, tensorboard, elsewhere } => {
            let boards = tensorboard.as_deref();
            let how = How { jobs: *jobs, seeds: *seeds, fails_fast: *fail_fast, boards, elsewhere };
            run(experiment, out, &how)
        }
        Command::Resume { experiment, out, jobs, seeds, elsewhere } => {
            let how =
                How { jobs: *jobs, seeds: *seeds, fails_fast: false, boards: None, elsewhere };
            run(experiment, out, &how)
        }
        Command::Worker(arguments) => worker(arguments),
        Command::Status { experiment, out } => status_of(experiment, out),
        Command::Log { run, out } => status::log(run, out),
        Command::Plot { experiment, out } => plot(experiment, out),
        Command::Report { experiment, out, pdf } => report_page(experiment, out, *pdf),
        Command::Compare(arguments) => compare(arguments),
        Command::List { name } => names::listed(name.as_deref()),
        Command::Schema { of } => schema(*of),
        Command::Man { out } => man(out.as_deref()),
        Command::Completions { shell } => completions(*shell),
        Command::Import { format, sources, folder, on_bad_row, reading } => {
            import(format, sources, folder, *on_bad_row, reading)
        }
        Command::Simulate { file, out, seed } => simulate(file, out, *seed),
        Command::People { dataset, groups, derived, out } => {
            people::of_dataset(dataset, groups, derived, out)
        }
        Command::Merge { folder, datasets, people } => merge(folder, datasets, *people),
        Command::Export { format, dataset, path, force } => export(format, dataset, path, *force),
        Command::Doctor(arguments) => doctor(arguments),
        Command::Optimize(arguments) => optimize(arguments),
        Command::Score { run, segments, source, batch_size, device, out } => {
            let dataset = settings::dataset(segments)?;
            let source = source.as_deref();
            let scores =
                SavedModel::score(run, &dataset, source, *batch_size, self::device(device)?)?;
            scored(&scores, out.as_deref())
        }
    }
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<Said> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "medley", &mut script);
    let script = String::from_utf8(script)?;
    let json = json!({ "shell": shell.to_string(), "script": script });
    Ok(Said::new(script, json))
}

/// An experiment file: on a dataset, or exact.
enum Experiment {
    /// With the text of its file.
    Data(Box<Sweep>, String),
    Exact(ExactSpec, String),
    Study(Box<StudySpec>, String),
}

fn load(file: &Path, seeds: Option<u32>) -> anyhow::Result<Experiment> {
    let text = settings::read(file)?;
    let tables = text.parse::<toml::Table>().unwrap_or_default();
    if tables.contains_key("exact") {
        let spec: ExactSpec = parse(file, &text)?;
        spec.check().map_err(|problem| PlanError::from(problem).located(file, &text))?;
        return Ok(Experiment::Exact(spec, text));
    }
    if tables.contains_key("study") {
        let spec: StudySpec = parse(file, &text)?;
        spec.check().map_err(|problem| PlanError::from(problem).located(file, &text))?;
        return Ok(Experiment::Study(Box::new(spec), text));
    }
    let sweep = Sweep::resolve(file, &text, seeds.map(|count| count as usize))?;
    let written = sweep.first().spec.seeds.len();
    if let Some(count) = seeds.filter(|count| *count as usize > written) {
        note(&format!("--seeds {count}: the file has {written}, and all of them are run"));
    }
    Ok(Experiment::Data(Box::new(sweep), text))
}

fn check(file: &Path, agreement: bool) -> anyhow::Result<Said> {
    let (sweep, written) = match load(file, None)? {
        Experiment::Exact(spec, _) => {
            let json = json!({ "name": spec.name, "kind": "exact" });
            return Ok(Said::new("OK: valid (exact experiments use no dataset)\n", json));
        }
        Experiment::Study(spec, written) => return people::check(&spec, file, &written),
        Experiment::Data(sweep, written) => (sweep, written),
    };
    let located = |error: RunError| error.located(file, &written);
    let plan = sweep.first();
    let mut first = None;
    let mut untested: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut bound = BoundData::default();
    for &seed in plan.splits() {
        let prepared = bound.checked(plan, &plan.whole(seed)).map_err(located)?;
        first.get_or_insert_with(|| {
            (listing::checked(plan, &prepared), found::checked(&sweep, &prepared))
        });
        for (name, _) in prepared.sources.iter().filter(|(_, source)| source.test.is_empty()) {
            untested.entry(name.clone()).or_default().push(seed);
        }
        if sweep.plans.len() == 1 {
            bound.clear();
        }
    }
    for spec in plan.varied() {
        Prepared::new(plan, &spec).map_err(located)?;
    }
    for plan in &sweep.plans[1..] {
        for &seed in plan.splits() {
            bound.checked(plan, &plan.whole(seed)).map_err(located)?;
        }
    }
    let (mut text, mut json) = first.unwrap_or_default();
    text += &(listing::counts(&sweep) + &listing::untested(plan, &untested));
    json["untested"] = json!(untested);
    if agreement {
        let seed = plan.splits().first().copied().unwrap_or_default();
        let found = medley_run::agreement(plan, seed);
        let rows = aggregate_agreement(&found.map_err(located)?)?;
        text += &format!("\n{}", agreement_summary(&rows));
        json["agreement"] = found::agreement(&rows);
    }
    Ok(Said::new(text, json))
}

fn plan(file: &Path, estimate: bool, out: &Path) -> anyhow::Result<Said> {
    Ok(match load(file, None)? {
        Experiment::Exact(spec, _) => planned_exact(&spec),
        Experiment::Study(spec, _) => people::planned(&spec),
        Experiment::Data(sweep, written) => {
            let folder = out.join(sweep.name());
            let mut text = listing::planned(&sweep, &folder);
            let mut json = found::planned(&sweep, &folder);
            if estimate {
                let found = medley_run::estimate(&sweep, &folder);
                let found = found.map_err(|error| error.located(file, &written))?;
                json["estimate"] = found.as_ref().map_or(Value::Null, found::estimated);
                text += &status::estimated(&sweep, found);
            }
            Said::new(text, json)
        }
    })
}

fn planned_exact(spec: &ExactSpec) -> Said {
    let text = format!("{}: one exact computation\n", spec.name);
    Said::new(text, json!({ "name": spec.name, "kind": "exact" }))
}

fn status_of(file: &Path, out: &Path) -> anyhow::Result<Said> {
    Ok(match load(file, None)? {
        Experiment::Exact(spec, _) => planned_exact(&spec),
        Experiment::Study(spec, _) => people::planned(&spec),
        Experiment::Data(sweep, _) => status::status(&sweep, &out.join(sweep.name())),
    })
}

/// How runs are carried out.
struct How<'a> {
    jobs: Option<u32>,
    seeds: Option<u32>,
    fails_fast: bool,
    /// Folder for event files.
    boards: Option<&'a Path>,
    elsewhere: &'a Elsewhere,
}

fn run(file: &Path, out: &Path, how: &How<'_>) -> anyhow::Result<Said> {
    let (sweep, written) = match load(file, how.seeds)? {
        Experiment::Exact(spec, written) => {
            let folder = out.join(&spec.name);
            let owner = Owner::new(file, [written.clone()]);
            owner.check(&folder).map_err(|error| error.located(file, &written))?;
            let (summary, files) = run_exact(&spec, &folder)?;
            owner.keep(&folder)?;
            return Ok(exact(&spec, &folder, &summary, &files));
        }
        Experiment::Study(spec, written) => {
            return people::run(&spec, file, &written, &out.join(&spec.name));
        }
        Experiment::Data(sweep, written) => (sweep, written),
    };
    let folder = out.join(sweep.name());
    let owner = owner(&sweep, file);
    owner.check(&folder).map_err(|error| error.located(file, &written))?;
    note(&listing::of_other_versions(&sweep, &folder));
    interrupt::listen()?;
    let given = Given { sweep: &sweep, file, text: &written, seeds: how.seeds, folder: &folder };
    match hand_over(&given, how.elsewhere)? {
        Handed::Local => {}
        Handed::Over(text) => {
            let json = found::handed_over(&sweep, &folder, &text);
            return Ok(Said::new(text, json));
        }
        Handed::Waited(text, tally) => {
            owner.check(&folder).map_err(|error| error.located(file, &written))?;
            let failures = found::failures(&sweep, &folder);
            let said = report_on(&sweep, &folder, &owner, (tally, &failures))?;
            return Ok(said.after(&text));
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let bars = Bars::new(sweep.runs().count());
    let boards = how.boards.map(Boards::new);
    let failures = Mutex::default();
    let jobs = how.jobs.or(sweep.execution().jobs).map_or(cores, |jobs| jobs as usize);
    let options = RunOptions { jobs, fails_fast: how.fails_fast, ..RunOptions::default() };
    let tally = run_all(&sweep, &folder, options, &|event| {
        bars.show(&event);
        keep_failure(&failures, &event);
        boards.iter().for_each(|boards| boards.show(&event));
    });
    bars.finish();
    let tally = tally.map_err(|error| error.located(file, &written))?;
    owner.check(&folder).map_err(|error| error.located(file, &written))?;
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    report_on(&sweep, &folder, &owner, (tally, &failures))
}

fn keep_failure(failures: &Mutex<Vec<Value>>, event: &Progress<'_>) {
    if let Progress::Failed(run, reason) = event {
        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.push(found::failed(run, reason));
    }
}

fn exact(spec: &ExactSpec, folder: &Path, summary: &str, files: &[PathBuf]) -> Said {
    let json = json!({
        "name": spec.name, "kind": "exact", "folder": folder, "summary": summary, "files": files,
    });
    Said::new(summary.to_owned() + &listing::written(files), json)
}

fn owner(sweep: &Sweep, file: &Path) -> Owner {
    Owner::new(file, sweep.runs().map(|(_, run)| run.id.clone()))
}

fn report_on(
    sweep: &Sweep,
    folder: &Path,
    owner: &Owner,
    (tally, failures): (Tally, &[Value]),
) -> anyhow::Result<Said> {
    let Tally { skipped, done, failed, left } = tally;
    let is_model = |run: &RunPlan| matches!(run.subject, Subject::Mix(_));
    let any_model =
        sweep.runs().any(|(_, run)| is_model(run) && RunFolder::of(folder, run).is_done());
    let left = if left > 0 { format!(", {left} not started") } else { String::new() };
    note(&format!("{done} runs done, {skipped} finished before, {failed} failed{left}"));
    if let Some(code) = interrupt::ended() {
        let json = found::carried_out(sweep, folder, (tally, failures), None);
        return Ok(Said::new("", json).ending(code));
    }
    if !any_model {
        anyhow::bail!(
            "no run of a mix is finished; see the reasons above and in {}",
            folder.display()
        );
    }
    let Collected { files, summary, .. } = collect(sweep, folder)?;
    owner.keep(folder)?;
    let collected = Some((summary.as_str(), files.as_slice()));
    let json = found::carried_out(sweep, folder, (tally, failures), collected);
    let text = summary + &listing::written(&files);
    Ok(Said::new(text, json).ending(u8::from(failed > 0)))
}

fn plot(file: &Path, out: &Path) -> anyhow::Result<Said> {
    let (sweep, written) = match load(file, None)? {
        Experiment::Exact(spec, _) => {
            let (_, files) = plot_exact(&spec, &out.join(&spec.name))?;
            return Ok(redrawn(&files, 0));
        }
        Experiment::Study(spec, written) => {
            return people::plot(&spec, file, &written, &out.join(&spec.name));
        }
        Experiment::Data(sweep, written) => (sweep, written),
    };
    let folder = out.join(sweep.name());
    let owner = owner(&sweep, file);
    owner.check(&folder).map_err(|error| error.located(file, &written))?;
    let Collected { files, missing, broken, .. } = collect(&sweep, &folder)?;
    owner.keep(&folder)?;
    for (run, reason) in &broken {
        note(&format!("run {run} is left out: {reason}"));
    }
    let missing = missing + broken.len();
    if missing > 0 {
        note(&format!("{missing} runs of the plan are not finished; `medley run` runs them"));
    }
    Ok(redrawn(&files, missing))
}

fn redrawn(files: &[PathBuf], missing: usize) -> Said {
    Said::new(listing::written(files), json!({ "files": files, "unfinished_runs": missing }))
}

/// The page, its tables and its bibliography.
fn report_page(file: &Path, out: &Path, pdf: bool) -> anyhow::Result<Said> {
    let mut files = match load(file, None)? {
        Experiment::Exact(spec, written) => {
            report::of_exact(&spec, file, &written, &out.join(&spec.name))?
        }
        Experiment::Study(spec, written) => {
            report::of_study(&spec, file, &written, &out.join(&spec.name))?
        }
        Experiment::Data(sweep, written) => {
            let folder = out.join(sweep.name());
            let owner = owner(&sweep, file);
            owner.check(&folder).map_err(|error| error.located(file, &written))?;
            let files = report::of_data(&sweep, file, &written, &folder)?;
            owner.keep(&folder)?;
            files
        }
    };
    if pdf && let Some(folder) = files.first().and_then(|page| page.parent()) {
        let pdfs = write_pdfs(&folder.join("figures"))?;
        files.extend(pdfs);
    }
    Ok(Said::new(report::told(&files), json!({ "files": files })))
}

fn scored(scores: &[Score], out: Option<&Path>) -> anyhow::Result<Said> {
    let mut text = csv::Writer::from_writer(Vec::new());
    text.write_record(["segment", "return", "sd"])?;
    for Score { segment, mean, sd } in scores {
        text.write_record([segment.clone(), mean.to_string(), sd.to_string()])?;
    }
    let bytes = text.into_inner().context("writing CSV")?;
    let Some(path) = out else {
        let told = |score: &Score| json!({ "segment": score.segment, "return": score.mean, "sd": score.sd });
        let scores: Vec<Value> = scores.iter().map(told).collect();
        return Ok(Said::new(String::from_utf8(bytes)?, json!({ "scores": scores, "files": [] })));
    };
    medley_whole_file::write_named(path, &bytes)?;
    Ok(Said::new("", json!({ "files": [path] })))
}
