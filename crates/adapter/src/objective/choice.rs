//! Kinds of feedback whose response set is finite: loss and judgement from log-probabilities.

use crate::objective::deal::{Told, deal};
use crate::objective::draw::outcome;
use crate::objective::linear::LinearSource;
use crate::objective::views::{by_view, each_by_view};
use crate::{Objective, Response, ResponseParameter, Scorer, Statements};
use burn::tensor::Tensor;
use medley_evaluation::{Answer, Answers, Judgement, ResponseSet, Said};
use medley_likelihood::outcome::cross_entropy;
use rand_chacha::ChaCha8Rng;

/// What a model predicts for a batch of statements.
pub struct Prediction {
    /// Normalized over outcomes, in nats; structural zeros (options that a statement does not
    /// have) are large and negative. `[member, batch, outcome]`
    pub log_probabilities: Tensor<3>,
    /// The number that the answer grows with, for rank correlation: a return or a difference of
    /// returns, without rationality and offsets. `[member, batch]`
    pub value: Tensor<2>,
}

/// What a statement is about, beyond its response set: what metrics and ceilings need.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct About {
    /// What the person said on the scale of [`Prediction::value`], up to a monotone map; it must
    /// not depend on any model. None leaves the statement out of rank correlations.
    pub value: Option<f64>,
    /// Whether the value changes its sign when two sides are swapped.
    pub antisymmetric: bool,
    /// Equal for statements about the same response set, so that repeats of a question are found.
    /// See [`item`](crate::item).
    pub item: Option<u64>,
    /// The two segments whose returns are compared, first and second, if the answer is about the
    /// difference of two returns.
    pub pair: Option<(u32, u32)>,
}

/// A kind of feedback with finitely many responses to each statement.
///
/// Where statements come from is not asked here: it is kept beside, in [`Statements`].
pub trait FiniteChoice: Send + Sync {
    /// As [`Objective::parameters`].
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter>;

    /// What the response set of a statement is.
    fn responses(&self) -> ResponseSet;

    /// Distribution over the responses of this statement; its length is their number, which may
    /// differ between statements. Sums to 1.
    fn observed(&self, statement: usize) -> Vec<f32>;

    /// Log-probabilities of all responses. Statements with fewer responses than the longest of the
    /// batch have structural zeros at the end.
    fn predict(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize])
    -> Prediction;

    /// What the statement is about.
    fn about(&self, statement: usize) -> About;

    /// What the statement says of whole segments as answers to a question: votes of one against
    /// another, or a number for one. It must not depend on any model. Whether they do answer one
    /// question is known from the origin. None leaves the statement out of metrics of choosing.
    fn said(&self, _statement: usize) -> Option<Said> {
        None
    }

    /// What [`About::value`] would be if this response had been given; none if it has none.
    fn value_of(&self, _statement: usize, _outcome: usize) -> Option<f64> {
        None
    }

    /// As [`Objective::background`].
    fn background(&self) -> &[Vec<f32>] {
        &[]
    }

    /// As [`Objective::points`].
    fn points(&self, _statement: usize) -> Vec<&[f32]> {
        Vec::new()
    }

    /// Whether what is asked in some statement follows from what was said in another one, as later
    /// stages of a ranking do. Such statements cannot be answered anew one by one.
    fn is_sequential(&self) -> bool {
        false
    }

    /// Whether what a statement is about is there before it is answered. A correction's second response is
    /// the answer, so that nobody can tell beforehand what it will say.
    fn is_asked(&self) -> bool {
        !self.is_sequential()
    }

    /// The statements as models of people see them; what is fitted along starts from `fitted_on`. None if
    /// their log-probabilities are no such function of returns.
    fn linear(&self, _fitted_on: &[usize]) -> Option<LinearSource> {
        None
    }

    /// Equal for statements that one model of answering is learned for, such as those about one aspect:
    /// their answers may be exchanged by [`Objective::deal`].
    fn alike(&self, _statement: usize) -> usize {
        0
    }
}

