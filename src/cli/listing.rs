//! Text that verbs print.

use medley_adapter::Adapter;
use medley_encoder::Encoder;
use medley_exact::Exact;
use medley_formats::{Exporter, Importer};
use medley_plan::{Candidate, Plan, RunPlan, Rung, Subject, compiled};
use medley_reward_model::Backbone;
use medley_run::{Prepared, RunFolder, State};
use medley_toml_file::{Linked, linked};
use medley_training::{Inference, Mixing};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Everything that TOML can name.
pub(super) fn everything() -> String {
    let sections: [(&str, &str, Vec<Linked>); 6] = [
        ("Adapters", "adapter", linked::<Box<dyn Adapter>>(|it| it.summary())),
        ("Backbones", "backbone", linked::<Box<dyn Backbone>>(|it| it.summary())),
        ("Mixings", "mixing", linked::<Box<dyn Mixing>>(|it| it.summary())),
        ("Inference", "inference", linked::<Box<dyn Inference>>(|it| it.summary())),
        ("Encoders", "encoder", linked::<Box<dyn Encoder>>(|it| it.summary())),
        ("Exact experiments", "exact", linked::<Box<dyn Exact>>(|it| it.summary())),
    ];
    let mut text = String::new();
    for (title, key, entries) in sections {
        let _ = writeln!(text, "{title}");
        for Linked { name, summary, options } in entries {
            let _ = writeln!(text, "  {key}.{name}    {summary}");
            for option in options {
                let _ = writeln!(text, "      {option}");
            }
        }
        text.push('\n');
    }
    for (title, entries) in [("Importers", importers()), ("Exporters", exporters())] {
        let _ = writeln!(text, "{title}");
        for Linked { name, summary, options } in entries {
            let _ = writeln!(text, "  {name}    {summary}");
            for option in options {
                let _ = writeln!(text, "      {option}");
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Devices\n  {}", compiled().join(", "));
    text
}

pub(super) fn importers() -> Vec<Linked> {
    linked::<Box<dyn Importer>>(|it| it.summary())
}

pub(super) fn exporters() -> Vec<Linked> {
    linked::<Box<dyn Exporter>>(|it| it.summary())
}

/// What `medley check` found.
pub(super) fn checked(plan: &Plan, prepared: &Prepared) -> String {
    let spec = &plan.spec;
    let segments = plan.dataset.segments();
    let mut text = format!(
        "{}: OK\ndataset {}: {} segments, {} steps, {} groups, {} features; hash {}\n",
        spec.name,
        spec.dataset.path.display(),
        segments.len(),
        segments.step_count(),
        plan.dataset.groups().len(),
        prepared.features.feature_count(),
        &plan.content.dataset_hash[..12.min(plan.content.dataset_hash.len())],
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
    let _ = writeln!(text, "{} runs on {}", plan.runs.len(), spec.device);
    text
}

/// The runs of a plan.
pub(super) fn planned(plan: &Plan, folder: &Path) -> String {
    let mut text = String::new();
    for run in &plan.runs {
        let state = match RunFolder::of(folder, run).state() {
            State::Done => "done",
            State::ToDo => "to do",
            State::Broken(_) => "again",
        };
        let label = match run.subject.label() {
            "" => "(baselines and ceilings)",
            label => label,
        };
        let _ = writeln!(text, "{}  {state:5}  seed {}  {label}", run.id, run.seed);
    }
    text + &orders(plan) + &tuning(plan)
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
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Files that a verb wrote.
pub(super) fn written(files: &[PathBuf]) -> String {
    files
        .iter()
        .fold(String::new(), |text, file| text + "wrote " + &file.display().to_string() + "\n")
}
