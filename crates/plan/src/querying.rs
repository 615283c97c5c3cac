//! Which runs ask, and whether they can.

use crate::{Answered, ExperimentSpec, Mix, PlanError, Point, Protocol, RunQuerying};
use medley_querying::Strategy;
use medley_toml_file::Tagged;
use std::collections::BTreeMap;

impl ExperimentSpec {
    /// Each of these points with its questions chosen by each strategy; none where nothing is asked.
    pub(crate) fn queried(&self, points: &[Point]) -> Vec<Point> {
        let Some(querying) = &self.querying else { return Vec::new() };
        let each = |point: &Point| {
            let of = |(name, strategy): (&String, &Tagged<dyn Strategy>)| {
                let label = format!("{} asked by {name}", point.mix.label);
                let querying = RunQuerying {
                    name: name.clone(),
                    mix: point.mix.label.clone(),
                    seconds: querying.seconds,
                    questions: querying.questions,
                    batch: querying.batch,
                    start: querying.start,
                    answered: answered(&querying.answered, &point.mix),
                    strategy: strategy.clone(),
                    costs: self.ablation.costs().of(&point.mix.sources),
                };
                let mix = Mix { label, ..point.mix.clone() };
                Point { mix, querying: Some(querying), ..point.clone() }
            };
            querying.strategies.iter().map(of).collect::<Vec<_>>()
        };
        points.iter().flat_map(each).collect()
    }

    /// Whether questions can be chosen so.
    pub(crate) fn check_querying(&self) -> Result<(), PlanError> {
        let Some(querying) = &self.querying else { return Ok(()) };
        querying.check().map_err(|problem| problem.within("querying"))?;
        for source in querying.answered.keys() {
            self.known(&["querying", "answered", source], source)?;
        }
        let others = [
            (self.tuning.is_some(), "tuning"),
            (self.ablation.curve.is_some(), "ablation.curve"),
            (self.ablation.protocol != Protocol::Fixed, "ablation.protocol"),
        ];
        if let Some((_, other)) = others.into_iter().find(|(is_there, _)| *is_there) {
            let message =
                format!("it says what runs learn from, and so does `{other}`; leave one out");
            return Err(PlanError::spec(&["querying"], message));
        }
        let members = self.reward_model.members;
        for (name, strategy) in &querying.strategies {
            if strategy.needs().members && members < 2 {
                let tag = strategy.typetag_name();
                let message = format!(
                    "it compares what members predict: expected `reward-model.members` of at least 2, \
                     found {members}"
                );
                return Err(PlanError::spec(&["querying", "strategies", name, tag], message));
            }
        }
        Ok(())
    }
}

/// Of the sources of a mix.
fn answered(all: &BTreeMap<String, Answered>, mix: &Mix) -> BTreeMap<String, Answered> {
    let is_mixed = |(name, _): &(&String, &Answered)| mix.sources.contains(name);
    all.iter().filter(is_mixed).map(|(name, answered)| (name.clone(), *answered)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn read(more: &str) -> Result<ExperimentSpec, String> {
        let text = format!(
            r#"
name = "x"
dataset = {{ path = "data", encoder.steps = {{}} }}
reward-model.members = 3
[feedback]
a.adapter.comparison = {{}}
b.adapter.critique = {{}}
[querying]
{more}
"#
        );
        let spec = ExperimentSpec::read(Path::new("x.toml"), &text);
        spec.map_err(|error| error.to_string())
    }

    #[test]
    fn each_strategy_is_a_run_beside_that_of_everything() {
        let spec = read("seconds = 60.0\nstrategies = { gain.information = {}, any.uniform = {} }");
        let spec = spec.unwrap();
        spec.check().unwrap();
        let labels = spec.points().unwrap().into_iter().map(|point| point.mix.label);
        let expected = ["a + b", "a + b asked by any", "a + b asked by gain"];
        assert_eq!(labels.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        let check = |more: &str, expect: &str| {
            let found = match read(more) {
                Ok(spec) => spec.check().unwrap_err().to_string(),
                Err(error) => error,
            };
            assert!(found.contains(expect), "{more}: {found}");
        };
        let any = "strategies.any.uniform = {}";
        check(&format!("seconds = 0.0\n{any}"), "seconds");
        check(&format!("questions = 0\n{any}"), "questions");
        check(any, "found neither");
        check(&format!("questions = 5\nseconds = 5.0\n{any}"), "found both");
        check(&format!("questions = 5\nbatch = 0\n{any}"), "batch");
        check(&format!("questions = 5\nstart = 0\n{any}"), "start");
        check("questions = 5\nstrategies = {}", "at least one strategy");
        let share = |share: &str| format!("questions = 5\n{any}\nanswered.a = {{ {share} }}");
        check(
            &share("share = 0.0"),
            "`querying.answered.a.share`: a number above 0, at most 1, is",
        );
        check(&share("share = 1.5"), "found 1.5");
        check(&share("share = nan"), "found NaN");
        check(&share("share = 0.5, spread = -1.0"), "`querying.answered.a.spread`");
        check(&share("share = 0.5, speed = 1"), "speed");
        check(
            &format!("questions = 5\n{any}\nanswered.c = {{ share = 0.5 }}"),
            "`querying.answered.c`: unknown source `c`, expected one of `a`, `b`",
        );
        check("questions = 5\nstrategies.any.oracle = {}", "oracle");
        check("questions = 5\nstrategies.any.uniform = { speed = 1 }", "speed");
        let protocol = "\n[ablation]\nprotocol = \"equal-labels\"";
        check(&format!("questions = 5\n{any}{protocol}"), "ablation.protocol");
    }

    #[test]
    fn one_member_disagrees_with_nobody() {
        let mut spec = read("questions = 5\nstrategies.d.disagreement = {}").unwrap();
        spec.check().unwrap();
        spec.reward_model.members = 1;
        let error = spec.check().unwrap_err().to_string();
        assert!(error.contains("at least 2, found 1"), "{error}");
    }
}
