//! Draws of several chains, one after the other.

use crate::{Chain, Diagnosis, LogDensity, NutsOptions, Report, SamplerError, Transition};

/// What several chains gave, once they were warm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// `[chain][draw][quantity]`
    pub draws: Vec<Vec<Vec<f64>>>,
    /// Of the same draws. `[chain][draw]`
    pub transitions: Vec<Vec<Transition>>,
}

/// `draws` positions of a chain from each of `starts`, after its warm-up.
///
/// # Errors
/// Those of [`Chain::start`] and [`Chain::advance`].
pub fn sample(
    density: &mut impl LogDensity,
    starts: &[Vec<f64>],
    options: &NutsOptions,
    draws: usize,
    seed: u64,
) -> Result<Samples, SamplerError> {
    let mut samples = Samples::default();
    for (number, start) in starts.iter().enumerate() {
        let mut chain = Chain::start(density, start, options, seed, number)?;
        let (mut positions, mut transitions) = (Vec::new(), Vec::new());
        while positions.len() < draws {
            let is_warm = chain.is_warm();
            let transition = chain.advance(density)?;
            if is_warm {
                positions.push(chain.position().to_vec());
                transitions.push(transition);
            }
        }
        samples.draws.push(positions);
        samples.transitions.push(transitions);
    }
    Ok(samples)
}

impl Samples {
    /// What can be said of each quantity, named in the order of a draw.
    ///
    /// # Errors
    /// If the draws cannot be judged: see [`Diagnosis::of`].
    pub fn report<S: AsRef<str>>(&self, names: &[S]) -> Result<Report, SamplerError> {
        let of_chain = |quantity: usize| {
            let values = |draws: &Vec<Vec<f64>>| draws.iter().map(|draw| draw[quantity]).collect();
            self.draws.iter().map(values).collect::<Vec<Vec<f64>>>()
        };
        let quantity = |(place, name): (usize, &S)| Diagnosis::of(name.as_ref(), &of_chain(place));
        let all = || self.transitions.iter().flatten();
        let count = |is: fn(&Transition) -> bool| all().filter(|of| is(of)).count() as u64;
        Ok(Report {
            quantities: names.iter().enumerate().map(quantity).collect::<Result<_, _>>()?,
            chains: self.draws.len(),
            draws: all().count() as u64,
            divergences: count(|of| of.diverged),
            cut: count(|of| of.cut),
            leapfrogs: all().map(|of| of.leapfrogs).sum(),
        })
    }
}
