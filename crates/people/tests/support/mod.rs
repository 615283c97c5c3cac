//! Real panels under the protocols that published numbers are of.
#![allow(dead_code)]

use flate2::read::GzDecoder;
use medley_people::{
    Binary, Chosen, Column, Covariate, Ordered, Panel, PanelParts, Predictor, Statement,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

/// A panel, and which of its statements are learned from.
pub struct Study {
    pub name: String,
    pub panel: Panel,
    pub train: Vec<usize>,
    pub test: Vec<usize>,
}

pub fn table(file: &str) -> csv::Reader<GzDecoder<File>> {
    let path = format!("{}/../../datasets/{file}.csv.gz", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()))
}

/// Every fifth statement of a person is held out, from the person's number modulo 5 on; ties are
/// dropped before that.
pub fn paired(name: &str) -> Study {
    let rows = |file: &str| -> Vec<csv::StringRecord> {
        let table = &mut table(&format!("paired_people/source/{name}.{file}"));
        table.records().map(|row| row.unwrap()).collect()
    };
    let respondents = rows("respondents");
    let head =
        table(&format!("paired_people/source/{name}.respondents")).headers().unwrap().clone();
    let gender = head.iter().position(|column| column == "gender").unwrap();
    let person_of: BTreeMap<String, usize> =
        respondents.iter().enumerate().map(|(i, row)| (row[0].to_owned(), i)).collect();
    let comparisons = rows("comparisons");
    let mut items: Vec<String> =
        comparisons.iter().flat_map(|row| [row[1].to_owned(), row[2].to_owned()]).collect();
    items.sort();
    items.dedup();
    let item = |name: &str| items.iter().position(|item| item == name).unwrap();
    let features = |i: usize| (1..items.len()).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
    let (mut statements, mut train, mut test) = (Vec::new(), Vec::new(), Vec::new());
    let mut orders = vec![0_u64; respondents.len()];
    for row in &comparisons {
        let person = person_of[&row[0]];
        let yes = match &row[3] {
            "first" => 1.0,
            "second" => 0.0,
            _ => continue,
        };
        let order = orders[person];
        orders[person] += 1;
        let number: u64 = row[0].parse().unwrap();
        let part = if order % 5 == number % 5 { &mut test } else { &mut train };
        part.push(statements.len());
        let predictors = vec![Predictor::difference(item(&row[1]), item(&row[2]))];
        statements.push(Statement { person, predictors, answer: Arc::new(Binary { yes }) });
    }
    let is_male = |row: &csv::StringRecord| Some(if &row[gender] == "male" { 1.0 } else { 0.0 });
    let covariate = Covariate {
        name: "gender = male".to_owned(),
        values: respondents.iter().map(is_male).collect(),
    };
    let panel = Panel::new(PanelParts {
        features: items[1..].to_vec(),
        items: (0..items.len()).map(features).collect(),
        people: respondents.len(),
        covariates: vec![covariate],
        columns: Vec::new(),
        statements,
    });
    Study { name: name.to_owned(), panel: panel.unwrap(), train, test }
}

