//! Golden counts of `datasets/crehate`.

use crate::{check_import, folder, records};
use medley_dataset::*;
use medley_feedback::*;
use medley_formats::*;
use std::collections::BTreeMap;

/// Rows of a table of CREHate.
fn crehate_rows(name: &str) -> Vec<BTreeMap<String, String>> {
    let file = folder("crehate").join("source").join(format!("CREHate_{name}_annotations.csv.gz"));
    let mut rows = Vec::new();
    each_row(&file, Dialect::Quoted, &Reading::default(), &mut |row| {
        let text = |(key, value): (&String, &serde_json::Value)| {
            (key.clone(), value.as_str().unwrap().to_owned())
        };
        rows.push(row?.fields.iter().map(text).collect());
        Ok(())
    })
    .unwrap();
    rows
}

fn tally<'a>(keys: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    keys.for_each(|key| *counts.entry(key).or_default() += 1);
    counts
}

#[test]
fn crehate_is_as_published() {
    let dataset = check_import(&Crehate {}, "crehate", "");
    let rows = crehate_rows("raw");
    assert_eq!(
        (rows.len(), dataset.segments().len(), dataset.groups().len()),
        (42_546, 1580, 1580)
    );
    let column = |name: &'static str| tally(rows.iter().map(move |row| row[name].as_str()));
    assert_eq!(column("annotation"), [("0", 21_775), ("1", 17_711), ("2", 3060)].into());
    let countries = [
        ("Australia", 8586),
        ("Singapore", 8581),
        ("South Africa", 8533),
        ("United Kingdom", 8657),
        ("United States", 8189),
    ];
    assert_eq!(column("nationality"), countries.into());
    let range = |name| {
        let counts = column(name);
        (counts.len(), *counts.values().min().unwrap(), *counts.values().max().unwrap())
    };
    assert_eq!((range("annotator_id"), range("ID")), ((1064, 1, 197), (1580, 25, 74)));
    // Where the page of the source counts 20,280 missing, 20,130 people say that they have none.
    assert_eq!((column("religion")[""], column("religion")["None"]), (150, 20_130));

    let approvals: Vec<Approval> = records(&dataset);
    let share = |share: f64| approvals.iter().filter(|a| a.approval == share).count();
    assert_eq!([share(1.0), share(0.0), approvals.len()], [21_775, 17_711, 21_775 + 17_711]);
    let report = dataset.card.import.as_ref().unwrap();
    assert_eq!(report.dropped["label 2: a third option, undocumented"], 3060);
    for note in [
        "1064 annotators, of whom 4 gave one label",
        "14 times a person labelled the same post again; all labels are kept",
    ] {
        assert!(report.notes.iter().any(|told| told == note), "{note}");
    }
}

/// Counted by an independent script over the rows of the source.
#[test]
fn crehate_keeps_all_that_is_known_of_people() {
    let dataset = Dataset::open(&folder("crehate")).unwrap();
    let people = dataset.people();
    assert_eq!(people.len(), 1064);
    let known: Vec<_> = people.columns().iter().map(|c| (c.name.as_str(), c.known())).collect();
    let expect = [
        ("nationality", 1064),
        ("age", 1063),
        ("education", 1063),
        ("ethnicity", 1063),
        ("gender", 1063),
        ("politic", 1063),
        ("religion", 1063),
        ("gender_sexual_orientation", 1063),
        ("group", 1062),
    ];
    assert_eq!(known, expect);
    let of = |column: &str, label: &str| {
        let column = people.column(column).unwrap();
        let all = (0..1064).map(PersonIndex);
        all.filter(|&person| column.label(person).as_deref() == Some(label)).count()
    };
    assert_eq!((of("nationality", "Singapore"), of("nationality", "United Kingdom")), (102, 406));
    assert_eq!((of("gender", "female"), of("education", "4")), (520, 495));
    let PersonValues::Number(ages) = &people.column("age").unwrap().values else {
        panic!("age is a number");
    };
    assert_eq!(ages.iter().flatten().sum::<f64>(), 37_748.0);
    // Two people gave nothing but labels of the third option.
    let silent = |id: &str| {
        let group = people.column("group").unwrap();
        group.label(people.index(&id.into()).unwrap()).is_none()
    };
    assert!(silent("182") && silent("564") && !silent("855"));
}

/// So the source leaves the third option out too, and its labels need not be kept.
#[test]
fn crehate_labels_by_country_are_majorities_of_the_approvals() {
    let dataset = Dataset::open(&folder("crehate")).unwrap();
    let approvals: Vec<Approval> = records(&dataset);
    let mut votes: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for approval in &approvals {
        let country = approval.provenance.group.as_deref().unwrap();
        *votes.entry((&approval.segment.0, country)).or_default() += 0.5 - approval.approval;
    }
    for post in crehate_rows("final") {
        for country in ["United States", "Australia", "United Kingdom", "South Africa", "Singapore"]
        {
            let label = &post[&format!("{}_Hate", country.replace(' ', "_"))];
            let hate = votes[&(post["ID"].as_str(), country)];
            assert_eq!(label == "1.0", hate > 0.0, "{} {country}", post["ID"]);
            assert_ne!(hate, 0.0);
        }
    }
}
