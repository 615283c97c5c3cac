//! Which sources did mixings trust, as text?

use crate::mix::distinct;
use crate::summary::{cell, row_name};
use crate::{LearnedRow, RunRow, Trusted};
use std::collections::BTreeMap;
use std::fmt::Write;

/// In how many runs of each mix and setting each source was trusted, as Markdown; nothing where no mixing
/// asked.
pub fn trust_summary(runs: &[RunRow], learned: &[LearnedRow]) -> String {
    let asked: Vec<&LearnedRow> = learned.iter().filter(|row| row.trusted.is_some()).collect();
    if asked.is_empty() {
        return String::new();
    }
    let of_run: BTreeMap<&str, &RunRow> = runs.iter().map(|run| (run.run.as_str(), run)).collect();
    let mut lines: BTreeMap<(&str, &str), Vec<&LearnedRow>> = BTreeMap::new();
    for row in &asked {
        if let Some(run) = of_run.get(row.run.as_str()) {
            lines.entry((&run.mix, &run.setting)).or_default().push(row);
        }
    }
    let sources = distinct(asked.iter().map(|row| &row.source));
    let mut text = String::from(
        "## Which sources are trusted\n\nBefore it ties rewards or combines them for all, a mixing asks which \
         sources agree: each one's reward is judged, in two folds of clusters of what the run learns from, on \
         every other, and a source that opposes most of the others is not trusted. It keeps its own reward, is \
         expected to say nothing of the others, and has no part in the reward for all. Where sources oppose \
         each other without a majority, *none* is trusted, and there is no reward for all. Number of runs in \
         which each was trusted:\n\n",
    );
    let names: Vec<String> = sources.iter().map(|source| cell(source)).collect();
    let _ = writeln!(text, "| mix | runs | {} | none |", names.join(" | "));
    let _ = writeln!(text, "|---|---:|{}---:|", "---:|".repeat(sources.len()));
    for (mix, setting) in in_order(runs) {
        let Some(rows) = lines.get(&(mix, setting)) else { continue };
        let _ = writeln!(text, "| {} | {} |", row_name(mix, setting), told(rows, &sources));
    }
    text.push('\n');
    text
}

/// Mixes and settings in the order of their first runs, which is that of the plan.
fn in_order(runs: &[RunRow]) -> Vec<(&str, &str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for RunRow { mix, setting, .. } in runs {
        if !found.contains(&(mix, setting)) {
            found.push((mix, setting));
        }
    }
    found
}

/// Runs, those in which each of `sources` was trusted, and those in which none was.
fn told(rows: &[&LearnedRow], sources: &[String]) -> String {
    let mut by_run: BTreeMap<&str, Vec<&LearnedRow>> = BTreeMap::new();
    for row in rows {
        by_run.entry(&row.run).or_default().push(row);
    }
    let trusted = |source: &String| {
        let own: Vec<&&LearnedRow> = rows.iter().filter(|row| row.source == *source).collect();
        match own.is_empty() {
            true => "-".to_owned(),
            false => own.iter().filter(|row| row.trusted == Some(Trusted::Yes)).count().to_string(),
        }
    };
    let nobody =
        by_run.values().filter(|own| own.iter().all(|row| row.trusted == Some(Trusted::No)));
    let numbers = [by_run.len().to_string()].into_iter();
    let numbers = numbers.chain(sources.iter().map(trusted)).chain([nobody.count().to_string()]);
    numbers.collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::run;

    fn learned(run: &RunRow, source: &str, trusted: Option<bool>) -> LearnedRow {
        LearnedRow {
            run: run.run.clone(),
            source: source.to_owned(),
            statements: 10,
            seconds: None,
            control: None,
            trusted: trusted.map(Trusted::from),
        }
    }

    #[test]
    fn runs_are_counted_by_mix_and_setting() {
        let mut runs = [run("tied", 0, None), run("tied", 1, None), run("joint", 0, None)];
        let mut few = run("tied", 2, None);
        few.setting = "statements of a = 25".to_owned();
        let of = |run: &RunRow, trusted: [bool; 2]| {
            [learned(run, "a", Some(trusted[0])), learned(run, "b", Some(trusted[1]))]
        };
        let mut rows = Vec::new();
        rows.extend(of(&runs[0], [true, true]));
        rows.extend(of(&runs[1], [true, false]));
        rows.push(learned(&runs[2], "a", None));
        rows.extend(of(&few, [false, false]));
        runs[2] = few;
        let text = trust_summary(&runs, &rows);
        for line in [
            "| mix | runs | a | b | none |\n|---|---:|---:|---:|---:|\n",
            "| tied | 2 | 2 | 1 | 0 |\n",
            "| tied, statements of a = 25 | 1 | 0 | 0 | 1 |\n",
        ] {
            assert!(text.contains(line), "{line} is not in:\n{text}");
        }
        assert!(!text.contains("joint"), "{text}");
        // As they stand in the plan, and not by their letters.
        runs.reverse();
        let text = trust_summary(&runs, &rows);
        assert!(text.find("= 25").unwrap() < text.find("| tied | 2").unwrap(), "{text}");
    }

    #[test]
    fn nothing_is_said_where_nobody_asked() {
        let runs = [run("joint", 0, None)];
        assert_eq!(trust_summary(&runs, &[learned(&runs[0], "a", None)]), "");
    }
}
