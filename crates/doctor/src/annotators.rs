//! Who gave the feedback, and how much of it.

use crate::finding::Examples;
use crate::normalize::on_one_line;
use crate::{Case, Finding};
use medley_dataset::PersonIndex;
use std::collections::{BTreeMap, BTreeSet};

/// A group may be named for so many records that only its size is worth a line.
const EXAMPLE_GROUPS: usize = 5;

/// `annotators.*`, over the records of all kinds: those without an annotator, labels an annotator,
/// annotators with few labels, groups ([`Said::group`](crate::Said)), and annotators who are in more than one.
/// People who gave no feedback are no annotators.
pub(crate) fn annotators(case: &Case<'_>) -> Vec<Finding> {
    let labels = Labels::new(case);
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups_of: BTreeMap<PersonIndex, BTreeSet<&str>> = BTreeMap::new();
    let (mut unnamed, mut examples) = (0, Examples::default());
    for said in case.said.iter() {
        if let Some(group) = said.group {
            *groups.entry(group).or_default() += 1;
        }
        match said.person {
            Some(person) => groups_of.entry(person).or_default().extend(said.group),
            None => {
                unnamed += 1;
                examples.add(|| format!("{} row {}", said.kind, said.row));
            }
        }
    }
    let total = case.said.len();
    if total == 0 {
        return Vec::new();
    }
    let note = match unnamed {
        0 => "",
        _ => "agreement, contradictions within one person and splits by annotator need annotators",
    };
    let unnamed = Finding::new("annotators.unnamed", unnamed, total, "records")
        .warn_if(unnamed > 0)
        .note(note)
        .examples(examples);
    let mut findings = vec![unnamed];
    if !labels.0.is_empty() {
        findings.push(labels_each(&labels));
        findings.push(few_labels(case, &labels));
    }
    findings.push(of_groups(&groups, total));
    if !groups.is_empty() {
        findings.push(in_two_groups(case, &groups_of));
    }
    findings
}

/// Who gave feedback, and how much; in the order of people.
struct Labels(Vec<(PersonIndex, usize)>);

impl Labels {
    fn new(case: &Case<'_>) -> Self {
        let each = (0..).map(PersonIndex).zip(case.labels());
        Self(each.filter(|(_, labels)| *labels > 0).collect())
    }
}

fn labels_each(Labels(labels): &Labels) -> Finding {
    let mut sorted: Vec<usize> = labels.iter().map(|(_, labels)| *labels).collect();
    sorted.sort_unstable();
    let [least, lower, median, upper, most] =
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|level| quantile(&sorted, level));
    let note = format!(
        "median labels per annotator; minimum {least}, quartiles {lower} and {upper}, maximum {most}"
    );
    Finding::new("annotators.labels", labels.len(), labels.len(), "annotators")
        .value(Some(median))
        .note(note)
}

/// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
pub(crate) fn quantile(sorted: &[usize], level: f64) -> f64 {
    let place = level * (sorted.len() - 1) as f64;
    let [below, above] = [place.floor(), place.ceil()].map(|at| sorted[at as usize] as f64);
    below + place.fract() * (above - below)
}

fn few_labels(case: &Case<'_>, Labels(labels): &Labels) -> Finding {
    let few = case.options.few_labels;
    let (mut count, mut examples) = (0, Examples::default());
    for &(person, labels) in labels {
        if labels < few {
            count += 1;
            examples.add(|| format!("{} ({labels})", case.name(person)));
        }
    }
    let note = format!("fewer than {few} labels: too few to estimate anything about a person");
    Finding::new("annotators.few-labels", count, labels.len(), "annotators")
        .warn_if(2 * count > labels.len())
        .note(if count > 0 { note } else { String::new() })
        .examples(examples)
}

