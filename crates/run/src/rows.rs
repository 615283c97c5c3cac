//! Judgements and answers to rows of tables.

use medley_evaluation::{
    Answers, Ceiling, CeilingKind, ChoiceBounds, Direction, Metric, Scored, choice_bounds,
    label_ceiling, measure, reliability, scalar_reward_ceiling,
};
use medley_plan::{Plan, RunPlan};
use medley_report::{
    BEST_POSSIBLE, CHANCE, LABEL_CEILING, MeasurementRow, ReliabilityRow, SCALAR_CEILING,
};

/// An end of an interval; none where there is no interval.
pub(crate) fn finite(end: f64) -> Option<f64> {
    end.is_finite().then_some(end)
}

/// Notes as one; none if there are none.
pub(crate) fn joined(notes: [Option<String>; 2]) -> Option<String> {
    notes.into_iter().flatten().reduce(|all, note| format!("{all}; {note}"))
}

/// Makes table rows of one run.
pub(crate) struct Rows<'a> {
    pub plan: &'a Plan,
    pub run: &'a RunPlan,
    /// Statements trained on.
    pub labels: u64,
}

impl Rows<'_> {
    /// All metrics of some judgements.
    pub fn of(
        &self,
        source: &str,
        estimator: &str,
        scored: &Scored,
        note: Option<&str>,
    ) -> Vec<MeasurementRow> {
        measure(scored, &self.run.spec.evaluation.measure)
            .into_iter()
            .map(|measurement| {
                let estimate = measurement.estimate;
                MeasurementRow {
                    value: estimate.value,
                    low: finite(estimate.low),
                    high: finite(estimate.high),
                    count: estimate.n as u64,
                    clusters: estimate.clusters as u64,
                    note: note.map(str::to_owned),
                    ..self.row(source, measurement.metric, estimator)
                }
            })
            .collect()
    }

    /// What the best of all models could reach.
    pub fn ceilings(&self, source: &str, answers: &Answers) -> Vec<MeasurementRow> {
        let labels = Metric::ALL
            .into_iter()
            .filter_map(|metric| Some((metric, LABEL_CEILING, label_ceiling(answers, metric)?)));
        let scalar = scalar_reward_ceiling(answers)
            .map(|ceiling| (Metric::Accuracy, SCALAR_CEILING, ceiling));
        labels
            .chain(scalar)
            .map(|(metric, estimator, ceiling)| {
                let Ceiling { value, statements, .. } = ceiling;
                MeasurementRow {
                    value,
                    count: statements as u64,
                    note: Some(ceiling_note(&ceiling)),
                    ..self.row(source, metric, estimator)
                }
            })
            .collect()
    }

    /// What choosing at random and choosing by the answers themselves get, under each metric of
    /// choosing.
    pub fn choices(&self, source: &str, answers: &Answers) -> Vec<MeasurementRow> {
        let of_metric = |metric| {
            let ChoiceBounds { chance, best, sets, questions } = choice_bounds(answers, metric)?;
            let row = |estimator, value, note: Option<&str>| MeasurementRow {
                value,
                count: sets as u64,
                clusters: questions as u64,
                note: note.map(str::to_owned),
                ..self.row(source, metric, estimator)
            };
            Some([row(CHANCE, chance, None), row(BEST_POSSIBLE, best, Some(KNOWN))])
        };
        Metric::ALL.into_iter().filter_map(of_metric).flatten().collect()
    }

    /// The reliability diagram of some judgements.
    pub fn reliability(&self, source: &str, scored: &Scored) -> Vec<ReliabilityRow> {
        let options = &self.run.spec.evaluation.measure;
        let bins = reliability(scored, options.bins, &options.bootstrap);
        bins.into_iter()
            .map(|bin| ReliabilityRow {
                run: self.run.id.clone(),
                mix: self.run.subject.label().to_owned(),
                setting: self.run.setting.to_string(),
                seed: self.run.seed,
                source: source.to_owned(),
                bin: bin.bin as u64,
                predicted: bin.predicted,
                observed: bin.observed,
                low: finite(bin.observed_low),
                high: finite(bin.observed_high),
                count: bin.count as u64,
            })
            .collect()
    }

    fn row(&self, source: &str, metric: Metric, estimator: &str) -> MeasurementRow {
        let of = (metric.key(), metric.unit(), metric.direction());
        self.row_of(source, of, estimator)
    }

    /// A row without a number, by the key of its metric, its unit and direction.
    pub fn row_of(
        &self,
        source: &str,
        (metric, unit, direction): (&str, &str, Direction),
        estimator: &str,
    ) -> MeasurementRow {
        MeasurementRow {
            experiment: self.plan.spec.name.clone(),
            run: self.run.id.clone(),
            mix: self.run.subject.label().to_owned(),
            setting: self.run.setting.to_string(),
            sources: self.run.subject.sources().to_vec(),
            seed: self.run.seed,
            labels: self.labels,
            source: source.to_owned(),
            metric: metric.to_owned(),
            unit: unit.to_owned(),
            direction,
            estimator: estimator.to_owned(),
            value: f64::NAN,
            low: None,
            high: None,
            count: 0,
            clusters: 0,
            note: None,
        }
    }
}

/// Of the best possible choice.
const KNOWN: &str =
    "chosen by the same statements that judge it, so partly luck where they are few";

/// Over which models a ceiling is the best, and how much stands behind it.
fn ceiling_note(ceiling: &Ceiling) -> String {
    let bound = if ceiling.exact { "exact on these labels" } else { "a bound" };
    let repeated = ceiling.repeated;
    match ceiling.kind {
        CeilingKind::Labels => format!("{bound}; {repeated} items have more than one statement"),
        CeilingKind::ScalarReward => format!(
            "{bound}, for orders of segments: a learned side offset can exceed it; {repeated} \
             pairs have more than one statement"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ceiling_says_over_what_it_is_the_best() {
        let ceiling = Ceiling {
            value: 0.9,
            kind: CeilingKind::Labels,
            exact: true,
            statements: 30,
            repeated: 2,
        };
        let labels = "exact on these labels; 2 items have more than one statement";
        assert_eq!(ceiling_note(&ceiling), labels);
        let scalar = Ceiling { kind: CeilingKind::ScalarReward, exact: false, ..ceiling };
        assert_eq!(
            ceiling_note(&scalar),
            "a bound, for orders of segments: a learned side offset can exceed it; 2 pairs have \
             more than one statement"
        );
    }
}
