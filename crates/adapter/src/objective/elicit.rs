//! Answers to questions from the likelihood that is fitted: predictions of a bound kind, shown to a
//! [`Respondent`].

use crate::objective::choice::{host, log_mean_exp};
use crate::{
    Asked, Asking, BindError, Density, FiniteChoice, Outcomes, Reply, Respondent, Response,
    ResponseParameter,
};

/// Questions that are predicted at once.
const AT_ONCE: usize = 4096;

impl Asking<'_> {
    /// Values of the response parameters of a kind of so many statements, as the respondent has them.
    ///
    /// # Errors
    /// The respondent has none.
    pub fn response<C: FiniteChoice>(
        &self,
        kind: &C,
        statements: usize,
        respondent: &mut dyn Respondent,
    ) -> Result<Response, BindError> {
        let values = |some: &[usize]| kind.predict(&self.scorer, &neutral(kind, self), some).value;
        let all = || {
            let all: Vec<usize> = (0..statements).collect();
            all.chunks(AT_ONCE).flat_map(|some| host(values(some))).collect()
        };
        self.response_by(kind, respondent, &all)
    }

    /// The same where answers grow with other `values` than those that the kind predicts.
    ///
    /// # Errors
    /// As [`Asking::response`].
    pub fn response_by<C: FiniteChoice>(
        &self,
        kind: &C,
        respondent: &mut dyn Respondent,
        values: &dyn Fn() -> Vec<f64>,
    ) -> Result<Response, BindError> {
        let wanted = kind.parameters(&[]);
        let found = respondent.parameters(&wanted, values, self.scorer.place);
        found.map_err(|problem| self.unfit(problem))
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
        let response = self.response(kind, self.queries.len(), respondent)?;
        Ok(self.replies_under(kind, &response, respondent, outcomes))
    }

    /// The same under response parameters that are known.
    pub fn replies_under<'o, C: FiniteChoice>(
        &self,
        kind: &C,
        response: &Response,
        respondent: &mut dyn Respondent,
        outcomes: impl Fn(usize) -> Outcomes<'o>,
    ) -> Vec<Reply> {
        let all: Vec<usize> = (0..self.queries.len()).collect();
        let mut replies = Vec::with_capacity(all.len());
        self.shown(kind, response, &all, |query, log_probabilities| {
            let outcomes = outcomes(query);
            replies.push(respondent.choose(&Asked { query, log_probabilities, outcomes }));
        });
        replies
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
        let found = respondent.parameters(&wanted, &Vec::new, self.scorer.place);
        let response = found.map_err(|problem| self.unfit(problem))?;
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

/// Response parameters where they start, with which a kind predicts its values: these depend on none.
fn neutral<C: FiniteChoice>(kind: &C, asking: &Asking<'_>) -> Response {
    let start = |parameter: ResponseParameter| {
        let count = parameter.initial.len();
        let zeros = asking.scorer.place.tensor(vec![0.0; count], [1, count]);
        (parameter.name, zeros)
    };
    Response::new(kind.parameters(&[]).into_iter().map(start))
}
