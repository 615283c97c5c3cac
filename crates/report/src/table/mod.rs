//! Tidy tables: what a row of each holds, how it is stored, and what rows of many seeds add up to.

mod aggregate;
mod agreement_aggregate;
pub(crate) mod agreement_matrix;
mod agreement_row;
mod chain_row;
mod choice_row;
mod curve_row;
mod exchange_aggregate;
mod learned_row;
pub(crate) mod learning_aggregate;
pub(crate) mod learning_difference;
mod learning_row;
pub(crate) mod measurement_checks;
mod measurement_row;
pub(crate) mod metrics;
pub(crate) mod mix;
mod optimized_row;
mod order_row;
pub(crate) mod over_seeds;
mod overoptimization_row;
mod parquet;
mod people_row;
mod querying_aggregate;
mod querying_row;
mod reliability_row;
mod response_row;
pub(crate) mod robustness_aggregate;
pub(crate) mod row;
mod run_row;
mod runs_aggregate;
pub(crate) mod subsets_run;
mod sweep_aggregate;
mod sweep_row;
mod tables;
mod tuning_aggregate;
mod tuning_row;
pub(crate) mod verdict;
mod worth_aggregate;
pub(crate) mod worth_values;

pub(crate) use parquet::write as write_rows;

pub use aggregate::{
    AggregateRow, Aggregates, FEW_CLUSTERS, Failure, NotShared, Unfinished, aggregate,
};
pub use agreement_aggregate::{AgreementAggregate, Sign, aggregate_agreement};
pub use agreement_matrix::AgreementMatrix;
pub use agreement_row::AgreementRow;
pub use chain_row::ChainRow;
pub use choice_row::{ChoiceRow, ServedRow};
pub use curve_row::{CurveRow, Part};
pub use exchange_aggregate::{Exchange, Rate, aggregate_exchange};
pub use learned_row::{LearnedRow, Trusted};
pub use learning_aggregate::{LearningAggregate, aggregate_learning};
pub use learning_difference::{LearningDifference, LearningSpread};
pub use learning_row::{LearningRole, LearningRow};
pub use measurement_row::{
    BEST_POSSIBLE, BY_METADATA, CHANCE, LABEL_CEILING, LENGTH_ONLY, MAJORITY, MODEL,
    MeasurementRow, SCALAR_CEILING, TRUE_REWARD, is_true_reward,
};
pub use mix::{Mix, TUNED};
pub use optimized_row::{OptimizationRow, OptimizedRow};
pub use order_row::OrderRow;
pub use over_seeds::LEAST_SEEDS;
pub use overoptimization_row::{
    AlarmVerdict, CourseRow, OveroptimizationRow, OveroptimizationRunRow,
};
pub use parquet::{
    read_aggregates, read_agreement, read_chains, read_choices, read_courses, read_curves,
    read_learned, read_learning, read_measurements, read_optimization, read_optimized, read_orders,
    read_overoptimization, read_overoptimization_runs, read_people, read_querying,
    read_reliability, read_responses, read_runs, read_served, read_sweep, read_tuning,
    write_aggregates, write_agreement, write_chains, write_choices, write_courses, write_curves,
    write_learned, write_learning, write_measurements, write_optimization, write_optimized,
    write_orders, write_overoptimization, write_overoptimization_runs, write_people,
    write_querying, write_reliability, write_responses, write_runs, write_served, write_sweep,
    write_tuning,
};
pub use people_row::PeopleRow;
pub use querying_aggregate::{
    QueryingAggregate, QueryingDifference, QueryingPoint, aggregate_querying,
};
pub use querying_row::QueryingRow;
pub use reliability_row::ReliabilityRow;
pub use response_row::{FittedOn, ResponseRow};
pub use robustness_aggregate::{Loss, Robustness, aggregate_robustness};
pub use run_row::{RunRow, Status, Stopped};
pub use runs_aggregate::{AgainstBest, MixRuns, RunsAggregate, aggregate_runs};
pub use sweep_aggregate::aggregate_sweep;
pub use sweep_row::{Chosen, SweepRow};
pub use tables::Tables;
pub use tuning_aggregate::{TuningAggregate, TuningDifference, aggregate_tuning};
pub use tuning_row::{TuningOutcome, TuningRow};
pub use worth_aggregate::{
    Gain, PairWorth, SampledOrders, SourceWorth, Worth, WorthAggregate, WorthLabels,
    aggregate_worth,
};
pub use worth_values::Unvalued;
