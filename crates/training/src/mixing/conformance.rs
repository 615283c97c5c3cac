//! Laws that every mixing has to keep, as one function that any crate can call in a test.

use super::{Fit, HeldOutTerm, Mixing, Step, Term, fits_of};
use burn::tensor::{Device, Tensor, TensorData};
use medley_adapter::Response;
use medley_adapter::conformance::{self, Verdict, check_all};

/// One law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Fits have names of their own and sources of the mix, each at least one.
    Fits,
    /// With nothing learned, and equal weights, the total is the sum of the losses times a positive
    /// number.
    Sum,
    /// The order of sources changes nothing, neither totals nor what a step follows.
    Permutation,
    /// The weight of a source does not depend on which others are in a step.
    Steps,
    /// Totals and gradients are finite under extreme losses, and so is what a step follows.
    Finiteness,
    /// A source that improves does not make the held-out score worse.
    HeldOut,
}

/// Laws that held, and those that were skipped with the reason.
pub type Report = conformance::Report<Law>;

/// Every law that was broken, with what was expected and found.
pub type Failures = conformance::Failures<Law>;

type Holds = fn(&dyn Mixing) -> Verdict;

const ALL: &[(Law, Holds)] = &[
    (Law::Fits, |mixing| Verdict::from(fits_of(mixing, &names()).map(|_| ()))),
    (Law::Sum, sum),
    (Law::Permutation, |mixing| Verdict::from(permutation(mixing))),
    (Law::Steps, steps),
    (Law::Finiteness, |mixing| Verdict::from(finiteness(mixing))),
    (Law::HeldOut, |mixing| Verdict::from(held_out(mixing))),
];

/// Checks every law. That a mixing cannot see the test part needs no law: it is given losses, and a
/// [`HeldOut`](super::HeldOut) that holds back the rest.
///
/// # Errors
/// All laws that are broken.
pub fn check(mixing: &dyn Mixing) -> Result<Report, Failures> {
    check_all("mixing", ALL, |holds| holds(mixing))
}

/// Sources, and how many statements each has.
const SOURCES: [(&str, usize); 3] = [("a", 4), ("b", 2), ("c", 1)];

fn names() -> Vec<&'static str> {
    SOURCES.iter().map(|(name, _)| *name).collect()
}

/// Losses of each source, `[source][member * batch]`, two members.
type Losses = Vec<Vec<f32>>;

fn losses(salt: f32) -> Losses {
    let of = |(number, (_, batch)): (usize, &(&str, usize))| {
        let loss = |i: usize| ((i + 3 * number) as f32 + salt).sin().abs() + 0.1;
        (0..2 * batch).map(loss).collect()
    };
    SOURCES.iter().enumerate().map(of).collect()
}

struct Total {
    value: f64,
    slopes: Vec<Vec<f64>>,
}

/// Gradients of the sources at three weights; the first opposes the others.
const GRADIENTS: [[f64; 3]; 3] = [[1.0, 0.5, 0.0], [-1.0, 1.0, 0.2], [-0.3, -0.8, 0.4]];

/// What a step would follow, sources taken in `order`, if the first had a gradient `factor` times as
/// long.
fn projected(mixing: &dyn Mixing, order: [usize; 3], factor: f64) -> Vec<f64> {
    let scale = |i: usize| if i == 0 { factor } else { 1.0 };
    let gradient = |i: usize| GRADIENTS[i].iter().map(|slope| slope * scale(i)).collect();
    mixing.project(&order.map(gradient))
}

/// The total over the sources of a fit, taken in `order`.
fn total(mixing: &dyn Mixing, fit: &Fit, losses: &Losses, order: &[usize]) -> Total {
    let device = Device::flex().autodiff();
    let leaf = |values: &Vec<f32>| {
        let data = TensorData::new(values.clone(), [2, values.len() / 2]);
        Tensor::<2>::from_data(data, &device).require_grad()
    };
    let leaves: Vec<Tensor<2>> = losses.iter().map(leaf).collect();
    let own = Response::new(mixing.parameters(fit).into_iter().map(|parameter| {
        let count = parameter.initial.len();
        let data = TensorData::new(parameter.initial.repeat(2), [2, count]);
        (parameter.name, Tensor::<2>::from_data(data, &device))
    }));
    let counted = |i: &usize| fit.sources.iter().any(|source| source == SOURCES[*i].0);
    let term = |&i: &usize| Term {
        source: SOURCES[i].0,
        loss: leaves[i].clone(),
        statements: SOURCES[i].1,
        deviation: None,
    };
    let step = Step {
        terms: order.iter().filter(|&i| counted(i)).map(term).collect(),
        own: &own,
        statements: (0..SOURCES.len()).filter(counted).map(|i| SOURCES[i].1).sum(),
        sources: fit.sources.len(),
    };
    let total = mixing.total(&step);
    let gradients = total.clone().backward();
    let slope = |leaf: &Tensor<2>| {
        leaf.grad(&gradients).map_or(Vec::new(), |slope| slope.into_data().iter::<f64>().collect())
    };
    Total {
        value: total.into_data().iter::<f64>().sum(),
        slopes: leaves.iter().map(slope).collect(),
    }
}

