//! Does feedback from a known reward teach its order, and does the fitted model beat a trivial one?

use crate::conformance::Verdict;
use crate::conformance::fit::fitted;
use crate::conformance::probe::{Probe, Setting};
use crate::conformance::subject::Subject;
use crate::conformance::world::{Truth, stored, world};
use medley_evaluation::{Bootstrap, Metric, Options, Scored, majority, measure, spearman};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

pub(super) fn recovery(subject: &Subject<'_>) -> Verdict {
    match subject.fixture.simulate {
        None => Verdict::Skipped("the fixture simulates nobody"),
        Some(simulate) => Verdict::from(recover(subject, simulate)),
    }
}

fn recover(subject: &Subject<'_>, simulate: crate::conformance::Simulation) -> Result<(), String> {
    let dataset = world(60, 21).map_err(|error| error.to_string())?;
    let truth = Truth { features: stored(&dataset), dataset, weights: vec![2.0, -1.0, 0.5] };
    let records = simulate(&truth, &mut ChaCha8Rng::seed_from_u64(22));
    let answered = records.completed(&truth.dataset)?.on(&truth.dataset)?;
    let setting = Setting { dataset: &answered, features: &truth.features, ..subject.setting() };
    let probe = subject.bind_as(setting)?;
    let numbers = fitted(&probe);
    let learned = probe.returns(&numbers);
    let known: Vec<f64> = (0..learned.len()).map(|segment| truth.mean(segment)).collect();
    let least = subject.fixture.recovery;
    match spearman(&known, &learned) {
        Some(rho) if rho >= least => {}
        rho => {
            return Err(format!(
                "true and learned returns have Spearman correlation {rho:?}, expected at least {least}"
            ));
        }
    }
    beats_the_trivial(
        &probe,
        Scored {
            responses: probe.objective.responses(),
            judgements: probe.judge(&numbers),
            returns: Default::default(),
        },
    )
}

/// Metrics of the fitted model, where there are any, against those of a model without a reward.
fn beats_the_trivial(probe: &Probe<'_>, fitted: Scored) -> Result<(), String> {
    let of = |scored: &Scored, metric: Metric| {
        let options =
            Options { bootstrap: Bootstrap { replicates: 0, seed: 0 }, ..Options::default() };
        let found = measure(scored, &options).into_iter().find(|m| m.metric == metric);
        found.map(|measurement| measurement.estimate.value)
    };
    let correlation = of(&fitted, Metric::RankCorrelation);
    if correlation.is_some_and(|rho| rho.is_nan() || rho <= 0.0) {
        return Err(format!(
            "predicted and observed values have rank correlation {correlation:?}, expected above 0"
        ));
    }
    let answers = probe.objective.answers(&probe.all());
    let trivial = majority(&answers, &answers).map_err(|error| error.to_string())?;
    for metric in [Metric::LogLikelihood, Metric::Accuracy] {
        if let (Some(found), Some(trivial)) = (of(&fitted, metric), of(&trivial, metric))
            && (found.is_nan() || found <= trivial)
        {
            return Err(format!(
                "{metric} of the fitted model is {found}, and {trivial} without a reward"
            ));
        }
    }
    Ok(())
}
