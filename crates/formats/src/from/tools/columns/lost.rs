//! What leaving records out did to the answers: shares of each side among those that were dropped.

use std::collections::BTreeMap;

/// Answers of records that were left out, by reason.
#[derive(Default)]
pub(super) struct Lost(BTreeMap<String, Answers>);

#[derive(Default)]
struct Answers {
    of: [&'static str; 3],
    /// Number of records whose answer is known.
    count: usize,
    shares: [f64; 3],
}

impl Lost {
    /// Adds the answer of a record: shares that sum to 1, of sides of these names.
    pub fn add(&mut self, reason: &str, of: [&'static str; 3], shares: [f64; 3]) {
        let answers = self.0.entry(reason.to_owned()).or_default();
        answers.of = of;
        answers.count += 1;
        answers.shares.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
    }

    pub fn notes(&self) -> Vec<String> {
        let note = |(reason, answers): (&String, &Answers)| {
            let Answers { of, count, shares } = answers;
            let sides = of.iter().zip(shares).filter(|(side, _)| !side.is_empty());
            let percent = |share: f64| 100.0 * share / *count as f64;
            let sides: Vec<String> =
                sides.map(|(side, share)| format!("{:.0} % {side}", percent(*share))).collect();
            format!("answers of {count} left out ({reason}): {}", sides.join(", "))
        };
        self.0.iter().map(note).collect()
    }
}
