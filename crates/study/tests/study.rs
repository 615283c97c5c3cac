//! Studies from their TOML to what they say: published numbers, small societies, and files that are wrong.
#![allow(clippy::unwrap_used)]

use medley_dataset::{Card, Dataset, DatasetBuilder, Domain};
use medley_feedback::{Approval, Checked, Comparison, Provenance, Rating, Role, Scale};
use medley_study::{Found, StudySpec, study};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn spec(text: &str) -> StudySpec {
    medley_toml_file::parse(Path::new("study.toml"), text).unwrap()
}

fn value(found: &Found, model: &str, metric: &str) -> f64 {
    let row = found.rows.iter().find(|row| {
        row.model == model && row.metric == metric && row.column.is_none() && row.labels.is_none()
    });
    row.unwrap().value.unwrap()
}

fn chosen(found: &Found, rule: &str, label: Option<&str>) -> Vec<String> {
    let choice = found.choices.iter().find(|choice| {
        choice.rule == rule && choice.group.as_ref().map(|(_, label)| label.as_str()) == label
    });
    let decision = choice.unwrap().decision.clone().unwrap().unwrap();
    let options = &found.electorate.as_ref().unwrap().options;
    decision.winners().into_iter().map(|option| found.told.items[options[option]].clone()).collect()
}

/// Six faces, 192 people: the numbers of other programs, and a winner by each way of counting.
#[test]
fn faces_as_published() {
    let text = r#"
        name = "faces"
        [study]
        dataset = "datasets/paired_people/topmodel2007"
        groups = ["gender", "age"]
        bins.age = [30.0]
        covariates = ["gender"]
        [feedback.comparisons]
        adapter.comparison = { ties = "soft-label", offset = false }
        [people]
        pooled.pooled = {}
        apart.group = { by = ["gender = male"], shrink = false }
        hierarchical.hierarchical = { steps = 60, tolerance = 0.0 }
        [aggregation]
        weights = "one-person-one-vote"
        rules.borda.borda = {}
        rules.bradley-terry.bradley-terry = {}
        rules.copeland.copeland = {}
        rules.lottery.maximal-lottery = {}
    "#;
    let spec = spec(text);
    assert_eq!(spec.check(), Ok(()));
    let dataset = Dataset::open(&root().join(&spec.study.dataset)).unwrap();
    let found = study(&spec, dataset).unwrap();
    for (model, nll, accuracy) in
        [("pooled", 0.6581, 0.6146), ("apart", 0.6481, 0.6215), ("hierarchical", 0.5103, 0.7500)]
    {
        assert!((value(&found, model, "negative-log-likelihood") - nll).abs() < 6e-5, "{model}");
        assert!((value(&found, model, "accuracy") - accuracy).abs() < 6e-5, "{model}");
    }
    let ceiling = found.audit.ceiling.unwrap();
    assert!((ceiling.accuracy.value - 0.6076).abs() < 6e-5);
    assert!((ceiling.nll.value - 0.6632).abs() < 6e-5);
    for (rule, winner) in [
        ("borda", "Hana"),
        ("bradley-terry", "Hana"),
        ("copeland", "Barbara"),
        ("lottery", "Barbara"),
    ] {
        assert_eq!(chosen(&found, rule, None), [winner], "{rule}");
    }
    for (label, winner) in
        [("male", "Hana"), ("female", "Barbara"), ("below 30", "Hana"), ("from 30", "Barbara")]
    {
        assert_eq!(chosen(&found, "copeland", Some(label)), [winner], "{label}");
    }
    // Another program found that women have to count for 56.3 %.
    let path = found.paths.iter().find(|path| path.rule == "borda" && path.group.1 == "male");
    assert!((path.unwrap().flip.unwrap() - 0.437).abs() < 2e-3);
    // The same again, whatever the threads did.
    let again = study(&spec, Dataset::open(&root().join(&spec.study.dataset)).unwrap()).unwrap();
    assert_eq!(again.rows, found.rows);
}

