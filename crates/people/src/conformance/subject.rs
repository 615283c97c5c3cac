//! A model and its panel, parted into what is learned from and what is not.

use crate::{Answer, Belief, Fitted, Panel, PanelParts, PeopleError, PeopleModel};
use std::sync::Arc;

/// A model, a panel, and a fit to a part of it.
pub struct Subject<'a> {
    pub model: &'a dyn PeopleModel,
    pub panel: &'a Panel,
    /// What is learned from.
    pub train: Vec<usize>,
    /// What is not: the fourth, eighth, .. statement of everybody, and all of the stranger.
    pub held: Vec<usize>,
    /// The last person who said anything.
    pub stranger: usize,
    pub fitted: Box<dyn Fitted>,
}

pub const SEED: u64 = 3;
/// Statements that predictions are compared by, at most.
const PROBES: usize = 40;

impl<'a> Subject<'a> {
    pub fn new(model: &'a dyn PeopleModel, panel: &'a Panel) -> Result<Self, String> {
        model.check().map_err(|problem| format!("its own options are refused: {problem}"))?;
        let summary = model.summary();
        if summary.is_empty() || summary.contains('\n') {
            return Err(format!("expected a summary of one line, found {summary:?}"));
        }
        let spoke = (0..panel.people()).filter(|&person| !panel.said_by(person).is_empty());
        let spoke: Vec<usize> = spoke.collect();
        let [_, .., stranger] = spoke.as_slice() else {
            return Err(format!("the panel needs two people who speak, found {}", spoke.len()));
        };
        let mut is_held = vec![false; panel.statements().len()];
        for &person in &spoke {
            for (order, &statement) in panel.said_by(person).iter().enumerate() {
                is_held[statement] = person == *stranger || order % 4 == 3;
            }
        }
        let (held, train): (Vec<usize>, Vec<usize>) =
            (0..is_held.len()).partition(|&statement| is_held[statement]);
        let fitted = model.fit(panel, &train, SEED).map_err(|error| format!("no fit: {error}"))?;
        Ok(Self { model, panel, train, held, stranger: *stranger, fitted })
    }

    /// A fit to other statements or another panel.
    pub fn fit(&self, panel: &Panel, statements: &[usize]) -> Result<Box<dyn Fitted>, PeopleError> {
        self.model.fit(panel, statements, SEED)
    }

    /// Statements, evenly spaced, that predictions are compared by.
    pub fn probes(&self) -> Vec<usize> {
        let count = self.panel.statements().len();
        let apart = count.div_ceil(PROBES).max(1);
        (0..count).step_by(apart).collect()
    }

    /// Everybody, the stranger and those who say nothing included.
    pub fn everybody(&self) -> Vec<usize> {
        (0..self.panel.people()).collect()
    }

    /// What is predicted of these people, each about the probes.
    pub fn predicted(&self) -> Vec<f64> {
        predicted(&*self.fitted, self.panel, &self.everybody(), &self.probes())
    }

    /// The panel with something changed.
    pub fn changed(&self, change: impl FnOnce(&mut PanelParts)) -> Result<Panel, String> {
        let mut parts = PanelParts {
            features: self.panel.features().to_vec(),
            items: self.panel.items().to_vec(),
            people: self.panel.people(),
            covariates: self.panel.covariates().to_vec(),
            columns: self.panel.columns().to_vec(),
            statements: self.panel.statements().to_vec(),
        };
        change(&mut parts);
        Panel::new(parts).map_err(|error| format!("no panel: {error}"))
    }

    /// An answer of the same kind that differs from that of a statement.
    pub fn other(&self, statement: usize) -> Option<Arc<dyn Answer>> {
        let own = &self.panel.statements()[statement].answer;
        let mut others = self.panel.statements().iter().map(|said| &said.answer);
        others.find(|other| alike(own, other) && own.observed() != other.observed()).cloned()
    }

    /// The answer of the same kind that says a response most.
    pub fn most(&self, statement: usize, response: usize) -> Arc<dyn Answer> {
        let mut best = &self.panel.statements()[statement].answer;
        for said in self.panel.statements() {
            let other = &said.answer;
            if alike(best, other) && other.observed()[response] > best.observed()[response] {
                best = other;
            }
        }
        best.clone()
    }
}

/// Whether two answers are of one kind: what the one says could be said in the place of the other.
fn alike(one: &Arc<dyn Answer>, other: &Arc<dyn Answer>) -> bool {
    one.predictors() == other.predictors()
        && one.cutpoints() == other.cutpoints()
        && one.logit().is_some() == other.logit().is_some()
        && one.observed().len() == other.observed().len()
}

/// Probabilities of all responses of these people to these statements, one after the other.
pub fn predicted(
    fitted: &dyn Fitted,
    panel: &Panel,
    people: &[usize],
    statements: &[usize],
) -> Vec<f64> {
    let of = |&person: &usize| believed(fitted, panel, &fitted.belief(panel, person), statements);
    people.iter().flat_map(of).collect()
}

/// The same of somebody of whom this is believed.
pub fn believed(
    fitted: &dyn Fitted,
    panel: &Panel,
    belief: &Belief,
    statements: &[usize],
) -> Vec<f64> {
    let of = |&statement: &usize| fitted.log_probabilities(panel, statement, belief);
    statements.iter().flat_map(of).map(f64::exp).collect()
}

/// That two lists of predictions are one.
pub fn same(one: &[f64], other: &[f64], within: f64) -> Result<(), String> {
    if one.len() != other.len() {
        return Err(format!("expected {} predictions, found {}", one.len(), other.len()));
    }
    let apart = |(a, b): (&f64, &f64)| if a == b { 0.0 } else { (a - b).abs() };
    let gaps = || one.iter().zip(other).map(apart);
    match gaps().position(|gap| gap.is_nan() || gap > within) {
        None => Ok(()),
        Some(place) => Err(format!(
            "a prediction goes from {} to {}; the most that any moves is {:e}",
            one[place],
            other[place],
            gaps().fold(0.0, f64::max)
        )),
    }
}
