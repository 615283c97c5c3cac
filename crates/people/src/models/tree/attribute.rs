//! What people can be told apart by: covariates that are numbers, and covariates that are levels of a factor.
//!
//! A panel's covariates are numbers. Those of which people have two values at most, such as `q1 = yes`, are
//! factors of two levels; indicators (0 or 1) whose names have the same text before ` = ` and of which
//! nobody has two, such as `country = de` and `country = fr`, are levels of one factor, with one more for
//! those who have none of them.

use crate::Panel;

/// Between the name of a factor and that of a level.
const IS: &str = " = ";

/// Something that is known of people.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    pub name: String,
    pub values: Values,
}

/// Of each person; none where unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    Number(Vec<Option<f64>>),
    /// Numbers of levels, and their names.
    Level(Vec<Option<usize>>, Vec<String>),
}

/// All that is known of the people of a panel, in the order of its covariates.
pub fn attributes(panel: &Panel) -> Vec<Attribute> {
    let covariates = panel.covariates();
    let mut found = Vec::new();
    let mut is_done = vec![false; covariates.len()];
    for first in 0..covariates.len() {
        if is_done[first] {
            continue;
        }
        let name = factor_of(&covariates[first].name);
        let is_level =
            |&i: &usize| i == first || (name.is_some() && factor_of(&covariates[i].name) == name);
        let levels: Vec<usize> = (first..covariates.len()).filter(is_level).collect();
        match (levels.len() > 1).then(|| factor(panel, &levels)).flatten() {
            Some(values) => {
                levels.iter().for_each(|&i| is_done[i] = true);
                found.push(Attribute { name: name.unwrap_or_default().to_owned(), values });
            }
            None => found.push(alone(panel, first)),
        }
    }
    found
}

fn factor_of(name: &str) -> Option<&str> {
    name.split_once(IS).map(|(factor, _)| factor)
}

/// Levels, if each covariate is an indicator and nobody has two of them.
fn factor(panel: &Panel, covariates: &[usize]) -> Option<Values> {
    let all = panel.covariates();
    let level = |person: usize| -> Option<Option<usize>> {
        let mut own = Some(covariates.len());
        for (level, &i) in covariates.iter().enumerate() {
            match all[i].values[person] {
                None => own = None,
                Some(1.0) if own.is_none_or(|level| level == covariates.len()) => {
                    own = own.map(|_| level);
                }
                Some(0.0) => {}
                Some(_) => return None,
            }
        }
        Some(own)
    };
    let levels = (0..panel.people()).map(level).collect::<Option<Vec<_>>>()?;
    let name = |&i: &usize| all[i].name.split_once(IS).map_or("", |(_, level)| level).to_owned();
    let names = covariates.iter().map(name).chain(["other".to_owned()]).collect();
    Some(Values::Level(levels, names))
}

/// A covariate by itself: a factor where it has two values at most.
fn alone(panel: &Panel, covariate: usize) -> Attribute {
    let covariate = &panel.covariates()[covariate];
    let mut seen: Vec<f64> = covariate.values.iter().flatten().copied().collect();
    seen.sort_by(f64::total_cmp);
    seen.dedup();
    let values = if seen.len() > 2 {
        Values::Number(covariate.values.clone())
    } else {
        let level = |value: f64| seen.iter().position(|&other| other == value);
        let levels = covariate.values.iter().map(|value| value.and_then(level)).collect();
        let name = |value: &f64| match (factor_of(&covariate.name), *value) {
            (Some(_), 0.0) => "no".to_owned(),
            (Some(_), 1.0) => "yes".to_owned(),
            _ => value.to_string(),
        };
        Values::Level(levels, seen.iter().map(name).collect())
    };
    Attribute { name: covariate.name.clone(), values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binary, Covariate, PanelParts, Predictor, Statement};
    use std::sync::Arc;

    fn found(covariates: &[(&str, &[Option<f64>])]) -> Vec<Attribute> {
        let covariate = |(name, values): &(&str, &[Option<f64>])| Covariate {
            name: (*name).to_owned(),
            values: values.to_vec(),
        };
        let panel = Panel::new(PanelParts {
            features: vec!["x".to_owned()],
            items: vec![vec![1.0]],
            people: covariates[0].1.len(),
            covariates: covariates.iter().map(covariate).collect(),
            statements: vec![Statement {
                person: 0,
                predictors: vec![Predictor::of(0)],
                answer: Arc::new(Binary { yes: 1.0 }),
            }],
            ..PanelParts::default()
        });
        attributes(&panel.unwrap())
    }

    #[test]
    fn indicators_of_one_factor_are_its_levels() {
        let is = |value: f64| Some(value);
        let found = found(&[
            ("age", &[is(20.0), is(30.0), None, is(50.0)]),
            ("country = de", &[is(1.0), is(0.0), is(0.0), None]),
            ("q = yes", &[is(1.0), None, is(0.0), is(1.0)]),
            ("country = fr", &[is(0.0), is(1.0), is(0.0), None]),
        ]);
        let names: Vec<&str> = found.iter().map(|of| of.name.as_str()).collect();
        assert_eq!(names, ["age", "country", "q = yes"]);
        assert!(matches!(&found[0].values, Values::Number(_)));
        let Values::Level(levels, names) = &found[1].values else { panic!() };
        assert_eq!(levels, &[Some(0), Some(1), Some(2), None]);
        assert_eq!(names, &["de", "fr", "other"]);
        let Values::Level(levels, _) = &found[2].values else { panic!() };
        assert_eq!(levels, &[Some(1), None, Some(0), Some(1)]);
    }

    #[test]
    fn who_has_two_levels_is_of_no_factor() {
        let found = found(&[
            ("speaks = fr", &[Some(1.0), Some(0.0), Some(1.0)]),
            ("speaks = it", &[Some(1.0), Some(0.0), Some(0.0)]),
        ]);
        let names: Vec<&str> = found.iter().map(|of| of.name.as_str()).collect();
        assert_eq!(names, ["speaks = fr", "speaks = it"]);
    }
}
