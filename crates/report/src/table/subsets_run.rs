//! Which mixes are subsets of the same sources, mixed in the same way?
//!
//! A source alone is mixed with nothing: it belongs to every way of mixing. Which sources a mix holds is
//! read from its rows and never from its label; the label only says the way ("joint: a + b").

use std::collections::BTreeSet;

use crate::mix::{TUNED, distinct, is_tuned, mixed_sources};
use crate::{MODEL, MeasurementRow};

/// The subsets of some sources that were run in one way of mixing under one setting.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SubsetsRun {
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// Way of mixing; empty where only one is compared.
    pub way: String,
    /// At least two, in order of first mention.
    pub sources: Vec<String>,
    subsets: Vec<Subset>,
}

/// A mix and its sources, as rising positions.
#[derive(Clone, Debug, PartialEq)]
struct Subset {
    members: Vec<usize>,
    label: String,
}

/// All comparisons of subsets, in order of first mention. Fewer mixes than sources compare something
/// else, and are none.
pub(crate) fn subsets_run(rows: &[MeasurementRow]) -> Vec<SubsetsRun> {
    let order = mixed_sources(rows);
    let rows = || rows.iter().filter(|row| row.estimator == MODEL && !row.sources.is_empty());
    let mut found = Vec::new();
    for setting in distinct(rows().map(|row| &row.setting)) {
        let of_setting: Vec<&MeasurementRow> =
            rows().filter(|row| row.setting == setting).collect();
        let ways = ways(&of_setting);
        for way in distinct(ways.iter().map(|(_, way)| way)) {
            let run = SubsetsRun::new(&of_setting, &order, (way, &ways));
            found.extend(Some(run).filter(|run| run.distinct_subsets() >= run.sources.len()));
        }
    }
    found
}

/// Labels of the mixes of several sources, each with its way, in order of first mention. Where labels
/// say no more than the way, as those of a single set of sources, each is a way of its own.
fn ways<'a>(rows: &[&'a MeasurementRow]) -> Vec<(&'a str, String)> {
    let mut mixes: Vec<&'a MeasurementRow> = Vec::new();
    for row in rows.iter().filter(|row| row.sources.len() > 1) {
        if !mixes.iter().any(|mix| mix.mix == row.mix) {
            mixes.push(row);
        }
    }
    let what = |mix: &&'a MeasurementRow| -> (String, BTreeSet<&'a String>) {
        (way(mix), mix.sources.iter().collect())
    };
    let is_alone = |mix: &&'a MeasurementRow| {
        mixes.iter().filter(|other| what(other) == what(mix)).count() == 1
    };
    let way_of = |mix: &&'a MeasurementRow| match is_alone(mix) {
        true => (mix.mix.as_str(), way(mix)),
        false => (mix.mix.as_str(), mix.mix.clone()),
    };
    mixes.iter().map(way_of).collect()
}

/// "joint" of "joint: a + b", and "joint (tuned)" of "joint: a + b (tuned)".
fn way(row: &MeasurementRow) -> String {
    let sources = row.sources.join(" + ");
    let untuned = row.mix.strip_suffix(TUNED).unwrap_or(&row.mix);
    let before = match untuned.strip_suffix(&sources) {
        Some(before) => before.strip_suffix(": "),
        None => untuned.split_once(": ").map(|(way, _)| way),
    };
    let tuned = if is_tuned(&row.mix) { TUNED } else { "" };
    format!("{}{tuned}", before.unwrap_or_default()).trim_start().to_owned()
}

impl SubsetsRun {
    /// `rows` are of one setting, and some of them of a mix of several sources in this way; `ways` are
    /// those of all mixes of several, by label.
    fn new(
        rows: &[&MeasurementRow],
        order: &[String],
        (way_of, ways): (String, &[(&str, String)]),
    ) -> Self {
        let several = |row: &&&MeasurementRow| {
            ways.iter().any(|(label, way)| *label == row.mix && *way == way_of)
        };
        let mixed: BTreeSet<&String> =
            rows.iter().filter(several).flat_map(|row| &row.sources).collect();
        let sources: Vec<String> =
            order.iter().filter(|source| mixed.contains(source)).cloned().collect();
        let mut subsets: Vec<Subset> = Vec::new();
        // Tuned and untuned ones are compared with their like. A source of which nothing is tuned
        // stands for itself.
        let tuned = way_of.ends_with(TUNED.trim_start());
        let has_tuned = |row: &MeasurementRow| {
            rows.iter().any(|other| other.sources == row.sources && is_tuned(&other.mix))
        };
        let alone = |row: &&&MeasurementRow| {
            row.sources.len() == 1 && is_tuned(&row.mix) == (tuned && has_tuned(row))
        };
        for row in rows.iter().filter(|row| alone(row) || several(row)) {
            let place = |source: &String| sources.iter().position(|other| other == source);
            let Some(mut members) = row.sources.iter().map(place).collect::<Option<Vec<_>>>()
            else {
                continue;
            };
            members.sort_unstable();
            let subset = Subset { members, label: row.mix.clone() };
            if !subsets.contains(&subset) {
                subsets.push(subset);
            }
        }
        Self { setting: rows[0].setting.clone(), way: way_of, sources, subsets }
    }

