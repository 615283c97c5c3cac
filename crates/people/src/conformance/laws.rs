//! The laws themselves.

use super::law::Law;
use super::subject::{SEED, Subject, believed, predicted, same};
use super::verdict::Verdict;
use crate::{
    Belief, Covariate, Fitted, Panel, PeopleError, PeopleModel, Pooled, Prediction, predict, score,
};
use rand::RngExt;
use std::collections::BTreeSet;

type Holds = fn(&Subject<'_>) -> Verdict;

pub const ALL: &[(Law, Holds)] = &[
    // Without it there is no subject.
    (Law::Options, |_| Verdict::Held),
    (Law::Weights, |it| weights(it).into()),
    (Law::Normalization, |it| normalization(it).into()),
    (Law::Numbers, |it| numbers(&*it.fitted, it.panel).into()),
    (Law::Determinism, |it| determinism(it).into()),
    (Law::StatementOrder, |it| statement_order(it).into()),
    (Law::Renaming, |it| renaming(it).into()),
    (Law::Silence, |it| silence(it).into()),
    (Law::HeldOut, held_out),
    (Law::NothingKnown, |it| nothing_known(it).into()),
    (Law::Meeting, |it| meeting(it).into()),
    (Law::Extremes, |it| extremes(it).into()),
    (Law::OneStatement, one_statement),
    (Law::Covariates, |it| covariates(it).into()),
    (Law::Nothing, |it| nothing(it).into()),
    (Law::Alike, alike),
];

/// Of predictions that should be the same up to rounding.
const ROUNDING: f64 = 1e-6;
/// Nats a statement that meeting somebody may cost, in which people are known by draws.
const DRAWS: f64 = 0.02;
/// Nats a statement that a model may lose where there is nothing to find.
const OVERFIT: f64 = 0.1;

fn told(error: PeopleError) -> String {
    format!("no fit: {error}")
}

fn check_weights(who: &str, belief: &Belief) -> Result<(), String> {
    let weights: Vec<f64> = belief.atoms.iter().map(|(weight, _)| *weight).collect();
    if let Some(weight) = weights.iter().find(|weight| **weight < 0.0) {
        return Err(format!("of {who}, a possibility has a weight of {weight}"));
    }
    let sum: f64 = weights.iter().sum();
    match (sum - 1.0).abs() < 1e-9 {
        true => Ok(()),
        false => Err(format!("of {who}, weights sum to {sum}")),
    }
}

/// Everybody as the fit has them, and the stranger as they are met with all that they said.
fn beliefs(subject: &Subject<'_>) -> Result<Vec<(String, Belief)>, String> {
    let Subject { panel, fitted, stranger, .. } = subject;
    let of = |person| (format!("person {person}"), fitted.belief(panel, person));
    let mut all: Vec<(String, Belief)> = subject.everybody().into_iter().map(of).collect();
    let met = fitted.meet(panel, *stranger, panel.said_by(*stranger));
    all.push(("somebody new".to_owned(), met.map_err(|e| format!("nobody is met: {e}"))?));
    Ok(all)
}

fn weights(subject: &Subject<'_>) -> Result<(), String> {
    beliefs(subject)?.iter().try_for_each(|(who, belief)| check_weights(who, belief))
}

fn normalization(subject: &Subject<'_>) -> Result<(), String> {
    let (fitted, panel) = (&*subject.fitted, subject.panel);
    for (who, belief) in beliefs(subject)? {
        check_finite(fitted, panel, &who, &belief, &subject.probes())?;
    }
    Ok(())
}

fn check_finite(
    fitted: &dyn Fitted,
    panel: &Panel,
    who: &str,
    belief: &Belief,
    statements: &[usize],
) -> Result<(), String> {
    for &statement in statements {
        let logs = fitted.log_probabilities(panel, statement, belief);
        let sum: f64 = logs.iter().map(|log| log.exp()).sum();
        if sum.is_nan() || (sum - 1.0).abs() > 1e-9 {
            return Err(format!("of {who}, responses to statement {statement} sum to {sum}"));
        }
    }
    let items: Vec<usize> = (0..panel.items().len()).collect();
    match belief.utilities(panel, &items).iter().find(|u| !u.is_finite()) {
        Some(utility) => Err(format!("of {who}, an item is worth {utility}")),
        None => Ok(()),
    }
}

fn numbers(fitted: &dyn Fitted, panel: &Panel) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for number in fitted.numbers(panel) {
        if !number.value.is_finite() {
            return Err(format!("`{}` is {}", number.name, number.value));
        }
        if !names.insert(number.name.clone()) {
            return Err(format!("two numbers are called `{}`", number.name));
        }
    }
    Ok(())
}

