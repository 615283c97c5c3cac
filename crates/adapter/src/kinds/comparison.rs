//! Adapter `comparison`: preferences between two segments, with ties, strength and side offset.

use crate::objective::linear::columns_of;
use crate::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, LinearPredictor,
    LinearSource, LinearSpan, LinearStatement, Objective, Origin, Outcomes, ParameterRole,
    ParameterScale, Prediction, Rationality, Records, Reply, Respondent, Response,
    ResponseParameter, Scorer, Selection, Sharing, Speakers,
};
use medley_evaluation::{ResponseSet, Said, Side, Vote};
use medley_feedback as feedback;
use medley_likelihood::comparison::bradley_terry;
use medley_likelihood::cutpoints::symmetric;
use medley_likelihood::ordinal::cumulative_logit;
use medley_likelihood::outcome::label_noise;
use medley_likelihood::strength::ordinal_strength;
use medley_likelihood::ties::{davidson, rao_kupper};
use medley_people::{Chosen, Column};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Options: how a preference is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Comparison {
    /// What a tie is.
    pub ties: Ties,
    /// Whether grades of strength count: a cumulative logit on the difference of returns with
    /// symmetric cutpoints. Ties are then the middle level, whatever `ties` says.
    pub strength: bool,
    /// Share of answers given at random, in [0, 1).
    pub label_noise: f64,
    /// Whether to learn a constant advantage of the side shown first. A reward model cannot
    /// represent one, and pays for it by shrinking its scale.
    pub offset: bool,
    /// Whether people differ in that advantage, in nats around the shared one.
    pub position_bias: Sharing,
    /// Whether people differ in how readily they call a tie, in nats around the shared value.
    pub tie: Sharing,
    /// Whether people differ in how much they need to see before they give a higher grade:
    /// cutpoints `exp(s_a) c_k` for annotator `a`. Of comparisons with strength only.
    pub cutpoints: Sharing,
    /// Whether people differ in how closely their answers follow returns.
    pub rationality: Sharing,
}

/// What a tie is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ties {
    /// Half a vote for either side (Bradley-Terry with a soft label).
    SoftLabel,
    /// An outcome whose odds against the geometric mean of the sides are learned (Davidson 1970).
    #[default]
    Davidson,
    /// A difference below a learned threshold (Rao and Kupper 1967).
    RaoKupper,
}

impl Default for Comparison {
    fn default() -> Self {
        Self {
            ties: Ties::default(),
            strength: false,
            label_noise: 0.0,
            offset: true,
            position_bias: Sharing::Shared,
            tie: Sharing::Shared,
            cutpoints: Sharing::Shared,
            rationality: Sharing::Shared,
        }
    }
}

