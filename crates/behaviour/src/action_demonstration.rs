//! Adapter `action-demonstration`: each action that a person took, out of those that they could have
//! taken, by what it leads to.
//!
//! `P(a | s) = exp(beta Q(s, a)) / sum over a' of exp(beta Q(s, a'))`. With soft values, which are the
//! default, a whole demonstration has the likelihood of maximum causal entropy (Ziebart 2010); with
//! values of best behaviour it is the demonstrator of MAVRL (ICML 2026). `demonstration` of
//! `medley-adapter` chooses among whole segments instead, and needs to know which there were.

use crate::ground::Whereabouts;
use crate::{LearnedWorld, PersonPlans, Planner, Visit};
use medley_adapter::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, Objective, Origin,
    Prediction, Respondent, Response, ResponseParameter, Scorer, Selection, Statements, item,
};
use medley_evaluation::ResponseSet;
use medley_feedback as feedback;
use medley_likelihood::choice::boltzmann;
use medley_toml_file::Tagged;
use medley_world::World;
use serde::{Deserialize, Serialize};

/// Options: where people plan, and how.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ActionDemonstration {
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
}

#[typetag::serde(name = "action-demonstration")]
impl Adapter for ActionDemonstration {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Demonstration>()?;
        let segments: Vec<usize> =
            records.iter().map(|(_, origin)| origin.segments[0] as usize).collect();
        let (planner, visits) = Planner::new(selection, self.whereabouts(), &segments)?;
        let mut statements =
            Statements { dropped: records.dropped.clone(), ..Statements::default() };
        let mut taken = Vec::new();
        for ((_, origin), visits) in records.iter().zip(visits) {
            for visit in visits {
                // It is about an action in a state, wherever that was shown.
                statements.origins.push(Origin { segments: Vec::new(), ..origin.clone() });
                taken.push(visit);
            }
        }
        planner.note(&mut statements);
        let kind = BoundDemonstration { planner, taken };
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    /// A demonstration is what a policy did, and nobody is asked about it: that people's actions follow
    /// this likelihood is up to the policy that acts in the segments of the question.
    fn elicit(
        &self,
        asking: &Asking<'_>,
        _respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        let selection = &asking.selection;
        let origins = asking.origins(1..=1)?;
        let segments: Vec<usize> =
            origins.iter().map(|origin| origin.segments[0] as usize).collect();
        Planner::new(selection, self.whereabouts(), &segments)?;
        let records = asking.queries.iter().map(|query| {
            Some(feedback::Demonstration {
                segment: asking.id(query, 0),
                alternatives: Vec::new(),
                provenance: query.provenance.clone(),
            })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "each action of a demonstration by what it leads to: Boltzmann over values of actions in a \
         world that is a table, or learned"
    }
}

impl ActionDemonstration {
    fn whereabouts(&self) -> Whereabouts<'_> {
        Whereabouts {
            world: self.world.as_ref(),
            learned: self.learned_world.as_ref(),
            discount: self.discount,
            temperature: self.values.temperature(),
        }
    }
}

struct BoundDemonstration {
    planner: Planner,
    taken: Vec<Visit>, // one a statement
}

impl FiniteChoice for BoundDemonstration {
    /// Which states there are actions for follows from the actions.
    fn is_asked(&self) -> bool {
        false
    }

    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        vec![ResponseParameter::rationality()]
    }

    fn responses(&self) -> ResponseSet {
        let actions = self.planner.actions();
        ResponseSet::Labelled((0..actions).map(|action| format!("action {action}")).collect())
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let mut shares = vec![0.0; self.planner.actions()];
        shares[self.taken[statement].action] = 1.0;
        shares
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let taken = || statements.iter().map(|&statement| self.taken[statement]);
        let asked = self.planner.ask(scorer, taken().map(|visit| visit.state));
        let points = taken().map(|visit| asked.reward_of(visit) as i32).collect();
        let value = asked.rewards.clone().select(1, scorer.place.indices(points));
        let values = asked.values(asked.rewards.clone() * response.rationality());
        let places = taken().map(|visit| asked.place(visit.state) as i32).collect();
        let offered = values.select(1, scorer.place.indices(places)); // [member, batch, action]
        let [_, batch, actions] = offered.dims();
        let all = scorer.place.tensor(vec![1.0; batch * actions], [batch, actions]);
        Prediction { log_probabilities: boltzmann(offered, all), value }
    }

    fn about(&self, statement: usize) -> About {
        About { item: Some(item([self.taken[statement].state])), ..About::default() }
    }

    fn background(&self) -> &[Vec<f32>] {
        self.planner.background()
    }

    fn points(&self, statement: usize) -> Vec<&[f32]> {
        self.planner.points([self.taken[statement].state].into_iter())
    }
}