/// Three men's names that beat each other in a circle.
#[test]
fn a_cycle_is_a_lottery() {
    let text = r#"
        name = "names"
        [study]
        dataset = "datasets/paired_people/first_names"
        groups = ["gender"]
        [feedback.comparisons]
        adapter.comparison = { ties = "soft-label", offset = false }
        [people]
        pooled.pooled = {}
        [aggregation]
        weights = "one-person-one-vote"
        rules.lottery.maximal-lottery = {}
    "#;
    let spec = spec(text);
    let found = study(&spec, Dataset::open(&root().join(&spec.study.dataset)).unwrap()).unwrap();
    let men =
        found.choices.iter().find(|choice| choice.group.as_ref().is_some_and(|g| g.1 == "male"));
    let lottery = men.unwrap().decision.clone().unwrap().unwrap().lottery.unwrap();
    let of = |name: &str| {
        let item = found.told.items.iter().position(|item| item == name).unwrap();
        let options = &found.electorate.as_ref().unwrap().options;
        lottery[options.iter().position(|option| *option == item).unwrap()]
    };
    for (name, chance) in [("Tim", 1.0 / 2.0), ("Michael", 1.0 / 3.0), ("Lucas", 1.0 / 6.0)] {
        assert!((of(name) - chance).abs() < 1e-9, "{name}: {}", of(name));
    }
}

/// People who say what `says` has them say of x and y, so many of each group.
fn society(groups: &[(&str, usize)], says: impl Fn(&str, usize) -> f64, role: Role) -> Dataset {
    let mut builder = DatasetBuilder::new(Card::new("t", Domain::Text));
    builder.add_group("g", None, None);
    for name in ["x", "y", "z"] {
        builder.add_text(name, "g", name);
    }
    let mut dataset = builder.build().unwrap();
    let mut records = Vec::new();
    for (group, count) in groups {
        for person in 0..*count {
            for turn in 0..6 {
                let (first, second) = [("x", "y"), ("y", "z"), ("x", "z")][turn % 3];
                let mut record = Comparison::new(first.into(), second.into(), says(group, turn));
                record.provenance = Provenance {
                    annotator: Some(format!("{group}{person:02}").as_str().into()),
                    group: Some((*group).to_owned()),
                    role,
                    ..Provenance::default()
                };
                records.push(Checked::new(record).unwrap());
            }
        }
    }
    dataset.insert(records).unwrap();
    dataset
}

const SMALL: &str = r#"
    name = "small"
    [study]
    dataset = "none"
    split.statement = { every = 3 }
    [feedback.said]
    adapter.comparison = { ties = "soft-label", offset = false }
    [people]
    pooled.pooled = {}
    hierarchical.hierarchical = {}
    [aggregation]
    weights = "one-person-one-vote"
    rules.borda.borda = {}
"#;

fn opposed(group: &str, _: usize) -> f64 {
    if group == "a" { 1.0 } else { 0.0 }
}

#[test]
fn few_people_are_hidden_everywhere() {
    let people = [("a", 30), ("b", 19), ("c", 12)];
    let found = study(&spec(SMALL), society(&people, opposed, Role::Evidence)).unwrap();
    let of = |label: &str| {
        found.rows.iter().filter(move |row| row.group.as_deref() == Some(label)).collect::<Vec<_>>()
    };
    assert!(of("a").iter().all(|row| row.value.is_some()) && !of("a").is_empty());
    for few in ["b", "c"] {
        assert!(of(few).iter().all(|row| row.value.is_none() && row.low.is_none()), "{few}");
    }
    let choice = |label: &str| {
        found.choices.iter().find(|c| c.group.as_ref().is_some_and(|g| g.1 == label)).unwrap()
    };
    assert!(choice("a").decision.clone().unwrap().is_some());
    assert!(choice("b").decision.clone().unwrap().is_none());
    assert!(found.served.iter().all(|served| (served.group.1 == "a") == served.gap.is_some()));
    assert!(found.paths.iter().all(|path| path.group.1 == "a") && !found.paths.is_empty());
    assert!(found.summary(&spec(SMALL)).contains("hidden"));
    // What all lose and what the one group loses say what the other does.
    let two = society(&people[..2], opposed, Role::Evidence);
    let found = study(&spec(SMALL), two).unwrap();
    let losses = found.rows.iter().filter(|row| row.metric == "negative-log-likelihood");
    assert!(losses.filter(|row| row.group.is_some()).all(|row| row.value.is_none()));
    // A path to the weight of the one is a path to that of the other.
    assert!(found.paths.is_empty());
}

/// What had come to no end is said to.
#[test]
fn fits_that_were_cut_short_are_named() {
    let people = [("a", 25), ("b", 25)];
    let whole = study(&spec(SMALL), society(&people, opposed, Role::Evidence)).unwrap();
    assert!(!whole.summary(&spec(SMALL)).contains("had come to no end"));
    let short = SMALL.replace("hierarchical = {}", "hierarchical = { steps = 1 }");
    let cut = study(&spec(&short), society(&people, opposed, Role::Evidence)).unwrap();
    assert!(
        cut.summary(&spec(&short)).contains("come to no end when their steps did: `hierarchical`")
    );
}

