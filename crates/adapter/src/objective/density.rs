//! Kinds of feedback whose response is a number: loss and judgement from log-densities.

use crate::objective::choice::{host, log_mean_exp};
use crate::objective::deal::{Exchange, exchanged};
use crate::objective::views::{by_view, each_by_view};
use crate::{Objective, Response, ResponseParameter, Scorer, Statements};
use burn::tensor::Tensor;
use medley_evaluation::{Answer, Answers, Judgement, ResponseSet, Said};
use rand_chacha::ChaCha8Rng;
use std::cell::RefCell;

/// What a model predicts for a batch of statements.
pub struct DensityPrediction {
    /// Of what was said, in nats per unit of the answer. `[member, batch]`
    pub log_density: Tensor<2>,
    /// The number that the answer grows with, without rationality and offsets. `[member, batch]`
    pub value: Tensor<2>,
}

/// A kind of feedback whose response is a number.
pub trait Density: Send + Sync {
    /// As [`Objective::parameters`].
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter>;

    /// What was said.
    fn observed(&self, statement: usize) -> f64;

    /// Log-density of what was said.
    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> DensityPrediction;

    /// Equal for statements about the same thing.
    fn item(&self, statement: usize) -> Option<u64>;

    /// The point that a statement is about, as [`Objective::points`].
    fn point(&self, _statement: usize) -> Option<&[f32]> {
        None
    }

    /// As [`FiniteChoice::said`](crate::FiniteChoice::said).
    fn said(&self, _statement: usize) -> Option<Said> {
        None
    }

    /// As [`FiniteChoice::alike`](crate::FiniteChoice::alike).
    fn alike(&self, _statement: usize) -> usize {
        0
    }

    /// Numbers drawn from what the model predicts for these statements, in their order, with members as
    /// one mixture; none if it cannot.
    fn drawn(
        &self,
        _scorer: &Scorer<'_>,
        _response: &Response,
        _statements: &[usize],
        _rng: &mut ChaCha8Rng,
    ) -> Option<Vec<f64>> {
        None
    }

    /// Takes a number as what was said in a statement.
    fn say(&mut self, _statement: usize, _number: f64) {}

    /// Gives each statement the answer of the one that `from` says; whether it can.
    fn exchange(&mut self, _from: &[usize]) -> bool {
        false
    }
}

/// The [`Objective`] of a [`Density`].
pub struct DensityObjective<D> {
    statements: Statements,
    kind: D,
    /// Whether answers were dealt anew, and are not what was said of a segment.
    is_dealt: bool,
}

impl<D: Density> DensityObjective<D> {
    /// Joins a kind with the origins of its statements.
    pub fn new(statements: Statements, kind: D) -> Self {
        Self { statements, kind, is_dealt: false }
    }

    fn answer(&self, statement: usize) -> Answer {
        let origin = &self.statements.origins[statement];
        let said = if self.is_dealt { None } else { self.kind.said(statement) };
        Answer {
            clusters: origin.clusters.clone(),
            observed: Vec::new(),
            value: Some(self.kind.observed(statement)),
            antisymmetric: false,
            item: self.kind.item(statement),
            pair: None,
            candidates: origin.candidates(said),
        }
    }

    fn judge_batch(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement> {
        let predicted = self.kind.predict(scorer, response, statements);
        let [members, batch] = predicted.log_density.dims();
        let (log_density, value) = (host(predicted.log_density), host(predicted.value));
        let of = |values: &[f64], position: usize| -> Vec<f64> {
            (0..members).map(|member| values[member * batch + position]).collect()
        };
        let judge = |(position, &statement): (usize, &usize)| Judgement {
            answer: self.answer(statement),
            log_likelihood: log_mean_exp(of(&log_density, position).into_iter()),
            log_probabilities: Vec::new(),
            predicted_value: Some(of(&value, position).iter().sum::<f64>() / members as f64),
        };
        statements.iter().enumerate().map(judge).collect()
    }
}

impl<D: Density> Objective for DensityObjective<D> {
    fn statements(&self) -> &Statements {
        &self.statements
    }

    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        self.kind.parameters(fitted_on)
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Density
    }

    fn losses(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2> {
        by_view(scorer, &self.statements.origins, statements, |scorer, statements| {
            self.kind.predict(scorer, response, statements).log_density.neg()
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

    /// What a number is said of is there before it is said.
    fn is_asked(&self) -> bool {
        true
    }

    fn answers(&self, statements: &[usize]) -> Answers {
        let list = statements.iter().map(|&statement| self.answer(statement)).collect();
        Answers { responses: ResponseSet::Density, list }
    }

    fn points(&self, statement: usize) -> Vec<&[f32]> {
        self.kind.point(statement).into_iter().collect()
    }

    fn deal(&mut self, parts: &[Vec<usize>], rng: &mut ChaCha8Rng) -> bool {
        let alike = |statement| self.kind.alike(statement);
        let Exchange { from, alone } = exchanged(self.statements.len(), parts, alike, rng);
        self.is_dealt = self.kind.exchange(&from);
        self.is_dealt && self.statements.keep_alone(alone, parts)
    }

    fn draw(
        &mut self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> bool {
        let (origins, rng) = (&self.statements.origins, RefCell::new(rng));
        let each = each_by_view(scorer, origins, statements, |scorer, batch| {
            match self.kind.drawn(scorer, response, batch, &mut rng.borrow_mut()) {
                Some(numbers) => numbers.into_iter().map(Some).collect(),
                None => vec![None; batch.len()],
            }
        });
        let Some(numbers) = each.into_iter().collect::<Option<Vec<f64>>>() else { return false };
        for (&statement, number) in statements.iter().zip(numbers) {
            self.kind.say(statement, number);
        }
        self.is_dealt = true;
        true
    }
}
