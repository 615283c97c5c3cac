//! Defects of other projects (multi-type-feedback, RLHF-Blender, ms-swift, APReL, OpenRLHF and
//! reward models scored with padding), each injected into a copy of an adapter: the conformance
//! suite catches every one, by the law that should.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Tensor, activation::sigmoid};
use medley_adapter::conformance::{Fixture, Law, Truth, check, world};
use medley_adapter::{
    Adapter, BindError, Objective, Response, ResponseParameter, Scorer, Selection, Statements,
};
use medley_dataset::Dataset;
use medley_evaluation::{Answer, Answers, Judgement, ResponseSet};
use medley_feedback::{self as feedback, Checked, Record};
use medley_reward_model::Returns;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A comparison adapter of one page: Bradley-Terry on hard labels, sound or with one defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Copied {
    Sound,
    /// Rewards are averaged over the padded length (multi-type-feedback sums over it).
    UnmaskedPadding,
    /// The answer is read the wrong way round (RLHF-Blender's descriptive preferences).
    InvertedLabels,
    /// Records with the same first segment count as one (RLHF-Blender's translator).
    Deduplication,
    /// Returns are centred on the mean of their batch (scores that depend on the batch size).
    BatchCentring,
    /// A margin of shape `[batch]` meets rewards of shape `[batch, 1]` (ms-swift 9927).
    MarginBroadcast,
    /// The log of a sigmoid.
    LogOfSigmoid,
    /// `log(1 + exp(-d))` (APReL, OpenRLHF's log-exp loss).
    LogOneExp,
    /// The loss sums the whole batch into one logit (RLHFlow's ODIN port).
    SummedBatch,
    /// The return of the chosen side without a normalizer (APReL's demonstrations).
    Unnormalized,
    /// The judgement forgets the rationality that the loss has.
    OtherJudgement,
}

struct Objection {
    defect: Copied,
    /// Segments and whether the first is preferred.
    pairs: Vec<(usize, usize, bool)>,
    statements: Statements,
}

#[typetag::serde(name = "copied")]
impl Adapter for Copied {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Comparison>()?;
        let mut seen = BTreeSet::new();
        let mut statements =
            Statements { dropped: records.dropped.clone(), ..Statements::default() };
        let mut pairs = Vec::new();
        for (record, origin) in records.iter() {
            let [first, second] = [0, 1].map(|side| origin.segments[side] as usize);
            if *self != Self::Deduplication || seen.insert(first) {
                pairs.push((first, second, record.preference > 0.5));
                statements.origins.push(origin.clone());
            }
        }
        Ok(Box::new(Objection { defect: *self, pairs, statements }))
    }

    fn summary(&self) -> &'static str {
        "a copy under test"
    }
}

impl Objection {
    /// Return of the preferred side less that of the other, `[member, batch]`.
    fn gain(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2> {
        let side = |better: bool| -> Vec<usize> {
            let segment = |&(first, second, first_is_better): &(usize, usize, bool)| {
                if first_is_better == better { first } else { second }
            };
            statements.iter().map(|&statement| segment(&self.pairs[statement])).collect()
        };
        let segments: Vec<usize> = side(true).into_iter().chain(side(false)).collect();
        let returns = match self.defect {
            Copied::UnmaskedPadding => {
                let (rewards, _) = scorer.rewards(&segments);
                let [member, batch, _] = rewards.dims();
                rewards.mean_dim(2).reshape([member, batch])
            }
            _ => scorer.returns(&segments),
        };
        let [member, both] = returns.dims();
        let batch = both / 2;
        let better = returns.clone().slice([0..member, 0..batch]);
        let worse = returns.slice([0..member, batch..both]);
        let gain = (better - worse) * response.rationality();
        match self.defect {
            Copied::InvertedLabels => gain.neg(),
            Copied::BatchCentring => gain.clone() - gain.mean_dim(1),
            Copied::SummedBatch => gain.clone().sum_dim(1).expand([member, batch]),
            _ => gain,
        }
    }
}

impl Objective for Objection {
    fn statements(&self) -> &Statements {
        &self.statements
    }

    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        vec![ResponseParameter::rationality()]
    }

    fn losses(&self, scorer: &Scorer<'_>, response: &Response, statements: &[usize]) -> Tensor<2> {
        let gain = self.gain(scorer, response, statements);
        match self.defect {
            Copied::LogOfSigmoid => sigmoid(gain).log().neg(),
            Copied::LogOneExp => gain.neg().exp().add_scalar(1.0).log(),
            Copied::Unnormalized => gain.neg(),
            Copied::MarginBroadcast => {
                let [member, batch] = gain.dims();
                let margin: Tensor<3> = gain.zeros_like().reshape([member, 1, batch]);
                let mixed = gain.reshape([member, batch, 1]) - margin; // [member, batch, batch]
                log_sigmoid(mixed).mean_dim(2).reshape([member, batch]).neg().repeat_dim(1, batch)
            }
            _ => log_sigmoid(gain).neg(),
        }
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Exchangeable
    }

