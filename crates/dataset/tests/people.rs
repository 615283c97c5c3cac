//! The table of people on disk: what is read back, what an older folder gives, what is refused.
#![allow(clippy::unwrap_used)]

use medley_dataset::{
    Card, Dataset, DatasetBuilder, DatasetWriter, Domain, PersonIndex, PersonValue, ShardSize,
};
use medley_feedback::{Approval, Checked, Comparison, Critique, Polarity, Provenance, Ranking};
use polars::prelude::{DataFrame, NamedFrom, ParquetWriter, Series};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn approve(who: &str, group: Option<&str>) -> Checked<Approval> {
    let provenance = Provenance {
        annotator: Some(who.into()),
        group: group.map(str::to_owned),
        ..Provenance::default()
    };
    let segment = "a".into();
    Checked::new(Approval { segment, approval: 1.0, reason: None, provenance }).unwrap()
}

fn builder() -> DatasetBuilder {
    let mut builder = DatasetBuilder::new(Card::new("tiny", Domain::Text));
    builder.add_group("q", Some("Why?"), None);
    builder.add_text("a", "q", "Yes.");
    builder
}

/// A folder with the records and no table of people, its card of a version.
fn folder(records: Vec<Checked<Approval>>, schema: u32) -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("tiny");
    let mut builder = builder();
    builder.insert(records);
    builder.build().unwrap().write(&path).unwrap();
    let file = path.join("dataset.toml");
    let card = fs::read_to_string(&file).unwrap();
    assert!(card.contains("schema = 2") && !path.join("people.parquet").exists());
    fs::write(&file, card.replace("schema = 2", &format!("schema = {schema}"))).unwrap();
    (place, path)
}

fn put(path: &Path, name: &str, columns: Vec<Series>) {
    let columns = columns.into_iter().map(Into::into).collect();
    let mut frame = DataFrame::new_infer_height(columns).unwrap();
    ParquetWriter::new(fs::File::create(path.join(name)).unwrap()).finish(&mut frame).unwrap();
}

/// Each person with their labels, an unknown one as `-`.
fn shown(dataset: &Dataset) -> Vec<String> {
    let people = dataset.people();
    let names: Vec<&str> = people.columns().iter().map(|column| column.name.as_str()).collect();
    let row = |i: usize| {
        let person = PersonIndex(i as u32);
        let label = |c: &medley_dataset::PersonColumn| {
            c.label(person).map_or_else(|| "-".to_owned(), |label| label.into_owned())
        };
        let labels = people.columns().iter().map(label);
        std::iter::once(people.id(person).0.clone()).chain(labels).collect::<Vec<_>>().join(" ")
    };
    std::iter::once(names.join(" ")).chain((0..people.len()).map(row)).collect()
}

#[test]
fn attributes_are_written_whole_and_in_shards_and_read_back() {
    let people: [(&str, &[(&str, PersonValue)]); 3] = [
        ("zoe", &[("country", "DE".into()), ("age", 31.0.into())]),
        ("bob", &[("age", 0.5.into())]),
        ("silent", &[]),
    ];
    let records = vec![approve("zoe", Some("x")), approve("new", None)];
    let expect = ["country age group", "bob - 0.5 -", "new - - -", "silent - - -", "zoe DE 31 x"];
    let place = tempfile::tempdir().unwrap();

    let mut whole = builder();
    people.iter().for_each(|(id, attributes)| whole.add_person(id, attributes));
    whole.insert(records.clone());
    let whole = whole.build().unwrap();
    whole.write(&place.path().join("whole")).unwrap();

    let shards = place.path().join("shards");
    let card = Card::new("tiny", Domain::Text);
    let mut writer = DatasetWriter::new(card, &shards, ShardSize { rows: 1, bytes: 1 }).unwrap();
    writer.add_group("q", Some("Why?"), None).unwrap();
    writer.add_text("a", "q", "Yes.").unwrap();
    people.iter().for_each(|(id, attributes)| writer.add_person(id, attributes));
    writer.insert(&records).unwrap();
    writer.finish().unwrap();

    assert_eq!(shown(&whole), expect);
    let mut tables = Vec::new();
    for name in ["whole", "shards"] {
        let back = Dataset::open(&place.path().join(name)).unwrap();
        assert_eq!(back.people(), whole.people(), "{name}");
        assert_eq!(back.hash(), whole.hash(), "{name}");
        tables.push(fs::read(place.path().join(name).join("people.parquet")).unwrap());
        assert!(back.card.files.contains_key("people.parquet"), "{:?}", back.card.files);
    }
    assert_eq!(tables[0], tables[1], "the table has what was added, whoever writes it");
    // Without attributes the table of the version before goes away.
    let mut plain = builder();
    plain.insert(records);
    let plain = plain.build().unwrap();
    assert_ne!(plain.hash(), whole.hash());
    plain.write(&shards).unwrap();
    assert!(!shards.join("people.parquet").exists());
    assert_eq!(Dataset::open(&shards).unwrap().people().len(), 2);
}