/// That a fit to another panel is finite for everybody in it.
fn check_fit(fitted: &dyn Fitted, panel: &Panel, statements: &[usize]) -> Result<(), String> {
    for person in 0..panel.people() {
        let (who, belief) = (format!("person {person}"), fitted.belief(panel, person));
        check_weights(&who, &belief)?;
        check_finite(fitted, panel, &who, &belief, statements)?;
    }
    let not_finite = |number: &crate::Number| !number.value.is_finite();
    match fitted.numbers(panel).into_iter().find(not_finite) {
        Some(number) => Err(format!("`{}` is {}", number.name, number.value)),
        None => Ok(()),
    }
}

fn determinism(subject: &Subject<'_>) -> Result<(), String> {
    let again = subject.fit(subject.panel, &subject.train).map_err(told)?;
    for person in subject.everybody() {
        if again.belief(subject.panel, person) != subject.fitted.belief(subject.panel, person) {
            return Err(format!("person {person} is another one in a second fit of the same seed"));
        }
    }
    match again.numbers(subject.panel) == subject.fitted.numbers(subject.panel) {
        true => Ok(()),
        false => Err("numbers are others in a second fit of the same seed".to_owned()),
    }
}

fn statement_order(subject: &Subject<'_>) -> Result<(), String> {
    let mut order: Vec<usize> = (0..subject.panel.statements().len()).collect();
    let rng = &mut medley_random::stream(SEED, "people/conformance/order");
    for i in (1..order.len()).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
    let panel = subject.changed(|parts| {
        parts.statements = order.iter().map(|&old| parts.statements[old].clone()).collect();
    })?;
    let moved = |statements: &[usize]| statements.iter().map(|&old| place[old]).collect();
    let mut train: Vec<usize> = moved(&subject.train);
    train.sort_unstable();
    let probes: Vec<usize> = moved(&subject.probes());
    let fitted = subject.fit(&panel, &train).map_err(told)?;
    let found = predicted(&*fitted, &panel, &subject.everybody(), &probes);
    same(&subject.predicted(), &found, ROUNDING)
}

fn renaming(subject: &Subject<'_>) -> Result<(), String> {
    let last = subject.panel.people() - 1;
    let panel = subject.changed(|parts| {
        parts.statements.iter_mut().for_each(|said| said.person = last - said.person);
        parts.covariates.iter_mut().for_each(|covariate| covariate.values.reverse());
    })?;
    let fitted = subject.fit(&panel, &subject.train).map_err(told)?;
    let people: Vec<usize> = (0..=last).rev().collect();
    let found = predicted(&*fitted, &panel, &people, &subject.probes());
    same(&subject.predicted(), &found, ROUNDING)
}

fn silence(subject: &Subject<'_>) -> Result<(), String> {
    let panel = subject.changed(|parts| {
        parts.people += 3;
        parts.covariates.iter_mut().for_each(|covariate| covariate.values.extend([None; 3]));
    })?;
    let fitted = subject.fit(&panel, &subject.train).map_err(told)?;
    let found = predicted(&*fitted, &panel, &subject.everybody(), &subject.probes());
    same(&subject.predicted(), &found, ROUNDING)
}

fn held_out(subject: &Subject<'_>) -> Verdict {
    let own = subject.panel.said_by(subject.stranger);
    let known = &own[..own.len() / 2];
    let mut changes = 0;
    let panel = subject.changed(|parts| {
        for &statement in subject.held.iter().filter(|statement| !known.contains(statement)) {
            if let Some(other) = subject.other(statement) {
                parts.statements[statement].answer = other;
                changes += 1;
            }
        }
    });
    if changes == 0 {
        return Verdict::Skipped("all answers of the panel are the same");
    }
    Verdict::from(panel.and_then(|panel| unmoved(subject, &panel, known)))
}

/// That what is believed is the same where other answers were held out.
fn unmoved(subject: &Subject<'_>, panel: &Panel, known: &[usize]) -> Result<(), String> {
    let fitted = subject.fit(panel, &subject.train).map_err(told)?;
    for person in subject.everybody() {
        if fitted.belief(panel, person) != subject.fitted.belief(subject.panel, person) {
            return Err(format!("what is held out changes what is believed of person {person}"));
        }
    }
    let one = subject.fitted.meet(subject.panel, subject.stranger, known);
    match fitted.meet(panel, subject.stranger, known) == one {
        true => Ok(()),
        false => Err("what is not known of somebody changes how they are met".to_owned()),
    }
}

fn nothing_known(subject: &Subject<'_>) -> Result<(), String> {
    let Subject { panel, fitted, stranger, .. } = subject;
    let met = fitted.meet(panel, *stranger, &[]).map_err(|e| format!("nobody is met: {e}"))?;
    let expected = fitted.belief(panel, *stranger);
    let [expected, found] =
        [expected, met].map(|belief| believed(&**fitted, panel, &belief, &subject.probes()));
    same(&expected, &found, 1e-9)
}

