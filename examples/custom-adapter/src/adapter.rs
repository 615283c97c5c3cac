//! Adapter: the maxdiff model of best-worst scaling (Marley and Louviere 2005).
//!
//! `P(best = i, worst = j) = exp(beta (R_i - R_j)) / sum over ordered pairs k != l of
//! exp(beta (R_k - R_l))`: a Boltzmann choice among all ordered pairs.

use crate::BestWorst;
use medley::adapter::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, Objective,
    Outcomes, Prediction, Rationality, Reply, Respondent, Response, ResponseParameter, Scorer,
    Selection, Sharing, item,
};
use medley::evaluation::ResponseSet;
use medley::likelihood::choice::boltzmann;
use serde::{Deserialize, Serialize};

/// Options.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BestWorstAdapter {
    /// Whether people differ in how closely their answers follow returns.
    pub rationality: Sharing,
}

#[typetag::serde(name = "best-worst")]
impl Adapter for BestWorstAdapter {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<BestWorst>()?;
        let asked = records.iter().map(|(record, origin)| {
            let position = |id| record.segments.iter().position(|shown| shown == id).unwrap_or(0);
            Asked {
                segments: origin.segments.iter().map(|&segment| segment as usize).collect(),
                said: (position(&record.best), position(&record.worst)),
            }
        });
        let asked = asked.collect();
        let statements = records.into_statements(); // one for each record
        let rationality = Rationality::new(selection, self.rationality, &statements.origins)?;
        Ok(Box::new(ChoiceObjective::new(statements, Bound { asked, rationality })))
    }

    fn segments_asked(&self) -> usize {
        4
    }

    /// A simulated person is shown how likely each pair of best and worst is.
    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let origins = asking.origins(2..=usize::MAX)?;
        let asked = origins.iter().map(|origin| Asked {
            segments: origin.segments.iter().map(|&segment| segment as usize).collect(),
            said: (0, 1),
        });
        let asked = asked.collect();
        let rationality = Rationality::new(&asking.selection, self.rationality, &origins)?;
        let kind = Bound { asked, rationality };
        let replies = asking.replies(&kind, respondent, |_| Outcomes::Unordered)?;
        let records = asking.queries.iter().zip(replies).map(|(query, reply)| {
            let Reply::Outcome(outcome) = reply else { return None };
            let shown = query.segments.len();
            let (best, worst) = pairs(shown)[outcome];
            Some(BestWorst {
                segments: (0..shown).map(|place| asking.id(query, place)).collect(),
                best: asking.id(query, best),
                worst: asking.id(query, worst),
                provenance: query.provenance.clone(),
            })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "best and worst of several segments: the maxdiff model"
    }
}

/// The segments that were shown, and the positions of the best and the worst of them.
struct Asked {
    segments: Vec<usize>,
    said: (usize, usize),
}

struct Bound {
    asked: Vec<Asked>,
    rationality: Rationality,
}

/// Ordered pairs over `count` segments. Those over the first k segments come first, so that
/// records of other sizes fit into one batch with what they lack at the end.
fn pairs(count: usize) -> Vec<(usize, usize)> {
    (1..count).flat_map(|last| (0..last).flat_map(move |i| [(i, last), (last, i)])).collect()
}

impl FiniteChoice for Bound {
    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        self.rationality.parameters()
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Exchangeable
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let Asked { segments, said } = &self.asked[statement];
        pairs(segments.len()).iter().map(|pair| f32::from(u8::from(pair == said))).collect()
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let shown = |&statement: &usize| &self.asked[statement].segments;
        let most = statements.iter().map(|s| shown(s).len()).max().unwrap_or(2);
        let pairs = pairs(most);
        let (batch, outcomes) = (statements.len(), pairs.len());
        let (mut best, mut worst, mut mask) = (Vec::new(), Vec::new(), Vec::new());
        for segments in statements.iter().map(shown) {
            for &(i, j) in &pairs {
                let there = i < segments.len() && j < segments.len();
                best.push(segments[if there { i } else { 0 }]);
                worst.push(segments[if there { j } else { 1 }]);
                mask.push(f32::from(u8::from(there)));
            }
        }
        let gain = scorer.returns(&best) - scorer.returns(&worst); // [member, batch * pair]
        let [member, _] = gain.dims();
        let value = self.said_gain(gain.clone(), statements, outcomes);
        let gain = gain.reshape([member, batch, outcomes]);
        let rationality = self.rationality.of(response, statements, scorer.place);
        let logits = gain * rationality.unsqueeze_dim::<3>(2);
        let mask = scorer.place.tensor(mask, [batch, outcomes]);
        Prediction { log_probabilities: boltzmann(logits, mask), value }
    }

    /// What was said has no grade, so there is no value to correlate ranks with.
    fn about(&self, statement: usize) -> About {
        let item = item(self.asked[statement].segments.iter().copied());
        About { item: Some(item), ..About::default() }
    }
}

impl Bound {
    /// Return of the best less that of the worst, as said. `[member, batch]`
    fn said_gain(
        &self,
        gain: burn::tensor::Tensor<2>,
        statements: &[usize],
        outcomes: usize,
    ) -> burn::tensor::Tensor<2> {
        let said = statements.iter().enumerate().map(|(row, &statement)| {
            let position = self.observed(statement).iter().position(|&share| share == 1.0);
            (row * outcomes + position.unwrap_or(0)) as i32
        });
        let indices = burn::tensor::Tensor::from_data(
            burn::tensor::TensorData::new(said.collect::<Vec<_>>(), [statements.len()]),
            &gain.device(),
        );
        gain.select(1, indices)
    }
}
