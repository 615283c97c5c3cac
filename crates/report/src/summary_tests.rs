use super::*;
use crate::sample::{learned_alone, measurement, reference, run};
use crate::{LABEL_CEILING, LearnedRow, MAJORITY, MeasurementRow, RunRow, Stopped, aggregate};

/// Rationality of a source: shared by all people or a deviation, as fitted on a part.
fn response(mix: &str, annotator: Option<&str>, fitted_on: FittedOn, value: f64) -> ResponseRow {
    ResponseRow {
        run: format!("{mix}-0"),
        mix: mix.replace('+', " + "),
        setting: String::new(),
        seed: 0,
        fitted_on,
        source: "a".into(),
        parameter: "rationality".into(),
        annotator: annotator.map(str::to_owned),
        position: 0,
        member: 0,
        value,
    }
}

#[test]
fn the_whole_text() {
    let rows = [
        measurement("a", 0, "a", 0.7),
        measurement("a", 1, "a", 0.8),
        measurement("a+b", 0, "a", 0.9),
        reference(MAJORITY, "a", "a", 0.5),
        reference(MAJORITY, "a+b", "a", 0.52),
        reference(LABEL_CEILING, "a", "a", 0.95),
    ];
    let ended = |stopped, seed| RunRow {
        stopped: Some(stopped),
        steps: 300 + seed,
        ..run("a", seed, None)
    };
    let failed = run("a+b", 1, Some("loss is\nnot finite"));
    let open = [ended(Stopped::Epochs, 1), ended(Stopped::Unsettled, 2)];
    let runs: Vec<RunRow> = [failed, run("a", 0, None)].into_iter().chain(open).collect();
    // The first counts: the others are of a person, and fitted for evaluation.
    let responses = [
        response("a+b", None, FittedOn::Train, 1.5),
        response("a+b", Some("ann"), FittedOn::Train, 7.0),
        response("a+b", None, FittedOn::Validation, 9.0),
    ];
    let expect = "\
# sample

Each number is a mean over seeds. In brackets: the mean of the runs' 95 % intervals, which are \
over held-out statements and not over seeds.

**1 failed**, so these seeds are in no number below:

- a + b, seed 1: loss is not finite

**Ended at the limit of epochs**, before held-out log-likelihood stopped rising (or without a \
validation part to tell): more epochs, `min-steps` or a larger rate may change these.

- a, seeds 1: at least 301 steps

**Not settled**: no optimum was found, the width of a prior still moved after the last round, or \
chains have not mixed (more `rounds`, or more draws, may help); of `last-layer`, the network \
may have reached its limit of epochs too.

- a, seeds 2: at least 302 steps

**Few clusters**: intervals over fewer than 50 prompts, episodes or people may be too narrow (of 20, they \
hold the truth in 90 to 93 % where 95 is said; of statements about pairs they are too wide): a (25).

## Held-out a: accuracy

In share of labels; higher is better.
Majority: 0.500 to 0.520, by mix.
Label ceiling: 0.950.

| mix | training statements | mean | seeds | range over seeds |
|---|---:|---:|---:|---:|
| a | 100 | 0.750 [0.700, 0.790] | 2 | 0.700 to 0.800 |
| a + b | 100 | 0.900 [0.850, 0.940] | 1 | 0.900 to 0.900 |

## Response models

Parameters of how people answer, as fitted with the reward, in natural units; `responses.parquet` has \
all of them, also by annotator and as fitted for evaluation.

| mix | source | parameter | mean | range |
|---|---|---|---:|---|
| a + b | a | rationality | 1.500 | 1.500 to 1.500 |

";
    let text = summary(&aggregate(&rows, &runs).unwrap(), &[]) + &responses_summary(&responses);
    assert_eq!(text, expect);
    assert_eq!(responses_summary(&responses[1..]), "");
    let many = rows.map(|row| MeasurementRow { clusters: 50, ..row });
    assert!(!summary(&aggregate(&many, &[]).unwrap(), &[]).contains("Few clusters"));
}

