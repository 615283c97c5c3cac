//! Which source predicts which, as a figure?

use crate::agreement_matrix::matrices;
use crate::agreement_summary::{measured, seeds};
use crate::{AgreementAggregate, AgreementMatrix, ReportError};

/// The figure as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// One matrix a setting.
    pub matrices: Vec<AgreementMatrix>,
    /// What a reader must know about the numbers.
    pub notes: Vec<String>,
}

/// The figure's data.
///
/// # Errors
/// There are no rows.
pub fn agreement(rows: &[AgreementAggregate]) -> Result<Agreement, ReportError> {
    match rows {
        [] => Err(ReportError::Empty("no reward of one source was judged on others".to_owned())),
        _ => Ok(Agreement { matrices: matrices(rows), notes: notes(rows) }),
    }
}

fn notes(rows: &[AgreementAggregate]) -> Vec<String> {
    let intervals = rows.iter().any(|row| row.interval().is_some());
    let below = match intervals {
        true if rows.iter().all(|row| row.seeds < 2) => {
            " Small: 95 % interval, over held-out statements."
        }
        true => " Small: mean 95 % interval of a run, over held-out statements.",
        false => "",
    };
    vec![
        format!("{} {}{below}", measured(rows), seeds(rows)),
        "1: always right; 0: no better than chance; −1: always the reverse.".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate_agreement;
    use crate::sample::agreement as row;

    #[test]
    fn notes_say_what_the_numbers_are() {
        let rows = [row("b", 0, "a", 0.1), row("b", 1, "a", 0.3), row("a", 0, "b", -0.3)];
        let figure = agreement(&aggregate_agreement(&rows).unwrap()).unwrap();
        assert_eq!(figure.matrices.len(), 1);
        assert_eq!(
            figure.notes[0],
            "Rank correlation. Mean over 1 to 2 seeds. Small: mean 95 % interval of a run, over \
             held-out statements."
        );
    }

    #[test]
    fn one_seed_has_no_mean_of_intervals() {
        let figure = agreement(&aggregate_agreement(&[row("b", 0, "a", 0.1)]).unwrap()).unwrap();
        assert!(figure.notes[0].contains("Small: 95 % interval, over"), "{}", figure.notes[0]);
    }

    #[test]
    fn nothing_to_show_is_an_error() {
        assert!(matches!(agreement(&[]), Err(ReportError::Empty(_))));
    }
}
