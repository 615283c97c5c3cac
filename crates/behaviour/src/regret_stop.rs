//! Adapter `regret-stop`: when a person who watched an agent stopped it, by what its actions gave up.
//!
//! ```text
//! g_t = V(s_t) - Q(s_t, a_t)                      regret of a step, at least 0
//! G_t = discount G_(t-1) + g_t,  h_t = 1 - exp(-lambda G_t - lapse)
//! P(stop at t) = h_t prod_{u<t} (1 - h_u),        P(never) = prod_t (1 - h_t)
//! ```
//!
//! The stopping model of MAVRL (ICML 2026), with values that follow from the reward instead of learned
//! ones. `lambda` is the rationality of the source: both multiply regret, and nothing tells them apart.
//! `stop` of `medley-adapter` needs no world and reads regret as a shortfall of reward.

use crate::ground::Whereabouts;
use crate::planner::Asked;
use crate::{LearnedWorld, PersonPlans, Planner, Visit};
use burn::tensor::{Tensor, activation::log_softmax};
use medley_adapter::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, Objective,
    Prediction, Respondent, Response, ResponseParameter, Scorer, Selection, Watched,
    WatchedSegments, stop_records,
};
use medley_evaluation::ResponseSet;
use medley_feedback as feedback;
use medley_likelihood::stop::{discounted_regret, never_first, stop};
use medley_toml_file::Tagged;
use medley_world::World;
use serde::{Deserialize, Serialize};

/// Options: where people plan, and how regret is felt.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RegretStop {
    /// The world, if it is a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub world: Option<Tagged<dyn World>>,
    /// How to learn it from the steps of the dataset, if it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learned_world: Option<LearnedWorld>,
    /// What a reward one step later is worth to people, in [0, 1); left out, as in the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<f64>,
    /// How they look ahead.
    pub values: PersonPlans,
    /// Share of the regret that is still felt a step later, in [0, 1].
    pub memory: f64,
    /// Hazard of a stop for no reason, in nats a step, above 0: without it a stop where the learned
    /// reward sees no regret would be impossible, and its gradient 0.
    pub lapse: f64,
}

impl Default for RegretStop {
    fn default() -> Self {
        Self {
            world: None,
            learned_world: None,
            discount: None,
            values: PersonPlans::Optimal,
            memory: 0.1,
            lapse: 0.001,
        }
    }
}

#[typetag::serde(name = "regret-stop")]
impl Adapter for RegretStop {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        self.check(selection)?;
        let records = selection.records::<feedback::Stop>()?;
        let segments: Vec<usize> =
            records.iter().map(|(_, origin)| origin.segments[0] as usize).collect();
        let (planner, visits) = Planner::new(selection, self.whereabouts(), &segments)?;
        let seen = records.iter().zip(&visits).map(|((record, origin), visits)| {
            Watched::new(selection, record, origin.segments[0] as usize, visits.len())
        });
        let watched = seen.collect::<Result<Vec<Watched>, BindError>>()?;
        let mut statements = records.into_statements();
        // They are about actions in states, wherever these were seen.
        statements.origins.iter_mut().for_each(|origin| origin.segments.clear());
        planner.note(&mut statements);
        let watched = WatchedSegments::new(watched);
        let kind = BoundStop { options: self.clone(), planner, watched, visits };
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let selection = &asking.selection;
        self.check(selection)?;
        let origins = asking.origins(1..=1)?;
        let segments: Vec<usize> =
            origins.iter().map(|origin| origin.segments[0] as usize).collect();
        let (planner, visits) = Planner::new(selection, self.whereabouts(), &segments)?;
        let watched = segments.iter().zip(&visits).map(|(&segment, visits)| Watched {
            segment,
            steps: visits.len(),
            step: None,
        });
        let watched = WatchedSegments::new(watched.collect());
        let kind = BoundStop { options: self.clone(), planner, watched, visits };
        let replies = asking.replies(&kind, respondent, |query| kind.watched.outcomes(query))?;
        Ok(Elicited::new(stop_records(asking, replies))?)
    }

    fn summary(&self) -> &'static str {
        "when an agent was stopped: a hazard that grows with the discounted regret of its actions in \
         a world that is a table, or learned"
    }
}

