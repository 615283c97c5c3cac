//! The two traits of the crate: what TOML names, and what training and evaluation use.

use crate::{
    Asking, BindError, Elicited, LinearSource, Respondent, Response, ResponseParameter, Scorer,
    Selection, Statements,
};
use burn::tensor::Tensor;
use medley_evaluation::{Answers, Judgement, ResponseSet};
use rand_chacha::ChaCha8Rng;
use std::fmt::Debug;

/// How one kind of feedback is turned into a likelihood, as named in TOML:
/// `adapter.comparison = { ties = "davidson" }`.
///
/// An implementation in any linked crate is found by its name with nothing else to edit.
#[typetag::serde]
pub trait Adapter: Debug + Send + Sync {
    /// Binds to the records that `selection` selects, in all parts of the split at once. What a
    /// likelihood is about (levels of a scale, aspects, outcomes) comes from all of them; what is
    /// fitted comes from [`Objective::parameters`], which is told what to fit on.
    ///
    /// # Errors
    /// If the dataset has no such records, none survives the selection, or they do not fit the
    /// options. Single records that cannot be used are counted in [`Statements::dropped`].
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError>;

    /// Aspects that want a head of their own, given the same data.
    ///
    /// # Errors
    /// As [`Adapter::bind`].
    fn aspects(&self, _selection: &Selection<'_>) -> Result<Vec<String>, BindError> {
        Ok(Vec::new())
    }

    /// How many segments a question is about, unless it says otherwise; 0 for a point of feature space.
    fn segments_asked(&self) -> usize {
        1
    }

    /// Records of somebody who is asked these questions and answers by this adapter's likelihood, or by
    /// what it makes of that: the inverse of [`Adapter::bind`].
    ///
    /// # Errors
    /// The adapter, or one of its options, does not say how its records come about; or the questions do
    /// not fit the kind.
    fn elicit(
        &self,
        asking: &Asking<'_>,
        _respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let name = self.typetag_name();
        Err(asking.unfit(format!(
            "`adapter.{name}` does not say how its records come about, so that nobody can be simulated who \
             answers them (`Adapter::elicit`)"
        )))
    }

    /// One line for `medley list`.
    fn summary(&self) -> &'static str;
}

/// A kind of feedback bound to records: a sum of log-likelihoods over *statements*.
///
/// A statement is the unit of sampling, weighing and evaluation: usually one record, but a
/// reviewed response is one statement for each of its steps. Parts of the split are lists of
/// statements; an objective is bound once and asked about any of them.
pub trait Objective: Send + Sync {
    /// Where the statements come from, and what became none.
    fn statements(&self) -> &Statements;

    /// The response model: parameters of how people answer, learned with the reward. Their names,
    /// sizes and meaning are the same whatever is fitted on; where they start is estimated from
    /// `fitted_on` alone.
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter>;

    /// What the response set of a statement is.
    fn responses(&self) -> ResponseSet;