/// Computed apart from this code, by the rules of schema 1.
#[test]
fn a_dataset_without_a_table_of_people_has_the_hash_of_schema_1() {
    let hash = "c23da5726a83382d3c2a870baf1fbeb21126ab85adff61ef1be0dc11ceec58e3";
    for schema in [1, 2] {
        let (_place, path) = folder(vec![approve("w", Some("DE"))], schema);
        let dataset = Dataset::open(&path).unwrap();
        assert_eq!(dataset.hash(), hash);
        assert_eq!(shown(&dataset), ["group", "w DE"], "schema {schema}");
    }
}

#[test]
fn lines_and_tables_by_hand_are_read() {
    let (_place, path) = folder(vec![approve("w", None)], 2);
    let lines = "{\"annotator\": \"w\", \"age\": 7, \"town\": null}\n{\"annotator\": \"v\"}\n";
    fs::write(path.join("people.jsonl"), lines).unwrap();
    assert_eq!(shown(&Dataset::open(&path).unwrap()), ["age", "v -", "w 7"]);
    fs::remove_file(path.join("people.jsonl")).unwrap();
    // The second shard has other columns, and whole numbers where the first has none.
    let text = |name: &str, values: &[Option<&str>]| Series::new(name.into(), values);
    put(&path, "people-00000.parquet", vec![text("annotator", &[Some("w")]), text("x", &[None])]);
    let age = Series::new("age".into(), [3i32]);
    put(&path, "people-00001.parquet", vec![text("annotator", &[Some("v")]), age]);
    assert_eq!(shown(&Dataset::open(&path).unwrap()), ["age", "v 3", "w -"]);
}

/// Nothing is known by nulls, so that the hash does not change by them, nor by writing them again.
#[test]
fn a_table_that_says_nothing_changes_no_hash() {
    let text = |name: &str, values: &[Option<&str>]| Series::new(name.into(), values);
    let nobody = vec![text("annotator", &[]), text("town", &[])];
    let nothing = vec![text("annotator", &[Some("w")]), text("town", &[None])];
    let numbers = Series::new("age".into(), [f64::NAN]);
    let nan = vec![text("annotator", &[Some("w")]), numbers];
    for columns in [nobody, nothing, nan] {
        let (_place, path) = folder(vec![approve("w", None)], 2);
        let plain = Dataset::open(&path).unwrap();
        put(&path, "people.parquet", columns);
        let dataset = Dataset::open(&path).unwrap();
        assert_eq!(dataset.people(), plain.people());
        assert_eq!(dataset.hash(), plain.hash());
        let again = path.join("again");
        dataset.write(&again).unwrap();
        assert_eq!(Dataset::open(&again).unwrap().hash(), plain.hash());
    }
}

#[test]
fn a_group_of_the_table_comes_before_those_of_records() {
    let records = vec![approve("v", Some("x")), approve("w", Some("x")), approve("w", Some("y"))];
    let (_place, path) = folder(records, 2);
    let dataset = Dataset::open(&path).unwrap();
    assert_eq!(shown(&dataset), ["group", "v x", "w -"]);
    let lines = "{\"annotator\": \"w\", \"group\": \"z\"}\n";
    fs::write(path.join("people.jsonl"), lines).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    assert_eq!(shown(&dataset), ["group", "v x", "w z"]);
}

