//! How well could any model do on items that were judged more than once?

use crate::{Case, Finding};
use medley_evaluation::{
    Answer, Answers, Metric, ResponseSet, label_ceiling, scalar_reward_ceiling,
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
/// ([`scalar_reward_ceiling`]). Circles lower it as well as contradictions.
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
    let sides = ResponseSet::comparison(true);
    let all = || pairs().map(|said| answer(said.shares.to_vec(), item(said.pair), said.pair));
    let of_decided = decided().map(|said| answer(said.shares.to_vec(), item(said.pair), said.pair));
    let labels = repeated("comparison.ceiling", of_decided, sides.clone(), Metric::DecidedAccuracy)
        .about("one answer per pair, decided");
    let said = Answers { responses: sides, list: all().collect() };
    let scalar = scalar_reward_ceiling(&said);
    let (count, of) = scalar.map_or((0, 0), |it| (it.repeated, distinct(&said.list)));
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
        let answers = labels.into_iter().map(|(item, level)| answer(one_hot(level), item, (0, 0)));
        let responses = ResponseSet::Labelled(names);
        repeated("rating.ceiling", answers, responses, Metric::Accuracy).about(subject)
    };
    subjects.into_iter().map(finding).collect()
}

fn approvals(case: &Case<'_>) -> Option<Finding> {
    let said = |approval: &medley_feedback::Approval| {
        let item = u64::from(case.content(case.segment(&approval.segment)));
        answer(vec![1.0 - approval.approval, approval.approval], item, (0, 0))
    };
    let answers = case.records.approvals.iter().map(|record| said(record));
    let responses = labelled(&["bad", "good"]);
    (!case.records.approvals.is_empty())
        .then(|| repeated("approval.ceiling", answers, responses, Metric::Accuracy))
}

/// The label ceiling over the items with more than one judgement.
fn repeated(
    check: &'static str,
    answers: impl Iterator<Item = Answer> + Clone,
    responses: ResponseSet,
    metric: Metric,
) -> Finding {
    let mut counts: BTreeMap<Option<u64>, usize> = BTreeMap::new();
    answers.clone().for_each(|of| *counts.entry(of.item).or_default() += 1);
    let list: Vec<Answer> = answers.filter(|of| counts[&of.item] > 1).collect();
    let items = counts.len();
    let repeats = counts.values().filter(|count| **count > 1).count();
    let statements = list.len();
    let ceiling = label_ceiling(&Answers { responses, list }, metric);
    let value = ceiling.map(|ceiling| ceiling.value);
    let note = match repeats {
        0 => "no item was judged twice, so the noise of the labels is unknown".to_owned(),
        _ => format!("best accuracy on the {statements} labels of these items"),
    };
    let unit = "items judged at least twice";
    Finding::new(check, repeats, items, unit)
        .value(value)
        .warn_if(value.is_some_and(|value| value < LOW))
        .note(note)
}

fn distinct(answers: &[Answer]) -> usize {
    let mut items: Vec<_> = answers.iter().map(|answer| answer.item).collect();
    items.sort_unstable();
    items.dedup();
    items.len()
}

fn labelled(names: &[&str]) -> ResponseSet {
    ResponseSet::Labelled(names.iter().map(|name| (*name).to_owned()).collect())
}

fn answer(observed: Vec<f64>, item: u64, pair: (u32, u32)) -> Answer {
    Answer {
        clusters: vec![0],
        observed,
        value: None,
        antisymmetric: false,
        item: Some(item),
        pair: Some(pair),
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
