//! Answers to questions from the likelihood that is fitted: predictions of a bound kind, shown to a
//! [`Respondent`].

use crate::objective::choice::{host, log_mean_exp};
use crate::{
    Asked, Asking, BindError, Density, FiniteChoice, Outcomes, Reply, Respondent, Response,
};

/// Questions that are predicted at once.
const AT_ONCE: usize = 4096;

impl Asking<'_> {
    /// Values of the kind's response parameters, as the respondent has them.
    ///
    /// # Errors
    /// The respondent has none.
    pub fn response<C: FiniteChoice>(
        &self,
        kind: &C,
        respondent: &mut dyn Respondent,
    ) -> Result<Response, BindError> {
        let wanted = kind.parameters(&[]);
        respondent.parameters(&wanted, self.scorer.place).map_err(|problem| self.unfit(problem))
    }

    /// A reply to each query, which are the statements of `kind`. `outcomes` says what those of a
    /// statement are.
    ///
    /// # Errors
    /// As [`Asking::response`].
    pub fn replies<'o, C: FiniteChoice>(
        &self,
        kind: &C,
        respondent: &mut dyn Respondent,
        outcomes: impl Fn(usize) -> Outcomes<'o>,
    ) -> Result<Vec<Reply>, BindError> {
        let response = self.response(kind, respondent)?;
        let all: Vec<usize> = (0..self.queries.len()).collect();
        let mut replies = Vec::with_capacity(all.len());
        self.shown(kind, &response, &all, |query, log_probabilities| {
            let outcomes = outcomes(query);
            replies.push(respondent.choose(&Asked { query, log_probabilities, outcomes }));
        });
        Ok(replies)
    }

    /// Shows the predicted log-probabilities of each statement, without structural zeros at the end.
    pub fn shown<C: FiniteChoice>(
        &self,
        kind: &C,
        response: &Response,
        statements: &[usize],
        mut show: impl FnMut(usize, &[f64]),
    ) {
        for some in statements.chunks(AT_ONCE) {
            let predicted = kind.predict(&self.scorer, response, some).log_probabilities;
            let [members, batch, width] = predicted.dims();
            let values = host(predicted);
            let mut row = vec![0.0; width];
            for (position, &statement) in some.iter().enumerate() {
                let count = kind.observed(statement).len();
                for (outcome, log) in row[..count].iter_mut().enumerate() {
                    let at = |member| values[(member * batch + position) * width + outcome];
                    *log = log_mean_exp((0..members).map(at));
                }
                show(statement, &row[..count]);
            }
        }
    }

    /// A number for each query, which are the statements of `kind`; none where nothing is said.
    ///
    /// # Errors
    /// The respondent has no response parameters, or the kind draws no numbers.
    pub fn numbers<D: Density>(
        &self,
        kind: &D,
        respondent: &mut dyn Respondent,
    ) -> Result<Vec<Option<f64>>, BindError> {
        let wanted = kind.parameters(&[]);
        let response = respondent
            .parameters(&wanted, self.scorer.place)
            .map_err(|problem| self.unfit(problem))?;
        let all: Vec<usize> = (0..self.queries.len()).collect();
        let mut said = Vec::with_capacity(all.len());
        for some in all.chunks(AT_ONCE) {
            let drawn = kind.drawn(&self.scorer, &response, some, respondent.rng());
            let drawn = drawn.ok_or_else(|| self.unfit("its likelihood draws no numbers"))?;
            said.extend(
                some.iter().zip(drawn).map(|(&query, number)| respondent.say(query, number)),
            );
        }
        Ok(said)
    }
}
