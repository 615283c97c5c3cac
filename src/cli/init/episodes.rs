//! The TOML file of an import of episodes.

use super::line::{counted, shown};
use super::plan::Plan;
use super::seen::begun;
use medley_formats::{Episodes, FILL_IN};
use std::fmt::Write;

const COMPARISON: &str = "comparison";

/// Options of the importer of episodes, with the arrays that were seen.
pub(super) fn text(plan: &Plan<'_>, found: &Episodes) -> String {
    let mut text = begun(plan, "from the names of arrays");
    let _ = writeln!(text, "# {}:\n#", counted(found.count as u64, "array"));
    let width = found.arrays.iter().map(|(path, _)| path.chars().count()).max().unwrap_or(0);
    for (path, shape) in &found.arrays {
        let _ = writeln!(text, "#   {}  {shape:?}", shown(&format!("{path:<width$}"), 100));
    }
    if found.count > found.arrays.len() {
        let _ = writeln!(text, "#   and {} more", found.count - found.arrays.len());
    }
    text += "#\n# Guessed: the format `d4rl`, which makes of them:\n";
    for (what, count) in &found.report.kept {
        let _ = writeln!(text, "#   {count} {}", shown(what, 200));
    }
    for note in &found.report.notes {
        let _ = writeln!(text, "# {}", shown(note, 300));
    }
    if !compares(found) {
        text += "# Nobody compares episodes here: labels of comparisons would lie as CSV in the folder of the file,\n\
                 # which is then what is imported.\n";
    }
    text += "\n[import.d4rl]\n";
    let why =
        "true if people acted, so that each episode is a demonstration; false if a policy did";
    let _ = match compares(found) {
        true => writeln!(text, "demonstrations = false  # guessed; {why}"),
        false => writeln!(text, "demonstrations = {FILL_IN:?} # put {why}"),
    };
    text
}

/// Kinds of feedback.
pub(super) fn kinds(found: &Episodes) -> Vec<&'static str> {
    if compares(found) { vec![COMPARISON] } else { vec!["demonstration"] }
}

fn compares(found: &Episodes) -> bool {
    found.report.kept.iter().any(|(what, count)| what.starts_with(COMPARISON) && *count > 0)
}
