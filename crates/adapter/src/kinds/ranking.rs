//! Adapter `ranking`: orders of several segments (Plackett-Luce), ties allowed.
//!
//! A ranking is read as it is made: the best of all, then the best of the rest. A statement is one
//! such stage, a choice out of those that remain, so that a ranking of `n` segments is `n - 1`
//! statements, whose log-likelihoods add up to that of Plackett and Luce. Statements that are
//! whole orders would have no probabilities of their own to calibrate or to score, since there are
//! `n!` of them; all pairs as comparisons would count one answer many times.
//!
//! Segments of equal rank are chosen together, in an order that was not observed:
//!
//! ```text
//! P(set S next) = sum over the orders of S of prod_i exp(beta R_i) / sum over what remains
//! ```
//!
//! A last stage in which all that remains is tied has probability 1 and is no statement.

use crate::answer::choice_set::{advantage, option_returns};
use crate::{
    About, Adapter, BindError, ChoiceObjective, FiniteChoice, Objective, Origin, ParameterRole,
    ParameterScale, Prediction, Rationality, Response, ResponseParameter, Scorer, Selection,
    Sharing, Speakers, Statements, item,
};
use burn::tensor::Tensor;
use medley_evaluation::{ResponseSet, Said, Vote};
use medley_feedback as feedback;
use medley_likelihood::choice::boltzmann;
use medley_likelihood::log_space::{STRUCTURAL_ZERO, log_sum_exp};
use medley_likelihood::tie_orders::ORDERS_LIMIT;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options: how a ranking is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ranking {
    /// Whether people differ in how closely their orders follow returns.
    pub rationality: Sharing,
    /// Whether the first choice may be made with more care than the later ones: a deviation of the
    /// rationality at each stage but the first, in nats of its logarithm, and perhaps one of each
    /// person at all of them.
    pub stages: Stages,
}

/// Whether stages of a ranking differ in rationality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stages {
    /// All are made alike, as Plackett and Luce have it.
    #[default]
    Alike,
    /// Each stage deviates, shrunk towards the first.
    Differ,
    /// So it does, and each annotator deviates from that at all stages but the first, by one
    /// number: how care fades differs between people more than where it does.
    PerAnnotator,
}

#[typetag::serde(name = "ranking")]
impl Adapter for Ranking {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        let records = selection.records::<feedback::Ranking>()?;
        let mut statements =
            Statements { dropped: records.dropped.clone(), ..Statements::default() };
        let mut stages = Vec::new();
        for (record, origin) in records.iter() {
            match stages_of(record, origin) {
                Ok(found) => {
                    for stage in found {
                        let segments = stage.options.iter().map(|&s| s as u32).collect();
                        statements.origins.push(Origin { segments, ..origin.clone() });
                        stages.push(stage);
                    }
                }
                Err(reason) => statements.drop(reason),
            }
        }
        if stages.is_empty() {
            return Err(selection.empty::<feedback::Ranking>(&statements.dropped));
        }
        let rationality = Rationality::new(selection, self.rationality, &statements.origins)?;
        let later = match self.stages {
            Stages::Alike => 0,
            _ => stages.iter().map(|stage| stage.number).max().unwrap_or(0),
        };
        let speakers = match self.stages {
            Stages::PerAnnotator => {
                let speakers = Speakers::new(&statements.origins);
                speakers.check(selection, Sharing::PerAnnotator, "stages")?;
                Some(speakers)
            }
            _ => None,
        };
        let kind = BoundRanking { stages, rationality, later, speakers };
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn summary(&self) -> &'static str {
        "orders of several segments: Plackett-Luce, ties summed over the orders they allow"
    }
}

/// Which of the remaining segments come next.
#[derive(Clone, Debug, PartialEq)]
struct Stage {
    options: Vec<usize>, // segments, sorted, so that repeats of a choice set are equal
    chosen: Vec<usize>,  // positions in `options`, rising
    number: usize,       // from 0
    last: bool,          // what remains after it is tied
}

