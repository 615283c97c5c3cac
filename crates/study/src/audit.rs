//! What can be said of people without any model, and of models beyond their loss.

use crate::groups::Grouping;
use crate::measure::Outcome;
use crate::pairs::{Pair, pairs};
use crate::said::Told;
use crate::split::Parts;
use medley_evaluation::Bootstrap;
use medley_evaluation::Estimate;
use medley_evaluation::people::{
    Association, AssociationSettings, Cell, GroupStatement, Level, Losses, Met, NewPersonCurve,
    PairVote, PersonTails, Rated, Reliability, RepeatAgreement, Repeated, ShareCalibration,
    SingleRewardCeiling, Told as Hit, VarianceParts, disagreement_explained_of, group_associations,
    group_audit, new_person_curve, person_tails, repeat_agreement, share_calibration,
    single_reward_ceiling, variance_parts,
};
use medley_people::{Prediction, Predictor};
use std::collections::BTreeMap;

/// What was said, whoever models it.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// What one reward for all can reach on what was said of pairs.
    pub ceiling: Option<SingleRewardCeiling>,
    /// Krippendorff's alpha of everybody.
    pub alpha: Option<f64>,
    /// Whether values of answers are levels of a scale.
    pub is_ordinal: bool,
    /// Column, label, and how far the group has a view of its own.
    pub groups: Vec<(String, String, Cell<Association>)>,
    /// Where people were asked again.
    pub repeats: Option<RepeatAgreement>,
    /// People who said something, and those of one statement.
    pub heard: usize,
    /// Of these, people of whom only one statement is known.
    pub once: usize,
    /// People whose answers to pairs were all for the side named first, or all for the other, of ten or more.
    pub one_sided: usize,
}

/// What a model is worth beyond its loss.
#[derive(Clone, Debug)]
pub struct ModelAudit {
    /// Its name.
    pub model: String,
    /// Share of the disagreement between people that it explains, of what the best model of the study does.
    pub explained: Option<Estimate>,
    /// Whether predicted shares of people are right, pair by pair.
    pub shares: Option<ShareCalibration>,
    /// Factor on log-odds that fits best, by all.
    pub slope: Option<f64>,
    /// Tenths of persons.
    pub persons: Option<PersonTails>,
    /// Column, label, calibration slope and error.
    pub calibration: Vec<(String, String, f64, f64)>,
    /// Where the variance of answers comes from.
    pub variance: Option<VarianceParts>,
    /// What is known of new people.
    pub curve: Option<NewPersonCurve>,
    /// Accuracy above what one reward could reach, on the same statements.
    pub gain: Option<f64>,
}

/// So many decisions for one side alone are no chance.
const ONE_SIDED: usize = 10;

/// Audits what was said.
pub fn audit(told: &Told, groupings: &[Grouping], seed: u64) -> Audit {
    let decided = pairs(told);
    let panel = &told.panel;
    let heard = (0..panel.people()).filter(|&person| !panel.said_by(person).is_empty());
    let once = heard.clone().filter(|&person| panel.said_by(person).len() == 1).count();
    let (rated, is_ordinal) = rated(told, &decided);
    let level = if is_ordinal { Level::Ordinal } else { Level::Nominal };
    Audit {
        ceiling: single_reward_ceiling(&votes(&decided)).ok(),
        alpha: alpha(&rated, level),
        is_ordinal,
        groups: associations(told, groupings, &rated, level, seed),
        repeats: repeats(told, &decided),
        heard: heard.count(),
        once,
        one_sided: one_sided(told, &decided),
    }
}

/// Votes of pairs, in an order of pairs that is the same whatever was asked.
fn votes(decided: &[Pair]) -> Vec<PairVote> {
    let numbers = numbered(decided.iter().map(|pair| pair.items));
    let vote = |pair: &Pair| PairVote {
        person: pair.person as u32,
        pair: numbers[&pair.items],
        first: pair.share,
    };
    decided.iter().map(vote).collect()
}

fn numbered<K: Ord + Copy>(keys: impl Iterator<Item = K>) -> BTreeMap<K, u32> {
    let mut numbers = BTreeMap::new();
    for key in keys {
        let next = numbers.len() as u32;
        numbers.entry(key).or_insert(next);
    }
    numbers
}

