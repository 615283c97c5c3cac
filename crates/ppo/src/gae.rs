//! How much better than expected was each action? Generalized advantage estimation (Schulman et al. 2016).
//!
//! ```text
//! delta_t = r_t + discount V(next_t) - V(s_t)
//! A_t     = delta_t + discount lambda A_t+1      within an episode; A_t = delta_t at its last step
//! ```
//!
//! `next_t` is the state that step t led to, and never the first of the episode after it. Its value is 0
//! where the world ended the episode, and what the critic says where it was only cut off: a cut tells
//! nothing about what would have followed.

/// Steps of several worlds side by side, row `t * worlds + world`.
#[derive(Clone, Copy, Debug)]
pub struct Lived<'a> {
    /// Worlds.
    pub worlds: usize,
    /// Reward of each step, `[row]`.
    pub rewards: &'a [f64],
    /// Value of the state before it, `[row]`.
    pub values: &'a [f32],
    /// Value of the state that it led to, 0 if the world ended the episode there, `[row]`.
    pub next_values: &'a [f32],
    /// Whether an episode ended with it, by the world or by the limit, `[row]`.
    pub ended: &'a [bool],
}

/// Advantage of each step, `[row]`; the return that its value is fitted to is `advantage + value`.
///
/// # Panics
/// Lists differ in length, or there is no whole number of steps for each world.
pub fn advantages(lived: &Lived<'_>, discount: f64, lambda: f64) -> Vec<f64> {
    let Lived { worlds, rewards, values, next_values, ended } = *lived;
    let rows = rewards.len();
    assert_eq!((values.len(), next_values.len(), ended.len()), (rows, rows, rows), "rows of steps");
    assert!(worlds > 0 && rows.is_multiple_of(worlds), "{rows} rows of {worlds} worlds");
    let mut found = vec![0.0; rows];
    for row in (0..rows).rev() {
        let expected = f64::from(values[row]);
        let delta = rewards[row] + discount * f64::from(next_values[row]) - expected;
        let later = match ended[row] || row + worlds >= rows {
            true => 0.0,
            false => found[row + worlds],
        };
        found[row] = delta + discount * lambda * later;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ended: [bool; 3], next_values: [f32; 3], expect: [f64; 3]) {
        let lived = Lived {
            worlds: 1,
            rewards: &[1.0, 2.0, 4.0],
            values: &[0.5, 1.0, 2.0],
            next_values: &next_values,
            ended: &ended,
        };
        assert_eq!(advantages(&lived, 0.5, 0.5), expect);
    }

    #[test]
    fn three_steps_by_hand() {
        // Deltas: 1 + 1/2 - 1/2 = 1; 2 + 2/2 - 1 = 2; 4 + 6/2 - 2 = 5.
        check([false; 3], [1.0, 2.0, 6.0], [1.0 + 0.25 * (2.0 + 1.25), 2.0 + 1.25, 5.0]);
    }

    #[test]
    fn an_end_by_the_world_is_worth_nothing_and_a_cut_what_would_have_followed() {
        // Terminated after the second step: delta 2 + 0 - 1 = 1, and nothing of the third reaches it.
        check([false, true, false], [1.0, 0.0, 6.0], [1.0 + 0.25, 1.0, 5.0]);
        // Truncated there, in a state worth 8: delta 2 + 4 - 1 = 5, and nothing of the third either.
        check([false, true, false], [1.0, 8.0, 6.0], [1.0 + 0.25 * 5.0, 5.0, 5.0]);
    }

    #[test]
    fn worlds_do_not_mix() {
        let lived = Lived {
            worlds: 2,
            rewards: &[1.0, 10.0, 2.0, 20.0],
            values: &[0.0; 4],
            next_values: &[0.0; 4],
            ended: &[false, true, false, false],
        };
        assert_eq!(advantages(&lived, 1.0, 1.0), [3.0, 10.0, 2.0, 20.0]);
    }
}