fn stages_of(record: &feedback::Ranking, origin: &Origin) -> Result<Vec<Stage>, &'static str> {
    let mut by_rank = BTreeMap::<u32, Vec<usize>>::new();
    for (&segment, &rank) in origin.segments.iter().zip(&record.ranks) {
        by_rank.entry(rank).or_default().push(segment as usize);
    }
    let mut options: Vec<usize> = origin.segments.iter().map(|&s| s as usize).collect();
    options.sort_unstable();
    let mut stages = Vec::new();
    for (number, next) in by_rank.values().enumerate() {
        if next.len() == options.len() {
            break;
        }
        if orders(options.len(), next.len()) > ORDERS_LIMIT && next.len() > 1 {
            return Err("tie so many segments that their orders cannot be summed over");
        }
        let chosen = (0..options.len()).filter(|&i| next.contains(&options[i])).collect();
        let last = number + 2 == by_rank.len();
        stages.push(Stage { options: options.clone(), chosen, number, last });
        options.retain(|segment| !next.contains(segment));
    }
    if stages.is_empty() { Err("rank all segments the same") } else { Ok(stages) }
}

/// Number of ordered choices of `chosen` out of `options`.
fn orders(options: usize, chosen: usize) -> usize {
    (options - chosen + 1..=options).fold(1, usize::saturating_mul)
}

struct BoundRanking {
    stages: Vec<Stage>,
    rationality: Rationality,
    later: usize,               // stages with a deviation: all but the first
    speakers: Option<Speakers>, // who deviate from those
}

const STAGE: &str = "stage-log-rationality";
const DEVIATION: &str = "annotator-stage-log-rationality";

impl BoundRanking {
    /// Rationality of each stage, `[member, batch]`, or `[member, 1]` if all share it.
    fn rationality(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Tensor<2> {
        let rationality = self.rationality.of(response, statements, scorer.place);
        if self.later == 0 {
            return rationality;
        }
        let deviations = response.get(STAGE); // [member, stage]
        let none = deviations.zeros_like().narrow(1, 0, 1);
        let number = statements.iter().map(|&s| self.stages[s].number as i32).collect();
        let index = scorer.place.indices(number);
        let mut deviation = Tensor::cat(vec![none, deviations], 1).select(1, index);
        if let Some(speakers) = &self.speakers {
            let later = |&s: &usize| if self.stages[s].number > 0 { 1.0 } else { 0.0 };
            let later = statements.iter().map(later).collect();
            let later = scorer.place.tensor(later, [1, statements.len()]);
            let personal = speakers.deviation(response, DEVIATION, statements, scorer.place);
            deviation = deviation + personal * later;
        }
        rationality * deviation.exp()
    }
}

impl FiniteChoice for BoundRanking {
    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let mut parameters = self.rationality.parameters();
        if self.later == 0 {
            return parameters;
        }
        // Relative to the first stage, whose rationality a mixing may fix: what is left to learn is
        // how care fades, so that this has another role.
        let meaning = |p: ResponseParameter| p.meaning(ParameterRole::Other, ParameterScale::Log);
        let stages = ResponseParameter::shrunk(STAGE, vec![0.0; self.later], 0.0, 0.5);
        parameters.push(meaning(stages));
        if let Some(speakers) = &self.speakers {
            parameters.push(meaning(speakers.parameter(DEVIATION, 0.5)));
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Exchangeable
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let Stage { options, chosen, .. } = &self.stages[statement];
        let sets = subsets(options.len(), chosen.len());
        sets.iter().map(|set| if set == chosen { 1.0 } else { 0.0 }).collect()
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        // Stages of one shape are computed together, which needs neither masks nor padded orders.
        let mut shapes = BTreeMap::<(usize, usize), Vec<usize>>::new();
        for (position, &statement) in statements.iter().enumerate() {
            let Stage { options, chosen, .. } = &self.stages[statement];
            shapes.entry((options.len(), chosen.len())).or_default().push(position);
        }
        let widest = shapes.keys().map(|&(n, k)| subsets(n, k).len()).max().unwrap_or(1);
        let (mut tables, mut values) = (Vec::new(), Vec::new());
        let mut place_of: Vec<usize> = Vec::new();
        for (&(_, tied), positions) in &shapes {
            let own: Vec<usize> = positions.iter().map(|&place| statements[place]).collect();
            let stages: Vec<&Stage> =
                own.iter().map(|&statement| &self.stages[statement]).collect();
            let sets: Vec<&[usize]> = stages.iter().map(|stage| &stage.options[..]).collect();
            let returns = option_returns(scorer, &sets).returns;
            let chosen: Vec<(usize, &[usize])> =
                stages.iter().map(|stage| (stage.options.len(), &stage.chosen[..])).collect();
            values.push(advantage(scorer, returns.clone(), &chosen));
            let rationality = self.rationality(scorer, response, &own);
            let scaled = returns * rationality.unsqueeze_dim::<3>(2);
            tables.push(widened(next_set(scorer, scaled, tied), widest));
            place_of.extend(positions);
        }
        let mut order = vec![0; statements.len()];
        for (place, &position) in place_of.iter().enumerate() {
            order[position] = place as i32;
        }
        let order = scorer.place.indices(order);
        Prediction {
            log_probabilities: Tensor::cat(tables, 1).select(1, order.clone()),
            value: Tensor::cat(values, 1).select(1, order),
        }
    }

