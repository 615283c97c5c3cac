//! One kind of feedback of a simulation: what is asked, in which form, and who answers how.

use crate::given::none_given;
use crate::parameters::Given;
use crate::population::{check_all, rational};
use crate::{Distortion, Mtf, Population};
use medley_adapter::{Adapter, Form};
use medley_toml_file::{Problem, Tagged, above_zero, at_least, not_negative};
use serde::{Deserialize, Serialize};

/// A source: `[simulation.sources.<name>]`. Its name is written to its records.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// How its people answer: by the likelihood by which an experiment with this adapter reads them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter: Option<Tagged<dyn Adapter>>,
    /// A type of feedback of multi-type-feedback, in place of an adapter and of all that is about people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtf: Option<Mtf>,
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
        match (&self.adapter, &self.mtf) {
            (Some(_), None) => {}
            (None, Some(mtf)) => {
                mtf.check().map_err(|problem| problem.within("mtf"))?;
                return self.check_alone();
            }
            (None, None) => {
                return Err(Problem::new("adapter", "it or `mtf` is needed, found neither"));
            }
            (Some(_), Some(_)) => {
                return Err(Problem::new("mtf", "either it or `adapter` is needed, found both"));
            }
        }
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

    /// Refuses beside `mtf` what is about people.
    fn check_alone(&self) -> Result<(), Problem> {
        let given = [
            ("options", self.options.is_some()),
            ("within", self.within != Within::default()),
            ("policy", self.policy.is_some()),
            ("answers", self.answers != 1),
            ("form", self.form != Form::default()),
            ("parameters", !self.parameters.is_empty()),
            ("rationality", self.rationality.is_some()),
            ("distortions", !self.distortions.is_empty()),
            ("people", self.people.is_some()),
            ("seconds", self.seconds.is_some()),
        ];
        none_given(given, "this needs `adapter`, and means nothing beside `mtf`")
    }

    /// Refuses what is about how people answer, where an adapter asks nobody.
    pub(crate) fn check_unasked(&self) -> Result<(), Problem> {
        let given = [
            ("rationality", self.rationality.is_some()),
            ("parameters", !self.parameters.is_empty()),
            ("distortions", !self.distortions.is_empty()),
        ];
        let name = self.adapter.as_ref().map_or("mtf", |adapter| adapter.typetag_name());
        let message = format!(
            "`{name}` asks nobody: what is recorded is what the policy of the segments did, and this means \
             nothing to it"
        );
        none_given(given, &message)
    }

    /// Segments of a question.
    pub(crate) fn options(&self) -> usize {
        let usual = || self.adapter.as_ref().map_or(1, |adapter| adapter.segments_asked());
        self.options.unwrap_or_else(usual)
    }
}
