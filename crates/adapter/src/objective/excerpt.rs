//! Some statements of an objective, and no way to the others.

use crate::{Objective, Prior, RATIONALITY, Response, ResponseParameter, Scorer, Statements};
use burn::tensor::Tensor;
use medley_evaluation::{Answers, Judgement, ResponseSet};
use std::sync::Arc;

/// Some statements of an objective, numbered from 0 in the order in which they are given: a number
/// beyond them names nothing, and panics. Whoever holds an excerpt of what may be learned from cannot
/// look at the test part.
///
/// What records became no statement is known of the whole, and said by each excerpt alike.
pub struct Excerpt {
    whole: Arc<dyn Objective>,
    /// Number in the whole, by number here.
    kept: Vec<usize>,
    statements: Statements,
    /// Logarithm of the rationality that is known of it.
    log_rationality: Option<f32>,
}

impl Excerpt {
    /// The statements `kept` of `whole`, by their numbers there.
    pub fn new(whole: Arc<dyn Objective>, kept: Vec<usize>) -> Self {
        let Statements { origins, dropped, notes } = whole.statements();
        let origins = kept.iter().map(|&statement| origins[statement].clone()).collect();
        let statements = Statements { origins, dropped: dropped.clone(), notes: notes.clone() };
        Self { whole, kept, statements, log_rationality: None }
    }

    /// The same where answers are known to follow returns so closely: rationality starts there and is
    /// shrunk to it, and stays there where the mixing learns none.
    pub fn with_rationality(self, rationality: f64) -> Self {
        Self { log_rationality: Some(rationality.ln() as f32), ..self }
    }

    fn in_whole(&self, statements: &[usize]) -> Vec<usize> {
        statements.iter().map(|&statement| self.kept[statement]).collect()
    }
}

impl Objective for Excerpt {
    fn statements(&self) -> &Statements {
        &self.statements
    }

    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mut parameters = self.whole.parameters(&self.in_whole(fitted_on));
        if let Some(known) = self.log_rationality {
            let named = parameters.iter_mut().filter(|parameter| parameter.name == RATIONALITY);
            for parameter in named {
                parameter.initial.fill(known);
                parameter.prior = parameter.prior.map(|prior| Prior { mean: known, ..prior });
            }
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        self.whole.responses()
    }

    fn losses(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2> {
        self.whole.losses(scorer, response, &self.in_whole(statements))
    }

    fn log_likelihoods(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<f64> {
        self.whole.log_likelihoods(scorer, response, &self.in_whole(statements))
    }

    fn judge(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement> {
        self.whole.judge(scorer, response, &self.in_whole(statements))
    }

    fn log_probabilities(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Option<Vec<Vec<Vec<f64>>>> {
        self.whole.log_probabilities(scorer, response, &self.in_whole(statements))
    }

    fn is_asked(&self) -> bool {
        self.whole.is_asked()
    }

    fn answers(&self, statements: &[usize]) -> Answers {
        self.whole.answers(&self.in_whole(statements))
    }

    fn points(&self, statement: usize) -> Vec<&[f32]> {
        self.whole.points(self.kept[statement])
    }

    fn background(&self) -> &[Vec<f32>] {
        self.whole.background()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Comparison;
    use crate::fixture::{World, checked, control};
    use medley_feedback as feedback;

    fn three() -> Arc<dyn Objective> {
        let mut builder =
            control(&[("a", "e", &[0.5, 1.0]), ("b", "f", &[-1.0]), ("c", "g", &[0.0])]);
        let said =
            |first: &str, second: &str| feedback::Comparison::new(first.into(), second.into(), 1.0);
        builder.insert(checked(vec![said("a", "b"), said("b", "c"), said("c", "a")]));
        Arc::from(World::new(builder).bind(&Comparison::default()))
    }

    #[test]
    fn an_excerpt_numbers_its_own_statements() {
        let whole = three();
        let some = Excerpt::new(whole.clone(), vec![0, 2]);
        assert_eq!(some.statements().len(), 2);
        assert_eq!(some.statements().origins[1], whole.statements().origins[2]);
        assert_eq!(some.answers(&[1]).list, whole.answers(&[2]).list);
        assert_eq!(some.parameters(&[0, 1]), whole.parameters(&[0, 2]));
        assert_eq!(some.points(1), whole.points(2));
    }

    #[test]
    fn a_known_rationality_is_where_it_starts_and_is_shrunk_to() {
        let some = Excerpt::new(three(), vec![0, 2]).with_rationality(5.0);
        let parameters = some.parameters(&[0]);
        let found = parameters.iter().find(|parameter| parameter.name == RATIONALITY).unwrap();
        assert_eq!(found.initial, [5.0f32.ln()]);
        assert_eq!(found.prior.unwrap().mean, 5.0f32.ln());
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn the_others_cannot_be_reached() {
        Excerpt::new(three(), vec![0, 2]).answers(&[2]);
    }
}
