use super::*;
use crate::aggregate_exchange;
use crate::sample::{curve_with_help, learned_of};

fn summary(seconds: Option<f64>) -> String {
    let rows = curve_with_help();
    exchange_summary(&aggregate_exchange(&rows, &learned_of(&rows, 10, seconds)).unwrap())
}

#[test]
fn a_table_of_rates() {
    let text = summary(None);
    let table = text.split("### ").nth(1).unwrap();
    assert_eq!(
        table,
        "Held-out a: worth by rank-correlation\n\n\
         In statements of a for one of the other. Mean over 3 seeds.\n\n\
         | line | statements | with | more than alone | as good as | one is worth | these splits | new sample |\n\
         |---|---:|---|---:|---:|---:|---:|---:|\n\
         | helped | 25 | 10 b | +0.050 ±0.012 | 35 | +1.036 | 0.764 to 1.330 | 0.271 to 2.010 |\n\
         | helped | 50 | 10 b | +0.040 ±0.061 | ≥ 50 | ≥ 0.000 | -0.680 to open | open to open |\n\n"
    );
}

#[test]
fn minutes_where_costs_are_known() {
    let text = summary(Some(3.0));
    assert!(text.contains("| new sample | a minute is worth, minutes |\n"), "{text}");
    assert!(text.contains("0.271 to 2.010 | +1.036 |\n"), "{text}");
}

#[test]
fn a_flat_curve_is_said_once() {
    let mut rows = curve_with_help();
    for row in rows.iter_mut().filter(|row| row.role == crate::LearningRole::Baseline) {
        row.value = 0.1 * row.seed as f64;
    }
    let found = aggregate_exchange(&rows, &learned_of(&rows, 10, None)).unwrap();
    let text = exchange_summary(&found);
    assert!(text.contains("| helped | 25 | 10 b | - | - | none | - | - |\n"), "{text}");
    assert_eq!(text.matches("the curve is flat: from 25 to 50 statements").count(), 1, "{text}");
    assert_eq!(exchange_summary(&[]), "");
}
