//! Experiments with a known answer: computed, compared with the published number, drawn.

use crate::ExactError;
use medley_report::{Series, Shape, XyFigure};
use medley_toml_file::{Problem, Tagged};
use serde::{Deserialize, Serialize};
use std::fmt::{Debug, Display};
use std::ops::RangeInclusive;

/// An exact experiment as TOML writes it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExactSpec {
    /// Name: the folder under `runs/`.
    pub name: String,
    /// What to compute: `exact.hidden-context = {}`.
    pub exact: Tagged<dyn Exact>,
}

impl ExactSpec {
    /// Whether there is an answer to what the file asks.
    ///
    /// # Errors
    /// The first value for which there is none, with the keys that lead to it.
    pub fn check(&self) -> Result<(), Problem> {
        check_name(&self.name)?;
        let experiment = self.exact.typetag_name();
        self.exact.check().map_err(|problem| problem.within(experiment).within("exact"))
    }
}

/// A computation with a known answer.
#[typetag::serde]
pub trait Exact: Debug + Send + Sync {
    /// Whether the options have an answer.
    ///
    /// # Errors
    /// The first that has none: its key under the experiment's name in TOML, what was expected and
    /// what was found.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// Computes it.
    ///
    /// # Errors
    /// An option that [`check`](Self::check) refuses, or a computation that comes to no answer.
    fn compute(&self) -> Result<ExactOutcome, ExactError>;

    /// One line for `medley list`.
    fn summary(&self) -> &'static str;
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactOutcome {
    /// Numbers beside the published ones.
    pub findings: Vec<ExactFinding>,
    /// A figure of it.
    pub figure: XyFigure,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactFinding {
    /// What it is.
    pub quantity: String,
    /// What came out.
    pub found: f64,
    /// What is published or follows in closed form; none if nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
}

/// The rule for the name of any experiment, which becomes a folder.
fn check_name(name: &str) -> Result<(), Problem> {
    let is_plain = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        && !name.starts_with('.');
    match is_plain {
        true => Ok(()),
        false => {
            let message = format!("a name is letters, digits, `-`, `_` and `.`, found `{name}`");
            Err(Problem::new("name", message))
        }
    }
}

pub(crate) fn finding(
    quantity: impl Into<String>,
    found: f64,
    expected: Option<f64>,
) -> ExactFinding {
    ExactFinding { quantity: quantity.into(), found, expected }
}

pub(crate) fn no_answer(experiment: &'static str, error: impl ToString) -> ExactError {
    ExactError::NoAnswer { experiment, message: error.to_string() }
}

pub(crate) fn in_range<T: PartialOrd + Display>(
    key: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), Problem> {
    match range.contains(&value) {
        true => Ok(()),
        false => {
            let (low, high) = range.into_inner();
            let message = format!("a number from {low} to {high} is needed, found {value}");
            Err(Problem::new(key, message))
        }
    }
}

pub(crate) fn at_least_one(key: &str, value: usize) -> Result<(), Problem> {
    in_range(key, value, 1..=usize::MAX)
}

fn not_empty<T>(key: &str, values: &[T]) -> Result<(), Problem> {
    match values.is_empty() {
        false => Ok(()),
        true => Err(Problem::new(key, "at least one number is needed, found none")),
    }
}

/// Bradley-Terry orders items by Borda count, not by expected utility, when context is hidden
/// (Siththaranjan, Laidlaw and Hadfield-Menell 2024).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HiddenContext {
    /// Items on a grid over [0, 1].
    pub points: usize,
}

impl Default for HiddenContext {
    fn default() -> Self {
        Self { points: 100 }
    }
}

/// Below three points no item is contested. All pairs of items are in memory at once, and what the
/// fit takes grows with the cube of their number: seconds for 2,000, half an hour for 10,000.
const POINTS: RangeInclusive<usize> = 3..=10_000;

#[typetag::serde(name = "hidden-context")]
impl Exact for HiddenContext {
    fn check(&self) -> Result<(), Problem> {
        in_range("points", self.points, POINTS)
    }

    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        self.check()?;
        let result = medley_theory::hidden_context(self.points)
            .map_err(|error| no_answer("hidden-context", error))?;
        let published = |value| (self.points == 100).then_some(value);
        let findings = vec![
            finding("Kendall tau of Bradley-Terry and Borda", result.tau_borda, published(1.0)),
            finding(
                "Kendall tau of Bradley-Terry and expected utility",
                result.tau_expected_utility,
                published(0.6768),
            ),
            finding("best item by Bradley-Terry", result.best_by_bradley_terry, published(0.795)),
            finding(
                "best item by expected utility",
                result.best_by_expected_utility,
                published(0.995),
            ),
            finding(
                "negative log-likelihood (nats a comparison)",
                result.negative_log_likelihood,
                published(0.4840),
            ),
            finding("irreducible (nats a comparison)", result.irreducible, published(0.2494)),
        ];
        let line = |name: &str, values: &[f64]| Series {
            label: name.to_owned(),
            points: result.items.iter().copied().zip(centred(values)).collect(),
            breaks: jumps(values),
            ..Series::default()
        };
        let figure = XyFigure {
            name: "hidden-context".to_owned(),
            title: "Bradley-Terry follows Borda, not expected utility".to_owned(),
            x_label: "item (expected utility)".to_owned(),
            y_label: "score, centred and scaled to sd 1".to_owned(),
            series: vec![
                line("Bradley-Terry", &result.bradley_terry),
                line("Borda", &result.borda),
                line("expected utility", &result.items),
            ],
            ..XyFigure::default()
        };
        Ok(ExactOutcome { findings, figure })
    }

