//! Adapter `ranking`: orders of several segments, ties allowed, told as rankings or pair by pair.
//!
//! A ranking is read as it is made: the best of all, then the best of the rest. A statement is one
//! such stage, a choice out of those that remain, so that a ranking of `n` segments is `n - 1`
//! statements, whose log-likelihoods add up to that of Plackett and Luce. Statements that are
//! whole orders would have no probabilities of their own to calibrate or to score, since there are
//! `n!` of them; all pairs as comparisons would count one answer many times, which is why
//! comparisons can be read as orders here.
//!
//! Segments of equal rank are chosen together. Either in an order that was not observed:
//!
//! ```text
//! P(set S next) = sum over the orders of S of prod_i exp(beta R_i) / sum over what remains
//! ```
//!
//! where a last stage in which all that remains is tied has probability 1 and is no statement. Or as
//! an answer of its own, out of all nonempty sets `T` of what remains (Davidson and Luce):
//!
//! ```text
//! P(set S next) = delta_|S| exp(beta mean_S R) / sum over T of delta_|T| exp(beta mean_T R)
//! ```

mod making;
mod options;
mod orders;
mod shape;
mod stages;

pub use options::{RankedBy, Ranking, Stages, TiedRanks};

use crate::answer::choice_set::{OptionReturns, advantage, option_returns};
use crate::{
    About, Adapter, Asked, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice,
    LinearSource, LinearStatement, Objective, Origin, Outcomes, ParameterRole, ParameterScale,
    Prediction, Rationality, Respondent, Response, ResponseParameter, Scorer, Selection, Sharing,
    Speakers, Statements, item,
};
use burn::tensor::Tensor;
use making::Making;
use medley_evaluation::{ResponseSet, Said, Vote};
use medley_feedback as feedback;
use medley_likelihood::davidson_luce::{OPTIONS_LIMIT, davidson_luce};
use medley_likelihood::log_space::STRUCTURAL_ZERO;
use orders::Orders;
use shape::{Shape, next_set};
use stages::{Stage, stages_of};
use std::collections::BTreeMap;

#[typetag::serde(name = "ranking")]
impl Adapter for Ranking {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let orders = Orders::of(selection, self.from)?;
        let mut statements =
            Statements { dropped: orders.dropped, notes: orders.notes, ..Statements::default() };
        let mut stages = Vec::new();
        for order in &orders.list {
            match stages_of(order, self.ties) {
                Ok(found) => {
                    for stage in found {
                        let segments = stage.options.iter().map(|&s| s as u32).collect();
                        statements.origins.push(Origin { segments, ..order.origin.clone() });
                        stages.push(stage);
                    }
                }
                Err(reason) => {
                    *statements.dropped.entry(reason.to_owned()).or_default() += order.records;
                }
            }
        }
        if stages.is_empty() {
            return Err(match self.from {
                RankedBy::Rankings => selection.empty::<feedback::Ranking>(&statements.dropped),
                RankedBy::Comparisons => {
                    selection.empty::<feedback::Comparison>(&statements.dropped)
                }
            });
        }
        check_orders(selection, stages.iter().zip(&statements.origins))?;
        let rationality = Rationality::new(selection, self.rationality, &statements.origins)?;
        let later = match self.stages {
            Stages::Alike => 0,
            _ => stages.iter().map(|stage| stage.number).max().unwrap_or(0),
        };
        let speakers = match self.stages {
            Stages::PerAnnotator => {
                let speakers = Speakers::new(&statements.origins);
                speakers.check(selection, Sharing::PerAnnotator, "stages")?;
                Some(speakers)
            }
            _ => None,
        };
        let ties = self.ties;
        let kind = BoundRanking { stages, ties, rationality, later, speakers };
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn segments_asked(&self) -> usize {
        4
    }

