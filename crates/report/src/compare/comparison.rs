//! Which runs of two belong together, and by how much do they differ?
//!
//! A pair is the same mix, seed, judged source and metric on the same held-out statements. What has no partner
//! is counted with the reason and is in no mean: two numbers on different statements differ for reasons that
//! have nothing to do with what is compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::difference_row::{DifferenceRow, PairRow};
use crate::compare::paired::{Paired, paired};
use crate::compare::side::{Side, TestPart};
use crate::{MeasurementRow, ReportError, Resampled, Status};

/// What two sides come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Name of the first.
    pub first: String,
    /// Name of the second; differences are second minus first.
    pub second: String,
    /// Mean differences, by judged source, metric, mix and setting.
    pub differences: Vec<DifferenceRow>,
    /// How sure each is, in the same order.
    pub paired: Vec<Paired>,
    /// The pairs that they are means of.
    pub pairs: Vec<PairRow>,
    /// What an interval is over.
    pub resampled: Resampled,
    /// Numbers without a partner.
    pub unpaired: Vec<Unpaired>,
}

/// Numbers without a partner, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpaired {
    /// Why.
    pub reason: String,
    /// How many of the first side.
    pub first: u64,
    /// How many of the second.
    pub second: u64,
}

/// What a number is of. With one setting on each side these are what is compared, and no part of it.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str, u64);

/// Pairs the numbers of two sides and takes them over seeds.
///
/// # Errors
/// Numbers that cannot be compared, which tables that could be written are not.
pub fn compare(first: &Side, second: &Side) -> Result<Comparison, ReportError> {
    let across = first.settings().len() == 1 && second.settings().len() == 1;
    let [ones, others] = [first, second].map(|side| by_key(side, across));
    let mut reasons: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut pairs: Vec<(&MeasurementRow, &MeasurementRow)> = Vec::new();
    for (key, row) in &ones {
        match others.get(key) {
            None => reasons.entry(absent(key, second, &others)).or_default().0 += 1,
            Some(other) => match apart((first, row), (second, other)) {
                None => pairs.push((row, other)),
                Some(reason) => {
                    let counts = reasons.entry(reason).or_default();
                    *counts = (counts.0 + 1, counts.1 + 1);
                }
            },
        }
    }
    for key in others.keys().filter(|key| !ones.contains_key(*key)) {
        reasons.entry(absent(key, first, &ones)).or_default().1 += 1;
    }
    let resampled = resampled(first, &pairs);
    let (differences, paired) = differences(&pairs, resampled)?;
    let unpaired = |(reason, (first, second))| Unpaired { reason, first, second };
    Ok(Comparison {
        first: first.name.clone(),
        second: second.name.clone(),
        differences,
        paired,
        pairs: pairs.iter().map(|(row, other)| pair_row(row, other)).collect(),
        resampled,
        unpaired: reasons.into_iter().map(unpaired).collect(),
    })
}

fn by_key(side: &Side, across: bool) -> BTreeMap<Key<'_>, &MeasurementRow> {
    side.rows().map(|row| (key(row, across), row)).collect()
}

fn key(row: &MeasurementRow, across: bool) -> Key<'_> {
    let MeasurementRow { source, metric, mix, setting, seed, .. } = row;
    (source, metric, mix, if across { "" } else { setting }, *seed)
}

