//! The TOML file of a first experiment on a dataset.

use super::line::{quoted, shell, shown};
use super::plan::Plan;
use medley_formats::FILL_IN;
use std::fmt::Write;

/// An experiment on feedback of these kinds: small, linear, and with the options that matter first.
pub(super) fn text(plan: &Plan<'_>, kinds: &[&str]) -> String {
    let name = &plan.name;
    let path = plan.dataset.display().to_string();
    let mut text = format!(
        "# A first experiment on {}. `medley check {1}` tells whether it can run, `medley run {1}` runs\n\
         # it. Every key and its default: `medley init` without a file writes them.\n\
         name = {2}\n\
         seeds = [0, 1, 2]            # each draws its own split\n\n\
         [dataset]\n\
         path = {3}\n\
         split = {{ by = \"prompt\", validation = 0.1, test = 0.2 }}\n\
         encoder.hashed-ngrams = {{ dimensions = 256 }}    # words, and overlap with the prompt; no model\n\n\
         [reward-model]\n\
         members = 4\n\
         backbone.linear = {{}}         # or mlp = {{ hidden = [64] }}\n",
        shown(&plan.source.display().to_string(), 200),
        shell(&plan.experiment),
        quoted(name),
        quoted(&path),
    );
    let known: Vec<&&str> = kinds.iter().filter(|kind| **kind != FILL_IN).collect();
    if known.is_empty() {
        text += "\n# The kind of feedback was not recognized: say here what the import makes of it.\n\
                 [feedback.answers]\n\
                 adapter.FILL-IN = {}         # such as adapter.comparison, as `medley list adapters` has them\n";
    }
    for kind in known {
        let plural = if kind.ends_with('s') { (**kind).to_owned() } else { format!("{kind}s") };
        let _ = write!(text, "\n[feedback.{plural}]\nadapter.{kind} = {{}}");
        let _ = writeln!(text, "{}", remark(kind));
    }
    text + "\n[mixing]\n\
            separate = {}                # a reward for each source; or joint = {}, one for all\n\n\
            [training]\n\
            learning-rate = 0.03\n\n\
            [evaluation]\n\
            agreement = true             # how well each source's reward predicts every other\n"
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
