//! `people.answering`: everybody wants the same, and answers in a way of their own.
//!
//! ```text
//! b_a ~ N(m, diag(s^2))        features the same for all
//! ```
//!
//! `b_a` are those columns of the panel that have a `spread`: a position bias that is added where an option
//! is shown first, a threshold of a thumb, the shift and stretch of a scale. With `learn`, which is the
//! default, the variance of each column is learned by expectation and maximization (Laplace), under the
//! prior of `people.hierarchical` in one dimension, whose scale is the column's spread:
//! `s^2 = (4 spread^2 + sum_a (b_a - m)^2 + C_a) / (A + 6)`. Else it is `spread^2`.
//!
//! The mean `m` is learned, so that a bias that all share is found too. It deliberately lets nobody want
//! something of their own: in `people.hierarchical` both differ.

use super::hierarchical::by_person;
use super::pooled::pooled;
use crate::around::{Around, check_coordinates, check_statements, pick, units};
use crate::common::{Common, Units};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel};
use medley_toml_file::{Problem, at_least, not_negative};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Shared weights, and columns of one's own.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answering {
    /// Whether variances of columns are learned, or are what the panel says.
    pub learn: bool,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where no variance moves by more.
    pub tolerance: f64,
}

impl Default for Answering {
    fn default() -> Self {
        Self { learn: true, steps: 200, tolerance: 1e-4 }
    }
}

const NAME: &str = "answering";

/// What is common, and people's columns.
#[derive(Clone, Debug)]
struct FittedAnswering {
    own: Vec<usize>,
    common: Vec<f64>,
    /// Variance of each column that differs.
    variances: DVector<f64>,
    /// Columns of everybody who said something. `[person]`
    people: Vec<Option<DVector<f64>>>,
    steps: u64,
    is_end: bool,
}

#[typetag::serde(name = "answering")]
impl PeopleModel for Answering {
    fn summary(&self) -> &'static str {
        "everybody wants the same, with a position bias and other ways of answering of their own"
    }

    fn check(&self) -> Result<(), Problem> {
        at_least("steps", self.steps, 1)?;
        not_negative("tolerance", self.tolerance)
    }

    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        _: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError> {
        check_coordinates(NAME, panel)?;
        check_statements(NAME, statements)?;
        let own = differing(panel)?;
        let spread = units(panel, &own, 1.0).map(|unit| unit * unit);
        let mut all = by_person(panel, statements);
        let people: Vec<usize> = (0..all.len()).filter(|&a| !all[a].is_empty()).collect();
        let said: Vec<Vec<usize>> = people.iter().map(|&a| std::mem::take(&mut all[a])).collect();
        let units = Units { model: NAME, panel, own: &own, said: &said };
        let start = units.alike(pooled(panel, statements, 100.0)?);
        let mut variances = spread.clone();
        let mut fit = units.fit(&variances, &start)?;
        let (mut steps, mut is_end) = (0, !self.learn);
        while self.learn && steps < self.steps {
            steps += 1;
            let next = next_variances(&fit, &own, &spread);
            let moved = (&next - &variances).amax();
            variances = next;
            fit = units.fit(&variances, &fit)?;
            is_end = moved < self.tolerance;
            if is_end {
                break;
            }
        }
        let mut known = vec![None; panel.people()];
        people.iter().zip(fit.modes).for_each(|(&a, mode)| known[a] = Some(mode));
        Ok(Box::new(FittedAnswering {
            own,
            common: fit.view,
            variances,
            people: known,
            steps,
            is_end,
        }))
    }
}

/// Columns that differ between people.
fn differing(panel: &Panel) -> Result<Vec<usize>, PeopleError> {
    let features = panel.features().len();
    let columns = panel.columns().iter().enumerate();
    let own: Vec<usize> =
        columns.filter(|(_, c)| c.spread.is_some()).map(|(i, _)| features + i).collect();
    match own.is_empty() {
        false => Ok(own),
        true => Err(PeopleError::Needs {
            model: NAME,
            expected: "a column with a spread, such as a position bias".to_owned(),
            found: format!("{} columns without", panel.columns().len()),
        }),
    }
}

fn next_variances(fit: &Common, own: &[usize], spread: &DVector<f64>) -> DVector<f64> {
    (spread * 4.0 + fit.squares(own)) / (fit.modes.len() as f64 + 6.0)
}

impl FittedAnswering {
    fn around<'a>(&'a self, panel: &'a Panel) -> Around<'a> {
        Around { model: NAME, panel, own: &self.own, shared: &self.common }
    }
}

impl Fitted for FittedAnswering {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        match self.people.get(person).and_then(Option::as_ref) {
            Some(own) => Belief::certain(self.around(panel).view(own)),
            None => Belief::certain(self.common.clone()),
        }
    }

    fn meet(&self, panel: &Panel, _: usize, known: &[usize]) -> Result<Belief, PeopleError> {
        let mean = pick(&self.common, &self.own);
        let precision = DMatrix::from_diagonal(&self.variances.map(f64::recip));
        let around = self.around(panel);
        let mode = around.mode(known, &mean, &precision, &mean)?;
        Ok(Belief::certain(around.view(&mode.at)))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers =
            vec![Number::new("steps", self.steps as f64), Number::converged(self.is_end)];
        for (i, &value) in self.common.iter().enumerate() {
            let kind = if self.own.contains(&i) { "mean of " } else { "" };
            numbers.push(Number::new(format!("{kind}{}", panel.name(i)), value));
        }
        for (&i, variance) in self.own.iter().zip(self.variances.iter()) {
            numbers.push(Number::new(format!("sd of {}", panel.name(i)), variance.sqrt()));
        }
        numbers
    }
}