fn sum(mixing: &dyn Mixing) -> Verdict {
    for fit in mixing.fits(&names()) {
        let losses = losses(0.7);
        let found = total(mixing, &fit, &losses, &[0, 1, 2]);
        let weights: Vec<f64> =
            found.slopes.iter().filter_map(|slopes| slopes.first().copied()).collect();
        if weights.is_empty() {
            return Verdict::Broken(format!("no loss has a part in fit `{}`", fit.name));
        }
        if let Some(weight) = weights.iter().find(|weight| **weight <= 0.0) {
            let name = &fit.name;
            return Verdict::Broken(format!("fit `{name}` weighs a loss by {weight}"));
        }
        if weights.iter().any(|weight| (weight - weights[0]).abs() > 1e-6) {
            return Verdict::Skipped("the sources have unequal weights");
        }
        let counted = |(name, _): &(&str, usize)| fit.sources.iter().any(|source| source == name);
        let parts = SOURCES.iter().zip(&losses).filter(|(source, _)| counted(source));
        let expected: f64 = parts.flat_map(|(_, l)| l).map(|&loss| f64::from(loss)).sum();
        let gap = (found.value - expected * weights[0]).abs();
        if gap > 1e-5 * (1.0 + expected) {
            return Verdict::Broken(format!(
                "the total of fit `{}` is {}, expected the sum {expected} times {}",
                fit.name, found.value, weights[0]
            ));
        }
    }
    Verdict::Held
}

fn permutation(mixing: &dyn Mixing) -> Result<(), String> {
    for fit in mixing.fits(&names()) {
        let losses = losses(0.2);
        let one = total(mixing, &fit, &losses, &[0, 1, 2]);
        for order in [[2, 0, 1], [1, 0, 2], [2, 1, 0]] {
            let other = total(mixing, &fit, &losses, &order);
            if (one.value - other.value).abs() > 1e-5 * (1.0 + one.value.abs()) {
                return Err(format!(
                    "order {order:?} has total {}, not {}",
                    other.value, one.value
                ));
            }
        }
    }
    let [one, other] = [[0, 1, 2], [2, 0, 1]].map(|order| projected(mixing, order, 1.0));
    if one.len() != other.len() || one.iter().zip(&other).any(|(a, b)| (a - b).abs() > 1e-9) {
        return Err(format!("the order of sources takes a gradient from {one:?} to {other:?}"));
    }
    let mut reversed = names();
    reversed.reverse();
    let sorted = |fits: Vec<Fit>| {
        let mut sources: Vec<Vec<String>> = fits.into_iter().map(|fit| fit.sources).collect();
        sources.iter_mut().for_each(|sources| sources.sort());
        sources.sort();
        sources
    };
    match sorted(mixing.fits(&names())) == sorted(mixing.fits(&reversed)) {
        true => Ok(()),
        false => Err("fits depend on the order of sources".to_owned()),
    }
}

/// A source of few statements is in some steps only; over an epoch it has to count as if all
/// sources were in each.
fn steps(mixing: &dyn Mixing) -> Verdict {
    if !mixing.is_additive() {
        return Verdict::Skipped("its sources interact within a step");
    }
    for fit in mixing.fits(&names()) {
        let losses = losses(0.9);
        let whole = total(mixing, &fit, &losses, &[0, 1, 2]);
        for part in [&[0, 1][..], &[0, 2], &[1, 2], &[0], &[1], &[2]] {
            if part.iter().all(|&i| whole.slopes[i].is_empty()) {
                continue;
            }
            let found = total(mixing, &fit, &losses, part);
            let differs = |&&i: &&usize| {
                let pairs = whole.slopes[i].iter().zip(&found.slopes[i]);
                pairs.clone().any(|(a, b)| (a - b).abs() > 1e-5 * (1.0 + a.abs()))
            };
            if let Some(&i) = part.iter().find(differs) {
                let name = SOURCES[i].0;
                let [all, some] = [&whole, &found].map(|total| total.slopes[i][0]);
                return Verdict::Broken(format!(
                    "`{name}` weighs {all} beside all sources and {some} beside fewer"
                ));
            }
        }
    }
    Verdict::Held
}

