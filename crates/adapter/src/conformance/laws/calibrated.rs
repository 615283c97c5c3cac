//! Is the posterior right about people who are drawn from the prior? Simulation-based calibration (Cook,
//! Gelman and Rubin 2006; Talts et al. 2018): where rewards and parameters come from the prior and answers
//! from them, the share of the posterior below the truth is uniform.
//!
//! The posterior is the prior weighed by the likelihood: many draws, which are the members of one model.

use super::agree::judged;
use super::elicited::{AsPredicted, asked_of_people, sizes_of};
use crate::ResponseParameter;
use crate::conformance::Verdict;
use crate::conformance::linear::Numbers;
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::subject::Subject;
use medley_evaluation::ResponseSet;
use medley_random::normal;
use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// How many people are simulated.
const PEOPLE: usize = 160;
/// Draws from the prior for each of them, at once.
const DRAWS: usize = 500;
/// Draws that the weights have to be worth (effective sample size), or so often are more drawn.
const WORTH: f64 = 40.0;
const ROUNDS: usize = 40;
/// Root of the number of people times the greatest distance of their ranks from uniform (Kolmogorov and
/// Smirnov), which chance exceeds once in 3,000.
const FAR: f64 = 2.1;
/// Standard errors of the spread of ranks that are no accident.
const FAR_SPREAD: f64 = 4.0;
/// Standard deviation of a parameter without prior, around where it starts.
const FREE_SD: f64 = 0.5;

pub(super) fn calibrated(subject: &Subject<'_>) -> Verdict {
    judged(law(subject))
}

fn law(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let mut probe = subject.bind()?;
    let parameters = probe.parameters();
    let rng = &mut ChaCha8Rng::seed_from_u64(47);
    let mut ranks = Ranks::default();
    for _ in 0..PEOPLE {
        let truth = prior(&probe, &parameters, 1, rng);
        if !probe.draw(&truth, rng) {
            return by_elicited(subject, &probe);
        }
        ranks.add(&probe, &parameters, &truth, rng);
    }
    ranks.check()?;
    Ok(None)
}

/// The same where an answer decides what is asked next, as the first of a ranking does: people answer
/// the fixture's questions, and the adapter is bound to what each of them said.
fn by_elicited(subject: &Subject<'_>, probe: &Probe<'_>) -> Result<Option<&'static str>, String> {
    let fixture = subject.fixture;
    if fixture.queries.is_empty() {
        return Ok(Some(
            "its statements cannot be answered anew, and the fixture asks no question",
        ));
    }
    let parameters = probe.parameters();
    let queries = asked_of_people(subject);
    let rng = &mut ChaCha8Rng::seed_from_u64(47);
    let mut ranks = Ranks::default();
    for person in 0..PEOPLE {
        let truth = prior(probe, &parameters, 1, rng);
        let mut respondent = AsPredicted::by(&truth.response, 53 + person as u64);
        let elicited =
            probe.elicit(subject.adapter, &queries, &truth, &fixture.form, &mut respondent)?;
        let mut dataset = fixture.segments.clone();
        elicited.insert_into(&mut dataset).map_err(|error| error.to_string())?;
        let setting =
            Setting { dataset: &dataset, layout: Some(&probe.layout), ..subject.setting() };
        let bound = subject.bind_as(setting)?;
        let (found, expected) = (bound.parameters(), sizes_of(&parameters));
        if sizes_of(&found) != expected {
            let found = sizes_of(&found);
            return Err(format!(
                "bound to what was elicited, parameters are {found:?}, expected {expected:?}"
            ));
        }
        ranks.add(&bound, &parameters, &truth, rng);
    }
    ranks.check()?;
    Ok(None)
}

/// Shares of the posterior below the truth, by name of what is learned.
#[derive(Default)]
struct Ranks(Vec<(String, Vec<f64>)>);

