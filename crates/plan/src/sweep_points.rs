//! Which points a sweep has: combinations of its grid, the points that it lists, and the keys that only
//! some of them have.

use crate::setting::at;
use crate::values::Values;
use crate::{Conditional, PlanError, Setting, SweepSpec};
use std::collections::{BTreeMap, BTreeSet};

/// Points that are enumerated at most. More cannot be run by anybody, and a file names so many by
/// mistake.
const MOST_POINTS: usize = 1_000_000;

impl SweepSpec {
    /// The points, in the order of the file: those listed, each with every combination of the grid, the
    /// values of the last key changing first. `file` is the experiment that they vary.
    ///
    /// # Errors
    /// A key that cannot vary, values that are none, a key that stands twice, a condition that holds at no
    /// point, the same point twice, or more points than can be listed.
    pub(crate) fn points(&self, file: &toml::Table) -> Result<Vec<Setting>, PlanError> {
        if let Some((path, message)) = self.flaw() {
            return Err(PlanError::Spec { path, message });
        }
        if self.grid.is_empty() && self.list.is_empty() {
            let message = "expected values to vary in `grid`, or points in `list`, found neither";
            return Err(PlanError::spec(&["sweep"], message));
        }
        let listed = match self.list.is_empty() {
            true => vec![Setting::default()],
            false => self.list.iter().map(|point| Setting(point.clone())).collect(),
        };
        let mut points = self.extended(listed, &self.grid)?;
        for conditional in &self.conditional {
            points = self.where_it_holds(points, conditional, file)?;
        }
        self.check_distinct(&points)?;
        Ok(points)
    }

    /// Each point with every combination of a grid.
    fn extended(
        &self,
        points: Vec<Setting>,
        grid: &BTreeMap<String, toml::Value>,
    ) -> Result<Vec<Setting>, PlanError> {
        let mut points = points;
        for (key, written) in grid {
            let at_key = |message| PlanError::Spec { path: self.place_of(key), message };
            let values = Values::read(written).and_then(|values| values.grid());
            let values = values.map_err(at_key)?;
            if let Some(twice) = points.iter().find(|point| point.0.contains_key(key)) {
                return Err(at_key(format!("`{key}` has a value already, at the point {twice}")));
            }
            let count = points.len().saturating_mul(values.len());
            if count > MOST_POINTS {
                return Err(at_key(format!(
                    "a sweep has at most {MOST_POINTS} points, found {count} and more"
                )));
            }
            points = points.iter().flat_map(|point| point.with_each(key, &values)).collect();
        }
        Ok(points)
    }

    /// The points, each at which a condition holds with every combination of its grid.
    fn where_it_holds(
        &self,
        points: Vec<Setting>,
        Conditional { when, grid }: &Conditional,
        file: &toml::Table,
    ) -> Result<Vec<Setting>, PlanError> {
        let holds = |point: &Setting| {
            when.iter().all(|(key, value)| point.0.get(key).or(at(file, key)) == Some(value))
        };
        let (mut found, mut is_met) = (Vec::new(), false);
        for point in points {
            match holds(&point) {
                true => found.extend(self.extended(vec![point], grid)?),
                false => {
                    found.push(point);
                    continue;
                }
            }
            is_met = true;
        }
        match is_met {
            true => Ok(found),
            false => {
                let when = Setting(when.clone());
                let message = format!("`when` holds at no point of the sweep: {when}");
                Err(PlanError::spec(&["sweep", "conditional"], message))
            }
        }
    }

    fn check_distinct(&self, points: &[Setting]) -> Result<(), PlanError> {
        let mut known = BTreeSet::new();
        match points.iter().find(|point| !known.insert(point.to_string())) {
            None => Ok(()),
            Some(twice) => {
                let message = format!("expected each point once, found {twice} twice");
                Err(PlanError::spec(&["sweep"], message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(sweep: &str) -> Result<Vec<String>, String> {
        let spec: SweepSpec = toml::from_str(sweep).unwrap();
        let file = "training.epochs = 3".parse().unwrap();
        let points = spec.points(&file).map_err(|error| error.to_string())?;
        Ok(points.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_grid_has_every_combination_and_a_list_its_points() {
        let grid = "grid = { \"b.x\" = [1, 2], \"a.x\" = { from = 1, to = 100, scale = \"log\", \
                    points = 2, whole = true } }";
        let expected =
            ["a.x = 1, b.x = 1", "a.x = 1, b.x = 2", "a.x = 100, b.x = 1", "a.x = 100, b.x = 2"];
        assert_eq!(points(grid).unwrap(), expected);
        let list = "list = [{ \"a.x\" = 1, \"b.x\" = 5 }, { \"a.x\" = 2 }]";
        assert_eq!(points(list).unwrap(), ["a.x = 1, b.x = 5", "a.x = 2"]);
        let both = "grid = { \"c.x\" = [true, false] }\nlist = [{ \"a.x\" = 1 }, { \"a.x\" = 2 }]";
        let expected = [
            "a.x = 1, c.x = true",
            "a.x = 1, c.x = false",
            "a.x = 2, c.x = true",
            "a.x = 2, c.x = false",
        ];
        assert_eq!(points(both).unwrap(), expected);
    }

    #[test]
    fn a_conditional_key_is_of_the_points_at_which_its_condition_holds() {
        let sweep = "grid = { \"a.x\" = [1, 2] }\n\
                     [[conditional]]\nwhen = { \"a.x\" = 2, \"training.epochs\" = 3 }\n\
                     grid = { \"b.x\" = [5, 6] }\n\
                     [[conditional]]\nwhen = { \"b.x\" = 6 }\ngrid = { \"c.x\" = [7] }";
        let expected = ["a.x = 1", "a.x = 2, b.x = 5", "a.x = 2, b.x = 6, c.x = 7"];
        assert_eq!(points(sweep).unwrap(), expected);
    }

    #[test]
    fn what_names_no_points_is_refused() {
        let ten = |key: &str| format!("\"{key}\" = {{ from = 1, to = 1000, points = 1000 }}\n");
        let million = format!("[grid]\n{}{}{}", ten("a.x"), ten("b.x"), ten("c.x"));
        for (sweep, expected) in [
            ("", "`sweep`: expected values to vary in `grid`, or points in `list`, found neither"),
            ("grid = { seeds = [[1], [2]] }", "`sweep.grid.seeds`: `seeds` cannot be swept over"),
            ("grid = { \"execution.jobs\" = [1] }", "no number depends on it"),
            ("grid = { \"a.x\" = 3 }", "`sweep.grid.a.x`: a list of values is expected"),
            ("grid = { a.x = [3] }", "under a dotted key in quotes, found table"),
            ("grid = { \"a.x\" = [] }", "at least one value is needed, found none"),
            ("grid = { \"a.x\" = [1, 1] }", "expected each point once, found a.x = 1 twice"),
            ("grid = { \"a.x\" = [1] }\nlist = [{ \"a.x\" = 2 }]", "`a.x` has a value already"),
            ("list = [{ training = { epochs = 3 } }]", "would stand in place of all"),
            (
                "list = [{ \"a.x\" = 1 }]\n[[conditional]]\nwhen = { \"a.x\" = 2 }\ngrid = { \"b.x\" = [1] }",
                "`sweep.conditional`: `when` holds at no point of the sweep: a.x = 2",
            ),
            (&million, "a sweep has at most 1000000 points, found 1000000000 and more"),
        ] {
            let message = points(sweep).unwrap_err();
            assert!(message.contains(expected), "{sweep}: {message}");
        }
    }
}
