//! A comparison adapter of one page, sound or with one defect.

mod defect;
mod likelihood;
mod marked;

pub use defect::{Copied, DEFECTS};
pub use marked::Marked;

use burn::tensor::{Tensor, TensorData};
use likelihood::{Asked, Bound, THRESHOLD};
use medley_adapter::{
    Adapter, Asking, BindError, ChoiceObjective, Elicited, Objective, Origin, Outcomes,
    RATIONALITY, Reply, Respondent, Response, ResponseParameter, Scorer, Select, Selection,
    Statements,
};
use medley_dataset::Part;
use medley_evaluation::{Answers, Judgement, ResponseSet};
use medley_feedback as feedback;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicU32;

#[typetag::serde(name = "copied")]
impl Adapter for Copied {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let (everything, mut read) = (Select::default(), *selection);
        match self {
            Self::IgnoresPart => read.partition = None,
            Self::IgnoresSelect => read.select = &everything,
            _ => {}
        }
        let records = read.records::<feedback::Comparison>()?;
        let dropped = records.dropped.clone();
        let mut statements = Statements { dropped, ..Statements::default() };
        let (mut asked, mut seen) = (Vec::new(), BTreeSet::new());
        let list: Vec<_> = records.iter().collect();
        for place in 0..list.len() {
            let again = *self == Self::TwiceInPlaceOfAnother && place == 1;
            let (record, origin) = list[if again { 0 } else { place }];
            let [first, second] = [0, 1].map(|side| origin.segments[side] as usize);
            let won = match record.preference {
                _ if record.tie == 1.0 => 1,
                preference if (preference > 0.5) != (*self == Self::InvertedLabels) => 0,
                _ => 2,
            };
            let times = match self {
                Self::Deduplication if !seen.insert(first) => 0,
                Self::CountedTwice if place == 0 => 2,
                _ => 1,
            };
            for _ in 0..times {
                asked.push(Asked { sides: [first, second], won });
                let number = statements.origins.len() as u32;
                statements.origins.push(self.origin(origin, number));
            }
        }
        let kind = Bound { defect: *self, asked, calls: AtomicU32::new(0) };
        Ok(Box::new(Objection { defect: *self, inner: ChoiceObjective::new(statements, kind) }))
    }

    fn segments_asked(&self) -> usize {
        2
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let sides = |origin: &Origin| [0, 1].map(|side| origin.segments[side] as usize);
        let asked =
            asking.origins(2..=2)?.into_iter().map(|one| Asked { sides: sides(&one), won: 0 });
        let kind = Bound { defect: *self, asked: asked.collect(), calls: AtomicU32::new(0) };
        let leans = match self {
            Self::OutcomesInAnotherOrder => [0.0, 1.0, -1.0],
            _ => [1.0, 0.0, -1.0],
        };
        let replies = asking.replies(&kind, respondent, |_| Outcomes::Sides(&leans))?;
        let records = asking.queries.iter().zip(replies).map(|(query, reply)| {
            let Reply::Outcome(outcome) = reply else { return None };
            let lean = match self {
                Self::WritesTheOtherSide => -leans[outcome],
                _ => leans[outcome],
            };
            let [first, second] = [0, 1].map(|place| asking.id(query, place));
            let record = feedback::Comparison::new(first, second, 0.5 + lean / 2.0);
            let tie = if lean == 0.0 { 1.0 } else { 0.0 };
            Some(feedback::Comparison { tie, provenance: query.provenance.clone(), ..record })
        });
        self.elicited(records.collect()).map_err(Into::into)
    }

    fn summary(&self) -> &'static str {
        "a copy under test"
    }
}

impl Copied {
    /// What is handed on of the records of all questions.
    fn elicited(
        self,
        mut records: Vec<Option<feedback::Comparison>>,
    ) -> Result<Elicited, feedback::RecordError> {
        match self {
            Self::LosesTheLastQuestions => records.truncate(records.len() * 3 / 4),
            Self::AnswersAnotherTwice => records[0] = records[1].clone(),
            Self::LosesSilence => records.retain(Option::is_some),
            _ => {}
        }
        Elicited::new(records)
    }

    fn origin(self, origin: &Origin, number: u32) -> Origin {
        let mut origin = origin.clone();
        match self {
            Self::WrongPart => origin.part = origin.part.map(|_| Part::Train),
            Self::Anonymous => origin.person = None,
            Self::ClustersEmpty => origin.clusters.clear(),
            Self::ClustersEach => origin.clusters = vec![number],
            Self::ClustersOfFirst => origin.clusters.truncate(1),
            Self::NoSegments => origin.segments.clear(),
            Self::MoreSegments => origin.segments.push((origin.segments[0] + 3) % 12),
            _ => {}
        }
        origin
    }
}

/// Defects outside of the distribution.
struct Objection {
    defect: Copied,
    inner: ChoiceObjective<Bound>,
}

impl Objective for Objection {
    fn statements(&self) -> &Statements {
        self.inner.statements()
    }

    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        self.inner.parameters(fitted_on)
    }

    fn responses(&self) -> ResponseSet {
        self.inner.responses()
    }

    fn losses(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2> {
        let losses = self.inner.losses(scorer, response, statements);
        let [member, batch] = losses.dims();
        match self.defect {
            // A margin of shape `[batch]` meets rewards of shape `[batch, 1]`.
            Copied::MarginBroadcast => losses.repeat_dim(1, batch),
            Copied::BatchMean => losses.mean_dim(1).expand([member, batch]),
            Copied::NeighboursSummed => {
                let next: Vec<i32> = (0..batch).map(|i| ((i + 1) % batch) as i32).collect();
                let next = Tensor::from_data(TensorData::new(next, [batch]), &losses.device());
                losses.clone() + losses.select(1, next)
            }
            Copied::HalfLoss => losses.mul_scalar(0.5),
            _ => losses,
        }
    }

    fn judge(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement> {
        if self.defect != Copied::OtherJudgement {
            return self.inner.judge(scorer, response, statements);
        }
        // Forgets the rationality that the loss has.
        let threshold = response.get(THRESHOLD);
        let one = (RATIONALITY.to_owned(), response.get(RATIONALITY).zeros_like());
        let forgetful = Response::new([one, (THRESHOLD.to_owned(), threshold)]);
        self.inner.judge(scorer, &forgetful, statements)
    }

    fn answers(&self, statements: &[usize]) -> Answers {
        let mut answers = self.inner.answers(statements);
        if self.defect == Copied::OtherAnswers {
            answers.list.iter_mut().for_each(|answer| answer.observed.reverse());
        }
        answers
    }

    fn deal(&mut self, parts: &[Vec<usize>], rng: &mut ChaCha8Rng) -> bool {
        self.defect == Copied::DealsNothing || self.inner.deal(parts, rng)
    }

    fn draw(
        &mut self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> bool {
        let mut draw = |response: &Response, rng: &mut ChaCha8Rng| {
            self.inner.draw(scorer, response, statements, rng)
        };
        match self.defect {
            Copied::DrawsNothing => true,
            Copied::DrawsTheSame => draw(response, &mut ChaCha8Rng::seed_from_u64(1)),
            // Of people whose answers follow returns not at all.
            Copied::DrawsUnrelated => {
                let none = response.get(RATIONALITY).zeros_like().sub_scalar(30.0);
                let threshold = response.get(THRESHOLD);
                let deaf = [(RATIONALITY.to_owned(), none), (THRESHOLD.to_owned(), threshold)];
                draw(&Response::new(deaf), rng)
            }
            _ => draw(response, rng),
        }
    }
}
