//! What each verb does.

use super::arguments::{Arguments, Command, Elsewhere};
use super::elsewhere::{Given, Handed, hand_over};
use super::settings;
use super::{
    compare::compare, doctor::doctor, export::export, import::import, init::init, interrupt,
    listing, merge::merge, names, optimize::optimize, people, progress::Bars, report,
    simulate::simulate, status, worker::worker,
};
use anyhow::Context;
use clap::CommandFactory;
use medley_exact::{ExactSpec, plot_exact, run_exact};
use medley_plan::{PlanError, RunPlan, Subject, Sweep, device};
use medley_report::{aggregate_agreement, agreement_summary, write_pdfs};
use medley_run::{
    Collected, Owner, Prepared, RunError, RunFolder, RunOptions, Tally, collect, run_all,
};
use medley_saved_model::{SavedModel, Score};
use medley_study::StudySpec;
use medley_toml_file::parse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn dispatch(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Command::Init { files, out, reading } => print(&init(files, out, reading)?),
        Command::Check { experiment, agreement } => check(experiment, *agreement),
        Command::Plan { experiment, estimate, out } => plan(experiment, *estimate, out),
        Command::Run { experiment, out, jobs, seeds, fail_fast, elsewhere } => {
            run(experiment, out, *jobs, *seeds, *fail_fast, elsewhere)
        }
        Command::Status { experiment, out } => status_of(experiment, out),
        Command::Log { run, out } => print(&status::log(run, out)?),
        Command::Resume { experiment, out, jobs, seeds, elsewhere } => {
            run(experiment, out, *jobs, *seeds, false, elsewhere)
        }
        Command::Worker(arguments) => worker(arguments),
        Command::Plot { experiment, out } => plot(experiment, out),
        Command::Report { experiment, out, pdf } => report_page(experiment, out, *pdf),
        Command::Compare(arguments) => print(&compare(arguments)?),
        Command::List { name } => print(&names::listed(name.as_deref())?),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "medley", &mut text);
            print(&String::from_utf8(text)?)
        }
        Command::Import { format, sources, folder, on_bad_row, reading } => {
            print(&import(format, sources, folder, *on_bad_row, reading)?)
        }
        Command::Simulate { file, out, seed } => print(&simulate(file, out, *seed)?),
        Command::People { dataset, groups, derived, out } => {
            print(&people::of_dataset(dataset, groups, derived, out)?)
        }
        Command::Merge { folder, datasets, people } => print(&merge(folder, datasets, *people)?),
        Command::Export { format, dataset, path, force } => {
            print(&export(format, dataset, path, *force)?)
        }
        Command::Doctor(arguments) => {
            let (text, code) = doctor(arguments)?;
            print(&text)?;
            Ok(code)
        }
        Command::Optimize(arguments) => match optimize(arguments)? {
            Some(text) => print(&text),
            None => Ok(interrupt::ended().unwrap_or(ExitCode::FAILURE)),
        },
        Command::Score { run, segments, source, batch_size, device, out } => {
            let dataset = settings::dataset(segments)?;
            let source = source.as_deref();
            let scores =
                SavedModel::score(run, &dataset, source, *batch_size, self::device(device)?)?;
            write_scores(scores, out.as_deref())
        }
    }
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
        eprintln!("--seeds {count}: the file has {written}, and all of them are run");
    }
    Ok(Experiment::Data(Box::new(sweep), text))
}

fn check(file: &Path, agreement: bool) -> anyhow::Result<ExitCode> {
    let (sweep, written) = match load(file, None)? {
        Experiment::Exact(..) => {
            return print("OK: valid (exact experiments use no dataset)\n");
        }
        Experiment::Study(spec, written) => return print(&people::check(&spec, file, &written)?),
        Experiment::Data(sweep, written) => (sweep, written),
    };
    let located = |error: RunError| error.located(file, &written);
    let plan = sweep.first();
    let mut text = None;
    let mut untested: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut known: HashMap<String, Prepared> = HashMap::new();
    for &seed in plan.splits() {
        let whole = plan.whole(seed);
        let prepared = Prepared::new(plan, &whole).map_err(located)?;
        text.get_or_insert_with(|| listing::checked(plan, &prepared));
        for (name, _) in prepared.sources.iter().filter(|(_, source)| source.test.is_empty()) {
            untested.entry(name.clone()).or_default().push(seed);
        }
        if sweep.plans.len() > 1 {
            known.insert(whole.data()?, prepared);
        }
    }
    for spec in plan.varied() {
        Prepared::new(plan, &spec).map_err(located)?;
    }
    for plan in &sweep.plans[1..] {
        for whole in plan.splits().iter().map(|&seed| plan.whole(seed)) {
            match known.entry(whole.data()?) {
                Entry::Occupied(found) => {
                    found.get().check_plan(plan, whole.dataset.split_seed).map_err(located)?;
                }
                Entry::Vacant(place) => {
                    place.insert(Prepared::new(plan, &whole).map_err(located)?);
                }
            }
        }
    }
    let text =
        text.map(|text| text + &listing::counts(&sweep) + &listing::untested(plan, &untested));
    if !agreement {
        return print(&text.unwrap_or_default());
    }
    let seed = plan.splits().first().copied().unwrap_or_default();
    let found = medley_run::agreement(plan, seed);
    let rows = aggregate_agreement(&found.map_err(located)?)?;
    print(&format!("{}\n{}", text.unwrap_or_default(), agreement_summary(&rows)))
}

