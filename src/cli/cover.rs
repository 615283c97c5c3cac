//! What a report says that no table holds: the question, the plan, the data and the machine.

use medley_dataset::{Card, SplitBy};
use medley_plan::{DatasetSpec, ExperimentSpec, Subject, Sweep};
use medley_report::{Cover, DataCard, Fact, Method, Resampled};
use medley_whole_file::{SETTINGS, read_text};
use std::collections::BTreeSet;
use std::path::Path;

/// The comment at the head of a TOML file, without its marks.
pub(super) fn question(text: &str) -> String {
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let comment = lines.take_while(|line| line.starts_with('#'));
    // A directive for editors is no question.
    let said = comment.filter(|line| !line.starts_with("#:"));
    said.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join("\n")
}

/// What is common to the reports of all kinds of experiments.
pub(super) fn cover(name: &str, file: &Path, text: &str) -> Cover {
    let file =
        file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Cover {
        name: name.to_owned(),
        question: question(text),
        file,
        text: text.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..Cover::default()
    }
}

/// The machine that writes the page, and the version.
pub(super) fn machine() -> Vec<Fact> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = format!(
        "{} on {}, {cores} {}",
        std::env::consts::OS,
        std::env::consts::ARCH,
        if cores == 1 { "core" } else { "cores" }
    );
    vec![
        Fact::new("Medley", env!("CARGO_PKG_VERSION")),
        Fact::new("Machine that wrote this page", system),
    ]
}

/// What is known of a dataset folder; its name alone if its card cannot be read.
pub(super) fn data_card(folder: &Path) -> DataCard {
    let read = |name: &str| read_text(&folder.join(name), SETTINGS).ok();
    let card = read("dataset.toml").and_then(|text| toml::from_str::<Card>(&text).ok());
    let name =
        folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    // A dataset of several, like those of one study, has its licence one folder up.
    let folders = [Some(folder), folder.parent()];
    let licences = folders.into_iter().flatten().map(licences).find(|found| !found.is_empty());
    let page = read("README.md").unwrap_or_default();
    let card = card.unwrap_or_else(|| Card::new(&name, medley_dataset::Domain::Text));
    let mut facts = vec![Fact::new("Folder", folder.display().to_string())];
    if let Some(import) = &card.import {
        let counted = |counts: &std::collections::BTreeMap<String, usize>| {
            let counts = counts.iter().map(|(what, count)| format!("{what} {count}"));
            counts.collect::<Vec<_>>().join(", ")
        };
        facts.push(Fact::new("Kept by the import", counted(&import.kept)));
        if !import.dropped.is_empty() {
            facts.push(Fact::new("Dropped by the import", counted(&import.dropped)));
        }
        facts.extend(import.notes.iter().map(|note| Fact::new("Note of the import", note)));
    }
    DataCard {
        name: card.name,
        licence: card.licence,
        attribution: card.attribution,
        source: card.source,
        facts,
        page,
        licences: licences.unwrap_or_default(),
    }
}

/// Files of a folder whose names say that they are a licence, with their texts, in the order of names.
fn licences(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    let is_one = |name: &String| {
        let name = name.to_uppercase();
        ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start))
    };
    let mut names: Vec<String> = names.filter(is_one).collect();
    names.sort();
    let read =
        |name: String| read_text(&folder.join(&name), SETTINGS).ok().map(|text| (name, text));
    names.into_iter().filter_map(read).collect()
}

/// Cover of an experiment on data: what its plan says.
pub(super) fn of_sweep(sweep: &Sweep, file: &Path, text: &str) -> Cover {
    let plan = sweep.first();
    let spec = &plan.spec;
    let mut cover = cover(&spec.name, file, text);
    cover.planned = sweep.runs().count();
    cover.plan = planned(sweep);
    cover.cards = match &spec.dataset.path {
        Some(path) => vec![with_hash(data_card(path), plan.content.dataset_hash.as_deref())],
        None => vec![made(&spec.dataset)],
    };
    cover.resampled = resampled(&spec.dataset);
    cover.chosen = chosen(spec, sweep);
    cover.methods = methods(spec);
    cover
}

fn with_hash(mut card: DataCard, hash: Option<&str>) -> DataCard {
    card.facts.extend(hash.map(|hash| Fact::new("Content hash (BLAKE3)", hash)));
    card
}

/// Data that each run makes.
fn made(data: &DatasetSpec) -> DataCard {
    let by = data.generator.as_ref().map_or("", |by| by.typetag_name());
    let seed = match data.generator_seed {
        Some(seed) => format!("{seed}, for all runs"),
        None => "that of the run: each has a dataset of its own".to_owned(),
    };
    DataCard {
        name: format!("made by {by}"),
        licence: "none: these data are simulated".to_owned(),
        attribution: "nobody: these data are simulated".to_owned(),
        source: format!("the generator `{by}` of Medley, with the options of the file"),
        facts: vec![Fact::new("Seed", seed)],
        ..DataCard::default()
    }
}

/// How seeds differ: by their splits, unless the file has one for all.
fn resampled(data: &DatasetSpec) -> Resampled {
    let split = &data.split;
    let train = 1.0 - split.validation - split.test;
    match data.split_seed {
        None if train > 0.0 && split.test > 0.0 => {
            Resampled::Splits { test_over_train: split.test / train }
        }
        _ => Resampled::OneSplit,
    }
}

