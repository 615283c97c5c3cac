//! Where in a model's feature space are the states and actions of a table?

use crate::point_list::{PointList, some};
use medley_encoder::{ModelPoint, Standardizer, Unreadable};
use medley_world::{Mdp, World, table_features};

/// Features of all states and actions of a world as a model reads them, each once.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldPoints {
    /// The points.
    pub points: Vec<Vec<f32>>,
    /// Which point an action in a state is, `[state * actions + action]`.
    pub point_of: Vec<u32>,
}

impl WorldPoints {
    /// For a model that reads the features `names`, brought to one scale by `standardizer` if there
    /// is one.
    ///
    /// # Errors
    /// Which feature the world lacks, or that components of features cannot be given.
    pub fn new(
        names: &[String],
        standardizer: Option<&Standardizer>,
        world: &dyn World,
        mdp: &Mdp,
    ) -> Result<Self, String> {
        let stored = world.feature_names();
        let reading =
            ModelPoint::new(names, standardizer, &stored).map_err(|reason| match reason {
                Unreadable::Lacks(name) => format!(
                    "the model reads feature `{name}`, which the world lacks: it has {}",
                    some(stored.iter().map(|name| format!("`{name}`")))
                ),
                Unreadable::Components(_) => {
                    "the model reads components of features, which the world \
                                          cannot give: expected no `dataset.components`"
                        .to_owned()
                }
            })?;
        let mut points = PointList::default();
        let numbers =
            table_features(world, mdp).map(|row| points.number(reading.read(|column| row[column])));
        let point_of = numbers.collect();
        Ok(Self { points: points.all, point_of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_world::{Grid, GridOptions};

    #[test]
    fn actions_that_look_alike_are_one_point() {
        let grid = Grid::new(GridOptions { size: 2, ..GridOptions::default() }).unwrap();
        let mdp = grid.mdp().unwrap();
        let names = vec!["state-3".to_owned(), "state-0".to_owned()];
        let found = WorldPoints::new(&names, None, &grid, &mdp).unwrap();
        // The two others look alike to who does not see them.
        assert_eq!(found.points, [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]);
        let expect = [[0_u32; 5], [1; 5], [1; 5], [2; 5]].concat();
        assert_eq!(found.point_of, expect);
        let unknown = WorldPoints::new(&["x".to_owned()], None, &grid, &mdp).unwrap_err();
        assert_eq!(
            unknown,
            "the model reads feature `x`, which the world lacks: it has `state-0`, `state-1`, `state-2`, \
             `state-3`"
        );
    }
}
