use super::*;
use crate::sample::agreement;
use crate::{AgreementRow, aggregate_agreement};

fn summary(rows: &[AgreementRow]) -> String {
    agreement_summary(&aggregate_agreement(rows).unwrap())
}

#[test]
fn the_whole_text() {
    let chance = |row: AgreementRow| AgreementRow {
        metric: "accuracy-above-chance".into(),
        low: None,
        ..row
    };
    let rows = [
        agreement("a", 0, "a", 0.4),
        agreement("a", 1, "a", 0.5),
        agreement("a", 0, "b|c", 0.2),
        chance(agreement("a", 0, "d", 0.3)),
        agreement("b|c", 0, "a", 0.02),
    ];
    let expect = "\
## Who predicts whom

A row is a reward that is learned from one source alone, in two folds of clusters; a column judges \
it on the statements of a source that it was not fitted on. 1 is always right, 0 no better than \
chance, -1 always the reverse.
Rank correlation for a, b|c; accuracy above chance for d. Mean over 1 to 2 seeds.

| learned from | a | b\\|c | d |
|---|---:|---:|---:|
| a | 0.450 [0.400, 0.490] | 0.200 [0.150, 0.240] | 0.300 |
| b\\|c | 0.020 [-0.030, 0.060] | - | - |

- In one direction only: a predicts b|c.
- Nothing can be said of: a and d.

";
    assert_eq!(summary(&rows), expect);
    assert_eq!(summary(&[]), "");
}

#[test]
fn pairs_of_one_verdict_stand_in_one_line() {
    let values = [
        ("a", "b", 0.2, 0.3),
        ("a", "c", -0.2, -0.3),
        ("b", "c", 0.2, -0.3),
        ("a", "d", 0.0, 0.0),
        ("b", "d", 0.1, 0.1),
        ("c", "d", 0.0, -0.2),
    ];
    let rows: Vec<AgreementRow> = values
        .into_iter()
        .flat_map(|(k, j, forth, back)| [agreement(k, 0, j, forth), agreement(j, 0, k, back)])
        .collect();
    let text = summary(&rows);
    let expect = "
- Agree, each predicting the other: a and b; b and d.
- Oppose each other, each predicting the reverse of the other: a and c.
- In one direction only: d predicts the reverse of c.
- Not the same in both directions: b predicts c, c predicts the reverse of b.
- Nothing can be said of: a and d.

";
    assert!(text.ends_with(expect), "{text}");
    assert!(text.contains("\nRank correlation. One seed.\n"), "{text}");
}

#[test]
fn each_setting_has_a_table() {
    let later =
        AgreementRow { setting: "training.epochs = 3".into(), ..agreement("a", 0, "a", 0.4) };
    let text = summary(&[agreement("a", 0, "a", 0.1), later]);
    assert_eq!(text.matches("| learned from | a |").count(), 2);
    assert!(text.contains("\n### training.epochs = 3\n\n| learned from"), "{text}");
}