#[typetag::serde(name = "comparison")]
impl Adapter for Comparison {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        self.check(selection)?;
        let records = selection.records::<feedback::Comparison>()?;
        let fitted = || records.fitted();
        if fitted().count() > 0 && fitted().all(|record| is_even(record)) {
            return Err(selection.unfit(format!(
                "every one of its {} comparisons is a tie or even, which says nothing about order",
                fitted().count()
            )));
        }
        if self.offset {
            check_sides(selection, &records)?;
        }
        let levels = if self.strength { strength_levels(selection, &records)? } else { 0 };
        let answers = records.iter().map(|(record, origin)| Answer {
            sides: [origin.segments[0] as usize, origin.segments[1] as usize],
            shares: record.distribution(),
            strength: record.strength,
        });
        let answers = answers.collect();
        let statements = records.into_statements();
        let kind = self.bound(selection, &statements.origins, levels, answers)?;
        Ok(Box::new(ChoiceObjective::new(statements, kind)))
    }

    fn segments_asked(&self) -> usize {
        2
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        self.check(&asking.selection)?;
        let levels = self.grades(asking)?;
        let origins = asking.origins(2..=2)?;
        let unanswered = |origin: &Origin| Answer {
            sides: [origin.segments[0] as usize, origin.segments[1] as usize],
            shares: [1.0, 0.0, 0.0],
            strength: (levels > 0).then_some(feedback::Strength { grade: 1, levels }),
        };
        let answers = origins.iter().map(unanswered).collect();
        let kind = self.bound(&asking.selection, &origins, levels, answers)?;
        let sides = kind.sides();
        let lean = |side: &Side| match *side {
            Side::First { grade } => f64::from(grade) / f64::from(levels.max(1)),
            Side::Tie => 0.0,
            Side::Second { grade } => -f64::from(grade) / f64::from(levels.max(1)),
        };
        let leans: Vec<f64> = sides.iter().map(lean).collect();
        let replies = asking.replies(&kind, respondent, |_| Outcomes::Sides(&leans))?;
        let records = asking.queries.iter().zip(replies).map(|(query, reply)| {
            let side = match reply {
                Reply::Outcome(outcome) => sides[outcome],
                Reply::Even => Side::Tie,
                Reply::Unanswered => return None,
            };
            let (preference, tie, grade) = match side {
                Side::First { grade } => (1.0, 0.0, grade),
                Side::Tie => (0.5, 1.0, 0),
                Side::Second { grade } => (0.0, 0.0, grade),
            };
            let strength =
                (levels > 0 && grade > 0).then_some(feedback::Strength { grade, levels });
            let [first, second] = [0, 1].map(|place| asking.id(query, place));
            let record = feedback::Comparison::new(first, second, preference);
            let provenance = query.provenance.clone();
            Some(feedback::Comparison { tie, strength, provenance, ..record })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "preferences between two segments: Bradley-Terry with ties, strength, position bias, label noise"
    }
}

impl Comparison {
    fn bound(
        &self,
        selection: &Selection<'_>,
        origins: &[Origin],
        levels: u32,
        answers: Vec<Answer>,
    ) -> Result<BoundComparison, BindError> {
        let speakers = Speakers::new(origins);
        speakers.check(selection, self.position_bias, "position-bias")?;
        speakers.check(selection, self.tie, "tie")?;
        speakers.check(selection, self.cutpoints, "cutpoints")?;
        let rationality = Rationality::new(selection, self.rationality, origins)?;
        Ok(BoundComparison { options: self.clone(), levels, answers, speakers, rationality })
    }

    /// The number of grades on one side of questions; 0 without strength.
    fn grades(&self, asking: &Asking<'_>) -> Result<u32, BindError> {
        match (self.strength, asking.form.grades) {
            (false, None) => Ok(0),
            (true, Some(grades)) if grades > 0 => Ok(grades),
            (true, found) => Err(asking.unfit(format!(
                "`strength = true` needs the number of grades on one side (`grades`), at least 1, found {}",
                found.map_or("none".to_owned(), |grades| grades.to_string())
            ))),
            (false, Some(grades)) => Err(asking.unfit(format!(
                "`grades = {grades}` needs `strength = true`: without it grades mean nothing"
            ))),
        }
    }

    /// Refuses options that are out of range or contradict each other.
    fn check(&self, selection: &Selection<'_>) -> Result<(), BindError> {
        if !(0.0..1.0).contains(&self.label_noise) {
            let found = self.label_noise;
            return Err(selection.unfit(format!("`label-noise` must be in [0, 1), found {found}")));
        }
        if self.position_bias == Sharing::PerAnnotator && !self.offset {
            return Err(selection.unfit(
                "`position-bias = \"per-annotator\"` deviates from a shared one, which \
                 `offset = false` leaves out: use `offset = true`",
            ));
        }
        if self.tie == Sharing::PerAnnotator && (self.strength || self.ties == Ties::SoftLabel) {
            return Err(selection.unfit(
                "`tie = \"per-annotator\"` needs `ties = \"davidson\"` or \"rao-kupper\" and \
                 `strength = false`: else ties have no parameter (with strength, use \
                 `cutpoints = \"per-annotator\"`)",
            ));
        }
        if self.cutpoints == Sharing::PerAnnotator && !self.strength {
            return Err(selection.unfit(
                "`cutpoints = \"per-annotator\"` needs `strength = true`: without grades there are \
                 no cutpoints",
            ));
        }
        Ok(())
    }
}

/// Whether a comparison gives both sides the same share.
fn is_even(record: &feedback::Comparison) -> bool {
    let [first, _, second] = record.distribution();
    first == second
}

/// As many answers for one side and none for the other do not happen by chance (1 in 500,000).
const ONE_SIDED: usize = 20;

/// An offset explains answers that are all for one side without any reward.
fn check_sides(
    selection: &Selection<'_>,
    records: &Records<feedback::Comparison>,
) -> Result<(), BindError> {
    let decided = || records.fitted().filter(|record| record.tie < 1.0);
    let count = decided().count();
    for (side, preference) in [("first", 1.0), ("second", 0.0)] {
        if count >= ONE_SIDED && decided().all(|record| record.preference == preference) {
            return Err(selection.unfit(format!(
                "all {count} decided comparisons prefer `{side}`: an order in which nobody saw \
                 them, which `offset` would learn instead of a reward. Use `offset = false`, and \
                 `ties = \"soft-label\"` if there are no ties"
            )));
        }
    }
    Ok(())
}

/// The number of grades on one side, which all records with a strength have to share.
fn strength_levels(
    selection: &Selection<'_>,
    records: &Records<feedback::Comparison>,
) -> Result<u32, BindError> {
    let mut levels = None;
    for (record, _) in records.iter() {
        let tied = record.tie == 1.0;
        let found = record.strength.map(|strength| strength.levels);
        match (levels, found) {
            (_, None) if tied => {}
            (_, None) => {
                return Err(selection
                    .unfit("`strength = true` needs a strength on every decided comparison"));
            }
            (Some(levels), Some(found)) if levels != found => {
                return Err(selection
                    .unfit(format!("strengths on scales of {levels} and of {found} grades")));
            }
            (_, Some(found)) => levels = Some(found),
        }
    }
    levels.ok_or_else(|| selection.unfit("`strength = true`, but every comparison is a tie"))
}

/// What was said about two segments, first and second.
struct Answer {
    sides: [usize; 2],
    shares: [f64; 3], // first, tie, second
    strength: Option<feedback::Strength>,
}

struct BoundComparison {
    options: Comparison,
    levels: u32, // grades on one side; 0 without strength
    answers: Vec<Answer>,
    speakers: Speakers,
    rationality: Rationality,
}

impl BoundComparison {
    /// What models of people fit along: the advantage of the first side, ties, grades.
    fn columns(&self, fitted_on: &[usize]) -> Vec<Column> {
        let differs = self.options.position_bias == Sharing::PerAnnotator;
        let of = |parameter: &ResponseParameter| match parameter.name.as_str() {
            OFFSET => columns_of(parameter, differs.then_some(0.5)),
            // Davidson's tie is linear in its logarithm.
            TIE if self.options.ties == Ties::Davidson => {
                let start = f64::from(parameter.initial[0]);
                vec![Column { name: TIE.to_owned(), start, spread: None }]
            }
            TIE | CUTPOINTS => columns_of(parameter, None),
            _ => Vec::new(),
        };
        self.parameters(fitted_on).iter().flat_map(of).collect()
    }

    /// The side that each outcome is for.
    fn sides(&self) -> Vec<Side> {
        match self.responses() {
            ResponseSet::Sides(sides) => sides,
            _ => vec![Side::First { grade: 1 }, Side::Second { grade: 1 }],
        }
    }
}

const OFFSET: &str = "side-offset";
const OFFSET_DEVIATION: &str = "annotator-side-offset";
const TIE: &str = "tie";
const TIE_DEVIATION: &str = "annotator-tie";
const CUTPOINTS: &str = "strength-cutpoints";
const LOG_SCALE: &str = "annotator-log-scale";

impl FiniteChoice for BoundComparison {
    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        use ParameterRole::{Cutpoints, PositionBias, Tie};
        use ParameterScale::{Gaps, Linear, Log};
        let mut parameters = self.rationality.parameters();
        if self.options.offset {
            let offset = ResponseParameter::shrunk(OFFSET, vec![0.0], 0.0, 1.0);
            parameters.push(offset.meaning(PositionBias, Linear));
        }
        if self.options.position_bias == Sharing::PerAnnotator {
            let deviation = self.speakers.parameter(OFFSET_DEVIATION, 0.5);
            parameters.push(deviation.meaning(PositionBias, Linear));
        }
        if self.levels > 0 {
            let free = vec![0.0; self.levels as usize];
            let cutpoints = ResponseParameter::shrunk(CUTPOINTS, free, 0.0, 2.0);
            parameters.push(cutpoints.meaning(Cutpoints, Gaps));
        }
        if self.options.cutpoints == Sharing::PerAnnotator {
            let deviation = self.speakers.parameter(LOG_SCALE, 0.5);
            parameters.push(deviation.meaning(Cutpoints, Log));
        }
        // Of the shared value and of a person's deviation from it. The threshold of Rao and Kupper
        // is no sum of two such numbers, so that a deviation is told as it is.
        let scales = match (self.levels, self.options.ties) {
            (0, Ties::Davidson) => Some((Log, Log)),
            (0, Ties::RaoKupper) => Some((Gaps, Linear)),
            _ => None,
        };
        if let Some((shared, personal)) = scales {
            let tie = ResponseParameter::shrunk(TIE, vec![0.0], 0.0, 2.0);
            parameters.push(tie.meaning(Tie, shared));
            if self.options.tie == Sharing::PerAnnotator {
                let deviation = self.speakers.parameter(TIE_DEVIATION, 1.0);
                parameters.push(deviation.meaning(Tie, personal));
            }
        }
        parameters
    }

    fn responses(&self) -> ResponseSet {
        // Without an offset, a tie and grades, the sides differ in nothing but their segments. Data
        // that name the preferred side first then have no trivial answer "first".
        if self.levels == 0 && self.options.ties == Ties::SoftLabel && !self.options.offset {
            return ResponseSet::Exchangeable;
        }
        match (self.levels, self.options.ties) {
            (0, ties) => ResponseSet::comparison(ties != Ties::SoftLabel),
            (levels, _) => {
                let second = (1..=levels).rev().map(|grade| Side::Second { grade });
                let first = (1..=levels).map(|grade| Side::First { grade });
                ResponseSet::Sides(second.chain([Side::Tie]).chain(first).collect())
            }
        }
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let Answer { shares: [first, tie, second], strength, .. } = self.answers[statement];
        let shares = match (self.levels, self.options.ties) {
            (0, Ties::SoftLabel) => vec![first + tie / 2.0, second + tie / 2.0],
            (0, _) => vec![first, tie, second],
            (levels, _) => graded(levels as usize, strength, [first, tie, second]),
        };
        shares.into_iter().map(|share| share as f32).collect()
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let sides: Vec<usize> = [0, 1]
            .into_iter()
            .flat_map(|side| statements.iter().map(move |&s| self.answers[s].sides[side]))
            .collect();
        let returns = scorer.returns(&sides); // [member, 2 * batch]
        let batch = statements.len();
        let [member, _] = returns.dims();
        let value = returns.clone().slice([0..member, 0..batch])
            - returns.slice([0..member, batch..2 * batch]);
        let rationality = self.rationality.of(response, statements, scorer.place);
        let mut difference = value.clone() * rationality;
        if self.options.offset {
            difference = difference + response.get(OFFSET);
        }
        let deviation = |name| self.speakers.deviation(response, name, statements, scorer.place);
        if self.options.position_bias == Sharing::PerAnnotator {
            difference = difference + deviation(OFFSET_DEVIATION);
        }
        let tie = || match self.options.tie {
            Sharing::Shared => response.get(TIE),
            Sharing::PerAnnotator => response.get(TIE) + deviation(TIE_DEVIATION),
        };
        let log_probabilities = match (self.levels, self.options.ties) {
            (0, Ties::SoftLabel) => bradley_terry(difference),
            (0, Ties::Davidson) => davidson(difference, tie()),
            (0, Ties::RaoKupper) => rao_kupper(difference, tie()),
            (grades, _) => {
                let levels = 2 * grades as usize + 1;
                match self.options.cutpoints {
                    Sharing::Shared => {
                        ordinal_strength(difference, response.get(CUTPOINTS), levels)
                    }
                    Sharing::PerAnnotator => {
                        let scale = deviation(LOG_SCALE).exp().unsqueeze_dim::<3>(2);
                        let cutpoints = symmetric(response.get(CUTPOINTS), levels).scale(scale);
                        cumulative_logit(difference, cutpoints)
                    }
                }
            }
        };
        let log_probabilities = match self.options.label_noise {
            0.0 => log_probabilities,
            noise => label_noise(log_probabilities, noise),
        };
        Prediction { log_probabilities, value }
    }

    fn about(&self, statement: usize) -> About {
        let Answer { sides: [a, b], shares: [first, _, second], .. } = self.answers[statement];
        let pair = (a as u32, b as u32);
        About {
            value: Some(first - second),
            antisymmetric: true,
            item: Some(u64::from(pair.0) << 32 | u64::from(pair.1)),
            pair: Some(pair),
        }
    }

    fn value_of(&self, _statement: usize, outcome: usize) -> Option<f64> {
        let place = outcome as i64;
        let ahead = match (self.levels, self.options.ties) {
            (0, Ties::SoftLabel) => 1 - 2 * place,
            (0, _) => 1 - place,
            (levels, _) => (place - i64::from(levels)).signum(),
        };
        Some(ahead as f64)
    }

    fn linear(&self, fitted_on: &[usize]) -> Option<LinearSource> {
        if self.options.label_noise > 0.0 {
            return None;
        }
        let columns = self.columns(fitted_on);
        let place = |name: &str| columns.iter().position(|column| column.name.starts_with(name));
        let (offset, tie, cutpoints) = (place(OFFSET), place(TIE), place(CUTPOINTS));
        let of = |statement: usize| {
            let [first, second] = self.answers[statement].sides.map(LinearSpan::whole);
            let ahead = |weight: f64| {
                let difference = LinearPredictor::difference(first.clone(), second.clone(), weight);
                match offset {
                    Some(place) => difference.and(place, weight),
                    None => difference,
                }
            };
            let shares: Vec<f64> = self.observed(statement).into_iter().map(f64::from).collect();
            let told = match (self.levels, self.options.ties) {
                (0, Ties::SoftLabel) => LinearStatement::binary(ahead(1.0), shares[0]),
                (0, Ties::Davidson) => {
                    let predictors = vec![ahead(0.5), LinearPredictor::column(tie?), ahead(-0.5)];
                    let answer = Arc::new(Chosen { shares });
                    LinearStatement { predictors, answer, pair: None }
                }
                // Second, tie and first as levels between minus and plus the threshold.
                (0, Ties::RaoKupper) => {
                    let rising: Vec<f64> = shares.into_iter().rev().collect();
                    mirrored(ahead(1.0), tie?, &rising)
                }
                _ => mirrored(ahead(1.0), cutpoints?, &shares),
            };
            let Answer { sides, shares: [first, tie, _], .. } = &self.answers[statement];
            Some(told.about(*sides, first + tie / 2.0, true))
        };
        let statements = (0..self.answers.len()).map(of).collect::<Option<_>>()?;
        Some(LinearSource { columns, statements })
    }

    fn said(&self, statement: usize) -> Option<Said> {
        let Answer { sides: [a, b], shares: [first, tie, _], .. } = self.answers[statement];
        let vote = Vote { pair: (a as u32, b as u32), share: first + tie / 2.0 };
        Some(Said::Votes(vec![vote]))
    }
}