#[test]
fn versions_that_are_not_known_are_refused() {
    let check = |schema: u32, expect: &str| {
        let (_place, path) = folder(vec![approve("w", None)], schema);
        let error = Dataset::open(&path).unwrap_err().to_string();
        assert!(error.ends_with(&format!("dataset.toml: {expect}")), "{error}");
    };
    check(0, "schema version 0 does not exist; this Medley reads 1 to 2");
    check(3, "schema version 3 is newer than 2, the newest that this Medley reads");
}

#[test]
fn broken_tables_are_explained() {
    let check = |schema: u32, write: &dyn Fn(&Path), expect: &str| {
        let (_place, path) = folder(vec![approve("w", None)], schema);
        write(&path);
        let error = Dataset::open(&path).unwrap_err().to_string();
        let error = error.replace(&format!("{}/", path.display()), "");
        assert_eq!(error, expect);
    };
    let table =
        |columns: Vec<Series>| move |path: &Path| put(path, "people.parquet", columns.clone());
    let lines =
        |text: &'static str| move |path: &Path| fs::write(path.join("people.jsonl"), text).unwrap();
    let who = |ids: &[&str]| Series::new("annotator".into(), ids);
    check(
        1,
        &table(vec![who(&["w"])]),
        "people.parquet: a table of people needs `schema = 2` in dataset.toml, found 1",
    );
    check(
        2,
        &table(vec![Series::new("worker".into(), ["w"])]),
        "people.parquet: column `annotator` must be Text, found no such column",
    );
    check(
        2,
        &table(vec![Series::new("annotator".into(), [1i64])]),
        "people.parquet: column `annotator` must be Text, found Integer",
    );
    check(
        2,
        &table(vec![Series::new("annotator".into(), [Some("w"), None])]),
        "people.parquet: row 1, column `annotator`: expected a value, found null",
    );
    check(
        2,
        &table(vec![who(&["w", "v", "w"])]),
        "people.parquet: row 2, column `annotator`: expected a person with one row, found `w`, as \
         in row 0",
    );
    check(
        2,
        &table(vec![who(&["w"]), Series::new("adult".into(), [true])]),
        "people.parquet: column `adult` must be text or numbers, found Boolean",
    );
    check(
        2,
        &table(vec![who(&["w"]), Series::new("seconds".into(), [1.0])]),
        "people.parquet: column `seconds` must be called otherwise, since every record has a field \
         of that name, found a column of people",
    );
    check(
        2,
        &table(vec![who(&["w"]), Series::new("age".into(), [f64::INFINITY])]),
        "people.parquet: row 0, column `age`: expected a finite number, found inf",
    );
    check(
        2,
        &table(vec![who(&["w"]), Series::new("card".into(), [(1i64 << 53) + 1])]),
        "people.parquet: row 0, column `card`: expected a number up to 2^53, or a text, found \
         9007199254740993",
    );
    check(
        2,
        &lines("{\"annotator\": \"w\"}\n{\"age\": 3}\n"),
        "people.jsonl: row 1, column `annotator`: expected a text, found null",
    );
    check(
        2,
        &lines("{\"annotator\": \"w\", \"tags\": [1]}\n"),
        "people.jsonl: row 0, column `tags`: expected a text or a number, found [1]",
    );
    for number in ["9007199254740993", "99999999999999999999"] {
        let line = format!("{{\"annotator\": \"w\", \"card\": {number}}}\n");
        let (_place, path) = folder(vec![approve("w", None)], 2);
        fs::write(path.join("people.jsonl"), line).unwrap();
        let error = Dataset::open(&path).unwrap_err().to_string();
        assert!(
            error.contains("column `card`: expected a number up to 2^53, or a text"),
            "{error}"
        );
    }
    check(
        2,
        &|path| {
            lines("{\"annotator\": \"w\"}\n")(path);
            table(vec![who(&["w"])])(path);
        },
        "table `people` is there twice",
    );
}