fn of_groups(groups: &BTreeMap<&str, usize>, total: usize) -> Finding {
    let mut sizes: Vec<(&str, usize)> = groups.iter().map(|(name, size)| (*name, *size)).collect();
    sizes.sort_by_key(|&(name, size)| (std::cmp::Reverse(size), name));
    let listed = sizes.iter().take(EXAMPLE_GROUPS);
    let listed: Vec<String> =
        listed.map(|(name, size)| format!("{} ({size})", on_one_line(name))).collect();
    let more = sizes.len().saturating_sub(EXAMPLE_GROUPS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let note = match sizes.len() {
        0 => "no group of annotators is recorded".to_owned(),
        count => format!("{count} groups: {}{more}", listed.join(", ")),
    };
    Finding::new("annotators.groups", groups.values().sum(), total, "records").note(note)
}

fn in_two_groups(case: &Case<'_>, groups: &BTreeMap<PersonIndex, BTreeSet<&str>>) -> Finding {
    let (mut count, mut examples) = (0, Examples::default());
    for (person, groups) in groups {
        if groups.len() > 1 {
            count += 1;
            let groups: Vec<&str> = groups.iter().copied().collect();
            examples.add(|| format!("{} ({})", case.name(*person), groups.join(", ")));
        }
    }
    let note = if count > 0 { "the same annotator is in more than one group" } else { "" };
    Finding::new("annotators.in-two-groups", count, groups.len(), "annotators")
        .warn_if(count > 0)
        .note(note)
        .examples(examples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, changed, compare, counts, found, one, prompts, thumb};

    #[test]
    fn labels_of_all_kinds_count() {
        let mut builder = prompts(1, 2);
        let of_group = |who: &str, group: &str| {
            changed(by(who, "0/0", "0/1", 1.0), |it| it.provenance.group = Some(group.into()))
        };
        let mut records =
            vec![compare("0/0", "0/1", 1.0), of_group("ann", "x"), of_group("ann", "y")];
        records.extend((0..6).map(|_| of_group("bob", "x")));
        builder.insert(records);
        builder.insert(vec![thumb("cyd", "0/0", 1.0)]);
        let findings = found(builder, annotators);
        // Ann 2, Bob 6, Cyd 1.
        assert_eq!(counts(&findings, "annotators.unnamed", ""), (1, 10));
        assert_eq!(one(&findings, "annotators.unnamed", "").examples, ["comparison row 0"]);
        assert_eq!(one(&findings, "annotators.labels", "").value, Some(2.0));
        let note = &one(&findings, "annotators.labels", "").note;
        assert!(note.ends_with("minimum 1, quartiles 1.5 and 4, maximum 6"), "{note}");
        assert_eq!(counts(&findings, "annotators.few-labels", ""), (2, 3));
        assert_eq!(one(&findings, "annotators.few-labels", "").examples, ["ann (2)", "cyd (1)"]);
        assert_eq!(counts(&findings, "annotators.groups", ""), (8, 10));
        assert_eq!(one(&findings, "annotators.groups", "").note, "2 groups: x (7), y (1)");
        assert_eq!(counts(&findings, "annotators.in-two-groups", ""), (1, 3));
    }

    /// As `select` in TOML has it: the group of the record, else the one that the person is in.
    #[test]
    fn groups_of_the_table_of_people_count() {
        let mut builder = prompts(1, 2);
        let of_group = |who: &str, group: &str| {
            changed(by(who, "0/0", "0/1", 1.0), |it| it.provenance.group = Some(group.into()))
        };
        builder.insert(vec![
            by("ann", "0/0", "0/1", 1.0),
            by("bob", "0/0", "0/1", 1.0),
            of_group("bob", "y"),
            of_group("cyd", "y"),
            by("dan", "0/0", "0/1", 1.0),
        ]);
        builder.add_person("ann", &[("group", "x".into())]);
        builder.add_person("bob", &[("group", "x".into())]);
        builder.add_person("eve", &[("group", "z".into())]); // gave no feedback
        let findings = found(builder, annotators);
        assert_eq!(counts(&findings, "annotators.groups", ""), (4, 5));
        assert_eq!(one(&findings, "annotators.groups", "").note, "2 groups: x (2), y (2)");
        assert_eq!(counts(&findings, "annotators.in-two-groups", ""), (1, 4));
        assert_eq!(one(&findings, "annotators.in-two-groups", "").examples, ["bob (x, y)"]);
        assert_eq!(counts(&findings, "annotators.labels", ""), (4, 4));
        assert_eq!(counts(&findings, "annotators.few-labels", ""), (4, 4));
    }
}