/// Every fifth row of a person is held out, from their id modulo 5 on.
pub fn bank() -> Study {
    let mut people: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for row in table("bank_conjoint/respondents").records() {
        let cells: Vec<f64> = row.unwrap().iter().map(|cell| cell.parse().unwrap()).collect();
        people.insert(cells[0] as u64, cells[1..].to_vec());
    }
    let person_of: BTreeMap<u64, usize> =
        people.keys().enumerate().map(|(i, &id)| (id, i)).collect();
    let mut choices = table("bank_conjoint/choices");
    let features: Vec<String> =
        choices.headers().unwrap().iter().skip(2).map(str::to_owned).collect();
    let (mut statements, mut items, mut train, mut test) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut orders = vec![0_u64; people.len()];
    for row in choices.records() {
        let row = row.unwrap();
        let id: u64 = row[0].parse().unwrap();
        let person = person_of[&id];
        let part = if orders[person] % 5 == id % 5 { &mut test } else { &mut train };
        orders[person] += 1;
        part.push(statements.len());
        items.push(row.iter().skip(2).map(|cell| cell.parse().unwrap()).collect());
        let predictors = vec![Predictor::of(items.len() - 1)];
        let answer = Arc::new(Binary { yes: row[1].parse().unwrap() });
        statements.push(Statement { person, predictors, answer });
    }
    let covariates = ["age", "income", "gender"].iter().enumerate().map(|(i, name)| Covariate {
        name: (*name).to_owned(),
        values: people.values().map(|row| Some(row[i])).collect(),
    });
    let panel = Panel::new(PanelParts {
        features,
        items,
        people: people.len(),
        covariates: covariates.collect(),
        columns: Vec::new(),
        statements,
    });
    Study { name: "bank_conjoint".to_owned(), panel: panel.unwrap(), train, test }
}

/// Columns of respondents that are read as numbers and as factors. Of a factor each level but the first
/// has an indicator, `name = level`.
pub struct Background<'a> {
    pub numbers: &'a [&'a str],
    pub factors: &'a [&'a str],
}

/// What a tie says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    /// Half a vote for either.
    Half,
    /// That neither is chosen, as Davidson has it: the column `tie` beside the mean of the two.
    Davidson,
}

/// All comparisons of a study, with what is known of people; items are in the order of their listing.
pub fn with_background(
    name: &str,
    background: &Background<'_>,
    ties: Ties,
) -> (Panel, Vec<String>) {
    let rows = |file: &str| -> Vec<csv::StringRecord> {
        let table = &mut table(&format!("paired_people/source/{name}.{file}"));
        table.records().map(|row| row.unwrap()).collect()
    };
    let head =
        table(&format!("paired_people/source/{name}.respondents")).headers().unwrap().clone();
    let respondents = rows("respondents");
    let covariates = covariates(&head, &respondents, background);
    let person_of: BTreeMap<String, usize> =
        respondents.iter().enumerate().map(|(i, row)| (row[0].to_owned(), i)).collect();
    let comparisons = rows("comparisons");
    let mut items: Vec<String> = Vec::new();
    for item in comparisons.iter().flat_map(|row| [row[1].to_owned(), row[2].to_owned()]) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    let item = |name: &str| items.iter().position(|item| item == name).unwrap();
    let features = |i: usize| (1..items.len()).map(|j| if i == j { 1.0 } else { 0.0 }).collect();
    let statement = |row: &csv::StringRecord| {
        let [first, second] = [item(&row[1]), item(&row[2])];
        let choice = ["first", "second", "tie"].iter().position(|choice| *choice == &row[3]);
        let choice = choice.unwrap();
        let person = person_of[&row[0]];
        if ties == Ties::Half {
            let predictors = vec![Predictor::difference(first, second)];
            let answer = Arc::new(Binary { yes: [1.0, 0.0, 0.5][choice] });
            return Statement { person, predictors, answer };
        }
        let tie = Predictor { items: vec![(first, 0.5), (second, 0.5)], columns: vec![(0, 1.0)] };
        let predictors = vec![Predictor::of(first), Predictor::of(second), tie];
        Statement { person, predictors, answer: Arc::new(Chosen::one(choice, 3)) }
    };
    let tie = Column { name: "tie".to_owned(), start: 0.0, spread: None };
    let panel = Panel::new(PanelParts {
        features: items[1..].to_vec(),
        items: (0..items.len()).map(features).collect(),
        people: respondents.len(),
        covariates,
        columns: if ties == Ties::Davidson { vec![tie] } else { Vec::new() },
        statements: comparisons.iter().map(statement).collect(),
    });
    (panel.unwrap(), items)
}