/// What is carried of five studies has the counts of their documentation.
#[test]
fn studies_of_paired_comparisons_are_as_documented() {
    let check =
        |study: &str, people: usize, background: usize, expect: [usize; 3], items: usize| {
            let path =
                format!("{}/../../datasets/paired_people/{study}", env!("CARGO_MANIFEST_DIR"));
            let dataset = Dataset::open(Path::new(&path)).unwrap();
            let found = (dataset.people().len(), dataset.people().columns().len());
            assert_eq!(found, (people, background), "{study}");
            let records = dataset.records::<medley_feedback::Comparison>().unwrap();
            let of = |tie: f64, preference: f64| {
                let all = records.iter().filter(|it| it.tie == tie && it.preference == preference);
                all.count()
            };
            assert_eq!([of(0.0, 1.0), of(0.0, 0.0), of(1.0, 0.0)], expect, "{study}");
            assert_eq!(records.len(), expect.iter().sum::<usize>(), "{study}");
            assert_eq!(dataset.segments().len(), items, "{study}");
        };
    check("topmodel2007", 192, 5, [1670, 1210, 0], 6);
    check("cems_choice", 303, 8, [2595, 1372, 487], 6);
    check("german_parties2009", 192, 5, [1453, 1427, 0], 6);
    check("first_names", 192, 8, [1455, 1425, 0], 6);
    check("sound_quality", 40, 0, [7487, 14437, 0], 32);
}

/// Eight people differ by a factor of four in what they call abusive.
#[test]
fn judgements_of_abuse_are_as_documented() {
    let path = format!("{}/../../datasets/convabuse", env!("CARGO_MANIFEST_DIR"));
    let dataset = Dataset::open(Path::new(&path)).unwrap();
    assert_eq!((dataset.segments().len(), dataset.people().len()), (4185, 8));
    let records = dataset.records::<medley_feedback::Rating>().unwrap();
    let of = |value: f64| records.iter().filter(|rating| rating.value == value).count();
    assert_eq!([1.0, 0.0, -1.0, -2.0, -3.0].map(of), [10068, 671, 813, 934, 282]);
    let shares = (1..=8).map(|number| {
        let name = format!("Annotator{number}");
        let is_own = |rating: &&Checked<medley_feedback::Rating>| {
            rating.provenance.annotator.as_ref().is_some_and(|who| who.0 == name)
        };
        let own: Vec<f64> = records.iter().filter(is_own).map(|rating| rating.value).collect();
        let abusive = own.iter().filter(|value| **value < 0.0).count();
        (own.len(), (1000.0 * abusive as f64 / own.len() as f64).round() as usize)
    });
    let expect = [
        (1044, 200),
        (1608, 154),
        (1640, 123),
        (1789, 152),
        (1770, 278),
        (1513, 164),
        (1775, 68),
        (1629, 147),
    ];
    assert_eq!(shares.collect::<Vec<_>>(), expect);
}

/// Choices between credit cards, as differences of their features.
#[test]
fn choices_of_cards_are_as_documented() {
    let path = format!("{}/../../datasets/bank_conjoint", env!("CARGO_MANIFEST_DIR"));
    let dataset = Dataset::open(Path::new(&path)).unwrap();
    let records = dataset.records::<medley_feedback::Comparison>().unwrap();
    let first = records.iter().filter(|it| it.preference == 1.0).count();
    assert_eq!((records.len(), dataset.people().len()), (14_799, 946));
    assert!((first as f64 / 14_799.0 - 0.4374).abs() < 5e-5, "{first}");
    let people = dataset.people();
    let all = || (0..946).map(PersonIndex);
    let gender = people.column("gender").unwrap();
    let women = all().filter(|who| gender.label(*who).as_deref() == Some("female"));
    assert_eq!(women.count(), 330);
    let age = people.column("age").unwrap();
    let ages = all().map(|who| age.label(who).unwrap().parse::<f64>().unwrap());
    assert!((ages.sum::<f64>() / 946.0 - 46.31).abs() < 0.005);
}

/// What the repository carries under this name.
fn carried(name: &str) -> Dataset {
    let path = format!("{}/../../datasets/{name}", env!("CARGO_MANIFEST_DIR"));
    Dataset::open(Path::new(&path)).unwrap()
}

fn who(said: &Provenance) -> String {
    said.annotator.as_ref().unwrap().0.clone()
}