    fn about(&self, statement: usize) -> About {
        let Stage { options, chosen, .. } = &self.stages[statement];
        let pair = match options[..] {
            [first, second] => Some((first as u32, second as u32)),
            _ => None,
        };
        let item = item(options.iter().copied().chain([chosen.len()]));
        About { item: Some(item), pair, ..About::default() }
    }

    /// The chosen beat what remains and tie among themselves; so does what the last stage leaves.
    /// Over all stages, each two segments of a ranking meet once.
    fn said(&self, statement: usize) -> Option<Said> {
        let Stage { options, chosen, last, .. } = &self.stages[statement];
        let mut votes = Vec::new();
        for (place, &first) in options.iter().enumerate() {
            for (other, &second) in options.iter().enumerate().skip(place + 1) {
                let share = match (chosen.contains(&place), chosen.contains(&other)) {
                    (true, false) => 1.0,
                    (false, true) => 0.0,
                    (false, false) if !last => continue,
                    _ => 0.5,
                };
                votes.push(Vote { pair: (first as u32, second as u32), share });
            }
        }
        Some(Said::Votes(votes))
    }
}

/// Log-probability that each set of `tied` options comes next, in the order of [`subsets`].
///
/// # Shapes
/// `[member, batch, option]` to `[member, batch, set]`
fn next_set(scorer: &Scorer<'_>, returns: Tensor<3>, tied: usize) -> Tensor<3> {
    let [member, batch, n] = returns.dims();
    let ones = |rows: usize, options: usize| {
        scorer.place.tensor(vec![1.0; rows * options], [rows, options])
    };
    if tied == 1 {
        return boltzmann(returns, ones(batch, n));
    }
    let sets = subsets(n, tied);
    let within: usize = orders(tied, tied);
    let index: Vec<i32> = sets
        .iter()
        .flat_map(|set| permutations(set))
        .flat_map(|first| {
            let rest: Vec<usize> = (0..n).filter(|option| !first.contains(option)).collect();
            first.into_iter().chain(rest)
        })
        .map(|option| option as i32)
        .collect();
    let rows = batch * sets.len() * within;
    let arranged = returns.select(2, scorer.place.indices(index)).reshape([member, rows, n]);
    let stages = (0..tied).map(|place| {
        let rest = n - place;
        boltzmann(arranged.clone().narrow(2, place, rest), ones(rows, rest)).narrow(2, 0, 1)
    });
    let each = Tensor::cat(stages.collect(), 2).sum_dim(2); // [member, batch * set * order, 1]
    let each = each.reshape([member, batch, sets.len(), within]);
    log_sum_exp(each, 3).reshape([member, batch, sets.len()])
}

/// Structural zeros up to `width` outcomes.
fn widened(table: Tensor<3>, width: usize) -> Tensor<3> {
    let [member, batch, outcomes] = table.dims();
    if outcomes == width {
        return table;
    }
    let zeros = table.zeros_like().narrow(2, 0, 1).add_scalar(STRUCTURAL_ZERO);
    Tensor::cat(vec![table, zeros.expand([member, batch, width - outcomes])], 2)
}

/// Sets of `size` out of `0..n`, each rising, in lexicographic order.
fn subsets(n: usize, size: usize) -> Vec<Vec<usize>> {
    (0..size).fold(vec![Vec::new()], |sets, _| {
        sets.iter()
            .flat_map(|set: &Vec<usize>| {
                let from = set.last().map_or(0, |last| last + 1);
                (from..n).map(move |next| [&set[..], &[next]].concat())
            })
            .collect()
    })
}

fn permutations(set: &[usize]) -> Vec<Vec<usize>> {
    set.iter().fold(vec![Vec::new()], |orders, _| {
        orders
            .iter()
            .flat_map(|order: &Vec<usize>| {
                let rest = set.iter().filter(|option| !order.contains(option));
                rest.map(move |&next| [&order[..], &[next]].concat()).collect::<Vec<_>>()
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, checked, control};
    use crate::objective::choice::host;
    use medley_feedback::Provenance;
    use medley_likelihood::ranking::plackett_luce_ties;
    use medley_likelihood::tie_orders::TieOrders;

    /// Returns 2, 1, 0 and -1 for a, b, c and d.
    fn world(rankings: &[(&[&str], &[u32])]) -> World {
        let mut builder = control(&[
            ("a", "e", &[0.5, 1.5]),
            ("b", "e", &[1.0]),
            ("c", "e", &[0.0]),
            ("d", "e", &[-1.0]),
        ]);
        let ranking = |(segments, ranks): &(&[&str], &[u32])| feedback::Ranking {
            segments: segments.iter().map(|&id| id.into()).collect(),
            ranks: ranks.to_vec(),
            reason: None,
            provenance: Provenance::default(),
        };
        builder.insert(checked(rankings.iter().map(ranking).collect()));
        World::new(builder)
    }

    #[test]
    fn stages_by_hand() {
        let world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
        let objective = world.bind(&Ranking::default());
        let response = world.response(&*objective, &[]);
        let [two, one] = [2.0f64.exp(), 1.0f64.exp()];
        let expected = [(two + one + 1.0).ln() - 2.0, (one + 1.0).ln() - 1.0];
        assert_close(&world.losses(&*objective, &response), &expected);
        let judgements = world.judgements(&*objective, &response);
        assert_eq!(judgements[0].answer.observed, [1.0, 0.0, 0.0]);
        assert_eq!(judgements[1].answer.pair, Some((1, 2)));
        assert_eq!(judgements[0].predicted_value, Some(1.5));
    }

    #[test]
    fn ties_by_hand() {
        // {a, b} before {c}: 1 - P(c first) - P(c second).
        let world = world(&[(&["a", "b", "c"], &[1, 1, 2]), (&["a", "d"], &[1, 2])]);
        let world = world.with_members(2);
        let objective = world.bind(&Ranking::default());
        let response = world.response(&*objective, &[]);
        let [a, b, c] = [2.0f64.exp(), 1.0f64.exp(), 1.0];
        let total = a + b + c;
        let both = a / total * b / (b + c) + b / total * a / (a + c);
        let pair = (-3.0f64).exp().ln_1p();
        assert_close(&world.losses(&*objective, &response), &[-both.ln(), pair]);
        let judgements = world.judgements(&*objective, &response);
        assert_eq!(judgements[0].answer.observed, [1.0, 0.0, 0.0]); // {a, b}, {a, c}, {b, c}
    }

    #[test]
    fn stages_add_up_to_plackett_luce() {
        let orders: [&[u32]; 4] = [&[1, 2, 3, 4], &[2, 1, 2, 3], &[1, 1, 1, 2], &[3, 1, 3, 1]];
        for ranks in orders {
            let world = world(&[(&["d", "b", "a", "c"], ranks)]);
            let objective = world.bind(&Ranking::default());
            let set: [(&str, &[f32]); 1] = [(crate::RATIONALITY, &[0.5])];
            let response = world.response(&*objective, &set);
            let sum: f64 = world.losses(&*objective, &response).iter().sum();
            let place = crate::fixture::place();
            let returns = place.tensor(vec![-1.0, 1.0, 2.0, 0.0], [1, 1, 4]);
            let beta = response.rationality().unsqueeze_dim::<3>(2);
            let mask = place.tensor(vec![1.0; 4], [1, 4]);
            let allowed = TieOrders::new(&[ranks.to_vec()], 4, &place.device).unwrap();
            let direct = host(plackett_luce_ties(returns * beta, mask, &allowed))[0];
            assert!((sum + direct).abs() < 1e-9, "{ranks:?}: {sum} {direct}");
        }
    }

    #[test]
    fn rankings_that_say_nothing_are_counted() {
        let all_tied: (&[&str], &[u32]) = (&["a", "b"], &[1, 1]);
        let error = world(&[all_tied]).refusal(&Ranking::default());
        assert!(error.contains("1 rank all segments the same"), "{error}");
        let objective = world(&[all_tied, (&["a", "b"], &[1, 2])]).bind(&Ranking::default());
        assert_eq!(objective.statements().dropped["rank all segments the same"], 1);
        assert_eq!(objective.statements().len(), 1);
    }

    #[test]
    fn equal_choice_sets_are_one_item() {
        let world = world(&[(&["a", "b"], &[1, 2]), (&["b", "a"], &[1, 2])]);
        let objective = world.bind(&Ranking::default());
        let judgements = world.judgements(&*objective, &world.response(&*objective, &[]));
        assert_eq!(judgements[0].answer.item, judgements[1].answer.item);
        assert_eq!(
            (judgements[0].answer.observed[0], judgements[1].answer.observed[0]),
            (1.0, 0.0)
        );
    }

    #[test]
    fn later_stages_are_less_careful_by_hand() {
        let world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
        let objective = world.bind(&Ranking { stages: Stages::Differ, ..Ranking::default() });
        let half = -std::f32::consts::LN_2;
        let response = world.response(&*objective, &[("stage-log-rationality", &[half])]);
        let [two, one] = [2.0f64.exp(), 1.0f64.exp()];
        let expected = [(two + one + 1.0).ln() - 2.0, (-0.5f64).exp().ln_1p()];
        assert_close(&world.losses(&*objective, &response), &expected);
    }

    /// After the first choice, which all make alike, ann is half as careful as others.
    #[test]
    fn personal_stages_by_hand() {
        let mut world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
        let again = feedback::Ranking {
            segments: ["c", "a", "b"].map(Into::into).to_vec(),
            ranks: vec![3, 1, 2],
            reason: None,
            provenance: crate::fixture::by("ann"),
        };
        let options = Ranking { stages: Stages::PerAnnotator, ..Ranking::default() };
        let error = world.refusal(&options);
        assert!(error.contains("`stages = \"per-annotator\"` needs annotators"), "{error}");
        world.dataset.insert(checked(vec![again])).unwrap();
        let objective = world.bind(&options);
        let half = -std::f32::consts::LN_2;
        let response = world.response(&*objective, &[(DEVIATION, &[half])]);
        let [two, one] = [2.0f64.exp(), 1.0f64.exp()];
        let first = (two + one + 1.0).ln() - 2.0;
        let later = |beta: f64| (-beta).exp().ln_1p();
        let expected = [first, later(1.0), first, later(0.5)];
        assert_close(&world.losses(&*objective, &response), &expected);
    }

    /// Stages are relative to the first one: a mixing that fixes rationality leaves them to be
    /// learned, and would ignore `stages` in silence if they had its role.
    #[test]
    fn stages_are_no_rationality_to_be_fixed() {
        let world = world(&[(&["c", "a", "b"], &[3, 1, 2])]);
        let objective = world.bind(&Ranking { stages: Stages::Differ, ..Ranking::default() });
        let roles: Vec<_> = objective.parameters(&[0, 1]).into_iter().map(|p| p.role).collect();
        assert_eq!(roles, [ParameterRole::Rationality, ParameterRole::Other]);
    }
}
