//! Text that verbs print.

use medley_plan::{Candidate, DatasetSpec, Plan, RunPlan, Rung, Subject, Sweep};
use medley_run::{Prepared, RunFolder, State, other_versions};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What `medley check` found.
pub(super) fn checked(plan: &Plan, prepared: &Prepared) -> String {
    let spec = &plan.spec;
    let segments = prepared.dataset.segments();
    let (place, hash) = (place(&spec.dataset), prepared.dataset.hash());
    let mut text = format!(
        "{}: OK\ndataset {place}: {} segments, {} steps, {} groups, {} features; hash {}\n",
        spec.name,
        segments.len(),
        segments.step_count(),
        prepared.dataset.groups().len(),
        prepared.features.feature_count(),
        &hash[..12.min(hash.len())],
    );
    for note in &prepared.features.notes {
        let _ = writeln!(text, "features: {note}");
    }
    for (name, source) in &prepared.sources {
        let _ = writeln!(
            text,
            "feedback {name}: {} statements for training, {} for validation, {} for test",
            source.train.len(),
            source.validation.len(),
            source.test.len(),
        );
        let statements = source.learnable.statements();
        for (reason, count) in &statements.dropped {
            let _ = writeln!(text, "  {count} records left out: they {reason}");
        }
        for (note, count) in &statements.notes {
            let _ = writeln!(text, "  {count} of the records {note}");
        }
    }
    if let [first, _, ..] = plan.splits() {
        let count = plan.splits().len();
        let _ = writeln!(text, "{count} splits bound; the counts are of seed {first}");
    }
    if let bytes @ 1.. = prepared.attention_bytes(plan) {
        let _ = writeln!(text, "attention: about {} MiB at once", bytes.div_ceil(1 << 20));
    }
    text
}

/// How many runs there are, at how many points.
pub(super) fn counts(sweep: &Sweep) -> String {
    let device = &sweep.first().spec.device;
    let points = match sweep.keys.is_empty() {
        true => String::new(),
        false => {
            format!(" at {} of {}", counted(sweep.plans.len(), "point"), sweep.keys.join(", "))
        }
    };
    format!("{}{points} on {device}\n", counted(sweep.runs().count(), "run"))
}

/// The folder of a dataset, or what makes it.
fn place(data: &DatasetSpec) -> String {
    let made = || data.generator.as_ref().map(|by| format!("made by `{}`", by.typetag_name()));
    let folder = data.path.as_ref().map(|path| path.display().to_string());
    folder.or_else(made).unwrap_or_default()
}

/// Sources that some splits leave without a test part; empty if none does, or all do.
pub(super) fn untested(plan: &Plan, seeds_of: &BTreeMap<String, Vec<u64>>) -> String {
    let told = |(name, seeds): (&String, &Vec<u64>)| {
        let listed: Vec<String> = seeds.iter().map(ToString::to_string).collect();
        format!(
            "feedback {name}: no test statements under {} ({}), so it is not judged there\n",
            counted(seeds.len(), "split"),
            listed.join(", ")
        )
    };
    let some = seeds_of.iter().filter(|(_, seeds)| seeds.len() < plan.splits().len());
    some.map(told).collect()
}

/// Finished runs that another version of Medley left; empty if none did.
pub(super) fn of_other_versions(sweep: &Sweep, folder: &Path) -> String {
    let told = |(version, count): (String, usize)| {
        format!("{} of medley {version}", counted(count, "run"))
    };
    let found: Vec<String> = other_versions(sweep, folder).into_iter().map(told).collect();
    match found.is_empty() {
        true => String::new(),
        false => format!(
            "{} has {}: the version is part of what a run is, so that this one does its runs anew\n",
            folder.display(),
            found.join(", ")
        ),
    }
}