/// Everybody always answers alike: complete separation, and finite numbers.
#[test]
fn people_who_always_answer_alike_are_told_apart() {
    let found =
        study(&spec(SMALL), society(&[("a", 25), ("b", 25)], opposed, Role::Evidence)).unwrap();
    let pooled = value(&found, "pooled", "negative-log-likelihood");
    let own = value(&found, "hierarchical", "negative-log-likelihood");
    assert!((pooled - 2_f64.ln()).abs() < 5e-3, "{pooled}");
    assert!(own.is_finite() && own < 0.5 * pooled, "{own}");
    assert!((value(&found, "hierarchical", "accuracy") - 1.0).abs() < 1e-12);
    assert_eq!(found.audit.one_sided, 0, "six decisions are too few to say so");
}

/// Whoever applies the designer's criteria has no view of their own: the designer is one person.
#[test]
fn extensions_of_the_designer_are_one_person() {
    let people = [("a", 25), ("b", 25)];
    let found = study(&spec(SMALL), society(&people, opposed, Role::Extension)).unwrap();
    assert_eq!(found.told.designer, Some(50));
    assert_eq!(found.told.panel.said_by(50).len(), 300);
    assert_eq!(found.told.roles["extension"], 300);
    assert_eq!(found.electorate.unwrap().people, [50]);
    let evidence = study(&spec(SMALL), society(&people, opposed, Role::Evidence)).unwrap();
    assert_eq!(evidence.told.designer, None);
    assert_eq!(evidence.electorate.unwrap().people.len(), 50);
    let authority = study(&spec(SMALL), society(&people, opposed, Role::Authority)).unwrap();
    assert!(authority.summary(&spec(SMALL)).contains("what they disagree in is no error"));
}

/// Comparisons, ratings and thumbs of the same people are one panel.
#[test]
fn kinds_are_mixed() {
    let mut dataset = society(&[("a", 25), ("b", 25)], opposed, Role::Evidence);
    let by = |group: &str, person: usize| Provenance {
        annotator: Some(format!("{group}{person:02}").as_str().into()),
        group: Some(group.to_owned()),
        ..Provenance::default()
    };
    let (mut ratings, mut thumbs) = (Vec::new(), Vec::new());
    for (group, best, worst) in [("a", "x", "z"), ("b", "z", "x")] {
        for person in 0..25 {
            for (segment, level) in [(best, 3.0), ("y", 2.0), (worst, 1.0)] {
                ratings.push(
                    Checked::new(Rating {
                        segment: segment.into(),
                        value: level,
                        scale: Scale { low: 1.0, high: 3.0, levels: Some(3) },
                        aspect: None,
                        reason: None,
                        provenance: by(group, person),
                    })
                    .unwrap(),
                );
            }
            for (segment, approval) in [(best, 1.0), (worst, 0.0)] {
                let provenance = by(group, person);
                let segment = segment.into();
                thumbs.push(
                    Checked::new(Approval { segment, approval, reason: None, provenance }).unwrap(),
                );
            }
        }
    }
    dataset.insert(ratings).unwrap();
    dataset.insert(thumbs).unwrap();
    let text = format!(
        "{SMALL}\n[feedback.rated]\nadapter.rating = {{}}\n[feedback.thumbs]\nadapter.approval = {{}}"
    );
    let found = study(&spec(&text), dataset).unwrap();
    assert_eq!(found.told.panel.statements().len(), 300 + 150 + 100);
    let columns: Vec<&str> =
        found.told.panel.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["rated: cutpoints 1", "rated: cutpoints 2", "thumbs: threshold"]);
    assert!(value(&found, "hierarchical", "accuracy") > 0.95);
    assert!(value(&found, "pooled", "accuracy") < 0.75);
}

#[test]
fn what_is_left_out_is_counted() {
    let mut dataset = society(&[("a", 25)], opposed, Role::Evidence);
    let tie = |annotator: Option<&str>| {
        let mut record = Comparison::new("x".into(), "y".into(), 0.5);
        record.tie = 1.0;
        record.provenance.annotator = annotator.map(Into::into);
        Checked::new(record).unwrap()
    };
    dataset.insert(vec![tie(None), tie(Some("a00")), tie(Some("a01"))]).unwrap();
    let found = study(&spec(SMALL), dataset.clone()).unwrap();
    assert_eq!(found.told.left_out["said: name nobody"], 1);
    let dropped = SMALL.replace("dataset = \"none\"", "dataset = \"none\"\n    drop-ties = true");
    let found = study(&spec(&dropped), dataset).unwrap();
    assert_eq!(found.told.left_out["said: are ties"], 2);
}

