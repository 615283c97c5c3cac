//! Who is asked, what each person thinks of the options, and what each counts for.

use crate::error::AggregationError;
use crate::weights::one_each;
use medley_theory::{PreferenceError, Preferences};
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

/// A society that has to choose one of some options.
#[derive(Clone, Debug)]
pub struct Society {
    /// Counted when a rule first asks: rules of utilities alone need no pairs.
    preferences: OnceLock<Preferences>,
    people: Option<People>,
}

/// What each person thinks of each option.
#[derive(Clone, Debug, PartialEq)]
pub struct People {
    options: usize,
    /// `[person * options + option]`; societies that differ in weights alone share it.
    utilities: Arc<Vec<f64>>,
    weights: Vec<f64>,
    groups: Vec<usize>,
}

/// A table of all pairs of so many options takes 1.6 GB.
const MOST_OPTIONS: usize = 10_000;

impl Society {
    /// People with their utilities of the options, `[person][option]`, what each counts for and the number
    /// of each person's group. Weights are brought to a sum of 1.
    ///
    /// # Errors
    /// No person or option, more than 10,000 options, a person with another number of utilities, a utility
    /// that is not finite, a weight that is negative or not finite, weights that are all 0, or not as many
    /// weights or groups as people.
    pub fn new(
        utilities: &[Vec<f64>],
        weights: &[f64],
        groups: &[usize],
    ) -> Result<Self, SocietyError> {
        let options = utilities.first().ok_or(SocietyError::Nobody)?.len();
        if options == 0 {
            return Err(SocietyError::NoOption);
        }
        if options > MOST_OPTIONS {
            return Err(SocietyError::TooMany { most: MOST_OPTIONS, found: options });
        }
        for (what, found) in [("weights", weights.len()), ("groups", groups.len())] {
            if found != utilities.len() {
                return Err(SocietyError::Lengths { what, expected: utilities.len(), found });
            }
        }
        for (person, own) in utilities.iter().enumerate() {
            if own.len() != options {
                let found = own.len();
                return Err(SocietyError::Options { person, expected: options, found });
            }
            if let Some(option) = own.iter().position(|utility| !utility.is_finite()) {
                return Err(SocietyError::Utility { person, option, found: own[option] });
            }
        }
        let sum: f64 = weights.iter().sum();
        let broken = |weight: &f64| !(weight.is_finite() && *weight >= 0.0);
        if let Some(person) = weights.iter().position(broken) {
            return Err(SocietyError::Weight { person, found: weights[person] });
        }
        if !(sum > 0.0 && sum.is_finite()) {
            return Err(SocietyError::NoWeight);
        }
        let people = People {
            options,
            utilities: Arc::new(utilities.concat()),
            weights: weights.iter().map(|weight| weight / sum).collect(),
            groups: groups.to_vec(),
        };
        Ok(Self { preferences: OnceLock::new(), people: Some(people) })
    }

    /// So many voters of each order of all options, best first, who count alike and are of one group. What
    /// they think of an option is its place from below.
    ///
    /// # Errors
    /// As [`Society::new`], and for an order that does not have each option once.
    pub fn of_orders(profile: &[(usize, &[usize])]) -> Result<Self, SocietyError> {
        let mut utilities = Vec::new();
        for &(voters, order) in profile {
            let mut own = vec![None; order.len()];
            for (place, &option) in order.iter().enumerate() {
                match own.get_mut(option) {
                    Some(place_of @ None) => *place_of = Some((order.len() - 1 - place) as f64),
                    _ => return Err(SocietyError::Order { order: order.to_vec() }),
                }
            }
            let own: Vec<f64> = own.into_iter().flatten().collect();
            utilities.extend(std::iter::repeat_n(own, voters));
        }
        Self::new(&utilities, &one_each(utilities.len()), &vec![0; utilities.len()])
    }

    /// A society of which only shares of pairs are known.
    pub fn of_pairs(preferences: Preferences) -> Self {
        Self { preferences: OnceLock::from(preferences), people: None }
    }

    /// The same people where these are the shares of pairs: what was said of each pair, and not what
    /// follows from utilities.
    pub fn with_pairs(self, preferences: Preferences) -> Self {
        Self { preferences: OnceLock::from(preferences), ..self }
    }

    /// The same people where a person of a group counts for something else: `weigh(group, weight)`. Weights are
    /// brought to a sum of 1.
    ///
    /// # Errors
    /// What each person thinks is not known, or nobody counts for anything.
    pub fn with_weights(
        &self,
        weigh: impl Fn(usize, f64) -> f64,
    ) -> Result<Self, AggregationError> {
        let people = self.need_people("with-weights")?;
        let own = people.groups.iter().zip(&people.weights);
        let weights: Vec<f64> = own.map(|(&group, &weight)| weigh(group, weight)).collect();
        let sum: f64 = weights.iter().sum();
        let broken = weights.iter().any(|weight| weight.is_nan() || *weight < 0.0);
        if broken || !(sum > 0.0 && sum.is_finite()) {
            return Err(AggregationError::Share { found: sum });
        }
        let weights = weights.into_iter().map(|weight| weight / sum).collect();
        let people = People { weights, ..people.clone() };
        Ok(Self { preferences: OnceLock::new(), people: Some(people) })
    }

