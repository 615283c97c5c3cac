//! `aggregation.jury`: juries with stated seats decide by their median.

use crate::{AggregationError, Decision, Rule, Scale, Society};
use medley_evaluation::median;
use medley_random::{pick, stream};
use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};

/// Jury learning (Gordon et al. 2022): juries are drawn with so many seats for each group, and each takes the
/// options of the highest median of its jurors' utilities. An option has the probability that a jury takes it,
/// so that who sits is stated, and how much hangs on who was drawn is seen.
///
/// Jurors are drawn from the people of their group by weight, each seat anew, since people stand for all
/// others like them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Jury {
    /// Seats of each group, by its number.
    pub seats: Vec<usize>,
    /// How many juries are drawn.
    pub juries: usize,
    /// Names the stream in which they are drawn.
    pub seed: u64,
    /// What is made alike between people before utilities are compared.
    pub scale: Scale,
}

impl Default for Jury {
    fn default() -> Self {
        Self { seats: vec![12], juries: 1_000, seed: 0, scale: Scale::default() }
    }
}

#[typetag::serde(name = "jury")]
impl Rule for Jury {
    fn summary(&self) -> &'static str {
        "each option as often as a jury with stated seats takes it by the median of its jurors"
    }

    fn check(&self) -> Result<(), Problem> {
        at_least("juries", self.juries as u64, 1)?;
        match self.seats.iter().sum::<usize>() {
            0 => Err(Problem::new("seats", "a seat for some group is needed, found none")),
            _ => Ok(()),
        }
    }

    fn decide(&self, society: &Society) -> Result<Decision, AggregationError> {
        let people = society.need_people("jury")?;
        let heard: Vec<usize> = people.heard().collect();
        let scaled: Vec<Vec<f64>> =
            (0..people.count()).map(|person| self.scale.of(people, person)).collect();
        let mut benches = Vec::new();
        for (group, &seats) in self.seats.iter().enumerate().filter(|(_, seats)| **seats > 0) {
            let own: Vec<usize> =
                heard.iter().copied().filter(|&person| people.group(person) == group).collect();
            if own.is_empty() {
                return Err(AggregationError::NobodyForSeat { group });
            }
            let sum: f64 = own.iter().map(|&person| people.weight(person)).sum();
            let shares: Vec<f64> = own.iter().map(|&person| people.weight(person) / sum).collect();
            benches.push((seats, own, shares));
        }
        let rng = &mut stream(self.seed, "juries");
        let mut lottery = vec![0.0; people.options()];
        for _ in 0..self.juries {
            let mut jurors = Vec::new();
            for (seats, own, shares) in &benches {
                jurors.extend((0..*seats).map(|_| own[pick(shares.iter().copied(), rng)]));
            }
            let of = |option: usize| {
                let own = jurors.iter().map(|&juror| scaled[juror][option]);
                median(own.collect()).unwrap_or(f64::NAN)
            };
            let taken = Decision::of_scores((0..people.options()).map(of).collect()).chances();
            lottery.iter_mut().zip(taken).for_each(|(sum, chance)| *sum += chance);
        }
        let juries = self.juries as f64;
        Ok(Decision::of_lottery(lottery.into_iter().map(|sum| sum / juries).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three of group 0 like the first option, seven of group 1 the second.
    fn society() -> Society {
        let own = |person: usize| if person < 3 { vec![1.0, 0.0] } else { vec![0.0, 1.0] };
        let utilities: Vec<Vec<f64>> = (0..10).map(own).collect();
        let groups: Vec<usize> = (0..10).map(|person| usize::from(person >= 3)).collect();
        Society::new(&utilities, &[0.1; 10], &groups).unwrap()
    }

    fn chances(seats: &[usize], society: &Society) -> Vec<f64> {
        let jury = Jury { seats: seats.to_vec(), juries: 4_000, ..Jury::default() };
        jury.check().unwrap();
        jury.decide(society).unwrap().chances()
    }

    #[test]
    fn who_sits_decides() {
        // Seats are a majority of the jury, and not of the people; an even jury is of two minds.
        assert_eq!(chances(&[2, 1], &society()), [1.0, 0.0]);
        assert_eq!(chances(&[1, 2], &society()), [0.0, 1.0]);
        assert_eq!(chances(&[1, 1], &society()), [0.5, 0.5]);
    }

    #[test]
    fn one_seat_is_a_random_dictator() {
        let everybody = |person: usize| if person < 3 { vec![1.0, 0.0] } else { vec![0.0, 1.0] };
        let utilities: Vec<Vec<f64>> = (0..10).map(everybody).collect();
        let society = Society::new(&utilities, &[0.1; 10], &[0; 10]).unwrap();
        assert!((chances(&[1], &society)[0] - 0.3).abs() < 0.025);
        // P(at least 2 of 3) with 0.3 each: 0.216.
        assert!((chances(&[3], &society)[0] - 0.216).abs() < 0.025);
    }

    #[test]
    fn seats_that_nobody_can_take_are_refused() {
        let told = Jury { seats: vec![1, 0, 4], ..Jury::default() }.decide(&society()).unwrap_err();
        assert_eq!(
            told.to_string(),
            "`aggregation.jury`: nobody of weight is of group 2, which has a seat"
        );
        let empty = Jury { seats: vec![0, 0], ..Jury::default() }.check().unwrap_err();
        assert_eq!(empty.to_string(), "`seats`: a seat for some group is needed, found none");
    }
}