/// Answers about pairs, each in both orders, so that nothing depends on which item is called the first; where
/// nothing was said of pairs, answers about single items. Whether they are levels of a scale.
fn rated(told: &Told, decided: &[Pair]) -> (Vec<Rated>, bool) {
    if !decided.is_empty() {
        let numbers = numbered(decided.iter().map(|pair| pair.items));
        let both = decided.iter().flat_map(|pair| {
            let item = 2 * numbers[&pair.items];
            let person = pair.person as u32;
            [
                Rated { person, item, value: pair.share },
                Rated { person, item: item + 1, value: 1.0 - pair.share },
            ]
        });
        return (both.collect(), false);
    }
    let single = |predictor: &Predictor| match predictor.items.as_slice() {
        &[(item, _)] => Some(item),
        _ => None,
    };
    let mut levels = 0;
    let mut rated = Vec::new();
    for statement in told.panel.statements() {
        let observed = statement.answer.observed();
        let value = observed.iter().position(|share| *share == 1.0);
        let item = statement.predictors.first().and_then(single);
        if let (Some(item), Some(value)) = (item, value) {
            levels = levels.max(observed.len());
            let person = statement.person as u32;
            rated.push(Rated { person, item: item as u32, value: value as f64 });
        }
    }
    (rated, levels > 2)
}

fn alpha(rated: &[Rated], level: Level) -> Option<f64> {
    let mut units: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    rated.iter().for_each(|one| units.entry(one.item).or_default().push(one.value));
    Reliability::new(units.values().map(Vec::as_slice)).alpha(level)
}

fn associations(
    told: &Told,
    groupings: &[Grouping],
    rated: &[Rated],
    level: Level,
    seed: u64,
) -> Vec<(String, String, Cell<Association>)> {
    let people = told.panel.people();
    let labels: Vec<(&Grouping, usize)> = groupings
        .iter()
        .flat_map(|grouping| (0..grouping.labels.len()).map(move |label| (grouping, label)))
        .collect();
    let groups: Vec<Vec<bool>> = labels
        .iter()
        .map(|(grouping, label)| (0..people).map(|a| grouping.of[a] == Some(*label)).collect())
        .collect();
    let settings = AssociationSettings { permutations: 199, seed };
    let Ok(cells) = group_associations(rated, &groups, level, &settings) else { return Vec::new() };
    let named = labels.into_iter().zip(cells);
    named
        .map(|((grouping, label), cell)| {
            (grouping.column.clone(), grouping.labels[label].clone(), cell)
        })
        .collect()
}

/// Where a person decided between the same two items of a source more than once.
fn repeats(told: &Told, decided: &[Pair]) -> Option<RepeatAgreement> {
    let key = |pair: &Pair| (told.sources[pair.statement].as_str(), pair.items);
    let numbers = numbered(decided.iter().map(key));
    let answers: Vec<Repeated> = decided
        .iter()
        .filter(|pair| pair.share != 0.5)
        .map(|pair| Repeated {
            person: pair.person as u32,
            question: numbers[&key(pair)],
            yes: pair.share > 0.5,
        })
        .collect();
    repeat_agreement(&answers, &Bootstrap { replicates: 200, seed: 0 }).ok()
}

fn one_sided(told: &Told, decided: &[Pair]) -> usize {
    let mut sides = vec![(0_usize, 0_usize); told.panel.people()];
    for pair in decided {
        let side = &mut sides[pair.person];
        side.0 += usize::from((pair.share > 0.5) != pair.flipped && pair.share != 0.5);
        side.1 += usize::from((pair.share < 0.5) != pair.flipped && pair.share != 0.5);
    }
    sides.iter().filter(|(one, other)| one + other >= ONE_SIDED && one * other == 0).count()
}