fn planned(sweep: &Sweep) -> Vec<Fact> {
    let spec = &sweep.first().spec;
    let mut facts = vec![Fact::new("Name", spec.name.as_str())];
    let mut labels: Vec<&str> = Vec::new();
    let (mut known, mut settings) = (BTreeSet::new(), BTreeSet::new());
    for (_, run) in sweep.runs() {
        if let Subject::Mix(mix) = &run.subject
            && known.insert(&mix.label)
        {
            labels.push(&mix.label);
        }
        settings.insert(run.setting.to_string());
    }
    settings.remove("");
    let swept = (!sweep.keys.is_empty())
        .then(|| Fact::new(format!("Sweep ({} points)", sweep.plans.len()), sweep.keys.join(", ")));
    let sources: Vec<String> = spec
        .feedback
        .iter()
        .map(|(name, of)| format!("{name} ({})", of.adapter.typetag_name()))
        .collect();
    facts.push(Fact::new("Sources of feedback", sources.join(", ")));
    facts.push(Fact::new(format!("Mixes ({})", labels.len()), shortened(&labels)));
    facts.extend(swept);
    if !settings.is_empty() {
        let all: Vec<&str> = settings.iter().map(String::as_str).collect();
        facts.push(Fact::new(format!("Settings ({})", all.len()), shortened(&all)));
    }
    let modes: Vec<&str> = spec.ablation.modes.keys().map(String::as_str).collect();
    let mixing = match modes.is_empty() {
        true => spec.mixing.typetag_name().to_owned(),
        false => modes.join(", "),
    };
    facts.push(Fact::new("Mixing", mixing));
    facts.push(Fact::new("Inference", spec.inference.typetag_name()));
    facts.push(Fact::new("Reward model", spec.reward_model.backbone.typetag_name()));
    facts.push(Fact::new("Encoder", spec.dataset.encoder.typetag_name()));
    let seeds: Vec<String> = spec.seeds.iter().map(u64::to_string).collect();
    facts.push(Fact::new(
        format!("Seeds ({})", seeds.len()),
        shortened(&seeds.iter().map(String::as_str).collect::<Vec<_>>()),
    ));
    facts.push(Fact::new("Split", split(&spec.dataset)));
    facts.push(Fact::new("Labels", protocol(spec)));
    let judged = match spec.evaluation.sources.is_empty() {
        true => "the held-out part of every source".to_owned(),
        false => spec.evaluation.sources.join(", "),
    };
    facts.push(Fact::new("Judged on", judged));
    facts.push(Fact::new("Runs", sweep.runs().count().to_string()));
    facts.push(Fact::new("Device", spec.device.as_str()));
    facts
}

/// Names, or the first of many and how many more there are.
fn shortened(names: &[&str]) -> String {
    const MOST: usize = 40;
    let (shown, more) = names.split_at(names.len().min(MOST));
    let more = if more.is_empty() { String::new() } else { format!("; and {} more", more.len()) };
    format!("{}{more}", shown.join("; "))
}

fn split(data: &DatasetSpec) -> String {
    let by = match data.split.by {
        SplitBy::Prompt => "prompt",
        SplitBy::Episode => "episode",
        SplitBy::Annotator => "annotator",
    };
    let (validation, test) = (data.split.validation, data.split.test);
    let seed = match data.split_seed {
        Some(seed) => format!("one split for all seeds (seed {seed})"),
        None => "anew for each seed".to_owned(),
    };
    format!(
        "by {by}, {seed}: {} training, {validation} validation, {test} test",
        // Shares are short decimals, and their difference is not.
        ((1.0 - validation - test) * 1e9).round() / 1e9
    )
}

fn protocol(spec: &ExperimentSpec) -> String {
    let protocol = toml::Value::try_from(spec.ablation.protocol).ok();
    let protocol = protocol.as_ref().and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    match spec.ablation.labels {
        Some(labels) => format!("{protocol}, {labels} statements"),
        None => protocol,
    }
}

/// What every run chooses by itself.
fn chosen(spec: &ExperimentSpec, sweep: &Sweep) -> Vec<String> {
    let mut told = Vec::new();
    let points = sweep.plans.len();
    if points > 1 && sweep.is_comparable() {
        told.push(format!(
            "**Sweep**: each mix is compared at one of {points} points, that with the highest log-likelihood of the \
             validation part, mean over seeds, where there is one; the test part had no say. Tables of results have every \
             point."
        ));
    } else if points > 1 {
        told.push(format!(
            "**Sweep**: {points} points, whose held-out parts cannot be compared: none was chosen, and each stands under \
             a name of its own."
        ));
    }
    if spec.dataset.split.validation > 0.0 {
        told.push(
            "Within a run, the validation part says when to stop and fits the response model of each judged source, \
             with the reward frozen and for all mixes alike; the test part has no say."
                .to_owned(),
        );
    } else {
        told.push(
            "The split has no validation part: response models of judged sources are fitted to the training part, \
             and nothing says when to stop but the limit of the file."
                .to_owned(),
        );
    }
    if spec.querying.is_some() {
        told.push(
            "Which question is asked next is chosen before its answer is looked at.".to_owned(),
        );
    }
    told.push(
        "Options that a person set in the file after seeing results are not known to Medley. The comments of the file \
         may tell."
            .to_owned(),
    );
    told
}

fn methods(spec: &ExperimentSpec) -> BTreeSet<Method> {
    let mut found = BTreeSet::new();
    for of in spec.feedback.values() {
        if of.adapter.typetag_name() == "comparison" {
            found.insert(Method::BradleyTerry);
            let text = toml::to_string(&of.adapter).unwrap_or_default();
            if text.contains("davidson") {
                found.insert(Method::Davidson);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_the_comment_at_the_head() {
        let text = "#:schema x.json\n# What does each teach?\n#   Four kinds.\n\nname = \"a\" # no\n# nor this\n";
        assert_eq!(question(text), "What does each teach?\nFour kinds.");
        assert_eq!(question("name = \"a\"\n# x"), "");
    }
}
