//! `[ablation.people]`: whose feedback is learned from, and on whom is that judged?
//!
//! A reward that was learned from one group is often presented as everybody's. Here each source is divided
//! by a column of people, and mixes are of everybody, of each group alone and of all but one, on equally
//! many labels; all are judged on the held-out feedback of every group. After that division an experiment is
//! as any other: a group's part of a source is a source with a `select`, so that agreement of groups,
//! learning curves and intervals come as they do for sources.

use crate::{
    ExperimentSpec, FeedbackAblation, FeedbackSpec, GroupMix, PeopleAblation, PlanError, Protocol,
};
use medley_dataset::{Dataset, PersonColumn, PersonIndex};
/// Groups of fewer people are not compared.
use medley_evaluation::people::MINIMUM as LEAST;
use std::collections::{BTreeMap, BTreeSet};

impl ExperimentSpec {
    /// The experiment with every source divided by group, if it compares groups.
    ///
    /// # Errors
    /// There is no such column or label, or mixes are compared in another way as well.
    pub(crate) fn by_group(&mut self, dataset: Option<&Dataset>) -> Result<(), PlanError> {
        let Some(by) = self.ablation.people.clone() else { return Ok(()) };
        let refused = |key: &str, message: String| {
            Err(PlanError::spec(&["ablation", "people", key], message))
        };
        let Some(dataset) = dataset else {
            return refused(
                "column",
                "groups are those of a dataset folder: expected `dataset.path`".into(),
            );
        };
        if self.ablation.feedback != FeedbackAblation::None || !self.ablation.mixes.is_empty() {
            return refused(
                "compare",
                "expected mixes of groups or mixes of sources, found both; leave one out".into(),
            );
        }
        let Some(column) = dataset.people().column(&by.column) else {
            let known: Vec<&str> =
                dataset.people().columns().iter().map(|column| column.name.as_str()).collect();
            let message = format!(
                "expected a column of people ({}), found `{}`",
                known.join(", "),
                by.column
            );
            return refused("column", message);
        };
        let groups = groups(&by, column, dataset)?;
        let mut feedback = BTreeMap::new();
        let mut sources: BTreeMap<&String, Vec<String>> = BTreeMap::new();
        for (name, source) in &self.feedback {
            for group in &groups {
                let own = format!("{name} of {group}");
                let mut select = source.select.clone();
                select.people.insert(by.column.clone(), vec![group.clone()]);
                feedback.insert(own.clone(), FeedbackSpec { select, ..source.clone() });
                sources.entry(group).or_default().push(own);
            }
        }
        let of = |wanted: &dyn Fn(&String) -> bool| -> Vec<String> {
            groups.iter().filter(|group| wanted(group)).flat_map(|g| sources[g].clone()).collect()
        };
        let mut mixes = BTreeMap::new();
        for compare in &by.compare {
            match compare {
                GroupMix::Everybody => {
                    mixes.insert("everybody".to_owned(), of(&|_| true));
                }
                GroupMix::Alone => mixes.extend(
                    groups.iter().map(|own| (format!("only {own}"), of(&|group| group == own))),
                ),
                // Of two groups the one without the other is the one alone.
                GroupMix::LeaveOneOut
                    if groups.len() == 2 && by.compare.contains(&GroupMix::Alone) => {}
                GroupMix::LeaveOneOut => mixes.extend(
                    groups.iter().map(|own| (format!("without {own}"), of(&|group| group != own))),
                ),
            }
        }
        let everybody: Vec<String> = of(&|_| true);
        let names: Vec<&str> = everybody.iter().map(String::as_str).collect();
        if self.mixing.fits(&names).len() > 1 {
            return Err(PlanError::spec(
                &["mixing"],
                "one reward is compared for all groups of a mix: expected a mixing that fits one, such as \
                 `mixing.joint = {}`, found one that fits each source apart",
            ));
        }
        self.feedback = feedback;
        self.ablation.mixes = mixes;
        if by.equal_labels && self.ablation.protocol == Protocol::Fixed {
            self.ablation.protocol = Protocol::EqualLabels;
        }
        self.check()
    }
}