fn finiteness(mixing: &dyn Mixing) -> Result<(), String> {
    let extremes = [0.0, 1e-30, 1e4, 1e8];
    for extreme in extremes {
        let found = projected(mixing, [0, 1, 2], f64::from(extreme));
        if found.len() != 3 || found.iter().any(|slope| !slope.is_finite()) {
            return Err(format!("a gradient {extreme:e} times as long is projected to {found:?}"));
        }
    }
    let cases = (0..SOURCES.len()).flat_map(|source| extremes.map(|extreme| (source, extreme)));
    for fit in mixing.fits(&names()) {
        for (source, extreme) in cases.clone() {
            let mut losses = losses(0.4);
            losses[source].fill(extreme);
            let found = total(mixing, &fit, &losses, &[0, 1, 2]);
            let slopes = found.slopes.iter().flatten();
            if !found.value.is_finite() || slopes.clone().any(|slope| !slope.is_finite()) {
                return Err(format!("a loss of {extreme:e} gives a total of {}", found.value));
            }
        }
    }
    Ok(())
}

fn held_out(mixing: &dyn Mixing) -> Result<(), String> {
    let score = |better: usize| {
        let term = |(i, &(source, statements)): (usize, &(&'static str, usize))| HeldOutTerm {
            source,
            statements,
            log_likelihood: if i == better { -0.5 } else { -1.0 },
        };
        let terms: Vec<_> = SOURCES.iter().enumerate().map(term).collect();
        mixing.held_out(&terms)
    };
    let before = score(SOURCES.len());
    for (i, (name, _)) in SOURCES.iter().enumerate() {
        let after = score(i);
        if after.is_nan() || after < before {
            return Err(format!("a better `{name}` takes the score from {before} to {after}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_reward_model::Head;
    use serde::{Deserialize, Serialize};

    /// A mixing with one defect.
    #[derive(Debug, Serialize, Deserialize)]
    enum Broken {
        FirstCountsTwice,
        LogOfLoss,
        NoFit,
        WorseIsBetter,
        HalfTheSum,
        ShareOfTheStep,
        NegativeSum,
        OtherHeads,
        FollowsTheFirst,
        Directions,
    }

    #[typetag::serde(name = "broken-for-a-test")]
    impl Mixing for Broken {
        fn fits(&self, sources: &[&str]) -> Vec<Fit> {
            match self {
                Self::NoFit => Vec::new(),
                Self::OtherHeads => sources.iter().map(|&source| Fit::alone(source)).collect(),
                _ => vec![Fit::of(sources)],
            }
        }

        fn heads(&self, fit: &Fit) -> Vec<Head> {
            match self {
                Self::OtherHeads => vec![Head::Source(fit.sources[0].clone())],
                _ => Vec::new(),
            }
        }

        fn total(&self, Step { terms, .. }: &Step<'_>) -> Tensor<1> {
            let sum = |term: &Term<'_>| term.loss.clone().sum();
            let all = terms.iter().map(sum).reduce(|a, b| a + b).unwrap();
            match self {
                Self::FirstCountsTwice => all + sum(&terms[0]),
                Self::LogOfLoss => all + terms.last().unwrap().loss.clone().log().sum(),
                Self::NegativeSum => -all,
                Self::ShareOfTheStep => all / terms.len() as f64,
                Self::HalfTheSum => all - terms[0].loss.clone().detach().sum(),
                _ => all,
            }
        }

        fn project(&self, gradients: &[Vec<f64>]) -> Vec<f64> {
            let norm = gradients[0].iter().map(|slope| slope * slope).sum::<f64>().sqrt();
            let sum = |i: usize| gradients.iter().map(|slope| slope[i]).sum::<f64>();
            match self {
                Self::FollowsTheFirst => gradients[0].clone(),
                Self::Directions => gradients[0].iter().map(|slope| slope / norm).collect(),
                _ => (0..gradients[0].len()).map(sum).collect(),
            }
        }

        fn held_out(&self, terms: &[HeldOutTerm<'_>]) -> f64 {
            let sum: f64 = terms.iter().map(|term| term.log_likelihood).sum();
            if matches!(self, Self::WorseIsBetter) { -sum } else { sum }
        }

        fn summary(&self) -> &'static str {
            "for a test"
        }
    }

    #[test]
    fn each_defect_is_caught_by_its_law() {
        for (broken, law) in [
            (Broken::FirstCountsTwice, Law::Permutation),
            (Broken::LogOfLoss, Law::Finiteness),
            (Broken::NoFit, Law::Fits),
            (Broken::WorseIsBetter, Law::HeldOut),
            (Broken::HalfTheSum, Law::Sum),
            (Broken::ShareOfTheStep, Law::Steps),
            (Broken::OtherHeads, Law::Fits),
            (Broken::NegativeSum, Law::Sum),
            (Broken::FollowsTheFirst, Law::Permutation),
            (Broken::Directions, Law::Finiteness),
        ] {
            let failures = check(&broken).unwrap_err();
            let broke = failures.0.iter().any(|(found, _)| *found == law);
            assert!(broke, "{broken:?} should break {law:?}, and broke:\n{failures}");
        }
    }
}
