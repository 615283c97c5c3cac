//! Do learned rewards rise with the true rewards of segments that nobody learned from?
//!
//! Correlations of steps and of the returns of segments ([`tested_segments`] says which), and the order of
//! the segments that the model puts highest, with intervals over episodes. All are the same for `a R + b`
//! with `a > 0` where returns are means. Of several members, how often their intervals hold the truth. In the
//! tail, whose pairs grow with the square of their number, the first 2,000 segments count.

use crate::truth::column::numbers;
use crate::truth::measure::Measure;
use crate::truth::tested::{TestedSegments, tested_segments};
use crate::{Prepared, RunError};
use medley_adapter::{Scorer, StepValues};
use medley_evaluation::{
    Alignment, Bootstrap, Central, CoverageError, CoverageSettings, Direction, Estimate,
    RewardDraws, RewardPairs, TailItem, interval_coverage, reward_correlation, tail_accuracy,
};
use medley_plan::{PlanError, RunPlan};
use medley_reward_model::{Placement, Returns, RewardModel};

/// The share of segments that is looked at in the tail.
const TAIL: f64 = 0.2;
/// Levels of intervals.
const LEVELS: [f64; 3] = [0.5, 0.8, 0.9];
/// Correlations of returns.
const RETURNS: [&str; 2] = ["return-pearson", "return-spearman"];
const TAIL_ACCURACY: &str = "tail-accuracy";
/// Where all are tied for the top, the tail is all of them: no more than 2,000,000 pairs are compared.
const MOST_IN_TAIL: usize = 2_000;

/// Segments that a reward is held against the truth on.
struct Tested<'a> {
    prepared: &'a Prepared,
    segments: Vec<usize>,
    /// What has to be known of them.
    note: Option<String>,
    /// True rewards of their steps, one segment after the other.
    truth: Vec<f64>,
}

impl<'a> Tested<'a> {
    /// None where the dataset has no true rewards, no segment counts, or the model has no rewards of single
    /// steps.
    fn of(prepared: &'a Prepared) -> Option<Self> {
        let table = prepared.dataset.segments();
        let truth = table.true_rewards()?;
        let TestedSegments { list: segments, note } = tested_segments(prepared);
        let by_step =
            |&segment: &usize| table.steps(segment).len() == prepared.features.steps(segment);
        let rows = segments.iter().flat_map(|&segment| table.steps(segment));
        let truth = rows.map(|row| truth[row]).collect();
        let is_told = !segments.is_empty() && segments.iter().all(by_step);
        is_told.then_some(Self { prepared, segments, note, truth })
    }

    /// What a model says of the segments.
    fn learned(&self, model: &dyn RewardModel, returns: Returns, place: &Placement) -> Learned {
        let place = place.inner();
        let features = &self.prepared.features;
        let values = StepValues::compute(model, features, &place);
        let scorer = Scorer::new(&values.model, &values.features, Returns::Sum, &place);
        let steps_of = |all: Vec<f64>, time: usize, chunk: &[usize]| {
            let own = |(row, &segment): (&[f64], &usize)| row[..features.steps(segment)].to_vec();
            all.chunks(time).zip(chunk).flat_map(own).collect::<Vec<f64>>()
        };
        let mut learned = Learned::default();
        for chunk in self.segments.chunks(1024) {
            let (rewards, _) = scorer.rewards(chunk); // [member, segment, time]
            let [members, segments, time] = rewards.dims();
            let mean = rewards.clone().mean_dim(0).into_data().iter::<f64>().collect();
            learned.steps.extend(steps_of(mean, time, chunk));
            if members == 1 {
                continue;
            }
            learned.members.resize(members, Vec::new());
            let all: Vec<f64> = rewards.into_data().iter::<f64>().collect();
            for (own, of) in learned.members.iter_mut().zip(all.chunks(segments * time)) {
                let lengths = chunk.iter().map(|&segment| features.steps(segment));
                own.extend(returned(&steps_of(of.to_vec(), time, chunk), lengths, returns));
            }
        }
        learned
    }

    fn measures(
        &self,
        learned: Learned,
        run: &RunPlan,
        bootstrap: &Bootstrap,
    ) -> Result<Vec<Measure>, String> {
        let Learned { steps: learned, members } = learned;
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
        let covered = covered(&members, &gold, &episodes, bootstrap)?;
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
        let all = steps.into_iter().chain(segments).chain(tail).chain(covered).chain(of_columns);
        Ok(all.map(|measure| Measure { note: self.note.clone(), ..measure }).collect())
    }
}

/// What a model says of segments.
#[derive(Default)]
struct Learned {
    /// Rewards of the steps of the segments, one segment after the other, mean over members.
    steps: Vec<f64>,
    /// Returns, `[member][segment]`; none of a model with one member.
    members: Vec<Vec<f64>>,
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
    let learned = tested.learned(model, run.spec.reward_model.returns, place);
    measured(&tested, run, learned, bootstrap)
}