#[test]
fn wrong_files_are_named_at_their_keys() {
    let refused = |from: &str, to: &str, expect: &str| {
        let text = SMALL.replace(from, to);
        let spec = spec(&text);
        let error = match spec.check() {
            Err(problem) => problem.to_string(),
            Ok(()) => {
                let people = society(&[("a", 25), ("b", 25)], opposed, Role::Evidence);
                study(&spec, people).unwrap_err().to_string()
            }
        };
        assert!(error.contains(expect), "{error}");
    };
    let study = "dataset = \"none\"";
    let with = |more: &str| format!("{study}\n    {more}");
    refused(
        study,
        &with("groups = [\"land\"]"),
        "expected a column of people (group), found `land`",
    );
    refused(
        study,
        &with("covariates = [\"group\"]\n derived = [\"group\"]"),
        "tell its own answers",
    );
    refused(study, &with("bins.group = [1.0]"), "found the texts of `group`");
    refused(study, &with("bins.group = [2.0, 1.0]"), "rising finite bounds");
    refused(study, &with("reference = \"w\""), "expected one of x, y, z, found `w`");
    refused(study, &with("population.group = { a = 0.5, b = 0.6 }"), "sum of 1.1");
    refused("every = 3", "every = 1", "`study.split.statement.every`: at least 2");
    refused(
        "split.statement = { every = 3 }",
        "split.person = { every = 5, labels = [9], from = 8 }",
        "`study.split.person.labels`: numbers up to `from` = 8",
    );
    refused(
        "split.statement = { every = 3 }",
        "split.group = { column = \"group\", train = [\"c\"], every = 3 }",
        "expected labels of `group` (a, b), found `c`",
    );
    refused("weights = \"one-person-one-vote\"", "", "what a person counts for has to be said");
    refused(
        "weights = \"one-person-one-vote\"",
        "weights.by-population = \"group\"",
        "`study.population` has no shares of `group`",
    );
    refused("rules.borda", "from.model = \"nobody\"\n rules.borda", "found `nobody`");
    refused("rules.borda", "options = [\"w\"]\n rules.borda", "found `w`");
    refused(
        "adapter.comparison = { ties = \"soft-label\", offset = false }",
        "adapter.comparison = { label-noise = 0.1, offset = false }",
        "which this adapter under these options does not give",
    );
}

/// What a group counts for is what the file says.
#[test]
fn population_shares_turn_a_choice_around() {
    let people = || society(&[("a", 30), ("b", 20)], opposed, Role::Authority);
    let by = |share: f64| {
        let text = SMALL
            .replace(
                "dataset = \"none\"",
                &format!(
                    "dataset = \"none\"\n    population.group = {{ a = {share}, b = {} }}",
                    1.0 - share
                ),
            )
            .replace("weights = \"one-person-one-vote\"", "weights.by-population = \"group\"");
        let found = study(&spec(&text), people()).unwrap();
        chosen(&found, "borda", None)
    };
    assert_eq!((by(0.6), by(0.4)), (vec!["x".to_owned()], vec!["z".to_owned()]));
}

#[test]
fn the_usual_study_of_a_dataset_is_one_that_can_be_written() {
    let dataset = society(&[("a", 25), ("b", 25)], opposed, Role::Evidence);
    let spec = StudySpec::of_dataset(Path::new("some/where"), &dataset);
    assert_eq!(spec.name, "people-where");
    assert_eq!(spec.check(), Ok(()));
    let text = toml::to_string(&spec).unwrap();
    let again: StudySpec = medley_toml_file::parse(Path::new("x.toml"), &text).unwrap();
    assert_eq!(toml::to_string(&again).unwrap(), text);
    let found = study(&spec, dataset).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (summary, files) = found.write(&spec, folder.path()).unwrap();
    assert!(summary.contains("## Noise, values, or both") && summary.contains("## Disclosure"));
    assert!(files.iter().all(|file| file.exists()));
    let rows = medley_report::read_people(&folder.path().join("people.parquet")).unwrap();
    assert!(rows.len() > found.rows.len(), "the audit is in the table too");
}
