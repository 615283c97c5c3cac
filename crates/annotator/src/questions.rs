//! Which questions are put to whom, when?

use crate::ground::Ground;
use crate::population::Person;
use crate::source::{Source, Within};
use crate::turns::mixed;
use crate::{Population, SimulationError};
use medley_adapter::Query;
use medley_feedback::{AnnotatorId, Provenance};
use medley_random::{normal, stream};
use medley_toml_file::Problem;
use rand::RngExt;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// A question put to somebody.
pub(crate) struct Put {
    pub query: Query,
    /// Position among the people.
    pub person: usize,
    pub when: When,
}

/// When it is put.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct When {
    pub round: usize,
    /// Number of the person's session, from 0.
    pub session: usize,
    /// Number in the session, from 0.
    pub number: usize,
    /// Since the session began.
    pub seconds: f64,
}

/// Who asks whom.
pub(crate) struct Asker<'a> {
    pub name: &'a str,
    pub source: &'a Source,
    pub population: &'a Population,
    pub people: &'a [Person],
    pub ground: &'a Ground,
    /// The policy whose episodes are asked about; none for all.
    pub policy: Option<usize>,
    pub seed: u64,
}

impl Asker<'_> {
    /// All questions of the source, each put to as many people as it says, in turn; groups take turns too, so
    /// that few questions are not all put to those who are listed first.
    pub fn questions(&self) -> Result<Vec<Put>, SimulationError> {
        let Self { name, source, people, .. } = self;
        let choosing = &mut stream(self.seed, &format!("questions of {name}"));
        let timing = &mut stream(self.seed, &format!("seconds of {name}"));
        let rounds = self.ground.rounds.len();
        let shown: Vec<Vec<u32>> =
            self.ground.shown.iter().map(|segments| self.of_policy(segments)).collect();
        let usable: Vec<Vec<Vec<u32>>> = (0..rounds).map(|round| self.usable(round)).collect();
        let mut sessions = vec![(0, 0, 0.0); people.len()];
        let order = self.order();
        let mut all = Vec::with_capacity(source.questions * source.answers);
        for question in 0..source.questions {
            let round = question * rounds / source.questions;
            let (segments, point) = self.about(&shown[round], &usable[round], choosing)?;
            for answer in 0..source.answers {
                let person = order[(question * source.answers + answer) % people.len()];
                let (session, number, begun) = &mut sessions[person];
                if self.population.session == Some(*number) {
                    (*session, *number, *begun) = (*session + 1, 0, 0.0);
                }
                let when = When { round, session: *session, number: *number, seconds: *begun };
                let seconds =
                    source.seconds.map(|it| it.median * (it.spread * normal(timing)).exp());
                *number += 1;
                *begun += seconds.unwrap_or(0.0);
                let group = people[person].group.map(|it| self.population.groups[it].name.clone());
                let provenance = Provenance {
                    annotator: Some(AnnotatorId(people[person].id.clone())),
                    group,
                    seconds,
                    source: Some((*name).to_owned()),
                    ..Provenance::default()
                };
                let query = Query { segments: segments.clone(), point: point.clone(), provenance };
                all.push(Put { query, person, when });
            }
        }
        Ok(all)
    }

    /// Positions of the people in the order in which they take turns.
    fn order(&self) -> Vec<usize> {
        let groups: Vec<Option<usize>> = self.people.iter().map(|person| person.group).collect();
        mixed(&groups)
    }

    /// Groups with people of whom nobody is asked, as there are too few questions.
    pub fn unasked(&self) -> Vec<&str> {
        let count = self.source.questions * self.source.answers;
        let asked: BTreeSet<_> =
            self.order().into_iter().take(count).map(|it| self.people[it].group).collect();
        let all: BTreeSet<_> = self.people.iter().map(|person| person.group).collect();
        let missing = all.difference(&asked).flatten();
        missing.map(|&group| self.population.groups[group].name.as_str()).collect()
    }

    /// Groups that have enough segments.
    fn usable(&self, round: usize) -> Vec<Vec<u32>> {
        let least = self.source.options().max(1);
        let groups = self.ground.groups[round].iter().map(|group| self.of_policy(group));
        groups.filter(|group| group.len() >= least).collect()
    }

    /// Those of some segments that are of the policy that is asked about.
    fn of_policy(&self, segments: &[u32]) -> Vec<u32> {
        let Some(policy) = self.policy else { return segments.to_vec() };
        let own = |segment: &&u32| self.ground.policy_of(**segment) == Some(policy);
        segments.iter().filter(own).copied().collect()
    }

    fn about(
        &self,
        shown: &[u32],
        groups: &[Vec<u32>],
        rng: &mut ChaCha8Rng,
    ) -> Result<(Vec<u32>, Vec<f64>), SimulationError> {
        let count = self.source.options();
        let among: &[u32] = match self.source.within {
            Within::Everything => shown,
            Within::Group if groups.is_empty() => {
                return Err(self.too_few("within", "no group has as many segments", count));
            }
            Within::Group => &groups[rng.random_range(0..groups.len())],
        };
        if among.len() < count.max(1) {
            return Err(self.too_few("options", &format!("there are {}", among.len()), count));
        }
        if count == 0 {
            let segment = among[rng.random_range(0..among.len())];
            return Ok((Vec::new(), self.point(segment, rng)?));
        }
        let drawn = sample(rng, among.len(), count).into_iter().map(|place| among[place]);
        Ok((drawn.collect(), Vec::new()))
    }

    /// The features of one of the steps of a segment.
    fn point(&self, segment: u32, rng: &mut ChaCha8Rng) -> Result<Vec<f64>, SimulationError> {
        let Some(features) = &self.ground.features else {
            let message =
                "points of feature space are asked about, and the dataset stores no features";
            return Err(self.problem("adapter", message.to_owned()));
        };
        let rows = features.segment(segment as usize);
        let width = features.feature_count();
        let step = rng.random_range(0..rows.len() / width);
        Ok(rows[step * width..][..width].iter().copied().map(f64::from).collect())
    }

    fn too_few(&self, key: &str, found: &str, count: usize) -> SimulationError {
        let message = format!("{count} different segments are needed for a question, and {found}");
        self.problem(key, message)
    }

    fn problem(&self, key: &str, message: String) -> SimulationError {
        Problem::new(key, message).within(self.name).within("sources").into()
    }
}