impl RegretStop {
    fn whereabouts(&self) -> Whereabouts<'_> {
        Whereabouts {
            world: self.world.as_ref(),
            learned: self.learned_world.as_ref(),
            discount: self.discount,
            temperature: self.values.temperature(),
        }
    }

    fn check(&self, selection: &Selection<'_>) -> Result<(), BindError> {
        if !(0.0..=1.0).contains(&self.memory) {
            let found = self.memory;
            return Err(selection.unfit(format!("`memory` must be in [0, 1], found {found}")));
        }
        if !(self.lapse > 0.0 && self.lapse.is_finite()) {
            let found = self.lapse;
            return Err(selection.unfit(format!("`lapse` must be above 0, found {found}")));
        }
        Ok(())
    }
}

struct BoundStop {
    options: RegretStop,
    planner: Planner,
    watched: WatchedSegments,
    visits: Vec<Vec<Visit>>, // of each
}

impl BoundStop {
    /// Regret of each step of some segments and which steps there are.
    /// `[member, batch, time]`, `[batch, time]`
    ///
    /// `rewards`: `[member, point]`, the rationality already in them
    fn regrets(
        &self,
        scorer: &Scorer<'_>,
        asked: &Asked<'_>,
        rewards: Tensor<2>,
        statements: &[usize],
    ) -> (Tensor<3>, Tensor<2>) {
        let picked = || statements.iter().map(|&statement| &self.visits[statement]);
        let regret = match self.options.values.temperature() {
            0.0 => asked.regrets(rewards),
            temperature => {
                let values = asked.values(rewards);
                log_softmax(values.div_scalar(temperature), 2).mul_scalar(-temperature)
            }
        };
        let [member, states, actions] = regret.dims();
        let regret = regret.reshape([member, states * actions]);
        let time = picked().map(Vec::len).max().unwrap_or(0);
        let (mut places, mut mask) = (Vec::new(), Vec::new());
        for visits in picked() {
            for step in 0..time {
                let place = |visit: &Visit| asked.place(visit.state) * actions + visit.action;
                let place = visits.get(step).map(place);
                places.push(place.unwrap_or(0) as i32);
                mask.push(f32::from(u8::from(place.is_some())));
            }
        }
        let batch = statements.len();
        let regret = regret.select(1, scorer.place.indices(places));
        (regret.reshape([member, batch, time]), scorer.place.tensor(mask, [batch, time]))
    }

    /// Mean reward of the steps of segments, out of rewards of the points. `[member, batch]`
    fn mean_rewards(
        &self,
        scorer: &Scorer<'_>,
        asked: &Asked<'_>,
        statements: &[usize],
    ) -> Tensor<2> {
        let points = asked.points();
        let mut shares = vec![0.0; points * statements.len()]; // [point, batch]
        for (column, &statement) in statements.iter().enumerate() {
            let visits = &self.visits[statement];
            for &visit in visits {
                let point = asked.reward_of(visit);
                shares[point * statements.len() + column] += 1.0 / visits.len() as f32;
            }
        }
        asked.rewards.clone().matmul(scorer.place.tensor(shares, [points, statements.len()]))
    }
}

impl FiniteChoice for BoundStop {
    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        vec![ResponseParameter::rationality()]
    }

    fn responses(&self) -> ResponseSet {
        self.watched.responses()
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        self.watched.observed(statement)
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let visits = statements.iter().flat_map(|&statement| &self.visits[statement]);
        let asked = self.planner.ask(scorer, visits.map(|visit| visit.state));
        let value = self.mean_rewards(scorer, &asked, statements);
        let rewards = asked.rewards.clone() * response.rationality();
        let (regret, mask) = self.regrets(scorer, &asked, rewards, statements);
        let felt = discounted_regret(regret, mask.clone(), self.options.memory);
        let [member, _, _] = felt.dims();
        let lapse = mask.clone().mul_scalar(self.options.lapse).unsqueeze_dim::<3>(0);
        let unscaled = scorer.place.tensor(vec![0.0; member], [member, 1]);
        let outcomes = stop(felt + lapse, mask, unscaled);
        Prediction { log_probabilities: never_first(outcomes, self.watched.longest()), value }
    }

    fn about(&self, statement: usize) -> About {
        self.watched.about(statement)
    }

    fn value_of(&self, statement: usize, outcome: usize) -> Option<f64> {
        self.watched.value_of(statement, outcome)
    }

    /// A segment cannot be stopped at a step that it does not have.
    fn alike(&self, statement: usize) -> usize {
        self.watched.of(statement).steps
    }

    fn background(&self) -> &[Vec<f32>] {
        self.planner.background()
    }

    fn points(&self, statement: usize) -> Vec<&[f32]> {
        self.planner.points(self.visits[statement].iter().map(|visit| visit.state))
    }
}
