//! A simulation as TOML has it, and the dataset that it comes to.

use crate::ground::{Ground, Lived};
use crate::perceived::Perceived;
use crate::policies::PolicyPart;
use crate::population::Person;
use crate::questions::{Asker, Put, When};
use crate::reward::Reward;
use crate::session::Session;
use crate::source::Source;
use crate::{Distortion, Population, SimulationError};
use burn::tensor::{DType, Device};
use medley_adapter::{Asking, Elicited, Query, Scorer, Select, Selection};
use medley_dataset::{Dataset, PersonValue};
use medley_reward_model::{HeadLayout, Placement, Returns};
use medley_toml_file::{Problem, Tagged, at_least};
use medley_world::{Collection, Cut, Episode, Mixture, Policy, World, collect, stream, to_dataset};
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// People who answer questions about segments of a world, or of a dataset with true rewards.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Simulation {
    /// The world; none if segments are those of a dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<Tagged<dyn World>>,
    /// Folder of a dataset with true rewards, whose segments are asked about in place of a world's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<PathBuf>,
    /// Who acts in the world; none: every action alike.
    #[serde(default)]
    pub policies: Vec<PolicyPart>,
    /// Episodes of the world.
    #[serde(default = "hundred")]
    pub episodes: usize,
    /// Steps after which episodes are cut off; none: as usual for the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How episodes are cut into segments.
    #[serde(default)]
    pub segments: Segments,
    /// How rewards add up for those who answer.
    #[serde(default = "sum")]
    pub returns: Returns,
    /// Rounds of questions: those of the first are about the first episodes alone, and means of returns,
    /// by which thresholds of B-Pref are set, are taken anew in each.
    #[serde(default = "once")]
    pub rounds: usize,
    /// Who answers, unless a source has people of its own.
    #[serde(default)]
    pub people: Population,
    /// What is asked.
    pub sources: BTreeMap<String, Source>,
}

/// How episodes are cut into segments, which never cross the end of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Segments {
    /// Steps of each; none: episodes are whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// Steps from the start of one to that of the next; none: they follow each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stride: Option<usize>,
    /// How many are drawn out of all that are possible, in place of a stride; less those drawn twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

fn hundred() -> usize {
    100
}

fn once() -> usize {
    1
}

fn sum() -> Returns {
    Returns::Sum
}

/// What a note begins with that says which world a dataset is of.
const WORLD: &str = "world: ";