    fn distinct_subsets(&self) -> usize {
        self.subsets.iter().map(|subset| &subset.members).collect::<BTreeSet<_>>().len()
    }

    /// Labels of the mixes of just these sources, as rising positions: one, where they were run.
    pub fn labels<'a>(&'a self, members: &'a [usize]) -> impl Iterator<Item = &'a str> {
        let of = self.subsets.iter().filter(move |subset| subset.members == members);
        of.map(|subset| subset.label.as_str())
    }

    /// Labels of all mixes.
    pub fn all_labels(&self) -> impl Iterator<Item = &str> {
        self.subsets.iter().map(|subset| subset.label.as_str())
    }

    /// As "{a, b}".
    pub fn name(&self, members: &[usize]) -> String {
        let names: Vec<&str> = members.iter().map(|member| &*self.sources[*member]).collect();
        format!("{{{}}}", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::measurement;

    fn labelled(label: &str, sources: &str) -> MeasurementRow {
        MeasurementRow { mix: label.into(), ..measurement(sources, 0, "a", 0.5) }
    }

    #[test]
    fn a_source_alone_belongs_to_every_way() {
        let rows = [
            labelled("a", "a"),
            labelled("b", "b"),
            labelled("joint: a + b", "a+b"),
            labelled("own: few", "a+b"),
            labelled("c", "c"),
        ];
        let found = subsets_run(&rows);
        let ways: Vec<&str> = found.iter().map(|run| run.way.as_str()).collect();
        assert_eq!(ways, ["joint", "own"]);
        assert_eq!(found[0].sources, ["a", "b"], "nothing mixes c");
        let labels = |of: &SubsetsRun| of.all_labels().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(labels(&found[0]), ["a", "b", "joint: a + b"]);
        assert_eq!(labels(&found[1]), ["a", "b", "own: few"]);
        assert_eq!(found[0].labels(&[0, 1]).collect::<Vec<_>>(), ["joint: a + b"]);
        assert_eq!((found[0].labels(&[]).count(), &*found[0].name(&[0, 1])), (0, "{a, b}"));
    }

    #[test]
    fn tuned_mixes_are_compared_with_their_like() {
        let rows = [
            labelled("a", "a"),
            labelled("b", "b"),
            labelled("joint: a + b", "a+b"),
            labelled("a (tuned)", "a"),
            labelled("b (tuned)", "b"),
            labelled("joint: a + b (tuned)", "a+b"),
        ];
        let found = subsets_run(&rows);
        let ways: Vec<&str> = found.iter().map(|run| run.way.as_str()).collect();
        assert_eq!(ways, ["joint", "joint (tuned)"]);
        for (run, labels) in found.iter().zip([&rows[..3], &rows[3..]]) {
            let labels: Vec<&str> = labels.iter().map(|row| row.mix.as_str()).collect();
            assert_eq!(run.all_labels().collect::<Vec<_>>(), labels);
        }
    }

    #[test]
    fn ways_of_one_set_of_sources_are_told_apart() {
        let rows = [
            labelled("a", "a"),
            labelled("b", "b"),
            labelled("joint", "a+b"),
            labelled("own", "a+b"),
            labelled("own (tuned)", "a+b"),
        ];
        let found = subsets_run(&rows);
        let ways: Vec<&str> = found.iter().map(|run| run.way.as_str()).collect();
        assert_eq!(ways, ["joint", "own", "(tuned)"]);
        assert_eq!(found[1].all_labels().collect::<Vec<_>>(), ["a", "b", "own"]);
        // Of the sources alone nothing was tuned.
        assert_eq!(found[2].all_labels().collect::<Vec<_>>(), ["a", "b", "own (tuned)"]);
    }

    #[test]
    fn names_of_sources_may_look_like_a_way() {
        let rows = [labelled("x: a", "x: a"), labelled("b", "b"), labelled("x: a + b", "x: a+b")];
        let found = subsets_run(&rows);
        assert_eq!((found.len(), &*found[0].way), (1, ""));
        assert_eq!(found[0].sources, ["x: a", "b"]);
    }

    #[test]
    fn one_set_of_sources_is_no_comparison_of_subsets() {
        assert_eq!(subsets_run(&[labelled("one", "a+b"), labelled("other", "a+b")]), []);
        assert_eq!(subsets_run(&[labelled("a", "a"), labelled("b", "b")]), []);
        let later = MeasurementRow { setting: "x = 2".into(), ..labelled("a + b", "a+b") };
        let rows = [labelled("a", "a"), labelled("a + b", "a+b"), later];
        let settings: Vec<String> = subsets_run(&rows).into_iter().map(|run| run.setting).collect();
        assert_eq!(settings, [""], "in the other there is nothing to compare with");
    }
}
