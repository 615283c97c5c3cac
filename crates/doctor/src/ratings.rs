//! Whether ratings use their scale.

use crate::approvals::most_frequent;
use crate::finding::Examples;
use crate::{Case, Finding};
use medley_dataset::PersonIndex;
use medley_feedback::{Rating, Scale};
use std::collections::{BTreeMap, BTreeSet};

/// A share of one level that leaves little to learn.
const PILED: f64 = 0.8;
/// A person with fewer ratings than this may give one value by chance.
const ENOUGH: usize = 5;

/// `rating.piled`: for each aspect and scale, the ratings at the most frequent value.
///
/// `rating.constant-annotators`: of the annotators with at least five ratings of an aspect on one
/// scale, those who always gave the same value.
///
/// `rating.mixed-scales`: of the aspects of each source, those with more than one scale.
pub(crate) fn ratings(case: &Case<'_>) -> Vec<Finding> {
    if case.records.ratings.is_empty() {
        return Vec::new();
    }
    let mut subjects: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for rating in case.records.ratings.iter() {
        subjects.entry(subject(rating)).or_default().push(rating.value);
    }
    let piled = subjects.into_iter().filter_map(|(subject, values)| piled(subject, values));
    let mut findings: Vec<Finding> = piled.collect();
    findings.extend(constant_annotators(case));
    findings.push(mixed_scales(case));
    findings
}

/// The aspect and scale of a rating, such as `rating helpfulness [0, 4]`.
pub(crate) fn subject(rating: &Rating) -> String {
    let aspect = rating.aspect.as_deref().map(|aspect| format!(" {aspect}")).unwrap_or_default();
    format!("rating{aspect} {}", scale(rating.scale))
}

fn scale(Scale { low, high, levels }: Scale) -> String {
    // Levels at whole numbers go without saying.
    let whole = levels.is_some_and(|levels| f64::from(levels - 1) == high - low);
    match levels {
        Some(_) if whole => format!("[{low}, {high}]"),
        Some(levels) => format!("[{low}, {high}] in {levels} levels"),
        None => format!("[{low}, {high}] continuous"),
    }
}

fn piled(subject: String, mut values: Vec<f64>) -> Option<Finding> {
    let (value, count) = most_frequent(&mut values)?;
    let total = values.len();
    let all = count == total;
    let note = match all {
        true => format!("every rating is {value}: nothing can be learned"),
        false => format!("the most frequent rating is {value}"),
    };
    let finding = Finding::new("rating.piled", count, total, "ratings").about(subject).note(note);
    let much = count as f64 > PILED * total as f64;
    Some(finding.warn_if(much).error_if(all && total > 1))
}

fn constant_annotators(case: &Case<'_>) -> Option<Finding> {
    let mut given: BTreeMap<(PersonIndex, String), (usize, f64, bool)> = BTreeMap::new();
    for rating in case.records.ratings.iter() {
        let Some(person) = case.person(&rating.provenance) else { continue };
        let key = (person, subject(rating));
        let (count, value, constant) = given.entry(key).or_insert((0, rating.value, true));
        *count += 1;
        *constant &= *value == rating.value;
    }
    given.retain(|_, (count, ..)| *count >= ENOUGH);
    let people: BTreeSet<PersonIndex> = given.keys().map(|(person, _)| *person).collect();
    let mut constant = BTreeSet::new();
    let mut examples = Examples::default();
    for ((person, subject), (count, value, always)) in &given {
        if *always && constant.insert(*person) {
            let name = case.name(*person);
            examples.add(|| format!("{name}: {value} in each of {count} of {subject}"));
        }
    }
    let (count, of) = (constant.len(), people.len());
    let note = "always gave the same value, so their ratings contain no order";
    let finding = Finding::new("rating.constant-annotators", count, of, "annotators")
        .warn_if(count > 0)
        .note(if count > 0 { note } else { "" })
        .examples(examples);
    case.records
        .ratings
        .iter()
        .any(|rating| rating.provenance.annotator.is_some())
        .then_some(finding)
}

fn mixed_scales(case: &Case<'_>) -> Finding {
    let mut scales: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    for rating in case.records.ratings.iter() {
        let source = rating.provenance.source.as_deref().unwrap_or("(none)");
        let aspect = rating.aspect.as_deref().unwrap_or("overall");
        scales.entry((source, aspect)).or_default().insert(scale(rating.scale));
    }
    let (mut count, mut examples) = (0, Examples::default());
    for ((source, aspect), scales) in &scales {
        if scales.len() > 1 {
            count += 1;
            let scales: Vec<&str> = scales.iter().map(String::as_str).collect();
            examples.add(|| format!("{aspect} of source {source}: {}", scales.join(" and ")));
        }
    }
    let note = "rated on more than one scale: the same number means different things";
    Finding::new("rating.mixed-scales", count, scales.len(), "aspects of a source")
        .warn_if(count > 0)
        .note(if count > 0 { note } else { "" })
        .examples(examples)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::fixture::{changed, counts, found, one, prompts, rate};

    #[test]
    fn piles_and_constant_people() {
        let mut builder = prompts(6, 1);
        let mut records = Vec::new();
        for i in 0..6 {
            let segment = format!("{i}/0");
            records.push(rate("always", &segment, 5.0));
            records.push(rate("never", &segment, if i == 3 { 1.0 } else { 5.0 }));
        }
        // Four ratings are too few to call a person constant.
        records.extend((0..4).map(|i| rate("seldom", &format!("{i}/0"), 2.0)));
        builder.insert(records);
        let findings = found(builder, ratings);
        assert_eq!(counts(&findings, "rating.piled", "rating [1, 5]"), (11, 16));
        assert_eq!(counts(&findings, "rating.constant-annotators", ""), (1, 2));
        let example = &one(&findings, "rating.constant-annotators", "").examples[0];
        assert_eq!(example, "always: 5 in each of 6 of rating [1, 5]");
        assert_eq!(counts(&findings, "rating.mixed-scales", ""), (0, 1));
    }

    #[test]
    fn aspects_and_scales_are_apart() {
        let mut builder = prompts(2, 1);
        let aspect = |segment: &str, value: f64, scale| {
            changed(rate("ann", segment, 3.0), |it| {
                it.value = value;
                it.aspect = Some("tone".into());
                it.scale = scale;
            })
        };
        let ten = Scale { low: 1.0, high: 10.0, levels: Some(10) };
        let half = Scale { low: 1.0, high: 5.0, levels: Some(9) };
        let free = Scale { low: 0.0, high: 10.0, levels: None };
        builder.insert(vec![
            aspect("0/0", 3.0, ten),
            aspect("1/0", 3.0, ten),
            aspect("0/0", 3.5, half),
            aspect("0/0", 3.3, free),
            rate("ann", "0/0", 3.0),
        ]);
        let findings = found(builder, ratings);
        assert_eq!(counts(&findings, "rating.mixed-scales", ""), (1, 2));
        assert_eq!(counts(&findings, "rating.piled", "rating tone [1, 10]"), (2, 2));
        let all = one(&findings, "rating.piled", "rating tone [1, 10]");
        assert_eq!(all.severity, Severity::Error);
        one(&findings, "rating.piled", "rating tone [1, 5] in 9 levels");
        one(&findings, "rating.piled", "rating tone [0, 10] continuous");
    }
}
