//! Adapter `demonstration`: what a person showed, out of what they could have shown.
//!
//! `P(demonstration) = exp(beta R) / sum over the choice set` (Jeon, Milli and Dragan 2020). A
//! demonstration is evidence only against alternatives, so the choice set is an option that has to
//! be thought about: without a normalizer, large features win.

use crate::answer::choice_set::{OptionReturns, advantage, option_returns};
use crate::{
    About, Adapter, Asking, BindError, ChoiceObjective, Elicited, FiniteChoice, LinearSource,
    LinearStatement, Objective, Origin, Outcomes, Prediction, Rationality, Reply, Respondent,
    Response, ResponseParameter, Scorer, Selection, Sharing, Statements, item,
};
use medley_dataset::{Part, Partition};
use medley_evaluation::ResponseSet;
use medley_feedback as feedback;
use medley_likelihood::choice::boltzmann;
use rand::seq::index::sample;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Options: what could have been shown instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Demonstration {
    /// Where alternatives come from.
    pub choice_set: ChoiceSet,
    /// How many of them count.
    pub likelihood: DemonstrationLikelihood,
    /// Number of alternatives of a sampled choice set.
    pub samples: usize,
    /// Whether people differ in how closely their choices follow returns.
    pub rationality: Sharing,
}

/// Where alternatives come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceSet {
    /// Those that the record lists.
    #[default]
    Recorded,
    /// Every other segment of the same prompts or episodes.
    Group,
    /// Other segments of any prompt or episode, drawn without replacement by the seed and the
    /// demonstrated segment.
    Sampled,
}

/// How many alternatives count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DemonstrationLikelihood {
    /// The whole choice set.
    #[default]
    Boltzmann,
    /// One of the choice set, drawn at random: the pairwise loss of multi-type-feedback.
    Pair,
}

impl Default for Demonstration {
    fn default() -> Self {
        Self {
            choice_set: ChoiceSet::default(),
            likelihood: DemonstrationLikelihood::default(),
            samples: 8,
            rationality: Sharing::Shared,
        }
    }
}

#[typetag::serde(name = "demonstration")]
impl Adapter for Demonstration {
    fn bind(&self, selection: &Selection<'_>) -> Result<Box<dyn Objective>, BindError> {
        if self.samples == 0 {
            return Err(selection.unfit("`samples` must be at least 1, found 0"));
        }
        let records = selection.records::<feedback::Demonstration>()?;
        let mut statements =
            Statements { dropped: records.dropped.clone(), ..Statements::default() };
        let candidates = Candidates::new(self.choice_set, selection);
        let mut choices = Vec::new();
        for (_, origin) in records.iter() {
            match self.choice(origin, &candidates, selection.seed) {
                Some(choice) => {
                    let segments = choice.options.iter().map(|&segment| segment as u32).collect();
                    statements.origins.push(Origin { segments, ..origin.clone() });
                    choices.push(choice);
                }
                None => statements.drop(NO_ALTERNATIVE),
            }
        }
        match (choices.is_empty(), self.choice_set) {
            (false, _) => {
                let origins = &statements.origins;
                let rationality = Rationality::new(selection, self.rationality, origins)?;
                let kind = BoundDemonstration { choices, rationality, is_asked: self.is_asked() };
                Ok(Box::new(ChoiceObjective::new(statements, kind)))
            }
            (true, ChoiceSet::Recorded) => Err(selection.unfit(format!(
                "none of the {} demonstrations has alternatives; set `choice-set` to \"group\" or \
                 \"sampled\"",
                records.len()
            ))),
            (true, _) => Err(selection.empty::<feedback::Demonstration>(&statements.dropped)),
        }
    }

    fn segments_asked(&self) -> usize {
        4
    }

