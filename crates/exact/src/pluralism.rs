//! What one reward does to people who want different things, and what models of people see of it.

use crate::exact::{ExactFinding, at_least_one, finding, in_range, no_answer};
use crate::{Exact, ExactError, ExactOutcome};
use medley_people::studies;
use medley_report::{Scale, Series, Shape, XyFigure};
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};

/// Ceilings of one reward where half of the kinds of pairs are contested between two equally likely users.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pets {}

#[typetag::serde(name = "pets")]
impl Exact for Pets {
    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        let found = medley_theory::pets();
        let controversial = found.ceilings.controversial.unwrap_or(f64::NAN);
        let findings = vec![
            finding("best single reward, all pairs", found.ceilings.full, Some(0.75)),
            finding("best single reward, contested pairs", controversial, Some(0.5)),
            finding("whoever knows the user", found.ceilings.oracle, Some(1.0)),
            finding("best of all orders of the five pets", found.best_order, Some(0.75)),
        ];
        let names = ["all pairs", "contested pairs", "user known"];
        let values = [found.ceilings.full, controversial, found.ceilings.oracle];
        Ok(ExactOutcome {
            figure: bars("pets", "Pets: what one reward can reach", &names, &values),
            findings,
        })
    }

    fn summary(&self) -> &'static str {
        "what one reward can reach where two users differ on half of the pairs"
    }
}

/// Ten people, seven of whom like longer answers: what one reward can reach, and what a model of persons does.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LengthUsers {
    /// Names the random streams.
    pub seed: u64,
}

#[typetag::serde(name = "length-users")]
impl Exact for LengthUsers {
    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        let found =
            studies::length_users(self.seed).map_err(|error| no_answer("length-users", error))?;
        let findings = vec![
            finding("ceiling of one reward, training", found.ceiling_train, Some(0.713)),
            finding("ceiling of one reward, held out", found.ceiling_eval, Some(0.685)),
            finding("pooled, training", found.pooled_train, None),
            finding("pooled, held out", found.pooled_eval, None),
            finding("hierarchical, held out", found.hierarchical_eval, None),
        ];
        let names = ["ceiling", "pooled", "hierarchical"];
        let values = [found.ceiling_eval, found.pooled_eval, found.hierarchical_eval];
        let title = "Seven like longer answers, three shorter ones; held-out accuracy";
        Ok(ExactOutcome { figure: bars("length-users", title, &names, &values), findings })
    }

    fn summary(&self) -> &'static str {
        "ten people who like longer or shorter answers: one reward against a model of persons"
    }
}

/// One reward for a majority and a minority, and the choice that is best for the worse off.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MaxMin {
    /// How many times the minority the majority is.
    pub ratios: Vec<usize>,
    /// Names the random streams.
    pub seed: u64,
}

impl Default for MaxMin {
    fn default() -> Self {
        Self { ratios: vec![1, 4, 10], seed: 0 }
    }
}

#[typetag::serde(name = "max-min")]
impl Exact for MaxMin {
    fn check(&self) -> Result<(), Problem> {
        at_least_one("ratios", self.ratios.len())?;
        self.ratios.iter().try_for_each(|&ratio| in_range("ratios", ratio, 1..=50))
    }

    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        self.check()?;
        let mut findings = Vec::new();
        let mut lines: [Vec<(f64, f64)>; 4] = Default::default();
        for &ratio in &self.ratios {
            let setting = studies::MaxMin { ratio, ..studies::MaxMin::default() };
            let found = studies::maxmin(&setting, self.seed)
                .map_err(|error| no_answer("max-min", error))?;
            let of = |name: &str| format!("{name}, {ratio}:1");
            findings.extend([
                finding(of("one reward, accuracy for the minority"), found.single_minority, None),
                finding(of("one reward, accuracy for the majority"), found.single_majority, None),
                finding(of("a reward each, accuracy for the minority"), found.own_minority, None),
                finding(of("people placed in their class"), found.placed, None),
                finding(
                    of("worth of what one reward chooses, minority"),
                    found.chosen_minority,
                    None,
                ),
                finding(of("worth of what leximin chooses, minority"), found.fair_minority, None),
                finding(
                    of("worth of what one reward chooses, majority"),
                    found.chosen_majority,
                    None,
                ),
                finding(of("worth of what leximin chooses, majority"), found.fair_majority, None),
            ]);
            let values = [
                found.single_majority,
                found.single_minority,
                found.own_majority,
                found.own_minority,
            ];
            lines.iter_mut().zip(values).for_each(|(line, y)| line.push((ratio as f64, y)));
        }
        let names = [
            "one reward, majority",
            "one reward, minority",
            "a reward each, majority",
            "a reward each, minority",
        ];
        let series = names.into_iter().zip(lines).map(|(label, points)| Series {
            label: label.to_owned(),
            points,
            ..Series::default()
        });
        let figure = XyFigure {
            name: "max-min".to_owned(),
            title: "One reward leaves a minority behind; two classes do not".to_owned(),
            x_label: "majority for each of the minority".to_owned(),
            y_label: "accuracy".to_owned(),
            series: series.collect(),
            ..XyFigure::default()
        };
        Ok(ExactOutcome { findings, figure })
    }

    fn summary(&self) -> &'static str {
        "one reward for a majority and a minority against latent classes and leximin"
    }
}

