//! Do learned rewards rise with the true rewards of steps that nobody learned from?
//!
//! Correlations of steps and of the returns of segments of the test part, and the order of the segments
//! that the model puts highest, with intervals over episodes. All are the same for `a R + b` with
//! `a > 0` where returns are means. Of a large test part the first 20,000 segments count, and the first
//! 5,000 in the tail, whose pairs grow with the square of their number.

use crate::truth::column::numbers;
use crate::truth::measure::Measure;
use crate::{Prepared, RunError};
use medley_adapter::{Scorer, StepValues};
use medley_dataset::{Part, Partition};
use medley_evaluation::{
    Bootstrap, Direction, Estimate, RewardPairs, TailItem, reward_correlation, tail_accuracy,
};
use medley_plan::{PlanError, RunPlan};
use medley_reward_model::{Placement, Returns, RewardModel};

/// The share of segments that is looked at in the tail.
const TAIL: f64 = 0.2;
/// Correlations of returns.
const RETURNS: [&str; 2] = ["return-pearson", "return-spearman"];
const TAIL_ACCURACY: &str = "tail-accuracy";
const MOST_SEGMENTS: usize = 20_000;
const MOST_IN_TAIL: usize = 5_000;

/// Segments that a reward is held against the truth on.
struct Tested<'a> {
    prepared: &'a Prepared,
    segments: Vec<usize>,
    /// True rewards of their steps, one segment after the other.
    truth: Vec<f64>,
}

impl<'a> Tested<'a> {
    /// None where the dataset has no true rewards, the test part no segment, or the model no rewards of
    /// single steps.
    fn of(prepared: &'a Prepared) -> Option<Self> {
        let table = prepared.dataset.segments();
        let truth = table.true_rewards()?;
        let is_tested = |&segment: &usize| match &prepared.partition {
            partition @ Partition::Groups { .. } => {
                partition.of(table.groups(segment)) == Some(Part::Test)
            }
            Partition::Annotators(_) => true,
        };
        let segments: Vec<usize> = (0..table.len()).filter(is_tested).take(MOST_SEGMENTS).collect();
        let by_step =
            |&segment: &usize| table.steps(segment).len() == prepared.features.steps(segment);
        let rows = segments.iter().flat_map(|&segment| table.steps(segment));
        let truth = rows.map(|row| truth[row]).collect();
        let is_told = !segments.is_empty() && segments.iter().all(by_step);
        is_told.then_some(Self { prepared, segments, truth })
    }

    /// Rewards of the steps of the segments, one segment after the other, mean over members.
    fn learned(&self, model: &dyn RewardModel, place: &Placement) -> Vec<f64> {
        let place = place.inner();
        let features = &self.prepared.features;
        let values = StepValues::compute(model, features, &place);
        let scorer = Scorer::new(&values.model, &values.features, Returns::Sum, &place);
        let mut all = Vec::with_capacity(self.truth.len());
        for chunk in self.segments.chunks(1024) {
            let (rewards, _) = scorer.rewards(chunk); // [member, segment, time]
            let [_, _, time] = rewards.dims();
            let rewards: Vec<f64> = rewards.mean_dim(0).into_data().iter::<f64>().collect();
            for (row, &segment) in rewards.chunks(time).zip(chunk) {
                all.extend_from_slice(&row[..features.steps(segment)]);
            }
        }
        all
    }

    fn measures(
        &self,
        learned: Vec<f64>,
        run: &RunPlan,
        bootstrap: &Bootstrap,
    ) -> Result<Vec<Measure>, String> {
        let returns = run.spec.reward_model.returns;
        let columns = run.spec.evaluation.truth.iter().flat_map(|truth| &truth.columns);
        let table = self.prepared.dataset.segments();
        let lengths = || self.segments.iter().map(|&segment| table.steps(segment).len());
        let episode = |&segment: &usize| table.groups(segment).first().copied().unwrap_or_default();
        let episodes: Vec<u32> = self.segments.iter().map(episode).collect();
        let of_steps = episodes.iter().zip(lengths());
        let of_steps = of_steps.flat_map(|(&episode, steps)| std::iter::repeat_n(episode, steps));
        let proxy = returned(&learned, lengths(), returns);
        let gold = returned(&self.truth, lengths(), returns);
        let tail = tail(&proxy, &gold, &episodes, bootstrap)?;
        let mut of_columns = Vec::new();
        for name in columns {
            let gold = numbers(&self.prepared.dataset, name, &self.segments)?;
            let pairs = RewardPairs::new(proxy.clone(), gold, episodes.clone());
            let about = |measure| Measure { about: Some(name.clone()), ..measure };
            of_columns.extend(correlated(pairs, RETURNS, bootstrap)?.into_iter().map(about));
        }
        let steps = RewardPairs::new(learned, self.truth.clone(), of_steps.collect());
        let segments = RewardPairs::new(proxy, gold, episodes);
        let steps = correlated(steps, ["reward-pearson", "reward-spearman"], bootstrap)?;
        let segments = correlated(segments, RETURNS, bootstrap)?;
        Ok(steps.into_iter().chain(segments).chain(tail).chain(of_columns).collect())
    }
}

