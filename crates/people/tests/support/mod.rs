//! Real panels under the protocols that published numbers are of.
#![allow(dead_code)]

use flate2::read::GzDecoder;
use medley_people::{Binary, Covariate, Panel, PanelParts, Predictor, Statement};
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
