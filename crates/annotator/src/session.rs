//! People of one kind while they answer: parameters, distortions, what was answered before.

use crate::alike::Alike;
use crate::ground::Ground;
use crate::parameters::{Given, Known};
use crate::questions::When;
use crate::{Chances, Moment};
use medley_adapter::{
    Asked, Outcomes, ParameterRole, Reply, Respondent, Response, ResponseParameter,
};
use medley_random::{normal, stream};
use medley_reward_model::Placement;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// People who see the same reward, answer it as closely, and do the same to their answers.
pub(crate) struct Session<'a> {
    pub name: &'a str,
    pub seed: u64,
    pub given: &'a Given,
    pub ground: &'a Ground,
    pub them: &'a Alike,
    /// What answers of all whom the source asks grow with, times their rationality, rising.
    pub values: &'a dyn Fn() -> Vec<f64>,
    /// Which of them act, once that is known: what people do acts where it means something.
    pub acting: Option<Vec<usize>>,
    /// Of each query: whether it is left unanswered, once that is decided.
    pub left: Vec<Option<bool>>,
    /// A stream for each person, and what they said last, in which session.
    pub people: Vec<(ChaCha8Rng, Option<(usize, usize)>)>,
    /// Of numbers.
    pub numbers: ChaCha8Rng,
    /// Whether anything was asked of them.
    pub asked: bool,
    /// What does not fit.
    pub problem: Option<String>,
}

impl Session<'_> {
    fn moment<'m>(
        &'m self,
        query: usize,
        totals: &'m [f64],
        outcomes: Option<Outcomes<'m>>,
    ) -> Moment<'m> {
        let (person, When { round, session, number, seconds }) = self.them.put[query];
        let segments = &self.them.queries[query].segments;
        let dataset = &self.ground.dataset;
        let steps = segments.iter().map(|&it| dataset.segments().steps(it as usize).len());
        let distance = match (outcomes, &segments[..]) {
            (Some(Outcomes::Change), [first, second]) => self.ground.distance(*first, *second),
            _ => 0.0,
        };
        let previous = self.people[person].1.filter(|(said_in, _)| *said_in == session);
        let previous = previous.map(|(_, outcome)| outcome);
        let round = &self.ground.rounds[round];
        let length = steps.max().unwrap_or(1);
        Moment { number, seconds, previous, outcomes, totals, length, distance, round }
    }

    fn totals(&self, query: usize) -> Vec<f64> {
        let segments = self.them.queries[query].segments.iter();
        segments.map(|&segment| self.them.perceived.totals[segment as usize]).collect()
    }

    /// Whether all distortions of the source mean something here.
    fn fits(&mut self, outcomes: Option<&Outcomes<'_>>) -> bool {
        if self.acting.is_some() {
            return true;
        }
        let by_points = self.them.perceived.points.were_asked();
        let fits = |place: &usize| match &self.them.distortions[*place] {
            distortion if by_points => distortion.fits_points(outcomes),
            distortion => distortion.fits(outcomes),
        };
        let all = 0..self.them.distortions.len();
        let (acting, idle): (Vec<usize>, Vec<usize>) = all.partition(fits);
        self.acting = Some(acting);
        let unfit = idle.into_iter().find(|place| *place >= self.them.of_people);
        if let Some(unfit) = unfit.map(|place| &self.them.distortions[place]) {
            let answers = match outcomes {
                None => "numbers",
                Some(Outcomes::Sides(_)) => "one of two sides",
                Some(Outcomes::Levels) => "levels",
                Some(Outcomes::Options(_)) => "one of several options",
                Some(Outcomes::Sets) => "sets of options",
                Some(Outcomes::Steps(_)) => "a step or never",
                Some(Outcomes::Change) => "a correction or none",
                Some(Outcomes::Unordered) => "of a kind that has no order",
            };
            let name = unfit.typetag_name();
            let by_points = by_points && unfit.fits(outcomes);
            let how = if by_points { " and follow rewards of single points" } else { "" };
            self.problem = Some(format!(
                "distortion `{name}` means nothing where answers are {answers}{how}, as they are here"
            ));
        }
        unfit.is_none()
    }
}

impl Respondent for Session<'_> {
    fn parameters(
        &mut self,
        wanted: &[ResponseParameter],
        _values: &dyn Fn() -> Vec<f64>,
        place: &Placement,
    ) -> Result<Response, String> {
        self.asked = true;
        let unknown = self.given.keys().find(|name| wanted.iter().all(|it| it.name != **name));
        if let Some(name) = unknown {
            let known: Vec<&str> = wanted.iter().map(|it| it.name.as_str()).collect();
            let known = known.join(", ");
            return Err(format!(
                "there is no response parameter `{name}`; expected one of: {known}"
            ));
        }
        let known = Known { given: self.given, values: self.values };
        let mut all = Vec::with_capacity(wanted.len());
        for parameter in wanted {
            let values = match &parameter.people {
                Some(people) => {
                    let spread = known.spread(parameter)?;
                    let draw = |&person| {
                        let id = self.ground.dataset.people().id(person);
                        let purpose = format!("{} of {} in {}", parameter.name, id.0, self.name);
                        spread * normal(&mut stream(self.seed, &purpose))
                    };
                    people.iter().map(draw).collect()
                }
                None if parameter.role == ParameterRole::Rationality => vec![self.them.beta().ln()],
                None => known.values(parameter)?,
            };
            let count = values.len();
            let values = burn::tensor::TensorData::new(values, [1, count]);
            let tensor = burn::tensor::Tensor::from_data(values, (&place.device, place.dtype));
            all.push((parameter.name.clone(), tensor));
        }
        Ok(Response::new(all))
    }

    fn choose(&mut self, asked: &Asked<'_>) -> Reply {
        let Asked { query, log_probabilities, outcomes } = *asked;
        self.asked = true;
        if self.problem.is_some() || !self.fits(Some(&outcomes)) {
            return Reply::Unanswered;
        }
        // Some kinds ask several times about one question, which is left as a whole or not at all.
        if self.left[query] == Some(true) {
            return Reply::Unanswered;
        }
        let mut chances = Chances::new(log_probabilities);
        if !self.them.distortions.is_empty() {
            let totals = self.totals(query);
            let moment = self.moment(query, &totals, Some(outcomes));
            let acting = self.acting.iter().flatten();
            acting.for_each(|&place| self.them.distortions[place].distort(&mut chances, &moment));
        }
        if self.left[query] == Some(false) {
            chances.answer();
        }
        let (person, When { session, .. }) = self.them.put[query];
        let (rng, previous) = &mut self.people[person];
        let reply = chances.draw(rng);
        self.left[query] = Some(reply == Reply::Unanswered);
        if let Reply::Outcome(outcome) = reply {
            *previous = Some((session, outcome));
        }
        reply
    }

    fn say(&mut self, query: usize, expected: f64) -> Option<f64> {
        self.asked = true;
        if self.problem.is_some() || !self.fits(None) {
            return None;
        }
        if self.them.rationality.is_infinite() {
            self.problem = Some(
                "an infinite rationality means nothing where answers are numbers: it is their scale"
                    .to_owned(),
            );
            return None;
        }
        let totals = self.totals(query);
        let moment = self.moment(query, &totals, None);
        let acting = self.acting.iter().flatten().map(|&place| &self.them.distortions[place]);
        let answered: f64 = acting.map(|it| 1.0 - it.withhold(&moment)).product();
        let point: f64 = self.people[self.them.put[query].0].0.random();
        (point < answered).then_some(expected)
    }

    fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.numbers
    }
}
