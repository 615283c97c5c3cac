//! What can be answered, and how likely each answer is: what distortions act on.

use medley_adapter::{Outcomes, Reply};
use rand::{Rng, RngExt};

/// Log-probabilities of all answers, in nats: those of the likelihood, that two sides are even where that
/// is none of them, and none at all. They sum to 1 whatever is done to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Chances {
    outcomes: Vec<f64>,
    even: f64,
    unanswered: f64,
}

/// Below this a likelihood means that an outcome cannot be: its structural zeros are -1e30.
const IMPOSSIBLE: f64 = -1e20;

impl Chances {
    /// Those of a likelihood.
    pub fn new(log_probabilities: &[f64]) -> Self {
        let possible = |&log: &f64| if log < IMPOSSIBLE { f64::NEG_INFINITY } else { log };
        let outcomes = log_probabilities.iter().map(possible).collect();
        Self { outcomes, even: f64::NEG_INFINITY, unanswered: f64::NEG_INFINITY }
    }

    /// Of the outcomes of the likelihood, in nats.
    pub fn outcomes(&self) -> &[f64] {
        &self.outcomes
    }

    /// Probabilities of the outcomes, of an even answer beside them, and of none.
    pub fn probabilities(&self) -> (Vec<f64>, f64, f64) {
        (
            self.outcomes.iter().map(|log| log.exp()).collect(),
            self.even.exp(),
            self.unanswered.exp(),
        )
    }

    /// Adds nats to each outcome: its odds against another one change by the difference.
    pub fn tilt(&mut self, nats: impl Fn(usize) -> f64) {
        self.change(|outcome, log| if log.is_finite() { log + nats(outcome) } else { log });
    }

    /// Raises the probabilities of outcomes to a power, which for a choice that follows returns is the
    /// rationality times it. 0 makes all that is possible alike.
    pub fn temper(&mut self, power: f64) {
        self.change(|_, log| if log.is_finite() { log * power } else { log });
    }

    /// With probability `share` the outcome is drawn anew, from probabilities that sum to 1.
    pub fn mix(&mut self, share: f64, others: &[f64]) {
        let total = log_sum_exp(&self.outcomes);
        for (log, other) in self.outcomes.iter_mut().zip(others) {
            let mixed = (1.0 - share) * (*log - total).exp() + share * other;
            *log = if total.is_finite() { total + mixed.ln() } else { *log };
        }
    }

    /// With probability `share` what would be answered is not.
    pub fn leave(&mut self, share: f64) {
        let answered = 1.0 - share;
        let more = share * (1.0 - self.unanswered.exp());
        self.outcomes.iter_mut().for_each(|log| *log += answered.ln());
        self.even += answered.ln();
        self.unanswered = (self.unanswered.exp() + more).ln();
    }

    /// Given that something is answered.
    pub fn answer(&mut self) {
        let answered = (-self.unanswered.exp()).ln_1p();
        if self.unanswered.is_finite() && answered.is_finite() {
            self.outcomes.iter_mut().for_each(|log| *log -= answered);
            self.even -= answered;
            self.unanswered = f64::NEG_INFINITY;
        }
    }

    /// With probability `share` what would be answered is that both sides are even: the tie of the
    /// likelihood, or beside its outcomes.
    pub fn call_even(&mut self, share: f64, leans: &[f64]) {
        let moved = share * log_sum_exp(&self.outcomes).exp();
        self.outcomes.iter_mut().for_each(|log| *log += (1.0 - share).ln());
        let tie = leans.iter().position(|lean| *lean == 0.0);
        let even = match tie {
            Some(tie) => &mut self.outcomes[tie],
            None => &mut self.even,
        };
        *even = (even.exp() + moved).ln();
    }

    /// Each outcome comes to that which `to` says.
    pub fn carry(&mut self, to: impl Fn(usize) -> usize) {
        let mut carried = vec![0.0; self.outcomes.len()];
        for (outcome, log) in self.outcomes.iter().enumerate() {
            carried[to(outcome)] += log.exp();
        }
        self.outcomes = carried.into_iter().map(f64::ln).collect();
    }

    /// Draws an answer.
    pub fn draw(&self, rng: &mut impl Rng) -> Reply {
        let point: f64 = rng.random();
        let mut sum = 0.0;
        for (outcome, log) in self.outcomes.iter().enumerate() {
            sum += log.exp();
            if point < sum {
                return Reply::Outcome(outcome);
            }
        }
        if point < sum + self.even.exp() {
            return Reply::Even;
        }
        if self.unanswered.is_finite() {
            return Reply::Unanswered;
        }
        if self.even.is_finite() {
            return Reply::Even;
        }
        // Rounding may leave the sum a little below 1.
        let likeliest = |a: &(usize, &f64), b: &(usize, &f64)| a.1.total_cmp(b.1);
        let found = self.outcomes.iter().enumerate().max_by(likeliest);
        found.map_or(Reply::Unanswered, |(outcome, _)| Reply::Outcome(outcome))
    }

    /// Changes log-probabilities of outcomes among themselves: their sum stays.
    fn change(&mut self, change: impl Fn(usize, f64) -> f64) {
        let total = log_sum_exp(&self.outcomes);
        if !total.is_finite() {
            return;
        }
        for (outcome, log) in self.outcomes.iter_mut().enumerate() {
            *log = change(outcome, *log);
        }
        let by = total - log_sum_exp(&self.outcomes);
        self.outcomes.iter_mut().for_each(|log| *log += by);
    }
}

/// The outcome that says the opposite; none where there is no such thing.
pub(crate) fn opposite(outcomes: &Outcomes<'_>, outcome: usize, count: usize) -> Option<usize> {
    match outcomes {
        Outcomes::Sides(leans) => leans.iter().position(|lean| *lean == -leans[outcome]),
        Outcomes::Levels => Some(count - 1 - outcome),
        Outcomes::Change => Some(1 - outcome),
        Outcomes::Options(_) | Outcomes::Sets | Outcomes::Steps(_) | Outcomes::Unordered => None,
    }
}

fn log_sum_exp(logs: &[f64]) -> f64 {
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match highest.is_finite() {
        true => highest + logs.iter().map(|log| (log - highest).exp()).sum::<f64>().ln(),
        false => highest,
    }
}