/// How many people have each value of an attribute, by value; unknown is `-`.
fn tally(dataset: &Dataset, attribute: &str) -> Vec<(String, usize)> {
    let column = dataset.people().column(attribute).unwrap();
    let mut found = BTreeMap::new();
    for i in 0..dataset.people().len() {
        let label = column.label(PersonIndex(i as u32));
        let label = label.map_or_else(|| "-".to_owned(), |label| label.into_owned());
        *found.entry(label).or_insert(0_usize) += 1;
    }
    found.into_iter().collect()
}

fn expected(counts: &[(&str, usize)]) -> Vec<(String, usize)> {
    counts.iter().map(|(label, count)| ((*label).to_owned(), *count)).collect()
}

/// A pair that a listener was asked again is told from the first time by its occasion.
#[test]
fn repeated_comparisons_keep_their_occasion() {
    let dataset = carried("paired_people/sound_quality");
    let records = dataset.records::<Comparison>().unwrap();
    let mut occasions = BTreeMap::new();
    let mut once = BTreeSet::new();
    for it in records.iter() {
        let occasion = it.provenance.source.clone().unwrap();
        once.insert((who(&it.provenance), occasion.clone(), it.first.clone(), it.second.clone()));
        *occasions.entry(occasion).or_insert(0_usize) += 1;
    }
    let expect = [
        ("after-1", 4368),
        ("after-2", 4368),
        ("before-1", 4396),
        ("before-2", 4396),
        ("before-3", 4396),
    ];
    assert_eq!(occasions.into_iter().collect::<Vec<_>>(), expected(&expect));
    assert_eq!(once.len(), 21_924);
}

/// Votes on statements are approvals, passes are neutral critiques, and names are rows and columns.
#[test]
fn votes_of_polis_are_as_documented() {
    let check = |name: &str, size: [usize; 2], votes: [usize; 3], groups: [usize; 3]| {
        let dataset = carried(&format!("polis/{name}"));
        let (people, segments) = (dataset.people(), dataset.segments());
        assert_eq!([people.len(), segments.len()], size, "{name}");
        for i in 0..people.len() {
            assert_eq!(people.id(PersonIndex(i as u32)).0, format!("p{i:04}"), "{name}");
        }
        for i in 0..segments.len() {
            assert_eq!(segments.id(i).0, format!("s{i:03}"), "{name}");
        }
        let approvals = dataset.records::<Approval>().unwrap();
        let passes = dataset.records::<Critique>().unwrap();
        let of = |value: f64| approvals.iter().filter(|it| it.approval == value).count();
        assert_eq!([of(1.0), of(0.0), passes.len()], votes, "{name}");
        assert!(passes.iter().all(|it| it.polarity == Polarity::Neutral), "{name}");
        let voted = approvals.iter().map(|it| (who(&it.provenance), it.segment.clone()));
        let passed = passes.iter().map(|it| (who(&it.provenance), it.segment.clone()));
        let cells: Vec<_> = voted.chain(passed).collect();
        assert_eq!(cells.len(), votes.iter().sum::<usize>(), "{name}");
        assert_eq!(cells.iter().collect::<BTreeSet<_>>().len(), cells.len(), "{name}");
        let [first, second, none] = groups;
        let expect = expected(&[("-", none), ("group-0", first), ("group-1", second)]);
        assert_eq!(tally(&dataset, "polis-group"), expect, "{name}");
        let mut seen = BTreeMap::new();
        cells.iter().for_each(|(person, _)| *seen.entry(person).or_insert(0_usize) += 1);
        let counted = people.column("n-votes").unwrap();
        for i in 0..people.len() {
            let person = PersonIndex(i as u32);
            let found = seen.get(&people.id(person).0).copied().unwrap_or(0);
            assert_eq!(counted.label(person).unwrap(), found.to_string(), "{name}, row {i}");
        }
    };
    check("bowling_green", [2031, 896], [109_752, 38_647, 77_125], [753, 828, 450]);
    check("vtaiwan_uberx", [1921, 197], [31_029, 11_894, 6_520], [330, 889, 702]);
    check("bg2050", [126, 371], [10_006, 1_621, 2_656], [100, 8, 18]);
}

