use super::*;
use crate::sample::{measurement, two_orders, two_sources};
use crate::{MeasurementRow, aggregate_worth};

const METRICS: [&str; 3] = ["rank-correlation", "accuracy", "log-likelihood"];

fn of(rows: &[MeasurementRow]) -> Result<WorthFigure, ReportError> {
    worth(&aggregate_worth(rows, &[], &[]).unwrap(), &METRICS)
}

#[test]
fn a_source_stands_under_the_first_metric_with_values() {
    let mut rows = two_sources(0, [0.5, 0.6, 0.7, 0.75]).to_vec();
    // One of the three subsets has no order.
    let order = |row: MeasurementRow| MeasurementRow { metric: "rank-correlation".into(), ..row };
    rows.extend(["a", "b"].map(|mix| order(measurement(mix, 0, "a", 0.2))));
    let figure = of(&rows).unwrap();
    let [panel] = figure.panels.as_slice() else { panic!("{figure:?}") };
    assert_eq!((&*panel.title, &*panel.metric), ("test: a", "accuracy"));
    rows.push(order(measurement("a+b", 0, "a", 0.3)));
    assert_eq!(of(&rows).unwrap().panels[0].metric, "rank-correlation");
}

#[test]
fn notes_say_what_the_numbers_are() {
    let one = two_sources(0, [0.5, 0.6, 0.7, 0.75]);
    assert_eq!(of(&one).unwrap().notes[1..], ["One seed. At equal labels."]);
    let mut two = two_sources(1, [0.5, 0.7, 0.6, 0.9]);
    two[3].labels = 200;
    let third = two_sources(2, [0.5, 0.7, 0.6, 0.9]);
    let notes = of(&[&one[..], &two, &third[..2]].concat()).unwrap().notes;
    assert_eq!(
        notes[1],
        "Mean over 2 to 3 seeds. Mixes do not learn from equally many labels: numbers are about \
         sources and their labels. Whiskers and ±: two standard errors over these splits, not for a \
         new sample."
    );
    assert_eq!(notes[2], "Seeds that lack the value of a subset are left out.");
}

#[test]
fn nothing_to_show_is_an_error() {
    let one = two_sources(0, [0.5, 0.6, 0.7, 0.75]);
    for rows in [&one[1..], &one[..2]] {
        assert!(matches!(of(rows), Err(ReportError::Empty(_))));
    }
}

#[test]
fn notes_name_sampled_orders() {
    let (rows, orders) = two_orders();
    let found = aggregate_worth(&rows, &[], &orders).unwrap();
    let notes = worth(&found, &METRICS).unwrap().notes;
    let expect = "Left: Shapley value, the mean gain of adding the source, over 2 sampled orders of adding \
                  sources. Right: synergy, what two sources add beyond what each adds alone, or blank where \
                  not run.";
    assert_eq!(notes[0], expect);
    assert!(
        notes[1].ends_with("(whiskers: and over other orders), not for a new sample."),
        "{notes:?}"
    );
}
