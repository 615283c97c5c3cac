//! Which point of a sweep is each mix compared at?
//!
//! The point with the highest log-likelihood of held-out feedback of the validation part, mean over seeds:
//! never by a number of the test part, nor by the true reward. One point for all seeds of a mix, so that its
//! spread over seeds is that of one procedure.

use std::collections::BTreeMap;

use crate::mix::distinct;
use crate::over_seeds::{between_seeds, mean};
use crate::{Chosen, RunRow, Status, SweepRow};

/// A row for each mix at each of its points, in the order of `runs`. `comparable`: whether all points hold
/// out the same feedback under the same likelihood, so that a choice can be made.
pub fn aggregate_sweep(runs: &[RunRow], comparable: bool) -> Vec<SweepRow> {
    let mut of: BTreeMap<&str, Vec<&RunRow>> = BTreeMap::new();
    for row in runs.iter().filter(|row| !row.mix.is_empty()) {
        of.entry(&row.mix).or_default().push(row);
    }
    let mut rows = Vec::new();
    for mix in distinct(runs.iter().map(|row| &row.mix).filter(|mix| !mix.is_empty())) {
        rows.extend(of_mix(&mix, &of[mix.as_str()], comparable));
    }
    rows
}

fn of_mix(mix: &str, runs: &[&RunRow], comparable: bool) -> Vec<SweepRow> {
    let mut settings: Vec<&str> = Vec::new();
    let mut by_setting: BTreeMap<&str, Vec<&RunRow>> = BTreeMap::new();
    for row in runs {
        let of = by_setting.entry(&row.setting).or_default();
        if of.is_empty() {
            settings.push(&row.setting);
        }
        of.push(row);
    }
    let seeds = by_setting.values().map(Vec::len).max().unwrap_or(0);
    let point = |setting| Point::of(setting, &by_setting[setting], seeds);
    let points: Vec<Point> = settings.into_iter().map(point).collect();
    let held_out = |point: &Point| {
        point.held_out.as_ref().map(|of| mean(&of.values().copied().collect::<Vec<_>>()))
    };
    let mut best: Option<(usize, f64)> = None;
    for (number, point) in points.iter().enumerate() {
        if let Some(value) = held_out(point)
            && best.is_none_or(|(_, other)| value > other)
        {
            best = Some((number, value));
        }
    }
    let best = best.filter(|_| comparable && points.len() > 1);
    let row = |(number, point): (usize, &Point)| {
        let gaps = best.and_then(|(best, _)| point.behind(&points[best]));
        let ends = gaps.as_ref().and_then(|gaps| between_seeds(gaps));
        SweepRow {
            mix: mix.to_owned(),
            setting: point.setting.to_owned(),
            seeds: point.done,
            failed: point.failed,
            held_out: held_out(point),
            behind: gaps.as_ref().map(|gaps| mean(gaps)),
            behind_low: ends.map(|ends| ends.0),
            behind_high: ends.map(|ends| ends.1),
            chosen: match best.map_or(points.len() == 1, |(best, _)| best == number) {
                true => Chosen::Yes,
                false => Chosen::No,
            },
        }
    };
    points.iter().enumerate().map(row).collect()
}

/// The runs of a mix at one point.
struct Point<'a> {
    setting: &'a str,
    done: u64,
    failed: u64,
    /// Log-likelihoods of the validation part by seed; none unless every seed has one.
    held_out: Option<BTreeMap<u64, f64>>,
}

impl<'a> Point<'a> {
    fn of(setting: &'a str, runs: &[&RunRow], seeds: usize) -> Self {
        let held_out: BTreeMap<u64, f64> =
            runs.iter().filter_map(|row| Some((row.seed, row.held_out?))).collect();
        let count = |status| runs.iter().filter(|row| row.status == status).count() as u64;
        Self {
            setting,
            done: count(Status::Done),
            failed: count(Status::Failed),
            held_out: (held_out.len() == seeds).then_some(held_out),
        }
    }

    /// How far it is behind another under each seed, nats.
    fn behind(&self, best: &Self) -> Option<Vec<f64>> {
        let (own, best) = (self.held_out.as_ref()?, best.held_out.as_ref()?);
        own.iter().map(|(seed, value)| Some(best.get(seed)? - value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(mix: &str, setting: &str, seed: u64, held_out: Option<f64>) -> RunRow {
        let status = if held_out.is_some() { Status::Done } else { Status::Failed };
        RunRow {
            mix: mix.to_owned(),
            setting: setting.to_owned(),
            status,
            held_out,
            ..crate::sample::run(mix, seed, None)
        }
    }

    #[test]
    fn each_mix_is_compared_at_the_point_with_the_best_held_out_likelihood() {
        let runs = [
            run("a", "x = 1", 0, Some(-0.6)),
            run("a", "x = 1", 1, Some(-0.5)),
            run("a", "x = 2", 0, Some(-0.5)),
            run("a", "x = 2", 1, Some(-0.4)),
            // Better where it ran, but it failed under a seed.
            run("a", "x = 3", 0, Some(-0.1)),
            run("a", "x = 3", 1, None),
            run("b", "", 0, Some(-0.7)),
            run("", "", 0, None),
        ];
        let rows = aggregate_sweep(&runs, true);
        let told: Vec<(&str, &str, bool, Option<f64>)> = rows
            .iter()
            .map(|row| {
                (row.mix.as_str(), row.setting.as_str(), row.chosen == Chosen::Yes, row.behind)
            })
            .collect();
        assert_eq!(
            told[1..],
            [("a", "x = 2", true, Some(0.0)), ("a", "x = 3", false, None), ("b", "", true, None),]
        );
        assert_eq!((told[0].0, told[0].1, told[0].2), ("a", "x = 1", false));
        assert!((told[0].3.unwrap() - 0.1).abs() < 1e-12);
        assert_eq!((rows[2].seeds, rows[2].failed, rows[2].held_out), (1, 1, None));
        // Where points hold out other feedback nothing is chosen.
        assert!(
            aggregate_sweep(&runs[..4], false)
                .iter()
                .all(|row| row.chosen == Chosen::No && row.behind.is_none())
        );
    }

    #[test]
    fn with_five_seeds_a_gap_has_an_interval_paired_by_seed() {
        let at = |setting: &str, gap: f64| {
            let of = move |seed: u64| -0.5 - 0.1 * seed as f64 - gap;
            (0..5).map(|seed| run("a", setting, seed, Some(of(seed)))).collect::<Vec<_>>()
        };
        let runs = [at("x = 1", 0.0), at("x = 2", 0.25)].concat();
        let rows = aggregate_sweep(&runs, true);
        assert!((rows[1].behind.unwrap() - 0.25).abs() < 1e-12);
        // The same gap under every seed: nothing to resample.
        assert_eq!(rows[1].behind_low, None);
    }
}