/// `prod_g (A_g + 1) / (S_g + 2)`, where passes count as seen: what Polis released is what a folder gives.
#[test]
fn consensus_of_polis_follows_from_the_folder() {
    let dataset = carried("polis/bg2050");
    let people = dataset.people();
    let group = people.column("polis-group").unwrap();
    let place = |said: &Provenance| -> Option<usize> {
        let person = people.index(said.annotator.as_ref()?)?;
        group.label(person)?.strip_prefix("group-")?.parse().ok()
    };
    let mut counts = vec![[[0.0, 0.0]; 2]; dataset.segments().len()];
    for it in dataset.records::<Approval>().unwrap().iter() {
        let Some(group) = place(&it.provenance) else { continue };
        let [agreed, seen] = &mut counts[dataset.segments().index(&it.segment).unwrap()][group];
        (*agreed, *seen) = (*agreed + it.approval, *seen + 1.0);
    }
    for it in dataset.records::<Critique>().unwrap().iter() {
        let Some(group) = place(&it.provenance) else { continue };
        counts[dataset.segments().index(&it.segment).unwrap()][group][1] += 1.0;
    }
    let released = dataset.segments().metadata().column("group-informed-consensus").unwrap();
    assert_eq!(released.known(), 371);
    for (i, of_groups) in counts.iter().enumerate() {
        let found: f64 =
            of_groups.iter().map(|[agreed, seen]| (agreed + 1.0) / (seen + 2.0)).product();
        let expect: f64 = released.label(i).unwrap().parse().unwrap();
        assert!((found - expect).abs() < 1e-12, "s{i:03}: {found} {expect}");
    }
}

/// Rankings of three by trait, all strict: how often each option is the best overall.
#[test]
fn rankings_of_farmers_are_as_documented() {
    let check = |name: &str, traits: &[&str], best: [usize; 3], women: usize, features: usize| {
        let dataset = carried(name);
        let farmers = dataset.people().len();
        assert_eq!(dataset.card.features.len(), features, "{name}");
        assert_eq!(dataset.segments().len(), 3 * farmers, "{name}");
        let expect = expected(&[("Man", farmers - women), ("Woman", women)]);
        assert_eq!(tally(&dataset, "gender"), expect, "{name}");
        let records = dataset.records::<Ranking>().unwrap();
        let mut sources = BTreeMap::new();
        let mut found = [0; 3];
        for it in records.iter() {
            let mut ranks = it.ranks.clone();
            ranks.sort_unstable();
            assert_eq!(ranks, [1, 2, 3], "{name}");
            let source = it.provenance.source.clone().unwrap();
            if source == "overall" {
                found[it.ranks.iter().position(|rank| *rank == 1).unwrap()] += 1;
            }
            *sources.entry(source).or_insert(0_usize) += 1;
        }
        let expect: Vec<(&str, usize)> = traits.iter().map(|it| (*it, farmers)).collect();
        assert_eq!(sources.into_iter().collect::<Vec<_>>(), expected(&expect), "{name}");
        assert_eq!(found, best, "{name}");
    };
    let wheat = ["germination", "grain-quality", "overall", "yield"];
    check("tricot_breadwheat", &wheat, [192, 149, 152], 55, 16);
    let beans = [
        "architecture",
        "marketability",
        "overall",
        "resistance-to-diseases",
        "resistance-to-pests",
        "taste",
        "tolerance-to-drought",
        "vigor",
        "yield",
    ];
    check("tricot_nicabean", &beans, [193, 163, 201], 162, 10);
    let beans = carried("tricot_nicabean");
    let trials = [
        ("nic_apante_2015", 231),
        ("nic_apante_2016_1", 53),
        ("nic_apante_2016_2", 37),
        ("nic_postrera_2015", 158),
        ("nic_postrera_2016", 29),
        ("nicaragua_frijol_2016_primera", 49),
    ];
    assert_eq!(tally(&beans, "trial"), expected(&trials));
    assert_eq!(beans.people().len(), 557);
    assert_eq!(carried("tricot_breadwheat").people().len(), 493);
}