/// Audits models against each other.
pub fn model_audits(
    told: &Told,
    parts: &Parts,
    groupings: &[Grouping],
    outcomes: &[Outcome],
) -> Vec<ModelAudit> {
    let last = |outcome: &Outcome| outcome.predictions.values().next_back().cloned();
    let pooled = outcomes.iter().find(|outcome| outcome.kind == "pooled");
    let loss = |outcome: &&Outcome| {
        let found = last(outcome).unwrap_or_default();
        -found.iter().map(|p| p.log_likelihood).sum::<f64>() / found.len().max(1) as f64
    };
    let best = outcomes.iter().min_by(|a, b| loss(a).total_cmp(&loss(b)));
    let one = |outcome: &Outcome| {
        let own = last(outcome).unwrap_or_default();
        let explained = pooled.zip(best).and_then(|(pooled, best)| {
            let losses = losses(told, &last(pooled)?, &own, &last(best)?)?;
            let settings = Bootstrap { replicates: 200, seed: 0 };
            disagreement_explained_of(&losses, &settings).ok().flatten()
        });
        let odds = odds(told, &own);
        let calibration =
            groupings.iter().flat_map(|grouping| calibration(grouping, &odds)).collect();
        let pooled_audit = slope(&odds);
        ModelAudit {
            model: outcome.model.clone(),
            explained,
            shares: shares(told, &own),
            slope: pooled_audit,
            persons: person_tails(&odds).ok(),
            calibration,
            variance: variance(told, parts, outcome),
            curve: pooled.and_then(|pooled| curve(told, outcome, pooled)),
            gain: gain(told, &own),
        }
    };
    outcomes.iter().map(one).collect()
}

fn losses(
    told: &Told,
    pooled: &[Prediction],
    own: &[Prediction],
    best: &[Prediction],
) -> Option<Vec<Losses>> {
    let is_same = pooled.len() == own.len() && own.len() == best.len();
    let all = pooled.iter().zip(own).zip(best);
    is_same.then(|| {
        all.map(|((pooled, own), best)| Losses {
            person: told.panel.statements()[own.statement].person as u32,
            pooled: -pooled.log_likelihood,
            model: -own.log_likelihood,
            best: -best.log_likelihood,
        })
        .collect()
    })
}

/// Predictions of answers of two responses, as log-odds; the group is that of nobody yet.
fn odds(told: &Told, predictions: &[Prediction]) -> Vec<GroupStatement> {
    let of = |prediction: &Prediction| {
        let statement = &told.panel.statements()[prediction.statement];
        let [yes, no] = prediction.probabilities[..] else { return None };
        let log_odds = (yes.ln() - no.ln()).clamp(-700.0, 700.0);
        let first = statement.answer.observed()[0];
        Some(GroupStatement { person: statement.person as u32, group: 0, log_odds, first })
    };
    predictions.iter().filter_map(of).collect()
}

fn slope(odds: &[GroupStatement]) -> Option<f64> {
    let audit = group_audit(odds, &Bootstrap { replicates: 0, seed: 0 }).ok()?;
    audit.groups.first()?.scores.shown()?.slope.map(|slope| slope.value)
}

fn calibration(grouping: &Grouping, odds: &[GroupStatement]) -> Vec<(String, String, f64, f64)> {
    let of = |one: &GroupStatement| {
        let group = grouping.of[one.person as usize]? as u32;
        Some(GroupStatement { group, ..*one })
    };
    let known: Vec<GroupStatement> = odds.iter().filter_map(of).collect();
    let Ok(audit) = group_audit(&known, &Bootstrap { replicates: 0, seed: 0 }) else {
        return Vec::new();
    };
    let shown = audit.groups.iter().filter_map(|cell| {
        let scores = cell.scores.shown()?;
        let label = grouping.labels[cell.group as usize].clone();
        let slope = scores.slope.map_or(f64::NAN, |slope| slope.value);
        Some((grouping.column.clone(), label, slope, scores.ece.value))
    });
    shown.collect()
}

