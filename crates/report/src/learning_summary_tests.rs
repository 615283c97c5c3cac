use super::*;
use crate::sample::learning;
use crate::{LearningRow, aggregate_learning};

fn summary(rows: &[LearningRow]) -> String {
    learning_summary(&aggregate_learning(rows).unwrap())
}

/// Values of a line at a number of statements under seeds 0, 1, ..
fn line(line: &'static str, statements: u64, values: &[f64]) -> Vec<LearningRow> {
    (0..).zip(values).map(|(seed, value)| learning(line, statements, seed, *value)).collect()
}

#[test]
fn the_whole_text() {
    let mut rows = [
        line("alone", 25, &[0.1, 0.2, 0.3]),
        line("alone", 50, &[0.2, 0.3]),
        line("joint|a + b", 25, &[0.14, 0.26, 0.38]),
        line("joint|a + b", 50, &[-0.1, 0.0, 0.2]),
        line("related", 25, &[0.1, 0.2]),
    ]
    .concat();
    rows.push(LearningRow { metric: "brier".into(), ..learning("alone", 25, 0, 0.4) });
    let expect = "\
## Learning curves

Only so many statements of the judged source are learned from, and all of the other sources of a \
line, or as many as `others` says. Each number is a mean over seeds, which are splits. In parentheses: the difference to the \
baseline, which is the judged source alone, at the same number of statements on the same seeds, ± \
two standard errors over these splits; [ ] half width for a new sample of such data (Nadeau and \
Bengio 2003). `learning.parquet` has all metrics.

### Held-out a: rank-correlation

In Spearman rho; higher is better. Mean over 2 to 3 seeds.

| statements of a | 25 | 50 |
|---|---:|---:|
| alone (baseline) | 0.200 | 0.250 |
| joint\\|a + b | 0.260 (+0.060 ±0.023 [0.07]) | 0.033 (-0.300) |
| related | 0.150 (0.000) | - |

p of no difference in a new sample of such data, after Holm's correction over the lines of a column; in \
parentheses q, after Benjamini and Hochberg's: of the lines with a q of at most 0.05, at most 5 % are \
expected to be false findings:

| statements of a | 25 | 50 |
|---|---:|---:|
| joint\\|a + b | 0.067 (0.067) | - |
| related | - | - |

**Incomplete**: a seed without a value is in no mean, and in no difference.

- alone, 50 statements: no value under seeds 2
- joint|a + b, 50 statements: difference over 2 seeds, without 0 that only the baseline completed \
and 1 that only the line did
- related, 25 statements: no value under seeds 2; difference over 2 seeds, without 1 that only the \
baseline completed and 0 that only the line did

";
    assert_eq!(summary(&rows), expect);
    assert_eq!(summary(&[]), "");
}

#[test]
fn one_seed_has_no_interval() {
    let rows = [line("alone", 25, &[0.1]), line("joint", 25, &[0.3])].concat();
    let text = summary(&rows);
    assert!(text.contains("\n| joint | 0.300 (+0.200) |\n\n"), "{text}");
    assert!(text.contains("higher is better. One seed.\n"), "{text}");
    assert!(!text.contains("p of no difference") && !text.contains("Incomplete"), "{text}");
}

#[test]
fn metrics_are_chosen_for_each_source() {
    let headings = |metrics: &[&str]| -> Vec<String> {
        let row = |metric: &&str| LearningRow {
            metric: (*metric).to_owned(),
            ..learning("alone", 25, 0, 0.1)
        };
        let other = LearningRow { source: "b".into(), ..row(&"accuracy") };
        let rows: Vec<LearningRow> = metrics.iter().map(row).chain([other]).collect();
        let text = summary(&rows);
        let of_a = text.lines().filter_map(|line| line.strip_prefix("### Held-out a: "));
        assert!(text.contains("### Held-out b: accuracy"), "{text}");
        of_a.map(str::to_owned).collect()
    };
    let both = ["rank-correlation", "log-likelihood"];
    assert_eq!(headings(&["log-likelihood", "accuracy", "brier", "rank-correlation"]), both);
    assert_eq!(headings(&["log-likelihood", "accuracy"]), ["accuracy", "log-likelihood"]);
    assert_eq!(headings(&["brier", "ece"]), ["brier", "ece"]);
}

#[test]
fn numbers_are_short() {
    let signs = [(0.0331, "+0.033"), (-0.02, "-0.020"), (-0.0004, "0.000"), (f64::INFINITY, "+∞")];
    signs.into_iter().for_each(|(value, expect)| assert_eq!(signed(value), expect));
    let widths = [(0.0834, "0.08"), (0.0049, "0.005"), (2.345, "2.35"), (123.4, "123.4")];
    widths.into_iter().for_each(|(width, expect)| assert_eq!(half(width), expect));
    assert_eq!([chance(0.0004), chance(0.25)], ["< 0.001", "0.250"]);
}