    fn summary(&self) -> &'static str {
        "Bradley-Terry equals Borda, not expected utility, under hidden context"
    }
}

/// Where neighbours differ by far more than others do: at the context that is hidden, scores jump.
fn jumps(values: &[f64]) -> Vec<usize> {
    const FAR: f64 = 10.0;
    let steps: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let is_jump = |(_, step): &(usize, &f64)| **step > FAR * median;
    steps.iter().enumerate().filter(is_jump).map(|(place, _)| place + 1).collect()
}

fn centred(values: &[f64]) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
    values.iter().map(|v| (v - mean) / sd).collect()
}

/// Two groups with opposed tastes under one linear Bradley-Terry model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct OpposedGroups {
    /// Shares of the larger group, in [0.5, 1], one computation each.
    pub majorities: Vec<f64>,
    /// Seeds that are averaged.
    pub seeds: Vec<u64>,
}

impl Default for OpposedGroups {
    fn default() -> Self {
        Self { majorities: vec![0.5, 0.7, 0.9], seeds: vec![0, 1, 2] }
    }
}

/// Majority share, aggregate error, within-group error, accuracy for the majority and the minority.
/// Which of two equal groups is right is a coin, so that their accuracies are not to be expected.
const PUBLISHED: [(f64, [Option<f64>; 4]); 3] = [
    (0.5, [Some(0.0004), Some(0.1126), None, None]),
    (0.7, [Some(0.0016), Some(0.0958), Some(0.950), Some(0.050)]),
    (0.9, [Some(0.0015), Some(0.0419), Some(0.98), Some(0.02)]),
];

#[typetag::serde(name = "opposed-groups")]
impl Exact for OpposedGroups {
    fn check(&self) -> Result<(), Problem> {
        not_empty("majorities", &self.majorities)?;
        not_empty("seeds", &self.seeds)?;
        self.majorities.iter().try_for_each(|&share| in_range("majorities", share, 0.5..=1.0))
    }

    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        self.check()?;
        let (mut findings, mut errors) = (Vec::new(), [Vec::new(), Vec::new()]);
        for &majority in &self.majorities {
            let setting = medley_theory::OpposedGroups {
                majority,
                ..medley_theory::OpposedGroups::default()
            };
            let result = medley_theory::opposed_groups(&setting, &self.seeds)
                .map_err(|error| no_answer("opposed-groups", error))?;
            let published = PUBLISHED.iter().find(|(share, _)| (share - majority).abs() < 1e-9);
            let values = [
                ("aggregate squared error", result.aggregate),
                ("within-group squared error", result.within_group),
                ("accuracy for the majority", result.accuracy_majority),
                ("accuracy for the minority", result.accuracy_minority),
            ];
            for (position, (name, found)) in values.into_iter().enumerate() {
                let expected = published.and_then(|(_, numbers)| numbers[position]);
                findings.push(finding(format!("{name}, majority {majority}"), found, expected));
            }
            let ends = self.ends(&setting)?;
            errors[0].push(((majority, result.aggregate), ends[0]));
            errors[1].push(((majority, result.within_group), ends[1]));
        }
        let [aggregate, within] = errors;
        let series = |name: &str, found: Vec<((f64, f64), (f64, f64))>| {
            let (points, ends): (Vec<_>, Vec<_>) = found.into_iter().unzip();
            let intervals = if self.seeds.len() > 1 { ends } else { Vec::new() };
            Series { label: name.to_owned(), points, intervals, ..Series::default() }
        };
        let figure = XyFigure {
            name: "opposed-groups".to_owned(),
            title: match self.seeds.len() {
                1 => "One reward for two opposed groups; one seed".to_owned(),
                seeds => format!(
                    "One reward for two opposed groups; mean of {seeds} seeds, band: from the smallest \
                     to the largest"
                ),
            },
            x_label: "share of the larger group".to_owned(),
            y_label: "mean squared error of predicted choice".to_owned(),
            series: vec![
                series("against the whole", aggregate),
                series("against one's own group", within),
            ],
            ..XyFigure::default()
        };
        Ok(ExactOutcome { findings, figure })
    }

    fn summary(&self) -> &'static str {
        "an aggregate that fits while every group is misrepresented"
    }
}

