//! What an experiment gives a mixing beside sources, known before anything is fitted.

/// What an experiment gives a mixing beside sources.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// Members of the reward model.
    pub members: usize,
    /// Share of the validation part in the data, in [0, 1).
    pub validation: f64,
}