/// The runs of an experiment.
pub(super) fn planned(sweep: &Sweep, folder: &Path) -> String {
    let mut text = String::new();
    for (_, run) in sweep.runs() {
        let state = match RunFolder::of(folder, run).state() {
            State::Done => "done",
            State::ToDo => "to do",
            State::Broken(_) => "again",
        };
        let label = match run.subject.label() {
            "" => "(baselines and ceilings)".to_owned(),
            _ => run.told(),
        };
        let setting = match (sweep.keys.is_empty(), run.setting.to_string()) {
            (false, setting) if !setting.is_empty() => format!(", {setting}"),
            _ => String::new(),
        };
        let _ = writeln!(text, "{}  {state:5}  seed {}  {label}{setting}", run.id, run.seed);
    }
    let points = sweep.plans.iter().map(|plan| orders(plan) + &tuning(plan));
    let further: BTreeSet<String> = points.collect();
    text + &counts(sweep)
        + &further.into_iter().collect::<String>()
        + &of_other_versions(sweep, folder)
}

/// How many orders of adding sources are sampled, and what these cost; empty if none are.
fn orders(plan: &Plan) -> String {
    let spec = &plan.spec;
    let (Ok(orders), Ok(mixes)) = (spec.orders(), spec.mixes()) else { return String::new() };
    if orders.is_empty() {
        return String::new();
    }
    let is_mix = |run: &&RunPlan| matches!(run.subject, Subject::Mix(_));
    format!(
        "orders: {} of {} sources, with {} mixes: {} of them under {}\n",
        orders.len(),
        spec.feedback.len(),
        mixes.len(),
        counted(plan.runs.iter().filter(is_mix).count(), "run"),
        counted(spec.seeds.len(), "seed"),
    )
}

/// What is tuned on what, and how many fits that costs; empty if nothing is.
fn tuning(plan: &Plan) -> String {
    let Some(spec) = &plan.spec.tuning else { return String::new() };
    let is_first = |run: &&RunPlan| Some(&run.seed) == plan.spec.seeds.first();
    let tuned = plan.runs.iter().filter(is_first);
    let tuned = tuned.filter_map(|run| Some((run, run.spec.tuning.as_ref()?)));
    let (mut text, mut total) = (String::new(), 0);
    for (run, own) in tuned {
        if text.is_empty() {
            let keys: Vec<&str> = spec.options.keys().map(String::as_str).collect();
            let _ = writeln!(
                text,
                "tuning: {}, on the validation log-likelihood of `{}`",
                keys.join(", "),
                own.target
            );
        }
        let names: Vec<&str> = run.subject.sources().iter().map(String::as_str).collect();
        let fits = |candidate: &Candidate| candidate.fit.mixing.fits(&names).len();
        let each = own.candidates.iter().map(fits).max().unwrap_or(0);
        let rungs = own.rungs();
        let fits = rungs.iter().map(|rung| rung.candidates).sum::<usize>() + 1;
        total += fits * each;
        let setting = match run.setting.to_string() {
            setting if setting.is_empty() => setting,
            setting => format!(", {setting}"),
        };
        let _ = writeln!(
            text,
            "  {}{setting}: {} candidates; {}, then the chosen one on all: {fits} fits of {} a seed",
            run.subject.label(),
            own.candidates.len(),
            steps(&rungs),
            counted(each, "model")
        );
    }
    let seeds = plan.spec.seeds.len();
    let most = if spec.halving.is_some() { "at most " } else { "" };
    let total = counted(total * seeds, "model");
    let are = if total == "1 model" { "is" } else { "are" };
    let seeds = counted(seeds, "seed");
    let _ = writeln!(text, "  in all {most}{total} {are} fitted for tuned runs, under {seeds}");
    text
}

/// "9 on 20 statements of each source, 3 on 60", or "all 4 on all statements".
fn steps(rungs: &[Rung]) -> String {
    let told = |(number, rung): (usize, &Rung)| match (rung.statements, number) {
        (None, _) => format!("all {} on all statements", rung.candidates),
        (Some(count), 0) => format!("{} on {count} statements of each source", rung.candidates),
        (Some(count), _) => format!("{} on {count}", rung.candidates),
    };
    rungs.iter().enumerate().map(told).collect::<Vec<_>>().join(", ")
}

/// "1 model", "2 models".
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Files that a verb wrote.
pub(super) fn written(files: &[PathBuf]) -> String {
    files
        .iter()
        .fold(String::new(), |text, file| text + "wrote " + &file.display().to_string() + "\n")
}