    fn elicit(
        &self,
        asking: &Asking<'_>,
        respondent: &mut dyn Respondent,
    ) -> Result<Elicited, BindError> {
        if self.choice_set != ChoiceSet::Recorded {
            return Err(asking.unfit(
                "demonstrations are simulated out of the options of their question, which are recorded: use \
                 `choice-set = \"recorded\"`",
            ));
        }
        if self.likelihood == DemonstrationLikelihood::Pair {
            return Err(asking.unfit(
                "`likelihood = \"pair\"` draws what is set against a demonstration once it is known, and \
                 says of nobody how it came about: use \"boltzmann\"",
            ));
        }
        let origins = asking.origins(2..=usize::MAX)?;
        let choice = |origin: &Origin| {
            let mut options: Vec<usize> = origin.segments.iter().map(|&s| s as usize).collect();
            options.sort_unstable();
            Choice { options, shown: [0] }
        };
        let choices: Vec<Choice> = origins.iter().map(choice).collect();
        // Options are sorted, and are shown in another order.
        let places: Vec<Vec<usize>> = origins
            .iter()
            .map(|origin| {
                let mut places: Vec<usize> = (0..origin.segments.len()).collect();
                places.sort_by_key(|&place| origin.segments[place]);
                places
            })
            .collect();
        let rationality = Rationality::new(&asking.selection, self.rationality, &origins)?;
        let is_asked = self.is_asked();
        let kind = BoundDemonstration { choices, rationality, is_asked };
        let replies = asking.replies(&kind, respondent, |i| Outcomes::Options(&places[i]))?;
        let records = asking.queries.iter().zip(&places).zip(replies);
        let records = records.map(|((query, places), reply)| {
            let Reply::Outcome(outcome) = reply else { return None };
            let shown = places[outcome];
            let others = (0..places.len()).filter(|&place| place != shown);
            Some(feedback::Demonstration {
                segment: asking.id(query, shown),
                alternatives: others.map(|place| asking.id(query, place)).collect(),
                provenance: query.provenance.clone(),
            })
        });
        Ok(Elicited::new(records)?)
    }

    fn summary(&self) -> &'static str {
        "what was shown out of a choice set: Boltzmann over recorded, grouped or sampled segments"
    }
}

const NO_ALTERNATIVE: &str = "have no alternative in the choice set";

impl Demonstration {
    /// Whether the choice set is there before anything is shown, and is not drawn by what was.
    fn is_asked(&self) -> bool {
        self.choice_set != ChoiceSet::Sampled
            && self.likelihood == DemonstrationLikelihood::Boltzmann
    }

    fn choice(&self, origin: &Origin, candidates: &Candidates, seed: u64) -> Option<Choice> {
        let shown = origin.segments[0] as usize;
        let alternatives: Vec<usize> = match self.choice_set {
            ChoiceSet::Recorded => origin.segments[1..].iter().map(|&s| s as usize).collect(),
            ChoiceSet::Group => candidates.of_groups(origin.part, shown),
            ChoiceSet::Sampled => candidates.all_but(origin.part, shown),
        };
        let wanted = match (self.likelihood, self.choice_set) {
            (DemonstrationLikelihood::Pair, _) => 1,
            (_, ChoiceSet::Sampled) => self.samples,
            _ => alternatives.len(),
        };
        let mut options = BTreeSet::from_iter(draw(alternatives, wanted, seed, shown));
        options.insert(shown);
        let options: Vec<usize> = options.into_iter().collect();
        let position = options.binary_search(&shown).unwrap_or(0);
        (options.len() > 1).then_some(Choice { options, shown: [position] })
    }
}

