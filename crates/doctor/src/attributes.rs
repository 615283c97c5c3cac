//! What is known of the people who gave the feedback.

use crate::normalize::on_one_line;
use crate::{Case, Finding};
use medley_dataset::{PersonColumn, PersonIndex, PersonValues};
use std::collections::BTreeMap;

/// An attribute may have so many values that only the largest are worth a line.
const EXAMPLE_LABELS: usize = 5;

/// `annotators.attributes`: for each column about people, how many people have a value there. The
/// group is no such column: `annotators.groups` tells of it.
pub(crate) fn attributes(case: &Case<'_>) -> Vec<Finding> {
    let people = case.dataset.people();
    let columns = people.columns().iter().filter(|column| column.name != "group");
    let finding = |column: &PersonColumn| {
        let note = match &column.values {
            PersonValues::Text(_) => sizes(column, people.len()),
            PersonValues::Number(values) => range(values),
        };
        Finding::new("annotators.attributes", column.known(), people.len(), "people")
            .about(&column.name)
            .note(note)
    };
    columns.map(finding).collect()
}

/// The most frequent values. Where each is of one person, as free text is, none is worth a line.
fn sizes(column: &PersonColumn, people: usize) -> String {
    let mut sizes = BTreeMap::new();
    for label in (0..people as u32).filter_map(|person| column.label(PersonIndex(person))) {
        *sizes.entry(label).or_insert(0_usize) += 1;
    }
    if sizes.len() > 1 && sizes.values().all(|&size| size == 1) {
        return format!("{} values, each of one person", sizes.len());
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by(|(one, few), (other, many)| many.cmp(few).then(one.cmp(other)));
    let listed = sizes.iter().take(EXAMPLE_LABELS);
    let listed = listed.map(|(label, size)| format!("{} ({size})", on_one_line(label)));
    let listed = listed.collect::<Vec<_>>().join(", ");
    match sizes.len().saturating_sub(EXAMPLE_LABELS) {
        0 => format!("{} values: {listed}", sizes.len()),
        more => format!("{} values: {listed} and {more} more", sizes.len()),
    }
}

fn range(values: &[Option<f64>]) -> String {
    let known = || values.iter().flatten();
    let (low, high) = (known().copied().reduce(f64::min), known().copied().reduce(f64::max));
    match (low, high) {
        (Some(low), Some(high)) => format!("numbers from {low} to {high}"),
        _ => "no number".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{by, changed, counts, found, one, prompts};

    #[test]
    fn columns_of_people_are_listed() {
        let mut builder = prompts(1, 2);
        let of_group = changed(by("ann", "0/0", "0/1", 1.0), |it| {
            it.provenance.group = Some("x".into());
        });
        builder.insert(vec![of_group, by("bob", "0/0", "0/1", 1.0)]);
        builder.add_person("ann", &[("country", "DE".into()), ("age", 31.0.into())]);
        builder.add_person("cyd", &[("country", "IN".into()), ("age", 18.5.into())]);
        builder.add_person("dan", &[("country", "IN".into())]);
        let findings = found(builder, attributes);
        assert_eq!(findings.len(), 2);
        assert_eq!(counts(&findings, "annotators.attributes", "country"), (3, 4));
        let note = |subject| &one(&findings, "annotators.attributes", subject).note;
        assert_eq!(note("country"), "2 values: IN (2), DE (1)");
        assert_eq!(counts(&findings, "annotators.attributes", "age"), (2, 4));
        assert_eq!(note("age"), "numbers from 18.5 to 31");
    }

    #[test]
    fn free_text_takes_one_line() {
        let mut builder = prompts(1, 2);
        let long = format!("I value honesty.\n\nAnd {}", "being polite, ".repeat(200));
        for (who, own) in [("ann", "One."), ("bob", "Two."), ("cyd", "Three.")] {
            let motto = if who == "cyd" { "None." } else { &long };
            builder.add_person(who, &[("self", own.into()), ("motto", motto.into())]);
        }
        let findings = found(builder, attributes);
        let note = |subject| &one(&findings, "annotators.attributes", subject).note;
        assert_eq!(note("self"), "3 values, each of one person");
        let expect = "2 values: I value honesty. And being polite, being... (2), None. (1)";
        assert_eq!(note("motto"), expect);
    }
}
