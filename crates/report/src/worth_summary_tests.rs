use super::*;
use crate::sample::{learned_alone, measurement, two_orders, two_sources};
use crate::{LearnedRow, MeasurementRow, aggregate_worth};

fn summary(rows: &[MeasurementRow]) -> String {
    worth_summary(&aggregate_worth(rows, &[], &[]).unwrap())
}

#[test]
fn a_whole_block() {
    let rows = [
        two_sources(0, [0.5, 0.6, 0.7, 0.75]),
        two_sources(1, [0.5, 0.7, 0.6, 0.9]),
        two_sources(2, [0.5, 0.65, f64::NAN, 0.8]),
    ];
    let expect = "\
### Held-out a: accuracy

In share of labels; higher is better. Mean over 2 to 3 seeds. At equal labels.
No feedback: 0.500; all 2 sources: 0.825. Shapley values add up to the difference.

| source | alone | Shapley value | left out |
|---|---:|---:|---:|
| a | 0.650 ±0.058 | +0.163 ±0.175 | +0.175 ±0.250 |
| b | 0.650 ±0.100 | +0.163 ±0.025 | +0.167 ±0.033 |

| source alone | more than no feedback | labels | per 100 labels |
|---|---:|---:|---:|
| a | +0.150 ±0.058 | 100 | +0.150 ±0.058 |
| b | +0.150 ±0.100 | 100 | +0.150 ±0.100 |

| pair | synergy |
|---|---:|
| a + b | +0.025 ±0.150 |

**Incomplete**: seeds 2 lack the value of a subset or of no feedback, and are in no Shapley value and \
no synergy (1 of 3 seeds).

";
    let text = summary(&rows.concat());
    let (head, block) = text.split_at(text.find("### ").unwrap());
    assert!(head.starts_with("## What each source adds\n\n*alone*: "), "{head}");
    assert_eq!(block, expect);
    assert_eq!(summary(&[]), "");
}

#[test]
fn what_is_not_there_is_said() {
    let mut rows = two_sources(0, [0.5, 0.6, 0.7, 0.75]);
    rows[3].labels = 200;
    rows[3].mix = "joint: a + b".into();
    let text = summary(&rows[1..]);
    for expect in [
        "### Held-out a: accuracy, joint\n",
        "One seed. Mixes do not learn from equally many labels",
        "No Shapley values: without feedback there is the majority answer, and a has no accuracy of it.\n",
        "| a | 0.600 | - | +0.050 |\n",
    ] {
        assert!(text.contains(expect), "{expect}: {text}");
    }
    assert!(!text.contains("| pair |") && !text.contains("Incomplete"), "{text}");
}

#[test]
fn hours_where_they_are_known() {
    let rows =
        [two_sources(0, [0.5, 0.6, 0.7, 0.75]), two_sources(1, [0.5, 0.7, 0.6, 0.9])].concat();
    let took = |row| learned_alone(row, (row.sources[0] == "a").then_some(1800.0));
    let alone = rows.iter().filter(|row| row.sources.len() == 1);
    let learned: Vec<LearnedRow> = alone.map(took).collect();
    let text = worth_summary(&aggregate_worth(&rows, &learned, &[]).unwrap());
    for expect in [
        "| labels | per 100 labels | hours | per hour |\n|---|---:|---:|---:|---:|---:|\n",
        "| a | +0.150 ±0.100 | 100 | +0.150 ±0.100 | 0.500 | +0.300 ±0.200 |\n",
        "| b | +0.150 ±0.100 | 100 | +0.150 ±0.100 | - | - |\n",
    ] {
        assert!(text.contains(expect), "{expect}: {text}");
    }
}

#[test]
fn metrics_have_tables_of_their_own() {
    let of = |metric: &str, mix: &str, value| MeasurementRow {
        metric: metric.into(),
        ..measurement(mix, 0, "a", value)
    };
    let metrics = ["brier", "log-likelihood", "accuracy", "rank-correlation"];
    let rows = metrics.map(|metric| {
        [("a", 0.2), ("b", 0.1), ("a+b", 0.4)].map(|(mix, value)| of(metric, mix, value))
    });
    let text = summary(&rows.concat());
    let found: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("### Held-out a: ")).collect();
    assert_eq!(found, ["rank-correlation", "accuracy", "log-likelihood"]);
}

#[test]
fn sampled_orders_are_named_as_such() {
    let (rows, orders) = two_orders();
    let expect = "\
In share of labels; higher is better. Mean over 2 seeds. At equal labels.
No feedback: 0.000; all 3 sources: 0.600. Shapley values add up to the difference. They are means over \
2 sampled orders: 73 % of their variance comes from the choice of orders, the rest from seeds.

| source | alone | Shapley value (2 sampled orders) | left out |
|---|---:|---:|---:|
| a | 0.150 ±0.100 | +0.250 ±0.191 | - |
| c | 0.100 | +0.175 ±0.126 | +0.250 ±0.100 |
| b | - | +0.175 ±0.050 | +0.150 ±0.100 |
";
    let text = worth_summary(&aggregate_worth(&rows, &[], &orders).unwrap());
    assert!(text.contains(expect), "{text}");
    let pairs = "\
| pair | synergy |
|---|---:|
| a + c | +0.200 |

The mixes of the sampled orders do not give: *alone* of b; *left out* of a; *synergy* of a + b, c + b.

";
    assert!(text.ends_with(pairs), "{text}");
    let one = [orders[0].clone()];
    let alone: Vec<_> =
        rows.iter().filter(|row| row.mix != "c" && row.mix != "a + c").cloned().collect();
    let text = worth_summary(&aggregate_worth(&alone, &[], &one).unwrap());
    let expect = "do not give: *alone* of b, c; *left out* of a, b; *synergy* of any pair.\n";
    assert!(text.contains(expect) && text.contains("Shapley value (1 sampled order)"), "{text}");
    let first: Vec<_> = rows.into_iter().filter(|row| row.seed == 0 || row.mix != "c").collect();
    let text = worth_summary(&aggregate_worth(&first, &[], &orders).unwrap());
    for expect in
        ["They are means over 2 sampled orders.\n", "and are in no Shapley value (1 of 2 seeds).\n"]
    {
        assert!(text.contains(expect), "{expect}: {text}");
    }
}