/// Why the other side has no number of this key.
fn absent(key: &Key<'_>, side: &Side, others: &BTreeMap<Key<'_>, &MeasurementRow>) -> String {
    let (source, metric, mix, setting, seed) = *key;
    let is_failed = side.tables.runs.iter().any(|run| {
        run.status == Status::Failed
            && (run.mix.as_str(), run.seed) == (mix, seed)
            && (setting.is_empty() || run.setting == setting)
    });
    let any = |is_it: &dyn Fn(&Key<'_>) -> bool| others.keys().any(is_it);
    let name = &side.name;
    if is_failed {
        return format!("the run of this mix and seed failed in {name}");
    }
    if !any(&|other| other.2 == mix) {
        return format!("{name} has no run of mix `{mix}`");
    }
    if !any(&|other| (other.2, other.3) == (mix, setting)) {
        return format!("{name} has no run of setting `{setting}`");
    }
    if !any(&|other| (other.2, other.3, other.4) == (mix, setting, seed)) {
        return format!("{name} has no run of seed {seed}");
    }
    format!("{name} does not judge {source} by {metric}")
}

/// Why two numbers of one key are no pair; none if they are.
fn apart(
    (first, one): (&Side, &MeasurementRow),
    (second, other): (&Side, &MeasurementRow),
) -> Option<String> {
    if (&one.unit, one.direction) != (&other.unit, other.direction) {
        return Some(format!(
            "the unit of {} differs: {} and {}",
            one.metric, one.unit, other.unit
        ));
    }
    if !one.value.is_finite() || !other.value.is_finite() {
        return Some("one of both is not a finite number".to_owned());
    }
    let part = |side: &Side, row: &MeasurementRow| match side.parts.get(&row.run) {
        Some(found) => found.clone().map_err(|reason| {
            format!("what runs of {} were judged on is not known: {reason}", side.name)
        }),
        None => Err(format!("what runs of {} were judged on is not known", side.name)),
    };
    let (a, b) = match (part(first, one), part(second, other)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(reason), _) | (_, Err(reason)) => return Some(reason),
    };
    let judged = TestPart::differs(&a, &b, &one.source);
    judged.map(|reason| format!("they were judged on other statements: {reason}")).or_else(|| {
        let is_other = one.count != other.count;
        is_other.then(|| {
            format!("they were judged on other statements of {}: their numbers differ", one.source)
        })
    })
}

/// Whether seeds have splits of their own, by the pairs of the first side.
fn resampled(side: &Side, pairs: &[(&MeasurementRow, &MeasurementRow)]) -> Resampled {
    let parts = || pairs.iter().filter_map(|(row, _)| side.parts.get(&row.run)?.as_ref().ok());
    let splits: BTreeSet<u64> = parts().map(|part| part.split_seed).collect();
    match parts().next() {
        Some(part) if splits.len() > 1 => {
            Resampled::Splits { test_over_train: part.test_over_train }
        }
        _ => Resampled::OneSplit,
    }
}

/// Values by seed of the first and of the second.
type Scores = (BTreeMap<u64, f64>, BTreeMap<u64, f64>);

fn differences(
    pairs: &[(&MeasurementRow, &MeasurementRow)],
    resampled: Resampled,
) -> Result<(Vec<DifferenceRow>, Vec<Paired>), ReportError> {
    let mut groups: BTreeMap<[&str; 5], (&MeasurementRow, Scores)> = BTreeMap::new();
    for (row, other) in pairs {
        let key = [&*row.source, &*row.metric, &*row.mix, &*row.setting, &*other.setting];
        let (_, (first, second)) = groups.entry(key).or_insert_with(|| (row, Scores::default()));
        first.insert(row.seed, row.value);
        second.insert(other.seed, other.value);
    }
    let mut found = (Vec::new(), Vec::new());
    for ([source, metric, mix, first_setting, second_setting], (row, (first, second))) in groups {
        let Some(sure) = paired(&second, &first, resampled)? else { continue };
        let mean = |values: &BTreeMap<u64, f64>| values.values().sum::<f64>() / values.len() as f64;
        let ends = sure.ends();
        found.0.push(DifferenceRow {
            source: source.to_owned(),
            metric: metric.to_owned(),
            unit: row.unit.clone(),
            direction: row.direction,
            mix: mix.to_owned(),
            first_setting: first_setting.to_owned(),
            second_setting: second_setting.to_owned(),
            pairs: sure.pairs,
            first: mean(&first),
            second: mean(&second),
            difference: sure.mean,
            low: ends.map(|(low, _)| low),
            high: ends.map(|(_, high)| high),
        });
        found.1.push(sure);
    }
    Ok(found)
}

fn pair_row(row: &MeasurementRow, other: &MeasurementRow) -> PairRow {
    PairRow {
        source: row.source.clone(),
        metric: row.metric.clone(),
        mix: row.mix.clone(),
        first_setting: row.setting.clone(),
        second_setting: other.setting.clone(),
        seed: row.seed,
        first_run: row.run.clone(),
        second_run: other.run.clone(),
        first: row.value,
        second: other.value,
    }
}

#[cfg(test)]
#[path = "comparison_tests.rs"]
mod tests;