#[test]
fn points_of_a_grid_are_told_apart() {
    let settings = ["rate = 1", "rate = 2"];
    let rows = settings
        .map(|setting| MeasurementRow { setting: setting.into(), ..measurement("a", 0, "a", 0.7) });
    let failed = RunRow { setting: settings[0].into(), ..run("a", 3, Some("diverged")) };
    let cut =
        RunRow { stopped: Some(Stopped::Epochs), setting: settings[1].into(), ..run("a", 0, None) };
    let text = summary(&aggregate(&rows, &[failed, cut]).unwrap(), &[]);
    for line in [
        "- a, rate = 1, seed 3: diverged\n",
        "- a, rate = 2, seeds 0: at least 900 steps\n",
        "| a, rate = 1 | 100 |",
        "| a, rate = 2 | 100 |",
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    let responses = settings.map(|setting| ResponseRow {
        setting: setting.into(),
        ..response("a", None, FittedOn::Train, 1.0)
    });
    let text = responses_summary(&responses);
    assert!(text.contains("| a, rate = 1 | a |") && text.contains("| a, rate = 2 | a |"), "{text}");
}

#[test]
fn a_source_or_parameter_does_not_end_a_cell() {
    let named = ResponseRow {
        source: "a|b".to_owned(),
        parameter: "c|d".to_owned(),
        ..response("m|n", None, FittedOn::Train, 1.0)
    };
    let text = responses_summary(&[named]);
    assert!(text.contains("| m\\|n | a\\|b | c\\|d | 1.000 |"), "{text}");
}

#[test]
fn numbers_keep_what_can_be_read() {
    let cases =
        [(-0.71234, "-0.712"), (123.456, "123.5"), (1.5e7, "1.500e7"), (f64::NEG_INFINITY, "-∞")];
    for (value, expect) in cases {
        assert_eq!(number(value), expect);
    }
}

#[test]
fn what_is_right_at_a_nominal_level_is_not_better_above_it() {
    let covered = MeasurementRow {
        direction: crate::Direction::Nominal,
        unit: "share of true differences in the 90 % interval".to_owned(),
        metric: "interval-coverage".to_owned(),
        ..measurement("a", 0, crate::TRUE_REWARD, 1.0)
    };
    let text = summary(&aggregate(&[covered], &[]).unwrap(), &[]);
    let expect = "in the 90 % interval; nearer to the nominal level is better.";
    assert!(text.contains(expect), "{text}");
}

#[test]
fn a_control_is_named_as_one() {
    let runs = [measurement("a", 0, "a", 0.7), measurement("b", 0, "a", 0.6)];
    let aggregates = aggregate(&runs, &[]).unwrap();
    let [people, control] = &runs;
    let people = learned_alone(people, None);
    let control =
        LearnedRow { control: Some("shuffled".to_owned()), ..learned_alone(control, None) };
    assert!(!summary(&aggregates, std::slice::from_ref(&people)).contains("Controls"));
    let text = summary(&aggregates, &[people, control.clone(), control]);
    let expect = "are not what people said: b (shuffled). What";
    assert!(text.contains(expect), "{text}");
}

#[test]
fn runs_without_a_reward_for_all_are_named() {
    let rows = [measurement("a", 0, "a", 0.7), measurement("a+b", 0, "a", 0.6)];
    let opposed = |seed, names: &str| RunRow {
        reason: Some(format!("{names} oppose each other")),
        ..run("a+b", seed, None)
    };
    let runs = [run("a", 0, None), opposed(3, "a, b"), opposed(1, "a, b"), opposed(2, "b, a")];
    let aggregates = aggregate(&rows, &runs).unwrap();
    assert!(aggregates.failures.is_empty());
    let text = summary(&aggregates, &[]);
    let lines = "\n- a + b, seeds 1, 3: a, b oppose each other\n- a + b, seeds 2: b, a oppose each other\n\n";
    assert!(text.contains(lines) && text.contains("**No reward for all**"), "{text}");
    assert!(!summary(&aggregate(&rows, &runs[..1]).unwrap(), &[]).contains("No reward"));
}