    /// The same people who say something else: `say(person, utility)` of each option.
    ///
    /// # Errors
    /// What each person thinks is not known, or a utility that is not finite.
    pub fn with_utilities(
        &self,
        say: impl Fn(usize, f64) -> f64,
    ) -> Result<Self, AggregationError> {
        let people = self.need_people("with-utilities")?;
        let own = people.utilities.iter().enumerate();
        let told: Vec<f64> =
            own.map(|(place, &utility)| say(place / people.options, utility)).collect();
        if let Some(found) = told.iter().copied().find(|utility| !utility.is_finite()) {
            return Err(AggregationError::Share { found });
        }
        let people = People { utilities: Arc::new(told), ..people.clone() };
        Ok(Self { preferences: OnceLock::new(), people: Some(people) })
    }

    /// Number of options.
    pub fn options(&self) -> usize {
        self.people.as_ref().map_or_else(|| self.preferences().items(), People::options)
    }

    /// How often each option is preferred to each other one, by weight of people; half of those who are
    /// indifferent.
    pub fn preferences(&self) -> &Preferences {
        self.preferences.get_or_init(|| {
            let counted = self.people.as_ref().map(People::preferences);
            counted.expect("people, or shares of pairs").expect("shares of people who were checked")
        })
    }

    /// What each person thinks, where that is known.
    pub fn people(&self) -> Option<&People> {
        self.people.as_ref()
    }

    /// What each person thinks, which a rule needs.
    ///
    /// # Errors
    /// It is not known.
    pub fn need_people(&self, rule: &'static str) -> Result<&People, AggregationError> {
        self.people().ok_or(AggregationError::NeedsPeople { rule })
    }

    /// Whether every pair of options was compared, which a rule needs.
    ///
    /// # Errors
    /// The first pair that was not.
    pub fn check_pairs(&self, rule: &'static str) -> Result<(), AggregationError> {
        let pairs = (0..self.options()).flat_map(|one| (0..one).map(move |other| (other, one)));
        let mut missing =
            pairs.filter(|&(first, second)| self.preferences().weight(first, second) == 0.0);
        match missing.next() {
            Some((first, second)) => Err(AggregationError::MissingPair { rule, first, second }),
            None => Ok(()),
        }
    }

    /// By how much more weight one option is preferred to another than the other way around.
    pub fn margin(&self, one: usize, other: usize) -> f64 {
        self.preferences().wins(one, other) - self.preferences().wins(other, one)
    }
}

impl People {
    /// Number of people.
    pub fn count(&self) -> usize {
        self.weights.len()
    }

    /// Number of options.
    pub fn options(&self) -> usize {
        self.options
    }

    /// What a person thinks of each option.
    pub fn utilities(&self, person: usize) -> &[f64] {
        &self.utilities[person * self.options..][..self.options]
    }

    /// What a person counts for: a share of all.
    pub fn weight(&self, person: usize) -> f64 {
        self.weights[person]
    }

    /// Number of a person's group.
    pub fn group(&self, person: usize) -> usize {
        self.groups[person]
    }

    /// Everybody who counts for something.
    pub fn heard(&self) -> impl Iterator<Item = usize> {
        (0..self.count()).filter(|&person| self.weights[person] > 0.0)
    }