/// The [`Objective`] of a [`FiniteChoice`].
pub struct ChoiceObjective<C> {
    statements: Statements,
    kind: C,
    /// What is taken to have been said, if it is not what was.
    dealt: Option<Vec<Told>>,
}

impl<C: FiniteChoice> ChoiceObjective<C> {
    /// Joins a kind with the origins of its statements.
    pub fn new(statements: Statements, kind: C) -> Self {
        Self { statements, kind, dealt: None }
    }

    /// The kind.
    pub fn kind(&self) -> &C {
        &self.kind
    }

    /// As [`FiniteChoice::observed`], of what is taken to have been said.
    fn observed(&self, statement: usize) -> Vec<f32> {
        match &self.dealt {
            Some(dealt) => dealt[statement].observed.clone(),
            None => self.kind.observed(statement),
        }
    }

    /// What is taken to have been said.
    fn told(&self, statement: usize) -> Told {
        let value = match &self.dealt {
            Some(dealt) => dealt[statement].value,
            None => self.kind.about(statement).value,
        };
        Told { observed: self.observed(statement), value }
    }

    fn answer(&self, statement: usize) -> Answer {
        let About { value, antisymmetric, item, pair } = self.kind.about(statement);
        // What was dealt is nobody's vote for an answer.
        let (value, said) = match &self.dealt {
            Some(dealt) => (dealt[statement].value, None),
            None => (value, self.kind.said(statement)),
        };
        let origin = &self.statements.origins[statement];
        Answer {
            clusters: origin.clusters.clone(),
            observed: self.observed(statement).into_iter().map(f64::from).collect(),
            value,
            antisymmetric,
            item,
            pair,
            candidates: origin.candidates(said),
        }
    }

