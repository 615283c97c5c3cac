//! What can be said of people without any model, and of models beyond their loss.

use crate::StudySpec;
use crate::groups::{Grouping, LEAST};
use crate::measure::Outcome;
use crate::pairs::Pair;
use crate::said::Told;
use crate::split::Parts;
use medley_evaluation::Bootstrap;
use medley_evaluation::Estimate;
use medley_evaluation::people::{
    Association, AssociationSettings, Cell, GroupStatement, Level, Losses, Met, NewPersonCurve,
    PairVote, PersonTails, Rated, Reliability, RepeatAgreement, Repeated, ShareCalibration,
    SingleRewardCeiling, Told as Hit, VarianceParts, disagreement_explained_of, group_associations,
    group_audit, new_person_curve, repeat_agreement, share_calibration, single_reward_ceiling,
    variance_parts,
};
use medley_people::{Prediction, Statement};
use std::collections::BTreeMap;

/// What was said, whoever models it.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// What one reward for all can reach on what was said of pairs.
    pub ceiling: Option<SingleRewardCeiling>,
    /// What people agree on or not: pairs, and answers about single items by source.
    pub subjects: Vec<Subject>,
    /// Where people were asked again.
    pub repeats: Option<RepeatAgreement>,
    /// People who said something, and those of one statement.
    pub heard: usize,
    /// Of these, people of whom only one statement is known.
    pub once: usize,
    /// People whose answers to pairs were all for the side named first, or all for the other, of ten or more.
    pub one_sided: usize,
}

/// Answers that can be held against each other.
#[derive(Clone, Debug)]
pub struct Subject {
    /// `pairs`, or the source of answers about single items.
    pub name: String,
    /// Krippendorff's alpha of everybody.
    pub alpha: Option<f64>,
    /// Whether values are levels of a scale, and not just different.
    pub is_ordinal: bool,
    /// Column, label, and how far the group has a view of its own.
    pub groups: Vec<(String, String, Cell<Association>)>,
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
    /// How sure it is of the people of each group that is shown.
    pub calibration: Vec<GroupCalibration>,
    /// Where the variance of answers comes from.
    pub variance: Option<VarianceParts>,
    /// What is known of new people.
    pub curve: Option<NewPersonCurve>,
    /// Accuracy above what one reward could reach, on the same statements.
    pub gain: Option<f64>,
}

/// How sure a model is of the people of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupCalibration {
    /// Column and label.
    pub group: (String, String),
    /// People of the group who said something.
    pub people: usize,
    /// Factor on log-odds that fits best.
    pub slope: f64,
    /// Calibration error.
    pub error: f64,
}

/// So many decisions for one side alone are no chance.
const ONE_SIDED: usize = 10;