    /// Negative log-likelihood of statements, in nats, neither weighed nor reduced.
    ///
    /// # Shapes
    /// `[member, batch]`, one column for each of `statements` in their order.
    fn losses(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2>;

    /// Log-likelihoods of statements in nats, in their order. Members of an ensemble are one
    /// mixture: their probabilities are averaged.
    fn log_likelihoods(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<f64> {
        let judged = self.judge(scorer, response, statements);
        judged.into_iter().map(|judgement| judgement.log_likelihood).collect()
    }

    /// What the model says about statements and what people said, in the order of `statements`,
    /// members mixed as in [`Objective::log_likelihoods`].
    fn judge(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement>;

    /// What each member predicts for statements, in their order, without a look at what was said: what a
    /// question is worth before it is asked. None if that cannot be told: where answers are numbers, or
    /// what is asked follows from an answer.
    ///
    /// # Shapes
    /// `[statement][member][outcome]`, log-probabilities in nats.
    fn log_probabilities(
        &self,
        _scorer: &Scorer<'_>,
        _response: &Response,
        _statements: &[usize],
    ) -> Option<Vec<Vec<Vec<f64>>>> {
        None
    }

    /// Whether what statements are about, and how many there are of a record, is there before anybody
    /// answers. Then a question may be chosen by it.
    fn is_asked(&self) -> bool {
        false
    }

    /// What people said in `statements`, which no model is needed to know.
    fn answers(&self, statements: &[usize]) -> Answers;

    /// The statements as models of people see them, in order; what is fitted along starts from
    /// `fitted_on`. None where log-probabilities are no function of sums of returns.
    fn linear(&self, _fitted_on: &[usize]) -> Option<LinearSource> {
        None
    }

    /// Points of the model's feature space that a statement is about, if it is about some, and not
    /// about segments alone. Then only a model of these features can be asked, and baselines on other
    /// features are left out.
    fn points(&self, _statement: usize) -> Vec<&[f32]> {
        Vec::new()
    }

    /// Points of the model's feature space that every statement reads, such as all states of a world
    /// that a person plans in. As with [`Objective::points`], only a model of these features can be
    /// asked.
    fn background(&self) -> &[Vec<f32>] {
        &[]
    }

    /// Deals answers anew among the statements of each of `parts`, so that they say nothing of any
    /// reward but are given as often; whether it can. A control. Where parameters start may still follow
    /// from what was said.
    fn deal(&mut self, _parts: &[Vec<usize>], _rng: &mut ChaCha8Rng) -> bool {
        false
    }

    /// Puts answers in the place of what was said in `statements`, drawn from what the model predicts:
    /// what people would say whose rewards and parameters these are. Members of an ensemble are one
    /// mixture. Whether it can: not where what is asked in one statement follows from what was said in
    /// another.
    fn draw(
        &mut self,
        _scorer: &Scorer<'_>,
        _response: &Response,
        _statements: &[usize],
        _rng: &mut ChaCha8Rng,
    ) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::{World, checked, control};
    use crate::{Adapter, CorrectedSteps, Correction, Critique, Rating, Stop};
    use medley_encoder::Features;
    use medley_feedback::{self as feedback, Polarity, Provenance, Record, Scale};

    #[test]
    fn kinds_are_named_as_their_records() {
        let kinds = [
            feedback::Approval::KIND,
            feedback::Comparison::KIND,
            feedback::Correction::KIND,
            feedback::Critique::KIND,
            feedback::Demonstration::KIND,
            feedback::Description::KIND,
            feedback::Ranking::KIND,
            feedback::Rating::KIND,
            feedback::Stop::KIND,
        ];
        for kind in kinds {
            let parse = |text: String| toml::from_str::<Box<dyn Adapter>>(&text);
            let adapter = parse(format!("{kind} = {{}}")).unwrap();
            assert!(!adapter.summary().is_empty());
            let written = toml::to_string(&adapter).unwrap();
            assert_eq!(format!("{:?}", parse(written).unwrap()), format!("{adapter:?}"));
            let error = parse(format!("{kind} = {{ thresold = 1 }}")).unwrap_err().to_string();
            assert!(error.contains("unknown field `thresold`"), "{kind}: {error}");
        }
    }

    #[test]
    fn options_are_read_as_documented() {
        let all = r#"rating = { model = "gaussian", cutpoints = "shared", sd = 0.5 }
            |rating = { cutpoints = "per-annotator", aspect-heads = true }
            |rating = { aspect = "helpfulness" }
            |approval = { threshold = "per-annotator" }
            |comparison = { position-bias = "per-annotator", tie = "per-annotator" }
            |ranking = { rationality = "per-annotator", stages = "differ" }
            |demonstration = { choice-set = "sampled", likelihood = "pair", samples = 4 }
            |correction = { steps = "all", margin = 0.5 }
            |critique = { unit = "span", silence = "ignore", aspect-heads = true, severity = true }
            |description = { sd = "learned" }
            |stop = { discount = 0.5, reference = 0.0 }"#;
        for text in all.split('|') {
            toml::from_str::<Box<dyn Adapter>>(text.trim()).unwrap();
        }
    }

    /// The examples of `docs/feedback` as a user would paste them.
    #[test]
    fn documented_examples_are_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/feedback");
        let mut pages: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
        pages.sort();
        assert_eq!(pages.len(), 9, "{pages:?}");
        for page in pages {
            let text = std::fs::read_to_string(&page).unwrap();
            let (_, rest) = text.split_once("```toml\n").unwrap();
            let (example, _) = rest.split_once("```").unwrap();
            let example: toml::Table = toml::from_str(example).unwrap();
            for (name, source) in example["feedback"].as_table().unwrap() {
                let adapter = source["adapter"].as_table().unwrap();
                let kind = page.file_stem().unwrap().to_str().unwrap();
                assert!(adapter.contains_key(kind), "{kind}: {adapter:?}");
                let read = toml::from_str::<Box<dyn Adapter>>(&adapter.to_string());
                read.unwrap_or_else(|error| panic!("{kind}, {name}: {error}"));
            }
        }
    }

    /// Where a parameter starts follows from what may be fitted on; what it is does not.
    #[test]
    fn starts_follow_from_what_is_fitted_on_and_nothing_else() {
        let mut builder = control(&[("a", "e", &[0.5, 1.0, 2.0]), ("b", "f", &[-1.0])]);
        let rating = |segment: &str, value| feedback::Rating {
            segment: segment.into(),
            value,
            scale: Scale { low: 1.0, high: 3.0, levels: Some(3) },
            aspect: None,
            reason: None,
            provenance: crate::fixture::by(segment),
        };
        builder.insert(checked(vec![rating("a", 1.0), rating("b", 3.0)]));
        let remark = |segment: &str, polarity, first_step: Option<u32>| feedback::Critique {
            first_step,
            end_step: first_step.map(|step| step + 1),
            ..feedback::Critique::new(segment.into(), polarity)
        };
        builder.insert(checked(vec![
            remark("a", Polarity::Negative, Some(1)),
            remark("b", Polarity::Positive, None),
        ]));
        let stop = |segment: &str, step| feedback::Stop {
            segment: segment.into(),
            step,
            provenance: Provenance::default(),
        };
        builder.insert(checked(vec![stop("a", Some(2)), stop("b", None)]));
        let world = World::new(builder);
        let gaussian = Rating { model: crate::RatingModel::Gaussian, ..Rating::default() };
        let adapters: [&dyn Adapter; 4] =
            [&Rating::default(), &gaussian, &Critique::default(), &Stop::default()];
        for adapter in adapters {
            let objective = world.bind(adapter);
            let last = objective.statements().len() - 1;
            let [one, other] = [0, last].map(|only| objective.parameters(&[only]));
            assert_ne!(one, other, "{adapter:?}");
            let shapes = |parameters: Vec<crate::ResponseParameter>| {
                let shape = |p: crate::ResponseParameter| (p.name, p.initial.len(), p.role);
                parameters.into_iter().map(shape).collect::<Vec<_>>()
            };
            assert_eq!(shapes(one), shapes(other), "{adapter:?}");
        }
    }

    /// One vector for a whole segment cannot tell its steps apart.
    #[test]
    fn feedback_about_steps_needs_features_of_steps() {
        let mut builder = control(&[("a", "e", &[0.5, 1.0]), ("b", "e", &[-1.0])]);
        let remark = |segment: &str, polarity, step: Option<u32>| feedback::Critique {
            first_step: step,
            end_step: step.map(|step| step + 1),
            ..feedback::Critique::new(segment.into(), polarity)
        };
        builder.insert(checked(vec![
            remark("a", Polarity::Negative, Some(1)),
            remark("b", Polarity::Positive, Some(0)),
        ]));
        let provenance = Provenance::default();
        let stop = feedback::Stop { segment: "a".into(), step: Some(0), provenance };
        builder.insert(checked(vec![stop]));
        let edit = feedback::Correction {
            changed_original: Some(vec![0]),
            changed_corrected: Some(vec![0]),
            original: "a".into(),
            corrected: "b".into(),
            reason: None,
            provenance: Provenance::default(),
        };
        builder.insert(checked(vec![edit]));
        let mut world = World::new(builder);
        world.features = Features::new(vec!["x".into()], vec![1.0, 2.0], vec![0..1, 1..2]);
        for adapter in [&Critique::default() as &dyn Adapter, &Stop::default()] {
            let said = world.refusal(adapter);
            let expected = "single steps of segment `a`, which has 2, but the encoder gives 1 row";
            assert!(said.contains(expected), "{said}");
        }
        let said = world.refusal(&Correction::default());
        assert!(said.contains("or use `steps = \"all\"`"), "{said}");
        let whole = Correction { steps: CorrectedSteps::All, ..Correction::default() };
        assert_eq!(world.bind(&whole).statements().len(), 1);
    }
}