fn groups(
    by: &PeopleAblation,
    column: &PersonColumn,
    dataset: &Dataset,
) -> Result<Vec<String>, PlanError> {
    let refused =
        |message: String| Err(PlanError::spec(&["ablation", "people", "groups"], message));
    let labels = column.labels();
    if let Some(unknown) = by.groups.iter().find(|group| !labels.contains(group)) {
        let some: Vec<&str> = labels.iter().take(12).map(String::as_str).collect();
        let message =
            format!("expected labels of `{}` ({}), found `{unknown}`", by.column, some.join(", "));
        return refused(message);
    }
    let people = |label: &String| {
        let all = 0..dataset.people().len() as u32;
        all.filter(|&person| column.label(PersonIndex(person)).is_some_and(|own| own == *label))
            .count()
    };
    let found: Vec<String> = match by.groups.is_empty() {
        false => by.groups.clone(),
        true => labels.into_iter().filter(|label| people(label) >= LEAST).collect(),
    };
    let mut seen = BTreeSet::new();
    if let Some(twice) = found.iter().find(|group| !seen.insert(*group)) {
        return refused(format!("expected each group once, found `{twice}` twice"));
    }
    if let Some(few) = found.iter().find(|group| people(group) < LEAST) {
        let count = people(few);
        return refused(format!(
            "expected groups of {LEAST} people or more, of whom nobody can be told, found {count} of `{few}`"
        ));
    }
    match found.len() < 2 {
        false => Ok(found),
        true => refused(format!(
            "expected at least two groups of {LEAST} people or more in `{}`, found {}",
            by.column,
            found.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_dataset::{Card, DatasetBuilder, Domain};
    use medley_feedback::{Approval, Checked, Provenance};
    use std::path::Path;

    /// 25 people of A, 25 of B and one of C, each with a thumb.
    fn dataset() -> Dataset {
        let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
        builder.add_group("g", None, None);
        builder.add_text("a", "g", "Yes.");
        let approve = |i: usize| Approval {
            segment: "a".into(),
            approval: (i % 2) as f64,
            reason: None,
            provenance: Provenance {
                annotator: Some(format!("p{i:02}").as_str().into()),
                group: Some(["A", "B", "C"][i / 25].to_owned()),
                ..Provenance::default()
            },
        };
        let records = (0..51).map(|i| Checked::new(approve(i)).unwrap()).collect();
        let mut dataset = builder.build().unwrap();
        dataset.insert::<Approval>(records).unwrap();
        dataset
    }

    fn divided(more: &str) -> Result<ExperimentSpec, String> {
        let text = format!(
            "name = \"x\"\n[dataset]\npath = \"d\"\nencoder.hashed-ngrams = {{}}\n\
             [feedback.thumbs]\nadapter.approval = {{}}\n{more}"
        );
        let mut spec = ExperimentSpec::read(Path::new("x.toml"), &text).unwrap();
        spec.by_group(Some(&dataset())).map_err(|error| error.to_string())?;
        Ok(spec)
    }

    #[test]
    fn sources_are_divided_and_mixes_are_of_groups() {
        let joint = "[mixing]\njoint = {}\n[ablation.people]\ncolumn = \"group\"\n";
        let spec = divided(joint).unwrap();
        let names: Vec<&String> = spec.feedback.keys().collect();
        assert_eq!(names, ["thumbs of A", "thumbs of B"]);
        assert_eq!(spec.feedback["thumbs of A"].select.people["group"], ["A"]);
        let mixes: Vec<(&str, Vec<String>)> =
            spec.ablation.mixes.iter().map(|(name, own)| (name.as_str(), own.clone())).collect();
        let a = || vec!["thumbs of A".to_owned()];
        let b = || vec!["thumbs of B".to_owned()];
        let expect = [("everybody", [a(), b()].concat()), ("only A", a()), ("only B", b())];
        assert_eq!(mixes, expect);
        assert_eq!(spec.ablation.protocol, Protocol::EqualLabels);
    }

    #[test]
    fn what_cannot_be_compared_is_named() {
        let refused = |more: &str, expect: &str| {
            let error = divided(more).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        let people = "[ablation.people]\ncolumn = \"group\"\n";
        refused(people, "expected a mixing that fits one");
        let joint = |more: &str| format!("[mixing]\njoint = {{}}\n[ablation.people]\n{more}");
        refused(&joint("column = \"land\""), "expected a column of people (group), found `land`");
        refused(&joint("column = \"group\"\ngroups = [\"D\"]"), "(A, B, C), found `D`");
        refused(&joint("column = \"group\"\ngroups = [\"A\"]"), "at least two groups");
        refused(&joint("column = \"group\"\ngroups = [\"A\", \"A\"]"), "found `A` twice");
        refused(&joint("column = \"group\"\ngroups = [\"A\", \"C\"]"), "found 1 of `C`");
        let both =
            "[mixing]\njoint = {}\n[ablation]\nfeedback = \"subsets\"\npeople.column = \"group\"\n";
        refused(both, "found both");
    }
}
