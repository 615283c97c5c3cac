use super::*;
use crate::sample::{measurement, reference, run};
use crate::{LABEL_CEILING, MAJORITY, aggregate};

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
    let runs = [run("a+b", 1, Some("loss is\nnot finite"))];
    let expect = "\
# sample

Each number is a mean over seeds. In brackets: the mean of the runs' 95 % intervals, which are \
over held-out statements and not over seeds.

**1 failed**, so these seeds are in no number below:

- a + b, seed 1: loss is not finite

## Held-out a: accuracy

In share of labels; higher is better.
Majority: 0.500 to 0.520, by mix.
Label ceiling: 0.950.

| mix | training statements | mean | seeds | range over seeds |
|---|---:|---:|---:|---:|
| a | 100 | 0.750 [0.700, 0.790] | 2 | 0.700 to 0.800 |
| a + b | 100 | 0.900 [0.850, 0.940] | 1 | 0.900 to 0.900 |

";
    assert_eq!(summary(&aggregate(&rows, &runs).unwrap()), expect);
}

#[test]
fn numbers_keep_what_can_be_read() {
    let cases =
        [(-0.71234, "-0.712"), (123.456, "123.5"), (1.5e7, "1.500e7"), (f64::NEG_INFINITY, "-∞")];
    for (value, expect) in cases {
        assert_eq!(number(value), expect);
    }
}