impl Simulation {
    /// Refuses options that are out of range or do not go together.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    pub fn check(&self) -> Result<(), Problem> {
        match (&self.world, &self.dataset) {
            (None, None) => {
                return Err(nothing());
            }
            (Some(_), Some(_)) => {
                return Err(Problem::new("dataset", "either it or `world` is needed, found both"));
            }
            (Some(world), None) => world
                .check()
                .map_err(|problem| problem.within(world.typetag_name()).within("world"))?,
            (None, Some(_))
                if self.segments != Segments::default() || !self.policies.is_empty() =>
            {
                let message =
                    "a dataset has its segments already: `segments` and `policies` need a `world`";
                return Err(Problem::new("dataset", message));
            }
            (None, Some(_)) => {}
        }
        at_least("episodes", self.episodes as u64, 1)?;
        at_least("rounds", self.rounds as u64, 1)?;
        for (place, part) in self.policies.iter().enumerate() {
            let within = |problem: Problem| problem.within(&place.to_string()).within("policies");
            part.check().map_err(within)?;
        }
        self.segments.check().map_err(|problem| problem.within("segments"))?;
        self.people.check().map_err(|problem| problem.within("people"))?;
        if self.sources.is_empty() {
            return Err(Problem::new("sources", "at least one source is needed, found none"));
        }
        self.sources.iter().try_for_each(|(name, source)| {
            let checked = source.check(&self.people);
            checked.map_err(|problem| problem.within(name).within("sources"))
        })
    }

    /// The dataset: segments with true rewards, the people, and what they said. It follows from the
    /// options and the seed, whatever device or number of threads there is.
    ///
    /// # Errors
    /// Options that do not go together, a world that cannot be lived through, a dataset that cannot be
    /// read or knows no true rewards, an adapter that says of nobody how its records come about.
    pub fn dataset(&self, seed: u64) -> Result<Dataset, SimulationError> {
        self.check()?;
        let (mut bare, episodes) = match (&self.world, &self.dataset) {
            (Some(world), _) => self.lived_through(&**world, seed)?,
            (None, Some(path)) => (Dataset::open(path)?, None),
            (None, None) => return Err(nothing().into()),
        };
        if self.world.is_none() {
            bare = bare.without_feedback();
            bare.card.source = format!("simulated answers about: {}", bare.card.source);
        }
        self.answered(bare, episodes, seed)
    }

    /// What people say of the segments of a dataset with true rewards, in place of whatever was said of
    /// them; `world` and `dataset` are not looked at.
    ///
    /// # Errors
    /// As [`Simulation::dataset`].
    pub fn about(&self, dataset: &Dataset, seed: u64) -> Result<Dataset, SimulationError> {
        self.answered(dataset.without_feedback(), None, seed)
    }

    fn lived_through(
        &self,
        world: &dyn World,
        seed: u64,
    ) -> Result<(Dataset, Option<Vec<Lived>>), SimulationError> {
        let parts = match self.policies.is_empty() {
            true => vec![PolicyPart::uniform()],
            false => self.policies.clone(),
        };
        let acting = parts.iter().map(|part| Ok((part.weight, part.acting(world)?)));
        let acting = acting.collect::<Result<Vec<(f64, Box<dyn Policy>)>, SimulationError>>()?;
        let parts = acting.iter().map(|(weight, policy)| (*weight, &**policy)).collect();
        let mixture = Mixture::new(parts).map_err(|problem| problem.within("policies"))?;
        let collection = Collection { episodes: self.episodes, limit: self.limit, seed };
        let episodes = collect(world, &mixture, &collection)?;
        let dataset = to_dataset(world, &episodes, self.segments.cut(seed), "simulation")?;
        let lived = |episode: &Episode| Lived { total: episode.total(), steps: episode.len() };
        Ok((dataset, Some(episodes.iter().map(lived).collect())))
    }

    fn answered(
        &self,
        mut bare: Dataset,
        episodes: Option<Vec<Lived>>,
        seed: u64,
    ) -> Result<Dataset, SimulationError> {
        let everyone = self.people.people("p", seed);
        let own: BTreeMap<&str, (&Population, Vec<Person>)> = self
            .sources
            .iter()
            .filter_map(|(name, source)| {
                let population = source.people.as_ref()?;
                Some((name.as_str(), (population, population.people(&format!("{name}-"), seed))))
            })
            .collect();
        let is_shared = self.sources.values().any(|source| source.people.is_none());
        let shared = is_shared.then_some((&self.people, &everyone));
        let all =
            shared.into_iter().chain(own.values().map(|(population, them)| (*population, them)));
        bare.list_people(
            all.flat_map(|(population, them)| them.iter().map(|it| row(population, it))),
        )?;
        let ground = Ground::new(bare, episodes, self.rounds)?;
        let mut answered: BTreeMap<&'static str, Elicited> = BTreeMap::new();
        let mut acted = Acting::new();
        let mut report = ground.dataset.card.import.clone().unwrap_or_default();
        for (name, source) in &self.sources {
            let (population, people) =
                own.get(name.as_str()).map_or((&self.people, &everyone), |(its, them)| (its, them));
            let asker = Asker { name, source, population, people, ground: &ground, seed };
            let (elicited, acting) = self.elicited(&asker)?;
            for (distortion, _) in acting.iter().filter(|(_, acts)| !**acts) {
                let note = format!(
                    "`{distortion}` means nothing to answers of `{name}`, and does not act there"
                );
                report.notes.push(note);
            }
            acting.into_iter().for_each(|(name, acts)| *acted.entry(name).or_default() |= acts);
            report.keep(&format!("{} of `{name}`", elicited.kind()), elicited.len());
            if elicited.unanswered > 0 {
                let reason = format!("questions of `{name}` were not answered");
                report.dropped.insert(reason, elicited.unanswered);
            }
            add(&mut answered, elicited);
        }
        check_acted(&acted)?;
        let mut dataset = ground.dataset;
        for elicited in answered.into_values().filter(|elicited| !elicited.is_empty()) {
            elicited.insert_into(&mut dataset)?;
        }
        if let Some(world) = &self.world
            && let Ok(written) = toml::to_string(world)
        {
            report.notes.push(format!("{WORLD}{written}"));
        }
        report.notes.push(format!("people were simulated under seed {seed}"));
        dataset.card.import = Some(report);
        Ok(dataset)
    }

    /// Records of a source, of people who see and answer alike at once.
    fn elicited(&self, asker: &Asker<'_>) -> Result<(Elicited, Acting), SimulationError> {
        let Asker { name, source, population, people, ground, .. } = *asker;
        // By group, which decides what is seen, and by how closely it is answered.
        let mut alike: BTreeMap<Option<usize>, BTreeMap<u64, Vec<Put>>> = BTreeMap::new();
        for put in asker.questions()? {
            let person = &people[put.person];
            let rationality = source.rationality.unwrap_or(person.rationality);
            let of_group = alike.entry(person.group).or_default();
            of_group.entry(rationality.to_bits()).or_default().push(put);
        }
        let mut all: BTreeMap<&'static str, Elicited> = BTreeMap::new();
        let mut acting = Acting::new();
        for (group, parts) in alike {
            let mut distortions = population.distortions_of(group);
            let of_people = distortions.len();
            distortions.extend(source.distortions.iter().cloned());
            let usual = Reward::default();
            let reward = group.map_or(&usual, |group| &population.groups[group].reward);
            let perceived = Perceived::new(ground, reward, &distortions)?;
            for (rationality, questions) in parts {
                let rationality = f64::from_bits(rationality);
                let them = Alike {
                    distortions: &distortions,
                    of_people,
                    perceived: &perceived,
                    rationality,
                };
                let (elicited, acted) = self.by(asker, &them, questions)?;
                acting.extend(acted);
                add(&mut all, elicited);
            }
        }
        let none = || Problem::new("questions", "at least 1 is needed, found 0");
        let elicited = all.into_values().next();
        let elicited = elicited.ok_or_else(|| none().within(name).within("sources"))?;
        Ok((elicited, acting))
    }

    fn by(
        &self,
        asker: &Asker<'_>,
        them: &Alike<'_>,
        questions: Vec<Put>,
    ) -> Result<(Elicited, Acting), SimulationError> {
        let Asker { name, source, people, ground, seed, .. } = *asker;
        let Alike { distortions, of_people, perceived, rationality } = *them;
        let who: BTreeSet<usize> = questions.iter().map(|put| put.person).collect();
        let streams = who.iter().map(|&person| {
            let purpose = format!("answers of {} to {name}", people[person].id);
            (stream(seed, &purpose), None)
        });
        let place_of: BTreeMap<usize, usize> =
            who.iter().enumerate().map(|(place, &person)| (person, place)).collect();
        let first = who.first().map_or("", |&person| people[person].id.as_str());
        let (queries, put): (Vec<Query>, Vec<(usize, When)>) =
            questions.into_iter().map(|put| (put.query, (place_of[&put.person], put.when))).unzip();
        let mut session = Session {
            name,
            seed,
            given: &source.parameters,
            ground,
            perceived,
            distortions,
            of_people,
            acting: None,
            rationality,
            queries: &queries,
            put: &put,
            people: streams.collect(),
            numbers: stream(seed, &format!("numbers of {first} and those like them to {name}")),
            problem: None,
        };
        let place = Placement { device: Device::flex(), dtype: DType::F64 };
        let (select, layout) = (Select::default(), HeadLayout::shared());
        let selection = Selection {
            source: name,
            dataset: &ground.dataset,
            features: ground.features.as_ref().unwrap_or(&perceived.steps),
            standardizer: None,
            select: &select,
            partition: None,
            layout: &layout,
            seed,
        };
        let scorer = Scorer::new(&perceived.model, &perceived.steps, self.returns, &place);
        let scorer = scorer.with_points(&perceived.points);
        let asking = Asking { selection, scorer, form: &source.form, queries: &queries };
        let elicited = source.adapter.elicit(&asking, &mut session)?;
        match session.problem {
            None => {
                let acting = session.acting.into_iter().flatten();
                let name = |place: usize| (distortions[place].typetag_name(), true);
                let mut acted: Acting =
                    distortions.iter().map(|it| (it.typetag_name(), false)).collect();
                acted.extend(acting.map(name));
                Ok((elicited, acted))
            }
            Some(problem) => {
                let problem = Problem::new(name, problem).within("sources");
                Err(problem.into())
            }
        }
    }
}

