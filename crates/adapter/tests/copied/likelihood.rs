//! The likelihood of the copy: Rao and Kupper's ties with threshold `exp(t)`.

use super::defect::Copied;
use burn::tensor::Tensor;
use burn::tensor::activation::{log_sigmoid, log_softmax, sigmoid};
use medley_adapter::{
    About, FiniteChoice, Prediction, Response, ResponseParameter, Scorer, SegmentSpan, item,
};
use medley_evaluation::{ResponseSet, Side};
use medley_reward_model::Span;
use std::sync::atomic::{AtomicU32, Ordering};

/// Two segments, and who won: the first, neither, the second.
pub struct Asked {
    pub sides: [usize; 2],
    pub won: usize,
}

pub struct Bound {
    pub defect: Copied,
    pub asked: Vec<Asked>,
    pub calls: AtomicU32,
}

pub const THRESHOLD: &str = "log-threshold";

impl Bound {
    fn returns(&self, scorer: &Scorer<'_>, segments: &[usize]) -> Tensor<2> {
        let first = |&segment| SegmentSpan { segment, span: Span::Alone(&[0]) };
        let returns = match self.defect {
            Copied::UnmaskedPadding => {
                let (rewards, _) = scorer.rewards(segments);
                let [member, batch, _] = rewards.dims();
                rewards.mean_dim(2).reshape([member, batch])
            }
            Copied::FirstStepOnly => {
                scorer.span_returns(&segments.iter().map(first).collect::<Vec<_>>())
            }
            _ => scorer.returns(segments),
        };
        let [member, batch] = returns.dims();
        match self.defect {
            Copied::MemberOneForAll => returns.narrow(0, 0, 1).expand([member, batch]),
            _ => returns,
        }
    }

    /// Return of the first less that of the second, `[member, batch]`.
    fn gain(&self, scorer: &Scorer<'_>, statements: &[usize]) -> Tensor<2> {
        let side = |side: usize| statements.iter().map(move |&s| self.asked[s].sides[side]);
        let returns = self.returns(scorer, &side(0).chain(side(1)).collect::<Vec<_>>());
        let batch = statements.len();
        let [first, second] = [0, batch].map(|from| returns.clone().narrow(1, from, batch));
        let numbers = |of: &dyn Fn(usize) -> f32| {
            scorer.place.tensor((0..batch).map(of).collect(), [1, batch])
        };
        let calls = self.calls.fetch_add(1, Ordering::Relaxed) as f32;
        match self.defect {
            Copied::OneSideIgnored => first,
            Copied::FirstCountsMore => first.mul_scalar(1.25) - second,
            Copied::DetachSecond => first - second.detach(),
            Copied::DetachAll => (first - second).detach(),
            Copied::BatchCentring => {
                let gain = first - second;
                gain.clone() - gain.mean_dim(1)
            }
            Copied::PositionInBatch => first - second + numbers(&|i| 0.1 * i as f32),
            Copied::StatementNumber => first - second + numbers(&|i| 0.1 * statements[i] as f32),
            Copied::LabelLeak => {
                first - second + numbers(&|i| 0.5 - 0.5 * self.asked[statements[i]].won as f32)
            }
            Copied::Stateful => first - second + numbers(&|_| 0.01 * calls),
            _ => first - second,
        }
    }

    /// `[first, tie, second]`
    fn outcomes(&self, gain: Tensor<2>, threshold: Tensor<2>) -> Tensor<3> {
        let gain_of = |x: Tensor<2>| match self.defect {
            Copied::LogOfSigmoid => sigmoid(x).log(),
            Copied::LogOneExp => x.neg().exp().add_scalar(1.0).log().neg(),
            Copied::Unnormalized => x,
            _ => log_sigmoid(x),
        };
        let within = threshold.clone().mul_scalar(-2.0).exp().neg().add_scalar(1.0).log();
        let first = gain_of(gain.clone() - threshold.clone());
        let second = gain_of(gain.clone().neg() - threshold.clone());
        let tie = gain_of(threshold.clone() - gain.clone()) + gain_of(threshold + gain) + within;
        let second = match self.defect {
            Copied::OneSideFree => second.zeros_like(),
            _ => second,
        };
        match self.defect {
            Copied::OutcomesInAnotherOrder => Tensor::stack::<3>(vec![tie, first, second], 2),
            Copied::NormalizedOverBatch => {
                log_softmax(Tensor::stack::<3>(vec![first, tie, second], 2), 1)
            }
            _ => Tensor::stack::<3>(vec![first, tie, second], 2),
        }
    }
}

