//! `people.group`: people of a group want the same, and groups are alike as far as the data say.
//!
//! ```text
//! w_g = w + delta_g        delta_g ~ N(0, tau^2 scale^2 I)        w flat
//! ```
//!
//! People with the same values of the covariates named are a group; those of whom one is not known are a
//! group `unknown` in it. `tau` is learned by expectation and maximization, with the posterior of `delta_g`
//! taken as normal around its mode (Laplace), that of `w` included:
//! `tau^2 = sum_g (|delta_g|^2 + tr C_g) / (G p)`. With `shrink = false` each group is a pooled fit of its own.
//!
//! It deliberately says nothing of people within a group: that is what `people.hierarchical` is for, and
//! what it predicts better by tells how much groups leave open.

use super::pooled::pooled;
use crate::around::{check_coordinates, check_statements, own_coordinates, units};
use crate::common::{Common, Units};
use crate::{Belief, Fitted, Number, Panel, PeopleError, PeopleModel};
use medley_toml_file::{Problem, above_zero, at_least, not_negative};
use nalgebra::DVector;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A view for each group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Group {
    /// Names of covariates; people with the same values are a group.
    pub by: Vec<String>,
    /// Whether groups are drawn towards what they have in common, or fitted apart.
    pub shrink: bool,
    /// How far apart groups are where the search for `tau` starts, in nats per unit of a feature.
    pub scale: f64,
    /// Most steps of expectation and maximization.
    pub steps: u64,
    /// It ends where `tau` moves by a smaller share of itself.
    pub tolerance: f64,
}

impl Default for Group {
    fn default() -> Self {
        Self { by: Vec::new(), shrink: true, scale: 1.0, steps: 500, tolerance: 1e-4 }
    }
}

const NAME: &str = "group";
/// Groups that are as alike as this are taken as alike, in units of `scale`.
const LEAST: f64 = 1e-3;

/// Values of the covariates, as bits; none where unknown.
type Key = Vec<Option<u64>>;

/// `tau`, and whether the search for it came to its end; none where groups are not drawn together.
type Found = Option<(f64, bool)>;

/// Views of groups, and of those who are in none that was seen.
#[derive(Clone, Debug)]
struct FittedGroup {
    by: Vec<usize>,
    common: Vec<f64>,
    groups: BTreeMap<Key, Vec<f64>>,
    /// Number of people of each group who said something.
    people: BTreeMap<Key, usize>,
    /// None where groups were fitted apart, or there is but one.
    tau: Option<f64>,
    /// Whether the search for `tau` came to its end, where there was one.
    is_end: Option<bool>,
}

#[typetag::serde(name = "group")]
impl PeopleModel for Group {
    fn summary(&self) -> &'static str {
        "each group of people has weights of its own, drawn towards those of all"
    }

    fn check(&self) -> Result<(), Problem> {
        if self.by.is_empty() {
            let message = "at least one covariate to group people by is needed, found none";
            return Err(Problem::new("by", message));
        }
        above_zero("scale", self.scale)?;
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
        let by = self.columns(panel)?;
        let said = by_group(panel, statements, &by);
        let people = people_of(panel, statements, &by);
        let fitted = |common, views: Vec<Vec<f64>>, tau, is_end| FittedGroup {
            groups: said.keys().cloned().zip(views).collect(),
            by: by.clone(),
            common,
            people,
            tau,
            is_end,
        };
        let common = pooled(panel, statements, 100.0)?;
        let statements: Vec<Vec<usize>> = said.values().cloned().collect();
        if !self.shrink {
            let of = |said: &Vec<usize>| pooled(panel, said, 100.0);
            let views: Result<Vec<_>, _> = statements.iter().map(of).collect();
            return Ok(Box::new(fitted(common, views?, None, None)));
        }
        let (fit, own, found) = self.shrunk(panel, &statements, common)?;
        let views = fit.modes.iter().map(|mode| put(&fit.view, &own, mode)).collect();
        Ok(Box::new(fitted(
            fit.view,
            views,
            found.map(|(tau, _)| tau),
            found.map(|(_, is_end)| is_end),
        )))
    }
}

impl Group {
    /// Numbers of the covariates named.
    fn columns(&self, panel: &Panel) -> Result<Vec<usize>, PeopleError> {
        let names = || panel.covariates().iter().map(|covariate| covariate.name.as_str());
        let of = |name: &String| {
            let missing = || PeopleError::Needs {
                model: NAME,
                expected: format!("a covariate `{name}`"),
                found: match panel.covariates().is_empty() {
                    true => "none".to_owned(),
                    false => names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
                },
            };
            names().position(|found| found == name).ok_or_else(missing)
        };
        self.by.iter().map(of).collect()
    }

