//! The dataset that a simulation comes to.

use crate::answers::{Acting, add};
use crate::ground::Ground;
use crate::mtf::answers::Typed;
use crate::population::Person;
use crate::questions::Asker;
use crate::scene::Scene;
use crate::simulation::nothing;
use crate::source::Source;
use crate::texts::taken_in_turn;
use crate::{Population, Simulation, SimulationError};
use medley_adapter::Elicited;
use medley_dataset::{Dataset, PersonValue};
use medley_toml_file::Problem;
use std::collections::BTreeMap;

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
            (Some(world), _, _) => self.answered(Scene::of_world(self, world, seed)?, seed),
            (_, Some(path), _) => self.about(&Dataset::open(path)?, seed),
            (_, _, Some(texts)) => self.answered(Scene::of_texts(self, texts, seed)?, seed),
            (None, None, None) => Err(nothing().into()),
        }
    }

    /// What people say of the segments of a dataset with true rewards, in place of whatever was said of
    /// them. Its world is the one that a note names; those of the options are not looked at.
    ///
    /// # Errors
    /// As [`Simulation::dataset`].
    pub fn about(&self, dataset: &Dataset, seed: u64) -> Result<Dataset, SimulationError> {
        self.answered(Scene::of_dataset(dataset), seed)
    }

    fn answered(&self, scene: Scene, seed: u64) -> Result<Dataset, SimulationError> {
        let Scene { dataset: mut bare, episodes, ordinary, made, by_context, untaken, world, note } =
            scene;
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
        let ground = Ground::new(bare, episodes, ordinary, self.rounds, world.as_deref())?
            .with_contexts(by_context)
            .with_untaken(untaken);
        let mut answered: BTreeMap<&'static str, Elicited> = BTreeMap::new();
        let mut acted = Acting::new();
        let mut report = ground.dataset.card.import.clone().unwrap_or_default();
        for (name, source) in &self.sources {
            let (population, people) =
                own.get(name.as_str()).map_or((&self.people, &everyone), |(its, them)| (its, them));
            let policy = self.policy_of(source);
            let asker = Asker { name, source, population, people, ground: &ground, policy, seed };
            let (elicited, acting) = match &source.mtf {
                None => asker.elicited(self.returns)?,
                Some(mtf) => {
                    let (questions, made) = (source.questions, made.get(name));
                    let typed = Typed { name, mtf, questions, ground: &ground, made, seed };
                    (typed.answers()?, Acting::new())
                }
            };
            if source.mtf.is_none() {
                let unasked = asker.unasked().into_iter();
                report.notes.extend(unasked.map(|group| {
                    format!(
                        "nobody of group `{group}` was asked in `{name}`: it has too few questions"
                    )
                }));
            }
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
        report.notes.extend(note);
        report.notes.push(format!("people were simulated under seed {seed}"));
        dataset.card.import = Some(report);
        Ok(dataset)
    }
}

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