/// `wanted` of the alternatives, from a stream named by seed and segment, so that a draw depends
/// neither on the selection nor on the order of records.
fn draw(alternatives: Vec<usize>, wanted: usize, seed: u64, shown: usize) -> Vec<usize> {
    if wanted >= alternatives.len() {
        return alternatives;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(shown as u64);
    let drawn = sample(&mut rng, alternatives.len(), wanted);
    drawn.into_iter().map(|position| alternatives[position]).collect()
}

/// Segments by part of the split: a demonstration must not be set against those of another part.
struct Candidates {
    groups: Vec<Vec<u32>>,                       // of every segment of the dataset
    parts: BTreeMap<Option<Part>, PartSegments>, // none where segments have no part
    divided: bool,
}

/// The segments of a part, rising, and by group.
#[derive(Default)]
struct PartSegments {
    all: Vec<usize>,
    by_group: BTreeMap<u32, Vec<usize>>,
}

impl Candidates {
    fn new(choice_set: ChoiceSet, selection: &Selection<'_>) -> Self {
        let table = selection.dataset.segments();
        let groups: Vec<Vec<u32>> = match choice_set {
            ChoiceSet::Recorded => Vec::new(),
            _ => (0..table.len()).map(|segment| table.groups(segment).to_vec()).collect(),
        };
        // A split of annotators divides people, not segments.
        let divided = matches!(selection.partition, Some(Partition::Groups { .. }));
        let mut parts = BTreeMap::<Option<Part>, PartSegments>::new();
        for (segment, of) in groups.iter().enumerate() {
            let part = match selection.partition {
                Some(partition) if divided => match partition.of(of) {
                    Some(part) => Some(part),
                    None => continue,
                },
                _ => None,
            };
            let entry = parts.entry(part).or_default();
            entry.all.push(segment);
            for &group in of {
                entry.by_group.entry(group).or_default().push(segment);
            }
        }
        Self { groups, parts, divided }
    }

    fn of_groups(&self, part: Option<Part>, shown: usize) -> Vec<usize> {
        let Some(here) = self.part(part) else { return Vec::new() };
        let groups = self.groups[shown].iter();
        let members = groups.filter_map(|group| here.by_group.get(group)).flatten().copied();
        let others: BTreeSet<usize> = members.filter(|&segment| segment != shown).collect();
        others.into_iter().collect()
    }

    fn all_but(&self, part: Option<Part>, shown: usize) -> Vec<usize> {
        let here = self.part(part).map_or(&[][..], |here| &here.all);
        here.iter().copied().filter(|&segment| segment != shown).collect()
    }

    fn part(&self, part: Option<Part>) -> Option<&PartSegments> {
        self.parts.get(&part.filter(|_| self.divided))
    }
}

struct Choice {
    options: Vec<usize>, // segments, sorted, so that repeats of a choice set are equal
    shown: [usize; 1],   // its position in `options`
}

struct BoundDemonstration {
    choices: Vec<Choice>,
    rationality: Rationality,
    is_asked: bool,
}

impl FiniteChoice for BoundDemonstration {
    fn is_asked(&self) -> bool {
        self.is_asked
    }

    fn linear(&self, _fitted_on: &[usize]) -> Option<LinearSource> {
        let of = |choice: &Choice| LinearStatement::chosen(&choice.options, choice.shown[0]);
        let statements = self.choices.iter().map(of).collect();
        Some(LinearSource { columns: Vec::new(), statements })
    }

    fn parameters(&self, _fitted_on: &[usize]) -> Vec<ResponseParameter> {
        self.rationality.parameters()
    }

    fn responses(&self) -> ResponseSet {
        ResponseSet::Exchangeable
    }

    fn observed(&self, statement: usize) -> Vec<f32> {
        let Choice { options, shown: [shown] } = &self.choices[statement];
        let mut shares = vec![0.0; options.len()];
        shares[*shown] = 1.0;
        shares
    }

    fn predict(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        statements: &[usize],
    ) -> Prediction {
        let picked = || statements.iter().map(|&statement| &self.choices[statement]);
        let sets: Vec<&[usize]> = picked().map(|choice| &choice.options[..]).collect();
        let OptionReturns { returns, mask } = option_returns(scorer, &sets);
        let chosen: Vec<(usize, &[usize])> =
            picked().map(|choice| (choice.options.len(), &choice.shown[..])).collect();
        let value = advantage(scorer, returns.clone(), &chosen);
        let rationality = self.rationality.of(response, statements, scorer.place);
        let scaled = returns * rationality.unsqueeze_dim::<3>(2);
        Prediction { log_probabilities: boltzmann(scaled, mask), value }
    }

    fn about(&self, statement: usize) -> About {
        let options = &self.choices[statement].options;
        let pair = match options[..] {
            [first, second] => Some((first as u32, second as u32)),
            _ => None,
        };
        About { item: Some(item(options.iter().copied())), pair, ..About::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, assert_close, checked, control};
    use medley_dataset::Part;
    use medley_feedback::Provenance;

    fn shown(segment: &str, alternatives: &[&str]) -> feedback::Demonstration {
        feedback::Demonstration {
            segment: segment.into(),
            alternatives: alternatives.iter().map(|&id| id.into()).collect(),
            provenance: Provenance::default(),
        }
    }

    /// Returns 2, 1 and 0 in group e, -1 in f and 3 in g.
    fn world(demonstrations: Vec<feedback::Demonstration>) -> World {
        let mut builder = control(&[
            ("a", "e", &[0.5, 1.5]),
            ("b", "e", &[1.0]),
            ("c", "e", &[0.0]),
            ("d", "f", &[-1.0]),
            ("x", "g", &[3.0]),
        ]);
        builder.insert(checked(demonstrations));
        World::new(builder)
    }

    fn from(choice_set: ChoiceSet) -> Demonstration {
        Demonstration { choice_set, ..Demonstration::default() }
    }

    #[test]
    fn recorded_alternatives_by_hand() {
        let world = world(vec![shown("b", &["d"]), shown("a", &["d", "c", "c"]), shown("c", &[])]);
        let world = world.with_members(2);
        let objective = world.bind(&Demonstration::default());
        assert_eq!(objective.statements().dropped[NO_ALTERNATIVE], 1);
        let set: [(&str, &[f32]); 1] = [(crate::RATIONALITY, &[std::f32::consts::LN_2])];
        let response = world.response(&*objective, &set);
        // Beta 2: 2 against -2, and 4 against -2 and 0.
        let pair = (-4.0f64).exp().ln_1p();
        let three = ((-6.0f64).exp() + (-4.0f64).exp()).ln_1p();
        assert_close(&world.losses(&*objective, &response), &[pair, three]);
        let judgements = world.judgements(&*objective, &response);
        assert_eq!(judgements[0].answer.pair, Some((1, 3)));
        assert_eq!(judgements[1].answer.observed, [1.0, 0.0, 0.0]);
        assert_eq!(judgements[1].predicted_value, Some(2.5));
    }

    #[test]
    fn groups_are_choice_sets() {
        let world = world(vec![shown("b", &[]), shown("d", &[])]);
        let objective = world.bind(&from(ChoiceSet::Group));
        assert_eq!(objective.statements().dropped[NO_ALTERNATIVE], 1);
        let response = world.response(&*objective, &[]);
        let total = 2.0f64.exp() + 1.0f64.exp() + 1.0;
        assert_close(&world.losses(&*objective, &response), &[total.ln() - 1.0]);
        assert_eq!(world.judgements(&*objective, &response)[0].answer.observed, [0.0, 1.0, 0.0]);
    }

    #[test]
    fn sampled_sets_stay_in_their_part_and_repeat() {
        let world = world(vec![shown("a", &[])]);
        let parts = vec![Part::Train, Part::Test, Part::Train];
        let partition = Partition::Groups { parts, units: vec![0, 1, 2] };
        let selection = Selection { partition: Some(&partition), ..world.selection() };
        let options = |samples, seed| {
            let adapter = Demonstration { samples, ..from(ChoiceSet::Sampled) };
            let records = selection.records::<feedback::Demonstration>().unwrap();
            let candidates = Candidates::new(ChoiceSet::Sampled, &selection);
            let (_, origin) = records.iter().next().unwrap();
            adapter.choice(origin, &candidates, seed).unwrap().options
        };
        assert_eq!(options(99, 1), [0, 1, 2, 4]);
        assert_eq!(options(2, 1), options(2, 1));
        assert_eq!(options(2, 1).len(), 3);
        let drawn: BTreeSet<Vec<usize>> = (0..30).map(|seed| options(1, seed)).collect();
        assert_eq!(drawn, BTreeSet::from([vec![0, 1], vec![0, 2], vec![0, 4]]));
    }

    #[test]
    fn a_pair_is_one_of_the_set() {
        let world = world(vec![shown("b", &[])]);
        let adapter =
            Demonstration { likelihood: DemonstrationLikelihood::Pair, ..from(ChoiceSet::Group) };
        let objective = world.bind(&adapter);
        let loss = world.losses(&*objective, &world.response(&*objective, &[]))[0];
        let against = |other: f64| (other - 1.0).exp().ln_1p();
        assert!([2.0, 0.0].iter().any(|&other| (loss - against(other)).abs() < 1e-9), "{loss}");
    }

    #[test]
    fn what_is_drawn_by_the_answer_is_no_question() {
        let world = world(vec![shown("b", &["d"]), shown("a", &["d", "c"])]);
        let check = |adapter: Demonstration, expect: Option<&[usize]>| {
            let objective = world.bind(&adapter);
            let response = world.response(&*objective, &[]);
            let told = objective.log_probabilities(&world.scorer(), &response, &[0, 1]);
            let outcomes = told.map(|told| told.iter().map(|of| of[0].len()).collect::<Vec<_>>());
            assert_eq!(outcomes.as_deref(), expect, "{adapter:?}");
        };
        check(Demonstration::default(), Some(&[2, 3]));
        check(from(ChoiceSet::Sampled), None);
        let likelihood = DemonstrationLikelihood::Pair;
        check(Demonstration { likelihood, ..Demonstration::default() }, None);
    }

    #[test]
    fn unrecorded_alternatives_are_refused() {
        let world = world(vec![shown("a", &[])]);
        let error = world.refusal(&Demonstration::default());
        assert!(error.contains("none of the 1 demonstrations has alternatives"), "{error}");
        let error = world.refusal(&Demonstration { samples: 0, ..Demonstration::default() });
        assert!(error.contains("`samples` must be at least 1"), "{error}");
    }
}
