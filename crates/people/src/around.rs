//! What somebody wants who is spread around something: the mode of a normal prior and what was said.

use crate::gaps::Gaps;
use crate::linear::{self, Quadratic};
use crate::newton::{Mode, maximize};
use crate::{Panel, PeopleError};
use nalgebra::{Cholesky, DMatrix, DVector};

/// A view of which some coordinates are somebody's own, and others are everybody's.
pub struct Around<'a> {
    /// Name of the model, for errors.
    pub model: &'static str,
    pub panel: &'a Panel,
    /// Coordinates that are somebody's own.
    pub own: &'a [usize],
    /// All coordinates; those that are somebody's own are not read.
    pub shared: &'a [f64],
}

impl Around<'_> {
    /// The likeliest own coordinates given a normal prior and what was said.
    pub fn mode(
        &self,
        said: &[usize],
        mean: &DVector<f64>,
        precision: &DMatrix<f64>,
        start: &DVector<f64>,
    ) -> Result<Mode, PeopleError> {
        self.mode_weighed(&[(said, 1.0)], mean, precision, start)
    }

    /// The same where statements count for unequal weights.
    pub fn mode_weighed(
        &self,
        said: &[(&[usize], f64)],
        mean: &DVector<f64>,
        precision: &DMatrix<f64>,
        start: &DVector<f64>,
    ) -> Result<Mode, PeopleError> {
        let mut view = self.shared.to_vec();
        let mut all = Quadratic::zeros(view.len());
        let is_all = self.own.len() == view.len();
        let mode = maximize(start, |own, into| {
            self.own.iter().zip(own.iter()).for_each(|(&i, &value)| view[i] = value);
            if is_all {
                sum_up(self.panel, said, &view, into);
            } else {
                sum_up(self.panel, said, &view, &mut all);
                select(self.own, &all, into);
            }
            let away = own - mean;
            let pulled = precision * &away;
            into.value -= 0.5 * away.dot(&pulled);
            into.slope -= &pulled;
            into.curvature += precision;
        });
        mode.ok_or_else(|| self.failed("expected a finite log-likelihood of a person, found none"))
    }

    /// All coordinates of whoever has these of their own.
    pub fn view(&self, own: &DVector<f64>) -> Vec<f64> {
        let mut view = self.shared.to_vec();
        self.own.iter().zip(own.iter()).for_each(|(&i, &value)| view[i] = value);
        view
    }

    pub fn failed(&self, message: &str) -> PeopleError {
        PeopleError::Fit { model: self.model, message: message.to_owned() }
    }
}

fn sum_up(panel: &Panel, said: &[(&[usize], f64)], view: &[f64], into: &mut Quadratic) {
    linear::evaluate(panel, &[], view, 1.0, into);
    for &(some, weight) in said.iter().filter(|(_, weight)| *weight > 0.0) {
        linear::add(panel, some, view, weight, into);
    }
}

/// Derivatives in some coordinates alone.
fn select(coordinates: &[usize], all: &Quadratic, into: &mut Quadratic) {
    into.value = all.value;
    for (j, &i) in coordinates.iter().enumerate() {
        into.slope[j] = all.slope[i];
        for (k, &l) in coordinates.iter().enumerate() {
            into.curvature[(j, k)] = all.curvature[(i, l)];
        }
    }
}

fn add_selected(coordinates: &[usize], all: &Quadratic, into: &mut Quadratic) {
    into.value += all.value;
    for (j, &i) in coordinates.iter().enumerate() {
        into.slope[j] += all.slope[i];
        for (k, &l) in coordinates.iter().enumerate() {
            into.curvature[(j, k)] += all.curvature[(i, l)];
        }
    }
}

/// Somebody's own coordinates, what they said, and what each statement of theirs counts for.
pub struct Speaker<'a> {
    pub own: &'a DVector<f64>,
    pub said: &'a [usize],
    pub weight: f64,
}

/// The likeliest values of what everybody shares, given what everybody wants; put into `shared`.
pub fn fit_shared<'a>(
    (panel, own): (&Panel, &[usize]),
    speakers: impl Fn() -> Box<dyn Iterator<Item = Speaker<'a>> + 'a>,
    shared: &mut [f64],
) -> Option<()> {
    let rest: Vec<usize> = (0..panel.width()).filter(|i| !own.contains(i)).collect();
    if rest.is_empty() {
        return Some(());
    }
    let start = DVector::from_iterator(rest.len(), rest.iter().map(|&i| shared[i]));
    let mut all = Quadratic::zeros(panel.width());
    let mut view = shared.to_vec();
    let gaps = Gaps::of(panel, speakers().flat_map(|speaker| speaker.said));
    let mut prior = Quadratic::zeros(panel.width());
    let mode = maximize(&start, |values, into| {
        into.value = -0.5e-4 * values.norm_squared();
        into.slope = values * -1e-4;
        into.curvature = DMatrix::identity(rest.len(), rest.len()) * 1e-4;
        rest.iter().zip(values.iter()).for_each(|(&i, &value)| view[i] = value);
        linear::evaluate(panel, &[], &view, 1.0, &mut prior);
        gaps.add(&view, 0, &mut prior);
        add_selected(&rest, &prior, into);
        for speaker in speakers() {
            own.iter().zip(speaker.own.iter()).for_each(|(&i, &value)| view[i] = value);
            linear::evaluate(panel, speaker.said, &view, speaker.weight, &mut all);
            add_selected(&rest, &all, into);
        }
    })?;
    rest.iter().zip(mode.at.iter()).for_each(|(&i, &value)| shared[i] = value);
    Some(())
}

/// Features, and columns that differ between people.
pub fn own_coordinates(panel: &Panel) -> Vec<usize> {
    let features = panel.features().len();
    let is_own = |i: &usize| *i < features || panel.columns()[i - features].spread.is_some();
    (0..panel.width()).filter(is_own).collect()
}

/// What each coordinate is expected to differ by between people: `scale` for features, what the panel
/// says for columns.
pub fn units(panel: &Panel, own: &[usize], scale: f64) -> DVector<f64> {
    let features = panel.features().len();
    let of = |&i: &usize| match i < features {
        true => scale,
        false => panel.columns()[i - features].spread.unwrap_or(scale),
    };
    DVector::from_iterator(own.len(), own.iter().map(of))
}

/// Some coordinates of a view.
pub fn pick(view: &[f64], own: &[usize]) -> DVector<f64> {
    DVector::from_iterator(own.len(), own.iter().map(|&i| view[i]))
}

/// Inverse of a covariance of people.
pub fn inverse(model: &'static str, variance: &DMatrix<f64>) -> Result<DMatrix<f64>, PeopleError> {
    let message = || "expected a positive definite covariance of people".to_owned();
    let factor = Cholesky::new(variance.clone());
    Ok(factor.ok_or_else(|| PeopleError::Fit { model, message: message() })?.inverse())
}

/// Refuses a panel in which nothing can be learned: items without features, and no columns.
pub fn check_coordinates(model: &'static str, panel: &Panel) -> Result<(), PeopleError> {
    match panel.width() {
        0 => Err(PeopleError::Needs {
            model,
            expected: "features of items, or columns of how people answer".to_owned(),
            found: "none".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Refuses to learn from nothing.
pub fn check_statements(model: &'static str, statements: &[usize]) -> Result<(), PeopleError> {
    match statements.is_empty() {
        false => Ok(()),
        true => Err(PeopleError::Needs {
            model,
            expected: "at least one statement to learn from".to_owned(),
            found: "none".to_owned(),
        }),
    }
}
