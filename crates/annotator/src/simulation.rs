//! A simulation as TOML has it, and the dataset that it comes to.

use crate::ground::{Ground, Lived};
use crate::perceived::Perceived;
use crate::policies::PolicyPart;
use crate::population::Person;
use crate::questions::{Asker, Put, When};
use crate::reward::Reward;
use crate::segments::Segments;
use crate::session::Session;
use crate::source::Source;
use crate::{Distortion, Population, SimulationError};
use burn::tensor::{DType, Device};
use medley_adapter::{Asking, Elicited, Query, Scorer, Select, Selection};
use medley_dataset::{Dataset, PersonValue};
use medley_reward_model::{HeadLayout, Placement, Returns};
use medley_toml_file::{Problem, Tagged, at_least};
use medley_world::{
    Collection, Cut, Episode, Mixture, Policy, World, collect, parts_to_dataset, stream,
};
use rand::RngExt;
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
            let checked = source.check(&self.people).and_then(|()| self.check_policy(source));
            checked.map_err(|problem| problem.within(name).within("sources"))
        })
    }

    /// Refuses a source that asks about episodes of a policy that there is not.
    fn check_policy(&self, source: &Source) -> Result<(), Problem> {
        let Some(wanted) = &source.policy else { return Ok(()) };
        let names: Vec<&str> =
            self.policies.iter().filter_map(|part| part.name.as_deref()).collect();
        match names.contains(&wanted.as_str()) {
            true => Ok(()),
            false => {
                let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let message = format!("no policy is named `{wanted}`; there are: {known}");
                Err(Problem::new("policy", message))
            }
        }
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
        let acting = parts.iter().map(|part| part.acting(world));
        let acting = acting.collect::<Result<Vec<Box<dyn Policy>>, SimulationError>>()?;
        let mut lists: Vec<(Vec<Episode>, Cut)> = Vec::new();
        let mixed: Vec<usize> =
            (0..parts.len()).filter(|&place| parts[place].episodes.is_none()).collect();
        if !mixed.is_empty() {
            let weighted = mixed.iter().map(|&place| (parts[place].weight, &*acting[place]));
            let mixture = Mixture::new(weighted.collect());
            let mixture = mixture.map_err(|problem| problem.within("policies"))?;
            let collection = Collection { episodes: self.episodes, limit: self.limit, seed };
            let mut episodes = collect(world, &mixture, &collection)?;
            episodes.iter_mut().for_each(|episode| episode.policy = mixed[episode.policy]);
            lists.push((episodes, self.segments.cut(seed)));
        }
        for (place, part) in parts.iter().enumerate() {
            let Some(episodes) = part.episodes else { continue };
            // A seed of its own: episodes of two lists have nothing to do with each other.
            let seed = stream(seed, &format!("episodes of policy {place}")).random();
            let collection = Collection { episodes, limit: self.limit, seed };
            let mut episodes = collect(world, &Mixture::of(&*acting[place]), &collection)?;
            episodes.iter_mut().for_each(|episode| episode.policy = place);
            lists.push((episodes, part.segments.unwrap_or(self.segments).cut(seed)));
        }
        let parts: Vec<(&[Episode], Cut)> =
            lists.iter().map(|(episodes, cut)| (episodes.as_slice(), *cut)).collect();
        let dataset = parts_to_dataset(world, &parts, "simulation")?;
        let lived = |episode: &Episode| Lived { total: episode.total(), steps: episode.len() };
        let episodes = lists.iter().flat_map(|(episodes, _)| episodes);
        Ok((dataset, Some(episodes.map(lived).collect())))
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
        let ground = Ground::new(bare, episodes, self.rounds, self.world.as_deref())?;
        let mut answered: BTreeMap<&'static str, Elicited> = BTreeMap::new();
        let mut report = ground.dataset.card.import.clone().unwrap_or_default();
        for (name, source) in &self.sources {
            let (population, people) =
                own.get(name.as_str()).map_or((&self.people, &everyone), |(its, them)| (its, them));
            let is_wanted =
                |part: &PolicyPart| source.policy.is_some() && part.name == source.policy;
            let policy = self.policies.iter().position(is_wanted);
            let asker = Asker { name, source, population, people, ground: &ground, policy, seed };
            let elicited = self.elicited(&asker)?;
            report.keep(&format!("{} of `{name}`", elicited.kind()), elicited.len());
            if elicited.unanswered > 0 {
                let reason = format!("questions of `{name}` were not answered");
                report.dropped.insert(reason, elicited.unanswered);
            }
            add(&mut answered, elicited);
        }
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
    fn elicited(&self, asker: &Asker<'_>) -> Result<Elicited, SimulationError> {
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
        for (group, parts) in alike {
            let mut distortions = population.distortions_of(group);
            distortions.extend(source.distortions.iter().cloned());
            let usual = Reward::default();
            let reward = group.map_or(&usual, |group| &population.groups[group].reward);
            let perceived = Perceived::new(ground, reward, &distortions)?;
            for (rationality, questions) in parts {
                let rationality = f64::from_bits(rationality);
                let them = Alike { distortions: &distortions, perceived: &perceived, rationality };
                add(&mut all, self.by(asker, &them, questions)?);
            }
        }
        let none = || Problem::new("questions", "at least 1 is needed, found 0");
        let elicited = all.into_values().next();
        Ok(elicited.ok_or_else(|| none().within(name).within("sources"))?)
    }

    fn by(
        &self,
        asker: &Asker<'_>,
        them: &Alike<'_>,
        questions: Vec<Put>,
    ) -> Result<Elicited, SimulationError> {
        let Asker { name, source, people, ground, seed, .. } = *asker;
        let Alike { distortions, perceived, rationality } = *them;
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
            None => Ok(elicited),
            Some(problem) => {
                let problem = Problem::new(name, problem).within("sources");
                Err(problem.into())
            }
        }
    }
}

/// People who see and answer alike.
#[derive(Clone, Copy)]
struct Alike<'a> {
    distortions: &'a [Tagged<dyn Distortion>],
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
