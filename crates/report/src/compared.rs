//! What stands beside one another: each mix at the point of a sweep that was chosen for it, or at every point
//! under a name of its own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Chosen, Status, SweepRow, Tables};

/// The rows of the mixes where they are compared. Without a sweep, all of them.
///
/// What no mix changes (baselines, agreement) is taken at the point of the last mix.
pub fn compared_at<'a>(tables: &'a Tables, points: &[SweepRow]) -> Cow<'a, Tables> {
    if points.iter().all(|point| point.setting.is_empty()) {
        return Cow::Borrowed(tables);
    }
    let places = Places::new(points);
    let mut kept = tables.clone();
    kept.measurements.retain_mut(|row| places.put(&mut row.mix, &mut row.setting));
    kept.curves.retain_mut(|row| places.put(&mut row.mix, &mut row.setting));
    kept.reliability.retain_mut(|row| places.put(&mut row.mix, &mut row.setting));
    kept.responses.retain_mut(|row| places.put(&mut row.mix, &mut row.setting));
    kept.tuning.retain_mut(|row| places.put(&mut row.mix, &mut row.setting));
    kept.chains.retain_mut(|row| places.put(&mut row.mix, &mut row.setting));
    kept.agreement.retain_mut(|row| places.put(&mut String::new(), &mut row.setting));
    // A failure is told wherever it was.
    kept.runs.retain_mut(|row| {
        places.put(&mut row.mix, &mut row.setting) || row.status == Status::Failed
    });
    let runs: BTreeSet<&str> = kept.runs.iter().map(|row| row.run.as_str()).collect();
    kept.learned.retain(|row| runs.contains(row.run.as_str()));
    Cow::Owned(kept)
}

/// Where each mix is compared.
struct Places<'a> {
    /// By mix; none where it is at every point.
    chosen: BTreeMap<&'a str, Option<&'a str>>,
    /// Where the last mix is that was chosen.
    last: &'a str,
}

impl<'a> Places<'a> {
    fn new(points: &'a [SweepRow]) -> Self {
        let mut chosen: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for point in points {
            let of = chosen.entry(&point.mix).or_default();
            if point.chosen == Chosen::Yes {
                *of = Some(&point.setting);
            }
        }
        let mut rising = points.iter().rev().filter(|point| point.chosen == Chosen::Yes);
        Self { chosen, last: rising.next().map_or("", |point| &point.setting) }
    }

    /// Whether a row is kept; its mix and setting are then as they are compared.
    fn put(&self, mix: &mut String, setting: &mut String) -> bool {
        match self.chosen.get(mix.as_str()) {
            None if !is_part(setting, self.last) => return self.last.is_empty(),
            Some(Some(chosen)) if chosen != setting => return false,
            Some(None) if !setting.is_empty() => *mix = format!("{mix}, {setting}"),
            _ => {}
        }
        setting.clear();
        true
    }
}

/// Whether a setting says nothing that another does not say.
fn is_part(setting: &str, whole: &str) -> bool {
    let said: BTreeSet<&str> = whole.split(", ").collect();
    setting.is_empty() || setting.split(", ").all(|part| said.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::measurement;
    use crate::{MAJORITY, MeasurementRow};

    fn point(mix: &str, setting: &str, chosen: Chosen) -> SweepRow {
        SweepRow {
            mix: mix.to_owned(),
            setting: setting.to_owned(),
            seeds: 1,
            failed: 0,
            held_out: None,
            behind: None,
            behind_low: None,
            behind_high: None,
            chosen,
        }
    }

    fn told(points: &[SweepRow]) -> Vec<(String, String, f64)> {
        let at = |mix: &str, setting: &str, value: f64| {
            let row = measurement(mix, 0, "a", value);
            MeasurementRow { setting: setting.to_owned(), ..row }
        };
        let baseline = |setting: &str, value| {
            let row = MeasurementRow {
                mix: String::new(),
                estimator: MAJORITY.to_owned(),
                ..at("a", setting, value)
            };
            MeasurementRow { sources: Vec::new(), ..row }
        };
        let measurements = vec![
            baseline("y = 1", 0.5),
            baseline("y = 2", 0.6),
            at("a", "x = [1, 2], y = 1", 0.7),
            at("a", "x = [1, 2], y = 2", 0.8),
        ];
        let tables = Tables { measurements, ..Tables::default() };
        let kept = compared_at(&tables, points).into_owned().measurements;
        kept.into_iter().map(|row| (row.mix, row.setting, row.value)).collect()
    }

    #[test]
    fn a_mix_stands_at_its_point_with_the_baselines_of_that_point() {
        let found = told(&[
            point("a", "x = [1, 2], y = 1", Chosen::No),
            point("a", "x = [1, 2], y = 2", Chosen::Yes),
        ]);
        assert_eq!(found, [(String::new(), String::new(), 0.6), ("a".into(), String::new(), 0.8)]);
    }

    #[test]
    fn without_a_choice_each_point_is_a_name_of_its_own() {
        let points =
            ["x = [1, 2], y = 1", "x = [1, 2], y = 2"].map(|at| point("a", at, Chosen::No));
        let found = told(&points);
        let names: Vec<&str> = found.iter().map(|(mix, ..)| mix.as_str()).collect();
        assert_eq!(names, ["", "", "a, x = [1, 2], y = 1", "a, x = [1, 2], y = 2"]);
    }
}
