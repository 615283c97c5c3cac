//! Who predicts whom, as text?

use std::fmt::Write;

use crate::agreement_matrix::matrices;
use crate::mix::distinct;
use crate::summary::{capital, cell, interval, mean_over, number};
use crate::verdict::{Pair, Verdict, pairs};
use crate::{AgreementAggregate, AgreementMatrix, Sign};

/// Verdicts in the order of the text, and how their line begins.
const VERDICTS: [(Verdict, &str); 5] = [
    (Verdict::Agree, "Agree, each predicting the other"),
    (Verdict::Oppose, "Oppose each other, each predicting the reverse of the other"),
    (Verdict::OneWay, "In one direction only"),
    (Verdict::Crossed, "Not the same in both directions"),
    (Verdict::Open, "Nothing can be said of"),
];

/// Who predicts whom as Markdown: a table for each setting, and what it says of each pair of
/// sources, in one line for each verdict. Empty without rows.
///
/// A pair is judged by the intervals of both directions, which lie above 0, below it, or include
/// it. Nothing is corrected for the number of pairs.
pub fn agreement_summary(rows: &[AgreementAggregate]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut text = "## Who predicts whom\n\nA row is a reward that is learned from one source alone, \
                    in two folds of clusters; a column judges it on the statements of a source that \
                    it was not fitted on. 1 is always right, 0 no better than chance, -1 always the \
                    reverse.\n"
        .to_owned();
    let _ = writeln!(text, "{} {}\n", measured(rows), seeds(rows));
    for matrix in matrices(rows) {
        if !matrix.setting.is_empty() {
            let _ = writeln!(text, "### {}\n", matrix.setting);
        }
        table(&mut text, &matrix);
        verdicts(&mut text, &pairs(&matrix));
    }
    text
}

/// "Rank correlation.", or with several metrics "Rank correlation for a, b; accuracy above chance
/// for c."
pub(crate) fn measured(rows: &[AgreementAggregate]) -> String {
    let metrics = distinct(rows.iter().map(|row| &row.metric));
    let of = |metric: &String| {
        let rows = rows.iter().filter(|row| row.metric == *metric);
        let sources = distinct(rows.map(|row| &row.source)).join(", ");
        format!("{} for {sources}", metric.replace('-', " "))
    };
    let text = match metrics.as_slice() {
        [metric] => metric.replace('-', " "),
        several => several.iter().map(of).collect::<Vec<_>>().join("; "),
    };
    capital(&text) + "."
}

/// "One seed." or "Mean over 2 to 3 seeds."
pub(crate) fn seeds(rows: &[AgreementAggregate]) -> String {
    mean_over(rows.iter().map(|row| row.seeds))
}

fn table(text: &mut String, matrix: &AgreementMatrix) {
    let AgreementMatrix { trained_on, sources, cells, .. } = matrix;
    text.push_str("| learned from |");
    for source in sources {
        let _ = write!(text, " {} |", cell(source));
    }
    let _ = writeln!(text, "\n|---|{}", "---:|".repeat(sources.len()));
    for (name, row) in trained_on.iter().zip(cells) {
        let _ = write!(text, "| {} |", cell(name));
        for of in row {
            let _ = write!(text, " {} |", of.as_ref().map_or_else(|| "-".to_owned(), value));
        }
        text.push('\n');
    }
    text.push('\n');
}

fn value(of: &AgreementAggregate) -> String {
    number(of.mean) + &interval(of.low, of.high)
}

fn verdicts(text: &mut String, pairs: &[Pair]) {
    for (verdict, start) in VERDICTS {
        let of = pairs.iter().filter(|pair| pair.verdict() == verdict);
        let said: Vec<String> = of.map(|pair| said(pair, verdict)).collect();
        if !said.is_empty() {
            let _ = writeln!(text, "- {start}: {}.", said.join("; "));
        }
    }
    if !pairs.is_empty() {
        text.push('\n');
    }
}

fn said(pair: &Pair, verdict: Verdict) -> String {
    let Pair { first, second, forth, back } = pair;
    match verdict {
        Verdict::Agree | Verdict::Oppose | Verdict::Open => format!("{first} and {second}"),
        Verdict::OneWay | Verdict::Crossed => {
            let ways = [(first, *forth, second), (second, *back, first)];
            ways.iter().filter_map(way).collect::<Vec<_>>().join(", ")
        }
    }
}

fn way((of, sign, on): &(&String, Sign, &String)) -> Option<String> {
    match sign {
        Sign::Positive => Some(format!("{of} predicts {on}")),
        Sign::Negative => Some(format!("{of} predicts the reverse of {on}")),
        Sign::Open => None,
    }
}

#[cfg(test)]
#[path = "agreement_summary_tests.rs"]
mod tests;