/// Distortions by name, and whether they act.
type Acting = BTreeMap<&'static str, bool>;

/// Refuses what people are said to do where it means nothing to any source.
fn check_acted(acted: &Acting) -> Result<(), Problem> {
    match acted.iter().find(|(_, acts)| !**acts) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("`{name}` means nothing to the answers of any source");
            Err(Problem::new("distortions", message).within("people"))
        }
    }
}

/// People who see and answer alike.
#[derive(Clone, Copy)]
struct Alike<'a> {
    distortions: &'a [Tagged<dyn Distortion>],
    of_people: usize,
    perceived: &'a Perceived,
    rationality: f64,
}

/// The world that a simulated dataset is of, as it was noted with it.
///
/// # Errors
/// The note names a world that is not linked, or options that it does not have.
pub fn world_of(dataset: &Dataset) -> Result<Option<Tagged<dyn World>>, SimulationError> {
    let notes = dataset.card.import.iter().flat_map(|report| &report.notes);
    let Some(written) = notes.filter_map(|note| note.strip_prefix(WORLD)).next() else {
        return Ok(None);
    };
    let read = toml::from_str(written);
    read.map(Some).map_err(|error| Problem::new("world", error.message()).into())
}

fn nothing() -> Problem {
    Problem::new("world", "a world or `dataset` is needed, found neither")
}

