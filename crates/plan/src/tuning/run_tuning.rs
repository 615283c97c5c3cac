//! What a tuned run chooses among, and in how many fits.

use super::candidate::Candidate;
use super::tuning_spec::Halving;
use serde::Serialize;

/// What a tuned run chooses among. Its numbers depend on this and on its spec, in which the first
/// candidate stands.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunTuning {
    /// The source whose validation log-likelihood decides.
    pub target: String,
    /// Successive halving, if that is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub halving: Option<Halving>,
    /// At least one, each another; of equals the first is chosen.
    pub candidates: Vec<Candidate>,
    /// Label of the same mix as the file has it.
    #[serde(skip)]
    pub untuned: String,
}

/// Candidates that are fitted to as many statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// How many.
    pub candidates: usize,
    /// Statements of each source, or all where there are fewer; none for all.
    pub statements: Option<usize>,
}

impl RunTuning {
    /// The rungs, at most: the last is the first that has all statements, or that leaves one
    /// candidate. A rung of `n` leaves `n / factor`, rounded up.
    pub fn rungs(&self) -> Vec<Rung> {
        let mut candidates = self.candidates.len();
        let Some(Halving { factor, least }) = self.halving else {
            return vec![Rung { candidates, statements: None }];
        };
        let mut statements = least;
        let mut rungs = Vec::new();
        loop {
            rungs.push(Rung { candidates, statements: Some(statements) });
            candidates = candidates.div_ceil(factor);
            statements = statements.saturating_mul(factor);
            if candidates == 1 {
                return rungs;
            }
        }
    }

    /// Keys whose value is the smallest or the largest of at least three numbers that are tried.
    pub fn at_edge(&self, candidate: usize) -> Vec<&str> {
        let numbers = |key: &String| -> Vec<f64> {
            let values = self.candidates.iter().filter_map(|c| number(c.setting.0.get(key)?));
            let mut values: Vec<f64> = values.collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        };
        let is_at_edge = |(key, value): &(&String, &toml::Value)| {
            let (tried, own) = (numbers(key), number(value));
            tried.len() > 2
                && own.is_some()
                && [tried.first().copied(), tried.last().copied()].contains(&own)
        };
        let values = self.candidates[candidate].setting.0.iter();
        values.filter(is_at_edge).map(|(key, _)| key.as_str()).collect()
    }
}

fn number(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}