impl Ranks {
    /// Those of a person of these numbers, by the answers that `probe` has.
    fn add(
        &mut self,
        probe: &Probe<'_>,
        parameters: &[ResponseParameter],
        truth: &Numbers,
        rng: &mut ChaCha8Rng,
    ) {
        let asked = asked(probe, rng);
        let (mut losses, mut draws) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let more = prior(probe, parameters, DRAWS, rng);
            losses.extend(totals(&probe.losses(&more, &asked)));
            draws.push(more);
            let weights = posterior(&losses);
            if 1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>() >= WORTH {
                break;
            }
        }
        let weights = posterior(&losses);
        for (place, (name, truth)) in coordinates(truth).into_iter().enumerate() {
            let drawn = (0..weights.len())
                .map(|draw| coordinate(&draws[draw / DRAWS], draw % DRAWS, place));
            let below = drawn.zip(&weights).filter(|(drawn, _)| *drawn < truth);
            let rank: f64 = below.map(|(_, weight)| weight).sum();
            match self.0.get_mut(place) {
                Some((_, ranks)) => ranks.push(rank),
                None => self.0.push((name, vec![rank])),
            }
        }
    }

    fn check(&mut self) -> Result<(), String> {
        self.0.iter_mut().try_for_each(|(name, ranks)| uniform(name, ranks))
    }
}

/// What the posterior knows: all answers; or, where they are numbers, two, since few draws from the prior
/// fit more of them.
fn asked(probe: &Probe<'_>, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut all = probe.all();
    if probe.objective.responses() == ResponseSet::Density {
        all.shuffle(rng);
        all.truncate(2);
    }
    all
}

/// Rewards and parameters of so many people.
fn prior(
    probe: &Probe<'_>,
    parameters: &[ResponseParameter],
    members: usize,
    rng: &mut ChaCha8Rng,
) -> Numbers {
    let count = probe.setting.features.feature_count() * probe.layout.len();
    let weights = (0..members * count).map(|_| normal(rng)).collect();
    let response = parameters.iter().map(|parameter| {
        let draw = |start: &f32| match parameter.prior {
            Some(prior) => f64::from(prior.mean) + f64::from(prior.sd) * normal(rng),
            None => f64::from(*start) + FREE_SD * normal(rng),
        };
        let starts = parameter.initial.repeat(members);
        (parameter.name.clone(), starts.iter().map(draw).collect())
    });
    let response = response.collect();
    Numbers { members, weights, shift: 0.75, response }
}

/// Losses of the draws over all statements, from `[member, statement]`.
fn totals(losses: &[f64]) -> Vec<f64> {
    losses.chunks(losses.len() / DRAWS).map(|of| of.iter().sum()).collect()
}

/// Shares of the draws in the posterior, from their losses.
fn posterior(total: &[f64]) -> Vec<f64> {
    let least = total.iter().copied().fold(f64::INFINITY, f64::min);
    let shares: Vec<f64> = total.iter().map(|loss| (least - loss).exp()).collect();
    let sum: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / sum).collect()
}

/// The first weights, and the first value of each parameter, of one person.
fn coordinates(truth: &Numbers) -> Vec<(String, f64)> {
    let response = truth.response.iter().map(|(name, values)| (name.clone(), values.first()));
    let names = std::iter::once(("weight 0".to_owned(), truth.weights.first())).chain(response);
    names.filter_map(|(name, value)| Some((name, *value?))).collect()
}

/// The same of a member, in the same order.
fn coordinate(draws: &Numbers, member: usize, place: usize) -> f64 {
    let values = match place.checked_sub(1) {
        None => &draws.weights,
        Some(parameter) => {
            let all = draws.response.iter().map(|(_, values)| values);
            all.filter(|values| !values.is_empty()).nth(parameter).unwrap_or(&draws.weights)
        }
    };
    values[member * (values.len() / draws.members)]
}

fn uniform(name: &str, ranks: &mut [f64]) -> Result<(), String> {
    ranks.sort_by(f64::total_cmp);
    let count = ranks.len() as f64;
    let apart = |(i, rank): (usize, &f64)| {
        (rank - i as f64 / count).abs().max((rank - (i + 1) as f64 / count).abs())
    };
    let distance = ranks.iter().enumerate().map(apart).fold(0.0, f64::max);
    // What a posterior that is too narrow or too wide shows first. Of a uniform number (u - 1/2)^2 has mean
    // 1/12 and variance 1/180.
    let spread = ranks.iter().map(|rank| (rank - 0.5).powi(2)).sum::<f64>() / count;
    let spread = (spread - 1.0 / 12.0) * (180.0 * count).sqrt();
    match distance * count.sqrt() < FAR && spread.abs() < FAR_SPREAD {
        true => Ok(()),
        false => Err(format!(
            "of {count} people drawn from the prior, the share of the posterior of `{name}` below the \
             truth is {distance:.3} from uniform, expected less than {:.3}; its spread is {spread:.1} \
             standard errors from that of uniform shares, expected less than {FAR_SPREAD}",
            FAR / count.sqrt()
        )),
    }
}
