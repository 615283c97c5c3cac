//! Small datasets for tests.

use crate::{Case, Finding, Options};
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_feedback::{
    Approval, Checked, Comparison, Critique, Polarity, Provenance, Rating, Record, Scale,
};

/// Prompts as (group, prompt, texts); text `i` of group `q` is segment `q/i`.
pub(crate) fn text(prompts: &[(&str, &str, &[&str])]) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("test", Domain::Text));
    for (group, prompt, texts) in prompts {
        builder.add_group(group, Some(prompt), None);
        for (i, text) in texts.iter().enumerate() {
            builder.add_text(&format!("{group}/{i}"), group, text);
        }
    }
    builder
}

/// `count` prompts `0`, `1` and on, each with texts `a`, `b b`, `c c c` and so on.
pub(crate) fn prompts(count: usize, texts: usize) -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("test", Domain::Text));
    for group in 0..count {
        let group = group.to_string();
        builder.add_group(&group, Some(&format!("Question {group}?")), None);
        for i in 0..texts {
            let word = char::from(b'a' + i as u8).to_string();
            builder.add_text(&format!("{group}/{i}"), &group, &vec![word; i + 1].join(" "));
        }
    }
    builder
}

/// An anonymous comparison.
pub(crate) fn compare(first: &str, second: &str, preference: f64) -> Checked<Comparison> {
    Checked::new(Comparison::new(first.into(), second.into(), preference)).unwrap()
}

/// A comparison by somebody.
pub(crate) fn by(who: &str, first: &str, second: &str, preference: f64) -> Checked<Comparison> {
    let mut record = compare(first, second, preference).into_inner();
    record.provenance.annotator = Some(who.into());
    Checked::new(record).unwrap()
}

/// An anonymous tie.
pub(crate) fn tie(first: &str, second: &str) -> Checked<Comparison> {
    Checked::new(Comparison::tied(first.into(), second.into())).unwrap()
}

/// A rating from 1 to 5 by somebody.
pub(crate) fn rate(who: &str, segment: &str, value: f64) -> Checked<Rating> {
    let provenance = Provenance { annotator: Some(who.into()), ..Provenance::default() };
    let scale = Scale { low: 1.0, high: 5.0, levels: Some(5) };
    let (aspect, reason) = (None, None);
    Checked::new(Rating { segment: segment.into(), value, scale, aspect, reason, provenance })
        .unwrap()
}

/// A thumb by somebody.
pub(crate) fn thumb(who: &str, segment: &str, approval: f64) -> Checked<Approval> {
    let provenance = Provenance { annotator: Some(who.into()), ..Provenance::default() };
    Checked::new(Approval { segment: segment.into(), approval, reason: None, provenance }).unwrap()
}

/// An anonymous remark.
pub(crate) fn critique(segment: &str, polarity: Polarity) -> Critique {
    Critique::new(segment.into(), polarity)
}

/// A record changed and checked again.
pub(crate) fn changed<R: Record>(record: Checked<R>, change: impl FnOnce(&mut R)) -> Checked<R> {
    let mut record = record.into_inner();
    change(&mut record);
    Checked::new(record).unwrap()
}

/// What a check finds in a dataset.
pub(crate) fn found(builder: DatasetBuilder, check: fn(&Case<'_>) -> Vec<Finding>) -> Vec<Finding> {
    let dataset: Dataset = builder.build().unwrap();
    check(&Case::new(&dataset, Options::default()))
}

/// Count and total of the finding about `subject`.
#[track_caller]
pub(crate) fn counts(findings: &[Finding], check: &str, subject: &str) -> (usize, usize) {
    let finding = one(findings, check, subject);
    (finding.count, finding.of)
}

/// The finding about `subject`, of no group.
#[track_caller]
pub(crate) fn one<'f>(findings: &'f [Finding], check: &str, subject: &str) -> &'f Finding {
    let fits = |of: &&Finding| of.check == check && of.subject == subject && of.group.is_none();
    findings
        .iter()
        .find(fits)
        .unwrap_or_else(|| panic!("{check} {subject} is not in {findings:#?}"))
}