fn plan(file: &Path, estimate: bool, out: &Path) -> anyhow::Result<ExitCode> {
    match load(file, None)? {
        Experiment::Exact(spec, _) => print(&format!("{}: one exact computation\n", spec.name)),
        Experiment::Study(spec, _) => print(&people::planned(&spec)),
        Experiment::Data(sweep, written) => {
            let folder = out.join(sweep.name());
            let text = listing::planned(&sweep, &folder);
            let further = match estimate {
                true => {
                    let found = medley_run::estimate(&sweep, &folder);
                    status::estimated(&sweep, found.map_err(|error| error.located(file, &written))?)
                }
                false => String::new(),
            };
            print(&(text + &further))
        }
    }
}

fn status_of(file: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    match load(file, None)? {
        Experiment::Exact(spec, _) => print(&format!("{}: one exact computation\n", spec.name)),
        Experiment::Study(spec, _) => print(&people::planned(&spec)),
        Experiment::Data(sweep, _) => print(&status::status(&sweep, &out.join(sweep.name()))),
    }
}

fn run(
    file: &Path,
    out: &Path,
    jobs: Option<u32>,
    seeds: Option<u32>,
    fails_fast: bool,
    elsewhere: &Elsewhere,
) -> anyhow::Result<ExitCode> {
    let (sweep, written) = match load(file, seeds)? {
        Experiment::Exact(spec, written) => {
            let folder = out.join(&spec.name);
            let owner = Owner::new(file, [written.clone()]);
            owner.check(&folder).map_err(|error| error.located(file, &written))?;
            let (summary, files) = run_exact(&spec, &folder)?;
            owner.keep(&folder)?;
            print(&summary)?;
            return print(&listing::written(&files));
        }
        Experiment::Study(spec, written) => {
            return print(&people::run(&spec, file, &written, &out.join(&spec.name))?);
        }
        Experiment::Data(sweep, written) => (sweep, written),
    };
    let folder = out.join(sweep.name());
    let owner = owner(&sweep, file);
    owner.check(&folder).map_err(|error| error.located(file, &written))?;
    eprint!("{}", listing::of_other_versions(&sweep, &folder));
    interrupt::listen()?;
    let given = Given { sweep: &sweep, file, text: &written, seeds, folder: &folder };
    match hand_over(&given, elsewhere)? {
        Handed::Local => {}
        Handed::Over(text) => return print(&text),
        Handed::Waited(text, tally) => {
            print(&text)?;
            owner.check(&folder).map_err(|error| error.located(file, &written))?;
            return report_on(&sweep, &folder, &owner, tally);
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let bars = Bars::new(sweep.runs().count());
    let jobs = jobs.or(sweep.execution().jobs).map_or(cores, |jobs| jobs as usize);
    let options = RunOptions { jobs, fails_fast, ..RunOptions::default() };
    let tally = run_all(&sweep, &folder, options, &|event| bars.show(&event));
    bars.finish();
    let tally = tally.map_err(|error| error.located(file, &written))?;
    owner.check(&folder).map_err(|error| error.located(file, &written))?;
    report_on(&sweep, &folder, &owner, tally)
}

fn owner(sweep: &Sweep, file: &Path) -> Owner {
    Owner::new(file, sweep.runs().map(|(_, run)| run.id.clone()))
}

fn report_on(
    sweep: &Sweep,
    folder: &Path,
    owner: &Owner,
    tally: Tally,
) -> anyhow::Result<ExitCode> {
    let Tally { skipped, done, failed, left } = tally;
    let is_model = |run: &RunPlan| matches!(run.subject, Subject::Mix(_));
    let any_model =
        sweep.runs().any(|(_, run)| is_model(run) && RunFolder::of(folder, run).is_done());
    let left = if left > 0 { format!(", {left} not started") } else { String::new() };
    eprintln!("{done} runs done, {skipped} finished before, {failed} failed{left}");
    if let Some(code) = interrupt::ended() {
        return Ok(code);
    }
    if !any_model {
        anyhow::bail!(
            "no run of a mix is finished; see the reasons above and in {}",
            folder.display()
        );
    }
    let Collected { files, summary, .. } = collect(sweep, folder)?;
    owner.keep(folder)?;
    print(&summary)?;
    print(&listing::written(&files))?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn plot(file: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let (sweep, written) = match load(file, None)? {
        Experiment::Exact(spec, _) => {
            let (_, files) = plot_exact(&spec, &out.join(&spec.name))?;
            return print(&listing::written(&files));
        }
        Experiment::Study(spec, written) => {
            return print(&people::plot(&spec, file, &written, &out.join(&spec.name))?);
        }
        Experiment::Data(sweep, written) => (sweep, written),
    };
    let folder = out.join(sweep.name());
    let owner = owner(&sweep, file);
    owner.check(&folder).map_err(|error| error.located(file, &written))?;
    let Collected { files, missing, broken, .. } = collect(&sweep, &folder)?;
    owner.keep(&folder)?;
    for (run, reason) in &broken {
        eprintln!("run {run} is left out: {reason}");
    }
    let missing = missing + broken.len();
    if missing > 0 {
        eprintln!("{missing} runs of the plan are not finished; `medley run` runs them");
    }
    print(&listing::written(&files))
}

/// The page, its tables and its bibliography.
fn report_page(file: &Path, out: &Path, pdf: bool) -> anyhow::Result<ExitCode> {
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
    print(&report::told(&files))
}

fn write_scores(scores: Vec<Score>, out: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut text = csv::Writer::from_writer(Vec::new());
    text.write_record(["segment", "return", "sd"])?;
    for Score { segment, mean, sd } in scores {
        text.write_record([segment, mean.to_string(), sd.to_string()])?;
    }
    let bytes = text.into_inner().context("writing CSV")?;
    let Some(path) = out else { return print(&String::from_utf8(bytes)?) };
    medley_whole_file::write_named(path, &bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints to standard output; a closed pipe (`medley list | head`) is not an error.
fn print(text: &str) -> anyhow::Result<ExitCode> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
