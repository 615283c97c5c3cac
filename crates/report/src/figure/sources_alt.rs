//! What do figures about sources show?

use crate::alt::{Alt, listed, with_ends};
use crate::summary::{better, judged, number, shown};
use crate::{
    Agreement, AgreementMatrix, ExchangeFigure, ExchangePanel, Learning, LearningLine,
    LearningPanel, WorthFigure, WorthPanel,
};

pub(crate) fn agreement_alt(of: &Agreement) -> Alt {
    let matrix = |matrix: &AgreementMatrix| {
        let cells = matrix.cells.iter().flatten().flatten().map(|cell| {
            let value = with_ends(cell.mean, cell.low.zip(cell.high));
            format!("the reward of {} on {} {value}", cell.trained_on, cell.source)
        });
        let place = match matrix.setting.as_str() {
            "" => String::new(),
            setting => format!("At {setting}: "),
        };
        format!("{place}{}.", listed(cells))
    };
    let sentences = of.matrices.iter().map(matrix).chain(of.notes.iter().cloned());
    Alt::new("How well the reward of each source predicts every other", sentences.collect())
}

pub(crate) fn learning_alt(of: &Learning) -> Alt {
    let line = |line: &LearningLine| {
        let (first, last) = (line.points.first()?, line.points.last()?);
        Some(format!(
            "{} {} at {} statements and {} at {}",
            line.label,
            number(first.mean),
            first.statements,
            number(last.mean),
            last.statements
        ))
    };
    let panel = |panel: &LearningPanel| {
        format!(
            "{}, {} in {}, {} is better: {}.",
            judged(&panel.source),
            panel.metric,
            panel.unit,
            better(panel.direction),
            listed(panel.lines.iter().filter_map(line))
        )
    };
    let sentences = of.panels.iter().map(panel).chain(of.notes.iter().cloned());
    Alt::new("Learning curves: quality by number of statements", sentences.collect())
}

pub(crate) fn exchange_alt(of: &ExchangeFigure) -> Alt {
    let panel = |panel: &ExchangePanel| {
        let rows = panel.rows.iter().map(|row| match &row.rate {
            Some(rate) => format!("{} {}", row.label, number(rate.rate.value())),
            None => format!("{} none, as the curve is flat", row.label),
        });
        format!("{}, by {}: {}.", judged(&panel.source), panel.metric, listed(rows))
    };
    let sentences = of.panels.iter().map(panel).chain(of.notes.iter().cloned());
    Alt::new("What a statement of one source is worth in those of another", sentences.collect())
}

pub(crate) fn worth_alt(of: &WorthFigure) -> Alt {
    let panel = |panel: &WorthPanel| {
        let sources = panel.sources.iter().filter_map(|source| {
            let worth = source.shapley.as_ref()?;
            let errors =
                worth.two_errors.map_or_else(String::new, |two| format!(" ± {}", number(two)));
            Some(format!("{} {}{errors}", source.name, number(worth.mean)))
        });
        format!(
            "{}: Shapley values of {} in {}: {}.",
            panel.title,
            shown(&panel.metric).to_lowercase(),
            panel.unit,
            listed(sources)
        )
    };
    let sentences = of.panels.iter().map(panel).chain(of.notes.iter().cloned());
    Alt::new("What each source adds", sentences.collect())
}