/// Some people answer at random: does modelling how reliable each is give the better ranking?
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spammers {
    /// Shares of people who answer at random.
    pub shares: Vec<f64>,
    /// Number of populations of each share.
    pub seeds: usize,
}

impl Default for Spammers {
    fn default() -> Self {
        Self { shares: vec![0.0, 0.15, 0.3, 0.45], seeds: 50 }
    }
}

#[typetag::serde(name = "spammers")]
impl Exact for Spammers {
    fn check(&self) -> Result<(), Problem> {
        at_least_one("shares", self.shares.len())?;
        at_least_one("seeds", self.seeds)?;
        self.shares.iter().try_for_each(|&share| in_range("shares", share, 0.0..=0.9))
    }

    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        self.check()?;
        let seeds: Vec<u64> = (0..self.seeds as u64).collect();
        let mut findings = Vec::new();
        let (mut plain, mut crowd) = (Vec::new(), Vec::new());
        for &share in &self.shares {
            let setting = studies::Spammers { share, ..studies::Spammers::default() };
            let found = studies::spammers(&setting, &seeds)
                .map_err(|error| no_answer("spammers", error))?;
            let of = |name: &str| format!("{name}, {:.0} % at random", 100.0 * share);
            findings.extend([
                finding(of("Kendall tau of Bradley-Terry"), found.tau_plain, None),
                finding(of("Kendall tau of Crowd-BT"), found.tau_crowd, None),
                finding(of("standard error of the difference"), found.error, None),
                finding(of("populations in which Crowd-BT is ahead"), found.wins, None),
            ]);
            plain.push((share, found.tau_plain));
            crowd.push((share, found.tau_crowd));
        }
        let line =
            |label: &str, points| Series { label: label.to_owned(), points, ..Series::default() };
        let figure = XyFigure {
            name: "spammers".to_owned(),
            title: "Rankings of items where some people answer at random".to_owned(),
            x_label: "share of people who answer at random".to_owned(),
            y_label: "Kendall's tau with the true ranking".to_owned(),
            series: vec![line("Bradley-Terry", plain), line("Crowd-BT", crowd)],
            ..XyFigure::default()
        };
        Ok(ExactOutcome { findings, figure })
    }

    fn summary(&self) -> &'static str {
        "people who answer at random: Crowd-BT against Bradley-Terry"
    }
}

/// What distributional models show of the hidden context that a single reward hides.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DistributionalContext {
    /// Names the random streams.
    pub seed: u64,
}

#[typetag::serde(name = "distributional-context")]
impl Exact for DistributionalContext {
    fn compute(&self) -> Result<ExactOutcome, ExactError> {
        let setting = studies::ContextSetting::default();
        let found = studies::distributional_context(&setting, self.seed)
            .map_err(|error| no_answer("distributional-context", error))?;
        let one = medley_theory::hidden_context(found.points)
            .map_err(|error| no_answer("distributional-context", error))?;
        let findings: Vec<ExactFinding> = vec![
            finding("spread of an item's worth, settled", found.sd_settled, None),
            finding("spread of an item's worth, contested", found.sd_contested, None),
            finding("mean-variance, nats a comparison", found.nll_mean_variance, None),
            finding("categorical, nats a comparison", found.nll_categorical, None),
            finding("Bradley-Terry, nats a comparison", one.negative_log_likelihood, None),
            finding("irreducible, nats a comparison", one.irreducible, None),
            finding("share near the mean, settled", found.settled.near_mean, None),
            finding("share near the mean, contested", found.contested.near_mean, None),
            finding("best item by the 1 % quantile", found.cautious_best, None),
        ];
        let names = ["settled", "contested"];
        let values = [found.settled.near_mean, found.contested.near_mean];
        let title = "Share of an item's worth near its mean: two camps have nobody there";
        Ok(ExactOutcome {
            figure: bars("distributional-context", title, &names, &values),
            findings,
        })
    }

    fn summary(&self) -> &'static str {
        "distributional models show two camps where a single reward hides them"
    }
}

/// A point for each name, in their order.
fn bars(name: &str, title: &str, names: &[&str], values: &[f64]) -> XyFigure {
    let series = names.iter().zip(values).enumerate().map(|(place, (name, &value))| Series {
        label: (*name).to_owned(),
        shape: Shape::Points,
        points: vec![(place as f64 + 1.0, value)],
        ..Series::default()
    });
    XyFigure {
        name: name.to_owned(),
        title: title.to_owned(),
        x_label: "in the order of the legend".to_owned(),
        y_label: "share".to_owned(),
        x_scale: Scale::Whole,
        series: series.collect(),
        ..XyFigure::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pets_are_as_published() {
        let outcome = Pets {}.compute().unwrap();
        for found in outcome.findings {
            assert!((found.found - found.expected.unwrap()).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn what_has_no_answer_is_named() {
        let none = MaxMin { ratios: Vec::new(), seed: 0 };
        assert!(none.check().unwrap_err().to_string().contains("`ratios`"));
        let all = Spammers { shares: vec![1.0], seeds: 1 };
        assert!(all.compute().unwrap_err().to_string().contains("0 to 0.9"));
    }
}