/// A level of an odd number of them, whose cutpoints are the columns from `first` on and their mirror.
fn mirrored(ahead: LinearPredictor, first: usize, shares: &[f64]) -> LinearStatement {
    let mut statement = LinearStatement::ordered(ahead, first, shares);
    let half = (shares.len() - 1) / 2;
    for k in 0..half {
        let mirror = LinearPredictor::default().and(first + half - 1 - k, -1.0);
        statement.predictors[1 + k] = mirror;
        statement.predictors[1 + half + k] = LinearPredictor::column(first + k);
    }
    statement
}

/// Shares over the levels from strongly second, over the tie, to strongly first.
fn graded(levels: usize, strength: Option<feedback::Strength>, shares: [f64; 3]) -> Vec<f64> {
    let [first, tie, second] = shares;
    let grade = strength.map_or(1, |strength| strength.grade as usize);
    let mut row = vec![0.0; 2 * levels + 1];
    row[levels - grade] = second;
    row[levels] = tie;
    row[levels + grade] = first;
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, checked, control};
    use medley_feedback::Comparison as Record;

    fn world(preferences: impl Iterator<Item = f64>) -> World {
        let mut builder = control(&[("a", "e", &[1.0]), ("b", "e", &[2.0])]);
        let record = |preference| Record::new("a".into(), "b".into(), preference);
        builder.insert(checked(preferences.map(record).collect()));
        World::new(builder)
    }

    #[test]
    fn answers_all_for_one_side_are_no_order_of_presentation() {
        for (preference, side) in [(1.0, "first"), (0.0, "second")] {
            let all = |count| world(std::iter::repeat_n(preference, count));
            let error = all(20).refusal(&Comparison::default());
            assert!(
                error.contains(&format!("all 20 decided comparisons prefer `{side}`")),
                "{error}"
            );
            all(19).bind(&Comparison::default());
            all(20).bind(&Comparison { offset: false, ..Comparison::default() });
        }
        let mixed = (0..20).map(|i| f64::from(u8::from(i > 0)));
        world(mixed).bind(&Comparison::default());
    }

    #[test]
    fn sides_without_offset_and_tie_have_no_names() {
        let world = world([1.0, 0.0].into_iter());
        let set = |ties, offset| {
            world.bind(&Comparison { ties, offset, ..Comparison::default() }).responses()
        };
        assert_eq!(set(Ties::SoftLabel, false), ResponseSet::Exchangeable);
        assert_eq!(set(Ties::SoftLabel, true), ResponseSet::comparison(false));
        assert_eq!(set(Ties::Davidson, false), ResponseSet::comparison(true));
    }

    /// Returns 1 and 2; ann leans to the first side, and bob is less rational.
    #[test]
    fn people_deviate_by_hand() {
        let mut builder = control(&[("a", "e", &[1.0]), ("b", "e", &[2.0])]);
        let said = |who: &str| Record {
            provenance: crate::fixture::by(who),
            ..Record::new("a".into(), "b".into(), 1.0)
        };
        let anonymous = Record::new("a".into(), "b".into(), 1.0);
        builder.insert(checked(vec![said("bob"), said("ann"), anonymous]));
        let world = World::new(builder);
        let options = Comparison {
            ties: Ties::SoftLabel,
            position_bias: Sharing::PerAnnotator,
            rationality: Sharing::PerAnnotator,
            ..Comparison::default()
        };
        let objective = world.bind(&options);
        let half = -std::f32::consts::LN_2;
        let set: [(&str, &[f32]); 3] = [
            ("side-offset", &[0.25]),
            ("annotator-side-offset", &[0.5, 0.0]),
            ("annotator-log-rationality", &[0.0, half]),
        ];
        let response = world.response(&*objective, &set);
        let expected = [-0.5 + 0.25, -1.0 + 0.75, -1.0 + 0.25].map(crate::fixture::surprise);
        crate::fixture::assert_close(&world.losses(&*objective, &response), &expected);
        let error = world.refusal(&Comparison { tie: Sharing::PerAnnotator, ..options });
        assert!(error.contains("`tie = \"per-annotator\"` needs"), "{error}");
    }

    #[test]
    fn annotator_specific_ties_by_hand() {
        let mut builder = control(&[("a", "e", &[1.0]), ("b", "e", &[2.0])]);
        let said = |who: &str| Record {
            tie: 1.0,
            preference: 0.5,
            provenance: crate::fixture::by(who),
            ..Record::new("a".into(), "b".into(), 0.5)
        };
        let decided = Record::new("a".into(), "b".into(), 1.0);
        builder.insert(checked(vec![said("ann"), said("bob"), decided]));
        let world = World::new(builder);
        let options =
            Comparison { tie: Sharing::PerAnnotator, offset: false, ..Comparison::default() };
        let objective = world.bind(&options);
        let set: [(&str, &[f32]); 2] = [("tie", &[0.5]), ("annotator-tie", &[1.0, -1.0])];
        let losses = world.losses(&*objective, &world.response(&*objective, &set));
        // Davidson: log-odds of a tie against the geometric mean of the sides.
        let tie = |nu: f64| {
            let (first, tie, second) = ((-0.5f64).exp(), nu.exp(), 0.5f64.exp());
            -(tie / (first + tie + second)).ln()
        };
        crate::fixture::assert_close(&losses[..2], &[tie(1.5), tie(-0.5)]);
    }

    /// What is told of each parameter in natural units is what the probabilities say.
    #[test]
    fn natural_values_are_those_of_the_likelihood() {
        let graded = |grade| Record {
            strength: Some(feedback::Strength { grade, levels: 2 }),
            ..Record::new("a".into(), "b".into(), 1.0)
        };
        let mut builder = control(&[("a", "e", &[1.0]), ("b", "e", &[2.0])]);
        builder.insert(checked(vec![graded(2)]));
        let world = World::new(builder);
        let told = |options: &Comparison, name: &str, free: &[f32]| {
            let parameters = world.bind(options).parameters(&[0]);
            let parameter = parameters.into_iter().find(|p| p.name == name).unwrap();
            let free: Vec<f64> = free.iter().map(|&x| f64::from(x)).collect();
            *parameter.scale.natural(&free).last().unwrap()
        };
        // Returns differ by -1, so that the offset less 1 is what the first side is ahead.
        let loss = |options: &Comparison, name: &str, free: &[f32], ahead: f64| {
            let objective = world.bind(options);
            let set: [(&str, &[f32]); 2] = [(name, free), (OFFSET, &[1.0 + ahead as f32])];
            world.losses(&*objective, &world.response(&*objective, &set))
        };
        let even = [2.0f64.ln()];
        let rao_kupper = Comparison { ties: Ties::RaoKupper, ..Comparison::default() };
        let threshold = told(&rao_kupper, TIE, &[-0.4]);
        crate::fixture::assert_close(&loss(&rao_kupper, TIE, &[-0.4], threshold), &even);
        let davidson = Comparison::default();
        let nu = told(&davidson, TIE, &[-0.4]);
        crate::fixture::assert_close(&loss(&davidson, TIE, &[-0.4], 0.0), &[(2.0 + nu).ln()]);
        let strength = Comparison { strength: true, ..Comparison::default() };
        let highest = told(&strength, CUTPOINTS, &[0.0, 0.0]);
        assert!((highest - 2.0 * 2.0f64.ln()).abs() < 1e-12, "{highest}");
        crate::fixture::assert_close(&loss(&strength, CUTPOINTS, &[0.0, 0.0], highest), &even);
    }

    /// Ann gives the highest grade at half of what it takes others.
    #[test]
    fn personal_grades_by_hand() {
        let said = |provenance| Record {
            strength: Some(feedback::Strength { grade: 2, levels: 2 }),
            provenance,
            ..Record::new("b".into(), "a".into(), 1.0)
        };
        let mut builder = control(&[("a", "e", &[1.0]), ("b", "e", &[2.0])]);
        let nobody = medley_feedback::Provenance::default();
        builder.insert(checked(vec![said(crate::fixture::by("ann")), said(nobody)]));
        let world = World::new(builder);
        let each = Sharing::PerAnnotator;
        let options = Comparison { strength: true, cutpoints: each, ..Comparison::default() };
        let objective = world.bind(&options);
        let set: [(&str, &[f32]); 1] = [(LOG_SCALE, &[-std::f32::consts::LN_2])];
        let losses = world.losses(&*objective, &world.response(&*objective, &set));
        let highest = 2.0 * 2.0f64.ln();
        let expected = [1.0 - highest / 2.0, 1.0 - highest].map(crate::fixture::surprise);
        crate::fixture::assert_close(&losses, &expected);
        let error = world.refusal(&Comparison { strength: false, ..options });
        assert!(error.contains("needs `strength = true`"), "{error}");
    }
}
