//! Experiments: accepted as what they say, or refused at their line.

use medley_plan::{ExperimentSpec, PlanError};
use std::path::Path;

pub fn spec(text: &str) {
    let file = Path::new("some.toml");
    let refused = |error: PlanError| match error.located(file, text) {
        PlanError::Parse(spec) => {
            let lines = text.lines().count() + 1;
            assert!((1..=lines).contains(&spec.line), "line {} of {}: {}", spec.line, lines, spec);
            assert!(spec.message.len() > 3, "{}", spec);
        }
        other => assert!(other.to_string().len() > 10, "{}", other),
    };
    let spec = match ExperimentSpec::read(file, text) {
        Ok(spec) => spec,
        Err(error) => return refused(error),
    };
    if let Err(error) = spec.check() {
        return refused(error);
    }
    let once = toml::to_string(&spec).unwrap();
    let again = ExperimentSpec::read(file, &once);
    let again = again.unwrap_or_else(|error| panic!("{error}\nwritten:\n{once}"));
    assert_eq!(toml::to_string(&again).unwrap(), once);
}