    /// As [`Objective::log_probabilities`], of a batch under one view.
    fn predicted(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Vec<Vec<f64>>> {
        let predicted = self.kind.predict(scorer, response, statements).log_probabilities;
        let [members, batch, outcomes] = predicted.dims();
        let logs = host(predicted);
        let of = |(position, &statement): (usize, &usize)| {
            // As many as the statement has; the others are structural zeros.
            let own = self.kind.observed(statement).len();
            (0..members)
                .map(|member| logs[(member * batch + position) * outcomes..][..own].to_vec())
                .collect()
        };
        statements.iter().enumerate().map(of).collect()
    }

    fn judge_batch(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement> {
        let prediction = self.kind.predict(scorer, response, statements);
        let [members, batch, outcomes] = prediction.log_probabilities.dims();
        let log_probabilities = host(prediction.log_probabilities);
        let values = host(prediction.value);
        let row = |member: usize, statement: usize| {
            &log_probabilities[(member * batch + statement) * outcomes..][..outcomes]
        };
        let judge = |(position, &statement): (usize, &usize)| {
            let answer = self.answer(statement);
            let log_probabilities: Vec<f64> = (0..answer.observed.len())
                .map(|outcome| log_mean_exp((0..members).map(|m| row(m, position)[outcome])))
                .collect();
            let terms = answer.observed.iter().zip(&log_probabilities);
            let log_likelihood =
                terms.map(|(&share, &log)| if share == 0.0 { 0.0 } else { share * log }).sum();
            let value = (0..members).map(|m| values[m * batch + position]).sum::<f64>();
            let predicted_value = Some(value / members as f64);
            Judgement { answer, log_likelihood, log_probabilities, predicted_value }
        };
        statements.iter().enumerate().map(judge).collect()
    }
}

impl<C: FiniteChoice> Objective for ChoiceObjective<C> {
    fn statements(&self) -> &Statements {
        &self.statements
    }

    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        self.kind.parameters(fitted_on)
    }

    fn responses(&self) -> ResponseSet {
        self.kind.responses()
    }

    fn losses(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2> {
        let origins = &self.statements.origins;
        by_view(scorer, origins, statements, |scorer, statements| {
            let predicted = self.kind.predict(scorer, response, statements).log_probabilities;
            let [_, batch, outcomes] = predicted.dims();
            let mut observed = vec![0.0; batch * outcomes];
            for (row, &statement) in observed.chunks_mut(outcomes).zip(statements) {
                let shares = self.observed(statement);
                row[..shares.len()].copy_from_slice(&shares);
            }
            cross_entropy(predicted, scorer.place.tensor(observed, [batch, outcomes]))
        })
    }

    fn judge(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement> {
        each_by_view(scorer, &self.statements.origins, statements, |scorer, batch| {
            self.judge_batch(scorer, response, batch)
        })
    }

    fn log_probabilities(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Option<Vec<Vec<Vec<f64>>>> {
        self.kind.is_asked().then(|| {
            each_by_view(scorer, &self.statements.origins, statements, |scorer, batch| {
                self.predicted(scorer, response, batch)
            })
        })
    }

    fn is_asked(&self) -> bool {
        self.kind.is_asked()
    }

    fn answers(&self, statements: &[usize]) -> Answers {
        let list = statements.iter().map(|&statement| self.answer(statement)).collect();
        Answers { responses: self.kind.responses(), list }
    }

    fn background(&self) -> &[Vec<f32>] {
        self.kind.background()
    }

    fn points(&self, statement: usize) -> Vec<&[f32]> {
        self.kind.points(statement)
    }

    fn linear(&self, fitted_on: &[usize]) -> Option<LinearSource> {
        // What was dealt is not what the kind knows.
        self.dealt.is_none().then(|| self.kind.linear(fitted_on)).flatten()
    }

    fn deal(&mut self, parts: &[Vec<usize>], rng: &mut ChaCha8Rng) -> bool {
        let given = |statement| {
            let antisymmetric = self.kind.about(statement).antisymmetric;
            (self.told(statement), (self.kind.alike(statement), antisymmetric))
        };
        let (given, about): (Vec<Told>, Vec<(usize, bool)>) =
            (0..self.statements.len()).map(given).unzip();
        let (dealt, alone) = deal(&self.kind.responses(), &given, &about, parts, rng);
        self.dealt = Some(dealt);
        self.statements.keep_alone(alone, parts)
    }

    fn draw(
        &mut self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> bool {
        if self.kind.is_sequential() {
            return false;
        }
        let mut told: Vec<Told> = (0..self.statements.len()).map(|it| self.told(it)).collect();
        for some in statements.chunks(AT_ONCE) {
            for (&statement, judged) in some.iter().zip(self.judge(scorer, response, some)) {
                let outcome = outcome(&judged.log_probabilities, rng);
                let mut observed = vec![0.0; judged.log_probabilities.len()];
                observed[outcome] = 1.0;
                let value = self.kind.value_of(statement, outcome);
                told[statement] = Told { observed, value };
            }
        }
        self.dealt = Some(told);
        true
    }
}

/// Statements that are answered at once.
const AT_ONCE: usize = 4096;

/// Values of a tensor in row-major order, as f64.
pub(crate) fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// `log(mean(exp(x)))`: an ensemble is a mixture of its members. NaN if any member says so, as a
/// diverged model must not look like a certain one.
pub(crate) fn log_mean_exp(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    if logs.clone().any(f64::is_nan) {
        return f64::NAN;
    }
    let highest = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if !highest.is_finite() {
        return highest;
    }
    let (count, sum) =
        logs.fold((0usize, 0.0), |(count, sum), log| (count + 1, sum + (log - highest).exp()));
    highest + (sum / count as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_by_hand() {
        let mixed = |logs: &[f64]| log_mean_exp(logs.iter().copied());
        assert!((mixed(&[0.25_f64.ln(), 0.75_f64.ln()]) - 0.5_f64.ln()).abs() < 1e-12);
        assert!((mixed(&[f64::NEG_INFINITY, 0.0]) - 0.5_f64.ln()).abs() < 1e-12);
        assert_eq!(mixed(&[f64::NEG_INFINITY; 2]), f64::NEG_INFINITY);
        for diverged in [&[f64::NAN, f64::NAN][..], &[f64::NAN, 0.0], &[0.0, f64::NAN]] {
            assert!(mixed(diverged).is_nan(), "{diverged:?}");
        }
    }
}
