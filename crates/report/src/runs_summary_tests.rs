use super::*;
use crate::sample::measurement;
use crate::{MeasurementRow, aggregate_runs};

fn rows(mix: &str, values: &[f64]) -> Vec<MeasurementRow> {
    (0..).zip(values).map(|(seed, value)| measurement(mix, seed, "a", *value)).collect()
}

fn summary(rows: &[MeasurementRow]) -> String {
    runs_summary(&aggregate_runs(rows).unwrap())
}

#[test]
fn a_row_has_all_of_a_mix() {
    let all = [
        rows("a", &[0.50, 0.52, 0.54, 0.56, 0.58]),
        rows("b", &[0.4; 4]),
        rows("a+b", &[0.60, 0.63, 0.64, 0.67, 0.68]),
    ];
    let text = summary(&all.concat());
    assert!(text.starts_with("## Over seeds\n\n"), "{text}");
    for expect in [
        "### Held-out a: accuracy\n\nIn share of labels; higher is better. 5 seeds. The best source \
         alone is a. Of so few seeds the least p is 0.125: no p can be small.\n",
        "\n| mix | mean | IQM | seeds | no value | P | difference | d_z | p | q |\n",
        " | 5 | 0 | - | - | - | - | - |\n",
        "\n| b | 0.400 | 0.400 | 4 | 1 | 0.000 [0.000, 0.490] | -0.130 | -5.0 | 0.125 | 0.125 |\n",
        "| 5 | 0 | 1.000 [0.566, 1.000] | +0.104 | +19.0 | 0.125 | 0.125 |\n",
    ] {
        assert!(text.contains(expect), "{expect}: {text}");
    }
    assert_eq!(summary(&[]), "");
}

#[test]
fn many_seeds_need_no_warning() {
    let values = |shift: f64| (0..7).map(|seed| shift + 0.01 * f64::from(seed * seed)).collect();
    let all: [Vec<f64>; 2] = [values(0.5), values(0.6)];
    let text = summary(&[rows("a", &all[0]), rows("a+b", &all[1])].concat());
    assert!(text.contains("7 seeds. The best source alone is a.\n"), "{text}");
    let text = summary(&rows("a+b", &all[0]));
    assert!(text.contains("No source was mixed alone, so that nothing is compared.\n"), "{text}");
}