/// Of pairs, the mean predicted share against the observed one.
fn shares(told: &Told, predictions: &[Prediction]) -> Option<ShareCalibration> {
    let by_statement: BTreeMap<usize, &Prediction> =
        predictions.iter().map(|prediction| (prediction.statement, prediction)).collect();
    let decided: Vec<Pair> = pairs(told)
        .into_iter()
        .filter(|pair| {
            by_statement.get(&pair.statement).is_some_and(|p| p.probabilities.len() == 2)
        })
        .collect();
    let numbers = numbered(decided.iter().map(|pair| pair.items));
    let mut sums = vec![(0.0, 0.0); numbers.len()];
    for pair in &decided {
        let first = by_statement[&pair.statement].probabilities[0];
        let sum = &mut sums[numbers[&pair.items] as usize];
        sum.0 += if pair.flipped { 1.0 - first } else { first };
        sum.1 += 1.0;
    }
    let predicted: Vec<f64> = sums.iter().map(|(sum, count)| sum / count).collect();
    share_calibration(&votes(&decided), &predicted).ok()
}

/// How far accuracy on these statements is above what one reward for all could reach on the same ones.
fn gain(told: &Told, predictions: &[Prediction]) -> Option<f64> {
    let hits: BTreeMap<usize, f64> = predictions.iter().map(|p| (p.statement, p.hit)).collect();
    let decided: Vec<Pair> =
        pairs(told).into_iter().filter(|pair| hits.contains_key(&pair.statement)).collect();
    let ceiling = single_reward_ceiling(&votes(&decided)).ok()?;
    let right: f64 = decided.iter().map(|pair| hits[&pair.statement]).sum();
    Some(ceiling.pluralism_gain(right / decided.len() as f64))
}

fn variance(told: &Told, parts: &Parts, outcome: &Outcome) -> Option<VarianceParts> {
    let population = outcome.fitted.population()?;
    let width = told.panel.features().len();
    if population.mean.ncols() != width {
        return None;
    }
    let known = population.mean.nrows();
    let heard = (0..told.panel.people()).filter(|&person| !told.panel.said_by(person).is_empty());
    let expected: Vec<Vec<f64>> = heard
        .map(|person| population.mean_of(&told.panel.known(person)[..known]).as_slice().to_vec())
        .collect();
    let covariance: Vec<Vec<f64>> =
        population.covariance.row_iter().map(|row| row.iter().copied().collect()).collect();
    let difference = |&statement: &usize| {
        let mut row = vec![0.0; width];
        let first = told.panel.rows(statement).first()?;
        first.iter().filter(|(i, _)| *i < width).for_each(|&(i, x)| row[i] = x);
        Some(row)
    };
    let differences: Vec<Vec<f64>> = parts.train.iter().filter_map(difference).collect();
    variance_parts(&expected, &covariance, &differences).ok()
}

fn curve(told: &Told, outcome: &Outcome, pooled: &Outcome) -> Option<NewPersonCurve> {
    let labels: Vec<usize> = outcome.predictions.keys().copied().collect::<Option<_>>()?;
    let tables: Vec<&Vec<Prediction>> = outcome.predictions.values().collect();
    let base = pooled.predictions.values().next()?;
    let hit = |p: &Prediction| Hit { log_likelihood: p.log_likelihood, correct: p.hit };
    let met = |(place, pooled): (usize, &Prediction)| Met {
        person: told.panel.statements()[pooled.statement].person as u32,
        pooled: hit(pooled),
        after: tables.iter().map(|table| hit(&table[place])).collect(),
    };
    if tables.iter().any(|table| table.len() != base.len()) {
        return None;
    }
    let statements: Vec<Met> = base.iter().enumerate().map(met).collect();
    new_person_curve(&labels, &statements, &Bootstrap { replicates: 200, seed: 0 }).ok()
}

/// Whether people are asked often enough to be told apart: what a data set can say of its people.
pub fn identified(audit: &Audit) -> &'static str {
    match (audit.heard, audit.once) {
        (0, _) => "Nobody is named.",
        (heard, once) if once == heard => {
            "Everybody said one thing: what persons want cannot be told from what they have in common, and \
             mixtures of strangers are not identified from pairs alone. Groups can be compared, persons cannot."
        }
        (heard, once) if 2 * once > heard => {
            "Most people said one thing: persons are told apart only as far as the others' answers go."
        }
        _ => "People said several things each: a panel, from which persons can be told apart.",
    }
}