    /// Numbers of all groups of which there is somebody of weight, rising.
    pub fn groups(&self) -> Vec<usize> {
        let mut groups: Vec<usize> = self.heard().map(|person| self.groups[person]).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    fn preferences(&self) -> Result<Preferences, PreferenceError> {
        let options = self.options;
        let margins = margins(&self.ranks(), &self.weights, options);
        let share = |one: usize, other: usize| match one.cmp(&other) {
            Ordering::Greater => 0.5 + 0.5 * margins[one * options + other].clamp(-1.0, 1.0),
            Ordering::Equal => 0.5,
            Ordering::Less => 0.5 - 0.5 * margins[other * options + one].clamp(-1.0, 1.0),
        };
        let row = |one: usize| (0..options).map(|other| share(one, other)).collect();
        Preferences::uniform((0..options).map(row).collect())
    }

    /// Place of each option from below in each person's eyes; those that are liked alike have one.
    /// `[person * options + option]`
    fn ranks(&self) -> Vec<u16> {
        let mut ranks = vec![0; self.utilities.len()];
        let mut order: Vec<usize> = (0..self.options).collect();
        for (own, ranks) in self.utilities.chunks(self.options).zip(ranks.chunks_mut(self.options))
        {
            order.sort_unstable_by(|&a, &b| own[a].total_cmp(&own[b]));
            let mut rank = 0;
            for (place, &option) in order.iter().enumerate() {
                rank += u16::from(place > 0 && own[option] > own[order[place - 1]]);
                ranks[option] = rank;
            }
        }
        ranks
    }
}

/// People who are counted together before their weight is looked at: a row of each fits the cache.
const TOGETHER: usize = 128;

/// By how much more weight the first of two options is preferred, below the diagonal of `[one, other]`.
/// People of one weight are counted in whole numbers.
fn margins(ranks: &[u16], weights: &[f64], options: usize) -> Vec<f64> {
    let mut people: Vec<usize> = (0..weights.len()).collect();
    people.sort_by(|&a, &b| weights[a].total_cmp(&weights[b]));
    let mut margins = vec![0.0; options * options];
    let mut counts = vec![0_i16; options];
    for alike in people.chunk_by(|&a, &b| weights[a] == weights[b]) {
        let weight = weights[alike[0]];
        for some in alike.chunks(TOGETHER) {
            for one in 1..options {
                let counts = &mut counts[..one];
                counts.fill(0);
                for &person in some {
                    let (others, own) = ranks[person * options..][..=one].split_at(one);
                    for (count, &other) in counts.iter_mut().zip(others) {
                        *count += i16::from(own[0] > other) - i16::from(own[0] < other);
                    }
                }
                let row = &mut margins[one * options..][..one];
                row.iter_mut().zip(counts).for_each(|(sum, n)| *sum += weight * f64::from(*n));
            }
        }
    }
    margins
}

/// Why there is no society.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SocietyError {
    /// No person.
    #[error("expected at least one person, found none")]
    Nobody,
    /// No option.
    #[error("expected at least one option, found none")]
    NoOption,
    /// Something has another length than there are people.
    #[error("expected {expected} {what}, one a person, found {found}")]
    Lengths {
        /// Of what.
        what: &'static str,
        /// Number of people.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// A person with another number of options.
    #[error("person {person}: expected utilities of {expected} options, found {found}")]
    Options {
        /// Number of the person.
        person: usize,
        /// Options of the first person.
        expected: usize,
        /// Of this one.
        found: usize,
    },
    /// A utility that is not finite.
    #[error("person {person}, option {option}: expected a finite utility, found {found}")]
    Utility {
        /// Number of the person.
        person: usize,
        /// Number of the option.
        option: usize,
        /// What was given.
        found: f64,
    },
    /// More options than pairs can be counted of.
    #[error("expected at most {most} options, found {found}")]
    TooMany {
        /// Most options.
        most: usize,
        /// What was given.
        found: usize,
    },
    /// A weight that is none.
    #[error("person {person}: expected a weight of at least 0, found {found}")]
    Weight {
        /// Number of the person.
        person: usize,
        /// What was given.
        found: f64,
    },
    /// An order without some option, or with one twice.
    #[error("expected each option once, from 0 on, found the order {order:?}")]
    Order {
        /// What was given.
        order: Vec<usize>,
    },
    /// Nobody counts for anything.
    #[error("the weights of all people sum to 0 or beyond all numbers")]
    NoWeight,
    /// Shares that are none.
    #[error(transparent)]
    Preferences(#[from] PreferenceError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_pairs_by_hand() {
        let utilities = [vec![2.0, 1.0, 1.0], vec![0.0, 3.0, 1.0]];
        let society = Society::new(&utilities, &[3.0, 1.0], &[0, 1]).unwrap();
        let preferences = society.preferences();
        assert_eq!((preferences.wins(0, 1), preferences.wins(1, 2)), (0.75, 0.625));
        assert_eq!(society.margin(0, 1), 0.5);
        assert_eq!(society.people().unwrap().weight(0), 0.75);
    }

    #[test]
    fn orders_are_places_from_below() {
        let society = Society::of_orders(&[(2, &[1, 2, 0]), (1, &[0, 1, 2])]).unwrap();
        let people = society.people().unwrap();
        assert_eq!((people.count(), people.utilities(1)), (3, &[0.0, 2.0, 1.0][..]));
        for order in [&[0, 0][..], &[0, 2]] {
            let error = Society::of_orders(&[(1, order)]).unwrap_err();
            assert_eq!(error, SocietyError::Order { order: order.to_vec() });
        }
    }

    #[test]
    fn what_is_no_society_is_refused() {
        let check = |utilities: &[Vec<f64>], weights: &[f64], expect: &str| {
            let groups = vec![0; utilities.len()];
            let error = Society::new(utilities, weights, &groups).unwrap_err();
            assert_eq!(error.to_string(), expect);
        };
        check(&[], &[], "expected at least one person, found none");
        check(&[vec![]], &[1.0], "expected at least one option, found none");
        check(&[vec![1.0]], &[], "expected 1 weights, one a person, found 0");
        let ragged = [vec![1.0, 2.0], vec![1.0]];
        check(&ragged, &[1.0, 1.0], "person 1: expected utilities of 2 options, found 1");
        let infinite = "person 0, option 1: expected a finite utility, found inf";
        check(&[vec![1.0, f64::INFINITY]], &[1.0], infinite);
        let negative = "person 0: expected a weight of at least 0, found -1";
        check(&[vec![1.0]], &[-1.0], negative);
        check(&[vec![1.0]], &[0.0], "the weights of all people sum to 0 or beyond all numbers");
    }
}
