//! What is lost on other data, as text?

use crate::summary::{better, cell, interval, mean_over, number, shown};
use crate::{Loss, Robustness};
use std::fmt::Write;

/// Losses as Markdown: a table for each measure of the true reward, one row for each kind of data. Empty
/// without other data.
pub fn robustness_summary(found: &[Robustness]) -> String {
    let Some(first) = found.first() else { return String::new() };
    let mut text = format!(
        "## What is lost on other data\n\nA row is data that are made in another way, a column a mix. Each \
         number is what the mix loses against the same seeds on the data that the file writes, with the 95 % \
         interval over seeds; below 0 is a gain. {} `same`: to the bit, as what was varied \
         means nothing to these answers. Nothing is corrected for the number of cells.\n\n",
        mean_over(std::iter::once(first.seeds))
    );
    for of in found {
        table(&mut text, of);
    }
    text
}

fn table(text: &mut String, of: &Robustness) {
    let Robustness { metric, unit, direction, mixes, written, variants, losses, .. } = of;
    let (name, better) = (shown(metric), better(*direction));
    let _ = writeln!(text, "### {name}\n\nIn {unit}; {better} is better.\n");
    let names: Vec<String> = mixes.iter().map(|mix| cell(mix)).collect();
    let _ =
        writeln!(text, "| data | {} |\n|---|{}", names.join(" | "), "---:|".repeat(mixes.len()));
    let reached = written.iter().map(|mean| mean.map_or_else(absent, number));
    let _ = writeln!(text, "| **as written** | {} |", reached.collect::<Vec<_>>().join(" | "));
    for (variant, row) in variants.iter().zip(losses) {
        let lost = row.iter().map(|loss| loss.as_ref().map_or_else(absent, told));
        let _ = writeln!(text, "| {} | {} |", cell(variant), lost.collect::<Vec<_>>().join(" | "));
    }
    text.push('\n');
}

fn absent() -> String {
    "-".to_owned()
}

fn told(of: &Loss) -> String {
    let (low, high) = of.interval.unzip();
    match of.is_untouched {
        true => "same".to_owned(),
        false => number(of.mean) + &interval(low, high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate_robustness;
    use crate::sample::varied;

    #[test]
    fn a_row_is_other_data_and_a_column_a_mix() {
        let mut rows = Vec::new();
        for seed in 0..5 {
            rows.extend(varied("a", seed, "", [90.0, 0.2]));
            rows.extend(varied("a", seed, "late | slow", [90.0, 0.2]));
            rows.extend(varied("a", seed, "tired", [80.0 - seed as f64, 0.3]));
            rows.extend(varied("b", seed, "tired", [50.0, 0.3]));
        }
        let text = robustness_summary(&aggregate_robustness(&rows));
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(
            lines[..4],
            [
                "| data | a | b |",
                "|---|---:|---:|",
                "| **as written** | 90.000 | - |",
                r"| late \| slow | same | - |"
            ]
        );
        assert!(lines[4].starts_with("| tired | 12.000 [10."), "{}", lines[4]);
        assert!(lines[9].starts_with("| tired | 0.100") && lines.len() == 10, "{lines:?}");
        assert!(text.contains("Mean over 5 seeds.") && text.contains("### EPIC"), "{text}");
        assert_eq!(robustness_summary(&[]), "");
    }
}
