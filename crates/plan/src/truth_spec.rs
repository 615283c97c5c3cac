//! What a learned reward is held against, where the true one is known.

use medley_toml_file::{Problem, Tagged};
use medley_world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[evaluation.truth]`: the true reward, and what behaviour it is asked for.
///
/// Where the dataset has true rewards of its steps, learned ones are correlated with them on segments that
/// nobody learned from. Where there is a world that is a table, whole rewards are compared, and the policy that is best
/// for the learned one is paid by the true one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TruthSpec {
    /// The world; left out, that of the dataset's generator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub world: Option<Tagged<dyn World>>,
    /// Worlds with the same states and actions and other dynamics, by a name of your choice: what is
    /// the best policy for the learned reward worth there?
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub shifted: BTreeMap<String, Tagged<dyn World>>,
    /// Columns of numbers in the metadata of segments that learned returns are correlated with too, such
    /// as Borda scores where people have hidden contexts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

impl TruthSpec {
    /// Whether its worlds are worlds, and those under other dynamics are tables of one size.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self, of_generator: Option<&Tagged<dyn World>>) -> Result<(), Problem> {
        let at = |world: &Tagged<dyn World>, problem: Problem| problem.within(world.typetag_name());
        if let Some(world) = &self.world {
            world.check().map_err(|problem| at(world, problem).within("world"))?;
        }
        if let Some(twice) = repeated(&self.columns) {
            let message = format!("columns differ: `{twice}` is named twice");
            return Err(Problem::new("columns", message));
        }
        let home = self.world.as_ref().or(of_generator);
        let size = |world: &Tagged<dyn World>| world.mdp().map(|mdp| (mdp.states(), mdp.actions()));
        for (name, world) in &self.shifted {
            let inside = |problem: Problem| problem.within(name).within("shifted");
            world.check().map_err(|problem| inside(at(world, problem)))?;
            match (home.and_then(size), size(world)) {
                (Some(expected), Some(found)) if expected == found => {}
                (Some((states, actions)), found) => {
                    let found = found.map_or("no table".to_owned(), |(states, actions)| {
                        format!("{states} and {actions}")
                    });
                    let message = format!(
                        "expected a table of {states} states and {actions} actions, as the world has, found \
                         {found}"
                    );
                    return Err(Problem::new(name, message).within("shifted"));
                }
                (None, _) => {
                    let message =
                        "shifted dynamics need a `world` that is a table, and there is none";
                    return Err(Problem::new("shifted", message));
                }
            }
        }
        Ok(())
    }
}

/// The first name that is there before.
fn repeated(names: &[String]) -> Option<&String> {
    names
        .iter()
        .enumerate()
        .find(|(place, name)| names[..*place].contains(name))
        .map(|(_, name)| name)
}