    /// Stage by stage, each of all rankings at once: what a stage is about is what those before it left.
    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        if self.from == RankedBy::Comparisons {
            return Err(
                asking.unfit("rankings are simulated as rankings: use `from = \"rankings\"`")
            );
        }
        let most = match self.ties {
            TiedRanks::UnobservedOrder => usize::MAX,
            TiedRanks::DavidsonLuce => OPTIONS_LIMIT,
        };
        let origins = asking.origins(2..=most)?;
        let rationality = Rationality::new(&asking.selection, self.rationality, &origins)?;
        let mut made: Vec<Making> = origins.iter().map(Making::new).collect();
        let longest = made.iter().map(|one| one.left.len()).max().unwrap_or(2);
        // The stage that chooses out of two is the last of the longest order.
        let later = if self.stages == Stages::Alike { 0 } else { longest - 2 };
        let speakers = match self.stages {
            Stages::PerAnnotator => {
                let speakers = Speakers::new(&origins);
                speakers.check(&asking.selection, Sharing::PerAnnotator, "stages")?;
                Some(speakers)
            }
            _ => None,
        };
        let stages = made.iter().map(|one| one.stage(0)).collect();
        let mut kind = BoundRanking { stages, ties: self.ties, rationality, later, speakers };
        let response = asking.response(&kind, made.len(), respondent)?;
        for number in 0.. {
            let open: Vec<usize> = (0..made.len()).filter(|&i| made[i].is_open()).collect();
            if open.is_empty() {
                break;
            }
            open.iter().for_each(|&i| kind.stages[i] = made[i].stage(number));
            asking.shown(&kind, &response, &open, |query, log_probabilities| {
                let places = made[query].places();
                let outcomes = match self.ties {
                    TiedRanks::UnobservedOrder => Outcomes::Options(&places),
                    TiedRanks::DavidsonLuce => Outcomes::Sets,
                };
                let reply = respondent.choose(&Asked { query, log_probabilities, outcomes });
                made[query].take(reply, self.ties);
            });
        }
        let records = asking.queries.iter().zip(&made).map(|(query, one)| {
            Some(feedback::Ranking {
                segments: (0..query.segments.len()).map(|place| asking.id(query, place)).collect(),
                ranks: one.ranks()?,
                reason: None,
                provenance: query.provenance.clone(),
            })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "orders of several segments: Plackett-Luce, ties summed over orders or as answers (Davidson-Luce)"
    }
}

/// Refuses rankings that put nothing above anything.
fn check_orders<'a>(
    selection: &Selection<'_>,
    stages: impl Iterator<Item = (&'a Stage, &'a Origin)>,
) -> Result<(), BindError> {
    let fitted = stages.filter(|(_, origin)| origin.may_be_fitted());
    let fitted: Vec<&Stage> = fitted.map(|(stage, _)| stage).collect();
    let says_nothing = |stage: &&Stage| stage.chosen.len() == stage.options.len();
    match fitted.len() > 1 && fitted.iter().all(says_nothing) {
        true => Err(selection.unfit(format!(
            "all {} rankings to learn from are ties of everything, which says nothing about order",
            fitted.len()
        ))),
        false => Ok(()),
    }
}

struct BoundRanking {
    stages: Vec<Stage>,
    ties: TiedRanks,
    rationality: Rationality,
    later: usize,               // stages with a deviation: all but the first
    speakers: Option<Speakers>, // who deviate from those
}

const TIE: &str = "tie";
const STAGE: &str = "stage-log-rationality";
const DEVIATION: &str = "annotator-stage-log-rationality";

impl BoundRanking {
    fn shape(&self, statement: usize) -> Shape {
        Shape::of(&self.stages[statement], self.ties)
    }

    /// Rationality of each stage, `[member, batch]`, or `[member, 1]` if all share it.
    fn rationality(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Tensor<2> {
        let rationality = self.rationality.of(response, statements, scorer.place);
        if self.later == 0 {
            return rationality;
        }
        let deviations = response.get(STAGE); // [member, stage]
        let none = deviations.zeros_like().narrow(1, 0, 1);
        let number = statements.iter().map(|&s| self.stages[s].number as i32).collect();
        let index = scorer.place.indices(number);
        let mut deviation = Tensor::cat(vec![none, deviations], 1).select(1, index);
        if let Some(speakers) = &self.speakers {
            let later = |&s: &usize| if self.stages[s].number > 0 { 1.0 } else { 0.0 };
            let later = statements.iter().map(later).collect();
            let later = scorer.place.tensor(later, [1, statements.len()]);
            let personal = speakers.deviation(response, DEVIATION, statements, scorer.place);
            deviation = deviation + personal * later;
        }
        rationality * deviation.exp()
    }
}

impl FiniteChoice for BoundRanking {
    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mut parameters = self.rationality.parameters();
        if self.ties == TiedRanks::DavidsonLuce {
            // Of ties of 2, 3 and so on up to all segments of the longest order.
            let most = self.stages.iter().map(|stage| stage.options.len()).max().unwrap_or(2);
            let tie = ResponseParameter::shrunk(TIE, vec![0.0; most - 1], 0.0, 2.0);
            parameters.push(tie.meaning(ParameterRole::Tie, ParameterScale::Log));
        }
        if self.later == 0 {
            return parameters;
        }
        // Relative to the first stage, whose rationality a mixing may fix: what is left to learn is
        // how care fades, so that this has another role.
        let meaning = |p: ResponseParameter| p.meaning(ParameterRole::Other, ParameterScale::Log);
        let stages = ResponseParameter::shrunk(STAGE, vec![0.0; self.later], 0.0, 0.5);
        parameters.push(meaning(stages));
        if let Some(speakers) = &self.speakers {
            parameters.push(meaning(speakers.parameter(DEVIATION, 0.5)));
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        match self.ties {
            TiedRanks::UnobservedOrder => ResponseSet::Exchangeable,
            TiedRanks::DavidsonLuce => ResponseSet::TiedSets,
        }
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        self.shape(statement).shares(&self.stages[statement].chosen)
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let mut shapes = BTreeMap::<Shape, Vec<usize>>::new();
        for (position, &statement) in statements.iter().enumerate() {
            shapes.entry(self.shape(statement).together()).or_default().push(position);
        }
        let outcomes = statements.iter().map(|&statement| self.shape(statement).outcomes());
        let widest = outcomes.max().unwrap_or(1);
        let (mut tables, mut values) = (Vec::new(), Vec::new());
        let mut place_of: Vec<usize> = Vec::new();
        for (shape, positions) in &shapes {
            let own: Vec<usize> = positions.iter().map(|&place| statements[place]).collect();
            let stages: Vec<&Stage> =
                own.iter().map(|&statement| &self.stages[statement]).collect();
            let sets: Vec<&[usize]> = stages.iter().map(|stage| &stage.options[..]).collect();
            let OptionReturns { returns, mask } = option_returns(scorer, &sets);
            let chosen: Vec<(usize, &[usize])> =
                stages.iter().map(|stage| (stage.options.len(), &stage.chosen[..])).collect();
            values.push(advantage(scorer, returns.clone(), &chosen));
            let rationality = self.rationality(scorer, response, &own);
            let scaled = returns * rationality.unsqueeze_dim::<3>(2);
            let table = match shape.tied {
                Some(tied) => next_set(scorer, scaled, mask, tied),
                None => davidson_luce(scaled, response.get(TIE)),
            };
            tables.push(widened(table, widest));
            place_of.extend(positions);
        }
        let mut order = vec![0; statements.len()];
        for (place, &position) in place_of.iter().enumerate() {
            order[position] = place as i32;
        }
        let order = scorer.place.indices(order);
        Prediction {
            log_probabilities: Tensor::cat(tables, 1).select(1, order.clone()),
            value: Tensor::cat(values, 1).select(1, order),
        }
    }