impl OpposedGroups {
    /// Smallest and largest of the aggregate and of the within-group error over seeds.
    fn ends(&self, setting: &medley_theory::OpposedGroups) -> Result<[(f64, f64); 2], ExactError> {
        let mut ends = [(f64::INFINITY, f64::NEG_INFINITY); 2];
        for &seed in &self.seeds {
            let one = medley_theory::opposed_groups(setting, &[seed])
                .map_err(|error| no_answer("opposed-groups", error))?;
            for ((low, high), value) in ends.iter_mut().zip([one.aggregate, one.within_group]) {
                (*low, *high) = (low.min(value), high.max(value));
            }
        }
        Ok(ends)
    }
}

/// The unbiased best-of-n estimator on a stated sample.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BestOfN {
    /// Samples, 2 to 20; their proxy and gold scores are drawn from `seed`.
    pub samples: usize,
    /// Correlation of proxy and gold, in [-1, 1].
    pub correlation: f64,
    /// Seed.
    pub seed: u64,
}

impl Default for BestOfN {
    fn default() -> Self {
        Self { samples: 8, correlation: 0.5, seed: 0 }
    }
}

/// All subsets are enumerated: a million for 20.
const SAMPLES: RangeInclusive<usize> = 2..=20;

#[typetag::serde(name = "best-of-n")]
impl Exact for BestOfN {
    fn check(&self) -> Result<(), Problem> {
        in_range("samples", self.samples, SAMPLES)?;
        in_range("correlation", self.correlation, -1.0..=1.0)
    }

    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        self.check()?;
        let (proxy, gold) = self.sample();
        let sizes: Vec<usize> = (1..=self.samples).collect();
        let curve = medley_theory::best_of_n_curve(&proxy, &gold, &sizes)
            .map_err(|error| no_answer("best-of-n", error))?;
        let mut findings = Vec::new();
        for point in &curve {
            let by_hand = best_of_subsets(&proxy, &gold, point.n);
            findings.push(finding(
                format!("gold of best of {}", point.n),
                point.gold,
                Some(by_hand),
            ));
        }
        let line = |name: &str, shape, points| Series {
            label: name.to_owned(),
            shape,
            points,
            ..Series::default()
        };
        let figure = XyFigure {
            name: "best-of-n".to_owned(),
            title: "Best of n: estimator and enumeration of all subsets".to_owned(),
            x_label: "square root of KL(best-of-n, base) (√nats)".to_owned(),
            y_label: "expected gold score".to_owned(),
            series: vec![
                line(
                    "unbiased estimator",
                    Shape::Line,
                    curve.iter().map(|p| (p.kl.sqrt(), p.gold)).collect(),
                ),
                line(
                    "all subsets enumerated",
                    Shape::Points,
                    curve
                        .iter()
                        .zip(&findings)
                        .map(|(p, f)| (p.kl.sqrt(), f.expected.unwrap_or(f64::NAN)))
                        .collect(),
                ),
            ],
            ..XyFigure::default()
        };
        Ok(ExactOutcome { findings, figure })
    }

    fn summary(&self) -> &'static str {
        "the unbiased best-of-n estimator equals the enumeration of all subsets"
    }
}

