//! Which rows and columns does the table of who predicts whom have?

use crate::AgreementAggregate;
use crate::mix::distinct;

/// Who predicts whom in one setting.
#[derive(Clone, Debug, PartialEq)]
pub struct AgreementMatrix {
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// The rows: sources that a reward is learned from.
    pub trained_on: Vec<String>,
    /// The columns: sources that are judged, in the order of the rows, then those that no reward
    /// is learned from.
    pub sources: Vec<String>,
    /// `cells[row][column]`; none where nothing was judged.
    pub cells: Vec<Vec<Option<AgreementAggregate>>>,
}

impl AgreementMatrix {
    /// The cell of a reward and a judged source, where there is one.
    pub fn cell(&self, trained_on: &str, source: &str) -> Option<&AgreementAggregate> {
        let mut cells = self.cells.iter().flatten().flatten();
        cells.find(|cell| cell.trained_on == trained_on && cell.source == source)
    }
}

/// One matrix a setting, in the order of the rows given.
pub(crate) fn matrices(rows: &[AgreementAggregate]) -> Vec<AgreementMatrix> {
    let settings = distinct(rows.iter().map(|row| &row.setting));
    settings.into_iter().map(|setting| matrix(rows, setting)).collect()
}

fn matrix(rows: &[AgreementAggregate], setting: String) -> AgreementMatrix {
    let rows = || rows.iter().filter(|row| row.setting == setting);
    let trained_on = distinct(rows().map(|row| &row.trained_on));
    let mut sources = distinct(trained_on.iter().chain(rows().map(|row| &row.source)));
    sources.retain(|source| rows().any(|row| row.source == *source));
    let cell = |of: &String, on: &String| {
        rows().find(|row| row.trained_on == *of && row.source == *on).cloned()
    };
    let row = |of: &String| sources.iter().map(|on| cell(of, on)).collect();
    let cells = trained_on.iter().map(row).collect();
    AgreementMatrix { setting, trained_on, sources, cells }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::agreement as row;
    use crate::{AgreementRow, Sign, aggregate_agreement};

    fn of(rows: &[AgreementRow]) -> Vec<AgreementMatrix> {
        matrices(&aggregate_agreement(rows).unwrap())
    }

    #[test]
    fn a_cell_is_a_pair_over_seeds() {
        let matrices = of(&[
            row("b", 0, "a", 0.1),
            row("b", 1, "a", 0.3),
            row("a", 0, "c", 0.02),
            row("a", 0, "b", -0.3),
        ]);
        let [matrix] = matrices.as_slice() else { panic!("{matrices:?}") };
        assert_eq!(matrix.trained_on, ["b", "a"]);
        assert_eq!(matrix.sources, ["b", "a", "c"], "as the rows, then what is only judged");
        assert_eq!((&matrix.cells[0][0], matrix.cell("b", "b")), (&None, None));
        let cell = matrix.cell("b", "a").unwrap();
        assert!((cell.mean - 0.2).abs() < 1e-12 && cell.seeds == 2);
        let signs: Vec<Sign> = matrix.cells[1].iter().flatten().map(|cell| cell.sign()).collect();
        assert_eq!(signs, [Sign::Negative, Sign::Open]);
    }

    #[test]
    fn settings_have_matrices_of_their_own() {
        let later = AgreementRow { setting: "x = 2".into(), ..row("c", 0, "c", 0.4) };
        let matrices = of(&[row("a", 0, "a", 0.4), later]);
        let settings: Vec<&str> = matrices.iter().map(|matrix| matrix.setting.as_str()).collect();
        assert_eq!(settings, ["", "x = 2"]);
        assert_eq!(matrices[1].sources, ["c"]);
    }
}
