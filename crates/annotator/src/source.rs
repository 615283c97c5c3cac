//! One kind of feedback of a simulation: what is asked, in which form, and who answers how.

use crate::parameters::Given;
use crate::population::{check_all, rational};
use crate::{Distortion, Population};
use medley_adapter::{Adapter, Form};
use medley_toml_file::{Problem, Tagged, above_zero, at_least, not_negative};
use serde::{Deserialize, Serialize};

/// A source: `[simulation.sources.<name>]`. Its name is written to its records.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// How its people answer, and how its records are read.
    pub adapter: Tagged<dyn Adapter>,
    /// Number of questions.
    pub questions: usize,
    /// Segments of a question; none: as usual for the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<usize>,
    /// Of which segments these are drawn, all alike and without replacement.
    #[serde(default)]
    pub within: Within,
    /// Name of the policy whose episodes are asked about; none: those of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// How many people each question is put to.
    #[serde(default = "one")]
    pub answers: usize,
    /// How it may be answered: the scale of ratings, grades of strength, the aspect.
    #[serde(default)]
    pub form: Form,
    /// Response parameters in natural units, by name: `{ tie = 0.3 }`. Cutpoints and thresholds that are
    /// not given divide what is asked about evenly.
    #[serde(default)]
    pub parameters: Given,
    /// How closely answers follow returns here, in place of each person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationality: Option<f64>,
    /// What is done to answers here, after what the person does.
    #[serde(default)]
    pub distortions: Vec<Tagged<dyn Distortion>>,
    /// Who answers, if they are not the people of the simulation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Population>,
    /// How long answers take; none: that is not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<Seconds>,
}

/// Of which segments the options of a question are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// All.
    #[default]
    Everything,
    /// Those of one group, such as an episode or a prompt, which is drawn first.
    Group,
}

/// Seconds of an answer, from a log-normal distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Seconds {
    /// Half of answers take less.
    pub median: f64,
    /// Standard deviation of the logarithm.
    #[serde(default = "half")]
    pub spread: f64,
}

fn one() -> usize {
    1
}

fn half() -> f64 {
    0.5
}

impl Source {
    /// Refuses options that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    pub fn check(&self, all: &Population) -> Result<(), Problem> {
        at_least("questions", self.questions as u64, 1)?;
        at_least("options", self.options.unwrap_or(1) as u64, 1)?;
        at_least("answers", self.answers as u64, 1)?;
        let people = self.people.as_ref().unwrap_or(all);
        if self.answers > people.count {
            let message = format!(
                "a question is put to different people: at most their number, {}, is needed, found {}",
                people.count, self.answers
            );
            return Err(Problem::new("answers", message));
        }
        self.rationality.map_or(Ok(()), |value| rational("rationality", value))?;
        check_all(&self.distortions)?;
        if let Some(people) = &self.people {
            people.check().map_err(|problem| problem.within("people"))?;
        }
        if let Some(Seconds { median, spread }) = self.seconds {
            let within = |problem: Problem| problem.within("seconds");
            above_zero("median", median).map_err(within)?;
            not_negative("spread", spread).map_err(within)?;
        }
        Ok(())
    }

    /// Segments of a question.
    pub(crate) fn options(&self) -> usize {
        self.options.unwrap_or_else(|| self.adapter.segments_asked())
    }
}