fn add(all: &mut BTreeMap<&'static str, Elicited>, more: Elicited) {
    match all.entry(more.kind()) {
        Entry::Vacant(place) => drop(place.insert(more)),
        Entry::Occupied(mut known) => {
            assert!(known.get_mut().join(more).is_ok(), "kinds are equal");
        }
    }
}

/// A row of the table of people.
fn row<'p>(
    population: &'p Population,
    person: &'p Person,
) -> (&'p str, Vec<(&'p str, PersonValue)>) {
    let mut known = Vec::new();
    if let Some(group) = person.group {
        known.push(("group", population.groups[group].name.as_str().into()));
    }
    if person.rationality.is_finite() {
        known.push(("rationality", person.rationality.into()));
    }
    (&person.id, known)
}

impl Segments {
    fn check(&self) -> Result<(), Problem> {
        at_least("length", self.length.unwrap_or(1) as u64, 1)?;
        at_least("stride", self.stride.unwrap_or(1) as u64, 1)?;
        at_least("count", self.count.unwrap_or(1) as u64, 1)?;
        let found = match (self.length, self.stride, self.count) {
            (None, Some(_), _) => "stride",
            (None, _, Some(_)) => "count",
            (Some(_), Some(_), Some(_)) => {
                return Err(Problem::new("count", "either it or `stride` is needed, found both"));
            }
            _ => return Ok(()),
        };
        Err(Problem::new(found, "a `length` beside it is needed, found none: episodes are whole"))
    }

    fn cut(self, seed: u64) -> Cut {
        match (self.length, self.count) {
            (None, _) => Cut::Whole,
            (Some(length), None) => Cut::Every { length, stride: self.stride.unwrap_or(length) },
            (Some(length), Some(draws)) => Cut::Random { length, draws, seed },
        }
    }
}
