//! Which two items is an answer about? For models that know comparisons alone.

use crate::{Panel, PeopleError};

/// A comparison of two items.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub person: usize,
    pub first: usize,
    pub second: usize,
    /// How much of what was said is the first.
    pub yes: f64,
}

/// Share of yes in an answer that is one of two and has one predictor.
pub fn share(panel: &Panel, statement: usize) -> Option<f64> {
    let answer = &panel.statements()[statement].answer;
    let observed = answer.observed();
    (answer.predictors() == 1 && observed.len() == 2).then(|| observed[0])
}

/// The two items of a comparison: one predictor, the return of one item less that of another.
pub fn pair(panel: &Panel, statement: usize) -> Option<Pair> {
    let yes = share(panel, statement)?;
    let said = &panel.statements()[statement];
    let [predictor] = said.predictors.as_slice() else { return None };
    let person = said.person;
    match (predictor.items.as_slice(), predictor.columns.as_slice()) {
        (&[(first, 1.0), (second, -1.0)] | &[(second, -1.0), (first, 1.0)], []) => {
            Some(Pair { person, first, second, yes })
        }
        _ => None,
    }
}

/// Comparisons of two items.
///
/// # Errors
/// None of them, or something else anywhere in the panel: what is to be predicted must be a comparison too.
pub fn pairs(
    model: &'static str,
    panel: &Panel,
    statements: &[usize],
) -> Result<Vec<Pair>, PeopleError> {
    let other = |statement: &usize| pair(panel, *statement).is_none();
    if let Some(statement) = (0..panel.statements().len()).find(other) {
        return Err(needs(model, "comparisons of two items without ties", panel, statement));
    }
    some(model, statements)?;
    Ok(statements.iter().filter_map(|&statement| pair(panel, statement)).collect())
}

/// Shares of yes of these statements.
///
/// # Errors
/// None of them, or answers anywhere in the panel that are not one of two with one predictor.
pub fn shares(
    model: &'static str,
    panel: &Panel,
    statements: &[usize],
) -> Result<Vec<f64>, PeopleError> {
    let other = |statement: &usize| share(panel, *statement).is_none();
    if let Some(statement) = (0..panel.statements().len()).find(other) {
        return Err(needs(model, "answers that are one of two", panel, statement));
    }
    some(model, statements)?;
    Ok(statements.iter().filter_map(|&statement| share(panel, statement)).collect())
}

/// That no answer depends on how people answer.
///
/// # Errors
/// A predictor with a column.
pub fn returns_alone(model: &'static str, panel: &Panel) -> Result<(), PeopleError> {
    let other = |s: &usize| panel.statements()[*s].predictors.iter().any(|p| !p.columns.is_empty());
    match (0..panel.statements().len()).find(other) {
        Some(s) => Err(needs(model, "answers that depend on returns of items alone", panel, s)),
        None => Ok(()),
    }
}

fn needs(model: &'static str, expected: &str, panel: &Panel, statement: usize) -> PeopleError {
    let answer = &panel.statements()[statement].answer;
    let kind = match (answer.cutpoints().is_empty(), answer.observed().len()) {
        (false, levels) => format!("a level of {levels}"),
        (true, 2) if answer.predictors() == 1 => "a yes or no about something else".to_owned(),
        (true, responses) => format!("a choice of {responses}"),
    };
    let found = format!("{kind} in statement {statement}");
    PeopleError::Needs { model, expected: expected.to_owned(), found }
}

fn some(model: &'static str, statements: &[usize]) -> Result<(), PeopleError> {
    let (expected, found) = ("at least one statement to fit".to_owned(), "none".to_owned());
    let none = || PeopleError::Needs { model, expected, found };
    if statements.is_empty() { Err(none()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Binary, Chosen, Column, Ordered, PanelParts, Predictor, Statement};
    use std::sync::Arc;

    #[test]
    fn what_is_no_comparison_is_named() {
        let column = Column { name: "side".to_owned(), start: 0.0, spread: None };
        let found = |predictors: Vec<Predictor>, answer: Arc<dyn Answer>| {
            let panel = Panel::new(PanelParts {
                features: vec!["x".to_owned()],
                items: vec![vec![1.0], vec![2.0]],
                people: 1,
                columns: vec![column.clone()],
                statements: vec![Statement { person: 0, predictors, answer }],
                ..PanelParts::default()
            })
            .unwrap();
            let error = pairs("pal", &panel, &[0]).err().or(returns_alone("pal", &panel).err());
            error.unwrap().to_string()
        };
        let [of, cut] = [Predictor::of(0), Predictor::default().and(0, 1.0)];
        let expected = "`people.pal`: expected comparisons of two items without ties, found";
        for (predictors, answer, kind) in [
            (
                vec![of.clone(), cut],
                Arc::new(Ordered { level: 0, levels: 2 }) as Arc<dyn Answer>,
                "a level of 2",
            ),
            (vec![of.clone(); 3], Arc::new(Chosen::one(0, 3)), "a choice of 3"),
            (vec![of.clone()], Arc::new(Binary { yes: 1.0 }), "a yes or no about something else"),
        ] {
            let found = found(predictors, answer);
            assert_eq!(found, format!("{expected} {kind} in statement 0"));
        }
        let predictors = vec![Predictor::difference(0, 1).and(0, 1.0)];
        let found = found(predictors, Arc::new(Binary { yes: 1.0 }));
        assert!(found.ends_with("a yes or no about something else in statement 0"), "{found}");
    }
}