impl FiniteChoice for Bound {
    fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let all: Vec<usize> = (0..self.asked.len()).collect();
        let fitted_on = match self.defect {
            Copied::StartsFromAll => &all,
            Copied::BorrowsWhereFew if fitted_on.len() < 2 => &all,
            _ => fitted_on,
        };
        let ties = fitted_on.iter().filter(|&&statement| self.asked[statement].won == 1).count();
        let share = (ties as f32 + 0.5) / (fitted_on.len() as f32 + 1.0);
        let start = vec![(share / 2.0).ln()];
        let threshold = match self.defect {
            Copied::NoPriors | Copied::FreeThreshold => ResponseParameter::free(THRESHOLD, start),
            Copied::SizedByFit => {
                ResponseParameter::shrunk(THRESHOLD, start.repeat(1 + fitted_on.len()), 0.0, 2.0)
            }
            _ => ResponseParameter::shrunk(THRESHOLD, start, 0.0, 2.0),
        };
        let mut rationality = ResponseParameter::rationality();
        if self.defect == Copied::NoPriors {
            rationality.prior = None;
        }
        vec![rationality, threshold]
    }

    fn responses(&self) -> ResponseSet {
        let [first, second] = [Side::First { grade: 1 }, Side::Second { grade: 1 }];
        match self.defect {
            Copied::Exchangeable => ResponseSet::Exchangeable,
            Copied::Labelled => {
                ResponseSet::Labelled(["first", "tie", "second"].map(str::to_owned).to_vec())
            }
            Copied::SidesInAnotherOrder => ResponseSet::Sides(vec![second, Side::Tie, first]),
            Copied::OutcomesInAnotherOrder => ResponseSet::Sides(vec![Side::Tie, first, second]),
            _ => ResponseSet::Sides(vec![first, Side::Tie, second]),
        }
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let places = match self.defect {
            Copied::OutcomesInAnotherOrder => [1, 0, 2],
            _ => [0, 1, 2],
        };
        let share = if self.defect == Copied::ObservedSumsToTwo { 2.0 } else { 1.0 };
        let mut shares = vec![0.0; 3];
        shares[places[self.asked[statement].won]] = share;
        shares
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let value = self.gain(scorer, statements);
        let rationality = response.rationality();
        let threshold = response.get(THRESHOLD).narrow(1, 0, 1).exp();
        let threshold = match self.defect {
            Copied::NegativeThreshold => threshold.neg(),
            Copied::DetachThreshold => threshold.detach(),
            _ => threshold,
        };
        let [member, _] = value.dims();
        let gain = match self.defect {
            Copied::IgnoresRationality => value.clone(),
            Copied::RationalityTwice => value.clone() * rationality.clone() * rationality.clone(),
            _ => value.clone() * rationality.clone(),
        };
        let threshold = threshold.expand([member, statements.len()]);
        let log_probabilities = self.outcomes(gain, threshold);
        let value = match self.defect {
            Copied::ValueSign => value.neg(),
            Copied::ValueTimesRationality => value * rationality,
            Copied::ConstantValue => value.zeros_like(),
            _ => value,
        };
        Prediction { log_probabilities, value }
    }

    fn value_of(&self, _statement: usize, outcome: usize) -> Option<f64> {
        let won = match self.defect {
            Copied::OutcomesInAnotherOrder => [1, 0, 2][outcome],
            _ => outcome,
        };
        let value = 1.0 - won as f64;
        Some(if self.defect == Copied::DrawnValue { -value } else { value })
    }

    fn about(&self, statement: usize) -> About {
        let Asked { sides: [first, second], won } = self.asked[statement];
        let value = 1.0 - won as f64;
        About {
            value: Some(match self.defect {
                Copied::ObservedSign => -value,
                Copied::ObservedIsAShare => 0.5 + value / 2.0,
                Copied::ObservedConstant => 1.0,
                _ => value,
            }),
            antisymmetric: self.defect != Copied::NotAntisymmetric,
            item: Some(match self.defect {
                Copied::OneItem => 1,
                Copied::ItemOfRecord => statement as u64,
                _ => item([first, second]),
            }),
            pair: Some(match self.defect {
                Copied::PairSwapped => (second as u32, first as u32),
                _ => (first as u32, second as u32),
            }),
        }
    }
}
