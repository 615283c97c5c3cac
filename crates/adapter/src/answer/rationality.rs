//! How closely answers follow returns: one rationality for all, or one for each annotator.
//!
//! `log beta_a = log beta + d_a`, `d_a ~ Normal(0, 0.5)`: two standard deviations are a factor of
//! 2.7. The prior settles what is otherwise not identified, a common factor of all `exp(d_a)`.

use crate::{
    BindError, Origin, ParameterRole, ParameterScale, Response, ResponseParameter, Selection,
    Sharing, Speakers,
};
use burn::tensor::Tensor;
use medley_reward_model::Placement;

/// The rationality of a source, shared or by annotator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rationality {
    speakers: Option<Speakers>,
}

const DEVIATION: &str = "annotator-log-rationality";

impl Rationality {
    /// The rationality of these statements; `option` is its name in TOML.
    ///
    /// # Errors
    /// If it is to be by annotator and nobody is named.
    pub fn new(
        selection: &Selection<'_>,
        sharing: Sharing,
        origins: &[Origin],
    ) -> Result<Self, BindError> {
        if sharing == Sharing::Shared {
            return Ok(Self { speakers: None });
        }
        let speakers = Speakers::new(origins);
        speakers.check(selection, sharing, "rationality")?;
        Ok(Self { speakers: Some(speakers) })
    }

    /// The shared value, and the deviations.
    pub fn parameters(&self) -> Vec<ResponseParameter> {
        let by_person = self.speakers.as_ref().map(|speakers| {
            speakers
                .parameter(DEVIATION, 0.5)
                .meaning(ParameterRole::Rationality, ParameterScale::Log)
        });
        std::iter::once(ResponseParameter::rationality()).chain(by_person).collect()
    }

    /// The rationality of each statement.
    ///
    /// # Shapes
    /// `[member, batch]`, or `[member, 1]` if all share it
    pub fn of(&self, response: &Response, statements: &[usize], place: &Placement) -> Tensor<2> {
        match &self.speakers {
            None => response.rationality(),
            Some(speakers) => {
                let deviation = speakers.deviation(response, DEVIATION, statements, place);
                response.rationality() * deviation.exp()
            }
        }
    }
}