/// The measures of a model; none where nothing can be compared.
pub(super) fn measures(
    prepared: &Prepared,
    run: &RunPlan,
    model: &dyn RewardModel,
    place: &Placement,
) -> Result<Vec<Measure>, RunError> {
    let Some(tested) = Tested::of(prepared) else { return Ok(Vec::new()) };
    let bootstrap = &run.spec.evaluation.measure.bootstrap;
    measured(&tested, run, tested.learned(model, place), bootstrap)
}

/// What a reward of 0 gets and what the true one does, of each measure; none where nothing can be
/// compared.
pub(super) fn bounds(prepared: &Prepared, run: &RunPlan) -> Result<[Vec<Measure>; 2], RunError> {
    let Some(tested) = Tested::of(prepared) else { return Ok(Default::default()) };
    // Which measures there are is asked of the truth; bounds need no intervals.
    let bootstrap = Bootstrap { replicates: 0, ..run.spec.evaluation.measure.bootstrap };
    let known = measured(&tested, run, tested.truth.clone(), &bootstrap)?;
    let bound = |value: fn(&Measure) -> f64| {
        let exact = |measure: &Measure| {
            let Measure { about, metric, unit, direction, .. } = measure;
            let about = about.clone();
            Measure { about, ..Measure::exact(metric, unit, *direction, value(measure)) }
        };
        known.iter().map(exact).collect()
    };
    let chance = |measure: &Measure| if measure.metric == TAIL_ACCURACY { 0.5 } else { 0.0 };
    Ok([bound(chance), bound(|_| 1.0)])
}

fn measured(
    tested: &Tested<'_>,
    run: &RunPlan,
    learned: Vec<f64>,
    bootstrap: &Bootstrap,
) -> Result<Vec<Measure>, RunError> {
    let found = tested.measures(learned, run, bootstrap);
    Ok(found.map_err(|problem| PlanError::spec(&["evaluation", "truth"], problem))?)
}

/// Returns of consecutive segments of these lengths.
fn returned(rewards: &[f64], lengths: impl Iterator<Item = usize>, returns: Returns) -> Vec<f64> {
    let mut rest = rewards;
    let of_segment = |steps: usize| {
        let (own, others) = rest.split_at(steps);
        rest = others;
        let sum = own.iter().sum::<f64>();
        match returns {
            Returns::Sum => sum,
            Returns::Mean => sum / steps.max(1) as f64,
            Returns::Discounted(discount) => {
                own.iter().rev().fold(0.0, |later, reward| reward + discount * later)
            }
        }
    };
    lengths.map(of_segment).collect()
}

fn correlated(
    pairs: Result<RewardPairs, impl ToString>,
    names: [&'static str; 2],
    bootstrap: &Bootstrap,
) -> Result<Vec<Measure>, String> {
    let pairs = pairs.map_err(|error| error.to_string())?;
    let found = reward_correlation(&pairs, bootstrap);
    let units = ["Pearson r", "Spearman rho"];
    let found = names.into_iter().zip(units).zip([found.pearson, found.spearman]);
    let measure = |((metric, unit), estimate): ((&'static str, &'static str), Option<Estimate>)| {
        let direction = Direction::Higher;
        Some(Measure { about: None, metric, unit, direction, estimate: estimate? })
    };
    Ok(found.filter_map(measure).collect())
}

fn tail(
    proxy: &[f64],
    gold: &[f64],
    episodes: &[u32],
    bootstrap: &Bootstrap,
) -> Result<Option<Measure>, String> {
    let items = proxy.iter().zip(gold).zip(episodes).take(MOST_IN_TAIL);
    let items: Vec<TailItem> = items
        .map(|((&proxy, &gold), &cluster)| TailItem { proxy, gold, prompt: 0, cluster })
        .collect();
    let found = tail_accuracy(&items, &[TAIL], bootstrap).map_err(|error| error.to_string())?;
    let accuracy = found.into_iter().next().and_then(|tail| tail.accuracy);
    Ok(accuracy.map(|estimate| Measure {
        about: None,
        metric: TAIL_ACCURACY,
        unit: "share of pairs in the top fifth",
        direction: Direction::Higher,
        estimate,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_by_hand() {
        let rewards = [1.0, 2.0, 4.0, -8.0];
        let check = |returns, expect: [f64; 2]| {
            assert_eq!(returned(&rewards, [3, 1].into_iter(), returns), expect);
        };
        check(Returns::Sum, [7.0, -8.0]);
        check(Returns::Mean, [7.0 / 3.0, -8.0]);
        check(Returns::Discounted(0.5), [3.0, -8.0]);
    }
}
