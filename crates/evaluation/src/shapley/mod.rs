//! What is each source worth, where sources help, repeat and hinder each other?
//!
//! The gain of adding a source depends on what is there already. Its Shapley value is the mean gain over
//! all orders of adding (Shapley 1953): the only division of the whole gain that is fair in four senses
//! (efficiency, symmetry, dummy, additivity), which are the tests here. As a way of valuing data: Ghorbani
//! and Zou 2019.
//!
//! Exact from a table of all subsets where there are few sources ([`shapley_values`]), and from sampled
//! orders beyond: with one value of each subset ([`sampled_shapley`]), or with one under each of several
//! seeds ([`ordered_shapley`]).
//!
//! It deliberately trains nothing: values of subsets are numbers, or a function that gives them.

mod asked;
mod exact;
mod ordered;
mod sampled;
mod subsets;

pub use exact::{Synergy, shapley_values, synergies};
pub use ordered::{OrderedError, OrderedValue, draw_orders, order_count, ordered_shapley};
pub use sampled::{Orders, SampledShapley, SampledValue, sampled_shapley};
pub use subsets::{MOST_SOURCES, ShapleyError, SubsetValues};