/// What a reward of 0 gets and what the true one does, of each measure; none where nothing can be
/// compared.
pub(super) fn bounds(prepared: &Prepared, run: &RunPlan) -> Result<[Vec<Measure>; 2], RunError> {
    let Some(tested) = Tested::of(prepared) else { return Ok(Default::default()) };
    // Bounds need no intervals.
    let bootstrap = Bootstrap { replicates: 0, ..run.spec.evaluation.measure.bootstrap };
    let truth = Learned { steps: tested.truth.clone(), members: Vec::new() };
    let known = measured(&tested, run, truth, &bootstrap)?;
    let bound = |value: fn(&Measure) -> f64| {
        let exact = |measure: &Measure| {
            let Measure { about, metric, unit, direction, note, .. } = measure;
            let (about, note) = (about.clone(), note.clone());
            Measure { about, note, ..Measure::exact(metric, unit, *direction, value(measure)) }
        };
        known.iter().map(exact).collect()
    };
    let chance = |measure: &Measure| if measure.metric == TAIL_ACCURACY { 0.5 } else { 0.0 };
    Ok([bound(chance), bound(|measure| measure.estimate.value)])
}

fn measured(
    tested: &Tested<'_>,
    run: &RunPlan,
    learned: Learned,
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
        Some(Measure { about: None, metric, unit, direction, estimate: estimate?, note: None })
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
        note: None,
    }))
}

/// How often intervals of the members hold the truth, of differences between returns of two segments
/// that lie half of the list apart: a reward has no origin, and its unit is fitted. None of a model
/// with one member, or one whose returns do not rise with the true ones.
fn covered(
    members: &[Vec<f64>],
    gold: &[f64],
    episodes: &[u32],
    bootstrap: &Bootstrap,
) -> Result<Vec<Measure>, String> {
    let half = gold.len() / 2;
    if members.len() < 2 || half == 0 {
        return Ok(Vec::new());
    }
    let draws = RewardDraws::new(members, gold.to_vec(), episodes).map_err(|e| e.to_string())?;
    let pairs: Vec<(usize, usize)> = (0..half).map(|first| (first, first + half)).collect();
    let draws = draws.differences(&pairs).map_err(|error| error.to_string())?;
    let [_, _, highest] = LEVELS;
    let count = members.len() as f64;
    let by_ranks = (count - 1.0) / (count + 1.0) >= highest;
    let central = if by_ranks { Central::Ranks } else { Central::Student };
    let levels = LEVELS.to_vec();
    let settings = CoverageSettings { alignment: Alignment::Scale, central, levels };
    let found = match interval_coverage(&draws, &settings, bootstrap) {
        Ok(found) => found,
        Err(CoverageError::Constant | CoverageError::Reversed { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error.to_string()),
    };
    let at = Measure {
        about: None,
        metric: "interval-coverage",
        unit: "share of true differences in the 90 % interval",
        // Wide intervals hold everything.
        direction: Direction::Nominal,
        estimate: found.points[LEVELS.len() - 1].observed,
        note: None,
    };
    let unit = "mean |observed - nominal|";
    Ok(vec![at, Measure::exact("coverage-error", unit, Direction::Lower, found.error)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_are_draws_of_the_truth_cover_it() {
        let rng = &mut medley_random::stream(0, "test");
        let gold: Vec<f64> = (0..4000).map(|_| medley_random::normal(rng)).collect();
        let episodes: Vec<u32> = (0..4000).collect();
        let bootstrap = Bootstrap { replicates: 0, ..Bootstrap::default() };
        let mut check = |sd: f64, members: usize, expect: f64| {
            // Each item has a centre around which the truth is one draw more.
            let centres: Vec<f64> =
                gold.iter().map(|g| g + 0.5 * medley_random::normal(rng)).collect();
            let draw = |rng: &mut _| -> Vec<f64> {
                centres.iter().map(|c| c + sd * medley_random::normal(rng)).collect()
            };
            let members: Vec<Vec<f64>> = (0..members).map(|_| draw(rng)).collect();
            let found = covered(&members, &gold, &episodes, &bootstrap).unwrap();
            let names: Vec<&str> = found.iter().map(|measure| measure.metric).collect();
            assert_eq!(names, ["interval-coverage", "coverage-error"]);
            let directions: Vec<Direction> =
                found.iter().map(|measure| measure.direction).collect();
            assert_eq!(directions, [Direction::Nominal, Direction::Lower]);
            let observed = found[0].estimate.value;
            assert!((observed - expect).abs() < 0.03, "{observed} where {expect} was expected");
        };
        // The posterior mean of the truth is 0.8 of the centre, its sd sqrt(0.2) = 0.447; the fitted unit
        // shrinks an sd of 0.559 to it.
        check(0.559, 39, 0.9);
        check(0.559, 8, 0.9);
        check(0.1, 39, 0.23);
        assert!(
            covered(std::slice::from_ref(&gold), &gold, &episodes, &bootstrap).unwrap().is_empty()
        );
        let constant = vec![vec![0.0; 4000]; 5];
        assert!(covered(&constant, &gold, &episodes, &bootstrap).unwrap().is_empty());
    }

    /// On the grids `sparse` and `cliff` most segments have the same true return, and more pairs than
    /// are compared were in the tail of the first 5,000: the baselines failed.
    #[test]
    fn a_tail_of_ties_is_not_too_large() {
        let tied = vec![0.0; 5_000];
        let gold: Vec<f64> = (0..5_000).map(f64::from).collect();
        let bootstrap = Bootstrap { replicates: 0, ..Bootstrap::default() };
        let episodes: Vec<u32> = (0..5_000).map(|place| place / 100).collect();
        assert!(tail(&tied, &gold, &episodes, &bootstrap).unwrap().is_some());
        assert!(tail(&tied, &tied, &episodes, &bootstrap).is_ok());
    }

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