fn meeting(subject: &Subject<'_>) -> Result<(), String> {
    let Subject { panel, fitted, .. } = subject;
    let mut sums = [0.0; 2];
    for person in subject.everybody() {
        let said = panel.said_by(person);
        for (sum, known) in sums.iter_mut().zip([&[][..], said]) {
            let met = fitted.meet(panel, person, known);
            let belief = met.map_err(|e| format!("person {person} is not met: {e}"))?;
            let of = |&s: &usize| Prediction::of(&**fitted, panel, s, &belief).log_likelihood;
            *sum += said.iter().map(of).sum::<f64>() / panel.statements().len() as f64;
        }
    }
    let [before, after] = sums;
    match after >= before - DRAWS {
        true => Ok(()),
        false => Err(format!("{after} nats a statement of who was met, and {before} before")),
    }
}

fn extremes(subject: &Subject<'_>) -> Result<(), String> {
    let all_first = |_: usize| true;
    let by_turns = |person: usize| person.is_multiple_of(2);
    for is_first in [all_first, by_turns] {
        let panel = subject.changed(|parts| {
            for (number, said) in parts.statements.iter_mut().enumerate() {
                let last = said.answer.observed().len() - 1;
                said.answer = subject.most(number, if is_first(said.person) { 0 } else { last });
            }
        })?;
        let fitted = subject.fit(&panel, &subject.train).map_err(told)?;
        check_fit(&*fitted, &panel, &subject.probes())?;
    }
    Ok(())
}

fn one_statement(subject: &Subject<'_>) -> Verdict {
    let first = |person| subject.panel.said_by(person).first().copied();
    let train: Vec<usize> = subject.everybody().into_iter().filter_map(first).collect();
    match subject.fit(subject.panel, &train) {
        Err(PeopleError::Needs { .. }) => Verdict::Held,
        Err(error) => Verdict::Broken(told(error)),
        Ok(fitted) => check_fit(&*fitted, subject.panel, &subject.probes()).into(),
    }
}

fn covariates(subject: &Subject<'_>) -> Result<(), String> {
    let panel = subject.changed(|parts| {
        let people = parts.people;
        let hidden = |person: usize| person % 3 == 1 || person == subject.stranger;
        for covariate in &mut parts.covariates {
            let values = covariate.values.iter_mut().enumerate();
            values.filter(|(person, _)| hidden(*person)).for_each(|(_, value)| *value = None);
        }
        let some = (0..people).map(|person| (!hidden(person)).then_some(person as f64));
        let values = some.collect();
        parts.covariates.push(Covariate { name: "known of some".to_owned(), values });
        let values = vec![None; people];
        parts.covariates.push(Covariate { name: "known of nobody".to_owned(), values });
    })?;
    let fitted = subject.fit(&panel, &subject.train).map_err(told)?;
    check_fit(&*fitted, &panel, &subject.probes())
}

fn nothing(subject: &Subject<'_>) -> Result<(), String> {
    match subject.fit(subject.panel, &[]) {
        Ok(fitted) => check_fit(&*fitted, subject.panel, &subject.probes()),
        Err(_) => Ok(()),
    }
}

fn alike(subject: &Subject<'_>) -> Verdict {
    let Ok(common) = Pooled::default().fit(subject.panel, &subject.train, SEED) else {
        return Verdict::Skipped("the panel has no pooled fit");
    };
    let belief = common.belief(subject.panel, 0);
    let rng = &mut medley_random::stream(SEED, "people/conformance/alike");
    let panel = subject.changed(|parts| {
        for (number, said) in parts.statements.iter_mut().enumerate() {
            let logs = common.log_probabilities(subject.panel, number, &belief);
            let response = medley_random::pick(logs.iter().map(|log| log.exp()), rng);
            said.answer = subject.most(number, response);
        }
    });
    panel.and_then(|panel| no_worse(subject, &panel)).into()
}

fn no_worse(subject: &Subject<'_>, panel: &Panel) -> Result<(), String> {
    let judged = |model: &dyn PeopleModel| {
        let fitted = model.fit(panel, &subject.train, SEED).map_err(told)?;
        let found = score(&predict(&*fitted, panel, &subject.held));
        found.map(|score| score.nll).ok_or_else(|| "nothing is held out".to_owned())
    };
    let (pooled, own) = (judged(&Pooled::default())?, judged(subject.model)?);
    match own <= pooled + OVERFIT {
        true => Ok(()),
        false => Err(format!("{own} nats a statement of people who are alike, pooled {pooled}")),
    }
}
