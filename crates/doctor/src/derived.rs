//! Whether what is known of people was derived from their own answers, and whether persons can be told apart.
//!
//! A column such as an opinion group that somebody clustered from the votes tells those votes back: as a
//! feature of people it predicts their own answers, and groups that it names agree by construction. Here each
//! person's label is guessed from their answers alone, by naive Bayes over everybody else: background such as
//! gender is guessed hardly better than by the largest group, a clustering nearly always.

use crate::{Case, Finding, Outcome};
use medley_dataset::{PersonColumn, PersonIndex, PersonValues};
use medley_feedback::{Approval, Comparison, Record};
use std::collections::BTreeMap;

/// Columns with other numbers of labels are no groups.
const LABELS: std::ops::RangeInclusive<usize> = 2..=12;
/// People with fewer answers say too little to be guessed.
const ANSWERS: usize = 10;
/// Fewer people say nothing about a column.
const PEOPLE: usize = 20;
/// Of people who are not of the largest group, the share that has to be guessed.
const TOLD: f64 = 0.8;

/// `annotators.panel`: people with several labels. Without them persons cannot be told apart, and mixtures of
/// strangers are not identified from pairs.
///
/// `annotators.told-by-answers`: for each column of people with 2 to 12 labels, of the people with ten
/// comparisons or thumbs or more, those whose label their answers tell (naive Bayes, each by all others).
pub(crate) fn derived(case: &Case<'_>) -> Vec<Finding> {
    let labels: Vec<usize> = case.labels().into_iter().filter(|labels| *labels > 0).collect();
    let mut findings = Vec::new();
    if !labels.is_empty() {
        let several = labels.iter().filter(|labels| **labels > 1).count();
        let note = match several {
            0 => {
                "each gave one label: persons cannot be told apart, and mixtures of strangers are not identified"
            }
            _ => "",
        };
        findings.push(
            Finding::new("annotators.panel", several, labels.len(), "annotators")
                .warn_if(several == 0)
                .note(note),
        );
    }
    let answers = answers(case);
    let columns = case.dataset.people().columns().iter();
    let texts = columns.filter(|column| {
        matches!(column.values, PersonValues::Text(_)) && LABELS.contains(&column.labels().len())
    });
    findings.extend(texts.filter_map(|column| told(column, &answers)));
    findings
}

/// What each person said of each item, as one of a few values.
type Answers = BTreeMap<PersonIndex, Vec<(Item, u8)>>;
type Item = [u32; 2];

fn answers(case: &Case<'_>) -> Answers {
    let mut answers = Answers::new();
    let comparisons = case.said.of_kind(Comparison::KIND).zip(&case.answers);
    for (said, answer) in
        comparisons.filter(|(said, answer)| said.is_of_one && answer.pair.0 != answer.pair.1)
    {
        let value = match answer.outcome {
            Outcome::Lower => 0,
            Outcome::Undecided => 1,
            Outcome::Upper => 2,
        };
        if let Some(person) = said.person {
            answers.entry(person).or_default().push((answer.pair.into(), value));
        }
    }
    for (said, record) in case.said.of_kind(Approval::KIND).zip(case.records.approvals.iter()) {
        if let (Some(person), true) = (said.person, said.is_of_one) {
            let item = [case.content(said.segments[0] as usize); 2];
            answers.entry(person).or_default().push((item, u8::from(record.approval > 0.5)));
        }
    }
    answers
}

/// How often each label was seen with each value of an item. `[label]`
type Seen = BTreeMap<(Item, u8), Vec<f64>>;

fn told(column: &PersonColumn, answers: &Answers) -> Option<Finding> {
    let labels = column.labels();
    let of = |person: PersonIndex| {
        let label = column.label(person)?;
        labels.iter().position(|known| *known == label)
    };
    let known: Vec<(usize, &Vec<(Item, u8)>)> = answers
        .iter()
        .filter(|(_, own)| own.len() >= ANSWERS)
        .filter_map(|(&person, own)| Some((of(person)?, own)))
        .collect();
    if known.len() < PEOPLE {
        return None;
    }
    let mut sizes = vec![0.0_f64; labels.len()];
    let mut seen = Seen::new();
    for (label, own) in &known {
        sizes[*label] += 1.0;
        for &key in own.iter() {
            seen.entry(key).or_insert_with(|| vec![0.0; labels.len()])[*label] += 1.0;
        }
    }
    let largest = (0..sizes.len()).max_by(|&a, &b| sizes[a].total_cmp(&sizes[b]))?;
    let guessed =
        |(label, own): &(usize, &Vec<(Item, u8)>)| guess(*label, own, &sizes, &seen) == *label;
    let right = known.iter().filter(|one| guessed(one)).count();
    let others: Vec<_> = known.iter().filter(|(label, _)| *label != largest).collect();
    let told = others.iter().filter(|one| guessed(one)).count();
    let is_told = !others.is_empty()
        && told as f64 >= TOLD * others.len() as f64
        && right as f64 >= TOLD * known.len() as f64;
    let note = match is_told {
        true => {
            "their answers tell it: as if it were derived from them, so no background that could explain them"
        }
        false => "",
    };
    let finding = Finding::new("annotators.told-by-answers", right, known.len(), "people");
    Some(finding.about(&column.name).warn_if(is_told).note(note))
}

/// The likeliest label of somebody by their answers, who is not counted among those that it is learned from.
fn guess(label: usize, own: &[(Item, u8)], sizes: &[f64], seen: &Seen) -> usize {
    let size = |other: usize| sizes[other] - if other == label { 1.0 } else { 0.0 };
    let score = |other: usize| -> f64 {
        let mut sum: f64 = (size(other) + 1.0_f64).ln();
        for &(item, value) in own {
            let count = |value: u8| {
                let found = seen.get(&(item, value)).map_or(0.0, |counts| counts[other]);
                // Somebody who said it twice is taken off once; the rest is a second person's.
                let is_own = other == label && own.contains(&(item, value));
                (found - if is_own { 1.0 } else { 0.0 }).max(0.0)
            };
            let all: f64 = (0..3).map(count).sum();
            sum += ((count(value) + 1.0) / (all + 3.0)).ln();
        }
        sum
    };
    (0..sizes.len()).max_by(|&a, &b| score(a).total_cmp(&score(b))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::fixture::{by, counts, found, one, prompts};

    /// Forty people compare twelve pairs: half always for the first, half always for the second.
    fn findings(land: impl Fn(usize) -> usize) -> Vec<Finding> {
        let mut builder = prompts(12, 2);
        for person in 0..40 {
            let id = format!("p{person:02}");
            let value = ["a", "b"][land(person)];
            builder.add_person(&id, &[("land", value.into())]);
        }
        let records = (0..40).flat_map(|person| {
            (0..12).map(move |pair| {
                let preference = if person < 20 { 1.0 } else { 0.0 };
                by(&format!("p{person:02}"), &format!("{pair}/0"), &format!("{pair}/1"), preference)
            })
        });
        builder.insert(records.collect());
        found(builder, derived)
    }

    #[test]
    fn groups_of_the_votes_are_told_and_others_are_not() {
        let told = findings(|person| person / 20);
        let finding = one(&told, "annotators.told-by-answers", "land");
        assert_eq!((finding.count, finding.of, finding.severity), (40, 40, Severity::Warning));
        let apart = findings(|person| person % 2);
        let finding = one(&apart, "annotators.told-by-answers", "land");
        assert!(finding.severity < Severity::Warning, "{finding:?}");
        assert_eq!(counts(&told, "annotators.panel", ""), (40, 40));
    }
}