    fn judge(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Vec<Judgement> {
        let gain = match self.defect {
            Copied::OtherJudgement => self.gain(scorer, response, statements) * 0.5,
            _ => self.gain(scorer, response, statements),
        };
        let [members, batch] = gain.dims();
        let gains: Vec<f64> = gain.into_data().iter::<f64>().collect();
        let answers = self.answers(statements).list;
        answers
            .into_iter()
            .enumerate()
            .map(|(i, answer)| {
                let better = |m: usize| 1.0 / (1.0 + (-gains[m * batch + i]).exp());
                let p = (0..members).map(better).sum::<f64>() / members as f64;
                Judgement {
                    answer,
                    log_likelihood: p.ln(),
                    log_probabilities: vec![p.ln(), (1.0 - p).ln()],
                    predicted_value: None,
                }
            })
            .collect()
    }

    fn answers(&self, statements: &[usize]) -> Answers {
        let answer = |&statement: &usize| Answer {
            clusters: self.statements.origins[statement].clusters.clone(),
            observed: vec![1.0, 0.0],
            value: None,
            antisymmetric: false,
            item: None,
            pair: None,
        };
        let list = statements.iter().map(answer).collect();
        Answers { responses: ResponseSet::Exchangeable, list }
    }
}

fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    burn::tensor::activation::log_sigmoid(x)
}

fn answer(first: usize, second: usize, preference: f64) -> feedback::Comparison {
    let (a, b) = (format!("s{first}"), format!("s{second}"));
    feedback::Comparison::new(a.as_str().into(), b.as_str().into(), preference)
}

fn with<R: Record>(base: &Dataset, records: Vec<R>) -> Dataset {
    let mut dataset = base.clone();
    let checked = records.into_iter().map(|record| Checked::new(record).unwrap()).collect();
    dataset.insert(checked).unwrap();
    dataset
}

fn simulate(truth: &Truth, rng: &mut ChaCha8Rng) -> Dataset {
    let records = (0..400).map(|i| {
        let (first, second) = (i % 60, (i + 1 + rng.random_range(0..59)) % 60);
        let p = 1.0 / (1.0 + (-3.0 * (truth.mean(first) - truth.mean(second))).exp());
        answer(first, second, f64::from(u8::from(rng.random::<f64>() < p)))
    });
    with(&truth.dataset, records.collect())
}

fn fixture() -> Fixture {
    let base = world(12, 1).unwrap();
    let said = [(0, 1, 1.0), (0, 2, 0.0), (4, 1, 1.0), (5, 6, 0.0), (7, 3, 1.0), (8, 10, 0.0)];
    let records = |mirror: bool| -> Vec<feedback::Comparison> {
        let one = |&(a, b, p): &(usize, usize, f64)| {
            if mirror { answer(b, a, 1.0 - p) } else { answer(a, b, p) }
        };
        said.iter().map(one).collect()
    };
    let extended = |p: f64| {
        let records = records(false).into_iter().chain([answer(9, 11, p)]);
        with(&base, records.collect())
    };
    Fixture {
        responses: vec![extended(1.0), extended(0.0)],
        mirrored: Some(with(&base, records(true))),
        shift_invariant: true,
        simulate: Some(simulate),
        ..Fixture::new(with(&base, records(false)), 6, Device::flex())
    }
}

#[test]
fn the_sound_copy_keeps_every_law() {
    let report =
        check(&Copied::Sound, &fixture()).map_err(|failures| failures.to_string()).unwrap();
    assert_eq!(report.held.len(), 10);
    assert_eq!(report.skipped, []);
}

#[test]
fn every_defect_is_caught_by_its_law() {
    let expected = [
        (Copied::UnmaskedPadding, Law::Batch),
        (Copied::InvertedLabels, Law::Recovery),
        (Copied::Deduplication, Law::Coverage),
        (Copied::BatchCentring, Law::Batch),
        (Copied::MarginBroadcast, Law::Shape),
        (Copied::LogOfSigmoid, Law::Finiteness),
        (Copied::LogOneExp, Law::Finiteness),
        (Copied::SummedBatch, Law::Batch),
        (Copied::Unnormalized, Law::Normalization),
        (Copied::OtherJudgement, Law::Judgement),
    ];
    for (defect, law) in expected {
        let failures = check(&defect, &fixture()).expect_err(&format!("{defect:?} is not caught"));
        assert!(failures.broke(law), "{defect:?} should break {law:?}, and broke:\n{failures}");
    }
}

/// A sum over padded steps only shows under a model that gives them a reward; a mean over the
/// padded length shows under any.
#[test]
fn a_sound_copy_keeps_the_laws_under_every_return() {
    for returns in [Returns::Sum, Returns::Discounted(0.9)] {
        // Sums of segments of unequal length move with a shift.
        let sum = Fixture { returns, shift_invariant: false, ..fixture() };
        check(&Copied::Sound, &sum).map_err(|failures| failures.to_string()).unwrap();
    }
}
