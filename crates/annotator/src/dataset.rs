//! The dataset that a simulation comes to.

use crate::ground::Ground;
use crate::mtf::answers::Typed;
use crate::perceived::Perceived;
use crate::population::Person;
use crate::questions::{Asker, Put, When};
use crate::reward::Reward;
use crate::scene::Scene;
use crate::session::Session;
use crate::simulation::nothing;
use crate::source::Source;
use crate::texts::taken_in_turn;
use crate::world_note::note;
use crate::{Distortion, Population, Simulation, SimulationError};
use burn::tensor::{DType, Device};
use medley_adapter::{Asking, Elicited, Query, Scorer, Select, Selection};
use medley_dataset::{Dataset, PersonValue};
use medley_random::stream;
use medley_reward_model::{HeadLayout, Placement};
use medley_toml_file::{Problem, Tagged};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

impl Simulation {
    /// The dataset: segments with true rewards, the people, and what they said. It follows from the
    /// options and the seed, whatever device or number of threads there is.
    ///
    /// # Errors
    /// Options that do not go together, a world that cannot be lived through, a dataset that cannot be
    /// read or knows no true rewards, an adapter that says of nobody how its records come about.
    pub fn dataset(&self, seed: u64) -> Result<Dataset, SimulationError> {
        self.check()?;
        match (&self.world, &self.dataset, &self.texts) {
            (Some(world), _, _) => self.answered(Scene::of_world(self, &**world, seed)?, seed),
            (_, Some(path), _) => self.about(&Dataset::open(path)?, seed),
            (_, _, Some(texts)) => self.answered(Scene::of_texts(self, texts, seed)?, seed),
            (None, None, None) => Err(nothing().into()),
        }
    }

    /// What people say of the segments of a dataset with true rewards, in place of whatever was said of
    /// them; `world`, `dataset` and `texts` are not looked at.
    ///
    /// # Errors
    /// As [`Simulation::dataset`].
    pub fn about(&self, dataset: &Dataset, seed: u64) -> Result<Dataset, SimulationError> {
        let mut dataset = dataset.without_feedback();
        dataset.card.import = None;
        dataset.card.source = format!("simulated answers about: {}", dataset.card.source);
        self.answered(Scene::of_dataset(dataset), seed)
    }

    fn answered(&self, scene: Scene, seed: u64) -> Result<Dataset, SimulationError> {
        let Scene { dataset: mut bare, episodes, ordinary, made, by_context } = scene;
        let contexts = match (&self.texts, by_context.is_empty()) {
            (Some(texts), false) => &texts.contexts[..],
            _ => &[],
        };
        let people = |population: &Population, prefix: &str| {
            let mut people = population.people(prefix, seed);
            let taken = taken_in_turn(people.len(), contexts);
            people.iter_mut().zip(taken).for_each(|(person, its)| person.context = Some(its));
            people
        };
        let everyone = people(&self.people, "p");
        let own: BTreeMap<&str, (&Population, Vec<Person>)> = self
            .sources
            .iter()
            .filter_map(|(name, source)| {
                let population = source.people.as_ref()?;
                Some((name.as_str(), (population, people(population, &format!("{name}-")))))
            })
            .collect();
        let is_shared = |source: &Source| source.people.is_none() && source.mtf.is_none();
        let is_shared = self.sources.values().any(is_shared);
        let shared = is_shared.then_some((&self.people, &everyone));
        let all =
            shared.into_iter().chain(own.values().map(|(population, them)| (*population, them)));
        bare.list_people(
            all.flat_map(|(population, them)| them.iter().map(|it| row(population, it))),
        )?;
        let ground = Ground::new(bare, episodes, ordinary, self.rounds, self.world.as_deref())?
            .with_contexts(by_context);
        let mut answered: BTreeMap<&'static str, Elicited> = BTreeMap::new();
        let mut acted = Acting::new();
        let mut report = ground.dataset.card.import.clone().unwrap_or_default();
        for (name, source) in &self.sources {
            let (population, people) =
                own.get(name.as_str()).map_or((&self.people, &everyone), |(its, them)| (its, them));
            let policy = self.policy_of(source);
            let asker = Asker { name, source, population, people, ground: &ground, policy, seed };
            let (elicited, acting) = match &source.mtf {
                None => self.elicited(&asker)?,
                Some(mtf) => {
                    let (questions, made) = (source.questions, made.get(name));
                    let typed = Typed { name, mtf, questions, ground: &ground, made, seed };
                    (typed.answers()?, Acting::new())
                }
            };
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
        report.notes.extend(self.world.as_ref().and_then(note));
        report.notes.push(format!("people were simulated under seed {seed}"));
        dataset.card.import = Some(report);
        Ok(dataset)
    }

    /// Records of a source, of people who see and answer alike at once.
    fn elicited(&self, asker: &Asker<'_>) -> Result<(Elicited, Acting), SimulationError> {
        let Asker { name, source, population, people, ground, .. } = *asker;
        // By group and context, which decide what is seen, and by how closely it is answered.
        let mut alike: BTreeMap<[Option<usize>; 2], BTreeMap<u64, Vec<Put>>> = BTreeMap::new();
        for put in asker.questions()? {
            let person = &people[put.person];
            let rationality = source.rationality.unwrap_or(person.rationality);
            let of_group = alike.entry([person.group, person.context]).or_default();
            of_group.entry(rationality.to_bits()).or_default().push(put);
        }
        let mut all: BTreeMap<&'static str, Elicited> = BTreeMap::new();
        let mut acting = Acting::new();
        for ([group, context], parts) in alike {
            let mut distortions = population.distortions_of(group);
            let of_people = distortions.len();
            distortions.extend(source.distortions.iter().cloned());
            let usual = Reward::default();
            let reward = group.map_or(&usual, |group| &population.groups[group].reward);
            let perceived = Perceived::new(ground, context, reward, &distortions)?;
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
            left: vec![None; queries.len()],
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
        let Some(adapter) = &source.adapter else {
            let problem = Problem::new("adapter", "it or `mtf` is needed, found neither");
            return Err(problem.within(name).within("sources").into());
        };
        let elicited = adapter.elicit(&asking, &mut session)?;
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
