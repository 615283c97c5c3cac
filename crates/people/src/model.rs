//! What TOML names: how what one person wants is related to what others want.

use crate::{Belief, Panel, PeopleError, Population};
use medley_toml_file::Problem;
use std::fmt::Debug;

/// A model of people: `people.hierarchical = {}`.
///
/// An implementation in any linked crate is found by its name with nothing else to edit.
#[typetag::serde]
pub trait PeopleModel: Debug + Send + Sync {
    /// One line for `medley list`.
    fn summary(&self) -> &'static str;

    /// Refuses options that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// Fits the model to these statements of a panel, and to no others. A function of its arguments: random
    /// numbers come from streams of `seed`.
    ///
    /// # Errors
    /// The panel lacks what the model needs, or the fit has no end.
    fn fit(
        &self,
        panel: &Panel,
        statements: &[usize],
        seed: u64,
    ) -> Result<Box<dyn Fitted>, PeopleError>;
}

/// A model that was fitted.
pub trait Fitted: Debug + Send + Sync {
    /// What is believed of a person of the panel: by what they said in the statements that the model was
    /// fitted to, and else by what is known of them.
    fn belief(&self, panel: &Panel, person: usize) -> Belief;

    /// What is believed of somebody who was not there when the model was fitted, and of whom only these
    /// statements are known. The model itself stays as it is.
    ///
    /// # Errors
    /// What they said is impossible under the model.
    fn meet(&self, panel: &Panel, person: usize, known: &[usize]) -> Result<Belief, PeopleError>;

    /// Log-probability of each response of a person to a statement. As their belief has it, unless a model
    /// predicts answers otherwise.
    fn log_probabilities(&self, panel: &Panel, statement: usize, belief: &Belief) -> Vec<f64> {
        belief.log_probabilities(panel, statement)
    }

    /// What the model came to, for reports.
    fn numbers(&self, panel: &Panel) -> Vec<Number>;

    /// The population that people are taken from, if there is one in coordinates.
    fn population(&self) -> Option<&Population> {
        None
    }
}

/// A number that a fit came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// What of, such as `mean of Low_Fee`.
    pub name: String,
    /// The number, in the unit of its name.
    pub value: f64,
    /// How many people it is of, where it is of some only: what hides small groups goes by it.
    pub people: Option<usize>,
}

impl Number {
    /// A number of this name.
    pub fn new(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, people: None }
    }

    /// Whether a fit came to its end before its steps did: 1, or 0.
    pub(crate) fn converged(is_end: bool) -> Self {
        Self::new("converged", f64::from(u8::from(is_end)))
    }

    /// Whether it says that a fit had come to no end when its steps did.
    pub fn is_unfinished(&self) -> bool {
        self.name == "converged" && self.value == 0.0
    }

    /// A number of some people only: of so many.
    pub fn of_people(name: impl Into<String>, value: f64, people: usize) -> Self {
        Self { name: name.into(), value, people: Some(people) }
    }
}
