//! Who of those that a source asks sees and answers alike?

use crate::perceived::Perceived;
use crate::questions::{Asker, Put, When};
use crate::reward::Reward;
use crate::{Distortion, SimulationError};
use medley_adapter::Query;
use medley_toml_file::{Problem, Tagged};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// People who see and answer alike, and what they are asked.
pub(crate) struct Alike {
    pub distortions: Arc<Vec<Tagged<dyn Distortion>>>,
    /// So many of these are of the people, and the others of the source.
    pub of_people: usize,
    pub perceived: Arc<Perceived>,
    pub rationality: f64,
    /// Positions among the people, rising.
    pub who: Vec<usize>,
    pub queries: Vec<Query>,
    /// Of each query: who of `who` is asked, and when.
    pub put: Vec<(usize, When)>,
}

impl Asker<'_> {
    /// The people by group and context, which decide what is seen, and by how closely it is answered.
    pub fn alike(&self) -> Result<Vec<Alike>, SimulationError> {
        let mut by_sight: BTreeMap<[Option<usize>; 2], BTreeMap<u64, Vec<Put>>> = BTreeMap::new();
        for put in self.questions()? {
            let person = &self.people[put.person];
            let rationality = self.source.rationality.unwrap_or(person.rationality);
            let alike = by_sight.entry([person.group, person.context]).or_default();
            alike.entry(rationality.to_bits()).or_default().push(put);
        }
        let mut all = Vec::new();
        for ([group, context], parts) in by_sight {
            let mut distortions = self.population.distortions_of(group);
            let of_people = distortions.len();
            distortions.extend(self.source.distortions.iter().cloned());
            let usual = Reward::default();
            let reward = group.map_or(&usual, |group| &self.population.groups[group].reward);
            let perceived = Perceived::new(self.ground, context, reward, &distortions);
            let perceived = perceived.map_err(|error| self.of_group(group, error))?;
            let (distortions, perceived) = (Arc::new(distortions), Arc::new(perceived));
            all.extend(parts.into_iter().map(|(rationality, questions)| {
                let (distortions, perceived) = (distortions.clone(), perceived.clone());
                let rationality = f64::from_bits(rationality);
                Alike::new(distortions, of_people, perceived, rationality, questions)
            }));
        }
        Ok(all)
    }

    /// An error about what people of a group want, at the key that says it.
    fn of_group(&self, group: Option<usize>, error: SimulationError) -> SimulationError {
        let (SimulationError::Reward { .. }, Some(place)) = (&error, group) else { return error };
        let name = &self.population.groups[place].name;
        let problem = Problem::new("reward", format!("to people of `{name}` {error}"));
        let problem = problem.within(&place.to_string()).within("groups").within("people");
        match self.source.people {
            None => problem.into(),
            Some(_) => problem.within(self.name).within("sources").into(),
        }
    }
}

impl Alike {
    fn new(
        distortions: Arc<Vec<Tagged<dyn Distortion>>>,
        of_people: usize,
        perceived: Arc<Perceived>,
        rationality: f64,
        questions: Vec<Put>,
    ) -> Self {
        let who: BTreeSet<usize> = questions.iter().map(|put| put.person).collect();
        let who: Vec<usize> = who.into_iter().collect();
        let place_of: BTreeMap<usize, usize> =
            who.iter().enumerate().map(|(place, &person)| (person, place)).collect();
        let (queries, put) =
            questions.into_iter().map(|put| (put.query, (place_of[&put.person], put.when))).unzip();
        Self { distortions, of_people, perceived, rationality, who, queries, put }
    }

    /// Their rationality as a number.
    pub fn beta(&self) -> f64 {
        let largest = self.perceived.largest;
        match (self.rationality.is_infinite(), largest > 0.0) {
            (false, _) => self.rationality,
            (true, true) => INFINITE / largest,
            (true, false) => 1.0,
        }
    }
}

/// An infinite rationality: times the largest reward it is this, so that any difference that single
/// precision shows decides, and what is equal stays equal.
const INFINITE: f64 = 1e12;