impl BestOfN {
    fn sample(&self) -> (Vec<f64>, Vec<f64>) {
        use rand::RngExt;
        let rng = &mut medley_random::stream(self.seed, "best-of-n");
        // A sum of 12 uniform numbers less 6 has mean 0 and variance 1.
        let mut normal = || (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        let rest = (1.0 - self.correlation.powi(2)).sqrt();
        (0..self.samples)
            .map(|_| {
                let proxy = normal();
                (proxy, self.correlation * proxy + rest * normal())
            })
            .unzip()
    }
}

/// Mean over all subsets of size `n` of the gold score of the one with the highest proxy.
fn best_of_subsets(proxy: &[f64], gold: &[f64], n: usize) -> f64 {
    let (mut sum, mut count) = (0.0, 0usize);
    for subset in 0u32..1 << proxy.len() {
        if subset.count_ones() as usize != n {
            continue;
        }
        let members = (0..proxy.len()).filter(|i| subset >> i & 1 == 1);
        if let Some(best) = members.max_by(|&a, &b| proxy[a].total_cmp(&proxy[b])) {
            sum += gold[best];
            count += 1;
        }
    }
    sum / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coin_has_no_expected_accuracy() {
        let setting = OpposedGroups { majorities: vec![0.5, 0.7], seeds: vec![0] };
        let findings = setting.compute().unwrap().findings;
        let expected: Vec<Option<f64>> = findings.iter().map(|finding| finding.expected).collect();
        assert_eq!(expected[..4], [Some(0.0004), Some(0.1126), None, None]);
        assert_eq!(expected[6..], [Some(0.950), Some(0.050)]);
    }

    /// What is said of a file with this experiment.
    fn checked(name: &str, exact: impl Exact + 'static) -> Result<(), String> {
        let exact: Box<dyn Exact> = Box::new(exact);
        let spec = ExactSpec { name: name.to_owned(), exact: Tagged::new(exact) };
        spec.check().map_err(|problem| problem.to_string())
    }

    #[test]
    fn options_without_an_answer_are_refused_by_their_keys() {
        let points = |points| checked("x", HiddenContext { points });
        for refused in [0, 2, 10_001] {
            let expected = format!(
                "`exact.hidden-context.points`: a number from 3 to 10000 is needed, found {refused}"
            );
            assert_eq!(points(refused), Err(expected));
        }
        assert_eq!(points(3), Ok(()));
        let groups = |majorities: &[f64], seeds: &[u64]| {
            let (majorities, seeds) = (majorities.to_vec(), seeds.to_vec());
            checked("x", OpposedGroups { majorities, seeds })
        };
        let none = "at least one number is needed, found none";
        assert_eq!(groups(&[], &[0]), Err(format!("`exact.opposed-groups.majorities`: {none}")));
        assert_eq!(groups(&[0.5], &[]), Err(format!("`exact.opposed-groups.seeds`: {none}")));
        for refused in [0.3, 1.5, f64::NAN] {
            let error = groups(&[0.5, refused], &[0]).unwrap_err();
            assert!(
                error.ends_with(&format!("from 0.5 to 1 is needed, found {refused}")),
                "{error}"
            );
        }
        assert_eq!(groups(&[0.5, 1.0], &[0]), Ok(()));
        let best = |samples, correlation| checked("x", BestOfN { samples, correlation, seed: 0 });
        for refused in [0, 1, 21, 40] {
            let error = best(refused, 0.5).unwrap_err();
            assert!(
                error.starts_with("`exact.best-of-n.samples`: a number from 2 to 20"),
                "{error}"
            );
        }
        for refused in [2.0, -1.1, f64::NAN, f64::INFINITY] {
            let error = best(8, refused).unwrap_err();
            assert!(
                error.ends_with(&format!("from -1 to 1 is needed, found {refused}")),
                "{error}"
            );
        }
        assert_eq!(best(2, -1.0).and(best(20, 1.0)), Ok(()));
    }

    #[test]
    fn what_check_refuses_is_not_computed() {
        let samples = BestOfN { samples: 40, ..BestOfN::default() };
        assert!(matches!(samples.compute(), Err(ExactError::Option(_))));
        assert!(matches!(HiddenContext { points: 0 }.compute(), Err(ExactError::Option(_))));
        let groups = OpposedGroups { majorities: vec![1.5], seeds: vec![0] };
        assert!(matches!(groups.compute(), Err(ExactError::Option(_))));
    }

    #[test]
    fn a_name_is_a_folder_beside_the_others() {
        for name in ["", "../x", "a/b", ".hidden"] {
            let error = checked(name, HiddenContext::default()).unwrap_err();
            assert!(error.starts_with("`name`: a name is letters"), "{error}");
        }
        assert_eq!(checked("hidden-context_2.b", HiddenContext::default()), Ok(()));
    }
}
