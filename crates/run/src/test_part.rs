//! On which statements was a run judged, as far as its folder says?

use crate::run_folder::PLAN;
use medley_report::TestPart;
use medley_whole_file::{SETTINGS, read_text};
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Table, Value};

/// What a run of an experiment's folder was judged on, by the plan that lies beside its results.
///
/// # Errors
/// Why it is not known.
pub fn test_part(experiment: &Path, run: &str) -> Result<TestPart, String> {
    let path = experiment.join("runs").join(run).join(PLAN);
    let text = read_text(&path, SETTINGS).map_err(|error| format!("{PLAN} of a run: {error}"))?;
    of_plan(&text)
}

fn of_plan(text: &str) -> Result<TestPart, String> {
    let broken = |what: &str| format!("{PLAN} of a run has no {what}");
    let plan: Table = text.parse().map_err(|_| format!("{PLAN} of a run is no TOML"))?;
    let spec = plan.get("spec").and_then(Value::as_table).ok_or_else(|| broken("`spec`"))?;
    let data = spec.get("dataset").and_then(Value::as_table).ok_or_else(|| broken("dataset"))?;
    let split = data.get("split").and_then(Value::as_table).ok_or_else(|| broken("split"))?;
    let seed = data
        .get("split-seed")
        .and_then(Value::as_integer)
        .ok_or_else(|| broken("seed of its split"))?;
    let made = data.get("generator").map(ToString::to_string);
    let hash = data.get("hash").and_then(Value::as_str).map(str::to_owned);
    let share = |name: &str| split.get(name).map_or(0.0, number);
    let (validation, test) = (share("validation"), share("test"));
    let train = 1.0 - validation - test;
    Ok(TestPart {
        data: hash.or(made).ok_or_else(|| broken("hash of its dataset"))?,
        split: split.to_string().replace('\n', ", "),
        split_seed: seed as u64,
        test_over_train: if train > 0.0 { test / train } else { 0.0 },
        sources: sources(spec),
    })
}

fn number(value: &Value) -> f64 {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)).unwrap_or_default()
}

/// What each source selects and whose answers it has. How its answers are understood is part of what may be
/// compared.
fn sources(spec: &Table) -> BTreeMap<String, String> {
    let feedback = spec.get("feedback").and_then(Value::as_table);
    let said = |of: &Value| {
        let of = |key: &str| of.get(key).map_or_else(|| "all".to_owned(), ToString::to_string);
        format!("select {}, answers {}", of("select"), of("answers"))
    };
    feedback.into_iter().flatten().map(|(name, of)| (name.clone(), said(of))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN_TEXT: &str = r#"
seed = 3
[spec.dataset]
hash = "abc"
split-seed = 3
[spec.dataset.split]
by = "prompt"
validation = 0.15
test = 0.25
[spec.feedback.a.adapter.comparison]
[spec.feedback.b]
answers = "shuffled"
"#;

    #[test]
    fn a_plan_says_what_was_judged() {
        let part = of_plan(PLAN_TEXT).unwrap();
        assert_eq!((part.data.as_str(), part.split_seed), ("abc", 3));
        assert!((part.test_over_train - 0.25 / 0.6).abs() < 1e-12);
        assert_eq!(part.sources["a"], "select all, answers all");
        assert_eq!(part.sources["b"], "select all, answers \"shuffled\"");
    }

    #[test]
    fn what_a_plan_does_not_say_is_named() {
        let without = |line: &str| of_plan(&PLAN_TEXT.replace(line, "")).unwrap_err();
        assert_eq!(without("hash = \"abc\""), "plan.toml of a run has no hash of its dataset");
        assert_eq!(without("split-seed = 3"), "plan.toml of a run has no seed of its split");
        assert_eq!(of_plan("[").unwrap_err(), "plan.toml of a run is no TOML");
    }
}