    fn linear(&self, _fitted_on: &[usize]) -> Option<LinearSource> {
        let of = |stage: &Stage| match (self.ties, stage.chosen[..].as_ref()) {
            (TiedRanks::UnobservedOrder, [chosen]) => {
                Some(LinearStatement::chosen(&stage.options, *chosen))
            }
            _ => None,
        };
        let statements = self.stages.iter().map(of).collect::<Option<_>>()?;
        Some(LinearSource { columns: Vec::new(), statements })
    }

    fn is_sequential(&self) -> bool {
        self.stages.iter().any(|stage| stage.number > 0)
    }

    fn about(&self, statement: usize) -> About {
        let options = &self.stages[statement].options;
        let pair = match options[..] {
            [first, second] => Some((first as u32, second as u32)),
            _ => None,
        };
        // Where any number may be tied, how many were is the answer and no part of the question.
        let tied = self.shape(statement).tied.unwrap_or(0);
        let item = item(options.iter().copied().chain([tied]));
        About { item: Some(item), pair, ..About::default() }
    }

    /// The chosen beat what remains and tie among themselves; so does what the last stage leaves.
    /// Over all stages, each two segments of a ranking meet once.
    fn said(&self, statement: usize) -> Option<Said> {
        let Stage { options, chosen, last, .. } = &self.stages[statement];
        let mut is_chosen = vec![false; options.len()];
        chosen.iter().for_each(|&place| is_chosen[place] = true);
        let vote = |place: usize, other: usize| {
            let share = match (is_chosen[place], is_chosen[other]) {
                (true, false) => 1.0,
                (false, true) => 0.0,
                _ => 0.5,
            };
            Vote { pair: (options[place] as u32, options[other] as u32), share }
        };
        let mut votes = Vec::new();
        for (place, &chosen_here) in is_chosen.iter().enumerate() {
            // Of two that both remain nothing is said yet, so that a stage has no more votes than it
            // has options for each that is chosen.
            if chosen_here || *last {
                votes.extend((place + 1..options.len()).map(|other| vote(place, other)));
            } else {
                let later = chosen.iter().filter(|&&other| other > place);
                votes.extend(later.map(|&other| vote(place, other)));
            }
        }
        Some(Said::Votes(votes))
    }
}

/// Structural zeros up to `width` outcomes.
fn widened(table: Tensor<3>, width: usize) -> Tensor<3> {
    let [member, batch, outcomes] = table.dims();
    if outcomes == width {
        return table;
    }
    let zeros = table.zeros_like().narrow(2, 0, 1).add_scalar(STRUCTURAL_ZERO);
    Tensor::cat(vec![table, zeros.expand([member, batch, width - outcomes])], 2)
}

#[cfg(test)]
mod tests;
