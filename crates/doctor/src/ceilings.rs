//! How well could any model do on items that were judged more than once?

use crate::{Case, Finding};
use medley_evaluation::{
    Answer, Answers, Metric, ResponseSet, label_ceiling, scalar_reward_ceiling_of_pairs,
};
use medley_feedback::Rating;
use std::collections::BTreeMap;

/// A ceiling below this is worth a warning.
const LOW: f64 = 0.75;

/// `<kind>.ceiling`: the best accuracy of any model that gives one answer an item, over the items
/// with at least two statements ([`label_ceiling`]). Items without repeats say nothing about it
/// and are left out. Two statements that differ give 0.5, so with few repeats an item the ceiling
/// is too high: a model cannot know the majority of two.
///
/// For comparisons the two orders of a pair are one item, ties are left out, and there is a second
/// line: the best that one reward per segment can do on all comparisons, ties counting half
/// ([`scalar_reward_ceiling_of_pairs`]). Circles lower it as well as contradictions.
pub(crate) fn ceilings(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = comparisons(case);
    findings.extend(ratings(case));
    findings.extend(approvals(case));
    findings
}

fn comparisons(case: &Case<'_>) -> Vec<Finding> {
    if case.answers.is_empty() {
        return Vec::new();
    }
    let pairs = || case.answers.iter().filter(|said| said.pair.0 != said.pair.1);
    let decided = || pairs().filter(|said| said.first_wins.is_some());
    let item = |(a, b): (u32, u32)| u64::from(a) << 32 | u64::from(b);
    let of_decided = decided().map(|said| (item(said.pair), said.shares));
    let sides = ResponseSet::comparison(true);
    let labels = repeated("comparison.ceiling", of_decided, sides, Metric::DecidedAccuracy)
        .about("one answer per pair, decided");
    let shares = |said: &crate::Answer| {
        let [lower, tie, upper] = said.shares;
        (said.pair, [lower, upper, tie])
    };
    let scalar = scalar_reward_ceiling_of_pairs(pairs().map(shares));
    let all = || distinct(pairs().map(|said| item(said.pair)));
    let (count, of) = scalar.map_or((0, 0), |it| (it.repeated, all()));
    let note = match scalar {
        Some(ceiling) if !ceiling.exact => "a bound: some cycle is too large to search",
        _ => "ties count half; a model with a position bias can exceed it",
    };
    let value = scalar.map(|ceiling| ceiling.value);
    let reward = Finding::new("comparison.ceiling", count, of, "pairs judged at least twice");
    vec![labels, reward.about("one reward per segment").value(value).note(note)]
}

fn ratings(case: &Case<'_>) -> Vec<Finding> {
    let mut subjects: BTreeMap<String, (u32, Vec<(u64, usize)>)> = BTreeMap::new();
    for rating in case.records.ratings.iter() {
        let Some(level) = rating.scale.level(rating.value) else { continue };
        let Some(levels) = rating.scale.levels else { continue };
        let item = u64::from(case.content(case.segment(&rating.segment)));
        let of = subjects.entry(crate::ratings::subject(rating as &Rating)).or_default();
        of.0 = levels;
        of.1.push((item, level));
    }
    let finding = |(subject, (levels, labels)): (String, (u32, Vec<(u64, usize)>))| {
        let names: Vec<String> = (0..levels).map(|level| level.to_string()).collect();
        let one_hot = |level: usize| {
            let mut shares = vec![0.0; levels as usize];
            shares[level] = 1.0;
            shares
        };
        let said = labels.iter().map(|&(item, level)| (item, one_hot(level)));
        let responses = ResponseSet::Labelled(names);
        repeated("rating.ceiling", said, responses, Metric::Accuracy).about(subject)
    };
    subjects.into_iter().map(finding).collect()
}

fn approvals(case: &Case<'_>) -> Option<Finding> {
    let said = |approval: &medley_feedback::Approval| {
        let item = u64::from(case.content(case.segment(&approval.segment)));
        (item, [1.0 - approval.approval, approval.approval])
    };
    let all = case.records.approvals.iter().map(|record| said(record));
    let responses = labelled(&["bad", "good"]);
    (!case.records.approvals.is_empty())
        .then(|| repeated("approval.ceiling", all, responses, Metric::Accuracy))
}

