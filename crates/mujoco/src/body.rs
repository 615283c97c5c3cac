//! What do the five bodies have in common?

use crate::engine::{Data, Engine};
use medley_random::normal;
use medley_toml_file::Problem;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What a body is made of, and what is seen of it.
pub(crate) struct Body {
    /// Names of positions, in MuJoCo's order.
    pub positions: &'static [&'static str],
    /// Names of velocities.
    pub velocities: &'static [&'static str],
    /// So many positions, the first, are not seen: where it is, from which nothing follows.
    pub unseen: usize,
    /// Velocities are seen within so much.
    pub fastest: f64,
}

impl Body {
    /// Names of what is seen.
    pub fn names(&self) -> Vec<String> {
        let seen = self.positions[self.unseen..].iter().copied().map(str::to_owned);
        seen.chain(self.velocities.iter().map(|name| format!("{name}-velocity"))).collect()
    }

    /// Writes what is seen of a state.
    pub fn observe(&self, state: &[f64], into: &mut [f32]) {
        let (positions, rest) = state.split_at(self.positions.len());
        let velocities = rest[..self.velocities.len()].iter();
        let velocities = velocities.map(|velocity| velocity.clamp(-self.fastest, self.fastest));
        let seen = positions[self.unseen..].iter().copied().chain(velocities);
        into.iter_mut().zip(seen).for_each(|(into, number)| *into = number as f32);
    }
}

/// How velocities of first states are drawn.
#[derive(Clone, Copy)]
pub(crate) enum Noise {
    /// As positions are, all alike within the scale.
    Uniform,
    /// Normal, with the scale as standard deviation.
    Normal,
}

/// Draws a first state: positions within `scale` of the model's, and velocities near 0.
pub(crate) fn reset<T>(
    engine: &Engine,
    (scale, noise): (f64, Noise),
    rng: &mut ChaCha8Rng,
    state: &mut [f64],
    look: impl FnOnce(&Data) -> T,
) -> T {
    let [positions, velocities] = engine.sizes();
    let (position, rest) = state.split_at_mut(positions);
    for (position, start) in position.iter_mut().zip(engine.start()) {
        *position = start + scale * rng.random_range(-1.0..1.0);
    }
    for velocity in &mut rest[..velocities] {
        *velocity = match noise {
            Noise::Uniform => scale * rng.random_range(-1.0..1.0),
            Noise::Normal => scale * normal(rng),
        };
    }
    engine.begin(state, look)
}

/// Sum of squares.
pub(crate) fn squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

/// Refuses weights that are not finite.
pub(crate) fn finite(key: &str, value: f64) -> Result<(), Problem> {
    match value.is_finite() {
        true => Ok(()),
        false => Err(Problem::new(key, format!("a finite number is needed, found {value}"))),
    }
}
