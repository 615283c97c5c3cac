//! The TOML file of a first experiment on a dataset.

use super::line::{quoted, shell, shown};
use super::plan::Plan;
use medley_formats::FILL_IN;
use std::collections::BTreeSet;

/// An experiment on feedback of these kinds about texts: small, linear, and with the options that matter
/// first. `chosen` are kinds of which one is to be chosen.
pub(super) fn of_texts(plan: &Plan<'_>, kinds: &[&str], chosen: &[&str]) -> String {
    let mut text = head(plan)
        + "split = { by = \"prompt\", validation = 0.1, test = 0.2 }\n\
           encoder.hashed-ngrams = { dimensions = 256 }    # words, and overlap with the prompt; no model\n";
    text += MODEL;
    let known: Vec<&&str> = kinds.iter().filter(|kind| **kind != FILL_IN).collect();
    if known.is_empty() && chosen.is_empty() {
        text += "\n# The kind of feedback was not recognized: say here what the import makes of it.\n\
                 [feedback.answers]\n\
                 adapter.FILL-IN = {}         # such as adapter.comparison, as `medley list adapters` has them\n";
    }
    known.into_iter().for_each(|kind| text += &source(kind));
    text += &choice(chosen);
    text + REST
}

/// An experiment on episodes: features of their steps, and a split of whole episodes.
pub(super) fn of_episodes(plan: &Plan<'_>, kinds: &[&str]) -> String {
    let mut text = head(plan)
        + "split = { by = \"episode\", validation = 0.1, test = 0.2 }\n\
           encoder.steps = {}           # the features of the dataset\n\
           standardize = true\n";
    text += MODEL;
    kinds.iter().for_each(|kind| text += &source(kind));
    text + REST
}

const MODEL: &str = "\n[reward-model]\n\
                     members = 4\n\
                     backbone.linear = {}         # or mlp = { hidden = [64] }\n";

const REST: &str = "\n[mixing]\n\
            separate = {}                # a reward for each source; or joint = {}, one for all\n\n\
            [training]\n\
            learning-rate = 0.03\n\n\
            [evaluation]\n\
            agreement = true             # how well each source's reward predicts every other\n";

fn head(plan: &Plan<'_>) -> String {
    let path = plan.dataset.display().to_string();
    format!(
        "# A first experiment on {}. `medley check {1}` tells whether it can run, `medley run {1}` runs\n\
         # it. Every key and its default: `medley init` without a file writes them.\n\
         name = {2}\n\
         seeds = [0, 1, 2]            # each draws its own split\n\n\
         [dataset]\n\
         path = {3}\n",
        shown(&plan.shown(), 200),
        shell(&plan.experiment),
        quoted(&plan.name),
        quoted(&path),
    )
}

fn source(kind: &str) -> String {
    let plural = if kind.ends_with('s') { kind.to_owned() } else { format!("{kind}s") };
    format!("\n[feedback.{plural}]\nadapter.{kind} = {{}}{}\n", remark(kind))
}

/// Sources within comments, as the mapping has the kinds of which one is chosen.
fn choice(kinds: &[&str]) -> String {
    let kinds: BTreeSet<&str> = kinds.iter().copied().collect();
    if kinds.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## Take the \"# \" off the lines of the kind that is chosen in the mapping.\n",
    );
    for kind in kinds {
        text.push('\n');
        for line in source(kind).lines().filter(|line| !line.is_empty()) {
            text += &format!("# {line}\n");
        }
    }
    text
}

fn remark(kind: &str) -> &'static str {
    match kind {
        "comparison" => "      # ties = \"davidson\", \"rao-kupper\" or \"soft-label\"",
        "rating" => "          # cutpoints = \"per-annotator\" if there are several people",
        "approval" => "        # threshold = \"per-annotator\" if there are several people",
        "critique" => "        # unit = \"step\" or \"segment\"",
        _ => "",
    }
}