/// The label ceiling over the items with more than one judgement, of labels with their items.
fn repeated<L: Into<Vec<f64>>>(
    check: &'static str,
    labels: impl Iterator<Item = (u64, L)> + Clone,
    responses: ResponseSet,
    metric: Metric,
) -> Finding {
    let items = sorted(labels.clone().map(|(item, _)| item));
    let of_item = || items.chunk_by(|one, next| one == next);
    let total = of_item().count();
    let again: Vec<u64> = of_item().filter(|it| it.len() > 1).map(|it| it[0]).collect();
    let is_again = |item: u64| again.binary_search(&item).is_ok();
    let list = labels.filter(|(item, _)| is_again(*item));
    let list: Vec<Answer> = list.map(|(item, label)| answer(label.into(), item)).collect();
    let (repeats, statements) = (again.len(), list.len());
    let ceiling = label_ceiling(&Answers { responses, list }, metric);
    let value = ceiling.map(|ceiling| ceiling.value);
    let note = match repeats {
        0 => "no item was judged twice, so the noise of the labels is unknown".to_owned(),
        _ => format!("best accuracy on the {statements} labels of these items"),
    };
    let unit = "items judged at least twice";
    Finding::new(check, repeats, total, unit)
        .value(value)
        .warn_if(value.is_some_and(|value| value < LOW))
        .note(note)
}

fn sorted(items: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut items: Vec<u64> = items.collect();
    items.sort_unstable();
    items
}

fn distinct(items: impl Iterator<Item = u64>) -> usize {
    sorted(items).chunk_by(|one, next| one == next).count()
}

fn labelled(names: &[&str]) -> ResponseSet {
    ResponseSet::Labelled(names.iter().map(|name| (*name).to_owned()).collect())
}

fn answer(observed: Vec<f64>, item: u64) -> Answer {
    Answer {
        clusters: vec![0],
        observed,
        value: None,
        antisymmetric: false,
        item: Some(item),
        pair: None,
        candidates: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{compare, counts, found, one, prompts, rate, thumb, tie};

    #[test]
    fn only_repeated_items_count() {
        let mut builder = prompts(3, 3);
        builder.insert(vec![
            // Two of three for one side, in both orders: 2/3. A tie is not decided.
            compare("0/0", "0/1", 1.0),
            compare("0/1", "0/0", 0.0),
            compare("0/0", "0/1", 0.0),
            tie("0/0", "0/1"),
            // Agreed twice: 1.
            compare("1/0", "1/1", 0.0),
            compare("1/0", "1/1", 0.0),
            // Once.
            compare("2/0", "2/1", 0.0),
        ]);
        let findings = found(builder, ceilings);
        let check = "comparison.ceiling";
        let labels = one(&findings, check, "one answer per pair, decided");
        assert_eq!((labels.count, labels.of), (2, 3));
        // 5 labels: (2 + 2) / 5.
        assert!((labels.value.unwrap() - 0.8).abs() < 1e-12);
        // All 7: 2 + 0.5 + 2 + 1 of 7.
        let reward = one(&findings, check, "one reward per segment");
        assert!((reward.value.unwrap() - 5.5 / 7.0).abs() < 1e-12, "{reward:?}");
        assert_eq!((reward.count, reward.of), (2, 3));
    }

    #[test]
    fn ratings_and_thumbs_have_ceilings() {
        let mut builder = prompts(1, 3);
        let ratings = [("a", "0/0", 1.0), ("b", "0/0", 1.0), ("c", "0/0", 4.0), ("a", "0/1", 2.0)];
        builder.insert(ratings.map(|(who, what, value)| rate(who, what, value)).to_vec());
        builder.insert(vec![thumb("a", "0/2", 1.0), thumb("b", "0/2", 0.0)]);
        let findings = found(builder, ceilings);
        let ratings = one(&findings, "rating.ceiling", "rating [1, 5]");
        assert_eq!((ratings.count, ratings.of), (1, 2));
        assert!((ratings.value.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(counts(&findings, "approval.ceiling", ""), (1, 1));
        assert_eq!(one(&findings, "approval.ceiling", "").value, Some(0.5));
    }

    #[test]
    fn without_repeats_there_is_no_ceiling() {
        let mut builder = prompts(1, 2);
        builder.insert(vec![compare("0/0", "0/1", 1.0)]);
        let findings = found(builder, ceilings);
        assert_eq!(findings[0].value, None);
    }
}