    /// The fit, the coordinates in which groups differ, and `tau`.
    fn shrunk(
        &self,
        panel: &Panel,
        said: &[Vec<usize>],
        common: Vec<f64>,
    ) -> Result<(Common, Vec<usize>, Found), PeopleError> {
        let own = own_coordinates(panel);
        let unit = units(panel, &own, self.scale);
        let groups = Units { model: NAME, panel, own: &own, said };
        let mut fit = groups.alike(common);
        let variances = |tau: f64| unit.map(|unit| (tau * unit).powi(2));
        // A single group differs from nobody.
        if said.len() < 2 || own.is_empty() {
            return Ok((fit, own, None));
        }
        let (mut tau, mut is_end): (f64, bool) = (1.0, false);
        for _ in 0..self.steps {
            fit = groups.fit(&variances(tau), &fit)?;
            let squares = fit.squares(&own).component_div(&unit.map(|unit| unit * unit));
            let next = (squares.sum() / (said.len() * own.len()) as f64).sqrt().max(LEAST);
            let moved = (next / tau - 1.0).abs();
            tau = next;
            is_end = moved < self.tolerance || tau == LEAST;
            if is_end {
                break;
            }
        }
        fit = groups.fit(&variances(tau), &fit)?;
        Ok((fit, own, Some((tau, is_end))))
    }
}

fn put(view: &[f64], own: &[usize], values: &DVector<f64>) -> Vec<f64> {
    let mut view = view.to_vec();
    own.iter().zip(values.iter()).for_each(|(&i, &value)| view[i] = value);
    view
}

/// The group of a person.
fn key(panel: &Panel, by: &[usize], person: usize) -> Key {
    // Adding 0 makes -0 and 0 one value.
    by.iter()
        .map(|&i| panel.covariates()[i].values[person].map(|value| (value + 0.0).to_bits()))
        .collect()
}

fn by_group(panel: &Panel, statements: &[usize], by: &[usize]) -> BTreeMap<Key, Vec<usize>> {
    let mut said: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for &statement in statements {
        let person = panel.statements()[statement].person;
        said.entry(key(panel, by, person)).or_default().push(statement);
    }
    said
}

fn people_of(panel: &Panel, statements: &[usize], by: &[usize]) -> BTreeMap<Key, usize> {
    let mut people: Vec<usize> =
        statements.iter().map(|&statement| panel.statements()[statement].person).collect();
    people.sort_unstable();
    people.dedup();
    let mut counts = BTreeMap::new();
    for person in people {
        *counts.entry(key(panel, by, person)).or_insert(0) += 1;
    }
    counts
}

impl FittedGroup {
    /// Such as `gender = male is 1, age is unknown`.
    fn name(&self, panel: &Panel, key: &Key) -> String {
        let of = |(&i, value): (&usize, &Option<u64>)| {
            let value = value.map_or("unknown".to_owned(), |bits| f64::from_bits(bits).to_string());
            format!("{} is {value}", panel.covariates()[i].name)
        };
        self.by.iter().zip(key).map(of).collect::<Vec<_>>().join(", ")
    }
}

impl Fitted for FittedGroup {
    fn belief(&self, panel: &Panel, person: usize) -> Belief {
        let own = self.groups.get(&key(panel, &self.by, person));
        Belief::certain(own.unwrap_or(&self.common).clone())
    }

    fn meet(&self, panel: &Panel, person: usize, _: &[usize]) -> Result<Belief, PeopleError> {
        Ok(self.belief(panel, person))
    }

    fn numbers(&self, panel: &Panel) -> Vec<Number> {
        let mut numbers: Vec<Number> =
            self.tau.map(|tau| Number::new("tau", tau)).into_iter().collect();
        numbers.extend(self.is_end.map(Number::converged));
        for (key, &count) in &self.people {
            let group = self.name(panel, key);
            numbers.push(Number::of_people(format!("people where {group}"), count as f64, count));
        }
        for (i, &value) in self.common.iter().enumerate() {
            numbers.push(Number::new(format!("common {}", panel.name(i)), value));
        }
        for (key, view) in &self.groups {
            let (group, people) = (self.name(panel, key), self.people.get(key).copied());
            for (i, &value) in view.iter().enumerate() {
                let name = format!("{} where {group}", panel.name(i));
                numbers.push(Number::of_people(name, value, people.unwrap_or(0)));
            }
        }
        numbers
    }
}
