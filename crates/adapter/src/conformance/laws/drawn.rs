//! Do answers that are drawn come as often as the likelihood says?

use super::agree::{judged, near};
use super::shuffled::follows;
use crate::conformance::Verdict;
use crate::conformance::linear::Numbers;
use crate::conformance::probe::Probe;
use crate::conformance::subject::Subject;
use medley_evaluation::{Answer, ResponseSet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// How often each statement is answered.
const DRAWS: usize = 300;
/// Answers that are expected less often are counted together.
const FEW: f64 = 5.0;
/// Standard deviations that are no accident.
const FAR: f64 = 5.0;

pub(super) fn drawn(subject: &Subject<'_>) -> Verdict {
    judged(law(subject))
}

fn law(subject: &Subject<'_>) -> Result<Option<&'static str>, String> {
    let mut probe = subject.bind()?;
    let numbers = probe.numbers(1, 41);
    let given = probe.objective.answers(&probe.all()).list;
    let expected = probe.judge(&numbers);
    let rng = &mut ChaCha8Rng::seed_from_u64(43);
    let mut cells: Vec<Cells> = given.iter().map(|_| Cells::default()).collect();
    let mut ratios = Ratios::new();
    for _ in 0..DRAWS {
        if !probe.draw(&numbers, rng) {
            return Ok(Some("its statements cannot be answered anew one by one"));
        }
        if probe.objective.responses() == ResponseSet::Density {
            ratios.add(&probe, &numbers);
            continue;
        }
        let answers = probe.objective.answers(&probe.all()).list;
        for (statement, (answer, given)) in answers.iter().zip(&given).enumerate() {
            cells[statement]
                .add(outcome(answer, statement)?, &expected[statement].log_probabilities);
            same_value(statement, answer, given)?;
        }
    }
    follows(&probe)?;
    match probe.objective.responses() {
        ResponseSet::Density => ratios.check(DRAWS)?,
        _ => Cells::check(cells.iter(), DRAWS)?,
    }
    Ok(None)
}

/// The one outcome that was drawn.
fn outcome(answer: &Answer, statement: usize) -> Result<usize, String> {
    let drawn = answer.observed.iter().position(|&share| share == 1.0);
    drawn.ok_or_else(|| format!("statement {statement} was answered by {:?}", answer.observed))
}

/// Who is given the answer that was given says the number that was said.
fn same_value(statement: usize, answer: &Answer, given: &Answer) -> Result<(), String> {
    let is_same = match (answer.value, given.value) {
        (Some(found), Some(expected)) => near(found, expected, 1e-9),
        (found, expected) => found == expected,
    };
    match answer.observed != given.observed || is_same {
        true => Ok(()),
        false => Err(format!(
            "statement {statement}, given the answer that it has, has the value {:?}, expected {:?}",
            answer.value, given.value
        )),
    }
}

/// Answers to one question, and how many of each are expected.
#[derive(Default)]
pub(super) struct Cells {
    found: Vec<f64>,
    expected: Vec<f64>,
}

impl Cells {
    pub fn add(&mut self, outcome: usize, log_probabilities: &[f64]) {
        self.found.resize(log_probabilities.len(), 0.0);
        self.expected.resize(log_probabilities.len(), 0.0);
        self.found[outcome] += 1.0;
        let logs = self.expected.iter_mut().zip(log_probabilities);
        logs.for_each(|(sum, log)| *sum += log.exp());
    }

    /// Pearson's chi-square over all questions, against what its normal limit allows.
    pub fn check<'c>(all: impl Iterator<Item = &'c Self>, times: usize) -> Result<(), String> {
        let (mut distance, mut free) = (0.0, 0.0);
        for (question, Self { found, expected }) in all.enumerate() {
            let (mut cells, mut rare) = (0, [0.0, 0.0]);
            for (&found, &expect) in found.iter().zip(expected) {
                if found > 0.0 && expect < 1e-9 {
                    return Err(format!("question {question} has an answer that cannot be given"));
                }
                if expect < FEW {
                    rare = [rare[0] + found, rare[1] + expect];
                } else {
                    cells += 1;
                    distance += (found - expect).powi(2) / expect;
                }
            }
            if rare[1] >= FEW {
                cells += 1;
                distance += (rare[0] - rare[1]).powi(2) / rare[1];
            }
            free += (cells.max(1) - 1) as f64;
        }
        let far = (distance - free) / (2.0 * free.max(1.0)).sqrt();
        match far.abs() < FAR {
            true => Ok(()),
            false => Err(format!(
                "answers drawn {times} times are {distance:.1} from what is predicted (chi-square, {free} \
                 degrees of freedom)"
            )),
        }
    }
}

/// Under draws from one law the density of another, divided by its own, is 1 on average.
pub(super) struct Ratios {
    /// Of each other law, the sum of ratios and of their squares.
    sums: [[f64; 2]; 3],
    count: f64,
}

impl Ratios {
    pub fn new() -> Self {
        Self { sums: [[0.0; 2]; 3], count: 0.0 }
    }

    /// Of what `probe` is bound to, drawn under `numbers`.
    pub fn add(&mut self, probe: &Probe<'_>, numbers: &Numbers) {
        let moved = |values: &[f64], by: f64| values.iter().map(|value| value + by).collect();
        let response = |by: f64| {
            let all = numbers.response.iter();
            all.map(|(name, values)| (name.clone(), moved(values, by))).collect()
        };
        let others = [
            Numbers { weights: moved(&numbers.weights, 0.05), ..numbers.clone() },
            Numbers { response: response(0.05), ..numbers.clone() },
            Numbers { response: response(-0.05), ..numbers.clone() },
        ];
        let own = probe.losses(numbers, &probe.all());
        self.count += own.len() as f64;
        for (other, [sum, squares]) in others.iter().zip(&mut self.sums) {
            for (own, other) in own.iter().zip(probe.losses(other, &probe.all())) {
                let ratio = (own - other).exp();
                *sum += ratio;
                *squares += ratio * ratio;
            }
        }
    }

    pub fn check(&self, times: usize) -> Result<(), String> {
        for [sum, squares] in &self.sums {
            let mean = sum / self.count;
            let error = ((squares / self.count - mean * mean).max(0.0) / self.count).sqrt();
            if (mean - 1.0).abs() > FAR * error + 1e-9 {
                return Err(format!(
                    "under numbers drawn {times} times a ratio of densities is {mean:.4} on average, \
                     expected 1 within {:.4}",
                    FAR * error
                ));
            }
        }
        Ok(())
    }
}
