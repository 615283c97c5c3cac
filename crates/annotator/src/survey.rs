//! What do answers of some people grow with?

use crate::alike::Alike;
use medley_adapter::{Asked, Reply, Respondent, Response, ResponseParameter};
use medley_random::stream;
use medley_reward_model::Placement;
use rand_chacha::ChaCha8Rng;

/// Somebody who looks at what is asked about and answers nothing.
pub(crate) struct Survey {
    beta: f64,
    /// What answers grow with, times the rationality.
    pub values: Vec<f64>,
    unused: ChaCha8Rng,
}

impl Survey {
    pub fn of(them: &Alike) -> Self {
        Self { beta: them.beta(), values: Vec::new(), unused: stream(0, "survey") }
    }
}

impl Respondent for Survey {
    /// An error in any case, which ends the questions before one is answered.
    fn parameters(
        &mut self,
        _wanted: &[ResponseParameter],
        values: &dyn Fn() -> Vec<f64>,
        _place: &Placement,
    ) -> Result<Response, String> {
        self.values = values().into_iter().map(|value| self.beta * value).collect();
        Err("what is asked about is looked at before anybody answers".to_owned())
    }

    fn choose(&mut self, _asked: &Asked<'_>) -> Reply {
        Reply::Unanswered
    }

    fn say(&mut self, _query: usize, _expected: f64) -> Option<f64> {
        None
    }

    fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.unused
    }
}
