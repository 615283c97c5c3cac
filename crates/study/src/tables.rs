//! What a study found, as tidy tables.

use crate::study::Found;
use crate::{LEAST, StudySpec};
use medley_evaluation::people::Cell;
use medley_people::Number;
use medley_report::{ChoiceRow, PeopleRow, ServedRow};

/// The model of rows that are about what people said.
const DATA: &str = "data";

/// Numbers beside the losses of models.
pub fn audit_rows(found: &Found, spec: &StudySpec) -> Vec<PeopleRow> {
    let statements = found.told.panel.statements().len() as u64;
    let blank = PeopleRow {
        study: spec.name.clone(),
        model: DATA.to_owned(),
        labels: None,
        column: None,
        group: None,
        metric: String::new(),
        value: None,
        low: None,
        high: None,
        people: found.audit.heard as u64,
        statements,
    };
    let mut rows = Vec::new();
    let tested = tested(found);
    let mut add = |model: &str, metric: &str, value: f64| {
        let (people, statements) = match model {
            DATA => (blank.people, blank.statements),
            _ => tested,
        };
        rows.extend(value.is_finite().then(|| PeopleRow {
            people,
            statements,
            model: model.to_owned(),
            metric: metric.to_owned(),
            value: Some(value),
            ..blank.clone()
        }));
    };
    if let Some(ceiling) = &found.audit.ceiling {
        add(DATA, "single-reward-ceiling", ceiling.accuracy.value);
        add(DATA, "single-reward-ceiling-held-out", ceiling.held_out);
        add(DATA, "entropy-floor", ceiling.nll.value);
    }
    for subject in &found.audit.subjects {
        add(DATA, &format!("alpha of {}", subject.name), subject.alpha.unwrap_or(f64::NAN));
    }
    if let Some(repeats) = &found.audit.repeats {
        add(DATA, "repeat-agreement", repeats.within.value);
        add(DATA, "agreement-between-people", repeats.between.value);
    }
    for audit in &found.model_audits {
        let model = audit.model.as_str();
        add(model, "disagreement-explained", audit.explained.map_or(f64::NAN, |of| of.value));
        add(model, "pluralism-gain", audit.gain.unwrap_or(f64::NAN));
        add(model, "share-error", audit.shares.map_or(f64::NAN, |of| of.error.value));
        add(model, "calibration-slope", audit.slope.unwrap_or(f64::NAN));
        for (place, name) in ["p10", "p50", "p90"].into_iter().enumerate() {
            let value = audit.persons.map_or(f64::NAN, |tails| tails.nll[place]);
            add(model, &format!("person-negative-log-likelihood-{name}"), value);
        }
        if let Some(parts) = &audit.variance {
            add(model, "variance-known", parts.known);
            add(model, "variance-own", parts.own);
            add(model, "variance-noise", parts.noise);
        }
        if let Some(curve) = &audit.curve {
            add(model, "labels-for-half", curve.labels_for_half.unwrap_or(f64::NAN));
        }
    }
    for outcome in &found.outcomes {
        // What a model says of few people is not shown.
        let shown = |number: &&Number| number.people.is_none_or(|people| people >= LEAST);
        for number in outcome.numbers.iter().filter(shown) {
            add(&outcome.model, &number.name, number.value);
        }
    }
    rows.extend(of_groups(found, &blank));
    rows
}

/// People and statements of the part that was held out.
fn tested(found: &Found) -> (u64, u64) {
    let people: std::collections::BTreeSet<usize> = found
        .parts
        .test
        .iter()
        .map(|&statement| found.told.panel.statements()[statement].person)
        .collect();
    (people.len() as u64, found.parts.test.len() as u64)
}

fn of_groups(found: &Found, blank: &PeopleRow) -> Vec<PeopleRow> {
    let mut rows = Vec::new();
    let mut add = |model: &str,
                   (column, label): (&String, &String),
                   metric: &str,
                   value: Option<f64>,
                   people: u64| {
        rows.push(PeopleRow {
            model: model.to_owned(),
            column: Some(column.clone()),
            group: Some(label.clone()),
            metric: metric.to_owned(),
            value: value.filter(|value| value.is_finite()),
            people,
            ..blank.clone()
        });
    };
    for subject in &found.audit.subjects {
        let named = |metric: &str| format!("{metric} of {}", subject.name);
        for (column, label, cell) in &subject.groups {
            let whom = (column, label);
            match cell {
                Cell::Hidden { .. } => add(DATA, whom, &named("agreement-within"), None, 0),
                Cell::Shown(of) => {
                    let people = of.people as u64;
                    add(DATA, whom, &named("agreement-within"), Some(of.irr.value), people);
                    add(DATA, whom, &named("agreement-with-the-rest"), Some(of.xrr.value), people);
                    add(DATA, whom, &named("group-association"), of.gai, people);
                    add(DATA, whom, &named("group-association-p"), Some(of.adjusted), people);
                }
            }
        }
    }
    for audit in &found.model_audits {
        for of in &audit.calibration {
            let (whom, people) = ((&of.group.0, &of.group.1), of.people as u64);
            add(&audit.model, whom, "calibration-slope", Some(of.slope), people);
            add(&audit.model, whom, "calibration-error", Some(of.error), people);
        }
    }
    rows
}

/// What every rule chooses.
pub fn choice_rows(found: &Found, spec: &StudySpec) -> Vec<ChoiceRow> {
    let options = found.electorate.as_ref().map_or(0, |electorate| electorate.options.len());
    let mut rows = Vec::new();
    for choice in &found.choices {
        let (decision, reason) = match &choice.decision {
            Ok(Some(decision)) => (Some(decision), None),
            Ok(None) => (None, Some(format!("fewer than {LEAST} people"))),
            Err(reason) => (None, Some(reason.clone())),
        };
        let chances = decision.map(medley_aggregation::Decision::chances);
        for option in 0..options {
            rows.push(ChoiceRow {
                study: spec.name.clone(),
                rule: choice.rule.clone(),
                column: choice.group.as_ref().map(|(column, _)| column.clone()),
                group: choice.group.as_ref().map(|(_, label)| label.clone()),
                people: choice.people as u64,
                option: found.option(option),
                score: decision.map(|of| of.scores[option]).filter(|score| !score.is_nan()),
                chance: chances.as_ref().map(|chances| chances[option]),
                reason: reason.clone(),
            });
        }
    }
    rows
}

/// Whom choices for everybody serve.
pub fn served_rows(found: &Found, spec: &StudySpec) -> Vec<ServedRow> {
    let row = |served: &crate::Served| {
        let path = found.paths.iter().find(|p| p.rule == served.rule && p.group == served.group);
        ServedRow {
            study: spec.name.clone(),
            rule: served.rule.clone(),
            column: served.group.0.clone(),
            group: served.group.1.clone(),
            people: served.people as u64,
            gap: served.gap,
            best: served.best.map(|best| found.option(best)),
            flip: path.and_then(|path| path.flip),
            share: served.share,
        }
    };
    found.served.iter().map(row).collect()
}
