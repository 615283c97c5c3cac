//! Feedback about actions, of people who plan ahead in a world that is known, or learned.
//!
//! The kinds of `medley-adapter` compare what happened; here an action is judged by what it leads to,
//! so that the likelihood is about values of actions under the learned reward ([`Planner`]):
//! demonstrations action by action ([`ActionDemonstration`]), and stops by regret ([`RegretStop`]).
//! Both are ordinary adapters, found by their names in TOML like any other; nothing in training or
//! evaluation knows them.
//!
//! Where a world is a table ([`medley_world::World::mdp`]), segments have to say which states and actions
//! they are made of: columns `states` and `actions` of their metadata, as [`medley_world::to_dataset`]
//! writes them ([`visited`]). Where it is none, it is learned from the steps of the dataset
//! ([`LearnedWorld`]).
//!
//! It deliberately trains no values beside the reward: they follow from it exactly, and so do their
//! derivatives.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod action_demonstration;
mod ground;
mod learned;
mod planner;
mod planning_policy;
mod point_list;
mod regret_stop;
mod rows;
mod visited;
mod world_points;

pub use action_demonstration::ActionDemonstration;
pub use learned::LearnedWorld;
pub use planner::{Asked, PersonPlans, Planner};
pub use planning_policy::PlanningPolicy;
pub use regret_stop::RegretStop;
pub use visited::{Visit, visited};
pub use world_points::WorldPoints;