fn covariates(
    head: &csv::StringRecord,
    rows: &[csv::StringRecord],
    background: &Background<'_>,
) -> Vec<Covariate> {
    let place = |name: &str| head.iter().position(|column| column == name).unwrap();
    let number = |name: &&str| Covariate {
        name: (*name).to_owned(),
        values: rows.iter().map(|row| row[place(name)].parse().ok()).collect(),
    };
    let mut all: Vec<Covariate> = background.numbers.iter().map(number).collect();
    for name in background.factors {
        let place = place(name);
        let is_known = |cell: &&str| !cell.is_empty() && *cell != "NA";
        let mut levels: Vec<&str> = rows.iter().map(|row| &row[place]).filter(is_known).collect();
        levels.sort_unstable();
        levels.dedup();
        for level in levels.iter().skip(1) {
            let is = |cell: &str| if cell == *level { 1.0 } else { 0.0 };
            let value = |row: &csv::StringRecord| is_known(&&row[place]).then(|| is(&row[place]));
            let values = rows.iter().map(value).collect();
            all.push(Covariate { name: format!("{name} = {level}"), values });
        }
    }
    all
}

/// Judgements of what users said to conversational agents, in five levels from 0 (very strongly abusive) to 4
/// (not abusive). An item has an indicator of each of the `words` words that are in most items. Every
/// fifth judgement of an annotator is held out, from their number modulo 5 on.
pub fn convabuse(words: usize) -> Study {
    let mut source = table("convabuse/source/ConvAbuseEMNLPfull");
    let head = source.headers().unwrap().clone();
    let place = |name: &str| head.iter().position(|column| column == name).unwrap();
    let levels = ["-3", "-2", "-1", "0", "1"].map(|level| place(&format!("is_abuse.{level}")));
    let (annotator, user) = (place("annotator_id"), place("user"));
    let (mut people, mut texts): (BTreeMap<String, usize>, BTreeMap<String, usize>) =
        (BTreeMap::new(), BTreeMap::new());
    let mut judged = Vec::new();
    for row in source.records() {
        let row = row.unwrap();
        let said: Vec<usize> = (0..5).filter(|&level| &row[levels[level]] == "1").collect();
        let [level] = said[..] else { continue };
        let count = people.len();
        let person = *people.entry(row[annotator].to_owned()).or_insert(count);
        let count = texts.len();
        let item = *texts.entry(row[user].to_lowercase()).or_insert(count);
        judged.push((person, item, level));
    }
    let split = |text: &str| -> Vec<String> {
        let mut words: Vec<String> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts.keys() {
        split(text).into_iter().for_each(|word| *counts.entry(word).or_insert(0) += 1);
    }
    let mut common: Vec<(usize, String)> = counts.into_iter().map(|(w, n)| (n, w)).collect();
    common.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    common.truncate(words);
    let features: Vec<String> = common.into_iter().map(|(_, word)| word).collect();
    let mut items = vec![Vec::new(); texts.len()];
    for (text, &item) in &texts {
        let own = split(text);
        let has = |word: &String| if own.binary_search(word).is_ok() { 1.0 } else { 0.0 };
        items[item] = features.iter().map(has).collect();
    }
    let (mut statements, mut train, mut test) = (Vec::new(), Vec::new(), Vec::new());
    let mut orders = vec![0; people.len()];
    for (person, item, level) in judged {
        let part = if orders[person] % 5 == person % 5 { &mut test } else { &mut train };
        orders[person] += 1;
        part.push(statements.len());
        let cut = |column| Predictor::default().and(column, 1.0);
        let mut predictors = vec![Predictor::of(item)];
        predictors.extend((0..4).map(cut));
        statements.push(Statement {
            person,
            predictors,
            answer: Arc::new(Ordered { level, levels: 5 }),
        });
    }
    let column =
        |k: usize| Column { name: format!("cut {k}"), start: k as f64 - 4.0, spread: None };
    let panel = Panel::new(PanelParts {
        features,
        items,
        people: people.len(),
        columns: (0..4).map(column).collect(),
        statements,
        ..PanelParts::default()
    });
    Study { name: "convabuse".to_owned(), panel: panel.unwrap(), train, test }
}