/// Audits what was said.
pub fn audit(told: &Told, decided: &[Pair], groupings: &[Grouping], spec: &StudySpec) -> Audit {
    let heard = told.speakers();
    let once = heard.clone().filter(|&person| told.panel.said_by(person).len() == 1).count();
    let subjects = subjects(told, decided).into_iter().map(|(name, rated, is_ordinal)| {
        let level = if is_ordinal { Level::Ordinal } else { Level::Nominal };
        let (alpha, groups) =
            (alpha(&rated, level), associations(told, groupings, &rated, level, spec.seed));
        Subject { name, alpha, is_ordinal, groups }
    });
    Audit {
        ceiling: single_reward_ceiling(&votes(decided)).ok(),
        subjects: subjects.collect(),
        repeats: spec.study.repeated.then(|| repeats(told, decided)).flatten(),
        heard: heard.count(),
        once,
        one_sided: one_sided(told, decided),
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

/// Answers about pairs, each in both orders, so that nothing depends on which item is called the first; and
/// answers about single items, by source and by what is asked of an item (its cutpoints). Whether they are levels.
fn subjects(told: &Told, decided: &[Pair]) -> Vec<(String, Vec<Rated>, bool)> {
    let mut subjects = Vec::new();
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
        subjects.push(("pairs".to_owned(), both.collect(), false));
    }
    let mut of_source: BTreeMap<&str, Singles> = BTreeMap::new();
    for (number, statement) in told.panel.statements().iter().enumerate() {
        let Some((asked, value, levels)) = single(statement) else { continue };
        let of = of_source.entry(&told.sources[number]).or_default();
        let next = of.numbers.len() as u32;
        let item = *of.numbers.entry(asked).or_insert(next);
        of.rated.push(Rated { person: statement.person as u32, item, value });
        of.levels = levels.max(of.levels);
    }
    let named = of_source.into_iter();
    subjects.extend(named.map(|(name, of)| (name.to_owned(), of.rated, of.levels > 2)));
    subjects
}

/// Answers of a source about one item each.
#[derive(Default)]
struct Singles {
    /// Of the item and the first column that it is answered by.
    numbers: BTreeMap<(usize, usize), u32>,
    rated: Vec<Rated>,
    /// Most of an answer.
    levels: usize,
}

/// An answer about one item: the item and the first column that it is answered by, the answer (more is
/// better), and how many there are.
fn single(statement: &Statement) -> Option<((usize, usize), f64, usize)> {
    let first = statement.predictors.first()?;
    let &[(item, _)] = first.items.as_slice() else { return None };
    let columns = statement.predictors.iter().flat_map(|predictor| &predictor.columns);
    let column = columns.map(|(column, _)| *column).min()?;
    let observed = statement.answer.observed();
    // Of two responses the first is yes; levels rise. Who was not sure said the mean of their levels.
    let value = match observed[..] {
        [yes, _] => (yes == 0.0 || yes == 1.0).then_some(yes)?,
        _ => observed.iter().enumerate().map(|(level, share)| level as f64 * share).sum(),
    };
    Some(((item, column), value, observed.len()))
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
            let cell = match cell {
                Cell::Shown(of) if grouping.hidden[label] => Cell::Hidden { people: of.people },
                other => other,
            };
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
    for pair in decided.iter().filter(|pair| pair.sides) {
        let side = &mut sides[pair.person];
        side.0 += usize::from((pair.share > 0.5) != pair.flipped && pair.share != 0.5);
        side.1 += usize::from((pair.share < 0.5) != pair.flipped && pair.share != 0.5);
    }
    // Where a listing names the winner first, sides say nothing of people.
    let both = sides.iter().filter(|(one, other)| one * other > 0).count();
    let one = |(one, other): &&(usize, usize)| one + other >= ONE_SIDED && one * other == 0;
    let alone = sides.iter().filter(one).count();
    if alone <= both { alone } else { 0 }
}

/// Audits models against each other, where `decided` says what was decided between two items.
pub fn model_audits(
    told: &Told,
    parts: &Parts,
    decided: &[Pair],
    groupings: &[Grouping],
    outcomes: &[Outcome],
) -> Vec<ModelAudit> {
    let pooled = outcomes.iter().find(|outcome| outcome.kind == "pooled");
    let loss = |outcome: &Outcome| {
        let found = outcome.last();
        let mean = -found.iter().map(|p| p.log_likelihood).sum::<f64>() / found.len().max(1) as f64;
        if mean.is_nan() { f64::INFINITY } else { mean }
    };
    let all: Vec<f64> = outcomes.iter().map(loss).collect();
    let best = (0..all.len()).min_by(|&a, &b| all[a].total_cmp(&all[b])).map(|at| &outcomes[at]);
    let one = |outcome: &Outcome| {
        let own = outcome.last();
        let explained = pooled.zip(best).and_then(|(pooled, best)| {
            let losses = losses(told, pooled.last(), own, best.last())?;
            let settings = Bootstrap { replicates: 200, seed: 0 };
            disagreement_explained_of(&losses, &settings).ok().flatten()
        });
        let odds = odds(told, own);
        let of_all = group_audit(&odds, &Bootstrap { replicates: 0, seed: 0 }).ok();
        let scores = of_all.as_ref().and_then(|audit| audit.groups.first()?.scores.shown());
        ModelAudit {
            model: outcome.model.clone(),
            explained,
            shares: shares(decided, own),
            slope: scores.and_then(|scores| scores.slope).map(|slope| slope.value),
            persons: of_all.as_ref().map(|of| of.persons).filter(|_| people_of(&odds) >= LEAST),
            calibration: groupings.iter().flat_map(|of| calibration(of, &odds)).collect(),
            variance: variance(told, parts, outcome),
            curve: pooled
                .and_then(|pooled| curve(told, outcome, pooled))
                .filter(|curve| curve.pooled_nll.clusters >= LEAST),
            gain: gain(decided, own),
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

fn people_of(odds: &[GroupStatement]) -> usize {
    odds.iter().map(|one| one.person).collect::<std::collections::BTreeSet<u32>>().len()
}

fn calibration(grouping: &Grouping, odds: &[GroupStatement]) -> Vec<GroupCalibration> {
    let of = |one: &GroupStatement| {
        let group = grouping.of[one.person as usize]? as u32;
        Some(GroupStatement { group, ..*one })
    };
    let known: Vec<GroupStatement> = odds.iter().filter_map(of).collect();
    let Ok(audit) = group_audit(&known, &Bootstrap { replicates: 0, seed: 0 }) else {
        return Vec::new();
    };
    let shown = audit.groups.iter().filter_map(|cell| {
        let scores = cell.scores.shown().filter(|_| !grouping.hidden[cell.group as usize])?;
        Some(GroupCalibration {
            group: (grouping.column.clone(), grouping.labels[cell.group as usize].clone()),
            people: grouping.sizes[cell.group as usize],
            slope: scores.slope.map_or(f64::NAN, |slope| slope.value),
            error: scores.ece.value,
        })
    });
    shown.collect()
}

/// Of pairs, the mean predicted share against the observed one.
fn shares(decided: &[Pair], predictions: &[Prediction]) -> Option<ShareCalibration> {
    let by_statement: BTreeMap<usize, &Prediction> =
        predictions.iter().map(|prediction| (prediction.statement, prediction)).collect();
    let is_binary = |pair: &&Pair| {
        by_statement.get(&pair.statement).is_some_and(|p| p.probabilities.len() == 2)
    };
    let decided: Vec<Pair> = decided.iter().filter(is_binary).copied().collect();
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
/// Of answers of two responses alone: others are hit less often for being more.
fn gain(decided: &[Pair], predictions: &[Prediction]) -> Option<f64> {
    if predictions.iter().any(|prediction| prediction.probabilities.len() != 2) {
        return None;
    }
    let hits: BTreeMap<usize, f64> = predictions.iter().map(|p| (p.statement, p.hit)).collect();
    let is_hit = |pair: &&Pair| hits.contains_key(&pair.statement);
    let decided: Vec<Pair> = decided.iter().filter(is_hit).copied().collect();
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
    let expected: Vec<Vec<f64>> = told
        .speakers()
        .map(|person| population.mean_of(&told.panel.known(person)[..known]).as_slice().to_vec())
        .collect();
    let covariance: Vec<Vec<f64>> =
        population.covariance.row_iter().map(|row| row.iter().copied().collect()).collect();
    let difference = |&statement: &usize| {
        let rows = told.panel.rows(statement);
        let mut row = vec![0.0; width];
        // By how much the first predictor is ahead of the last: of options and of halves a difference.
        let own = |&&(i, _): &&(usize, f64)| i < width;
        let (first, others) = rows.split_first()?;
        first.iter().filter(own).for_each(|&(i, x)| row[i] += x);
        let last = others.last().into_iter().flatten();
        last.filter(own).for_each(|&(i, x)| row[i] -= x);
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
